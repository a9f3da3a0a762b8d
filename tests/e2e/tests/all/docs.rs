//! What the pages for people promise: the README's sentences are said to the house that `./run` starts, and the
//! commands that pages name are asked whether they are there.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use serde_json::json;

use crate::support::{Hub, Setup, output, own_program, repository};

#[test]
fn every_sentence_of_the_readme_is_understood() {
    let readme = read("README.md");
    let section = readme.split("\n## ").find(|part| part.starts_with("What to try first")).unwrap();
    let lines: Vec<Vec<&str>> = section.lines().filter(|line| line.starts_with("- \"")).map(quoted).collect();
    assert!(8 < lines.iter().flatten().count(), "{lines:?}");
    let hub = Hub::start(Setup::demo("en"));
    let mut wrong = Vec::new();
    for (number, sentences) in lines.iter().enumerate() {
        for sentence in sentences {
            let answer = hub.ask(json!({ "text": sentence, "conversation": format!("readme-{number}") }));
            let outcome = answer["outcome"].as_str().unwrap_or_default();
            let is_refused = outcome == "refuse" && *sentence != "no";
            if is_refused || matches!(outcome, "not_understood" | "not_for_house") {
                wrong.push(format!("“{sentence}”: {outcome}, {}", answer["reply"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_command_that_the_pages_name_is_there() {
    let mut wrong = Vec::new();
    let commands: BTreeSet<String> = pages().iter().flat_map(|page| commands(&read(page))).collect();
    assert!(5 < commands.len(), "{commands:?}");
    for command in &commands {
        let words = command
            .split(' ')
            .take_while(|word| word.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-'));
        let words: Vec<&str> = words.take_while(|word| !word.starts_with('-')).take(2).collect();
        let help = |words: &[&str]| output(Command::new(own_program("hearthd")).args(words).arg("--help"));
        let (said, is_there) = help(&words);
        let flags = command.split(' ').filter(|word| word.starts_with("--"));
        let unknown: Vec<&str> = flags.filter(|flag| !said.contains(flag.trim_end_matches(['`', ',', '.']))).collect();
        if !is_there || !unknown.is_empty() {
            wrong.push(format!("hearthd {command}: {unknown:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn read(page: &str) -> String {
    std::fs::read_to_string(repository().join(page)).unwrap()
}

fn pages() -> Vec<String> {
    let docs = std::fs::read_dir(repository().join("docs")).unwrap();
    let names = docs.filter_map(|entry| entry.unwrap().path().file_name()?.to_str().map(str::to_owned));
    let pages = names.filter(|name| name.ends_with(".md")).map(|name| PathBuf::from("docs").join(name));
    let pages = pages.filter_map(|page| page.to_str().map(str::to_owned));
    pages.chain(["README.md", "CONTRIBUTING.md", "models/README.md"].map(str::to_owned)).collect()
}

/// What stands in quotation marks.
fn quoted(line: &str) -> Vec<&str> {
    line.split('"').skip(1).step_by(2).collect()
}

/// What follows the program's name where code stands: between backticks, or on a line of a block of a shell.
fn commands(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (number, part) in page.split("```").enumerate() {
        let spans: Vec<&str> = match number % 2 {
            1 if part.starts_with("sh") => part.lines().collect(),
            1 => Vec::new(),
            _ => part.split('`').skip(1).step_by(2).collect(),
        };
        found.extend(spans.iter().filter_map(|span| {
            let (program, command) = span.trim_start_matches("sudo ").split_once(' ')?;
            program.ends_with("hearthd").then(|| command.trim().to_owned())
        }));
    }
    found
}
