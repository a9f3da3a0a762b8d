//! Loads a model after making sure that the file is the one that was meant.

use crate::encoder::MOST_TOKENS;
use crate::failure::Failure;
use crate::session::CHUNK_TOKENS;
use engine_protocol::{FailKind, ModelFile};
use llama_cpp_2::context::params::{LlamaContextParams, LlamaPoolingType};
use llama_cpp_2::llama_backend::LlamaBackend;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::model::params::LlamaModelParams;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Read;
use std::num::NonZeroU32;
use std::path::Path;

/// What the hub asked to load.
pub(crate) struct Load {
    pub(crate) file: ModelFile,
    /// What reads for it, if it is an intent model.
    pub(crate) encoder: Option<ModelFile>,
    pub(crate) threads: Option<u32>,
    pub(crate) n_ctx: u32,
}

/// llama.cpp itself, told to keep silent.
pub(crate) fn backend() -> anyhow::Result<LlamaBackend> {
    let mut backend = LlamaBackend::init()?;
    backend.void_logs();
    Ok(backend)
}

/// An error unless the file is the one that was meant.
pub(crate) fn check(file: &ModelFile) -> Result<(), Failure> {
    let Some(wanted) = &file.sha256 else { return Ok(()) };
    let found = sha256(&file.path).map_err(|error| bad_model(format!("read `{}`: `{error}`", file.path)))?;
    match found.eq_ignore_ascii_case(wanted) {
        true => Ok(()),
        false => {
            let message = format!("the SHA-256 of `{}` is `{found}` and `{wanted}` was meant", file.path);
            Err(Failure::new(FailKind::HashMismatch, message))
        }
    }
}

/// The context of an encoder: one vector a token, all tokens at once.
pub(crate) fn encoder_params(threads: Option<u32>) -> LlamaContextParams {
    LlamaContextParams::default()
        .with_n_ctx(NonZeroU32::new(MOST_TOKENS))
        .with_n_batch(MOST_TOKENS)
        .with_n_ubatch(MOST_TOKENS)
        .with_embeddings(true)
        .with_pooling_type(LlamaPoolingType::None)
        .with_n_threads(intent_threads(threads))
        .with_n_threads_batch(intent_threads(threads))
        .with_no_perf(true)
}

/// Threads of an intent model, which is small: one, unless told otherwise.
pub(crate) fn intent_threads(threads: Option<u32>) -> i32 {
    i32::try_from(threads.unwrap_or(1).clamp(1, MAX_THREADS)).unwrap_or(1)
}

pub(crate) fn load_model(backend: &LlamaBackend, path: &str) -> Result<LlamaModel, Failure> {
    let size = std::fs::metadata(Path::new(path)).map(|file| file.len());
    let size = size.map_err(|error| bad_model(format!("read `{path}`: `{error}`")))?;
    let params = LlamaModelParams::default().with_use_mmap(MAPPED_FROM_BYTES <= size);
    LlamaModel::load_from_file(backend, path, &params).map_err(|error| bad_model(format!("load `{path}`: `{error}`")))
}

pub(crate) fn context_params(model: &LlamaModel, threads: Option<u32>, n_ctx: u32) -> LlamaContextParams {
    let threads = threads.unwrap_or_else(|| default_threads(model.n_params()));
    let threads = i32::try_from(threads.clamp(1, MAX_THREADS)).unwrap_or(1);
    let n_ctx = if n_ctx == 0 { DEFAULT_CONTEXT } else { n_ctx };
    LlamaContextParams::default()
        .with_n_ctx(NonZeroU32::new(n_ctx.min(MAX_CONTEXT)))
        .with_n_batch(CHUNK_TOKENS)
        .with_n_ubatch(CHUNK_TOKENS)
        .with_n_threads(threads)
        .with_n_threads_batch(threads)
        .with_no_perf(true)
}

fn sha256(path: &str) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer)?;
        match buffer.get(..read) {
            None | Some([]) => return Ok(hex::encode(hasher.finalize())),
            Some(bytes) => hasher.update(bytes),
        }
    }
}

/// Threads of llama.cpp wait for each other by spinning, so one that loses its core holds up all;
/// a small model is fastest on one, and the rest of the hub needs a core too.
fn default_threads(params: u64) -> u32 {
    if params < ONE_THREAD_BELOW_PARAMS {
        return 1;
    }
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    u32::try_from(cores.saturating_sub(1).max(1)).unwrap_or(1)
}

fn bad_model(message: String) -> Failure {
    Failure::new(FailKind::BadModel, message)
}

const ONE_THREAD_BELOW_PARAMS: u64 = 60_000_000;
const DEFAULT_CONTEXT: u32 = 512;
const MAX_CONTEXT: u32 = 8192;
const MAX_THREADS: u32 = 64;

/// Quantised weights are copied into another order after loading, so a mapped small file is held twice;
/// a large one is mapped all the same, because its pages can be given back.
const MAPPED_FROM_BYTES: u64 = 1 << 30;
