//! The second of the two networks that make up an intent model: fed with vectors in place of its first tokens, it
//! writes the code.
#![expect(unsafe_code, reason = "llama-cpp-2 has no batches of vectors, so llama.cpp's own functions are called")]

use crate::failure::Failure;
use engine_protocol::FailKind;
use llama_cpp_2::llama_backend::LlamaBackend;
use llama_cpp_2::token::LlamaToken;
use llama_cpp_sys_2 as sys;
use std::collections::HashMap;
use std::ffi::{CStr, CString};
use std::ptr::NonNull;

/// A decoder with its cache.
pub(crate) struct Decoder<'b> {
    /// Freed before the model, see `drop`.
    ctx: NonNull<sys::llama_context>,
    model: NonNull<sys::llama_model>,
    vectors: sys::llama_batch,
    token: sys::llama_batch,
    width: usize,
    vocab: usize,
    /// Places that there are arrays for; llama.cpp may have made room for more.
    room: usize,
    /// Places that are in the cache.
    held: usize,
    /// llama.cpp stays started as long as this lives.
    _backend: &'b LlamaBackend,
}

impl<'b> Decoder<'b> {
    /// Loads the model at `path` for at most `places` vectors and tokens together.
    pub(crate) fn load(backend: &'b LlamaBackend, path: &str, places: u32, threads: i32) -> Result<Self, Failure> {
        let bad = |why: &str| Failure::new(FailKind::BadModel, format!("load `{path}`: {why}"));
        let name = CString::new(path).map_err(|_| bad("its name has a zero in it"))?;
        // SAFETY: fills in a struct of plain values.
        let mut params = unsafe { sys::llama_model_default_params() };
        params.load_mode = sys::LLAMA_LOAD_MODE_NONE;
        // SAFETY: the name ends in a zero and outlives the call.
        let model = NonNull::new(unsafe { sys::llama_model_load_from_file(name.as_ptr(), params) })
            .ok_or_else(|| bad("it is no model that llama.cpp can run"))?;
        // SAFETY: fills in a struct of plain values.
        let mut params = unsafe { sys::llama_context_default_params() };
        params.n_ctx = places;
        params.n_batch = places;
        params.n_ubatch = places;
        params.n_threads = threads;
        params.n_threads_batch = threads;
        params.no_perf = true;
        // SAFETY: the model was loaded above and lives as long as the context.
        let Some(ctx) = NonNull::new(unsafe { sys::llama_init_from_model(model.as_ptr(), params) }) else {
            // SAFETY: nothing else holds the model.
            unsafe { sys::llama_model_free(model.as_ptr()) };
            return Err(bad("no context could be made for it"));
        };
        // SAFETY: asks a loaded model.
        let (width, vocab) = unsafe {
            let vocab = sys::llama_model_get_vocab(model.as_ptr());
            (sys::llama_model_n_embd(model.as_ptr()), sys::llama_vocab_n_tokens(vocab))
        };
        let (width, vocab) = (usize::try_from(width).unwrap_or(0), usize::try_from(vocab).unwrap_or(0));
        let places = i32::try_from(places).unwrap_or(i32::MAX);
        Ok(Self {
            ctx,
            model,
            // SAFETY: allocates arrays for so many vectors of that width; freed in `drop`.
            vectors: unsafe { sys::llama_batch_init(places, i32::try_from(width).unwrap_or(0), 1) },
            // SAFETY: allocates arrays for one token; freed in `drop`.
            token: unsafe { sys::llama_batch_init(1, 0, 1) },
            width,
            vocab,
            room: usize::try_from(places).unwrap_or(0),
            held: 0,
            _backend: backend,
        })
    }

    /// Tokens of the form `<|name|>`, by name.
    pub(crate) fn names(&self) -> HashMap<String, LlamaToken> {
        names(self.model, self.vocab)
    }

    /// Numbers in a vector.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// Tokens in the vocabulary.
    pub(crate) fn vocab(&self) -> usize {
        self.vocab
    }

    /// Weights.
    pub(crate) fn params(&self) -> u64 {
        // SAFETY: asks a loaded model.
        unsafe { sys::llama_model_n_params(self.model.as_ptr()) }
    }

    /// A number that the file says of itself.
    pub(crate) fn meta(&self, key: &CStr) -> Option<u32> {
        let mut text = [0_u8; 32];
        // SAFETY: the key ends in a zero, and llama.cpp writes at most the length that it is given, zero included.
        let length = unsafe {
            sys::llama_model_meta_val_str(self.model.as_ptr(), key.as_ptr(), text.as_mut_ptr().cast(), text.len())
        };
        let length = usize::try_from(length).ok()?;
        std::str::from_utf8(text.get(..length)?).ok()?.parse().ok()
    }

    /// Begins anew with these vectors, one after the other.
    pub(crate) fn begin(&mut self, vectors: &[f32]) -> Result<(), Failure> {
        // SAFETY: empties the cache of a context that lives.
        unsafe { sys::llama_memory_clear(sys::llama_get_memory(self.ctx.as_ptr()), true) };
        self.held = 0;
        let count = vectors.len().checked_div(self.width).unwrap_or(0);
        let room = self.room;
        if count == 0 || room < count {
            let message = format!("`{count}` vectors do not fit into `{room}`");
            return Err(Failure::new(FailKind::TooLong, message));
        }
        // SAFETY: the arrays were made for `room` vectors of this width, and `count` is not more.
        unsafe {
            std::ptr::copy_nonoverlapping(vectors.as_ptr(), self.vectors.embd, count * self.width);
            for at in 0..count {
                place(&self.vectors, at, at, at + 1 == count);
            }
        }
        self.vectors.n_tokens = i32::try_from(count).unwrap_or(0);
        self.decode(self.vectors)?;
        self.held = count;
        Ok(())
    }

    /// Goes on with a token.
    pub(crate) fn go_on(&mut self, token: LlamaToken) -> Result<(), Failure> {
        let room = self.room;
        if room <= self.held {
            return Err(Failure::new(FailKind::TooLong, format!("more than `{room}` places are needed")));
        }
        // SAFETY: the arrays were made for one token.
        unsafe {
            *self.token.token = token.0;
            place(&self.token, 0, self.held, true);
        }
        self.token.n_tokens = 1;
        self.decode(self.token)?;
        self.held += 1;
        Ok(())
    }

    /// Logits after the last vector or token.
    pub(crate) fn logits(&self) -> &[f32] {
        // SAFETY: llama.cpp keeps one row of `vocab` logits for the last place until the next call that computes, and
        // that one borrows `self` mutably.
        unsafe {
            let row = sys::llama_get_logits_ith(self.ctx.as_ptr(), -1);
            if row.is_null() { &[] } else { std::slice::from_raw_parts(row, self.vocab) }
        }
    }

    fn decode(&self, batch: sys::llama_batch) -> Result<(), Failure> {
        // SAFETY: the batch's arrays were filled in for as many places as it says.
        match unsafe { sys::llama_decode(self.ctx.as_ptr(), batch) } {
            0 => Ok(()),
            code => Err(Failure::internal(format!("decode: llama.cpp says `{code}`"))),
        }
    }
}

impl Drop for Decoder<'_> {
    fn drop(&mut self) {
        // SAFETY: all four were made in `load` and are used by nothing else; the context goes before its model.
        unsafe {
            sys::llama_batch_free(self.vectors);
            sys::llama_batch_free(self.token);
            sys::llama_free(self.ctx.as_ptr());
            sys::llama_model_free(self.model.as_ptr());
        }
    }
}

/// Fills in one place of a batch.
///
/// # Safety
///
/// The batch's arrays must hold more than `at` places.
unsafe fn place(batch: &sys::llama_batch, at: usize, position: usize, is_last: bool) {
    // SAFETY: the caller says that there is room.
    unsafe {
        *batch.pos.add(at) = i32::try_from(position).unwrap_or(i32::MAX);
        *batch.n_seq_id.add(at) = 1;
        **batch.seq_id.add(at) = 0;
        *batch.logits.add(at) = i8::from(is_last);
    }
}

fn names(model: NonNull<sys::llama_model>, vocab: usize) -> HashMap<String, LlamaToken> {
    let tokens = (0..).take(vocab).filter_map(|token| {
        // SAFETY: the token is below the size of the vocabulary, and the text ends in a zero and lives with the model.
        let text = unsafe {
            let text = sys::llama_vocab_get_text(sys::llama_model_get_vocab(model.as_ptr()), token);
            CStr::from_ptr(text)
        };
        let name = text.to_str().ok()?.strip_prefix("<|")?.strip_suffix("|>")?;
        Some((name.to_owned(), LlamaToken(token)))
    });
    tokens.collect()
}
