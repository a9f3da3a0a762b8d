//! What time and repetitions do to states.

use device_adapters::Change;
use house::{EntityId, Quality};

use crate::support::World;

const MINUTE: i64 = 60_000;

fn tell(world: &mut World, now_ms: i64) {
    let changes = world.adapters.tell_time(now_ms);
    world.apply(changes);
}

#[test]
fn motion_goes_off_by_itself_and_each_report_begins_anew() {
    let mut world = World::new();
    tell(&mut world, MINUTE);
    world.publish(
        "homeassistant/binary_sensor/pir/config",
        r#"{"name":"PIR","uniq_id":"pir","stat_t":"pir","off_dly":30,"dev_cla":"motion"}"#,
    );
    world.publish("pir", "ON");
    tell(&mut world, MINUTE + 20_000);
    world.publish("pir", "ON");
    tell(&mut world, MINUTE + 40_000);
    assert_eq!(world.state("binary_sensor.pir"), Some("on"));
    tell(&mut world, MINUTE + 50_000);
    assert_eq!(world.state("binary_sensor.pir"), Some("off"));
    world.publish("pir", "ON");
    world.publish("pir", "OFF");
    world.publish("pir", "ON");
    tell(&mut world, MINUTE + 79_999);
    assert_eq!(world.state("binary_sensor.pir"), Some("on"));
    tell(&mut world, MINUTE + 80_000);
    assert_eq!(world.state("binary_sensor.pir"), Some("off"));
}

#[test]
fn a_measurement_expires_and_is_fresh_again_with_the_next() {
    let mut world = World::new();
    tell(&mut world, MINUTE);
    world.publish("homeassistant/sensor/t/config", r#"{"name":"T","uniq_id":"t","stat_t":"t","exp_aft":120}"#);
    world.publish("t", "21.5");
    for seconds in (1..=119).step_by(59) {
        tell(&mut world, MINUTE + seconds * 1000);
    }
    assert_ne!(world.entity("sensor.t").state.quality, Quality::Stale);
    tell(&mut world, 3 * MINUTE);
    assert_eq!(world.entity("sensor.t").state.quality, Quality::Stale);
    world.publish("t", "21.5");
    assert_eq!(world.adapters.tell_time(4 * MINUTE), []);
    assert_eq!(world.adapters.tell_time(5 * MINUTE), [Change::Expired(EntityId::new("sensor.t"))]);
}

#[test]
fn a_clock_that_is_set_ends_nothing_early() {
    let mut world = World::new();
    tell(&mut world, 5_000);
    world.publish(
        "homeassistant/binary_sensor/pir/config",
        r#"{"name":"PIR","uniq_id":"pir","stat_t":"pir","off_dly":30}"#,
    );
    world.publish("pir", "ON");
    tell(&mut world, 1_772_434_800_000);
    assert_eq!(world.state("binary_sensor.pir"), Some("on"));
    tell(&mut world, 1_772_434_829_999);
    assert_eq!(world.state("binary_sensor.pir"), Some("on"));
    tell(&mut world, 1_772_434_830_000);
    assert_eq!(world.state("binary_sensor.pir"), Some("off"));
    world.publish("pir", "ON");
    world.publish("homeassistant/binary_sensor/pir/config", "");
    assert_eq!(world.adapters.tell_time(1_772_434_890_000), [], "what is gone does nothing");
}

#[test]
fn a_bridge_that_starts_again_repeats_each_state_once() {
    let mut world = World::new();
    tell(&mut world, MINUTE);
    let availability = r#"[{"topic":"zigbee2mqtt/bridge/state","value_template":"{{ value_json.state }}"}]"#;
    for name in ["door", "window"] {
        world.publish(
            &format!("homeassistant/binary_sensor/{name}/config"),
            format!(r#"{{"name":"{name}","uniq_id":"{name}","stat_t":"zigbee2mqtt/{name}","val_tpl":"{{{{ value_json.contact }}}}","pl_on":"False","pl_off":"True","avty":{availability}}}"#),
        );
    }
    let marks = |world: &mut World, topic: &str, payload: &str, retained: bool| -> Vec<bool> {
        let changes = world.adapters.read(topic, payload.as_bytes(), retained);
        changes
            .iter()
            .filter_map(|change| if let Change::State { retained, .. } = change { Some(*retained) } else { None })
            .collect()
    };
    assert_eq!(marks(&mut world, "zigbee2mqtt/door", r#"{"contact":true}"#, false), [false]);
    for state in ["offline", "online"] {
        marks(&mut world, "zigbee2mqtt/bridge/state", &format!(r#"{{"state":"{state}"}}"#), false);
    }
    assert_eq!(
        marks(&mut world, "zigbee2mqtt/door", r#"{"contact":false}"#, false),
        [true],
        "it was opened while the bridge was away"
    );
    assert_eq!(marks(&mut world, "zigbee2mqtt/door", r#"{"contact":true}"#, false), [false], "this is news");
    tell(&mut world, 2 * MINUTE + 1);
    assert_eq!(
        marks(&mut world, "zigbee2mqtt/window", r#"{"contact":false}"#, false),
        [false],
        "a minute later nothing is repeated any more"
    );
    // What the broker had kept says nothing of a start.
    marks(&mut world, "zigbee2mqtt/bridge/state", "online", true);
    assert_eq!(marks(&mut world, "zigbee2mqtt/door", r#"{"contact":false}"#, false), [false]);
}
