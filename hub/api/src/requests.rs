//! Words in, a turn out.

use axum::Json;
use axum::extract::{Extension, State};
use house::{AreaId, Cause, Speaker, Utterance};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::auth::caller::Who;
use runtime::turn::outcome::{ExpectedAnswer, Turn};
use runtime::turn::wire::{self, TurnWire};

use crate::context::Web;
use crate::error::Error;
use crate::error::{Body, ErrorWire};

/// Something to do or to answer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RequestWire {
    /// The words, at most 2000 bytes.
    text: String,
    /// Where you are: an area's name or id.
    area: Option<String>,
    /// Which conversation this belongs to; "it" and "yes" look there. Every token and every session has its own.
    conversation: Option<String>,
    /// `en` or `zh`; guessed from the words if missing.
    lang: Option<String>,
}

/// Where and how an action of the page is answered.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct Speaking {
    /// The conversation in which a question is answered.
    pub(crate) conversation: Option<String>,
    /// The language of the reply: `en` or `zh`.
    pub(crate) lang: Option<String>,
}

/// A turn, and what it asks.
#[derive(Serialize, ToSchema)]
pub(crate) struct TurnAnswer {
    #[serde(flatten)]
    turn: TurnWire,
    /// What the conversation waits for now.
    question: Option<QuestionWire>,
}

/// What a conversation waits for. It is answered by a request in the same conversation.
#[derive(Serialize, ToSchema)]
pub(crate) struct QuestionWire {
    /// `confirm` (yes or no), `pin` (the PIN), `which` (one of the choices), `value` (what was missing) or `when` (a
    /// time).
    kind: &'static str,
    /// What can be chosen.
    choices: Vec<ChoiceWire>,
}

/// One thing that could be meant.
#[derive(Serialize, ToSchema)]
pub(crate) struct ChoiceWire {
    entity_id: String,
    name: String,
    /// Its area's name.
    area: Option<String>,
}

/// Understands words, does what they ask, and answers once devices have reported.
#[utoipa::path(
    post,
    path = "/requests",
    tag = "turns",
    request_body = RequestWire,
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, body = TurnAnswer),
        (status = 401, body = ErrorWire),
        (status = 422, body = ErrorWire),
        (status = 429, body = ErrorWire),
    ),
)]
pub(crate) async fn request(
    web: State<Web>,
    who: Extension<Who>,
    body: Body<RequestWire>,
) -> Result<Json<TurnAnswer>, Error> {
    let RequestWire { text, area, conversation, lang } = body.0;
    let text = text.trim().to_owned();
    if text.is_empty() {
        return Err(Error::unfit("there are no words").hint("say what shall be done in `text`"));
    }
    if LONGEST_TEXT < text.len() {
        return Err(Error::unfit(format!("the text is too long: {} bytes", text.len()))
            .hint(format!("at most {LONGEST_TEXT} bytes")));
    }
    let utterance = Utterance {
        text,
        lang,
        place: area.as_deref().map(|area| place(&web, area)).transpose()?,
        conversation: own_conversation(&who.0, conversation.as_deref())?,
        speaker: Speaker::Person(web.person(&who.0)?.id),
        cause: cause(&who.0),
        at_ms: web.clock.now_ms(),
        hearing: None,
    };
    let turns = web.turns.clone();
    finished(&web, async move { turns.turn(utterance).await }).await
}

/// Lets a turn come to its end even if the caller goes away, and shows it.
pub(crate) async fn finished(
    web: &Web,
    turn: impl Future<Output = Turn> + Send + 'static,
) -> Result<Json<TurnAnswer>, Error> {
    ended(web, turn).await.map(Json)
}

/// The same, for who answers in another form.
pub(crate) async fn ended(web: &Web, turn: impl Future<Output = Turn> + Send + 'static) -> Result<TurnAnswer, Error> {
    let turn = tokio::spawn(turn)
        .await
        .map_err(|error| Error::failed(&anyhow::Error::from(error).context("finish a turn")))?;
    let snapshot = web.hub.snapshot();
    let commands = turn.steps.iter().filter_map(|step| runtime::wire::command(step, &snapshot.house)).collect();
    let question = turn.expects_answer.as_ref().map(question);
    Ok(TurnAnswer { turn: wire::turn(&turn, commands), question })
}

/// An action of the page as an utterance; the journal keeps `what` for its words.
pub(crate) fn spoken_by(web: &Web, who: &Who, speaking: &Speaking, what: String) -> Result<Utterance, Error> {
    let conversation = own_conversation(who, speaking.conversation.as_deref())?;
    Ok(Utterance {
        text: what,
        lang: speaking.lang.clone(),
        place: None,
        conversation,
        speaker: Speaker::Person(web.person(who)?.id),
        cause: cause(who),
        at_ms: web.clock.now_ms(),
        hearing: None,
    })
}

/// The conversation of that name that belongs to whoever calls; nobody can answer another one's question.
pub(crate) fn own_conversation(who: &Who, name: Option<&str>) -> Result<String, Error> {
    let name = name.unwrap_or("main");
    let fits = (1..=LONGEST_CONVERSATION).contains(&name.len()) && !name.chars().any(char::is_control);
    if !fits {
        return Err(Error::unfit(format!("a conversation's name has 1 to {LONGEST_CONVERSATION} bytes")));
    }
    let whose = match who {
        Who::Browser(session) => format!("page {}", session.chars().take(8).collect::<String>()),
        Who::Program(token) => format!("token {token}"),
        Who::CommandLine => "command line".to_owned(),
    };
    Ok(format!("{whose}: {name}"))
}

pub(crate) fn place(web: &Web, name: &str) -> Result<AreaId, Error> {
    let snapshot = web.hub.snapshot();
    let by_id = snapshot.house.areas.get(&AreaId::new(name)).map(|area| area.id.clone());
    by_id.or_else(|| web.hub.area(name)).ok_or_else(|| {
        let known: Vec<&str> = snapshot.house.areas.values().map(|area| area.name.as_str()).take(MOST_NAMED).collect();
        let hint = if known.is_empty() {
            "leave `area` out; this house has no areas yet".to_owned()
        } else {
            format!("leave `area` out, or name one of: {}", known.join(", "))
        };
        Error::unfit(format!("there is no area `{}`", name.chars().take(LONGEST_CONVERSATION).collect::<String>()))
            .hint(hint)
    })
}

fn cause(who: &Who) -> Cause {
    match who {
        Who::Browser(_) => Cause::Page,
        Who::Program(_) | Who::CommandLine => Cause::Api,
    }
}

fn question(expected: &ExpectedAnswer) -> QuestionWire {
    let choice = |candidate: &house::Candidate| ChoiceWire {
        entity_id: candidate.what.to_string(),
        name: candidate.name.clone(),
        area: candidate.area.clone(),
    };
    let choices = match expected {
        ExpectedAnswer::Which(candidates) => candidates.iter().map(choice).collect(),
        _ => Vec::new(),
    };
    QuestionWire { kind: expected.as_str(), choices }
}

const LONGEST_TEXT: usize = 2000;
const LONGEST_CONVERSATION: usize = 64;
/// Areas named in a hint.
const MOST_NAMED: usize = 30;
