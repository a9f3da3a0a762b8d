//! What was learned of the household: about what it is asked, and what is to become of it.

use house::{Answer, Entity, EntityId, Intent, IntentKind, LearningRequest, Miss, Resolved, Slot};

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

/// What it is about; nothing if nothing was named, which stands for everything.
fn about(intent: &Intent, ctx: &Context<'_>) -> Result<Vec<EntityId>, Stop> {
    let names = |slots: &[Slot]| slots.iter().any(|slot| intent.has(*slot));
    let refers = intent.label(Slot::Scope).is_some_and(|scope| scope != "all");
    let ids: Vec<EntityId> = if refers || names(&[Slot::Name, Slot::Domain, Slot::DeviceClass]) {
        let target = select(intent, Wanted { domains: &[], default: None }, ctx)?;
        target.entities.iter().map(|entity| entity.id.clone()).collect()
    } else if names(&[Slot::Area, Slot::Floor]) {
        let areas = areas_of(intent, ctx)?;
        let is_there = |entity: &&Entity| entity.area.as_ref().is_some_and(|area| areas.contains(area));
        ctx.house.entities.values().filter(is_there).map(|entity| entity.id.clone()).collect()
    } else {
        return Ok(Vec::new());
    };
    // What was named and is empty must not come to everything.
    if ids.is_empty() {
        let place = intent.text(Slot::Area).or(intent.text(Slot::Floor)).map(str::to_owned);
        return Err(Stop::Miss(Miss::NothingOfKind { kind: "device".to_owned(), place }));
    }
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use house::{Area, AreaId, House, SlotValue};

    use super::*;
    use crate::when::TimeContext;

    #[test]
    fn what_was_named_never_comes_to_everything() {
        let mut house = House::default();
        let id = AreaId::new("attic");
        let attic = Area { id: id.clone(), name: "Attic".to_owned(), aliases: Vec::new(), floor: None };
        house.areas.insert(id, attic);
        let around = TimeContext { now_ms: 0, zone: jiff::tz::TimeZone::UTC, location: None };
        let asked = |intent: Intent| request(&intent, &Context::bare(&house, &around)).map(|(request, _)| request);
        let forget = || Intent::new(IntentKind::HabitForget);
        let text = |words: &str| SlotValue::Text(words.to_owned());
        let all = Some(Ok(LearningRequest::Forget(Vec::new())));
        assert_eq!(asked(forget()), all);
        assert_eq!(asked(forget().with(Slot::Scope, SlotValue::Label("all"))), all);
        for narrow in [
            forget().with(Slot::Area, text("attic")),
            forget().with(Slot::Scope, SlotValue::Label("all")).with(Slot::Area, text("attic")),
            forget().with(Slot::Scope, SlotValue::Label("all")).with(Slot::Domain, SlotValue::Label("light")),
            forget().with(Slot::Scope, SlotValue::Label("it")),
            forget().with(Slot::Name, text("byre lamp")),
        ] {
            assert!(matches!(asked(narrow.clone()), Some(Err(_))), "{narrow:?}");
        }
    }
}
