//! `hearthd model tune`: bends the model in use to what a household corrected, and keeps the outcome only if nothing
//! else became worse. Switches nothing.
//!
//! Training itself is done by the scripts beside the shipped model, in Python, for a machine that is stronger than a
//! small board, or for a night.

mod material;
mod programs;
mod training;

use std::path::PathBuf;

use anyhow::{Context as _, bail, ensure};
use runtime::model::installed::{self, ModelFolders};
use runtime::model::pull;

use material::Material;
use programs::Programs;
use training::Judged;

/// What is wanted.
#[derive(clap::Args, Debug)]
pub(crate) struct TuneArgs {
    /// Corrections as `/api/v1/examples` gives them; without it, those of the running hub.
    #[arg(long, requires = "home")]
    examples: Option<PathBuf>,
    /// The house that they speak of, as `/api/v1/house` gives it.
    #[arg(long, requires = "examples")]
    home: Option<PathBuf>,
    /// A Python with the packages of `models/train/requirements.txt`.
    #[arg(long, default_value = "python3")]
    python: PathBuf,
    /// How many steps to learn for.
    #[arg(long, default_value_t = 300)]
    steps: u32,
    /// Threads to compute with.
    #[arg(long, default_value_t = 2)]
    threads: u32,
    /// What the new model shall be called here.
    #[arg(long, default_value = "tuned")]
    name: String,
    /// Leave the new model in this folder instead of installing it, to be pulled elsewhere by its manifest.
    #[arg(long)]
    output: Option<PathBuf>,
}

/// Tunes the model in use; what became of it, in sentences.
///
/// # Errors
/// If a program, a package or a correction is missing, or the new model is worse anywhere by more than the margin;
/// nothing was installed then.
pub(crate) async fn tune(places: &ModelFolders, args: TuneArgs) -> anyhow::Result<String> {
    let (base, notice) = installed::chosen(places);
    if let Some(notice) = notice {
        bail!("{notice} Choose one with `hearthd model use` first");
    }
    ensure!(
        args.output.is_some() || (installed::is_name(&args.name) && !places.pulled.join(&args.name).exists()),
        "there is a model `{}` already, or it can't be a model's name; --name gives the new one another",
        args.name
    );
    let work = tempfile::Builder::new().prefix("hearth-tune-").tempdir().context("make a folder to work in")?;
    let programs = Programs::find(places, &args.python, work.path())?;
    let (examples, home) = match (&args.examples, &args.home) {
        (Some(examples), Some(home)) => (examples.clone(), home.clone()),
        _ => {
            let data_dir = places.pulled.parent().context("the models lie in no folder")?;
            material::from_the_hub(data_dir, work.path()).await?
        }
    };
    let new = work.path().join("new");
    let (material, judged) = tokio::task::spawn_blocking({
        let (dir, new) = (base.dir.clone(), new.clone());
        move || -> anyhow::Result<(Material, Vec<Judged>)> {
            let material = Material::make(&programs, &examples, &home)?;
            let judged = training::learn(&programs, &material, &dir, args.steps, args.threads)?;
            training::export(&programs, &material, &dir, &new)?;
            Ok((material, judged))
        }
    })
    .await??;
    let table: String = judged.iter().map(|one| format!("{one}\n")).collect();
    let worse: Vec<&str> = judged.iter().filter(|one| one.is_worse()).map(|one| one.name.as_str()).collect();
    ensure!(worse.is_empty(), "{table}worse by more than it may be: {}; nothing was installed", worse.join(", "));
    let learned = judged.iter().filter(|one| one.is_own).any(|one| one.before < one.after);
    ensure!(learned, "{table}it knows the household's own no better than before; nothing was installed");
    let told = format!("{}{table}", material.told);
    match args.output {
        Some(output) => {
            training::copy(&new, &output)?;
            let manifest = output.join("manifest.toml");
            Ok(format!(
                "{told}The new model is in `{}`; `hearthd model pull` takes it by its manifest.\n",
                manifest.display()
            ))
        }
        None => {
            let source = new.join("manifest.toml").display().to_string();
            let name = pull::pull(places, pull::Wanted { source, sha256: None, name: Some(args.name) }).await?;
            Ok(format!(
                "{told}`{name}` is here and was checked. `hearthd model use {name}` switches to it, and `hearthd model \
                 use {}` goes back.\n",
                base.name
            ))
        }
    }
}
