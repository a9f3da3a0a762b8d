//! Shorter names that people say for a thing: the end of its name, where that says more than its kind.

use std::collections::{BTreeMap, BTreeSet};

use house::{Domain, Entity, House};

use crate::lexicon::{self, begins_with_verb};
use crate::texts::words::each;
use crate::words::{Word, is_han, key, words};

/// The shorter names of everything in a house, each with its thing: the "bedside lamp" of "Left Bedside Lamp", and in
/// the dining room the "pendant" of "Dining Room Pendant".
pub(crate) fn short_names(house: &House) -> Vec<(String, &Entity)> {
    let ends: Vec<(End, &Entity)> = house
        .entities
        .values()
        .flat_map(|entity| ends(entity, house).into_iter().map(move |end| (end, entity)))
        .collect();
    let mut beginnings: BTreeMap<(Domain, &str), BTreeSet<&str>> = BTreeMap::new();
    for (end, entity) in &ends {
        beginnings.entry((entity.domain, &end.name)).or_default().insert(&end.before);
    }
    let is_shared = |end: &End, domain: Domain| {
        beginnings.get(&(domain, end.name.as_str())).is_some_and(|beginnings| 1 < beginnings.len())
    };
    // Chinese does not part its words: one begins for sure only behind a place, or where two names begin to be alike.
    ends.iter()
        .filter(|(end, entity)| end.is_word || is_shared(end, entity.domain))
        .map(|(end, entity)| (end.name.clone(), *entity))
        .collect()
}

struct End {
    name: String,
    /// The word before it.
    before: String,
    /// Whether it begins where a word begins.
    is_word: bool,
}

fn ends(entity: &Entity, house: &House) -> Vec<End> {
    let area = house.area_of(entity);
    let places: Vec<Vec<Word>> = area
        .into_iter()
        .flat_map(|area| std::iter::once(&area.name).chain(&area.aliases))
        .map(|name| words(name))
        .collect();
    entity.names().flat_map(|name| ends_of(name, entity, &places)).collect()
}

fn ends_of(name: &str, entity: &Entity, places: &[Vec<Word>]) -> Vec<End> {
    let own = words(name);
    let rest = |at: usize| own.get(at).and_then(|word| name.get(word.start..)).unwrap_or_default();
    let is_of_kind = |at: usize| lexicon::kind_of(rest(at)).is_some();
    let measured = entity.device_class.as_deref().unwrap_or_default().replace('_', " ");
    let ends_in_kind = (1..own.len()).any(|at| is_of_kind(at) || key(rest(at)) == measured);
    let place = places.iter().map(|place| place.len()).filter(|length| starts_with(&own, places, *length)).max();
    (1..own.len())
        .filter(|at| {
            !is_of_kind(*at)
                && key(rest(*at)) != measured
                && is_noun(own.get(*at..).unwrap_or_default())
                && place.is_none_or(|place| place <= *at)
        })
        .filter_map(|at| {
            let is_behind_place = place == Some(at);
            let has_blank = own.get(at).is_some_and(|word| !word.is_han());
            let long_enough = has_blank || at + 2 <= own.len();
            let before = own.get(at - 1).map(|word| word.text.clone()).unwrap_or_default();
            ((is_behind_place || ends_in_kind) && long_enough).then(|| End {
                name: key(rest(at)),
                before,
                is_word: is_behind_place || has_blank,
            })
        })
        .collect()
}

fn starts_with(own: &[Word], places: &[Vec<Word>], length: usize) -> bool {
    let same = |place: &Vec<Word>| place.iter().zip(own).all(|(one, other)| one.text == other.text);
    places.iter().any(|place| place.len() == length && length < own.len() && same(place))
}

/// Whether words may be what a thing is called for short: few, and neither an order nor the middle of a sentence, so
/// that no device can have one for its name.
fn is_noun(end: &[Word]) -> bool {
    let first = end.first().map_or("", |word| word.text.as_str());
    let begins_inside = each(|words| words.name_joints).chain(each(|words| words.the)).any(|word| word.trim() == first);
    let most = if first.chars().any(is_han) { MOST_HAN } else { MOST_WORDS };
    end.len() <= most && !begins_inside && !begins_with_verb(end)
}

const MOST_WORDS: usize = 3;
const MOST_HAN: usize = 5;

#[cfg(test)]
mod tests {
    use house::{Area, AreaId, EntityId};

    use super::*;

    fn house(things: &[(&str, &str)]) -> House {
        let mut house = House::default();
        for (index, (area, name)) in things.iter().enumerate() {
            let id = AreaId::new(*area);
            let place = Area { id: id.clone(), name: (*area).to_owned(), aliases: vec![], floor: None };
            house.areas.insert(id.clone(), place);
            let entity = Entity::new(EntityId::new(format!("light.{index}")), name);
            house.entities.insert(entity.id.clone(), Entity { area: Some(id), ..entity });
        }
        house
    }

    fn check(things: &[(&str, &str)], want: &[&str]) {
        let house = house(things);
        let mut got: Vec<String> = short_names(&house).into_iter().map(|(name, _)| name).collect();
        got.sort();
        got.dedup();
        assert_eq!(got, want);
    }

    #[test]
    fn the_end_of_a_name_that_says_more_than_its_kind() {
        check(&[("Bedroom", "Left Bedside Lamp")], &["bedside lamp"]);
        check(&[("Dining Room", "Dining Room Pendant")], &["pendant"]);
        check(&[("餐厅", "餐厅吊灯")], &["吊 灯"]);
        check(&[("主卧", "左床头灯"), ("主卧", "右床头灯")], &["床 头 灯"]);
    }

    #[test]
    fn a_kind_alone_and_half_a_word_are_no_names() {
        check(&[("Kitchen", "Kitchen Light")], &[]);
        check(&[("Living Room", "Living Room Lamp")], &[]);
        check(&[("客厅", "客厅灯"), ("餐厅", "餐厅灯")], &[]);
        check(&[("书房", "落地灯")], &[]);
        check(&[("Hall", "Elsa")], &[]);
        check(&[("Hall", "Front Door"), ("Kitchen", "Back Door")], &[]);
        check(&[("Office", "Unlock the front door and open the garage lamp")], &["garage lamp"]);
    }

    #[test]
    fn what_a_sensor_measures_is_its_kind() {
        let mut house = House::default();
        let sensor = Entity::new(EntityId::new("sensor.p"), "ebusd x System Pressure");
        let sensor = Entity { device_class: Some("pressure".to_owned()), ..sensor };
        house.entities.insert(sensor.id.clone(), sensor);
        let names: Vec<String> = short_names(&house).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["x system pressure", "system pressure"]);
    }
}
