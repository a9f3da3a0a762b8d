//! How often what is otherwise than usual is told in homes where people live as they do, and how often what was really
//! left on is.
//!
//! Looks every ten minutes of the last four weeks; what is usual is learned anew before each of them.

use std::collections::{BTreeMap, BTreeSet};

use house::{Attributes, Cause, Domain, Entity, Evidence, Hint, House};
use mind::learn::{Norms, Timeline, hints};

use crate::living::Lived;
use crate::seen::note;

/// What was told, summed over homes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told {
    weeks: f64,
    /// How often each kind began to be told.
    kinds: BTreeMap<&'static str, usize>,
    /// What was left on for the sake of it, and how much of it was told.
    left: usize,
    left_told: usize,
}

impl Told {
    /// Adds the last four weeks of a home.
    pub(crate) fn add(&mut self, lived: &Lived, days: i64) {
        let begin_ms = |week: i64| lived.sky.moment((days - 7 * week) * 86_400).0;
        let (mut house, mut norms, mut weeks) = (lived.house.clone(), Norms::default(), WEEKS);
        let mut looked_ms = begin_ms(WEEKS);
        let mut shown: BTreeSet<String> = BTreeSet::new();
        for (index, event) in lived.events.iter().enumerate() {
            if 0 < weeks && begin_ms(weeks) <= event.at_ms {
                let before = lived.events.get(..index).unwrap_or_default();
                norms = Norms::of(&Timeline::of(before, begin_ms(weeks)), &lived.house);
                weeks -= 1;
            }
            while begin_ms(WEEKS) <= event.at_ms && looked_ms < event.at_ms {
                self.look(&norms, &house, lived, looked_ms, &mut shown);
                looked_ms += EVERY_MS;
            }
            note(&mut house, event);
        }
        self.weeks += WEEKS as f64;
    }

    fn look(&mut self, norms: &Norms, house: &House, lived: &Lived, now_ms: i64, shown: &mut BTreeSet<String>) {
        let around = lived.sky.context(now_ms);
        let found: Vec<Hint> = hints(norms, house, &around);
        for hint in found.iter().filter(|hint| !shown.contains(&hint.id())) {
            *self.kinds.entry(hint.reason.as_str()).or_default() += 1;
        }
        *shown = found.iter().map(Hint::id).collect();
        self.leave_on(norms, house, lived, now_ms);
    }

    /// Whether it is told if every lamp and switch that is off had been left on when the last one went.
    fn leave_on(&mut self, norms: &Norms, house: &House, lived: &Lived, now_ms: i64) {
        let people = || house.of_domain(Domain::Person);
        let left_ms = people().map(|person| person.state.changed_ms).max().unwrap_or(0);
        let is_away = people().all(|person| person.state.value.as_deref() == Some("not_home"));
        if !is_away || left_ms == 0 || !(LEFT_MS..LEFT_MS + EVERY_MS).contains(&(now_ms - left_ms)) {
            return;
        }
        let around = lived.sky.context(now_ms);
        let off = |it: &&Entity| {
            matches!(it.domain, Domain::Light | Domain::Switch) && it.state.value.as_deref() == Some("off")
        };
        for entity in house.entities.values().filter(off) {
            let mut other = house.clone();
            let event = Evidence {
                at_ms: left_ms - 300_000,
                offset_s: 0,
                entity: entity.id.clone(),
                state: Some("on".to_owned()),
                attributes: Attributes::new(),
                cause: Cause::Device,
                person: None,
            };
            note(&mut other, &event);
            self.left += 1;
            let is_it = |hint: &Hint| hint.entity == entity.id;
            self.left_told += usize::from(hints(norms, &other, &around).iter().any(is_it));
        }
    }

    /// Prints it.
    #[expect(clippy::print_stdout, reason = "this is what the tool is for")]
    pub(crate) fn print(&self, name: &str) {
        println!("## {name}\n");
        for (kind, count) in &self.kinds {
            println!("- {kind}: {:.2} a week", *count as f64 / self.weeks.max(1.0));
        }
        println!("- left on and told: {} of {}\n", self.left_told, self.left);
    }
}

const WEEKS: i64 = 4;
const EVERY_MS: i64 = 600_000;
const LEFT_MS: i64 = 1_200_000;
