//! One end of a Wyoming connection, as Home Assistant, a client or a satellite has it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use super::LONG;

/// An event's type, its data and its sound.
pub(crate) type Event = (String, Value, Vec<u8>);

/// A connection to the hub.
pub(crate) struct Peer {
    stream: BufReader<TcpStream>,
}

impl Peer {
    /// Connects to a port of the hub.
    pub(crate) fn connect(port: u16) -> Self {
        Self::of(TcpStream::connect(("127.0.0.1", port)).unwrap())
    }

    /// A connection that is there.
    pub(crate) fn of(stream: TcpStream) -> Self {
        stream.set_read_timeout(Some(LONG)).unwrap();
        Self { stream: BufReader::new(stream) }
    }

    /// Sends an event with its data in a block of its own, as the reference implementation does.
    pub(crate) fn send(&mut self, kind: &str, data: &Value) {
        let data = data.to_string();
        self.raw(
            format!("{{\"type\":\"{kind}\",\"version\":\"1.9.0\",\"data_length\":{}}}\n{data}", data.len()).as_bytes(),
        );
    }

    /// Sends an event with its data in the header and sound behind it; false once the hub has hung up.
    pub(crate) fn write(&mut self, kind: &str, data: &Value, payload: &[u8]) -> bool {
        let header = json!({ "type": kind, "data": data, "payload_length": payload.len() });
        let stream = self.stream.get_mut();
        stream.write_all(format!("{header}\n").as_bytes()).and_then(|()| stream.write_all(payload)).is_ok()
    }

    /// Sends bytes as they are; the hub may have hung up on what came before.
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        let _ = self.stream.get_mut().write_all(bytes);
    }

    /// The next event; none when the hub hangs up.
    pub(crate) fn read(&mut self) -> Option<Event> {
        let mut line = String::new();
        if self.stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let header: Value = serde_json::from_str(&line).unwrap();
        let mut block = |name: &str| {
            let mut bytes = vec![0; header[name].as_u64().unwrap_or(0).try_into().unwrap()];
            self.stream.read_exact(&mut bytes).map(|()| bytes).ok()
        };
        let (data, payload) = (block("data_length")?, block("payload_length")?);
        let data = if data.is_empty() { json!({}) } else { serde_json::from_slice(&data).unwrap() };
        Some((header["type"].as_str().unwrap().to_owned(), data, payload))
    }

    /// Whether nothing comes for so long.
    pub(crate) fn is_quiet_for(&mut self, time: Duration) -> bool {
        self.stream.get_ref().set_read_timeout(Some(time)).unwrap();
        let is_quiet = self.stream.fill_buf().is_err();
        self.stream.get_ref().set_read_timeout(Some(LONG)).unwrap();
        is_quiet
    }

    /// Reads on to the end; whether the hub has hung up.
    pub(crate) fn is_left(&mut self) -> bool {
        self.stream.read_to_end(&mut Vec::new()).is_ok()
    }
}
