//! Turns the options of an announcement into what is read and what is written. Knows no platform.

use house::{Attributes, Domain, Rejection, Value};

use crate::config::{Config, is_command_key, is_within, shown};
use crate::lapse::Terms;
use crate::limits::STATE_CHARS;
use crate::reading::{Input, Reading};
use crate::template::{Template, Templates};
use crate::writing::{Command, Writer};

/// What a platform makes of an announcement.
#[derive(Debug)]
pub(crate) struct Compiled {
    /// The entity's kind.
    pub(crate) domain: Domain,
    /// What is read, from where.
    pub(crate) inputs: Vec<Input>,
    /// What it can do, for its attributes.
    pub(crate) facts: Attributes,
    /// How it is told things.
    pub(crate) writer: Box<dyn Writer>,
    /// Whether it reports the state that it is told to take.
    pub(crate) reports: bool,
    /// What time does to its state.
    pub(crate) terms: Terms,
}

/// Collects inputs and facts while a platform looks at the options.
pub(crate) struct Compiler<'a> {
    /// The options.
    pub(crate) config: &'a Config,
    templates: &'a mut Templates,
    own_topics: &'a [String],
    inputs: Vec<Input>,
    facts: Attributes,
}

impl<'a> Compiler<'a> {
    /// `own_topics` are roots of topics that no device may name for its commands.
    pub(crate) fn new(config: &'a Config, templates: &'a mut Templates, own_topics: &'a [String]) -> Self {
        Self { config, templates, own_topics, inputs: Vec::new(), facts: Attributes::new() }
    }

    /// Reads a topic, if the option is there.
    pub(crate) fn input(&mut self, topic: &str, template: &str, reading: Reading) -> Result<bool, Rejection> {
        let template = self.template(template)?;
        self.input_with(topic, template, reading)
    }

    /// The same with a template that was compiled before.
    pub(crate) fn input_with(
        &mut self,
        topic: &str,
        template: Option<Template>,
        reading: Reading,
    ) -> Result<bool, Rejection> {
        let topics = self.config.topics(topic)?;
        for (topic, own) in &topics {
            let template = own.map(|source| self.source(source)).transpose()?.or_else(|| template.clone());
            self.inputs.push(Input { topic: topic.clone(), template, reading: reading.clone() });
        }
        Ok(!topics.is_empty())
    }

    /// A place to send commands to, if the option is there.
    pub(crate) fn command(&mut self, key: &str, template: &str) -> Result<Option<Command>, Rejection> {
        debug_assert!(is_command_key(key), "`{key}` is not told from a topic that is only listened to");
        let Some(topic) = self.config.topic(key)? else { return Ok(None) };
        if is_within(&topic, self.own_topics) {
            return Err(Rejection::HubsTopic { option: key.to_owned(), topic: shown(&topic) });
        }
        let template = self.template(template)?;
        Ok(Some(Command { topic, template, qos: self.config.qos() }))
    }

    /// The same where the platform can't do without.
    pub(crate) fn required(&mut self, topic: &str, template: &str) -> Result<Command, Rejection> {
        self.command(topic, template)?.ok_or_else(|| Rejection::Lacks(topic.to_owned()))
    }

    /// A template, if the option is there.
    pub(crate) fn template(&mut self, key: &str) -> Result<Option<Template>, Rejection> {
        let source = self.config.text(key).filter(|source| !source.is_empty());
        source.map(|source| self.source(&source)).transpose()
    }

    /// A template from its source.
    pub(crate) fn source(&mut self, source: &str) -> Result<Template, Rejection> {
        Ok(self.templates.compile(source)?)
    }

    /// Notes something that the entity can do or is.
    pub(crate) fn fact(&mut self, name: &str, value: impl Into<Value>) {
        self.facts.insert(name.to_owned(), value.into());
    }

    /// Notes a list of words.
    pub(crate) fn fact_list(&mut self, name: &str, words: &[String]) {
        let words = words.iter().map(|word| word.chars().take(STATE_CHARS).collect::<String>().into()).collect();
        self.facts.insert(name.to_owned(), Value::List(words));
    }

    /// Everything together.
    pub(crate) fn finish(
        mut self,
        domain: Domain,
        writer: impl Writer + 'static,
        has_state: bool,
    ) -> Result<Compiled, Rejection> {
        self.input("json_attributes_topic", "json_attributes_template", Reading::Attributes)?;
        for key in ["entity_category", "state_class", "unit_of_measurement"] {
            if let Some(text) = self.config.text(key) {
                self.fact(key, text.chars().take(STATE_CHARS).collect::<String>());
            }
        }
        if let Some(words) = self.config.device_words() {
            self.fact("device", words);
        }
        let reports = has_state && !self.config.flag("optimistic");
        Ok(Compiled {
            domain,
            inputs: self.inputs,
            facts: self.facts,
            writer: Box::new(writer),
            reports,
            terms: Terms::of(self.config, domain),
        })
    }
}
