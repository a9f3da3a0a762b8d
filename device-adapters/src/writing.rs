//! How an action becomes messages: the pieces that every platform uses. Knows no platform.

use std::fmt::Debug;

use house::{Action, Entity};
use serde_json::Value as Json;

use crate::change::{Message, WriteError};
use crate::template::{Template, Templates};

/// A platform's way of telling its devices things.
pub(crate) trait Writer: Debug + Send + Sync {
    /// The messages for an action.
    fn write(&self, action: &Action, at: &Writing<'_>) -> Result<Vec<Message>, WriteError>;
}

/// What a writer may look at: the entity as it is, and the templates.
pub(crate) struct Writing<'a> {
    /// The entity and its present state.
    pub(crate) entity: &'a Entity,
    /// The templates of every device.
    pub(crate) templates: &'a Templates,
}

/// A place to send commands to.
#[derive(Clone, Debug)]
pub(crate) struct Command {
    pub(crate) topic: String,
    pub(crate) template: Option<Template>,
    pub(crate) qos: u8,
}

/// Told nothing, ever.
#[derive(Debug)]
pub(crate) struct ReadOnly;

impl Writer for ReadOnly {
    fn write(&self, _: &Action, at: &Writing<'_>) -> Result<Vec<Message>, WriteError> {
        Err(at.unsupported("it only reports"))
    }
}

impl Command {
    /// A message that says this value.
    pub(crate) fn send(&self, value: impl Into<Json>, at: &Writing<'_>) -> Result<Message, WriteError> {
        self.send_all(&[("value", value.into())], at)
    }

    /// A message made of several values; without a template the first of them is the payload.
    pub(crate) fn send_all(&self, values: &[(&str, Json)], at: &Writing<'_>) -> Result<Message, WriteError> {
        let payload = match &self.template {
            Some(template) => {
                at.templates.write(template, values).map_err(|error| at.unsupported(&error.to_string()))?
            }
            None => values.first().map(|(_, value)| plain(value)).unwrap_or_default(),
        };
        Ok(Message { topic: self.topic.clone(), payload: payload.into_bytes(), qos: self.qos })
    }
}

impl Writing<'_> {
    /// The entity can't do it, and why.
    pub(crate) fn unsupported(&self, what: &str) -> WriteError {
        WriteError::Unsupported { entity: self.entity.id.clone(), what: what.to_owned() }
    }

    /// The command, or that the entity lacks it.
    pub(crate) fn need<'c>(&self, command: Option<&'c Command>, what: &str) -> Result<&'c Command, WriteError> {
        command.ok_or_else(|| self.unsupported(what))
    }

    /// The value if it is in range.
    pub(crate) fn within(&self, asked: f64, least: f64, most: f64) -> Result<f64, WriteError> {
        match asked.is_finite() && least <= asked && asked <= most {
            true => Ok(asked),
            false => Err(WriteError::OutOfRange { entity: self.entity.id.clone(), asked, least, most }),
        }
    }

    /// Whether the entity's state is that.
    pub(crate) fn is(&self, state: &str) -> bool {
        self.entity.state.value.as_deref() == Some(state)
    }
}

fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
