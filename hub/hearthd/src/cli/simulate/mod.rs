//! `hearthd simulate`: whole conversations on virtual devices, through judge and dispatch, on a simulated clock.

mod changed;
pub(crate) mod dialogue;
pub(crate) mod ears;
mod pending;
mod world;

use std::path::Path;

use anyhow::Context as _;
use house::{Cause, Hearing, House, Speaker, Utterance, WayIn};
use jiff::fmt::temporal::Pieces;
use jiff::tz::TimeZone;
use mind::decide::Thresholds;
use mind::names::areas::area_named;
use mind::when::Location;
use runtime::clock::Clock;
use runtime::dispatch::TimeoutScale;
use runtime::household::Household;
use runtime::model::language_model::Model;
use runtime::schedule::triggers::Triggers;
use runtime::turn::Turns;
use runtime::turn::outcome::Turn;
use runtime::turn::wire::{self as turn_wire, TurnWire};
use runtime::wire;
use serde_json::{Value, json};
use voice::Heard;

use super::jsonl;
use super::parse::Houses;

use changed::changed;
use dialogue::{Dialogue, Fired, HeardMs, HeardOut, Simulated, TurnFile, TurnOut};
use ears::Ears;
use pending::{pending, shown};
use world::{open_house, set_up, states_of};

/// Simulates every dialogue of a file; false if some lines were bad.
pub(crate) async fn run(
    home: &Path,
    input: &Path,
    output: &Path,
    model: Model,
    thresholds: Thresholds,
    ears: impl FnOnce() -> anyhow::Result<Ears>,
) -> anyhow::Result<bool> {
    let houses = Houses::read(home)?;
    let dialogues = jsonl::read::<Dialogue>(input)?;
    let mut out = jsonl::Writer::create(output)?;
    model.settled().await;
    let mut all_good = !dialogues.had_bad;
    let is_heard = dialogues.rows.iter().flat_map(|dialogue| &dialogue.turns).any(|turn| turn.wav.is_some());
    let ears = if is_heard { Some(ears()?) } else { None };
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
        let simulated = simulate(dialogue, &snapshot.house, &model, thresholds, ears.as_ref()).await;
        match simulated.with_context(|| format!("simulate `{}`", dialogue.id)) {
            Ok(simulated) => out.row(&simulated)?,
            // One file that is no sound leaves the others to be heard; without a recogniser there is nothing to hear.
            Err(error) if ears.as_ref().is_some_and(Ears::can_hear) => {
                tell(&format!("{}: skipped: {error:#}", dialogue.id));
                all_good = false;
            }
            Err(error) => return Err(error),
        }
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
    ears: Option<&Ears>,
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
        wav: None,
        area: dialogue.area_context.clone(),
        wait_s: 0.0,
    });
    let (mut out, mut fired) = (Vec::new(), Vec::new());
    let mut triggers = Triggers::default();
    for turn in single.chain(dialogue.turns.iter().map(|turn| TurnFile {
        text: turn.text.clone(),
        wav: turn.wav.clone(),
        area: turn.area.clone(),
        wait_s: turn.wait_s,
    })) {
        pass(&turns, turn.wait_s, out.len(), &mut triggers, &mut fired).await?;
        let Words { text, hearing, heard } = words(&turn, ears, &house).await?;
        let said = Utterance {
            text,
            lang: dialogue.lang.clone(),
            place: turn.area.as_deref().and_then(|name| area_named(name, &house)).map(|area| area.id.clone()),
            conversation: dialogue.id.clone(),
            speaker: Speaker::Someone(WayIn::Voice),
            cause: Cause::Voice,
            at_ms: clock.now_ms(),
            hearing,
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
            hearing: heard.map(|heard| shown_hearing(&heard, &ended)),
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

/// What is said in a turn.
struct Words {
    text: String,
    hearing: Option<Hearing>,
    /// What was heard, if it was a file.
    heard: Option<Heard>,
}

/// The words of a turn, or what is heard of its file; nothing heard is no words.
async fn words(turn: &TurnFile, ears: Option<&Ears>, house: &House) -> anyhow::Result<Words> {
    let (Some(wav), Some(ears)) = (&turn.wav, ears) else {
        return Ok(Words { text: turn.text.clone(), hearing: None, heard: None });
    };
    let heard = ears.hear(wav, house).await?;
    let (text, hearing) = heard.utterance().unzip();
    Ok(Words { text: text.unwrap_or_default(), hearing, heard: Some(heard) })
}

/// What was taken of what was heard, with how likely the recogniser held it for.
fn shown_hearing(heard: &Heard, ended: &Turn) -> HeardOut {
    let taken = heard.hearings.iter().find(|(text, _)| *text == ended.utterance.text);
    HeardOut {
        heard: ended.utterance.text.clone(),
        heard_confidence: taken.map_or(0.0, |(_, probability)| *probability),
        ms: HeardMs { asr: heard.final_ms, total: ended.ms.0, model: ended.ms.1 },
    }
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

#[expect(clippy::print_stderr, reason = "a command line tool tells its user here")]
fn tell(text: &str) {
    eprintln!("{text}");
}

/// Where the clock stands when a dialogue does not say: a Monday morning.
const START: &str = "2026-03-02T07:00:00+01:00";
const MOST_ROUNDS: usize = 4;
/// More than these is a loop.
const MOST_FIRED: usize = 10_000;
