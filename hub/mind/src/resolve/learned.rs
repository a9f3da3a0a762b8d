//! What was learned of the household: about what it is asked, and what is to become of it.

use house::{Answer, EntityId, Intent, IntentKind, LearningRequest, Resolved, Slot};

use super::context::{Context, Stop};
use super::spoken::{self, Spoken};
use super::target::found::Wanted;
use super::target::{areas_of, select};

/// What goes with a request. A question comes to an answer, whose words are found where what was learned is known.
pub(super) fn answer(request: &LearningRequest) -> Resolved {
    match request {
        LearningRequest::Tell(about) | LearningRequest::Why(about) => Resolved::Answer(Answer::Causes(about.clone())),
        LearningRequest::Suggest => Resolved::Answer(Answer::Causes(Vec::new())),
        LearningRequest::Forget(_) | LearningRequest::Ignore(_) => Resolved::Act(Vec::new()),
    }
}

/// What an intent asks of what was learned, and how it is said; `None` if it asks nothing of it.
pub(super) fn request(intent: &Intent, ctx: &Context<'_>) -> Option<(Result<LearningRequest, Stop>, Spoken)> {
    use IntentKind as I;
    let request = match intent.kind {
        I::HabitQuery => about(intent, ctx).map(LearningRequest::Tell),
        I::HabitForget => about(intent, ctx).map(LearningRequest::Forget),
        I::HabitIgnore => about(intent, ctx).map(LearningRequest::Ignore),
        I::SuggestionQuery => Ok(LearningRequest::Suggest),
        I::Explain if intent.label(Slot::Ask) == Some("suggested") => about(intent, ctx).map(LearningRequest::Why),
        _ => return None,
    };
    Some((request, spoken::unresolved(intent, ctx)))
}

/// What it is about; nothing if nothing was named.
fn about(intent: &Intent, ctx: &Context<'_>) -> Result<Vec<EntityId>, Stop> {
    const WHAT: &[Slot] = &[Slot::Name, Slot::Domain, Slot::DeviceClass, Slot::Scope];
    const WHERE: &[Slot] = &[Slot::Area, Slot::Floor];
    let names = |slots: &[Slot]| slots.iter().any(|slot| intent.has(*slot));
    let ids = match (names(WHAT), names(WHERE)) {
        _ if intent.label(Slot::Scope) == Some("all") => Vec::new(),
        (true, _) => {
            let target = select(intent, Wanted { domains: &[], default: None }, ctx)?;
            target.entities.iter().map(|entity| entity.id.clone()).collect()
        }
        (false, true) => {
            let areas = areas_of(intent, ctx)?;
            let is_there = |entity: &&house::Entity| entity.area.as_ref().is_some_and(|area| areas.contains(area));
            ctx.house.entities.values().filter(is_there).map(|entity| entity.id.clone()).collect()
        }
        (false, false) => Vec::new(),
    };
    Ok(ids)
}
