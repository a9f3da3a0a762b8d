//! All that is remembered, along time: what changed, what was so at a moment, who was at home, which days tell.
//!
//! Decides nothing about habits.

use std::collections::{BTreeMap, HashMap};

use house::{Attributes, Cause, Domain, EntityId, Evidence, Value};

/// The number of a name within a timeline.
pub(super) type Number = u32;

/// A change of a state that happened, not one that was only heard of again.
#[derive(Clone, Debug)]
pub(super) struct Change {
    /// Seconds since 1970 UTC.
    pub(super) at_s: i64,
    /// What the clock showed, in seconds as if it were UTC.
    pub(super) wall_s: i64,
    pub(super) entity: Number,
    pub(super) from: Option<Number>,
    pub(super) to: Number,
    pub(super) cause: Cause,
}

/// A value that somebody chose: how bright, how warm, how far.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    pub(super) at_s: i64,
    pub(super) wall_s: i64,
    pub(super) entity: Number,
    pub(super) setting: Setting,
    pub(super) value: f64,
    pub(super) cause: Cause,
    /// Whether the thing was switched on or moved with it.
    pub(super) with_change: bool,
}

/// What of a thing can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Setting {
    Brightness,
    Temperature,
    Position,
    Percentage,
    Volume,
    Humidity,
}

/// What one entity was, over time.
#[derive(Clone, Debug, Default)]
pub(super) struct Track {
    pub(super) states: Vec<(i64, Number)>,
    /// Numbers by the name of their attribute; the state itself has no name.
    pub(super) numbers: BTreeMap<&'static str, Vec<(i64, f64)>>,
    settings: BTreeMap<Setting, f64>,
}

/// All that is remembered, along time: what everything is learned from.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    pub(super) entities: Vec<EntityId>,
    pub(super) domains: Vec<Domain>,
    pub(super) words: Vec<String>,
    pub(super) tracks: Vec<Track>,
    pub(super) changes: Vec<Change>,
    pub(super) choices: Vec<Choice>,
    pub(super) until_s: i64,
    pub(super) first_day: i64,
    pub(super) last_day: i64,
    days: BTreeMap<i64, Day>,
    known_days: ByDay<KnownDay>,
    /// How far the clocks were ahead of UTC from a moment on.
    offsets: Vec<(i64, i64)>,
    /// How many of the known people were at home from a moment on.
    at_home: Vec<(i64, usize)>,
    has_people: bool,
    usual_acts: f64,
    numbers: Interned,
}

#[derive(Clone, Debug, Default)]
struct Interned {
    entities: HashMap<EntityId, Number>,
    words: HashMap<String, Number>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Day {
    events: u32,
    acts: u32,
    offset_s: i64,
}

/// What is known of a day once all is laid out.
#[derive(Clone, Copy, Debug, Default)]
struct KnownDay {
    is_told: bool,
    offset_s: i64,
}

/// Something of each day from the first one on that is looked at.
#[derive(Clone, Debug, Default)]
pub(super) struct ByDay<T> {
    first_day: i64,
    days: Vec<T>,
}

impl<T: Copy> ByDay<T> {
    /// Of a day; none if it is before the first or after the last.
    pub(super) fn get(&self, day: i64) -> Option<T> {
        self.days.get(usize::try_from(day - self.first_day).ok()?).copied()
    }

    /// Of the day or of that which is nearest to it.
    fn nearest(&self, day: i64) -> Option<T> {
        let last = self.days.len().checked_sub(1)?;
        self.days.get(usize::try_from(day - self.first_day).unwrap_or(0).min(last)).copied()
    }
}

impl Timeline {
    /// Lays out what was remembered, in order of time, up to `until_ms`, in milliseconds since 1970 UTC.
    pub fn of(evidence: &[Evidence], until_ms: i64) -> Self {
        let mut timeline = Self { until_s: until_ms.div_euclid(1000), ..Self::default() };
        let mut order: Vec<&Evidence> = evidence.iter().filter(|one| one.at_ms <= until_ms).collect();
        order.sort_by_key(|one| one.at_ms);
        for one in order {
            timeline.add(one);
        }
        timeline.finish();
        timeline
    }

    fn add(&mut self, one: &Evidence) {
        let entity = self.entity(&one.entity);
        let (at_s, offset_s) = (one.at_ms.div_euclid(1000), i64::from(one.offset_s));
        let wall_s = at_s + offset_s;
        let day = self.days.entry(wall_s.div_euclid(DAY_S)).or_default();
        day.events += 1;
        day.offset_s = offset_s;
        if self.offsets.last().is_none_or(|(_, last)| *last != offset_s) {
            self.offsets.push((at_s, offset_s));
        }
        let word = one.state.as_deref().filter(|state| !matches!(*state, "unavailable" | "unknown" | "none" | ""));
        let domain = self.domains.get(entity as usize).copied().unwrap_or(Domain::Other);
        let number = word.filter(|_| is_measured(domain)).and_then(|word| word.parse().ok());
        if let (Some(number), Some(track)) = (number, self.tracks.get_mut(entity as usize)) {
            push(track, "", at_s, number);
        }
        self.note_numbers(entity, domain, at_s, &one.attributes);
        let changed = match word.filter(|_| number.is_none()) {
            Some(word) => self.note_state(entity, word, at_s, wall_s, one),
            None => false,
        };
        self.note_choices(entity, domain, (at_s, wall_s), one, changed);
    }

    /// Whether the state is another than before, and really came about.
    fn note_state(&mut self, entity: Number, word: &str, at_s: i64, wall_s: i64, one: &Evidence) -> bool {
        let to = self.word(word);
        let Some(track) = self.tracks.get_mut(entity as usize) else { return false };
        let from = track.states.last().map(|(_, state)| *state);
        if from == Some(to) {
            return false;
        }
        track.states.push((at_s, to));
        if one.cause == Cause::Replay {
            return false;
        }
        self.changes.push(Change { at_s, wall_s, entity, from, to, cause: one.cause });
        true
    }

    fn note_numbers(&mut self, entity: Number, domain: Domain, at_s: i64, attributes: &Attributes) {
        for name in measured_attributes(domain) {
            let number = attributes.get(*name).and_then(Value::as_number);
            if let (Some(number), Some(track)) = (number, self.tracks.get_mut(entity as usize)) {
                push(track, name, at_s, number);
            }
        }
    }

    fn note_choices(&mut self, entity: Number, domain: Domain, at: (i64, i64), one: &Evidence, changed: bool) {
        let (at_s, wall_s) = at;
        for (name, setting) in settings(domain) {
            let Some(value) = one.attributes.get(*name).and_then(Value::as_number) else { continue };
            let value = match *name {
                "brightness" => value / 2.55,
                "volume_level" => value * 100.0,
                _ => value,
            };
            let Some(track) = self.tracks.get_mut(entity as usize) else { continue };
            let before = track.settings.insert(*setting, value);
            let is_new = before.is_none_or(|before| 0.01 < (before - value).abs());
            // A lamp that is switched on chooses its brightness again, even the same one.
            let is_chosen = is_new || (changed && matches!(setting, Setting::Brightness | Setting::Position));
            let is_off = *setting != Setting::Temperature && value <= 0.0;
            if is_chosen && !is_off && one.cause != Cause::Replay {
                let with_change = changed;
                let (setting, cause) = (*setting, one.cause);
                self.choices.push(Choice { at_s, wall_s, entity, setting, value, cause, with_change });
            }
        }
    }

    fn finish(&mut self) {
        let last_offset = self.days.values().next_back().map_or(0, |day| day.offset_s);
        self.last_day = (self.until_s + last_offset).div_euclid(DAY_S);
        self.first_day = self.days.keys().next().copied().unwrap_or(0).max(self.last_day - LONGEST_DAYS);
        for change in self.changes.iter().filter(|change| is_by_hand(change.cause)) {
            let domain = self.domains.get(change.entity as usize).copied().unwrap_or(Domain::Other);
            if let Some(day) = self.days.get_mut(&change.wall_s.div_euclid(DAY_S)).filter(|_| domain.is_controllable())
            {
                day.acts += 1;
            }
        }
        let acts: Vec<f64> = self.days.values().map(|day| f64::from(day.acts)).collect();
        self.usual_acts = super::statistics::median(&acts);
        self.count_people();
        self.known_days = self.by_day(|day| self.known_day(day));
    }

    /// Something of each day, worked out once.
    pub(super) fn by_day<T>(&self, of: impl Fn(i64) -> T) -> ByDay<T> {
        ByDay { first_day: self.first_day, days: (self.first_day..=self.last_day).map(of).collect() }
    }

    fn known_day(&self, day: i64) -> KnownDay {
        let before = self.days.range(..=day).next_back().or_else(|| self.days.iter().next());
        let is_empty =
            |told: &Day| f64::from(told.acts) < 0.1 * self.usual_acts && (told.acts == 0 || !self.has_people);
        KnownDay {
            is_told: self.days.get(&day).is_some_and(|told| 0 < told.events && !is_empty(told)),
            offset_s: before.map_or(0, |(_, day)| day.offset_s),
        }
    }

    fn count_people(&mut self) {
        let home = self.numbers.words.get("home").copied();
        let is_person = |entity: usize| self.domains.get(entity) == Some(&Domain::Person);
        let people = self.tracks.iter().enumerate().filter(|(entity, _)| is_person(*entity));
        let mut moves: Vec<(i64, bool, bool)> = Vec::new();
        for (_, track) in people {
            let mut was = false;
            for (at_s, state) in &track.states {
                let is = Some(*state) == home;
                moves.push((*at_s, was, is));
                was = is;
            }
        }
        moves.sort_unstable();
        self.has_people = moves.iter().any(|(_, _, is)| *is);
        let mut at_home = 0_usize;
        for (at_s, was, is) in moves {
            at_home = (at_home + usize::from(is)).saturating_sub(usize::from(was));
            self.at_home.push((at_s, at_home));
        }
    }

    /// Whether anyone was at home at a moment; true where nobody tells.
    pub(super) fn is_anyone_home(&self, at_s: i64) -> bool {
        !self.has_people || latest(&self.at_home, at_s).is_none_or(|count| 0 < count)
    }

    /// From when to when nobody was at home, as far as that has ended.
    pub(super) fn away(&self) -> Vec<(i64, i64)> {
        let mut away = Vec::new();
        let mut left_s = None;
        for (at_s, count) in self.at_home.iter().filter(|_| self.has_people) {
            match (left_s, count) {
                (None, 0) => left_s = Some(*at_s),
                (Some(from), 1..) => {
                    away.push((from, *at_s));
                    left_s = None;
                }
                (Some(_), 0) | (None, 1..) => {}
            }
        }
        away
    }

    /// Whether there is anyone who tells whether they are at home.
    pub(super) fn has_people(&self) -> bool {
        self.has_people
    }

    /// Whether a day can tell anything: it was recorded, and somebody did something on it.
    pub(super) fn is_day_told(&self, day: i64) -> bool {
        self.known_days.get(day).is_some_and(|known| known.is_told)
    }

    /// The moment at which the clock showed that, in seconds since 1970 UTC.
    pub(super) fn at_wall(&self, wall_s: i64) -> i64 {
        wall_s - self.known_days.nearest(wall_s.div_euclid(DAY_S)).map_or(0, |known| known.offset_s)
    }

    /// What the clock showed at a moment, in seconds as if it were UTC.
    pub(super) fn wall(&self, at_s: i64) -> i64 {
        let first = self.offsets.first().map_or(0, |(_, offset)| *offset);
        at_s + latest(&self.offsets, at_s).unwrap_or(first)
    }

    /// What an entity was at a moment.
    pub(super) fn state_at(&self, entity: Number, at_s: i64) -> Option<Number> {
        latest(&self.tracks.get(entity as usize)?.states, at_s)
    }

    /// What was measured last at a moment.
    pub(super) fn number_at(&self, entity: Number, attribute: &str, at_s: i64) -> Option<f64> {
        latest(self.tracks.get(entity as usize)?.numbers.get(attribute)?, at_s)
    }

    /// The number of a word, if it ever was a state.
    pub(super) fn known_word(&self, word: &str) -> Option<Number> {
        self.numbers.words.get(word).copied()
    }

    /// The number of an entity, if there is anything of it.
    pub(super) fn known_entity(&self, id: &str) -> Option<Number> {
        self.numbers.entities.get(&EntityId::new(id)).copied()
    }

    fn entity(&mut self, id: &EntityId) -> Number {
        if let Some(number) = self.numbers.entities.get(id) {
            return *number;
        }
        let number = self.entities.len() as Number;
        self.entities.push(id.clone());
        self.domains.push(id.domain());
        self.tracks.push(Track::default());
        self.numbers.entities.insert(id.clone(), number);
        number
    }

    fn word(&mut self, word: &str) -> Number {
        if let Some(number) = self.numbers.words.get(word) {
            return *number;
        }
        let number = self.words.len() as Number;
        self.words.push(word.to_owned());
        self.numbers.words.insert(word.to_owned(), number);
        number
    }
}

/// The last of a row of moments that is not after that one.
pub(super) fn latest<T: Copy>(row: &[(i64, T)], at_s: i64) -> Option<T> {
    let after = row.partition_point(|(at, _)| *at <= at_s);
    row.get(after.checked_sub(1)?).map(|(_, what)| *what)
}

/// Whether a person was the cause: what Hearth did by itself, and what was only heard again, tells no habit.
pub(super) fn is_by_hand(cause: Cause) -> bool {
    matches!(cause, Cause::Voice | Cause::Page | Cause::Api | Cause::Device)
}

/// Whether things of a domain tell numbers.
pub(super) fn is_measured(domain: Domain) -> bool {
    matches!(domain, Domain::Sensor | Domain::Number)
}

fn push(track: &mut Track, name: &'static str, at_s: i64, number: f64) {
    if number.is_finite() {
        track.numbers.entry(name).or_default().push((at_s, number));
    }
}

/// The attributes of a domain that tell anything here: what is measured by them, and what can be chosen.
pub(super) fn telling_attributes(domain: Domain) -> impl Iterator<Item = &'static str> {
    measured_attributes(domain).iter().copied().chain(settings(domain).iter().map(|(name, _)| *name))
}

fn measured_attributes(domain: Domain) -> &'static [&'static str] {
    match domain {
        Domain::Weather => &["temperature", "humidity", "cloud_coverage"],
        Domain::Other => &["elevation"],
        _ => &[],
    }
}

fn settings(domain: Domain) -> &'static [(&'static str, Setting)] {
    match domain {
        Domain::Light => &[("brightness", Setting::Brightness)],
        Domain::Climate | Domain::WaterHeater => &[("temperature", Setting::Temperature)],
        Domain::Cover => &[("current_position", Setting::Position)],
        Domain::Fan => &[("percentage", Setting::Percentage)],
        Domain::MediaPlayer => &[("volume_level", Setting::Volume)],
        Domain::Humidifier => &[("humidity", Setting::Humidity)],
        _ => &[],
    }
}

/// No habit is looked for farther back, however old the oldest of what is remembered claims to be.
const LONGEST_DAYS: i64 = 4000;
/// Seconds of a day.
pub(super) const DAY_S: i64 = 86_400;
