//! What the hub's own entities can do, and how they look among the others. Kept before anyone is told.

use house::{
    Action, AreaId, Attributes, Availability, Domain, Entity, EntityId, House, HouseMode, HubEntities, HubList,
    NewHubEntity, Quality, State, Value,
};
use mind::words::key;

/// Adds something; gives its id.
pub(super) fn add(own: &mut HubEntities, new: NewHubEntity, house: &House) -> anyhow::Result<EntityId> {
    anyhow::ensure!(own.scenes.len() + own.lists.len() < MOST, "there are {MOST} scenes and lists already");
    match new {
        NewHubEntity::Scene(scene) => {
            let id = id_for(own, "scene", &scene.name, house)?;
            own.scenes.insert(id.clone(), scene);
            Ok(id)
        }
        NewHubEntity::List(name) => {
            let id = id_for(own, "todo", &name, house)?;
            own.lists.entry(id.clone()).or_insert(HubList { name, items: Vec::new() });
            Ok(id)
        }
    }
}

/// Whether an entity is one of these.
pub(super) fn has(own: &HubEntities, id: &EntityId) -> bool {
    own.scenes.contains_key(id) || own.lists.contains_key(id) || id.as_str() == MODE
}

/// Does something to one of these; `None` if it can't do that.
pub(super) fn act(own: &mut HubEntities, id: &EntityId, action: &Action) -> Option<()> {
    if let (MODE, Action::SelectOption(option)) = (id.as_str(), action) {
        own.mode = HouseMode::parse(option)?;
        return Some(());
    }
    let list = own.lists.get_mut(id)?;
    match action {
        Action::AddItem(item) if list.items.len() < MOST_ITEMS => {
            if !list.items.iter().any(|item_of_list| key(item_of_list) == key(item)) {
                list.items.push(item.clone());
            }
        }
        Action::CompleteItem(item) | Action::RemoveItem(item) => {
            list.items.retain(|item_of_list| key(item_of_list) != key(item))
        }
        _ => return None,
    }
    Some(())
}

/// All of them as entities.
pub(super) fn entities(own: &HubEntities) -> Vec<Entity> {
    let scenes = own.scenes.iter().map(|(id, scene)| {
        let members = scene.members.iter().map(|(id, wanted)| (id.clone(), Value::Map(wanted.clone()))).collect();
        entity(
            id,
            &scene.name,
            Domain::Scene,
            scene.area.clone(),
            None,
            [("entities".to_owned(), Value::Map(members))].into(),
        )
    });
    let lists = own.lists.iter().map(|(id, list)| {
        let items = list.items.iter().map(|item| item.as_str().into()).collect();
        entity(
            id,
            &list.name,
            Domain::Todo,
            None,
            Some(list.items.len().to_string()),
            [("items".to_owned(), Value::List(items))].into(),
        )
    });
    let mut names = mind::names::house_mode();
    let options = HouseMode::ALL.map(|mode| mode.as_str().into()).to_vec();
    let mode = entity(
        &EntityId::new(MODE),
        &names.next().unwrap_or_default(),
        Domain::Select,
        None,
        Some(own.mode.as_str().to_owned()),
        [("options".to_owned(), Value::List(options))].into(),
    );
    let mode = Entity { aliases: names.collect(), ..mode };
    std::iter::once(mode).chain(scenes).chain(lists).collect()
}

/// The id of the own thing of that name, or a free one; an error if something else has the name.
fn id_for(own: &HubEntities, domain: &str, name: &str, house: &House) -> anyhow::Result<EntityId> {
    let same =
        |entity: &&Entity| entity.domain.as_str() == domain && entity.names().any(|other| key(other) == key(name));
    if let Some(entity) = house.entities.values().find(same) {
        anyhow::ensure!(has(own, &entity.id), "`{name}` is the name of something else already");
        return Ok(entity.id.clone());
    }
    let slug = device_adapters::slug(name);
    let plain = EntityId::new(format!("{domain}.{slug}"));
    let free = |id: &EntityId| !house.entities.contains_key(id) && !has(own, id);
    let numbered = (1..=MOST + 1).map(|number| EntityId::new(format!("{domain}.own_{number}")));
    let id = std::iter::once(plain).filter(|_| !slug.is_empty()).chain(numbered).find(free);
    id.ok_or_else(|| anyhow::anyhow!("no id is free for `{name}`"))
}

fn entity(
    id: &EntityId,
    name: &str,
    domain: Domain,
    area: Option<AreaId>,
    value: Option<String>,
    attributes: Attributes,
) -> Entity {
    let state = State { value, attributes, quality: Quality::Observed, ..State::default() };
    Entity {
        id: id.clone(),
        name: name.to_owned(),
        aliases: Vec::new(),
        domain,
        device_class: None,
        area,
        state,
        availability: Availability::Online,
    }
}

/// The id of the house's mode, which no device gets.
pub const MODE: &str = "select.house_mode";
const MOST: usize = 200;
const MOST_ITEMS: usize = 500;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use house::{Cause, Consent, HubScene, Plan, Rules, Step};
    use mind::judge::{Verdict, judge};
    use tempfile::TempDir;

    use super::*;
    use crate::clock::Clock;
    use crate::hub;
    use crate::hub::handle::Handle;
    use crate::hub::transport::Unsendable;
    use store::Store;

    /// Does something to one of them, as dispatch would.
    async fn act(hub: &Handle, id: &EntityId, action: Action, cause: Cause) -> Result<(), Unsendable> {
        let step = Step { intent: 0, entity: id.clone(), action, reason: String::new() };
        let rules = Rules { is_open: true, ..Rules::default() };
        let verdict = judge(Plan { steps: vec![step] }, &hub.snapshot().house, &rules, Consent::None);
        let Verdict::Allow(approved) = verdict else { panic!("{verdict:?}") };
        hub.outgoing(&approved.steps()[0], cause, None).await.map(|_| ())
    }

    fn hub(dir: &TempDir) -> Handle {
        let (store, _) = Store::open(dir.path(), 0).unwrap();
        let clock = Clock::simulated(1_772_434_800_000, jiff::tz::TimeZone::UTC, None);
        hub::start(hub::Start {
            house: House::default(),
            store: Some(store),
            preference: device_adapters::Preference::default(),
            clock,
            own_topics: Vec::new(),
            alive: None,
        })
        .unwrap()
    }

    fn items(hub: &Handle, id: &EntityId) -> Vec<String> {
        let snapshot = hub.snapshot();
        let entity = &snapshot.house.entities[id];
        entity
            .attribute("items")
            .and_then(Value::as_list)
            .unwrap()
            .iter()
            .filter_map(Value::as_text)
            .map(str::to_owned)
            .collect()
    }

    #[tokio::test]
    async fn a_list_of_its_own_and_a_scene_come_back_after_a_restart() {
        let dir = TempDir::new().unwrap();
        let (list, scene);
        {
            let hub = hub(&dir);
            list = hub.create(NewHubEntity::List("购物清单".to_owned())).await.unwrap();
            for item in ["milk", "面包", "Milk"] {
                act(&hub, &list, Action::AddItem(item.to_owned()), Cause::Voice).await.unwrap();
            }
            act(&hub, &list, Action::CompleteItem("MILK".to_owned()), Cause::Voice).await.unwrap();
            assert!(act(&hub, &list, Action::TurnOn, Cause::Voice).await.is_err());
            let members = BTreeMap::from([(
                "light.a".to_owned(),
                Attributes::from([("state".to_owned(), "on".into()), ("brightness".to_owned(), 51.0.into())]),
            )]);
            scene = hub
                .create(NewHubEntity::Scene(HubScene {
                    name: "Movie".to_owned(),
                    area: Some(AreaId::new("den")),
                    members,
                }))
                .await
                .unwrap();
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        let hub = hub(&dir);
        assert_eq!(items(&hub, &list), ["面包"]);
        let snapshot = hub.snapshot();
        let members = snapshot.house.entities[&scene].attribute("entities").and_then(Value::as_map).unwrap();
        assert_eq!(members["light.a"].as_map().unwrap()["brightness"].as_number(), Some(51.0));
        assert_eq!(
            hub.create(NewHubEntity::Scene(HubScene { name: "movie".to_owned(), ..HubScene::default() }))
                .await
                .unwrap(),
            scene,
            "the same name is the same scene"
        );
    }

    #[tokio::test]
    async fn the_house_has_a_mode_that_is_kept_and_takes_no_other_word() {
        let dir = TempDir::new().unwrap();
        let id = EntityId::new(MODE);
        let mode = |hub: &Handle| hub.snapshot().house.entities[&id].state.value.clone().unwrap();
        {
            let hub = hub(&dir);
            assert_eq!(mode(&hub), "home");
            act(&hub, &id, Action::SelectOption("away".to_owned()), Cause::Api).await.unwrap();
            assert!(act(&hub, &id, Action::SelectOption("party".to_owned()), Cause::Api).await.is_err());
            hub.create(NewHubEntity::List("shopping".to_owned())).await.unwrap();
            let snapshot = hub.snapshot();
            assert_eq!(snapshot.house.entities[&id].state.cause, Cause::Api, "another change leaves it as it was");
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        assert_eq!(mode(&hub(&dir)), "away");
    }
}
