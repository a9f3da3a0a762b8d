//! What the household likes, where a request leaves the value open: "turn on the lamp" at night is dim.
//!
//! The one place in which what was learned changes what is done.

use house::{Action, Domain, House, Step};

use super::Turns;
use super::outcome::Turn;
use crate::learning::Learning;

impl Turns {
    /// Gives steps that only switch something on the value that the household wants as things are.
    pub(super) fn as_preferred(&self, turn: &mut Turn, house: &House, steps: &mut [Step]) {
        let Some(preferences) = self.learning.as_ref().map(Learning::preferences) else { return };
        let around = self.clock.around(turn.utterance.at_ms);
        for step in steps.iter_mut().filter(|step| leaves_value_open(step, house)) {
            if let Some(action) = preferences.give(&step.entity, house, &around) {
                turn.trace.push(format!("{}: the household likes it so then: {:?}", step.entity, action.data()));
                step.action = action;
            }
        }
    }
}

/// Whether it only switches on what is off and can be more or less on.
fn leaves_value_open(step: &Step, house: &House) -> bool {
    let entity = house.entities.get(&step.entity);
    step.action == Action::TurnOn
        && entity.is_some_and(|entity| {
            matches!(entity.domain, Domain::Light | Domain::Fan) && entity.state.value.as_deref() == Some("off")
        })
}
