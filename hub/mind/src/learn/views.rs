//! What was so at a row of moments: the state of every thing and every measured number, looked up once.
//!
//! The same moments are looked at for many actions and many stretches of time. Decides nothing.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use super::timeline::{Number, Timeline};

/// Moments in order of time, in seconds since 1970 UTC, with what was so then.
pub(super) struct Moments<'t> {
    pub(super) timeline: &'t Timeline,
    at: Vec<i64>,
    states: Looked<Number, States>,
    numbers: Looked<(Number, &'static str), [Option<f64>]>,
    walls: OnceCell<Vec<i64>>,
    anyone_home: OnceCell<Vec<bool>>,
}

/// What was looked up, by what was asked for.
type Looked<K, V> = RefCell<HashMap<K, Rc<V>>>;

/// What an entity was at each moment, as places in the list of what it was at any of them.
pub(super) struct States {
    /// In order of their numbers.
    pub(super) words: Vec<Number>,
    /// One for each moment; [`NOTHING_KNOWN`] where nothing had been told yet.
    pub(super) places: Vec<u32>,
}

/// No place in a list.
pub(super) const NOTHING_KNOWN: u32 = u32::MAX;

impl<'t> Moments<'t> {
    pub(super) fn of(timeline: &'t Timeline, at: Vec<i64>) -> Self {
        Self {
            timeline,
            at,
            states: RefCell::default(),
            numbers: RefCell::default(),
            walls: OnceCell::new(),
            anyone_home: OnceCell::new(),
        }
    }

    fn states(&self, entity: Number) -> Rc<States> {
        let look = || {
            let track = self.timeline.tracks.get(entity as usize);
            Rc::new(States::of(&self.at, track.map_or(&[], |track| &track.states)))
        };
        self.states.borrow_mut().entry(entity).or_insert_with(look).clone()
    }

    fn numbers(&self, entity: Number, name: &'static str) -> Rc<[Option<f64>]> {
        let look = || {
            let track = self.timeline.tracks.get(entity as usize);
            let row = track.and_then(|track| track.numbers.get(name)).map_or(&[][..], Vec::as_slice);
            latest_at_each(row, &self.at).collect()
        };
        self.numbers.borrow_mut().entry((entity, name)).or_insert_with(look).clone()
    }
}

impl States {
    fn of(at: &[i64], row: &[(i64, Number)]) -> Self {
        let states: Vec<Option<Number>> = latest_at_each(row, at).collect();
        let mut words: Vec<Number> = Vec::new();
        for state in states.iter().flatten() {
            if let Err(place) = words.binary_search(state) {
                words.insert(place, *state);
            }
        }
        let place = |state: Number| words.binary_search(&state).map_or(NOTHING_KNOWN, |place| place as u32);
        let places = states.iter().map(|state| state.map_or(NOTHING_KNOWN, place)).collect();
        Self { words, places }
    }
}

/// Some of a row of moments: those at which one action could have followed.
pub(super) struct View<'m, 't> {
    pub(super) moments: &'m Moments<'t>,
    /// Which of them, in order.
    chosen: Vec<usize>,
    sorted: Looked<(Number, &'static str), [(f64, usize)]>,
}

impl<'m, 't> View<'m, 't> {
    pub(super) fn of(moments: &'m Moments<'t>, chosen: Vec<usize>) -> Self {
        Self { moments, chosen, sorted: RefCell::default() }
    }

    /// Of all of them.
    pub(super) fn whole(moments: &'m Moments<'t>) -> Self {
        Self::of(moments, (0..moments.at.len()).collect())
    }

    /// Which of all the moments one of the view is.
    pub(super) fn place(&self, index: usize) -> usize {
        self.chosen.get(index).copied().unwrap_or(usize::MAX)
    }

    /// What the clock showed at each of all the moments.
    pub(super) fn walls(&self) -> &[i64] {
        let look = || self.moments.at.iter().map(|at_s| self.moments.timeline.wall(*at_s)).collect();
        self.moments.walls.get_or_init(look)
    }

    /// Whether anyone was at home at each of all the moments.
    pub(super) fn anyone_home(&self) -> &[bool] {
        let look = || self.moments.at.iter().map(|at_s| self.moments.timeline.is_anyone_home(*at_s)).collect();
        self.moments.anyone_home.get_or_init(look)
    }

    /// How many moments it is of.
    pub(super) fn len(&self) -> usize {
        self.chosen.len()
    }

    /// What an entity was at each of all the moments.
    pub(super) fn states(&self, entity: Number) -> Rc<States> {
        self.moments.states(entity)
    }

    /// What was measured last at each of all the moments.
    pub(super) fn numbers(&self, entity: Number, name: &'static str) -> Rc<[Option<f64>]> {
        self.moments.numbers(entity, name)
    }

    /// What was measured last at each of the view's moments, the least first, with which moment it is.
    pub(super) fn sorted(&self, entity: Number, name: &'static str) -> Rc<[(f64, usize)]> {
        let sort = || {
            let numbers = self.moments.numbers(entity, name);
            let known = self.chosen.iter().map(|place| numbers.get(*place).copied().flatten()).enumerate();
            let mut known: Vec<(f64, usize)> = known.filter_map(|(index, number)| Some((number?, index))).collect();
            known.sort_by(|one, other| one.0.total_cmp(&other.0));
            known.into()
        };
        self.sorted.borrow_mut().entry((entity, name)).or_insert_with(sort).clone()
    }
}

/// The last of a row that is not after each moment. Both are in order of time, and walked in step.
fn latest_at_each<T: Copy>(row: &[(i64, T)], at: &[i64]) -> impl Iterator<Item = Option<T>> {
    let mut after = 0;
    at.iter().map(move |at_s| {
        after += count_until(row.get(after..).unwrap_or_default(), *at_s);
        row.get(after.checked_sub(1)?).map(|(_, what)| *what)
    })
}

/// How many of a row are not after a moment, where they are probably few: the stride doubles until it is passed.
fn count_until<T>(row: &[(i64, T)], at_s: i64) -> usize {
    let is_until = |index: usize| row.get(index).is_some_and(|(since_s, _)| *since_s <= at_s);
    let mut stride = 1;
    while is_until(stride - 1) {
        stride *= 2;
    }
    let from = stride / 2;
    let within = row.get(from..stride.min(row.len())).unwrap_or_default();
    from + within.partition_point(|(since_s, _)| *since_s <= at_s)
}

#[cfg(test)]
mod tests {
    use super::super::timeline::latest;
    use super::*;

    #[test]
    fn walking_in_step_finds_what_looking_up_finds() {
        let row: Vec<(i64, i64)> = (0..200).map(|index| (index * index % 4 + index * 5, index)).collect();
        let at: Vec<i64> = (-3..300).map(|index| index * 4 - index % 3).collect();
        let walked: Vec<Option<i64>> = latest_at_each(&row, &at).collect();
        let looked_up: Vec<Option<i64>> = at.iter().map(|at_s| latest(&row, *at_s)).collect();
        assert_eq!(walked, looked_up);
    }
}
