//! Homie 4: puts a device's description together from its many attributes. Knows no meanings.

use std::collections::BTreeMap;

use super::{Description, Node, Property};
use crate::limits::{Limits, TEXT_CHARS};

/// What a device has said of itself so far.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    name: Option<String>,
    nodes: Option<Vec<String>>,
    parts: BTreeMap<String, Part>,
}

#[derive(Debug, Default)]
struct Part {
    name: Option<String>,
    properties: Option<Vec<String>>,
    known: BTreeMap<String, Property>,
}

impl Pieces {
    /// Takes an attribute in; whether that changes anything.
    pub(super) fn take(&mut self, path: &[&str], text: &str, limits: &Limits) -> bool {
        let most = limits.components_per_device;
        let said = Some(text.trim()).filter(|text| !text.is_empty() && text.len() <= TEXT_CHARS).map(str::to_owned);
        let list = || {
            said.as_ref().map(|text| {
                text.split(',')
                    .map(|id| id.trim().to_owned())
                    .filter(|id| !id.is_empty())
                    .take(most)
                    .collect::<Vec<_>>()
            })
        };
        match path {
            ["$name"] => replace(&mut self.name, said),
            ["$nodes"] => replace(&mut self.nodes, list()),
            ["$state"] if said.is_none() => {
                let had = !self.is_empty();
                *self = Self::default();
                had
            }
            [node, rest @ ..] if !node.starts_with('$') && (self.parts.contains_key(*node) || self.size() < most) => {
                let has_room = self.size() < most;
                let part = self.parts.entry((*node).to_owned()).or_default();
                match rest {
                    ["$name"] => replace(&mut part.name, said),
                    ["$properties"] => replace(&mut part.properties, list()),
                    [property, attribute] if part.known.contains_key(*property) || has_room => {
                        let known = part.known.entry((*property).to_owned()).or_default();
                        match *attribute {
                            "$name" => replace(&mut known.name, said),
                            "$datatype" => replace(&mut known.datatype, said.unwrap_or_default()),
                            "$format" => replace(&mut known.format, said),
                            "$unit" => replace(&mut known.unit, said),
                            "$settable" => replace(&mut known.settable, said.as_deref() == Some("true")),
                            "$retained" => replace(&mut known.retained, said.as_deref() != Some("false")),
                            _ => false,
                        }
                    }
                    _ => false,
                }
            }
            _ => false,
        }
    }

    /// Whether it says nothing any more.
    pub(super) fn is_empty(&self) -> bool {
        self.name.is_none() && self.nodes.is_none() && self.parts.is_empty()
    }

    /// Nodes and properties that were heard of.
    fn size(&self) -> usize {
        self.parts.values().map(|part| 1 + part.known.len()).sum()
    }

    /// The whole, once every node and property that was named is described.
    pub(super) fn description(&self) -> Option<Description> {
        let mut nodes = BTreeMap::new();
        for id in self.nodes.as_ref()? {
            let part = self.parts.get(id)?;
            let mut properties = BTreeMap::new();
            for property in part.properties.as_ref()? {
                let known = part.known.get(property).filter(|known| !known.datatype.is_empty())?;
                properties.insert(property.clone(), known.clone());
            }
            nodes.insert(id.clone(), Node { name: part.name.clone(), properties });
        }
        Some(Description { name: self.name.clone(), nodes })
    }
}

fn replace<T: PartialEq>(place: &mut T, value: T) -> bool {
    let is_other = *place != value;
    *place = value;
    is_other
}
