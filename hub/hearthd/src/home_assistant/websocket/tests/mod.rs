//! The connection against a small Home Assistant over a real socket: what the hub makes of what it says and does.

mod fake;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use house::Edit;
use house::{Cause, EntityId, House, OutcomeKind, Quality, Utterance};
use mind::decide::Thresholds;
use runtime::clock::Clock;
use runtime::dispatch::TimeoutScale;
use runtime::household::Household;
use runtime::hub;
use runtime::hub::home_assistant::ConnectionState;
use runtime::hub::snapshot::Snapshot;
use runtime::model::language_model::Model;
use runtime::turn::Turns;
use runtime::turn::outcome::Turn;
use store::Store;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::broadcast;
use tokio_tungstenite::WebSocketStream;

use super::*;
use fake::{Fake, Order};

async fn say<S: AsyncRead + AsyncWrite + Unpin>(socket: &mut WebSocketStream<S>, message: Value) {
    let _ = socket.send(Message::text(message.to_string())).await;
}

/// The next message; nothing if the other side is gone.
async fn received<S: AsyncRead + AsyncWrite + Unpin>(socket: &mut WebSocketStream<S>) -> Value {
    loop {
        match socket.next().await {
            Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).unwrap(),
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return Value::Null,
        }
    }
}

/// A hub that asks it.
struct Home {
    hub: Handle,
    turns: Turns,
    keeper: tokio::task::JoinHandle<()>,
    dir: tempfile::TempDir,
}

impl Home {
    async fn start(fake: &Fake, token: &str) -> Self {
        Self::start_in(fake, token, tempfile::tempdir().unwrap()).await
    }

    async fn start_in(fake: &Fake, token: &str, dir: tempfile::TempDir) -> Self {
        let clock = Clock::simulated(1_772_434_800_000, jiff::tz::TimeZone::UTC, None);
        let (store, _) = Store::open(&dir.path().join("store"), 0).unwrap();
        let house = store.registry().unwrap();
        let hub = hub::start(hub::Start {
            house,
            store: Some(store),
            preference: device_adapters::Preference::default(),
            clock: clock.clone(),
            own_topics: Vec::new(),
            alive: None,
        })
        .unwrap();
        let household =
            Household::simulated(None, false, Thresholds { act: 0.5, ask: 0.5, house: 0.0, ..Default::default() })
                .unwrap();
        let turns = Turns::new(hub.clone(), Model::absent(), None, household, TimeoutScale::REAL, clock);
        std::fs::write(token_file(&dir), token).unwrap();
        let address = Address::parse(&format!("http://{}", fake.address)).unwrap();
        let keeper = tokio::spawn(keep(
            WebsocketSettings { address, token_file: token_file(&dir), ca: None, with_mqtt: false },
            hub.clone(),
        ));
        Self { hub, turns, keeper, dir }
    }

    async fn until(&self, what: &str, is_so: impl FnMut(&Arc<Snapshot>) -> bool) -> Arc<Snapshot> {
        let mut watch = self.hub.watch();
        let found = tokio::time::timeout(Duration::from_secs(20), watch.wait_for(is_so)).await;
        match found {
            Ok(found) => found.unwrap().clone(),
            Err(_) => {
                panic!("never so: {what}: {:?} {:?}", self.hub.snapshot().home_assistant, self.hub.snapshot().house)
            }
        }
    }

    async fn until_up(&self) -> Arc<Snapshot> {
        self.until("it is connected and knows the lamp", |snapshot| {
            is_up(snapshot)
                && state(snapshot, "light.hue_lamp").is_some_and(|(_, quality)| quality == Quality::Observed)
        })
        .await
    }

    async fn say(&self, text: &str) -> Turn {
        let said = Utterance {
            text: text.to_owned(),
            lang: None,
            place: None,
            conversation: "test".to_owned(),
            speaker: house::Speaker::Someone(house::WayIn::Voice),
            cause: Cause::Voice,
            at_ms: self.turns.clock.now_ms(),
            hearing: None,
        };
        self.turns.turn(said).await
    }

    async fn check(&self, text: &str, want: OutcomeKind) -> Turn {
        let turn = self.say(text).await;
        let kinds: Vec<OutcomeKind> = turn.outcomes.iter().map(|outcome| outcome.kind).collect();
        assert_eq!(kinds, [want], "{text}: {}", turn.reply);
        turn
    }
}

fn token_file(dir: &tempfile::TempDir) -> PathBuf {
    dir.path().join("token")
}

fn is_up(snapshot: &Snapshot) -> bool {
    matches!(snapshot.home_assistant, ConnectionState::Up)
}

fn state(snapshot: &Snapshot, id: &str) -> Option<(String, Quality)> {
    let entity = snapshot.house.entities.get(&EntityId::new(id))?;
    Some((entity.state.value.clone()?, entity.state.quality))
}

/// How many entities are there that the hub does not have by itself.
fn its(snapshot: &Snapshot) -> usize {
    snapshot
        .house
        .entities
        .keys()
        .filter(|id| id.as_str().starts_with("light.") || id.as_str().starts_with("switch."))
        .count()
}

fn area_of(house: &House, id: &str) -> Option<String> {
    house.area_of(&house.entities[&EntityId::new(id)]).map(|area| area.name.clone())
}

#[tokio::test]
async fn what_only_home_assistant_has_is_moved_and_confirmed() {
    let fake = Fake::start().await;
    let home = Home::start(&fake, "good\n").await;
    let snapshot = home.until_up().await;
    let lamp = &snapshot.house.entities[&EntityId::new("light.hue_lamp")];
    assert_eq!((lamp.name.as_str(), &lamp.aliases[..]), ("Hue lamp", &["old Hue lamp".to_owned()][..]));
    assert_eq!(snapshot.house.floor_of(lamp).unwrap().name, "Upstairs");
    let turn = home.check("turn on the hue lamp", OutcomeKind::Confirmed).await;
    assert_eq!(turn.reply, "Turned on Hue lamp.");
    let lamp = home.hub.snapshot().house.entities[&EntityId::new("light.hue_lamp")].clone();
    assert_eq!((lamp.state.value.as_deref(), lamp.state.cause), (Some("on"), Cause::Voice));
    home.check("turn on the hue lamp", OutcomeKind::Already).await;
    home.check("turn off the old hue lamp", OutcomeKind::Confirmed).await;
}

#[tokio::test]
async fn what_home_assistant_refuses_is_told() {
    let fake = Fake::start().await;
    let home = Home::start(&fake, "good").await;
    home.until_up().await;
    let turn = home.check("turn on the jammed lamp", OutcomeKind::Refused).await;
    assert!(turn.ms.0 < 2000.0, "it waits although it was told");
    assert_eq!(turn.reply, "Jammed lamp did not do it: “The bridge does not answer”.");
}

#[tokio::test]
async fn a_certificate_of_ones_own_is_trusted_if_it_is_named() {
    let fake = Fake::start().await;
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let key = tokio_rustls::rustls::pki_types::PrivateKeyDer::try_from(own.signing_key.serialize_der()).unwrap();
    let config = tokio_rustls::rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap();
    let config = config.with_no_client_auth().with_single_cert(vec![own.cert.der().clone()], key).unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = Address::parse(&format!("https://localhost:{}", listener.local_addr().unwrap().port())).unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(stream) = acceptor.accept(stream).await {
                tokio::spawn(fake.clone().talk(stream));
            }
        }
    });
    let mut socket = dial::dial(&address, Some(own.cert.pem().as_bytes())).await.unwrap();
    enter(&mut socket, "good").await.unwrap();
    let strange = dial::dial(&address, None).await;
    assert!(
        matches!(&strange, Err(ConnectionError::Unreachable { reason, .. }) if reason.contains("certificate")),
        "{:?}",
        strange.err()
    );
    assert!(dial::dial(&address, Some(b"no PEM at all")).await.is_err());
}

#[tokio::test]
async fn a_bad_token_is_told_and_a_new_one_needs_no_restart() {
    let fake = Fake::start().await;
    let home = Home::start(&fake, "bad").await;
    let snapshot = home
        .until("the token is refused", |snapshot| {
            matches!(snapshot.home_assistant, ConnectionState::Down(ConnectionError::BadToken(_)))
        })
        .await;
    let ConnectionState::Down(trouble) = &snapshot.home_assistant else { panic!() };
    assert_eq!(
        trouble.to_string(),
        "Home Assistant refuses the token: Invalid access token or password; make a new long-lived access token and \
         put it into the token file"
    );
    std::fs::remove_file(token_file(&home.dir)).unwrap();
    home.until("the file is missed", |snapshot| {
        matches!(snapshot.home_assistant, ConnectionState::Down(ConnectionError::NoToken { .. }))
    })
    .await;
    std::fs::write(token_file(&home.dir), "good\n").unwrap();
    home.until_up().await;
}

#[tokio::test]
async fn a_port_where_nobody_is_and_one_that_speaks_otherwise_are_told_apart() {
    let fake = Fake::start().await;
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let home = Home::start(&Fake { address: nobody, ..fake.clone() }, "good").await;
    let snapshot = home
        .until("nobody answers", |snapshot| {
            matches!(snapshot.home_assistant, ConnectionState::Down(ConnectionError::Unreachable { .. }))
        })
        .await;
    let ConnectionState::Down(trouble) = &snapshot.home_assistant else { panic!() };
    assert!(
        trouble.to_string().starts_with(&format!(
            "Home Assistant can't be reached at `ws://{nobody}/api/websocket`: Connection refused"
        )),
        "{trouble}"
    );
    let web = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = web.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = web.accept().await {
            let _ = tokio::io::AsyncWriteExt::write_all(
                &mut stream,
                b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n",
            )
            .await;
        }
    });
    let home = Home::start(&Fake { address, ..fake }, "good").await;
    let is_no_websocket = |snapshot: &Arc<Snapshot>| match &snapshot.home_assistant {
        ConnectionState::Down(ConnectionError::Unreachable { reason, .. }) => reason.contains("404"),
        _ => false,
    };
    home.until("it is no websocket", is_no_websocket).await;
}

#[tokio::test]
async fn a_lost_connection_makes_states_stale_and_a_new_one_fresh() {
    let fake = Fake::start().await;
    let home = Home::start(&fake, "good").await;
    home.until_up().await;
    fake.order(Order::Drop);
    let snapshot = home
        .until("it is gone", |snapshot| {
            matches!(snapshot.home_assistant, ConnectionState::Down(ConnectionError::Lost(_)))
        })
        .await;
    assert_eq!(state(&snapshot, "light.hue_lamp"), Some(("off".to_owned(), Quality::Stale)));
    home.check("turn on the hue lamp", OutcomeKind::Offline).await;
    fake.change(|inner| inner.states.get_mut("light.hue_lamp").unwrap()["s"] = "on".into());
    let snapshot = home.until_up().await;
    assert_eq!(state(&snapshot, "light.hue_lamp"), Some(("on".to_owned(), Quality::Observed)));
    assert_eq!(snapshot.house.entities[&EntityId::new("light.hue_lamp")].state.cause, Cause::Replay);
    home.check("turn off the hue lamp", OutcomeKind::Confirmed).await;
}

#[tokio::test]
async fn neither_rubbish_nor_a_storm_ends_the_connection() {
    let fake = Fake::start().await;
    let home = Home::start(&fake, "good").await;
    home.until_up().await;
    for text in [
        "",
        "nonsense",
        "[]",
        "{\"type\":\"result\"}",
        "{\"id\":99999,\"type\":\"result\",\"success\":true}",
        "{\"id\":99999,\"type\":\"event\",\"event\":{\"a\":7}}",
        &"[".repeat(5000),
        "{\"type\":\"auth_required\"}",
    ] {
        fake.order(Order::Say(Message::text(text)));
    }
    fake.order(Order::Say(Message::binary(vec![0xff; 100])));
    fake.order(Order::Report(json!({ "a": [], "c": { "light.hue_lamp": 3 }, "r": {} })));
    for number in 0..3000 {
        let state = if number % 2 == 0 { "on" } else { "off" };
        while 40 < fake.orders.len() {
            tokio::task::yield_now().await;
        }
        fake.order(Order::Report(json!({
            "c": {
                "light.hue_lamp": { "+": { "s": state, "a": { "brightness": number % 255 } } },
                "switch.attic": { "+": { "s": state } }, "light.unknown": { "+": { "s": state } },
            },
        })));
    }
    fake.order(Order::Report(json!({
        "c": { "switch.attic": { "+": { "s": "unavailable" } }, "light.hue_lamp": { "-": { "a": ["brightness"] } } },
    })));
    let attic = EntityId::new("switch.attic");
    let snapshot = home
        .until("the last report came", |snapshot| {
            snapshot.house.entities[&attic].availability == house::Availability::Offline
        })
        .await;
    assert_eq!(state(&snapshot, "light.hue_lamp"), Some(("off".to_owned(), Quality::Observed)));
    assert_eq!(its(&snapshot), 3);
    assert_eq!(fake.connections.load(Ordering::SeqCst), 1);
    home.check("turn on the attic fan", OutcomeKind::Offline).await;
    home.check("turn on the hue lamp", OutcomeKind::Confirmed).await;
}

#[tokio::test]
async fn a_message_that_is_too_large_ends_the_connection_and_not_the_hub() {
    let fake = Fake::start().await;
    let home = Home::start(&fake, "good").await;
    home.until_up().await;
    fake.order(Order::Say(Message::text(format!(
        "{{\"type\":\"event\",\"id\":1,\"event\":\"{}\"}}",
        "x".repeat(17 * 1024 * 1024)
    ))));
    home.until("it is gone", |snapshot| {
        matches!(snapshot.home_assistant, ConnectionState::Down(ConnectionError::Lost(_)))
    })
    .await;
    home.until_up().await;
    assert_eq!(fake.connections.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn places_follow_home_assistant_and_the_owner_is_never_overruled() {
    let fake = Fake::start().await;
    let home = Home::start(&fake, "good").await;
    let snapshot = home.until_up().await;
    assert_eq!(area_of(&snapshot.house, "light.hue_lamp").as_deref(), Some("Den"));
    let (den, lamp, attic) = (
        snapshot.house.entities[&EntityId::new("light.hue_lamp")].area.clone().unwrap(),
        EntityId::new("light.hue_lamp"),
        EntityId::new("switch.attic"),
    );
    home.hub.edit(Edit::Name(lamp.clone(), "Reading light".to_owned())).await.unwrap();
    home.hub.edit(Edit::Place(attic.clone(), "Attic".to_owned())).await.unwrap();
    home.hub.edit(Edit::Area(den.clone(), None, Some(vec!["hideaway".to_owned()]), None)).await.unwrap();
    // There, the area gets another name, a second one comes, and the lamp moves into it.
    fake.change(|inner| {
        inner.floors = json!([{ "floor_id": "up", "name": "Top floor", "aliases": ["up there"] }]);
        inner.areas = json!([
            { "area_id": "den", "name": "Library", "floor_id": "up", "aliases": ["books"] },
            { "area_id": "new", "name": "ATTIC ", "aliases": [] },
            { "area_id": "third", "name": "Cellar", "aliases": [] },
        ]);
        inner.entities.get_mut("light.hue_lamp").unwrap()["area_id"] = "third".into();
        inner.entities.get_mut("light.hue_lamp").unwrap()["aliases"] = json!(["bulb"]);
    });
    fake.order(Order::Changed);
    let snapshot = home
        .until("the lamp moved", |snapshot| area_of(&snapshot.house, "light.hue_lamp").as_deref() == Some("Cellar"))
        .await;
    let house = &snapshot.house;
    assert_eq!(
        (house.areas[&den].name.as_str(), &house.areas[&den].aliases[..]),
        ("Library", &["hideaway".to_owned()][..])
    );
    assert_eq!(
        (house.entities[&lamp].name.as_str(), &house.entities[&lamp].aliases[..]),
        ("Reading light", &["bulb".to_owned()][..])
    );
    let floor = house.floors.values().next().unwrap();
    assert_eq!(
        (house.floors.len(), floor.name.as_str(), &floor.aliases[..]),
        (1, "Top floor", &["up there".to_owned()][..])
    );
    // The area that the owner made and the one that came later have one name: they are one.
    assert_eq!(area_of(house, "switch.attic").as_deref(), Some("Attic"));
    assert_eq!(house.areas.len(), 3, "{:?}", house.areas);
    // The owner renames an area here; Home Assistant's name does not come back, and no double either.
    home.hub.edit(Edit::Area(den.clone(), Some("Study".to_owned()), None, None)).await.unwrap();
    // What is there no more goes, if it came from there and nothing is in it.
    fake.change(|inner| {
        inner.floors = json!([]);
        inner.areas = json!([{ "area_id": "den", "name": "Library", "aliases": [] }]);
        inner.entities.remove("light.jammed_lamp");
        inner.entities.get_mut("light.hue_lamp").unwrap()["area_id"] = Value::Null;
    });
    fake.order(Order::Changed);
    let snapshot = home
        .until("an entity goes", |snapshot| !snapshot.house.entities.contains_key(&EntityId::new("light.jammed_lamp")))
        .await;
    let mut names: Vec<&str> = snapshot.house.areas.values().map(|area| area.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Attic", "Study"]);
    assert!(snapshot.house.floors.is_empty(), "{:?}", snapshot.house.floors);
    assert_eq!(area_of(&snapshot.house, "light.hue_lamp"), None);
}

#[tokio::test]
async fn what_came_from_home_assistant_goes_with_it() {
    let fake = Fake::start().await;
    let home = Home::start(&fake, "good").await;
    home.until_up().await;
    assert_eq!(its(&home.hub.snapshot()), 3);
    home.keeper.abort();
    home.hub.send(Event::HomeAssistant(HomeAssistantEvent::Absent)).await.unwrap();
    home.until("nothing of it is left", |snapshot| its(snapshot) == 0).await;
}
