//! How many clients the broker carries, and who is turned away.

use std::net::Ipv4Addr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::super::{BrokerSettings, Trouble};
use super::{bench, bench_with, settings};

/// The files that this process may open.
fn most_files() -> u64 {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// A client that says nothing but who it is; none if it was not let in.
async fn connected(port: u16, id: &str) -> Option<TcpStream> {
    let text = |text: &str| [&(text.len() as u16).to_be_bytes(), text.as_bytes()].concat();
    let payload = [text("MQTT"), vec![4, 0xc2, 0, 60], text(id), text("bridge"), text("bridge-password")].concat();
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.ok()?;
    stream.write_all(&[vec![0x10, payload.len() as u8], payload].concat()).await.ok()?;
    let mut answer = [0; 4];
    stream.read_exact(&mut answer).await.ok()?;
    (answer == [0x20, 2, 0, 0]).then_some(stream)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_house_of_2000_devices_has_a_connection_for_each() {
    let Some(bench) = bench().await else { return };
    if most_files() < 4500 {
        println!("skipped: the limit on open files is below 4500 (ulimit -n)");
        return;
    }
    let (port, mut devices) = (bench.broker.port(), Vec::new());
    for start in (0..2000).step_by(100) {
        let some = (start..start + 100).map(|number| async move { connected(port, &format!("d{number}")).await });
        devices.extend(futures::future::join_all(some).await);
    }
    assert_eq!(devices.iter().flatten().count(), 2000);
    let mut everything = bench.subscriber("-t zigbee2mqtt/#").await;
    assert!(bench.publish("bridge", "-t zigbee2mqtt/a -m heard").await);
    assert_eq!(everything.next().await, "heard");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_turned_away_is_told_and_never_the_hub() {
    let Some(mut bench) = bench_with(BrokerSettings { most_clients: 3, ..settings() }).await else { return };
    let mut troubles = bench.broker.troubles().unwrap();
    let port = bench.broker.port();
    let mut devices = Vec::new();
    for number in 0..3 {
        devices.push(connected(port, &format!("d{number}")).await.unwrap());
    }
    assert!(connected(port, "d3").await.is_none());
    assert_eq!(troubles.recv().await, Some(Trouble::TurnedAway));
    assert!(bench.publish("hub", "-t hearth/a -m still-here").await);
    assert!(connected(port, "d1").await.is_some(), "who has a place keeps it");
}
