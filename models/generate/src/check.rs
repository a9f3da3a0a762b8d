//! Checks rows against the code's grammar and the number finder.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use house::SlotKind;
use mind::understand::code::{CodeValue, parse};
use mind::words::{Word, words};

use crate::row::Row;

/// Prints the special tokens, one a line.
pub(crate) fn tokens() -> Result<()> {
    let mut out = std::io::stdout().lock();
    for token in mind::understand::code::tokens() {
        writeln!(out, "{token}")?;
    }
    Ok(())
}

/// Checks a file and prints how often each intent stands in it.
pub(crate) fn file(path: &Path) -> Result<()> {
    let reader = BufReader::new(std::fs::File::open(path).with_context(|| format!("opening {}", path.display()))?);
    let (mut counts, mut langs, mut bad, mut all) =
        (BTreeMap::<String, usize>::new(), BTreeMap::<String, usize>::new(), 0, 0);
    for line in reader.lines() {
        let row: Row = serde_json::from_str(&line?)?;
        all += 1;
        *langs.entry(row.lang.clone()).or_default() += 1;
        match kinds(&row) {
            Ok(kinds) => kinds.into_iter().for_each(|kind| *counts.entry(kind).or_default() += 1),
            Err(error) => {
                bad += 1;
                if bad <= 10 {
                    writeln!(std::io::stdout(), "{error}: {row:?}")?;
                }
            }
        }
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "{all} rows, {bad} bad, {langs:?}")?;
    for (kind, count) in counts {
        writeln!(out, "{count:8} {:5.2} % {kind}", 100.0 * count as f64 / all as f64)?;
    }
    if 0 < bad {
        bail!("bad rows: {bad}");
    }
    Ok(())
}

/// The intents of a row, or what is wrong with it.
pub(crate) fn kinds(row: &Row) -> Result<Vec<String>> {
    let heard = heard(row)?;
    let Some(code) = &row.code else { return Ok(vec!["-".to_owned()]) };
    let plain: Vec<String> = code.iter().map(|token| token.strip_prefix('@').unwrap_or(token).to_owned()).collect();
    let intents = parse(&plain, heard.len())?;
    let (numbers, lengths) = (mind::numbers::numbers(&heard), mind::numbers::lengths(&heard));
    for intent in &intents {
        for (slot, value) in &intent.slots {
            let CodeValue::At(at) = *value else { continue };
            let is_found = match slot.kind() {
                SlotKind::Duration => {
                    lengths.iter().any(|length| length.first == at) || numbers.iter().any(|number| number.first == at)
                }
                SlotKind::Number | SlotKind::Label(_) | SlotKind::Words => {
                    numbers.iter().any(|number| number.first == at)
                }
            };
            ensure!(is_found, "nothing to point at for `{}` at {at}", slot.as_str());
        }
    }
    Ok(intents.iter().map(|intent| intent.kind.as_str().to_owned()).collect())
}

/// The words of a prompt, which must be what cutting their text gives again.
fn heard(row: &Row) -> Result<Vec<Word>> {
    let texts: Vec<&str> = row.prompt.iter().filter(|piece| !piece.starts_with("<|")).map(String::as_str).collect();
    ensure!(texts.len() <= mind::words::MAX_WORDS, "too many words");
    let heard = words(&texts.concat());
    let again: Vec<String> = heard.iter().map(Word::piece).collect();
    ensure!(again == texts, "the words are cut otherwise");
    Ok(heard)
}
