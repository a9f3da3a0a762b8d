//! Notices what happens in the house until it is written down: thinned where things tell more than anyone can learn
//! from.
//!
//! Writes nothing itself.

use std::collections::HashMap;

use house::{Attributes, Cause, Daylight, Domain, EntityId, Evidence, House, StateChange, Sun};
use mind::learn::evidence_of;
use mind::when::{TimeContext, daylight, offset_s, sun_at};

use super::settings::LearningSettings;

/// What was noticed and is not written down yet.
#[derive(Debug, Default)]
pub(super) struct Recorder {
    waiting: Vec<Evidence>,
    /// When something was noticed last of what measures, in milliseconds since 1970 UTC.
    measured: HashMap<EntityId, i64>,
    /// Day or night, when it was last looked.
    daylight: Option<Daylight>,
}

impl Recorder {
    /// Notices a change, if it is worth it. Of an echo of what the hub chose, the values are left out.
    pub(super) fn notice(
        &mut self,
        change: &StateChange,
        is_echo: bool,
        around: &TimeContext,
        settings: &LearningSettings,
    ) {
        let found = evidence_of(change, offset_s(around)).filter(|one| settings.takes(one));
        let Some(mut one) = found else { return };
        if is_echo {
            one.attributes.clear();
        }
        if self.is_too_soon(&one) || MOST_WAITING <= self.waiting.len() {
            return;
        }
        self.waiting.push(one);
    }

    /// Notices that the sun rose or set, where no entity tells of it.
    pub(super) fn look_at_the_sun(&mut self, house: &House, around: &TimeContext, settings: &LearningSettings) {
        let sun = EntityId::new(SUN);
        let is = daylight(around);
        let was = std::mem::replace(&mut self.daylight, is);
        let Some(is) = is.filter(|_| was != is && settings.is_on && !house.entities.contains_key(&sun)) else { return };
        let (word, does) = match is {
            Daylight::Day => ("above_horizon", Sun::Rise),
            Daylight::Dark => ("below_horizon", Sun::Set),
        };
        let at_ms = moment(does, around).filter(|_| was.is_some()).unwrap_or(around.now_ms);
        self.waiting.push(Evidence {
            at_ms,
            offset_s: offset_s(around),
            entity: sun,
            state: Some(word.to_owned()),
            attributes: Attributes::new(),
            // At a start it is only seen that it is so.
            cause: if was.is_some() { Cause::Device } else { Cause::Replay },
            person: None,
        });
    }

    /// What is to be written down.
    pub(super) fn take(&mut self) -> Vec<Evidence> {
        std::mem::take(&mut self.waiting)
    }

    /// What could not be written down waits on.
    pub(super) fn put_back(&mut self, mut evidence: Vec<Evidence>) {
        evidence.append(&mut self.waiting);
        evidence.truncate(MOST_WAITING);
        self.waiting = evidence;
    }

    /// Whether it is time to write down what waits: together is cheaper, and a loss of power takes little.
    pub(super) fn is_due(&self, now_ms: i64) -> bool {
        let is_old = self.waiting.first().is_some_and(|first| WRITTEN_EVERY_MS <= (now_ms - first.at_ms).abs());
        is_old || MANY <= self.waiting.len()
    }

    /// Measurements come as often as a sensor likes; one in a few minutes tells as much.
    fn is_too_soon(&mut self, one: &Evidence) -> bool {
        if !matches!(one.entity.domain(), Domain::Sensor | Domain::Number | Domain::Weather) {
            return false;
        }
        let last = self.measured.get(&one.entity).copied();
        let is_too_soon = last.is_some_and(|last| (0..MEASURED_EVERY_MS).contains(&(one.at_ms - last)));
        if !is_too_soon {
            self.measured.insert(one.entity.clone(), one.at_ms);
        }
        is_too_soon
    }
}

/// When the sun did that last.
fn moment(does: Sun, around: &TimeContext) -> Option<i64> {
    let date = mind::when::date(around);
    sun_at(date, does, around).ok().filter(|at| *at <= around.now_ms)
}

const SUN: &str = "sun.sun";
const MEASURED_EVERY_MS: i64 = 5 * 60_000;
const WRITTEN_EVERY_MS: i64 = 60_000;
const MANY: usize = 500;
/// A disk that is full for an hour loses what comes then, and the memory stays bounded.
const MOST_WAITING: usize = 20_000;
