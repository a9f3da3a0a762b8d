//! A language model's engine: a child process, asked one thing at a time, started again when it dies.
//!
//! Knows a program, a file, tokens, an automaton and a schema; knows nothing of what an intent means.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use engine_protocol::{Answer, Automaton, FailKind, Loaded, Piece, Reply, Request, Said};
use mind::understand::Ask;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::{mpsc, oneshot, watch};
use tracing::{error, info, warn};

use crate::clock::Stopwatch;

/// How to run the engine.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What the model is called here.
    pub name: String,
    /// The engine's program.
    pub program: PathBuf,
    /// The model's file.
    pub file: PathBuf,
    /// What its SHA-256 must be; unchecked if absent.
    pub sha256: Option<String>,
    /// What it is asked for.
    pub purpose: Purpose,
    /// Threads; the engine chooses if absent.
    pub threads: Option<u32>,
    /// The most memory the engine may take, in MiB.
    pub memory_mb: Option<u64>,
    /// How long a request may take.
    pub deadline: Duration,
}

/// What a model is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Intent codes, of this hub's dialect.
    Codes,
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
pub async fn check(settings: &Settings) -> anyhow::Result<Loaded> {
    let (mut engine, loaded) = Engine::start(settings).await?;
    let mut automaton = Automaton::default();
    automaton.state(true);
    for (id, tokens) in (1..).zip(mind::code::tokens().chunks(MOST_CHECKED)) {
        let run = Request::Run {
            id,
            pieces: tokens.iter().cloned().map(Piece::Special).collect(),
            automaton: automaton.clone(),
            max_tokens: 1,
            deadline_ms: u64::try_from(settings.deadline.as_millis()).unwrap_or(u64::MAX),
        };
        let told = tokio::time::timeout(settings.deadline + GRACE, engine.run(id, &run))
            .await
            .context("wait for the model to answer")??;
        told.map_err(|(_, message)| anyhow::anyhow!("try `{}`: {message}", settings.file.display()))?;
    }
    Ok(loaded)
}

impl Model {
    /// Starts the engine's keeper. The engine itself comes up in the background.
    pub fn start(settings: Settings) -> Self {
        let (asks, jobs) = mpsc::channel(MOST_WAITING);
        let (health, watch) = watch::channel(Health::Starting);
        let max_wait = settings.deadline + GRACE;
        let name = settings.name.as_str().into();
        tokio::spawn(keep(settings, jobs, health));
        Self { name, asks, health: watch, max_wait }
    }

    /// A handle without an engine behind it.
    pub fn absent() -> Self {
        let (asks, _) = mpsc::channel(1);
        let (_, health) = watch::channel(Health::Broken("no model is configured".to_owned()));
        Self { name: "none".into(), asks, health, max_wait: GRACE }
    }

    /// A model that answers with codes that were recorded, by the words of the utterance, and is so sure of each.
    #[cfg(test)]
    pub fn recorded(codes: std::collections::HashMap<String, Vec<String>>, sure: f32) -> Self {
        let (asks, mut jobs) = mpsc::channel::<Job>(MOST_WAITING);
        let (health, watch) = watch::channel(Health::Ready(Loaded {
            sha256: None,
            dialect: mind::code::DIALECT,
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
                        mind::prompt::Piece::Text(text) => Some(text.as_str()),
                        mind::prompt::Piece::Special(_) => None,
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
        Self { name: "recorded".into(), asks, health: watch, max_wait: LOAD_TIME }
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
    pub async fn ask(&self, ask: Ask) -> Result<Answer, ModelError> {
        match self.work(Work::Code(ask)).await? {
            Reply::Done(answer) => Ok(answer),
            _ => Err(ModelError::Failed),
        }
    }

    /// Asks the model for an answer to a message.
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
async fn keep(settings: Settings, mut jobs: mpsc::Receiver<Job>, health: watch::Sender<Health>) {
    let automaton = Arc::new(AutomatonParts::new());
    let mut pause = FIRST_PAUSE;
    loop {
        let started = Stopwatch::start();
        match Engine::start(&settings).await {
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
        if STEADY < started.elapsed() {
            pause = FIRST_PAUSE;
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Serves jobs until the engine dies (the reason) or nobody can ask any more (`None`).
async fn serve(
    engine: &mut Engine,
    settings: &Settings,
    jobs: &mut mpsc::Receiver<Job>,
    automaton: &AutomatonParts,
) -> Option<String> {
    let mut id = 0;
    loop {
        let job = tokio::select! {
            job = jobs.recv() => job?,
            status = engine.child.wait() => return Some(format!("the engine ended: {status:?}")),
        };
        let has_gone = job.answer.is_closed();
        if has_gone {
            continue;
        }
        id += 1;
        let run = request(id, job.work, settings.deadline, automaton);
        let told = tokio::time::timeout(settings.deadline + GRACE, engine.run(id, &run)).await;
        let (answer, broken) = match told {
            Ok(Ok(Ok(answer))) => (Ok(answer), None),
            Ok(Ok(Err((kind, message)))) => {
                warn!(?kind, %message, "A language model gave no answer.");
                (Err(ModelError::Failed), None)
            }
            Ok(Err(reason)) => (Err(ModelError::Failed), Some(format!("{reason:#}"))),
            Err(_) => (Err(ModelError::Failed), Some("the engine did not keep its deadline".to_owned())),
        };
        // The person may have gone; that is no fault.
        let _ = job.answer.send(answer);
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
            max_tokens: MOST_TOKENS,
            deadline_ms,
        },
        Work::Chat(Chat { system, user, schema, max_tokens }) => {
            Request::Chat { id, system, user, schema, max_tokens, deadline_ms }
        }
    }
}

#[derive(Debug)]
struct Engine {
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
}

impl Engine {
    async fn start(settings: &Settings) -> anyhow::Result<(Self, Loaded)> {
        let mut command = Command::new(&settings.program);
        if let Some(memory_mb) = settings.memory_mb {
            command.arg("--memory-mb").arg(memory_mb.to_string());
        }
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("start the engine `{}`", settings.program.display()))?;
        let input = child.stdin.take().context("take the engine's input")?;
        let output = child.stdout.take().context("take the engine's output")?;
        let mut engine = Self { child, input, output };
        let load = Request::Load {
            path: text_of(&settings.file)?,
            sha256: settings.sha256.clone(),
            threads: settings.threads,
            n_ctx: match settings.purpose {
                Purpose::Codes => CONTEXT,
                Purpose::Chats => CHAT_CONTEXT,
            },
        };
        engine.send(&load).await?;
        match tokio::time::timeout(LOAD_TIME, engine.receive()).await.context("wait for the model to load")?? {
            Reply::Ready(loaded) if settings.purpose == Purpose::Chats || loaded.dialect == mind::code::DIALECT => {
                Ok((engine, loaded))
            }
            Reply::Ready(loaded) => bail!(
                "the model speaks dialect {} of the intent code and this hub speaks {}: use the model that came with \
                 this version",
                loaded.dialect,
                mind::code::DIALECT
            ),
            Reply::Failed { message, .. } => bail!("load `{}`: {message}", settings.file.display()),
            Reply::Done(_) | Reply::Said(_) | Reply::Pong { .. } => {
                bail!("the engine answered something else than asked")
            }
        }
    }

    async fn run(&mut self, id: u64, run: &Request) -> anyhow::Result<Result<Reply, (FailKind, String)>> {
        self.send(run).await?;
        loop {
            let reply = self.receive().await?;
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

    async fn send(&mut self, request: &Request) -> anyhow::Result<()> {
        let frame = engine_protocol::encode_frame(request, &[]).context("encode a request to the engine")?;
        self.input.write_all(&frame).await.context("write to the engine")?;
        self.input.flush().await.context("write to the engine")
    }

    async fn receive(&mut self) -> anyhow::Result<Reply> {
        let mut lengths = [0; engine_protocol::LENGTHS_BYTES];
        self.output.read_exact(&mut lengths).await.context("read from the engine")?;
        let lengths = engine_protocol::Lengths::parse(lengths).context("read from the engine")?;
        let mut body = vec![0; lengths.total()];
        self.output.read_exact(&mut body).await.context("read from the engine")?;
        let frame = engine_protocol::decode_frame(lengths, body).context("read the engine's reply")?;
        // No reply of this engine has a payload.
        Ok(frame.message)
    }
}

/// The automaton of the intent code, with the parts that depend on an utterance left open.
struct AutomatonParts {
    fixed: mind::code::Automaton,
}

impl AutomatonParts {
    fn new() -> Self {
        Self { fixed: mind::code::automaton() }
    }

    fn for_ask(&self, ask: &Ask) -> Automaton {
        let mut out = Automaton::default();
        let open = |name: &str| match name {
            "words" => Some(&ask.word_starts),
            "numbers" => Some(&ask.number_starts),
            "durations" => Some(&ask.length_starts),
            _ => None,
        };
        let mut numbers = std::collections::HashMap::new();
        for (name, labels) in self.fixed.sets.iter() {
            numbers.insert(name.as_str(), out.sets.len());
            out.sets.push(labels.clone());
        }
        for name in ["words", "numbers", "durations"] {
            numbers.insert(name, out.sets.len());
            out.sets.push(open(name).cloned().unwrap_or_default());
        }
        let is_dead = |name: &str| {
            (name.ends_with(":numbers") && ask.number_starts.is_empty())
                || (name.ends_with(":durations") && ask.length_starts.is_empty())
        };
        for state in &self.fixed.states {
            let number = out.state(state.accept);
            for (set, to) in state.edges.iter().filter(|(set, _)| !is_dead(set)) {
                if let (Some(set), Ok(to)) =
                    (numbers.get(set.as_str()).and_then(|set| u32::try_from(*set).ok()), u32::try_from(*to))
                {
                    out.edge(number, set, to);
                }
            }
        }
        out
    }
}

fn piece(piece: &mind::prompt::Piece) -> Piece {
    match piece {
        mind::prompt::Piece::Special(name) => Piece::Special(name.clone()),
        mind::prompt::Piece::Text(text) => Piece::Text(text.clone()),
    }
}

fn text_of(path: &Path) -> anyhow::Result<String> {
    path.to_str().map(str::to_owned).with_context(|| format!("the model's path `{}` is not UTF-8", path.display()))
}

/// Requests that may wait for the model; more people than this do not speak at once in a home.
const MOST_WAITING: usize = 8;
/// Prompt and code together; 64 words take at most some 300 tokens.
const CONTEXT: u32 = 512;
/// What a general model is told, the names that fit, and its answer.
const CHAT_CONTEXT: u32 = 4096;
/// Tokens of code, `end` included.
const MOST_TOKENS: u32 = 65;
/// Tokens tried at once, which fit into the context with room to spare.
const MOST_CHECKED: usize = 256;
/// What the engine gets beyond its own deadline before it is taken for hung.
const GRACE: Duration = Duration::from_millis(500);
/// A small model loads in well under a second; a large one on an SD card may take long.
const LOAD_TIME: Duration = Duration::from_secs(120);
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// An engine that ran so long is taken to have started well.
const STEADY: Duration = Duration::from_secs(5);
