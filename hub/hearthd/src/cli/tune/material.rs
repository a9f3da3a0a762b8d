//! What a model is tuned with: rows of the household's corrections, rows of everything else, and rows to judge by.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};

use super::programs::Programs;
use crate::cli::say;
use api::auth::local_login::LocalLogin;

/// Files of rows.
#[derive(Debug)]
pub(super) struct Material {
    /// The household's, in its own house and in others.
    pub(super) own: Vec<PathBuf>,
    /// Everything else.
    pub(super) other: Vec<PathBuf>,
    /// What is judged by: a name, whether it is the household's, and rows that nothing is learned from, or that the
    /// household has corrected.
    pub(super) judged: Vec<(&'static str, bool, PathBuf)>,
    /// Names of the special tokens.
    pub(super) tokens: PathBuf,
    /// What was made of the corrections, in sentences.
    pub(super) told: String,
}

impl Material {
    /// Makes all rows.
    ///
    /// # Errors
    /// If the corrections or the house can't be read, or too few teach anything.
    pub(super) fn make(programs: &Programs, examples: &Path, home: &Path) -> anyhow::Result<Self> {
        let tokens = programs.work.join("tokens.txt");
        std::fs::write(&tokens, programs.generate(&["tokens".into()])?.out).context("write the tokens")?;
        let lines = programs.work.join("household");
        let path = |path: &Path| path.display().to_string();
        let made = programs.generate(&[
            "household".into(),
            "--examples".into(),
            path(examples),
            "--home".into(),
            path(home),
            "--output".into(),
            path(&lines),
        ])?;
        let own_lines = files_of(&lines)?;
        let count: usize = own_lines
            .iter()
            .filter_map(|file| std::fs::read_to_string(file).ok())
            .map(|text| text.lines().count())
            .sum();
        ensure!(
            LEAST <= count,
            "{}only {count} corrections teach something, and at least {LEAST} are needed; put more wrong turns right \
             first",
            made.err
        );
        let natural = files_of(&programs.natural)?;
        let rows = |name: &str, lines: &[PathBuf], more: &[&str]| -> anyhow::Result<PathBuf> {
            let output = programs.work.join(name);
            let mut arguments = vec!["natural".to_owned()];
            arguments.extend(lines.iter().flat_map(|file| ["--input".to_owned(), path(file)]));
            arguments.extend(more.iter().map(|&one| one.to_owned()));
            arguments.extend(["--output".to_owned(), path(&output)]);
            programs.generate(&arguments)?;
            Ok(output)
        };
        let synth = |name: &str, seed: &str, count: &str| -> anyhow::Result<PathBuf> {
            let output = programs.work.join(name);
            let arguments = ["synth", "--seed", seed, "--count", count, "--output"].map(str::to_owned);
            programs.generate(&[&arguments[..], &[path(&output)]].concat())?;
            Ok(output)
        };
        let home = path(home);
        let at_home = rows("own-home.jsonl", &own_lines, &["--home", &home])?;
        let elsewhere = rows("own.jsonl", &own_lines, &["--copies", COPIES])?;
        let own_aside = rows("own-aside.jsonl", &own_lines, &["--aside", "--home", &home])?;
        let mut judged = vec![("corrections learned from", true, at_home.clone())];
        // A household of few words may have none that fell aside.
        if std::fs::metadata(&own_aside).is_ok_and(|file| 0 < file.len()) {
            judged.push(("corrections kept aside", true, own_aside));
        }
        judged.push(("hand-written lines kept aside", false, rows("natural-aside.jsonl", &natural, &["--aside"])?));
        judged.push(("generated lines kept aside", false, synth("synth-aside.jsonl", "2", "1500")?));
        Ok(Self {
            own: vec![elsewhere, at_home],
            other: vec![rows("natural.jsonl", &natural, &["--copies", "4"])?, synth("synth.jsonl", "1", "12000")?],
            judged,
            tokens,
            told: made.err,
        })
    }
}

/// The corrections of the running hub, and its house.
pub(super) async fn from_the_hub(data_dir: &Path, work: &Path) -> anyhow::Result<(PathBuf, PathBuf)> {
    let (examples, home) = (work.join("examples.jsonl"), work.join("house.json"));
    for (path, file) in [("examples", &examples), ("house", &home)] {
        let text = say::get(LocalLogin::read(data_dir)?, path).await?;
        std::fs::write(file, text).with_context(|| format!("write `{}`", file.display()))?;
    }
    Ok((examples, home))
}

/// The files of a folder, in an order that is always the same.
fn files_of(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("read `{}`", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    files.sort();
    Ok(files)
}

/// So few are taught as words of the household's own, one by one.
const LEAST: usize = 10;
/// How often each correction is learned in other houses, under other names.
const COPIES: &str = "16";
