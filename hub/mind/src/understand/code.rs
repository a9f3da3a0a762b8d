//! The intent code: what the model writes. Tokens, grammar, automaton, printer and parser from one table.
//!
//! A request is an intent token followed by slots in the order of [`Slot::ALL`]. A label slot is one
//! token (`domain=light`); a word slot is its token, the index of its first word and the index of its
//! last; a number or duration slot is its token and the index of the first word of the number. Several
//! requests are joined by `and`. So the model can neither spell a word nor invent a number.

use house::{IntentKind, Slot, SlotKind};

use super::hub_turn::{BEFORE, HubTurn};
use crate::words::MAX_WORDS;

/// The version of this code; a model trained for another one is refused.
pub const DIALECT: u32 = 3;
/// The most requests in one utterance.
pub const MAX_INTENTS: usize = 8;
/// The most tokens of a code.
pub const MAX_TOKENS: usize = 64;

/// One request as the model writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeIntent {
    /// What is asked.
    pub kind: IntentKind,
    /// With what.
    pub slots: Vec<(Slot, CodeValue)>,
}

/// A slot's value as the model writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeValue {
    /// One of the slot's labels.
    Label(&'static str),
    /// Words from the first to the last, both counted from 0 and both included.
    Span(usize, usize),
    /// The number or duration that begins at this word.
    At(usize),
}

/// Why a code can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// A token stands where it can't stand.
    #[error("token `{token}` at position {at} can't stand there")]
    Unexpected {
        /// The token.
        token: String,
        /// Its position.
        at: usize,
    },
    /// The code stops in the middle of a slot.
    #[error("the code ends inside a slot")]
    Truncated,
    /// An index is beyond the utterance or a span runs backwards.
    #[error("span {first}..{last} is not within the {words} words of the utterance")]
    Span {
        /// First word.
        first: usize,
        /// Last word.
        last: usize,
        /// How many words there are.
        words: usize,
    },
    /// Too many requests or tokens.
    #[error("the code is too long")]
    TooLong,
}

/// Every special token of the dialect, in the order of their ids.
pub fn tokens() -> Vec<String> {
    let mut out: Vec<String> = ["begin", "end", "code", BEFORE].map(str::to_owned).to_vec();
    out.extend((0..MAX_WORDS).map(|index| index.to_string()));
    out.push("and".to_owned());
    out.extend(MARKS.iter().map(|mark| format!("m:{mark}")));
    out.extend(HubTurn::tokens().map(str::to_owned));
    out.extend(IntentKind::ALL.iter().map(|kind| kind.as_str().to_owned()));
    for &slot in Slot::ALL {
        match slot.kind() {
            SlotKind::Label(labels) => out.extend(labels.iter().map(|label| label_token(slot, label))),
            SlotKind::Words | SlotKind::Number | SlotKind::Duration => out.push(slot.as_str().to_owned()),
        }
    }
    out
}

/// What can be marked in the input: areas, floors, timers, and entities by domain.
pub const MARKS: &[&str] = &[
    "area",
    "floor",
    "timer",
    "light",
    "switch",
    "climate",
    "cover",
    "lock",
    "alarm_control_panel",
    "fan",
    "media_player",
    "vacuum",
    "lawn_mower",
    "valve",
    "sensor",
    "binary_sensor",
    "scene",
    "script",
    "todo",
    "weather",
    "person",
    "button",
    "input_boolean",
    "humidifier",
    "water_heater",
    "siren",
    "other",
];

/// The slots an intent may have. `Scope`, `Name`, `Area`, `Floor`, `Except`, `Domain` and `DeviceClass` say
/// which entities; `When` and `For` say when.
#[expect(clippy::too_many_lines, reason = "one table, an intent a line")]
pub fn slots_of(kind: IntentKind) -> Vec<Slot> {
    use IntentKind as I;
    use Slot as S;
    const TARGET: &[Slot] = &[S::Scope, S::Domain, S::DeviceClass, S::Name, S::Area, S::Floor, S::Except];
    const TIME: &[Slot] = &[S::When, S::For, S::Until, S::If];
    const SLOWLY: &[Slot] = &[S::Transition];
    const STEPS: &[Slot] = &[S::Direction, S::Extreme, S::Factor, S::Step];
    const TIMER: &[Slot] = &[S::Scope, S::Extreme, S::Name, S::Area, S::StartDuration];
    const LIST: &[Slot] = &[S::Scope, S::Name, S::Item];
    // What may be changed in an earlier request, or given in answer to a question about it.
    const VALUES: &[Slot] = &[
        S::Direction,
        S::Extreme,
        S::Factor,
        S::Step,
        S::Brightness,
        S::Color,
        S::Temperature,
        S::Position,
        S::Percentage,
        S::VolumeLevel,
        S::Humidity,
        S::Mode,
        S::Arm,
        S::SearchQuery,
        S::Item,
        S::Message,
        S::Phrase,
        S::Duration,
    ];
    let parts: &[&[Slot]] = match kind {
        I::TurnOn | I::TurnOff | I::Toggle => &[TARGET, TIME, SLOWLY],
        I::StopMoving => &[TARGET, TIME],
        I::GetState => &[TARGET, &[S::Ask, S::State, S::Attribute, S::Extreme]],
        I::LightSet => &[TARGET, TIME, SLOWLY, STEPS, &[S::Brightness, S::Color, S::Temperature]],
        I::SetPosition => &[TARGET, TIME, SLOWLY, STEPS, &[S::Position]],
        I::ClimateSetTemperature => &[TARGET, TIME, SLOWLY, STEPS, &[S::Temperature]],
        I::ClimateGetTemperature => &[TARGET, &[S::Ask, S::Extreme]],
        I::ClimateSetMode => &[TARGET, TIME, &[S::Mode]],
        I::FanSetSpeed => &[TARGET, TIME, SLOWLY, STEPS, &[S::Percentage]],
        I::HumidifierSetpoint => &[TARGET, TIME, STEPS, &[S::Humidity]],
        I::MediaSearchAndPlay => &[TARGET, TIME, SLOWLY, &[S::MediaClass, S::SearchQuery]],
        I::MediaPause | I::MediaUnpause | I::MediaNext | I::MediaPrevious => &[TARGET, TIME],
        I::MediaPlayerMute | I::MediaPlayerUnmute => &[TARGET, TIME],
        I::SetVolume => &[TARGET, TIME, SLOWLY, &[S::Extreme, S::Factor, S::VolumeLevel]],
        I::SetVolumeRelative => &[TARGET, TIME, SLOWLY, &[S::Direction, S::Step]],
        I::VacuumStart | I::VacuumCleanArea | I::VacuumReturnToBase | I::VacuumPause => &[TARGET, TIME],
        I::VacuumLocate | I::LawnMowerStartMowing | I::LawnMowerDock => &[TARGET, TIME],
        I::AlarmArm => &[TARGET, TIME, &[S::Arm]],
        I::AlarmDisarm => &[TARGET, TIME],
        I::ShoppingListAddItem | I::ShoppingListCompleteItem => &[&[S::Scope, S::Item]],
        I::ListAddItem | I::ListCompleteItem | I::ListRemoveItem => &[LIST, &[S::If]],
        I::ListQuery => &[LIST, &[S::Ask]],
        I::StartTimer => &[&[S::Name, S::Area, S::Duration]],
        I::CancelTimer | I::PauseTimer | I::UnpauseTimer => &[TIMER],
        I::TimerStatus => &[TIMER, &[S::Ask]],
        I::CancelAllTimers => &[&[S::Area, S::Scope]],
        I::IncreaseTimer | I::DecreaseTimer => &[TIMER, &[S::Duration]],
        I::SetAlarm => &[&[S::Name, S::When, S::Duration]],
        I::CancelAlarm | I::AlarmQuery => &[&[S::Ask, S::Scope, S::Name, S::When]],
        I::Snooze => &[&[S::Duration]],
        I::SetReminder => &[&[S::Scope, S::Message, S::When]],
        I::ScheduleQuery | I::CancelSchedule => &[&[S::Ask, S::Scope, S::Domain, S::Name, S::When]],
        I::GetWeather => &[&[S::Name, S::Area, S::When]],
        I::GetCurrentTime | I::GetCurrentDate => &[&[S::Name]],
        I::Broadcast => &[&[S::Scope, S::Message, S::Area, S::Floor, S::When, S::If]],
        I::Undo | I::Repeat | I::Nevermind | I::Respond | I::Help => &[],
        I::Again => &[TARGET, TIME, SLOWLY, VALUES, &[S::Ask, S::Attribute]],
        I::Correct => &[TARGET, TIME, SLOWLY, VALUES],
        I::Dont => &[TARGET, TIME],
        I::Answer => &[TARGET, VALUES, &[S::Say, S::When, S::Pin]],
        I::Explain => &[TARGET, &[S::Ask, S::State]],
        I::HabitQuery | I::HabitForget | I::HabitIgnore => &[TARGET],
        I::SuggestionQuery => &[],
        I::TeachPhrase => &[&[S::Phrase, S::Message, S::Name]],
        I::RoutineCreate => &[&[S::Phrase, S::Message, S::When]],
        I::SceneCreate => &[&[S::Name, S::Area]],
        I::NotForHouse | I::Unclear => &[],
    };
    let wanted: Vec<Slot> = parts.iter().flat_map(|part| part.iter().copied()).collect();
    Slot::ALL.iter().copied().filter(|slot| wanted.contains(slot)).collect()
}

/// Prints requests as token names; slots come out in canonical order.
pub fn print(intents: &[CodeIntent]) -> Vec<String> {
    let mut out = Vec::new();
    for (index, intent) in intents.iter().enumerate() {
        if 0 < index {
            out.push("and".to_owned());
        }
        out.push(intent.kind.as_str().to_owned());
        let mut slots = intent.slots.clone();
        slots.sort_by_key(|(slot, _)| *slot);
        for (slot, value) in slots {
            match value {
                CodeValue::Label(label) => out.push(label_token(slot, label)),
                CodeValue::Span(first, last) => {
                    out.extend([slot.as_str().to_owned(), first.to_string(), last.to_string()]);
                }
                CodeValue::At(at) => out.extend([slot.as_str().to_owned(), at.to_string()]),
            }
        }
    }
    out
}

/// Reads token names (without `end`) for an utterance of so many words.
///
/// # Errors
/// What the first token is that fits nowhere. No tokens make it panic.
pub fn parse(code: &[String], word_count: usize) -> Result<Vec<CodeIntent>, CodeError> {
    if MAX_TOKENS < code.len() {
        return Err(CodeError::TooLong);
    }
    let mut out: Vec<CodeIntent> = Vec::new();
    let mut reader = Reader { code, at: 0, word_count };
    loop {
        let kind = reader.intent()?;
        let mut intent = CodeIntent { kind, slots: Vec::new() };
        while let Some(slot) = reader.slot(kind)? {
            intent.slots.push(slot);
        }
        out.push(intent);
        if MAX_INTENTS < out.len() {
            return Err(CodeError::TooLong);
        }
        if !reader.and()? {
            return Ok(out);
        }
    }
}

/// A deterministic automaton over token names, as the engine walks it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Automaton {
    /// Named sets of labels; `words`, `numbers` and `durations` depend on the utterance and are given apart.
    pub sets: Vec<(String, Vec<String>)>,
    /// States; the first is where a code begins.
    pub states: Vec<AutomatonState>,
}

/// A state of the automaton.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AutomatonState {
    /// Label sets by name, with the state each leads to.
    pub edges: Vec<(String, usize)>,
    /// Whether a code may end here.
    pub accept: bool,
}

/// The automaton of all well-formed codes.
pub fn automaton() -> Automaton {
    let mut sets: Vec<(String, Vec<String>)> = vec![("and".into(), vec!["and".into()])];
    let mut states = vec![AutomatonState::default()];
    for &kind in IntentKind::ALL {
        let own = states.len();
        let (first, last, number, duration) = (own + 1, own + 2, own + 3, own + 4);
        sets.push((kind.as_str().to_owned(), vec![kind.as_str().to_owned()]));
        if let Some(start) = states.first_mut() {
            start.edges.push((kind.as_str().to_owned(), own));
        }
        let (mut labels, mut spans, mut numbers, mut durations) = (vec![], vec![], vec![], vec![]);
        for slot in slots_of(kind) {
            match slot.kind() {
                SlotKind::Label(all) => labels.extend(all.iter().map(|label| label_token(slot, label))),
                SlotKind::Words => spans.push(slot.as_str().to_owned()),
                SlotKind::Number => numbers.push(slot.as_str().to_owned()),
                SlotKind::Duration => durations.push(slot.as_str().to_owned()),
            }
        }
        let mut edges = vec![("and".to_owned(), 0)];
        for (suffix, tokens, to) in [
            ("labels", labels, own),
            ("spans", spans, first),
            ("numbers", numbers, number),
            ("durations", durations, duration),
        ] {
            if !tokens.is_empty() {
                let name = format!("{}:{suffix}", kind.as_str());
                sets.push((name.clone(), tokens));
                edges.push((name, to));
            }
        }
        let to = |set: &str, next| AutomatonState { edges: vec![(set.to_owned(), next)], accept: false };
        states.extend([
            AutomatonState { edges, accept: true },
            to("words", last),
            to("words", own),
            to("numbers", own),
            to("durations", own),
        ]);
    }
    Automaton { sets, states }
}

struct Reader<'a> {
    code: &'a [String],
    at: usize,
    word_count: usize,
}

impl Reader<'_> {
    fn take(&mut self) -> Result<&str, CodeError> {
        let token = self.code.get(self.at).ok_or(CodeError::Truncated)?;
        self.at += 1;
        Ok(token)
    }

    fn unexpected(&self) -> CodeError {
        let at = self.at.saturating_sub(1);
        CodeError::Unexpected { token: self.code.get(at).cloned().unwrap_or_default(), at }
    }

    fn intent(&mut self) -> Result<IntentKind, CodeError> {
        let kind = IntentKind::parse(self.take()?);
        kind.ok_or_else(|| self.unexpected())
    }

    fn index(&mut self) -> Result<usize, CodeError> {
        let index = self.take()?.parse::<usize>().ok();
        let index = index.ok_or_else(|| self.unexpected())?;
        match index < self.word_count {
            true => Ok(index),
            false => Err(CodeError::Span { first: index, last: index, words: self.word_count }),
        }
    }

    fn slot(&mut self, kind: IntentKind) -> Result<Option<(Slot, CodeValue)>, CodeError> {
        let Some(token) = self.code.get(self.at) else { return Ok(None) };
        if token == "and" {
            return Ok(None);
        }
        self.at += 1;
        let (name, label) = token.split_once('=').map_or((token.as_str(), None), |(name, label)| (name, Some(label)));
        let slot = Slot::parse(name).filter(|slot| slots_of(kind).contains(slot)).ok_or_else(|| self.unexpected())?;
        let value = match (slot.kind(), label) {
            (SlotKind::Label(labels), Some(label)) => {
                let known = labels.iter().find(|known| **known == label).ok_or_else(|| self.unexpected())?;
                CodeValue::Label(known)
            }
            (SlotKind::Words, None) => self.span()?,
            (SlotKind::Number | SlotKind::Duration, None) => CodeValue::At(self.index()?),
            (SlotKind::Label(_) | SlotKind::Words | SlotKind::Number | SlotKind::Duration, _) => {
                return Err(self.unexpected());
            }
        };
        Ok(Some((slot, value)))
    }

    fn span(&mut self) -> Result<CodeValue, CodeError> {
        let (first, last) = (self.index()?, self.index()?);
        match first <= last {
            true => Ok(CodeValue::Span(first, last)),
            false => Err(CodeError::Span { first, last, words: self.word_count }),
        }
    }

    fn and(&mut self) -> Result<bool, CodeError> {
        match self.code.get(self.at) {
            None => Ok(false),
            Some(_) => {
                self.at += 1;
                Ok(true)
            }
        }
    }
}

fn label_token(slot: Slot, label: &str) -> String {
    format!("{}={label}", slot.as_str())
}
