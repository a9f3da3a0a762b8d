//! The recogniser's engine as a process with a model: asked by messages, and read until it ends.
//!
//! Knows no streams and does not start again what died.

use std::path::Path;
use std::time::Duration;

use engine_protocol::speech::{SpeechReply, SpeechRequest};
use runtime::engine::{Engine, EngineInput, EngineOutput};
use tokio::sync::mpsc;

/// A running engine.
pub(crate) struct SpeechEngine {
    /// Takes requests; the engine ends when this is dropped.
    pub(crate) input: EngineInput<SpeechRequest>,
    /// Gives what it says.
    pub(crate) replies: mpsc::Receiver<anyhow::Result<SpeechReply>>,
}

impl SpeechEngine {
    /// Starts an engine and has it load a model, which took so many milliseconds; the reason if it can't be used.
    pub(crate) async fn start(
        program: &Path,
        library: &Path,
        memory_mb: Option<u64>,
        folder: &Path,
    ) -> Result<(Self, f64), String> {
        if !library.is_file() {
            return Err(format!(
                "the recogniser's library `{}` is not there; `./run` fetches it, or see docs/voice.md",
                library.display()
            ));
        }
        let memory = memory_mb.map(|memory_mb| ["--memory-mb".to_owned(), memory_mb.to_string()]);
        let arguments: Vec<String> = memory.into_iter().flatten().collect();
        let engine = Engine::spawn(program, &arguments).map_err(|error| format!("{error:#}"))?;
        let (input, output) = engine.split();
        let (to, replies) = mpsc::channel(MAX_WAITING);
        let mut engine = Self { input, replies };
        engine.load(library, folder).await.map_err(|error| format!("{error:#}"))?;
        tokio::spawn(read(output, to));
        match tokio::time::timeout(LOAD_TIME, engine.replies.recv()).await {
            Ok(Some(Ok(SpeechReply::Ready { load_ms, .. }))) => Ok((engine, load_ms)),
            Ok(Some(Ok(SpeechReply::Failed { message, .. }))) => Err(message),
            Ok(Some(Err(error))) => Err(format!("{error:#}")),
            Ok(Some(Ok(_)) | None) | Err(_) => Err("the recogniser's engine gave no answer".to_owned()),
        }
    }

    /// Asks it to load a model.
    pub(crate) async fn load(&mut self, library: &Path, folder: &Path) -> anyhow::Result<()> {
        let load = SpeechRequest::Load {
            library: library.to_string_lossy().into_owned(),
            model: folder.to_string_lossy().into_owned(),
        };
        self.input.send(&load, &[]).await
    }
}

/// Reads what the engine says, until it ends or nobody listens.
async fn read(mut output: EngineOutput<SpeechReply>, replies: mpsc::Sender<anyhow::Result<SpeechReply>>) {
    loop {
        let reply = output.receive().await.map(|frame| frame.message);
        let is_over = reply.is_err();
        if replies.send(reply).await.is_err() || is_over {
            return;
        }
    }
}

/// So long a model may take to load.
pub(crate) const LOAD_TIME: Duration = Duration::from_secs(60);
/// Replies on their way: a second of every stream.
const MAX_WAITING: usize = 256;
