//! How long learning takes: a year of a busy home, with a movement sensor in every corner.
//!
//! Measures time and memory; whether what is learned is right is scored elsewhere.

use anyhow::Context as _;
use house::{Attributes, Cause, Entity, EntityId, Evidence};
use mind::learn::{Timeline, learn};
use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};

use crate::home::HouseholdKind;
use crate::living::{Lived, live};
use crate::settings::{Settings, between};

/// Lives a year in a family's home full of sensors, learns from it, and prints what that took.
#[expect(clippy::print_stdout, reason = "this is what the tool is for")]
pub(crate) fn measure(seed: u64) -> anyhow::Result<()> {
    let mut lived = live(HouseholdKind::Family, &Settings::known(), seed, DAYS, true)?;
    add_sensors(&mut lived, seed);
    let end_ms = lived.sky.moment(DAYS * DAY_S).0;
    let (habits, seconds) = timed(|| learn(&Timeline::of(&lived.events, end_ms), &lived.house));
    println!("events: {}", lived.events.len());
    println!("habits: {}", habits.len());
    println!("seconds of learning: {seconds:.2}");
    println!("peak memory: {} MiB", peak_memory_kib()? / 1024);
    Ok(())
}

/// Movement in every corner, until the home is as busy as it shall be: half of it around what people do, near the thing
/// that they use, and half of it at any hour at which people are up.
fn add_sensors(lived: &mut Lived, seed: u64) {
    let mut rng = SmallRng::seed_from_u64(seed);
    let sensors: Vec<EntityId> =
        (0..SENSORS).map(|number| EntityId::new(format!("binary_sensor.corner_{number}").as_str())).collect();
    for id in &sensors {
        lived.house.entities.insert(id.clone(), Entity::new(id.clone(), id.as_str()));
    }
    let acts: Vec<Evidence> = lived.events.iter().filter(|event| is_by_a_person(event)).cloned().collect();
    let missing = EVENTS.saturating_sub(lived.events.len());
    // Every movement is two events: it begins and it ends.
    for _ in 0..missing / 2 {
        let (at_ms, offset_s, corner) = match acts.get(rng.random_range(0..acts.len().max(1))) {
            Some(act) if rng.random_bool(0.5) => around(act, &mut rng),
            _ => at_any_time(lived, &mut rng),
        };
        let Some(sensor) = sensors.get(corner) else { continue };
        let off_ms = at_ms + rng.random_range(20..120) * 1000;
        lived.events.extend([(at_ms, "on"), (off_ms, "off")].map(|(at_ms, to)| event(at_ms, offset_s, sensor, to)));
    }
    lived.events.sort_by_key(|event| event.at_ms);
}

/// Shortly before or after something was done, in one of the corners through which one comes to it.
fn around(act: &Evidence, rng: &mut SmallRng) -> (i64, i32, usize) {
    let place = act.entity.as_str().bytes().fold(0_usize, |sum, byte| sum * 31 % SENSORS + usize::from(byte));
    let corner = (place + rng.random_range(0..CORNERS_OF_A_THING)) % SENSORS;
    (act.at_ms + rng.random_range(-900..600) * 1000, act.offset_s, corner)
}

/// What is told apart from sensors by its cause: asked for in words, or on a page.
fn is_by_a_person(event: &Evidence) -> bool {
    matches!(event.cause, Cause::Voice | Cause::Page | Cause::Api)
}

fn at_any_time(lived: &Lived, rng: &mut SmallRng) -> (i64, i32, usize) {
    let wall_s = rng.random_range(0..DAYS) * DAY_S + (60.0 * up_minute(rng)) as i64;
    let (at_ms, offset_s) = lived.sky.moment(wall_s);
    (at_ms, offset_s, rng.random_range(0..SENSORS))
}

fn event(at_ms: i64, offset_s: i32, sensor: &EntityId, state: &str) -> Evidence {
    Evidence {
        at_ms,
        offset_s,
        entity: sensor.clone(),
        state: Some(state.to_owned()),
        attributes: Attributes::new(),
        cause: Cause::Device,
        person: None,
    }
}

/// A minute of the day at which somebody moves: seldom by night, most in the morning and in the evening.
fn up_minute(rng: &mut SmallRng) -> f64 {
    match rng.random_range(0..20) {
        0 => between((0.0, 370.0), rng),
        1..=6 => between((370.0, 560.0), rng),
        7..=10 => between((560.0, 1000.0), rng),
        _ => between((1000.0, 1430.0), rng),
    }
}

#[expect(clippy::disallowed_methods, reason = "how long it takes is what is measured")]
fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let begin = std::time::Instant::now();
    let result = work();
    (result, begin.elapsed().as_secs_f64())
}

/// The most memory that this process ever held.
fn peak_memory_kib() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status").context("read `/proc/self/status`")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("find `VmHWM`")?;
    let number = line.trim().trim_end_matches(" kB");
    number.parse().with_context(|| format!("read the number: {number}"))
}

const DAYS: i64 = 365;
const DAY_S: i64 = 86_400;
/// As many as a flat of CASAS has, of which the busiest tell half a million changes in a year.
const SENSORS: usize = 54;
const EVENTS: usize = 500_000;
const CORNERS_OF_A_THING: usize = 3;
