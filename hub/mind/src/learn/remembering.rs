//! What of a change is worth remembering, and what of it is still worth its room when it is old.

use std::collections::HashMap;

use house::{Domain, Entity, EntityId, Evidence, Quality, Speaker, StateChange, Value};

use super::timeline::{is_measured, telling_attributes};

/// What a change tells of habits; nothing if it only says that a thing can be reached, or is named anew.
///
/// `offset_s` is how far the clocks of the house are ahead of UTC, in seconds.
pub fn evidence_of(change: &StateChange, offset_s: i32) -> Option<Evidence> {
    let after = change.after.as_deref().filter(|entity| is_telling(entity))?;
    let before = change.before.as_deref().filter(|before| before.state.quality != Quality::Unknown);
    let value = |entity: &Entity| entity.state.value.clone();
    let told = |entity: &Entity, name: &str| entity.attribute(name).filter(|value| **value != Value::Null).cloned();
    let moved = |name: &str| before.and_then(|before| told(before, name)) != told(after, name);
    let has_other_value = before.and_then(value) != value(after);
    let has_other_attribute = telling_attributes(after.domain).any(moved);
    (has_other_value || has_other_attribute).then(|| Evidence {
        at_ms: change.at_ms,
        offset_s,
        entity: change.entity.clone(),
        state: value(after),
        attributes: telling_attributes(after.domain)
            .filter_map(|name| Some((name.to_owned(), told(after, name)?)))
            .collect(),
        cause: change.cause,
        person: match &change.speaker {
            Some(Speaker::Person(person)) => Some(person.clone()),
            Some(Speaker::Someone(_)) | None => None,
        },
    })
}

fn is_telling(entity: &Entity) -> bool {
    let is_known = matches!(entity.state.quality, Quality::Observed | Quality::Assumed);
    let is_of_moments = matches!(entity.domain, Domain::Todo | Domain::Scene | Domain::Script | Domain::Button);
    let is_other = entity.domain == Domain::Other && entity.id.as_str() != "sun.sun";
    is_known && !is_of_moments && !is_other
}

/// Old detail, rolled up: of what was measured before a moment, one value an hour stays for each entity.
pub fn rolled_up(evidence: Vec<Evidence>, before_ms: i64) -> Vec<Evidence> {
    let mut last: HashMap<EntityId, i64> = HashMap::new();
    let mut keeps = |one: &Evidence| {
        if before_ms <= one.at_ms || !is_measured(one.entity.domain()) {
            return true;
        }
        let hour = one.at_ms.div_euclid(HOUR_MS);
        last.insert(one.entity.clone(), hour) != Some(hour)
    };
    evidence.into_iter().filter(|one| keeps(one)).collect()
}

const HOUR_MS: i64 = 3_600_000;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use house::{Attributes, Cause, ChangeContext, State};

    use super::*;

    fn light(value: &str, brightness: f64, quality: Quality) -> Arc<Entity> {
        let attributes =
            Attributes::from([("brightness".to_owned(), brightness.into()), ("friendly".to_owned(), "yes".into())]);
        let state = State { value: Some(value.to_owned()), attributes, quality, ..State::default() };
        Arc::new(Entity { state, ..Entity::new(EntityId::new("light.a"), "A") })
    }

    fn change(before: Option<Arc<Entity>>, after: Option<Arc<Entity>>) -> StateChange {
        StateChange {
            entity: EntityId::new("light.a"),
            before,
            after,
            cause: Cause::Page,
            speaker: Some(Speaker::Person(house::PersonId::new("ann"))),
            at_ms: 5,
            context: Arc::new(ChangeContext::default()),
        }
    }

    #[test]
    fn only_what_is_known_and_new_is_remembered() {
        let on = || Some(light("on", 51.0, Quality::Observed));
        let first = evidence_of(&change(None, on()), 3600).unwrap();
        assert_eq!((first.state.as_deref(), first.offset_s), (Some("on"), 3600));
        assert_eq!(first.attributes.keys().collect::<Vec<_>>(), ["brightness"]);
        assert_eq!(first.person.unwrap().as_str(), "ann");
        assert_eq!(evidence_of(&change(on(), on()), 0), None);
        assert!(evidence_of(&change(on(), Some(light("on", 99.0, Quality::Observed))), 0).is_some());
        assert_eq!(evidence_of(&change(on(), Some(light("off", 51.0, Quality::Stale))), 0), None);
        assert_eq!(evidence_of(&change(on(), None), 0), None);
    }

    #[test]
    fn old_measurements_are_thinned_and_nothing_else() {
        let at = |minute: i64, entity: &str| Evidence {
            at_ms: minute * 60_000,
            offset_s: 0,
            entity: EntityId::new(entity),
            state: Some("1".to_owned()),
            attributes: Attributes::new(),
            cause: Cause::Device,
            person: None,
        };
        let mut all: Vec<Evidence> = (0..240).step_by(10).map(|minute| at(minute, "sensor.a")).collect();
        all.extend([at(1, "light.a"), at(2, "light.a")]);
        all.sort_by_key(|one| one.at_ms);
        let left = rolled_up(all, 120 * 60_000);
        let of = |entity: &str| left.iter().filter(|one| one.entity.as_str() == entity).count();
        assert_eq!((of("sensor.a"), of("light.a")), (2 + 12, 2));
    }
}
