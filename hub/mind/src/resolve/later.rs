//! What is asked for later: alarms, reminders and actions with a time; which of those is meant, and what ends an
//! action.

use std::collections::BTreeSet;

use house::{
    Answer, Candidate, CandidateId, Consent, Draft, Errand, Intent, IntentKind, Miss, Question, Resolved, Schedule,
    ScheduleChange, Slot, Step, TimeDoubt, Timing,
};

use crate::names::bare::bare;
use crate::names::things::fit;
use crate::reply;
use crate::undo::back;
use crate::when::{self, ParsedTime};

use super::context::{Context, Stop};
use super::spoken::{self, Spoken};
use crate::texts::words::{each, stands_in};

/// An action with a time.
#[derive(Clone, Debug, PartialEq)]
pub struct Later {
    /// Whether its steps are done now, and only their end is scheduled.
    pub is_now: bool,
    /// What is scheduled.
    pub draft: Draft,
}

/// The change an intent asks for, and how it is said; `None` if it is not about what is scheduled.
pub(super) fn change(intent: &Intent, ctx: &Context<'_>) -> Option<(Result<ScheduleChange, Stop>, Spoken)> {
    use IntentKind as I;
    let change = match intent.kind {
        I::SetAlarm => alarm(intent, ctx),
        I::SetReminder => reminder(intent, ctx),
        I::CancelAlarm | I::CancelSchedule => meant(intent, ctx).map(ScheduleChange::Cancel),
        I::AlarmQuery | I::ScheduleQuery => fitting(intent, ctx).map(|fitting| {
            ScheduleChange::Tell(
                fitting.iter().filter(|one| one.rings_since_ms.is_none()).map(|one| one.id.clone()).collect(),
            )
        }),
        I::Snooze => snooze(intent, ctx),
        _ => return None,
    };
    Some((change, spoken::unresolved(intent, ctx)))
}

/// The time an action is asked for; `None` if it is asked for now.
pub(super) fn later(intent: &Intent, steps: &[Step], ctx: &Context<'_>) -> Result<Option<Later>, Stop> {
    let holds_s = intent.seconds(Slot::For);
    if let Some(words) = intent.text(Slot::Until) {
        return until(intent, words, steps, ctx).map(Some);
    }
    let Some(words) = intent.text(Slot::When) else {
        return match (holds_s, intent.has(Slot::For)) {
            (Some(seconds), _) if 0 < seconds && seconds <= LONGEST_S => {
                let timing = Timing::At(ctx.around.now_ms + i64::try_from(seconds * 1000).unwrap_or(0));
                Ok(Some(Later { is_now: true, draft: draft(ends(steps, ctx)?, None, timing, ctx) }))
            }
            (_, true) => Err(when_stop(intent, "", TimeDoubt::Unreadable)),
            (_, false) => Ok(None),
        };
    };
    match (read(words, ctx), holds_s) {
        (Ok(ParsedTime::At(timing)), None) if !intent.has(Slot::For) => {
            Ok(Some(Later { is_now: false, draft: draft(steps.to_vec(), None, timing, ctx) }))
        }
        (Ok(ParsedTime::At(timing)), Some(seconds)) if 0 < seconds && seconds <= LONGEST_S => {
            let back = Some((seconds, ends(steps, ctx)?));
            Ok(Some(Later { is_now: false, draft: draft(steps.to_vec(), back, timing, ctx) }))
        }
        (Ok(ParsedTime::Until(timing)), None) if matches!(timing, Timing::At(_) | Timing::Wall(_)) => {
            Ok(Some(Later { is_now: true, draft: draft(ends(steps, ctx)?, None, timing, ctx) }))
        }
        (Ok(_), _) => Err(when_stop(intent, words, TimeDoubt::Unreadable)),
        (Err(doubt), _) => Err(when_stop(intent, words, doubt)),
    }
}

/// Done now, and taken back at a moment. "Until" may be among the words or not.
fn until(intent: &Intent, words: &str, steps: &[Step], ctx: &Context<'_>) -> Result<Later, Stop> {
    let read = when::read(words, ctx.around);
    let timing = match read {
        Ok(ParsedTime::At(timing) | ParsedTime::Until(timing)) => timing,
        Err(doubt) => return Err(when_stop(intent, words, doubt)),
    };
    match timing {
        Timing::At(_) | Timing::Wall(_) if !intent.has(Slot::When) && !intent.has(Slot::For) => {
            Ok(Later { is_now: true, draft: draft(ends(steps, ctx)?, None, timing, ctx) })
        }
        _ => Err(when_stop(intent, words, TimeDoubt::Unreadable)),
    }
}

fn draft(steps: Vec<Step>, back: Option<(u64, Vec<Step>)>, timing: Timing, ctx: &Context<'_>) -> Draft {
    let errand = Errand::Act { steps, back, agreed: Consent::None };
    Draft { errand, name: None, area: ctx.place.cloned(), timing, conditions: Vec::new() }
}

/// "开到七点" is until seven; "到七点开" is at seven.
fn read(words: &str, ctx: &Context<'_>) -> Result<ParsedTime, TimeDoubt> {
    let ends_request =
        ctx.said.trim_end_matches(['。', '！', ' ', '!', '.']).ends_with(words) && ctx.said.trim() != words;
    let until = each(|own| own.until_at_end)
        .find_map(|(word, until)| Some(format!("{until}{}", words.strip_prefix(word)?)))
        .filter(|_| ends_request);
    when::read(until.as_deref().unwrap_or(words), ctx.around)
}

/// What the hub does not know is no question to the person who speaks.
fn when_stop(intent: &Intent, heard: &str, doubt: TimeDoubt) -> Stop {
    match doubt {
        TimeDoubt::NoLocation | TimeDoubt::NoSuchSun | TimeDoubt::NoClock => Stop::Miss(Miss::Time(doubt)),
        TimeDoubt::Unreadable | TimeDoubt::NoTimeOfDay | TimeDoubt::Past => {
            Stop::Ask(Question::When { intent: intent.kind, heard: heard.to_owned(), doubt })
        }
    }
}

/// What takes the steps back, last first.
fn ends(steps: &[Step], ctx: &Context<'_>) -> Result<Vec<Step>, Stop> {
    let mut out = Vec::new();
    for step in steps.iter().rev() {
        let entity = ctx.house.entities.get(&step.entity);
        let actions = entity.and_then(|entity| back(&step.action, entity));
        let Some(actions) = actions else {
            return Err(Stop::Miss(Miss::NoWayBack {
                name: entity.map_or_else(|| step.entity.to_string(), |entity| entity.name.clone()),
            }));
        };
        out.extend(actions.into_iter().map(|action| Step {
            intent: step.intent,
            entity: step.entity.clone(),
            action,
            reason: "it was asked for a while only".to_owned(),
        }));
    }
    Ok(out)
}

fn alarm(intent: &Intent, ctx: &Context<'_>) -> Result<ScheduleChange, Stop> {
    let timing = time_of(intent, ctx)?;
    let name = intent.text(Slot::Name).map(str::to_owned);
    let (errand, area) = (Errand::Alarm, ctx.place.cloned());
    Ok(ScheduleChange::Add(Draft { errand, name, area, timing, conditions: Vec::new() }))
}

fn reminder(intent: &Intent, ctx: &Context<'_>) -> Result<ScheduleChange, Stop> {
    let Some(message) = intent.text(Slot::Message) else {
        return Err(Stop::Ask(Question::Value { intent: intent.kind }));
    };
    let timing = time_of(intent, ctx)?;
    Ok(ScheduleChange::Add(Draft {
        errand: Errand::Remind(message.to_owned()),
        name: None,
        area: ctx.place.cloned(),
        timing,
        conditions: Vec::new(),
    }))
}

fn time_of(intent: &Intent, ctx: &Context<'_>) -> Result<Timing, Stop> {
    match (intent.text(Slot::When), intent.seconds(Slot::Duration)) {
        (Some(words), None) => match when::read(words, ctx.around) {
            Ok(ParsedTime::At(timing)) => Ok(timing),
            Ok(ParsedTime::Until(_)) => Err(when_stop(intent, words, TimeDoubt::Unreadable)),
            Err(doubt) => Err(when_stop(intent, words, doubt)),
        },
        (None, Some(seconds)) if 0 < seconds && seconds <= LONGEST_S => {
            Ok(Timing::At(ctx.around.now_ms + i64::try_from(seconds * 1000).unwrap_or(0)))
        }
        (words, _) => Err(when_stop(intent, words.unwrap_or_default(), TimeDoubt::NoTimeOfDay)),
    }
}

fn snooze(intent: &Intent, ctx: &Context<'_>) -> Result<ScheduleChange, Stop> {
    let ringing: Vec<String> =
        ctx.house.schedules.iter().filter(|one| one.rings_since_ms.is_some()).map(|one| one.id.clone()).collect();
    let seconds = intent.seconds(Slot::Duration).unwrap_or(USUAL_SNOOZE_S);
    match ringing.is_empty() || seconds == 0 || LONGEST_S < seconds {
        true => Err(Stop::Miss(Miss::NothingRings)),
        false => Ok(ScheduleChange::Snooze(ringing, seconds)),
    }
}

/// Which of what is scheduled an order is about: what rings first, else the only one that fits; of several it is asked.
fn meant(intent: &Intent, ctx: &Context<'_>) -> Result<Vec<String>, Stop> {
    let fitting = fitting(intent, ctx)?;
    let ids = |of: &[&Schedule]| of.iter().map(|one| one.id.clone()).collect();
    let ringing: Vec<&Schedule> = fitting.iter().copied().filter(|one| one.rings_since_ms.is_some()).collect();
    let is_all = intent.label(Slot::Scope) == Some("all") || intent.schedules().next().is_some();
    match fitting.len() {
        0 => Err(Stop::Miss(Miss::NoSchedule)),
        1 => Ok(ids(&fitting)),
        _ if is_all => Ok(ids(&fitting)),
        _ if !ringing.is_empty() => Ok(ids(&ringing)),
        _ => Err(Stop::Ask(Question::Which {
            intent: intent.kind,
            candidates: fitting.iter().map(|one| candidate(one, ctx)).collect(),
        })),
    }
}

fn candidate(schedule: &Schedule, ctx: &Context<'_>) -> Candidate {
    Candidate {
        what: CandidateId::Schedule(schedule.id.clone()),
        name: reply::schedule_title(schedule, ctx.house, ctx.around, ctx.lang),
        area: None,
    }
}

fn fitting<'a>(intent: &Intent, ctx: &Context<'a>) -> Result<Vec<&'a Schedule>, Stop> {
    let by_id: Vec<&str> = intent.schedules().collect();
    if !by_id.is_empty() {
        return Ok(ctx.house.schedules.iter().filter(|one| by_id.contains(&one.id.as_str())).collect());
    }
    let kinds = kinds(intent, ctx.said);
    let mut out: Vec<&Schedule> = ctx.house.schedules.iter().filter(|one| kinds.contains(&kind(one))).collect();
    if let Some(domain) = intent.label(Slot::Domain) {
        out.retain(|one| moves(one, domain));
    }
    if let Some(said) = intent.text(Slot::Name) {
        out.retain(|one| is_named(one, said, ctx));
    }
    if let Some(words) = intent.text(Slot::When) {
        let mut fits = Vec::new();
        for one in out {
            match when::speaks_of(words, &one.timing, one.due_ms, ctx.around) {
                Some(true) => fits.push(one),
                Some(false) => {}
                None => return Err(when_stop(intent, words, TimeDoubt::Unreadable)),
            }
        }
        return Ok(fits);
    }
    Ok(out)
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Action,
    Routine,
    Alarm,
    Reminder,
}

fn kind(schedule: &Schedule) -> Kind {
    match schedule.errand {
        Errand::Act { .. } if matches!(schedule.timing, Timing::Triggered(..)) => Kind::Routine,
        Errand::Act { .. } => Kind::Action,
        Errand::Alarm => Kind::Alarm,
        Errand::Remind(_) => Kind::Reminder,
    }
}

/// "Reminders" are reminders; "what is scheduled" is all of it.
fn kinds(intent: &Intent, said: &str) -> BTreeSet<Kind> {
    if matches!(intent.kind, IntentKind::CancelAlarm | IntentKind::AlarmQuery) {
        return BTreeSet::from([Kind::Alarm]);
    }
    let said = crate::words::key(said);
    let is_reminder = stands_in(|words| words.reminders, &said);
    let is_routine = stands_in(|words| words.routines, &said);
    match (is_reminder, is_routine) {
        (true, _) => BTreeSet::from([Kind::Reminder]),
        (_, true) => BTreeSet::from([Kind::Routine, Kind::Action]),
        _ if intent.kind == IntentKind::ScheduleQuery => {
            BTreeSet::from([Kind::Action, Kind::Routine, Kind::Alarm, Kind::Reminder])
        }
        _ => BTreeSet::from([Kind::Action, Kind::Routine, Kind::Reminder]),
    }
}

/// Whether something that is scheduled moves anything of a kind.
fn moves(schedule: &Schedule, domain: &str) -> bool {
    let Errand::Act { steps, .. } = &schedule.errand else { return false };
    steps.iter().any(|step| step.entity.domain().as_str() == domain)
}

fn is_named(schedule: &Schedule, said: &str, ctx: &Context<'_>) -> bool {
    let own = schedule.name.as_deref().is_some_and(|own| bare(own) == bare(said));
    own || match &schedule.errand {
        Errand::Act { steps, .. } => steps
            .iter()
            .filter_map(|step| ctx.house.entities.get(&step.entity))
            .any(|entity| fit(said, entity, ctx.house).is_some()),
        Errand::Remind(message) => bare(message).contains(&bare(said)),
        Errand::Alarm => false,
    }
}

/// What a change comes to.
pub(super) fn resolved(change: &ScheduleChange) -> Resolved {
    match change {
        ScheduleChange::Add(_) | ScheduleChange::Cancel(_) | ScheduleChange::Snooze(..) => Resolved::Act(Vec::new()),
        ScheduleChange::Tell(ids) => Resolved::Answer(Answer::Schedules(ids.clone())),
    }
}

/// What most alarm clocks give.
const USUAL_SNOOZE_S: u64 = 9 * 60;
/// Longer than a year is a slip of the tongue.
const LONGEST_S: u64 = 366 * 24 * 3600;
