//! What was found, and what is asked if it is too much or not enough.

use house::{AreaId, Domain, Entity, FloorId, Intent, Question, Slot};

use crate::lexicon;
use crate::resolve::candidates::candidates;
use crate::resolve::context::{Context, Stop};
use crate::words::key;

/// What kinds of entity an intent can be about.
#[derive(Clone, Copy, Debug)]
pub(in crate::resolve) struct Wanted {
    /// Domains it can act on or ask about; empty means any.
    pub(in crate::resolve) domains: &'static [Domain],
    /// The domain that is meant if none is said.
    pub(in crate::resolve) default: Option<Domain>,
}

/// The entities that are meant, and how they were named.
#[derive(Clone, Debug, Default)]
pub(in crate::resolve) struct Target<'a> {
    /// The entities, in the house's order.
    pub(in crate::resolve) entities: Vec<&'a Entity>,
    /// Names as the house spells them, if they were named one by one.
    pub(in crate::resolve) names: Vec<String>,
    /// Areas that were named or stand for "here".
    pub(in crate::resolve) areas: Vec<AreaId>,
    /// Floors that were named.
    pub(in crate::resolve) floors: Vec<FloorId>,
    /// The kind that was named.
    pub(in crate::resolve) domain: Option<Domain>,
    /// The class that was named.
    pub(in crate::resolve) class: Option<&'static str>,
    /// Why these.
    pub(in crate::resolve) reason: String,
}

/// Whether an entity is of a device class, by its attribute or, if it has none, by a noun in its name.
pub(in crate::resolve) fn has_class(entity: &Entity, class: &str) -> bool {
    match entity.device_class.as_deref() {
        Some(own) => {
            own == class
                || (class == "door" && own == "garage")
                || (class == "garage" && own == "garage_door")
                || (class == "window" && own == "opening")
        }
        None => entity
            .names()
            .any(|name| lexicon::nouns_of(entity.domain, class).any(|noun| key(name).contains(&key(noun)))),
    }
}

/// A question for the one of these that is meant.
pub(in crate::resolve) fn which(intent: &Intent, entities: &[&Entity], ctx: &Context<'_>) -> Stop {
    Stop::Ask(Question::Which { intent: intent.kind, candidates: candidates(entities, ctx.house) })
}

/// "Which kitchen lights are on" may name several things at once; a question harms nobody.
pub(in crate::resolve) fn is_about_kind_of_question(intent: &Intent) -> bool {
    matches!(intent.label(Slot::Ask), Some("any" | "all" | "which" | "count"))
}

/// Why: their names were said.
pub(in crate::resolve) const NAMED: &str = "its name was said";
/// Why: nothing else was said, and they are there.
pub(in crate::resolve) const HERE: &str = "it is where the person spoke";
