//! Speech over a WebSocket: sound goes in, words and what came of them go back. And the switch that makes the hub deaf.
//!
//! Knows how sound is carried; what is heard goes the way of all words.

use axum::Json;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{Extension, State};
use axum::http::StatusCode;
use axum::response::Response;
use house::{AreaId, Speaker};
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use utoipa::ToSchema;
use voice::Heard;
use voice::audio::from_bytes;
use voice::ears::{Spoken, utterance};
use voice::endpoint::EndpointSettings;
use voice::language::UnknownName;
use voice::listening::{Ends, Progress, listen};
use voice::recognizer::{HearError, RecognizerHealth};

use crate::auth::caller::Who;
use crate::context::Web;
use crate::error::{Body, Error, ErrorWire, off_thread};
use crate::microphone::{MicrophoneWire, microphone};
use crate::permits::Permit;
use crate::requests::{TurnAnswer, ended, own_conversation, place};

/// What a speaker sends as text. Sound is sent as binary messages of at most 64 KiB: 16,000 samples a second of 16
/// bits, least significant byte first, one channel.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum SpeakerWire {
    /// Sound follows.
    Begin {
        /// Where you are: an area's name or id.
        area: Option<String>,
        /// Which conversation this belongs to.
        conversation: Option<String>,
        /// `en` or `zh`: the language of the answer; that of the words if missing.
        lang: Option<String>,
        /// Whether the hub finds out when you have spoken; else it waits for `end`.
        #[serde(default)]
        until_silence: bool,
    },
    /// The sound is at its end.
    End,
    /// Nothing was meant.
    Cancel,
}

/// What the hub sends as text.
#[derive(Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum EarWire {
    /// Someone speaks.
    Speech,
    /// The words so far.
    Partial {
        /// The words.
        text: String,
    },
    /// Nobody speaks any more.
    Silence,
    /// What was heard; `turn` follows if it was anything.
    Heard {
        /// The likeliest words; empty if nothing was heard.
        text: String,
        /// How likely they are, 0–1.
        confidence: f64,
        /// From the end of the sound to its words, in milliseconds.
        ms: f64,
    },
    /// What came of it.
    Turn {
        /// As of `POST requests`; its `text` is what was taken of several hearings.
        #[serde(flatten)]
        turn: Box<TurnAnswer>,
    },
    /// It was not heard.
    Failed {
        /// What went wrong.
        said: String,
    },
}

/// How the hub hears.
#[derive(Serialize, ToSchema)]
pub(crate) struct HearingWire {
    /// `starting`, `ready`, `broken` or `off`.
    recognizer: &'static str,
    /// Why nothing can be heard.
    reason: Option<String>,
    /// The name of the recogniser's model; null if nothing is to be heard.
    model: Option<String>,
    /// Whether the hub is deaf: every microphone is closed.
    muted: bool,
    /// The board's own microphone.
    microphone: MicrophoneWire,
    /// Names of this house with words that the recogniser does not know.
    unknown: Vec<UnknownNameWire>,
}

/// A name with words that the recogniser does not know.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnknownNameWire {
    name: String,
    /// The words that are not known.
    words: Vec<String>,
    /// Known words that sound like the name, for which it is heard; none if it can't be heard at all.
    heard_as: Option<String>,
}

/// The switch.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MuteWire {
    /// Whether the hub shall be deaf.
    muted: bool,
}

/// Speech: sound in, words and a turn out.
#[utoipa::path(
    get,
    path = "/audio",
    tag = "turns",
    security(("token" = []), ("session" = [])),
    responses(
        (status = 101, description = "A WebSocket: text messages as SpeakerWire and EarWire, binary ones are sound",
         body = EarWire),
        (status = 401, body = ErrorWire),
        (status = 503, body = ErrorWire),
    ),
)]
pub(crate) async fn audio(web: State<Web>, who: Extension<Who>, upgrade: WebSocketUpgrade) -> Result<Response, Error> {
    let person = web.person(&who.0)?;
    let permit = web.speakers.take(person.id.to_string()).ok_or_else(|| {
        Error::new(StatusCode::SERVICE_UNAVAILABLE, "too many speak to this hub at once").hint("close other pages")
    })?;
    let talk = Talk { web: web.0, who: who.0, speaker: Speaker::Person(person.id), _permit: permit };
    let upgrade = upgrade.max_message_size(MOST_MESSAGE_BYTES).max_frame_size(MOST_MESSAGE_BYTES);
    Ok(upgrade.on_upgrade(|socket| talk.run(socket)))
}

/// How the hub hears.
#[utoipa::path(
    get,
    path = "/hearing",
    tag = "hub",
    security(("token" = []), ("session" = [])),
    responses((status = 200, body = HearingWire), (status = 401, body = ErrorWire)),
)]
pub(crate) async fn hearing(web: State<Web>) -> Json<HearingWire> {
    let health = web.ears.recognizer.health();
    let recognizer = word(&health);
    let reason = match health {
        RecognizerHealth::Starting | RecognizerHealth::Ready { .. } | RecognizerHealth::Off => None,
        RecognizerHealth::Broken(reason) => Some(reason),
    };
    let unknown = web.ears.unknown.borrow().names.clone();
    let wire = |UnknownName { name, words, heard_as }| UnknownNameWire { name, words, heard_as };
    let unknown = unknown.into_iter().map(wire).collect();
    let muted = web.ears.mute.is_muted();
    // Of a path that is no folder's there is no name.
    let model = web.ears.recognizer.model().file_name().map(|name| name.to_string_lossy().into_owned());
    Json(HearingWire { recognizer, reason, model, muted, microphone: microphone(&web), unknown })
}

/// The word for how the recogniser is.
pub(crate) fn word(health: &RecognizerHealth) -> &'static str {
    match health {
        RecognizerHealth::Starting => "starting",
        RecognizerHealth::Ready { .. } => "ready",
        RecognizerHealth::Broken(_) => "broken",
        RecognizerHealth::Off => "off",
    }
}

/// Makes the hub deaf, or lets it hear again. Anyone at home may.
#[utoipa::path(
    put,
    path = "/hearing",
    tag = "hub",
    request_body = MuteWire,
    security(("token" = []), ("session" = [])),
    responses((status = 200, body = HearingWire), (status = 401, body = ErrorWire), (status = 507, body = ErrorWire)),
)]
pub(crate) async fn set_hearing(
    web: State<Web>,
    who: Extension<Who>,
    body: Body<MuteWire>,
) -> Result<Json<HearingWire>, Error> {
    web.person(&who.0)?;
    let (mute, muted) = (web.ears.mute.clone(), body.0.muted);
    off_thread(move || mute.set(muted)).await?;
    Ok(hearing(web).await)
}

/// One socket.
struct Talk {
    web: Web,
    who: Who,
    speaker: Speaker,
    _permit: Permit<String>,
}

/// What a speaker said of an utterance before its sound.
struct Begun {
    place: Option<AreaId>,
    conversation: String,
    lang: Option<String>,
    ends: Ends,
}

/// Why a socket is not read any further.
struct Gone;

impl Talk {
    async fn run(self, mut socket: WebSocket) {
        let mut muted = self.web.ears.mute.watch();
        while self.utterances(&mut socket, &mut muted).await.is_ok() {}
        let _ = socket.send(Message::Close(Some(CloseFrame { code: close_code::NORMAL, reason: "".into() }))).await;
    }

    /// The next utterance, from its beginning to what came of it.
    async fn utterances(&self, socket: &mut WebSocket, muted: &mut watch::Receiver<bool>) -> Result<(), Gone> {
        let begin = match next(socket).await? {
            Message::Text(text) => serde_json::from_str::<SpeakerWire>(&text),
            // Sound that comes after the end of an utterance belongs to nothing.
            Message::Binary(_) | Message::Ping(_) | Message::Pong(_) => return Ok(()),
            Message::Close(_) => return Err(Gone),
        };
        let begun = match begin {
            Ok(SpeakerWire::Begin { area, conversation, lang, until_silence }) => {
                self.begun(area.as_deref(), conversation.as_deref(), lang, until_silence)
            }
            Ok(SpeakerWire::End | SpeakerWire::Cancel) => return Ok(()),
            Err(error) => Err(Error::unfit(format!("this is no message of a speaker: {error}"))),
        };
        let begun = match begun {
            Ok(begun) if !*muted.borrow_and_update() => begun,
            Ok(_) => return fail(socket, "the hub is muted").await,
            Err(error) => return fail(socket, error.said()).await,
        };
        match self.heard(socket, begun.ends, muted).await? {
            Some(Ok(heard)) => self.turn(socket, &heard, begun).await,
            Some(Err(error)) => fail(socket, &error.to_string()).await,
            None => Ok(()),
        }
    }

    fn begun(
        &self,
        area: Option<&str>,
        conversation: Option<&str>,
        lang: Option<String>,
        until_silence: bool,
    ) -> Result<Begun, Error> {
        Ok(Begun {
            place: area.map(|area| place(&self.web, area)).transpose()?,
            conversation: own_conversation(&self.who, conversation)?,
            lang,
            ends: if until_silence { Ends::BySilence(EndpointSettings::default()) } else { Ends::WithSound },
        })
    }

    /// Hears one utterance; none if it was taken back, or the hub became deaf meanwhile.
    async fn heard(
        &self,
        socket: &mut WebSocket,
        ends: Ends,
        muted: &mut watch::Receiver<bool>,
    ) -> Result<Option<Result<Heard, HearError>>, Gone> {
        let (sound, mut taken) = mpsc::channel(MAX_PIECES);
        let (tell, mut told) = mpsc::channel(MAX_PIECES);
        let mut sound = Some(sound);
        // Who is behind misses a partial; the next says more.
        let tell = move |progress| {
            let _ = tell.try_send(progress);
        };
        let recognizer = self.web.ears.recognizer.clone();
        // A task of its own, so that it goes on while the socket waits for room; it ends with this call.
        let mut listening = JoinSet::new();
        listening.spawn(async move { listen(&recognizer, ends, &mut taken, tell).await });
        loop {
            tokio::select! {
                Some(heard) = listening.join_next() => return Ok(Some(heard.unwrap_or(Err(HearError::Failed)))),
                Some(progress) = told.recv() => send(socket, &shown(progress)).await?,
                Ok(()) = muted.changed() => if *muted.borrow_and_update() {
                    return fail(socket, "the hub is muted").await.map(|()| None);
                },
                message = next(socket) => match message? {
                    Message::Binary(bytes) => if let Some(sound) = &sound {
                        // A recogniser that is behind holds up the socket, and the speaker's sound waits there.
                        // Half a sample at the end is dropped.
                        let _ = sound.send(from_bytes(&bytes).0).await;
                    },
                    Message::Text(text) => match serde_json::from_str(&text) {
                        Ok(SpeakerWire::End) => sound = None,
                        Ok(SpeakerWire::Cancel | SpeakerWire::Begin { .. }) | Err(_) => return Ok(None),
                    },
                    Message::Close(_) => return Err(Gone),
                    Message::Ping(_) | Message::Pong(_) => {}
                },
            }
        }
    }

    async fn turn(&self, socket: &mut WebSocket, heard: &Heard, begun: Begun) -> Result<(), Gone> {
        let (text, confidence) = heard.hearings.first().cloned().unwrap_or_default();
        send(socket, &EarWire::Heard { text, confidence, ms: heard.final_ms }).await?;
        let spoken = Spoken {
            lang: begun.lang,
            place: begun.place,
            conversation: begun.conversation,
            speaker: self.speaker.clone(),
            at_ms: self.web.clock.now_ms(),
        };
        let Some(utterance) = utterance(heard, spoken) else { return Ok(()) };
        let turns = self.web.turns.clone();
        match ended(&self.web, async move { turns.turn(utterance).await }).await {
            Ok(turn) => send(socket, &EarWire::Turn { turn: Box::new(turn) }).await,
            Err(error) => fail(socket, error.said()).await,
        }
    }
}

fn shown(progress: Progress) -> EarWire {
    match progress {
        Progress::Speech => EarWire::Speech,
        Progress::Partial(text) => EarWire::Partial { text },
        Progress::Silence => EarWire::Silence,
    }
}

async fn next(socket: &mut WebSocket) -> Result<Message, Gone> {
    match tokio::time::timeout(LONGEST_IDLE, socket.recv()).await {
        Ok(Some(Ok(message))) => Ok(message),
        Ok(Some(Err(_)) | None) | Err(_) => Err(Gone),
    }
}

async fn send(socket: &mut WebSocket, message: &EarWire) -> Result<(), Gone> {
    let text = serde_json::to_string(message).map_err(|_| Gone)?;
    socket.send(Message::Text(text.into())).await.map_err(|_| Gone)
}

async fn fail(socket: &mut WebSocket, said: &str) -> Result<(), Gone> {
    send(socket, &EarWire::Failed { said: said.to_owned() }).await
}

/// Who speaks at once, on all pages.
pub(crate) const MOST_SPEAKERS: usize = 32;
/// Of one person.
pub(crate) const MOST_OF_PERSON: usize = 8;
/// Two seconds of sound.
const MOST_MESSAGE_BYTES: usize = 64 * 1024;
/// Pieces of sound on their way to the recogniser.
const MAX_PIECES: usize = 64;
/// A page that may speak but does not is asked to open the socket anew.
const LONGEST_IDLE: std::time::Duration = std::time::Duration::from_secs(300);
