//! Devices that exist only in memory: they announce themselves, take commands and report, as real ones do.
//!
//! A virtual device is a state machine without a clock and without a connection: what it says comes back with the time
//! to say it at.
//! What [`VirtualDevice::receive`] gives replaces whatever the device was still going to say; [`crate::VirtualHouse`]
//! sees to that.

mod act;
mod announce;
mod speak;

use house::{Availability, Entity, EntityId, State};

use crate::naming::ascii_slug;

/// How long virtual devices take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delays {
    /// As long as real ones: lamps tens of milliseconds, blinds seconds.
    #[default]
    Real,
    /// No time at all, and no steps in between; only journeys of a minute and more stay journeys.
    None,
}

/// What is wrong with a virtual device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    #[default]
    None,
    /// It is gone, and its availability says so.
    Offline,
    /// It does what it is told and reports nothing.
    Silent,
    /// It does what it is told and reports it late.
    Slow,
    /// It reports, but not what it was told: locks jam, everything else stays as it was.
    Wrong,
}

/// A message a virtual device publishes, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timed {
    /// Which device says it.
    pub entity: EntityId,
    /// When, in the milliseconds that [`VirtualDevice::receive`] was given.
    pub at_ms: i64,
    /// Where.
    pub topic: String,
    /// What.
    pub payload: Vec<u8>,
    /// Whether the broker keeps it.
    pub retained: bool,
}

/// One virtual device, which is one entity.
#[derive(Clone, Debug)]
pub struct VirtualDevice {
    entity: Entity,
    area: Option<String>,
    base: String,
    delays: Delays,
    fault: Fault,
    /// The states it is going to pass through.
    ahead: Vec<(i64, State)>,
    /// Whether it passes through them for real, so that it can be stopped between.
    moves: bool,
    /// How many commands it took, so that its delays vary and yet repeat.
    commands: u64,
}

/// The state at the end of what happens soon: a robot on its way home is not home at once.
fn last_soon(steps: Vec<(u64, State)>) -> Option<State> {
    let mut soon: Vec<(u64, State)> = steps;
    while 1 < soon.len() && soon.last().is_some_and(|(delay, _)| JOURNEY_MS <= *delay) {
        soon.pop();
    }
    soon.pop().map(|(_, state)| state)
}

/// What takes this long is a journey.
const JOURNEY_MS: u64 = 30_000;

impl VirtualDevice {
    /// A device that is in the entity's state.
    pub fn new(entity: &Entity, area: Option<&str>, delays: Delays) -> Self {
        let base = format!("virtual/{}", token(entity.id.as_str()));
        Self {
            entity: entity.clone(),
            area: area.map(str::to_owned),
            base,
            delays,
            fault: Fault::None,
            ahead: Vec::new(),
            moves: false,
            commands: 0,
        }
    }

    /// Its entity, in the state that it is in.
    pub fn entity(&self) -> &Entity {
        &self.entity
    }

    /// The topics its commands come in on.
    pub fn subscriptions(&self) -> Vec<String> {
        vec![format!("{}/set", self.base), format!("{}/set/+", self.base)]
    }

    /// Its announcement, its availability and its state; all retained, due at once.
    pub fn announce(&self) -> Vec<Timed> {
        let config = self.timed(0, announce::topic(self), announce::payload(self).to_string());
        let mut messages = vec![config, self.availability(0)];
        messages.extend(self.say(0, None, &self.entity.state));
        messages
    }

    /// Takes a message; gives what it says to it.
    pub fn receive(&mut self, topic: &str, payload: &[u8], now_ms: i64) -> Vec<Timed> {
        let Some(part) = topic.strip_prefix(&self.base).and_then(|rest| rest.strip_prefix("/set")) else {
            return Vec::new();
        };
        let Ok(text) = std::str::from_utf8(payload) else { return Vec::new() };
        if self.fault == Fault::Offline {
            return Vec::new();
        }
        let (state, ahead) = (self.entity.state.clone(), self.ahead.clone());
        self.settle(now_ms);
        self.commands = self.commands.wrapping_add(1);
        match act::steps(&self.entity, part.trim_start_matches('/'), text, self.jitter()) {
            Some(steps) => self.follow(steps, now_ms),
            None => {
                (self.entity.state, self.ahead) = (state, ahead);
                Vec::new()
            }
        }
    }

    /// Changes its state as if someone had done it at the device; gives what it says about that.
    pub fn change(&mut self, state: State, now_ms: i64) -> Vec<Timed> {
        self.ahead.clear();
        let before = std::mem::replace(&mut self.entity.state, state);
        self.say(now_ms, Some(&before), &self.entity.state)
    }

    /// Breaks or mends it; gives what it says about that.
    pub fn set_fault(&mut self, fault: Fault, now_ms: i64) -> Vec<Timed> {
        self.settle(now_ms);
        self.fault = fault;
        let availability = if fault == Fault::Offline { Availability::Offline } else { Availability::Online };
        let before = std::mem::replace(&mut self.entity.availability, availability);
        if before == availability { Vec::new() } else { vec![self.availability(now_ms)] }
    }

    fn follow(&mut self, steps: Vec<(u64, State)>, now_ms: i64) -> Vec<Timed> {
        let kept = match self.delays {
            Delays::Real => steps,
            Delays::None => last_soon(steps).map(|state| vec![(0, state)]).unwrap_or_default(),
        };
        let at = |delay: u64| now_ms.saturating_add(i64::try_from(delay).unwrap_or(0)).saturating_add(self.lateness());
        let ahead: Vec<(i64, State)> = match self.fault {
            Fault::Wrong => {
                kept.first().map(|(delay, _)| (at(*delay), act::spoilt(&self.entity))).into_iter().collect()
            }
            Fault::None | Fault::Silent | Fault::Slow | Fault::Offline => {
                kept.into_iter().map(|(delay, state)| (at(delay), state)).collect()
            }
        };
        let mut before = &self.entity.state;
        let mut messages = Vec::new();
        for (at_ms, state) in &ahead {
            messages.extend(self.say(*at_ms, Some(before), state));
            before = state;
        }
        self.moves = 1 < ahead.len();
        self.ahead = ahead;
        if self.fault == Fault::Silent { Vec::new() } else { messages }
    }

    /// Passes through what lies behind `now`. A lamp that was told something is there at once, only its report comes
    /// later;
    /// what moves stays where it has got to.
    fn settle(&mut self, now_ms: i64) {
        let reached = |at: i64| at <= now_ms || !self.moves;
        if let Some((_, state)) = self.ahead.iter().rev().find(|(at, _)| reached(*at)) {
            self.entity.state = state.clone();
        }
        self.ahead.clear();
    }

    /// What it passes through until `now`, so that [`VirtualDevice::entity`] shows it.
    pub(crate) fn pass(&mut self, now_ms: i64) {
        while self.ahead.first().is_some_and(|(at, _)| *at <= now_ms) {
            let (_, state) = self.ahead.remove(0);
            self.entity.state = state;
        }
    }

    fn say(&self, at_ms: i64, before: Option<&State>, state: &State) -> Vec<Timed> {
        let spoken = speak::messages(&self.entity, state);
        let said = before.map(|before| speak::messages(&self.entity, before)).unwrap_or_default();
        // A device repeats its state when told to take it, but not the attributes that nobody touched.
        let is_news = |message: &(&str, String)| message.0 == "state" || !said.contains(message);
        let news = spoken.into_iter().filter(is_news);
        news.map(|(part, payload)| self.timed(at_ms, format!("{}/{part}", self.base), payload)).collect()
    }

    fn availability(&self, at_ms: i64) -> Timed {
        let word = if self.entity.availability == Availability::Offline { "offline" } else { "online" };
        self.timed(at_ms, format!("{}/availability", self.base), word.to_owned())
    }

    fn timed(&self, at_ms: i64, topic: String, payload: String) -> Timed {
        Timed { entity: self.entity.id.clone(), at_ms, topic, payload: payload.into_bytes(), retained: true }
    }

    fn lateness(&self) -> i64 {
        if self.fault == Fault::Slow { SLOW_MS } else { 0 }
    }

    /// 0–49 ms, from the id and the number of commands.
    fn jitter(&self) -> u64 {
        fnv(self.entity.id.as_str()).wrapping_add(self.commands.wrapping_mul(17)) % 50
    }
}

/// A part of a topic for an id: plain letters, unique.
fn token(id: &str) -> String {
    let is_plain =
        id.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || matches!(letter, '_' | '.'));
    match is_plain {
        true => id.replace('.', "-"),
        false => format!("{}-{:016x}", ascii_slug(id).unwrap_or_else(|| "device".to_owned()), fnv(id)),
    }
}

fn fnv(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Longer than a lamp is waited for, shorter than a person waits.
const SLOW_MS: i64 = 6000;
