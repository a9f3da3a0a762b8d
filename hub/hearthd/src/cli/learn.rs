//! `hearthd learn`: what a household does again and again, from a file of events; suggests nothing to anyone.

use std::io::{BufRead as _, BufReader};
use std::path::Path;

use anyhow::Context as _;
use house::{Evidence, House};
use mind::learn::{Timeline, learn};
use runtime::learning::evidence_line::{from_json, from_row, moment};
use runtime::learning::habit_wire;

use super::jsonl;

/// Learns from a file of events; false if some lines were bad.
pub(crate) fn run(home: &Path, events: &Path, until: &str, output: &Path) -> anyhow::Result<bool> {
    let house = read_house(home)?;
    let (until_ms, offset_s) = moment(until).with_context(|| format!("read the time `{until}`"))?;
    let (evidence, all_good) = read_events(events)?;
    let mut out = jsonl::Writer::create(output)?;
    for habit in learn(&Timeline::of(&evidence, until_ms), &house) {
        out.row(&habit_wire::habit(&habit, &house, offset_s))?;
    }
    out.finish()?;
    Ok(all_good)
}

fn read_house(path: &Path) -> anyhow::Result<House> {
    let text = std::fs::read_to_string(path).with_context(|| format!("read the house file `{}`", path.display()))?;
    device_adapters::house(&text).with_context(|| format!("read the house file `{}`", path.display()))
}

/// The events of a file, by its name rows of `time, entity, state` or lines of JSON, and whether all could be read.
#[expect(clippy::print_stderr, reason = "a command line tool tells its user here")]
fn read_events(path: &Path) -> anyhow::Result<(Vec<Evidence>, bool)> {
    let is_json = !path.extension().is_some_and(|ending| matches!(ending.to_str(), Some("csv" | "tsv" | "txt")));
    let file = std::fs::File::open(path).with_context(|| format!("open `{}`", path.display()))?;
    let (mut evidence, mut all_good) = (Vec::new(), true);
    for (index, line) in BufReader::new(file).split(b'\n').enumerate() {
        let line = line.with_context(|| format!("read `{}`", path.display()))?;
        let line = String::from_utf8_lossy(&line);
        let line = line.trim();
        let is_heading = !is_json && index == 0 && line.to_lowercase().starts_with("time");
        if line.is_empty() || is_heading {
            continue;
        }
        match if is_json { from_json(line) } else { from_row(line) } {
            Ok(one) => evidence.push(one),
            Err(error) => {
                all_good = false;
                eprintln!("{}:{}: line skipped: {error}", path.display(), index + 1);
            }
        }
    }
    Ok((evidence, all_good))
}
