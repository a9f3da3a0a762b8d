//! What nouns say together: "the kitchen lights" are the lights of the kitchen, "the door of the garage" is its door.

use house::{Entity, Intent, Slot, SlotValue};

use crate::lexicon;
use crate::names::areas::{self, Place};
use crate::texts::words::singular;
use crate::words::{key, words};

use super::context::Context;
use super::label_of;
use super::target::found::has_class;

/// The intent with such words as the kind and the place that they say.
pub(super) fn joined(intent: &Intent, ctx: &Context<'_>) -> Intent {
    of_the_garage(things_of_a_place(intent, ctx).unwrap_or_else(|| intent.clone()))
}

/// A place and several of a kind are no name, even if one of those is called so: of the kitchen's lights all are meant,
/// and not only the "Kitchen Light".
fn things_of_a_place(intent: &Intent, ctx: &Context<'_>) -> Option<Intent> {
    let mut names = intent.texts(Slot::Name);
    let name = names.next().filter(|_| names.next().is_none())?;
    if ctx.house.entities.values().any(|entity| entity.names().any(|own| key(own) == key(name))) {
        return None;
    }
    let (place, there, noun) = place_and_noun(name, ctx)?;
    let (domain, class) = lexicon::kind_of(noun)?;
    let is_there = |entity: &Entity| {
        let class_fits = class.is_none_or(|class| has_class(entity, class));
        entity.domain == domain && class_fits && stands_in(entity, &there, ctx)
    };
    // What is only called after the place stands elsewhere, or nowhere.
    if !ctx.house.entities.values().any(is_there) {
        return None;
    }
    let slot = match there {
        Place::Areas(_) => Slot::Area,
        Place::Floor(_) => Slot::Floor,
    };
    let says_other = intent.label(Slot::Domain).is_some_and(|said| said != domain.as_str())
        || intent.texts(Slot::Area).chain(intent.texts(Slot::Floor)).any(|said| key(said) != key(place));
    if says_other {
        return None;
    }
    let of = |slot: Slot, text: &str| Some((slot, SlotValue::Label(label_of(slot, text)?)));
    let replaced = [Slot::Name, Slot::Domain, Slot::DeviceClass, Slot::Area, Slot::Floor];
    let kept = intent.slots.iter().filter(|(slot, _)| !replaced.contains(slot)).cloned();
    let said = [
        of(Slot::Domain, domain.as_str()),
        class.and_then(|class| of(Slot::DeviceClass, class)),
        Some((slot, SlotValue::Text(place.to_owned()))),
    ];
    Some(Intent { kind: intent.kind, slots: kept.chain(said.into_iter().flatten()).collect() })
}

fn stands_in(entity: &Entity, place: &Place, ctx: &Context<'_>) -> bool {
    let Some(area) = &entity.area else { return false };
    match place {
        Place::Areas(areas) => areas.contains(area),
        Place::Floor(floor) => ctx.house.on_floor(floor).any(|own| own.id == *area),
    }
}

/// A place of the house with a noun behind it that means several.
fn place_and_noun<'a>(name: &'a str, ctx: &Context<'_>) -> Option<(&'a str, Place, &'a str)> {
    let cut = words(name);
    cut.iter().skip(1).find_map(|word| {
        let (place, noun) = (name.get(..word.start)?.trim_end(), name.get(word.start..)?);
        singular(&key(noun))?;
        Some((place, areas::place(place, ctx.house)?, noun))
    })
}

/// "The garage" of "the garage door" says which door, not where it stands.
fn of_the_garage(mut intent: Intent) -> Intent {
    let is_garage = |said: &str| lexicon::kind_of(said).is_some_and(|(_, class)| class == Some("garage"));
    if !matches!(intent.label(Slot::DeviceClass), Some("garage" | "door")) || !intent.texts(Slot::Area).any(is_garage) {
        return intent;
    }
    intent.slots.retain(|(slot, value)| match (slot, value) {
        (Slot::Area, SlotValue::Text(said)) => !is_garage(said),
        (slot, _) => *slot != Slot::DeviceClass,
    });
    intent.with(Slot::DeviceClass, SlotValue::Label("garage"))
}
