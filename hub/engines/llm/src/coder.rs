//! A loaded intent model: reads prompts and writes codes.

use crate::choice::{Allowed, Next};
use crate::decoder::Decoder;
use crate::encoder::Encoder;
use crate::failure::Failure;
use crate::session::count;
use engine_process::clock;
use engine_protocol::{Answer, Automaton, FailKind, Piece};
use llama_cpp_2::token::LlamaToken;
use std::collections::HashMap;

/// What the hub asked to run.
pub(crate) struct Run {
    pub(crate) id: u64,
    pub(crate) pieces: Vec<Piece>,
    pub(crate) automaton: Automaton,
    pub(crate) max_tokens: u32,
}

/// Both networks of an intent model.
pub(crate) struct Coder<'m> {
    pub(crate) encoder: Encoder<'m>,
    pub(crate) decoder: Decoder<'m>,
    /// The decoder's tokens by name.
    names: HashMap<String, LlamaToken>,
}

impl<'m> Coder<'m> {
    /// Fails if the two networks don't belong together: behind the encoder's vector the decoder has room for the
    /// numbers of words.
    pub(crate) fn new(encoder: Encoder<'m>, decoder: Decoder<'m>) -> Result<Self, Failure> {
        let (read, written) = (encoder.width(), decoder.width());
        if written <= read {
            let message = format!("the two networks don't belong together: `{read}` and `{written}` wide");
            return Err(Failure::new(FailKind::BadModel, message));
        }
        Ok(Self { names: decoder.names(), encoder, decoder })
    }

    /// `stop` is asked before the prompt is read and between tokens of the code.
    pub(crate) fn run(&mut self, run: &Run, stop: &mut dyn FnMut() -> Result<(), Failure>) -> Result<Answer, Failure> {
        let began = clock::now();
        let reading = self.encoder.cut(&run.pieces)?;
        stop()?;
        let vectors = self.encoder.vectors(&reading, self.decoder.width())?;
        self.decoder.begin(&vectors)?;
        let read = clock::now();
        let mut answer = Answer {
            id: run.id,
            tokens: Vec::new(),
            probs: Vec::new(),
            free_probs: Vec::new(),
            prompt_tokens: count(reading.tokens.len()),
            fresh_tokens: count(reading.tokens.len()),
            prompt_ms: read.duration_since(began).as_secs_f64() * 1000.0,
            decode_ms: 0.0,
        };
        let allowed = Allowed::new(&run.automaton, &self.names)?;
        let mut state = 0;
        for _ in 0..run.max_tokens {
            stop()?;
            let choice = allowed.choose(state, self.decoder.logits())?;
            answer.probs.push(choice.prob);
            answer.free_probs.push(choice.free_prob);
            match choice.next {
                Next::End => {
                    answer.decode_ms = clock::ms_since(read);
                    return Ok(answer);
                }
                Next::Name { name, state: next } => {
                    answer.tokens.push(name.to_owned());
                    state = next;
                }
            }
            self.decoder.go_on(choice.token)?;
        }
        let message = format!("code did not end within `{}` tokens", run.max_tokens);
        Err(Failure::new(FailKind::TooLong, message))
    }
}
