//! The board's own microphone and speaker: how the microphone is, which there are, the owner's choice, and a test of
//! what is heard.
//!
//! Knows how that is told; opens nothing, and does nothing of what is said in a test.

use std::convert::Infallible;

use axum::Json;
use axum::extract::{Extension, State};
use axum::response::IntoResponse;
use axum::response::sse::{Event, Sse};
use futures::stream::{self, Stream};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::{mpsc, watch};
use tracing::info;
use utoipa::ToSchema;
use voice::board::{BoardChoice, BoardState};
use voice::board_test::TestEvent;
use voice::listening::Progress;
use voice::recognizer::RecognizerHealth;
use voice::sound_card::{SoundDevice, SoundDevices, SoundError};

use crate::auth::caller::Who;
use crate::context::Web;
use crate::error::{Body, Error, ErrorWire, off_thread};
use crate::requests::place;

/// How the board's own microphone is.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct MicrophoneWire {
    /// `off` where none is chosen, `starting`, `listening`, `muted` or `failed`.
    state: &'static str,
    /// Where it failed: `no_library`, `missing`, `busy`, `denied` or `other`.
    problem: Option<&'static str>,
    /// Why it can't be listened to, as the system says it.
    reason: Option<String>,
}

/// Which microphones and speakers there are, and which are used.
#[derive(Serialize, ToSchema)]
pub(crate) struct BoardWire {
    /// The device that is listened to, as ALSA calls it; null where none is.
    device: Option<String>,
    /// The speaker on which the hub answers, rings and tells, as ALSA calls it; null where it does not.
    speaker: Option<String>,
    /// The area they stand in, by id; by name where the house has none of that name.
    area: Option<String>,
    /// Whether all this was chosen here; else the configuration says so.
    chosen: bool,
    /// The microphones that can be chosen.
    devices: Vec<DeviceWire>,
    /// The speakers that can be chosen.
    speakers: Vec<DeviceWire>,
    /// Where the devices can't be listed, why not, as of `GET hearing`.
    problem: Option<&'static str>,
    /// The same as the system says it.
    reason: Option<String>,
}

/// A microphone or speaker of the board.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeviceWire {
    /// As ALSA calls it.
    name: String,
    /// What it is.
    description: String,
}

/// Another microphone and speaker, or none.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChoiceOfDevice {
    /// One of `devices`; null for none.
    device: Option<String>,
    /// One of `speakers`; null for none.
    speaker: Option<String>,
    /// The area they stand in, by id or name; null if they stand nowhere in particular.
    area: Option<String>,
}

/// The microphones and speakers of the board, and which are used. Only the owner sees them.
#[utoipa::path(
    get,
    path = "/microphone",
    tag = "hub",
    security(("session" = [])),
    responses((status = 200, body = BoardWire), (status = 401, body = ErrorWire), (status = 403, body = ErrorWire)),
)]
pub(crate) async fn board(web: State<Web>, who: Extension<Who>) -> Result<Json<BoardWire>, Error> {
    web.only_owner(&who.0)?;
    Ok(Json(shown(&web).await))
}

/// Listens to another microphone of the board and speaks on another speaker, or on none, from now on and over restarts.
/// Only the owner may.
#[utoipa::path(
    put,
    path = "/microphone",
    tag = "hub",
    request_body = ChoiceOfDevice,
    security(("session" = [])),
    responses(
        (status = 200, body = BoardWire),
        (status = 401, body = ErrorWire),
        (status = 403, body = ErrorWire),
        (status = 422, body = ErrorWire),
        (status = 507, body = ErrorWire),
    ),
)]
pub(crate) async fn choose(
    web: State<Web>,
    who: Extension<Who>,
    body: Body<ChoiceOfDevice>,
) -> Result<Json<BoardWire>, Error> {
    web.only_owner(&who.0)?;
    let ChoiceOfDevice { device, speaker, area } = body.0;
    if web.ears.recognizer.health() == RecognizerHealth::Off {
        return Err(Error::unfit("this hub is configured to hear nothing").hint("set voice.enabled = true"));
    }
    // Some names of ALSA's write files: only those that are listed can be opened.
    if device.is_some() || speaker.is_some() {
        let devices = web.ears.board.devices().await;
        let SoundDevices { microphones, speakers } = devices.map_err(|SoundError { message, .. }| {
            Error::unfit("the microphones and speakers of this board can't be listed").hint(message)
        })?;
        among(device.as_deref(), &microphones, "this board has no such microphone")?;
        among(speaker.as_deref(), &speakers, "this board has no such speaker")?;
    }
    let area = area.map(|area| place(&web, &area)).transpose()?.map(|area| area.to_string());
    change(&web, Some(BoardChoice { device, speaker, area })).await
}

/// Uses the microphone and speaker that the configuration names again. Only the owner may.
#[utoipa::path(
    delete,
    path = "/microphone",
    tag = "hub",
    security(("session" = [])),
    responses(
        (status = 200, body = BoardWire),
        (status = 401, body = ErrorWire),
        (status = 403, body = ErrorWire),
        (status = 507, body = ErrorWire),
    ),
)]
pub(crate) async fn choose_nothing(web: State<Web>, who: Extension<Who>) -> Result<Json<BoardWire>, Error> {
    web.only_owner(&who.0)?;
    change(&web, None).await
}

/// What the microphone hears, while this is listened to: nothing is done and nothing kept. Only the owner may, and
/// whoever listens last hears it.
#[utoipa::path(
    get,
    path = "/microphone/test",
    tag = "hub",
    security(("session" = [])),
    responses(
        (
            status = 200,
            description = "Server-sent events: `level` ({level}: how loud it is, 0–1, ten times a second), `speech` \
             (someone speaks), `partial` ({text}: the words so far), `silence` (nobody speaks any more), `heard` \
             ({text, confidence}; the text is empty if nothing was heard), and at the end `failed` ({why, said}: \
             `muted`, `off`, `recognizer`, `elsewhere` where another page tests it, or a problem as of `GET hearing`)",
            content_type = "text/event-stream",
        ),
        (status = 401, body = ErrorWire),
        (status = 403, body = ErrorWire),
    ),
)]
pub(crate) async fn test(web: State<Web>, who: Extension<Who>) -> Result<impl IntoResponse, Error> {
    web.only_owner(&who.0)?;
    let (state, muted, told) = (web.ears.board.watch(), web.ears.mute.watch(), web.ears.board.test());
    Ok(Sse::new(follow(Test { web: web.0, who: who.0, state, muted, told, was_tried: false, is_over: false })))
}

/// How the microphone is.
pub(crate) fn microphone(web: &Web) -> MicrophoneWire {
    let (state, error) = match web.ears.board.state() {
        BoardState::Off => ("off", None),
        // Muted means closed, whatever it was before.
        _ if web.ears.mute.is_muted() => ("muted", None),
        BoardState::Starting => ("starting", None),
        BoardState::Listening => ("listening", None),
        BoardState::Failed(error) => ("failed", Some(error)),
    };
    MicrophoneWire {
        state,
        problem: error.as_ref().map(|error| error.kind.as_str()),
        reason: error.map(|error| error.message),
    }
}

async fn change(web: &Web, choice: Option<BoardChoice>) -> Result<Json<BoardWire>, Error> {
    let board = web.ears.board.clone();
    off_thread(move || board.choose(choice)).await?;
    info!("Another microphone or speaker was chosen.");
    Ok(Json(shown(web).await))
}

fn among(name: Option<&str>, known: &[SoundDevice], complaint: &str) -> Result<(), Error> {
    match name {
        Some(name) if known.iter().all(|known| known.name != name) => {
            Err(Error::unfit(complaint).hint("GET /api/v1/microphone lists them"))
        }
        _ => Ok(()),
    }
}

async fn shown(web: &Web) -> BoardWire {
    let BoardChoice { device, speaker, area } = web.ears.board.choice();
    let (found, error) = match web.ears.board.devices().await {
        Ok(found) => (found, None),
        Err(error) => (SoundDevices::default(), Some(error)),
    };
    let listed = |devices: Vec<SoundDevice>| {
        devices.into_iter().map(|one| DeviceWire { name: one.name, description: one.description }).collect()
    };
    BoardWire {
        device,
        speaker,
        area: area.map(|area| place(web, &area).map_or(area, |area| area.to_string())),
        chosen: web.ears.board.is_chosen(),
        devices: listed(found.microphones),
        speakers: listed(found.speakers),
        problem: error.as_ref().map(|error| error.kind.as_str()),
        reason: error.map(|error| error.message),
    }
}

/// Somebody who tests the microphone.
struct Test {
    web: Web,
    who: Who,
    state: watch::Receiver<BoardState>,
    muted: watch::Receiver<bool>,
    told: mpsc::Receiver<TestEvent>,
    /// Whether the microphone was tried since: how it failed before is of no interest.
    was_tried: bool,
    is_over: bool,
}

fn follow(test: Test) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold(test, |mut test| async {
        let (name, data) = test.next().await?;
        Some((Ok(Event::default().event(name).data(data.to_string())), test))
    })
}

impl Test {
    /// The next event; none once it is over.
    async fn next(&mut self) -> Option<(&'static str, serde_json::Value)> {
        loop {
            if self.is_over || !self.web.access.is_still_in(&self.who) {
                return None;
            }
            if let Some(failed) = self.failed() {
                return Some(self.over(failed));
            }
            // All that is followed lives as long as the hub.
            tokio::select! {
                event = self.told.recv() => return Some(match event {
                    Some(event) => told(event),
                    None => self.over(("elsewhere", "it is tested on another page".to_owned())),
                }),
                _ = self.state.changed() => self.was_tried = true,
                _ = self.muted.changed() => {}
            }
        }
    }

    /// Why nothing can be heard.
    fn failed(&mut self) -> Option<(&'static str, String)> {
        if *self.muted.borrow_and_update() {
            return Some(("muted", "the hub is muted".to_owned()));
        }
        match self.web.ears.recognizer.health() {
            RecognizerHealth::Broken(reason) => return Some(("recognizer", reason)),
            RecognizerHealth::Off => return Some(("recognizer", "this hub is configured to hear nothing".to_owned())),
            RecognizerHealth::Starting | RecognizerHealth::Ready { .. } => {}
        }
        if self.web.ears.board.choice().device.is_none() {
            return Some(("off", "no microphone is chosen".to_owned()));
        }
        match &*self.state.borrow_and_update() {
            BoardState::Failed(error) if self.was_tried => Some((error.kind.as_str(), error.message.clone())),
            BoardState::Failed(_) | BoardState::Off | BoardState::Starting | BoardState::Listening => None,
        }
    }

    fn over(&mut self, (why, said): (&'static str, String)) -> (&'static str, serde_json::Value) {
        self.is_over = true;
        ("failed", json!({ "why": why, "said": said }))
    }
}

fn told(event: TestEvent) -> (&'static str, serde_json::Value) {
    match event {
        TestEvent::Level(level) => ("level", json!({ "level": level })),
        TestEvent::Progress(Progress::Speech) => ("speech", json!({})),
        TestEvent::Progress(Progress::Partial(text)) => ("partial", json!({ "text": text })),
        TestEvent::Progress(Progress::Silence) => ("silence", json!({})),
        TestEvent::Heard(heard) => {
            let (text, confidence) = heard.hearings.into_iter().next().unwrap_or_default();
            ("heard", json!({ "text": text, "confidence": confidence }))
        }
    }
}
