//! The engine process that turns speech into words with Vosk for the hub.
//! It knows sound and a model's folder; it deliberately knows no house, no intent and no network.
//!
//! `hearth-asr [--memory-mb N]` serves the speech messages of `engine-protocol` on its standard streams.
//! The recogniser's library is loaded when a model is, so this program builds and starts where there is none.

mod serve;

mod stream;

mod spot;

mod pieces;

mod hearing;

mod outbox;

mod vosk;

use anyhow::{Context, bail};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match command(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

fn command(arguments: &[&str]) -> anyhow::Result<()> {
    match arguments {
        [] => serve::serve(),
        ["--memory-mb", limit] => {
            let limit_mb = limit.parse().with_context(|| format!("read `{limit}`"))?;
            engine_process::memory::limit(limit_mb)?;
            serve::serve()
        }
        _ => bail!("usage: hearth-asr [--memory-mb N]"),
    }
}

#[expect(clippy::print_stderr, reason = "stdout carries frames; stderr is this process's log")]
fn complain(error: &anyhow::Error) {
    eprintln!("hearth-asr: {error:#}");
}
