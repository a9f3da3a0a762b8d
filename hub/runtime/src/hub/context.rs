//! What is so in the house when something changes: kept ready, so that a change costs nothing more to tell of.

use std::sync::Arc;

use house::{ChangeContext, Domain, House, HouseMode, Quality};

use super::{Hub, MINUTE_MS, hub_entities};

impl Hub {
    /// Looks anew at what changes of this batch are amid; once a minute, and when one of its entities changed.
    pub(super) fn refresh_context(&mut self, now: i64) {
        let is_of_context =
            |id: &str| id == hub_entities::MODE || ["weather.", "person."].iter().any(|domain| id.starts_with(domain));
        let is_due = self.context_minute != now / MINUTE_MS;
        if !is_due && !self.changed.iter().any(|change| is_of_context(change.entity.as_str())) {
            return;
        }
        self.context_minute = now / MINUTE_MS;
        let house = &self.snapshot.house;
        let weather = house.of_domain(Domain::Weather).find(|entity| entity.state.quality == Quality::Observed);
        let context = ChangeContext {
            daylight: mind::when::daylight(&self.clock.around(now)),
            mode: mode(house),
            weather: weather.and_then(|entity| entity.state.value.clone()),
            outdoor_temperature: weather.and_then(|entity| entity.attribute("temperature")?.as_number()),
            people_home: people_home(house),
        };
        if *self.context != context {
            self.context = Arc::new(context);
        }
    }
}

fn mode(house: &House) -> HouseMode {
    let entity = house.entities.get(&house::EntityId::new(hub_entities::MODE));
    entity.and_then(|entity| HouseMode::parse(entity.state.value.as_deref()?)).unwrap_or_default()
}

/// How many of the people whom entities tell of are at home; none if nothing tells.
fn people_home(house: &House) -> Option<usize> {
    let mut people = house.of_domain(Domain::Person).filter_map(|entity| entity.state.value.as_deref()).peekable();
    people.peek()?;
    Some(people.filter(|state| *state == "home").count())
}
