//! A loaded general model with its cache: reads prompts, token by token.

use crate::failure::Failure;
use engine_protocol::FailKind;
use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::llama_batch::LlamaBatch;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::token::LlamaToken;
use llama_cpp_2::vocab::LlamaVocab;
use std::collections::HashMap;

/// A general model with its cache.
pub(crate) struct Session<'m> {
    pub(crate) vocab: LlamaVocab<'m>,
    ctx: LlamaContext<'m>,
    batch: LlamaBatch<'static>,
    /// The tokens whose keys and values are in the cache, in order.
    held: Vec<LlamaToken>,
}

impl<'m> Session<'m> {
    pub(crate) fn new(model: &'m LlamaModel, ctx: LlamaContext<'m>) -> Self {
        let vocab = model.vocab();
        Self { vocab, ctx, batch: LlamaBatch::new(CHUNK_TOKENS as usize, 1), held: Vec::new() }
    }

    /// Whether a prompt and what shall follow it fit.
    pub(crate) fn check_room(&self, prompt: usize, max_tokens: u32) -> Result<(), Failure> {
        let room = self.ctx.n_ctx() as usize;
        if room < prompt.saturating_add(max_tokens as usize) {
            let message = format!("`{prompt}` tokens do not fit into `{room}`");
            return Err(Failure::new(FailKind::TooLong, message));
        }
        Ok(())
    }

    /// Computes what the cache does not hold yet, and says how much that was.
    pub(crate) fn read(
        &mut self,
        prompt: &[LlamaToken],
        stop: &mut dyn FnMut() -> Result<(), Failure>,
    ) -> Result<usize, Failure> {
        let shared = prompt.iter().zip(&self.held).take_while(|(a, b)| a == b);
        // The last token is always computed, because its logits are not kept.
        let kept = shared.count().min(prompt.len().saturating_sub(1));
        self.forget_from(kept)?;
        let fresh = prompt.get(kept..).unwrap_or_default();
        for chunk in fresh.chunks(CHUNK_TOKENS as usize) {
            stop()?;
            self.compute(chunk)?;
        }
        Ok(fresh.len())
    }

    /// Logits after the token computed last.
    pub(crate) fn last_logits(&self) -> &[f32] {
        self.ctx.get_logits_ith(-1)
    }

    /// Appends tokens to the cache, at most a chunk at once.
    pub(crate) fn compute(&mut self, tokens: &[LlamaToken]) -> Result<(), Failure> {
        self.batch.clear();
        for (offset, token) in tokens.iter().enumerate() {
            let position = i32::try_from(self.held.len() + offset).unwrap_or(i32::MAX);
            let is_last = offset + 1 == tokens.len();
            self.batch
                .add(*token, position, &[0], is_last)
                .map_err(|error| Failure::internal(format!("fill batch: `{error}`")))?;
        }
        let decoded = self.ctx.decode(&mut self.batch);
        if let Err(error) = decoded {
            self.forget_from(0)?;
            return Err(Failure::internal(format!("compute: `{error}`")));
        }
        self.held.extend_from_slice(tokens);
        Ok(())
    }

    /// Drops everything in the cache from this position on.
    pub(crate) fn forget_from(&mut self, position: usize) -> Result<(), Failure> {
        let from = Some(count(position));
        let removed = self.ctx.clear_kv_cache_seq(Some(0), from, None);
        self.held.truncate(position);
        match removed {
            Ok(true) => Ok(()),
            Ok(false) => {
                self.ctx.clear_kv_cache();
                self.held.clear();
                Err(Failure::internal("cache cannot be cut".to_owned()))
            }
            Err(error) => Err(Failure::internal(format!("cut cache: `{error}`"))),
        }
    }
}

/// Tokens of the form `<|name|>`. llama.cpp takes some of them, such as `<|message|>`, for its own and no
/// longer calls them control tokens, so the form decides and not the kind.
pub(crate) fn special_names(vocab: &LlamaVocab<'_>) -> HashMap<String, LlamaToken> {
    let tokens = (0..vocab.n_tokens()).map(LlamaToken);
    tokens
        .filter_map(|token| {
            let text = vocab.text(token)?.to_str().ok()?;
            let name = text.strip_prefix("<|")?.strip_suffix("|>")?;
            Some((name.to_owned(), token))
        })
        .collect()
}

pub(crate) fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Tokens computed between two looks at the clock and the inbox.
pub(crate) const CHUNK_TOKENS: u32 = 64;
