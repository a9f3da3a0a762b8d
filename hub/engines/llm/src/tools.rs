//! For whoever makes or checks a model: bare logits, bare tokens, bare speed.
//! JSON comes in on standard input and goes out on standard output.

use crate::clock;
use crate::failure::Failure;
use crate::loading;
use crate::session::Session;
use anyhow::Context;
use llama_cpp_2::token::LlamaToken;
use serde_json::json;
use std::io::{Write, stdin, stdout};

/// A list of lists of token ids in; for each, the logits after its last token out, one list a line.
pub(crate) fn logits(model: &str) -> anyhow::Result<()> {
    let rows: Vec<Vec<i32>> = serde_json::from_reader(stdin().lock()).context("read token ids")?;
    with_session(model, None, 0, |session| {
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
    with_session(model, None, 0, |session| {
        let mut out = stdout().lock();
        for text in &texts {
            let ids: Vec<i32> = session.encode(text).iter().map(|token| token.0).collect();
            writeln!(out, "{}", json!(ids))?;
        }
        Ok(())
    })
}

/// Time for a prompt and a code as llama.cpp computes them, without protocol or automaton; of ordinary length
/// unless the prompt's is given.
pub(crate) fn bench(model: &str, prompt: Option<u32>, threads: Option<u32>) -> anyhow::Result<()> {
    let length = prompt.unwrap_or(BENCH_PROMPT);
    let rounds = (BENCH_TOKENS / length.max(1)).clamp(1, BENCH_ROUNDS);
    with_session(model, threads, length + BENCH_CODE, |session| {
        let tokens = (40..40 + BENCH_VARIETY).cycle().take(length as usize);
        let prompt: Vec<LlamaToken> = tokens.map(LlamaToken).collect();
        let (mut prompt_ms, mut token_ms) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            session.forget_from(0)?;
            let began = clock::now();
            session.read(&prompt, &mut || Ok(()))?;
            prompt_ms.push(clock::ms_since(began));
            let began = clock::now();
            for token in (40..).take(BENCH_CODE as usize) {
                session.compute(&[LlamaToken(token)])?;
            }
            token_ms.push(clock::ms_since(began) / f64::from(BENCH_CODE));
        }
        let least = |times: &[f64]| times.iter().copied().fold(f64::INFINITY, f64::min);
        let (least_prompt_ms, least_token_ms) = (least(&prompt_ms), least(&token_ms));
        let (prompt_ms, token_ms) = (median(prompt_ms), median(token_ms));
        let report = json!({
            "prompt_tokens": length,
            "rounds": rounds,
            "prompt_ms": prompt_ms,
            "prompt_tokens_per_s": f64::from(length) * 1000.0 / prompt_ms,
            "code_token_ms": token_ms,
            "least_prompt_ms": least_prompt_ms,
            "least_code_token_ms": least_token_ms,
            "code_tokens_per_s": 1000.0 / token_ms,
        });
        writeln!(stdout(), "{report}")?;
        Ok(())
    })
}

fn with_session(
    path: &str,
    threads: Option<u32>,
    n_ctx: u32,
    work: impl FnOnce(&mut Session<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let backend = loading::backend()?;
    let model = loading::load_model(&backend, path)?;
    let params = loading::context_params(&model, threads, n_ctx);
    let ctx =
        model.new_context(&backend, params).map_err(|error| Failure::internal(format!("make context: `{error}`")))?;
    work(&mut Session::new(&model, ctx))
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}

const BENCH_PROMPT: u32 = 24;
const BENCH_CODE: u32 = 12;
const BENCH_ROUNDS: u32 = 100;
/// Tokens read in all rounds together; a large model takes seconds for a long prompt.
const BENCH_TOKENS: u32 = 3000;
const BENCH_VARIETY: i32 = 100;
