//! Conversations in Markdown, run as tests on the virtual house with recorded codes instead of a model.
//!
//! `UPDATE_EXPECT=1` writes the blocks `sent` and `said` anew; the difference is to be read before it is kept.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use mind::clauses::clauses;
use mind::prompt::Names;
use mind::understand::hear;
use mind::words::key;

use crate::manifest::Thresholds;
use crate::model::Model;
use crate::parse::Houses;
use crate::simulate::{Dialogue, TurnFile, TurnOut, simulate};

/// A conversation as it stands in a file.
#[derive(Debug, Default)]
struct Conversation {
    title: String,
    dialogue: Dialogue,
    turns: Vec<Turn>,
}

#[derive(Debug, Default)]
struct Turn {
    text: String,
    code: Option<String>,
    sent: String,
    said: String,
}

#[tokio::test(flavor = "multi_thread")]
async fn english() {
    check("en").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn chinese() {
    check("zh").await;
}

async fn check(lang: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests");
    let houses = Houses::read(&root.join(format!("houses/demo.{lang}.json"))).unwrap();
    let house = houses.of(None).unwrap();
    let folder = root.join("conversations").join(lang);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let (mut ran, mut wrong) = (0, Vec::new());
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let mut fresh = text.clone();
        for conversation in read(&text, lang) {
            let model = Model::recorded(codes(&conversation), 1.0);
            let simulated = simulate(&conversation.dialogue, &house.house, &model, Thresholds::default()).await.unwrap();
            for (turn, out) in conversation.turns.iter().zip(&simulated.turns) {
                ran += 1;
                let (sent, said) = (sent(out), out.reply.clone());
                if (sent.as_str(), said.as_str()) != (turn.sent.as_str(), turn.said.as_str()) {
                    wrong.push(format!("{}: {}\n> {}\nsent:\n{sent}\nsaid:\n{said}\ntrace: {:?}", file.display(), conversation.title, turn.text, out.trace));
                    fresh = rewritten(&fresh, &conversation.title, turn, &sent, &said);
                }
            }
        }
        if std::env::var_os("UPDATE_EXPECT").is_some() && fresh != text {
            std::fs::write(&file, fresh).unwrap();
        }
    }
    assert!(0 < ran, "no conversation was found in {}", folder.display());
    let is_update = std::env::var_os("UPDATE_EXPECT").is_some();
    assert!(wrong.is_empty() || is_update, "{} of {ran} turns are not as written:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

/// The recorded codes by words; a sentence of several requests has a line of code for each.
fn codes(conversation: &Conversation) -> HashMap<String, Vec<String>> {
    let tokens = |line: &str| line.split_whitespace().map(str::to_owned).collect();
    let mut out = HashMap::new();
    for turn in &conversation.turns {
        let Some(code) = &turn.code else { continue };
        let parts = clauses(&hear(&turn.text, &Names::default()).expect("a turn has words"));
        match code.lines().count() {
            1 => {
                out.insert(key(&turn.text), tokens(code));
            }
            _ => out.extend(parts.iter().map(|part| key(part)).zip(code.lines().map(tokens))),
        }
    }
    out
}

/// Commands and what became of them, a line each.
fn sent(out: &TurnOut) -> String {
    let outcome = |id: &str| out.outcomes.iter().find(|outcome| outcome["entity_id"] == id).map_or_else(|| "held back".to_owned(), |outcome| outcome["outcome"].as_str().unwrap_or_default().to_owned());
    out.commands.iter().map(|command| format!("{} {} {}: {}", command.entity_id, command.service, command.data, outcome(&command.entity_id))).collect::<Vec<_>>().join("\n")
}

fn read(text: &str, lang: &str) -> Vec<Conversation> {
    let mut out: Vec<Conversation> = Vec::new();
    let mut area = None;
    let mut block: Option<(String, Vec<String>)> = None;
    for line in text.lines() {
        if let Some((name, lines)) = &mut block {
            if line == "```" {
                let body = lines.join("\n");
                let turn = out.last_mut().and_then(|conversation| conversation.turns.last_mut()).expect("a block follows a turn");
                match name.as_str() {
                    "code" => turn.code = Some(body),
                    "sent" => turn.sent = body,
                    "said" => turn.said = body,
                    other => panic!("unknown block `{other}`"),
                }
                block = None;
            } else {
                lines.push(line.to_owned());
            }
            continue;
        }
        if let Some(title) = line.strip_prefix("## ") {
            area = None;
            let mut dialogue = Dialogue::default();
            title.clone_into(&mut dialogue.id);
            dialogue.lang = Some(lang.to_owned());
            out.push(Conversation { title: title.to_owned(), dialogue, turns: Vec::new() });
        } else if let Some(name) = line.strip_prefix("```") {
            block = Some((name.to_owned(), Vec::new()));
        } else if let Some(conversation) = out.last_mut() {
            if let Some(place) = line.strip_prefix("place: ") {
                area = Some(place.to_owned());
            } else if let Some(pin) = line.strip_prefix("pin: ") {
                conversation.dialogue.pin = Some(pin.to_owned());
            } else if let Some(fault) = line.strip_prefix("fault: ") {
                let (id, fault) = fault.split_once(' ').expect("a fault is an entity and a word");
                conversation.dialogue.faults.insert(id.to_owned(), serde_json::from_value(fault.into()).unwrap());
            } else if let Some(said) = line.strip_prefix("> ") {
                let wait_s = 0.0;
                conversation.dialogue.turns.push(TurnFile { text: said.to_owned(), area: area.clone(), wait_s });
                conversation.turns.push(Turn { text: said.to_owned(), ..Turn::default() });
            }
        }
    }
    out
}

/// The file with the blocks of one turn written anew.
fn rewritten(text: &str, title: &str, turn: &Turn, sent: &str, said: &str) -> String {
    let mut out = Vec::new();
    let (mut here, mut in_turn, mut skipping) = (false, false, false);
    for line in text.lines() {
        if skipping {
            skipping = line != "```";
            continue;
        }
        if line.starts_with("## ") {
            here = line == format!("## {title}");
        }
        if line.starts_with("> ") || line.starts_with("## ") {
            in_turn = here && line == format!("> {}", turn.text);
        }
        if in_turn && matches!(line, "```sent" | "```said") {
            skipping = true;
            continue;
        }
        out.push(line.to_owned());
        let has_code = turn.code.is_some();
        let at_end = if has_code { in_turn && line == "```" } else { in_turn && line.starts_with("> ") };
        if at_end {
            if !sent.is_empty() {
                out.push(format!("```sent\n{sent}\n```"));
            }
            out.push(format!("```said\n{said}\n```"));
            in_turn = false;
        }
    }
    // Blocks of the turn that follow the fresh ones are the old ones.
    let joined = out.join("\n") + "\n";
    dedup_blocks(&joined)
}

/// Of two `sent` or `said` blocks in one turn, the first is the fresh one.
fn dedup_blocks(text: &str) -> String {
    let mut out = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    let mut skipping = false;
    for line in text.lines() {
        if skipping {
            skipping = line != "```";
            continue;
        }
        if line.starts_with("> ") || line.starts_with("## ") {
            seen.clear();
        }
        if matches!(line, "```sent" | "```said") {
            if seen.contains(&line.to_owned()) {
                skipping = true;
                continue;
            }
            seen.push(line.to_owned());
            if line == "```said" {
                seen.push("```sent".to_owned());
            }
        }
        out.push(line.to_owned());
    }
    out.join("\n") + "\n"
}
