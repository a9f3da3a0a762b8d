//! What arrives on standard input, read by a thread of its own,
//! so that a cancellation is seen while the model is computing.

use crate::failure::Failure;
use engine_process::clock;
use engine_protocol::{FailKind, Frame, FrameError, Request};
use std::collections::VecDeque;
use std::io::stdin;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Instant;

pub(crate) enum Arrival {
    Request(Request, Instant),
    /// A frame that is no message; the next one can be read.
    Malformed(String),
    /// Nothing more will come. The text says what was wrong, if anything was.
    Closed(Option<String>),
}

pub(crate) struct Inbox {
    arrivals: Receiver<Arrival>,
    /// What arrived during a run and waits for its end.
    waiting: VecDeque<Arrival>,
}

/// What to say at once to something that arrived during a run.
pub(crate) enum Aside {
    Pong,
    Cancelled { id: u64 },
}

impl Inbox {
    pub(crate) fn open() -> std::io::Result<Self> {
        let (sender, arrivals) = sync_channel(MAX_WAITING);
        std::thread::Builder::new().name("inbox".to_owned()).spawn(move || read_all(&sender))?;
        let waiting = VecDeque::new();
        Ok(Self { arrivals, waiting })
    }

    pub(crate) fn next(&mut self) -> Arrival {
        let waited = self.waiting.pop_front();
        waited.unwrap_or_else(|| self.arrivals.recv().unwrap_or(Arrival::Closed(None)))
    }

    /// Looks at what arrived while `id` is running; fails if the run must stop.
    pub(crate) fn glance(&mut self, id: u64, deadline: Instant, mut say: impl FnMut(Aside)) -> Result<(), Failure> {
        while self.waiting.len() < MAX_WAITING {
            let Ok(arrival) = self.arrivals.try_recv() else {
                break;
            };
            match arrival {
                Arrival::Request(Request::Ping, _) => say(Aside::Pong),
                Arrival::Request(Request::Cancel { id: other }, _) if other == id => {
                    return Err(cancelled("by the hub"));
                }
                Arrival::Request(Request::Cancel { id: other }, _) => {
                    if self.drop_waiting(other) {
                        say(Aside::Cancelled { id: other });
                    }
                }
                Arrival::Closed(why) => {
                    self.waiting.push_front(Arrival::Closed(why));
                    return Err(cancelled("because the hub is gone"));
                }
                other => self.waiting.push_back(other),
            }
        }
        match clock::now() < deadline {
            true => Ok(()),
            false => Err(Failure::new(FailKind::Deadline, "time is over".to_owned())),
        }
    }

    fn drop_waiting(&mut self, id: u64) -> bool {
        let before = self.waiting.len();
        self.waiting.retain(|arrival| {
            !matches!(
                arrival,
                Arrival::Request(Request::Run { id: other, .. } | Request::Chat { id: other, .. }, _) if *other == id
            )
        });
        self.waiting.len() < before
    }
}

fn read_all(sender: &SyncSender<Arrival>) {
    let mut stream = stdin().lock();
    loop {
        let arrival = match engine_protocol::read_frame(&mut stream) {
            // No request to this engine has a payload.
            Ok(Some(Frame { message, payload: _ })) => Arrival::Request(message, clock::now()),
            Ok(None) => Arrival::Closed(None),
            Err(error @ FrameError::Malformed(_)) => Arrival::Malformed(error.to_string()),
            Err(error) => Arrival::Closed(Some(error.to_string())),
        };
        let is_last = matches!(arrival, Arrival::Closed(_));
        if sender.send(arrival).is_err() || is_last {
            return;
        }
    }
}

fn cancelled(how: &str) -> Failure {
    Failure::new(FailKind::Cancelled, format!("cancelled {how}"))
}

/// The hub sends one run at a time; the rest is room for pings and cancellations.
const MAX_WAITING: usize = 16;
