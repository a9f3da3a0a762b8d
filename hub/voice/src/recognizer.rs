//! The recogniser in an engine of its own: many streams at once, started again when it dies.
//!
//! Knows a program, a library and a model's folder; knows nothing of who speaks or of what is made of the words.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use engine_protocol::speech::{
    MAX_ALTERNATIVES, SAMPLE_RATE_HZ, SpeechFailKind, SpeechReply, SpeechRequest, SpokenWord,
};
use runtime::backoff::Backoff;
use tokio::sync::{mpsc, oneshot, watch};
use tracing::{error, info, warn};

use crate::audio::to_bytes;
use crate::heard::Heard;
use crate::speech_engine::{LOAD_TIME, SpeechEngine};

/// How to run the recogniser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecognizerSettings {
    /// The engine's program.
    pub program: PathBuf,
    /// The file of the recogniser's library.
    pub library: PathBuf,
    /// The model's folder, until another is switched to.
    pub model: PathBuf,
    /// Where the words of this house are put for it.
    pub words: PathBuf,
    /// The program that says how words sound: espeak-ng.
    pub speaker: PathBuf,
    /// The most memory the engine may take, in MiB.
    pub memory_mb: Option<u64>,
}

/// Whether speech can be heard.
#[derive(Clone, Debug, PartialEq)]
pub enum RecognizerHealth {
    /// It is being started.
    Starting,
    /// It is ready; so long the model took to load, in milliseconds.
    Ready {
        /// Time to load the model.
        load_ms: f64,
    },
    /// It can't be used, for this reason.
    Broken(String),
    /// None is wanted.
    Off,
}

/// What comes of a stream while it is heard.
#[derive(Clone, Debug, PartialEq)]
pub enum StreamEvent {
    /// What has been made out so far.
    Partial(String),
    /// A phrase that is listened for may be among these words.
    Spotted(Vec<SpokenWord>),
    /// What was heard; the stream is over.
    Heard(Heard),
    /// It came to nothing; the stream is over.
    Failed(HearError),
}

/// Why nothing was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HearError {
    /// There is no recogniser.
    #[error("speech can't be heard: there is no recogniser")]
    Absent,
    /// As many speak already as can be heard.
    #[error("too many are speaking at once")]
    Busy,
    /// There is more sound than is heard at once, or it comes too fast.
    #[error("that was too much sound at once")]
    TooMuch,
    /// It broke off, or took too long.
    #[error("the recogniser broke off")]
    Failed,
}

/// A handle to the recogniser. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Recognizer {
    orders: mpsc::Sender<Order>,
    health: watch::Receiver<RecognizerHealth>,
    model: watch::Receiver<PathBuf>,
}

/// Sound on its way to the recogniser. Dropped before its end, it is given up.
#[derive(Debug)]
pub struct Stream {
    id: u64,
    orders: mpsc::Sender<Order>,
    events: mpsc::Receiver<StreamEvent>,
    is_over: bool,
}

#[derive(Debug)]
enum Order {
    Begin { sought: Sought, events: mpsc::Sender<StreamEvent>, id: oneshot::Sender<u64> },
    Sound { id: u64, samples: Vec<i16> },
    End { id: u64 },
    Cancel { id: u64 },
    Load { folder: PathBuf, done: oneshot::Sender<bool> },
    Switch { model: PathBuf },
}

/// What a stream is listened to for.
#[derive(Debug)]
enum Sought {
    /// Words.
    Words,
    /// Some phrases, among other words.
    Phrases { phrases: Vec<String>, others: Vec<String> },
}

impl Recognizer {
    /// Starts the engine's keeper with the model as it is. The engine itself comes up in the background.
    pub fn start(settings: RecognizerSettings) -> Self {
        let (orders, taken) = mpsc::channel(MAX_WAITING);
        let (health, watch) = watch::channel(RecognizerHealth::Starting);
        let (model, used) = watch::channel(settings.model.clone());
        tokio::spawn(keep(settings, taken, Told { health, model }));
        Self { orders, health: watch, model: used }
    }

    /// A handle without an engine behind it, for who wants to hear nothing.
    pub fn off() -> Self {
        let (orders, _) = mpsc::channel(1);
        let (_, health) = watch::channel(RecognizerHealth::Off);
        let (_, model) = watch::channel(PathBuf::new());
        Self { orders, health, model }
    }

    /// The folder of the model in use.
    pub fn model(&self) -> PathBuf {
        self.model.borrow().clone()
    }

    /// Follows which model is in use.
    pub fn follow(&self) -> watch::Receiver<PathBuf> {
        let mut model = self.model.clone();
        model.mark_unchanged();
        model
    }

    /// Goes on with the model of another folder: what is being heard is given up, and the engine started anew.
    pub async fn switch(&self, model: PathBuf) {
        let _ = self.orders.send(Order::Switch { model }).await;
    }

    /// Whether speech can be heard.
    pub fn health(&self) -> RecognizerHealth {
        self.health.borrow().clone()
    }

    /// Waits until it is ready or known to be broken.
    pub async fn settled(&self) -> RecognizerHealth {
        let mut health = self.health.clone();
        let settled = health.wait_for(|health| *health != RecognizerHealth::Starting).await;
        settled.map_or(RecognizerHealth::Broken("the recogniser's keeper ended".to_owned()), |health| health.clone())
    }

    /// Waits until it is ready, for ever where it never is.
    pub async fn until_ready(&self) {
        let mut health = self.health.clone();
        let is_ready = |health: &RecognizerHealth| matches!(health, RecognizerHealth::Ready { .. });
        if health.wait_for(is_ready).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Takes another folder for the model's: the same with the words of the house as they are now. Streams that run
    /// are heard to their end with the old one. False if it can't be loaded; then the old one stays.
    pub async fn load(&self, folder: PathBuf) -> bool {
        let (done, loaded) = oneshot::channel();
        if self.orders.send(Order::Load { folder, done }).await.is_err() {
            return false;
        }
        loaded.await.unwrap_or(false)
    }

    /// Begins to listen.
    ///
    /// # Errors
    /// If there is no recogniser.
    pub async fn begin(&self) -> Result<Stream, HearError> {
        self.seek(Sought::Words).await
    }

    /// Begins to listen for phrases alone; `others` are words that are told from them.
    ///
    /// # Errors
    /// If there is no recogniser.
    pub async fn spot(&self, phrases: Vec<String>, others: Vec<String>) -> Result<Stream, HearError> {
        self.seek(Sought::Phrases { phrases, others }).await
    }

    async fn seek(&self, sought: Sought) -> Result<Stream, HearError> {
        if matches!(*self.health.borrow(), RecognizerHealth::Broken(_) | RecognizerHealth::Off) {
            return Err(HearError::Absent);
        }
        let (events, heard) = mpsc::channel(MAX_EVENTS);
        let (id, given) = oneshot::channel();
        self.orders.try_send(Order::Begin { sought, events, id }).map_err(|_| HearError::Busy)?;
        let id = tokio::time::timeout(LOAD_TIME, given).await.ok().and_then(Result::ok).ok_or(HearError::Failed)?;
        Ok(Stream { id, orders: self.orders.clone(), events: heard, is_over: false })
    }

    /// Hears sound that is there as a whole.
    ///
    /// # Errors
    /// If there is no recogniser, it is busy, there is too much sound, or it broke off.
    pub async fn hear(&self, samples: &[i16]) -> Result<Heard, HearError> {
        let stream = self.begin().await?;
        for piece in samples.chunks(FILE_PIECE) {
            stream.sound(piece.to_vec()).await?;
        }
        stream.end().await
    }
}

impl Stream {
    /// The next sound.
    ///
    /// # Errors
    /// If the recogniser is gone.
    pub async fn sound(&self, samples: Vec<i16>) -> Result<(), HearError> {
        self.orders.send(Order::Sound { id: self.id, samples }).await.map_err(|_| HearError::Failed)
    }

    /// What has come of it; none once it is over.
    pub async fn event(&mut self) -> Option<StreamEvent> {
        let event = self.events.recv().await;
        self.is_over |= !matches!(event, Some(StreamEvent::Partial(_) | StreamEvent::Spotted(_)));
        event
    }

    /// The sound is at its end; the events that are left tell the rest.
    ///
    /// # Errors
    /// If the recogniser is gone.
    pub async fn finish(&self) -> Result<(), HearError> {
        self.orders.send(Order::End { id: self.id }).await.map_err(|_| HearError::Failed)
    }

    /// The sound is at its end: what was heard.
    ///
    /// # Errors
    /// If it came to nothing.
    pub async fn end(mut self) -> Result<Heard, HearError> {
        self.finish().await?;
        let heard = async {
            loop {
                match self.event().await {
                    Some(StreamEvent::Partial(_) | StreamEvent::Spotted(_)) => {}
                    Some(StreamEvent::Heard(heard)) => return Ok(heard),
                    Some(StreamEvent::Failed(error)) => return Err(error),
                    None => return Err(HearError::Failed),
                }
            }
        };
        tokio::time::timeout(END_TIME, heard).await.unwrap_or(Err(HearError::Failed))
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        if !self.is_over {
            // A keeper that has no room is behind; a stream without sound ends by itself.
            let _ = self.orders.try_send(Order::Cancel { id: self.id });
        }
    }
}

/// Owns the engine: starts it, carries sound to it and words from it, and starts it again when it dies.
async fn keep(mut settings: RecognizerSettings, mut orders: mpsc::Receiver<Order>, told: Told) {
    let mut backoff = Backoff::between(FIRST_PAUSE, MAX_PAUSE, BACKOFF_RESET_AFTER);
    let mut folder = settings.model.clone();
    loop {
        backoff.begin();
        let RecognizerSettings { program, library, memory_mb, .. } = &settings;
        match SpeechEngine::start(program, library, *memory_mb, &folder).await {
            Ok((engine, load_ms)) => {
                info!(load_ms, "The recogniser is ready.");
                told.health.send_replace(RecognizerHealth::Ready { load_ms });
                let mut keeper = Keeper { engine, streams: BTreeMap::new(), last_id: 0, folder };
                match keeper.serve(&settings, &mut orders).await {
                    Ended::Broke(reason) => {
                        error!(%reason, "The recogniser broke off; it is started again.");
                        told.health.send_replace(RecognizerHealth::Starting);
                        keeper.fail_all().await;
                        folder = keeper.folder;
                    }
                    Ended::Switched(model) => {
                        folder = told.switched(&mut settings, model);
                        keeper.fail_all().await;
                        continue;
                    }
                    Ended::Unwanted => return,
                }
            }
            Err(reason) => {
                warn!(%reason, "The recogniser can't be started.");
                told.health.send_replace(RecognizerHealth::Broken(reason));
                // The words of the house may be what is wrong.
                folder.clone_from(&settings.model);
            }
        }
        match pause(&mut orders, backoff.next_pause()).await {
            None => {}
            Some(Ended::Switched(model)) => folder = told.switched(&mut settings, model),
            Some(Ended::Broke(_) | Ended::Unwanted) => return,
        }
    }
}

/// Where the keeper tells how things stand.
struct Told {
    health: watch::Sender<RecognizerHealth>,
    model: watch::Sender<PathBuf>,
}

impl Told {
    /// Another model is in use from now on: its folder.
    fn switched(&self, settings: &mut RecognizerSettings, model: PathBuf) -> PathBuf {
        info!(model = %model.display(), "The recogniser goes on with another model.");
        // In this order: who follows the model waits until it is ready, and knows why it fails what it heard.
        self.health.send_replace(RecognizerHealth::Starting);
        self.model.send_replace(model.clone());
        settings.model.clone_from(&model);
        model
    }
}

/// Why an engine serves no more.
enum Ended {
    /// It died, for this reason.
    Broke(String),
    /// The model of this folder takes its place.
    Switched(PathBuf),
    /// Nobody can ask any more.
    Unwanted,
}

/// Waits; whoever wants something meanwhile is told that there is nobody. Says why it waits no longer.
async fn pause(orders: &mut mpsc::Receiver<Order>, pause: Duration) -> Option<Ended> {
    let refuse = async {
        while let Some(order) = orders.recv().await {
            match order {
                Order::Load { done, .. } => drop(done.send(false)),
                Order::Switch { model } => return Ended::Switched(model),
                Order::Begin { .. } | Order::Sound { .. } | Order::End { .. } | Order::Cancel { .. } => {}
            }
        }
        Ended::Unwanted
    };
    tokio::time::timeout(pause, refuse).await.ok()
}

struct Keeper {
    engine: SpeechEngine,
    streams: BTreeMap<u64, mpsc::Sender<StreamEvent>>,
    last_id: u64,
    folder: PathBuf,
}

impl Keeper {
    /// Serves until the engine dies, another takes its place, or nobody can ask any more.
    async fn serve(&mut self, settings: &RecognizerSettings, orders: &mut mpsc::Receiver<Order>) -> Ended {
        loop {
            let done = tokio::select! {
                order = orders.recv() => match order {
                    Some(Order::Switch { model }) => return Ended::Switched(model),
                    Some(order) => self.order(order, settings).await,
                    None => return Ended::Unwanted,
                },
                reply = self.engine.replies.recv() => match reply {
                    Some(Ok(reply)) => self.reply(reply),
                    Some(Err(error)) => Err(error),
                    None => Err(anyhow::anyhow!("the engine ended")),
                },
            };
            if let Err(error) = done {
                return Ended::Broke(format!("{error:#}"));
            }
        }
    }

    async fn order(&mut self, order: Order, settings: &RecognizerSettings) -> anyhow::Result<()> {
        match order {
            Order::Begin { sought, events, id } => {
                self.last_id += 1;
                // Whoever asked may have gone.
                if id.send(self.last_id).is_err() {
                    return Ok(());
                }
                self.streams.insert(self.last_id, events);
                let stream = self.last_id;
                let begin = match sought {
                    Sought::Words => SpeechRequest::Begin { stream, alternatives: MAX_ALTERNATIVES },
                    Sought::Phrases { phrases, others } => SpeechRequest::Spot { stream, phrases, others },
                };
                self.engine.input.send(&begin, &[]).await
            }
            Order::Sound { id, samples } => {
                self.engine.input.send(&SpeechRequest::Sound { stream: id }, &to_bytes(&samples)).await
            }
            Order::End { id } => self.engine.input.send(&SpeechRequest::End { stream: id }, &[]).await,
            // It is taken before it comes here.
            Order::Switch { .. } => Ok(()),
            Order::Cancel { id } => {
                self.streams.remove(&id);
                self.engine.input.send(&SpeechRequest::Cancel { stream: id }, &[]).await
            }
            Order::Load { folder, done } => {
                let is_loaded = self.load(settings, &folder).await?;
                if is_loaded {
                    self.folder = folder;
                }
                let _ = done.send(is_loaded);
                Ok(())
            }
        }
    }

    /// Loads another folder; what streams that run have to say meanwhile is passed on.
    async fn load(&mut self, settings: &RecognizerSettings, folder: &Path) -> anyhow::Result<bool> {
        self.engine.load(&settings.library, folder).await?;
        loop {
            let next = tokio::time::timeout(LOAD_TIME, self.engine.replies.recv()).await;
            match next {
                Ok(Some(Ok(SpeechReply::Ready { .. }))) => return Ok(true),
                Ok(Some(Ok(SpeechReply::Failed { stream: None, message, .. }))) => {
                    warn!(%message, "The words of this house can't be loaded.");
                    return Ok(false);
                }
                Ok(Some(Ok(reply))) => self.reply(reply)?,
                Ok(Some(Err(error))) => return Err(error),
                Ok(None) | Err(_) => anyhow::bail!("the engine gave no answer to a model"),
            }
        }
    }

    fn reply(&mut self, reply: SpeechReply) -> anyhow::Result<()> {
        let (id, event) = match reply {
            SpeechReply::Partial { stream, text } => {
                let partial = StreamEvent::Partial(crate::language::unglued(&text));
                // A listener that is behind can do without a partial; the next says more.
                self.streams.get(&stream).map(|events| events.try_send(partial));
                return Ok(());
            }
            SpeechReply::Spotted { stream, words } => {
                self.streams.get(&stream).map(|events| events.try_send(StreamEvent::Spotted(words)));
                return Ok(());
            }
            SpeechReply::Heard { stream, alternatives, final_ms, work_ms } => {
                (stream, StreamEvent::Heard(Heard::of(alternatives, final_ms, work_ms)))
            }
            SpeechReply::Failed { stream: Some(stream), kind, message } => {
                warn!(?kind, %message, "A stream was not heard.");
                (stream, StreamEvent::Failed(why(kind)))
            }
            SpeechReply::Failed { stream: None, message, .. } => anyhow::bail!("{message}"),
            SpeechReply::Ready { .. } | SpeechReply::Pong { .. } => return Ok(()),
        };
        if let Some(events) = self.streams.remove(&id) {
            let _ = events.try_send(event);
        }
        Ok(())
    }

    async fn fail_all(&mut self) {
        for events in std::mem::take(&mut self.streams).into_values() {
            let _ = events.send(StreamEvent::Failed(HearError::Failed)).await;
        }
    }
}

fn why(kind: SpeechFailKind) -> HearError {
    match kind {
        SpeechFailKind::TooManyStreams => HearError::Busy,
        SpeechFailKind::TooMuchSound => HearError::TooMuch,
        SpeechFailKind::BadLibrary | SpeechFailKind::BadModel | SpeechFailKind::Internal => HearError::Failed,
    }
}

/// A quarter of a second: a whole file of the greatest length waits in the engine without being refused.
const FILE_PIECE: usize = SAMPLE_RATE_HZ as usize / 4;
/// Orders on their way: a second of sound of every stream.
const MAX_WAITING: usize = 256;
/// Partials that a listener may fall behind, and the end.
const MAX_EVENTS: usize = 64;
/// From the end of the longest sound to its words on the slowest board.
const END_TIME: Duration = Duration::from_secs(60);
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const MAX_PAUSE: Duration = Duration::from_secs(60);
const BACKOFF_RESET_AFTER: Duration = Duration::from_secs(60);
