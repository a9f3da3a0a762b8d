//! Rows from real labelled lines: finds in the text what the label says.
//!
//! A label that can't be found counts little or not at all; nothing is guessed silently.

mod home;
mod label;
mod lexicon;
mod line;
mod lists;
mod media;
mod times;

use std::collections::{BTreeMap, HashMap};
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use house::IntentKind;
use mind::understand::code::CodeIntent;
use mind::understand::prompt::Mark;
use mind::words::{Word, words};
use serde_json::Value;

use crate::house::{House, house_of, read};
use crate::row::{Row, row};
use crate::say::Lang;
use crate::synth;
use lexicon::Lexicon;
use line::Line;

/// Converts files of lines.
pub(crate) fn write(inputs: &[PathBuf], fixtures: &[PathBuf], output: &Path, is_shown: bool) -> Result<()> {
    let homes = homes(fixtures)?;
    let lexicon = [Lexicon::new(Lang::En)?, Lexicon::new(Lang::Zh)?];
    let mut out = BufWriter::new(std::fs::File::create(output)?);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for input in inputs {
        for line in text_of(input)?.lines() {
            let label: Value = serde_json::from_str(line)?;
            let made = convert(&label, &homes, &lexicon);
            let name = made.as_ref().map_or("dropped", |row| {
                row.code.as_ref().and_then(|code| code.first()).map_or("no label", String::as_str)
            });
            *counts.entry(name.to_owned()).or_default() += 1;
            let Some(row) = made else {
                if is_shown {
                    writeln!(std::io::stdout(), "DROPPED {}", label.get("text").unwrap_or(&Value::Null))?;
                }
                continue;
            };
            if is_shown {
                writeln!(
                    std::io::stdout(),
                    "{} {}",
                    row.weight,
                    synth::readable(&row, label.get("text").and_then(Value::as_str).unwrap_or_default())
                )?;
            }
            writeln!(out, "{}", serde_json::to_string(&row)?)?;
        }
    }
    writeln!(std::io::stderr(), "{counts:#?}")?;
    Ok(out.flush()?)
}

/// A file's text, unpacked if it is `.xz`.
pub(crate) fn text_of(path: &Path) -> Result<String> {
    if path.extension().is_none_or(|extension| extension != "xz") {
        return std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()));
    }
    let mut child = Command::new("xzcat").arg(path).stdout(Stdio::piped()).spawn().context("starting `xzcat`")?;
    let mut text = String::new();
    child.stdout.take().context("`xzcat` has no output")?.read_to_string(&mut text)?;
    ensure!(child.wait()?.success(), "`xzcat` failed on {}", path.display());
    Ok(text)
}

/// The names of every house in the fixture files.
fn homes(paths: &[PathBuf]) -> Result<HashMap<String, House>> {
    let mut out = HashMap::new();
    for path in paths {
        for (name, home) in read(path)?.as_object().into_iter().flatten() {
            out.insert(name.clone(), house_of(home));
        }
    }
    Ok(out)
}

fn convert(label: &Value, homes: &HashMap<String, House>, lexicons: &[Lexicon; 2]) -> Option<Row> {
    let text = label["text"].as_str()?;
    let lang = if label["lang"].as_str()?.starts_with("zh") { Lang::Zh } else { Lang::En };
    let [english, chinese] = lexicons;
    let heard = words(text);
    let home = homes.get(label["fixture"].as_str().unwrap_or_default());
    let marks = home.map(|home| home.names.find(&heard)).unwrap_or_default();
    let exact: Vec<Mark> = marks
        .iter()
        .filter(|mark| home.is_some_and(|home| home.exact.contains(&said(mark, &heard))))
        .cloned()
        .collect();
    let line =
        Line { label, heard: &heard, marks: &exact, lexicon: if lang == Lang::En { english } else { chinese }, lang };
    let (intents, weight) = match &label["expected"] {
        Value::Array(list) if list.is_empty() => (Some(vec![bare(out_of_scope(label))]), 1.0),
        Value::Array(list) if list.len() == 1 => {
            let (intent, weight) = line.intent(list.first()?)?;
            (Some(vec![intent]), weight)
        }
        Value::Array(_) => return None,
        _ => match line.unjudged() {
            Some((intent, weight)) => (Some(vec![intent]), weight),
            None => (None, 1.0),
        },
    };
    // A reminder is ours, whatever calendar the label had in mind.
    let is_refused = intents.as_ref().is_some_and(|list| list.iter().all(|one| one.kind == IntentKind::NotForHouse));
    if is_refused && ["remind", "提醒"].iter().any(|word| text.contains(word)) {
        return None;
    }
    let mut made = row(if lang == Lang::En { "en" } else { "zh" }, &heard, &marks, intents.as_deref(), "human")?;
    made.weight = weight;
    crate::check::kinds(&made).ok()?;
    Some(made)
}

fn said(mark: &Mark, heard: &[Word]) -> String {
    heard
        .get(mark.first..=mark.last)
        .unwrap_or_default()
        .iter()
        .map(|word| word.text.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}

fn bare(kind: IntentKind) -> CodeIntent {
    CodeIntent { kind, slots: Vec::new() }
}

/// Small talk with the assistant itself is answered, all else is not for the house.
fn out_of_scope(label: &Value) -> IntentKind {
    match label["orig_intent"].as_str().unwrap_or_default() {
        "clinc:greeting"
        | "clinc:goodbye"
        | "clinc:thank_you"
        | "clinc:are_you_a_bot"
        | "clinc:what_is_your_name"
        | "clinc:who_made_you"
        | "general_greet" => IntentKind::Respond,
        "clinc:what_can_i_ask_you" => IntentKind::Help,
        "clinc:repeat" | "general_repeat" => IntentKind::Repeat,
        _ => IntentKind::NotForHouse,
    }
}
