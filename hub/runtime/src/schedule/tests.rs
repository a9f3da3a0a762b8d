//! Tests of the module above.

use house::{
    Action, Consent, DayTime, Days, Domain, Draft, Entity, EntityId, House, Lang, Speaker, State, Step, TimerChange,
    TimerStart, Timing, Trigger, WayIn,
};
use jiff::tz::TimeZone;
use tempfile::TempDir;

use super::triggers::Triggers;
use super::*;
use crate::clock::Clock;
use crate::dispatch::TimeoutScale;
use crate::household::Household;
use crate::hub;
use crate::hub::handle::Handle;
use crate::model::language_model::Model;
use store::Store;

/// Monday at eight in the morning.
const EIGHT: i64 = 1_772_434_800_000;
const HOUR: i64 = 3_600_000;

/// A hub with a lamp that can't be reached and a store.
fn hub(dir: &TempDir, clock: &Clock) -> (Handle, Turns) {
    let (store, _) = Store::open(dir.path(), 0).unwrap();
    let id = EntityId::new("light.lamp");
    let lamp = Entity {
        id: id.clone(),
        name: "Lamp".to_owned(),
        aliases: vec![],
        domain: Domain::Light,
        device_class: None,
        area: None,
        state: State::default(),
        availability: house::Availability::Online,
    };
    let house = House { entities: [(id, lamp)].into_iter().collect(), ..House::default() };
    let hub = hub::start(hub::Start {
        house,
        store: Some(store.clone()),
        preference: device_adapters::Preference::default(),
        clock: clock.clone(),
        own_topics: Vec::new(),
        alive: None,
    })
    .unwrap();
    let household = Household::simulated(None, false, mind::decide::Thresholds::default()).unwrap();
    let turns = Turns::new(hub.clone(), Model::absent(), Some(store), household, TimeoutScale::of(0.01), clock.clone());
    (hub, turns)
}

fn clock(at_ms: i64) -> Clock {
    Clock::simulated(at_ms, TimeZone::get("Europe/Berlin").unwrap(), None)
}

fn act(timing: Timing) -> Draft {
    let step = Step { intent: 0, entity: EntityId::new("light.lamp"), action: Action::TurnOn, reason: String::new() };
    Draft::new(Errand::Act { steps: vec![step], back: None, agreed: Consent::None }, timing)
}

fn alarm(timing: Timing) -> Draft {
    Draft::new(Errand::Alarm, timing)
}

async fn fall_due(turns: &Turns) -> Vec<String> {
    let mut said = Vec::new();
    for schedule in turns.due() {
        said.push(turns.fall_due(schedule).await.turn.reply);
    }
    said
}

async fn settle(hub: &Handle) {
    hub.flush().await.unwrap();
}

#[tokio::test]
async fn what_was_missed_while_the_hub_was_down_is_told_and_not_done() {
    let dir = TempDir::new().unwrap();
    let first = clock(EIGHT);
    {
        let (hub, _turns) = hub(&dir, &first);
        let daily = Timing::Weekly(Days::ALL, DayTime::Clock { hour: 9, minute: 0 });
        hub.schedule(Change::Add(
            vec![act(Timing::At(EIGHT + HOUR)), act(daily), alarm(Timing::At(EIGHT + 2 * HOUR - 60_000 * 10))],
            Lang::En,
            Speaker::Someone(WayIn::Voice),
        ))
        .await
        .unwrap();
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    let later = clock(EIGHT + 2 * HOUR);
    let (hub, turns) = hub(&dir, &later);
    assert_eq!(
        fall_due(&turns).await,
        [
            "I did not turn on Lamp: it was due at 9:00, and I was not running then.",
            "I did not turn on Lamp: it was due at 9:00, and I was not running then.",
            "It is 9:50: your alarm. It was due at 9:50; I was not running then.",
        ]
    );
    let left = hub.snapshot().house.schedules.clone();
    assert_eq!(
        left.iter().map(|one| (one.due_ms - EIGHT, one.rings_since_ms.is_some())).collect::<Vec<_>>(),
        [(25 * HOUR, false), (2 * HOUR - 60_000 * 10, true)]
    );
    assert_eq!(fall_due(&turns).await, Vec::<String>::new());
}

#[tokio::test]
async fn nothing_is_due_while_the_clock_is_not_set_and_what_runs_keeps_its_length() {
    let dir = TempDir::new().unwrap();
    {
        let (hub, _turns) = hub(&dir, &clock(EIGHT));
        hub.schedule(Change::Add(
            vec![
                act(Timing::At(EIGHT + HOUR)),
                alarm(Timing::Weekly(Days::ALL, DayTime::Clock { hour: 11, minute: 0 })),
            ],
            Lang::En,
            Speaker::Someone(WayIn::Voice),
        ))
        .await
        .unwrap();
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    let unset = clock(5_000);
    let (hub, turns) = hub(&dir, &unset);
    hub.schedule(Change::Add(vec![act(Timing::At(65_000))], Lang::En, Speaker::Someone(WayIn::Voice))).await.unwrap();
    hub.change_timers(TimerChange::Start(TimerStart { name: None, area: None, seconds: 600, asked_by: None }), None)
        .await
        .unwrap();
    unset.advance(10_000);
    settle(&hub).await;
    assert_eq!(fall_due(&turns).await, Vec::<String>::new(), "the clock shows 1970");
    // The network sets the clock to ten.
    unset.set(EIGHT + 2 * HOUR);
    settle(&hub).await;
    assert_eq!(
        fall_due(&turns).await,
        ["I did not turn on Lamp: it was due at 9:00, and I was not running then."],
        "what was missed is told, not done"
    );
    let snapshot = hub.snapshot();
    assert_eq!(snapshot.house.timers[0].left_s, 590, "a timer keeps what is left");
    let left: Vec<i64> = snapshot.house.schedules.iter().map(|one| (one.due_ms - EIGHT - 2 * HOUR) / 1000).collect();
    assert_eq!(left, [3600, 50], "the alarm at eleven, and what was to be in a minute");
}

#[tokio::test]
async fn a_timer_that_ran_out_while_the_hub_was_down_rings_and_is_told_to_be_late() {
    let dir = TempDir::new().unwrap();
    {
        let (hub, _turns) = hub(&dir, &clock(EIGHT));
        hub.change_timers(
            TimerChange::Start(TimerStart { name: Some("egg".to_owned()), area: None, seconds: 300, asked_by: None }),
            None,
        )
        .await
        .unwrap();
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    let (hub, _turns) = hub(&dir, &clock(EIGHT + HOUR));
    let mut rings = hub.rings();
    settle(&hub).await;
    let (mut rang, mut said) = (false, String::new());
    while let Ok(Ok(ring)) = tokio::time::timeout(Duration::from_millis(200), rings.recv()).await {
        match ring {
            house::Ring::Timer(timer) => rang = timer.name.as_deref() == Some("egg"),
            house::Ring::Notice(notice) => said = notice.said,
        }
    }
    assert!(rang);
    assert_eq!(said, "The egg timer ran out at 8:05; I was not running then.");
}

#[tokio::test]
async fn an_alarm_is_snoozed_and_silenced() {
    let dir = TempDir::new().unwrap();
    let clock = clock(EIGHT);
    let (hub, turns) = hub(&dir, &clock);
    let made = hub
        .schedule(Change::Add(
            vec![
                alarm(Timing::Weekly(Days::ALL, DayTime::Clock { hour: 9, minute: 0 })),
                alarm(Timing::At(EIGHT + HOUR)),
            ],
            Lang::En,
            Speaker::Someone(WayIn::Voice),
        ))
        .await
        .unwrap();
    let ids: Vec<String> = made.into_iter().map(|one| one.id).collect();
    clock.advance(HOUR);
    settle(&hub).await;
    assert_eq!(fall_due(&turns).await.len(), 2);
    hub.schedule(Change::Snooze(ids.clone(), 600)).await.unwrap();
    let due = |hub: &Handle| {
        hub.snapshot().house.schedules.iter().map(|one| (one.due_ms - EIGHT) / 60_000).collect::<Vec<_>>()
    };
    assert_eq!(due(&hub), [25 * 60, 70, 70], "the daily one tomorrow, and both again in ten minutes");
    clock.advance(600_000);
    settle(&hub).await;
    assert_eq!(fall_due(&turns).await.len(), 2);
    let ringing: Vec<String> = hub
        .snapshot()
        .house
        .schedules
        .iter()
        .filter(|one| one.rings_since_ms.is_some())
        .map(|one| one.id.clone())
        .collect();
    hub.schedule(Change::Silence(ringing)).await.unwrap();
    assert_eq!(due(&hub), [25 * 60]);
}

#[tokio::test]
async fn what_is_paused_does_nothing_until_it_goes_on_even_after_a_restart() {
    let dir = TempDir::new().unwrap();
    let daily = Timing::Weekly(Days::ALL, DayTime::Clock { hour: 9, minute: 0 });
    let ids: Vec<String> = {
        let (hub, _turns) = hub(&dir, &clock(EIGHT));
        let made = hub
            .schedule(Change::Add(
                vec![act(daily), act(Timing::At(EIGHT + HOUR))],
                Lang::En,
                Speaker::Someone(WayIn::Voice),
            ))
            .await
            .unwrap();
        let ids: Vec<String> = made.into_iter().map(|one| one.id).collect();
        hub.schedule(Change::Pause(ids.clone())).await.unwrap();
        ids
    };
    tokio::time::sleep(Duration::from_millis(50)).await;
    let later = clock(EIGHT + HOUR);
    let (hub, turns) = hub(&dir, &later);
    assert_eq!(fall_due(&turns).await, Vec::<String>::new());
    later.advance(HOUR);
    settle(&hub).await;
    hub.schedule(Change::Resume(vec![ids[0].clone()])).await.unwrap();
    assert_eq!(hub.snapshot().house.schedules[0].due_ms, EIGHT + 25 * HOUR, "tomorrow, and not late today");
    let error = hub.schedule(Change::Resume(vec![ids[1].clone()])).await.unwrap_err();
    assert_eq!(error.to_string(), "its time went by while it was paused");
    assert!(hub.snapshot().house.schedules[1].is_paused);
    assert_eq!(fall_due(&turns).await, Vec::<String>::new());
}

const DOOR: &str = "binary_sensor.door";

/// A house with a routine that starts when the door opens.
fn routine_at_a_door(is_paused: bool) -> House {
    let trigger = Trigger::State { entities: vec![EntityId::new(DOOR)], is_one_enough: true, state: "open".to_owned() };
    let errand = Errand::Act { steps: Vec::new(), back: None, agreed: Consent::None };
    let schedule = Schedule {
        id: "s1".to_owned(),
        errand,
        name: None,
        area: None,
        asked_by: Speaker::Someone(WayIn::Voice),
        timing: Timing::Triggered(trigger, 0),
        conditions: Vec::new(),
        due_ms: i64::MAX,
        rings_since_ms: None,
        is_paused,
        lang: Lang::En,
    };
    House { schedules: vec![schedule], ..House::default() }
}

fn door_shows(house: &mut House, value: &str, quality: house::Quality, cause: Cause) {
    let id = EntityId::new(DOOR);
    let state = State { value: Some(value.to_owned()), quality, cause, ..State::default() };
    let door = Entity {
        id: id.clone(),
        name: "Door".to_owned(),
        aliases: vec![],
        domain: Domain::BinarySensor,
        device_class: Some("door".to_owned()),
        area: None,
        state,
        availability: house::Availability::Online,
    };
    house.entities.insert(id, door);
}

#[test]
fn a_paused_routine_does_not_start_and_does_not_catch_up() {
    let mut house = routine_at_a_door(true);
    let shows = |house: &mut House, value: &str| door_shows(house, value, house::Quality::Observed, Cause::default());
    let clock = clock(EIGHT);
    let (mut triggers, mut now) = (Triggers::default(), EIGHT);
    let mut due = |house: &House| {
        now += HOUR;
        triggers.due(house, &clock.around(now)).len()
    };
    shows(&mut house, "off");
    assert_eq!(due(&house), 0);
    shows(&mut house, "on");
    assert_eq!(due(&house), 0, "it is paused");
    house.schedules[0].is_paused = false;
    assert_eq!(due(&house), 0, "the door was open before it went on");
    shows(&mut house, "off");
    assert_eq!(due(&house), 0);
    shows(&mut house, "on");
    assert_eq!(due(&house), 1);
}

#[test]
fn what_has_to_stay_so_for_a_while_starts_once_it_has() {
    let mut house = routine_at_a_door(false);
    if let Timing::Triggered(_, for_s) = &mut house.schedules[0].timing {
        *for_s = 600;
    }
    let shows = |house: &mut House, value: &str| door_shows(house, value, house::Quality::Observed, Cause::default());
    let clock = clock(EIGHT);
    let mut triggers = Triggers::default();
    let mut due = |house: &House, after_s: i64| triggers.due(house, &clock.around(EIGHT + after_s * 1000)).len();
    shows(&mut house, "off");
    assert_eq!(due(&house, 0), 0);
    shows(&mut house, "on");
    assert_eq!((due(&house, 10), due(&house, 300)), (0, 0));
    shows(&mut house, "off");
    assert_eq!(due(&house, 400), 0, "it was shut in time");
    shows(&mut house, "on");
    assert_eq!((due(&house, 500), due(&house, 1099), due(&house, 1100), due(&house, 1200)), (0, 0, 1, 0));
}

#[test]
fn a_routine_starts_only_where_its_conditions_hold() {
    let mut house = routine_at_a_door(false);
    house.schedules[0].conditions = vec![house::Condition::Clock(9 * 60, 10 * 60)];
    let shows = |house: &mut House, value: &str| door_shows(house, value, house::Quality::Observed, Cause::default());
    let clock = clock(EIGHT);
    let mut triggers = Triggers::default();
    let mut due = |house: &House, after_s: i64| triggers.due(house, &clock.around(EIGHT + after_s * 1000)).len();
    shows(&mut house, "off");
    assert_eq!(due(&house, 0), 0);
    shows(&mut house, "on");
    assert_eq!((due(&house, 10), due(&house, 3700)), (0, 0), "what was not so then is not made up for");
    shows(&mut house, "off");
    assert_eq!(due(&house, 3800), 0);
    shows(&mut house, "on");
    assert_eq!(due(&house, 3900), 1);
}

#[tokio::test]
async fn what_is_due_where_its_condition_is_not_met_is_passed_over_in_silence() {
    let dir = TempDir::new().unwrap();
    let clock = clock(EIGHT);
    let (hub, turns) = hub(&dir, &clock);
    let daily = Timing::Weekly(house::Days::ALL, house::DayTime::Clock { hour: 9, minute: 0 });
    let draft = Draft { conditions: vec![house::Condition::Clock(0, 60)], ..act(daily) };
    hub.schedule(Change::Add(vec![draft], Lang::En, Speaker::Someone(WayIn::Voice))).await.unwrap();
    clock.advance(HOUR);
    settle(&hub).await;
    fall_due(&turns).await;
    let snapshot = hub.snapshot();
    assert!(snapshot.house.schedules.iter().all(|one| EIGHT + HOUR < one.due_ms), "it comes again tomorrow");
    assert_eq!(turns.store.as_ref().unwrap().turns(9, None).unwrap(), [], "nothing is written down");
}

#[test]
fn what_a_bridge_repeats_starts_no_routine() {
    let mut house = routine_at_a_door(false);
    let shows = door_shows;
    let clock = clock(EIGHT);
    let (mut triggers, mut now) = (Triggers::default(), EIGHT);
    let mut due = |house: &House| {
        now += HOUR;
        triggers.due(house, &clock.around(now)).len()
    };
    use house::Quality::{Observed, Stale};
    shows(&mut house, "off", Observed, Cause::Device);
    assert_eq!(due(&house), 0);
    shows(&mut house, "off", Stale, Cause::Device);
    assert_eq!(due(&house), 0);
    shows(&mut house, "on", Observed, Cause::Replay);
    assert_eq!(due(&house), 0, "it was opened while the bridge was away");
    shows(&mut house, "off", Observed, Cause::Device);
    assert_eq!(due(&house), 0);
    shows(&mut house, "on", Observed, Cause::Device);
    assert_eq!(due(&house), 1);
}

#[tokio::test]
async fn what_wants_the_pin_by_then_is_withheld() {
    let dir = TempDir::new().unwrap();
    let clock = clock(EIGHT);
    let (hub, turns) = hub(&dir, &clock);
    let Draft { errand: Errand::Act { mut steps, .. }, .. } = act(Timing::At(EIGHT + HOUR)) else { panic!() };
    steps[0].action = Action::Unlock;
    let unlock =
        Draft { errand: Errand::Act { steps, back: None, agreed: Consent::None }, ..act(Timing::At(EIGHT + HOUR)) };
    hub.schedule(Change::Add(vec![unlock], Lang::En, Speaker::Someone(WayIn::Voice))).await.unwrap();
    clock.advance(HOUR);
    settle(&hub).await;
    assert_eq!(fall_due(&turns).await, ["It was time to unlock Lamp, but I did not. Shall I really unlock Lamp?"]);
    assert_eq!(hub.snapshot().house.schedules, []);
}
