//! A native engine as a child process: spoken to in frames, gone with whoever holds it.
//!
//! Knows a program and the shape of a frame; knows nothing of what is asked or of what an answer means, so a language
//! model and a recogniser use the same.

use std::marker::PhantomData;
use std::path::Path;
use std::process::Stdio;

use anyhow::Context as _;
use engine_protocol::{Frame, LENGTHS_BYTES, Lengths, decode_frame, encode_frame};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// A running engine that takes such requests and gives such replies; killed when dropped.
#[derive(Debug)]
pub struct Engine<Request, Reply> {
    input: EngineInput<Request>,
    output: EngineOutput<Reply>,
}

/// The side of an engine that takes requests; the engine is killed when this is dropped.
#[derive(Debug)]
pub struct EngineInput<Request> {
    child: Child,
    input: ChildStdin,
    takes: PhantomData<fn(Request)>,
}

/// The side of an engine that gives replies.
#[derive(Debug)]
pub struct EngineOutput<Reply> {
    output: ChildStdout,
    gives: PhantomData<fn() -> Reply>,
}

impl<Request: Serialize, Reply: DeserializeOwned> Engine<Request, Reply> {
    /// Starts the program. What it says on its standard error goes to this process's.
    ///
    /// # Errors
    /// If there is no such program, or it can't be started.
    pub fn spawn(program: &Path, arguments: &[String]) -> anyhow::Result<Self> {
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("start the engine `{}`", program.display()))?;
        let input = child.stdin.take().context("take the engine's input")?;
        let output = child.stdout.take().context("take the engine's output")?;
        let input = EngineInput { child, input, takes: PhantomData };
        Ok(Self { input, output: EngineOutput { output, gives: PhantomData } })
    }

    /// Its two sides, for an engine that says more than it is asked.
    pub fn split(self) -> (EngineInput<Request>, EngineOutput<Reply>) {
        (self.input, self.output)
    }

    /// Sends a request with the bytes that belong to it.
    ///
    /// # Errors
    /// If it is too large for a frame, or the engine is gone.
    pub async fn send(&mut self, request: &Request, payload: &[u8]) -> anyhow::Result<()> {
        self.input.send(request, payload).await
    }

    /// The next reply, however long it takes.
    ///
    /// # Errors
    /// If the engine is gone, or says what is no reply; it can't be used any more then.
    pub async fn receive(&mut self) -> anyhow::Result<Frame<Reply>> {
        self.output.receive().await
    }

    /// Waits until the engine ends by itself; says how.
    pub async fn ended(&mut self) -> String {
        let status = self.input.child.wait().await;
        format!("the engine ended: {status:?}")
    }
}

impl<Request: Serialize> EngineInput<Request> {
    /// Sends a request with the bytes that belong to it.
    ///
    /// # Errors
    /// If it is too large for a frame, or the engine is gone.
    pub async fn send(&mut self, request: &Request, payload: &[u8]) -> anyhow::Result<()> {
        let frame = encode_frame(request, payload).context("encode a request to the engine")?;
        self.input.write_all(&frame).await.context("write to the engine")?;
        self.input.flush().await.context("write to the engine")
    }
}

impl<Reply: DeserializeOwned> EngineOutput<Reply> {
    /// The next reply, however long it takes. Given up halfway, nothing can be read any more.
    ///
    /// # Errors
    /// If the engine is gone, or says what is no reply; it can't be used any more then.
    pub async fn receive(&mut self) -> anyhow::Result<Frame<Reply>> {
        let mut lengths = [0; LENGTHS_BYTES];
        self.output.read_exact(&mut lengths).await.context("read from the engine")?;
        let lengths = Lengths::parse(lengths).context("read from the engine")?;
        let mut body = vec![0; lengths.total()];
        self.output.read_exact(&mut body).await.context("read from the engine")?;
        decode_frame(lengths, body).context("read the engine's reply")
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    /// Another engine's words: what the language model's engine never says.
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Sound {
        rate_hz: u32,
    }

    #[tokio::test]
    async fn an_engine_of_another_kind_gets_its_bytes_back_and_its_end_is_noticed() {
        // `cat` is an engine that says what it hears.
        let mut echo: Engine<Sound, Sound> = Engine::spawn(Path::new("cat"), &[]).unwrap();
        let samples: Vec<u8> = (0..=255).cycle().take(640).collect();
        echo.send(&Sound { rate_hz: 16_000 }, &samples).await.unwrap();
        let frame = echo.receive().await.unwrap();
        assert_eq!((frame.message, frame.payload), (Sound { rate_hz: 16_000 }, samples));
        let mut gone: Engine<Sound, Sound> = Engine::spawn(Path::new("true"), &[]).unwrap();
        assert!(gone.receive().await.is_err());
        assert!(gone.ended().await.contains("ended"));
    }
}
