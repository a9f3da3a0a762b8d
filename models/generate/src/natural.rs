//! Rows from hand-written requests and conversations.
//!
//! Names of things and places are exchanged for others of their kind, so that no name is learned by heart; what went
//! before in a conversation goes with each of its turns.

mod cast;
mod line;

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use mind::understand::before::{Before, is_referred_to, skeleton};
use mind::understand::code::CodeIntent;
use mind::understand::hub_turn::HubTurn;
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::house::{names_of, read as read_house};
use crate::row::{Row, row};
use crate::say::Lang;
use crate::{check, noise};
use cast::{Cast, Pools};
use line::{Line, Turn};

/// What is wanted of the files.
pub(crate) struct Wanted {
    /// Files whose names are used besides; their lines are not written.
    pub(crate) names: Vec<PathBuf>,
    /// The house that the lines were said in: they are played there, as they were written.
    pub(crate) home: Option<PathBuf>,
    /// How often each line is written.
    pub(crate) copies: usize,
    /// Whether the tenth that is kept aside is wanted, or the rest.
    pub(crate) aside: bool,
    /// Seed of the random numbers.
    pub(crate) seed: u64,
}

/// A request, or a conversation with what the hub did between its turns.
struct Talk {
    lang: Lang,
    turns: Vec<Turn>,
    /// `natural-one` or `natural-talk`.
    source: &'static str,
    is_aside: bool,
}

/// Converts files of requests and conversations.
pub(crate) fn write(inputs: &[PathBuf], wanted: &Wanted, output: &Path) -> Result<()> {
    let mut talks = Vec::new();
    for input in inputs {
        talks.extend(read(input)?);
    }
    let mut others = Vec::new();
    for path in &wanted.names {
        others.extend(read(path)?);
    }
    let pools = Pools::of(talks.iter().chain(&others).flat_map(|talk| talk.turns.iter().map(|turn| (talk.lang, turn))));
    let home = wanted.home.as_deref().map(|home| read_house(home).map(|home| names_of(&home))).transpose()?;
    let mut rng = StdRng::seed_from_u64(wanted.seed);
    let mut out = BufWriter::new(std::fs::File::create(output)?);
    let (mut made, mut lost) = (0, BTreeMap::<String, usize>::new());
    for copy in 0..wanted.copies {
        for talk in talks.iter().filter(|talk| talk.is_aside == wanted.aside) {
            let cast = match &home {
                Some(names) => Cast::at_home(names.clone()),
                None if wanted.aside => Cast::as_written(&talk.turns),
                None => Cast::exchanged(&talk.turns, talk.lang, &pools, &mut rng),
            };
            let is_plain = copy == 0 || wanted.aside || home.is_some();
            for result in rows(talk, &cast, is_plain, &mut rng) {
                match result {
                    Ok(row) => {
                        writeln!(out, "{}", serde_json::to_string(&row)?)?;
                        made += 1;
                    }
                    Err(why) => *lost.entry(why).or_default() += 1,
                }
            }
        }
    }
    let mut told = std::io::stderr().lock();
    writeln!(told, "{made} rows, {} lost", lost.values().sum::<usize>())?;
    for (why, count) in lost.iter().take(MOST_TOLD) {
        writeln!(told, "{count:6} {why}")?;
    }
    Ok(out.flush()?)
}

/// Whether a line reads as one, with every mark that its code points to.
pub(crate) fn check_line(line: &str) -> Result<()> {
    let line = Line::parse(line)?;
    let spoken = line.spoken(|thing| thing.name.as_str(), str::to_owned);
    line.intents(&spoken, &mind::words::words(&spoken.text)).map(drop).map_err(anyhow::Error::msg)
}

fn read(path: &Path) -> Result<Vec<Talk>> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let lang = if name.starts_with("zh") { Lang::Zh } else { Lang::En };
    let is_talk = name.contains("-talk-");
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let mut out: Vec<Talk> = Vec::new();
    let mut turns: Vec<Turn> = Vec::new();
    let mut end = |turns: &mut Vec<Turn>| {
        let Some(first) = turns.first() else { return };
        let is_aside = is_aside(&first.line.text);
        let source = if is_talk { "natural-talk" } else { "natural-one" };
        out.push(Talk { lang, turns: std::mem::take(turns), source, is_aside });
    };
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() {
            end(&mut turns);
        } else if let Some(hub) = is_talk.then(|| line::hub_turn(line)).flatten() {
            if let Some(last) = turns.last_mut() {
                last.hub = Some(hub.0);
                last.candidates = hub.1;
            }
        } else if !line.starts_with('#') {
            let line = Line::parse(line).with_context(|| format!("line {} of {}", number + 1, path.display()))?;
            if !is_talk {
                end(&mut turns);
            }
            turns.push(Turn { line, hub: None, candidates: Vec::new() });
        }
    }
    end(&mut turns);
    Ok(out)
}

/// One in ten, by the first words, so that a line stays where it is whatever is written around it.
fn is_aside(text: &str) -> bool {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish().is_multiple_of(10)
}

fn rows(talk: &Talk, cast: &Cast, is_plain: bool, rng: &mut StdRng) -> Vec<Result<Row, String>> {
    let mut before = Before::default();
    let mut out = Vec::new();
    for turn in &talk.turns {
        let made = one(talk, turn, cast, &before, is_plain, rng);
        let intents = match made {
            Ok((row, intents)) => {
                out.push(Ok(row));
                intents
            }
            Err(why) => {
                out.push(Err(format!("{why}: {}", turn.line.text)));
                break;
            }
        };
        before = after(before, turn, &intents);
    }
    out
}

/// What the next turn is shown.
fn after(before: Before, turn: &Turn, intents: &[CodeIntent]) -> Before {
    let hub = turn.hub.or(Some(HubTurn::Done));
    if !intents.iter().any(|intent| is_referred_to(intent.kind)) {
        return Before { hub, ..before };
    }
    let mut kinds = turn.line.kinds();
    for intent in intents {
        for (slot, value) in &intent.slots {
            if let (::house::Slot::Domain, mind::understand::code::CodeValue::Label(label)) = (slot, value)
                && let Some(mark) = mind::understand::code::MARKS.iter().find(|mark| *mark == label)
            {
                kinds.push(mark);
            }
        }
    }
    kinds.sort_unstable();
    kinds.dedup();
    Before { requests: skeleton(intents), kinds, hub }
}

fn one(
    talk: &Talk,
    turn: &Turn,
    cast: &Cast,
    before: &Before,
    is_plain: bool,
    rng: &mut StdRng,
) -> Result<(Row, Vec<CodeIntent>), String> {
    let names = |thing| cast.name_of(thing);
    let spoken = turn.line.spoken(names, |text| match is_plain {
        true => text.to_owned(),
        false => noise::of_text(talk.lang, text, rng),
    });
    let heard = mind::words::words(&spoken.text);
    let marks = cast.names.find(&heard);
    let intents = turn.line.intents(&spoken, &heard)?;
    let lang = if talk.lang == Lang::En { "en" } else { "zh" };
    let mut made = row(lang, &heard, &marks, Some(&intents), talk.source).ok_or("not well-formed")?;
    check::kinds(&made).map_err(|error| error.to_string())?;
    made.before = before.tokens();
    Ok((made, intents))
}

/// Kinds of loss that are told.
const MOST_TOLD: usize = 200;
