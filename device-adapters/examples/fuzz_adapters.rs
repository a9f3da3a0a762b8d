//! Reads bent messages for as long as asked: `cargo run --release -p device-adapters --example fuzz_adapters -- COUNT
//! SEED [DIALECT…]`.
//!
//! Every dialect in `tests/fixtures/`, or those named. A panic ends it, with the dialect and the seed of its block.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::exit,
    clippy::cast_precision_loss,
    reason = "a test, not a part of the hub"
)]

#[path = "../tests/all/mutation.rs"]
mod mutation;

use std::panic::catch_unwind;
use std::time::{Duration, Instant};

use mutation::{Corpus, Tally};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |place: usize, default: u64| arguments.get(place).map_or(default, |text| text.parse().unwrap());
    let (count, seed) = (number(0, 100_000), number(1, 1));
    let all =
        ["home-assistant", "zigbee2mqtt", "tasmota", "shelly", "shelly-gen1", "esphome", "homie"].map(str::to_owned);
    let dialects = if arguments.len() < 3 { &all[..] } else { &arguments[2..] };
    for dialect in dialects {
        fuzz(dialect, count, seed);
    }
}

fn fuzz(dialect: &str, count: u64, seed: u64) {
    let corpus = Corpus::of(dialect);
    let started = Instant::now();
    let mut total = Tally::default();
    let mut slowest = Duration::ZERO;
    for block in 0..count.div_ceil(BLOCK) {
        let block_seed = seed.wrapping_mul(1_000_003).wrapping_add(block);
        let block_started = Instant::now();
        let tally = catch_unwind(|| corpus.run(BLOCK.min(count - total.inputs), block_seed)).unwrap_or_else(|_| {
            println!("{dialect}: PANIC in the block with seed {block_seed}, after {} inputs", total.inputs);
            std::process::exit(1)
        });
        slowest = slowest.max(block_started.elapsed());
        total.inputs += tally.inputs;
        total.states += tally.states;
        total.rejected += tally.rejected;
        total.commands += tally.commands;
        total.bytes += tally.bytes;
    }
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{dialect}: {} inputs ({} MB) without a panic in {seconds:.0} s, {:.0} a second; {} states, {} refused, {} \
         commands; slowest block of {BLOCK}: {slowest:.1?}",
        total.inputs,
        total.bytes / 1_000_000,
        total.inputs as f64 / seconds,
        total.states,
        total.rejected,
        total.commands,
    );
}

/// Inputs between two seeds.
const BLOCK: u64 = 10_000;
