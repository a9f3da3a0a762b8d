//! What keeps a language model's engine: starts it, serves what is asked, starts it again when it dies, and changes to
//! another model while the old one still answers.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use engine_protocol::{FailKind, Loaded, ModelFile, Reply, Request};
use mind::understand::Ask;
use tokio::sync::{mpsc, oneshot, watch};
use tracing::{error, info, warn};

use super::intent_automaton::{AutomatonParts, piece};
use crate::backoff::Backoff;
use crate::engine::Engine;

/// How to run the engine.
#[derive(Clone, Debug)]
pub struct LanguageModelSettings {
    /// What the model is called here.
    pub name: String,
    /// The engine's program.
    pub program: PathBuf,
    /// The model's file; of an intent model, the network that writes.
    pub file: ModelPath,
    /// What it is asked for.
    pub purpose: Purpose,
    /// Threads; the engine chooses if absent.
    pub threads: Option<u32>,
    /// The most memory the engine may take, in MiB.
    pub memory_mb: Option<u64>,
    /// How long a request may take.
    pub deadline: Duration,
}

/// A file of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelPath {
    /// Where it is.
    pub path: PathBuf,
    /// What its SHA-256 must be; unchecked if absent.
    pub sha256: Option<String>,
}

/// What a model is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Intent codes, of this hub's dialect.
    Codes {
        /// The network that reads what was said.
        encoder: ModelPath,
    },
    /// Chats, which any instruct model can.
    Chats,
}

/// A message for a model that chats.
#[derive(Clone, Debug)]
pub struct Chat {
    /// What it is told about its task.
    pub system: String,
    /// The message.
    pub user: String,
    /// The JSON schema that the answer fits.
    pub schema: String,
    /// Most tokens of the answer.
    pub max_tokens: u32,
}

/// Whether the model can be asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Health {
    /// It is being started.
    Starting,
    /// It is ready.
    Ready(Loaded),
    /// It can't be used, for this reason.
    Broken(String),
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelError {
    /// There is no engine.
    Absent,
    /// It broke off, or took too long.
    Failed,
}

/// Which model answers.
#[derive(Clone, Debug)]
pub(super) struct Serving {
    pub(super) name: Arc<str>,
    /// Of its files; a model of which none is known can be another one tomorrow, and nothing of it is remembered.
    pub(super) hash: Option<Arc<str>>,
}

#[derive(Debug)]
pub(super) struct Job {
    pub(super) work: Work,
    pub(super) answer: oneshot::Sender<Given>,
}

/// An answer, with the hash of the model that gave it.
pub(super) type Given = Result<(Reply, Option<Arc<str>>), ModelError>;

#[derive(Debug)]
pub(super) enum Work {
    Code(Ask),
    Chat(Chat),
}

impl Serving {
    pub(super) fn of(settings: &LanguageModelSettings) -> Self {
        let encoder = match &settings.purpose {
            Purpose::Codes { encoder } => encoder.sha256.clone(),
            Purpose::Chats => None,
        };
        let hash = encoder.zip(settings.file.sha256.clone()).map(|(encoder, decoder)| encoder + &decoder);
        Self { name: settings.name.as_str().into(), hash: hash.map(Into::into) }
    }
}

/// Where the keeper tells how things stand.
pub(super) struct Told {
    pub(super) health: watch::Sender<Health>,
    pub(super) serving: watch::Sender<Serving>,
}

impl Told {
    fn ready(&self, settings: &LanguageModelSettings, loaded: Loaded) {
        info!(
            name = settings.name,
            load_ms = loaded.load_ms,
            rss_kb = loaded.rss_kb,
            parameters = loaded.params,
            "A language model is ready."
        );
        self.serving.send_replace(Serving::of(settings));
        self.health.send_replace(Health::Ready(loaded));
    }

    fn unusable(&self, settings: &LanguageModelSettings, reason: &anyhow::Error) {
        warn!(name = settings.name, reason = format!("{reason:#}"), "A language model's engine can't be started.");
        self.health.send_replace(Health::Broken(format!("{reason:#}")));
    }
}

/// Why an engine serves no more.
enum End {
    /// Nobody can ask any more.
    Unasked,
    /// Another model is wanted.
    Changed,
    /// It broke off, for this reason.
    Broke(String),
}

/// Owns the engine: starts it, serves jobs, starts it again with growing pauses when it dies, and changes to another
/// model when one is wanted.
pub(super) async fn keep(
    mut wanted: watch::Receiver<LanguageModelSettings>,
    mut jobs: mpsc::Receiver<Job>,
    told: Told,
) {
    let automaton = Arc::new(AutomatonParts::new());
    let mut backoff = Backoff::between(FIRST_PAUSE, MAX_PAUSE, BACKOFF_RESET_AFTER);
    loop {
        backoff.begin();
        let mut settings = wanted.borrow_and_update().clone();
        match load(&settings).await {
            Ok((mut engine, loaded)) => {
                told.ready(&settings, loaded);
                loop {
                    match serve(&mut engine, &settings, &mut jobs, &automaton, &mut wanted).await {
                        End::Unasked => return,
                        End::Changed => change(&mut engine, &mut settings, &mut wanted, &told).await,
                        End::Broke(reason) => {
                            let name = &settings.name;
                            error!(name, %reason, "A language model's engine broke off; it is started again.");
                            told.health.send_replace(Health::Starting);
                            break;
                        }
                    }
                }
            }
            Err(reason) => told.unusable(&settings, &reason),
        }
        tokio::select! {
            () = backoff.wait() => {}
            // Another model may be whole.
            Ok(()) = wanted.changed() => {}
        }
    }
}

/// Loads the model that is wanted beside the one that serves, and puts it in its place.
async fn change(
    engine: &mut LanguageEngine,
    settings: &mut LanguageModelSettings,
    wanted: &mut watch::Receiver<LanguageModelSettings>,
    told: &Told,
) {
    let next = wanted.borrow_and_update().clone();
    match load(&next).await {
        Ok((loaded_engine, loaded)) => {
            *engine = loaded_engine;
            *settings = next;
            told.ready(settings, loaded);
        }
        Err(reason) => {
            let (name, stays) = (&next.name, &settings.name);
            warn!(name, stays, reason = format!("{reason:#}"), "A model can't be used, and the one in use stays.");
        }
    }
}

/// Serves jobs until the engine dies, another model is wanted, or nobody can ask any more.
async fn serve(
    engine: &mut LanguageEngine,
    settings: &LanguageModelSettings,
    jobs: &mut mpsc::Receiver<Job>,
    automaton: &AutomatonParts,
    wanted: &mut watch::Receiver<LanguageModelSettings>,
) -> End {
    let hash = Serving::of(settings).hash;
    let mut id = 0;
    loop {
        let job = tokio::select! {
            job = jobs.recv() => match job {
                Some(job) => job,
                None => return End::Unasked,
            },
            Ok(()) = wanted.changed() => return End::Changed,
            reason = engine.ended() => return End::Broke(reason),
        };
        let has_gone = job.answer.is_closed();
        if has_gone {
            continue;
        }
        id += 1;
        let run = request(id, job.work, settings.deadline, automaton);
        let told = tokio::time::timeout(settings.deadline + DEADLINE_SLACK, answer(engine, id, &run)).await;
        let (given, broken) = match told {
            Ok(Ok(Ok(reply))) => (Ok((reply, hash.clone())), None),
            Ok(Ok(Err((kind, message)))) => {
                warn!(?kind, %message, "A language model gave no answer.");
                (Err(ModelError::Failed), None)
            }
            Ok(Err(reason)) => (Err(ModelError::Failed), Some(format!("{reason:#}"))),
            Err(_) => (Err(ModelError::Failed), Some("the engine did not keep its deadline".to_owned())),
        };
        // The person may have gone; that is no fault.
        let _ = job.answer.send(given);
        if let Some(reason) = broken {
            return End::Broke(reason);
        }
    }
}

fn request(id: u64, work: Work, deadline: Duration, automaton: &AutomatonParts) -> Request {
    let deadline_ms = u64::try_from(deadline.as_millis()).unwrap_or(u64::MAX);
    match work {
        Work::Code(ask) => Request::Run {
            id,
            pieces: ask.pieces.iter().map(piece).collect(),
            automaton: automaton.for_ask(&ask),
            max_tokens: MAX_TOKENS,
            deadline_ms,
        },
        Work::Chat(Chat { system, user, schema, max_tokens }) => {
            Request::Chat { id, system, user, schema, max_tokens, deadline_ms }
        }
    }
}

pub(super) type LanguageEngine = Engine<Request, Reply>;

/// Starts an engine and has it load the model.
pub(super) async fn load(settings: &LanguageModelSettings) -> anyhow::Result<(LanguageEngine, Loaded)> {
    let memory = settings.memory_mb.map(|memory_mb| ["--memory-mb".to_owned(), memory_mb.to_string()]);
    let mut engine = LanguageEngine::spawn(&settings.program, &memory.into_iter().flatten().collect::<Vec<_>>())?;
    let (encoder, n_ctx) = match &settings.purpose {
        Purpose::Codes { encoder } => (Some(model_file(encoder)?), CONTEXT),
        Purpose::Chats => (None, CHAT_CONTEXT),
    };
    let load = Request::Load { file: model_file(&settings.file)?, encoder, threads: settings.threads, n_ctx };
    engine.send(&load, &[]).await?;
    let reply = tokio::time::timeout(LOAD_TIME, engine.receive()).await.context("wait for the model to load")??;
    match reply.message {
        Reply::Ready(loaded)
            if settings.purpose == Purpose::Chats || loaded.dialect == mind::understand::code::DIALECT =>
        {
            Ok((engine, loaded))
        }
        Reply::Ready(loaded) => bail!(
            "the model speaks dialect {} of the intent code and this hub speaks {}: use the model that came with \
             this version",
            loaded.dialect,
            mind::understand::code::DIALECT
        ),
        Reply::Failed { message, .. } => bail!("load `{}`: {message}", settings.file.path.display()),
        Reply::Done(_) | Reply::Said(_) | Reply::Pong { .. } => {
            bail!("the engine answered something else than asked")
        }
    }
}

/// Has an engine answer one request.
pub(super) async fn answer(
    engine: &mut LanguageEngine,
    id: u64,
    request: &Request,
) -> anyhow::Result<Result<Reply, (FailKind, String)>> {
    engine.send(request, &[]).await?;
    loop {
        // No reply of this engine has a payload.
        let reply = engine.receive().await?.message;
        match reply {
            Reply::Done(ref answer) if answer.id == id => return Ok(Ok(reply)),
            Reply::Said(ref said) if said.id == id => return Ok(Ok(reply)),
            Reply::Failed { id: failed, kind, message } if failed == Some(id) || failed.is_none() => {
                return Ok(Err((kind, message)));
            }
            // Late words about an earlier run.
            Reply::Done(_) | Reply::Said(_) | Reply::Failed { .. } | Reply::Pong { .. } | Reply::Ready(_) => {}
        }
    }
}

fn model_file(file: &ModelPath) -> anyhow::Result<ModelFile> {
    Ok(ModelFile { path: text_of(&file.path)?, sha256: file.sha256.clone() })
}

fn text_of(path: &Path) -> anyhow::Result<String> {
    path.to_str().map(str::to_owned).with_context(|| format!("the model's path `{}` is not UTF-8", path.display()))
}

/// Vectors of the prompt and tokens of the code together: 64 words with marks, what went before, and a code.
const CONTEXT: u32 = 256;
/// What a general model is told, the names that fit, and its answer.
const CHAT_CONTEXT: u32 = 4096;
/// Tokens of code, `end` included.
const MAX_TOKENS: u32 = 65;
/// What the engine gets beyond its own deadline before it is taken for hung.
pub(super) const DEADLINE_SLACK: Duration = Duration::from_millis(500);
/// A small model loads in well under a second; a large one on an SD card may take long.
pub(super) const LOAD_TIME: Duration = Duration::from_secs(120);
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const MAX_PAUSE: Duration = Duration::from_secs(30);
/// An engine that ran so long is taken to have started well.
const BACKOFF_RESET_AFTER: Duration = Duration::from_secs(5);
