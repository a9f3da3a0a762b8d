//! A general model beside the intent model, if the owner adds one: asked about what that one leaves open.
//!
//! Decides nothing: what it reads into words goes the way of every other reading, and is read back before it is done.

mod endpoint;
mod prompt;
mod schema;

use std::time::Duration;

use house::Lang;

use crate::hub::snapshot::Snapshot;
use crate::model::language_model::{self, Chat, Health, Model};

pub use endpoint::Key;
pub use schema::Said;

use endpoint::Endpoint;

/// The general model as it is configured.
#[derive(Clone, Debug)]
pub struct GeneralSettings {
    /// What answers.
    pub source: GeneralSource,
    /// How long it may take.
    pub timeout: Duration,
    /// How long its answer may be, in tokens.
    pub max_tokens: u32,
}

/// What answers.
#[derive(Clone, Debug)]
pub enum GeneralSource {
    /// A file, in an engine of its own.
    File(language_model::LanguageModelSettings),
    /// A server that speaks OpenAI's protocol.
    Address {
        /// Its base address, without a slash at the end.
        url: String,
        /// The model's name there.
        model: String,
        /// The key, if it wants one.
        key: Option<Key>,
    },
}

/// A handle to ask the general model. Cheap to clone.
#[derive(Clone, Debug)]
pub struct General {
    backend: Backend,
    max_tokens: u32,
}

#[derive(Clone, Debug)]
enum Backend {
    Engine(Model),
    Endpoint(Endpoint),
}

impl General {
    /// Starts the engine, or makes ready to call the server.
    pub fn start(settings: GeneralSettings) -> Self {
        let backend = match settings.source {
            GeneralSource::File(engine) => Backend::Engine(Model::start(engine)),
            GeneralSource::Address { url, model, key } => {
                Backend::Endpoint(Endpoint::new(&url, model, key, settings.timeout))
            }
        };
        Self { backend, max_tokens: settings.max_tokens }
    }

    /// Whether its engine can't be used. Of a server only a call tells.
    pub fn is_broken(&self) -> bool {
        matches!(&self.backend, Backend::Engine(model) if matches!(model.health(), Health::Broken(_)))
    }

    /// What the general model makes of words, or why it makes nothing of them.
    ///
    /// # Errors
    /// Why there is no answer, for the log: it took too long, could not be reached, or did not hold to the schema.
    pub async fn ask(&self, text: &str, lang: Lang, snapshot: &Snapshot) -> Result<Said, String> {
        let chat = Chat {
            system: prompt::system(),
            user: prompt::message(text, lang, &snapshot.house),
            schema: schema::schema().to_string(),
            max_tokens: self.max_tokens,
        };
        let answer = match &self.backend {
            Backend::Engine(model) => {
                model.chat(chat).await.map(|said| said.text).map_err(|error| format!("it gave no answer: {error:?}"))?
            }
            Backend::Endpoint(endpoint) => endpoint.ask(chat).await?,
        };
        schema::read(&answer)
    }
}
