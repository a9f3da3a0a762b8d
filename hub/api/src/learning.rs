//! What was learned of the household: shown with its evidence, answered, exported, forgotten.

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use house::{Evidence, Habit, Hint, House, Lang, PersonId, Schedule, Speaker, Suggestion, SuggestionAnswer, WayIn};
use jiff::ToSpan as _;
use jiff::civil::Date;
use mind::learn::{PastDay, confidence};
use mind::reply;
use mind::when::{TimeContext, offset_s};
use runtime::learning::{ForgetEvidence, Learned, LearningSettings, evidence_line, habit_wire};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use crate::auth::caller::Who;
use crate::context::Web;
use crate::error::{Body, Error, ErrorWire, Path, Query, off_thread};
use crate::requests::{Speaking, TurnAnswer, finished, spoken_by};
use crate::schedules::InLang;

/// What was learned of the household.
#[derive(Serialize, ToSchema)]
pub(crate) struct LearningWire {
    settings: LearningSettings,
    evidence: EvidenceWire,
    /// What is offered as a routine, and what became one.
    suggestions: Vec<SuggestionWire>,
    /// What is otherwise than usual now.
    hints: Vec<HintWire>,
    /// Everything that is done again and again, the surest first.
    habits: Vec<HabitWire>,
}

/// Something that is otherwise than usual now.
#[derive(Serialize, ToSchema)]
pub(crate) struct HintWire {
    /// Its id, under which it is answered like a suggestion.
    id: String,
    /// `left_on`, `window_open`, `long` or `unusual`.
    kind: &'static str,
    /// What it is about.
    entity: String,
    /// What is so and what shows that it is unusual, in a sentence; where the hub can end it, with the question.
    said: String,
    /// Whether the hub can end it, with the answer `now`.
    can_end: bool,
}

/// How much is remembered.
#[derive(Serialize, ToSchema)]
pub(crate) struct EvidenceWire {
    /// How many changes were looked at last.
    events: usize,
    /// When the first of them happened, in milliseconds since 1970 UTC; null where nothing is remembered.
    since_ms: Option<i64>,
    /// What they take on the disk.
    bytes: u64,
    /// When they were looked at last, in milliseconds since 1970 UTC; null if never.
    looked_ms: Option<i64>,
}

/// What is done again and again.
#[derive(Serialize, ToSchema)]
pub(crate) struct HabitWire {
    /// `time`, `sequence`, `condition` or `preference`.
    kind: &'static str,
    /// What is moved.
    entity: String,
    /// The evidence in a sentence.
    said: String,
    /// How often it will happen at the least, 0–1.
    confidence: f64,
    /// All of it, as `hearthd learn` writes it.
    habit: Value,
}

/// A habit that is offered as a routine, or became one.
#[derive(Serialize, ToSchema)]
pub(crate) struct SuggestionWire {
    id: String,
    /// `open` or `accepted`.
    answer: &'static str,
    /// What the routine does and when.
    title: String,
    habit: HabitWire,
    /// How sure it is with what the routine itself did, 0–1.
    confidence: f64,
    /// The id of the schedule that it became.
    schedule: Option<String>,
    /// Whether that is paused.
    paused: bool,
    /// Whether it is what is usually done about now and is not done yet: of several, the likeliest.
    is_now: bool,
    /// How often the routine acted.
    fired: u32,
    /// How often that was taken back within minutes.
    undone: u32,
    /// From when to when it is done, in minutes of the day; null if it is by nothing of the clock.
    band_min: Option<(u32, u32)>,
    /// The last days, oldest first.
    days: Vec<DayWire>,
    /// How often it would have acted in the last fourteen of them.
    would: usize,
    /// How often nobody would have wanted it then.
    wrong: usize,
}

/// One day that is past.
#[derive(Serialize, ToSchema)]
pub(crate) struct DayWire {
    /// Such as `2026-01-05`.
    date: String,
    /// When people did it, in minutes of the day.
    done_min: Vec<u32>,
    /// When the routine would have, in minutes of the day.
    would_min: Vec<u32>,
}

/// What is answered to a suggestion.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AnswerWire {
    /// It becomes a routine.
    Accept,
    /// It is done once, now.
    Now,
    /// It is asked again in two weeks; a hint is told again tomorrow.
    Later,
    /// It is never asked or told again.
    Never,
}

/// An answer to a suggestion.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SuggestionReply {
    answer: AnswerWire,
}

/// What became of an answer.
#[derive(Serialize, ToSchema)]
pub(crate) struct SuggestionAnswered {
    /// The turn that keeps the routine, or says why not; null where nothing is kept.
    turn: Option<TurnAnswer>,
    /// The id of the schedule that it became.
    schedule: Option<String>,
}

/// What is to be forgotten; everything that is remembered if neither is given.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct Forgetting {
    /// Only what this entity did.
    entity: Option<String>,
    /// Only what this person did, by id.
    person: Option<String>,
}

/// What was learned of the household, and what is suggested.
#[utoipa::path(
    get,
    path = "/learning",
    tag = "learning",
    params(InLang),
    security(("token" = []), ("session" = [])),
    responses((status = 200, body = LearningWire), (status = 401, body = ErrorWire)),
)]
pub(crate) async fn learning(web: State<Web>, lang: Query<InLang>) -> Result<Json<LearningWire>, Error> {
    let lang = lang.0.lang().unwrap_or(Lang::En);
    wire(&web, lang).await.map(Json)
}

/// Chooses what is learned at all. Only the owner may.
#[utoipa::path(
    put,
    path = "/learning",
    tag = "learning",
    request_body = LearningSettings,
    security(("session" = [])),
    responses(
        (status = 200, body = LearningSettings),
        (status = 401, body = ErrorWire),
        (status = 403, body = ErrorWire),
    ),
)]
pub(crate) async fn set_learning(
    web: State<Web>,
    who: Extension<Who>,
    body: Body<LearningSettings>,
) -> Result<Json<LearningSettings>, Error> {
    web.only_owner(&who.0)?;
    let learning = web.learning.clone();
    off_thread(move || {
        learning.set_settings(body.0)?;
        learning.learn_now()
    })
    .await?;
    Ok(Json(web.learning.settings()))
}

/// Looks at everything that is remembered now, not only at night. Takes seconds where years are remembered.
#[utoipa::path(
    post,
    path = "/learning/look",
    tag = "learning",
    params(InLang),
    security(("token" = []), ("session" = [])),
    responses((status = 200, body = LearningWire), (status = 401, body = ErrorWire), (status = 403, body = ErrorWire)),
)]
pub(crate) async fn look(
    web: State<Web>,
    who: Extension<Who>,
    lang: Query<InLang>,
) -> Result<Json<LearningWire>, Error> {
    web.only_editors(&who.0)?;
    let learning = web.learning.clone();
    off_thread(move || learning.learn_now()).await?;
    wire(&web, lang.0.lang().unwrap_or(Lang::En)).await.map(Json)
}

/// Answers a suggestion or a hint. Accepted, it becomes a routine, judged as if it had been asked for.
#[utoipa::path(
    post,
    path = "/learning/suggestions/{id}",
    tag = "learning",
    params(("id" = String, Path, description = "The suggestion's or the hint's id"), Speaking),
    request_body = SuggestionReply,
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, body = SuggestionAnswered),
        (status = 401, body = ErrorWire),
        (status = 403, body = ErrorWire),
        (status = 404, body = ErrorWire),
    ),
)]
pub(crate) async fn answer(
    web: State<Web>,
    who: Extension<Who>,
    id: Path<String>,
    speaking: Query<Speaking>,
    body: Body<SuggestionReply>,
) -> Result<Json<SuggestionAnswered>, Error> {
    web.only_editors(&who.0)?;
    let lang = speaking.0.lang.as_deref().map_or(Lang::En, Lang::parse);
    let title = offered(&web, &id.0, &body.0.answer, lang)?;
    let learning = web.learning.clone();
    let is_for_good = match body.0.answer {
        AnswerWire::Accept | AnswerWire::Now => {
            let utterance = spoken_by(&web, &who.0, &speaking.0, format!("suggestion.accept {title}"))?;
            let (turns, is_for_now) = (web.turns.clone(), matches!(body.0.answer, AnswerWire::Now));
            let accepted = id.0.clone();
            let accepted = async move { turns.accept_suggestion(utterance, &accepted, is_for_now).await };
            let turn = finished(&web, accepted).await?;
            let schedule = web.learning.one(&id.0).and_then(|one| one.schedule);
            return Ok(Json(SuggestionAnswered { turn: Some(turn.0), schedule }));
        }
        AnswerWire::Later => false,
        AnswerWire::Never => true,
    };
    off_thread(move || learning.decline(&id.0, is_for_good)).await?;
    Ok(Json(SuggestionAnswered { turn: None, schedule: None }))
}

/// Everything that is remembered, one change a line, as `hearthd learn` reads it. Only the owner may.
#[utoipa::path(
    get,
    path = "/learning/evidence",
    tag = "learning",
    security(("session" = [])),
    responses(
        (status = 200, content_type = "application/x-ndjson", body = String),
        (status = 401, body = ErrorWire),
        (status = 403, body = ErrorWire),
    ),
)]
pub(crate) async fn export(web: State<Web>, who: Extension<Who>) -> Result<Response, Error> {
    web.only_owner(&who.0)?;
    let learning = web.learning.clone();
    let lines = off_thread(move || {
        let all: Vec<Evidence> = learning.evidence()?;
        Ok(all.iter().map(|one| format!("{}\n", evidence_line::to_json(one))).collect::<String>())
    })
    .await?;
    Ok(([(CONTENT_TYPE, "application/x-ndjson")], lines).into_response())
}

/// Forgets what is remembered for learning, and what was learned from it. The owner may, and everyone what they did
/// themselves.
#[utoipa::path(
    delete,
    path = "/learning/evidence",
    tag = "learning",
    params(Forgetting),
    security(("session" = [])),
    responses(
        (status = 200, description = "It is forgotten"),
        (status = 401, body = ErrorWire),
        (status = 403, body = ErrorWire),
        (status = 422, body = ErrorWire),
    ),
)]
pub(crate) async fn forget(
    web: State<Web>,
    who: Extension<Who>,
    what: Query<Forgetting>,
) -> Result<Json<Value>, Error> {
    let what = match (what.0.entity, what.0.person) {
        (None, None) => ForgetEvidence::All,
        (Some(entity), None) => ForgetEvidence::Entities(vec![house::EntityId::new(entity)]),
        (None, Some(person)) => ForgetEvidence::Person(PersonId::new(person)),
        (Some(_), Some(_)) => return Err(Error::unfit("an entity or a person, not both")),
    };
    let own = web.person(&who.0)?.id;
    if what != ForgetEvidence::Person(own) {
        web.only_owner(&who.0)?;
    }
    let learning = web.learning.clone();
    let count = off_thread(move || learning.forget(&what)).await?;
    Ok(Json(json!({ "forgotten": count })))
}

/// What is offered under an id, in words, if it can be answered so.
fn offered(web: &Web, id: &str, answer: &AnswerWire, lang: Lang) -> Result<String, Error> {
    let snapshot = web.hub.snapshot();
    if let Some(hint) = web.learning.hint(id) {
        return match answer {
            AnswerWire::Accept => Err(Error::unfit("a hint is of now: answer `now`, `later` or `never`")),
            AnswerWire::Now if hint.action.is_none() => Err(Error::unfit("the hub can't end that itself")),
            AnswerWire::Now | AnswerWire::Later | AnswerWire::Never => Ok(reply::hint(&hint, &snapshot.house, lang)),
        };
    }
    let found = web.learning.one(id).filter(Suggestion::is_shown);
    let suggestion = found.ok_or_else(|| Error::missing("nothing is suggested under this id"))?;
    Ok(title(&suggestion, &snapshot.house, &web.clock.around(web.clock.now_ms()), lang))
}

async fn wire(web: &Web, lang: Lang) -> Result<LearningWire, Error> {
    let learned = web.learning.learned().borrow().clone();
    let learning = web.learning.clone();
    let bytes = off_thread(move || learning.evidence_bytes()).await?;
    let (snapshot, around) = (web.hub.snapshot(), web.clock.around(web.clock.now_ms()));
    let house = &snapshot.house;
    let shown = web.learning.suggestions().into_iter().filter(Suggestion::is_shown);
    let usual = web.learning.usual_now(|answer| *answer == SuggestionAnswer::Open).map(|one| one.id);
    let is_now = |one: &Suggestion| usual.as_ref() == Some(&one.id);
    Ok(LearningWire {
        settings: web.learning.settings(),
        evidence: EvidenceWire {
            events: learned.events,
            since_ms: Some(learned.first_ms).filter(|_| 0 < learned.events),
            bytes,
            looked_ms: Some(learned.at_ms).filter(|at| 0 < *at),
        },
        suggestions: shown.map(|one| suggestion(&one, is_now(&one), &learned, house, (&around, lang))).collect(),
        hints: web.learning.hints().iter().map(|one| hint(one, house, lang)).collect(),
        habits: learned.habits.iter().map(|one| habit(one, house, &around, lang)).collect(),
    })
}

fn hint(hint: &Hint, house: &House, lang: Lang) -> HintWire {
    HintWire {
        id: hint.id(),
        kind: hint.reason.as_str(),
        entity: hint.entity.to_string(),
        said: reply::hint_question(hint, house, lang),
        can_end: hint.action.is_some(),
    }
}

fn habit(habit: &Habit, house: &House, around: &TimeContext, lang: Lang) -> HabitWire {
    HabitWire {
        kind: habit.kind.as_str(),
        entity: habit.entity.to_string(),
        said: reply::habit(habit, house, lang),
        confidence: habit.confidence,
        habit: habit_wire::habit(habit, house, offset_s(around)),
    }
}

fn suggestion(
    one: &Suggestion,
    is_now: bool,
    learned: &Learned,
    house: &House,
    (around, lang): (&TimeContext, Lang),
) -> SuggestionWire {
    let past: &[PastDay] = learned.past.get(&one.id).map(Vec::as_slice).unwrap_or_default();
    let lately = past.iter().rev().take(LATELY_DAYS);
    let (hits, of) = one.record();
    let own = house.schedules.iter().find(|known| Some(&known.id) == one.schedule.as_ref());
    SuggestionWire {
        id: one.id.clone(),
        answer: one.answer.as_str(),
        title: title(one, house, around, lang),
        habit: habit(&one.habit, house, around, lang),
        confidence: match one.answer {
            SuggestionAnswer::Accepted => confidence(hits, of),
            _ => one.habit.confidence,
        },
        schedule: one.schedule.clone(),
        paused: own.is_some_and(|own| own.is_paused),
        is_now,
        fired: one.fired,
        undone: one.undone,
        band_min: reply::habit_band(&one.habit),
        would: lately.clone().map(|day| day.would_min.len()).sum(),
        wrong: lately.map(|day| day.wrong).sum(),
        days: past.iter().map(day).collect(),
    }
}

fn day(past: &PastDay) -> DayWire {
    let date = Date::constant(1970, 1, 1).saturating_add(past.day.days());
    DayWire { date: date.to_string(), done_min: past.done_min.clone(), would_min: past.would_min.clone() }
}

/// What the routine is or would be: what and when.
fn title(one: &Suggestion, house: &House, around: &TimeContext, lang: Lang) -> String {
    if let Some(own) = house.schedules.iter().find(|known| Some(&known.id) == one.schedule.as_ref()) {
        return reply::schedule_title(own, house, around, lang);
    }
    let Some(draft) = mind::learn::routine(&one.habit) else { return String::new() };
    let would = Schedule {
        id: String::new(),
        errand: draft.errand,
        name: draft.name,
        area: draft.area,
        asked_by: Speaker::Someone(WayIn::Voice),
        timing: draft.timing,
        conditions: draft.conditions,
        due_ms: 0,
        rings_since_ms: None,
        is_paused: false,
        lang,
    };
    reply::schedule_title(&would, house, around, lang)
}

/// Over so many days it is told how often it would have been wrong.
const LATELY_DAYS: usize = 14;
