//! What is scheduled: shown, taken away, and told when it is due.

use axum::Json;
use axum::extract::State;
use house::{Errand, Schedule, Timing};
use mind::reply::{self, Lang};
use serde::Serialize;
use utoipa::ToSchema;

use crate::hub::{Notice, Snapshot};
use crate::schedules::{Change, is_repeated};

use super::error::{ErrorWire, Path};
use super::{Error, Web};

/// Something that shall happen later.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct ScheduleWire {
    id: String,
    /// `action`, `routine`, `alarm` or `reminder`.
    kind: &'static str,
    /// What and when, in the language in which it was asked for.
    title: String,
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

/// Something that is told to everyone in the house.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct NoticeWire {
    /// `alarm`, `reminder`, `schedule`, `broadcast`, or `timer` for one that is late.
    kind: &'static str,
    /// The id of what was scheduled.
    schedule: Option<String>,
    /// The words.
    said: String,
    lang: &'static str,
    /// Ids of the areas where it is to be said; everywhere if empty.
    areas: Vec<String>,
    /// By how many seconds it is late.
    late_s: u64,
}

impl NoticeWire {
    /// A notice as interfaces show it.
    pub(crate) fn of(notice: &Notice) -> Self {
        Self {
            kind: notice.kind,
            schedule: notice.schedule.clone(),
            said: notice.said.clone(),
            lang: notice.lang,
            areas: notice.areas.iter().map(ToString::to_string).collect(),
            late_s: notice.late_s,
        }
    }
}

/// What is scheduled.
#[utoipa::path(get, path = "/schedules", tag = "schedules", security(("token" = []), ("session" = [])), responses((status = 200, body = Vec<ScheduleWire>), (status = 401, body = ErrorWire)))]
pub(super) async fn schedules(web: State<Web>) -> Json<Vec<ScheduleWire>> {
    Json(all(&web, &web.hub.snapshot()))
}

/// Takes something off the schedule; what rings is silent.
#[utoipa::path(delete, path = "/schedules/{id}", tag = "schedules", params(("id" = String, Path, description = "The schedule's id")), security(("token" = []), ("session" = [])), responses((status = 200, description = "It is gone"), (status = 401, body = ErrorWire), (status = 404, body = ErrorWire)))]
pub(super) async fn cancel(web: State<Web>, id: Path<String>) -> Result<Json<serde_json::Value>, Error> {
    let is_there = web.hub.snapshot().house.schedules.iter().any(|one| one.id == id.0);
    if !is_there {
        return Err(Error::missing("nothing is scheduled under this id"));
    }
    web.hub.schedule(Change::Cancel(vec![id.0.clone()])).await.map_err(|error| Error::failed(&error))?;
    Ok(Json(serde_json::json!({ "gone": id.0 })))
}

/// All of it, as the interface shows it.
pub(super) fn all(web: &Web, snapshot: &Snapshot) -> Vec<ScheduleWire> {
    let around = web.clock.around(web.clock.now_ms());
    snapshot.house.schedules.iter().map(|one| wire(one, reply::schedule_title(one, &snapshot.house, &around, Lang::parse(one.lang)))).collect()
}

fn wire(schedule: &Schedule, title: String) -> ScheduleWire {
    ScheduleWire {
        id: schedule.id.clone(),
        kind: match schedule.errand {
            Errand::Act { .. } if matches!(schedule.timing, Timing::When(..)) => "routine",
            Errand::Act { .. } => "action",
            Errand::Alarm => "alarm",
            Errand::Remind(_) => "reminder",
        },
        title,
        name: schedule.name.clone(),
        area: schedule.area.as_ref().map(ToString::to_string),
        due_ms: Some(schedule.due_ms).filter(|due| *due != i64::MAX),
        repeated: is_repeated(&schedule.timing),
        rings: schedule.rings_since_ms.is_some(),
        paused: schedule.is_paused,
    }
}
