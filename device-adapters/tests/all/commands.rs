//! What announcements let the hub publish, and who else hears it.

use std::collections::BTreeSet;

use device_adapters::{Adapters, AnnouncedCommands, Limits};
use house::EntityId;

const LOCK: &str = r#"{"name":"Front","uniq_id":"lock","cmd_t":"zigbee2mqtt/front/set"}"#;

fn topics(of: &[&str]) -> BTreeSet<String> {
    of.iter().map(|&topic| topic.to_owned()).collect()
}

#[test]
fn every_topic_that_the_hub_would_publish_to_is_told() {
    let mut announced = AnnouncedCommands::default();
    for (topic, payload, expected) in [
        ("homeassistant/lock/x/config", LOCK, &["zigbee2mqtt/front/set"][..]),
        (
            "homeassistant/light/x/config",
            r#"{"~":"a","cmd_t":"~/set","bri_cmd_t":"~/bri","stat_t":"~/state","avty_t":"~/online"}"#,
            &["a/bri", "a/set"],
        ),
        (
            "homeassistant/cover/x/config",
            r#"{"cmd_t":"a/set","set_pos_t":"a/pos","pos_t":"a/at"}"#,
            &["a/pos", "a/set"],
        ),
        (
            "homeassistant/device/x/config",
            r#"{"cmps":{"a":{"p":"switch","cmd_t":"b/set"},"b":{"p":"sensor","stat_t":"b/state"}}}"#,
            &["b/set"],
        ),
        ("homeassistant/light/x/config", "", &[]),
        ("homeassistant/light/x/config", "nonsense", &[]),
        ("zigbee2mqtt/front", r#"{"state":"LOCK"}"#, &[]),
    ] {
        assert_eq!(announced.of("someone", topic, payload.as_bytes()), topics(expected), "{topic} {payload}");
    }
}

#[test]
fn a_native_dialect_commands_what_its_message_names() {
    let mut announced = AnnouncedCommands::default();
    let config = |full: &str| {
        format!(
            r#"{{"ip":"10.0.0.2","dn":"Plug","fn":["Plug"],"hn":"plug","mac":"AABBCCDDEEFF","md":"Plug","ofln":"Offline",
            "onln":"Online","state":["OFF","ON","TOGGLE","HOLD"],"sw":"14.0","t":"plug","ft":"{full}",
            "tp":["cmnd","stat","tele"],"rl":[1],"swc":[-1],"btn":[0],"so":{{}},"lk":0,"lt_st":0,"ver":1}}"#
        )
    };
    let own = announced.of("tasmota", "tasmota/discovery/AABBCCDDEEFF/config", config("%prefix%/%topic%/").as_bytes());
    assert!(!own.is_empty() && own.iter().all(|topic| topic.starts_with("cmnd/plug/")), "{own:?}");
    let foreign = config("zigbee2mqtt/front/set/%prefix%/");
    let foreign = announced.of("tasmota", "tasmota/discovery/AABBCCDDEEFF/config", foreign.as_bytes());
    assert!(foreign.iter().any(|topic| topic.starts_with("zigbee2mqtt/front/set/")), "{foreign:?}");
}

#[test]
fn what_hears_the_commands_of_another_is_known() {
    for (command, is_shared) in [
        ("zigbee2mqtt/front/set", true),
        ("zigbee2mqtt/front/set/state", true),
        ("zigbee2mqtt/front", true),
        ("zigbee2mqtt/frontier/set", false),
        ("zigbee2mqtt/attic/set", false),
    ] {
        let mut adapters = Adapters::new(Limits::default());
        adapters.read("homeassistant/lock/front/config", LOCK.as_bytes(), false);
        let lamp = format!(r#"{{"name":"Mood Lamp","uniq_id":"evil","cmd_t":"{command}","pl_on":"UNLOCK"}}"#);
        adapters.read("homeassistant/light/evil/config", lamp.as_bytes(), false);
        let shared = adapters.shared_commands(|id| id.as_str() == "lock.front");
        let lamp = EntityId::new("light.mood_lamp");
        assert_eq!(shared.contains_key(&lamp), is_shared, "{command}: {shared:?}");
        assert!(!shared.contains_key(&EntityId::new("lock.front")), "the lock itself stays as it is");
    }
}
