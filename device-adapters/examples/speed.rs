//! How many messages a second the adapters read, with 2,000 entities. `cargo run --release -p device-adapters
//! --example speed`.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a measurement, not a part of the hub"
)]

use std::time::Instant;

use device_adapters::{Adapters, Change, Limits};

fn main() {
    measure(
        "plain text, a topic each",
        2000,
        |n| {
            (
                format!("homeassistant/sensor/s{n}/config"),
                format!(r#"{{"name":"S{n}","uniq_id":"{n}","stat_t":"node/{n}/state"}}"#),
            )
        },
        |n| (format!("node/{n}/state"), format!("{}.5", n % 40)),
    );
    measure(
        "JSON, four entities on a topic",
        2000,
        |n| {
            let field = ["temperature", "humidity", "battery", "linkquality"].get(n % 4).copied().unwrap_or_default();
            let device = n / 4;
            let config = format!(
                r#"{{"name":"{field}","uniq_id":"{n}","stat_t":"zigbee2mqtt/d{device}","val_tpl":"{{{{ value_json.{field} }}}}","dev":{{"ids":"{device}","name":"D{device}"}}}}"#
            );
            (format!("homeassistant/sensor/d{device}/{field}/config"), config)
        },
        |n| {
            (
                format!("zigbee2mqtt/d{}", n % 500),
                r#"{"temperature":21.5,"humidity":40,"battery":97,"linkquality":120}"#.to_owned(),
            )
        },
    );
    measure(
        "lights in JSON",
        2000,
        |n| {
            let config = format!(
                r#"{{"name":"L{n}","uniq_id":"{n}","schema":"json","sup_clrm":["xy","color_temp"],"stat_t":"z/l{n}","cmd_t":"z/l{n}/set"}}"#
            );
            (format!("homeassistant/light/l{n}/config"), config)
        },
        |n| {
            (
                format!("z/l{n}"),
                r#"{"state":"ON","brightness":127,"color_mode":"xy","color":{"x":0.4,"y":0.4},"linkquality":120}"#
                    .to_owned(),
            )
        },
    );
    measure(
        "templates that need the engine",
        2000,
        |n| {
            let config = format!(
                r#"{{"name":"T{n}","uniq_id":"{n}","stat_t":"t/{n}","val_tpl":"{{{{ (value_json.t | float(0) / 10) | round(1) }}}}"}}"#
            );
            (format!("homeassistant/sensor/t{n}/config"), config)
        },
        |n| (format!("t/{n}"), r#"{"t":215}"#.to_owned()),
    );
}

fn measure(
    what: &str,
    entities: usize,
    announce: impl Fn(usize) -> (String, String),
    say: impl Fn(usize) -> (String, String),
) {
    let mut adapters = Adapters::new(Limits::default());
    let started = Instant::now();
    for n in 0..entities {
        let (topic, payload) = announce(n);
        adapters.read(&topic, payload.as_bytes(), true);
    }
    let announced = started.elapsed();
    let messages: Vec<_> = (0..entities).map(say).collect();
    let rounds = 50;
    let started = Instant::now();
    let mut states = 0;
    for _ in 0..rounds {
        for (topic, payload) in &messages {
            let changes = adapters.read(topic, payload.as_bytes(), false);
            states += changes.iter().filter(|change| matches!(change, Change::State { .. })).count();
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "only shown")]
    let per_second = (rounds * messages.len()) as f64 / seconds;
    println!("{what}: {per_second:.0} messages/s, {states} states; {entities} announcements in {announced:.0?}");
}
