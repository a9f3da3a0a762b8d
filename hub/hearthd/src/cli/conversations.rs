//! Conversations in Markdown, run as tests on the virtual house with recorded codes instead of a model.
//!
//! A file is written anew from what came of it and compared with what stands there: `sent` and `said` after each turn,
//! `fired` after a `wait:`, `pending` at the end. `UPDATE_EXPECT=1` keeps the new text; the difference is to be read.
//!
//! The same conversations are held with the shipped model too, and counted: at least nine turns in ten must come out as
//! they are written. `HEARTH_SCORE=FILE` writes the count and every turn that came out otherwise;
//! `HEARTH_MODELS=FOLDER` is another model.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use mind::words::key;

use crate::cli::parse::Houses;
use crate::cli::simulate::dialogue::{Dialogue, Fired, Pending, Simulated, TurnFile, TurnOut};
use crate::cli::simulate::simulate;
use crate::config;
use mind::decide::Thresholds;
use runtime::model::language_model::{self, Model};
use runtime::wire::CommandWire;

/// A conversation as it stands in a file.
#[derive(Debug, Default)]
struct Conversation {
    dialogue: Dialogue,
    turns: Vec<Turn>,
}

#[derive(Debug, Default)]
struct Turn {
    text: String,
    code: Option<String>,
}

#[tokio::test(flavor = "multi_thread")]
async fn english() {
    check("en").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn chinese() {
    check("zh").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_shipped_model() {
    let release = std::env::current_exe().unwrap().ancestors().nth(2).unwrap().to_owned();
    let program = release.join("hearth-llm");
    if !program.is_file() {
        eprintln!("skipped: {} is not built", program.display());
        return;
    }
    let models = std::env::var_os("HEARTH_MODELS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models"), PathBuf::from);
    let (settings, thresholds) = config::model_only(Some(models)).unwrap();
    let model = Model::start(language_model::LanguageModelSettings { program, ..settings });
    model.settled().await;
    let mut report = String::new();
    let mut scores = Vec::new();
    for lang in ["en", "zh"] {
        let score = score(lang, &model, thresholds, &mut report).await;
        report.push_str(&format!("conversations_{lang} {score}\n\n"));
        scores.push(score);
    }
    if let Some(file) = std::env::var_os("HEARTH_SCORE") {
        std::fs::write(file, &report).unwrap();
    }
    for score in scores {
        assert!(0 < score.turns && score.turns * 9 <= score.turns_right * 10, "{report}");
    }
}

/// How many turns, and how many whole conversations, came out as they are written.
#[derive(Clone, Copy, Debug, Default)]
struct Score {
    turns: usize,
    turns_right: usize,
    conversations: usize,
    conversations_right: usize,
}

impl std::fmt::Display for Score {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let percent = |right: usize, all: usize| 100.0 * right as f64 / all.max(1) as f64;
        let (turns, whole) =
            (percent(self.turns_right, self.turns), percent(self.conversations_right, self.conversations));
        write!(f, "all {:>6}  right {turns:.1} %  whole conversations {whole:.1} %", self.turns)
    }
}

/// Holds the conversations of a language with a model; what was done and said is compared with the recorded codes'.
async fn score(lang: &str, model: &Model, thresholds: Thresholds, report: &mut String) -> Score {
    let (houses, files) = stage(lang);
    let house = houses.of(None).unwrap();
    let mut score = Score::default();
    for file in files {
        for conversation in read(&std::fs::read_to_string(&file).unwrap(), lang) {
            let recorded = Model::recorded(codes(&conversation), 1.0);
            let written =
                simulate(&conversation.dialogue, &house.house, &recorded, Thresholds::default(), None).await.unwrap();
            let held = simulate(&conversation.dialogue, &house.house, model, thresholds, None).await.unwrap();
            let mut is_right = pending(&written) == pending(&held)
                && (0..=written.turns.len()).all(|turn| fired(&written, turn) == fired(&held, turn));
            for ((want, got), turn) in written.turns.iter().zip(&held.turns).zip(&conversation.turns) {
                let came = |turn: &TurnOut| (sent(&turn.commands, &turn.outcomes), turn.reply.clone());
                score.turns += 1;
                if came(want) == came(got) {
                    score.turns_right += 1;
                    continue;
                }
                is_right = false;
                report.push_str(&format!(
                    "{lang}, {}: {}\n  written: {:?}\n  came:    {:?}\n  {}\n",
                    conversation.dialogue.id,
                    turn.text,
                    came(want),
                    came(got),
                    got.trace.join("; ")
                ));
            }
            score.conversations += 1;
            score.conversations_right += usize::from(is_right);
        }
    }
    score
}

/// The house of a language, and the files with its conversations.
fn stage(lang: &str) -> (Houses, Vec<PathBuf>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests");
    let houses = Houses::read(&root.join(format!("houses/demo.{lang}.json"))).unwrap();
    let folder = root.join("conversations").join(lang);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!files.is_empty(), "no conversation was found in {}", folder.display());
    files.sort();
    (houses, files)
}

async fn check(lang: &str) {
    let (houses, files) = stage(lang);
    let house = houses.of(None).unwrap();
    let (mut ran, mut wrong) = (0, Vec::new());
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let mut simulated = Vec::new();
        for conversation in read(&text, lang) {
            ran += conversation.turns.len();
            let model = Model::recorded(codes(&conversation), 1.0);
            simulated.push(
                simulate(&conversation.dialogue, &house.house, &model, Thresholds::default(), None).await.unwrap(),
            );
        }
        let fresh = written(&text, &simulated);
        if fresh != text {
            wrong.push(format!("{}\n{}", file.display(), difference(&text, &fresh)));
            if std::env::var_os("UPDATE_EXPECT").is_some() {
                std::fs::write(&file, fresh).unwrap();
            }
        }
    }
    assert!(0 < ran, "no turn was found");
    let is_update = std::env::var_os("UPDATE_EXPECT").is_some();
    assert!(wrong.is_empty() || is_update, "of {ran} turns, some are not as written:\n\n{}", wrong.join("\n\n"));
}

/// The recorded codes by words.
fn codes(conversation: &Conversation) -> HashMap<String, Vec<String>> {
    let tokens = |code: &String| code.split_whitespace().map(str::to_owned).collect();
    conversation.turns.iter().filter_map(|turn| Some((key(&turn.text), turn.code.as_ref().map(tokens)?))).collect()
}

/// A file with its blocks written anew.
fn written(text: &str, simulated: &[Simulated]) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut all = simulated.iter();
    let mut now: Option<&Simulated> = None;
    let mut turn = 0;
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if matches!(line, "```sent" | "```said" | "```fired" | "```pending") {
            lines.by_ref().find(|line| *line == "```");
            continue;
        }
        if line.starts_with("## ") {
            end(&mut out, now, false);
            (now, turn) = (all.next(), 0);
        }
        out.push(line.to_owned());
        let Some(simulated) = now else { continue };
        if line.starts_with("wait: ") {
            block(&mut out, "fired", &fired(simulated, turn));
        }
        if line.starts_with("> ") {
            if lines.peek() == Some(&"```code") {
                out.extend(lines.by_ref().take_while(|line| *line != "```").map(str::to_owned));
                out.push("```".to_owned());
            }
            let TurnOut { reply, commands, outcomes, .. } = &simulated.turns[turn];
            block(&mut out, "sent", &sent(commands, outcomes));
            block(&mut out, "said", reply);
            turn += 1;
        }
    }
    end(&mut out, now, true);
    out.join("\n") + "\n"
}

/// The end of a conversation: what waits for its time.
fn end(out: &mut Vec<String>, simulated: Option<&Simulated>, is_last: bool) {
    let Some(simulated) = simulated else { return };
    let blanks = out.iter().rev().take_while(|line| line.is_empty()).count();
    out.truncate(out.len() - blanks);
    if !simulated.pending.is_empty() {
        out.push(String::new());
        block(out, "pending", &pending(simulated));
    }
    if !is_last {
        out.push(String::new());
    }
}

fn block(out: &mut Vec<String>, name: &str, body: &str) {
    if !body.is_empty() {
        out.push(format!("```{name}\n{body}\n```"));
    }
}

/// Commands and what became of them, a line each.
fn sent(commands: &[CommandWire], outcomes: &[serde_json::Value]) -> String {
    let outcome = |id: &str| {
        outcomes.iter().find(|outcome| outcome["entity_id"] == id).map_or_else(
            || "held back".to_owned(),
            |outcome| outcome["outcome"].as_str().unwrap_or_default().to_owned(),
        )
    };
    commands
        .iter()
        .map(|command| {
            format!("{} {} {}: {}", command.entity_id, command.service, command.data, outcome(&command.entity_id))
        })
        .collect::<Vec<_>>()
        .join("\n")
}

/// What fell due before a turn.
fn fired(simulated: &Simulated, turn: usize) -> String {
    simulated.fired.iter().filter(|fired| fired.before_turn == turn).map(fired_lines).collect::<Vec<_>>().join("\n")
}

/// What waits for its time.
fn pending(simulated: &Simulated) -> String {
    simulated.pending.iter().map(pending_line).collect::<Vec<_>>().join("\n")
}

fn fired_lines(fired: &Fired) -> String {
    let at = fired.at.get(5..16).unwrap_or_default().replace('T', " ");
    let said = format!("{at} {}", fired.reply);
    match sent(&fired.commands, &fired.outcomes) {
        sent if sent.is_empty() => said,
        sent => format!("{sent}\n{said}"),
    }
}

fn pending_line(pending: &Pending) -> String {
    let due = pending.due.as_deref().unwrap_or_default().get(5..16).unwrap_or_default().replace('T', " ");
    let parts =
        [Some(pending.kind.to_owned()), Some(due), pending.repeats.clone(), pending.name.clone(), pending.what.clone()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// The lines that differ.
fn difference(before: &str, after: &str) -> String {
    let (before, after): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let same_start = before.iter().zip(&after).take_while(|(one, other)| one == other).count();
    let (before, after) = (&before[same_start..], &after[same_start..]);
    let same_end = before.iter().rev().zip(after.iter().rev()).take_while(|(one, other)| one == other).count();
    let shown = |lines: &[&str], sign: &str| {
        lines[..lines.len() - same_end]
            .iter()
            .take(MOST_SHOWN)
            .map(|line| format!("{sign} {line}"))
            .collect::<Vec<_>>()
            .join("\n")
    };
    format!("line {}:\n{}\n{}", same_start + 1, shown(before, "-"), shown(after, "+"))
}

fn read(text: &str, lang: &str) -> Vec<Conversation> {
    let mut out: Vec<Conversation> = Vec::new();
    let (mut area, mut wait_s) = (None, 0.0);
    let mut block: Option<(String, Vec<String>)> = None;
    for line in text.lines() {
        if let Some((name, lines)) = &mut block {
            match line == "```" {
                true => {
                    let turn = out.last_mut().and_then(|conversation| conversation.turns.last_mut());
                    match (name.as_str(), turn) {
                        ("code", Some(turn)) => turn.code = Some(lines.join("\n")),
                        ("sent" | "said" | "fired" | "pending", _) => {}
                        (other, _) => panic!("unknown block `{other}`"),
                    }
                    block = None;
                }
                false => lines.push(line.to_owned()),
            }
            continue;
        }
        if let Some(title) = line.strip_prefix("## ") {
            (area, wait_s) = (None, 0.0);
            let mut conversation = Conversation::default();
            title.clone_into(&mut conversation.dialogue.id);
            conversation.dialogue.lang = Some(lang.to_owned());
            out.push(conversation);
        } else if let Some(name) = line.strip_prefix("```") {
            block = Some((name.to_owned(), Vec::new()));
        } else if let Some(conversation) = out.last_mut() {
            let dialogue = &mut conversation.dialogue;
            match line.split_once(": ") {
                Some(("place", place)) => area = Some(place.to_owned()),
                Some(("pin", pin)) => dialogue.pin = Some(pin.to_owned()),
                Some(("start", start)) => dialogue.start = Some(start.to_owned()),
                Some(("fault", fault)) => {
                    let (id, fault) = fault.split_once(' ').expect("a fault is an entity and a word");
                    dialogue.faults.insert(id.to_owned(), serde_json::from_value(fault.into()).unwrap());
                }
                Some(("wait", length)) => {
                    wait_s = seconds(length);
                    dialogue.then_wait_s = Some(wait_s);
                }
                _ => {}
            }
            if let Some(said) = line.strip_prefix("> ") {
                dialogue.turns.push(TurnFile {
                    text: said.to_owned(),
                    wav: None,
                    area: area.clone(),
                    wait_s: std::mem::take(&mut wait_s),
                });
                dialogue.then_wait_s = None;
                conversation.turns.push(Turn { text: said.to_owned(), code: None });
            }
        }
    }
    out
}

/// "20 min", "9 h", "30 s".
fn seconds(length: &str) -> f64 {
    let (count, unit) = length.split_once(' ').expect("a wait is a number and a unit");
    let unit = match unit {
        "s" => 1.0,
        "min" => 60.0,
        "h" => 3600.0,
        other => panic!("unknown unit `{other}`"),
    };
    count.parse::<f64>().unwrap() * unit
}

/// More lines than these are not read.
const MOST_SHOWN: usize = 60;
