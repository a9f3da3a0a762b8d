//! `hearthd simulate`: whole conversations on virtual devices, through judge and dispatch, on a simulated clock.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use device_adapters::{Delays, Fault, Message, VirtualHouse};
use house::{Cause, EntityId, Errand, House, Lang, Speaker, State, Timing, Utterance, WayIn};
use jiff::fmt::temporal::Pieces;
use jiff::tz::TimeZone;
use mind::reply;
use mind::when::{Around, Location};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tokio::sync::{mpsc, oneshot};

use mind::decide::Thresholds;
use mind::names::areas::area_named;
use runtime::clock::Clock;
use runtime::dispatch::TimeoutScale;
use runtime::household::Household;
use runtime::hub::event::Event;
use runtime::hub::handle::Handle;
use runtime::hub::{self, Start};
use runtime::model::language_model::Model;
use runtime::schedule::triggers::Triggers;
use runtime::simulation::InProcess;
use runtime::turn::Turns;
use runtime::turn::outcome::Turn;
use runtime::turn::wire::{self as turn_wire, TurnWire};
use runtime::wire::{self, CommandWire, IntentWire};

use super::jsonl;
use super::parse::Houses;

/// A dialogue as a file gives it.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Dialogue {
    pub(crate) id: String,
    pub(crate) fixture: Option<String>,
    pub(crate) lang: Option<String>,
    pub(crate) start: Option<String>,
    /// Where the house stands, as degrees north and east.
    location: Option<(f64, f64)>,
    pub(crate) policy: Option<String>,
    pub(crate) pin: Option<String>,
    #[serde(default)]
    setup: BTreeMap<String, StateFile>,
    #[serde(default)]
    pub(crate) turns: Vec<TurnFile>,
    #[serde(default)]
    pub(crate) faults: BTreeMap<String, FaultFile>,
    /// A single request, for files that hold one instead of turns.
    text: Option<String>,
    area_context: Option<String>,
    pub(crate) then_wait_s: Option<f64>,
}

#[derive(Debug, Default, Deserialize)]
struct StateFile {
    state: Option<Value>,
    #[serde(default)]
    attributes: Option<Map<String, Value>>,
    /// Attributes may also stand beside the state.
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// One turn of a dialogue.
#[derive(Debug, Deserialize)]
pub(crate) struct TurnFile {
    pub(crate) text: String,
    pub(crate) area: Option<String>,
    #[serde(default)]
    pub(crate) wait_s: f64,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FaultFile {
    Offline,
    Silent,
    Wrong,
    Slow,
}

/// What came of a dialogue.
#[derive(Debug, Serialize)]
pub(crate) struct Simulated {
    id: String,
    pub(crate) turns: Vec<TurnOut>,
    /// What fell due while time passed.
    pub(crate) fired: Vec<Fired>,
    changed: BTreeMap<String, Value>,
    pub(crate) pending: Vec<Pending>,
}

/// What fell due.
#[derive(Debug, Serialize)]
pub(crate) struct Fired {
    /// Before which turn, counted from 0; after the last one, their number.
    pub(crate) before_turn: usize,
    pub(crate) at: String,
    pub(crate) outcome: &'static str,
    pub(crate) reply: String,
    pub(crate) commands: Vec<CommandWire>,
    pub(crate) outcomes: Vec<Value>,
}

/// What came of one turn.
#[derive(Debug, Serialize)]
pub(crate) struct TurnOut {
    pub(crate) outcome: &'static str,
    pub(crate) reply: String,
    intents: Vec<IntentWire>,
    pub(crate) commands: Vec<CommandWire>,
    pub(crate) outcomes: Vec<Value>,
    pub(crate) trace: Vec<String>,
}

/// What waits for its time.
#[derive(Debug, Serialize)]
pub(crate) struct Pending {
    pub(crate) kind: &'static str,
    pub(crate) name: Option<String>,
    pub(crate) due: Option<String>,
    seconds: u64,
    pub(crate) repeats: Option<String>,
    pub(crate) what: Option<String>,
}

/// Simulates every dialogue of a file; false if some lines were bad.
pub(crate) async fn run(
    home: &Path,
    input: &Path,
    output: &Path,
    model: Model,
    thresholds: Thresholds,
) -> anyhow::Result<bool> {
    let houses = Houses::read(home)?;
    let dialogues = jsonl::read::<Dialogue>(input)?;
    let mut out = jsonl::Writer::create(output)?;
    model.settled().await;
    let mut all_good = !dialogues.had_bad;
    for dialogue in &dialogues.rows {
        let Some(snapshot) = houses.of(dialogue.fixture.as_deref()) else {
            tell(&format!(
                "{}: skipped: there is no house `{}`",
                dialogue.id,
                dialogue.fixture.as_deref().unwrap_or("?")
            ));
            all_good = false;
            continue;
        };
        let simulated = simulate(dialogue, &snapshot.house, &model, thresholds).await;
        out.row(&simulated.with_context(|| format!("simulate `{}`", dialogue.id))?)?;
    }
    out.finish()?;
    Ok(all_good)
}

/// Plays one dialogue.
pub(crate) async fn simulate(
    dialogue: &Dialogue,
    house: &House,
    model: &Model,
    thresholds: Thresholds,
) -> anyhow::Result<Simulated> {
    let (start_ms, zone) = begins(dialogue.start.as_deref().unwrap_or(START))?;
    let location = dialogue
        .location
        .map_or_else(|| within(&zone, start_ms), |(latitude, longitude)| Location { latitude, longitude });
    let clock = Clock::simulated(start_ms, zone, Some(location));
    let house = set_up(dialogue, house);
    let (mut before, hub, world) = open_house(&house, dialogue, &clock).await?;
    let is_open = dialogue.policy.as_deref() == Some("open");
    let household = Household::simulated(dialogue.pin.as_deref(), is_open, thresholds)?;
    // Only what is at fault is waited for in vain; a busy machine must not look like a silent lamp.
    let timeout_scale = if dialogue.faults.is_empty() { TimeoutScale::REAL } else { TimeoutScale::of(0.1) };
    let turns = Turns::new(hub.clone(), model.clone(), None, household, timeout_scale, clock.clone());
    let single = dialogue.text.iter().map(|text| TurnFile {
        text: text.clone(),
        area: dialogue.area_context.clone(),
        wait_s: 0.0,
    });
    let (mut out, mut fired) = (Vec::new(), Vec::new());
    let mut triggers = Triggers::default();
    for turn in single.chain(dialogue.turns.iter().map(|turn| TurnFile {
        text: turn.text.clone(),
        area: turn.area.clone(),
        wait_s: turn.wait_s,
    })) {
        pass(&turns, turn.wait_s, out.len(), &mut triggers, &mut fired).await?;
        let said = Utterance {
            text: turn.text,
            lang: dialogue.lang.clone(),
            place: turn.area.as_deref().and_then(|name| area_named(name, &house)).map(|area| area.id.clone()),
            conversation: dialogue.id.clone(),
            speaker: Speaker::Someone(WayIn::Voice),
            cause: Cause::Voice,
            at_ms: clock.now_ms(),
            hearing: None,
        };
        let snapshot = hub.snapshot();
        let ended = turns.turn(said).await;
        let (wired, outcomes) = wired(&ended, &snapshot.house);
        out.push(TurnOut {
            outcome: wired.outcome,
            reply: wired.reply,
            intents: wired.intents,
            commands: wired.commands,
            outcomes,
            trace: wired.trace,
        });
        // Devices have reported by the time a person says the next thing.
        states_of(&world).await?;
        hub.flush().await?;
        trigger(&turns, out.len(), &mut triggers, &mut fired).await;
    }
    pass(&turns, dialogue.then_wait_s.unwrap_or(0.0), out.len(), &mut triggers, &mut fired).await?;
    let after = states_of(&world).await?;
    let pending = pending(&hub, &clock);
    before.retain(|id, _| after.contains_key(id));
    Ok(Simulated { id: dialogue.id.clone(), turns: out, fired, changed: changed(&before, &after), pending })
}

/// What is still to come.
fn pending(hub: &Handle, clock: &Clock) -> Vec<Pending> {
    let snapshot = hub.snapshot();
    let around = clock.around(clock.now_ms());
    let timers = snapshot.house.timers.iter().filter(|timer| !timer.rings()).map(|timer| pending_timer(timer, &around));
    let schedules = snapshot
        .house
        .schedules
        .iter()
        .filter(|one| one.rings_since_ms.is_none())
        .map(|schedule| pending_schedule(schedule, &snapshot.house, &around));
    timers.chain(schedules).collect()
}

/// When a dialogue begins, and in which zone: that of its start.
fn begins(start: &str) -> anyhow::Result<(i64, TimeZone)> {
    let at = start.parse::<jiff::Timestamp>().with_context(|| format!("read the start `{start}`"))?;
    let pieces = Pieces::parse(start).with_context(|| format!("read the start `{start}`"))?;
    let zone = match (pieces.to_time_zone(), pieces.to_numeric_offset()) {
        (Ok(Some(zone)), _) => zone,
        (_, Some(offset)) => TimeZone::fixed(offset),
        (_, None) => TimeZone::UTC,
    };
    Ok((at.as_millisecond(), zone))
}

/// Where a house stands that does not say: at Berlin's latitude, and as far east in its zone as Berlin is in its own.
fn within(zone: &TimeZone, at_ms: i64) -> Location {
    let at = jiff::Timestamp::from_millisecond(at_ms).unwrap_or_default();
    let hours = f64::from(zone.to_offset(at).seconds()) / 3600.0;
    Location { latitude: 52.52, longitude: (hours * 15.0 - 1.6).clamp(-180.0, 180.0) }
}

/// Lets time pass, from one thing that falls due to the next.
async fn pass(
    turns: &Turns,
    seconds: f64,
    before_turn: usize,
    triggers: &mut Triggers,
    fired: &mut Vec<Fired>,
) -> anyhow::Result<()> {
    if seconds <= 0.0 {
        return Ok(());
    }
    let end = turns.clock.now_ms() + (seconds * 1000.0) as i64;
    for _ in 0..MOST_FIRED {
        let snapshot = turns.hub.snapshot();
        let next = snapshot
            .house
            .schedules
            .iter()
            .filter(|one| one.rings_since_ms.is_none())
            .map(|one| one.due_ms)
            .min()
            .filter(|due| *due <= end);
        turns.clock.advance(next.unwrap_or(end).saturating_sub(turns.clock.now_ms()).max(0));
        turns.hub.flush().await?;
        turns.end_ringing().await;
        for schedule in turns.due() {
            fired.push(fall_due(turns, schedule, before_turn).await);
        }
        trigger(turns, before_turn, triggers, fired).await;
        if next.is_none() {
            return Ok(());
        }
    }
    anyhow::bail!("more than {MOST_FIRED} things fall due in {seconds} seconds")
}

/// Lets routines act on what has come to be so.
async fn trigger(turns: &Turns, before_turn: usize, triggers: &mut Triggers, fired: &mut Vec<Fired>) {
    // What one routine changes may be what another waits for.
    for _ in 0..MOST_ROUNDS {
        let now = turns.clock.now_ms();
        let due = triggers.due(&turns.hub.snapshot().house, &turns.clock.around(now));
        if due.is_empty() {
            return;
        }
        for schedule in due {
            fired.push(fall_due(turns, schedule, before_turn).await);
        }
    }
}

async fn fall_due(turns: &Turns, schedule: house::Schedule, before_turn: usize) -> Fired {
    let ended = turns.fall_due(schedule).await.turn;
    let (wired, outcomes) = wired(&ended, &turns.hub.snapshot().house);
    let at = shown(ended.utterance.at_ms, &turns.clock.around(0));
    Fired { before_turn, at, outcome: wired.outcome, reply: wired.reply, commands: wired.commands, outcomes }
}

fn wired(ended: &Turn, house: &House) -> (TurnWire, Vec<Value>) {
    let wired = turn_wire::turn(ended, ended.steps.iter().filter_map(|step| wire::command(step, house)).collect());
    let outcomes = wired
        .outcomes
        .iter()
        .map(|outcome| json!({ "entity_id": outcome.entity_id, "outcome": outcome.outcome }))
        .collect();
    (wired, outcomes)
}

type States = BTreeMap<EntityId, State>;

enum WorldAsk {
    States(oneshot::Sender<States>),
}

/// A hub and the virtual devices it talks to, announced and at rest.
async fn open_house(
    house: &House,
    dialogue: &Dialogue,
    clock: &Clock,
) -> anyhow::Result<(States, Handle, mpsc::Sender<WorldAsk>)> {
    let empty = House { entities: house::Entities::default(), ..house.clone() };
    let hub = hub::start(Start {
        house: empty,
        store: None,
        preference: device_adapters::Preference::default(),
        clock: clock.clone(),
        own_topics: Vec::new(),
        alive: None,
    })?;
    let (commands, inbox) = mpsc::channel(1024);
    let (asks, asked) = mpsc::channel(4);
    hub.send(Event::Connected(Arc::new(InProcess::to(commands)))).await?;
    let mut world = VirtualHouse::new(house, Delays::None);
    for said in world.announce() {
        hub.send(Event::Message { topic: said.topic, payload: said.payload, retained: false }).await?;
    }
    for (id, fault) in &dialogue.faults {
        let fault = match fault {
            FaultFile::Offline => Fault::Offline,
            FaultFile::Silent => Fault::Silent,
            FaultFile::Wrong => Fault::Wrong,
            FaultFile::Slow => Fault::Slow,
        };
        world.set_fault(&EntityId::new(id.as_str()), fault, clock.now_ms());
    }
    for said in world.due(i64::MAX) {
        hub.send(Event::Message { topic: said.topic, payload: said.payload, retained: false }).await?;
    }
    hub.flush().await?;
    let before = states(&world, house);
    tokio::spawn(live(world, house.clone(), hub.clone(), inbox, asked, clock.clone()));
    Ok((before, hub, asks))
}

/// Plays the devices until nobody asks any more.
async fn live(
    mut world: VirtualHouse,
    house: House,
    hub: Handle,
    mut inbox: mpsc::Receiver<Message>,
    mut asks: mpsc::Receiver<WorldAsk>,
    clock: Clock,
) {
    loop {
        tokio::select! {
            biased;
            message = inbox.recv() => {
                let Some(message) = message else { return };
                world.receive(&message.topic, &message.payload, clock.now_ms());
                for said in world.due(clock.now_ms()) {
                    let event = Event::Message { topic: said.topic, payload: said.payload, retained: false };
                    if hub.send(event).await.is_err() {
                        return;
                    }
                }
            }
            ask = asks.recv() => match ask {
                Some(WorldAsk::States(reply)) => {
                    let _ = reply.send(states(&world, &house));
                }
                None => return,
            },
        }
    }
}

/// The states of the devices, once they have done all they were told.
async fn states_of(world: &mpsc::Sender<WorldAsk>) -> anyhow::Result<States> {
    let (ask, told) = oneshot::channel();
    world.send(WorldAsk::States(ask)).await.context("ask the virtual house")?;
    told.await.context("ask the virtual house")
}

fn states(world: &VirtualHouse, house: &House) -> States {
    house.entities.keys().filter_map(|id| Some((id.clone(), world.device(id)?.entity().state.clone()))).collect()
}

/// The house with the dialogue's states in it.
fn set_up(dialogue: &Dialogue, house: &House) -> House {
    let mut house = house.clone();
    for (id, wanted) in &dialogue.setup {
        let Some(entity) = house.entities.get_mut(&EntityId::new(id.as_str())) else { continue };
        let mut attributes = wanted.attributes.clone().unwrap_or_default();
        attributes.extend(wanted.rest.clone());
        let (value, attributes) = device_adapters::attributes_from_json(
            entity.domain,
            wanted.state.as_ref().unwrap_or(&Value::Null),
            &attributes,
        );
        if value.is_some() {
            entity.state.value = value;
        }
        entity.state.attributes.extend(attributes);
    }
    house
}

/// Per entity, the state and the attributes that differ.
fn changed(before: &States, after: &States) -> BTreeMap<String, Value> {
    let mut out = BTreeMap::new();
    for (id, after) in after {
        let Some(before) = before.get(id) else { continue };
        let was = as_shown(id, before);
        let attributes: Map<String, Value> = as_shown(id, after)
            .into_iter()
            .filter(|(name, value)| was.get(name) != Some(value))
            .map(|(name, value)| (name, wire::plain(&value)))
            .collect();
        let mut change = Map::new();
        if before.value != after.value {
            change.insert("state".to_owned(), json!(after.value));
        }
        if !attributes.is_empty() {
            change.insert("attributes".to_owned(), Value::Object(attributes));
        }
        if !change.is_empty() {
            out.insert(id.to_string(), Value::Object(change));
        }
    }
    out
}

/// Attributes as Home Assistant shows them: a lamp or fan that is off has no brightness, colour or speed,
/// and a colour is shown in red, green and blue too.
fn as_shown(id: &EntityId, state: &State) -> house::Attributes {
    let mut attributes = state.attributes.clone();
    let domain = id.as_str().split('.').next().unwrap_or_default();
    if matches!(domain, "light" | "fan") && state.value.as_deref() == Some("off") {
        attributes.retain(|name, _| {
            !matches!(
                name.as_str(),
                "brightness" | "color_mode" | "hs_color" | "rgb_color" | "color_temp_kelvin" | "percentage"
            )
        });
    }
    if let Some([hue, saturation]) = attributes.get("hs_color").and_then(house::Value::as_list)
        && let (Some(hue), Some(saturation)) = (hue.as_number(), saturation.as_number())
    {
        let rgb = rgb(hue, saturation / 100.0).map(house::Value::Number);
        attributes.insert("rgb_color".to_owned(), house::Value::List(rgb.to_vec()));
    }
    attributes
}

/// Red, green and blue, 0–255, of a hue in degrees and a saturation of 0–1 at full brightness.
fn rgb(hue: f64, saturation: f64) -> [f64; 3] {
    [5.0, 3.0, 1.0].map(|offset| {
        let at = (offset + hue / 60.0) % 6.0;
        let part = at.min(4.0 - at).clamp(0.0, 1.0);
        ((1.0 - saturation * part) * 255.0).round()
    })
}

fn pending_timer(timer: &house::MovingTimer, around: &Around) -> Pending {
    let due = around.now_ms + i64::try_from(timer.left_s).unwrap_or(0) * 1000;
    Pending {
        kind: "timer",
        name: timer.name.clone(),
        due: Some(shown(due, around)),
        seconds: timer.length_s,
        repeats: None,
        what: None,
    }
}

fn pending_schedule(schedule: &house::Schedule, house: &House, around: &Around) -> Pending {
    let (kind, what) = match &schedule.errand {
        Errand::Act { steps, .. } => ("schedule", reply::described(steps, house, Lang::parse(schedule.lang))),
        Errand::Alarm => ("alarm", String::new()),
        Errand::Remind(message) => ("reminder", message.clone()),
    };
    let repeats = match &schedule.timing {
        Timing::Weekly(days, _) => {
            Some((1..).zip(DAYS).filter(|(day, _)| days.has(*day)).map(|(_, name)| *name).collect::<Vec<_>>().join(","))
        }
        Timing::Every(seconds) => Some(format!("{seconds}s")),
        Timing::At(_) | Timing::Wall(_) | Timing::Triggered(..) => None,
    };
    let what = if matches!(schedule.timing, Timing::Triggered(..)) {
        reply::schedule_title(schedule, house, around, Lang::parse(schedule.lang))
    } else {
        what
    };
    let due = (schedule.due_ms != i64::MAX).then(|| shown(schedule.due_ms, around));
    let seconds = u64::try_from(schedule.due_ms.saturating_sub(around.now_ms) / 1000).unwrap_or(0);
    Pending {
        kind,
        name: schedule.name.clone(),
        due,
        seconds,
        repeats,
        what: Some(what).filter(|what| !what.is_empty()),
    }
}

/// A moment with its offset.
fn shown(at_ms: i64, around: &Around) -> String {
    let at = jiff::Timestamp::from_millisecond(at_ms).unwrap_or_default().to_zoned(around.zone.clone());
    at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

#[expect(clippy::print_stderr, reason = "a command line tool tells its user here")]
fn tell(text: &str) {
    eprintln!("{text}");
}

/// Where the clock stands when a dialogue does not say: a Monday morning.
const START: &str = "2026-03-02T07:00:00+01:00";
const DAYS: &[&str] = &["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const MOST_ROUNDS: usize = 4;
/// More than these is a loop.
const MOST_FIRED: usize = 10_000;
