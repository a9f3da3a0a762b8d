//! What is offered: habits that are no routine yet and that nobody refused, the surest few.
//!
//! Pure: what was learned and what is known come in, what is offered comes out.

use house::{Errand, Habit, House, Schedule, Suggestion, SuggestionAnswer};
use mind::learn::routine;

use super::is_deed;

/// The suggestions after a look at what was learned.
pub(super) fn renewed(habits: &[Habit], known: &[Suggestion], house: &House, now: i64) -> Vec<Suggestion> {
    let mut renewed: Vec<Suggestion> = known.iter().filter_map(|one| again(one, habits, house, now)).collect();
    let mut next = 1 + known.iter().filter_map(|one| one.id.strip_prefix('h')?.parse::<u64>().ok()).max().unwrap_or(0);
    for habit in habits.iter().filter(|habit| is_deed(habit)) {
        let is_known = renewed.iter().any(|one| one.habit.is_same(habit));
        let open = renewed.iter().filter(|one| one.answer == SuggestionAnswer::Open).count();
        if is_known || MOST_OPEN <= open || is_done_already(habit, &house.schedules) {
            continue;
        }
        renewed.push(Suggestion {
            id: format!("h{next}"),
            habit: habit.clone(),
            answer: SuggestionAnswer::Open,
            offered_ms: 0,
            schedule: None,
            fired: 0,
            undone: 0,
        });
        next += 1;
    }
    renewed
}

/// What became of a suggestion since; nothing if it was not answered and is no habit any more.
fn again(one: &Suggestion, habits: &[Habit], house: &House, now: i64) -> Option<Suggestion> {
    let found = habits.iter().find(|habit| habit.is_same(&one.habit));
    let has_routine = one.schedule.as_ref().is_some_and(|id| house.schedules.iter().any(|known| known.id == *id));
    let refreshed = |answer| found.map(|habit| Suggestion { habit: habit.clone(), answer, ..one.clone() });
    match one.answer {
        SuggestionAnswer::Open => refreshed(SuggestionAnswer::Open),
        SuggestionAnswer::Later(until) if until <= now => refreshed(SuggestionAnswer::Open),
        // Whoever takes a routine away does not want to be asked for it soon.
        SuggestionAnswer::Accepted if !has_routine => {
            let answer = SuggestionAnswer::Later(now + NOT_AGAIN_MS);
            Some(Suggestion { answer, schedule: None, ..one.clone() })
        }
        SuggestionAnswer::Accepted | SuggestionAnswer::Later(_) | SuggestionAnswer::Never => Some(one.clone()),
    }
}

/// Whether something that is scheduled does the same at about the same time or after the same.
fn is_done_already(habit: &Habit, schedules: &[Schedule]) -> bool {
    let Some(draft) = routine(habit) else { return false };
    schedules.iter().any(|one| {
        let Errand::Act { steps, .. } = &one.errand else { return false };
        let is_deed = steps.iter().any(|step| step.entity == habit.entity && step.action == habit.action);
        is_deed && is_near(&one.timing, &draft.timing)
    })
}

fn is_near(one: &house::Timing, other: &house::Timing) -> bool {
    use house::{DayTime, Timing};
    match (one, other) {
        (
            Timing::Weekly(days, DayTime::Clock { hour, minute }),
            Timing::Weekly(others, DayTime::Clock { hour: other_hour, minute: other_minute }),
        ) => {
            let minutes = |hour: i8, minute: i8| i32::from(hour) * 60 + i32::from(minute);
            let apart = (minutes(*hour, *minute) - minutes(*other_hour, *other_minute)).abs();
            days.bits() & others.bits() != 0 && apart.min(DAY_MIN - apart) <= NEAR_MIN
        }
        (Timing::Weekly(_, DayTime::Sun(sun, _)), Timing::Weekly(_, DayTime::Sun(other, _))) => sun == other,
        (Timing::Triggered(trigger, _), Timing::Triggered(other, _)) => trigger == other,
        _ => false,
    }
}

/// Nobody wants to be asked more at once.
const MOST_OPEN: usize = 6;
const NOT_AGAIN_MS: i64 = 90 * 86_400_000;
const NEAR_MIN: i32 = 60;
const DAY_MIN: i32 = 1440;
