//! One announced entity: what it listens to, and what it makes of what it hears. Knows no other entities.

use std::collections::BTreeSet;

use house::{Availability, EntityId, Rejection};

use super::routes::{Part, Routes};
use crate::availability::Rule;
use crate::change::{Change, Preference};
use crate::lapse::Terms;
use crate::reading::{Input, Memory};
use crate::template::{Payload, Template, Templates};
use crate::writing::Writer;

/// Where an announcement comes from: a topic of Home Assistant's discovery, or a device of a native dialect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) name: String,
    pub(super) origin: Preference,
}

/// What was announced about an entity, and what is known of it.
#[derive(Debug)]
pub(super) struct Component {
    /// Of its configuration.
    pub(super) fingerprint: u64,
    pub(super) source: Source,
    pub(super) bodies: BTreeSet<String>,
    /// Topics that it may be told things on.
    pub(super) commands: Vec<String>,
    pub(super) inputs: Vec<Input>,
    pub(super) availability: Rule,
    pub(super) reachable: Availability,
    pub(super) writer: Box<dyn Writer>,
    pub(super) reports: bool,
    pub(super) terms: Terms,
    pub(super) memory: Memory,
}

impl Component {
    /// Every topic it listens to, and which part of it that is for.
    pub(super) fn parts(&self) -> Vec<(String, Part)> {
        let inputs = self.inputs.iter().enumerate().map(|(place, input)| (input.topic.clone(), Part::Input(place)));
        let sources = self.availability.sources.iter().enumerate();
        inputs.chain(sources.map(|(place, source)| (source.topic.clone(), Part::Availability(place)))).collect()
    }

    /// Takes in what was said about who can be reached before it listened.
    pub(super) fn catch_up(&mut self, id: &EntityId, routes: &Routes, templates: &Templates) {
        for place in 0..self.availability.sources.len() {
            let Some(source) = self.availability.sources.get(place) else { continue };
            let Some(said) = routes.presence(&source.topic).map(Payload::new) else { continue };
            if let Ok(Some(text)) = text(source.template.as_ref(), &said, id, templates) {
                let text = text.trim().to_owned();
                self.availability.handle(place, &text);
            }
        }
    }

    /// Takes in what one of its topics said.
    pub(super) fn handle(
        &mut self,
        id: &EntityId,
        part: Part,
        payload: &Payload<'_>,
        retained: bool,
        templates: &Templates,
        changes: &mut Vec<Change>,
    ) -> Result<(), Rejection> {
        match part {
            Part::Input(place) => {
                let Some(input) = self.inputs.get(place) else { return Ok(()) };
                let Some(text) = text(input.template.as_ref(), payload, id, templates)? else { return Ok(()) };
                let update = input.reading.read(&text, &mut self.memory)?;
                changes.extend(update.map(|update| Change::State {
                    entity: id.clone(),
                    value: update.value,
                    attributes: update.attributes,
                    retained,
                }));
            }
            Part::Availability(place) => {
                let template = self.availability.sources.get(place).and_then(|source| source.template.as_ref());
                let Some(text) = text(template, payload, id, templates)? else { return Ok(()) };
                let availability = self.availability.handle(place, text.trim()).unwrap_or(self.reachable);
                if availability != self.reachable {
                    self.reachable = availability;
                    changes.push(Change::Available { entity: id.clone(), availability });
                }
            }
        }
        Ok(())
    }
}

fn text<'a>(
    template: Option<&Template>,
    payload: &'a Payload<'_>,
    id: &EntityId,
    templates: &Templates,
) -> Result<Option<std::borrow::Cow<'a, str>>, Rejection> {
    match template {
        None | Some(Template::Payload) => Ok(Some(payload.text.into())),
        Some(template) => Ok(templates.read(template, payload, id.as_str())?.map(Into::into)),
    }
}
