//! Announcements over time: repeated, changed, moved, taken back.

use device_adapters::{Adapters, Change, Limits};
use expect_test::{Expect, expect};
use house::Availability;

use crate::support::World;

fn changes(adapters: &mut Adapters, topic: &str, payload: &str, expected: Expect) {
    let line = |change: &Change| match change {
        Change::Appeared { entity, .. } => format!("appeared {} \"{}\"", entity.id, entity.name),
        other => format!("{other:?}"),
    };
    let lines: Vec<String> = adapters.read(topic, payload.as_bytes(), false).iter().map(line).collect();
    expected.assert_eq(&lines.join("\n"));
}

#[test]
fn a_device_is_renamed_rewired_and_removed() {
    let mut adapters = Adapters::new(Limits::default());
    let topic = "homeassistant/switch/a/config";
    changes(
        &mut adapters,
        topic,
        r#"{"name":"Plug","uniq_id":"1","cmd_t":"a/set","stat_t":"a"}"#,
        expect![[r#"
        appeared switch.plug "Plug"
        Subscribe("a")"#]],
    );
    changes(
        &mut adapters,
        topic,
        r#"{"name":"Kettle","uniq_id":"1","cmd_t":"a/set","stat_t":"a"}"#,
        expect![[r#"appeared switch.plug "Kettle""#]],
    );
    changes(
        &mut adapters,
        topic,
        r#"{"name":"Kettle","uniq_id":"1","cmd_t":"b/set","stat_t":"b"}"#,
        expect![[r#"
        appeared switch.plug "Kettle"
        Subscribe("b")
        Unsubscribe("a")"#]],
    );
    changes(
        &mut adapters,
        topic,
        "",
        expect![[r#"
        Unsubscribe("b")
        Gone(EntityId("switch.plug"))"#]],
    );
    changes(&mut adapters, "b", "ON", expect![""]);
    changes(
        &mut adapters,
        topic,
        r#"{"name":"Lamp","uniq_id":"1","cmd_t":"b/set"}"#,
        expect![[r#"appeared switch.plug "Lamp""#]],
    );
}

#[test]
fn a_component_is_taken_out_of_its_device() {
    let mut adapters = Adapters::new(Limits::default());
    let topic = "homeassistant/device/d/config";
    let both = r#"{"dev":{"name":"D"},"cmps":{"a":{"p":"button","name":"A","uniq_id":"a","cmd_t":"x"},"b":{"p":"button","name":"B","uniq_id":"b","cmd_t":"x"}}}"#;
    changes(
        &mut adapters,
        topic,
        both,
        expect![[r#"
        appeared button.d_a "D A"
        appeared button.d_b "D B""#]],
    );
    let one =
        r#"{"dev":{"name":"D"},"cmps":{"a":{"p":"button"},"b":{"p":"button","name":"B","uniq_id":"b","cmd_t":"x"}}}"#;
    changes(&mut adapters, topic, one, expect![[r#"Gone(EntityId("button.d_a"))"#]]);
    changes(&mut adapters, topic, "", expect![[r#"Gone(EntityId("button.d_b"))"#]]);
}

#[test]
fn an_entity_moves_into_a_device() {
    let mut adapters = Adapters::new(Limits::default());
    changes(
        &mut adapters,
        "homeassistant/button/a/config",
        r#"{"name":"A","uniq_id":"a","cmd_t":"x"}"#,
        expect![[r#"appeared button.a "A""#]],
    );
    changes(
        &mut adapters,
        "homeassistant/button/a/config",
        r#"{"migrate_discovery":true}"#,
        expect![[r#"Gone(EntityId("button.a"))"#]],
    );
    let device = r#"{"dev":{"name":"D"},"cmps":{"a":{"p":"button","name":"A","uniq_id":"a","cmd_t":"x"}}}"#;
    changes(&mut adapters, "homeassistant/device/d/config", device, expect![[r#"appeared button.a "D A""#]]);
}

#[test]
fn ids_outlive_a_restart() {
    let announce = |adapters: &mut Adapters, unique: &str| {
        let config = format!(r#"{{"name":"Lamp","uniq_id":"{unique}","cmd_t":"x"}}"#);
        adapters.read(&format!("homeassistant/light/{unique}/config"), config.as_bytes(), true);
    };
    let mut first = Adapters::new(Limits::default());
    announce(&mut first, "a");
    announce(&mut first, "b");
    let kept: Vec<_> = first.identities().map(|(key, id)| (key.to_owned(), id.clone())).collect();
    let mut second = Adapters::with_identities(Limits::default(), kept.clone());
    announce(&mut second, "b");
    announce(&mut second, "a");
    announce(&mut second, "c");
    let ids: Vec<String> = second.identities().map(|(key, id)| format!("{key} = {id}")).collect();
    expect![[r#"
        light a = light.lamp
        light b = light.lamp_2
        light c = light.lamp_3"#]]
    .assert_eq(&ids.join("\n"));
}

#[test]
fn availability_follows_its_mode() {
    for (mode, expected) in [("all", "-+-"), ("any", "+++"), ("latest", "++-")] {
        let mut world = World::new();
        let avty = r#"[{"t":"one"},{"t":"two","pl_avail":"yes","pl_not_avail":"no"}]"#;
        world.publish(
            "homeassistant/button/x/config",
            format!(r#"{{"name":"X","cmd_t":"x","avty_mode":"{mode}","avty":{avty}}}"#),
        );
        assert_eq!(world.entity("button.x").availability, Availability::Offline);
        let mut seen = String::new();
        for (topic, payload) in [("one", "online"), ("two", "yes"), ("two", "no")] {
            world.publish(topic, payload);
            seen.push(if world.entity("button.x").availability == Availability::Online { '+' } else { '-' });
        }
        assert_eq!(seen, expected, "{mode}");
    }
}

#[test]
fn who_comes_late_knows_that_the_bridge_is_online() {
    let mut world = World::new();
    let button = |name: &str| {
        format!(r#"{{"name":"{name}","cmd_t":"x","avty_t":"bridge","avty_tpl":"{{{{ value_json.state }}}}"}}"#)
    };
    world.publish("homeassistant/button/a/config", button("A"));
    world.publish("bridge", r#"{"state":"online"}"#);
    world.publish("homeassistant/button/b/config", button("B"));
    assert_eq!(world.entity("button.b").availability, Availability::Online);
    world.publish("bridge", r#"{"state":"offline"}"#);
    world.publish("homeassistant/button/c/config", button("C"));
    assert_eq!(world.entity("button.c").availability, Availability::Offline);
}

#[test]
fn a_device_without_its_dialect_comes_back_as_it_is_announced() {
    let mut world = World::new();
    let native = r#"[{"ieee_address":"0x00158d0001020304","type":"Router","friendly_name":"Plug","definition":{"exposes":[{"type":"switch","features":[{"type":"binary","name":"state","property":"state","access":7,"value_on":"ON","value_off":"OFF"}]}]}}]"#;
    let discovered = r#"{"name":null,"dev":{"ids":["zigbee2mqtt_0x00158d0001020304"],"name":"Plug"},"uniq_id":"0x00158d0001020304_switch_zigbee2mqtt","cmd_t":"old/set"}"#;
    world.publish("homeassistant/switch/p/config", discovered);
    world.publish("zigbee2mqtt/bridge/devices", native);
    assert_eq!(world.write("switch.plug", &house::Action::TurnOn), r#"zigbee2mqtt/Plug/set {"state":"ON"}"#);
    world.publish("zigbee2mqtt/bridge/devices", "[]");
    world.publish("homeassistant/switch/p/config", discovered);
    assert_eq!(world.write("switch.plug", &house::Action::TurnOn), "old/set ON");
    assert_eq!(world.entities.len(), 1);
}

#[test]
fn a_device_is_asked_once_and_again_after_the_broker_was_lost() {
    let mut adapters = Adapters::new(Limits::default());
    let config = r#"{"mac":"DC4F22AA0DC7","t":"plug","dn":"Plug","rl":[1]}"#;
    let asks = |changes: Vec<Change>| changes.into_iter().filter(|change| matches!(change, Change::Ask(_))).count();
    let topic = "tasmota/discovery/DC4F22AA0DC7/config";
    assert_eq!(asks(adapters.read(topic, config.as_bytes(), false)), 1);
    assert_eq!(asks(adapters.read(topic, config.as_bytes(), false)), 0);
    assert_eq!(asks(adapters.read(topic, config.as_bytes(), true)), 1);
}
