//! The configuration: read as written, checked into what is meant, all complaints at once.
//!
//! A file for each section of it has how that is written, what it becomes, and its options' meanings.

mod broker;
mod complaints;
pub(crate) mod demo;
mod devices;
mod esphome;
pub(crate) mod folders;
mod general;
mod home;
mod home_assistant;
pub(crate) mod microphone;
mod model;
pub(crate) mod mqtt;
mod speech;
mod voice;
mod web;
mod wyoming;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use ::voice::models::installed::VoiceModelFolders;
use ::voice::recognizer::RecognizerSettings;
use ::voice::synthesizer::SynthesizerSettings;
use anyhow::Context as _;
use device_adapters::Preference;
use house::Degrees;
use jiff::tz::TimeZone;
use mind::decide::Thresholds;
use mind::when::Location;
use runtime::model::installed::{Installed, ModelFolders};
use runtime::model::language_model;
use serde::Deserialize;

use crate::home_assistant::{announce, websocket};
use crate::microphone::MicrophoneSettings;
use crate::mqtt::settings::MqttSettings;
use crate::mqtt::topics;

use complaints::Complaints;
use demo::DemoSettings;
use folders::{default_data_dir, default_models, default_recognizer, default_vosk};
pub(crate) use model::{ChosenModel, ModelChoice};

/// The file as it is written. An option that is not known is a complaint.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    data_dir: Option<PathBuf>,
    house_file: Option<PathBuf>,
    home: home::HomeFile,
    web: web::WebFile,
    broker: broker::BrokerFile,
    mqtt: mqtt::MqttFile,
    devices: devices::DevicesFile,
    model: model::ModelFile,
    home_assistant: home_assistant::HomeAssistantFile,
    wyoming: wyoming::WyomingFile,
    esphome: esphome::EsphomeFile,
    general: general::GeneralFile,
    voice: voice::VoiceFile,
    speech: speech::SpeechFile,
    microphone: microphone::MicrophoneFile,
    demo: demo::DemoFile,
}

/// The configuration as it is meant.
#[derive(Debug)]
pub(crate) struct Settings {
    /// Where everything is stored.
    pub(crate) data_dir: PathBuf,
    /// A house file with floors and areas to begin with.
    pub(crate) house_file: Option<PathBuf>,
    /// Where the house stands.
    pub(crate) location: Option<Location>,
    /// The time zone, if it is not the system's.
    pub(crate) zone: Option<TimeZone>,
    /// The unit in which temperatures are told, if not each in its own.
    pub(crate) degrees: Option<Degrees>,
    /// Where the page and the interface are served.
    pub(crate) web_listen: SocketAddr,
    /// Where the same is served over HTTPS, if it is.
    pub(crate) https_listen: Option<SocketAddr>,
    /// Names that the page goes by beside those of every home.
    pub(crate) web_hosts: Vec<String>,
    /// The embedded broker, unless another one is used.
    pub(crate) broker: Option<::broker::BrokerSettings>,
    /// The connection to the broker; with the embedded one, host, port and login are filled in at the start.
    pub(crate) mqtt: MqttSettings,
    /// Whom to believe about a device that is announced natively and by Home Assistant's discovery.
    pub(crate) preference: Preference,
    /// The language model, unless none is wanted: where it is chosen, and which it is.
    pub(crate) model: Option<(ModelChoice, ChosenModel)>,
    /// What was odd about the choice of the models.
    pub(crate) model_notices: Vec<String>,
    /// The general model, if there is one.
    pub(crate) general: Option<runtime::model::general::GeneralSettings>,
    /// The recogniser, unless nothing is to be heard.
    pub(crate) voice: Option<RecognizerSettings>,
    /// Where its models are kept.
    pub(crate) voice_models: Option<VoiceModelFolders>,
    /// The board's microphone and speaker, unless nothing is to be heard.
    pub(crate) microphone: Option<MicrophoneSettings>,
    /// Whether the hub is announced to Home Assistant over MQTT.
    pub(crate) is_announced: bool,
    /// The Home Assistant that is asked for what only it has.
    pub(crate) websocket: Option<websocket::WebsocketSettings>,
    /// Home Assistant's voice.
    pub(crate) wyoming: crate::wyoming::WyomingSettings,
    /// Satellites that speak ESPHome's native API.
    pub(crate) esphome: crate::esphome::EsphomeSettings,
    /// The virtual house, if it is to run.
    pub(crate) demo: Option<DemoSettings>,
}

impl Settings {
    /// As what Home Assistant is told of the hub.
    pub(crate) fn home_assistant(&self) -> announce::AnnounceSettings {
        let id = topics::id(&self.mqtt.client_id);
        announce::AnnounceSettings { is_announced: self.is_announced, id, base_topic: self.mqtt.base_topic.clone() }
    }
}

/// What the command line may change.
#[derive(Clone, Debug, Default)]
pub(crate) struct Overrides {
    /// Where everything is stored.
    pub(crate) data_dir: Option<PathBuf>,
    /// Where the page is served.
    pub(crate) web_listen: Option<String>,
    /// Play the virtual house.
    pub(crate) demo: bool,
    /// The virtual house's language.
    pub(crate) demo_lang: Option<String>,
    /// Where the models are.
    pub(crate) models: Option<PathBuf>,
}

/// An option: its name, its default, and what it means.
type Opt = (&'static str, &'static str, &'static str);

/// Reads and checks a configuration; without a file, every option has its default.
pub(crate) fn load(path: Option<&Path>, overrides: &Overrides) -> anyhow::Result<Settings> {
    Ok(check(read(path, overrides)?)?)
}

/// Where models are kept and what opens them, for commands about models.
pub(crate) fn places(path: Option<&Path>, overrides: &Overrides) -> anyhow::Result<ModelFolders> {
    let file = read(path, overrides)?;
    Ok(model::places(&file.model, &file.data_dir.unwrap_or_else(default_data_dir)))
}

/// The recogniser's models, for commands about them.
#[derive(Clone, Debug)]
pub(crate) struct VoiceModels {
    /// Where they are kept.
    pub(crate) folders: VoiceModelFolders,
    /// What opens them.
    pub(crate) recognizer: RecognizerSettings,
    /// What wakes the board's microphone, if there is one.
    pub(crate) wake_phrase: Option<String>,
}

/// The recogniser's models, for commands about them.
pub(crate) fn voice_models(path: Option<&Path>, overrides: &Overrides) -> anyhow::Result<VoiceModels> {
    let file = read(path, overrides)?;
    let data_dir = file.data_dir.unwrap_or_else(default_data_dir);
    let folders = voice::folders(&file.voice, file.model.dir.as_deref(), &data_dir);
    let mut complaints = Vec::new();
    let aloud = speech::check(file.speech, Vec::new(), &mut complaints);
    let recognizer = voice::settings(file.voice, folders.shipped.clone(), &data_dir, &aloud.speech);
    Ok(VoiceModels { folders, recognizer, wake_phrase: microphone::wake_phrase(&file.microphone) })
}

/// The model's settings alone, for commands that start no hub.
pub(crate) fn model_only(
    models: Option<PathBuf>,
) -> anyhow::Result<(language_model::LanguageModelSettings, Thresholds)> {
    let mut complaints = Vec::new();
    let dir = models.unwrap_or_else(default_models);
    let settings = model::settings(&model::ModelFile::default(), Installed::shipped(&dir), &mut complaints);
    match settings {
        Some(settings) if complaints.is_empty() => Ok(settings),
        _ => Err(Complaints(complaints).into()),
    }
}

/// The recogniser's settings alone, for commands that start no hub; the words of a house are put into `words`.
pub(crate) fn recognizer_only(models: Option<PathBuf>, words: PathBuf) -> RecognizerSettings {
    RecognizerSettings {
        program: default_recognizer(),
        library: default_vosk(&default_data_dir()),
        model: voice::shipped(models.unwrap_or_else(default_models)),
        words,
        speaker: SynthesizerSettings::default().program,
        memory_mb: None,
    }
}

/// `docs/configuration.md`.
pub(crate) fn documentation() -> String {
    let mut out = String::from(
        "# Configuration\n\nOne TOML file, given with `hearthd run --config FILE`.\nEvery option has a default; an \
         option that is not in this table is an error.\nThis page is printed by `hearthd config`.\n\n| option | \
         default | meaning |\n|---|---|---|\n",
    );
    for (name, default, meaning) in SECTIONS.iter().copied().flatten() {
        out.push_str(&format!("| `{name}` | {default} | {meaning} |\n"));
    }
    out
}

fn read(path: Option<&Path>, overrides: &Overrides) -> anyhow::Result<File> {
    let text = match path {
        Some(path) => {
            std::fs::read_to_string(path).with_context(|| format!("read the configuration `{}`", path.display()))?
        }
        None => String::new(),
    };
    let mut file: File = toml::from_str(&text).context("read the configuration")?;
    file.data_dir = overrides.data_dir.clone().or(file.data_dir);
    file.web.listen = overrides.web_listen.clone().or(file.web.listen);
    file.model.dir = overrides.models.clone().or(file.model.dir);
    if overrides.demo {
        file.demo.enabled = Some(true);
    }
    file.demo.lang = overrides.demo_lang.clone().or(file.demo.lang);
    Ok(file)
}

fn check(file: File) -> Result<Settings, Complaints> {
    let mut complaints = Vec::new();
    let (web_listen, https_listen) = web::check(&file.web, &mut complaints);
    let is_embedded = is_embedded(&file, &mut complaints);
    let mqtt = mqtt::check(&file.mqtt, &mut complaints);
    let broker = is_embedded.then(|| broker::check(file.broker, mqtt.base_topic.clone(), &mut complaints));
    let data_dir = file.data_dir.unwrap_or_else(default_data_dir);
    let model = model::check(&file.model, &data_dir, &mut complaints);
    let model_notice = model.as_ref().and_then(|(_, chosen)| chosen.notice.clone());
    let voices = [wyoming::voices(&file.wyoming), esphome::voices(&file.esphome)].concat();
    let aloud = speech::check(file.speech, voices, &mut complaints);
    let folders = voice::folders(&file.voice, file.model.dir.as_deref(), &data_dir);
    let (voice, voice_notice) = voice::check(file.voice, &folders, &data_dir, &aloud.speech);
    let microphone = microphone::check(file.microphone, voice.as_ref(), &aloud, &mut complaints);
    let general = general::check(file.general, model::engine(&file.model), &mut complaints);
    let demo = demo::check(file.demo, &mut complaints);
    let esphome = esphome::check(file.esphome, aloud.clone(), &mut complaints);
    let wyoming = wyoming::check(file.wyoming, aloud, &mut complaints);
    let websocket = home_assistant::check(&file.home_assistant, &mut complaints);
    let home::Checked { location, zone, degrees } = home::check(&file.home, &mut complaints);
    if !complaints.is_empty() {
        return Err(Complaints(complaints));
    }
    Ok(Settings {
        data_dir,
        house_file: file.house_file,
        location,
        zone,
        degrees,
        web_listen,
        https_listen,
        web_hosts: file.web.hosts,
        broker,
        mqtt,
        preference: file.devices.preference(),
        model,
        model_notices: model_notice.into_iter().chain(voice_notice).collect(),
        general,
        voice_models: voice.as_ref().map(|_| folders),
        voice,
        microphone,
        is_announced: file.home_assistant.announce.unwrap_or(true),
        websocket,
        wyoming,
        esphome,
        demo,
    })
}

/// Whether the hub brings its own broker: unless another is named, or as it is said.
fn is_embedded(file: &File, complaints: &mut Vec<String>) -> bool {
    let is_embedded = file.broker.embedded.unwrap_or(file.mqtt.host.is_none());
    if is_embedded && file.mqtt.host.is_some() {
        complaints.push(
            "mqtt.host: a broker is named while the embedded one is on\n  hint: set broker.embedded = false".to_owned(),
        );
    }
    if !is_embedded && file.mqtt.host.is_none() {
        complaints.push("mqtt.host: missing\n  hint: name your broker, or set broker.embedded = true".to_owned());
    }
    is_embedded
}

/// The options of all sections, as `docs/configuration.md` shows them.
const SECTIONS: &[&[Opt]] = &[
    OPTIONS,
    home::OPTIONS,
    web::OPTIONS,
    broker::OPTIONS,
    mqtt::OPTIONS,
    devices::OPTIONS,
    model::OPTIONS,
    home_assistant::OPTIONS,
    wyoming::OPTIONS,
    esphome::OPTIONS,
    model::ASKING,
    general::OPTIONS,
    voice::OPTIONS,
    speech::OPTIONS,
    microphone::OPTIONS,
    demo::OPTIONS,
];
/// The options of no section.
const OPTIONS: &[Opt] = &[
    ("data_dir", "`$STATE_DIRECTORY` or `~/.local/share/hearth`", "Where the hub keeps everything."),
    ("house_file", "none", "A house file whose floors and areas exist before any device speaks."),
];

#[cfg(test)]
mod tests;
