//! An intent in Home Assistant's words: its intent and slot names, with names as the house spells them.

use house::{Area, Domain, Intent, IntentKind, Slot, SlotValue};

use crate::lexicon;
use crate::names::areas;
use crate::numbers::{Length, lengths};
use crate::words::{key, words};

use super::context::Context;
use super::target::found::Target;
use crate::language::guess;
use crate::texts;
use crate::texts::words::{each, has, stands_in};

/// An intent as interfaces show it.
#[derive(Clone, Debug, PartialEq)]
pub struct Spoken {
    /// Home Assistant's name, or Hearth's own beginning with `Hearth`.
    pub intent: String,
    /// Slots in a fixed order.
    pub slots: Vec<(&'static str, SpokenValue)>,
    /// When it shall happen, in the words that were said.
    pub when: Option<String>,
}

/// A slot's value as interfaces show it.
#[derive(Clone, Debug, PartialEq)]
pub enum SpokenValue {
    /// Text.
    Text(String),
    /// A number.
    Number(f64),
    /// Several texts.
    List(Vec<String>),
}

/// An intent whose target is known.
pub(super) fn of(intent: &Intent, target: &Target<'_>, ctx: &Context<'_>) -> Spoken {
    let mut out = base(intent);
    let is_list = matches!(intent.kind, IntentKind::ShoppingListAddItem | IntentKind::ShoppingListCompleteItem);
    if !is_list {
        push_list(&mut out, "name", target.names.clone());
    }
    let of_its_room = room_and_kind(target, ctx);
    let areas = target
        .areas
        .iter()
        .filter_map(|id| ctx.house.areas.get(id))
        .chain(of_its_room)
        .map(|area| area.name.clone())
        .collect();
    push_list(&mut out, "area", areas);
    let floors =
        target.floors.iter().filter_map(|id| ctx.house.floors.get(id)).map(|floor| floor.name.clone()).collect();
    push_list(&mut out, "floor", floors);
    let domain = match (of_its_room, target.entities.first()) {
        (Some(_), Some(entity)) => Some(entity.domain).filter(|_| is_generic(intent.kind)),
        _ => target.domain.filter(|_| says_kind(intent, target)),
    };
    if let Some(domain) = domain {
        out.slots.push(("domain", SpokenValue::Text(domain.as_str().to_owned())));
    }
    if let Some(class) = target.class.filter(|_| says_kind(intent, target)) {
        out.slots.push(("device_class", SpokenValue::Text(class.to_owned())));
    }
    if let Some(state) = intent.label(Slot::State).filter(|_| intent.kind == IntentKind::GetState) {
        let state = state_word(state, target);
        let own = texts::of(guess(ctx.said)).words().home_assistant_states;
        let own = own.iter().find(|(word, _)| *word == state && target.names.is_empty());
        let state = own.map_or(state, |(_, own)| own);
        out.slots.push(("state", SpokenValue::Text(state.to_owned())));
    }
    values(&mut out, intent);
    out
}

/// The area of a lamp that is called by its room and its kind ("Kitchen Light"): who says that may mean either.
fn room_and_kind<'a>(target: &Target<'a>, ctx: &Context<'a>) -> Option<&'a Area> {
    let ([entity], [_], []) = (target.entities.as_slice(), target.names.as_slice(), target.areas.as_slice()) else {
        return None;
    };
    let area = ctx.house.areas.get(entity.area.as_ref()?)?;
    let (own, room) = (key(&entity.name), key(&area.name));
    let kind = own.strip_prefix(&room)?.trim();
    lexicon::kind_of(kind).is_some_and(|(domain, _)| domain == entity.domain).then_some(area)
}

/// An intent about one named thing.
pub(super) fn named(intent: &Intent, name: &str) -> Spoken {
    let mut out = base(intent);
    out.slots.push(("name", SpokenValue::Text(name.to_owned())));
    values(&mut out, intent);
    out
}

/// An intent without a target.
pub(super) fn plain(intent: &Intent) -> Spoken {
    let mut out = base(intent);
    push_list(&mut out, "name", intent.texts(Slot::Name).map(str::to_owned).collect());
    values(&mut out, intent);
    out
}

/// An intent whose target is not known: names as they were said, places as the house spells them where it has them.
pub(super) fn unresolved(intent: &Intent, ctx: &Context<'_>) -> Spoken {
    let mut out = base(intent);
    push_list(&mut out, "name", intent.texts(Slot::Name).map(str::to_owned).collect());
    let areas = intent.texts(Slot::Area).map(|said| {
        let known = areas::areas_named(said, ctx.house)
            .and_then(|ids| ctx.house.areas.get(ids.first()?).map(|area| area.name.clone()));
        known.unwrap_or_else(|| said.to_owned())
    });
    push_list(&mut out, "area", areas.collect());
    push_list(&mut out, "floor", intent.texts(Slot::Floor).map(str::to_owned).collect());
    let says_kind = is_generic(intent.kind);
    for slot in [Slot::Domain, Slot::DeviceClass, Slot::State] {
        if let Some(label) = intent.label(slot).filter(|_| says_kind) {
            out.slots.push((slot.as_str(), SpokenValue::Text(label.to_owned())));
        }
    }
    values(&mut out, intent);
    out
}

/// "In ten minutes turn off the lights" is a timer with a command to Home Assistant.
pub(super) fn delayed(intent: &Intent, ctx: &Context<'_>) -> Option<Spoken> {
    let when = intent
        .text(Slot::When)
        .filter(|_| intent.kind != IntentKind::SetReminder && intent.kind != IntentKind::SetAlarm)?;
    let words = words(when);
    let [only] = lengths(&words).try_into().ok()?;
    let only: Length = only;
    let is_whole = words
        .iter()
        .enumerate()
        .all(|(at, word)| (only.first..=only.last).contains(&at) || has(|words| words.delays, &word.text));
    if !is_whole {
        return None;
    }
    let command = ctx.said.replacen(when, " ", 1);
    let command = command.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut command = command.trim_matches([',', '.', '，', '。', '、', ' ', '!', '！']);
    // "After" is said once: what follows it may begin with the same word ("后院").
    let ends_a_delay = |word: &str| each(|words| words.delay_ends).any(|end| word.ends_with(end));
    let is_after_said = stands_in(|words| words.delay_ends, when);
    let before = || each(|words| words.before_commands).filter(|word| !is_after_said || !ends_a_delay(word));
    while let Some(rest) = before()
        .find_map(|word| command.strip_prefix(word))
        .or_else(|| each(|words| words.after_commands).find_map(|word| command.strip_suffix(word)))
    {
        command = rest.trim_matches([',', '，', ' ']);
    }
    let command = command.to_owned();
    if command.is_empty() {
        return None;
    }
    let mut out =
        Spoken { intent: IntentKind::StartTimer.as_str().to_owned(), slots: Vec::new(), when: Some(when.to_owned()) };
    let value = SlotValue::Length { hours: only.hours, minutes: only.minutes, seconds: only.seconds };
    length(&mut out, Some(&value), ["hours", "minutes", "seconds"]);
    out.slots.push(("conversation_command", SpokenValue::Text(command)));
    Some(out)
}

/// The slots of a length of time, under Home Assistant's names with a prefix (`start_hours`).
pub(super) fn length(out: &mut Spoken, value: Option<&SlotValue>, names: [&'static str; 3]) {
    let Some(SlotValue::Length { hours, minutes, seconds }) = value else { return };
    for (name, count) in names.into_iter().zip([*hours, *minutes, *seconds]) {
        if 0 < count {
            out.slots.push((name, SpokenValue::Number(count as f64)));
        }
    }
}

fn base(intent: &Intent) -> Spoken {
    // Home Assistant cleans areas by name; a floor is cleaned by starting the vacuum there.
    let kind = match intent.kind {
        IntentKind::VacuumCleanArea if !intent.has(Slot::Area) && intent.label(Slot::Scope) != Some("here") => {
            IntentKind::VacuumStart
        }
        // Home Assistant has one intent for every question to the assistant itself.
        IntentKind::Help => IntentKind::Respond,
        kind => kind,
    };
    Spoken { intent: kind.as_str().to_owned(), slots: Vec::new(), when: intent.text(Slot::When).map(str::to_owned) }
}

/// Home Assistant's intents about one domain leave the domain out, except where it tells kinds apart.
fn says_kind(intent: &Intent, target: &Target<'_>) -> bool {
    is_generic(intent.kind) && target.names.is_empty()
}

fn is_generic(kind: IntentKind) -> bool {
    matches!(
        kind,
        IntentKind::TurnOn
            | IntentKind::TurnOff
            | IntentKind::Toggle
            | IntentKind::GetState
            | IntentKind::LightSet
            | IntentKind::SetPosition
            | IntentKind::StopMoving
    )
}

fn state_word(state: &'static str, target: &Target<'_>) -> &'static str {
    let is_sensor = target.entities.first().is_some_and(|entity| entity.domain == Domain::BinarySensor)
        && target.domain != Some(Domain::Cover);
    match state {
        "open" | "unlocked" | "triggered" if is_sensor => "on",
        "closed" | "locked" if is_sensor => "off",
        other => other,
    }
}

fn values(out: &mut Spoken, intent: &Intent) {
    let extreme =
        |max: f64, min: f64| intent.label(Slot::Extreme).map(|extreme| if extreme == "max" { max } else { min });
    let mut number = |name: &'static str, value: Option<f64>| {
        if let Some(value) = value {
            out.slots.push((name, SpokenValue::Number(value)));
        }
    };
    match intent.kind {
        IntentKind::LightSet => {
            number("brightness", intent.number(Slot::Brightness).or(extreme(100.0, 1.0)));
            number("temperature", intent.number(Slot::Temperature));
        }
        IntentKind::SetPosition => number("position", intent.number(Slot::Position).or(extreme(100.0, 0.0))),
        IntentKind::ClimateSetTemperature => number("temperature", intent.number(Slot::Temperature)),
        IntentKind::FanSetSpeed => number("percentage", intent.number(Slot::Percentage).or(extreme(100.0, 1.0))),
        IntentKind::SetVolume => number("volume_level", intent.number(Slot::VolumeLevel).or(extreme(100.0, 0.0))),
        IntentKind::SetVolumeRelative => {
            let sign = if intent.label(Slot::Direction) == Some("down") { -1.0 } else { 1.0 };
            match intent.number(Slot::Step) {
                Some(step) => number("volume_step", Some(step.abs() * sign)),
                None => out
                    .slots
                    .push(("volume_step", SpokenValue::Text(intent.label(Slot::Direction).unwrap_or("up").to_owned()))),
            }
        }
        _ => {}
    }
    match intent.text(Slot::Color).and_then(lexicon::color) {
        Some((name, house::Action::SetLight { color_temp_k: Some(kelvin), .. })) if name != "white" => {
            out.slots.push(("temperature", SpokenValue::Number(f64::from(kelvin))));
        }
        Some((name, _)) => out.slots.push(("color", SpokenValue::Text(name.to_owned()))),
        None => {}
    }
    for (slot, name) in [
        (Slot::Item, "item"),
        (Slot::Message, "message"),
        (Slot::SearchQuery, "search_query"),
        (Slot::Phrase, "phrase"),
    ] {
        push_list(out, name, intent.texts(slot).map(str::to_owned).collect());
    }
    for (slot, name) in [(Slot::MediaClass, "media_class"), (Slot::Mode, "hvac_mode"), (Slot::Arm, "mode")] {
        if let Some(label) = intent.label(slot) {
            out.slots.push((name, SpokenValue::Text(label.to_owned())));
        }
    }
}

fn push_list(out: &mut Spoken, name: &'static str, mut texts: Vec<String>) {
    match texts.len() {
        0 => {}
        1 => out.slots.extend(texts.pop().map(|text| (name, SpokenValue::Text(text)))),
        _ => out.slots.push((name, SpokenValue::List(texts))),
    }
}
