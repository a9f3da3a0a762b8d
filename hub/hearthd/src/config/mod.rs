//! The configuration: read as written, checked into what is meant, all complaints at once.
//!
//! The only place that reads the environment.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use device_adapters::Preference;
use house::Degrees;
use jiff::tz::TimeZone;
use mind::when::Location;
use serde::Deserialize;

use crate::home_assistant::announce;
use crate::home_assistant::{Address, websocket};
use crate::mqtt::settings::MqttSettings;
use crate::mqtt::topics;
use crate::wyoming;
use mind::decide::Thresholds;
use runtime::model::installed::{self, Installed, Places};
use runtime::model::language_model::Purpose;
use runtime::model::{general, language_model};

/// The file as it is written. An option that is not known is a complaint.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    data_dir: Option<PathBuf>,
    house_file: Option<PathBuf>,
    home: HomeFile,
    web: Web,
    broker: BrokerFile,
    mqtt: Mqtt,
    devices: DevicesFile,
    model: ModelFile,
    home_assistant: HomeAssistantFile,
    wyoming: WyomingFile,
    general: GeneralFile,
    demo: Demo,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct HomeAssistantFile {
    announce: Option<bool>,
    url: Option<String>,
    token_file: Option<PathBuf>,
    ca: Option<PathBuf>,
    with_mqtt: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WyomingFile {
    listen: Option<String>,
    intent_listen: Option<String>,
    satellites: BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct HomeFile {
    latitude: Option<f64>,
    longitude: Option<f64>,
    time_zone: Option<String>,
    degrees: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Web {
    listen: Option<String>,
    hosts: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct BrokerFile {
    embedded: Option<bool>,
    listen: Option<String>,
    websocket_listen: Option<String>,
    tls_listen: Option<String>,
    tls_cert: Option<PathBuf>,
    tls_key: Option<PathBuf>,
    users: Vec<UserFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct UserFile {
    name: String,
    password: String,
    #[serde(default)]
    trees: Vec<String>,
    #[serde(default)]
    rights: RightsFile,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RightsFile {
    #[default]
    Bridge,
    Requester,
    HomeAssistant,
    ReadOnly,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Mqtt {
    host: Option<String>,
    port: Option<u16>,
    user: Option<String>,
    password: Option<String>,
    ca: Option<PathBuf>,
    client_id: Option<String>,
    base_topic: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct DevicesFile {
    prefer: PreferFile,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PreferFile {
    #[default]
    Native,
    Discovery,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ModelFile {
    enabled: Option<bool>,
    dir: Option<PathBuf>,
    engine: Option<PathBuf>,
    threads: Option<u32>,
    memory_mb: Option<u64>,
    deadline_ms: Option<u64>,
    least_confidence: Option<f64>,
    ask_confidence: Option<f64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct GeneralFile {
    file: Option<PathBuf>,
    sha256: Option<String>,
    threads: Option<u32>,
    memory_mb: Option<u64>,
    url: Option<String>,
    model: Option<String>,
    api_key_file: Option<PathBuf>,
    timeout_ms: Option<u64>,
    max_tokens: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Demo {
    enabled: Option<bool>,
    lang: Option<String>,
    house_file: Option<PathBuf>,
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
    /// Names that the page goes by beside those of every home.
    pub(crate) web_hosts: Vec<String>,
    /// The embedded broker, unless another one is used.
    pub(crate) broker: Option<broker::Settings>,
    /// The connection to the broker; with the embedded one, host, port and login are filled in at the start.
    pub(crate) mqtt: MqttSettings,
    /// Whom to believe about a device that is announced natively and by Home Assistant's discovery.
    pub(crate) preference: Preference,
    /// The language model's engine.
    pub(crate) model: Option<language_model::Settings>,
    /// How sure the model must be.
    pub(crate) thresholds: Thresholds,
    /// What was odd about the choice of the model.
    pub(crate) model_notice: Option<String>,
    /// The general model, if there is one.
    pub(crate) general: Option<general::Settings>,
    /// Whether the hub is announced to Home Assistant over MQTT.
    pub(crate) is_announced: bool,
    /// The Home Assistant that is asked for what only it has.
    pub(crate) websocket: Option<websocket::Settings>,
    /// Home Assistant's voice.
    pub(crate) wyoming: wyoming::Settings,
    /// The virtual house, if it is to run.
    pub(crate) demo: Option<DemoSettings>,
}

impl Settings {
    /// As what Home Assistant is told of the hub.
    pub(crate) fn home_assistant(&self) -> announce::Settings {
        let id = topics::id(&self.mqtt.client_id);
        announce::Settings { is_announced: self.is_announced, id, base_topic: self.mqtt.base_topic.clone() }
    }
}

/// The virtual house.
#[derive(Clone, Debug)]
pub(crate) struct DemoSettings {
    /// `en` or `zh`.
    pub(crate) lang: String,
    /// A house file to play instead of the built-in house.
    pub(crate) house_file: Option<PathBuf>,
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

/// Everything that is wrong with a configuration.
#[derive(Debug, thiserror::Error)]
#[error("the configuration has {} mistake{}:\n{}", .0.len(), if .0.len() == 1 { "" } else { "s" }, .0.join("\n"))]
pub(crate) struct Complaints(Vec<String>);

/// Reads and checks a configuration; without a file, every option has its default.
pub(crate) fn load(path: Option<&Path>, overrides: &Overrides) -> anyhow::Result<Settings> {
    Ok(check(read(path, overrides)?)?)
}

/// Where models are kept and what opens them, for commands about models.
pub(crate) fn places(path: Option<&Path>, overrides: &Overrides) -> anyhow::Result<Places> {
    let file = read(path, overrides)?;
    Ok(places_of(
        &file.data_dir.unwrap_or_else(default_data_dir),
        file.model.dir.as_deref(),
        file.model.engine.as_deref(),
    ))
}

/// The model's settings alone, for commands that start no hub.
pub(crate) fn model_only(models: Option<PathBuf>) -> anyhow::Result<(language_model::Settings, Thresholds)> {
    let mut complaints = Vec::new();
    let dir = models.unwrap_or_else(default_models);
    let settings = model_settings(&ModelFile::default(), Installed::shipped(&dir), &mut complaints);
    match settings {
        Some(settings) if complaints.is_empty() => Ok(settings),
        _ => Err(Complaints(complaints).into()),
    }
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

#[expect(clippy::too_many_lines, reason = "one line for each section")]
fn check(file: File) -> Result<Settings, Complaints> {
    let mut complaints = Vec::new();
    let web_listen = address("web.listen", file.web.listen.as_deref().unwrap_or(DEFAULT_WEB), &mut complaints);
    for host in file.web.hosts.iter().filter(|host| !is_host(host)) {
        complaints.push(format!(
            "web.hosts: `{host}` is no name\n  hint: the name alone, as in `hub.example.org`, without `https://` and \
             port"
        ));
    }
    let is_embedded = file.broker.embedded.unwrap_or(file.mqtt.host.is_none());
    if is_embedded && file.mqtt.host.is_some() {
        complaints.push(
            "mqtt.host: a broker is named while the embedded one is on\n  hint: set broker.embedded = false".to_owned(),
        );
    }
    if !is_embedded && file.mqtt.host.is_none() {
        complaints.push("mqtt.host: missing\n  hint: name your broker, or set broker.embedded = true".to_owned());
    }
    let mqtt = mqtt_settings(&file.mqtt, &mut complaints);
    let broker = is_embedded.then(|| broker_settings(file.broker, mqtt.base_topic.clone(), &mut complaints));
    let data_dir = file.data_dir.unwrap_or_else(default_data_dir);
    let engine = file.model.engine.clone().unwrap_or_else(default_engine);
    let (model, thresholds, model_notice) = match file.model.enabled.unwrap_or(true) {
        true => {
            let (installed, notice) =
                installed::chosen(&places_of(&data_dir, file.model.dir.as_deref(), file.model.engine.as_deref()));
            let (model, thresholds) = model_settings(&file.model, installed, &mut complaints).unzip();
            (model, thresholds.unwrap_or_default(), notice)
        }
        false => (None, Thresholds::default(), None),
    };
    let general = general_settings(file.general, engine, &mut complaints);
    let demo = file.demo.enabled.unwrap_or(false).then(|| DemoSettings {
        lang: file.demo.lang.clone().unwrap_or_else(|| "en".to_owned()),
        house_file: file.demo.house_file.clone(),
    });
    if let Some(lang) = file.demo.lang.filter(|lang| lang != "en" && lang != "zh") {
        complaints.push(format!("demo.lang: `{lang}` is not a language of the virtual house\n  hint: `en` or `zh`"));
    }
    let wyoming = wyoming::Settings {
        listen: file.wyoming.listen.as_deref().map(|text| address("wyoming.listen", text, &mut complaints)),
        intent_listen: file
            .wyoming
            .intent_listen
            .as_deref()
            .map(|text| address("wyoming.intent_listen", text, &mut complaints)),
        satellites: file.wyoming.satellites,
    };
    let websocket = websocket_settings(&file.home_assistant, &mut complaints);
    let (location, zone) = home_settings(&file.home, &mut complaints);
    let degrees = file.home.degrees.as_deref().and_then(|name| {
        let degrees = Degrees::parse(name);
        if degrees.is_none() {
            complaints.push(format!("home.degrees: `{name}` is no unit\n  hint: `celsius` or `fahrenheit`"));
        }
        degrees
    });
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
        web_hosts: file.web.hosts,
        broker,
        mqtt,
        preference: match file.devices.prefer {
            PreferFile::Native => Preference::Native,
            PreferFile::Discovery => Preference::Discovery,
        },
        model,
        thresholds,
        model_notice,
        general,
        is_announced: file.home_assistant.announce.unwrap_or(true),
        websocket,
        wyoming,
        demo,
    })
}

/// Whether a text is the name of a machine.
fn is_host(text: &str) -> bool {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
    !text.is_empty() && text.chars().all(is_letter)
}

fn websocket_settings(file: &HomeAssistantFile, complaints: &mut Vec<String>) -> Option<websocket::Settings> {
    let (url, token_file) = match (&file.url, &file.token_file) {
        (Some(url), Some(token_file)) => (url, token_file),
        (None, None) if file.ca.is_none() && file.with_mqtt.is_none() => return None,
        _ => {
            complaints.push(
                "home_assistant.url: it needs home_assistant.token_file with it, and home_assistant.ca \
             and home_assistant.with_mqtt need both\n  hint: give a URL and a file that holds a long-lived access \
             token and nothing else"
                    .to_owned(),
            );
            return None;
        }
    };
    let address = Address::parse(url);
    if address.is_none() {
        complaints.push(format!(
            "home_assistant.url: `{url}` is no address\n  hint: that of its page, such as \
         `http://homeassistant.local:8123`"
        ));
    }
    if let Err(error) = std::fs::read_to_string(token_file) {
        complaints.push(format!(
            "home_assistant.token_file: `{}` can't be read: {error}\n  hint: a file that holds a \
         long-lived access token and nothing else",
            token_file.display()
        ));
    }
    let ca = file.ca.as_ref().and_then(|path| match std::fs::read(path) {
        Ok(pem) => Some(pem),
        Err(error) => {
            complaints.push(format!(
                "home_assistant.ca: `{}` can't be read: {error}\n  hint: name the PEM file of the \
             authority that signed Home Assistant's certificate",
                path.display()
            ));
            None
        }
    });
    Some(websocket::Settings {
        address: address?,
        token_file: token_file.clone(),
        ca,
        with_mqtt: file.with_mqtt.unwrap_or(false),
    })
}

fn home_settings(file: &HomeFile, complaints: &mut Vec<String>) -> (Option<Location>, Option<TimeZone>) {
    let location = match (file.latitude, file.longitude) {
        (Some(latitude), Some(longitude))
            if (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude) =>
        {
            Some(Location { latitude, longitude })
        }
        (None, None) => None,
        (Some(_), Some(_)) => {
            complaints.push(
                "home.latitude: this is no place\n  hint: degrees north from -90 to 90, and \
             home.longitude degrees east from -180 to 180"
                    .to_owned(),
            );
            None
        }
        _ => {
            complaints.push(
                "home.latitude: a place needs home.latitude and home.longitude\n  hint: give both or none".to_owned(),
            );
            None
        }
    };
    let zone = file.time_zone.as_deref().and_then(|name| match TimeZone::get(name) {
        Ok(zone) => Some(zone),
        Err(_) => {
            complaints.push(format!(
                "home.time_zone: `{name}` is no time zone\n  hint: such as `Europe/Berlin` or `Asia/Shanghai`"
            ));
            None
        }
    });
    (location, zone)
}

fn mqtt_settings(file: &Mqtt, complaints: &mut Vec<String>) -> MqttSettings {
    let ca = file.ca.as_ref().and_then(|path| match std::fs::read(path) {
        Ok(pem) => Some(pem),
        Err(error) => {
            complaints.push(format!(
                "mqtt.ca: `{}` can't be read: {error}\n  hint: name the PEM file of the authority \
             that signed your broker's certificate",
                path.display()
            ));
            None
        }
    });
    let login = match (&file.user, &file.password) {
        (Some(user), Some(password)) => Some((user.clone(), password.clone())),
        (None, None) => None,
        (Some(_), None) => {
            complaints.push("mqtt.password: missing\n  hint: mqtt.user needs a password with it".to_owned());
            None
        }
        (None, Some(_)) => {
            complaints.push("mqtt.user: missing\n  hint: mqtt.password needs a user with it".to_owned());
            None
        }
    };
    let base_topic = file.base_topic.clone().unwrap_or_else(|| "hearth".to_owned());
    if !is_base_topic(&base_topic) {
        complaints.push(format!("mqtt.base_topic: `{base_topic}` can't be a topic\n  hint: use words joined by `/`"));
    }
    let port = file.port.unwrap_or(if file.ca.is_some() { 8883 } else { 1883 });
    MqttSettings {
        host: file.host.clone().unwrap_or_else(|| "127.0.0.1".to_owned()),
        port,
        login,
        ca,
        client_id: file.client_id.clone().unwrap_or_else(|| "hearth-hub".to_owned()),
        session_id: None,
        base_topic,
    }
}

fn broker_settings(file: BrokerFile, base_topic: String, complaints: &mut Vec<String>) -> broker::Settings {
    let listen = address("broker.listen", file.listen.as_deref().unwrap_or(DEFAULT_BROKER), complaints);
    let websocket = file.websocket_listen.as_deref().map(|text| address("broker.websocket_listen", text, complaints));
    let tls = match (file.tls_listen.as_deref(), file.tls_cert, file.tls_key) {
        (Some(listen), Some(cert), Some(key)) => {
            Some(broker::Tls { listen: address("broker.tls_listen", listen, complaints), cert, key })
        }
        (None, None, None) => None,
        _ => {
            complaints.push(
                "broker.tls_listen: TLS needs broker.tls_listen, broker.tls_cert and broker.tls_key \
             together\n  hint: give all three or none"
                    .to_owned(),
            );
            None
        }
    };
    let mut users = Vec::new();
    for user in file.users {
        if user.name.is_empty() || user.name.starts_with("hearth") {
            complaints.push(format!(
                "broker.users: `{}` can't be a user's name\n  hint: names that begin with `hearth` are the hub's own",
                user.name
            ));
        }
        if user.password.chars().count() < SHORTEST_PASSWORD {
            complaints.push(format!(
                "broker.users: the password of `{}` is too short\n  hint: at least {SHORTEST_PASSWORD} characters",
                user.name
            ));
        }
        let rights = rights(user.rights, &user.name, user.trees);
        if let Err(error) = rights.check(&base_topic) {
            complaints.push(format!("broker.users: a tree of `{}`: {error}", user.name));
        }
        users.push(broker::User { name: user.name, password: broker::Password::new(user.password), rights });
    }
    broker::Settings {
        listen,
        websocket,
        tls,
        users,
        base_topic,
        hub_client_id: String::new(),
        most_clients: broker::MOST_CLIENTS,
    }
}

fn rights(file: RightsFile, name: &str, trees: Vec<String>) -> broker::Rights {
    match file {
        // A bridge that is called by its kind has the topics of its kind.
        RightsFile::Bridge if trees.is_empty() => {
            broker::Rights::Bridge { trees: broker::usual_trees(name).unwrap_or_default() }
        }
        RightsFile::Bridge => broker::Rights::Bridge { trees },
        RightsFile::Requester => broker::Rights::Requester,
        RightsFile::HomeAssistant => broker::Rights::HomeAssistant { trees },
        RightsFile::ReadOnly => broker::Rights::ReadOnly { trees },
    }
}

fn places_of(data_dir: &Path, models: Option<&Path>, engine: Option<&Path>) -> Places {
    Places {
        shipped: models.map_or_else(default_models, Path::to_path_buf),
        pulled: data_dir.join("models"),
        engine: engine.map_or_else(default_engine, Path::to_path_buf),
    }
}

fn model_settings(
    file: &ModelFile,
    installed: Installed,
    complaints: &mut Vec<String>,
) -> Option<(language_model::Settings, Thresholds)> {
    let manifest = match installed.manifest.and_then(|manifest| manifest.check_dialect().map(|()| manifest)) {
        Ok(manifest) => manifest,
        Err(error) => {
            complaints.push(format!(
                "model.dir: {error:#}\n  hint: name the folder that holds manifest.toml and the \
             model, or set model.enabled = false"
            ));
            return None;
        }
    };
    let act = file.least_confidence.unwrap_or(manifest.least_confidence);
    // Whoever wants less certainty for acting does not want to be asked only above it.
    let ask = file.ask_confidence.or(manifest.ask_confidence.map(|ask| ask.min(act)));
    let Some(thresholds) = Thresholds::new(act, ask, manifest.least_for_house.unwrap_or(0.0)) else {
        complaints.push(format!(
            "model.least_confidence: `{act}` to act and `{}` to ask back make no sense\n  hint: \
         both are between 0 and 1, and model.ask_confidence is not the greater",
            ask.unwrap_or(act)
        ));
        return None;
    };
    let settings = language_model::Settings {
        name: installed.name,
        program: file.engine.clone().unwrap_or_else(default_engine),
        file: installed.dir.join(&manifest.file),
        sha256: Some(manifest.sha256),
        purpose: Purpose::Codes,
        threads: file.threads,
        memory_mb: file.memory_mb,
        deadline: Duration::from_millis(file.deadline_ms.unwrap_or(5000).clamp(100, 120_000)),
    };
    Some((settings, thresholds))
}

fn general_settings(file: GeneralFile, engine: PathBuf, complaints: &mut Vec<String>) -> Option<general::Settings> {
    let timeout = Duration::from_millis(file.timeout_ms.unwrap_or(20_000).clamp(100, 60_000));
    let max_tokens = file.max_tokens.unwrap_or(256).clamp(16, 1024);
    let source = match (file.file, file.url) {
        (None, None) => return None,
        (Some(_), Some(_)) => {
            complaints.push(
                "general.url: a file is named too\n  hint: give general.file or general.url, not both".to_owned(),
            );
            return None;
        }
        (Some(path), None) => {
            if !path.is_file() {
                complaints.push(format!(
                    "general.file: there is no file `{}`\n  hint: name a GGUF of an instruct model",
                    path.display()
                ));
            }
            general::Source::File(language_model::Settings {
                name: "general".to_owned(),
                program: engine,
                file: path,
                sha256: file.sha256,
                purpose: Purpose::Chats,
                threads: file.threads,
                memory_mb: file.memory_mb,
                deadline: timeout,
            })
        }
        (None, Some(url)) => {
            if !url.starts_with("http://") && !url.starts_with("https://") {
                complaints
                    .push(format!("general.url: `{url}` is no address\n  hint: such as `http://192.168.1.5:8080/v1`"));
            }
            let key = file.api_key_file.and_then(|path| match std::fs::read_to_string(&path) {
                Ok(key) => Some(general::Key::new(key.trim().to_owned())),
                Err(error) => {
                    complaints.push(format!(
                        "general.api_key_file: `{}` can't be read: {error}\n  hint: a file that \
                     holds the key and nothing else",
                        path.display()
                    ));
                    None
                }
            });
            general::Source::Address {
                url: url.trim_end_matches('/').to_owned(),
                model: file.model.unwrap_or_else(|| "default".to_owned()),
                key,
            }
        }
    };
    Some(general::Settings { source, timeout, max_tokens })
}

fn address(name: &str, text: &str, complaints: &mut Vec<String>) -> SocketAddr {
    text.parse().unwrap_or_else(|_| {
        complaints.push(format!(
            "{name}: `{text}` is no address and port\n  hint: such as `127.0.0.1:8470`, or \
         `0.0.0.0:8470` for the whole network"
        ));
        SocketAddr::new(IpAddr::from([127, 0, 0, 1]), 0)
    })
}

/// Whether a text can be the root of the hub's own topics.
pub(crate) fn is_base_topic(text: &str) -> bool {
    let is_odd = |letter: char| matches!(letter, '#' | '+' | ' ') || letter.is_control();
    !text.is_empty() && !text.contains(is_odd) && !text.starts_with(['/', '$']) && !text.ends_with('/')
}

/// Where everything is stored: as given, or the default.
pub(crate) fn data_dir(given: Option<PathBuf>) -> PathBuf {
    given.unwrap_or_else(default_data_dir)
}

fn default_data_dir() -> PathBuf {
    // systemd gives the state directory; by hand, the usual place of a person's data.
    let state = std::env::var_os("STATE_DIRECTORY").map(PathBuf::from);
    let home = || std::env::var_os("HOME").map(|home| Path::new(&home).join(".local/share/hearth"));
    state.or_else(home).unwrap_or_else(|| PathBuf::from("data"))
}

fn default_models() -> PathBuf {
    let beside = own_folder().map(|folder| folder.join("../share/hearth/models"));
    let places = [beside, Some(PathBuf::from("models")), Some(PathBuf::from("/usr/share/hearth/models"))];
    let found = places.into_iter().flatten().find(|place| place.join("manifest.toml").exists());
    found.unwrap_or_else(|| PathBuf::from("models"))
}

fn default_engine() -> PathBuf {
    own_folder().map_or_else(|| PathBuf::from("hearth-llm"), |folder| folder.join("hearth-llm"))
}

fn own_folder() -> Option<PathBuf> {
    std::env::current_exe().ok()?.parent().map(Path::to_path_buf)
}

/// The options with their defaults and meanings, as `docs/configuration.md` shows them.
pub(crate) const OPTIONS: &[(&str, &str, &str)] = &[
    ("data_dir", "`$STATE_DIRECTORY` or `~/.local/share/hearth`", "Where the hub keeps everything."),
    ("house_file", "none", "A house file whose floors and areas exist before any device speaks."),
    (
        "home.latitude",
        "none",
        "Degrees north of where the house stands; without a place the hub knows no sunrise and sunset.",
    ),
    ("home.longitude", "none", "Degrees east of where the house stands."),
    ("home.time_zone", "the system's", "The time zone of the house, such as `Europe/Berlin`."),
    (
        "home.degrees",
        "none",
        "`celsius` or `fahrenheit`: the unit in which temperatures are told; without it, each is told in its own.",
    ),
    (
        "web.listen",
        "`127.0.0.1:8470`",
        "Where the page and the HTTP interface are served; `0.0.0.0:8470` opens it to the network.",
    ),
    (
        "web.hosts",
        "`[]`",
        "Names under which the page is reached beside addresses, names without a dot and those that end in `.local` \
         and the like: for a reverse proxy.",
    ),
    ("broker.embedded", "`true`, unless `mqtt.host` is given", "Whether the hub brings its own MQTT broker."),
    ("broker.listen", "`127.0.0.1:1883`", "Where the embedded broker listens; port 0 takes a free one."),
    ("broker.websocket_listen", "none", "A second listener for MQTT over WebSocket."),
    ("broker.tls_listen", "none", "A listener with TLS; needs `broker.tls_cert` and `broker.tls_key`."),
    ("broker.tls_cert", "none", "The certificate chain, PEM."),
    ("broker.tls_key", "none", "The certificate's key, PEM."),
    (
        "broker.users",
        "none",
        "Users of the embedded broker: `name`, `password`, `rights` (`bridge`, `home_assistant`, `requester`, \
         `read_only`) and `trees`, the topics a bridge or reader may use; a bridge named `zigbee2mqtt`, `tasmota`, \
         `shelly`, `esphome` or `homie` needs none (`docs/broker.md`).",
    ),
    ("mqtt.host", "the embedded broker", "Your own broker's host."),
    ("mqtt.port", "1883, with a CA 8883", "Your own broker's port."),
    ("mqtt.user", "none", "The user at your own broker."),
    ("mqtt.password", "none", "That user's password."),
    ("mqtt.ca", "none", "The PEM of the authority that signed your broker's certificate; switches TLS on."),
    ("mqtt.client_id", "`hearth-hub`", "The hub's client id; two hubs on one broker need two."),
    ("mqtt.base_topic", "`hearth`", "The root of the hub's own topics."),
    (
        "devices.prefer",
        "`native`",
        "Whom to believe about a device that is announced twice: `native`, its own dialect, or `discovery`, its \
         announcement for Home Assistant.",
    ),
    ("model.enabled", "`true`", "Whether the language model is used; without it only plain commands are understood."),
    (
        "model.dir",
        "`models`",
        "The folder with `manifest.toml` and the shipped model, which is used until `hearthd model use` names another.",
    ),
    ("model.engine", "`hearth-llm` beside `hearthd`", "The engine's program."),
    ("model.threads", "chosen by the engine", "Threads to compute with."),
    ("model.memory_mb", "unbounded", "The most memory the engine may take, in MiB."),
    ("model.deadline_ms", "`5000`", "How long the model may take for a request."),
    ("model.least_confidence", "the model's own", "Below this probability the model's reading is not acted on."),
    (
        "home_assistant.announce",
        "`true`",
        "Whether the hub announces itself to Home Assistant by discovery; `false` takes an earlier announcement back.",
    ),
    (
        "home_assistant.url",
        "none",
        "The address of Home Assistant's page, such as `http://homeassistant.local:8123`; what only Home Assistant \
         has is then Hearth's too.",
    ),
    (
        "home_assistant.token_file",
        "none",
        "A file that holds a long-lived access token of Home Assistant and nothing else.",
    ),
    (
        "home_assistant.ca",
        "the system's authorities",
        "The PEM of the authority that signed Home Assistant's certificate.",
    ),
    (
        "home_assistant.with_mqtt",
        "`false`",
        "Whether MQTT devices are taken from Home Assistant too; for one whose broker is another than Hearth's.",
    ),
    (
        "wyoming.listen",
        "none",
        "Where Home Assistant's voice may talk to the hub, such as `0.0.0.0:10500`; whoever reaches the port may ask \
         what a person at home may.",
    ),
    (
        "wyoming.intent_listen",
        "none",
        "A port that only says what was understood, for those who let Home Assistant act.",
    ),
    (
        "wyoming.satellites",
        "none",
        "The area of a satellite or device by Home Assistant's id for it: `{ \"8f0c…\" = \"Kitchen\" }`.",
    ),
    (
        "model.ask_confidence",
        "the model's own",
        "From this probability on, a reading too unsure to act on is asked back about; below, it counts as not \
         understood.",
    ),
    (
        "general.file",
        "none",
        "An instruct model (GGUF) that is asked about what the intent model does not understand and what is not for \
         the house; it needs time, and more memory than the service's `MemoryMax` allows.",
    ),
    ("general.sha256", "unchecked", "What that file's SHA-256 must be."),
    ("general.threads", "chosen by the engine", "Threads to compute with."),
    ("general.memory_mb", "unbounded", "The most memory its engine may take, in MiB."),
    (
        "general.url",
        "none",
        "Instead of a file, the base address of a server that speaks OpenAI's protocol, such as \
         `http://192.168.1.5:8080/v1`; what is said to the house, and some names in it, are sent there; one outside \
         the home's network is barred by the service's `IPAddressDeny`.",
    ),
    ("general.model", "`default`", "The model's name at that server."),
    ("general.api_key_file", "none", "A file with the server's key."),
    ("general.timeout_ms", "`20000`", "How long the general model may take."),
    ("general.max_tokens", "`256`", "How long its answer may be."),
    ("demo.enabled", "`false`", "Whether the virtual house plays."),
    ("demo.lang", "`en`", "The virtual house's language: `en` or `zh`."),
    ("demo.house_file", "the built-in house", "A house file to play instead."),
];

/// `docs/configuration.md`.
pub(crate) fn documentation() -> String {
    let mut out = String::from(
        "# Configuration\n\nOne TOML file, given with `hearthd run --config FILE`.\nEvery option has a default; an \
         option that is not in this table is an error.\nThis page is printed by `hearthd config`.\n\n| option | \
         default | meaning |\n|---|---|---|\n",
    );
    for (name, default, meaning) in OPTIONS {
        out.push_str(&format!("| `{name}` | {default} | {meaning} |\n"));
    }
    out
}

const DEFAULT_WEB: &str = "127.0.0.1:8470";
const DEFAULT_BROKER: &str = "127.0.0.1:1883";
const SHORTEST_PASSWORD: usize = 8;

#[cfg(test)]
mod tests;
