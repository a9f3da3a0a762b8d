//! The first of the two networks that make up an intent model: reads what was said and gives a vector for each word,
//! mark and special token.

use crate::failure::Failure;
use engine_protocol::{FailKind, Piece};
use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::llama_batch::LlamaBatch;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::token::LlamaToken;
use llama_cpp_2::vocab::LlamaVocab;
use std::collections::HashMap;

/// An encoder ready to read.
pub(crate) struct Encoder<'m> {
    vocab: LlamaVocab<'m>,
    names: HashMap<String, LlamaToken>,
    ctx: LlamaContext<'m>,
    batch: LlamaBatch<'static>,
    width: usize,
}

/// What was read: tokens, and of each unit its first token and, if it is a word, the word's number.
pub(crate) struct Reading {
    /// Every token.
    pub(crate) tokens: Vec<LlamaToken>,
    /// Words, marks and special tokens, in order.
    pub(crate) units: Vec<(usize, Option<usize>)>,
}

impl<'m> Encoder<'m> {
    pub(crate) fn new(model: &'m LlamaModel, ctx: LlamaContext<'m>) -> Self {
        let vocab = model.vocab();
        Self {
            names: crate::session::special_names(&vocab),
            vocab,
            ctx,
            batch: LlamaBatch::new(MOST_TOKENS as usize, 1),
            width: usize::try_from(model.n_embd()).unwrap_or(0),
        }
    }

    /// Numbers in a vector.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// Cuts a prompt into tokens. Each text is cut by itself and never parsed for special tokens.
    pub(crate) fn cut(&self, pieces: &[Piece]) -> Result<Reading, Failure> {
        let mut reading = Reading { tokens: Vec::new(), units: Vec::new() };
        let mut words = 0;
        for piece in pieces {
            let first = reading.tokens.len();
            match piece {
                Piece::Text(text) => {
                    reading.tokens.extend(encode(&self.vocab, text));
                    reading.units.push((first, Some(words)));
                    words += 1;
                }
                Piece::Special(name) => {
                    let token = self.names.get(name).copied();
                    let missing = || Failure::internal(format!("model has no token `<|{name}|>`"));
                    reading.tokens.push(token.ok_or_else(missing)?);
                    reading.units.push((first, None));
                }
            }
        }
        let count = reading.tokens.len();
        let is_empty_word = reading.units.iter().any(|(first, _)| *first >= count);
        match count {
            _ if is_empty_word => Err(Failure::internal("a piece has no tokens".to_owned())),
            0 => Err(Failure::internal("prompt is empty".to_owned())),
            _ if (MOST_TOKENS as usize) < count => {
                Err(Failure::new(FailKind::TooLong, format!("`{count}` tokens do not fit into `{MOST_TOKENS}`")))
            }
            _ => Ok(reading),
        }
    }

    /// The vector of each unit, with room for the numbers of words behind it: a number stands as a one, made louder,
    /// at its own place.
    pub(crate) fn vectors(&mut self, reading: &Reading, out_width: usize) -> Result<Vec<f32>, Failure> {
        let failed = |what: &str, error: &dyn std::fmt::Display| Failure::internal(format!("{what}: `{error}`"));
        self.batch.clear();
        for (position, token) in (0..).zip(&reading.tokens) {
            self.batch.add(*token, position, &[0], true).map_err(|error| failed("fill batch", &error))?;
        }
        self.ctx.encode(&mut self.batch).map_err(|error| failed("read", &error))?;
        let mut out = vec![0.0; reading.units.len() * out_width];
        for ((first, word), vector) in reading.units.iter().zip(out.chunks_exact_mut(out_width)) {
            let at = i32::try_from(*first).unwrap_or(i32::MAX);
            let read = self.ctx.embeddings_ith(at).map_err(|error| failed("take a vector", &error))?;
            for (to, value) in vector.iter_mut().zip(read) {
                *to = *value;
            }
            if let Some(word) = word {
                let number = vector.get_mut(self.width + word);
                *number.ok_or_else(|| Failure::new(FailKind::TooLong, "too many words".to_owned()))? = POINTER;
            }
        }
        Ok(out)
    }
}

/// Cuts one text. It can't become a special token: even with parsing off, llama.cpp finds those that it calls
/// user-defined.
pub(crate) fn encode(vocab: &LlamaVocab<'_>, text: &str) -> Vec<LlamaToken> {
    vocab.tokenize(text.replace("<|", "< |").as_bytes(), false, false)
}

/// Tokens that are read at once; a request is some thirty.
pub(crate) const MOST_TOKENS: u32 = 448;
/// How loud the number of a word is, as in training.
const POINTER: f32 = 8.0;
