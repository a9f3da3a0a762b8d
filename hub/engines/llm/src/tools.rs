//! For whoever makes or checks a model: bare logits, bare tokens, bare speed.
//! JSON comes in on standard input and goes out on standard output.

use crate::decoder::Decoder;
use crate::encoder::{self, Encoder};
use crate::failure::Failure;
use crate::loading;
use crate::session::Session;
use anyhow::Context;
use engine_process::clock;
use engine_protocol::Piece;
use llama_cpp_2::token::LlamaToken;
use serde::Deserialize;
use serde_json::json;
use std::io::{Write, stdin, stdout};

/// What is computed for whoever compares: a prompt, and the code so far.
#[derive(Deserialize)]
struct Asked {
    pieces: Vec<Piece>,
    code: Vec<String>,
}

/// A list of prompts with codes in; for each, the logits after the last token of its code out, one list a line.
pub(crate) fn logits(encoder: &str, decoder: &str) -> anyhow::Result<()> {
    let rows: Vec<Asked> = serde_json::from_reader(stdin().lock()).context("read prompts")?;
    let backend = loading::backend()?;
    let model = loading::load_model(&backend, encoder)?;
    let ctx = model
        .new_context(&backend, loading::encoder_params(None))
        .map_err(|error| Failure::internal(format!("make context: `{error}`")))?;
    let mut encoder = Encoder::new(&model, ctx);
    let mut decoder = Decoder::load(&backend, decoder, INTENT_PLACES, loading::intent_threads(None))?;
    let names = decoder.names();
    for row in &rows {
        let reading = encoder.cut(&row.pieces)?;
        let vectors = encoder.vectors(&reading, decoder.width())?;
        decoder.begin(&vectors)?;
        for name in &row.code {
            let token = names.get(name).with_context(|| format!("find the token `{name}`"))?;
            decoder.go_on(*token)?;
        }
        writeln!(stdout(), "{}", json!(decoder.logits()))?;
    }
    Ok(())
}

/// A list of texts in; for each, its token ids in the vocabulary of an encoder out, one list a line.
pub(crate) fn tokens(model: &str) -> anyhow::Result<()> {
    let texts: Vec<String> = serde_json::from_reader(stdin().lock()).context("read texts")?;
    let backend = loading::backend()?;
    let model = loading::load_model(&backend, model)?;
    let vocab = model.vocab();
    let mut out = stdout().lock();
    for text in &texts {
        let ids: Vec<i32> = encoder::encode(&vocab, text).iter().map(|token| token.0).collect();
        writeln!(out, "{}", json!(ids))?;
    }
    Ok(())
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

/// Places of an intent model's decoder.
const INTENT_PLACES: u32 = 256;
const BENCH_PROMPT: u32 = 24;
const BENCH_CODE: u32 = 12;
const BENCH_ROUNDS: u32 = 100;
/// Tokens read in all rounds together; a large model takes seconds for a long prompt.
const BENCH_TOKENS: u32 = 3000;
const BENCH_VARIETY: i32 = 100;
