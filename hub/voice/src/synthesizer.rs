//! Text to sound by espeak-ng, where it is installed: a program of its own that is given the words and gives a WAV
//! file.
//!
//! Knows a program and a voice; knows nothing of who shall hear it.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use house::Lang;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

/// How the hub speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SynthesizerSettings {
    /// The program.
    pub program: PathBuf,
    /// The voice for English, as the program calls it.
    pub english: String,
    /// The voice for Chinese.
    pub chinese: String,
    /// Words a minute.
    pub words_per_minute: u32,
}

impl SynthesizerSettings {
    /// How fast the program can speak, in words a minute.
    pub const WORDS_PER_MINUTE: RangeInclusive<u32> = 80..=450;
}

impl Default for SynthesizerSettings {
    fn default() -> Self {
        Self {
            program: PathBuf::from("espeak-ng"),
            english: "en-gb".to_owned(),
            chinese: "cmn".to_owned(),
            words_per_minute: 165,
        }
    }
}

/// Whether the program is there.
pub fn is_there(settings: &SynthesizerSettings) -> bool {
    let paths = std::iter::once(settings.program.clone());
    let usual = ["/usr/bin", "/usr/local/bin"].iter().map(|folder| Path::new(folder).join(&settings.program));
    paths.chain(usual).any(|path| path.is_file())
}

/// Says a text: a WAV file of it.
///
/// # Errors
/// If the program is not there, fails, or takes too long; if the text is longer than anything the hub says.
pub async fn speak(settings: &SynthesizerSettings, text: &str, lang: Lang) -> anyhow::Result<Vec<u8>> {
    if MAX_TEXT_BYTES < text.len() {
        bail!("{} bytes are too much to say at once", text.len());
    }
    let voice = match lang {
        Lang::En => &settings.english,
        Lang::Zh => &settings.chinese,
    };
    let rate = settings.words_per_minute.to_string();
    let mut child = Command::new(&settings.program)
        // The words come on the standard input, so that none of them can be an option.
        .args(["--stdout", "--stdin", "-v", voice, "-s", &rate])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("start `{}`, which speaks; it is Debian's espeak-ng", settings.program.display()))?;
    let mut input = child.stdin.take().context("take the speaker's input")?;
    input.write_all(text.as_bytes()).await.context("give the speaker its words")?;
    drop(input);
    let spoken = tokio::time::timeout(MAX_TIME, child.wait_with_output()).await.context("wait for the speaker")?;
    let spoken = spoken.context("wait for the speaker")?;
    if !spoken.status.success() || spoken.stdout.is_empty() {
        bail!("`{}` said nothing: {}", settings.program.display(), spoken.status);
    }
    Ok(spoken.stdout)
}

/// How words sound: a line of phonemes for each, with `_` between them. Waits for the program.
///
/// # Errors
/// If the program is not there or fails.
pub fn pronounce(program: &Path, words: &[String]) -> anyhow::Result<String> {
    let mut child = std::process::Command::new(program)
        .args(["-q", "-x", "--sep=_", "-v", "en-us", "--stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("start `{}`, which says how words sound", program.display()))?;
    let mut input = child.stdin.take().context("take the speaker's input")?;
    // A paragraph each, so that none is said as a part of a sentence.
    let paragraphs: String = words.iter().map(|word| format!("{word}\n\n")).collect();
    std::io::Write::write_all(&mut input, paragraphs.as_bytes()).context("give the speaker its words")?;
    drop(input);
    let said = child.wait_with_output().context("wait for the speaker")?;
    anyhow::ensure!(said.status.success(), "`{}` failed: {}", program.display(), said.status);
    String::from_utf8(said.stdout).context("read what the speaker wrote")
}

const MAX_TEXT_BYTES: usize = 4000;
const MAX_TIME: Duration = Duration::from_secs(10);
