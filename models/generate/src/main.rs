//! `hearth-generate` makes labelled utterances from which the intent model learns.
//!
//! It writes rows of model input and intent code; it never trains, and never reads a real house.

mod books;
mod check;
mod dialect;
mod draft;
mod finish;
mod house;
mod household;
mod human;
mod natural;
mod noise;
mod other;
mod random_house;
mod row;
mod say;
mod synth;
mod template;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about = "Makes labelled utterances for the intent model.")]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Prints the special tokens of the intent code.
    Tokens,
    /// Writes rows from the templates.
    Synth {
        /// Seed of the random numbers.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// How many rows.
        #[arg(long)]
        count: usize,
        /// `en`, `zh` or `mixed`.
        #[arg(long, default_value = "mixed")]
        lang: String,
        /// Where to write.
        #[arg(long)]
        output: PathBuf,
    },
    /// Prints utterances with their codes, to be read by people.
    Show {
        /// Seed of the random numbers.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// How many rows.
        #[arg(long, default_value_t = 40)]
        count: usize,
        /// `en`, `zh` or `mixed`.
        #[arg(long, default_value = "mixed")]
        lang: String,
        /// Only codes with this text in them.
        #[arg(long)]
        only: Option<String>,
    },
    /// Writes rows from real labelled lines.
    Human {
        /// Labelled lines, `.jsonl` or `.jsonl.xz`.
        #[arg(long, required = true)]
        input: Vec<PathBuf>,
        /// The houses the lines speak of.
        #[arg(long, required = true)]
        fixtures: Vec<PathBuf>,
        /// Where to write.
        #[arg(long)]
        output: PathBuf,
        /// Prints rows to be read instead of writing them.
        #[arg(long)]
        show: bool,
    },
    /// Writes rows from hand-written requests and conversations.
    Natural {
        /// Files of requests (`*-one-*`) and conversations (`*-talk-*`).
        #[arg(long, required = true)]
        input: Vec<PathBuf>,
        /// More such files, of which only the names are used, in place of others of their kind.
        #[arg(long)]
        names: Vec<PathBuf>,
        /// The house that the lines were said in: they are played there, under their own names.
        #[arg(long)]
        home: Option<PathBuf>,
        /// How often each line is written, each time with other names.
        #[arg(long, default_value_t = 1)]
        copies: usize,
        /// Writes the tenth that is kept aside, as it is, instead of the rest.
        #[arg(long)]
        aside: bool,
        /// Seed of the random numbers.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Where to write.
        #[arg(long)]
        output: PathBuf,
    },
    /// Writes lines like the hand-written ones from a household's corrections.
    Household {
        /// Corrections, as the hub gives them.
        #[arg(long)]
        examples: PathBuf,
        /// The house they speak of.
        #[arg(long)]
        home: PathBuf,
        /// The folder for one file of each language.
        #[arg(long)]
        output: PathBuf,
    },
    /// Writes rows that are not for the house, from plain text.
    Other {
        /// Text, `.txt` or `.txt.xz`.
        #[arg(long, required = true)]
        input: Vec<PathBuf>,
        /// The most rows.
        #[arg(long)]
        count: usize,
        /// Seed of the random numbers.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Where to write.
        #[arg(long)]
        output: PathBuf,
    },
    /// Checks every row of a file.
    Check {
        /// The file.
        file: PathBuf,
    },
}

fn main() -> Result<()> {
    match Args::parse().command {
        Command::Tokens => check::tokens(),
        Command::Synth { seed, count, lang, output } => synth::write(seed, count, &lang, &output),
        Command::Show { seed, count, lang, only } => synth::show(seed, count, &lang, only.as_deref()),
        Command::Human { input, fixtures, output, show } => human::write(&input, &fixtures, &output, show),
        Command::Natural { input, names, home, copies, aside, seed, output } => {
            natural::write(&input, &natural::Wanted { names, home, copies, aside, seed }, &output)
        }
        Command::Household { examples, home, output } => household::write(&examples, &home, &output),
        Command::Other { input, count, seed, output } => other::write(&input, count, seed, &output),
        Command::Check { file } => check::file(&file),
    }
}
