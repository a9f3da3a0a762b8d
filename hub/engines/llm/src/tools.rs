//! For whoever makes or checks a model: bare logits, bare tokens, bare speed.
//! JSON comes in on standard input and goes out on standard output.

use crate::clock;
use crate::loading;
use crate::session::{Failure, Session};
use anyhow::Context;
use llama_cpp_2::token::LlamaToken;
use serde_json::json;
use std::io::{Write, stdin, stdout};

/// A list of lists of token ids in; for each, the logits after its last token out, one list a line.
pub(crate) fn logits(model: &str) -> anyhow::Result<()> {
    let rows: Vec<Vec<i32>> = serde_json::from_reader(stdin().lock()).context("read token ids")?;
    with_session(model, |session| {
        for row in &rows {
            let tokens: Vec<LlamaToken> = row.iter().copied().map(LlamaToken).collect();
            session.forget_from(0)?;
            session.read(&tokens, &mut || Ok(()))?;
            writeln!(stdout(), "{}", json!(session.last_logits()))?;
        }
        Ok(())
    })
}

/// A list of texts in; for each, its token ids out, one list a line.
pub(crate) fn tokens(model: &str) -> anyhow::Result<()> {
    let texts: Vec<String> = serde_json::from_reader(stdin().lock()).context("read texts")?;
    with_session(model, |session| {
        let mut out = stdout().lock();
        for text in &texts {
            let ids: Vec<i32> = session.encode(text).iter().map(|token| token.0).collect();
            writeln!(out, "{}", json!(ids))?;
        }
        Ok(())
    })
}

/// Time for a prompt and a code of ordinary length, as llama.cpp computes them, without protocol or automaton.
pub(crate) fn bench(model: &str) -> anyhow::Result<()> {
    with_session(model, |session| {
        let prompt: Vec<LlamaToken> = (0..BENCH_PROMPT).map(|n| LlamaToken(40 + n)).collect();
        let (mut prompt_ms, mut token_ms) = (Vec::new(), Vec::new());
        for _ in 0..BENCH_ROUNDS {
            session.forget_from(0)?;
            let began = clock::now();
            session.read(&prompt, &mut || Ok(()))?;
            prompt_ms.push(clock::ms_since(began));
            let began = clock::now();
            for token in 0..BENCH_CODE {
                session.compute(&[LlamaToken(token)])?;
            }
            token_ms.push(clock::ms_since(began) / f64::from(BENCH_CODE));
        }
        let (prompt_ms, token_ms) = (median(prompt_ms), median(token_ms));
        let report = json!({
            "prompt_tokens": BENCH_PROMPT,
            "prompt_ms": prompt_ms,
            "prompt_tokens_per_s": f64::from(BENCH_PROMPT) * 1000.0 / prompt_ms,
            "code_token_ms": token_ms,
            "code_tokens_per_s": 1000.0 / token_ms,
        });
        writeln!(stdout(), "{report}")?;
        Ok(())
    })
}

fn with_session(
    path: &str,
    work: impl FnOnce(&mut Session<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let backend = loading::backend()?;
    let model = loading::load_model(&backend, path)?;
    let params = loading::context_params(&model, None, 0);
    let ctx = model
        .new_context(&backend, params)
        .map_err(|error| Failure::internal(format!("make context: `{error}`")))?;
    work(&mut Session::new(&model, ctx))
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}

const BENCH_PROMPT: i32 = 24;
const BENCH_CODE: i32 = 12;
const BENCH_ROUNDS: usize = 100;
