//! Random houses: areas, floors, entities of every kind, scenes and scripts.

use house::{
    Area, AreaId, Attributes, Availability, Domain, Entity, EntityId, Floor, FloorId, House, MovingTimer, State, Value,
};
use proptest::prelude::*;
use proptest::sample::{Index, select};

pub(crate) fn house() -> impl Strategy<Value = House> {
    let floors = prop::collection::vec(select(FLOORS), 0..3);
    let areas =
        prop::collection::vec((select(AREAS), prop::option::of(select(AREAS)), prop::option::of(any::<Index>())), 0..5);
    let entities = prop::collection::vec(entity(), 0..12);
    (floors, areas, entities, prop::collection::vec((prop::option::of(select(THINGS)), 1..4000_u64), 0..3)).prop_map(
        |(floors, areas, entities, timers)| {
            let mut house = House::default();
            for (number, name) in floors.iter().enumerate() {
                let id = FloorId::new(format!("floor_{number}"));
                house.floors.insert(id.clone(), Floor { id, name: (*name).to_owned(), aliases: vec![] });
            }
            for (number, (name, alias, floor)) in areas.iter().enumerate() {
                let id = AreaId::new(format!("area_{number}"));
                let floor = floor
                    .filter(|_| !house.floors.is_empty())
                    .map(|at| house.floors.keys().nth(at.index(house.floors.len())).unwrap().clone());
                house.areas.insert(
                    id.clone(),
                    Area {
                        id,
                        name: (*name).to_owned(),
                        aliases: alias.iter().map(|alias| (*alias).to_owned()).collect(),
                        floor,
                    },
                );
            }
            for (number, (mut entity, area)) in entities.into_iter().enumerate() {
                entity.id = EntityId::new(format!("{}.e{number}", entity.domain.as_str()));
                entity.area = area
                    .filter(|_| !house.areas.is_empty())
                    .map(|at| house.areas.keys().nth(at.index(house.areas.len())).unwrap().clone());
                house.entities.insert(entity.id.clone(), entity);
            }
            join_members(&mut house);
            house.timers = timers
                .iter()
                .enumerate()
                .map(|(number, (name, length_s))| MovingTimer {
                    id: format!("t{number}"),
                    name: name.map(str::to_owned),
                    area: None,
                    length_s: *length_s,
                    left_s: *length_s,
                    is_active: true,
                    asked_by: None,
                })
                .collect();
            house
        },
    )
}

pub(crate) fn entity() -> impl Strategy<Value = (Entity, Option<Index>)> {
    const OFTEN: &[Domain] =
        &[Domain::Light, Domain::Cover, Domain::Lock, Domain::Scene, Domain::Script, Domain::Valve];
    let domain = prop_oneof![3 => select(Domain::ALL), 2 => select(OFTEN)];
    let names = (select(THINGS), prop::option::of(select(THINGS)));
    (
        domain,
        names,
        prop::option::of(select(CLASSES)),
        prop::option::of(select(STATES)),
        attributes(),
        prop::option::of(any::<Index>()),
    )
        .prop_map(|(domain, (name, alias), class, state, attributes, area)| {
            let state = State { value: state.map(str::to_owned), attributes, ..State::default() };
            let (id, device_class) = (EntityId::new(""), class.map(str::to_owned));
            (
                Entity {
                    id,
                    name: name.to_owned(),
                    aliases: alias.iter().map(|alias| (*alias).to_owned()).collect(),
                    domain,
                    device_class,
                    area: None,
                    state,
                    availability: Availability::Online,
                },
                area,
            )
        })
}

fn attributes() -> impl Strategy<Value = Attributes> {
    let number = |name: &'static str| (Just(name.to_owned()), (-10.0..300.0_f64).prop_map(Value::Number));
    let members = prop::collection::vec((0..12_usize, select(STATES), 0..101_u8), 0..4).prop_map(|members| {
        let member = |(at, state, position): (usize, &str, u8)| {
            (
                format!("#{at}"),
                Value::Map(
                    [("state".to_owned(), state.into()), ("position".to_owned(), f64::from(position).into())].into(),
                ),
            )
        };
        ("entities".to_owned(), Value::Map(members.into_iter().map(member).collect()))
    });
    let sequence = prop::collection::vec((0..12_usize, select(SERVICES)), 0..4).prop_map(|calls| {
        let call = |(at, service): (usize, &str)| {
            Value::Map(
                [
                    ("service".to_owned(), service.into()),
                    ("entity_id".to_owned(), Value::List(vec![format!("#{at}").into()])),
                    ("position".to_owned(), 50.0.into()),
                ]
                .into(),
            )
        };
        ("sequence".to_owned(), Value::List(calls.into_iter().map(call).collect()))
    });
    prop::collection::vec(
        prop_oneof![
            number("brightness"),
            number("current_position"),
            number("temperature"),
            number("volume_level"),
            members,
            sequence
        ],
        0..4,
    )
    .prop_map(|pairs| pairs.into_iter().collect())
}

/// Members are drawn as numbers before there are ids; here they become ids.
fn join_members(house: &mut House) {
    let ids: Vec<EntityId> = house.entities.keys().cloned().collect();
    let id = |text: &str| {
        text.strip_prefix('#')
            .and_then(|at| at.parse::<usize>().ok())
            .map_or_else(|| text.to_owned(), |at| ids[at % ids.len()].to_string())
    };
    for entity in house.entities.values_mut() {
        if let Some(Value::Map(members)) = entity.state.attributes.get_mut("entities") {
            *members = std::mem::take(members).into_iter().map(|(at, wanted)| (id(&at), wanted)).collect();
        }
        if let Some(Value::List(calls)) = entity.state.attributes.get_mut("sequence") {
            for call in calls {
                if let Value::Map(call) = call
                    && let Some(Value::List(targets)) = call.get_mut("entity_id")
                {
                    targets.iter_mut().for_each(|target| *target = id(target.as_text().unwrap()).into());
                }
            }
        }
    }
}

pub(crate) fn name_of_something() -> impl Strategy<Value = String> {
    let other =
        select(&["everything", "here", "the house", "all", "", "  ", "lights", "灯", "upstairs", "家里", "它"][..]);
    prop_oneof![select(AREAS), select(THINGS), select(FLOORS), other].prop_map(str::to_owned)
}

pub(crate) const AREAS: &[&str] = &[
    "Kitchen",
    "Living Room",
    "Bedroom 1",
    "Bedroom 2",
    "bedroom",
    "厨房",
    "客厅",
    "主卧",
    "Büro",
    "The Office",
    "Garage",
    "kids' room",
    "🦊",
    "Studio 54",
];

const FLOORS: &[&str] = &["Upstairs", "Ground Floor", "一楼", "二楼", "Basement"];

pub(crate) const THINGS: &[&str] = &[
    "Ceiling Light",
    "Lamp",
    "Floor Lamp",
    "灯",
    "吸顶灯",
    "台灯",
    "Front Door",
    "Garage Door",
    "大门",
    "车库门",
    "Garden Gate",
    "Thermostat",
    "TV",
    "电视",
    "Blinds",
    "窗帘",
    "Robot",
    "🦊 lamp",
    "lights",
    "Kitchen Light",
    "x",
    "Movie Night",
    "晚安模式",
    "Shopping List",
    "Fan",
    "空调",
    "Siren",
    "House Alarm",
    "Gas Valve",
    "Kitchen",
    "the the",
    "100%",
    "Ünïcode Lämp",
];

const CLASSES: &[&str] = &["garage", "gate", "door", "curtain", "blind", "gas", "water", "tv", "outlet", "window"];

const STATES: &[&str] = &[
    "on",
    "off",
    "open",
    "closed",
    "locked",
    "unlocked",
    "disarmed",
    "armed_away",
    "heat",
    "playing",
    "paused",
    "cleaning",
];

const SERVICES: &[&str] = &[
    "light.turn_on",
    "homeassistant.turn_on",
    "homeassistant.turn_off",
    "cover.open_cover",
    "cover.set_cover_position",
    "lock.unlock",
    "lock.lock",
    "alarm_control_panel.alarm_disarm",
    "valve.open_valve",
    "switch.turn_off",
    "vacuum.start",
    "lock.open",
    "rubbish",
];
