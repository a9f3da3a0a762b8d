//! `hearthd wake`: listens to recordings for the wake phrase as a microphone would, and says where it was said.
//!
//! Needs no running hub; nothing is done.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use voice::audio;
use voice::recognizer::{Recognizer, RecognizerHealth};
use voice::sound::Sound;
use voice::wake::{Spotting, watch};

use crate::config;

/// Listens to files one after the other; a line for each time the phrase was said: the file, the second, how sure.
///
/// # Errors
/// If the phrase can't be listened for, nothing can be heard, or a file is no sound.
pub(crate) async fn wake(models: Option<PathBuf>, phrase: &str, files: &[PathBuf]) -> anyhow::Result<()> {
    let words = tempfile::tempdir().context("make a folder for the recogniser")?;
    let settings = config::recognizer_only(models, words.path().to_owned());
    let spotting = Spotting::of(phrase, &settings.model).with_context(|| format!("listen for `{phrase}`"))?;
    let recognizer = Recognizer::start(settings);
    if let RecognizerHealth::Broken(reason) = recognizer.settled().await {
        anyhow::bail!("speech can't be heard: {reason}");
    }
    for file in files {
        listen(&recognizer, &spotting, file).await.with_context(|| format!("hear `{}`", file.display()))?;
    }
    Ok(())
}

async fn listen(recognizer: &Recognizer, spotting: &Spotting, file: &Path) -> anyhow::Result<()> {
    let bytes = std::fs::read(file).context("read it")?;
    let samples = audio::from_wav(&bytes)?;
    let (to, from) = mpsc::channel(1);
    let mut feeding = JoinSet::new();
    feeding.spawn(async move {
        for piece in samples.chunks(PIECE) {
            if to.send(piece.to_vec()).await.is_err() {
                return;
            }
        }
    });
    let mut sound = Sound::of(from);
    while let Some(said) = watch(recognizer, spotting, &mut sound).await? {
        let seconds = said.end_ms as f64 / 1000.0;
        print(&format!("{}\t{seconds:.2}\t{:.2}", file.display(), said.confidence));
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "this is what the command is for")]
fn print(text: &str) {
    println!("{text}");
}

const RATE_HZ: u32 = engine_protocol::speech::SAMPLE_RATE_HZ;
/// A quarter of a second: the longest speech waits in the engine without being refused.
const PIECE: usize = RATE_HZ as usize / 4;
