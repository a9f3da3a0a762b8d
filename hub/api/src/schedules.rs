//! What is scheduled: shown, given another time, taken away, silenced, and told when it is due.

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use house::{Draft, Errand, IntentKind, Lang, Question, Schedule, Speaker, TimeDoubt, Timing};
use mind::language;
use mind::reply;
use mind::trigger::read_whole;
use mind::when::next;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::auth::caller::Who;
use house::ActionPlan;
use runtime::automation;
use runtime::hub::schedules::{Change, is_repeated};
use runtime::hub::snapshot::Snapshot;

use crate::context::Web;
use crate::error::{Body, ErrorWire, Path, Query};
use crate::error::{Error, off_thread};
use crate::requests::{Speaking, TurnAnswer, finished, spoken_by};

/// Something that shall happen later.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct ScheduleWire {
    id: String,
    /// `action`, `routine`, `alarm` or `reminder`.
    kind: &'static str,
    /// What and when.
    title: String,
    /// When, by itself.
    when: String,
    name: Option<String>,
    /// The id of the area where it was asked for.
    area: Option<String>,
    /// The next time, in milliseconds since 1970 UTC; null for a routine, which waits for its condition.
    due_ms: Option<i64>,
    /// Whether it comes again.
    repeated: bool,
    /// Whether it rings now.
    rings: bool,
    /// Whether it is paused, so that nothing comes of it.
    paused: bool,
}

/// In which language things are told.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct InLang {
    /// `en` or `zh`; if it is missing, each in the language in which it was asked for.
    lang: Option<String>,
}

impl InLang {
    pub(crate) fn lang(&self) -> Option<Lang> {
        self.lang.as_deref().map(Lang::parse)
    }
}

/// Another time for something scheduled.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Retiming {
    /// The time in words, such as `every weekday at 7`; for an action a condition too, such as `when the front door
    /// opens after sunset`.
    when: String,
    /// Whether it is kept; if not, it is only read back.
    #[serde(default)]
    keep: bool,
}

/// What became of another time.
#[derive(Serialize, ToSchema)]
pub(crate) struct Retimed {
    /// What it would be or is: what and when.
    title: String,
    /// The next time, in milliseconds since 1970 UTC; null for a condition.
    due_ms: Option<i64>,
    /// The turn that keeps it, or asks first; null while it is only read back.
    turn: Option<TurnAnswer>,
}

/// For how long an alarm is quiet.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Snooze {
    /// 1 to 120.
    minutes: u64,
}

/// What is scheduled.
#[utoipa::path(
    get,
    path = "/schedules",
    tag = "schedules",
    params(InLang),
    security(("token" = []), ("session" = [])),
    responses((status = 200, body = Vec<ScheduleWire>), (status = 401, body = ErrorWire)),
)]
pub(crate) async fn schedules(web: State<Web>, lang: Query<InLang>) -> Json<Vec<ScheduleWire>> {
    let lang = lang.0.lang();
    Json(all(&web, &web.hub.snapshot(), lang))
}

/// Takes something off the schedule. The turn that does it can be taken back.
#[utoipa::path(
    delete,
    path = "/schedules/{id}",
    tag = "schedules",
    params(("id" = String, Path, description = "The schedule's id"), Speaking),
    security(("token" = []), ("session" = [])),
    responses((status = 200, body = TurnAnswer), (status = 401, body = ErrorWire), (status = 404, body = ErrorWire)),
)]
pub(crate) async fn cancel(
    web: State<Web>,
    who: Extension<Who>,
    id: Path<String>,
    speaking: Query<Speaking>,
) -> Result<Json<TurnAnswer>, Error> {
    let schedule = one(&web, &id.0)?;
    let lang = speaking.0.lang.as_deref().map_or(schedule.lang, Lang::parse);
    let speaking = Speaking { lang: Some(lang.as_str().to_owned()), ..speaking.0 };
    let utterance = spoken_by(&web, &who.0, &speaking, format!("schedule.cancel {}", title(&web, &schedule, lang)))?;
    let turns = web.turns.clone();
    finished(&web, async move {
        turns.act(utterance, ActionPlan { cancel: vec![schedule.id], ..ActionPlan::default() }).await
    })
    .await
}

/// Reads another time back, or gives something scheduled this time. An action is judged anew with it, and may ask
/// first.
#[utoipa::path(
    patch,
    path = "/schedules/{id}",
    tag = "schedules",
    params(("id" = String, Path, description = "The schedule's id"), Speaking),
    request_body = Retiming,
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, body = Retimed),
        (status = 401, body = ErrorWire),
        (status = 404, body = ErrorWire),
        (status = 422, body = ErrorWire),
    ),
)]
pub(crate) async fn retime(
    web: State<Web>,
    who: Extension<Who>,
    id: Path<String>,
    speaking: Query<Speaking>,
    body: Body<Retiming>,
) -> Result<Json<Retimed>, Error> {
    let mut schedule = one(&web, &id.0)?;
    let Retiming { when, keep } = body.0;
    if LONGEST_WHEN < when.len() {
        return Err(Error::unfit(format!("a time has at most {LONGEST_WHEN} bytes")));
    }
    let lang = speaking.0.lang.as_deref().map_or_else(|| language::guess(&when), Lang::parse);
    let around = web.clock.around(web.clock.now_ms());
    let may_wait = matches!(schedule.errand, Errand::Act { .. });
    let occasion = read_whole(&when, may_wait, &web.hub.snapshot().house, &around);
    let doubted = |doubt| {
        Error::unfit(reply::question(
            &Question::When { intent: IntentKind::SetReminder, heard: when.clone(), doubt },
            lang,
        ))
    };
    (schedule.timing, schedule.conditions) = occasion.map_err(doubted)?;
    schedule.due_ms = next(&schedule.timing, around.now_ms, &around).ok_or_else(|| doubted(TimeDoubt::Past))?;
    let (title, due_ms) = (title(&web, &schedule, lang), shown(schedule.due_ms));
    if !keep {
        return Ok(Json(Retimed { title, due_ms, turn: None }));
    }
    let speaking = Speaking { lang: Some(lang.as_str().to_owned()), ..speaking.0 };
    let utterance = spoken_by(&web, &who.0, &speaking, format!("schedule.change {title}"))?;
    let (cancel, draft) = (vec![schedule.id.clone()], Draft::again(schedule));
    let plan = ActionPlan { cancel, later: vec![draft], ..ActionPlan::default() };
    let turns = web.turns.clone();
    let Json(turn) = finished(&web, async move { turns.act(utterance, plan).await }).await?;
    Ok(Json(Retimed { title, due_ms, turn: Some(turn) }))
}

/// An alarm or a reminder that rings is quiet, and rings again in so many minutes.
#[utoipa::path(
    post,
    path = "/schedules/{id}/snooze",
    tag = "schedules",
    params(("id" = String, Path, description = "The schedule's id")),
    request_body = Snooze,
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, description = "It is quiet"),
        (status = 401, body = ErrorWire),
        (status = 404, body = ErrorWire),
        (status = 422, body = ErrorWire),
    ),
)]
pub(crate) async fn snooze(
    web: State<Web>,
    id: Path<String>,
    body: Body<Snooze>,
) -> Result<Json<serde_json::Value>, Error> {
    let minutes = body.0.minutes;
    if !(1..=LONGEST_SNOOZE_MIN).contains(&minutes) {
        return Err(Error::unfit(format!("1 to {LONGEST_SNOOZE_MIN} minutes")));
    }
    quiet(&web, &id.0, |ids| Change::Snooze(ids, minutes * 60)).await
}

/// What rings is silent; what comes again and again stays.
#[utoipa::path(
    post,
    path = "/schedules/{id}/stop",
    tag = "schedules",
    params(("id" = String, Path, description = "The schedule's id")),
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, description = "It is silent"),
        (status = 401, body = ErrorWire),
        (status = 404, body = ErrorWire),
        (status = 422, body = ErrorWire),
    ),
)]
pub(crate) async fn stop(web: State<Web>, id: Path<String>) -> Result<Json<serde_json::Value>, Error> {
    quiet(&web, &id.0, Change::Silence).await
}

/// An action or a routine as an automation of Home Assistant, in YAML.
#[utoipa::path(
    get,
    path = "/schedules/{id}/automation",
    tag = "schedules",
    params(("id" = String, Path, description = "The schedule's id"), InLang),
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, content_type = "application/yaml", body = String),
        (status = 401, body = ErrorWire),
        (status = 404, body = ErrorWire),
        (status = 422, body = ErrorWire),
    ),
)]
pub(crate) async fn automation(web: State<Web>, id: Path<String>, lang: Query<InLang>) -> Result<Response, Error> {
    let schedule = one(&web, &id.0)?;
    let title = title(&web, &schedule, lang.0.lang().unwrap_or(schedule.lang));
    let automation = automation::automation(&schedule, &title)
        .ok_or_else(|| Error::unfit("Home Assistant has no automation for that: it happens once, or is an alarm"))?;
    let yaml = serde_saphyr::to_string(&automation).map_err(|error| Error::failed(&error.into()))?;
    Ok(([(CONTENT_TYPE, "application/yaml")], yaml).into_response())
}

/// Nothing comes of it until it goes on.
#[utoipa::path(
    post,
    path = "/schedules/{id}/pause",
    tag = "schedules",
    params(("id" = String, Path, description = "The schedule's id")),
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, description = "It is paused"),
        (status = 401, body = ErrorWire),
        (status = 403, body = ErrorWire),
        (status = 404, body = ErrorWire),
    ),
)]
pub(crate) async fn pause(
    web: State<Web>,
    who: Extension<Who>,
    id: Path<String>,
) -> Result<Json<serde_json::Value>, Error> {
    switch(&web, &who.0, &id.0, Change::Pause).await
}

/// It comes again at its next time; what it missed is not made up for.
#[utoipa::path(
    post,
    path = "/schedules/{id}/resume",
    tag = "schedules",
    params(("id" = String, Path, description = "The schedule's id")),
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, description = "It goes on"),
        (status = 401, body = ErrorWire),
        (status = 403, body = ErrorWire),
        (status = 404, body = ErrorWire),
        (status = 422, body = ErrorWire),
    ),
)]
pub(crate) async fn resume(
    web: State<Web>,
    who: Extension<Who>,
    id: Path<String>,
) -> Result<Json<serde_json::Value>, Error> {
    switch(&web, &who.0, &id.0, Change::Resume).await
}

async fn switch(
    web: &Web,
    who: &Who,
    id: &str,
    change: impl FnOnce(Vec<String>) -> Change,
) -> Result<Json<serde_json::Value>, Error> {
    let schedule = one(web, id)?;
    if schedule.asked_by != Speaker::Person(web.person(who)?.id) {
        web.only_editors(who)?;
    }
    web.hub.schedule(change(vec![schedule.id])).await.map_err(|error| Error::unkept(&error))?;
    Ok(Json(serde_json::json!({ "paused": one(web, id)?.is_paused })))
}

async fn quiet(
    web: &Web,
    id: &str,
    change: impl FnOnce(Vec<String>) -> Change,
) -> Result<Json<serde_json::Value>, Error> {
    let schedule = one(web, id)?;
    if schedule.rings_since_ms.is_none() {
        return Err(Error::unfit("it does not ring"));
    }
    web.hub.schedule(change(vec![schedule.id])).await.map_err(|error| Error::failed(&error))?;
    let (notices, id) = (web.notices.clone(), id.to_owned());
    off_thread(move || notices.dismiss(|one| one.schedule.as_deref() == Some(id.as_str()))).await?;
    Ok(Json(serde_json::json!({ "rings": false })))
}

/// All of it, as the interface shows it.
pub(crate) fn all(web: &Web, snapshot: &Snapshot, lang: Option<Lang>) -> Vec<ScheduleWire> {
    snapshot.house.schedules.iter().map(|one| wire(web, snapshot, one, lang.unwrap_or(one.lang))).collect()
}

fn one(web: &Web, id: &str) -> Result<Schedule, Error> {
    web.hub
        .snapshot()
        .house
        .schedules
        .iter()
        .find(|one| one.id == id)
        .cloned()
        .ok_or_else(|| Error::missing("nothing is scheduled under this id"))
}

fn title(web: &Web, schedule: &Schedule, lang: Lang) -> String {
    reply::schedule_title(schedule, &web.hub.snapshot().house, &web.clock.around(web.clock.now_ms()), lang)
}

fn wire(web: &Web, snapshot: &Snapshot, schedule: &Schedule, lang: Lang) -> ScheduleWire {
    let around = web.clock.around(web.clock.now_ms());
    ScheduleWire {
        id: schedule.id.clone(),
        kind: match schedule.errand {
            Errand::Act { .. } if matches!(schedule.timing, Timing::Triggered(..)) => "routine",
            Errand::Act { .. } => "action",
            Errand::Alarm => "alarm",
            Errand::Remind(_) => "reminder",
        },
        title: reply::schedule_title(schedule, &snapshot.house, &around, lang),
        when: reply::schedule_when(schedule, &snapshot.house, &around, lang),
        name: schedule.name.clone(),
        area: schedule.area.as_ref().map(ToString::to_string),
        due_ms: shown(schedule.due_ms),
        repeated: is_repeated(&schedule.timing),
        rings: schedule.rings_since_ms.is_some(),
        paused: schedule.is_paused,
    }
}

/// What waits for a condition has no next time.
fn shown(due_ms: i64) -> Option<i64> {
    Some(due_ms).filter(|due| *due != i64::MAX)
}

const LONGEST_WHEN: usize = 300;
const LONGEST_SNOOZE_MIN: u64 = 120;
