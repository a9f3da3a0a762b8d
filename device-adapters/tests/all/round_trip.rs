//! Any house file can be announced by virtual devices and read back as the same house.

use device_adapters::{Delays, VirtualHouse, demo_house, export, house, maps, slug};
use house::{Area, AreaId, Domain, Entity, EntityId, House, State, Value};
use proptest::prelude::*;

use crate::support::World;

fn check(house: &House) {
    let mut world = World::new();
    world.publish_all(VirtualHouse::new(house, Delays::None).announce());
    assert_eq!(world.rejected, Vec::<String>::new());
    assert_eq!(world.entities.len(), house.entities.len());
    for (id, entity) in &house.entities {
        let read = world.entity(id.as_str());
        assert_eq!(read.name, entity.name);
        assert_eq!(
            (read.domain, &read.aliases, &read.device_class),
            (entity.domain, &entity.aliases, &entity.device_class),
            "{id}"
        );
        assert_eq!(world.areas[id], house.area_of(entity).map(|area| area.name.clone()), "{id}");
        assert_eq!((&read.state.value, read.availability), (&entity.state.value, entity.availability), "{id}");
        for (name, value) in entity.state.attributes.iter().filter(|(_, value)| **value != Value::Null) {
            assert_eq!(read.attribute(name), Some(value), "{id} {name}");
        }
    }
}

#[test]
fn the_demonstration_house_comes_back() {
    for lang in ["en", "zh-CN"] {
        let demo = demo_house(lang).unwrap();
        check(&demo);
        assert_eq!(house(&export(&demo)).unwrap(), demo);
    }
}

#[test]
fn both_languages_are_the_same_house() {
    let (en, zh) = (demo_house("en").unwrap(), demo_house("zh").unwrap());
    let shape = |house: &House| {
        house.entities.values().map(|entity| (entity.id.clone(), entity.device_class.clone())).collect::<Vec<_>>()
    };
    assert_eq!(shape(&en), shape(&zh));
    assert_eq!((en.floors.len(), zh.floors.len()), (3, 3));
    assert!(12 <= en.areas.len() && en.areas.len() == zh.areas.len());
    assert!(64 <= en.entities.len());
    for house in [&en, &zh] {
        let mut names: Vec<_> =
            house.entities.values().map(|entity| (&entity.area, entity.name.to_lowercase())).collect();
        names.sort();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count, "two things in one room have one name");
        assert!(house.areas.values().all(|area| area.floor.is_some()));
        for scene in house.of_domain(Domain::Scene) {
            let members = scene.attribute("entities").and_then(Value::as_map).unwrap();
            assert!(members.keys().all(|member| house.entities.contains_key(&EntityId::new(member.clone()))));
        }
    }
}

#[test]
fn odd_houses_come_back() {
    let houses = maps(
        r#"{"odd ids":{"entities":[
            {"id":"lock.porte_d'entrée","name":"Porte d'entrée","state":"locked","area":"Entrée"},
            {"id":"cover.客廳窗簾","name":"客廳窗簾","state":"open","area":"客廳"},
            {"id":"sensor.traveling speed","name":"Speed","domain":"sensor","state":"3"},
            {"id":"sensor.CO2 a","name":"CO2","state":"400"},
            {"id":"light.Lamp","name":"A"},{"id":"light.lamp","name":"B"},{"id":"light.x_y","name":"C"},{"id":"light.x-y","name":"D"}]},
          "odd states":{"entities":[
            {"id":"climate.a","name":"A","state":null,"attributes":{"hvac_modes":["off","cool"],"hvac_mode":"off","hvac_action":"off",
              "supported_features":["climate.ClimateEntityFeature.FAN_MODE"],"current_temperature":68,"target_temperature":70}},
            {"id":"light.rgbw","name":"B","attributes":{"supported_color_modes":["rgbw"],"color_mode":"rgbw","rgbw_color":[0,0,0,0]}},
            {"id":"light.both","name":"Both","state":"on","attributes":{"hs_color":[1,2],"color_temp_kelvin":3000,"brightness":7}},
            {"id":"light.list","name":"C","state":"on","attributes":{"color_mode":["onoff"]}},
            {"id":"valve.v","name":"V","state":"closed","attributes":{"reports_position":false}},
            {"id":"valve.w","name":"W","attributes":{"current_position":0}},
            {"id":"media_player.m","name":"M","attributes":{"volume_level":"50"}},
            {"id":"vacuum.r","name":"R","state":"off"},
            {"id":"calendar.c","name":"Cal","domain":"calendar"},
            {"id":"script.s","name":"S","attributes":{"sequence":[{"service":"light.turn_off","entity_id":["light.x"]}]}},
            {"id":"light.gone","name":"Gone","state":"unavailable","attributes":{"brightness":null}},
            {"id":"input_boolean.i","name":"I","state":"on"},{"id":"automation.a","name":"Auto","state":"on"},
            {"id":"humidifier.h","name":"H","state":"on","attributes":{"humidity":45}},
            {"id":"water_heater.w","name":"Boiler","state":"eco","attributes":{"temperature":55}},
            {"id":"select.s","name":"Mode","state":"a","attributes":{"options":["a","b"]}},
            {"id":"number.n","name":"Level","state":"4","attributes":{"min":0,"max":9}},
            {"id":"siren.s","name":"Siren","state":"off"},{"id":"button.b","name":"Bell"}]}}"#,
    )
    .unwrap();
    houses.values().for_each(check);
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::Bool),
        (-1000..1000_i32).prop_map(|n| Value::Number(f64::from(n))),
        "[ -~]{0,12}".prop_map(Value::Text)
    ];
    leaf.prop_recursive(2, 8, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
            prop::collection::btree_map("[a-z]{1,6}", inner, 0..4).prop_map(Value::Map),
        ]
    })
}

fn entity() -> impl Strategy<Value = Entity> {
    let state = |domain: Domain| match domain {
        Domain::Light | Domain::Switch | Domain::BinarySensor | Domain::Fan => vec!["on", "off"],
        Domain::Cover | Domain::Valve => vec!["open", "closed", "opening", "closing"],
        Domain::Lock => vec!["locked", "unlocked", "jammed"],
        Domain::MediaPlayer => vec!["playing", "off"],
        _ => vec!["21.5"],
    };
    let domains = vec![
        Domain::Light,
        Domain::Switch,
        Domain::BinarySensor,
        Domain::Fan,
        Domain::Cover,
        Domain::Valve,
        Domain::Lock,
        Domain::MediaPlayer,
        Domain::Sensor,
    ];
    let number = |most: i32| prop::option::of((0..=most).prop_map(|n| Value::Number(f64::from(n))));
    (
        prop::sample::select(domains),
        any::<prop::sample::Index>(),
        any::<bool>(),
        "[A-Za-z\u{4e00}-\u{4e2f} ]{1,12}",
        number(255),
        number(100),
        value(),
    )
        .prop_map(move |(domain, pick, is_known, name, brightness, position, other)| {
            let states = state(domain);
            let mut attributes = house::Attributes::from([("other".to_owned(), other)]);
            attributes
                .extend(brightness.filter(|_| domain == Domain::Light).map(|level| ("brightness".to_owned(), level)));
            attributes
                .extend(position.filter(|_| domain == Domain::Cover).map(|at| ("current_position".to_owned(), at)));
            let value = is_known.then(|| states[pick.index(states.len())].to_owned());
            let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
            let name = if name.is_empty() { "x".to_owned() } else { name };
            Entity {
                id: EntityId::new(format!("{}.x", domain.as_str())),
                name,
                aliases: Vec::new(),
                domain,
                device_class: None,
                area: None,
                state: State { value, attributes, ..State::default() },
                availability: house::Availability::Online,
            }
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn made_up_houses_come_back(
        entities in prop::collection::vec((entity(), "[a-zé\u{4e00}-\u{4e2f}_ ]{1,8}", 0..4_usize), 1..20),
    ) {
        let mut made = House::default();
        for (place, (mut entity, object, area)) in entities.into_iter().enumerate() {
            entity.id = EntityId::new(format!("{}.{}{place}", entity.domain.as_str(), object.trim_start()));
            let name = ["", "Kitchen", "客厅", "Salle à manger"][area];
            entity.area = (!name.is_empty()).then(|| AreaId::new(slug(name)));
            if let Some(id) = entity.area.clone() {
                made.areas.insert(id.clone(), Area { id, name: name.to_owned(), aliases: Vec::new(), floor: None });
            }
            made.entities.insert(entity.id.clone(), entity);
        }
        check(&made);
    }
}
