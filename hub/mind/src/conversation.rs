//! What a conversation remembers: what was last spoken of, and the one question that is open.

use std::collections::{BTreeSet, HashMap};

use house::{ActionPlan, Candidate, CandidateId, EntityId, House, Intent, LastAction, Slot, SlotValue, Speaker, Undo};

use crate::numbers::{Unit, numbers};
use crate::texts;
use crate::texts::words::{each, has};
use crate::understand::before::{Before, MOST_KINDS, is_referred_to, skeleton_of};
use crate::understand::code::MARKS;
use crate::understand::hub_turn::HubTurn;
use crate::understand::slot_filling::missing_slot;
use crate::words::{key, words};
use house::Lang;

/// A conversation.
#[derive(Clone, Debug, Default)]
pub struct Conversation {
    /// Entities of the last turn.
    pub last: Vec<EntityId>,
    /// Intents of the last turn.
    pub intents: Vec<Intent>,
    /// What waits for an answer.
    pub open: Option<Open>,
    /// How many questions were asked one after the other.
    pub asked: u32,
    /// What was said back last.
    pub said: String,
    /// What the hub did on the last turn, where it asked nothing.
    pub hub: Option<HubTurn>,
    /// What takes the last action back.
    pub undo: Undo,
    /// What was done last, and on which words.
    pub last_action: Option<LastAction>,
    /// Who spoke last in it.
    pub speaker: Option<Speaker>,
    /// When it was last used, in milliseconds since 1970 UTC.
    pub used_ms: i64,
}

impl Conversation {
    /// The conversation as it stands for someone: what another one was asked or spoke of is not theirs.
    pub fn for_speaker(self, speaker: &Speaker) -> Self {
        let is_theirs = self.speaker.as_ref().is_none_or(|own| own == speaker);
        let own = if is_theirs { self } else { Self::default() };
        Self { speaker: Some(speaker.clone()), ..own }
    }

    /// What went before, as the model is shown it.
    pub fn before(&self, house: &House) -> Before {
        let domains = self.last.iter().filter_map(|id| house.entities.get(id)).map(|entity| entity.domain.as_str());
        let labels = self.intents.iter().filter_map(|intent| intent.label(Slot::Domain));
        let kinds: BTreeSet<&str> = domains.chain(labels).collect();
        let kinds: Vec<&'static str> = MARKS.iter().copied().filter(|mark| kinds.contains(mark)).collect();
        // What was said of half the house was said of no kind.
        let kinds = if kinds.len() <= MOST_KINDS { kinds } else { Vec::new() };
        let is_known = self.intents.iter().any(|intent| is_referred_to(intent.kind));
        Before {
            requests: if is_known { skeleton_of(&self.intents) } else { Vec::new() },
            kinds,
            hub: self.open.as_ref().map(Open::hub_turn).or(self.hub),
        }
    }
}

/// What waits for an answer.
#[derive(Clone, Debug)]
pub enum Open {
    /// What wants a yes.
    Confirm(ActionPlan),
    /// What wants the PIN.
    Pin(ActionPlan),
    /// A request that fits several things.
    Which {
        /// The request.
        intent: Intent,
        /// What fits.
        candidates: Vec<Candidate>,
    },
    /// A request that lacks a value.
    Missing(Intent),
    /// A request without a time that can be used.
    When {
        /// The request.
        intent: Intent,
        /// What was said of the time that can stay ("tomorrow").
        heard: String,
    },
    /// What was suggested, by its id.
    Suggestion {
        /// The suggestion's id.
        id: String,
        /// Whether it was offered for once, now, and not from now on.
        is_for_now: bool,
    },
    /// Whether what was learned of these shall be forgotten; of everything, if there are none.
    Forget(Vec<EntityId>),
}

impl Open {
    /// The question, as the model is shown it.
    fn hub_turn(&self) -> HubTurn {
        match self {
            Self::Confirm(_) | Self::Forget(_) => HubTurn::Confirm,
            Self::Pin(_) => HubTurn::Pin,
            Self::Which { .. } => HubTurn::Which,
            Self::Missing(intent) => HubTurn::Value(missing_slot(intent.kind)),
            Self::When { .. } => HubTurn::When,
            Self::Suggestion { .. } => HubTurn::Suggest,
        }
    }
}

/// All conversations, bounded in number and in time.
#[derive(Debug, Default)]
pub struct Conversations {
    by_id: HashMap<String, Conversation>,
}

impl Conversations {
    /// A conversation as it stands; a question older than its time is gone, and so is old context.
    pub fn recall(&mut self, id: &str, now: i64) -> Conversation {
        let mut conversation = self.by_id.get(id).cloned().unwrap_or_default();
        let age = now - conversation.used_ms;
        if QUESTION_MS < age {
            conversation.open = None;
        }
        if CONTEXT_MS < age {
            let undo = if age <= UNDO_MS { conversation.undo } else { Undo::default() };
            conversation = Conversation { undo, ..Conversation::default() };
        }
        conversation
    }

    /// Whether it is held in memory.
    pub fn knows(&self, id: &str) -> bool {
        self.by_id.contains_key(id)
    }

    /// Forgets those that are meant.
    pub fn forget(&mut self, is_meant: impl Fn(&str, &Conversation) -> bool) {
        self.by_id.retain(|id, conversation| !is_meant(id, conversation));
    }

    /// Remembers a conversation as it stands now.
    pub fn remember(&mut self, id: &str, mut conversation: Conversation, now: i64) {
        conversation.used_ms = now;
        if MOST <= self.by_id.len() && !self.by_id.contains_key(id) {
            let oldest = self.by_id.iter().min_by_key(|(_, other)| other.used_ms).map(|(id, _)| id.clone());
            oldest.and_then(|oldest| self.by_id.remove(&oldest));
        }
        self.by_id.insert(id.to_owned(), conversation);
    }
}

/// The hour that a request names without saying of which half of the day, as it was said: "seven".
pub fn hour_said(text: &str) -> Option<String> {
    let words = words(text);
    let numbers = numbers(&words);
    let [only] = numbers.as_slice() else { return None };
    let is_hour = only.unit == Unit::None && only.value.fract() == 0.0 && (1.0..=24.0).contains(&only.value);
    let (first, last) = (words.get(only.first)?, words.get(only.last)?);
    text.get(first.start..last.end).filter(|_| is_hour).map(str::to_owned)
}

/// The candidates an answer names: by ordinal, by number, by name, by place, or all of them.
pub fn chosen<'a>(text: &str, candidates: &'a [Candidate]) -> Vec<&'a Candidate> {
    let said = key(text);
    if has(|words| words.choose_all, &said) {
        return candidates.iter().collect();
    }
    let bare =
        each(|words| words.choice_starts).fold(said.as_str(), |said, word| said.strip_prefix(word).unwrap_or(said));
    let bare = each(|words| words.choice_ends).fold(bare, |said, word| said.strip_suffix(word).unwrap_or(said));
    if let Some(index) = ordinal(bare) {
        return candidates.get(index).into_iter().collect();
    }
    if has(|words| words.choose_last, bare) {
        return candidates.last().into_iter().collect();
    }
    let words: Vec<&str> = bare.split(' ').filter(|word| !word.is_empty()).collect();
    let full =
        |candidate: &Candidate| key(&format!("{} {}", candidate.area.as_deref().unwrap_or_default(), candidate.name));
    let fits = |candidate: &&Candidate| {
        let full = full(candidate);
        let own: Vec<&str> = full.split(' ').collect();
        !words.is_empty()
            && words.iter().filter(|word| !has(|words| words.choice_fillers, word)).all(|word| own.contains(word))
    };
    let exact: Vec<&Candidate> = candidates.iter().filter(|candidate| key(&candidate.name) == bare).collect();
    match exact.is_empty() {
        true => candidates.iter().filter(fits).collect(),
        false => exact,
    }
}

/// Which of several an ordinal says, counted from 0.
fn ordinal(word: &str) -> Option<usize> {
    Lang::ALL.iter().find_map(|lang| texts::of(*lang).words().ordinals.iter().position(|words| words.contains(&word)))
}

/// The intent narrowed to exactly what was chosen.
pub fn narrowed(intent: &Intent, chosen: &[&Candidate]) -> Intent {
    let mut intent = intent.clone();
    intent
        .slots
        .retain(|(slot, _)| !matches!(slot, Slot::Name | Slot::Area | Slot::Floor | Slot::Scope | Slot::Except));
    for candidate in chosen {
        intent.slots.push(match &candidate.what {
            CandidateId::Entity(id) => (Slot::Name, SlotValue::Entity(id.clone())),
            CandidateId::Schedule(id) => (Slot::Name, SlotValue::Schedule(id.clone())),
            CandidateId::Timer(id) => (Slot::Name, SlotValue::Timer(id.clone())),
            CandidateId::Area(_) => (Slot::Area, SlotValue::Text(candidate.name.clone())),
        });
    }
    if intent.schedules().next().is_some() {
        intent.slots.retain(|(slot, _)| *slot != Slot::When);
    }
    if 1 < chosen.len() {
        intent.slots.push((Slot::Scope, SlotValue::Label("all")));
    }
    intent
}

/// A question waits this long; later, a "yes" is about something else.
const QUESTION_MS: i64 = 30_000;
/// "It" means what was spoken of this long ago at most.
const CONTEXT_MS: i64 = 5 * 60_000;
/// What was done longer ago is not taken back by a word.
const UNDO_MS: i64 = 30 * 60_000;
/// More conversations than these are not held in one home.
const MOST: usize = 200;
