//! Lays out a day before it is lived: who is where, what is done by habit and by chance, what fails.
//!
//! What follows from what is lived elsewhere.

use house::Cause;
use rand::Rng as _;
use rand::seq::IndexedRandom as _;

use crate::days::{self, DayKind};
use crate::home;
use crate::life::{DAY_S, Life, What};
use crate::planting::states;
use crate::routine::{Moment, Routine};
use crate::settings::between;

impl Life<'_> {
    /// Lays out what a day brings by itself.
    pub(crate) fn plan(&mut self, day: i64) {
        let begin = day * DAY_S;
        let (rise, set) = self.sky.sun(day);
        let sun = |state: &str| What::Sensor { entity: "sun.sun".to_owned(), state: state.to_owned() };
        self.push(begin + (rise * 60.0) as i64, sun("above_horizon"));
        self.push(begin + (set * 60.0) as i64, sun("below_horizon"));
        for quarter in 0..48 {
            self.push(begin + quarter * 1800 + 7, What::Sky);
        }
        for (thing, minute) in self.truth.schedules.clone() {
            let (on, off) = states(&thing);
            self.act(begin + minute * 60, &thing, on, Cause::Schedule, None);
            self.act(begin + minute * 60 + 5400, &thing, off, Cause::Schedule, None);
            if self.rng.random_bool(0.1) {
                self.act(begin + minute * 60 + 70, &thing, off, Cause::Device, None);
            }
        }
        if let Some((thing, minute)) = self.truth.program.clone() {
            let (on, off) = states(&thing);
            self.act(begin + minute * 60, &thing, on, Cause::Device, None);
            self.act(begin + minute * 60 + 3600, &thing, off, Cause::Device, None);
        }
        self.plan_people(day);
        self.plan_routines(day);
        self.plan_chance(day);
    }

    fn plan_people(&mut self, day: i64) {
        let kind = self.kind(day);
        let begin = day * DAY_S;
        let is_first_away = kind == DayKind::Travel && self.kind(day - 1) != DayKind::Travel;
        let is_last_away = kind == DayKind::Travel && self.kind(day + 1) != DayKind::Travel;
        if kind == DayKind::Travel {
            for (index, person) in self.household.people().iter().enumerate() {
                let spread = index as i64 * 20;
                if is_first_away {
                    self.leave(begin + 5 * 3600 + spread, person);
                }
                if is_last_away {
                    self.arrive(begin + 22 * 3600 + spread, person);
                }
            }
            return;
        }
        let shift = if self.truth.change_day.is_some_and(|change| change <= day) { 70.0 } else { 0.0 };
        let outings = days::outings(self.household, &self.sky, day, kind, shift, &mut self.rng);
        for (person, own) in self.household.people().iter().zip(outings) {
            for outing in own {
                self.leave(begin + (outing.out * 60.0) as i64, person);
                self.arrive(begin + (outing.back * 60.0) as i64, person);
            }
        }
        self.plan_motion(day);
    }

    fn door(&mut self, at_s: i64) {
        let door =
            |state: &str| What::Sensor { entity: "binary_sensor.front_door".to_owned(), state: state.to_owned() };
        self.push(at_s, door("on"));
        self.push(at_s + 12, door("off"));
    }

    fn leave(&mut self, at_s: i64, person: &str) {
        self.door(at_s);
        let later = at_s + self.rng.random_range(40..240);
        self.push(later, What::Sensor { entity: format!("person.{person}"), state: "not_home".to_owned() });
    }

    fn arrive(&mut self, at_s: i64, person: &str) {
        let earlier = at_s - self.rng.random_range(5..90);
        self.push(earlier, What::Sensor { entity: format!("person.{person}"), state: "home".to_owned() });
        self.door(at_s);
    }

    fn plan_motion(&mut self, day: i64) {
        let rooms = self.household.rooms();
        for room in rooms {
            let mut minute = between((370.0, 430.0), &mut self.rng);
            while minute < 1410.0 {
                minute += -self.settings.motion_min * (1.0 - self.rng.random::<f64>()).ln() * 2.5;
                let at_s = day * DAY_S + (minute * 60.0) as i64;
                let entity = format!("binary_sensor.{room}_motion");
                self.push(at_s, What::Sensor { entity: entity.clone(), state: "on".to_owned() });
                let off = at_s + self.rng.random_range(30..150);
                self.push(off, What::Sensor { entity, state: "off".to_owned() });
            }
        }
    }

    fn plan_routines(&mut self, day: i64) {
        let kind = self.kind(day);
        if matches!(kind, DayKind::Travel) {
            return;
        }
        let weekday = self.sky.weekday(day) + 1;
        let (rise, set) = self.sky.sun(day);
        let planted: Vec<(usize, Routine)> = self.truth.routines.iter().cloned().enumerate().collect();
        let guarded: Vec<(usize, Routine)> =
            self.truth.guarded.iter().cloned().map(|routine| (usize::MAX, routine)).collect();
        for (index, routine) in planted.into_iter().chain(guarded) {
            let is_on = routine.days.has(weekday) && (routine.from_day..routine.to_day).contains(&day);
            let often = routine.adherence * if is_rest(kind, routine.days) { 0.3 } else { 1.0 };
            if !is_on || !self.rng.random_bool(often) {
                continue;
            }
            let (middle, jitter) = match routine.moment {
                Moment::At { minute, jitter_min } => (minute, jitter_min),
                Moment::Sun { is_set, minute, jitter_min } => (minute + if is_set { set } else { rise }, jitter_min),
                Moment::After { .. } => continue,
            };
            let minute = middle + self.settings.distance(jitter, &mut self.rng);
            let at_s = day * DAY_S + (minute * 60.0) as i64;
            let cause = self.by_hand();
            self.act(at_s, &routine.entity, &routine.state, cause, Some(index).filter(|index| *index != usize::MAX));
        }
    }

    fn by_hand(&mut self) -> Cause {
        [Cause::Device, Cause::Device, Cause::Voice, Cause::Page, Cause::Api]
            .choose(&mut self.rng)
            .copied()
            .unwrap_or_default()
    }

    /// What is done without any habit: more in the evening, often several things together.
    fn plan_chance(&mut self, day: i64) {
        let kind = self.kind(day);
        if kind == DayKind::Travel {
            return;
        }
        let things: Vec<(String, f64)> = self.presses.iter().map(|(thing, often)| (thing.clone(), *often)).collect();
        for (thing, often) in &things {
            let often = often * if kind == DayKind::Guests { 2.5 } else { 1.0 };
            let mut left = often;
            while self.rng.random_bool(left.clamp(0.0, 1.0)) {
                left -= 1.0;
                let minute = self.waking_minute();
                let at_s = day * DAY_S + (minute * 60.0) as i64;
                self.use_thing(at_s, thing);
                if let Some((other, _)) = things.choose(&mut self.rng).filter(|_| 0.3 < often) {
                    let near = at_s + self.rng.random_range(20..900);
                    if self.rng.random_bool(0.15) {
                        self.use_thing(near, other);
                    }
                }
            }
        }
        for taste in self.truth.tastes.clone() {
            for _ in 0..self.rng.random_range(0..=2) {
                let at_s = day * DAY_S + (self.waking_minute() * 60.0) as i64;
                match taste.entity.starts_with("climate.") {
                    true => self.push(at_s, What::Choose(taste.entity.clone())),
                    false => self.use_thing(at_s, &taste.entity),
                }
            }
        }
        self.plan_faults(day);
    }

    fn waking_minute(&mut self) -> f64 {
        match self.rng.random_range(0..10) {
            0..=2 => between((380.0, 560.0), &mut self.rng),
            3..=4 => between((560.0, 1000.0), &mut self.rng),
            _ => between((1000.0, 1410.0), &mut self.rng),
        }
    }

    fn use_thing(&mut self, at_s: i64, thing: &str) {
        let (on, off) = states(thing);
        let cause = self.by_hand();
        let state = if thing == "alarm_control_panel.home" || self.rng.random_bool(0.7) { on } else { off };
        self.act(at_s, thing, state, cause, None);
    }

    fn plan_faults(&mut self, day: i64) {
        if self.rng.random_bool(0.04) {
            let at_s = day * DAY_S + self.rng.random_range(0..DAY_S);
            self.push(at_s, What::Restart);
        }
        let things = home::things(self.household);
        if let Some(thing) = things.choose(&mut self.rng).filter(|_| day % 2 == 0).cloned()
            && self.rng.random_bool(0.15)
        {
            let (at_s, seconds) = (day * DAY_S + self.rng.random_range(0..DAY_S), self.rng.random_range(1200..40_000));
            self.push(at_s, What::Drop { entity: thing, seconds });
        }
    }
}

/// On holidays the habits of weekdays rest, and in illness some do.
fn is_rest(kind: DayKind, days: house::Days) -> bool {
    match kind {
        DayKind::Holiday => days == house::Days::WEEKDAYS,
        DayKind::Ill => days == house::Days::WEEKDAYS,
        DayKind::Usual | DayKind::Travel | DayKind::Guests | DayKind::Dark => false,
    }
}
