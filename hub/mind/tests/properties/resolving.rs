//! Resolving: a word that names nothing never widens what is done.

use std::collections::BTreeSet;

use house::{AreaId, Domain, EntityId, House, Intent, IntentKind, Resolved, Slot, SlotValue, Step};
use mind::words::key;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::houses::{house, name_of_something};
use crate::requests::{Around, around, at_home, intent, planned, resolved, steps, text, when, without};
use crate::{MANY, cases};

proptest! {
    #![proptest_config(cases(MANY))]

    #[test]
    fn every_step_names_an_entity_of_the_house(
        house in house(),
        intents in prop::collection::vec(intent(), 1..3),
        around in around(),
    ) {
        for resolution in resolved(&house, &intents, &around) {
            for step in steps(&resolution) {
                prop_assert!(house.entities.contains_key(&step.entity), "{:?}", step);
            }
        }
    }

    #[test]
    fn what_does_not_exist_takes_every_step_away(
        house in house(),
        intent in intent(),
        around in around(),
        slot in select(vec![Slot::Area, Slot::Floor, Slot::Except]),
    ) {
        prop_assume!(is_about_entities(intent.kind));
        let wider = intent.with(slot, SlotValue::Text(NOWHERE.to_owned()));
        for resolution in resolved(&house, std::slice::from_ref(&wider), &around) {
            prop_assert!(steps(&resolution).is_empty(), "{:?} gives {:?}", wider, resolution.resolved);
        }
    }

    #[test]
    fn a_named_area_holds_all_that_is_touched(
        house in house(),
        intent in intent(),
        around in around(),
        area in any::<Index>(),
    ) {
        // Where a robot shall clean is what it is told, and "the garage" of a garage door is no place.
        prop_assume!(is_about_entities(intent.kind) && !is_for_robots(intent.kind) && !house.areas.is_empty());
        let area = house.areas.values().nth(area.index(house.areas.len())).unwrap();
        let intent = without(intent, &[Slot::Area, Slot::Floor, Slot::Scope])
            .with(Slot::Area, SlotValue::Text(area.name.clone()));
        prop_assume!(!is_for_the_garage_door(&intent));
        let same_name: BTreeSet<&AreaId> = house
            .areas
            .values()
            .filter(|other| {
                key(&other.name) == key(&area.name) || other.aliases.iter().any(|alias| key(alias) == key(&area.name))
            })
            .map(|area| &area.id)
            .collect();
        for resolution in resolved(&house, std::slice::from_ref(&intent), &around) {
            for step in steps(&resolution).iter().filter(|step| !step.reason.contains("contains it")) {
                let own = house.entities[&step.entity].area.as_ref();
                // What stands nowhere in particular may still be called by its name.
                prop_assert!(
                    own.map_or(intent.has(Slot::Name), |own| same_name.contains(own)),
                    "{:?} in {:?} gives {:?}",
                    intent,
                    area.name,
                    step
                );
            }
        }
    }

    #[test]
    fn an_id_touches_exactly_that_entity(
        house in house(),
        intent in intent(),
        around in around(),
        which in any::<Index>(),
    ) {
        prop_assume!(is_about_entities(intent.kind) && !house.entities.is_empty());
        let id = house.entities.keys().nth(which.index(house.entities.len())).unwrap();
        let intent = without(intent, &[Slot::Name]).with(Slot::Name, SlotValue::Entity(id.clone()));
        for resolution in resolved(&house, std::slice::from_ref(&intent), &around) {
            for step in steps(&resolution).iter().filter(|step| !step.reason.contains("contains it")) {
                prop_assert_eq!(&step.entity, id, "{:?} gives {:?}", &intent, step);
            }
        }
    }

    #[test]
    fn what_the_name_alone_does_the_id_does_too(
        house in house(),
        around in around(),
        kind in select(vec![IntentKind::TurnOn, IntentKind::TurnOff, IntentKind::Toggle]),
        which in any::<Index>(),
    ) {
        prop_assume!(!house.entities.is_empty());
        let entity = house.entities.values().nth(which.index(house.entities.len())).unwrap();
        let mut alone = house.clone();
        alone.entities.retain(|id, _| *id == entity.id || entity.domain == Domain::Scene);
        prop_assume!(entity.domain != Domain::Scene && !key(&entity.name).is_empty());
        let acted = |value: SlotValue| {
            resolved(&alone, &[Intent::new(kind).with(Slot::Name, value)], &around)
                .iter()
                .flat_map(|one| steps(one).to_vec())
                .collect::<Vec<Step>>()
        };
        prop_assert_eq!(acted(SlotValue::Text(entity.name.clone())), acted(SlotValue::Entity(entity.id.clone())));
    }

    #[test]
    fn an_area_more_never_adds_to_a_request_for_all_of_a_kind(
        house in house(),
        intent in intent(),
        around in around(),
        area in any::<Index>(),
    ) {
        prop_assume!(is_about_entities(intent.kind) && !house.areas.is_empty() && !prefers_some(&intent));
        let area = house.areas.values().nth(area.index(house.areas.len())).unwrap();
        let all = without(intent, &[Slot::Area, Slot::Floor, Slot::Scope, Slot::Name])
            .with(Slot::Scope, SlotValue::Label("all"));
        let fewer = all.clone().with(Slot::Area, SlotValue::Text(area.name.clone()));
        prop_assume!(!is_for_robots(all.kind) && !is_for_the_garage_door(&fewer));
        check_fewer(&house, &all, &fewer, &around)?;
    }

    #[test]
    fn an_exception_more_never_adds(
        house in house(),
        intent in intent(),
        around in around(),
        except in name_of_something(),
    ) {
        prop_assume!(is_about_entities(intent.kind) && !prefers_some(&intent));
        let fewer = intent.clone().with(Slot::Except, SlotValue::Text(except));
        check_fewer(&house, &intent, &fewer, &around)?;
    }

    #[test]
    fn a_question_never_gives_steps(house in house(), intent in intent(), around in around()) {
        prop_assume!(QUESTIONS.contains(&intent.kind));
        for resolution in resolved(&house, std::slice::from_ref(&intent), &around) {
            prop_assert!(
                !matches!(resolution.resolved, Resolved::Act(_)),
                "{:?} gives {:?}",
                intent,
                resolution.resolved
            );
            prop_assert!(resolution.timer.is_none() || intent.kind == IntentKind::TimerStatus);
        }
    }

    #[test]
    fn a_schedule_never_widens(
        house in house(),
        intent in intent(),
        around in around(),
        when in when(),
        holds in any::<bool>(),
    ) {
        prop_assume!(is_about_entities(intent.kind));
        let timed = without(intent, &[Slot::When, Slot::For]);
        let now: BTreeSet<EntityId> = resolved(&house, std::slice::from_ref(&timed), &around)
            .iter()
            .flat_map(steps)
            .map(|step| step.entity.clone())
            .collect();
        let mut timed = timed.with(Slot::When, SlotValue::Text(when.clone()));
        if holds {
            timed = timed.with(Slot::For, SlotValue::Length { hours: 1, minutes: 0, seconds: 0 });
        }
        for resolution in resolved(&house, std::slice::from_ref(&timed), &around) {
            let planned = match &resolution.later {
                Some(later) => planned(&later.draft),
                None => Vec::new(),
            };
            for step in steps(&resolution).iter().chain(&planned) {
                prop_assert!(now.contains(&step.entity), "{:?} gives {:?}", timed, step);
            }
            // What has a time is never done now, but for what ends then.
            let acts_now = matches!(&resolution.resolved, Resolved::Act(steps) if !steps.is_empty())
                && resolution.later.as_ref().is_none_or(|later| later.is_now);
            prop_assert!(
                !acts_now || ((when.starts_with("until") || when.starts_with("直到")) && !holds),
                "{:?} acts now",
                timed
            );
        }
    }

    #[test]
    fn a_time_that_can_not_be_read_never_acts(
        house in house(),
        intent in intent(),
        around in around(),
        when in text(),
    ) {
        prop_assume!(is_about_entities(intent.kind) && mind::when::read(&when, &at_home()).is_err());
        let timed = without(intent, &[Slot::When]).with(Slot::When, SlotValue::Text(when));
        for resolution in resolved(&house, std::slice::from_ref(&timed), &around) {
            prop_assert!(
                steps(&resolution).is_empty() && resolution.later.is_none(),
                "{:?} gives {:?}",
                timed,
                resolution.resolved
            );
        }
    }
}

/// If both can be done, the narrower one touches nothing that the wider one leaves alone.
fn check_fewer(house: &House, wider: &Intent, fewer: &Intent, around: &Around) -> Result<(), TestCaseError> {
    let touched = |intent: &Intent| -> Option<BTreeSet<EntityId>> {
        let resolution = resolved(house, std::slice::from_ref(intent), around).remove(0);
        matches!(resolution.resolved, Resolved::Act(_))
            .then(|| steps(&resolution).iter().map(|step| step.entity.clone()).collect())
    };
    if let (Some(wide), Some(few)) = (touched(wider), touched(fewer)) {
        prop_assert!(few.is_subset(&wide), "{:?} touches {:?} and {:?} touches {:?}", wider, wide, fewer, few);
    }
    Ok(())
}

/// Requests that are for some of those meant: what is on is made dimmer, the player that plays is meant.
fn prefers_some(intent: &Intent) -> bool {
    use IntentKind as I;
    let is_relative = intent.kind == I::LightSet && (intent.has(Slot::Direction) || intent.has(Slot::Factor));
    let is_for_players = matches!(
        intent.kind,
        I::MediaSearchAndPlay
            | I::MediaPause
            | I::MediaUnpause
            | I::MediaNext
            | I::MediaPrevious
            | I::MediaPlayerMute
            | I::MediaPlayerUnmute
            | I::SetVolume
            | I::SetVolumeRelative
    );
    is_relative || is_for_players || intent.label(Slot::Domain) == Some("media_player")
}

/// "The door" of "the garage" is the garage door, wherever it stands.
fn is_for_the_garage_door(intent: &Intent) -> bool {
    matches!(intent.label(Slot::DeviceClass), Some("garage" | "door"))
        && intent.texts(Slot::Area).any(|area| key(area).contains("garage"))
}

fn is_for_robots(kind: IntentKind) -> bool {
    use IntentKind as I;
    matches!(
        kind,
        I::VacuumStart
            | I::VacuumCleanArea
            | I::VacuumReturnToBase
            | I::VacuumPause
            | I::VacuumLocate
            | I::LawnMowerStartMowing
            | I::LawnMowerDock
    )
}

fn is_about_entities(kind: IntentKind) -> bool {
    use IntentKind as I;
    matches!(
        kind,
        I::TurnOn
            | I::TurnOff
            | I::Toggle
            | I::LightSet
            | I::SetPosition
            | I::StopMoving
            | I::ClimateSetTemperature
            | I::ClimateSetMode
            | I::FanSetSpeed
            | I::MediaSearchAndPlay
            | I::MediaPause
            | I::MediaUnpause
            | I::MediaNext
            | I::MediaPrevious
            | I::MediaPlayerMute
            | I::MediaPlayerUnmute
            | I::SetVolume
            | I::SetVolumeRelative
            | I::VacuumStart
            | I::VacuumCleanArea
            | I::VacuumReturnToBase
            | I::VacuumPause
            | I::VacuumLocate
            | I::LawnMowerStartMowing
            | I::LawnMowerDock
            | I::AlarmArm
            | I::AlarmDisarm
    )
}

const QUESTIONS: &[IntentKind] = &[
    IntentKind::GetState,
    IntentKind::ClimateGetTemperature,
    IntentKind::ListQuery,
    IntentKind::TimerStatus,
    IntentKind::AlarmQuery,
    IntentKind::ScheduleQuery,
    IntentKind::GetWeather,
    IntentKind::GetCurrentTime,
    IntentKind::GetCurrentDate,
    IntentKind::Explain,
    IntentKind::HabitQuery,
    IntentKind::SuggestionQuery,
    IntentKind::Help,
    IntentKind::Respond,
    IntentKind::NotForHouse,
    IntentKind::Unclear,
    IntentKind::Nevermind,
];

/// No name here is near to it in spelling or sound.
const NOWHERE: &str = "qzwxv jkpfh";
