//! What a conversation remembers: what was last spoken of, and the one question that is open.

use std::collections::HashMap;

use house::{Candidate, EntityId, House, Intent, Slot, SlotValue, Step};
use mind::words::key;

/// A conversation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Conversation {
    /// Entities of the last turn.
    pub(crate) last: Vec<EntityId>,
    /// Intents of the last turn.
    pub(crate) intents: Vec<Intent>,
    /// What waits for an answer.
    pub(crate) open: Option<Open>,
    /// When it was last used, in milliseconds since 1970 UTC.
    pub(crate) used_ms: i64,
}

/// What waits for an answer.
#[derive(Clone, Debug)]
pub(crate) enum Open {
    /// A plan that wants a yes.
    Confirm(Vec<Step>),
    /// A plan that wants the PIN.
    Pin(Vec<Step>),
    /// A request that fits several things.
    Which {
        /// The request.
        intent: Intent,
        /// What fits.
        candidates: Vec<Candidate>,
    },
}

/// All conversations, bounded in number and in time.
#[derive(Debug, Default)]
pub(crate) struct Conversations {
    by_id: HashMap<String, Conversation>,
}

impl Conversations {
    /// A conversation as it stands; a question older than its time is gone, and so is old context.
    pub(crate) fn recall(&mut self, id: &str, now: i64) -> Conversation {
        let mut conversation = self.by_id.get(id).cloned().unwrap_or_default();
        let age = now - conversation.used_ms;
        if QUESTION_MS < age {
            conversation.open = None;
        }
        if CONTEXT_MS < age {
            conversation = Conversation::default();
        }
        conversation
    }

    /// Whether it is held in memory.
    pub(crate) fn knows(&self, id: &str) -> bool {
        self.by_id.contains_key(id)
    }

    /// Remembers a conversation as it stands now.
    pub(crate) fn remember(&mut self, id: &str, mut conversation: Conversation, now: i64) {
        conversation.used_ms = now;
        if MOST <= self.by_id.len() && !self.by_id.contains_key(id) {
            let oldest = self.by_id.iter().min_by_key(|(_, other)| other.used_ms).map(|(id, _)| id.clone());
            oldest.and_then(|oldest| self.by_id.remove(&oldest));
        }
        self.by_id.insert(id.to_owned(), conversation);
    }
}

/// The candidates an answer names: by ordinal, by number, by name, by place, or all of them.
pub(crate) fn chosen<'a>(text: &str, candidates: &'a [Candidate]) -> Vec<&'a Candidate> {
    let said = key(text);
    if ALL.contains(&said.as_str()) {
        return candidates.iter().collect();
    }
    let bare = ["the ", "number ", "第 "].iter().fold(said.as_str(), |said, word| said.strip_prefix(word).unwrap_or(said));
    let bare = [" one", " please", " 个", " 吧"].iter().fold(bare, |said, word| said.strip_suffix(word).unwrap_or(said));
    if let Some(index) = ORDINALS.iter().position(|words| words.contains(&bare)) {
        return candidates.get(index).into_iter().collect();
    }
    if matches!(bare, "last" | "最 后" | "最 后 一") {
        return candidates.last().into_iter().collect();
    }
    let words: Vec<&str> = bare.split(' ').filter(|word| !word.is_empty()).collect();
    let full = |candidate: &Candidate| key(&format!("{} {}", candidate.area.as_deref().unwrap_or_default(), candidate.name));
    let fits = |candidate: &&Candidate| {
        let full = full(candidate);
        let own: Vec<&str> = full.split(' ').collect();
        !words.is_empty() && words.iter().filter(|word| !FILLERS.contains(*word)).all(|word| own.contains(word))
    };
    let exact: Vec<&Candidate> = candidates.iter().filter(|candidate| key(&candidate.name) == bare).collect();
    match exact.is_empty() {
        true => candidates.iter().filter(fits).collect(),
        false => exact,
    }
}

/// The intent narrowed to what was chosen, and a house that holds nothing else.
pub(crate) fn narrowed(intent: &Intent, chosen: &[&Candidate], house: &House) -> (Intent, House) {
    let mut intent = intent.clone();
    intent.slots.retain(|(slot, _)| !matches!(slot, Slot::Name | Slot::Area | Slot::Floor | Slot::Scope | Slot::Except));
    let mut house = house.clone();
    house.entities.retain(|id, _| chosen.iter().any(|candidate| candidate.entity == *id));
    for candidate in chosen {
        intent.slots.push((Slot::Name, SlotValue::Text(candidate.name.clone())));
    }
    if 1 < chosen.len() {
        intent.slots.push((Slot::Scope, SlotValue::Label("all")));
    }
    (intent, house)
}

/// A question waits this long; later, a "yes" is about something else.
const QUESTION_MS: i64 = 30_000;
/// "It" means what was spoken of this long ago at most.
const CONTEXT_MS: i64 = 5 * 60_000;
/// More conversations than these are not held in one home.
const MOST: usize = 200;
const ALL: &[&str] = &["all", "both", "all of them", "both of them", "全 部", "都", "所 有", "两 个 都", "都 要"];
const ORDINALS: &[&[&str]] = &[
    &["first", "one", "1", "1st", "一", "1 个"],
    &["second", "two", "2", "2nd", "二", "两"],
    &["third", "three", "3", "3rd", "三"],
    &["fourth", "four", "4", "4th", "四"],
    &["fifth", "five", "5", "5th", "五"],
    &["sixth", "six", "6", "6th", "六"],
];
const FILLERS: &[&str] = &["the", "in", "one", "of", "a", "at", "on", "please", "的", "那", "个", "里", "吧", "是"];
