//! Random requests, where they are said, and what comes of them.

use house::{
    Action, ArmMode, Consent, EntityId, House, Intent, IntentKind, Lang, Resolved, Slot, SlotKind, SlotValue, Step,
};
use mind::resolve::{Context, Resolution, resolve};
use mind::understand::code;
use mind::when::{Location, TimeContext};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::houses::{AREAS, THINGS, name_of_something};

/// Where and after what something is said.
#[derive(Clone, Debug, Default)]
pub(crate) struct Around {
    pub(crate) place: Option<Index>,
    pub(crate) last: Vec<Index>,
    pub(crate) is_plural: bool,
}

pub(crate) fn resolved(house: &House, intents: &[Intent], around: &Around) -> Vec<Resolution> {
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
pub(crate) fn when() -> impl Strategy<Value = String> {
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

pub(crate) fn planned(draft: &house::Draft) -> Vec<Step> {
    match &draft.errand {
        house::Errand::Act { steps, back, .. } => {
            steps.iter().chain(back.iter().flat_map(|(_, back)| back)).cloned().collect()
        }
        house::Errand::Alarm | house::Errand::Remind(_) => Vec::new(),
    }
}

/// A Monday morning in Berlin.
pub(crate) fn at_home() -> TimeContext {
    TimeContext {
        now_ms: 1_772_431_200_000,
        zone: jiff::tz::TimeZone::get("Europe/Berlin").unwrap(),
        location: Some(Location { latitude: 52.5, longitude: 13.4 }),
    }
}

pub(crate) fn steps(resolution: &Resolution) -> &[Step] {
    match &resolution.resolved {
        Resolved::Act(steps) => steps,
        Resolved::Answer(_) | Resolved::Ask(_) | Resolved::Miss(_) | Resolved::NotForHouse => &[],
    }
}

pub(crate) fn without(mut intent: Intent, slots: &[Slot]) -> Intent {
    intent.slots.retain(|(slot, _)| !slots.contains(slot));
    intent
}

pub(crate) fn around() -> impl Strategy<Value = Around> {
    (any::<Option<Index>>(), prop::collection::vec(any::<Index>(), 0..3), any::<bool>())
        .prop_map(|(place, last, is_plural)| Around { place, last, is_plural })
}

pub(crate) fn intent() -> impl Strategy<Value = Intent> {
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

pub(crate) fn action() -> impl Strategy<Value = Action> {
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

pub(crate) fn consent() -> impl Strategy<Value = Consent> {
    select(&[Consent::None, Consent::Yes, Consent::Pin][..])
}

pub(crate) fn text() -> impl Strategy<Value = String> {
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
