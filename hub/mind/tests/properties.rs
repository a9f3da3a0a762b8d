//! What must always hold, over random houses, requests, codes and texts.
//!
//! An oracle here never calls what it checks: what is dangerous, which area something stands in and what a code may be
//! are said again in these tests, in the plainest way.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a failing test may say so in any way")]

use std::collections::{BTreeMap, BTreeSet};

use house::{
    Action, Area, AreaId, ArmMode, Attributes, Availability, Consent, Domain, Effect, Entity, EntityId, Floor, FloorId,
    House, HouseRules, Intent, IntentKind, Lang, Limits, MovingTimer, Plan, Question, Resolved, Role, Rules, Slot,
    SlotKind, SlotValue, State, Step, Tier, Value,
};
use mind::judge::{Verdict, judge, tier};
use mind::resolve::{Context, Resolution, resolve};
use mind::understand::code::{self, CodeError, CodeIntent, CodeValue};
use mind::understand::prompt::{Names, pieces};
use mind::understand::reflex;
use mind::when::{Around as Home, Location, ParsedTime};
use mind::words::{key, words};
use mind::{numbers, understand};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::FileFailurePersistence;

/// Random requests are cheap; texts and automata are less so.
const MANY: u32 = 10_000;
const SOME: u32 = 2_000;

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        max_global_rejects: 1_000_000,
        ..ProptestConfig::default()
    }
}

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
        prop_assume!(
            is_about_entities(intent.kind)
                && !is_for_robots(intent.kind)
                && intent.label(Slot::DeviceClass) != Some("garage")
                && !house.areas.is_empty()
        );
        let area = house.areas.values().nth(area.index(house.areas.len())).unwrap();
        let intent = without(intent, &[Slot::Area, Slot::Floor, Slot::Scope])
            .with(Slot::Area, SlotValue::Text(area.name.clone()));
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
        prop_assume!(!is_for_robots(all.kind) && all.label(Slot::DeviceClass) != Some("garage"));
        let fewer = all.clone().with(Slot::Area, SlotValue::Text(area.name.clone()));
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
}

proptest! {
    #![proptest_config(cases(MANY))]

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

proptest! {
    #![proptest_config(cases(SOME))]

    #[test]
    fn a_code_is_read_as_it_was_written(mut intents in prop::collection::vec(code_intent(), 1..5)) {
        for intent in &mut intents {
            intent.slots.sort_by_key(|(slot, _)| *slot);
        }
        let printed = code::print(&intents);
        prop_assume!(printed.len() <= code::MAX_TOKENS);
        prop_assert_eq!(code::parse(&printed, WORDS), Ok(intents));
        prop_assert!(walk(&printed));
    }

    #[test]
    fn the_automaton_accepts_what_is_read(
        mut tokens in near_code(),
        changes in prop::collection::vec((any::<Index>(), 0..4_u8, token()), 0..4),
    ) {
        for (at, kind, token) in changes {
            let at = at.index(tokens.len().max(1)).min(tokens.len());
            match kind {
                0 => tokens.insert(at, token),
                1 if at < tokens.len() => drop(tokens.remove(at)),
                2 if at < tokens.len() => tokens[at] = token,
                _ => tokens.truncate(at),
            }
        }
        let accepted = walk(&tokens);
        match code::parse(&tokens, WORDS) {
            Ok(_) => prop_assert!(accepted, "read and not accepted: {tokens:?}"),
            // The automaton does not compare the ends of a span and does not count.
            Err(CodeError::TooLong) => {}
            Err(CodeError::Span { first, last, .. }) if last < first => {}
            Err(error) => prop_assert!(!accepted, "accepted, and {error}: {tokens:?}"),
        }
    }

    #[test]
    fn no_tokens_make_reading_fail_hard(
        tokens in prop::collection::vec(prop_oneof![token(), ".{0,12}"], 0..90),
        count in 0..70_usize,
    ) {
        let _ = code::parse(&tokens, count);
    }

    #[test]
    fn a_time_is_always_to_come(
        text in prop_oneof![
            text(),
            when(),
            prop::collection::vec(select(TIME_WORDS), 1..6).prop_map(|words| words.join(" ")),
        ],
        now in 1_700_000_000_000..2_000_000_000_000_i64,
        zone in select(vec!["Europe/Berlin", "Asia/Shanghai", "America/St_Johns", "Pacific/Apia", "Antarctica/Troll"]),
        north in -80.0..80.0_f64,
    ) {
        let around = Home {
            now_ms: now,
            zone: jiff::tz::TimeZone::get(zone).unwrap(),
            location: Some(Location { latitude: north, longitude: 20.0 }),
        };
        if let Ok(ParsedTime::At(timing) | ParsedTime::Until(timing)) = mind::when::read(&text, &around) {
            let due = mind::when::next(&timing, now, &around).unwrap();
            prop_assert!(now < due, "{text}: {timing:?}");
            if let house::Timing::Weekly(days, _) = timing {
                let again = mind::when::next(&timing, due, &around);
                prop_assert!(
                    again.is_none_or(|again| due < again && again - due <= 200 * 86_400_000),
                    "{text}: {days:?}"
                );
            }
        }
        let _ = mind::when::speaks_of(&text, &house::Timing::At(now), now, &around);
    }

    #[test]
    fn any_text_is_cut_within_its_bounds(text in text(), house in house()) {
        let cut = words(&text);
        let mut last = 0;
        for word in &cut {
            prop_assert!(text.get(word.start..word.end).is_some() && last <= word.end && !word.text.is_empty());
            last = word.end;
        }
        for number in numbers::numbers(&cut) {
            prop_assert!(
                number.first <= number.last && number.last < cut.len() && number.value.is_finite(),
                "{number:?}"
            );
        }
        for length in numbers::lengths(&cut) {
            prop_assert!(length.first <= length.last && length.last < cut.len(), "{length:?}");
            let _ = length.total_s();
        }
        for at in 0..cut.len() + 2 {
            let _ = numbers::count_at(&cut, at);
        }
        let names = Names::of(&house);
        let marks = names.find(&cut);
        let mut next = 0;
        for mark in &marks {
            prop_assert!(
                next <= mark.first && mark.first <= mark.last && mark.last < cut.len() && !mark.kinds.is_empty()
            );
            next = mark.last + 1;
        }
        let _ = pieces(&cut, &marks);
        let _ = (
            key(&text),
            reflex::reflex(&text),
            reflex::pin(&text),
            reflex::plain(&text, &house),
            mind::resolve::is_plural(&text),
        );
        if let Some(heard) = understand::tokenized::tokenize(&text, &names) {
            let ask = understand::ask(&heard);
            let starts = ask.word_starts.iter().chain(&ask.number_starts).chain(&ask.length_starts);
            prop_assert!(starts.map(|start| start.parse::<usize>().unwrap()).all(|start| start < heard.words.len()));
            let _ = understand::tokenized::said(&heard, 0, heard.words.len() - 1);
        }
    }

    #[test]
    fn any_code_for_any_text_can_be_resolved(
        text in text(),
        code in prop::collection::vec(code_intent(), 1..4),
        house in house(),
        around in around(),
    ) {
        let names = Names::of(&house);
        let Some(heard) = understand::tokenized::tokenize(&text, &names) else { return Ok(()) };
        if let Ok(intents) = understand::read(&code::print(&code), &heard) {
            for resolution in resolved(&house, &intents, &around) {
                prop_assert!(steps(&resolution).iter().all(|step| house.entities.contains_key(&step.entity)));
            }
        }
    }
}

/// Where and after what something is said.
#[derive(Clone, Debug, Default)]
struct Around {
    place: Option<Index>,
    last: Vec<Index>,
    is_plural: bool,
}

fn resolved(house: &House, intents: &[Intent], around: &Around) -> Vec<Resolution> {
    let place = around
        .place
        .filter(|_| !house.areas.is_empty())
        .map(|at| house.areas.keys().nth(at.index(house.areas.len())).unwrap());
    let last = around
        .last
        .iter()
        .filter(|_| !house.entities.is_empty())
        .map(|at| house.entities.keys().nth(at.index(house.entities.len())).unwrap().clone());
    let last: Vec<EntityId> = last.collect();
    resolve(
        intents,
        &Context {
            house,
            place,
            last: &last,
            last_intents: &[],
            is_plural: around.is_plural,
            said: "",
            around: &at_home(),
            lang: Lang::En,
        },
    )
}

/// Words for a time, most of which can be read.
fn when() -> impl Strategy<Value = String> {
    let some = [
        "in 20 minutes",
        "at 9",
        "at 9 tomorrow",
        "tonight",
        "every weekday at 7",
        "until sunset",
        "until 8 pm",
        "at sunrise",
        "after sunset",
        "every 2 hours",
        "明天早上七点半",
        "每个工作日七点",
        "二十分钟后",
        "日落时",
        "直到日落",
        "when i get home",
        "tomorrow",
        "today at 3 am",
        "later",
    ];
    select(some.map(str::to_owned).to_vec())
}

const TIME_WORDS: &[&str] = &[
    "at", "in", "every", "on", "until", "half", "past", "quarter", "to", "7", "12", "25", "seven", "30", "am", "pm",
    "a", "m", "minutes", "an", "hour", "days", "weekday", "monday", "sunday", "next", "this", "tomorrow", "tonight",
    "morning", "night", "noon", "midnight", "sunset", "sunrise", "before", "after", "march", "31st", "february",
    "30th", "the", "of", "点", "半", "十", "七", "早上", "晚上", "每", "天", "周", "一", "三", "后", "前", "日落",
    "月", "号", "明天", "下", "刻", "分钟", "两", "小", "时", "直到", "到",
];

fn planned(draft: &house::Draft) -> Vec<Step> {
    match &draft.errand {
        house::Errand::Act { steps, back, .. } => {
            steps.iter().chain(back.iter().flat_map(|(_, back)| back)).cloned().collect()
        }
        house::Errand::Alarm | house::Errand::Remind(_) => Vec::new(),
    }
}

/// A Monday morning in Berlin.
fn at_home() -> Home {
    Home {
        now_ms: 1_772_431_200_000,
        zone: jiff::tz::TimeZone::get("Europe/Berlin").unwrap(),
        location: Some(Location { latitude: 52.5, longitude: 13.4 }),
    }
}

fn steps(resolution: &Resolution) -> &[Step] {
    match &resolution.resolved {
        Resolved::Act(steps) => steps,
        Resolved::Answer(_) | Resolved::Ask(_) | Resolved::Miss(_) | Resolved::NotForHouse => &[],
    }
}

fn without(mut intent: Intent, slots: &[Slot]) -> Intent {
    intent.slots.retain(|(slot, _)| !slots.contains(slot));
    intent
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
    let is_relative = intent.kind == I::LightSet && intent.has(Slot::Direction);
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
    IntentKind::Help,
    IntentKind::Respond,
    IntentKind::NotForHouse,
    IntentKind::Unclear,
    IntentKind::Nevermind,
];

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

/// Walks the automaton; whether it accepts.
fn walk(tokens: &[String]) -> bool {
    let automaton = code::automaton();
    let sets: BTreeMap<&str, &Vec<String>> =
        automaton.sets.iter().map(|(name, labels)| (name.as_str(), labels)).collect();
    let indices: Vec<String> = (0..WORDS).map(|index| index.to_string()).collect();
    let mut at = 0;
    for token in tokens {
        let state = &automaton.states[at];
        let fits = |set: &str| match set {
            "words" | "numbers" | "durations" => indices.contains(token),
            set => sets[set].contains(token),
        };
        let ways: Vec<usize> = state.edges.iter().filter(|(set, _)| fits(set)).map(|(_, to)| *to).collect();
        assert!(ways.len() <= 1, "two ways from one state by `{token}`");
        match ways.first() {
            Some(next) => at = *next,
            None => return false,
        }
    }
    automaton.states[at].accept
}

const WORDS: usize = 12;
/// No name here is near to it in spelling or sound.
const NOWHERE: &str = "qzwxv jkpfh";
const AREAS: &[&str] = &[
    "Kitchen",
    "Living Room",
    "Bedroom 1",
    "Bedroom 2",
    "bedroom",
    "厨房",
    "客厅",
    "主卧",
    "Büro",
    "The Office",
    "Garage",
    "kids' room",
    "🦊",
    "Studio 54",
];
const FLOORS: &[&str] = &["Upstairs", "Ground Floor", "一楼", "二楼", "Basement"];
const THINGS: &[&str] = &[
    "Ceiling Light",
    "Lamp",
    "Floor Lamp",
    "灯",
    "吸顶灯",
    "台灯",
    "Front Door",
    "Garage Door",
    "大门",
    "车库门",
    "Garden Gate",
    "Thermostat",
    "TV",
    "电视",
    "Blinds",
    "窗帘",
    "Robot",
    "🦊 lamp",
    "lights",
    "Kitchen Light",
    "x",
    "Movie Night",
    "晚安模式",
    "Shopping List",
    "Fan",
    "空调",
    "Siren",
    "House Alarm",
    "Gas Valve",
    "Kitchen",
    "the the",
    "100%",
    "Ünïcode Lämp",
];
const CLASSES: &[&str] = &["garage", "gate", "door", "curtain", "blind", "gas", "water", "tv", "outlet", "window"];
const STATES: &[&str] = &[
    "on",
    "off",
    "open",
    "closed",
    "locked",
    "unlocked",
    "disarmed",
    "armed_away",
    "heat",
    "playing",
    "paused",
    "cleaning",
];
const SERVICES: &[&str] = &[
    "light.turn_on",
    "homeassistant.turn_on",
    "homeassistant.turn_off",
    "cover.open_cover",
    "cover.set_cover_position",
    "lock.unlock",
    "lock.lock",
    "alarm_control_panel.alarm_disarm",
    "valve.open_valve",
    "switch.turn_off",
    "vacuum.start",
    "lock.open",
    "rubbish",
];

fn around() -> impl Strategy<Value = Around> {
    (any::<Option<Index>>(), prop::collection::vec(any::<Index>(), 0..3), any::<bool>())
        .prop_map(|(place, last, is_plural)| Around { place, last, is_plural })
}

fn house() -> impl Strategy<Value = House> {
    let floors = prop::collection::vec(select(FLOORS), 0..3);
    let areas =
        prop::collection::vec((select(AREAS), prop::option::of(select(AREAS)), prop::option::of(any::<Index>())), 0..5);
    let entities = prop::collection::vec(entity(), 0..12);
    (floors, areas, entities, prop::collection::vec((prop::option::of(select(THINGS)), 1..4000_u64), 0..3)).prop_map(
        |(floors, areas, entities, timers)| {
            let mut house = House::default();
            for (number, name) in floors.iter().enumerate() {
                let id = FloorId::new(format!("floor_{number}"));
                house.floors.insert(id.clone(), Floor { id, name: (*name).to_owned(), aliases: vec![] });
            }
            for (number, (name, alias, floor)) in areas.iter().enumerate() {
                let id = AreaId::new(format!("area_{number}"));
                let floor = floor
                    .filter(|_| !house.floors.is_empty())
                    .map(|at| house.floors.keys().nth(at.index(house.floors.len())).unwrap().clone());
                house.areas.insert(
                    id.clone(),
                    Area {
                        id,
                        name: (*name).to_owned(),
                        aliases: alias.iter().map(|alias| (*alias).to_owned()).collect(),
                        floor,
                    },
                );
            }
            for (number, (mut entity, area)) in entities.into_iter().enumerate() {
                entity.id = EntityId::new(format!("{}.e{number}", entity.domain.as_str()));
                entity.area = area
                    .filter(|_| !house.areas.is_empty())
                    .map(|at| house.areas.keys().nth(at.index(house.areas.len())).unwrap().clone());
                house.entities.insert(entity.id.clone(), entity);
            }
            join_members(&mut house);
            house.timers = timers
                .iter()
                .enumerate()
                .map(|(number, (name, length_s))| MovingTimer {
                    id: format!("t{number}"),
                    name: name.map(str::to_owned),
                    area: None,
                    length_s: *length_s,
                    left_s: *length_s,
                    is_active: true,
                    asked_by: None,
                })
                .collect();
            house
        },
    )
}

fn entity() -> impl Strategy<Value = (Entity, Option<Index>)> {
    const OFTEN: &[Domain] =
        &[Domain::Light, Domain::Cover, Domain::Lock, Domain::Scene, Domain::Script, Domain::Valve];
    let domain = prop_oneof![3 => select(Domain::ALL), 2 => select(OFTEN)];
    let names = (select(THINGS), prop::option::of(select(THINGS)));
    (
        domain,
        names,
        prop::option::of(select(CLASSES)),
        prop::option::of(select(STATES)),
        attributes(),
        prop::option::of(any::<Index>()),
    )
        .prop_map(|(domain, (name, alias), class, state, attributes, area)| {
            let state = State { value: state.map(str::to_owned), attributes, ..State::default() };
            let (id, device_class) = (EntityId::new(""), class.map(str::to_owned));
            (
                Entity {
                    id,
                    name: name.to_owned(),
                    aliases: alias.iter().map(|alias| (*alias).to_owned()).collect(),
                    domain,
                    device_class,
                    area: None,
                    state,
                    availability: Availability::Online,
                },
                area,
            )
        })
}

fn attributes() -> impl Strategy<Value = Attributes> {
    let number = |name: &'static str| (Just(name.to_owned()), (-10.0..300.0_f64).prop_map(Value::Number));
    let members = prop::collection::vec((0..12_usize, select(STATES), 0..101_u8), 0..4).prop_map(|members| {
        let member = |(at, state, position): (usize, &str, u8)| {
            (
                format!("#{at}"),
                Value::Map(
                    [("state".to_owned(), state.into()), ("position".to_owned(), f64::from(position).into())].into(),
                ),
            )
        };
        ("entities".to_owned(), Value::Map(members.into_iter().map(member).collect()))
    });
    let sequence = prop::collection::vec((0..12_usize, select(SERVICES)), 0..4).prop_map(|calls| {
        let call = |(at, service): (usize, &str)| {
            Value::Map(
                [
                    ("service".to_owned(), service.into()),
                    ("entity_id".to_owned(), Value::List(vec![format!("#{at}").into()])),
                    ("position".to_owned(), 50.0.into()),
                ]
                .into(),
            )
        };
        ("sequence".to_owned(), Value::List(calls.into_iter().map(call).collect()))
    });
    prop::collection::vec(
        prop_oneof![
            number("brightness"),
            number("current_position"),
            number("temperature"),
            number("volume_level"),
            members,
            sequence
        ],
        0..4,
    )
    .prop_map(|pairs| pairs.into_iter().collect())
}

/// Members are drawn as numbers before there are ids; here they become ids.
fn join_members(house: &mut House) {
    let ids: Vec<EntityId> = house.entities.keys().cloned().collect();
    let id = |text: &str| {
        text.strip_prefix('#')
            .and_then(|at| at.parse::<usize>().ok())
            .map_or_else(|| text.to_owned(), |at| ids[at % ids.len()].to_string())
    };
    for entity in house.entities.values_mut() {
        if let Some(Value::Map(members)) = entity.state.attributes.get_mut("entities") {
            *members = std::mem::take(members).into_iter().map(|(at, wanted)| (id(&at), wanted)).collect();
        }
        if let Some(Value::List(calls)) = entity.state.attributes.get_mut("sequence") {
            for call in calls {
                if let Value::Map(call) = call
                    && let Some(Value::List(targets)) = call.get_mut("entity_id")
                {
                    targets.iter_mut().for_each(|target| *target = id(target.as_text().unwrap()).into());
                }
            }
        }
    }
}

fn name_of_something() -> impl Strategy<Value = String> {
    let other =
        select(&["everything", "here", "the house", "all", "", "  ", "lights", "灯", "upstairs", "家里", "它"][..]);
    prop_oneof![select(AREAS), select(THINGS), select(FLOORS), other].prop_map(str::to_owned)
}

fn intent() -> impl Strategy<Value = Intent> {
    let own = select(IntentKind::ALL).prop_flat_map(|kind| {
        let slots = code::slots_of(kind);
        let slot = if slots.is_empty() { select(vec![Slot::Name]) } else { select(slots) };
        (Just(kind), prop::collection::vec(slot.prop_flat_map(slot_value), 0..5))
    });
    own.prop_map(|(kind, slots)| Intent { kind, slots })
}

fn slot_value(slot: Slot) -> impl Strategy<Value = (Slot, SlotValue)> {
    let value = match slot.kind() {
        SlotKind::Label(labels) => select(labels).prop_map(SlotValue::Label).boxed(),
        SlotKind::Words => name_of_something().prop_map(SlotValue::Text).boxed(),
        SlotKind::Number => prop_oneof![-20.0..200.0_f64, Just(0.0), Just(1e300)].prop_map(SlotValue::Number).boxed(),
        SlotKind::Duration => (0..30_u64, 0..90_u64, 0..90_u64)
            .prop_map(|(hours, minutes, seconds)| SlotValue::Length { hours, minutes, seconds })
            .boxed(),
    };
    (Just(slot), value)
}

fn action() -> impl Strategy<Value = Action> {
    let percent = 0..101_u8;
    prop_oneof![
        select(vec![
            Action::TurnOn,
            Action::TurnOff,
            Action::OpenCover,
            Action::CloseCover,
            Action::StopCover,
            Action::Lock,
            Action::Unlock,
            Action::Arm(ArmMode::Away),
            Action::Disarm,
            Action::OpenValve,
            Action::CloseValve,
            Action::Activate,
            Action::MediaPlay,
            Action::VacuumStart,
            Action::Mute(true),
        ]),
        percent.clone().prop_map(Action::SetCoverPosition),
        percent.prop_map(Action::SetValvePosition),
        (-50.0..120.0_f64).prop_map(Action::SetTemperature),
    ]
}

fn consent() -> impl Strategy<Value = Consent> {
    select(&[Consent::None, Consent::Yes, Consent::Pin][..])
}

fn code_intent() -> impl Strategy<Value = CodeIntent> {
    let value = |slot: Slot| match slot.kind() {
        SlotKind::Label(labels) => select(labels).prop_map(CodeValue::Label).boxed(),
        SlotKind::Words => {
            (0..WORDS, 0..WORDS).prop_map(|(one, other)| CodeValue::Span(one.min(other), one.max(other))).boxed()
        }
        SlotKind::Number | SlotKind::Duration => (0..WORDS).prop_map(CodeValue::At).boxed(),
    };
    select(IntentKind::ALL).prop_flat_map(move |kind| {
        let slots = code::slots_of(kind);
        let slots = match slots.is_empty() {
            true => Just(Vec::new()).boxed(),
            false => {
                prop::collection::vec(select(slots).prop_flat_map(move |slot| (Just(slot), value(slot))), 0..5).boxed()
            }
        };
        slots.prop_map(move |slots| CodeIntent { kind, slots })
    })
}

fn near_code() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(code_intent(), 1..4).prop_map(|intents| code::print(&intents))
}

fn token() -> impl Strategy<Value = String> {
    select(code::tokens())
}

fn text() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        3 => select(AREAS).prop_map(str::to_owned),
        3 => select(THINGS).prop_map(str::to_owned),
        3 => "[0-9]{1,25}",
        2 => "[0-9]{1,3}[.:,][0-9]{1,3}",
        3 => select(NUMBER_WORDS).prop_map(str::to_owned),
        2 => any::<String>(), 1 => "\\PC{0,6}",
    ];
    prop::collection::vec(word, 0..20)
        .prop_flat_map(|words| select(&["", " "][..]).prop_map(move |between| words.join(between)))
}

const NUMBER_WORDS: &[&str] = &[
    "twenty",
    "three",
    "hundred",
    "point",
    "half",
    "an",
    "hour",
    "minutes",
    "二",
    "十",
    "百",
    "万",
    "亿",
    "点",
    "半",
    "个",
    "小时",
    "分钟",
    "百分之",
    "%",
    "°",
    "-",
    "'",
    "turn on",
];
