//! Whatever comes in: nothing panics, nothing takes long, and each message that is refused is refused once, with a
//! reason.

use device_adapters::{Adapters, Change, Limits};
use proptest::prelude::*;

use crate::conformance::DIALECTS;
use crate::mutation::Corpus;
use crate::support::World;

const LIGHT: &str = "homeassistant/light/x/config";

fn refused(topic: &str, payload: impl AsRef<[u8]>) -> String {
    let mut adapters = Adapters::new(Limits::default());
    match adapters.read(topic, payload.as_ref(), false).as_slice() {
        [Change::Rejected { reason, .. }] => reason.to_string(),
        other => panic!("not refused, or not once: {other:?}"),
    }
}

#[test]
fn announcements_are_bounded() {
    let deep = format!("{}1{}", "[".repeat(60), "]".repeat(60));
    let deeper = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let shallow = format!("{}1{}", r#"{"a":"#.repeat(20), "}".repeat(20));
    let many: String = (0..201)
        .map(|n| format!(r#""c{n}":{{"p":"sensor","stat_t":"a/{n}","uniq_id":"u{n}"}}"#))
        .collect::<Vec<_>>()
        .join(",");
    let cases = [
        (LIGHT, format!(r#"{{"name":"{}"}}"#, "x".repeat(70_000)), "larger than 65536 bytes"),
        (
            "homeassistant/device/x/config",
            format!(r#"{{"cmps":{{"a":"{}"}}}}"#, "x".repeat(140_000)),
            "larger than 131072",
        ),
        (LIGHT, deep, "deeper than 16"),
        (LIGHT, deeper.chars().take(60_000).collect(), "recursion limit"),
        (LIGHT, shallow, "deeper than 16"),
        (LIGHT, r#"{"brightness_scale":NaN}"#.to_owned(), "can't be read"),
        (LIGHT, r#"{"brightness_scale":1e999}"#.to_owned(), "can't be read"),
        (LIGHT, "[]".to_owned(), "not a JSON map"),
        (LIGHT, "{}".to_owned(), "lacks a `command_topic`"),
        (LIGHT, r#"{"cmd_t":"a/#"}"#.to_owned(), "not a topic that can be used"),
        (LIGHT, r#"{"cmd_t":"homeassistant/light/y/config"}"#.to_owned(), "not a topic that can be used"),
        (LIGHT, r#"{"cmd_t":"a/+"}"#.to_owned(), "not a topic that can be used"),
        (LIGHT, r#"{"cmd_t":"hearth/request"}"#.to_owned(), "a topic of the hub's own"),
        (LIGHT, r#"{"cmd_t":"homeassistant/status"}"#.to_owned(), "a topic of the hub's own"),
        ("homeassistant/cover/x/config", r#"{"set_pos_t":"hearth/x"}"#.to_owned(), "a topic of the hub's own"),
        (LIGHT, r#"{"cmd_t":"a","stat_t":"a/+"}"#.to_owned(), "not a topic that can be used"),
        (LIGHT, format!(r#"{{"cmd_t":"a","stat_t":"+/+/{}"}}"#, "x".repeat(509)), "not a topic that can be used"),
        (LIGHT, r#"{"cmd_t":7}"#.to_owned(), "not a topic"),
        (LIGHT, r#"{"cmd_t":"a","stat_t":"b","stat_val_tpl":"{{ 'x' * 10**9 }}"}"#.to_owned(), "does not allow"),
        (
            LIGHT,
            format!(r#"{{"cmd_t":"a","stat_t":"b","stat_val_tpl":"{{{{ 1 }}}}{}"}}"#, "y".repeat(5000)),
            "could grow too large",
        ),
        (LIGHT, r#"{"cmd_t":"a","avty":[{}]}"#.to_owned(), "not a topic"),
        ("homeassistant/toaster/x/config", r#"{"cmd_t":"a"}"#.to_owned(), "no such platform"),
        ("homeassistant/device/x/config", r#"{"cmps":{"a":{"name":"b"}}}"#.to_owned(), "lacks a `platform`"),
        (
            "homeassistant/device/x/config",
            r#"{"cmps":{"a":{"p":"sensor","stat_t":"b"}}}"#.to_owned(),
            "lacks a `unique_id`",
        ),
        ("homeassistant/device/x/config", r#"{"dev":{}}"#.to_owned(), "lacks a `components`"),
        ("homeassistant/device/x/config", format!(r#"{{"cmps":{{{many}}}}}"#), "more than 200"),
        (
            "homeassistant/fan/x/config",
            r#"{"cmd_t":"a","spd_rng_min":5,"spd_rng_max":5}"#.to_owned(),
            "not below its greatest",
        ),
    ];
    for (topic, payload, expected) in cases {
        let reason = refused(topic, payload);
        assert!(reason.contains(expected), "{reason} / {expected}");
    }
    assert_eq!(refused(LIGHT, [0xff, 0xfe, b'{']), "it is not UTF-8");
    let long = format!("homeassistant/light/{}/config", "x".repeat(300));
    assert_eq!(refused(&long, r#"{"cmd_t":"a"}"#), "its id is too long, or there is none");
}

#[test]
fn native_announcements_are_bounded() {
    let mac = "tasmota/discovery/DC4F22AA0DC7/config";
    let cases = [
        ("zigbee2mqtt/bridge/devices", "x".repeat(5 * 1024 * 1024), "larger than 4194304 bytes"),
        ("zigbee2mqtt/bridge/devices", "{}".to_owned(), "expected a sequence"),
        ("zigbee2mqtt/bridge/devices", format!("[{}1{}]", "[".repeat(30), "]".repeat(30)), "nests deeper than 16"),
        ("zigbee2mqtt/bridge/devices", format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000)), "recursion limit"),
        ("zigbee2mqtt/bridge/devices", r#"[{"friendly_name":"x"}]"#.to_owned(), "missing field `ieee_address`"),
        ("zigbee2mqtt/bridge/groups", r#"[{"id":-1,"friendly_name":"x"}]"#.to_owned(), "can't be read"),
        ("zigbee2mqtt/bridge/event", "online".to_owned(), "can't be read"),
        (mac, r#"{"mac":"DC4F22AA0DC7","t":"x","rl":[1e999]}"#.to_owned(), "can't be read"),
        (mac, r#"{"mac":"DC4F22AA0DC7","t":"x","tp":["a"]}"#.to_owned(), "lacks a `tp`"),
        (mac, format!(r#"{{"t":"{}"}}"#, "x".repeat(70_000)), "larger than 65536"),
        ("tasmota/discovery/../config", "{}".to_owned(), "not its address"),
        ("shellyplus1-a/events/rpc", "NaN".to_owned(), "can't be read"),
        ("shellyplus1-a/status/switch:0", "[]".to_owned(), "not a JSON map"),
        ("shellyplus1-a/hearth/rpc", r#"{"error":{"message":"no"}}"#.to_owned(), "the device refused: `no`"),
        ("shellies/announce", "7".to_owned(), "not a JSON map"),
        ("shellies//relay/0", "on".to_owned(), "there is none"),
        ("homie/5/a/$description", r#"{"nodes":7}"#.to_owned(), "can't be read"),
    ];
    for (topic, payload, expected) in cases {
        let reason = refused(topic, payload);
        assert!(reason.contains(expected), "{topic}: {reason} / {expected}");
    }
    for topic in
        ["zigbee2mqtt/bridge/devices", mac, "shellyplus1-a/events/rpc", "shellies/announce", "homie/5/a/$description"]
    {
        assert_eq!(refused(topic, [0xff, b'{']), "it is not UTF-8", "{topic}");
    }
}

#[test]
fn a_device_with_too_much_is_cut_short() {
    let mut adapters = Adapters::new(Limits::default());
    let exposes: Vec<String> =
        (0..30_000).map(|n| format!(r#"{{"type":"numeric","name":"n{n}","property":"p{n}","access":1}}"#)).collect();
    let features: Vec<String> =
        (0..10_000).map(|n| format!(r#"{{"type":"binary","name":"f{n}","property":"f{n}_l1","access":7}}"#)).collect();
    let lamp = format!(
        r#"{{"type":"light","endpoint":"l1","features":[{{"type":"binary","name":"state","property":"state_l1","access":7}},{}]}}"#,
        features.join(",")
    );
    let devices = format!(
        r#"[{{"ieee_address":"0x1","friendly_name":"x","definition":{{"exposes":[{lamp},{}]}}}}]"#,
        exposes.join(",")
    );
    let changes = adapters.read("z/bridge/devices", devices.as_bytes(), true);
    assert_eq!(changes.iter().filter(|change| matches!(change, Change::Appeared { .. })).count(), 200);
    let members = vec![r#"{"ieee_address":"0x1"}"#; 100_000].join(",");
    let groups = format!(r#"[{{"id":1,"friendly_name":"g","members":[{members}]}}]"#);
    let changes = adapters.read("z/bridge/groups", groups.as_bytes(), true);
    assert_eq!(changes.iter().filter(|change| matches!(change, Change::Appeared { .. })).count(), 1);
}

#[test]
fn bridges_are_counted() {
    let mut adapters = Adapters::new(Limits::default());
    let devices = br#"[{"ieee_address":"0x1","friendly_name":"x"}]"#;
    let rejected =
        (0..20).filter(|n| !adapters.read(&format!("base{n}/bridge/devices"), devices, true).is_empty()).count();
    assert_eq!(rejected, 12);
}

#[test]
fn entities_are_counted() {
    let mut adapters = Adapters::new(Limits { entities: 3, ..Limits::default() });
    let mut read = |n: usize| adapters.read(&format!("homeassistant/button/b{n}/config"), br#"{"cmd_t":"a"}"#, false);
    assert!((0..3).all(|n| matches!(read(n).as_slice(), [Change::Appeared { .. }])));
    assert!(matches!(read(3).as_slice(), [Change::Rejected { .. }]));
}

#[test]
fn a_second_device_can_not_take_an_id() {
    let mut world = World::new();
    world.publish("homeassistant/lock/a/config", r#"{"name":"Front","uniq_id":"u","cmd_t":"a/set"}"#);
    world.publish("homeassistant/lock/b/config", r#"{"name":"Front","uniq_id":"u","cmd_t":"evil"}"#);
    world.publish("homeassistant/lock/c/config", r#"{"name":"Front","uniq_id":"v","cmd_t":"c/set"}"#);
    let refused = "its unique id is taken by `lock.front`, which was announced at `homeassistant/lock/a/config`; give \
                   one of the two another unique id, or take the other announcement back";
    assert_eq!(world.rejected, [refused]);
    assert_eq!(world.write("lock.front", &house::Action::Lock), "a/set LOCK");
    assert_eq!(world.write("lock.front_2", &house::Action::Lock), "c/set LOCK");
}

#[test]
fn names_are_cleaned() {
    let mut world = World::new();
    world.publish(
        LIGHT,
        "{\"name\":\"A\\u0000\\u001b[31m\\n\\u202eB\",\"cmd_t\":\"a\",\"dev\":{\"ids\":\"x\",\"sa\":\"Hall\\u0007\"}}",
    );
    assert_eq!(world.entity("light.a_31m_b").name, "A [31m B");
    assert_eq!(world.areas.values().next().unwrap().as_deref(), Some("Hall"));
    world.publish("homeassistant/light/y/config", format!(r#"{{"name":"{}","cmd_t":"a"}}"#, "长".repeat(1000)));
    assert_eq!(world.entity("light.y").name.chars().count(), 120);
}

#[test]
fn states_are_bounded() {
    let mut world = World::new();
    world.publish("homeassistant/sensor/s/config", r#"{"name":"S","stat_t":"s","json_attr_t":"s/a"}"#);
    world.publish("s", "nan");
    assert_eq!(world.state("sensor.s"), Some("unknown"));
    world.publish("s", "x".repeat(5000));
    assert_eq!(world.state("sensor.s").unwrap().len(), 255);
    world.publish("s", "x".repeat(70_000));
    world.publish("s", [0xff]);
    world.publish("s/a", "[1]");
    world.publish("s/a", format!("{}{}", r#"{"a":"#.repeat(30), "}".repeat(30)));
    assert_eq!(world.rejected.len(), 4, "{:?}", world.rejected);
    let many: String = (0..2000).map(|n| format!(r#""k{n}":{n}"#)).collect::<Vec<_>>().join(",");
    world.publish("s/a", format!("{{{many}}}"));
    assert!(world.entity("sensor.s").state.attributes.len() <= 256);
}

#[test]
fn identical_announcements_change_nothing() {
    let mut adapters = Adapters::new(Limits::default());
    let payload = br#"{"name":"A","cmd_t":"a","stat_t":"b"}"#;
    assert_eq!(adapters.read(LIGHT, payload, true).len(), 2);
    assert_eq!(adapters.read(LIGHT, payload, true), []);
}

/// A long run of the same: `cargo run --release -p device-adapters --example fuzz_adapters -- COUNT SEED`.
#[test]
fn bent_messages_never_panic() {
    for (place, dialect) in DIALECTS.iter().enumerate() {
        let tally = Corpus::of(dialect).run(BENT_PER_DIALECT, place as u64 + 1);
        println!("{dialect}: {tally:?}");
        assert!(
            tally.inputs == BENT_PER_DIALECT && 0 < tally.states && 0 < tally.rejected && 0 < tally.commands,
            "{dialect}: {tally:?}"
        );
    }
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::Value;
    let keys = prop::sample::select(vec![
        "name",
        "cmd_t",
        "stat_t",
        "val_tpl",
        "dev",
        "avty",
        "schema",
        "brightness",
        "sup_clrm",
        "pos_t",
        "set_pos_t",
        "p",
        "cmps",
        "uniq_id",
        "spd_rng_max",
        "temp_cmd_t",
        "modes",
        "mode_stat_t",
        "~",
        "state",
        "color",
        "items",
        "position",
        "min_mirs",
        "def_ent_id",
        "obj_id",
    ]);
    let texts = prop::sample::select(vec![
        "a/b",
        "~/x",
        "{{ value_json.a }}",
        "{{ value",
        "json",
        "template",
        "light",
        "light.x",
        "ON",
        "é客",
        "",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        texts.prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 40, 10, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(keys.clone().prop_map(str::to_owned), inner, 0..10)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

const PLATFORMS: &[&str] = &[
    "device",
    "light",
    "switch",
    "climate",
    "cover",
    "lock",
    "alarm_control_panel",
    "fan",
    "vacuum",
    "lawn_mower",
    "valve",
    "sensor",
    "binary_sensor",
    "scene",
    "button",
    "todo",
    "weather",
    "media_player",
    "person",
    "humidifier",
    "water_heater",
    "number",
    "select",
    "siren",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn random_bytes_never_panic(
        platform in prop::sample::select(PLATFORMS),
        bytes in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let mut adapters = Adapters::new(Limits::default());
        adapters.read(&format!("homeassistant/{platform}/x/config"), &bytes, false);
    }

    #[test]
    fn random_announcements_and_messages_never_panic(
        platform in prop::sample::select(PLATFORMS),
        config in json(),
        messages in prop::collection::vec((json(), ".{0,20}"), 0..6),
    ) {
        let mut adapters = Adapters::new(Limits::default());
        let topic = format!("homeassistant/{platform}/x/config");
        let changes = adapters.read(&topic, config.to_string().as_bytes(), false);
        let mut entities = Vec::new();
        let mut topics = Vec::new();
        for change in changes {
            match change {
                Change::Subscribe(topic) => topics.push(topic),
                Change::Appeared { entity, .. } => entities.push(entity),
                _ => {}
            }
        }
        for (json, text) in messages {
            for topic in &topics {
                adapters.read(topic, json.to_string().as_bytes(), false);
                adapters.read(topic, text.as_bytes(), false);
            }
        }
        for entity in entities {
            for action in [
                house::Action::TurnOn,
                house::Action::SetCoverPosition(40),
                house::Action::SetTemperature(f64::NAN),
                house::Action::SetPercentage(33),
            ] {
                let _ = adapters.write(&entity.id, &action, &entity);
            }
        }
    }

    #[test]
    fn random_templates_never_panic(source in "(\\{\\{|\\{%|\\}\\}|%\\}| \
     |value_json|value|\\.|\\||int|float|round|if|else|endif|for|in|\\[|\\]|\\(|\\)|\\*|~|\\+|1|'|set|x|=|a){0,30}") {
        let mut adapters = Adapters::new(Limits::default());
        let config = serde_json::json!({ "stat_t": "s", "val_tpl": source });
        adapters.read("homeassistant/sensor/x/config", config.to_string().as_bytes(), false);
        adapters.read("s", br#"{"a":[1,2,{"x":"y"}],"x":1}"#, false);
    }
}

/// Some hundred thousand altogether, which takes seconds.
const BENT_PER_DIALECT: u64 = 15_000;
