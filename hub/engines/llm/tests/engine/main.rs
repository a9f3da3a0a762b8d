//! The engine from outside: the real process, spoken to in frames, with a tiny model.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at what it did not expect")]

mod chat;
mod tiny;
mod tiny_intent;

use engine_protocol::{Answer, Automaton, FailKind, Loaded, ModelFile, Piece, Reply, Request};
use sha2::{Digest, Sha256};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

#[test]
fn a_code_is_one_that_the_automaton_allows() {
    let mut engine = Engine::with_model();
    let answer = engine.done(run(1, prompt(" turn on the lamp"), 10));
    let names: Vec<&str> = answer.tokens.iter().map(String::as_str).collect();
    assert!(span_automaton().accepts(names), "{answer:?}");
    assert_eq!(answer.probs.len(), answer.tokens.len() + 1);
    assert_eq!(answer.free_probs.len(), answer.tokens.len() + 1);
    let pairs = answer.probs.iter().zip(&answer.free_probs);
    pairs.for_each(|(prob, free)| assert!(0.0 < *free && free <= prob && *prob <= 1.0));
    assert_eq!(answer.probs.last(), Some(&1.0), "only `end` was left");
}

#[test]
fn a_prompt_says_the_same_whatever_was_read_before() {
    let mut engine = Engine::with_model();
    let first = engine.done(run(1, prompt(" turn on the lamp"), 10));
    engine.done(run(2, prompt(" turn on the fan"), 10));
    let again = engine.done(run(3, prompt(" turn on the lamp"), 10));
    assert_eq!((again.tokens, again.probs), (first.tokens, first.probs));
}

#[test]
fn a_way_that_cannot_reach_the_end_is_not_taken() {
    let mut automaton = Automaton::default();
    for n in 0..3 {
        automaton.state(n == 2);
    }
    let (likely, nothing, way_out) =
        (automaton.set(["TurnOn", "TurnOff", "area", "name"]), automaton.set([""; 0]), automaton.set(["spare"]));
    for (from, set, to) in [(0, likely, 1), (1, nothing, 2), (0, way_out, 2)] {
        automaton.edge(from, set, to);
    }
    let answer = Engine::with_model().done(run_with(1, automaton, 60_000));
    assert_eq!(answer.tokens, ["spare"]);
}

#[test]
fn text_never_becomes_a_special_token() {
    let mut engine = Engine::with_model();
    let named = engine.done(run(1, vec![special("begin"), special("end")], 10));
    assert_eq!(named.prompt_tokens, 2);
    let text = Piece::Text("<|end|>".to_owned());
    let spelt = engine.done(run(2, vec![special("begin"), text], 10));
    // Seven letters and the space that keeps them apart.
    assert_eq!(spelt.prompt_tokens, 1 + 8);
}

#[test]
fn a_long_prompt_is_read_whole_and_one_with_too_many_words_is_refused() {
    let mut engine = Engine::with_model();
    let words = |count: usize| vec![Piece::Text(" lamp".to_owned()); count];
    let answer = engine.done(run(1, words(64), 10));
    assert_eq!(answer.prompt_tokens, 64 * 5);
    assert_eq!(engine.failed(run(2, words(65), 10)), FailKind::TooLong);
}

#[test]
fn what_does_not_fit_into_the_places_that_were_asked_for_is_refused() {
    let (path, encoder) = model_files("few_places");
    let mut engine = Engine::start();
    engine.ready(Request::Load { file: meant(&path), encoder: Some(meant(&encoder)), threads: None, n_ctx: 20 });
    let words = |count: usize| vec![Piece::Text(" lamp".to_owned()); count];
    engine.done(run(1, words(14), 10));
    assert_eq!(engine.failed(run(2, words(18), 10)), FailKind::TooLong);
    assert_eq!(engine.failed(run(3, words(60), 10)), FailKind::TooLong);
    engine.done(run(4, words(14), 10));
}

#[test]
fn what_reads_and_what_writes_must_belong_together() {
    let (path, encoder) = model_files("not_together");
    tiny::general(&path);
    let mut engine = Engine::start();
    assert_eq!(engine.failed(load(&path, &encoder)), FailKind::BadModel);
}

#[test]
fn what_cannot_be_served_is_refused_and_the_next_run_is_served() {
    let mut engine = Engine::with_model();
    let unknown = vec![special("begin"), special("no such thing")];
    assert_eq!(engine.failed(run(1, unknown, 10)), FailKind::Internal);
    assert_eq!(engine.failed(run(2, Vec::new(), 10)), FailKind::Internal);
    assert_eq!(engine.failed(run(3, prompt(&" lamp".repeat(500)), 10)), FailKind::TooLong);
    assert_eq!(engine.failed(run(4, prompt(" lamp"), 2)), FailKind::TooLong);
    let mut broken = span_automaton();
    broken.edge(0, 99, 99);
    assert_eq!(engine.failed(run_with(5, broken, 1000)), FailKind::Internal);
    let mut dead = Automaton::default();
    dead.state(false);
    assert_eq!(engine.failed(run_with(6, dead, 1000)), FailKind::DeadEnd);
    assert_eq!(engine.failed(run_with(7, span_automaton(), 0)), FailKind::Deadline);
    engine.done(run(8, prompt(" lamp"), 10));
}

#[test]
fn a_waiting_run_can_be_cancelled_and_a_running_one_too() {
    let mut engine = Engine::with_model();
    let requests = [long_run(1), long_run(2), Request::Cancel { id: 2 }, Request::Cancel { id: 1 }];
    let frames = requests.map(|request| engine_protocol::encode_frame(&request, &[]).unwrap());
    engine.raw(&frames.concat());
    let mut cancelled = vec![engine.next_failed(), engine.next_failed()];
    cancelled.sort_by_key(|(id, _)| *id);
    let expected = |id| (Some(id), FailKind::Cancelled);
    assert_eq!(cancelled, [expected(1), expected(2)]);
    engine.done(run(3, prompt(" lamp"), 10));
}

#[test]
fn a_file_that_is_not_the_one_meant_is_not_loaded() {
    let mut engine = Engine::start();
    assert_eq!(engine.failed(run(1, prompt(" lamp"), 10)), FailKind::Internal);
    let (path, encoder) = model_files("not_the_one");
    let wrong = |path: &Path| ModelFile { path: path.to_str().unwrap().to_owned(), sha256: Some("00".repeat(32)) };
    let request = |file, encoder| Request::Load { file, encoder: Some(encoder), threads: None, n_ctx: 2048 };
    assert_eq!(engine.failed(request(wrong(&path), meant(&encoder))), FailKind::HashMismatch);
    assert_eq!(engine.failed(request(meant(&path), wrong(&encoder))), FailKind::HashMismatch);
    let missing = wrong(Path::new("/no/such/file.gguf"));
    assert_eq!(engine.failed(request(missing.clone(), meant(&encoder))), FailKind::BadModel);
    assert_eq!(engine.failed(request(meant(&path), missing)), FailKind::BadModel);
    let garbage = path.with_extension("garbage");
    std::fs::write(&garbage, b"GGUF and nothing else").unwrap();
    assert_eq!(engine.failed(load(&garbage, &encoder)), FailKind::BadModel);
    assert_eq!(engine.failed(load(&path, &garbage)), FailKind::BadModel);
    engine.ready(load(&path, &encoder));
    engine.ready(load(&path, &encoder));
    engine.done(run(2, prompt(" lamp"), 10));
}

#[test]
fn loading_says_what_was_loaded() {
    let (path, encoder) = model_files("says_what");
    let loaded = Engine::start().ready(load(&path, &encoder));
    assert_eq!((loaded.dialect, loaded.vocab), (7, 272));
    assert_eq!(loaded.sha256, Some(sha256(&path)));
    assert!(0 < loaded.params && 0 < loaded.rss_kb);
}

#[test]
fn after_a_malformed_message_the_next_is_answered_and_a_frame_too_long_ends_the_process() {
    let mut engine = Engine::start();
    engine.raw(b"\x02\0\0\0\0\0\0\0{]");
    assert_eq!(engine.next_failed(), (None, FailKind::Internal));
    engine.send(&Request::Ping);
    assert!(matches!(engine.next(), Some(Reply::Pong { .. })));
    engine.raw(b"\xff\xff\xff\xff\0\0\0\0");
    assert_eq!(engine.next(), None);
    assert!(!engine.child.wait().unwrap().success());
}

#[test]
fn the_process_ends_well_when_its_input_does() {
    let mut engine = Engine::with_model();
    drop(engine.requests.take());
    assert_eq!(engine.next(), None);
    assert!(engine.child.wait().unwrap().success());
}

struct Engine {
    child: Child,
    requests: Option<ChildStdin>,
    replies: ChildStdout,
}

impl Engine {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_hearth-llm"))
            .args(["--memory-mb", "1024"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let requests = child.stdin.take();
        let replies = child.stdout.take().unwrap();
        Self { child, requests, replies }
    }

    fn with_model() -> Self {
        let mut engine = Self::start();
        let name = format!("{:?}", std::thread::current().id());
        let (path, encoder) = model_files(&name);
        engine.ready(load(&path, &encoder));
        engine
    }

    fn send(&mut self, request: &Request) {
        engine_protocol::write_frame(self.requests.as_mut().unwrap(), request, &[]).unwrap();
    }

    fn raw(&mut self, bytes: &[u8]) {
        self.requests.as_mut().unwrap().write_all(bytes).unwrap();
    }

    fn next(&mut self) -> Option<Reply> {
        engine_protocol::read_frame(&mut self.replies).unwrap().map(|frame| frame.message)
    }

    fn next_failed(&mut self) -> (Option<u64>, FailKind) {
        match self.next() {
            Some(Reply::Failed { id, kind, .. }) => (id, kind),
            other => panic!("expected a failure: {other:?}"),
        }
    }

    fn ready(&mut self, request: Request) -> Loaded {
        self.send(&request);
        match self.next() {
            Some(Reply::Ready(loaded)) => loaded,
            other => panic!("expected a loaded model: {other:?}"),
        }
    }

    fn done(&mut self, request: Request) -> Answer {
        self.send(&request);
        match self.next() {
            Some(Reply::Done(answer)) => answer,
            other => panic!("expected a code: {other:?}"),
        }
    }

    fn failed(&mut self, request: Request) -> FailKind {
        self.send(&request);
        self.next_failed().1
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        drop(self.requests.take());
        let _ = self.child.wait();
    }
}

fn load(path: &Path, encoder: &Path) -> Request {
    Request::Load { file: meant(path), encoder: Some(meant(encoder)), threads: None, n_ctx: 2048 }
}

/// A file with the hash that it has.
fn meant(path: &Path) -> ModelFile {
    ModelFile { path: path.to_str().unwrap().to_owned(), sha256: Some(sha256(path)) }
}

fn run(id: u64, pieces: Vec<Piece>, max_tokens: u32) -> Request {
    let automaton = span_automaton();
    Request::Run { id, pieces, automaton, max_tokens, deadline_ms: 60_000 }
}

fn run_with(id: u64, automaton: Automaton, deadline_ms: u64) -> Request {
    let pieces = prompt(" lamp");
    Request::Run { id, pieces, automaton, max_tokens: 10, deadline_ms }
}

/// A code that takes long.
fn long_run(id: u64) -> Request {
    let mut automaton = Automaton::default();
    let set = automaton.set(["spare"]);
    for _ in 0..1999 {
        let state = automaton.state(false);
        automaton.edge(state, set, state + 1);
    }
    automaton.state(true);
    let pieces = vec![special("begin")];
    Request::Run { id, pieces, automaton, max_tokens: 2001, deadline_ms: 60_000 }
}

/// An intent, then a slot, then where its words begin and end.
fn span_automaton() -> Automaton {
    let mut automaton = Automaton::default();
    let intents = automaton.set(["TurnOn", "TurnOff"]);
    let slots = automaton.set(["area", "name"]);
    let index = automaton.set((0..8).map(|n| n.to_string()));
    let states: Vec<u32> = (0..5).map(|n| automaton.state(n == 4)).collect();
    let steps = states.iter().zip(states.iter().skip(1));
    for ((from, to), set) in steps.zip([intents, slots, index, index]) {
        automaton.edge(*from, set, *to);
    }
    automaton
}

fn prompt(text: &str) -> Vec<Piece> {
    vec![special("begin"), Piece::Text(text.to_owned()), special("code")]
}

fn special(name: &str) -> Piece {
    Piece::Special(name.to_owned())
}

/// What writes and what reads.
fn model_files(name: &str) -> (PathBuf, PathBuf) {
    let [path, encoder] = ["decoder", "encoder"]
        .map(|part| PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.{part}.gguf")));
    tiny_intent::decoder(&path);
    tiny_intent::encoder(&encoder);
    (path, encoder)
}

fn sha256(path: &Path) -> String {
    hex::encode(Sha256::digest(std::fs::read(path).unwrap_or_default()))
}
