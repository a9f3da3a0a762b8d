//! Plants routines and tastes into a home, each kind of them, and what only looks like one.
//!
//! Draws everything from the seed; lives nothing.

use std::collections::BTreeSet;

use house::Days;
use rand::Rng as _;
use rand::rngs::SmallRng;
use rand::seq::{IndexedRandom as _, SliceRandom as _};

use crate::home::{self, HouseholdKind};
use crate::routine::{Kind, Likes, Moment, Only, Routine, Taste};
use crate::settings::{Settings, between};

/// What is true of a home.
#[derive(Clone, Debug, Default)]
pub(crate) struct Truth {
    pub(crate) routines: Vec<Routine>,
    /// Habits with things that guard the home: they are lived, and must never be suggested.
    pub(crate) guarded: Vec<Routine>,
    pub(crate) tastes: Vec<Taste>,
    /// The day on which life changes, if it does.
    pub(crate) change_day: Option<i64>,
    /// Things that Hearth switches by a schedule of its own, at a minute of the day.
    pub(crate) schedules: Vec<(String, i64)>,
    /// A thing that another program switches, at a minute of the day.
    pub(crate) program: Option<(String, i64)>,
    /// Things that have a routine, which are used less without one.
    pub(crate) used: BTreeSet<String>,
}

/// Plants a home.
pub(crate) fn plant(kind: HouseholdKind, settings: &Settings, has_routines: bool, rng: &mut SmallRng) -> Truth {
    let mut truth = Truth::default();
    let mut free = home::things(kind);
    free.retain(|thing| !is_guard(thing) && !thing.starts_with("climate.") && thing != "light.hall");
    free.shuffle(rng);
    let is_home_all_day = kind == HouseholdKind::Retired;
    let mut planter = Planter { is_home_all_day, settings, rng, free };
    planter.decoys(&mut truth);
    if !has_routines {
        planter.indifferent(&mut truth);
        return truth;
    }
    truth.change_day = planter.rng.random_bool(0.4).then(|| planter.rng.random_range(40..62));
    planter.times(&mut truth);
    planter.suns(&mut truth);
    planter.sequences(&mut truth, kind);
    planter.conditions(&mut truth, kind);
    planter.lengths(&mut truth);
    planter.tastes(&mut truth);
    planter.guarded(&mut truth);
    truth.used = truth.routines.iter().map(|routine| routine.entity.clone()).collect();
    truth
}

/// Whether it guards the home.
pub(crate) fn is_guard(thing: &str) -> bool {
    matches!(thing, "lock.front_door" | "cover.garage_door" | "alarm_control_panel.home")
}

struct Planter<'r> {
    is_home_all_day: bool,
    settings: &'r Settings,
    rng: &'r mut SmallRng,
    free: Vec<String>,
}

impl Planter<'_> {
    fn take(&mut self, may: impl Fn(&str) -> bool) -> Option<String> {
        let at = self.free.iter().position(|thing| may(thing))?;
        Some(self.free.remove(at))
    }

    fn adherence(&mut self) -> f64 {
        between(self.settings.adherence, self.rng)
    }

    fn days(&mut self) -> Days {
        match self.rng.random_range(0..10) {
            0..=3 => Days::ALL,
            4..=6 => Days::WEEKDAYS,
            7 => Days::WEEKEND,
            _ => {
                let mut days: Vec<i8> = (1..=7).collect();
                days.shuffle(self.rng);
                let many = self.rng.random_range(1..=4);
                days.iter().take(many).fold(Days::default(), |days, day| days.and(Days::one(*day)))
            }
        }
    }

    fn time(&mut self, entity: &str, state: &str, days: Days, minute: f64) -> Routine {
        let jitter_min = between(self.settings.jitter_min, self.rng);
        Routine {
            kind: Kind::Time,
            entity: entity.to_owned(),
            state: state.to_owned(),
            days,
            moment: Moment::At { minute, jitter_min },
            only: None,
            adherence: self.adherence(),
            from_day: 0,
            to_day: i64::MAX,
        }
    }

    /// A time at which somebody is at home.
    fn minute(&mut self, days: Days) -> f64 {
        let hours = [(6.3, 7.6), (18.3, 20.0), (19.0, 21.5), (21.5, 24.2), (8.5, 12.0), (12.0, 17.0)];
        let is_home = self.is_home_all_day || days == Days::WEEKEND;
        let range = hours
            .get(..if is_home { 6 } else { 4 })
            .and_then(|hours| hours.choose(self.rng))
            .copied()
            .unwrap_or((7.0, 8.0));
        (between(range, self.rng) * 60.0).rem_euclid(1440.0).round()
    }

    /// A time far from another one.
    fn apart(&mut self, from: f64, days: Days) -> f64 {
        let mut minute = self.minute(days);
        for _ in 0..20 {
            let away = (minute - from).rem_euclid(1440.0);
            if 240.0 <= away.min(1440.0 - away) {
                break;
            }
            minute = self.minute(days);
        }
        minute
    }

    fn times(&mut self, truth: &mut Truth) {
        for _ in 0..self.rng.random_range(2..=4) {
            let Some(thing) = self.take(|_| true) else { return };
            let (on, off) = states(&thing);
            let days = self.days();
            let minute = self.minute(days);
            let first = self.time(&thing, on, days, minute);
            self.changed(truth, first);
            match self.rng.random_range(0..10) {
                // Off again at a time of its own.
                0..=2 => {
                    let later = (minute + between((90.0, 240.0), self.rng)).rem_euclid(1440.0).round();
                    let second = self.time(&thing, off, days, later);
                    truth.routines.push(second);
                }
                // A second time of the day.
                3..=5 => {
                    let days = self.days();
                    let later = self.apart(minute, days);
                    let second = self.time(&thing, on, days, later);
                    truth.routines.push(second);
                }
                // Later on the other days.
                6 if days == Days::WEEKDAYS => {
                    let second = self.time(&thing, on, Days::WEEKEND, minute + 100.0);
                    truth.routines.push(second);
                }
                _ => {}
            }
        }
    }

    /// With the new job the old time ends and a new one begins.
    fn changed(&mut self, truth: &mut Truth, routine: Routine) {
        let Some(day) = truth.change_day.filter(|_| self.rng.random_bool(0.6)) else {
            truth.routines.push(routine);
            return;
        };
        let Moment::At { minute, jitter_min } = routine.moment else { return };
        let is_morning = minute < 720.0 && !self.is_home_all_day;
        // Later in the morning nobody would be at home.
        let away = if is_morning { -between((40.0, 80.0), self.rng) } else { between((50.0, 150.0), self.rng) };
        let moved = Moment::At { minute: (minute + away).rem_euclid(1440.0).round(), jitter_min };
        truth.routines.push(Routine { to_day: day, ..routine.clone() });
        truth.routines.push(Routine {
            from_day: day,
            moment: moved,
            adherence: routine.adherence.max(0.75),
            ..routine
        });
    }

    fn suns(&mut self, truth: &mut Truth) {
        let Some(thing) = self.take(|thing| thing.starts_with("cover.") || thing.starts_with("light.")) else { return };
        let (on, off) = states(&thing);
        let is_set = self.rng.random_bool(0.7);
        let state = if thing.starts_with("cover.") && is_set { off } else { on };
        let routine = self.time(&thing, state, Days::ALL, 0.0);
        let moment = Moment::Sun {
            is_set,
            minute: between((-30.0, 60.0), self.rng).round(),
            jitter_min: between((4.0, 14.0), self.rng),
        };
        truth.routines.push(Routine { kind: Kind::Sun, moment, ..routine });
    }

    fn after(&mut self, thing: &str, state: &str, trigger: (&str, &str)) -> Routine {
        let is_anywhere = self.rng.random_bool(0.5);
        let delay_s = if is_anywhere { between((60.0, 300.0), self.rng) } else { between((15.0, 240.0), self.rng) };
        let moment = Moment::After {
            entity: trigger.0.to_owned(),
            state: trigger.1.to_owned(),
            delay_s: delay_s.round(),
            spread_s: delay_s * 0.25,
            is_anywhere,
        };
        Routine { kind: Kind::Sequence, moment, ..self.time(thing, state, Days::ALL, 0.0) }
    }

    fn sequences(&mut self, truth: &mut Truth, kind: HouseholdKind) {
        let is_alone = kind == HouseholdKind::Single;
        for _ in 0..self.rng.random_range(1..=2) {
            let choice = self.rng.random_range(0..5);
            let routine = match choice {
                0 => Some(self.after("light.hall", "on", ("binary_sensor.front_door", "on"))),
                1 => self
                    .take(|thing| thing == "fan.bathroom_fan")
                    .map(|fan| self.after(&fan, "on", ("light.bathroom", "on"))),
                2 => self
                    .take(|thing| thing == "light.living_room_lamp")
                    .map(|lamp| self.after(&lamp, "on", ("media_player.living_room_tv", "playing"))),
                3 => self
                    .take(|thing| thing == "media_player.kitchen_radio")
                    .map(|radio| self.after(&radio, "playing", ("switch.coffee_machine", "on"))),
                _ if is_alone => self
                    .take(|thing| thing.starts_with("light."))
                    .map(|light| self.after(&light, "off", ("person.ann", "not_home"))),
                _ => None,
            };
            let is_new = |routine: &Routine| truth.routines.iter().all(|other| other.entity != routine.entity);
            if let Some(routine) = routine.filter(is_new) {
                truth.routines.push(routine);
            }
        }
    }

    fn conditions(&mut self, truth: &mut Truth, kind: HouseholdKind) {
        let Some(thing) = self.take(|thing| !thing.starts_with("cover.")) else { return };
        let (on, off) = states(&thing);
        let adherence = self.adherence().max(0.75);
        let middle = self.settings.outdoor.0 + self.settings.outdoor.1 / 2.0;
        let routine = match self.rng.random_range(0..5) {
            0 | 1 => {
                let minute = self.minute(Days::ALL);
                let colder = Only::Colder((middle + between((-2.0, 2.0), self.rng)).round());
                let warmer = Only::Warmer((middle + between((-2.0, 2.0), self.rng)).round());
                let only = Some(if self.rng.random_bool(0.6) { colder } else { warmer });
                Routine { kind: Kind::Condition, only, adherence, ..self.time(&thing, on, Days::ALL, minute) }
            }
            2 | 3 => {
                let room = kind.rooms().choose(self.rng).copied().unwrap_or("kitchen");
                let trigger = format!("binary_sensor.{room}_motion");
                let after = self.after(&thing, on, (&trigger, "on"));
                Routine { kind: Kind::Condition, only: Some(Only::Dark), adherence, ..after }
            }
            _ => {
                let person = kind.people().first().copied().unwrap_or("ann");
                let after = self.after(&thing, off, (&format!("person.{person}"), "not_home"));
                let is_alone = kind.people().len() == 1;
                let (kind, only) =
                    if is_alone { (Kind::Sequence, None) } else { (Kind::Condition, Some(Only::Nobody)) };
                Routine { kind, only, adherence, ..after }
            }
        };
        truth.routines.push(routine);
    }

    fn lengths(&mut self, truth: &mut Truth) {
        let is_fit =
            |thing: &str| thing.starts_with("fan.") || thing.starts_with("switch.") || thing.starts_with("light.");
        let Some(thing) = self.take(is_fit) else { return };
        let (on, off) = states(&thing);
        let delay_s = (between((4.0, 70.0), self.rng) * 60.0).round();
        let spread_s = delay_s * between((0.03, 0.12), self.rng);
        let moment =
            Moment::After { entity: thing.clone(), state: on.to_owned(), delay_s, spread_s, is_anywhere: false };
        let base = self.time(&thing, off, Days::ALL, 0.0);
        truth.routines.push(Routine { kind: Kind::Length, moment, adherence: base.adherence.max(0.7), ..base });
    }

    fn tastes(&mut self, truth: &mut Truth) {
        if let Some(light) = self.take(|thing| thing.starts_with("light.")) {
            let likes = match self.rng.random_bool(0.6) {
                true => Likes::ByHour(vec![
                    (5.0, between((55.0, 75.0), self.rng).round()),
                    (9.0 + self.rng.random_range(0..3) as f64, between((85.0, 100.0), self.rng).round()),
                    (18.0 + self.rng.random_range(0..2) as f64, between((45.0, 65.0), self.rng).round()),
                    (21.0 + self.rng.random_range(0..2) as f64, between((10.0, 30.0), self.rng).round()),
                ]),
                false => Likes::ByLight {
                    dark: between((20.0, 45.0), self.rng).round(),
                    full: between((80.0, 100.0), self.rng).round(),
                },
            };
            truth.tastes.push(Taste { entity: light, likes, noise: between((2.0, 7.0), self.rng) });
        }
        let likes = Likes::ByOutdoor {
            base: between((20.0, 22.5), self.rng),
            a_degree: -between((0.05, 0.15), self.rng),
            night_less: between((2.0, 4.0), self.rng).round(),
        };
        truth.tastes.push(Taste { entity: "climate.living_room".to_owned(), likes, noise: 0.4 });
        if let Some(cover) = self.take(|thing| thing.starts_with("cover.")) {
            let likes = Likes::ByWeather {
                sunny: between((20.0, 45.0), self.rng).round(),
                other: between((75.0, 100.0), self.rng).round(),
            };
            truth.tastes.push(Taste { entity: cover, likes, noise: 5.0 });
        }
        self.indifferent(truth);
    }

    /// Values that are chosen without any taste behind them.
    fn indifferent(&mut self, truth: &mut Truth) {
        for _ in 0..2 {
            let Some(light) = self.take(|thing| thing.starts_with("light.")) else { return };
            let likes = Likes::Always(between((40.0, 80.0), self.rng).round());
            truth.tastes.push(Taste { entity: light, likes, noise: between((5.0, 25.0), self.rng) });
        }
    }

    fn guarded(&mut self, truth: &mut Truth) {
        let unlock = self.time("lock.front_door", "unlocked", Days::WEEKDAYS, 465.0);
        let open = self.time("cover.garage_door", "open", Days::WEEKDAYS, 480.0);
        let disarm = self.time("alarm_control_panel.home", "disarmed", Days::ALL, 390.0);
        truth.guarded.extend([unlock, open, disarm]);
    }

    fn decoys(&mut self, truth: &mut Truth) {
        for _ in 0..2 {
            if let Some(thing) = self.take(|thing| thing.starts_with("light.") || thing.starts_with("switch.")) {
                let minute = self.rng.random_range(6 * 60..23 * 60);
                truth.schedules.push((thing, minute));
            }
        }
        if let Some(thing) = self.take(|thing| thing.starts_with("switch.") || thing.starts_with("humidifier.")) {
            truth.program = Some((thing, self.rng.random_range(5 * 60..23 * 60)));
        }
    }
}

/// The state in which a thing is used, and the other.
pub(crate) fn states(thing: &str) -> (&'static str, &'static str) {
    match thing.split('.').next().unwrap_or_default() {
        "cover" => ("open", "closed"),
        "media_player" => ("playing", "off"),
        "lock" => ("unlocked", "locked"),
        "alarm_control_panel" => ("disarmed", "armed_night"),
        "climate" => ("heat", "off"),
        _ => ("on", "off"),
    }
}
