//! Lives in a home: plays every day second by second, with what people do by habit, by chance and by mistake.
//!
//! Gives what a hub would have seen; the truth stays apart.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use house::{Attributes, Cause, EntityId, Evidence, House, PersonId, Value};
use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};

use crate::days::{self, DayKind};
use crate::home::{self, HouseholdKind};
use crate::life::{DAY_S, Life, What};
use crate::planting::{self, Truth, states};
use crate::routine::{Moment, Only, Routine};
use crate::settings::{Settings, between, normal};
use crate::sky::Sky;

/// A home that was lived in.
pub(crate) struct Lived {
    pub(crate) house: House,
    pub(crate) truth: Truth,
    pub(crate) sky: Sky,
    pub(crate) events: Vec<Evidence>,
    /// On which days each planted routine was kept.
    pub(crate) kept: Vec<Vec<i64>>,
}

/// Lives so many days in a home of that kind and seed.
pub(crate) fn live(
    household: HouseholdKind,
    settings: &Settings,
    seed: u64,
    days: i64,
    has_routines: bool,
) -> anyhow::Result<Lived> {
    let mut rng = SmallRng::seed_from_u64(seed.wrapping_mul(0x9E37_79B9).wrapping_add(household as u64));
    let truth = planting::plant(household, settings, has_routines, &mut rng);
    let sky = Sky::new(settings, days, &mut rng)?;
    let has_people = !rng.random_bool(settings.without_people);
    let kinds = days::kinds(days, &mut rng);
    let mut life = Life {
        household,
        settings,
        has_people,
        kept: vec![Vec::new(); truth.routines.len()],
        truth,
        sky,
        rng,
        kinds,
        queue: BinaryHeap::new(),
        next: 0,
        state: BTreeMap::new(),
        lost: BTreeMap::new(),
        events: Vec::new(),
        presses: BTreeMap::new(),
    };
    life.begin();
    for day in 0..days {
        life.plan(day);
        life.run((day + 1) * DAY_S);
    }
    let house = home::house(household, has_people);
    Ok(Lived { house, truth: life.truth, sky: life.sky, events: life.events, kept: life.kept })
}

impl Life<'_> {
    fn begin(&mut self) {
        for thing in home::things(self.household) {
            let (_, off) = states(&thing);
            let often = between(self.settings.noise, &mut self.rng);
            let begins_habit = self
                .truth
                .routines
                .iter()
                .any(|routine| matches!(&routine.moment, Moment::After { entity, .. } if *entity == thing));
            let often = match self.truth.used.contains(&thing) {
                _ if begins_habit => often.max(1.2),
                true => 0.3 * often,
                false => often,
            };
            self.presses.insert(thing.clone(), often);
            self.state.insert(thing, off.to_owned());
        }
        self.state.insert("climate.living_room".to_owned(), "heat".to_owned());
        for person in self.household.people() {
            self.state.insert(format!("person.{person}"), "home".to_owned());
        }
        let first: Vec<(String, String)> = self.state.iter().map(|(id, state)| (id.clone(), state.clone())).collect();
        for (entity, state) in first {
            self.tell(1, &entity, Some(&state), Cause::Replay, false);
        }
    }

    fn run(&mut self, until_s: i64) {
        while self.queue.peek().is_some_and(|Reverse((at_s, ..))| *at_s < until_s) {
            let Some(Reverse((at_s, _, what))) = self.queue.pop() else { return };
            match what {
                What::Act { entity, state, cause, routine } => {
                    self.done(at_s, &entity, &state, cause_of(cause), routine)
                }
                What::Choose(entity) => self.chosen(at_s, &entity),
                What::Sensor { entity, state } => self.sensed(at_s, &entity, &state),
                What::Sky => self.sky_told(at_s),
                What::Restart => self.restarted(at_s),
                What::Drop { entity, seconds } => {
                    self.tell(at_s, &entity, Some("unavailable"), Cause::Device, false);
                    self.lost.insert(entity.clone(), at_s + seconds);
                    self.push(at_s + seconds, What::Back(entity));
                }
                What::Back(entity) => {
                    self.lost.remove(&entity);
                    let state = self.state.get(&entity).cloned().unwrap_or_default();
                    let cause = if self.rng.random_bool(0.5) { Cause::Replay } else { Cause::Device };
                    self.tell(at_s, &entity, Some(&state), cause, false);
                }
            }
        }
    }

    fn is_anyone_home(&self) -> bool {
        self.household.people().iter().any(|person| self.is(&format!("person.{person}"), "home"))
    }

    fn is(&self, entity: &str, state: &str) -> bool {
        self.state.get(entity).is_some_and(|is| is == state)
    }

    fn done(&mut self, at_s: i64, entity: &str, state: &str, cause: Cause, routine: Option<usize>) {
        let is_hand = matches!(cause, Cause::Device | Cause::Voice | Cause::Page | Cause::Api);
        let planted = routine.and_then(|index| self.truth.routines.get(index)).cloned();
        let is_after = planted.as_ref().is_some_and(|routine| matches!(routine.moment, Moment::After { .. }));
        let is_program = self.truth.program.as_ref().is_some_and(|(thing, _)| thing == entity);
        // What was left on is switched off from afar.
        let is_end = routine.is_none() && states(entity).1 == state;
        if is_hand && !is_after && !is_program && !is_end && !self.is_anyone_home() {
            return;
        }
        let is_ruled_out =
            planted.as_ref().and_then(|routine| routine.only.as_ref()).is_some_and(|only| !self.holds(only, at_s));
        if is_ruled_out || self.is(entity, state) {
            return;
        }
        if let Some(kept) = routine.and_then(|index| self.kept.get_mut(index)) {
            kept.push(at_s.div_euclid(DAY_S));
        }
        let before = self.state.insert(entity.to_owned(), state.to_owned()).unwrap_or_default();
        self.tell(at_s, entity, Some(state), cause, true);
        self.follow(at_s, entity, state);
        let (on, off) = states(entity);
        if is_hand && routine.is_none() && self.rng.random_bool(self.settings.undone) {
            let soon = at_s + self.rng.random_range(5..100);
            self.act(soon, entity, &before, Cause::Device, None);
        } else if is_hand && !is_program && state == on {
            // Everything is switched off some time; what a habit ends, much later.
            let later = if self.ends_by_habit(entity, routine) { 5.6 } else { 3.6 };
            let minutes = (later + 0.9 * normal(&mut self.rng)).exp();
            self.act(at_s + (minutes * 60.0) as i64, entity, off, Cause::Device, None);
        }
    }

    /// Whether a habit ends it, so that nobody does by chance.
    fn ends_by_habit(&self, entity: &str, routine: Option<usize>) -> bool {
        let (_, off) = states(entity);
        self.truth.routines.iter().any(|other| {
            let is_length = matches!(other.moment, Moment::After { .. });
            other.entity == entity && other.state == off && (is_length || routine.is_some())
        })
    }

    fn holds(&self, only: &Only, at_s: i64) -> bool {
        match only {
            Only::Dark => self.sky.is_dark(at_s),
            Only::Colder(degrees) => self.sky.around(at_s).outdoor < *degrees,
            Only::Warmer(degrees) => *degrees < self.sky.around(at_s).outdoor,
            Only::Nobody => !self.is_anyone_home(),
        }
    }

    /// What follows on a change by habit.
    fn follow(&mut self, at_s: i64, entity: &str, state: &str) {
        let day = at_s.div_euclid(DAY_S);
        let planted: Vec<(usize, Routine)> = self.truth.routines.iter().cloned().enumerate().collect();
        for (index, routine) in planted {
            let Moment::After { entity: trigger, state: to, delay_s, spread_s, is_anywhere } = &routine.moment else {
                continue;
            };
            let is_so = trigger == entity && to == state && (routine.from_day..routine.to_day).contains(&day);
            if !is_so
                || routine.only.as_ref().is_some_and(|only| !self.holds(only, at_s))
                || self.is(&routine.entity, &routine.state) && *trigger != routine.entity
            {
                continue;
            }
            if self.rng.random_bool(routine.adherence) {
                let delay = match is_anywhere {
                    true => between((3.0, *delay_s), &mut self.rng),
                    false => (delay_s + spread_s * normal(&mut self.rng)).max(2.0),
                };
                self.act(at_s + delay as i64, &routine.entity, &routine.state, Cause::Device, Some(index));
            }
        }
    }

    fn chosen(&mut self, at_s: i64, entity: &str) {
        if self.is_anyone_home() {
            self.tell(at_s, entity, None, Cause::Device, true);
        }
    }

    fn sensed(&mut self, at_s: i64, entity: &str, state: &str) {
        let is_motion = entity.ends_with("_motion");
        if self.is(entity, state)
            || (is_motion && state == "on" && (!self.is_anyone_home() || self.rng.random_bool(0.4)))
        {
            return;
        }
        self.state.insert(entity.to_owned(), state.to_owned());
        let is_person = entity.starts_with("person.");
        if !is_person || self.has_people {
            self.tell(at_s, entity, Some(state), Cause::Device, false);
        }
        self.follow(at_s, entity, state);
    }

    fn sky_told(&mut self, at_s: i64) {
        let around = self.sky.around(at_s);
        let (outdoor, lux) = (format!("{:.1}", around.outdoor), format!("{:.0}", around.lux));
        self.tell(at_s, "sensor.outdoor", Some(&outdoor), Cause::Device, false);
        self.tell(at_s, "sensor.lux", Some(&lux), Cause::Device, false);
        self.tell(at_s, "weather.home", Some(if around.is_sunny { "sunny" } else { "cloudy" }), Cause::Device, false);
    }

    fn restarted(&mut self, at_s: i64) {
        let all: Vec<(String, String)> = self.state.iter().map(|(id, state)| (id.clone(), state.clone())).collect();
        let has_people = self.has_people;
        for (entity, state) in all.iter().filter(|(id, _)| has_people || !id.starts_with("person.")) {
            self.tell(at_s, entity, Some(state), Cause::Replay, false);
        }
    }

    fn tell(&mut self, wall_s: i64, entity: &str, state: Option<&str>, cause: Cause, by_someone: bool) {
        let day = wall_s.div_euclid(DAY_S);
        if self.kind(day) == DayKind::Dark || self.lost.get(entity).is_some_and(|until| wall_s < *until) {
            return;
        }
        let state = state.or_else(|| self.state.get(entity).map(String::as_str)).map(str::to_owned);
        let attributes = self.attributes(wall_s, entity, state.as_deref(), by_someone);
        let (at_ms, offset_s) = self.sky.moment(wall_s);
        let knows = matches!(cause, Cause::Voice | Cause::Page) && self.rng.random_bool(0.7);
        let person = self.household.people().first().filter(|_| knows && by_someone).map(|name| PersonId::new(*name));
        let entity = EntityId::new(entity);
        self.events.push(Evidence { at_ms, offset_s, entity, state, attributes, cause, person });
    }

    fn attributes(&mut self, wall_s: i64, entity: &str, state: Option<&str>, by_someone: bool) -> Attributes {
        let around = self.sky.around(wall_s);
        let taste = self.truth.tastes.iter().find(|taste| taste.entity == entity);
        let liked = taste.map(|taste| taste.likes.value(&around) + taste.noise * normal(&mut self.rng));
        let one = |name: &str, value: f64| Attributes::from([(name.to_owned(), Value::Number(value))]);
        match (entity.split('.').next().unwrap_or_default(), state) {
            ("light", Some("on")) => one("brightness", (liked.unwrap_or(100.0).clamp(1.0, 100.0) * 2.55).round()),
            ("cover", Some("open")) => one("current_position", liked.unwrap_or(100.0).clamp(5.0, 100.0).round()),
            ("climate", Some("heat")) if by_someone => one("temperature", (liked.unwrap_or(21.0) * 2.0).round() / 2.0),
            ("weather", _) => one("temperature", (around.outdoor * 10.0).round() / 10.0),
            _ => Attributes::new(),
        }
    }
}

fn cause_of(number: u8) -> Cause {
    [Cause::Voice, Cause::Page, Cause::Api, Cause::Device, Cause::Schedule, Cause::Routine, Cause::Replay]
        .into_iter()
        .find(|cause| *cause as u8 == number)
        .unwrap_or_default()
}
