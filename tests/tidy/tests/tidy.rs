//! Whether everything is at home: words behind their fences, arrows between the rooms, no circles, heads, lengths.
//!
//! The tables stand first. An exception says why, may shrink, and is to go. Which room of a crate may use which stands
//! in `arrows.txt` beside this file; `TIDY_UPDATE=1 cargo test -p hearth-tidy` writes it anew, and the difference is
//! what a reviewer looks at.

use std::collections::BTreeSet;
use std::fmt::Write;

use hearth_tidy::{Arrows, Crate, Source, between_files, between_rooms, circles, crates, dependencies, root, sources};

/// Words that are named only behind their fence: the word, the files or folders that may, and why.
const FENCES: &[(&str, &[&str], &str)] = &[
    ("sled", &["hub/store/", "tests/e2e/"], "only the store knows how things are kept"),
    ("axum", &["hub/api/"], "only the HTTP API knows the web framework"),
    (
        "rumqttc",
        &["hub/hearthd/src/mqtt/", "hub/hearthd/src/cli/bench/", "hub/hearthd/src/demo/", "tests/e2e/"],
        "only who speaks to a broker knows its client",
    ),
    ("rmqtt", &["hub/broker/"], "only the embedded broker knows what it is made of"),
    (
        "tokio_tungstenite",
        &["hub/hearthd/src/home_assistant/", "hub/hearthd/src/cli/listen.rs"],
        "only they open a websocket",
    ),
    ("llama_cpp_2", &["hub/engines/llm/"], "a fault of the model's library must not reach the hub"),
    ("vosk", &["hub/engines/asr/"], "a fault of the recogniser's library must not reach the hub"),
    ("snd_pcm", &["hub/engines/sound/"], "a fault of ALSA's library must not reach the hub"),
    (
        "adapters.write(",
        &["hub/runtime/src/hub/outgoing.rs", "device-adapters/"],
        "a command to a device is made in one place, behind the judge",
    ),
    (
        "hub.outgoing(",
        &["hub/runtime/src/dispatch.rs"],
        "only dispatch asks for a command, and it takes only what the judge approved",
    ),
    ("carrier.send(", &["hub/runtime/src/dispatch.rs"], "only dispatch lets a command go"),
];

/// Which crate may be built with which; the order is from the ground up.
const CRATES: &[(&str, &[&str])] = &[
    ("house", &[]),
    ("secrets", &[]),
    ("engine-protocol", &[]),
    ("mind", &["house"]),
    ("device-adapters", &["house"]),
    ("engine-process", &[]),
    ("hearth-llm", &["engine-protocol", "engine-process"]),
    ("hearth-asr", &["engine-protocol", "engine-process"]),
    ("hearth-sound", &["engine-protocol"]),
    ("store", &["house", "device-adapters"]),
    ("broker", &["house", "store", "secrets"]),
    ("runtime", &["house", "mind", "engine-protocol", "device-adapters", "secrets", "store"]),
    ("voice", &["house", "mind", "engine-protocol", "store", "runtime"]),
    ("api", &["house", "mind", "device-adapters", "secrets", "store", "runtime", "voice"]),
    (
        "hearthd",
        &[
            "house",
            "mind",
            "engine-protocol",
            "device-adapters",
            "secrets",
            "store",
            "broker",
            "runtime",
            "voice",
            "api",
        ],
    ),
    ("hearth-generate", &["house", "mind"]),
    ("hearth-households", &["house", "mind"]),
    ("hearth-e2e", &[]),
    ("hearth-tidy", &[]),
];

/// Circles between the rooms of a crate that are still there: the crate and its rooms. None may come to it.
const ROOM_CIRCLES: &[(&str, &[&str])] = &[];

/// Circles between files that are still there, and why: every file of such a circle begins with one of these.
const FILE_CIRCLES: &[(&[&str], &str)] = &[];

/// Files of more than [`MOST_LINES`], and why.
const LONG_FILES: &[(&str, &str)] = &[];

/// Files with lines of more than [`MOST_COLUMNS`] outside raw strings, and why.
const WIDE_FILES: &[(&str, &str)] = &[
    ("hub/runtime/src/model/general/prompt.rs", "what a general model is told, word for word"),
    ("hub/runtime/src/model/general/schema.rs", "what a general model is told, word for word"),
];

const MOST_LINES: usize = 500;
const MOST_COLUMNS: usize = 120;

#[test]
fn fenced_words_stay_behind_their_fences() {
    let mut wrong = String::new();
    for source in sources().iter().filter(|source| !source.path.starts_with("tests/tidy/")) {
        for (word, places, why) in FENCES {
            let may = places.iter().any(|place| source.path.starts_with(place));
            if !may && names(&source.code_without_tests(), word) {
                let _ = writeln!(wrong, "{} names `{word}`, but {why}. It may stand in: {places:?}", source.path);
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn crates_lean_only_on_those_below() {
    let crates = crates();
    let mut wrong = String::new();
    for one in &crates {
        let Some((_, allowed)) = CRATES.iter().find(|(name, _)| *name == one.name) else {
            let _ = writeln!(wrong, "The crate `{}` is new: say in the table CRATES what it may lean on.", one.name);
            continue;
        };
        let own = dependencies(one).into_iter().filter(|name| crates.iter().any(|other| other.name == *name));
        for name in own.filter(|name| !allowed.contains(&name.as_str())) {
            let _ = writeln!(wrong, "`{}` leans on `{name}`. Nouns ← decisions ← the world: turn it round.", one.name);
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn rooms_use_only_the_rooms_they_may() {
    let sources = sources();
    let now: Vec<(String, Arrows)> =
        crates().into_iter().map(|of| (of.name.clone(), between_rooms(&of, sources))).collect();
    let table = written(&now);
    let place = root().join("tests/tidy/tests/arrows.txt");
    if std::env::var_os("TIDY_UPDATE").is_some() {
        std::fs::write(&place, &table).unwrap();
    }
    let allowed = std::fs::read_to_string(&place).unwrap_or_default();
    let (now, allowed) = (lines(&table), lines(&allowed));
    let new: Vec<&String> = now.difference(&allowed).collect();
    let gone: Vec<&String> = allowed.difference(&now).collect();
    assert!(
        new.is_empty() && gone.is_empty(),
        "\nNew arrows between rooms: {new:#?}\nArrows that are gone: {gone:#?}\nIf each new one points from the world \
         to decisions to nouns, write `tests/tidy/tests/arrows.txt` anew with TIDY_UPDATE=1. If not, move the thing \
         that is used to a room that both may use."
    );
}

#[test]
fn rooms_do_not_go_round_in_circles() {
    let sources = sources();
    let mut wrong = String::new();
    for one in crates() {
        for circle in circles(&between_rooms(&one, sources)) {
            let is_known = ROOM_CIRCLES
                .iter()
                .any(|(name, rooms)| *name == one.name && circle.iter().all(|room| rooms.contains(&room.as_str())));
            if !is_known {
                let _ = writeln!(wrong, "In `{}` these rooms need each other: {circle:?}", one.name);
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}What two rooms share belongs into a third that uses neither.");
}

#[test]
fn files_do_not_go_round_in_circles() {
    let sources = sources();
    let mut wrong = String::new();
    for one in crates() {
        let arrows = between_files(&one, sources);
        for circle in circles(&arrows).into_iter().filter(|circle| !is_known_circle(circle)) {
            let _ = writeln!(wrong, "These files need each other:");
            for file in &circle {
                let to: Vec<&String> =
                    arrows.get(file).into_iter().flatten().filter(|to| circle.contains(to)).collect();
                let _ = writeln!(wrong, "  {file} -> {to:?}");
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}What two files share belongs into a third that uses neither.");
}

#[test]
fn every_file_says_what_it_is_for() {
    let bare: Vec<&str> =
        sources().iter().filter(|source| !source.text.starts_with("//!")).map(|source| source.path.as_str()).collect();
    assert!(bare.is_empty(), "these files don't begin with `//!` and a sentence on what they are for: {bare:#?}");
}

#[test]
fn files_are_not_long() {
    let mut wrong = String::new();
    for Source { path, text, .. } in sources() {
        let lines = text.lines().count();
        let excused = LONG_FILES.iter().any(|(file, _)| file == path);
        match (MOST_LINES < lines, excused) {
            (true, false) => {
                let _ = writeln!(wrong, "{path} has {lines} lines: does it answer more than one question?");
            }
            (false, true) => {
                let _ = writeln!(wrong, "{path} has {lines} lines: take it out of LONG_FILES.");
            }
            (_, _) => {}
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn lines_are_not_wide() {
    let mut wrong = String::new();
    for Source { path, text, raw_lines, .. } in sources() {
        if WIDE_FILES.iter().any(|(file, _)| file == path) {
            continue;
        }
        let wide = text.lines().enumerate().filter(|(_, line)| MOST_COLUMNS < line.chars().count());
        for (number, _) in wide.filter(|(number, _)| raw_lines.binary_search(number).is_err()) {
            let _ = writeln!(wrong, "{path}:{} is wider than {MOST_COLUMNS} columns: break it.", number + 1);
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// Whether a word stands in the code by itself, whatever blanks are in it.
fn names(code: &str, word: &str) -> bool {
    let code: String = match word.contains('.') {
        true => code.split_whitespace().collect(),
        false => code.to_owned(),
    };
    let is_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    code.match_indices(word).any(|(at, _)| {
        let before = code.get(..at).and_then(|before| before.chars().last());
        let after = code.get(at + word.len()..).and_then(|after| after.chars().next());
        !before.is_some_and(is_name) && (word.ends_with('(') || !after.is_some_and(is_name))
    })
}

fn is_known_circle(circle: &[String]) -> bool {
    let is_in = |places: &[&str], file: &String| places.iter().any(|place| file.starts_with(place));
    FILE_CIRCLES.iter().any(|(places, _)| circle.iter().all(|file| is_in(places, file)))
}

fn written(all: &[(String, Arrows)]) -> String {
    let mut out =
        "# Which room of a crate uses which. Written by `TIDY_UPDATE=1 cargo test -p hearth-tidy`.\n".to_owned();
    for (name, arrows) in all {
        for (room, used) in arrows.iter().filter(|(_, used)| !used.is_empty()) {
            let used: Vec<&str> = used.iter().map(String::as_str).collect();
            let _ = writeln!(out, "{name}: {room} -> {}", used.join(" "));
        }
    }
    out
}

/// One for each arrow of the table.
fn lines(table: &str) -> BTreeSet<String> {
    let rows = table.lines().filter_map(|line| line.split_once(" -> "));
    rows.flat_map(|(room, used)| used.split(' ').map(move |to| format!("{room} -> {to}"))).collect()
}

#[test]
fn the_workspace_is_read() {
    let crates = crates();
    let sources = sources();
    let is_there = |Crate { folder, .. }: &Crate| sources.iter().any(|source| source.path.starts_with(folder.as_str()));
    assert!(10 <= crates.len() + 2 && crates.iter().all(is_there), "the workspace's crates can't be read: {crates:?}");
}
