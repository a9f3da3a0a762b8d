//! Serves the hub: reads its requests and hands sound to the streams, until standard input closes.

use std::collections::BTreeMap;
use std::io::stdin;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use engine_process::{clock, memory};
use engine_protocol::pcm::from_bytes;
use engine_protocol::speech::{
    MAX_ALTERNATIVES, MAX_STREAMS, SAMPLE_RATE_HZ, SpeechFailKind, SpeechReply, SpeechRequest,
};
use engine_protocol::{Frame, FrameError, read_frame};

use crate::outbox::send;
use crate::spot::Phrases;
use crate::stream::{Refused, Sought, Stream};
use crate::vosk::{Library, Model, Recognizer};

/// Serves until the input closes.
///
/// # Errors
/// If the streams to the hub break.
pub(crate) fn serve() -> anyhow::Result<()> {
    let mut engine = Engine::default();
    let mut input = stdin().lock();
    loop {
        let reply = match read_frame::<SpeechRequest>(&mut input) {
            Ok(Some(Frame { message, payload })) => engine.answer(message, &payload),
            Ok(None) => return Ok(()),
            Err(error @ FrameError::Malformed(_)) => Some(failed(None, SpeechFailKind::Internal, error.to_string())),
            Err(error) => return Err(error).context("read from the hub"),
        };
        if let Some(reply) = reply {
            send(&reply)?;
        }
    }
}

#[derive(Default)]
struct Engine {
    /// The library that was opened last, by its file: it is opened once, for it can't be closed safely.
    library: Option<(PathBuf, Library)>,
    model: Option<Model>,
    streams: BTreeMap<u64, Stream>,
}

impl Engine {
    fn answer(&mut self, request: SpeechRequest, payload: &[u8]) -> Option<SpeechReply> {
        match request {
            SpeechRequest::Load { library, model } => Some(self.load(Path::new(&library), Path::new(&model))),
            SpeechRequest::Begin { stream, alternatives } => self.begin(stream, alternatives),
            SpeechRequest::Spot { stream, phrases, others } => self.spot(stream, Phrases::new(phrases, others)),
            SpeechRequest::Sound { stream } => self.hear(stream, payload),
            SpeechRequest::End { stream } => self.end(stream),
            SpeechRequest::Cancel { stream } => {
                self.streams.remove(&stream);
                None
            }
            SpeechRequest::Ping => {
                let streams = u32::try_from(self.streams.len()).unwrap_or(u32::MAX);
                Some(SpeechReply::Pong { rss_kb: memory::rss_kb(), streams })
            }
        }
    }

    fn load(&mut self, library: &Path, folder: &Path) -> SpeechReply {
        let began = clock::now();
        let opened = match &self.library {
            Some((path, opened)) if path == library => Ok(opened.clone()),
            _ => Library::open(library),
        };
        let opened = match opened {
            Ok(opened) => opened,
            Err(error) => return failed(None, SpeechFailKind::BadLibrary, format!("{error:#}")),
        };
        self.library = Some((library.to_owned(), opened.clone()));
        match opened.load(folder) {
            Ok(model) => {
                self.model = Some(model);
                SpeechReply::Ready { load_ms: clock::ms_since(began), rss_kb: memory::rss_kb() }
            }
            Err(error) => failed(None, SpeechFailKind::BadModel, format!("{error:#}")),
        }
    }

    fn begin(&mut self, id: u64, alternatives: u32) -> Option<SpeechReply> {
        let alternatives = alternatives.clamp(1, MAX_ALTERNATIVES);
        let recognizer = |model: &Model| model.recognizer(SAMPLE_RATE_HZ, alternatives);
        self.listen(id, recognizer, Sought::Words(alternatives))
    }

    fn spot(&mut self, id: u64, phrases: Phrases) -> Option<SpeechReply> {
        let json = phrases.json();
        self.listen(id, |model| model.spotter(SAMPLE_RATE_HZ, &json), Sought::Phrases(phrases))
    }

    fn listen(
        &mut self,
        id: u64,
        recognizer: impl FnOnce(&Model) -> anyhow::Result<Recognizer>,
        sought: Sought,
    ) -> Option<SpeechReply> {
        if MAX_STREAMS <= self.streams.len() {
            return Some(failed(
                Some(id),
                SpeechFailKind::TooManyStreams,
                format!("{MAX_STREAMS} streams run already"),
            ));
        }
        let model = self.model.as_ref().context("no model is loaded");
        match model.and_then(recognizer).and_then(|recognizer| Stream::begin(id, recognizer, sought)) {
            Ok(stream) => {
                self.streams.insert(id, stream);
                None
            }
            Err(error) => Some(failed(Some(id), SpeechFailKind::Internal, format!("{error:#}"))),
        }
    }

    fn hear(&mut self, id: u64, payload: &[u8]) -> Option<SpeechReply> {
        let (samples, rest) = from_bytes(payload);
        if !rest.is_empty() {
            return Some(self.drop_stream(id, SpeechFailKind::Internal, "half a sample"));
        }
        // Sound that is still on its way to a stream that has failed is no news.
        match self.streams.get(&id)?.hear(samples) {
            Ok(()) => None,
            Err(Refused::TooFast) => {
                Some(self.drop_stream(id, SpeechFailKind::TooMuchSound, "sound comes faster than it can be heard"))
            }
            Err(Refused::Over) => {
                self.streams.remove(&id);
                None
            }
        }
    }

    fn end(&mut self, id: u64) -> Option<SpeechReply> {
        let Some(stream) = self.streams.remove(&id) else {
            return Some(failed(Some(id), SpeechFailKind::Internal, "no such stream".to_owned()));
        };
        // One that has ended by itself has said so.
        let _ = stream.end(clock::now());
        None
    }

    fn drop_stream(&mut self, id: u64, kind: SpeechFailKind, message: &str) -> SpeechReply {
        self.streams.remove(&id);
        failed(Some(id), kind, message.to_owned())
    }
}

fn failed(stream: Option<u64>, kind: SpeechFailKind, message: String) -> SpeechReply {
    SpeechReply::Failed { stream, kind, message }
}
