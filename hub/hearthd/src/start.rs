//! `hearthd run`: puts the parts together, says when they are ready, and takes them apart in good order.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use house::{Action, AreaId, Cause, EntityId, House, Speaker, Step, Utterance, WayIn};
use serde::Deserialize;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc};
use tracing::{info, warn};

use api::auth::access::Access;
use runtime::clock::{Clock, Stopwatch};
use crate::config::{DemoSettings, Settings};
use mind::conversation::Wish;
use runtime::dispatch::Patience;
use runtime::model::general::General;
use crate::home_assistant::announce::News;
use crate::home_assistant::websocket::{self, Trouble};
use runtime::household::Household;
use runtime::hub::{self, Handle, Ring};
use runtime::model::engine::{Health, Model};
use crate::mqtt::client::Asked;
use runtime::notices::Notices;
use runtime::hub::hub_entities::{self, HouseMode};
use crate::cli::parse::area;
use runtime::hub::schedules::Change;
use store::{Forget, Store};
use runtime::turn::Turns;
use crate::demo::virtual_house::World;
use api::schedules::NoticeWire;
use crate::{broker, due, home_assistant, late, mqtt, notices, systemd, virtual_house, web, wire, wyoming};

/// Runs the hub until it is told to stop.
pub(crate) async fn run(settings: Settings) -> anyhow::Result<()> {
    let watch = Stopwatch::start();
    std::fs::create_dir_all(&settings.data_dir)
        .with_context(|| format!("create the data folder `{}`", settings.data_dir.display()))?;
    let (store, opened) = Store::open(&settings.data_dir.join("store"))?;
    if let Some(sentence) = opened.sentence() {
        warn!("{sentence}");
    }
    if let Some(sentence) = &settings.model_notice {
        warn!("{sentence}");
    }
    let (mqtt_settings, broker) = start_broker(&settings, &store).await?;
    let clock = Clock::at_home(settings.zone.clone(), settings.location);
    let hub = hub::start(hub::Start {
        house: first_house(&settings, &store)?,
        store: Some(store.clone()),
        preference: settings.preference,
        clock: clock.clone(),
        alive: systemd::watchdog(),
    })?;
    // Heard from the first moment on: what rings at the start was missed while the hub was down.
    let rings = hub.rings();
    let notices = Notices::load(store.clone())?;
    let (requests, asked) = mpsc::channel(MOST_REQUESTS);
    let mut connection = tokio::spawn(mqtt::keep(mqtt_settings.clone(), hub.clone(), requests));
    let mut asking = tokio::spawn(ask_home_assistant(settings.inward.clone(), hub.clone()));
    let model = settings.model.clone().map_or_else(Model::absent, Model::start);
    let household = Household::load(store.clone(), settings.thresholds)?;
    let mut turns = Turns::new(
        hub.clone(),
        model.clone(),
        Some(store.clone()),
        household.clone(),
        Patience { factor: 1.0 },
        clock.clone(),
    );
    turns.general = settings.general.clone().map(General::start);
    let world = settings.demo.as_ref().map(|demo| start_demo(demo, &mqtt_settings, broker.as_ref())).transpose()?;
    let (news, heard) = mpsc::channel(MOST_REQUESTS);
    let mut answering = tokio::spawn(answer_mqtt(asked, news, turns.clone(), clock.clone()));
    let mut telling = tokio::spawn(home_assistant::keep(settings.home_assistant(), turns.clone(), heard));
    let listener = tokio::net::TcpListener::bind(settings.web_listen).await.with_context(|| {
        format!(
            "listen for the page on `{}`; is another hub running? web.listen names the address",
            settings.web_listen
        )
    })?;
    let address = listener.local_addr().context("read the page's own address")?;
    let access = Access::load(store.clone(), clock.clone())?;
    access.write_local_login(&settings.data_dir, address)?;
    let voice = wyoming::start(settings.wyoming.clone(), &turns).await?;
    let (late, _) = broadcast::channel(MOST_LATE);
    let app = web::App {
        hub: hub.clone(),
        turns: turns.clone(),
        access: access.clone(),
        household,
        model: model.clone(),
        store: store.clone(),
        world,
        notices: notices.clone(),
        late: late.clone(),
        notice: opened.sentence(),
        clock: clock.clone(),
    };
    let mut serving = tokio::spawn(web::serve(listener, app));
    let mut falling_due = tokio::spawn(due::keep(turns.clone()));
    let noticing = tokio::spawn(tell_mqtt(hub.clone()));
    let keeping_notices = tokio::spawn(notices::keep(notices.clone(), rings, hub.clone(), clock));
    let waiting = tokio::spawn(late::keep(turns.clone(), late));
    let keeping = tokio::spawn(keep_house(turns.clone(), notices, store.clone()));
    greet(address, &access);
    let health = model.settled().await;
    if let Health::Broken(reason) = &health {
        warn!(%reason, "Without its language model the hub understands only plain commands.");
    }
    systemd::ready();
    info!(ms = watch.ms(), page = %format!("http://{address}"), "The hub is ready.");
    // A part that ends by itself has failed; a service manager starts the whole anew.
    let failed = tokio::select! {
        () = stopped() => None,
        _ = &mut connection => Some("the connection to the broker"),
        _ = &mut answering => Some("answering over MQTT"),
        _ = &mut serving => Some("the page"),
        _ = &mut telling => Some("telling Home Assistant"),
        _ = &mut falling_due => Some("minding what is due"),
        _ = &mut asking => Some("asking Home Assistant"),
    };
    info!("The hub stops.");
    systemd::stopping();
    if let Some(link) = &hub.snapshot().link {
        link.leave().await;
    }
    tokio::time::sleep(LAST_WORDS).await;
    serving.abort();
    answering.abort();
    falling_due.abort();
    telling.abort();
    connection.abort();
    asking.abort();
    keeping.abort();
    noticing.abort();
    keeping_notices.abort();
    waiting.abort();
    drop(voice);
    drop(broker);
    anyhow::ensure!(failed.is_none(), "a part of the hub ended by itself: {}", failed.unwrap_or_default());
    store.keep_registry(&hub.snapshot().house).context("keep what is known of the devices")?;
    store.snapshot().map(|_| ()).context("keep a last snapshot of the store")
}

/// Asks Home Assistant for what only it has, if that is wanted; ends only with the hub.
async fn ask_home_assistant(settings: Option<inward::Settings>, hub: Handle) {
    let is_wanted = settings.is_some();
    let news = if is_wanted { inward::News::Down(Trouble::Starting) } else { inward::News::Absent };
    if hub.send(hub::Event::HomeAssistant(news)).await.is_err() {
        return;
    }
    match settings {
        Some(settings) => inward::keep(settings, hub).await,
        None => std::future::pending().await,
    }
}

/// The embedded broker, if it is wanted, and how to reach whichever broker is used.
async fn start_broker(settings: &Settings, store: &Store) -> anyhow::Result<(mqtt::Settings, Option<broker::Broker>)> {
    let mut mqtt_settings = settings.mqtt.clone();
    let Some(wanted) = &settings.broker else { return Ok((mqtt_settings, None)) };
    let mut wanted = wanted.clone();
    let password = api::auth::access::secret();
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
    let broker = broker::start(wanted, store.clone()).await?;
    mqtt_settings.host = "127.0.0.1".to_owned();
    mqtt_settings.port = broker.port();
    mqtt_settings.login = Some((HUB_USER.to_owned(), password));
    info!(port = broker.port(), "The embedded broker is up.");
    Ok((mqtt_settings, Some(broker)))
}

fn start_demo(
    demo: &DemoSettings,
    mqtt_settings: &mqtt::Settings,
    broker: Option<&broker::Broker>,
) -> anyhow::Result<World> {
    let house = demo_house(demo)?;
    let mut settings = mqtt_settings.clone();
    if let (Some(_), Some((_, password))) = (broker, &settings.login) {
        settings.login = Some((DEMO_USER.to_owned(), password.clone()));
    }
    info!(entities = house.entities.len(), "The virtual house plays.");
    Ok(virtual_house::start(&house, &settings))
}

/// Floors and areas that exist before any device speaks.
fn first_house(settings: &Settings, store: &Store) -> anyhow::Result<House> {
    let mut house = store.registry()?;
    if let Some(path) = &settings.house_file {
        let file = read_house(path)?;
        house.floors.extend(file.floors);
        house.areas.extend(file.areas);
    }
    if let Some(demo) = settings.demo.as_ref().filter(|_| settings.house_file.is_none()) {
        let file = demo_house(demo)?;
        house.floors.extend(file.floors);
        house.areas.extend(file.areas);
    }
    Ok(house)
}

/// The house that the virtual devices play.
fn demo_house(demo: &DemoSettings) -> anyhow::Result<House> {
    match &demo.house_file {
        Some(path) => read_house(path),
        None => device_adapters::demo_house(&demo.lang).context("read the built-in house"),
    }
}

fn read_house(path: &Path) -> anyhow::Result<House> {
    let text = std::fs::read_to_string(path).with_context(|| format!("read the house file `{}`", path.display()))?;
    device_adapters::house(&text).with_context(|| format!("read the house file `{}`", path.display()))
}

/// Now and then: what is known of the devices, a snapshot of the store, and forgetting what was said long ago.
async fn keep_house(turns: Turns, notices: Notices, store: Store) {
    for round in 0_u64.. {
        tokio::time::sleep(if round == 0 { SOON } else { OFTEN }).await;
        let (turns, notices, store) = (turns.clone(), notices.clone(), store.clone());
        let kept = tokio::task::spawn_blocking(move || {
            store.keep_registry(&turns.hub.snapshot().house)?;
            if round % ROUNDS_PER_FORGETTING == 0 {
                forget(&turns, &notices, &turns.household.outdated(turns.clock.now_ms()))?;
            }
            match round % ROUNDS_PER_SNAPSHOT == ROUNDS_PER_SNAPSHOT - 1 {
                true => store.snapshot().map(|_| ()),
                false => Ok(()),
            }
        });
        if let Ok(Err(error)) = kept.await {
            warn!(error = format!("{error:#}"), "The store could not be tended.");
        }
    }
}

/// Forgets what was said, and what was told of it to everyone; says how many turns there were.
pub(crate) fn forget(turns: &Turns, notices: &Notices, what: &Forget) -> anyhow::Result<usize> {
    // A notice does not say whose words it is made of, so all of them go with a person's.
    notices.dismiss(|one| match what {
        Forget::Turn(_) => false,
        Forget::Person(_) | Forget::All => true,
        Forget::Before(moment) => one.at_ms < *moment,
    })?;
    turns.forget(what)
}

#[derive(Debug, Deserialize)]
struct MqttRequest {
    text: String,
    area: Option<String>,
    conversation: Option<String>,
    lang: Option<String>,
    /// Given back in the response, so that the asker knows its own.
    id: Option<serde_json::Value>,
}

/// What is asked on the hub's own topics is done; requests are answered on `hearth/response`.
async fn answer_mqtt(mut asked: mpsc::Receiver<Asked>, news: mpsc::Sender<News>, turns: Turns, clock: Clock) {
    let limit = Arc::new(tokio::sync::Semaphore::new(MOST_AT_ONCE));
    while let Some(asked) = asked.recv().await {
        let for_announcing = match &asked {
            Asked::Birth => Some(News::Birth),
            Asked::Announced(topic) => Some(News::Announced(topic.clone())),
            Asked::Request(_) | Asked::Say(_) | Asked::Stop | Asked::Mode(_) | Asked::Schedule(..) => None,
        };
        if let Some(for_announcing) = for_announcing {
            if news.send(for_announcing).await.is_err() {
                return;
            }
            continue;
        }
        let Ok(permit) = limit.clone().acquire_owned().await else { return };
        let (turns, clock) = (turns.clone(), clock.clone());
        tokio::spawn(async move {
            answer(asked, &turns, &clock).await;
            drop(permit);
        });
    }
}

async fn answer(asked: Asked, turns: &Turns, clock: &Clock) {
    match asked {
        Asked::Request(payload) => {
            let response = respond(&payload, turns, clock).await;
            if let Some(link) = &turns.hub.snapshot().link
                && let Err(error) = link.say("response", response.to_string().into_bytes(), false)
            {
                warn!(%error, "A response could not be published.");
            }
        }
        Asked::Say(payload) => match String::from_utf8(payload) {
            Ok(text) if text.len() <= LONGEST_REQUEST && !text.trim().is_empty() => {
                turns.turn(from_home_assistant(text, clock)).await;
            }
            _ => warn!("Words from Home Assistant were no text of at most 2000 bytes."),
        },
        Asked::Stop => {
            turns.turn(from_home_assistant("stop".to_owned(), clock)).await;
        }
        Asked::Mode(payload) => match String::from_utf8(payload).ok().and_then(|text| HouseMode::parse(&text)) {
            Some(mode) => {
                let step = Step {
                    intent: 0,
                    entity: EntityId::new(own::MODE),
                    action: Action::SelectOption(mode.as_str().to_owned()),
                    reason: "it was chosen in Home Assistant".to_owned(),
                };
                turns
                    .act(from_home_assistant(format!("house mode {}", mode.as_str()), clock), Wish::now(vec![step]))
                    .await;
            }
            None => warn!("A mode that Home Assistant chose is none of the house."),
        },
        Asked::Schedule(id, payload) => switch_schedule(turns, id, &payload).await,
        Asked::Birth | Asked::Announced(_) => {}
    }
}

/// Home Assistant's switch of something scheduled: off pauses it, on lets it go on.
async fn switch_schedule(turns: &Turns, id: String, payload: &[u8]) {
    if !turns.household.rules(&Speaker::Someone(WayIn::HomeAssistant), None).may_edit() {
        warn!(schedule = ?id, "Home Assistant may not switch what is scheduled: the household gives it less than a \
         resident may.");
        return;
    }
    let is_there = turns.hub.snapshot().house.schedules.iter().any(|one| one.id == id);
    let change = match payload {
        b"ON" if is_there => Change::Resume(vec![id.clone()]),
        b"OFF" if is_there => Change::Pause(vec![id.clone()]),
        _ => {
            warn!(schedule = ?id, "A switch in Home Assistant is that of nothing scheduled, or was not told ON or \
             OFF.");
            return;
        }
    };
    info!(schedule = %id, ?change, "Something scheduled is switched in Home Assistant.");
    if let Err(error) = turns.hub.schedule(change).await {
        warn!(schedule = %id, error = format!("{error:#}"), "Something scheduled could not be switched.");
    }
}

fn from_home_assistant(text: String, clock: &Clock) -> Utterance {
    Utterance {
        text,
        lang: None,
        place: None,
        conversation: "home-assistant".to_owned(),
        speaker: Speaker::Someone(WayIn::HomeAssistant),
        cause: Cause::Api,
        at_ms: clock.now_ms(),
    }
}

async fn respond(payload: &[u8], turns: &Turns, clock: &Clock) -> serde_json::Value {
    let Some(request) = read_request(payload) else {
        return serde_json::json!({ "error": "a request is text, or a JSON object with `text`, of at most 2000 bytes" });
    };
    let hub = &turns.hub;
    let utterance = Utterance {
        text: request.text,
        lang: request.lang,
        place: place(hub, request.area.as_deref()),
        conversation: request.conversation.unwrap_or_else(|| "mqtt".to_owned()),
        speaker: Speaker::Someone(WayIn::Mqtt),
        cause: Cause::Api,
        at_ms: clock.now_ms(),
    };
    let turn = turns.turn(utterance).await;
    let snapshot = hub.snapshot();
    let commands = turn.steps.iter().filter_map(|step| wire::command(step, &snapshot.house)).collect();
    let mut out = serde_json::to_value(wire::turn(&turn, commands)).unwrap_or_default();
    if let (Some(id), Some(map)) = (request.id, out.as_object_mut()) {
        map.insert("id".to_owned(), id);
    }
    out
}

/// What rings is told on `hearth/notice` too.
async fn tell_mqtt(hub: Handle) {
    let mut rings = hub.rings();
    loop {
        let notice = match rings.recv().await {
            Ok(Ring::Notice(notice)) => serde_json::to_vec(&NoticeWire::of(&notice)),
            Ok(Ring::Timer(timer)) => serde_json::to_vec(&serde_json::json!({
                "kind": "timer", "name": timer.name,
                "areas": timer.area.iter().map(ToString::to_string).collect::<Vec<_>>(),
            })),
            Err(RecvError::Lagged(count)) => {
                warn!(count, "Notices were too many to be published.");
                continue;
            }
            Err(RecvError::Closed) => return,
        };
        if let (Ok(notice), Some(link)) = (notice, &hub.snapshot().link)
            && let Err(error) = link.say("notice", notice, false)
        {
            warn!(%error, "A notice could not be published.");
        }
    }
}

fn read_request(payload: &[u8]) -> Option<MqttRequest> {
    if payload.is_empty() || LONGEST_REQUEST < payload.len() {
        return None;
    }
    let text = std::str::from_utf8(payload).ok()?;
    match text.trim_start().starts_with('{') {
        true => serde_json::from_str(text).ok(),
        false => Some(MqttRequest { text: text.to_owned(), area: None, conversation: None, lang: None, id: None }),
    }
}

/// The area of that name, in the house as it is now.
pub(crate) fn place(hub: &Handle, name: Option<&str>) -> Option<AreaId> {
    let snapshot = hub.snapshot();
    name.and_then(|name| area(&snapshot.house, name))
}

#[expect(clippy::print_stdout, reason = "this is for the person at the terminal")]
fn greet(address: std::net::SocketAddr, access: &Access) {
    println!("Hearth's page: http://{address}");
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

const SOON: Duration = Duration::from_secs(30);
const OFTEN: Duration = Duration::from_secs(600);
/// A snapshot every six hours.
const ROUNDS_PER_SNAPSHOT: u64 = 36;
/// Forgetting by the clock, once an hour: it takes the older snapshots with it.
const ROUNDS_PER_FORGETTING: u64 = 6;
const HUB_USER: &str = "hearth";
const DEMO_USER: &str = "hearth-virtual";
/// At a connection all of the hub's own announcements come back, one for each thing scheduled.
const MOST_REQUESTS: usize = 512;
/// Late answers that a page may fall behind.
const MOST_LATE: usize = 64;
const MOST_AT_ONCE: usize = 8;
const LONGEST_REQUEST: usize = 2000;
/// What the network gets to carry the last message.
const LAST_WORDS: Duration = Duration::from_millis(100);
