//! `hearthd`: the hub, and the commands that go with it.

mod aloud;
mod cli;
mod config;
mod demo;
mod esphome;
mod home_assistant;
mod house_file;
mod microphone;
mod model_choice;
mod mqtt;
mod satellite;
mod start;
mod systemd;
mod upkeep;
mod wyoming;
mod wyoming_event;

use std::process::ExitCode;

use clap::Parser as _;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let filter = EnvFilter::try_from_env("HEARTH_LOG").unwrap_or_else(|_| EnvFilter::new(DEFAULT_LOG));
    let is_terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(is_terminal)
        .with_writer(std::io::stderr)
        .with_target(false)
        .init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&anyhow::Error::from(error)),
    };
    match runtime.block_on(cli::run(cli)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => fail(&error),
    }
}

#[expect(clippy::print_stderr, reason = "the person at the terminal must see why")]
fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("hearthd: {error:#}");
    ExitCode::from(2)
}

/// What of the log is shown unless HEARTH_LOG says otherwise: what went wrong anywhere, and the hub's own life.
const DEFAULT_LOG: &str = "warn,hearthd=info,runtime=info,api=info,broker=info,store=info";
