//! How the hub is: for monitors (`/healthz`) and for Prometheus (`/metrics`).

use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use serde::Serialize;
use tracing::warn;
use utoipa::ToSchema;

use runtime::hub::home_assistant::ConnectionState;
use runtime::model::general::General;
use runtime::model::language_model::Health;
use voice::board::BoardState;
use voice::recognizer::RecognizerHealth;

use crate::context::Web;
use crate::error::Error;
use crate::error::ErrorWire;
use crate::troubles::{Degraded, troubles};
use crate::{guard, house_wire};

/// How the hub is.
#[derive(Serialize, ToSchema)]
pub(crate) struct HealthWire {
    /// `ready` or `starting`.
    status: &'static str,
    /// The language model in use, if it is ready.
    model: Option<String>,
    /// What does not work as it should.
    degraded: Vec<Degraded>,
}

/// Whether the hub is ready, and what does not work. Needs no login, and tells nothing of the house.
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "hub",
    responses(
        (status = 200, body = HealthWire, description = "It is ready"),
        (status = 503, body = HealthWire, description = "It starts"),
    ),
)]
pub(crate) async fn healthz(web: State<Web>) -> impl IntoResponse {
    let health = web.model.health();
    if health != Health::Starting {
        web.was_ready.store(true, Ordering::Relaxed);
    }
    let mut degraded = troubles(&web, &web.hub.snapshot());
    let mut note = |part, said: &str| degraded.push(Degraded { part, said: said.to_owned() });
    if !web.hub.snapshot().is_connected {
        note("broker", "there is no connection to the broker; no device can be reached");
    }
    if let ConnectionState::Down(error) = &web.hub.snapshot().home_assistant {
        note("home_assistant", error.said());
    }
    let model = matches!(health, Health::Ready(_)).then(|| web.model.name().to_string());
    match health {
        Health::Ready(_) => {}
        Health::Starting => note("model", "the language model is being started; only plain commands are understood"),
        Health::Broken(_) => note("model", "the language model can't be used; only plain commands are understood"),
    }
    if let RecognizerHealth::Broken(_) = web.ears.recognizer.health() {
        note("recognizer", "speech can't be heard; the page says why, under Settings");
    }
    if let BoardState::Failed(_) = web.ears.board.state() {
        note("microphone", "the board's microphone can't be listened to; the page says why, under Settings");
    }
    if web.turns.general.as_ref().is_some_and(General::is_broken) {
        note("general", "the general model can't be used; the intent model does without it");
    }
    if web.notice.is_some() {
        note("store", "the store was repaired or renewed at the start; the page says how");
    }
    // An engine that is started again later does not make the hub unready: plain commands work.
    let (code, status) = match web.was_ready.load(Ordering::Relaxed) {
        true => (StatusCode::OK, "ready"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "starting"),
    };
    (code, [(header::CACHE_CONTROL, "no-store")], Json(HealthWire { status, model, degraded }))
}

/// Numbers for Prometheus. Needs a login, except from this machine.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "hub",
    security((), ("token" = [])),
    responses(
        (status = 200, description = "Prometheus text", content_type = "text/plain"),
        (status = 401, body = ErrorWire),
    ),
)]
pub(crate) async fn metrics(web: State<Web>, request: Request) -> Result<impl IntoResponse, Error> {
    if !guard::client(&request).is_loopback() && guard::who(&web, request.headers()).is_none() {
        return Err(
            Error::new(StatusCode::UNAUTHORIZED, "you are not logged in").hint("send `Authorization: Bearer TOKEN`")
        );
    }
    let snapshot = web.hub.snapshot();
    let status = house_wire::status(&web, &snapshot);
    metrics::counter!("hearth_messages_total").absolute(snapshot.messages);
    metrics::counter!("hearth_messages_rejected_total").absolute(snapshot.rejected);
    metrics::gauge!("hearth_entities").set(count(status.entities));
    metrics::gauge!("hearth_entities_offline").set(count(status.offline));
    metrics::gauge!("hearth_timers").set(count(snapshot.house.timers.len()));
    metrics::gauge!("hearth_broker_up").set(f64::from(u8::from(status.broker)));
    metrics::gauge!("hearth_model_up").set(f64::from(u8::from(status.model == "ready")));
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], web.meters.render()))
}

/// The recorder that every turn is counted by. It is the one global beside the tracing subscriber,
/// because that is how the `metrics` crate reaches it; without it, counting does nothing.
pub(crate) fn install_meters() -> PrometheusHandle {
    let recorder = builder().build_recorder();
    let meters = recorder.handle();
    if let Err(error) = metrics::set_global_recorder(recorder) {
        warn!(%error, "The numbers for Prometheus are not kept.");
    }
    describe();
    meters
}

/// Keeps what is measured small while nobody asks for it.
pub(crate) async fn upkeep(meters: PrometheusHandle) {
    let mut tick = tokio::time::interval(UPKEEP);
    loop {
        tick.tick().await;
        meters.run_upkeep();
    }
}

pub(crate) fn builder() -> PrometheusBuilder {
    let buckets = PrometheusBuilder::new().set_buckets_for_metric(Matcher::Full(TURN_SECONDS.to_owned()), BUCKETS_S);
    // Only an empty list of buckets is an error.
    buckets.unwrap_or_else(|_| PrometheusBuilder::new())
}

fn describe() {
    metrics::describe_counter!("hearth_turns_total", "Turns by outcome and by how they were understood.");
    metrics::describe_histogram!(TURN_SECONDS, "From the words to the reply.");
    metrics::describe_counter!("hearth_speech_total", "What was listened to, by what came of it.");
    metrics::describe_counter!("hearth_messages_total", "Messages read from the broker.");
    metrics::describe_counter!("hearth_messages_rejected_total", "Announcements and reports that were refused.");
    metrics::describe_gauge!("hearth_entities", "Entities known.");
    metrics::describe_gauge!("hearth_entities_offline", "Entities that can't be reached.");
    metrics::describe_gauge!("hearth_timers", "Timers that run or are paused.");
    metrics::describe_gauge!("hearth_broker_up", "Whether there is a connection to the broker.");
    metrics::describe_gauge!("hearth_model_up", "Whether the language model is ready.");
}

fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::INFINITY, f64::from)
}

const TURN_SECONDS: &str = "hearth_turn_seconds";
const BUCKETS_S: &[f64] = &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
const UPKEEP: Duration = Duration::from_secs(5);
