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
    changes(&mut adapters, topic, r#"{"name":"Plug","uniq_id":"1","cmd_t":"a/set","stat_t":"a"}"#, expect![[r#"
        appeared switch.plug "Plug"
        Subscribe("a")"#]]);
    changes(&mut adapters, topic, r#"{"name":"Kettle","uniq_id":"1","cmd_t":"a/set","stat_t":"a"}"#, expect![[r#"appeared switch.plug "Kettle""#]]);
    changes(&mut adapters, topic, r#"{"name":"Kettle","uniq_id":"1","cmd_t":"b/set","stat_t":"b"}"#, expect![[r#"
        appeared switch.plug "Kettle"
        Subscribe("b")
        Unsubscribe("a")"#]]);
    changes(&mut adapters, topic, "", expect![[r#"
        Unsubscribe("b")
        Gone(EntityId("switch.plug"))"#]]);
    changes(&mut adapters, "b", "ON", expect![""]);
    changes(&mut adapters, topic, r#"{"name":"Lamp","uniq_id":"1","cmd_t":"b/set"}"#, expect![[r#"appeared switch.plug "Lamp""#]]);
}

#[test]
fn a_component_is_taken_out_of_its_device() {
    let mut adapters = Adapters::new(Limits::default());
    let topic = "homeassistant/device/d/config";
    let both = r#"{"dev":{"name":"D"},"cmps":{"a":{"p":"button","name":"A","uniq_id":"a","cmd_t":"x"},"b":{"p":"button","name":"B","uniq_id":"b","cmd_t":"x"}}}"#;
    changes(&mut adapters, topic, both, expect![[r#"
        appeared button.d_a "D A"
        appeared button.d_b "D B""#]]);
    let one = r#"{"dev":{"name":"D"},"cmps":{"a":{"p":"button"},"b":{"p":"button","name":"B","uniq_id":"b","cmd_t":"x"}}}"#;
    changes(&mut adapters, topic, one, expect![[r#"Gone(EntityId("button.d_a"))"#]]);
    changes(&mut adapters, topic, "", expect![[r#"Gone(EntityId("button.d_b"))"#]]);
}

#[test]
fn an_entity_moves_into_a_device() {
    let mut adapters = Adapters::new(Limits::default());
    changes(&mut adapters, "homeassistant/button/a/config", r#"{"name":"A","uniq_id":"a","cmd_t":"x"}"#, expect![[r#"appeared button.a "A""#]]);
    changes(&mut adapters, "homeassistant/button/a/config", r#"{"migrate_discovery":true}"#, expect![[r#"Gone(EntityId("button.a"))"#]]);
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
        light c = light.lamp_3"#]].assert_eq(&ids.join("\n"));
}

#[test]
fn availability_follows_its_mode() {
    for (mode, expected) in [("all", "-+-"), ("any", "+++"), ("latest", "++-")] {
        let mut world = World::new();
        let avty = r#"[{"t":"one"},{"t":"two","pl_avail":"yes","pl_not_avail":"no"}]"#;
        world.publish("homeassistant/button/x/config", format!(r#"{{"name":"X","cmd_t":"x","avty_mode":"{mode}","avty":{avty}}}"#));
        assert_eq!(world.entity("button.x").availability, Availability::Offline);
        let mut seen = String::new();
        for (topic, payload) in [("one", "online"), ("two", "yes"), ("two", "no")] {
            world.publish(topic, payload);
            seen.push(if world.entity("button.x").availability == Availability::Online { '+' } else { '-' });
        }
        assert_eq!(seen, expected, "{mode}");
    }
}
