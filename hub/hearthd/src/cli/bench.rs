//! `hearthd bench`: the figures of `docs/benchmarks.md`, on the real broker, the real model and virtual devices.

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use device_adapters::{Delays, VirtualHouse};
use house::{Area, AreaId, Cause, Domain, Entity, EntityId, House, Speaker, State, Utterance, WayIn};
use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS};
use tokio::sync::{mpsc, watch};

use crate::mqtt::client;
use crate::mqtt::settings::MqttSettings;
use mind::decide::Thresholds;
use mind::understand::before::Before;
use runtime::clock::{Clock, Stopwatch};
use runtime::dispatch::TimeoutScale;
use runtime::household::Household;
use runtime::hub::handle::Handle;
use runtime::hub::snapshot::Snapshot;
use runtime::hub::{self, Start};
use runtime::model::language_model::{self, Model};
use runtime::model::memo::Memo;
use runtime::turn::{Turns, understand};
use store::Store;

/// Measures with houses of these sizes, and prints a table.
pub(crate) async fn run(models: Option<PathBuf>, sizes: &[usize]) -> anyhow::Result<()> {
    let (model_settings, thresholds) = crate::config::model_only(models.clone())?;
    print(
        "| entities | text → publish p50 ms | p99 ms | p99 in a storm ms | engine alone p50 ms | round trip over it \
         p50 ms | said before: text → code p50 ms | messages/s read | newest state kept | hub MB | engine MB |",
    );
    print("|---|---|---|---|---|---|---|---|---|---|---|");
    for &size in sizes {
        print(&one(size, model_settings.clone(), thresholds, models.as_ref()).await?);
    }
    print(&format!("\nStart to ready: {:.0} ms (median of 5, with the virtual house)", start_to_ready(models).await?));
    Ok(())
}

async fn one(
    size: usize,
    model_settings: language_model::LanguageModelSettings,
    thresholds: Thresholds,
    models: Option<&PathBuf>,
) -> anyhow::Result<String> {
    let folder = tempfile::tempdir().context("make a folder for the benchmark")?;
    let (store, _) = Store::open(folder.path(), runtime::clock::now_ms())?;
    let broker =
        broker::start(broker_settings()?, crate::start::command_topics(), store.clone(), runtime::clock::now_ms)
            .await?;
    let (hub, settings) = start_hub(&broker, &store)?;
    let household = Household::load(store.clone(), thresholds)?;
    // What is timed to the lamp is asked anew each time.
    let model = Model::start(model_settings.clone());
    let memo = Memo::load(store.clone(), Clock::default(), || true)?;
    let remembering = Model::remembering(model_settings, memo);
    model.settled().await;
    remembering.settled().await;
    let turns = Turns::new(hub.clone(), model.clone(), Some(store), household, TimeoutScale::REAL, Clock::default());
    let house = house_of(size)?;
    let (seen, mut arrivals) = mpsc::channel(1024);
    tokio::spawn(play(house.clone(), settings.clone(), seen));
    wait_until(&hub, |snapshot| {
        size < snapshot.house.entities.len()
            && snapshot
                .house
                .entities
                .values()
                .all(|entity| entity.domain != Domain::Light || entity.state.value.is_some())
    })
    .await?;

    let requests = requests(&house);
    let quiet = time_requests(&turns, &requests, &mut arrivals).await?;
    let (alone, over) = engine_times(&turns, &requests, thresholds).await;
    let again = again_times(&turns, &remembering, &requests, thresholds).await;
    drop(remembering);
    let (rate, kept, stormy) = storm(&turns, &house, &settings, &requests, &mut arrivals).await?;
    let memory = memory(&house, models).await?;
    let row = format!(
        "| {size} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.2} | {:.0} | {kept} | {:.0} | {:.0} |",
        percentile(&quiet, 0.5),
        percentile(&quiet, 0.99),
        percentile(&stormy, 0.99),
        percentile(&alone, 0.5),
        percentile(&over, 0.5),
        percentile(&again, 0.5),
        rate,
        memory.0,
        memory.1,
    );
    drop(broker);
    Ok(row)
}

/// A hub's and its engine's resident memory in MB, with the house announced by another process, which is this one.
async fn memory(house: &House, models: Option<&PathBuf>) -> anyhow::Result<(f64, f64)> {
    let folder = tempfile::tempdir().context("make a folder for the benchmark")?;
    let free = || anyhow::Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port());
    let (broker_port, web_port) = (free()?, free()?);
    let config = folder.path().join("hearth.toml");
    let text = format!(
        "[broker]\nlisten = \"127.0.0.1:{broker_port}\"\n[[broker.users]]\nname = \"bench\"\npassword = \
         \"{PASSWORD}\"\ntrees = [\"virtual/#\"]\n"
    );
    std::fs::write(&config, text)?;
    let mut command = tokio::process::Command::new(std::env::current_exe()?);
    command
        .args(["run", "--config"])
        .arg(&config)
        .arg("--data-dir")
        .arg(folder.path())
        .args(["--web-listen", &format!("127.0.0.1:{web_port}")]);
    if let Some(models) = models {
        command.arg("--models").arg(models);
    }
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true).spawn()?;
    let pid = child.id().context("read the hub's process id")?;
    healthy(web_port).await?;
    let settings = MqttSettings {
        host: "127.0.0.1".to_owned(),
        port: broker_port,
        login: None,
        ca: None,
        client_id: String::new(),
        session_id: None,
        base_topic: "hearth".to_owned(),
    };
    let (seen, _arrivals) = mpsc::channel(16);
    tokio::spawn(play(house.clone(), settings, seen));
    let wanted = format!("hearth_entities {}", house.entities.len() + 1);
    for _ in 0..300 {
        let url = format!("http://127.0.0.1:{web_port}/metrics");
        let metrics = tokio::task::spawn_blocking(move || {
            ureq::get(&url)
                .call()
                .ok()
                .and_then(|mut answer| answer.body_mut().read_to_string().ok())
                .unwrap_or_default()
        })
        .await?;
        if metrics.lines().any(|line| line == wanted) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let figures = (rss_mb(&pid.to_string()).unwrap_or(f64::NAN), engine_rss_mb(pid, "hearth-llm").unwrap_or(f64::NAN));
    child.kill().await?;
    Ok(figures)
}

pub(super) fn broker_settings() -> anyhow::Result<broker::BrokerSettings> {
    let user = |name: &str, rights| broker::User {
        name: name.to_owned(),
        password: broker::Password::new(PASSWORD.to_owned()),
        rights,
    };
    let users = vec![
        user("hearth", broker::Rights::Hub),
        user("bench", broker::Rights::Bridge { trees: vec!["virtual/#".to_owned()] }),
    ];
    Ok(broker::BrokerSettings {
        listen: "127.0.0.1:0".parse()?,
        websocket: None,
        tls: None,
        users,
        base_topic: "hearth".to_owned(),
        hub_client_id: "hearth-bench-hub".to_owned(),
        most_clients: broker::MOST_CLIENTS,
    })
}

pub(super) fn start_hub(broker: &broker::Broker, store: &Store) -> anyhow::Result<(Handle, MqttSettings)> {
    let settings = MqttSettings {
        host: "127.0.0.1".to_owned(),
        port: broker.port(),
        login: Some(("hearth".to_owned(), PASSWORD.to_owned())),
        ca: None,
        client_id: "hearth-bench-hub".to_owned(),
        session_id: None,
        base_topic: "hearth".to_owned(),
    };
    let hub = hub::start(Start {
        house: House::default(),
        store: Some(store.clone()),
        preference: device_adapters::Preference::default(),
        clock: Clock::default(),
        own_topics: Vec::new(),
        alive: None,
    })?;
    let (requests, _) = mpsc::channel(1);
    let (publishers, _) = watch::channel(None);
    tokio::spawn(client::keep(settings.clone(), hub.clone(), requests, publishers));
    Ok((hub, settings))
}

/// The built-in house, cut down or filled up with lamps in numbered rooms.
pub(super) fn house_of(size: usize) -> anyhow::Result<House> {
    let mut house = device_adapters::demo_house("en").context("read the built-in house")?;
    let lamp = house.of_domain(Domain::Light).next().cloned().context("find a lamp in the built-in house")?;
    let keep: Vec<EntityId> = house
        .entities
        .keys()
        .filter(|id| id.as_str().starts_with("light."))
        .chain(house.entities.keys().filter(|id| !id.as_str().starts_with("light.")))
        .take(size)
        .cloned()
        .collect();
    house.entities.retain(|id, _| keep.contains(id));
    for index in house.entities.len()..size {
        let room = index / 10;
        let area = AreaId::new(format!("room_{room}"));
        house.areas.entry(area.clone()).or_insert_with(|| Area {
            id: area.clone(),
            name: format!("Room {room}"),
            aliases: Vec::new(),
            floor: None,
        });
        let id = EntityId::new(format!("light.bench_{index}"));
        house.entities.insert(
            id.clone(),
            Entity { id, name: format!("Spot {index}"), aliases: Vec::new(), area: Some(area), ..lamp.clone() },
        );
    }
    Ok(house)
}

/// Sentences that move exactly one lamp, on and off in turn.
pub(super) fn requests(house: &House) -> Vec<String> {
    let named = house
        .of_domain(Domain::Light)
        .filter_map(|lamp| Some((lamp, house.area_of(lamp)?)))
        .filter(|(lamp, _)| !lamp.id.as_str().contains("bench"))
        .take(10);
    let pairs: Vec<(String, String)> =
        named.map(|(lamp, area)| (lamp.name.to_lowercase(), area.name.to_lowercase())).collect();
    let each = |verb: &str| {
        pairs.iter().map(|(lamp, area)| format!("please {verb} the {lamp} in the {area}")).collect::<Vec<_>>()
    };
    (0..ROUNDS).flat_map(|round| each(if round % 2 == 0 { "turn on" } else { "turn off" })).collect()
}

async fn time_requests(
    turns: &Turns,
    requests: &[String],
    arrivals: &mut mpsc::Receiver<Stopwatch>,
) -> anyhow::Result<Vec<f64>> {
    let mut times = Vec::with_capacity(requests.len());
    for text in requests {
        while arrivals.try_recv().is_ok() {}
        let watch = Stopwatch::start();
        let turn = turns.turn(utterance(text)).await;
        // A lamp that is so already gets no command, and one that was not understood none either.
        if turn.outcomes.iter().any(|outcome| outcome.kind == house::OutcomeKind::Confirmed)
            && let Ok(Some(arrived)) = tokio::time::timeout(Duration::from_secs(3), arrivals.recv()).await
        {
            times.push((watch.elapsed().saturating_sub(arrived.elapsed())).as_secs_f64() * 1000.0);
        }
    }
    anyhow::ensure!(
        requests.len() / 4 <= times.len(),
        "only {} of {} requests moved a lamp",
        times.len(),
        requests.len()
    );
    Ok(times)
}

/// What the engine says it took, and what the hub waited beyond that.
async fn engine_times(turns: &Turns, requests: &[String], thresholds: Thresholds) -> (Vec<f64>, Vec<f64>) {
    let snapshot = turns.hub.snapshot();
    let (mut alone, mut over) = (Vec::new(), Vec::new());
    for text in requests {
        let timed = understand(text, Before::default(), &snapshot, &turns.model, thresholds).await;
        if let Some(engine_ms) = timed.engine_ms {
            alone.push(engine_ms);
            over.push((timed.model_ms - engine_ms).max(0.0));
        }
    }
    (alone, over)
}

/// From words that were said before to their intents.
async fn again_times(turns: &Turns, model: &Model, requests: &[String], thresholds: Thresholds) -> Vec<f64> {
    let snapshot = turns.hub.snapshot();
    let mut times = Vec::with_capacity(requests.len());
    for text in requests {
        understand(text, Before::default(), &snapshot, model, thresholds).await;
        let watch = Stopwatch::start();
        understand(text, Before::default(), &snapshot, model, thresholds).await;
        times.push(watch.ms());
    }
    times
}

/// Reports as fast as they can be sent, with requests in between.
async fn storm(
    turns: &Turns,
    house: &House,
    settings: &MqttSettings,
    requests: &[String],
    arrivals: &mut mpsc::Receiver<Stopwatch>,
) -> anyhow::Result<(f64, bool, Vec<f64>)> {
    let lamps: Vec<EntityId> = house.of_domain(Domain::Light).map(|lamp| lamp.id.clone()).collect();
    let mut world = VirtualHouse::new(house, Delays::None);
    let mut messages = Vec::with_capacity(STORM);
    let mut last = HashMap::new();
    while messages.len() < STORM {
        let index = messages.len();
        let Some(id) = lamps.get(index % lamps.len()) else { break };
        let value = if (index / lamps.len()).is_multiple_of(2) { "on" } else { "off" };
        let state = State {
            value: Some(value.to_owned()),
            ..house.entities.get(id).map(|lamp| lamp.state.clone()).unwrap_or_default()
        };
        world.change(id, state, 0);
        let said = world.due(0);
        anyhow::ensure!(!said.is_empty(), "a virtual lamp said nothing");
        messages.extend(said.into_iter().map(|timed| (timed.topic, timed.payload)));
        last.insert(id.clone(), value);
    }
    let before = turns.hub.snapshot().messages;
    let count = messages.len() as u64;
    let watch = Stopwatch::start();
    tokio::spawn(flood(settings.clone(), messages));
    let mut stormy = Vec::new();
    for text in requests.iter().take(20) {
        while arrivals.try_recv().is_ok() {}
        let started = Stopwatch::start();
        turns.turn(utterance(text)).await;
        if let Ok(arrived) = arrivals.try_recv() {
            stormy.push(started.elapsed().saturating_sub(arrived.elapsed()).as_secs_f64() * 1000.0);
        }
        if before + count <= turns.hub.snapshot().messages {
            break;
        }
    }
    let reached = tokio::time::timeout(
        Duration::from_secs(60),
        wait_until(&turns.hub, |snapshot| before + count <= snapshot.messages),
    )
    .await;
    let seconds = watch.elapsed().as_secs_f64();
    let snapshot = turns.hub.snapshot();
    let read = snapshot.messages.saturating_sub(before);
    let kept = reached.is_ok()
        && last
            .iter()
            .filter(|(id, value)| {
                snapshot.house.entities.get(id).is_none_or(|lamp| lamp.state.value.as_deref() != Some(**value))
            })
            .count()
            <= 10;
    Ok((read as f64 / seconds, kept, stormy))
}

async fn flood(settings: MqttSettings, messages: Vec<(String, Vec<u8>)>) {
    let mut options = MqttOptions::new("bench-flood", &settings.host, settings.port);
    options.set_credentials("bench", PASSWORD);
    let (client, mut events) = AsyncClient::new(options, 1024);
    let poll = tokio::spawn(async move { while events.poll().await.is_ok() {} });
    for (topic, payload) in messages {
        if client.publish(topic, QoS::AtMostOnce, false, payload).await.is_err() {
            return;
        }
    }
    tokio::time::sleep(Duration::from_secs(60)).await;
    poll.abort();
}

/// All virtual devices as one client, which notes when commands arrive.
pub(super) async fn play(house: House, settings: MqttSettings, seen: mpsc::Sender<Stopwatch>) {
    let mut world = VirtualHouse::new(&house, Delays::None);
    let mut options = MqttOptions::new("bench-devices", &settings.host, settings.port);
    options.set_credentials("bench", PASSWORD);
    options.set_max_packet_size(256 * 1024, 256 * 1024);
    let (client, mut events) = AsyncClient::new(options, 65_536);
    while let Ok(event) = events.poll().await {
        match event {
            Event::Incoming(Packet::ConnAck(_)) => {
                for topic in ["virtual/+/set", "virtual/+/set/+"] {
                    let _ = client.try_subscribe(topic, QoS::AtMostOnce);
                }
                for said in world.announce() {
                    let _ = client.try_publish(said.topic, QoS::AtLeastOnce, said.retained, said.payload);
                }
            }
            Event::Incoming(Packet::Publish(publish)) => {
                let _ = seen.try_send(Stopwatch::start());
                world.receive(&publish.topic, &publish.payload, 0);
                for said in world.due(0) {
                    let _ = client.try_publish(said.topic, QoS::AtMostOnce, said.retained, said.payload);
                }
            }
            _ => {}
        }
    }
}

pub(super) async fn wait_until(hub: &Handle, reached: impl Fn(&Snapshot) -> bool) -> anyhow::Result<()> {
    let mut watch = hub.watch();
    let waited = tokio::time::timeout(Duration::from_secs(60), watch.wait_for(|snapshot| reached(snapshot))).await;
    waited.context("the house did not come up in a minute")?.map(|_| ()).context("the hub ended")
}

async fn start_to_ready(models: Option<PathBuf>) -> anyhow::Result<f64> {
    let mut times = Vec::new();
    for _ in 0..5 {
        let folder = tempfile::tempdir().context("make a folder for the benchmark")?;
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let config = folder.path().join("hearth.toml");
        std::fs::write(&config, "[broker]\nlisten = \"127.0.0.1:0\"\n")?;
        let mut command = tokio::process::Command::new(std::env::current_exe()?);
        command
            .args(["run", "--demo", "--config"])
            .arg(&config)
            .arg("--data-dir")
            .arg(folder.path())
            .args(["--web-listen", &format!("127.0.0.1:{port}")]);
        if let Some(models) = &models {
            command.arg("--models").arg(models);
        }
        let watch = Stopwatch::start();
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true).spawn()?;
        healthy(port).await?;
        times.push(watch.ms());
        child.kill().await?;
    }
    Ok(percentile(&times, 0.5))
}

async fn healthy(port: u16) -> anyhow::Result<()> {
    let watch = Stopwatch::start();
    loop {
        let url = format!("http://127.0.0.1:{port}/healthz");
        let is_ready =
            tokio::task::spawn_blocking(move || ureq::get(&url).call().is_ok_and(|answer| answer.status() == 200))
                .await?;
        if is_ready {
            return Ok(());
        }
        anyhow::ensure!(watch.elapsed() < Duration::from_secs(30), "the hub was not ready in 30 s");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn utterance(text: &str) -> Utterance {
    Utterance {
        text: text.to_owned(),
        lang: None,
        place: None,
        conversation: "bench".to_owned(),
        speaker: Speaker::Someone(WayIn::Mqtt),
        cause: Cause::Api,
        at_ms: Clock::default().now_ms(),
        hearing: None,
    }
}

pub(super) fn percentile(times: &[f64], part: f64) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    let index = (sorted.len() as f64 * part) as usize;
    sorted.get(index.min(sorted.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
}

fn rss_mb(process: &str) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kb| kb / 1024.0)
}

/// The resident memory of a process's engine of that name, in MB; none if it has none.
pub(super) fn engine_rss_mb(hub: u32, engine: &str) -> Option<f64> {
    let own = hub.to_string();
    let processes = std::fs::read_dir("/proc").ok()?.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    processes
        .filter(|process| process.chars().all(|letter| letter.is_ascii_digit()))
        .find(|process| {
            let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
            stat.contains(&format!("({engine})"))
                && stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1)) == Some(own.as_str())
        })
        .and_then(|process| rss_mb(&process))
}

#[expect(clippy::print_stdout, reason = "this is what the command is for")]
pub(super) fn print(text: &str) {
    println!("{text}");
}

const PASSWORD: &str = "only-on-loopback-for-a-minute";
const ROUNDS: usize = 20;
const STORM: usize = 100_000;
