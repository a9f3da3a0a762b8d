//! Whether an entity can be reached, from the topics that say so. Knows no platform.

use house::{Availability, Rejection};
use serde_json::{Map, Value as Json};

use crate::compile::Compiler;
use crate::limits::MEMBERS;
use crate::template::Template;

/// How an entity's availability is known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rule {
    mode: Mode,
    /// The topics that say so; none means that it can always be reached.
    pub(crate) sources: Vec<Source>,
}

/// One topic that says whether something can be reached.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// The topic.
    pub(crate) topic: String,
    /// What to make of its payload.
    pub(crate) template: Option<Template>,
    online: String,
    offline: String,
    said: Option<bool>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mode {
    All,
    Any,
    #[default]
    Latest,
}

impl Rule {
    /// Reads the options `availability`, `availability_topic` and `availability_mode`.
    pub(crate) fn compile(compiler: &mut Compiler<'_>) -> Result<Self, Rejection> {
        let config = compiler.config;
        let mode = match config.text("availability_mode").as_deref() {
            Some("all") => Mode::All,
            Some("any") => Mode::Any,
            Some(_) | None => Mode::Latest,
        };
        let listed = match config.options.get("availability") {
            Some(Json::Array(items)) => items.iter().take(MEMBERS).filter_map(Json::as_object).cloned().collect(),
            Some(Json::Object(item)) => vec![item.clone()],
            Some(_) | None => Vec::new(),
        };
        let mut sources = Vec::new();
        for item in listed {
            sources.push(source(compiler, &crate::abbreviations::expand_entity(item), "topic", "value_template")?);
        }
        if config.has("availability_topic") {
            sources.push(source(compiler, &config.options, "availability_topic", "availability_template")?);
        }
        Ok(Self { mode, sources })
    }

    /// Takes what one source said; gives what holds afterwards.
    pub(crate) fn handle(&mut self, place: usize, text: &str) -> Option<Availability> {
        let source = self.sources.get_mut(place)?;
        let said = match text {
            text if text == source.online => true,
            text if text == source.offline => false,
            _ => return None,
        };
        source.said = Some(said);
        match self.mode {
            Mode::Latest => Some(named(said)),
            Mode::All | Mode::Any => Some(self.now()),
        }
    }

    /// What holds by what was heard so far: what has said nothing yet can't be reached, as in Home Assistant.
    pub(crate) fn now(&self) -> Availability {
        let mut said = self.sources.iter().map(|source| source.said == Some(true));
        named(match self.mode {
            Mode::All => said.all(|said| said),
            Mode::Any | Mode::Latest => self.sources.is_empty() || said.any(|said| said),
        })
    }

    /// Keeps what the same topics said before an announcement was renewed.
    pub(crate) fn keep(&mut self, before: &Self) {
        for source in &mut self.sources {
            source.said =
                before.sources.iter().find(|old| old.topic == source.topic).and_then(|old| old.said).or(source.said);
        }
    }
}

fn source(
    compiler: &mut Compiler<'_>,
    options: &Map<String, Json>,
    topic: &str,
    template: &str,
) -> Result<Source, Rejection> {
    let text = |key: &str, default: &str| match options.get(key) {
        Some(Json::String(text)) => text.clone(),
        Some(Json::Bool(true)) => "True".to_owned(),
        Some(Json::Bool(false)) => "False".to_owned(),
        Some(Json::Number(number)) => number.to_string(),
        Some(Json::Null | Json::Array(_) | Json::Object(_)) | None => default.to_owned(),
    };
    let topic = compiler.config.full_topic(options.get(topic).unwrap_or(&Json::Null))?;
    let template = options.get(template).and_then(Json::as_str).map(|source| compiler.source(source)).transpose()?;
    let said = (options.get(UNTIL_TOLD) == Some(&Json::Bool(true))).then_some(true);
    Ok(Source {
        topic,
        template,
        online: text("payload_available", "online"),
        offline: text("payload_not_available", "offline"),
        said,
    })
}

fn named(is_online: bool) -> Availability {
    if is_online { Availability::Online } else { Availability::Offline }
}

/// Of a native dialect's source: what it speaks of can be reached unless it says otherwise, as it may never say
/// anything.
pub(crate) const UNTIL_TOLD: &str = "available_until_told";
