//! The page and the HTTP interface under `/api/v1`.
//!
//! Knows its wire types, the snapshot, and how to hand in words or steps; knows nothing of MQTT,
//! of devices, or of what the words mean.
//!
//! Everything that can be called stands in its document, which is made from the calls themselves:
//!
//! ```
//! let document: serde_json::Value = serde_json::from_str(&api::openapi())?;
//! assert!(document["paths"]["/api/v1/requests"]["post"]["summary"].is_string());
//! # Ok::<(), serde_json::Error>(())
//! ```

pub mod auth;
pub mod context;
pub mod permits;

mod actions;
mod assets;
mod audio;
mod connections;
mod error;
mod events;
mod guard;
mod health;
mod house_wire;
mod learning;
mod limit;
mod login;
mod memory;
mod microphone;
mod naming;
mod notices;
mod own_name;
mod people;
mod pronunciations;
mod refusals;
mod repair;
mod requests;
mod rules;
pub mod schedules;
mod timers;
pub mod tls;
mod troubles;
mod turns;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::middleware::{from_fn, from_fn_with_state};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tower_http::compression::CompressionLayer;
use utoipa::OpenApi as _;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use context::{App, Web};
use error::Error;
use guard::Security;
use limit::CallLimits;
use permits::Permits;

/// Serves the page and the interface until the task is dropped; behind TLS too, if there is a place for it.
pub async fn serve(listener: TcpListener, secure: Option<TcpListener>, app: App) {
    let meters = health::install_meters();
    let upkeep = health::upkeep(meters.clone());
    let secure = secure.zip(app.https.as_ref().map(|https| https.tls.clone()));
    let router = router(app, meters).0;
    tokio::select! {
        () = connections::serve(listener, secure, router) => {}
        () = upkeep => {}
    }
}

/// The OpenAPI document of the interface, as JSON.
pub fn openapi() -> String {
    let (_, document) = routes().split_for_parts();
    let mut document = serde_json::to_value(&document).unwrap_or_default();
    join_lines(&mut document);
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

/// Where a line of the sources ends says nothing to those who read the document.
fn join_lines(document: &mut serde_json::Value) {
    match document {
        serde_json::Value::String(text) if text.contains('\n') => *text = text.replace('\n', " "),
        serde_json::Value::Array(all) => all.iter_mut().for_each(join_lines),
        serde_json::Value::Object(map) => map.values_mut().for_each(join_lines),
        _ => {}
    }
}

#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "Hearth", description = "The interface of a Hearth hub. Programs send `Authorization: Bearer TOKEN`; \
     browsers have a session. Errors are `{\"said\", \"hint\"}`."),
    modifiers(&Security)
)]
struct Document;

/// The interface, without its guards.
fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::with_openapi(Document::openapi())
        .nest("/api/v1", open_routes().merge(guarded_routes()))
        .routes(routes!(health::healthz))
        .routes(routes!(health::metrics))
}

/// What anyone may call.
fn open_routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(login::me))
        .routes(routes!(login::claim))
        .routes(routes!(login::login))
        .routes(routes!(certificate))
        .routes(routes!(openapi_json))
}

/// What only those who are in may call.
fn guarded_routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(requests::request))
        .routes(routes!(audio::audio))
        .routes(routes!(audio::hearing, audio::set_hearing))
        .routes(routes!(microphone::board, microphone::choose, microphone::choose_nothing))
        .routes(routes!(microphone::test))
        .routes(routes!(pronunciations::pronunciations))
        .routes(routes!(pronunciations::pronounce, pronunciations::take_back))
        .routes(routes!(actions::act))
        .routes(routes!(house_wire::house))
        .routes(routes!(events::events))
        .routes(routes!(schedules::schedules))
        .routes(routes!(schedules::cancel, schedules::retime))
        .routes(routes!(schedules::snooze))
        .routes(routes!(schedules::stop))
        .routes(routes!(schedules::pause))
        .routes(routes!(schedules::resume))
        .routes(routes!(schedules::automation))
        .routes(routes!(learning::learning, learning::set_learning))
        .routes(routes!(learning::look))
        .routes(routes!(learning::answer))
        .routes(routes!(learning::export, learning::forget))
        .routes(routes!(timers::change, timers::cancel))
        .routes(routes!(notices::notices))
        .routes(routes!(notices::dismiss))
        .routes(routes!(refusals::refusals))
        .routes(routes!(turns::turns))
        .routes(routes!(turns::turn, memory::forget_turn))
        .routes(routes!(repair::offers, repair::repair))
        .routes(routes!(repair::examples))
        .routes(routes!(repair::phrases, repair::unteach))
        .routes(routes!(memory::memory, memory::set_memory))
        .routes(routes!(memory::forget_person))
        .routes(routes!(memory::forget_all))
        .routes(routes!(turns::undo))
        .routes(routes!(rules::rules, rules::set_rules))
        .routes(routes!(people::people, people::add))
        .routes(routes!(people::change, people::remove))
        .routes(routes!(naming::edit_entity))
        .routes(routes!(naming::edit_area, naming::remove_area))
        .routes(routes!(naming::remove_floor))
        .routes(routes!(login::tokens, login::create_token))
        .routes(routes!(login::revoke_token))
        .routes(routes!(login::logout))
        .routes(routes!(login::set_password))
        .routes(routes!(login::set_pin))
        .routes(routes!(actions::set_fault))
}

/// The OpenAPI document.
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "hub",
    responses((status = 200, description = "This document", content_type = "application/json")),
)]
async fn openapi_json() -> impl axum::response::IntoResponse {
    ([(axum::http::header::CONTENT_TYPE, "application/json")], openapi())
}

/// The certificate of the hub's own authority. Whoever trusts it reaches the page over HTTPS.
#[utoipa::path(
    get,
    path = "/certificate",
    tag = "hub",
    responses(
        (status = 200, description = "The certificate", content_type = "application/x-x509-ca-cert"),
        (status = 404, body = error::ErrorWire),
    ),
)]
async fn certificate(web: State<Web>) -> Result<impl axum::response::IntoResponse, Error> {
    let https = web.https.as_ref().ok_or_else(|| Error::missing("HTTPS is off; web.https_listen names its place"))?;
    let name = "attachment; filename=\"hearth-authority.crt\"";
    let headers = [(CONTENT_TYPE, "application/x-x509-ca-cert"), (CONTENT_DISPOSITION, name)];
    Ok((headers, https.tls.certificate().to_owned()))
}

/// Everything that is served, guards included, and its state.
fn router(app: App, meters: PrometheusHandle) -> (Router, Web) {
    let web = Web {
        app: Arc::new(app),
        limits: Arc::new(CallLimits::default()),
        listeners: Permits::new(events::MOST_LISTENERS, events::MOST_OF_PERSON),
        speakers: Permits::new(audio::MOST_SPEAKERS, audio::MOST_OF_PERSON),
        meters,
        was_ready: Arc::default(),
    };
    let (guarded, _) = OpenApiRouter::new().nest("/api/v1", guarded_routes()).split_for_parts();
    let (open, _) = OpenApiRouter::new().nest("/api/v1", open_routes()).split_for_parts();
    let api = guarded
        .route_layer(from_fn_with_state(web.clone(), guard::only_known))
        .merge(open)
        .layer(from_fn_with_state(web.clone(), guard::not_too_often));
    let (health, _) =
        OpenApiRouter::new().routes(routes!(health::healthz)).routes(routes!(health::metrics)).split_for_parts();
    let router = api
        .merge(health)
        .route("/api/{*rest}", axum::routing::any(no_such_route))
        .fallback(assets::asset)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn(guard::whole_body))
        .layer(from_fn(guard::in_time))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(web.clone(), guard::own_name_only))
        .layer(from_fn(guard::strict_headers))
        .with_state(web.clone());
    (router, web)
}

async fn no_such_route() -> Error {
    Error::new(StatusCode::NOT_FOUND, "the interface has no such address").hint("see /api/v1/openapi.json")
}

async fn wrong_method() -> Error {
    Error::new(StatusCode::METHOD_NOT_ALLOWED, "this address does not take that method")
        .hint("see /api/v1/openapi.json")
}

/// No request of a page or a program comes near this.
pub(crate) const MOST_BODY_BYTES: usize = 64 * 1024;

#[cfg(test)]
mod tests;
