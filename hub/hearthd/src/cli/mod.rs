//! The command line: what can be asked of the program, and where each goes.

mod bench;
#[cfg(test)]
mod conversations;
mod jsonl;
mod learn;
mod listen;
mod parse;
#[cfg(test)]
mod read_back_tests;
mod say;
mod simulate;
mod tune;
mod voice_model;
mod wake;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use runtime::model::installed::{self, Installed, ModelFolders};
use runtime::model::language_model::Model;
use runtime::model::pull::{self, Wanted};

use engine_protocol::sound::SoundDevice;
use voice::sound_card::{self, SoundDevices};

use crate::config::{self, Overrides};
use crate::start;

use voice_model::VoiceModelCommand;

/// Hearth, a private smart-home hub.
#[derive(Parser)]
#[command(name = "hearthd", version, about)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the hub.
    Run {
        /// The configuration file.
        #[arg(long)]
        config: Option<PathBuf>,
        /// Where everything is stored.
        #[arg(long)]
        data_dir: Option<PathBuf>,
        /// Where the page is served, such as 0.0.0.0:8470.
        #[arg(long)]
        web_listen: Option<String>,
        /// Play the virtual house.
        #[arg(long)]
        demo: bool,
        /// The virtual house's language: en or zh.
        #[arg(long)]
        demo_lang: Option<String>,
        /// The folder with manifest.toml and the model.
        #[arg(long)]
        models: Option<PathBuf>,
    },
    /// Understand and resolve every case of a file; act on nothing.
    Parse(Files),
    /// Play every dialogue of a file on virtual devices.
    Simulate(Files),
    /// Learn what a household does again and again from a file of events; nothing is done.
    Learn {
        /// The house file.
        #[arg(long)]
        home: PathBuf,
        /// The events in order of time: one JSON object a line, or rows of time, entity and state in a .csv.
        #[arg(long)]
        events: PathBuf,
        /// The moment up to which events count, such as 2026-04-01T00:00:00+02:00.
        #[arg(long)]
        until: String,
        /// Where the habits go.
        #[arg(long)]
        output: PathBuf,
    },
    /// Say something to the running hub.
    Say {
        /// The words.
        #[arg(required = true)]
        text: Vec<String>,
        /// Where you are.
        #[arg(long)]
        area: Option<String>,
        /// Where the hub stores everything.
        #[arg(long)]
        data_dir: Option<PathBuf>,
    },
    /// Let the running hub hear a WAV file as if it was spoken; prints what it heard and what came of it.
    Listen {
        /// The file; of any rate, width and number of channels.
        file: PathBuf,
        /// Where you are.
        #[arg(long)]
        area: Option<String>,
        /// Where the hub stores everything.
        #[arg(long)]
        data_dir: Option<PathBuf>,
    },
    /// Listen to WAV files of 16 bits for the wake phrase, and print where it was said; needs no running hub.
    Wake {
        /// The files, each of any length.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// The phrase.
        #[arg(long, default_value = config::microphone::WAKE_PHRASE)]
        phrase: String,
        /// The folder with the recogniser's model.
        #[arg(long)]
        models: Option<PathBuf>,
    },
    /// List the microphones and speakers of this machine, as the configuration names them.
    Microphones,
    /// Tokens for programs that use the HTTP interface.
    Token {
        #[command(subcommand)]
        command: TokenCommand,
    },
    /// The language models on this machine.
    Model {
        #[command(flatten)]
        places: PlacesArgs,
        #[command(subcommand)]
        command: ModelCommand,
    },
    /// The recogniser's models on this machine, and those that Vosk offers.
    VoiceModel {
        #[command(flatten)]
        places: PlacesArgs,
        #[command(subcommand)]
        command: VoiceModelCommand,
    },
    /// Write users, rights and listeners for Mosquitto; passwords that exist stay.
    BrokerFiles(BrokerFilesArgs),
    /// Measure this machine with the real broker and model.
    Bench {
        /// Measure how quickly what espeak-ng speaks is heard and done instead.
        #[arg(long, conflicts_with = "entities")]
        voice: bool,
        /// Numbers of entities to measure with.
        #[arg(long, value_delimiter = ',', default_value = "60,2000")]
        entities: Vec<usize>,
        /// The folder with manifest.toml and the model.
        #[arg(long)]
        models: Option<PathBuf>,
    },
    /// Print the table of configuration options.
    Config,
    /// Print the OpenAPI document of the HTTP interface.
    Openapi,
}

#[derive(Args)]
struct Files {
    /// The house file.
    #[arg(long)]
    home: PathBuf,
    /// The cases, one JSON object a line.
    #[arg(long)]
    input: PathBuf,
    /// Where the results go.
    #[arg(long)]
    output: PathBuf,
    /// The folder with manifest.toml and the model.
    #[arg(long)]
    models: Option<PathBuf>,
}

#[derive(Args)]
struct BrokerFilesArgs {
    /// The folder for passwd, acl and hearth.conf.
    #[arg(long)]
    output: PathBuf,
    /// A bridge with a user of its own: zigbee2mqtt, tasmota, shelly, esphome, homie, or NAME=TREE,TREE with its
    /// topics; may be repeated.
    #[arg(long)]
    bridge: Vec<String>,
    /// A user that gets a new password though it has one; may be repeated.
    #[arg(long)]
    new_password: Vec<String>,
    /// Where Mosquitto listens without TLS.
    #[arg(long, default_value = "0.0.0.0:1883")]
    listen: SocketAddr,
    /// Where it listens with TLS.
    #[arg(long, default_value = "0.0.0.0:8883")]
    tls_listen: SocketAddr,
    /// The PEM file of its certificate and those that vouch for it.
    #[arg(long, requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The PEM file of the certificate's key.
    #[arg(long, requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// The root of the hub's own topics, as in `mqtt.base_topic`.
    #[arg(long, default_value = "hearth")]
    base_topic: String,
}

#[derive(Args)]
struct PlacesArgs {
    /// The configuration file.
    #[arg(long)]
    config: Option<PathBuf>,
    /// Where the hub stores everything.
    #[arg(long)]
    data_dir: Option<PathBuf>,
    /// The folder with the shipped models.
    #[arg(long)]
    models: Option<PathBuf>,
}

#[derive(Subcommand)]
enum ModelCommand {
    /// Show the models that are here, and which is in use.
    List,
    /// Make sure that a model is whole, opens, and speaks this hub's dialect.
    Verify {
        /// The model; without it, every one.
        name: Option<String>,
    },
    /// Use another model from now on; a hub that runs takes it within seconds.
    Use {
        /// The model.
        name: String,
    },
    /// Fetch a model, or go on fetching it; nothing is switched.
    Pull {
        /// Where the model's manifest is: an address or a path.
        source: String,
        /// The SHA-256 of the manifest, which must be given over plain http.
        #[arg(long)]
        sha256: Option<String>,
        /// What it shall be called here.
        #[arg(long)]
        name: Option<String>,
    },
    /// Bend the model in use to what the household corrected, on a strong machine or overnight; nothing is switched.
    Tune(tune::TuneArgs),
}

#[derive(Subcommand)]
enum TokenCommand {
    /// Make a token and print it; it is shown only once.
    Create {
        /// What it is for.
        #[arg(long)]
        name: String,
        /// Where the hub stores everything.
        #[arg(long)]
        data_dir: Option<PathBuf>,
    },
}

/// Runs a command; false if it was done but some of its input was bad.
///
/// # Errors
/// If it could not be done, with what to do about it.
pub(crate) async fn run(cli: Cli) -> anyhow::Result<bool> {
    match cli.command {
        Command::Run { config, data_dir, web_listen, demo, demo_lang, models } => {
            let overrides = Overrides { data_dir, web_listen, demo, demo_lang, models };
            start::run(config::load(config.as_deref(), &overrides)?).await.map(|()| true)
        }
        Command::Parse(files) => {
            let (model, thresholds) = config::model_only(files.models)?;
            parse::run(&files.home, &files.input, &files.output, Model::start(model), thresholds).await
        }
        Command::Simulate(files) => {
            let (model, thresholds) = config::model_only(files.models.clone())?;
            let ears = || simulate::ears::Ears::open(files.models, &files.input);
            simulate::run(&files.home, &files.input, &files.output, Model::start(model), thresholds, ears).await
        }
        Command::Learn { home, events, until, output } => learn::run(&home, &events, &until, &output),
        Command::Say { text, area, data_dir } => {
            say::say(&config::folders::data_dir(data_dir), &text.join(" "), area.as_deref()).await.map(|()| true)
        }
        Command::Listen { file, area, data_dir } => {
            listen::listen(&config::folders::data_dir(data_dir), &file, area.as_deref()).await.map(|()| true)
        }
        Command::Wake { files, phrase, models } => wake::wake(models, &phrase, &files).await.map(|()| true),
        Command::Microphones => print(&microphones().await?),
        Command::Token { command: TokenCommand::Create { name, data_dir } } => {
            say::create_token(&config::folders::data_dir(data_dir), &name).await.map(|()| true)
        }
        Command::Model { places, command } => {
            let overrides = Overrides { data_dir: places.data_dir, models: places.models, ..Overrides::default() };
            model_command(&config::places(places.config.as_deref(), &overrides)?, command).await
        }
        Command::VoiceModel { places, command } => {
            let overrides = Overrides { data_dir: places.data_dir, models: places.models, ..Overrides::default() };
            voice_model::run(&config::voice_models(places.config.as_deref(), &overrides)?, command).await
        }
        Command::BrokerFiles(args) => {
            anyhow::ensure!(
                config::mqtt::is_base_topic(&args.base_topic),
                "`{}` can't be the root of topics\n  hint: use words joined by `/`",
                args.base_topic
            );
            let tls =
                args.tls_cert.zip(args.tls_key).map(|(cert, key)| broker::Tls { listen: args.tls_listen, cert, key });
            let wanted = broker::files::Wanted {
                output: args.output,
                bridges: args.bridge,
                renewed: args.new_password,
                base_topic: args.base_topic,
                listen: args.listen,
                tls,
            };
            print(&broker::files::write(&wanted)?)
        }
        Command::Bench { voice: true, models, .. } => bench::voice(models).await.map(|()| true),
        Command::Bench { entities, models, .. } => bench::text(models, &entities).await.map(|()| true),
        Command::Config => print(&config::documentation()),
        Command::Openapi => print(&api::openapi()),
    }
}

/// The devices, for `microphone.device` and `microphone.speaker`.
async fn microphones() -> anyhow::Result<String> {
    let SoundDevices { microphones, speakers } = sound_card::devices(&config::folders::default_sound()).await?;
    let lines = |devices: Vec<SoundDevice>| match devices.is_empty() {
        true => "  none; is one plugged in, and may this user open it (group `audio`)?\n".to_owned(),
        false => devices.iter().map(|one| format!("  {}\n      {}\n", one.name, one.description)).collect(),
    };
    Ok(format!("Microphones:\n{}Speakers:\n{}", lines(microphones), lines(speakers)))
}

async fn model_command(places: &ModelFolders, command: ModelCommand) -> anyhow::Result<bool> {
    match command {
        ModelCommand::List => print(&installed::table(places)?),
        ModelCommand::Verify { name: Some(name) } => verify(places, &installed::named(places, &name)?).await,
        ModelCommand::Verify { name: None } => {
            let mut all_good = true;
            for model in installed::all(places)? {
                all_good &= verify(places, &model).await?;
            }
            Ok(all_good)
        }
        ModelCommand::Use { name } => {
            let before = installed::choose(places, &name).await?;
            match before == name {
                true => print(&format!("`{name}` is in use already.\n")),
                false => print(&format!(
                    "`{name}` is used from now on; a hub that runs takes it within seconds. \
                     `hearthd model use {before}` goes back.\n"
                )),
            }
        }
        ModelCommand::Tune(args) => print(&tune::tune(places, args).await?),
        ModelCommand::Pull { source, sha256, name } => {
            let name = pull::pull(places, Wanted { source, sha256, name }).await?;
            print(&format!("`{name}` is here and was checked. `hearthd model use {name}` switches to it.\n"))
        }
    }
}

async fn verify(places: &ModelFolders, model: &Installed) -> anyhow::Result<bool> {
    let (is_good, said) = match installed::verify(places, model).await {
        Ok(parameters) => {
            (true, format!("`{}` is whole and speaks this hub's dialect; {parameters} parameters.\n", model.name))
        }
        Err(error) => (false, format!("`{}` can't be used: {error:#}\n", model.name)),
    };
    print(&said)?;
    Ok(is_good)
}

#[expect(clippy::print_stdout, reason = "this is what the command is for")]
#[expect(clippy::unnecessary_wraps, reason = "all commands end alike")]
fn print(text: &str) -> anyhow::Result<bool> {
    print!("{text}");
    Ok(true)
}
