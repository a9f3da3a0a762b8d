//! The process that holds the board's microphone or speaker for the hub, through ALSA.
//! It knows devices and samples; it deliberately knows no speech, no house and no network.
//!
//! `hearth-sound` serves the sound messages of `engine-protocol` on its standard streams: one microphone or one
//! speaker, which is closed when the process ends, so that whoever ends it can be sure. ALSA's library is loaded at run
//! time.

mod serve;

mod alsa;

use std::process::ExitCode;

fn main() -> ExitCode {
    match serve::serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stderr, reason = "stdout carries frames; stderr is this process's log")]
fn complain(error: &anyhow::Error) {
    eprintln!("hearth-sound: {error:#}");
}
