//! How often what is done next was foretold: by what was learned, by the hour, by both, and by what was done before.
//!
//! Asks at the moment at which something is done, with all that was known until then.

use std::collections::{BTreeMap, HashMap};

use house::{Cause, EntityId, Evidence, Habit, House};
use mind::learn::{Timeline, chance_a_minute, learn};
use mind::when::{TimeContext, civil};

use crate::living::Lived;
use crate::matching::is_same_act;
use crate::seen::note;

/// What was done with a thing: it was brought into a state.
type Act = (String, String);

/// How likely each act comes next; what is not there never does.
type Chances<'k> = BTreeMap<&'k Act, f64>;

/// Of what was done by hand, how often each way foretold it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Foretold {
    pub(crate) acts: usize,
    learned: Hits,
    by_hour: Hits,
    by_both: Hits,
    by_last: Hits,
}

/// How often it was the first that was named, and one of the first three.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Hits {
    pub(crate) first: usize,
    pub(crate) among_three: usize,
}

/// What is known at a moment: the states of the home, what was learned, and how often what was done.
struct Known {
    begin_ms: i64,
    house: House,
    habits: Vec<Habit>,
    all: BTreeMap<Act, usize>,
    by_hour: HashMap<i8, BTreeMap<Act, usize>>,
    by_last: HashMap<Option<Act>, BTreeMap<Act, usize>>,
    last: Option<Act>,
}

impl Foretold {
    /// Adds what was done in the last weeks of a home. What is done again and again is learned anew before each of
    /// them; how often something was done is known up to the moment.
    pub(crate) fn add(&mut self, lived: &Lived, days: i64) {
        let begin_ms = |week: i64| lived.sky.moment((days - 7 * week) * 86_400).0;
        let mut known = Known::of(&lived.house, lived.sky.moment(0).0);
        let mut weeks = WEEKS;
        for (index, event) in lived.events.iter().enumerate() {
            if 0 < weeks && begin_ms(weeks) <= event.at_ms {
                let before = lived.events.get(..index).unwrap_or_default();
                known.habits = learn(&Timeline::of(before, begin_ms(weeks)), &lived.house);
                weeks -= 1;
            }
            if let Some(act) = known.by_hand(event) {
                let around = lived.sky.context(event.at_ms);
                if begin_ms(WEEKS) <= event.at_ms {
                    self.count(&known, &act, &around);
                }
                known.done(act, &around);
            }
            note(&mut known.house, event);
        }
    }

    /// Each way with its name.
    pub(crate) fn ways(&self) -> [(&'static str, Hits); 4] {
        [
            ("what was learned", self.learned),
            ("how often it is done in that hour", self.by_hour),
            ("what was learned, and how often in that hour", self.by_both),
            ("how often it follows the act before", self.by_last),
        ]
    }

    fn count(&mut self, known: &Known, act: &Act, around: &TimeContext) {
        self.acts += 1;
        let (learned, by_hour) = (known.learned(around), known.in_that_hour(around));
        let mut both = by_hour.clone();
        for (act, chance) in &learned {
            let known = both.entry(act).or_default();
            *known = known.max(*chance);
        }
        self.learned.count(act, learned);
        self.by_hour.count(act, by_hour);
        self.by_both.count(act, both);
        self.by_last.count(act, known.after_the_last());
    }
}

impl Hits {
    fn count(&mut self, act: &Act, chances: Chances<'_>) {
        let mut named: Vec<(&Act, f64)> = chances.into_iter().collect();
        named.sort_by(|one, other| other.1.total_cmp(&one.1));
        let place = named.iter().take(3).position(|(named, _)| *named == act);
        self.first += usize::from(place == Some(0));
        self.among_three += usize::from(place.is_some());
    }
}

impl Known {
    fn of(house: &House, begin_ms: i64) -> Self {
        let (habits, all, by_hour, by_last) = (Vec::new(), BTreeMap::new(), HashMap::new(), HashMap::new());
        Self { begin_ms, house: house.clone(), habits, all, by_hour, by_last, last: None }
    }

    /// What somebody did, if they did something.
    fn by_hand(&self, event: &Evidence) -> Option<Act> {
        let is_hand = matches!(event.cause, Cause::Voice | Cause::Page | Cause::Api | Cause::Device);
        let entity = self.house.entities.get(&event.entity).filter(|it| is_hand && it.domain.is_controllable())?;
        let state = event.state.clone().filter(|state| state != "unavailable")?;
        let is_new = entity.state.value.as_ref().is_some_and(|was| *was != state);
        is_new.then(|| (event.entity.to_string(), state))
    }

    fn done(&mut self, act: Act, around: &TimeContext) {
        let last = self.last.replace(act.clone());
        let hour = self.by_hour.entry(civil(around.now_ms, around).hour).or_default();
        for counts in [&mut self.all, hour, self.by_last.entry(last).or_default()] {
            *counts.entry(act.clone()).or_default() += 1;
        }
    }

    /// How likely the next minute brings it by what was learned.
    fn learned(&self, around: &TimeContext) -> Chances<'_> {
        let mut chances = Chances::new();
        for habit in &self.habits {
            let Some(chance) = chance_a_minute(habit, &self.house, around) else { continue };
            for act in self.all.keys().filter(|(entity, state)| is_same_act(habit, entity, state)) {
                let known = chances.entry(act).or_default();
                *known = chance.max(*known);
            }
        }
        chances
    }

    /// How likely the next minute brings it, as often as it was done in that hour of all days.
    fn in_that_hour(&self, around: &TimeContext) -> Chances<'_> {
        let minutes = (around.now_ms - self.begin_ms) as f64 / 86_400_000.0 * 60.0;
        self.open(self.by_hour.get(&civil(around.now_ms, around).hour), minutes)
    }

    fn after_the_last(&self) -> Chances<'_> {
        self.open(self.by_last.get(&self.last), 1.0)
    }

    /// Of what was counted, what is not so already.
    fn open<'k>(&self, counts: Option<&'k BTreeMap<Act, usize>>, of: f64) -> Chances<'k> {
        let is_open = |(entity, state): &Act| {
            let known = self.house.entities.get(&EntityId::new(entity.as_str()));
            known.is_some_and(|known| known.state.value.as_ref() != Some(state))
        };
        let open = counts.into_iter().flatten().filter(|(act, _)| is_open(act));
        open.map(|(act, count)| (act, *count as f64 / of)).collect()
    }
}

/// What is done in so many weeks at the end is foretold.
const WEEKS: i64 = 4;
