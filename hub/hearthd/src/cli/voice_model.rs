//! `hearthd voice-model`: the recogniser's models, here and on Vosk's list.
//!
//! A running hub takes note of a choice within seconds; nothing here reaches it otherwise.

use anyhow::Context as _;
use clap::Subcommand;
use voice::models::installed::{self, VoiceModel};
use voice::models::offers::{self, OFFICIAL, Source};
use voice::models::pull::{Wanted, pull};
use voice::wake::Spotting;

use super::print;
use crate::config::VoiceModels;

#[derive(Subcommand)]
pub(super) enum VoiceModelCommand {
    /// Show the models that are here, and which is in use; asks nobody.
    List,
    /// Show the models that Vosk offers.
    Available {
        /// The list: an address or a file, in the form of Vosk's own.
        #[arg(long, default_value = OFFICIAL)]
        list: String,
        /// Only those of a language, such as en or cn.
        #[arg(long)]
        lang: Option<String>,
    },
    /// Fetch a model, or go on fetching it, and try it; nothing is switched.
    Pull {
        /// Its name on the list, such as vosk-model-small-en-us-0.15.
        name: String,
        /// The list: an address or a file, in the form of Vosk's own.
        #[arg(long, default_value = OFFICIAL)]
        list: String,
        /// The MD5 of its archive, which must be given for a list over plain http.
        #[arg(long)]
        md5: Option<String>,
    },
    /// Make sure that the recogniser hears with a model.
    Verify {
        /// The model; without it, every one.
        name: Option<String>,
    },
    /// Use another model; a running hub hears with it within seconds.
    Use {
        /// The model.
        name: String,
    },
}

/// Runs a command; false if a model can't be used.
///
/// # Errors
/// If it could not be done, with what to do about it.
pub(super) async fn run(models: &VoiceModels, command: VoiceModelCommand) -> anyhow::Result<bool> {
    match command {
        VoiceModelCommand::List => print(&installed::table(&models.folders)?),
        VoiceModelCommand::Available { list, lang } => {
            let offers = tokio::task::spawn_blocking(move || offers::read(&Source::of(&list))).await??;
            print(&offers::table(&offers, lang.as_deref()))
        }
        VoiceModelCommand::Pull { name, list, md5 } => {
            let wanted = Wanted { list: Source::of(&list), name: name.clone(), md5 };
            pull(&models.recognizer, &models.folders, wanted).await?;
            print(&format!("`{name}` is here and was tried. `hearthd voice-model use {name}` switches to it.\n"))
        }
        VoiceModelCommand::Verify { name: Some(name) } => {
            verify(models, &installed::named(&models.folders, &name)?).await
        }
        VoiceModelCommand::Verify { name: None } => {
            let mut all_good = true;
            for model in installed::all(&models.folders)? {
                all_good &= verify(models, &model).await?;
            }
            Ok(all_good)
        }
        VoiceModelCommand::Use { name } => switch(models, &name).await,
    }
}

async fn switch(models: &VoiceModels, name: &str) -> anyhow::Result<bool> {
    let model = installed::named(&models.folders, name)?;
    // Nothing would wake the microphone.
    if let Some(phrase) = &models.wake_phrase {
        Spotting::of(phrase, &model.folder).with_context(|| {
            format!(
                "the board's microphone can't wait for `{phrase}` with `{name}`, so the model in use stays; another \
                 microphone.wake_phrase, or no microphone.device, lets it be taken"
            )
        })?;
    }
    let before = installed::choose(&models.recognizer, &models.folders, name).await?;
    match before == name {
        true => print(&format!("`{name}` is in use already.\n")),
        false => print(&format!(
            "The hub hears with `{name}`, a running one within seconds. `hearthd voice-model use {before}` goes back.\n"
        )),
    }
}

async fn verify(models: &VoiceModels, model: &VoiceModel) -> anyhow::Result<bool> {
    let (is_good, said) = match installed::verify(&models.recognizer, &model.folder).await {
        Ok(()) => (true, format!("The recogniser hears with `{}`.\n", model.name)),
        Err(error) => (false, format!("`{}` can't be used: {error:#}\n", model.name)),
    };
    print(&said)?;
    Ok(is_good)
}
