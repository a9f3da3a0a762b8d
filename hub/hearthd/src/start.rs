//! `hearthd run`: puts the parts together, says when they are ready, and takes them apart in good order.

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use anyhow::Context as _;
use api::auth::access::Access;
use api::context::{App, Https};
use api::tls::Tls;
use broker::Broker;
use device_adapters::AnnouncedCommands;
use runtime::clock::{self, Clock, Stopwatch};
use runtime::dispatch::TimeoutScale;
use runtime::faults::Faults;
use runtime::household::Household;
use runtime::hub::event::Event;
use runtime::hub::handle::Handle;
use runtime::hub::home_assistant::{ConnectionError, HomeAssistantEvent};
use runtime::hub::{self, Start};
use runtime::learning::{self, Learning};
use runtime::model::general::General;
use runtime::model::language_model::{Health, Model};
use runtime::model::memo::Memo;
use runtime::notices::Notices;
use runtime::turn::Turns;
use runtime::{late_confirmations, notices, schedule};
use store::Store;
use tokio::net::TcpListener;
use tokio::sync::{broadcast, mpsc, watch};
use tokio::task::JoinSet;
use tracing::{info, warn};
use voice::board::Board;
use voice::ears::Ears;
use voice::language::Unknown;
use voice::mute::Mute;
use voice::nearest::Nearest;
use voice::pronunciations::Pronunciations;
use voice::recognizer::Recognizer;

use crate::config::Settings;
use crate::config::demo::DemoSettings;
use crate::home_assistant::{announce, websocket};
use crate::house_file::{demo_house, first_house};
use crate::microphone::Microphone;
use crate::mqtt::publisher::OwnTopics;
use crate::mqtt::settings::MqttSettings;
use crate::{demo, esphome, microphone, model_choice, mqtt, systemd, upkeep, wyoming};

/// Runs the hub until it is told to stop.
///
/// # Errors
/// If a part can't be started, or a part that has to run as long as the hub ended by itself.
#[expect(clippy::too_many_lines, reason = "the parts of the hub, in the order in which they start")]
pub(crate) async fn run(settings: Settings) -> anyhow::Result<()> {
    let watch = Stopwatch::start();
    allow_many_files();
    let (store, repaired) = open_store(&settings)?;
    let (mqtt_settings, mut broker) = start_broker(&settings, &store).await?;
    let clock = Clock::at_home(settings.zone.clone(), settings.location);
    let hub = hub::start(Start {
        house: first_house(&settings, &store)?,
        store: Some(store.clone()),
        preference: settings.preference,
        clock: clock.clone(),
        own_topics: vec![settings.mqtt.base_topic.clone(), mqtt::topics::HOME_ASSISTANT_STATUS.to_owned()],
        alive: systemd::watchdog(),
    })?;
    // Heard from the first moment on: what rings at the start was missed while the hub was down.
    let rings = hub.rings();
    let notices = Notices::load(store.clone())?;
    let (publishers, own_topics) = watch::channel(None);
    let own_topics = OwnTopics::over(own_topics);
    let (requests, asked) = mpsc::channel(MAX_REQUESTS);
    let mut tasks = Tasks::default();
    let connection = mqtt::client::keep(mqtt_settings.clone(), hub.clone(), requests, publishers);
    tasks.run("the connection to the broker", connection);
    let troubles = broker.as_mut().and_then(Broker::troubles);
    tasks.run("showing the troubles of the broker", show_troubles(troubles, hub.clone()));
    tasks.run("asking Home Assistant", ask_home_assistant(settings.websocket.clone(), hub.clone()));
    let learning = Learning::load(hub.clone(), store.clone(), clock.clone())?;
    let mut turns = turns_of(&settings, &hub, &store, &clock)?;
    turns.learning = Some(learning.clone());
    let (ears, hearing) = ears_of(&settings, &hub, &store)?;
    tasks.run("telling the recogniser the names of the house", hearing);
    let faults = settings.demo.as_ref().map(|demo| play(demo, &mqtt_settings, broker.as_ref())).transpose()?;
    let (broker_events, announced) = mpsc::channel(MAX_REQUESTS);
    let answering = mqtt::requests::answer(asked, broker_events, own_topics.clone(), turns.clone());
    tasks.run("answering over MQTT", answering);
    let announcing = announce::keep(settings.home_assistant(), turns.clone(), own_topics.clone(), announced);
    tasks.run("telling Home Assistant", announcing);
    let listener = listen(settings.web_listen).await?;
    let (secure, https) = https(&settings, &clock).await;
    let address = listener.local_addr().context("read the page's own address")?;
    let access = Access::load(store.clone(), clock.clone())?;
    if let Err(error) = access.local_login(address).write(&settings.data_dir) {
        warn!(error = format!("{error:#}"), "The login for the command line could not be written.");
    }
    let wyoming = wyoming::start(settings.wyoming.clone(), &turns, &ears).await?;
    let satellites = esphome::start(settings.esphome.clone(), &turns, &ears).await?;
    let microphone =
        settings.microphone.clone().map(|settings| Microphone { settings, turns: turns.clone(), ears: ears.clone() });
    tasks.run("listening to the microphone", microphone::keep(microphone));
    let (late, _) = broadcast::channel(MAX_LATE);
    let app = App {
        hub: hub.clone(),
        turns: turns.clone(),
        access: access.clone(),
        household: turns.household.clone(),
        model: turns.model.clone(),
        ears: ears.clone(),
        store: store.clone(),
        faults,
        notices: notices.clone(),
        learning: learning.clone(),
        late: late.clone(),
        notice: repaired,
        clock: clock.clone(),
        hosts: settings.web_hosts.clone(),
        https: https.clone(),
    };
    tasks.run("the page", api::serve(listener, secure, app));
    tasks.run("minding what is due", schedule::keep(turns.clone()));
    let choice = settings.model.as_ref().map(|(choice, _)| choice.clone());
    tasks.run("following the choice of the model", model_choice::follow(choice, turns.clone()));
    let heard = model_choice::follow_voice(settings.voice_models.clone(), ears.recognizer.clone());
    tasks.run("following the choice of the recogniser's model", heard);
    tasks.run("learning", learning::keep(learning.clone()));
    tasks.run("publishing notices", mqtt::notices::publish(hub.clone(), own_topics.clone()));
    tasks.run("keeping notices", notices::keep(notices.clone(), rings, hub.clone(), clock));
    tasks.run("waiting for late devices", late_confirmations::keep(turns.clone(), late));
    tasks.run("waiting for room on the disk", upkeep::revive(store.clone()));
    tasks.run("tending the store", upkeep::keep_house(turns.clone(), notices, store.clone()));
    greet(address, https.as_ref(), &access);
    if let Health::Broken(reason) = &turns.model.settled().await {
        warn!(%reason, "Without its language model the hub understands only plain commands.");
    }
    systemd::ready();
    info!(ms = watch.ms(), page = %format!("http://{address}"), "The hub is ready.");
    let failed = tokio::select! {
        () = stopped() => None,
        // A part that ends by itself has failed; a service manager starts the whole anew.
        name = tasks.first_ended() => Some(name),
    };
    info!("The hub stops.");
    systemd::stopping();
    own_topics.leave().await;
    tokio::time::sleep(LAST_WORDS).await;
    drop((tasks, wyoming, satellites, broker));
    anyhow::ensure!(failed.is_none(), "a part of the hub ended by itself: {}", failed.unwrap_or_default());
    if !store.can_write() {
        return Ok(());
    }
    learning.flush().context("keep what happened last")?;
    store.keep_registry(&hub.snapshot().house).context("keep what is known of the devices")?;
    store.snapshot().map(|_| ()).context("keep a last snapshot of the store")
}

/// A connection takes a file handle, and a login shell allows fewer than a large house has devices.
fn allow_many_files() {
    match rlimit::increase_nofile_limit(MOST_FILES) {
        Ok(files) if MOST_FILES <= files => {}
        Ok(files) => warn!(files, "The system allows few open files: many devices at once may be turned away."),
        Err(error) => warn!(%error, "How many files may be open can't be changed."),
    }
}

/// Tasks that run as long as the hub, by name; they end when this is dropped.
#[derive(Default)]
struct Tasks(JoinSet<&'static str>);

impl Tasks {
    fn run(&mut self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        self.0.spawn(async move {
            task.await;
            name
        });
    }

    /// The name of the first that ends, however it ends.
    async fn first_ended(&mut self) -> &'static str {
        match self.0.join_next().await {
            Some(Ok(name)) => name,
            Some(Err(_)) => "one that panicked; the log says which",
            None => std::future::pending().await,
        }
    }
}

/// The store, and what had to be done for it.
fn open_store(settings: &Settings) -> anyhow::Result<(Store, Option<String>)> {
    std::fs::create_dir_all(&settings.data_dir)
        .and_then(|()| std::fs::set_permissions(&settings.data_dir, std::fs::Permissions::from_mode(OWNER_ONLY)))
        .with_context(|| format!("create the data folder `{}` for this user alone", settings.data_dir.display()))?;
    let (store, opened) = Store::open(&settings.data_dir.join("store"), clock::now_ms())?;
    let repaired = opened.sentence();
    for sentence in repaired.iter().chain(&settings.model_notices) {
        warn!("{sentence}");
    }
    Ok((store, repaired))
}

async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("listen for the page on `{address}`; is another hub running? web.listen names the address")
    })
}

/// The page over HTTPS, if it is wanted. Without it the page is there still, so nothing here ends the hub.
async fn https(settings: &Settings, clock: &Clock) -> (Option<TcpListener>, Option<Https>) {
    let Some(address) = settings.https_listen else { return (None, None) };
    let begin = async || -> anyhow::Result<(TcpListener, Https)> {
        let tls = Tls::load(&settings.data_dir.join("tls"), &settings.web_hosts, clock.clone())?;
        let listener = TcpListener::bind(address).await.with_context(|| {
            format!("listen for the page over HTTPS on `{address}`; web.https_listen names another place, or `off`")
        })?;
        let port = listener.local_addr().context("read the page's own address")?.port();
        Ok((listener, Https { port, tls }))
    };
    match begin().await {
        Ok((listener, https)) => (Some(listener), Some(https)),
        Err(error) => {
            warn!(error = format!("{error:#}"), "The page is not served over HTTPS.");
            (None, None)
        }
    }
}

fn turns_of(settings: &Settings, hub: &Handle, store: &Store, clock: &Clock) -> anyhow::Result<Turns> {
    let chosen = settings.model.as_ref().map(|(_, chosen)| chosen);
    let household = Household::load(store.clone(), chosen.map(|chosen| chosen.thresholds).unwrap_or_default())?;
    let keeps = household.clone();
    let memo = Memo::load(store.clone(), clock.clone(), move || keeps.keep_days() != 0)?;
    let model = chosen.map_or_else(Model::absent, |chosen| Model::remembering(chosen.settings.clone(), memo));
    let (hub, store, clock) = (hub.clone(), Some(store.clone()), clock.clone());
    let mut turns = Turns::new(hub, model, store, household, TimeoutScale::REAL, clock);
    turns.general = settings.general.clone().map(General::start);
    Ok(turns)
}

/// What hears, and what keeps its words those of the house; that ends only with the hub.
fn ears_of(
    settings: &Settings,
    hub: &Handle,
    store: &Store,
) -> anyhow::Result<(Ears, impl Future<Output = ()> + Send + 'static)> {
    let (unknown, not_known) = watch::channel(Unknown::default());
    let pronunciations = Pronunciations::load(store.clone())?;
    let recognizer = match &settings.voice {
        Some(settings) => Recognizer::start(settings.clone()),
        None => Recognizer::off(),
    };
    let mute = Mute::load(store.clone())?;
    let (configured, program) = settings
        .microphone
        .as_ref()
        .map_or_else(Default::default, |microphone| (microphone.configured.clone(), microphone.program.clone()));
    let (nearest, board) = (Nearest::default(), Board::load(store.clone(), configured, program)?);
    let ears = Ears {
        recognizer: recognizer.clone(),
        unknown: not_known,
        pronunciations: pronunciations.clone(),
        mute,
        nearest,
        board,
    };
    let (settings, hub) = (settings.voice.clone(), hub.clone());
    let keeping = async move {
        match settings {
            Some(settings) => voice::words::keep(recognizer, settings, hub, pronunciations, unknown).await,
            None => std::future::pending().await,
        }
    };
    Ok((ears, keeping))
}

/// Asks Home Assistant for what only it has, if that is wanted; ends only with the hub.
async fn ask_home_assistant(settings: Option<websocket::WebsocketSettings>, hub: Handle) {
    let is_wanted = settings.is_some();
    let event = match is_wanted {
        true => HomeAssistantEvent::Down(ConnectionError::Starting),
        false => HomeAssistantEvent::Absent,
    };
    if hub.send(Event::HomeAssistant(event)).await.is_err() {
        return;
    }
    match settings {
        Some(settings) => websocket::keep(settings, hub).await,
        None => std::future::pending().await,
    }
}

/// The embedded broker, if it is wanted, and how to reach whichever broker is used.
async fn start_broker(settings: &Settings, store: &Store) -> anyhow::Result<(MqttSettings, Option<Broker>)> {
    let mut mqtt_settings = settings.mqtt.clone();
    let Some(wanted) = &settings.broker else { return Ok((mqtt_settings, None)) };
    let mut wanted = wanted.clone();
    let password = secrets::secret();
    wanted.users.push(broker::User {
        name: HUB_USER.to_owned(),
        password: broker::Password::new(password.clone()),
        rights: broker::Rights::Hub,
    });
    if settings.demo.is_some() {
        let rights = broker::Rights::Bridge { trees: vec!["virtual/#".to_owned()] };
        wanted.users.push(broker::User {
            name: DEMO_USER.to_owned(),
            password: broker::Password::new(password.clone()),
            rights,
        });
    }
    let session_id = format!("hearth-{}", secrets::secret());
    wanted.hub_client_id.clone_from(&session_id);
    let broker = broker::start(wanted, command_topics(), store.clone(), clock::now_ms).await?;
    mqtt_settings.host = "127.0.0.1".to_owned();
    mqtt_settings.port = broker.port();
    mqtt_settings.session_id = Some(session_id);
    mqtt_settings.login = Some((HUB_USER.to_owned(), password));
    info!(port = broker.port(), "The embedded broker is up.");
    Ok((mqtt_settings, Some(broker)))
}

/// What an announcement commands, as the device adapters read it.
pub(crate) fn command_topics() -> broker::CommandTopics {
    // A lock, because publications arrive on many tasks of the broker.
    let announced = std::sync::Mutex::new(AnnouncedCommands::default());
    broker::CommandTopics::read_by(move |user, topic, payload| {
        announced.lock().unwrap_or_else(std::sync::PoisonError::into_inner).of(user, topic, payload)
    })
}

/// Tells the hub of what its own broker refused and whom it turned away; ends only with the hub.
async fn show_troubles(troubles: Option<mpsc::Receiver<broker::Trouble>>, hub: Handle) {
    if let Some(mut troubles) = troubles {
        while let Some(trouble) = troubles.recv().await {
            let event = match trouble {
                broker::Trouble::Refused { topic, reason } => Event::Refused { topic, reason },
                broker::Trouble::TurnedAway => Event::TurnedAway,
            };
            if hub.send(event).await.is_err() {
                return;
            }
        }
    }
    std::future::pending().await
}

/// Plays the virtual house.
fn play(demo: &DemoSettings, mqtt: &MqttSettings, broker: Option<&Broker>) -> anyhow::Result<Faults> {
    Ok(demo::start(&demo_house(demo)?, mqtt, broker.map(|_| DEMO_USER)))
}

#[expect(clippy::print_stdout, reason = "this is for the person at the terminal")]
fn greet(address: SocketAddr, https: Option<&Https>, access: &Access) {
    println!("Hearth's page: http://{address}");
    if let Some(https) = https {
        println!("Over HTTPS: https://{}", SocketAddr::new(address.ip(), https.port));
    }
    match access.claim_code() {
        Some(code) => println!("Open it and choose a password. The code to claim this hub: {code}"),
        None => println!("Log in there with the password you chose."),
    }
}

async fn stopped() {
    let mut terminate = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(terminate) => terminate,
        Err(error) => {
            warn!(%error, "The hub can't hear the signal to stop; interrupt it instead.");
            let _ = tokio::signal::ctrl_c().await;
            return;
        }
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

/// Hashes of passwords and who was at home when are nobody else's to read, whatever the umask.
const OWNER_ONLY: u32 = 0o700;
const HUB_USER: &str = "hearth";
const DEMO_USER: &str = "hearth-virtual";
/// As many as the unit in `systemd/` allows.
const MOST_FILES: u64 = 8192;
/// At a connection all of the hub's own announcements come back, one for each thing scheduled.
const MAX_REQUESTS: usize = 512;
/// Late answers that a page may fall behind.
const MAX_LATE: usize = 64;
/// What the network gets to carry the last message.
const LAST_WORDS: Duration = Duration::from_millis(100);
