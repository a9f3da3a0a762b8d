//! Tests of the module above.

use house::{
    Attributes, Cause, ChangeContext, Consent, Days, Entity, EntityId, Errand, Hearing, House, PersonId, Quality,
    Speaker, State, StateChange, Utterance, WayIn,
};
use tempfile::TempDir;

use super::routines::{Routines, Said};
use super::*;
use crate::dispatch::TimeoutScale;
use crate::household::Household;
use crate::hub;
use crate::hub::schedules::Change;
use crate::model::language_model::Model;
use crate::turn::Turns;
use crate::turn::outcome::{ExpectedAnswer, Turn};

/// Monday, 2026-01-05, at midnight.
const MONDAY: i64 = 1_767_571_200_000;
const MINUTE: i64 = 60_000;
const DAY: i64 = 86_400_000;
const LAMP: &str = "light.kitchen";

fn lamp(value: &str) -> Entity {
    let state = State { value: Some(value.to_owned()), quality: Quality::Observed, ..State::default() };
    Entity { state, ..Entity::new(EntityId::new(LAMP), "Kitchen Light") }
}

struct Home {
    learning: Learning,
    turns: Turns,
    clock: Clock,
    store: Store,
    _dir: TempDir,
}

/// A home in which the kitchen light goes on at seven on weekdays, for four weeks.
fn home() -> Home {
    home_with(lamp("off"))
}

/// The same, with the kitchen light as it is now.
fn home_with(lamp: Entity) -> Home {
    let dir = TempDir::new().unwrap();
    let (store, _) = Store::open(dir.path(), 0).unwrap();
    let clock = Clock::simulated(MONDAY + 28 * DAY, jiff::tz::TimeZone::UTC, None);
    let house = House { entities: [(EntityId::new(LAMP), lamp)].into_iter().collect(), ..House::default() };
    let hub = hub::start(hub::Start {
        house,
        store: Some(store.clone()),
        preference: device_adapters::Preference::default(),
        clock: clock.clone(),
        own_topics: Vec::new(),
        alive: None,
    })
    .unwrap();
    for day in (0..28).filter(|day| day % 7 < 5) {
        let at = |minute: i64, state: &str| evidence(MONDAY + day * DAY + minute * MINUTE, LAMP, state);
        store.keep_evidence(&[at(420 + day * 7 % 6, "on"), at(480 + day * 37 % 401, "off")]).unwrap();
    }
    // On the other days somebody is there, too.
    for day in 0..28 {
        let at = |minute: i64, state: &str| evidence(MONDAY + day * DAY + minute * MINUTE, "light.hall", state);
        store.keep_evidence(&[at(300 + day * 211 % 701, "on"), at(1002 + day * 97 % 397, "off")]).unwrap();
    }
    let learning = Learning::load(hub.clone(), store.clone(), clock.clone()).unwrap();
    let household = Household::simulated(None, false, mind::decide::Thresholds::default()).unwrap();
    let mut turns =
        Turns::new(hub, Model::absent(), Some(store.clone()), household, TimeoutScale::of(0.01), clock.clone());
    turns.learning = Some(learning.clone());
    Home { learning, turns, clock, store, _dir: dir }
}

fn evidence(at_ms: i64, entity: &str, state: &str) -> Evidence {
    Evidence {
        at_ms,
        offset_s: 0,
        entity: EntityId::new(entity),
        state: Some(state.to_owned()),
        attributes: Attributes::new(),
        cause: Cause::Device,
        person: Some(PersonId::new("ann")),
    }
}

impl Home {
    async fn accept(&self, id: &str) {
        let utterance = Utterance {
            text: "accept".to_owned(),
            lang: Some("en".to_owned()),
            place: None,
            conversation: "test".to_owned(),
            speaker: Speaker::Someone(WayIn::Voice),
            cause: Cause::Page,
            at_ms: self.clock.now_ms(),
            hearing: None,
        };
        let turn = self.turns.accept_suggestion(utterance, id, false).await;
        assert_eq!(turn.undo.schedules.len(), 1, "{}", turn.reply);
    }

    /// Says something that a microphone in the house hears.
    async fn say(&self, text: &str) -> Turn {
        let utterance = Utterance {
            text: text.to_owned(),
            lang: Some("en".to_owned()),
            place: None,
            conversation: "kitchen".to_owned(),
            speaker: Speaker::Someone(WayIn::Voice),
            cause: Cause::Voice,
            at_ms: self.clock.now_ms(),
            hearing: Some(Hearing { confidence: 1.0, alternatives: Vec::new() }),
        };
        self.turns.turn(utterance).await
    }

    fn answers(&self) -> Vec<SuggestionAnswer> {
        self.learning.suggestions().iter().map(|one| one.answer).collect()
    }
}

#[tokio::test]
async fn a_habit_is_offered_and_becomes_a_routine_that_is_not_offered_again() {
    let home = home();
    home.learning.learn_now().unwrap();
    let suggestions = home.learning.suggestions();
    let [only] = suggestions.as_slice() else { panic!("{suggestions:#?}") };
    assert_eq!((only.habit.entity.as_str(), only.habit.when.days), (LAMP, Days::WEEKDAYS));
    let learned = home.learning.learned().borrow().clone();
    let past = &learned.past[&only.id];
    assert_eq!(past.iter().map(|day| day.would_min.len()).sum::<usize>(), 20);
    assert_eq!(past.iter().map(|day| day.wrong).sum::<usize>(), 0);
    home.accept(&only.id).await;
    assert_eq!(home.answers(), [SuggestionAnswer::Accepted]);
    let schedules = home.learning.0.hub.snapshot().house.schedules.clone();
    assert!(matches!(&schedules[0].errand, Errand::Act { steps, agreed: Consent::None, .. } if steps.len() == 1));
    assert_eq!(Some(&schedules[0].id), home.learning.suggestions()[0].schedule.as_ref());
    home.learning.learn_now().unwrap();
    assert_eq!(home.answers(), [SuggestionAnswer::Accepted]);
    // Taken away, it is not wanted soon.
    home.learning.0.hub.schedule(Change::Cancel(vec![schedules[0].id.clone()])).await.unwrap();
    home.learning.learn_now().unwrap();
    assert!(matches!(home.answers()[..], [SuggestionAnswer::Later(_)]));
}

#[tokio::test]
async fn what_is_refused_stays_so_over_a_restart_and_what_is_put_off_comes_again() {
    let home = home();
    home.learning.learn_now().unwrap();
    home.learning.decline("h1", false).unwrap();
    home.learning.learn_now().unwrap();
    assert!(matches!(home.answers()[..], [SuggestionAnswer::Later(_)]));
    home.clock.advance(PUT_OFF_MS);
    // The habit goes on meanwhile.
    for day in (28..42).filter(|day| day % 7 < 5) {
        let at = |minute: i64, state: &str| evidence(MONDAY + day * DAY + minute * MINUTE, LAMP, state);
        home.store.keep_evidence(&[at(420 + day % 6, "on"), at(480 + day * 37 % 401, "off")]).unwrap();
    }
    home.learning.learn_now().unwrap();
    assert_eq!(home.answers(), [SuggestionAnswer::Open]);
    home.learning.decline("h1", true).unwrap();
    let again = Learning::load(home.learning.0.hub.clone(), home.store.clone(), home.clock.clone()).unwrap();
    again.learn_now().unwrap();
    assert_eq!(again.suggestions().iter().map(|one| one.answer).collect::<Vec<_>>(), [SuggestionAnswer::Never]);
    assert!(home.learning.decline("h9", true).is_err());
}

#[tokio::test]
async fn a_kind_or_a_thing_that_is_switched_off_is_not_learned() {
    let home = home();
    home.learning.learn_now().unwrap();
    let without = |change: fn(&mut LearningSettings)| {
        let mut settings = LearningSettings::default();
        change(&mut settings);
        home.learning.set_settings(settings).unwrap();
        home.learning.learn_now().unwrap();
        (home.learning.suggestions().len(), home.learning.learned().borrow().habits.len())
    };
    assert_eq!(without(|settings| _ = settings.without_kinds.insert("time".to_owned())), (0, 0));
    assert_eq!(without(|settings| _ = settings.without_entities.insert(LAMP.to_owned())), (0, 0));
    assert_eq!(without(|settings| _ = settings.without_people.insert("ann".to_owned())), (0, 0));
    assert_eq!(without(|_| {}), (1, 1));
}

#[tokio::test]
async fn what_is_forgotten_is_learned_no_longer() {
    let home = home();
    home.learning.learn_now().unwrap();
    assert_eq!(home.learning.forget(&ForgetEvidence::Entities(vec![EntityId::new("light.other")])).unwrap(), 0);
    assert_eq!(home.learning.suggestions().len(), 1);
    assert_eq!(home.learning.forget(&ForgetEvidence::Person(PersonId::new("ann"))).unwrap(), 96);
    assert_eq!(home.learning.evidence().unwrap(), []);
    assert!(home.learning.suggestions().is_empty() && home.learning.learned().borrow().habits.is_empty());
}

#[tokio::test]
async fn what_is_learned_is_the_same_in_whatever_batches_it_was_written_down() {
    let home = home();
    home.learning.learn_now().unwrap();
    let (all, habits) = (home.learning.evidence().unwrap(), home.learning.learned().borrow().habits.clone());
    assert!(!habits.is_empty());
    for size in [1, 7, 50] {
        home.learning.forget(&ForgetEvidence::All).unwrap();
        for batch in all.chunks(size) {
            home.store.keep_evidence(batch).unwrap();
        }
        home.learning.learn_now().unwrap();
        assert_eq!(home.learning.learned().borrow().habits, habits, "in batches of {size}");
        home.learning.learn_now().unwrap();
        assert_eq!(home.learning.learned().borrow().habits, habits, "learning twice adds nothing");
    }
}

#[tokio::test]
async fn what_happens_is_remembered_by_who_did_it() {
    let home = home();
    home.learning.forget(&ForgetEvidence::All).unwrap();
    let mut change = change("off", "on", Cause::Page, 5);
    change.speaker = Some(Speaker::Person(PersonId::new("ann")));
    let around = home.clock.around(home.clock.now_ms());
    let settings = LearningSettings::default();
    home.learning.known().recorder.notice(&change, false, &around, &settings);
    let kept = home.learning.evidence().unwrap();
    assert_eq!((kept.len(), kept[0].person.as_ref().unwrap().as_str()), (1, "ann"));
}

fn change(from: &str, to: &str, cause: Cause, minute: i64) -> StateChange {
    StateChange {
        entity: EntityId::new(LAMP),
        before: Some(Arc::new(lamp(from))),
        after: Some(Arc::new(lamp(to))),
        cause,
        speaker: None,
        at_ms: MONDAY + minute * MINUTE,
        context: Arc::new(ChangeContext::default()),
    }
}

#[tokio::test]
async fn a_routine_that_is_taken_back_twice_is_paused() {
    let home = home();
    home.learning.learn_now().unwrap();
    home.accept("h1").await;
    let mut routines = Routines::default();
    let schedule = home.learning.suggestions()[0].schedule.clone().unwrap();
    let is_paused = || {
        let house = home.learning.0.hub.snapshot().house.clone();
        house.schedules.iter().any(|one| one.id == schedule && one.is_paused)
    };
    home.learning.follow(&mut routines, &change("off", "on", Cause::Schedule, 0)).await;
    home.learning.follow(&mut routines, &change("on", "off", Cause::Page, 3)).await;
    assert!(!is_paused(), "once is no rule");
    home.learning.follow(&mut routines, &change("off", "on", Cause::Schedule, 1440)).await;
    home.learning.follow(&mut routines, &change("on", "off", Cause::Device, 1443)).await;
    assert!(is_paused());
    let one = &home.learning.suggestions()[0];
    assert_eq!((one.fired, one.undone), (2, 2));
}

#[test]
fn only_what_is_taken_back_soon_and_by_hand_counts() {
    let habit = Habit {
        kind: HabitKind::Time,
        entity: EntityId::new(LAMP),
        action: house::Action::TurnOn,
        when: house::When {
            days: Days::ALL,
            at_min: Some(420),
            spread_min: None,
            trigger: None,
            within_s: None,
            conditions: Vec::new(),
        },
        confidence: 0.9,
        support: 20,
        opportunities: 20,
        first_seen_ms: 0,
        last_seen_ms: 0,
    };
    let accepted = Suggestion {
        id: "h1".to_owned(),
        habit,
        answer: SuggestionAnswer::Accepted,
        offered_ms: 0,
        schedule: Some("s1".to_owned()),
        fired: 0,
        undone: 0,
    };
    let all = [accepted];
    let mut routines = Routines::default();
    let mut look = |change: StateChange| routines.look(&change, &all);
    let (fired, undone) = (Some(Said::Fired("h1".to_owned())), Some(Said::Undone("h1".to_owned())));
    assert_eq!(look(change("on", "off", Cause::Device, 0)), None, "nothing acted before");
    assert_eq!(look(change("off", "on", Cause::Routine, 1)), fired);
    assert_eq!(look(change("on", "off", Cause::Device, 30)), None, "much later it is no taking back");
    assert_eq!(look(change("off", "on", Cause::Schedule, 60)), fired);
    assert_eq!(look(change("on", "off", Cause::Replay, 61)), None);
    assert_eq!(look(change("on", "off", Cause::Voice, 62)), undone);
}

#[tokio::test]
async fn a_lamp_is_as_bright_as_the_household_wants_it_then_and_its_echo_teaches_nothing() {
    let home = home();
    for day in 0..28 {
        let lit = |hour: i64, minute: i64, percent: f64| Evidence {
            attributes: Attributes::from([("brightness".to_owned(), (percent * 2.55).into())]),
            ..evidence(MONDAY + day * DAY + (hour * 60 + minute) * MINUTE, LAMP, "on")
        };
        let off = |hour: i64| evidence(MONDAY + day * DAY + hour * 60 * MINUTE, LAMP, "off");
        let all = [lit(10, day % 50, 90.0), off(11), lit(22, day * 7 % 50, 20.0 + (day % 3) as f64), off(23)];
        home.store.keep_evidence(&all).unwrap();
    }
    home.learning.learn_now().unwrap();
    let asked = async |hour: i64| {
        home.clock.set(MONDAY + 29 * DAY + hour * 60 * MINUTE);
        let utterance = Utterance {
            text: "turn on the kitchen light".to_owned(),
            lang: Some("en".to_owned()),
            place: None,
            conversation: format!("at {hour}"),
            speaker: Speaker::Someone(WayIn::Voice),
            cause: Cause::Voice,
            at_ms: home.clock.now_ms(),
            hearing: None,
        };
        home.turns.turn(utterance).await.steps[0].action.clone()
    };
    let bright = |pct| house::Action::SetLight { brightness_pct: Some(pct), color: None, color_temp_k: None };
    assert_eq!(asked(10).await, bright(90));
    assert_eq!(asked(22).await, bright(21));
    let now = home.clock.now_ms();
    assert!(home.learning.0.given.is_echo(&EntityId::new(LAMP), now + 400));
    assert!(!home.learning.0.given.is_echo(&EntityId::new(LAMP), now + 60_000), "that is somebody's own choice");
    let mut echo = change("off", "on", Cause::Voice, 0);
    let mut entity = lamp("on");
    entity.state.attributes.insert("brightness".to_owned(), 53.0.into());
    echo.after = Some(Arc::new(entity));
    let around = home.clock.around(now);
    let mut recorder = Recorder::default();
    recorder.notice(&echo, true, &around, &LearningSettings::default());
    let kept = recorder.take();
    assert_eq!((kept[0].state.as_deref(), kept[0].attributes.len()), (Some("on"), 0));
}

#[tokio::test]
async fn who_has_just_spoken_by_day_is_asked_once_and_may_say_yes() {
    let home = home();
    home.learning.learn_now().unwrap();
    home.clock.set(MONDAY + 28 * DAY + 3 * 60 * MINUTE);
    assert_eq!(home.say("turn on the kitchen light").await.expects_answer, None, "nobody is asked at night");
    home.clock.set(MONDAY + 28 * DAY + 10 * 60 * MINUTE);
    let asked = home.say("turn off the kitchen light").await;
    assert_eq!(asked.expects_answer, Some(ExpectedAnswer::Suggestion), "{}", asked.reply);
    assert!(asked.reply.contains("weekdays"), "the evidence is told: {}", asked.reply);
    let kept = home.say("yes").await;
    assert_eq!(kept.undo.schedules.len(), 1, "{}", kept.reply);
    assert_eq!(home.answers(), [SuggestionAnswer::Accepted]);
}

#[tokio::test]
async fn a_no_puts_off_and_nobody_is_asked_again_that_day() {
    let home = home();
    home.learning.learn_now().unwrap();
    home.clock.set(MONDAY + 28 * DAY + 10 * 60 * MINUTE);
    home.say("turn on the kitchen light").await;
    let put_off = home.say("no").await;
    assert!(put_off.undo.schedules.is_empty());
    assert!(matches!(home.answers().as_slice(), [SuggestionAnswer::Later(_)]), "{:?}", home.answers());
    assert_eq!(home.say("turn off the kitchen light").await.expects_answer, None);
}

#[tokio::test]
async fn what_is_usual_now_is_done_once_on_a_yes_and_stays_a_suggestion() {
    let home = home();
    home.learning.learn_now().unwrap();
    home.clock.set(MONDAY + 28 * DAY + 422 * MINUTE);
    let usual = home.learning.usual_now(|answer| *answer == SuggestionAnswer::Open).map(|one| one.id);
    assert_eq!(usual.as_deref(), Some("h1"));
    let plan = home.learning.plan("h1", true).unwrap();
    assert_eq!((plan.steps.len(), plan.later.len()), (1, 0));
    home.clock.set(MONDAY + 28 * DAY + 10 * 60 * MINUTE);
    assert_eq!(home.learning.usual_now(|answer| *answer == SuggestionAnswer::Open).map(|one| one.id), None);
    assert_eq!(home.answers(), [SuggestionAnswer::Open]);
}

#[tokio::test]
async fn what_is_on_for_longer_than_ever_is_told_ended_and_never_told_again() {
    let on = lamp("on");
    let since = State { changed_ms: MONDAY + 27 * DAY + 18 * 60 * MINUTE, ..on.state.clone() };
    let home = home_with(Entity { state: since, ..on });
    let told = || home.learning.hints().iter().map(house::Hint::id).collect::<Vec<_>>();
    assert!(told().is_empty(), "nothing is known of what is usual yet");
    home.learning.learn_now().unwrap();
    assert!(told().is_empty(), "six hours are usual");
    home.clock.set(MONDAY + 28 * DAY + 11 * 60 * MINUTE);
    assert_eq!(told(), ["long:light.kitchen"]);

    let mut rings = home.learning.0.hub.rings();
    home.learning.tell_hints().await;
    home.learning.tell_hints().await;
    let house::Ring::Notice(notice) = rings.recv().await.unwrap() else { panic!("a notice was awaited") };
    assert_eq!(notice.kind, house::NoticeKind::Hint);
    assert!(notice.said.starts_with("Kitchen Light has been on for 17 hours; of 20 times"), "{}", notice.said);
    assert!(rings.try_recv().is_err(), "it is told once a day");

    let plan = home.learning.plan("long:light.kitchen", true).unwrap();
    assert_eq!(plan.steps.first().map(|step| &step.action), Some(&house::Action::TurnOff));
    assert!(home.learning.plan("long:light.kitchen", false).is_none(), "a hint is of now");

    home.learning.decline("long:light.kitchen", false).unwrap();
    assert!(told().is_empty());
    home.clock.set(MONDAY + 29 * DAY + 11 * 60 * MINUTE);
    assert_eq!(told(), ["long:light.kitchen"], "a day later it is told again");
    home.learning.decline("long:light.kitchen", true).unwrap();
    assert!(told().is_empty());
    let again = Learning::load(home.learning.0.hub.clone(), home.store.clone(), home.clock.clone()).unwrap();
    again.learn_now().unwrap();
    assert!(again.hints().is_empty(), "that is remembered");
}
