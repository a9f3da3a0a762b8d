//! Scores one home: what was found, what was missed, what was wrong, how soon, and what became of it after a change.
//!
//! Sums over homes; prints nothing.

use std::collections::BTreeMap;

use house::{Days, Evidence, Habit, HabitKind, House};
use mind::learn::{Timeline, learn};
use rand::SeedableRng as _;
use rand::rngs::SmallRng;

use crate::living::Lived;
use crate::matching::{claimed, is_it, is_same_act, time_error};
use crate::next_act::Foretold;
use crate::routine::{Kind, Routine};
use crate::tastes;

/// Sums over homes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Score {
    pub(crate) homes: usize,
    pub(crate) events: usize,
    /// Of each kind: found, missed, wrong.
    pub(crate) kinds: BTreeMap<Kind, (usize, usize, usize)>,
    pub(crate) time_errors: Vec<f64>,
    /// Days until a daily habit was offered; `None` if it never was.
    pub(crate) found_after: Vec<Option<i64>>,
    /// What was learned fourteen days after each change.
    pub(crate) changes: Vec<Change>,
    pub(crate) false_suggestions: usize,
    pub(crate) weeks: f64,
    pub(crate) guarded: usize,
    pub(crate) foretold: Foretold,
    /// Each taste's error as a part of the better of last value and mean.
    pub(crate) taste_parts: Vec<f64>,
    /// What was wrong and what was missed, in words.
    pub(crate) wrong: Vec<String>,
    pub(crate) missed: Vec<String>,
}

/// A time that changed, and what was offered fourteen days later.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Change {
    /// On how many of those days the new time was kept.
    pub(crate) shown_days: usize,
    pub(crate) is_old_offered: bool,
    pub(crate) is_new_found: bool,
}

/// What is the same for every home of a table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) days: i64,
    pub(crate) is_thorough: bool,
}

impl Score {
    /// Adds a home.
    pub(crate) fn add(&mut self, lived: &Lived, label: &str, plan: Plan) {
        self.homes += 1;
        self.events += lived.events.len();
        let habits = learn(&Timeline::of(&lived.events, end_of(lived, plan.days)), &lived.house);
        self.guarded += habits.iter().filter(|habit| is_guarded(habit)).count();
        self.matched(lived, &habits, label, plan.days);
        self.tastes(lived, &habits, label, plan.days);
        if plan.is_thorough {
            self.over_time(lived, label, plan.days);
            self.foretold.add(lived, plan.days);
        }
    }

    fn matched(&mut self, lived: &Lived, habits: &[Habit], label: &str, days: i64) {
        let mut taken = vec![false; lived.truth.routines.len()];
        for habit in habits.iter().filter(|habit| habit.kind != HabitKind::Preference) {
            let all = lived.truth.routines.iter().enumerate();
            let is_open = |index: &usize| taken.get(*index) == Some(&false);
            let hit = all
                .filter(|(index, routine)| is_open(index) && is_it(habit, routine))
                .max_by_key(|(_, one)| one.to_day);
            match hit {
                Some((index, routine)) if days <= routine.to_day => {
                    if let Some(taken) = taken.get_mut(index) {
                        *taken = true;
                    }
                    self.kinds.entry(routine.kind).or_default().0 += 1;
                    self.time_errors.extend(time_error(habit, routine));
                }
                Some((_, routine)) if days < routine.to_day + 14 => {}
                _ => {
                    self.kinds.entry(claimed(habit)).or_default().2 += 1;
                    self.wrong.push(format!("{label}: {}", shown(habit, &lived.house)));
                }
            }
        }
        for (index, routine) in lived.truth.routines.iter().enumerate() {
            let kept = lived.kept.get(index).map_or(0, Vec::len);
            if taken.get(index) == Some(&false) && days <= routine.to_day && LEAST_KEPT <= kept {
                self.kinds.entry(routine.kind).or_default().1 += 1;
                self.missed.push(format!("{label}: {routine:?} kept {kept}"));
            }
        }
    }

    fn tastes(&mut self, lived: &Lived, habits: &[Habit], label: &str, days: i64) {
        let mut rng = SmallRng::seed_from_u64(days as u64);
        let told = |entity: &str| {
            habits.iter().any(|habit| habit.kind == HabitKind::Preference && habit.entity.as_str() == entity)
        };
        for taste in lived.truth.tastes.iter().filter(|taste| taste.likes.depends()) {
            let Some(errors) = tastes::errors(lived, taste, habits, days, &mut rng) else { continue };
            self.taste_parts.push(errors.learned / errors.last.min(errors.mean).max(1e-6));
            let count = self.kinds.entry(Kind::Preference).or_default();
            if told(&taste.entity) {
                count.0 += 1
            } else {
                count.1 += 1
            }
            if !told(&taste.entity) {
                self.missed.push(format!("{label}: {taste:?}"));
            }
        }
        let mut others: Vec<&str> = habits
            .iter()
            .filter(|habit| habit.kind == HabitKind::Preference)
            .map(|habit| habit.entity.as_str())
            .filter(|entity| lived.truth.tastes.iter().all(|taste| taste.entity != *entity || !taste.likes.depends()))
            .collect();
        others.sort_unstable();
        others.dedup();
        self.kinds.entry(Kind::Preference).or_default().2 += others.len();
        self.wrong.extend(others.iter().map(|entity| format!("{label}: a taste of {entity}")));
    }

    fn over_time(&mut self, lived: &Lived, label: &str, days: i64) {
        let daily = |routine: &&Routine| {
            routine.kind == Kind::Time && routine.days == Days::ALL && routine.from_day == 0 && 30 < routine.to_day
        };
        let dailies: Vec<&Routine> = lived.truth.routines.iter().filter(daily).collect();
        let mut found: Vec<Option<i64>> = vec![None; dailies.len()];
        let mut seen: Vec<String> = Vec::new();
        let changed = lived.truth.change_day.map(|day| day + 14);
        for day in 7..=days {
            let is_weekly = day % 7 == 0;
            let is_early = matches!(day, 8..=16 | 18 | 24) && found.iter().any(Option::is_none);
            if !is_weekly && !is_early && changed != Some(day) {
                continue;
            }
            let habits = until(lived, day);
            for (found, routine) in found.iter_mut().zip(&dailies) {
                if found.is_none() && habits.iter().any(|habit| is_it(habit, routine)) {
                    *found = Some(day);
                }
            }
            if changed == Some(day) {
                self.after_change(lived, &habits, label);
            }
            self.guarded += habits.iter().filter(|habit| is_guarded(habit)).count();
            self.falses(lived, &habits, day, &mut seen);
        }
        for (found, routine) in found.iter().zip(&dailies).filter(|(found, _)| found.is_none_or(|day| 14 < day)) {
            self.missed.push(format!("{label}: late, found on day {found:?}: {routine:?}"));
        }
        self.found_after.extend(found);
        self.weeks += days as f64 / 7.0;
        self.false_suggestions += seen.len();
    }

    fn falses(&mut self, lived: &Lived, habits: &[Habit], day: i64, seen: &mut Vec<String>) {
        for habit in habits {
            let is_right = match habit.kind {
                HabitKind::Preference => lived.truth.tastes.iter().any(|taste| taste.entity == habit.entity.as_str()),
                _ => lived
                    .truth
                    .routines
                    .iter()
                    .any(|routine| is_it(habit, routine) && day <= routine.to_day.saturating_add(14)),
            };
            let trigger = habit.when.trigger.as_ref().map(|(id, state)| format!("{id} {state}"));
            let hour = habit.when.at_min.map(|at| at / 60);
            let key = match habit.kind {
                HabitKind::Preference => format!("taste {}", habit.entity),
                kind => format!("{kind:?} {} {:?} {trigger:?} {hour:?}", habit.entity, habit.action),
            };
            if !is_right && !seen.contains(&key) {
                seen.push(key);
            }
        }
    }

    fn after_change(&mut self, lived: &Lived, habits: &[Habit], label: &str) {
        for (index, old) in lived.truth.routines.iter().enumerate().filter(|(_, one)| one.to_day < i64::MAX) {
            let Some(new) = lived.truth.routines.get(index + 1) else { continue };
            let kept = lived.kept.get(index + 1).map_or(&[][..], Vec::as_slice);
            let change = Change {
                shown_days: kept.iter().filter(|day| **day < old.to_day + 14).count(),
                is_old_offered: habits.iter().any(|habit| is_it(habit, old) && !is_it(habit, new)),
                is_new_found: habits.iter().any(|habit| is_it(habit, new)),
            };
            self.changes.push(change);
            if change.is_old_offered || !change.is_new_found {
                self.missed.push(format!("{label}: {change:?}: {old:?} -> {new:?}"));
            }
        }
    }
}

fn end_of(lived: &Lived, day: i64) -> i64 {
    lived.sky.moment(day * 86_400).0
}

fn until(lived: &Lived, day: i64) -> Vec<Habit> {
    let end = end_of(lived, day);
    let before = lived.events.partition_point(|event: &Evidence| event.at_ms <= end);
    learn(&Timeline::of(lived.events.get(..before).unwrap_or_default(), end), &lived.house)
}

fn is_guarded(habit: &Habit) -> bool {
    ["unlocked", "open", "disarmed"].iter().any(|state| {
        ["lock.front_door", "cover.garage_door"].iter().any(|thing| is_same_act(habit, thing, state))
            || habit.entity.as_str() == "alarm_control_panel.home" && habit.action == house::Action::Disarm
    })
}

/// A habit in a line.
pub(crate) fn shown(habit: &Habit, house: &House) -> String {
    format!(
        "{} {} {} ({:.2}) {:?}",
        habit.kind.as_str(),
        habit.entity,
        mind::reply::habit(habit, house, house::Lang::En),
        habit.confidence,
        habit.when
    )
}

/// What was kept less often could not be learned by anyone.
const LEAST_KEPT: usize = 6;
