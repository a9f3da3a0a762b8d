//! What goes to the hub, a frame at a time, from whichever thread has something to say.

use std::io::stdout;

use anyhow::Context as _;
use engine_protocol::speech::SpeechReply;
use engine_protocol::write_frame;

/// Tells the hub something; from any thread, a frame at a time.
///
/// # Errors
/// If the hub is gone.
pub(crate) fn send(reply: &SpeechReply) -> anyhow::Result<()> {
    write_frame(&mut stdout().lock(), reply, &[]).context("write to the hub")
}
