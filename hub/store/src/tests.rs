//! What must hold of the store: nothing acknowledged is lost, and damage never stops a start.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use house::{Area, AreaId, Domain, Entity, EntityId, Errand, Floor, FloorId, Quality, Schedule, Timing};
use tempfile::TempDir;

use super::migrations::Migration;
use super::*;
use house::{AreaEdit, EntityEdit, HubEntities, HubList, PersonId, Speaker, TimerDue};

mod full_disk;

#[expect(clippy::disallowed_methods, reason = "files are as old as the real clock says")]
fn now_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

fn open(dir: &Path) -> (Store, Opened) {
    Store::open(dir, now_ms()).unwrap()
}

fn turn(number: usize) -> TurnRecord {
    TurnRecord {
        at_ms: 1_700_000_000_000,
        text: format!("turn {number}"),
        conversation: format!("c{}", number % 2),
        ..TurnRecord::default()
    }
}

fn texts(store: &Store) -> Vec<String> {
    store.turns(usize::MAX, None).unwrap().into_iter().rev().map(|(_, turn)| turn.text).collect()
}

fn damage(dir: &Path, spoil: impl FnOnce(&mut Vec<u8>)) {
    let path = dir.join("sled/db");
    let mut bytes = std::fs::read(&path).unwrap();
    spoil(&mut bytes);
    std::fs::write(&path, bytes).unwrap();
}

#[test]
fn everything_comes_back_after_a_restart() {
    let dir = TempDir::new().unwrap();
    let mut edits = Edits::default();
    edits.entities.insert(
        EntityId::new("light.a"),
        EntityEdit { name: Some("阅读灯".into()), aliases: Some(vec!["lamp".into()]), area: Some(String::new()) },
    );
    edits.areas.insert(
        AreaId::new("hall"),
        AreaEdit { name: Some("Hall".into()), aliases: None, floor: Some("Ground".into()), is_gone: false },
    );
    let timers = vec![
        Timer {
            id: "t1".into(),
            name: Some("eggs".into()),
            area: Some(AreaId::new("kitchen")),
            length_s: 300,
            asked_by: Some(Speaker::Person(PersonId::new("p1"))),
            due: TimerDue::At(7),
        },
        Timer { id: "t2".into(), name: None, area: None, length_s: 60, asked_by: None, due: TimerDue::Paused(9) },
    ];
    let (store, opened) = open(dir.path());
    assert_eq!(opened.sentence(), None);
    assert_eq!(store.edits().unwrap(), Edits::default());
    store.keep_edits(&edits).unwrap();
    store.keep_timers(&timers).unwrap();
    store.put_setting("pin", &("hash", 4)).unwrap();
    let id = store.journal(&turn(1)).unwrap();
    drop(store);
    let (store, opened) = open(dir.path());
    assert_eq!(opened, Opened::default());
    assert_eq!(store.edits().unwrap(), edits);
    assert_eq!(store.timers().unwrap(), timers);
    assert_eq!(store.setting::<(String, u8)>("pin").unwrap(), Some(("hash".into(), 4)));
    assert_eq!(store.turn(&id).unwrap(), Some(turn(1)));
}

#[test]
fn the_registry_is_stale_until_devices_speak() {
    let dir = TempDir::new().unwrap();
    let (store, _) = open(dir.path());
    let mut house = House::default();
    let (floor, area, lamp) = (FloorId::new("up"), AreaId::new("attic"), EntityId::new("light.lamp"));
    house.floors.insert(floor.clone(), Floor { id: floor.clone(), name: "Up".into(), aliases: vec![] });
    house.areas.insert(
        area.clone(),
        Area { id: area.clone(), name: "Attic".into(), aliases: vec!["loft".into()], floor: Some(floor) },
    );
    let mut entity = Entity {
        id: lamp.clone(),
        name: "Lamp".into(),
        aliases: vec!["light".into()],
        domain: Domain::Light,
        device_class: None,
        area: Some(area),
        state: house::State { value: Some("on".into()), quality: Quality::Observed, ..Default::default() },
        availability: house::Availability::Online,
    };
    house.entities.insert(lamp.clone(), entity.clone());
    store.keep_registry(&house).unwrap();
    entity.state = house::State { quality: Quality::Stale, ..Default::default() };
    house.entities.insert(lamp.clone(), entity);
    assert_eq!(store.registry().unwrap(), house);
    house.entities.remove(&lamp);
    store.keep_registry(&house).unwrap();
    assert_eq!(store.registry().unwrap(), house);
}

#[test]
fn turns_stay_in_order_when_the_clock_goes_back() {
    let dir = TempDir::new().unwrap();
    let (store, _) = open(dir.path());
    let at = |at_ms| TurnRecord { at_ms, text: at_ms.to_string(), ..TurnRecord::default() };
    let ids: Vec<_> = [5000, 5000, 4000, 6000, -3].into_iter().map(|ms| store.journal(&at(ms)).unwrap()).collect();
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
    drop(store);
    let (store, _) = open(dir.path());
    assert!(ids[4] < store.journal(&at(1)).unwrap());
    assert_eq!(texts(&store), ["5000", "5000", "4000", "6000", "-3", "1"]);
    let before: Vec<_> = store.turns(2, Some(&ids[3])).unwrap().into_iter().map(|(id, _)| id).collect();
    assert_eq!(before, [ids[2].clone(), ids[1].clone()]);
}

#[test]
fn what_is_forgotten_is_gone_from_snapshots_and_from_what_was_set_aside_too() {
    let dir = TempDir::new().unwrap();
    let (store, _) = open(dir.path());
    let ids: Vec<TurnId> = (0..6)
        .map(|number| store.journal(&TurnRecord { person: Some(format!("p{}", number % 2)), ..turn(number) }).unwrap())
        .collect();
    let example = |number: usize| ExampleRecord {
        words: format!("turn {number}"),
        person: Some(format!("p{}", number % 2)),
        at_ms: 1_700_000_000_000,
        ..ExampleRecord::default()
    };
    (0..6).for_each(|number| store.keep_example(&ids[number], &example(number)).unwrap());
    store.keep_conversation("c0", 1_700_000_000_000, &"turn 2").unwrap();
    store.keep_conversation("c1", 1_700_000_000_000, &"turn 1").unwrap();
    store.snapshot().unwrap();
    let aside = dir.path().join("sled.damaged-1");
    std::fs::create_dir(&aside).unwrap();
    std::fs::write(aside.join("db"), "turn 1").unwrap();
    let is_in_a_snapshot = |text: &str| {
        let mut files = std::fs::read_dir(dir.path().join("snapshots"))
            .unwrap()
            .map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
        files.any(|bytes| String::from_utf8_lossy(&bytes).contains(text))
    };
    assert_eq!(store.forget(&Forget::Before(1_600_000_000_000)).unwrap(), 0);
    assert!(is_in_a_snapshot("turn 1") && aside.exists(), "nothing is that old");
    assert_eq!(store.forget(&Forget::Person("p1".to_owned())).unwrap(), 3);
    assert_eq!(texts(&store), ["turn 0", "turn 2", "turn 4"]);
    assert_eq!(store.examples().unwrap().len(), 3);
    assert_eq!(
        (store.conversation::<String>("c1").unwrap(), store.conversation::<String>("c0").unwrap().is_some()),
        (None, true)
    );
    assert!(
        !is_in_a_snapshot("turn 1") && !is_in_a_snapshot("turn 5") && is_in_a_snapshot("turn 2") && !aside.exists()
    );
    assert_eq!(store.forget(&Forget::Turn(ids[2].clone())).unwrap(), 1);
    assert!(!is_in_a_snapshot("turn 2") && is_in_a_snapshot("turn 4"));
    assert_eq!(store.forget(&Forget::Before(1_800_000_000_000)).unwrap(), 2);
    assert_eq!((texts(&store), store.examples().unwrap()), (vec![], vec![]));
    store.journal(&turn(7)).unwrap();
    store.keep_example(&ids[0], &example(7)).unwrap();
    store.keep_conversation("c9", 1_900_000_000_000, &"turn 7").unwrap();
    assert_eq!(store.forget(&Forget::All).unwrap(), 1);
    assert!(!is_in_a_snapshot("turn"));
}

#[test]
fn the_oldest_conversations_make_room() {
    let dir = TempDir::new().unwrap();
    let (store, _) = open(dir.path());
    let keep = |id: &str, updated_ms: i64| store.keep_conversation(id, updated_ms, &updated_ms).unwrap();
    for number in 0..i64::try_from(MOST_CONVERSATIONS).unwrap() {
        keep(&format!("c{number}"), 1000 - number);
    }
    keep("c199", 2000);
    keep("new", 3000);
    assert_eq!(store.conversation::<i64>("c198").unwrap(), None);
    assert_eq!(store.conversation::<i64>("c199").unwrap(), Some(2000));
    assert_eq!(store.conversation_ages().unwrap().len(), MOST_CONVERSATIONS);
}

#[test]
fn retained_messages_come_back_byte_for_byte() {
    let dir = TempDir::new().unwrap();
    let (store, _) = open(dir.path());
    let head = RetainedHead {
        qos: 1,
        user_properties: vec![("a".into(), "b".into())],
        correlation_data: Some(vec![0, 255]),
        ..Default::default()
    };
    let message = Retained { payload: (0..=255).cycle().take(250_000).collect(), head };
    let plain = Retained { payload: b"on".to_vec(), ..Retained::default() };
    store.keep_retained(&[("a/b".into(), Some(message.clone())), ("c".into(), Some(plain))]).unwrap();
    store.keep_retained(&[("c".into(), None)]).unwrap();
    drop(store);
    let (store, _) = open(dir.path());
    assert_eq!(store.retained().unwrap(), [("a/b".to_owned(), message)]);
}

#[test]
fn a_second_hub_is_told_so() {
    let dir = TempDir::new().unwrap();
    let (_store, _) = open(dir.path());
    let error = Store::open(dir.path(), now_ms()).unwrap_err().to_string();
    assert!(error.starts_with("another hub is using the store in"), "{error}");
}

#[test]
fn at_most_three_snapshots_are_kept() {
    let dir = TempDir::new().unwrap();
    let (store, _) = open(dir.path());
    for _ in 0..4 {
        store.snapshot().unwrap();
    }
    let numbers: Vec<_> =
        snapshot::list(&dir.path().join("snapshots")).unwrap().into_iter().map(|snapshot| snapshot.number).collect();
    assert_eq!(numbers, [5, 4, 3]);
}

/// A store with twenty turns in its last snapshot and five after it.
fn lived_in() -> TempDir {
    let dir = TempDir::new().unwrap();
    let (store, _) = open(dir.path());
    for number in 0..20 {
        store.journal(&turn(number)).unwrap();
    }
    store.snapshot().unwrap();
    for number in 20..25 {
        store.journal(&turn(number)).unwrap();
    }
    dir
}

fn expect_restored(dir: &Path) {
    let (store, opened) = open(dir);
    assert!(opened.restored_from.is_some() && opened.sentence().is_some(), "{opened:?}");
    assert_eq!(texts(&store), (0..20).map(|number| format!("turn {number}")).collect::<Vec<_>>());
    store.journal(&turn(99)).unwrap();
    drop(store);
    let (store, opened) = open(dir);
    assert_eq!((opened.sentence(), texts(&store).len()), (None, 21));
}

#[test]
fn an_emptied_database_is_restored() {
    let dir = lived_in();
    damage(dir.path(), Vec::clear);
    expect_restored(dir.path());
}

#[test]
fn a_missing_database_is_restored() {
    let dir = lived_in();
    std::fs::remove_dir_all(dir.path().join("sled")).unwrap();
    expect_restored(dir.path());
}

#[test]
fn a_database_of_noise_is_set_aside_and_restored() {
    let dir = lived_in();
    damage(dir.path(), |bytes| {
        bytes.iter_mut().enumerate().for_each(|(at, byte)| *byte ^= u8::try_from(at * 7 % 251).unwrap())
    });
    assert!(dir.path().join("sled").exists());
    expect_restored(dir.path());
    assert!(dir.path().join("sled.damaged-1/db").exists());
}

#[test]
fn a_bad_snapshot_is_passed_over() {
    let dir = lived_in();
    let (store, _) = open(dir.path());
    let bad = store.snapshot().unwrap();
    drop(store);
    let mut bytes = std::fs::read(&bad).unwrap();
    bytes[40] ^= 1;
    std::fs::write(&bad, bytes).unwrap();
    damage(dir.path(), Vec::clear);
    expect_restored(dir.path());
}

#[test]
fn without_a_snapshot_it_still_starts() {
    let dir = lived_in();
    std::fs::remove_dir_all(dir.path().join("snapshots")).unwrap();
    damage(dir.path(), |bytes| bytes.fill(0x5a));
    let (store, opened) = open(dir.path());
    assert!(opened.set_aside.is_some() && opened.restored_from.is_none(), "{opened:?}");
    assert_eq!(texts(&store), Vec::<String>::new());
}

#[test]
fn no_flipped_byte_and_no_cut_stops_a_start_or_loses_a_snapshot() {
    let whole = lived_in();
    let bytes = std::fs::read(whole.path().join("sled/db")).unwrap();
    let used = bytes.iter().rposition(|byte| *byte != 0).unwrap();
    for round in 0..24_usize {
        let dir = TempDir::new().unwrap();
        let copied = Command::new("cp")
            .arg("-r")
            .arg(whole.path().join("sled"))
            .arg(whole.path().join("snapshots"))
            .arg(dir.path())
            .status();
        assert!(copied.unwrap().success());
        let at = used * (round * 2 + 1) / 48;
        damage(dir.path(), |bytes| if round % 4 == 3 { bytes.truncate(at) } else { bytes[at] ^= 0x55 });
        let (store, opened) = open(dir.path());
        let found = texts(&store);
        let wanted: Vec<_> = (0..25).map(|number| format!("turn {number}")).collect();
        assert!(found.starts_with(&wanted[..20]), "round {round} at {at} of {used}: {} turns, {opened:?}", found.len());
        assert!(
            found == wanted || opened.sentence().is_some(),
            "round {round} at {at} of {used}: silently lost, {} turns",
            found.len()
        );
    }
}

#[test]
fn an_older_format_is_migrated_on_a_copy() {
    let dir = lived_in();
    let old = open(dir.path()).0;
    old.put_setting("name", "Hearth").unwrap();
    drop(old);
    let steps = [
        Migration {
            from: 1,
            run: |database| database.put("settings", "title", database.get("settings", "name")?.unwrap_or_default()),
        },
        Migration { from: 2, run: |database| database.change("settings", vec![(b"name".to_vec(), None)]) },
    ];
    let (store, opened) = Store::open_with(dir.path(), &steps, now_ms()).unwrap();
    assert_eq!(opened.migrated_from, Some(1));
    assert!(opened.sentence().unwrap().contains("format 1"));
    assert_eq!(store.setting::<String>("title").unwrap().as_deref(), Some("Hearth"));
    assert_eq!(store.setting::<String>("name").unwrap(), None);
    assert_eq!(texts(&store).len(), 25);
    assert!(dir.path().join("sled.v1/db").exists());
    drop(store);
    let (store, opened) = Store::open_with(dir.path(), &steps, now_ms()).unwrap();
    assert_eq!((opened, texts(&store).len()), (Opened::default(), 25));
    assert!(!dir.path().join("sled.v1").exists());
}

#[test]
fn a_failed_migration_keeps_the_old_store_and_still_starts() {
    let dir = lived_in();
    let steps = [Migration { from: 1, run: |_| anyhow::bail!("no") }];
    let (store, opened) = Store::open_with(dir.path(), &steps, now_ms()).unwrap();
    assert!(opened.reason.as_deref().unwrap().contains("migrate from format 1: no"), "{opened:?}");
    assert_eq!(texts(&store), Vec::<String>::new());
    assert!(opened.set_aside.unwrap().join("db").exists());
}

#[test]
fn an_interrupted_migration_is_finished() {
    let dir = lived_in();
    let path = dir.path();
    std::fs::rename(path.join("sled"), path.join("sled.migrated")).unwrap();
    std::fs::create_dir(path.join("sled.v0")).unwrap();
    let (store, opened) = open(path);
    assert_eq!((opened.sentence(), texts(&store).len()), (None, 25));
}

#[test]
fn a_store_from_a_newer_hearth_is_set_aside() {
    let dir = lived_in();
    let steps = [Migration { from: 1, run: |_| Ok(()) }];
    drop(Store::open_with(dir.path(), &steps, now_ms()).unwrap());
    let (store, opened) = open(dir.path());
    assert!(opened.reason.as_deref().unwrap().contains("newer Hearth"), "{opened:?}");
    assert_eq!(texts(&store).len(), 20);
}

/// The stores of every format that was ever written, as snapshots.
#[test]
fn the_first_format_is_still_read() {
    let dir = TempDir::new().unwrap();
    std::fs::create_dir(dir.path().join("snapshots")).unwrap();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/fixtures/v1.snap");
    std::fs::copy(fixture, dir.path().join("snapshots/000001.snap")).unwrap();
    let (store, opened) = open(dir.path());
    assert!(opened.restored_from.is_some(), "{opened:?}");
    assert_eq!(texts(&store), ["turn 0", "turn 1"]);
    assert_eq!(store.timers().unwrap()[0].due, TimerDue::Paused(9));
    assert_eq!(store.edits().unwrap().areas[&AreaId::new("hall")].name.as_deref(), Some("Hall"));
    assert_eq!(store.conversation::<String>("c").unwrap().as_deref(), Some("state"));
    assert_eq!(store.setting::<String>("name").unwrap().as_deref(), Some("Hearth"));
    assert_eq!(store.registry().unwrap().entities.len(), 1);
    assert_eq!(store.retained().unwrap()[0].1.payload, b"on");
}

#[test]
fn nothing_acknowledged_is_lost_by_a_kill() {
    let dir = TempDir::new().unwrap();
    let mut acknowledged = 0;
    for round in 0..KILLS {
        acknowledged = killed_after(dir.path(), round).unwrap_or(acknowledged);
        let (store, opened) = open(dir.path());
        assert_eq!(opened.sentence(), None, "round {round}");
        let found = texts(&store);
        let wanted: Vec<_> = (0..found.len()).map(|number| format!("turn {number}")).collect();
        assert_eq!(found, wanted, "round {round}");
        assert!(acknowledged <= found.len(), "round {round}: {acknowledged} acknowledged, {} found", found.len());
        let setting = store.setting::<usize>("turns").unwrap().unwrap_or(0);
        assert!(acknowledged <= setting && setting <= found.len(), "round {round}");
        let scheduled = store.schedules().unwrap().first().map_or(0, |one| usize::try_from(one.due_ms).unwrap());
        assert!(acknowledged <= scheduled && scheduled <= found.len(), "round {round}: {scheduled} of {acknowledged}");
        let listed = store
            .hub_entities()
            .unwrap()
            .lists
            .values()
            .next()
            .map_or(0, |list| list.items[0].parse::<usize>().unwrap());
        assert!(acknowledged <= listed && listed <= found.len(), "round {round}: {listed} of {acknowledged}");
    }
    assert!(KILLS < acknowledged, "only {acknowledged} records in {KILLS} rounds");
}

/// Lets a process write, kills it after some acknowledgements, and returns the last of them.
fn killed_after(dir: &Path, round: usize) -> Option<usize> {
    let name = format!("{}::a_process_that_writes_until_killed", module_path!().split_once("::").unwrap().1);
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &name, "--nocapture", "--test-threads=1"])
        .env(WRITER, dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let number = |line: std::io::Result<String>| line.ok()?.strip_prefix("kept ")?.parse::<usize>().ok();
    let mut last = None;
    for _ in 0..1 + round % 9 {
        last = lines.by_ref().find_map(number).or(last);
    }
    // A moment that falls anywhere in a write.
    std::thread::sleep(std::time::Duration::from_micros(u64::try_from(round * 977 % 4000).unwrap()));
    child.kill().unwrap();
    child.wait().unwrap();
    lines.filter_map(number).last().or(last)
}

/// The other half of the test above; does nothing on its own.
#[test]
fn a_process_that_writes_until_killed() {
    let Some(dir) = std::env::var_os(WRITER) else { return };
    let (store, _) = open(Path::new(&dir));
    for number in texts(&store).len().. {
        store.journal(&turn(number)).unwrap();
        store.put_setting("turns", &(number + 1)).unwrap();
        let due_ms = i64::try_from(number + 1).unwrap();
        let reminder = Schedule {
            id: "s1".into(),
            errand: Errand::Remind("tea".into()),
            name: None,
            area: None,
            asked_by: house::Speaker::Someone(house::WayIn::Voice),
            timing: Timing::At(due_ms),
            conditions: Vec::new(),
            due_ms,
            rings_since_ms: None,
            is_paused: false,
            lang: house::Lang::En,
        };
        store.keep_schedules(&[reminder]).unwrap();
        let list = HubList { name: "Shopping List".into(), items: vec![(number + 1).to_string()] };
        store
            .keep_hub_entities(&HubEntities {
                lists: [(EntityId::new("todo.shopping_list"), list)].into(),
                ..HubEntities::default()
            })
            .unwrap();
        println!("kept {}", number + 1);
    }
}

const WRITER: &str = "HEARTH_TEST_STORE";
const KILLS: usize = 60;
