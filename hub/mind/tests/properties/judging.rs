//! Judging: nothing dangerous without consent, and no rule makes another weaker.

use std::collections::BTreeSet;

use house::{
    Action, Availability, Consent, Domain, Effect, Entity, EntityId, House, HouseRules, Intent, IntentKind, Limits,
    Plan, Question, Role, Rules, Slot, SlotValue, State, Step, Tier,
};
use mind::judge::{Verdict, judge, tier};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::houses::{THINGS, house};
use crate::requests::{Around, action, consent, resolved, steps};
use crate::{MANY, cases};

proptest! {
    #![proptest_config(cases(MANY))]

    #[test]
    fn nothing_dangerous_is_approved_without_consent(
        house in house(),
        steps in prop::collection::vec((any::<Index>(), action()), 1..5),
        has_pin in any::<bool>(),
        consent in consent(),
    ) {
        prop_assume!(!house.entities.is_empty());
        let step = |(at, action): (Index, Action)| Step {
            intent: 0,
            entity: house.entities.keys().nth(at.index(house.entities.len())).unwrap().clone(),
            action,
            reason: String::new(),
        };
        check_judged(&house, steps.into_iter().map(step).collect(), has_pin, consent)?;
    }

    #[test]
    fn nothing_dangerous_hides_in_a_scene_or_script(
        house in house(),
        scene in any::<Index>(),
        has_pin in any::<bool>(),
        consent in consent(),
    ) {
        let scenes: Vec<&Entity> =
            house.entities.values().filter(|entity| matches!(entity.domain, Domain::Scene | Domain::Script)).collect();
        prop_assume!(!scenes.is_empty());
        let name = scenes[scene.index(scenes.len())].name.clone();
        let intent = Intent::new(IntentKind::TurnOn)
            .with(Slot::Domain, SlotValue::Label("scene"))
            .with(Slot::Name, SlotValue::Text(name));
        for resolution in resolved(&house, &[intent], &Around::default()) {
            check_judged(&house, steps(&resolution).to_vec(), has_pin, consent)?;
        }
    }

    #[test]
    fn a_rule_for_one_kind_of_effect_makes_no_other_weaker(
        (house, step) in known(),
        rules in house_rules(),
        roles in roles(),
        changed in select(Effect::ALL),
        to in select(Tier::ALL),
        who in 0..3_u8,
    ) {
        prop_assume!(kind_of(&step, &house) != Some(changed));
        let before = tier(&step, &house, &rules.of(&roles));
        let mut other = rules;
        match who {
            0 => other.classes.insert(changed, to),
            1 => other.guest.tiers.insert(changed, to),
            _ => other.child.tiers.insert(changed, to),
        };
        prop_assert_eq!(tier(&step, &house, &other.of(&roles)), before);
    }

    #[test]
    fn what_hears_the_commands_of_a_guard_wants_no_less_than_the_guard(
        (house, step) in known(),
        rules in house_rules(),
        roles in roles(),
        action in action(),
    ) {
        prop_assume!(is_graver(&step.action));
        let rules = rules.of(&roles);
        let lamp = Entity::new(EntityId::new("light.harmless"), "Mood Lamp");
        let shared = [(lamp.id.clone(), BTreeSet::from([step.entity.clone()]))].into();
        let sharing = Step { intent: 0, entity: lamp.id.clone(), action, reason: String::new() };
        let mut house = house;
        house.entities.insert(lamp.id.clone(), lamp);
        house.shared_commands = std::sync::Arc::new(shared);
        prop_assert!(tier(&step, &house, &rules) <= tier(&sharing, &house, &rules));
    }

    #[test]
    fn guests_and_children_never_get_more_than_their_limits(
        house in house(),
        steps in prop::collection::vec((any::<Index>(), action()), 1..6),
        rules in house_rules(),
        roles in roles(),
        consent in consent(),
    ) {
        prop_assume!(!house.entities.is_empty());
        let step = |(at, action): (Index, Action)| Step {
            intent: 0,
            entity: house.entities.keys().nth(at.index(house.entities.len())).unwrap().clone(),
            action,
            reason: String::new(),
        };
        let steps: Vec<Step> = steps.into_iter().map(step).collect();
        let asked = Rules { has_pin: true, ..rules.of(&roles) };
        let resident = Rules { has_pin: true, ..rules.of(&[Role::Resident]) };
        let verdict = judge(Plan { steps: steps.clone() }, &house, &asked, consent);
        if !matches!(verdict, Verdict::Allow(_)) {
            return Ok(());
        }
        prop_assert!(
            matches!(judge(Plan { steps: steps.clone() }, &house, &resident, consent), Verdict::Allow(_)),
            "a resident may less"
        );
        for step in &steps {
            let Some(kind) = kind_of(step, &house) else { continue };
            for limits in roles.iter().filter_map(|role| rules.limits(*role)) {
                let wants = match limits.tiers.get(&kind) {
                    None | Some(Tier::Free | Tier::Announced) => continue,
                    Some(Tier::Confirmed) => Consent::Yes,
                    Some(Tier::Pin) => Consent::Pin,
                    Some(Tier::Never) => return Err(TestCaseError::fail(format!("{step:?} is never for {roles:?}"))),
                };
                prop_assert!(wants <= consent, "{:?} was approved for {:?} with {:?}", step, roles, consent);
            }
        }
    }
}

/// How dangerous a step is, said in another way than judging says it: by what the device would do in the end.
fn danger(step: &Step, house: &House) -> Consent {
    let entity = &house.entities[&step.entity];
    let class = entity.device_class.as_deref();
    let opens = matches!(&step.action, Action::OpenCover | Action::OpenValve | Action::TurnOn)
        || matches!(&step.action, Action::SetCoverPosition(at) | Action::SetValvePosition(at) if 0 < *at);
    let is_named_entry = class.is_none()
        && ["garage", "gate", "door", "大门", "车库"].iter().any(|word| entity.name.to_lowercase().contains(word));
    let is_entry =
        entity.domain == Domain::Cover && (matches!(class, Some("garage" | "gate" | "door")) || is_named_entry);
    let is_gas = entity.domain == Domain::Valve && class == Some("gas");
    match entity.domain {
        Domain::Lock if matches!(step.action, Action::Unlock | Action::TurnOff) => Consent::Pin,
        Domain::AlarmControlPanel if matches!(step.action, Action::Disarm | Action::TurnOff) => Consent::Pin,
        Domain::Cover | Domain::Valve if opens && (is_entry || is_gas) => Consent::Pin,
        Domain::Siren if step.action == Action::TurnOn => Consent::Yes,
        _ => Consent::None,
    }
}

fn check_judged(house: &House, steps: Vec<Step>, has_pin: bool, consent: Consent) -> Result<(), TestCaseError> {
    let rules = Rules { has_pin, ..Rules::default() };
    match judge(Plan { steps: steps.clone() }, house, &rules, consent) {
        Verdict::Allow(approved) => {
            let sent: Vec<Step> = approved.steps().iter().map(|step| Step::clone(step)).collect();
            prop_assert_eq!(&sent, &steps);
            for step in &steps {
                let needed = match danger(step, house) {
                    Consent::Pin if !has_pin => Consent::Yes,
                    needed => needed,
                };
                prop_assert!(
                    needed <= consent,
                    "{step:?} on {:?} was approved with {consent:?}",
                    house.entities[&step.entity]
                );
            }
        }
        Verdict::Ask(Question::Confirm { steps: asked, .. } | Question::Pin { steps: asked, .. }) => {
            prop_assert_eq!(&asked, &steps)
        }
        Verdict::Ask(question) => prop_assert!(false, "judging asks {question:?}"),
        Verdict::Refuse(_) => {}
    }
    // An owner's own tier never opens what it does not name.
    let own = Rules {
        has_pin,
        tiers: steps.iter().map(|step| (step.entity.clone(), Tier::Never)).collect(),
        ..Rules::default()
    };
    let is_empty = steps.is_empty();
    let verdict = judge(Plan { steps }, house, &own, Consent::Pin);
    prop_assert!(is_empty || !matches!(verdict, Verdict::Allow(_)));
    Ok(())
}

/// The kind of effect of a step that is surely of one, said in another way than judging says it.
fn kind_of(step: &Step, house: &House) -> Option<Effect> {
    let entity = &house.entities[&step.entity];
    let opens = matches!(&step.action, Action::OpenCover | Action::OpenValve);
    match (entity.domain, entity.device_class.as_deref(), &step.action) {
        (Domain::Lock, _, Action::Unlock) => Some(Effect::Unlock),
        (Domain::AlarmControlPanel, _, Action::Disarm) => Some(Effect::Disarm),
        (Domain::Cover, Some("garage" | "gate" | "door"), _) if opens => Some(Effect::Entry),
        (Domain::Valve, Some("gas"), _) if opens => Some(Effect::Gas),
        (Domain::Siren, None, Action::TurnOn) => Some(Effect::Siren),
        (Domain::Lock, _, Action::Lock) => Some(Effect::Secure),
        (Domain::Light, _, Action::TurnOn | Action::TurnOff) => Some(Effect::Other),
        _ => None,
    }
}

/// What a household locks a thing for.
fn is_graver(action: &Action) -> bool {
    matches!(action, Action::Unlock | Action::Disarm | Action::OpenCover | Action::OpenValve)
}

/// A house with one thing in it, and a step on it of a kind that is known.
fn known() -> impl Strategy<Value = (House, Step)> {
    let cases = [
        (Domain::Lock, None, Action::Unlock),
        (Domain::Lock, None, Action::Lock),
        (Domain::AlarmControlPanel, None, Action::Disarm),
        (Domain::Cover, Some("garage"), Action::OpenCover),
        (Domain::Cover, Some("gate"), Action::OpenCover),
        (Domain::Valve, Some("gas"), Action::OpenValve),
        (Domain::Siren, None, Action::TurnOn),
        (Domain::Light, None, Action::TurnOn),
        (Domain::Light, None, Action::TurnOff),
    ];
    (select(cases.to_vec()), select(THINGS)).prop_map(|((domain, class, action), name)| {
        let id = EntityId::new(format!("{}.it", domain.as_str()));
        let entity = Entity {
            id: id.clone(),
            name: name.to_owned(),
            aliases: vec![],
            domain,
            device_class: class.map(str::to_owned),
            area: None,
            state: State::default(),
            availability: Availability::Online,
        };
        let step = Step { intent: 0, entity: id.clone(), action, reason: String::new() };
        (House { entities: [(id, entity)].into_iter().collect(), ..House::default() }, step)
    })
}

fn house_rules() -> impl Strategy<Value = HouseRules> {
    let tiers = || prop::collection::btree_map(select(Effect::ALL), select(Tier::ALL), 0..6);
    let limits = || (tiers(), any::<bool>()).prop_map(|(tiers, may_edit)| Limits { tiers, heat: None, may_edit });
    (tiers(), limits(), limits()).prop_map(|(classes, guest, child)| HouseRules {
        classes,
        guest,
        child,
        ..HouseRules::default()
    })
}

fn roles() -> impl Strategy<Value = Vec<Role>> {
    prop::collection::vec(select(Role::ALL), 1..3)
}
