//! A language model in an engine of its own: asked one thing at a time, started again when it dies.
//!
//! Knows a program, a file, tokens, an automaton and a schema; knows nothing of what an intent means.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use engine_protocol::{Answer, Automaton, FailKind, Loaded, ModelFile, Piece, Reply, Request, Said};
use mind::understand::Ask;
use store::Forget;
use tokio::sync::{mpsc, oneshot, watch};
use tracing::{error, info, warn};

use super::intent_automaton::{AutomatonParts, piece};
use super::memo::{self, Memo};
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

/// A handle to ask the model. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Model {
    name: Arc<str>,
    asks: mpsc::Sender<Job>,
    health: watch::Receiver<Health>,
    /// How long a request may wait, for its turn and for its answer.
    max_wait: Duration,
    /// What it answered before, with a hash of the model.
    memo: Option<(Memo, Arc<str>)>,
}

#[derive(Debug)]
struct Job {
    work: Work,
    answer: oneshot::Sender<Result<Reply, ModelError>>,
}

#[derive(Debug)]
enum Work {
    Code(Ask),
    Chat(Chat),
}

/// Loads a model in an engine of its own, has it read every token of the dialect, and ends the engine again.
///
/// # Errors
/// Why it can't be used.
pub async fn check(settings: &LanguageModelSettings) -> anyhow::Result<Loaded> {
    let (mut engine, loaded) = load(settings).await?;
    let mut automaton = Automaton::default();
    automaton.state(true);
    for (id, tokens) in (1..).zip(mind::understand::code::tokens().chunks(MAX_CHECKED)) {
        let run = Request::Run {
            id,
            pieces: tokens.iter().cloned().map(Piece::Special).collect(),
            automaton: automaton.clone(),
            max_tokens: 1,
            deadline_ms: u64::try_from(settings.deadline.as_millis()).unwrap_or(u64::MAX),
        };
        let told = tokio::time::timeout(settings.deadline + DEADLINE_SLACK, answer(&mut engine, id, &run))
            .await
            .context("wait for the model to answer")??;
        told.map_err(|(_, message)| anyhow::anyhow!("try `{}`: {message}", settings.file.path.display()))?;
    }
    Ok(loaded)
}

impl Model {
    /// Starts the engine's keeper. The engine itself comes up in the background.
    pub fn start(settings: LanguageModelSettings) -> Self {
        let (asks, jobs) = mpsc::channel(MAX_WAITING);
        let (health, watch) = watch::channel(Health::Starting);
        let max_wait = settings.deadline + DEADLINE_SLACK;
        let name = settings.name.as_str().into();
        tokio::spawn(keep(settings, jobs, health));
        Self { name, asks, health: watch, max_wait, memo: None }
    }

    /// Starts the engine's keeper; what it answered before is taken from a memo. A model of which no hash is known can
    /// be another one tomorrow, and is always asked.
    pub fn remembering(settings: LanguageModelSettings, memo: Memo) -> Self {
        let encoder = match &settings.purpose {
            Purpose::Codes { encoder } => encoder.sha256.clone(),
            Purpose::Chats => None,
        };
        let hash = encoder.zip(settings.file.sha256.clone()).map(|(encoder, decoder)| encoder + &decoder);
        Self { memo: hash.map(|hash| (memo, hash.into())), ..Self::start(settings) }
    }

    /// Forgets what was said.
    pub(crate) fn forget(&self, what: &Forget) {
        if let Some((memo, _)) = &self.memo {
            memo.forget(what);
        }
    }

    /// A handle without an engine behind it.
    pub fn absent() -> Self {
        let (asks, _) = mpsc::channel(1);
        let (_, health) = watch::channel(Health::Broken("no model is configured".to_owned()));
        Self { name: "none".into(), asks, health, max_wait: DEADLINE_SLACK, memo: None }
    }

    /// A model that answers with codes that were recorded, by the words of the utterance, and is so sure of each: for
    /// conversations that are run as tests.
    pub fn recorded(codes: std::collections::HashMap<String, Vec<String>>, sure: f32) -> Self {
        let (asks, mut jobs) = mpsc::channel::<Job>(MAX_WAITING);
        let (health, watch) = watch::channel(Health::Ready(Loaded {
            sha256: None,
            dialect: mind::understand::code::DIALECT,
            vocab: 0,
            params: 0,
            load_ms: 0.0,
            rss_kb: 0,
        }));
        tokio::spawn(async move {
            let _health = health;
            while let Some(job) = jobs.recv().await {
                let Work::Code(ask) = job.work else { continue };
                let text: String = ask
                    .pieces
                    .iter()
                    .filter_map(|piece| match piece {
                        mind::understand::prompt::Piece::Text(text) => Some(text.as_str()),
                        mind::understand::prompt::Piece::Special(_) => None,
                    })
                    .collect();
                let answer = codes.get(&mind::words::key(&text)).map(|tokens| {
                    let sure: Vec<f32> = std::iter::once(sure).chain(std::iter::repeat_n(1.0, tokens.len())).collect();
                    Reply::Done(Answer {
                        id: 0,
                        tokens: tokens.clone(),
                        probs: sure.clone(),
                        free_probs: sure,
                        prompt_tokens: 0,
                        fresh_tokens: 0,
                        prompt_ms: 0.0,
                        decode_ms: 0.0,
                    })
                });
                let _ = job.answer.send(answer.ok_or(ModelError::Failed));
            }
        });
        Self { name: "recorded".into(), asks, health: watch, max_wait: LOAD_TIME, memo: None }
    }

    /// What the model is called here.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it can be asked.
    pub fn health(&self) -> Health {
        self.health.borrow().clone()
    }

    /// Waits until it is ready or known to be broken.
    pub async fn settled(&self) -> Health {
        let mut health = self.health.clone();
        let settled = health.wait_for(|health| *health != Health::Starting).await;
        settled.map_or(Health::Broken("the engine's keeper ended".to_owned()), |health| health.clone())
    }

    /// Asks the model for a code.
    ///
    /// # Errors
    /// If the engine is not there, too many wait already, it took longer than its deadline, or it failed.
    pub async fn ask(&self, ask: Ask) -> Result<Answer, ModelError> {
        let key = self.memo.as_ref().map(|(memo, model)| (memo, memo::key(model, &ask)));
        if let Some(answer) = key.as_ref().and_then(|(memo, key)| memo.recall(key)) {
            return Ok(answer);
        }
        let Reply::Done(answer) = self.work(Work::Code(ask)).await? else { return Err(ModelError::Failed) };
        if let Some((memo, key)) = key {
            memo.keep(key, &answer);
        }
        Ok(answer)
    }

    /// Asks the model for an answer to a message.
    ///
    /// # Errors
    /// As of [`Self::ask`].
    pub async fn chat(&self, chat: Chat) -> Result<Said, ModelError> {
        match self.work(Work::Chat(chat)).await? {
            Reply::Said(said) => Ok(said),
            _ => Err(ModelError::Failed),
        }
    }

    async fn work(&self, work: Work) -> Result<Reply, ModelError> {
        if matches!(*self.health.borrow(), Health::Broken(_)) {
            return Err(ModelError::Absent);
        }
        let (answer, reply) = oneshot::channel();
        // A full queue means that people wait behind others already: better a quick "say it again" than a late deed.
        self.asks.try_send(Job { work, answer }).map_err(|_| ModelError::Failed)?;
        // An engine that is being started again may take long or never come up; nobody wants the deed by then.
        tokio::time::timeout(self.max_wait, reply)
            .await
            .map_or(Err(ModelError::Failed), |reply| reply.unwrap_or(Err(ModelError::Failed)))
    }
}

/// Owns the engine: starts it, serves jobs, and starts it again with growing pauses when it dies.
async fn keep(settings: LanguageModelSettings, mut jobs: mpsc::Receiver<Job>, health: watch::Sender<Health>) {
    let automaton = Arc::new(AutomatonParts::new());
    let mut backoff = Backoff::between(FIRST_PAUSE, MAX_PAUSE, BACKOFF_RESET_AFTER);
    loop {
        backoff.begin();
        match load(&settings).await {
            Ok((mut engine, loaded)) => {
                info!(
                    name = settings.name,
                    load_ms = loaded.load_ms,
                    rss_kb = loaded.rss_kb,
                    parameters = loaded.params,
                    "A language model is ready."
                );
                health.send_replace(Health::Ready(loaded));
                let Some(reason) = serve(&mut engine, &settings, &mut jobs, &automaton).await else { return };
                error!(name = settings.name, %reason, "A language model's engine broke off; it is started again.");
                health.send_replace(Health::Starting);
            }
            Err(reason) => {
                warn!(
                    name = settings.name,
                    reason = format!("{reason:#}"),
                    "A language model's engine can't be started."
                );
                health.send_replace(Health::Broken(format!("{reason:#}")));
            }
        }
        backoff.wait().await;
    }
}

/// Serves jobs until the engine dies (the reason) or nobody can ask any more (`None`).
async fn serve(
    engine: &mut LanguageEngine,
    settings: &LanguageModelSettings,
    jobs: &mut mpsc::Receiver<Job>,
    automaton: &AutomatonParts,
) -> Option<String> {
    let mut id = 0;
    loop {
        let job = tokio::select! {
            job = jobs.recv() => job?,
            reason = engine.ended() => return Some(reason),
        };
        let has_gone = job.answer.is_closed();
        if has_gone {
            continue;
        }
        id += 1;
        let run = request(id, job.work, settings.deadline, automaton);
        let told = tokio::time::timeout(settings.deadline + DEADLINE_SLACK, answer(engine, id, &run)).await;
        let (given, broken) = match told {
            Ok(Ok(Ok(reply))) => (Ok(reply), None),
            Ok(Ok(Err((kind, message)))) => {
                warn!(?kind, %message, "A language model gave no answer.");
                (Err(ModelError::Failed), None)
            }
            Ok(Err(reason)) => (Err(ModelError::Failed), Some(format!("{reason:#}"))),
            Err(_) => (Err(ModelError::Failed), Some("the engine did not keep its deadline".to_owned())),
        };
        // The person may have gone; that is no fault.
        let _ = job.answer.send(given);
        if broken.is_some() {
            return broken;
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

type LanguageEngine = Engine<Request, Reply>;

/// Starts an engine and has it load the model.
async fn load(settings: &LanguageModelSettings) -> anyhow::Result<(LanguageEngine, Loaded)> {
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
async fn answer(
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

/// Requests that may wait for the model; more people than this do not speak at once in a home.
const MAX_WAITING: usize = 8;
/// Vectors of the prompt and tokens of the code together: 64 words with marks, what went before, and a code.
const CONTEXT: u32 = 256;
/// What a general model is told, the names that fit, and its answer.
const CHAT_CONTEXT: u32 = 4096;
/// Tokens of code, `end` included.
const MAX_TOKENS: u32 = 65;
/// Tokens tried at once, which fit into the context with room to spare.
const MAX_CHECKED: usize = 128;
/// What the engine gets beyond its own deadline before it is taken for hung.
const DEADLINE_SLACK: Duration = Duration::from_millis(500);
/// A small model loads in well under a second; a large one on an SD card may take long.
const LOAD_TIME: Duration = Duration::from_secs(120);
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const MAX_PAUSE: Duration = Duration::from_secs(30);
/// An engine that ran so long is taken to have started well.
const BACKOFF_RESET_AFTER: Duration = Duration::from_secs(5);
