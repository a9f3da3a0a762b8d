//! Timers: which one is meant, and what is to change.

use house::{Answer, AreaId, Intent, IntentKind, Miss, MovingTimer, Question, Resolved, Slot, TimerChange, TimerStart};

use crate::names::areas;
use crate::names::bare::bare;

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
    let ids = || meant(intent, ctx).map_err(Stop::Miss);
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

fn meant(intent: &Intent, ctx: &Context<'_>) -> Result<Vec<String>, Miss> {
    let fitting = all(intent, ctx);
    // What rings is what is spoken of.
    let ringing = ringing(ctx.house.timers.iter().filter(|timer| fits(timer, intent, ctx)));
    if !ringing.is_empty() {
        return Ok(ringing);
    }
    let is_all = intent.label(Slot::Scope) == Some("all");
    let here: Vec<String> = ctx
        .house
        .timers
        .iter()
        .filter(|timer| fitting.contains(&timer.id) && timer.area.as_ref() == ctx.place)
        .map(|timer| timer.id.clone())
        .collect();
    match (fitting.len(), here.len()) {
        (0, _) => Err(Miss::NoTimer),
        _ if is_all => Ok(fitting),
        (1, _) => Ok(fitting),
        (_, 1) => Ok(here),
        _ => Err(Miss::NoTimer),
    }
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
