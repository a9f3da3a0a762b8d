//! What is meant by what was spoken of just before: "it", "both", "the other one".

use house::{Entity, IntentKind, Miss, Question};

use crate::resolve::candidates::candidates;
use crate::resolve::context::{Context, Stop};

use super::found::{Target, Wanted};

/// The last so many that were spoken of.
pub(super) fn recent<'a>(most: usize, wanted: Wanted, ctx: &Context<'a>) -> Result<Target<'a>, Stop> {
    let entities: Vec<&Entity> = ctx
        .last
        .iter()
        .filter_map(|id| ctx.house.entities.get(id))
        .filter(|entity| wanted.domains.is_empty() || wanted.domains.contains(&entity.domain))
        .collect();
    let enough = most <= entities.len().max(1);
    match entities.is_empty() || !enough {
        true => Err(Stop::Ask(Question::Value { intent: IntentKind::Unclear })),
        false => Ok(Target {
            names: entities.iter().map(|entity| entity.name.clone()).collect(),
            entities,
            reason: "it was spoken of just before".to_owned(),
            ..Target::default()
        }),
    }
}

/// What stands beside what was spoken of.
pub(super) fn other<'a>(wanted: Wanted, ctx: &Context<'a>) -> Result<Target<'a>, Stop> {
    let last: Vec<&Entity> = ctx.last.iter().filter_map(|id| ctx.house.entities.get(id)).collect();
    let Some(one) = last.first() else { return recent(1, wanted, ctx) };
    let others: Vec<&Entity> = ctx
        .house
        .of_domain(one.domain)
        .filter(|entity| entity.area == one.area && !ctx.last.contains(&entity.id))
        .collect();
    match others.len() {
        0 => Err(Stop::Miss(Miss::NothingOfKind { kind: one.domain.as_str().to_owned(), place: None })),
        1 => Ok(Target {
            names: others.iter().map(|entity| entity.name.clone()).collect(),
            entities: others,
            reason: "it is the other one there".to_owned(),
            ..Target::default()
        }),
        _ => {
            Err(Stop::Ask(Question::Which { intent: IntentKind::Unclear, candidates: candidates(&others, ctx.house) }))
        }
    }
}
