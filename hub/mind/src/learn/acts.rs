//! What people did: the changes by hand as actions, each action with the moments at which it was done.
//!
//! What was taken back within minutes, and what only took back something of Hearth's, is marked and counts for nothing.

use std::collections::BTreeMap;

use house::{Action, ArmMode, Domain, Entity, House, HvacMode, Rules, Step, Tier};

use super::timeline::{Change, Number, Setting, Timeline, is_by_hand};
use crate::judge;

/// One action and every moment at which it was done by hand.
#[derive(Clone, Debug)]
pub(super) struct Acts {
    pub(super) entity: Number,
    pub(super) action: Action,
    /// The state it leads to; none for a value that is set.
    pub(super) state: Option<Number>,
    /// The part of the time in which there was something to do, because it was not so already.
    pub(super) open_part: f64,
    pub(super) acts: Vec<Act>,
}

/// Once done.
#[derive(Clone, Copy, Debug)]
pub(super) struct Act {
    pub(super) at_s: i64,
    pub(super) wall_s: i64,
}

/// Every action that may be suggested, with what was done, in the order of the entities.
pub(super) fn acts(timeline: &Timeline, house: &House) -> Vec<Acts> {
    let mut found: BTreeMap<(Number, Number), Acts> = BTreeMap::new();
    for (change, next, previous) in by_entity(timeline) {
        let domain = timeline.domains.get(change.entity as usize).copied().unwrap_or(Domain::Other);
        let word = timeline.words.get(change.to as usize).map_or("", String::as_str);
        let Some(action) = action(domain, word).filter(|_| is_by_hand(change.cause)) else { continue };
        if is_taken_back(change, next) || takes_back(change, previous) {
            continue;
        }
        let (entity, state) = (change.entity, Some(change.to));
        let of = || Acts { entity, action, state, open_part: open_part(timeline, entity, change.to), acts: Vec::new() };
        let act = Act { at_s: change.at_s, wall_s: change.wall_s };
        found.entry((entity, change.to)).or_insert_with(of).acts.push(act);
    }
    let mut all: Vec<Acts> = found.into_values().chain(temperatures(timeline)).collect();
    all.iter_mut().for_each(|acts| without_programs(&mut acts.acts));
    all.retain(|acts| LEAST_ACTS <= acts.acts.len() && may_be_suggested(timeline, house, acts));
    all
}

/// Each change with the one after it and the one before it of the same entity, in order of time.
fn by_entity(timeline: &Timeline) -> Vec<(&Change, Option<&Change>, Option<&Change>)> {
    let mut last: BTreeMap<Number, &Change> = BTreeMap::new();
    let mut states_before = Vec::with_capacity(timeline.changes.len());
    for change in &timeline.changes {
        states_before.push(last.insert(change.entity, change));
    }
    last.clear();
    let mut afters: Vec<Option<&Change>> =
        timeline.changes.iter().rev().map(|change| last.insert(change.entity, change)).collect();
    afters.reverse();
    let both = timeline.changes.iter().zip(afters).zip(states_before);
    both.map(|((change, after), before)| (change, after, before)).collect()
}

/// Done and undone by hand within minutes: it was not meant.
fn is_taken_back(change: &Change, next: Option<&Change>) -> bool {
    next.is_some_and(|next| {
        is_by_hand(next.cause) && next.at_s - change.at_s <= TAKEN_BACK_WITHIN_S && change.from == Some(next.to)
    })
}

/// Only undoes what was done just before, by a person or by Hearth.
fn takes_back(change: &Change, previous: Option<&Change>) -> bool {
    previous.is_some_and(|previous| {
        let within_s = if is_by_hand(previous.cause) { TAKEN_BACK_WITHIN_S } else { CORRECTED_WITHIN_S };
        change.at_s - previous.at_s <= within_s && previous.from == Some(change.to)
    })
}

/// The part of the time since it was first heard of in which a thing was not in a state.
fn open_part(timeline: &Timeline, entity: Number, state: Number) -> f64 {
    let Some(track) = timeline.tracks.get(entity as usize) else { return 1.0 };
    let ends = track.states.iter().skip(1).map(|(at_s, _)| *at_s).chain([timeline.until_s]);
    let (mut open, mut all) = (0, 0);
    for ((at_s, is), end_s) in track.states.iter().zip(ends) {
        all += end_s - at_s;
        open += if *is == state { 0 } else { end_s - at_s };
    }
    (open as f64 / all.max(1) as f64).clamp(0.01, 1.0)
}

/// Target temperatures that were chosen, each a kind of act of its own.
fn temperatures(timeline: &Timeline) -> Vec<Acts> {
    let mut found: BTreeMap<(Number, i64), Acts> = BTreeMap::new();
    let chosen = timeline.choices.iter().filter(|choice| choice.setting == Setting::Temperature);
    for choice in chosen.filter(|choice| is_by_hand(choice.cause) && !choice.with_change) {
        let halves = (choice.value * 2.0).round();
        let of = || Acts {
            entity: choice.entity,
            action: Action::SetTemperature(halves / 2.0),
            state: None,
            open_part: 1.0,
            acts: Vec::new(),
        };
        let act = Act { at_s: choice.at_s, wall_s: choice.wall_s };
        found.entry((choice.entity, halves as i64)).or_insert_with(of).acts.push(act);
    }
    found.into_values().collect()
}

/// Whether it is as free as what a routine may do by itself; what opens, unlocks or disarms never is.
fn may_be_suggested(timeline: &Timeline, house: &House, acts: &Acts) -> bool {
    let Some(id) = timeline.entities.get(acts.entity as usize) else { return false };
    let object = id.as_str().split_once('.').map_or("", |(_, object)| object);
    let by_id = Entity::new(id.clone(), &object.replace('_', " "));
    let step = Step { intent: 0, entity: id.clone(), action: acts.action.clone(), reason: String::new() };
    let tier = match house.entities.contains_key(id) {
        true => judge::tier(&step, house, &Rules::default()),
        false => Tier::Free,
    };
    // A class that is missing from the house is no licence: the id may still say what it is.
    let bare = Entity { device_class: house.entities.get(id).and_then(|known| known.device_class.clone()), ..by_id };
    tier.max(judge::usual_tier(&bare, &acts.action)) <= Tier::Announced
}

/// What was done when a thing of that domain came to be in that state.
fn action(domain: Domain, state: &str) -> Option<Action> {
    match (domain, state) {
        (
            Domain::Light
            | Domain::Switch
            | Domain::Fan
            | Domain::InputBoolean
            | Domain::Humidifier
            | Domain::MediaPlayer
            | Domain::Siren
            | Domain::WaterHeater,
            "on",
        ) => Some(Action::TurnOn),
        (Domain::Cover, "open") => Some(Action::OpenCover),
        (Domain::Cover, "closed") => Some(Action::CloseCover),
        (Domain::Valve, "open") => Some(Action::OpenValve),
        (Domain::Valve, "closed") => Some(Action::CloseValve),
        (Domain::Lock, "locked") => Some(Action::Lock),
        (Domain::Lock, "unlocked") => Some(Action::Unlock),
        (Domain::AlarmControlPanel, "disarmed") => Some(Action::Disarm),
        (Domain::AlarmControlPanel, "armed_home") => Some(Action::Arm(ArmMode::Home)),
        (Domain::AlarmControlPanel, "armed_away") => Some(Action::Arm(ArmMode::Away)),
        (Domain::AlarmControlPanel, "armed_night") => Some(Action::Arm(ArmMode::Night)),
        (Domain::AlarmControlPanel, "armed_vacation") => Some(Action::Arm(ArmMode::Vacation)),
        (Domain::MediaPlayer, "playing") => Some(Action::MediaPlay),
        (Domain::MediaPlayer, "paused") => Some(Action::MediaPause),
        (Domain::Vacuum, "cleaning") => Some(Action::VacuumStart),
        (Domain::LawnMower, "mowing") => Some(Action::MowerStart),
        (Domain::Climate, mode) => match HvacMode::parse(mode)? {
            HvacMode::Off => Some(Action::TurnOff),
            mode => Some(Action::SetHvacMode(mode)),
        },
        (domain, "off") if domain.is_controllable() => Some(Action::TurnOff),
        _ => None,
    }
}

/// Whether the thing was so already, so that there was nothing to do.
pub(super) fn is_so(timeline: &Timeline, acts: &Acts, at_s: i64) -> bool {
    acts.state.is_some() && timeline.state_at(acts.entity, at_s) == acts.state
}

/// For how many seconds of a stretch there was something to do.
pub(super) fn open_s(timeline: &Timeline, acts: &Acts, from_s: i64, to_s: i64) -> i64 {
    let Some((state, track)) = acts.state.zip(timeline.tracks.get(acts.entity as usize)) else { return to_s - from_s };
    let first = track.states.partition_point(|(at_s, _)| *at_s <= from_s).saturating_sub(1);
    let row = track.states.get(first..).unwrap_or_default();
    let ends = row.iter().skip(1).map(|(at_s, _)| *at_s).chain([i64::MAX]);
    let open = row.iter().zip(ends).take_while(|((at_s, _), _)| *at_s < to_s).filter(|((_, is), _)| *is != state);
    open.map(|((at_s, _), end_s)| (end_s.min(to_s) - (*at_s).max(from_s)).max(0)).sum()
}

/// For how many minutes there had been something to do when it was done.
pub(super) fn since_min(timeline: &Timeline, acts: &Acts, at_s: i64) -> Option<f64> {
    acts.state?;
    let states = &timeline.tracks.get(acts.entity as usize)?.states;
    let before = states.partition_point(|(since, _)| *since < at_s).checked_sub(1)?;
    states.get(before).map(|(since, _)| (at_s - since) as f64 / 60.0)
}

/// Leaves out what another program did: nobody's hand is at the same second of the day again and again.
fn without_programs(acts: &mut Vec<Act>) {
    let second = |act: &Act| act.wall_s.rem_euclid(86_400);
    let mut seconds: Vec<i64> = acts.iter().map(second).collect();
    seconds.sort_unstable();
    let within = |at: i64, away: i64| {
        seconds.partition_point(|second| *second <= at + away) - seconds.partition_point(|second| *second < at - away)
    };
    acts.retain(|act| {
        let (exact, around) = (within(second(act), 4), within(second(act), 900));
        exact < LEAST_EXACT || 5 * exact < 4 * around
    });
}

/// Fewer than these are no habit whatever they look like.
const LEAST_ACTS: usize = 5;
const LEAST_EXACT: usize = 5;
const TAKEN_BACK_WITHIN_S: i64 = 150;
const CORRECTED_WITHIN_S: i64 = 600;
