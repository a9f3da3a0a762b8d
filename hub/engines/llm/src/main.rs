//! The engine process that runs a GGUF model with llama.cpp for the hub.
//! It knows tokens and automata; it deliberately knows no intent, no device and no network.
//!
//! `hearth-llm [--memory-mb N]` serves the protocol of `engine-protocol` on its standard streams.
//! `logits`, `tokens` and `bench` are for whoever makes or checks a model.

mod serve;

mod inbox;

mod session;

mod coder;

mod decoder;

mod encoder;

mod choice;

mod failure;

mod chat;

mod loading;

mod tools;

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
        ["logits", encoder, decoder] => tools::logits(encoder, decoder),
        ["tokens", model] => tools::tokens(model),
        ["bench", model] => tools::bench(model, None, None),
        ["bench", model, prompt, threads] => {
            let prompt = prompt.parse().with_context(|| format!("read `{prompt}`"))?;
            let threads = threads.parse().with_context(|| format!("read `{threads}`"))?;
            tools::bench(model, Some(prompt), Some(threads))
        }
        _ => bail!(
            "usage: hearth-llm [--memory-mb N] | logits ENCODER DECODER | tokens ENCODER | \
             bench MODEL [PROMPT_TOKENS THREADS]"
        ),
    }
}

#[expect(clippy::print_stderr, reason = "stdout carries frames; stderr is this process's log")]
fn complain(error: &anyhow::Error) {
    eprintln!("hearth-llm: {error:#}");
}
