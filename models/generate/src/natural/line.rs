//! One hand-written line: `TEXT => CODE`, with marks in the text that the code points to.

use anyhow::{Context, Result, bail, ensure};
use house::{IntentKind, Slot, SlotKind};
use mind::numbers::{lengths, numbers};
use mind::understand::code::{CodeIntent, CodeValue, MARKS};
use mind::understand::hub_turn::HubTurn;
use mind::words::Word;

use crate::row::range;

/// A line as it was written.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Its left side.
    pub(super) text: String,
    /// The text in order, plain and marked.
    pub(super) parts: Vec<Part>,
    codes: Vec<(IntentKind, Vec<(Slot, Value)>)>,
}

/// A turn of a conversation.
#[derive(Clone, Debug)]
pub(super) struct Turn {
    /// What was said.
    pub(super) line: Line,
    /// What the hub did then.
    pub(super) hub: Option<HubTurn>,
    /// Names among which the hub asked.
    pub(super) candidates: Vec<Thing>,
}

/// Something of the house, as it was written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Thing {
    /// Its kind, perhaps with a device class.
    pub(super) kind: String,
    /// Its name.
    pub(super) name: String,
}

impl Thing {
    /// The mark of its kind.
    pub(super) fn mark(&self) -> &'static str {
        let domain = self.kind.split('.').next().unwrap_or_default();
        MARKS.iter().find(|mark| **mark == domain).copied().unwrap_or("other")
    }
}

/// A piece of the text.
#[derive(Clone, Debug)]
pub(super) enum Part {
    Plain(String),
    Thing(Thing),
    /// A value, or a name that the house does not have.
    Words(String),
}

#[derive(Clone, Copy, Debug)]
enum Value {
    Label(&'static str),
    /// The mark of that number, from 0.
    Mark(usize),
}

/// A line with its names put in.
pub(super) struct Spoken {
    /// The whole.
    pub(super) text: String,
    /// The bytes that each mark takes.
    ranges: Vec<(usize, usize)>,
}

/// What the hub did, and the names it asked about, if the line says so.
pub(super) fn hub_turn(line: &str) -> Option<(HubTurn, Vec<Thing>)> {
    let rest = line.strip_prefix("< ")?;
    let mut words = rest.split_whitespace();
    let turn = match (words.next()?, words.next()) {
        ("done", _) => HubTurn::Done,
        ("answer", _) => HubTurn::Answer,
        ("said", _) => HubTurn::Said,
        ("not_understood", _) => HubTurn::NotUnderstood,
        ("ask", Some("which")) => HubTurn::Which,
        ("ask", Some("value")) => HubTurn::Value(words.next().and_then(Slot::parse)),
        ("ask", Some("when")) => HubTurn::When,
        ("ask", Some("confirm")) => HubTurn::Confirm,
        ("ask", Some("pin")) => HubTurn::Pin,
        ("suggest", _) => HubTurn::Suggest,
        _ => return None,
    };
    let things = parts(rest).ok()?.into_iter().filter_map(|part| match part {
        Part::Thing(thing) => Some(thing),
        Part::Plain(_) | Part::Words(_) => None,
    });
    Some((turn, things.collect()))
}

impl Line {
    /// Reads a line.
    pub(super) fn parse(line: &str) -> Result<Self> {
        let (text, code) = line.rsplit_once(" => ").context("there is no `=>`")?;
        let codes = code.split(" + ").map(intent).collect::<Result<Vec<_>>>()?;
        Ok(Self { text: text.to_owned(), parts: parts(text)?, codes })
    }

    /// The things it speaks of.
    pub(super) fn things(&self) -> impl Iterator<Item = &Thing> {
        self.parts.iter().filter_map(|part| match part {
            Part::Thing(thing) => Some(thing),
            Part::Plain(_) | Part::Words(_) => None,
        })
    }

    /// Marks of the things it speaks of, but for places.
    pub(super) fn kinds(&self) -> Vec<&'static str> {
        self.things().map(Thing::mark).filter(|mark| !matches!(*mark, "area" | "floor")).collect()
    }

    /// The line with each thing under the name that it has here; plain text goes through `say`.
    pub(super) fn spoken<'a>(
        &'a self,
        name_of: impl Fn(&'a Thing) -> &'a str,
        mut say: impl FnMut(&str) -> String,
    ) -> Spoken {
        let (mut text, mut ranges) = (String::new(), Vec::new());
        for part in &self.parts {
            let start = text.len();
            match part {
                Part::Plain(plain) => text.push_str(&say(plain)),
                Part::Thing(thing) => text.push_str(name_of(thing)),
                Part::Words(words) => text.push_str(words),
            }
            if !matches!(part, Part::Plain(_)) {
                ranges.push((start, text.len()));
            }
        }
        Spoken { text, ranges }
    }

    /// The code, pointing into the words.
    pub(super) fn intents(&self, spoken: &Spoken, heard: &[Word]) -> Result<Vec<CodeIntent>, String> {
        let (numbers, lengths) = (numbers(heard), lengths(heard));
        let mut out = Vec::new();
        for (kind, slots) in &self.codes {
            let mut own = Vec::new();
            for (slot, value) in slots {
                let at = match value {
                    Value::Label(label) => {
                        own.push((*slot, CodeValue::Label(label)));
                        continue;
                    }
                    Value::Mark(at) => *at,
                };
                let (start, end) = *spoken.ranges.get(at).ok_or("it points at nothing")?;
                let (first, last) = range(heard, start, end).ok_or("a mark cuts a word")?;
                let inside = |from: usize| first <= from && from <= last;
                let value = match slot.kind() {
                    SlotKind::Words | SlotKind::Label(_) => CodeValue::Span(first, last),
                    SlotKind::Number => {
                        let found = numbers.iter().find(|number| inside(number.first));
                        CodeValue::At(found.ok_or_else(|| format!("no number in {}", slot.as_str()))?.first)
                    }
                    SlotKind::Duration => {
                        let length = lengths.iter().map(|length| length.first).find(|first| inside(*first));
                        let number = || numbers.iter().map(|number| number.first).find(|first| inside(*first));
                        let found = length.or_else(number);
                        CodeValue::At(found.ok_or_else(|| format!("no length in {}", slot.as_str()))?)
                    }
                };
                own.push((*slot, value));
            }
            if self.is_about_lock(*kind, slots) {
                own.push((Slot::Domain, CodeValue::Label("lock")));
            }
            out.push(CodeIntent { kind: *kind, slots: own });
        }
        Ok(out)
    }
}

impl Line {
    /// Whether a request names a lock without saying that it is one. Then the code says so: to lock is to turn on, and
    /// to turn on anything else of that name would open it.
    fn is_about_lock(&self, kind: IntentKind, slots: &[(Slot, Value)]) -> bool {
        use IntentKind as I;
        let switches = matches!(kind, I::TurnOn | I::TurnOff | I::Toggle | I::Dont | I::GetState);
        let marked: Vec<&Part> = self.parts.iter().filter(|part| !matches!(part, Part::Plain(_))).collect();
        let is_lock = |value: &Value| match value {
            Value::Mark(at) => matches!(marked.get(*at), Some(Part::Thing(thing)) if thing.mark() == "lock"),
            Value::Label(_) => false,
        };
        let mut names = slots.iter().filter(|(slot, _)| *slot == Slot::Name).peekable();
        switches
            && names.peek().is_some()
            && names.all(|(_, value)| is_lock(value))
            && slots.iter().all(|(slot, _)| *slot != Slot::Domain)
    }
}

fn intent(code: &str) -> Result<(IntentKind, Vec<(Slot, Value)>)> {
    let mut words = code.split_whitespace();
    let name = words.next().context("there is no intent")?;
    let kind = IntentKind::parse(name).with_context(|| format!("no such intent: `{name}`"))?;
    let slots = words.map(slot).collect::<Result<Vec<_>>>()?;
    Ok((kind, slots))
}

fn slot(text: &str) -> Result<(Slot, Value)> {
    let (name, value) = text.split_once('=').with_context(|| format!("`{text}` has no value"))?;
    let slot = Slot::parse(name).with_context(|| format!("no such slot: `{name}`"))?;
    if let Some(number) = value.strip_prefix('$') {
        return Ok((slot, Value::Mark(number.parse::<usize>()?.checked_sub(1).context("marks count from 1")?)));
    }
    let SlotKind::Label(labels) = slot.kind() else { bail!("`{text}` must point at a mark") };
    let label = labels.iter().find(|label| **label == value).with_context(|| format!("no such label: `{text}`"))?;
    Ok((slot, Value::Label(label)))
}

fn parts(text: &str) -> Result<Vec<Part>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find(['[', '{', '<']) {
        let (plain, marked) = rest.split_at(open);
        if !plain.is_empty() {
            out.push(Part::Plain(plain.to_owned()));
        }
        let close = match marked.chars().next() {
            Some('[') => ']',
            Some('{') => '}',
            _ => '>',
        };
        let end = marked.find(close).with_context(|| format!("`{marked}` is left open"))?;
        let inner = marked.get(1..end).unwrap_or_default();
        out.push(match (close, inner.split_once(':')) {
            (']', Some((kind, name))) => Part::Thing(Thing { kind: kind.to_owned(), name: name.to_owned() }),
            (']', None) => bail!("`{inner}` has no kind"),
            _ => Part::Words(inner.to_owned()),
        });
        rest = marked.get(end + close.len_utf8()..).unwrap_or_default();
    }
    if !rest.is_empty() {
        out.push(Part::Plain(rest.to_owned()));
    }
    ensure!(!out.is_empty(), "there is no text");
    Ok(out)
}
