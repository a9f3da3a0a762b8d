//! Hand-written lines from a household's corrections: what was said, with the meaning that somebody gave it.
//!
//! The meaning's code points into the meaning's words; each place is looked for among the words that were said. A
//! correction that says something which was not said at all teaches nothing that could be pointed at, and is told.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use house::{Slot, SlotKind};
use mind::lexicon::kind_of;
use mind::numbers::{lengths, numbers};
use mind::understand::code::{self, CodeIntent, CodeValue};
use mind::understand::prompt::{Mark, Names};
use mind::words::{Word, words};
use serde::Deserialize;

use crate::house::{names_of, read};
use crate::natural::check_line;

/// A correction, as the hub gives it.
#[derive(Debug, Deserialize)]
struct Example {
    lang: String,
    words: String,
    meaning: String,
    right_code: Vec<String>,
}

/// Converts corrections to one file of lines for each language.
pub(crate) fn write(examples: &Path, home: &Path, output: &Path) -> Result<()> {
    let names = names_of(&read(home)?);
    let text = std::fs::read_to_string(examples).with_context(|| format!("reading {}", examples.display()))?;
    let (mut lines, mut lost) = (BTreeMap::<String, Vec<String>>::new(), BTreeMap::<&str, usize>::new());
    for (number, row) in text.lines().enumerate().filter(|(_, row)| !row.trim().is_empty()) {
        let example: Example = serde_json::from_str(row)
            .with_context(|| format!("line {} of {} is no correction", number + 1, examples.display()))?;
        match line(&example, &names) {
            Ok(line) => lines.entry(example.lang).or_default().push(line),
            Err(why) => *lost.entry(why).or_default() += 1,
        }
    }
    std::fs::create_dir_all(output).with_context(|| format!("making {}", output.display()))?;
    let mut told = std::io::stderr().lock();
    for (lang, lines) in &mut lines {
        lines.sort();
        lines.dedup();
        let path = output.join(format!("{lang}-one-household.txt"));
        std::fs::write(&path, lines.join("\n") + "\n").with_context(|| format!("writing {}", path.display()))?;
        writeln!(told, "{} lines in {lang}", lines.len())?;
    }
    for (why, count) in lost {
        writeln!(told, "{count} left out: {why}")?;
    }
    Ok(())
}

/// One correction as a line, or why it can't be one.
fn line(example: &Example, names: &Names) -> Result<String, &'static str> {
    let [code] = example.right_code.as_slice() else {
        return Err("its meaning was read in several parts, or not at all");
    };
    if example.words.contains(['[', ']', '{', '}', '<', '>', '\n']) || example.words.contains("=>") {
        return Err("it has signs that stand for something in lines");
    }
    let (said, meant) = (words(&example.words), words(&example.meaning));
    let tokens: Vec<String> = code.split_whitespace().map(str::to_owned).collect();
    let meaning = code::parse(&tokens, meant.len()).map_err(|_| "its code can't be read")?;
    let mut marks: Vec<(usize, usize)> = Vec::new();
    let mut codes = Vec::new();
    for intent in &meaning {
        codes.push(written(intent, &meant, &said, &mut marks)?);
    }
    let order = in_order(&marks)?;
    let text = marked(&example.words, &said, &order, &names.find(&said));
    let code = codes.iter().map(|code| numbered(code, &marks, &order)).collect::<Vec<_>>().join(" + ");
    let line = format!("{text} => {code}");
    check_line(&line).map_err(|_| "its line would not be read as it was written")?;
    Ok(line)
}

/// An intent with its slots.
type Written = (&'static str, Vec<(Slot, Value)>);

/// What a slot is given.
enum Value {
    Label(&'static str),
    /// The number of a mark, from 0, in the order in which they were found.
    Mark(usize),
}

fn written(
    intent: &CodeIntent,
    meant: &[Word],
    said: &[Word],
    marks: &mut Vec<(usize, usize)>,
) -> Result<Written, &'static str> {
    let mut slots = Vec::new();
    for (slot, value) in &intent.slots {
        let place = match *value {
            CodeValue::Label(label) => {
                slots.push((*slot, Value::Label(label)));
                continue;
            }
            CodeValue::Span(first, last) => same_words(meant.get(first..=last).unwrap_or_default(), said),
            CodeValue::At(at) => same_number(*slot, at, meant, said),
        };
        let Some(place) = place else {
            slots
                .extend(of_a_kind(*slot, *value, meant).ok_or("its meaning says a name or a value that was not said")?);
            continue;
        };
        let mark = marks.iter().position(|mark| *mark == place).unwrap_or_else(|| {
            marks.push(place);
            marks.len() - 1
        });
        slots.push((*slot, Value::Mark(mark)));
    }
    Ok((intent.kind.as_str(), slots))
}

/// What a name that was not said is, if it is only what things of a kind are called: "the curtains".
fn of_a_kind(slot: Slot, value: CodeValue, meant: &[Word]) -> Option<Vec<(Slot, Value)>> {
    let (Slot::Name, CodeValue::Span(first, last)) = (slot, value) else { return None };
    let noun: Vec<&str> = meant.get(first..=last)?.iter().map(|word| word.text.as_str()).collect();
    let (domain, class) = kind_of(&noun.join(" "))?;
    let label = |slot: Slot, label: &str| match slot.kind() {
        SlotKind::Label(labels) => labels.iter().find(|own| **own == label).map(|own| (slot, Value::Label(own))),
        SlotKind::Words | SlotKind::Number | SlotKind::Duration => None,
    };
    let domain = label(Slot::Domain, domain.as_str())?;
    Some(std::iter::once(domain).chain(class.and_then(|class| label(Slot::DeviceClass, class))).collect())
}

/// Where the same words were said.
fn same_words(span: &[Word], said: &[Word]) -> Option<(usize, usize)> {
    let is_same = |run: &[Word]| run.iter().zip(span).all(|(one, other)| one.text == other.text);
    let at = said.windows(span.len().max(1)).position(is_same)?;
    Some((at, at + span.len() - 1))
}

/// Where the same number, or the same length of time, was said.
fn same_number(slot: Slot, at: usize, meant: &[Word], said: &[Word]) -> Option<(usize, usize)> {
    if slot.kind() == SlotKind::Duration
        && let Some(wanted) = lengths(meant).iter().find(|length| length.first == at)
    {
        let total = wanted.total_s();
        return lengths(said).iter().find(|own| own.total_s() == total).map(|own| (own.first, own.last));
    }
    let wanted = numbers(meant).into_iter().find(|number| number.first == at)?.value;
    let same = |value: f64| (value - wanted).abs() < f64::EPSILON;
    numbers(said).iter().find(|own| same(own.value)).map(|own| (own.first, own.last))
}

/// The marks as they stand in the text; none may overlap.
fn in_order(marks: &[(usize, usize)]) -> Result<Vec<(usize, usize)>, &'static str> {
    let mut order = marks.to_vec();
    order.sort_unstable();
    let overlaps = order.iter().zip(order.iter().skip(1)).any(|(one, next)| next.0 <= one.1);
    if overlaps { Err("the same words would be two things") } else { Ok(order) }
}

/// The text with its marks: names of the house with their kind, all else as values.
fn marked(text: &str, said: &[Word], order: &[(usize, usize)], names: &[Mark]) -> String {
    let (mut out, mut at) = (String::new(), 0);
    for &(first, last) in order {
        let start = said.get(first).map_or(at, |word| word.start);
        let end = said.get(last).map_or(start, |word| word.end);
        out.push_str(text.get(at..start).unwrap_or_default());
        let inner = text.get(start..end).unwrap_or_default();
        let own = names.iter().find(|mark| (mark.first, mark.last) == (first, last));
        match own.and_then(|mark| mark.kinds.first()) {
            Some(kind) => out.push_str(&format!("[{kind}:{inner}]")),
            None => out.push_str(&format!("{{{inner}}}")),
        }
        at = end;
    }
    out + text.get(at..).unwrap_or_default()
}

fn numbered((kind, slots): &Written, marks: &[(usize, usize)], order: &[(usize, usize)]) -> String {
    let mut out = (*kind).to_owned();
    for (slot, value) in slots {
        let value = match value {
            Value::Label(label) => (*label).to_owned(),
            Value::Mark(mark) => {
                let place = marks.get(*mark);
                let number = order.iter().position(|own| Some(own) == place).map_or(0, |at| at + 1);
                format!("${number}")
            }
        };
        out.push_str(&format!(" {}={value}", slot.as_str()));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(words: &str, meaning: &str, code: &str) -> Result<String, &'static str> {
        let names = Names::new([("den", "area"), ("floor lamp", "light")]);
        let example = Example {
            lang: "en".to_owned(),
            words: words.to_owned(),
            meaning: meaning.to_owned(),
            right_code: vec![code.to_owned()],
        };
        line(&example, &names)
    }

    #[test]
    fn a_place_is_found_where_it_was_said() {
        let line = of("put the den to bed", "turn off everything in the den", "HassTurnOff scope=all area 5 5");
        assert_eq!(line.unwrap(), "put the [area:den] to bed => HassTurnOff scope=all area=$1");
    }

    #[test]
    fn marks_count_as_they_stand_in_what_was_said() {
        let line = of(
            "forty on the slider for the floor lamp",
            "set the floor lamp to 40 percent",
            "HassLightSet name 2 3 brightness 5",
        );
        let right = "{forty} on the slider for the [light:floor lamp] => HassLightSet name=$2 brightness=$1";
        assert_eq!(line.unwrap(), right);
    }

    #[test]
    fn what_things_are_called_is_their_kind() {
        let line = of("the den is a fishbowl", "close the curtains in the den", "HassTurnOff name 2 2 area 5 5");
        let right = "the [area:den] is a fishbowl => HassTurnOff domain=cover device_class=curtain area=$1";
        assert_eq!(line.unwrap(), right);
    }

    #[test]
    fn every_correction_of_a_household_becomes_a_line() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corrections");
        let names = names_of(&read(&folder.join("house.json")).unwrap());
        let text = std::fs::read_to_string(folder.join("household.jsonl")).unwrap();
        for row in text.lines() {
            let example: Example = serde_json::from_str(row).unwrap();
            line(&example, &names).unwrap_or_else(|why| panic!("{row}: {why}"));
        }
        assert!(200 <= text.lines().count());
    }

    #[test]
    fn what_was_not_said_can_not_be_learned() {
        let code = "HassClimateSetTemperature area 4 4 temperature 6";
        let line = of("toasty in the den", "set the heating in den to 23", code);
        assert_eq!(line.unwrap_err(), "its meaning says a name or a value that was not said");
    }
}
