//! `hearthd bench`: the figures of `docs/benchmarks.md`, on the real broker, the real model and virtual devices.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use device_adapters::{Delays, VirtualHouse};
use house::{Cause, Domain, EntityId, House, Speaker, State, Utterance, WayIn};
use mind::decide::Thresholds;
use mind::understand::before::Before;
use rumqttc::{AsyncClient, MqttOptions, QoS};
use runtime::clock::{Clock, Stopwatch};
use runtime::dispatch::TimeoutScale;
use runtime::household::Household;
use runtime::model::language_model::{self, Model};
use runtime::model::memo::Memo;
use runtime::turn::{Turns, understand};
use store::Store;
use tokio::sync::mpsc;

use super::house::{PASSWORD, broker_settings, house_of, play, requests, start_hub, wait_until};
use super::process::{memory, start_to_ready};
use super::{percentile, print};
use crate::mqtt::settings::MqttSettings;

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

const STORM: usize = 100_000;
