//! What a person could say to do something with a thing, to be offered where they were not understood.

use house::{Entity, Lang};

use crate::texts;

/// Plain requests for a thing, the likelier first.
pub fn commands_for(entity: &Entity, lang: Lang) -> Vec<String> {
    let commands = texts::of(lang).words().commands;
    let is_its = |domains: &[house::Domain]| domains.is_empty() || domains.contains(&entity.domain);
    let patterns = commands.iter().find(|(domains, _)| is_its(domains)).map_or(&[][..], |(_, patterns)| patterns);
    patterns.iter().map(|pattern| pattern.replace('_', &entity.name)).collect()
}
