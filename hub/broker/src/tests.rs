//! The broker against clients that others wrote.

use std::net::{Ipv4Addr, TcpListener};
use std::process::{Output, Stdio};

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStdout, Command};

use super::*;

mod clients;

const LOCAL: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

fn settings() -> BrokerSettings {
    let user =
        |name: &str, rights| User { name: name.into(), password: Password::new(format!("{name}-password")), rights };
    let trees = vec!["zigbee2mqtt/#".to_owned()];
    let users = vec![
        user("hub", Rights::Hub),
        user("bridge", Rights::Bridge { trees: trees.clone() }),
        user("lamps", Rights::Bridge { trees: vec!["lamps/#".to_owned()] }),
        user("asker", Rights::Requester),
        user("reader", Rights::ReadOnly { trees }),
    ];
    BrokerSettings {
        listen: LOCAL,
        websocket: None,
        tls: None,
        users,
        base_topic: "hearth".to_owned(),
        hub_client_id: "hub-id".to_owned(),
        most_clients: MOST_CLIENTS,
    }
}

/// Reads the command topic of an announcement as the simplest of them have it.
fn command_topics() -> CommandTopics {
    CommandTopics::read_by(|_, topic, payload| {
        let announced: serde_json::Value = serde_json::from_slice(payload).unwrap_or_default();
        let command = announced["command_topic"].as_str().filter(|_| topic.ends_with("/config"));
        command.map(str::to_owned).into_iter().collect()
    })
}

/// A broker with a store of its own.
struct Bench {
    _dir: TempDir,
    store: Store,
    broker: Broker,
}

/// `None`, and a sentence, where the clients are not installed.
async fn bench() -> Option<Bench> {
    bench_with(settings()).await
}

async fn bench_with(settings: BrokerSettings) -> Option<Bench> {
    if std::process::Command::new("mosquitto_pub").arg("--help").output().is_err() {
        println!("skipped: `mosquitto_pub` and `mosquitto_sub` are not installed (package mosquitto-clients)");
        return None;
    }
    let dir = TempDir::new().unwrap();
    let (store, _) = Store::open(dir.path(), 0).unwrap();
    let broker = start(settings, command_topics(), store.clone(), now_ms).await.unwrap();
    Some(Bench { _dir: dir, store, broker })
}

impl Bench {
    fn command(&self, program: &str, user: &str, arguments: &str) -> Command {
        let mut command = Command::new(program);
        command.args([
            "-h",
            "127.0.0.1",
            "-p",
            &self.broker.port().to_string(),
            "-u",
            user,
            "-P",
            &format!("{user}-password"),
        ]);
        command.args(arguments.split_whitespace()).stdin(Stdio::null()).kill_on_drop(true);
        command
    }

    async fn run(&self, program: &str, user: &str, arguments: &str) -> Output {
        self.command(program, user, arguments).output().await.unwrap()
    }

    async fn publish(&self, user: &str, arguments: &str) -> bool {
        self.run("mosquitto_pub", user, arguments).await.status.success()
    }

    /// What a subscriber prints until it has its count or its time is over.
    async fn read(&self, user: &str, arguments: &str) -> String {
        let output = self.run("mosquitto_sub", user, arguments).await;
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
    }

    /// A subscriber that is known to be subscribed: it has read a retained message.
    async fn subscriber(&self, arguments: &str) -> Subscriber {
        assert!(self.publish("hub", "-t ready -m ready -r").await);
        let mut child = self
            .command("mosquitto_sub", "hub", &format!("-t ready {arguments}"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(lines.next_line().await.unwrap().unwrap().contains("ready"));
        Subscriber { _child: child, lines }
    }
}

struct Subscriber {
    _child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Subscriber {
    async fn next(&mut self) -> String {
        loop {
            let line = tokio::time::timeout(Duration::from_secs(20), self.lines.next_line())
                .await
                .expect("a message in time")
                .unwrap()
                .unwrap();
            // A filter that overlaps with `ready` reads it once more.
            if !line.contains("ready") {
                return line;
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the tests run on the real clock")]
fn now_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_users_get_in_by_either_version() {
    let Some(bench) = bench().await else { return };
    for version in ["mqttv311", "mqttv5"] {
        assert!(bench.publish("bridge", &format!("-V {version} -t zigbee2mqtt/a -m x")).await, "{version}");
        assert!(!bench.publish("nobody", &format!("-V {version} -t zigbee2mqtt/a -m x")).await, "{version}");
        assert!(!bench.publish("bridge", &format!("-V {version} -P wrong -t zigbee2mqtt/a -m x")).await, "{version}");
        let port = bench.broker.port().to_string();
        let anonymous = Command::new("mosquitto_pub")
            .args(["-h", "127.0.0.1", "-p", &port, "-V", version, "-t", "a", "-m", "x"])
            .output()
            .await
            .unwrap();
        assert!(!anonymous.status.success(), "{version}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn users_publish_only_what_they_may() {
    let Some(bench) = bench().await else { return };
    let mut everything = bench.subscriber("-t # -v").await;
    for version in ["mqttv311", "mqttv5"] {
        for qos in ["0", "1", "2"] {
            for (user, topic) in [
                ("bridge", "hearth/status"),
                ("bridge", "hearth/request"),
                ("bridge", "tasmota/a"),
                ("reader", "zigbee2mqtt/a"),
                ("asker", "hearth/status"),
            ] {
                bench.publish(user, &format!("-V {version} -q {qos} -t {topic} -m forged")).await;
            }
            assert!(bench.publish("bridge", &format!("-V {version} -q {qos} -t zigbee2mqtt/a -m right")).await);
            assert_eq!(everything.next().await, "zigbee2mqtt/a right");
        }
    }
    assert!(bench.publish("asker", "-t hearth/request -m {}").await);
    assert_eq!(everything.next().await, "hearth/request {}");
    assert!(bench.publish("bridge", "-t homeassistant/light/a/config -m {}").await);
    assert_eq!(everything.next().await, "homeassistant/light/a/config {}");
}

#[tokio::test(flavor = "multi_thread")]
async fn users_subscribe_only_to_what_they_may() {
    let Some(bench) = bench().await else { return };
    assert!(bench.publish("hub", "-t hearth/status -m online -r").await);
    assert!(bench.publish("hub", "-t zigbee2mqtt/a -m on -r").await);
    for version in ["mqttv311", "mqttv5"] {
        for (user, filter) in [
            ("bridge", "#"),
            ("bridge", "hearth/status"),
            ("bridge", "+/status"),
            ("bridge", "$SYS/#"),
            ("asker", "zigbee2mqtt/a"),
            ("bridge", "$share/g/#"),
        ] {
            let read = bench.read(user, &format!("-V {version} -t {filter} -W 2 -C 1")).await;
            assert!(!read.contains("online") && !read.starts_with("on"), "{user} {filter}: {read}");
            assert!(read.contains("denied"), "{user} {filter}: {read}");
        }
        for (user, filter, expected) in [
            ("bridge", "zigbee2mqtt/#", "on\n"),
            ("reader", "zigbee2mqtt/+", "on\n"),
            ("asker", "hearth/status", "online\n"),
        ] {
            assert_eq!(
                bench.read(user, &format!("-V {version} -t {filter} -W 5 -C 1")).await,
                expected,
                "{user} {filter}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn levels_with_a_dollar_are_heard_anywhere_but_at_the_start() {
    let Some(bench) = bench().await else { return };
    assert!(bench.publish("bridge", "-t zigbee2mqtt/robot/$state -m ready -r").await);
    for version in ["mqttv311", "mqttv5"] {
        for filter in ["zigbee2mqtt/robot/$state", "zigbee2mqtt/+/$state", "zigbee2mqtt/#", "zigbee2mqtt/robot/+"] {
            let read = bench.read("bridge", &format!("-V {version} -t {filter} -W 5 -C 1")).await;
            assert_eq!(read, "ready\n", "{version} {filter}");
        }
        let mut live = bench.subscriber(&format!("-V {version} -t zigbee2mqtt/+/+/$name -v")).await;
        assert!(bench.publish("bridge", &format!("-V {version} -t zigbee2mqtt/robot/$map -m no")).await);
        assert!(bench.publish("bridge", &format!("-V {version} -t zigbee2mqtt/robot/map/$name -m Map")).await);
        assert_eq!(live.next().await, "zigbee2mqtt/robot/map/$name Map");
    }
    let deep = "/a".repeat(64);
    assert!(bench.read("bridge", &format!("-t zigbee2mqtt{deep} -W 2 -C 1")).await.contains("denied"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_last_will_needs_the_right_to_its_topic() {
    let Some(bench) = bench().await else { return };
    for version in ["mqttv311", "mqttv5"] {
        assert!(
            !bench
                .publish(
                    "bridge",
                    &format!("-V {version} -t zigbee2mqtt/a -m x --will-topic hearth/status --will-payload offline")
                )
                .await
        );
        assert!(
            bench
                .publish(
                    "bridge",
                    &format!(
                        "-V {version} -t zigbee2mqtt/a -m x --will-topic zigbee2mqtt/state --will-payload offline"
                    )
                )
                .await
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_takes_over_the_session_of_another_user() {
    let Some(bench) = bench().await else { return };
    let mut hub = bench.subscriber("-i the-hub -c -t hearth/# -q 1").await;
    assert!(!bench.publish("bridge", "-i the-hub -t zigbee2mqtt/a -m x").await);
    assert!(bench.publish("hub", "-t hearth/a -m still-here").await);
    assert_eq!(hub.next().await, "still-here");
    drop(hub);
    assert!(!bench.read("bridge", "-i the-hub -c -t zigbee2mqtt/a -W 2 -C 1").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_has_the_hubs_client_id_even_while_the_hub_is_away() {
    let Some(bench) = bench().await else { return };
    for version in ["mqttv311", "mqttv5"] {
        assert!(!bench.publish("bridge", &format!("-V {version} -i hub-id -t zigbee2mqtt/a -m x")).await, "{version}");
    }
    assert!(bench.publish("hub", "-i hub-id -t hearth/status -m online").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_announcement_reaches_only_what_its_announcer_may_write() {
    let Some(mut bench) = bench().await else { return };
    let mut announced = bench.subscriber("-t homeassistant/# -v").await;
    let announce = |topic: &str, command: &str| {
        format!("-q 1 -r -t homeassistant/{topic}/config -m {{\"command_topic\":\"{command}\"}}")
    };
    for (topic, command) in [
        ("light/evil", "zigbee2mqtt/front_lock/set"),
        ("switch/evil", "hearth/request"),
        ("switch/evil", "homeassistant/status"),
    ] {
        bench.publish("lamps", &announce(topic, command)).await;
    }
    assert!(bench.publish("bridge", &announce("lock/front", "zigbee2mqtt/front_lock/set")).await);
    assert!(announced.next().await.contains("zigbee2mqtt/front_lock/set"));
    bench.publish("lamps", &announce("lock/front", "lamps/attic/set")).await;
    bench.publish("lamps", "-r -n -t homeassistant/lock/front/config").await;
    assert!(bench.publish("lamps", &announce("light/attic", "lamps/attic/set")).await);
    assert!(announced.next().await.contains("lamps/attic/set"));
    let mut troubles = bench.broker.troubles().unwrap();
    let mut told = Vec::new();
    while let Ok(Trouble::Refused { topic, reason }) = troubles.try_recv() {
        told.push(format!("{topic}: {reason}"));
    }
    assert_eq!(told.len(), 5, "{told:?}");
    // Who announced it is known after a restart too.
    bench.broker = {
        drop(bench.broker);
        start(settings(), command_topics(), bench.store.clone(), now_ms).await.unwrap()
    };
    bench.publish("lamps", &announce("lock/front", "lamps/attic/set")).await;
    let kept = bench.read("hub", "-t homeassistant/lock/front/config -C 1 -W 5").await;
    assert!(kept.contains("zigbee2mqtt/front_lock/set"), "{kept}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_an_absent_client_is_bounded_in_bytes() {
    let Some(bench) = bench().await else { return };
    let away = "-i away -c -q 1 -t zigbee2mqtt/big";
    bench.read("bridge", &format!("{away} -E")).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), vec![b'x'; 1 << 20]).unwrap();
    let big = format!("-q 1 -t zigbee2mqtt/big -f {} --repeat 60", file.path().display());
    bench.publish("bridge", &big).await;
    let read = bench.read("bridge", &format!("{away} -W 3 -F %l")).await;
    let count = read.lines().filter(|line| *line == "1048576").count();
    assert!((10..=24).contains(&count), "{count}");
    // What was fetched makes room again, and others were never touched.
    assert!(bench.publish("bridge", "-q 1 -t zigbee2mqtt/a -m x").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shared_subscription_shares() {
    let Some(bench) = bench().await else { return };
    let mut shared = bench.subscriber("-t $share/g/zigbee2mqtt/#").await;
    assert!(bench.publish("bridge", "-t zigbee2mqtt/a -m one").await);
    assert_eq!(shared.next().await, "one");
}

#[tokio::test(flavor = "multi_thread")]
async fn retained_messages_outlive_a_restart() {
    let Some(mut bench) = bench().await else { return };
    assert!(bench.publish("bridge", "-t zigbee2mqtt/a -m kept -r -q 1").await);
    assert!(bench.publish("bridge", "-t zigbee2mqtt/gone -m x -r").await);
    assert!(bench.publish("bridge", "-t zigbee2mqtt/gone -n -r").await);
    assert!(bench.publish("bridge", "-t zigbee2mqtt/live -n").await);
    assert!(bench.publish("bridge", "-t zigbee2mqtt/live -m x").await);
    assert!(
        bench
            .publish(
                "bridge",
                "-V mqttv5 -t zigbee2mqtt/five -m kept5 -r -D publish content-type text/plain -D \
     publish user-property a b"
            )
            .await
    );
    assert!(
        bench
            .publish("bridge", "-V mqttv5 -t zigbee2mqtt/brief -m x -r -q 1 -D publish message-expiry-interval 1")
            .await
    );
    bench.broker = {
        drop(bench.broker);
        start(settings(), command_topics(), bench.store.clone(), now_ms).await.unwrap()
    };
    tokio::time::sleep(Duration::from_millis(1100)).await;
    for version in ["mqttv311", "mqttv5"] {
        let read = bench.read("reader", &format!("-V {version} -t zigbee2mqtt/# -v -W 2")).await;
        let mut lines: Vec<_> = read.lines().filter(|line| line.starts_with("zigbee2mqtt")).collect();
        lines.sort_unstable();
        assert_eq!(lines, ["zigbee2mqtt/a kept", "zigbee2mqtt/five kept5"]);
    }
    let formatted = bench
        .command("mosquitto_sub", "reader", "-V mqttv5 -t zigbee2mqtt/five -C 1 -W 5 -F")
        .arg("%r %q %C %P")
        .output()
        .await
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&formatted.stdout).trim(), "1 0 text/plain a:b");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_reaches_the_hub_whole() {
    let Some(bench) = bench().await else { return };
    let mut hub = bench.subscriber("-t zigbee2mqtt/#").await;
    let mut bridge =
        bench.command("mosquitto_pub", "bridge", "-t zigbee2mqtt/a -l").stdin(Stdio::piped()).spawn().unwrap();
    let burst: String = (0..BURST).map(|number| format!("{number}\n")).collect();
    let mut input = bridge.stdin.take().unwrap();
    let writing = tokio::spawn(async move { input.write_all(burst.as_bytes()).await });
    for number in 0..BURST {
        assert_eq!(hub.next().await, number.to_string());
    }
    writing.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_too_large_ends_its_connection_only() {
    let Some(bench) = bench().await else { return };
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), vec![b'x'; 5 << 20]).unwrap();
    bench.publish("bridge", &format!("-q 1 -t zigbee2mqtt/a -r -f {}", file.path().display())).await;
    std::fs::write(file.path(), vec![b'x'; 300 * 1024]).unwrap();
    assert!(bench.publish("bridge", &format!("-q 1 -t zigbee2mqtt/b -r -f {}", file.path().display())).await);
    let read = bench.read("reader", "-t zigbee2mqtt/# -W 5 -C 1 -v").await;
    assert!(read.starts_with("zigbee2mqtt/b xxx"), "{} bytes", read.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_works_with_the_given_certificate() {
    let dir = TempDir::new().unwrap();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (cert, key) = (dir.path().join("cert.pem"), dir.path().join("key.pem"));
    std::fs::write(&cert, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let tls = Some(Tls { listen: LOCAL, cert: cert.clone(), key });
    let Some(bench) = bench_with(BrokerSettings { tls, ..settings() }).await else { return };
    for version in ["mqttv311", "mqttv5"] {
        let port = bench.broker.tls_port().unwrap().to_string();
        let mut command = Command::new("mosquitto_pub");
        command.args([
            "-h",
            "localhost",
            "-p",
            &port,
            "-V",
            version,
            "-u",
            "bridge",
            "-P",
            "bridge-password",
            "-t",
            "zigbee2mqtt/tls",
            "-m",
            version,
            "-r",
            "-q",
            "1",
        ]);
        assert!(command.arg("--cafile").arg(&cert).status().await.unwrap().success());
        assert_eq!(bench.read("reader", "-t zigbee2mqtt/tls -C 1 -W 5").await.trim(), version);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn websocket_speaks_mqtt() {
    let dir = TempDir::new().unwrap();
    let (store, _) = Store::open(dir.path(), 0).unwrap();
    let broker =
        start(BrokerSettings { websocket: Some(LOCAL), ..settings() }, command_topics(), store, now_ms).await.unwrap();
    let mut stream = TcpStream::connect(("127.0.0.1", broker.websocket_port().unwrap())).await.unwrap();
    let request = "GET /mqtt HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: \
     Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: \
     mqtt\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = Vec::new();
    while !response.ends_with(b"\r\n\r\n") {
        response.push(stream.read_u8().await.unwrap());
    }
    assert!(response.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&response));
    // CONNECT for MQTT 3.1.1 in a masked binary frame whose mask is zero.
    let text = |text: &str| [&u16::try_from(text.len()).unwrap().to_be_bytes()[..], text.as_bytes()].concat();
    let body =
        [text("MQTT"), vec![4, 0b1100_0010, 0, 60], text("ws"), text("bridge"), text("bridge-password")].concat();
    let packet = [vec![0x10, u8::try_from(body.len()).unwrap()], body].concat();
    let frame = [vec![0x82, 0x80 | u8::try_from(packet.len()).unwrap(), 0, 0, 0, 0], packet].concat();
    stream.write_all(&frame).await.unwrap();
    let mut connack = [0; 6];
    stream.read_exact(&mut connack).await.unwrap();
    assert_eq!(connack, [0x82, 4, 0x20, 2, 0, 0]);
}

#[tokio::test]
async fn a_taken_port_is_told_with_the_way_out() {
    let dir = TempDir::new().unwrap();
    let (store, _) = Store::open(dir.path(), 0).unwrap();
    let taken = TcpListener::bind(LOCAL).unwrap();
    let taken = BrokerSettings { listen: taken.local_addr().unwrap(), ..settings() };
    let error = start(taken, command_topics(), store, now_ms).await.unwrap_err();
    let told = format!("{error:#}");
    assert!(
        told.contains("the embedded broker can't listen on `127.0.0.1:")
            && told.contains("hint: another program listens there"),
        "{told}"
    );
    assert!(told.contains("`broker.listen`"), "{told}");
}

const BURST: usize = 20_000;
