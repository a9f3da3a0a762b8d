//! A loaded model with its cache: reads prompts and writes codes.

use crate::choice::{Allowed, Next};
use crate::clock;
use crate::failure::Failure;
use engine_protocol::{Answer, Automaton, FailKind, Piece};
use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::llama_batch::LlamaBatch;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::token::LlamaToken;
use llama_cpp_2::vocab::LlamaVocab;
use std::collections::HashMap;

/// What the hub asked to run.
pub(crate) struct Run {
    pub(crate) id: u64,
    pub(crate) pieces: Vec<Piece>,
    pub(crate) automaton: Automaton,
    pub(crate) max_tokens: u32,
}

pub(crate) struct Session<'m> {
    pub(crate) vocab: LlamaVocab<'m>,
    names: HashMap<String, LlamaToken>,
    ctx: LlamaContext<'m>,
    batch: LlamaBatch<'static>,
    /// The tokens whose keys and values are in the cache, in order.
    held: Vec<LlamaToken>,
}

impl<'m> Session<'m> {
    pub(crate) fn new(model: &'m LlamaModel, ctx: LlamaContext<'m>) -> Self {
        let vocab = model.vocab();
        Self {
            names: special_names(&vocab),
            vocab,
            ctx,
            batch: LlamaBatch::new(CHUNK_TOKENS as usize, 1),
            held: Vec::new(),
        }
    }

    /// `stop` is asked between chunks of the prompt and between tokens of the code.
    pub(crate) fn run(&mut self, run: &Run, stop: &mut dyn FnMut() -> Result<(), Failure>) -> Result<Answer, Failure> {
        let began = clock::now();
        let prompt = self.prompt(&run.pieces)?;
        self.check_room(prompt.len(), run.max_tokens)?;
        let names = std::mem::take(&mut self.names);
        let result = Allowed::new(&run.automaton, &names).and_then(|allowed| {
            let fresh_tokens = self.read(&prompt, stop)?;
            let read = clock::now();
            let mut answer = self.write(run, &allowed, stop)?;
            answer.prompt_tokens = count(prompt.len());
            answer.fresh_tokens = count(fresh_tokens);
            answer.prompt_ms = read.duration_since(began).as_secs_f64() * 1000.0;
            answer.decode_ms = clock::ms_since(read);
            Ok(answer)
        });
        self.names = names;
        result
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

    /// Each text piece is encoded by itself and never parsed for special tokens.
    fn prompt(&self, pieces: &[Piece]) -> Result<Vec<LlamaToken>, Failure> {
        let mut tokens = Vec::with_capacity(pieces.len() * 2);
        for piece in pieces {
            match piece {
                Piece::Text(text) => tokens.extend(self.encode(text)),
                Piece::Special(name) => {
                    let token = self.names.get(name).copied();
                    let missing = || format!("model has no token `<|{name}|>`");
                    tokens.push(token.ok_or_else(|| Failure::internal(missing()))?);
                }
            }
        }
        match tokens.is_empty() {
            true => Err(Failure::internal("prompt is empty".to_owned())),
            false => Ok(tokens),
        }
    }

    /// Text can't become a special token: even with parsing off, llama.cpp finds those that it calls user-defined.
    pub(crate) fn encode(&self, text: &str) -> Vec<LlamaToken> {
        let plain = text.replace("<|", "< |");
        self.vocab.tokenize(plain.as_bytes(), false, false)
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

    fn write(
        &mut self,
        run: &Run,
        allowed: &Allowed<'_>,
        stop: &mut dyn FnMut() -> Result<(), Failure>,
    ) -> Result<Answer, Failure> {
        let mut answer = empty_answer(run.id);
        let mut state = 0;
        for _ in 0..run.max_tokens {
            stop()?;
            let choice = allowed.choose(state, self.last_logits())?;
            answer.probs.push(choice.prob);
            answer.free_probs.push(choice.free_prob);
            match choice.next {
                Next::End => return Ok(answer),
                Next::Name { name, state: next } => {
                    answer.tokens.push(name.to_owned());
                    state = next;
                }
            }
            self.compute(&[choice.token])?;
        }
        let message = format!("code did not end within `{}` tokens", run.max_tokens);
        Err(Failure::new(FailKind::TooLong, message))
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
fn special_names(vocab: &LlamaVocab<'_>) -> HashMap<String, LlamaToken> {
    let tokens = (0..vocab.n_tokens()).map(LlamaToken);
    tokens
        .filter_map(|token| {
            let text = vocab.text(token)?.to_str().ok()?;
            let name = text.strip_prefix("<|")?.strip_suffix("|>")?;
            Some((name.to_owned(), token))
        })
        .collect()
}

fn empty_answer(id: u64) -> Answer {
    Answer {
        id,
        tokens: Vec::new(),
        probs: Vec::new(),
        free_probs: Vec::new(),
        prompt_tokens: 0,
        fresh_tokens: 0,
        prompt_ms: 0.0,
        decode_ms: 0.0,
    }
}

pub(crate) fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Tokens computed between two looks at the clock and the inbox.
pub(crate) const CHUNK_TOKENS: u32 = 64;
