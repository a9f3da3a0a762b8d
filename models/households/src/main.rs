//! Simulated households: lives in them for ninety days and says how well their routines are learned.
//!
//! A tool of the developers; no part of the hub.

mod day_plan;
mod days;
mod files;
mod hints;
mod home;
mod life;
mod living;
mod matching;
mod next_act;
mod planting;
mod routine;
mod score;
mod seen;
mod settings;
mod sky;
mod speed;
mod table;
mod tastes;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use home::HouseholdKind;
use score::{Plan, Score};
use settings::Settings;

/// Simulated households.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Print how well routines are learned in homes of both sets.
    Score {
        /// How many homes of each kind of household.
        #[arg(long, default_value_t = 20)]
        seeds: u64,
        /// The first seed.
        #[arg(long, default_value_t = 1)]
        first: u64,
        /// How many days are lived.
        #[arg(long, default_value_t = 90)]
        days: i64,
        /// Only this set: `known` or `kept-back`.
        #[arg(long)]
        only: Option<String>,
        /// Also look at every week, not only at the end.
        #[arg(long)]
        thorough: bool,
        /// Tell what was missed and what was wrong.
        #[arg(long)]
        tell: bool,
    },
    /// Print how often what is otherwise than usual is told, and how often what was left on is.
    Hints {
        /// How many homes of each kind of household.
        #[arg(long, default_value_t = 10)]
        seeds: u64,
        /// The first seed.
        #[arg(long, default_value_t = 1)]
        first: u64,
    },
    /// Print how long it takes to learn from a year of a busy home.
    Speed {
        /// The seed.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Write a home's house file, its events and its truth.
    Write {
        /// The seed.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// How many days are lived.
        #[arg(long, default_value_t = 90)]
        days: i64,
        /// The folder for home.json, events.jsonl and truth.txt.
        #[arg(long)]
        output: PathBuf,
    },
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Score { seeds, first, days, only, thorough, tell } => {
            for settings in [Settings::known(), Settings::kept_back()] {
                if only.as_ref().is_some_and(|only| *only != settings.name.replace(' ', "-")) {
                    continue;
                }
                let plan = Plan { days, is_thorough: thorough };
                let (with, without) = score_set(&settings, first..first + seeds, plan)?;
                table::print(&settings, &with, &without, tell);
            }
            Ok(())
        }
        Command::Hints { seeds, first } => tell_hints(first..first + seeds),
        Command::Speed { seed } => speed::measure(seed),
        Command::Write { seed, days, output } => files::write(seed, days, &output),
    }
}

/// What is told in homes of both sets.
fn tell_hints(seeds: std::ops::Range<u64>) -> anyhow::Result<()> {
    for settings in [Settings::known(), Settings::kept_back()] {
        let mut told = hints::Told::default();
        for seed in seeds.clone() {
            for kind in HouseholdKind::ALL {
                told.add(&living::live(kind, &settings, seed, LIVED_DAYS, true)?, LIVED_DAYS);
            }
        }
        told.print(settings.name);
    }
    Ok(())
}

const LIVED_DAYS: i64 = 90;

/// The scores of homes with routines and of homes without.
fn score_set(settings: &Settings, seeds: std::ops::Range<u64>, plan: Plan) -> anyhow::Result<(Score, Score)> {
    let (mut with, mut without) = (Score::default(), Score::default());
    for seed in seeds {
        for kind in HouseholdKind::ALL {
            let label = format!("{kind:?} {seed}");
            with.add(&living::live(kind, settings, seed, plan.days, true)?, &label, plan);
            without.add(&living::live(kind, settings, seed, plan.days, false)?, &label, plan);
        }
    }
    Ok((with, without))
}
