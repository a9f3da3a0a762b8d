//! A language model in an engine of its own: asked one thing at a time, started again when it dies.
//!
//! Knows a program, a file, tokens, an automaton and a schema; knows nothing of what an intent means.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use engine_protocol::{Answer, Automaton, Loaded, Piece, Reply, Request, Said};
use mind::understand::Ask;
use store::Forget;
use tokio::sync::{mpsc, oneshot, watch};

pub use super::keeper::{Chat, Health, LanguageModelSettings, ModelError, ModelPath, Purpose};
use super::keeper::{DEADLINE_SLACK, Given, Job, LOAD_TIME, Serving, Told, Work, answer, keep, load};
use super::memo::{self, Memo};

/// A handle to ask the model. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Model {
    asks: mpsc::Sender<Job>,
    health: watch::Receiver<Health>,
    serving: watch::Receiver<Serving>,
    /// The model that is wanted; none where there is no engine.
    wanted: Option<Arc<watch::Sender<LanguageModelSettings>>>,
    /// How long a request may wait, for its turn and for its answer.
    max_wait: Duration,
    /// What was answered before.
    memo: Option<Memo>,
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
        let (now_serving, serving) = watch::channel(Serving::of(&settings));
        let max_wait = settings.deadline + DEADLINE_SLACK;
        let (wanted, changes) = watch::channel(settings);
        tokio::spawn(keep(changes, jobs, Told { health, serving: now_serving }));
        Self { asks, health: watch, serving, wanted: Some(Arc::new(wanted)), max_wait, memo: None }
    }

    /// Starts the engine's keeper; what was answered before is taken from a memo.
    pub fn remembering(settings: LanguageModelSettings, memo: Memo) -> Self {
        Self { memo: Some(memo), ..Self::start(settings) }
    }

    /// Has another model answer as soon as it is loaded; if it can't be, the present one stays. Does nothing where
    /// there is no engine.
    pub fn switch(&self, settings: LanguageModelSettings) {
        if let Some(wanted) = &self.wanted {
            wanted.send_replace(settings);
        }
    }

    /// Forgets what was said.
    pub(crate) fn forget(&self, what: &Forget) {
        if let Some(memo) = &self.memo {
            memo.forget(what);
        }
    }

    /// A handle without an engine behind it.
    pub fn absent() -> Self {
        let (asks, _) = mpsc::channel(1);
        let (_, health) = watch::channel(Health::Broken("no model is configured".to_owned()));
        Self::without_engine("none", asks, health, DEADLINE_SLACK)
    }

    fn without_engine(
        name: &str,
        asks: mpsc::Sender<Job>,
        health: watch::Receiver<Health>,
        max_wait: Duration,
    ) -> Self {
        let (_, serving) = watch::channel(Serving { name: name.into(), hash: None });
        Self { asks, health, serving, wanted: None, max_wait, memo: None }
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
                let _ = job.answer.send(answer.map(|answer| (answer, None)).ok_or(ModelError::Failed));
            }
        });
        Self::without_engine("recorded", asks, watch, LOAD_TIME)
    }

    /// What the model that answers is called here.
    pub fn name(&self) -> Arc<str> {
        self.serving.borrow().name.clone()
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
        let recalled = self.memo.as_ref().and_then(|memo| {
            let hash = self.serving.borrow().hash.clone()?;
            memo.recall(&memo::key(&hash, &ask))
        });
        if let Some(answer) = recalled {
            return Ok(answer);
        }
        let asked = self.memo.is_some().then(|| ask.clone());
        let (Reply::Done(answer), hash) = self.work(Work::Code(ask)).await? else { return Err(ModelError::Failed) };
        if let (Some(memo), Some(ask), Some(hash)) = (&self.memo, asked, hash) {
            memo.keep(memo::key(&hash, &ask), &answer);
        }
        Ok(answer)
    }

    /// Asks the model for an answer to a message.
    ///
    /// # Errors
    /// As of [`Self::ask`].
    pub async fn chat(&self, chat: Chat) -> Result<Said, ModelError> {
        match self.work(Work::Chat(chat)).await? {
            (Reply::Said(said), _) => Ok(said),
            _ => Err(ModelError::Failed),
        }
    }

    async fn work(&self, work: Work) -> Given {
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

/// Requests that may wait for the model; more people than this do not speak at once in a home.
const MAX_WAITING: usize = 8;
/// Tokens tried at once, which fit into the context with room to spare.
const MAX_CHECKED: usize = 128;
