//! Training, judging and writing a tuned model.

use std::fmt::{self, Display};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, ensure};
use runtime::model::manifest::{self, sha256_of};
use serde::Deserialize;

use super::material::Material;
use super::programs::{Programs, run};

/// How often the code is exactly right, before and after.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) name: String,
    /// Whether these are the household's own.
    pub(super) is_own: bool,
    rows: usize,
    /// Per cent.
    pub(super) before: f64,
    /// Per cent.
    pub(super) after: f64,
}

impl Judged {
    /// Whether it fell by more than may be put down to chance: half a point, and in a small set one line.
    pub(super) fn is_worse(&self) -> bool {
        self.after < self.before - MARGIN.max(100.0 / self.rows.max(1) as f64) - f64::EPSILON
    }
}

impl Display for Judged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, rows, before, after, .. } = self;
        write!(f, "{name}: {before:.1} % -> {after:.1} % of {rows}")
    }
}

/// A line of the training's log.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Line {
    Judged { judged: PathBuf, rows: usize, before: f64, after: f64 },
    Step { step: u32, loss: f64 },
}

/// Learns, telling how far it is; what came of it.
pub(super) fn learn(
    programs: &Programs,
    material: &Material,
    base: &Path,
    steps: u32,
    threads: u32,
) -> anyhow::Result<Vec<Judged>> {
    let mut command = programs.script("tune.py");
    command.arg("--household").args(&material.own).arg("--rehearse").args(&material.other);
    command.arg("--judge").args(material.judged.iter().map(|(_, _, path)| path));
    command.arg("--tokens").arg(&material.tokens).arg("--start").arg(std::path::absolute(base)?);
    command.arg("--out").arg(programs.checkpoint());
    command.args(["--steps", &steps.to_string(), "--threads", &threads.to_string()]);
    let mut child = command.stdout(Stdio::piped()).spawn().context("start the training")?;
    let out = child.stdout.take().context("the training has no output")?;
    let mut judged = Vec::new();
    for line in BufReader::new(out).lines() {
        match serde_json::from_str(&line.context("read what the training says")?) {
            Ok(Line::Step { step, loss }) => tell(&format!("{step} of {steps} steps, loss {loss:.3}")),
            Ok(Line::Judged { judged: path, rows, before, after }) => {
                let known = material.judged.iter().find(|(_, _, own)| *own == path);
                let (name, is_own, _) = known.context("the training judged by rows of its own")?;
                judged.push(Judged { name: (*name).to_owned(), is_own: *is_own, rows, before, after });
            }
            Err(_) => {}
        }
    }
    ensure!(child.wait().context("wait for the training")?.success(), "the training failed; it says above why");
    ensure!(judged.len() == material.judged.len(), "the training did not judge all that it was given");
    Ok(judged)
}

/// Writes the new model with its manifest, and has the engine compute what was trained.
pub(super) fn export(programs: &Programs, material: &Material, base: &Path, to: &Path) -> anyhow::Result<()> {
    let mut export = programs.script("export.py");
    export.arg(programs.checkpoint()).arg(to);
    export.args(["--dialect", &mind::understand::code::DIALECT.to_string()]);
    run(export).context("write the new model")?;
    let [encoder, decoder] = ["encoder", "decoder"].map(|part| to.join(format!("hearth-intent-{part}.gguf")));
    let rows = &material.judged.first().context("there is nothing to judge by")?.2;
    let mut parity = programs.script("parity.py");
    parity.arg(programs.checkpoint()).args([&encoder, &decoder, rows]).arg("--engine").arg(&programs.engine);
    run(parity).context("have the engine compute what was trained")?;
    let text = std::fs::read_to_string(base.join(manifest::FILE)).context("read the manifest of the model in use")?;
    let mut new: toml::Table = text.parse().context("read the manifest of the model in use")?;
    for (part, path) in [("encoder", &encoder), ("decoder", &decoder)] {
        let mut file = toml::Table::new();
        file.insert("file".into(), format!("hearth-intent-{part}.gguf").into());
        file.insert("sha256".into(), sha256_of(path)?.into());
        let size = std::fs::metadata(path).with_context(|| format!("read `{}`", path.display()))?.len();
        file.insert("size_bytes".into(), i64::try_from(size).context("the model is too large")?.into());
        new.insert(part.into(), file.into());
    }
    let was = new.get("trained").and_then(toml::Value::as_str).unwrap_or("not told").to_owned();
    new.insert("trained".into(), format!("{was}; then tuned to a household").into());
    // The scores are those of the model that this one was made of.
    new.remove("results");
    std::fs::write(to.join(manifest::FILE), new.to_string()).context("write the manifest of the new model")
}

/// Copies the files of a model.
pub(super) fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to).with_context(|| format!("make `{}`", to.display()))?;
    for entry in std::fs::read_dir(from).with_context(|| format!("read `{}`", from.display()))? {
        let path = entry.context("read the new model")?.path();
        let Some(name) = path.file_name() else { continue };
        std::fs::copy(&path, to.join(name)).with_context(|| format!("write to `{}`", to.display()))?;
    }
    Ok(())
}

#[expect(clippy::print_stderr, reason = "a command line tool tells its user here")]
fn tell(line: &str) {
    eprintln!("{line}");
}

/// Points by which anything but the household's own may fall.
const MARGIN: f64 = 0.5;
