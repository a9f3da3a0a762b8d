//! Timers: which one is meant, and what is to change.

use house::{
    Answer, AreaId, Candidate, CandidateId, Intent, IntentKind, MovingTimer, Question, Resolved, Slot, TimerChange,
    TimerStart,
};

use crate::names::areas;
use crate::names::bare::bare;
use crate::reply::{timer_left, timer_title};

use super::context::{Context, Stop};
use super::spoken::{self, Spoken};

/// The answer that goes with a change.
pub(super) fn answer(change: &TimerChange) -> Resolved {
    match change {
        TimerChange::Tell(ids) => Resolved::Answer(Answer::Timers(ids.clone())),
        TimerChange::Start(_)
        | TimerChange::Cancel(_)
        | TimerChange::Add(..)
        | TimerChange::Pause(_)
        | TimerChange::Resume(_) => Resolved::Act(Vec::new()),
    }
}

/// The change an intent asks for, and how it is said; `None` if it is not about timers.
pub(super) fn change(intent: &Intent, ctx: &Context<'_>) -> Option<(Result<TimerChange, Stop>, Spoken)> {
    use IntentKind as I;
    let about_timers = matches!(
        intent.kind,
        I::StartTimer
            | I::CancelTimer
            | I::CancelAllTimers
            | I::IncreaseTimer
            | I::DecreaseTimer
            | I::PauseTimer
            | I::UnpauseTimer
            | I::TimerStatus
    );
    // "Stop the alarm" while a timer rings and no alarm does.
    let is_ringing_timer = intent.kind == I::CancelAlarm
        && ctx.house.timers.iter().any(MovingTimer::rings)
        && ctx.house.schedules.iter().all(|one| one.rings_since_ms.is_none());
    if is_ringing_timer {
        return Some((Ok(TimerChange::Cancel(ringing(ctx.house.timers.iter()))), said(intent, ctx)));
    }
    if !about_timers {
        return None;
    }
    Some((asked(intent, ctx), said(intent, ctx)))
}

fn asked(intent: &Intent, ctx: &Context<'_>) -> Result<TimerChange, Stop> {
    use IntentKind as I;
    let seconds = intent.seconds(Slot::Duration).filter(|seconds| 0 < *seconds && *seconds <= LONGEST_S);
    let missing = || Stop::Ask(Question::Value { intent: intent.kind });
    let delta = || seconds.map(|seconds| seconds as i64).ok_or_else(missing);
    let ids = || meant(intent, ctx);
    match intent.kind {
        I::StartTimer => Ok(TimerChange::Start(TimerStart {
            name: intent.text(Slot::Name).map(str::to_owned),
            area: area(intent, ctx).or(ctx.place.cloned()),
            seconds: seconds.ok_or_else(missing)?,
            asked_by: None,
        })),
        I::CancelAllTimers => Ok(TimerChange::Cancel(all(intent, ctx))),
        I::CancelTimer => ids().map(TimerChange::Cancel),
        I::IncreaseTimer => Ok(TimerChange::Add(ids()?, delta()?)),
        I::DecreaseTimer => Ok(TimerChange::Add(ids()?, -delta()?)),
        I::PauseTimer => ids().map(TimerChange::Pause),
        I::UnpauseTimer => ids().map(TimerChange::Resume),
        _ => Ok(TimerChange::Tell(all(intent, ctx))),
    }
}

fn all(intent: &Intent, ctx: &Context<'_>) -> Vec<String> {
    ctx.house.timers.iter().filter(|timer| fits(timer, intent, ctx)).map(|timer| timer.id.clone()).collect()
}

fn ringing<'a>(timers: impl Iterator<Item = &'a MovingTimer>) -> Vec<String> {
    timers.filter(|timer| timer.rings()).map(|timer| timer.id.clone()).collect()
}

/// The timers that are meant; none if there are none at all.
fn meant(intent: &Intent, ctx: &Context<'_>) -> Result<Vec<String>, Stop> {
    let timers = &ctx.house.timers;
    let ids = |timers: &[&MovingTimer]| timers.iter().map(|timer| timer.id.clone()).collect::<Vec<_>>();
    let by_id: Vec<&MovingTimer> =
        timers.iter().filter(|timer| intent.timers().any(|id| id == timer.id.as_str())).collect();
    if !by_id.is_empty() || timers.is_empty() {
        return Ok(ids(&by_id));
    }
    let fitting: Vec<&MovingTimer> = timers.iter().filter(|timer| fits(timer, intent, ctx)).collect();
    // What rings is what is spoken of.
    let ringing = ringing(fitting.iter().copied());
    if !ringing.is_empty() {
        return Ok(ringing);
    }
    let here: Vec<&MovingTimer> = fitting.iter().copied().filter(|timer| timer.area.as_ref() == ctx.place).collect();
    let is_all = intent.label(Slot::Scope) == Some("all");
    match (fitting.len(), here.len()) {
        (0, _) => Err(which(&timers.iter().collect::<Vec<_>>(), intent, ctx)),
        _ if is_all => Ok(ids(&fitting)),
        (1, _) => Ok(ids(&fitting)),
        (_, 1) => Ok(ids(&here)),
        _ => Err(which(&fitting, intent, ctx)),
    }
}

/// A question for the one of these that is meant.
fn which(timers: &[&MovingTimer], intent: &Intent, ctx: &Context<'_>) -> Stop {
    let titles: Vec<String> = timers.iter().map(|timer| timer_title(timer, ctx.lang)).collect();
    // Two of one name are told apart by what is left of them.
    let name = |timer: &MovingTimer, title: &String| match titles.iter().filter(|other| *other == title).count() {
        1 => title.clone(),
        _ => timer_left(timer, ctx.lang),
    };
    let one = |(timer, title): (&&MovingTimer, &String)| Candidate {
        what: CandidateId::Timer(timer.id.clone()),
        name: name(timer, title),
        area: None,
    };
    let candidates = timers.iter().zip(&titles).map(one).collect();
    let unknown = intent.text(Slot::Name).filter(|_| !timers.iter().any(|timer| fits(timer, intent, ctx)));
    Stop::Ask(match unknown {
        Some(heard) => Question::DidYouMean { heard: heard.to_owned(), candidates },
        None => Question::Which { intent: intent.kind, candidates },
    })
}

fn fits(timer: &MovingTimer, intent: &Intent, ctx: &Context<'_>) -> bool {
    let name_fits =
        intent.text(Slot::Name).is_none_or(|name| timer.name.as_deref().is_some_and(|own| bare(own) == bare(name)));
    let area_fits = !intent.has(Slot::Area) || area(intent, ctx) == timer.area;
    let length_fits = intent.seconds(Slot::StartDuration).is_none_or(|seconds| seconds == timer.length_s);
    name_fits && area_fits && length_fits
}

fn area(intent: &Intent, ctx: &Context<'_>) -> Option<AreaId> {
    intent
        .text(Slot::Area)
        .and_then(|said| areas::areas_named(said, ctx.house))
        .and_then(|areas| areas.into_iter().next())
}

fn said(intent: &Intent, ctx: &Context<'_>) -> Spoken {
    let mut out = spoken::unresolved(intent, ctx);
    let value = |slot| intent.all(slot).next();
    spoken::length(&mut out, value(Slot::Duration), ["hours", "minutes", "seconds"]);
    spoken::length(&mut out, value(Slot::StartDuration), ["start_hours", "start_minutes", "start_seconds"]);
    out
}

/// A timer of more than a week is a slip of the tongue.
const LONGEST_S: u64 = 7 * 24 * 3600;
