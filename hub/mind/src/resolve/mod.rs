//! Intents to steps on the entities of this house, or an answer, or a question. Deterministic; acts on nothing.

mod act;
mod candidates;
mod context;
mod later;
mod learned;
mod nouns;
mod query;
mod scene;
mod spoken;
mod target;
mod timer;
mod warmth;

use house::{
    Answer, AreaId, Domain, House, Intent, IntentKind, LearningRequest, Miss, Resolved, ScheduleChange, Slot, SlotKind,
    SlotValue, TimerChange,
};

use crate::lexicon;
use crate::texts::words::{each, singular};
use crate::trigger;
use crate::when::{self, ParsedTime, TimeContext};
use crate::words::{Word, phrase_at, words};

pub use context::Context;
pub use later::Later;
pub use spoken::{Spoken, SpokenValue};

use target::found::{Target, Wanted};
use target::{select, select_cleaner};

/// What one intent comes to, and how Home Assistant would say it.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolution {
    /// The request, a follow-up put together with what it follows.
    pub intent: Intent,
    /// What it comes to.
    pub resolved: Resolved,
    /// Areas that a request to the hub itself names.
    pub areas: Vec<AreaId>,
    /// A change to the timers, if it is about timers.
    pub timer: Option<TimerChange>,
    /// A change to what is scheduled, if it is about that.
    pub schedule: Option<ScheduleChange>,
    /// What it asks of what was learned.
    pub learning: Option<LearningRequest>,
    /// What of its steps happens later.
    pub later: Option<Later>,
    /// The intent with names as the house spells them.
    pub spoken: Spoken,
}

/// Resolves every intent of an utterance, in order.
pub fn resolve(intents: &[Intent], ctx: &Context<'_>) -> Vec<Resolution> {
    let one = |(index, intent): (usize, &Intent)| {
        let intent = nouns::joined(&warmth::of_the_weather(follow_up(intent, ctx), ctx), ctx);
        let mut resolution = resolve_one(&intent, index, ctx);
        resolution.intent = intent.clone();
        if let Some(delayed) = spoken::delayed(&intent, ctx) {
            resolution.spoken = delayed;
        }
        resolution
    };
    intents.iter().enumerate().map(one).collect()
}

/// Whether the words of an utterance name several things of a kind.
pub fn is_plural(text: &str) -> bool {
    let words = words(text);
    let is_plural_noun = |word: &Word| {
        let singular = singular(&word.text).filter(|noun| 3 < noun.len());
        singular.is_some_and(|noun| lexicon::kind_of(noun).is_some())
    };
    // Said last, such a word is an answer and counts nothing.
    let counts = |at: usize| each(|words| words.several).any(|several| phrase_at(&words, at, several).is_some());
    words.iter().any(is_plural_noun) || (0..words.len().saturating_sub(1)).any(counts)
}

/// "And the bedroom": the last request with another target.
fn follow_up(intent: &Intent, ctx: &Context<'_>) -> Intent {
    // "Not that one" alone says nothing of another.
    let is_follow_up =
        intent.kind == IntentKind::Again || (intent.kind == IntentKind::Correct && !intent.slots.is_empty());
    match ctx.last_intents.last().filter(|_| is_follow_up) {
        Some(last) => of_the_same_kind(completed(last, intent), last, intent, ctx),
        None => intent.clone(),
    }
}

/// "Close the living room blinds" – "the office too": what is meant there is of the kind of what was named.
fn of_the_same_kind(mut whole: Intent, last: &Intent, said: &Intent, ctx: &Context<'_>) -> Intent {
    let names_place_only = (said.has(Slot::Area) || said.has(Slot::Floor)) && !said.has(Slot::Name);
    if !names_place_only || !last.has(Slot::Name) || whole.has(Slot::Domain) {
        return whole;
    }
    let of_last: Vec<&house::Entity> = ctx.last.iter().filter_map(|id| ctx.house.entities.get(id)).collect();
    let Some(first) = of_last.first().filter(|first| of_last.iter().all(|other| other.domain == first.domain)) else {
        return whole;
    };
    let of = |slot: Slot, text: &str| Some((slot, SlotValue::Label(label_of(slot, text)?)));
    whole.slots.extend(of(Slot::Domain, first.domain.as_str()));
    whole.slots.extend(first.device_class.as_deref().and_then(|class| of(Slot::DeviceClass, class)));
    whole
}

/// A slot's label of that name.
fn label_of(slot: Slot, text: &str) -> Option<&'static str> {
    match slot.kind() {
        SlotKind::Label(labels) => labels.iter().copied().find(|label| *label == text),
        SlotKind::Words | SlotKind::Number | SlotKind::Duration => None,
    }
}

/// A request with what is said in answer to a question about it, or said of it anew: each such slot takes the place of
/// what it replaces.
pub fn completed(last: &Intent, said: &Intent) -> Intent {
    let intent = &of_its_kind(said, last);
    const WHERE: &[Slot] = &[Slot::Scope, Slot::Name, Slot::Area, Slot::Floor, Slot::Except];
    // A wish relative to what is gives way to a value, and a value to such a wish.
    const WISHES: &[Slot] = &[Slot::Direction, Slot::Extreme, Slot::Factor, Slot::Step];
    let names_target = intent.slots.iter().any(|(slot, _)| WHERE.contains(slot));
    let names_kind = intent.has(Slot::Domain) || intent.has(Slot::Name);
    let names_value = intent.slots.iter().any(|(slot, _)| NUMBERS.contains(slot));
    let wishes = intent.slots.iter().any(|(slot, _)| WISHES.contains(slot));
    let keep = |slot: Slot| {
        let replaced = intent.has(slot)
            || (names_value && WISHES.contains(&slot))
            || (wishes && (NUMBERS.contains(&slot) || WISHES.contains(&slot)))
            || (names_target && WHERE.contains(&slot))
            || (names_kind && matches!(slot, Slot::Domain | Slot::DeviceClass));
        !replaced
    };
    let kept = last.slots.iter().filter(|(slot, _)| keep(*slot)).cloned();
    let own = intent.slots.iter().filter(|(slot, _)| *slot != Slot::Say).map(|(slot, value)| match (slot, value) {
        (Slot::When, SlotValue::Text(said)) => (*slot, SlotValue::Text(retimed(last.text(Slot::When), said))),
        _ => (*slot, value.clone()),
    });
    Intent { kind: last.kind, slots: kept.chain(own).collect() }
}

/// "In half an hour" – "make it ten minutes" is in ten minutes: a bare length of time takes the place of the one
/// before it. "For seven" – "in the morning" is seven in the morning.
fn retimed(last: Option<&str>, said: &str) -> String {
    let is_part_of = |last: &&str| when::tells_part_of(&crate::words::words(said), &crate::words::words(last));
    if let Some(last) = last.filter(is_part_of) {
        return format!("{last} {said}");
    }
    let one_length = |text: &str| -> Option<(usize, usize, bool)> {
        let words = crate::words::words(text);
        let [only] = crate::numbers::lengths(&words).try_into().ok()?;
        let only: crate::numbers::Length = only;
        let is_all = only.first == 0 && only.last + 1 == words.len();
        Some((words.get(only.first)?.start, words.get(only.last)?.end, is_all))
    };
    match (last.and_then(|last| Some((last, one_length(last)?))), one_length(said)) {
        (Some((last, (start, end, false))), Some((_, _, true))) => {
            let (before, after) = (last.get(..start).unwrap_or_default(), last.get(end..).unwrap_or_default());
            format!("{before}{said}{after}")
        }
        _ => said.to_owned(),
    }
}

/// Slots that hold the one number a request sets.
const NUMBERS: &[Slot] =
    &[Slot::Brightness, Slot::Temperature, Slot::Position, Slot::Percentage, Slot::VolumeLevel, Slot::Humidity];

/// "No, 40" after a lamp was dimmed is its brightness, whatever number it was taken for.
fn of_its_kind(intent: &Intent, last: &Intent) -> Intent {
    let own = match last.kind {
        IntentKind::LightSet if last.has(Slot::Temperature) => Slot::Temperature,
        IntentKind::LightSet => Slot::Brightness,
        IntentKind::SetPosition => Slot::Position,
        IntentKind::ClimateSetTemperature => Slot::Temperature,
        IntentKind::FanSetSpeed => Slot::Percentage,
        IntentKind::SetVolume => Slot::VolumeLevel,
        IntentKind::HumidifierSetpoint => Slot::Humidity,
        _ => return intent.clone(),
    };
    let slots = intent
        .slots
        .iter()
        .map(|(slot, value)| (if NUMBERS.contains(slot) { own } else { *slot }, value.clone()))
        .collect();
    Intent { kind: intent.kind, slots }
}

fn resolve_one(intent: &Intent, index: usize, ctx: &Context<'_>) -> Resolution {
    let condition = intent.text(Slot::If).filter(|_| intent.kind != IntentKind::Dont);
    if let Some((condition, is_so)) =
        condition.and_then(|said| Some((said, trigger::is_so(said, ctx.house, ctx.around)?)))
    {
        if !is_so {
            return Resolution::new(Resolved::Answer(Answer::Unmet(condition.to_owned())), spoken::plain(intent));
        }
        let slots = intent.slots.iter().filter(|(slot, _)| *slot != Slot::If).cloned().collect();
        return resolve_one(&Intent { kind: intent.kind, slots }, index, ctx);
    }
    if leaves_out(intent) {
        let miss = Resolved::Miss(Miss::NotSupported(intent.kind));
        return Resolution::new(miss, spoken::plain(intent));
    }
    if let Some((change, spoken)) = timer::change(intent, ctx) {
        return match change {
            Ok(change) => Resolution { timer: Some(change.clone()), ..Resolution::new(timer::answer(&change), spoken) },
            Err(stop) => Resolution::new(stop.into(), spoken),
        };
    }
    if let Some((change, spoken)) = later::change(intent, ctx) {
        return match change {
            Ok(change) => {
                Resolution { schedule: Some(change.clone()), ..Resolution::new(later::resolved(&change), spoken) }
            }
            Err(stop) => Resolution::new(stop.into(), spoken),
        };
    }
    if let Some((request, spoken)) = learned::request(intent, ctx) {
        return match request {
            Ok(request) => {
                Resolution { learning: Some(request.clone()), ..Resolution::new(learned::answer(&request), spoken) }
            }
            Err(stop) => Resolution::new(stop.into(), spoken),
        };
    }
    let names_something = intent.slots.iter().any(|(slot, _)| *slot != Slot::State);
    let is_cause = intent.kind == IntentKind::Explain && names_something;
    if is_to_the_hub(intent.kind) && !is_cause {
        return to_the_hub(intent, ctx);
    }
    if let Some((resolved, spoken)) = query::answer(intent, ctx) {
        return Resolution::new(resolved, spoken);
    }
    let (resolved, spoken) = on_entities(intent, index, ctx);
    let later = match &resolved {
        Resolved::Act(steps) => later::later(intent, steps, ctx),
        Resolved::Answer(_) | Resolved::Ask(_) | Resolved::Miss(_) | Resolved::NotForHouse => Ok(None),
    };
    match later {
        Ok(later) => Resolution { later, ..Resolution::new(resolved, spoken) },
        Err(stop) => Resolution::new(stop.into(), spoken),
    }
}

/// Whether something was said that can't be kept to: doing the rest would be doing something else.
fn leaves_out(intent: &Intent) -> bool {
    use IntentKind as I;
    let places_in_line = matches!(intent.label(Slot::Scope), Some("first" | "second" | "third" | "last"));
    let is_told_later = intent.has(Slot::When) || intent.has(Slot::If);
    match intent.kind {
        I::Dont | I::Answer | I::NotForHouse | I::Unclear => false,
        I::Broadcast => is_told_later,
        _ => intent.has(Slot::If) || intent.has(Slot::Transition) || places_in_line,
    }
}

/// Requests about the conversation itself or to everyone in the house; no entity is touched by them alone.
fn is_to_the_hub(kind: IntentKind) -> bool {
    use IntentKind as I;
    matches!(
        kind,
        I::Undo
            | I::Again
            | I::Correct
            | I::Repeat
            | I::Explain
            | I::Broadcast
            | I::SceneCreate
            | I::TeachPhrase
            | I::RoutineCreate
    )
}

fn to_the_hub(intent: &Intent, ctx: &Context<'_>) -> Resolution {
    let spoken = spoken::unresolved(intent, ctx);
    match target::areas_of(intent, ctx) {
        // Why the last thing was done, whatever it was.
        Ok(_) if intent.kind == IntentKind::Explain => {
            Resolution::new(Resolved::Answer(Answer::Causes(Vec::new())), spoken)
        }
        Ok(_)
            if intent.kind == IntentKind::RoutineCreate
                && routine_occasion(intent, ctx.house, ctx.around).is_none() =>
        {
            Resolution::new(Resolved::Miss(Miss::NoCondition), spoken)
        }
        Ok(areas) => Resolution { areas, ..Resolution::new(Resolved::Act(Vec::new()), spoken) },
        Err(stop) => Resolution::new(stop.into(), spoken),
    }
}

/// When a routine is to act: by its condition, or by the clock. `None` if that can't be read.
pub fn routine_occasion(intent: &Intent, house: &House, around: &TimeContext) -> Option<trigger::Occasion> {
    match (intent.text(Slot::Phrase), intent.text(Slot::When)) {
        (Some(phrase), _) => trigger::read(phrase, house),
        (None, Some(words)) => match when::read(words, around) {
            Ok(ParsedTime::At(timing)) => Some((timing, Vec::new())),
            Ok(ParsedTime::Until(_)) | Err(_) => None,
        },
        (None, None) => None,
    }
}

impl Resolution {
    fn new(resolved: Resolved, spoken: Spoken) -> Self {
        Self {
            intent: Intent::new(IntentKind::Unclear),
            resolved,
            areas: Vec::new(),
            timer: None,
            schedule: None,
            learning: None,
            later: None,
            spoken,
        }
    }
}

fn on_entities(intent: &Intent, index: usize, ctx: &Context<'_>) -> (Resolved, Spoken) {
    let Some(wanted) = wanted(intent) else {
        return (Resolved::Miss(Miss::NotSupported(intent.kind)), spoken::plain(intent));
    };
    let is_cleaning = matches!(intent.kind, IntentKind::VacuumCleanArea | IntentKind::VacuumStart)
        && intent.label(Slot::Scope) != Some("it");
    let selected = if is_cleaning { select_cleaner(intent, wanted, ctx) } else { select(intent, wanted, ctx) };
    let target = match selected {
        Ok(target) => target,
        Err(stop) => return (stop.into(), spoken::unresolved(intent, ctx)),
    };
    let said = spoken::of(intent, &target, ctx);
    match act::steps(intent, index, &target, ctx) {
        Ok(steps) if steps.is_empty() => (Resolved::Miss(unable(intent, &target)), said),
        Ok(steps) => (Resolved::Act(steps), said),
        Err(stop) => (stop.into(), said),
    }
}

fn unable(intent: &Intent, target: &Target<'_>) -> Miss {
    let name = target.entities.first().map_or_else(String::new, |entity| entity.name.clone());
    Miss::Unable { name, intent: intent.kind }
}

/// Which kinds of entity an acting intent can be about.
fn wanted(intent: &Intent) -> Option<Wanted> {
    use Domain as D;
    use IntentKind as I;
    const MEDIA: &[Domain] = &[D::MediaPlayer];
    let (domains, default): (&[Domain], Option<Domain>) = match intent.kind {
        I::TurnOn | I::TurnOff | I::Toggle => (
            SWITCHABLE,
            (intent.has(Slot::Area) || intent.has(Slot::Floor))
                .then_some(D::Light)
                .filter(|_| intent.label(Slot::Scope) != Some("all")),
        ),
        I::StopMoving => (&[D::Cover, D::Valve, D::Vacuum, D::LawnMower], Some(D::Cover)),
        I::LightSet => (&[D::Light], Some(D::Light)),
        I::SetPosition => (&[D::Cover, D::Valve], Some(D::Cover)),
        I::ClimateSetTemperature | I::ClimateSetMode => (&[D::Climate, D::WaterHeater], Some(D::Climate)),
        I::FanSetSpeed => (&[D::Fan], Some(D::Fan)),
        I::HumidifierSetpoint => (&[D::Humidifier], Some(D::Humidifier)),
        I::MediaSearchAndPlay | I::MediaPause | I::MediaUnpause | I::MediaNext | I::MediaPrevious => {
            (MEDIA, Some(D::MediaPlayer))
        }
        I::MediaPlayerMute | I::MediaPlayerUnmute | I::SetVolume | I::SetVolumeRelative => {
            (MEDIA, Some(D::MediaPlayer))
        }
        I::VacuumStart | I::VacuumCleanArea | I::VacuumReturnToBase | I::VacuumPause | I::VacuumLocate => {
            (&[D::Vacuum], Some(D::Vacuum))
        }
        I::LawnMowerStartMowing | I::LawnMowerDock => (&[D::LawnMower], Some(D::LawnMower)),
        I::AlarmArm | I::AlarmDisarm => (&[D::AlarmControlPanel], Some(D::AlarmControlPanel)),
        I::ShoppingListAddItem
        | I::ShoppingListCompleteItem
        | I::ListAddItem
        | I::ListCompleteItem
        | I::ListRemoveItem => (&[D::Todo], Some(D::Todo)),
        _ => return None,
    };
    Some(Wanted { domains, default })
}

const SWITCHABLE: &[Domain] = &[
    Domain::Light,
    Domain::Switch,
    Domain::Fan,
    Domain::Cover,
    Domain::Lock,
    Domain::Climate,
    Domain::MediaPlayer,
    Domain::Scene,
    Domain::Script,
    Domain::Valve,
    Domain::Vacuum,
    Domain::LawnMower,
    Domain::Button,
    Domain::InputBoolean,
    Domain::Humidifier,
    Domain::WaterHeater,
    Domain::Siren,
    Domain::AlarmControlPanel,
    Domain::Automation,
];
