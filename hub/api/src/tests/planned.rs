//! What is scheduled, what runs and what rings.

use super::*;

#[tokio::test]
async fn what_is_scheduled_is_shown_taken_away_and_brought_back() {
    let (home, browser) = Home::owned().await;
    let tea = Draft::new(Errand::Remind("tea".to_owned()), Timing::At(home.clock.now_ms() + 60_000));
    home.web.hub.schedule(Change::Add(vec![tea], Lang::En, ANYONE)).await.unwrap();
    let shown = home.get(&browser, "/api/v1/schedules").await.body;
    assert_eq!(
        (&shown[0]["kind"], &shown[0]["title"], &shown[0]["when"]),
        (&json!("reminder"), &json!("the reminder “tea” in 1 minute"), &json!("in 1 minute")),
        "{shown}"
    );
    assert_eq!(home.get(&browser, "/api/v1/schedules?lang=zh").await.body[0]["title"], "1分钟后的提醒“tea”");
    let path = format!("/api/v1/schedules/{}", shown[0]["id"].as_str().unwrap());
    // While it is paused nothing comes of it.
    assert_eq!(home.post(&browser, &format!("{path}/pause"), json!({})).await.body, json!({ "paused": true }));
    home.clock.advance(60_000);
    assert!(home.web.turns.due().is_empty(), "{:?}", home.web.turns.due());
    home.clock.advance(-60_000);
    assert_eq!(home.post(&browser, &format!("{path}/resume"), json!({})).await.body, json!({ "paused": false }));
    assert_eq!(home.post(&browser, "/api/v1/schedules/nothing/pause", json!({})).await.status, StatusCode::NOT_FOUND);
    let gone = home.send(Method::DELETE, &browser, &path, json!({})).await;
    assert_eq!(
        (gone.status, &gone.body["reply"]),
        (StatusCode::OK, &json!("Cancelled: the reminder “tea” in 1 minute."))
    );
    assert_eq!(home.get(&browser, "/api/v1/schedules").await.body, json!([]));
    assert_eq!(home.send(Method::DELETE, &browser, &path, json!({})).await.status, StatusCode::NOT_FOUND);
    let undo =
        home.post(&browser, &format!("/api/v1/turns/{}/undo", gone.body["turn"].as_str().unwrap()), json!({})).await;
    assert_eq!(undo.status, StatusCode::OK, "{}", undo.body);
    assert_eq!(home.get(&browser, "/api/v1/schedules").await.body[0]["title"], "the reminder “tea” in 1 minute");
}

#[tokio::test]
async fn another_time_is_read_back_before_it_is_kept_and_judged_when_it_is() {
    let (home, browser) = Home::owned().await;
    let step =
        |id: &str, action| house::Step { intent: 0, entity: house::EntityId::new(id), action, reason: String::new() };
    let act = |step, agreed| {
        let errand = Errand::Act { steps: vec![step], back: None, agreed };
        Draft::new(errand, Timing::At(home.clock.now_ms() + 60_000))
    };
    let lamp = act(step("light.porch", house::Action::TurnOn), house::Consent::None);
    let door = act(step("lock.front_door", house::Action::Unlock), house::Consent::Yes);
    let alarm = Draft::new(Errand::Alarm, Timing::At(home.clock.now_ms() + 60_000));
    home.web.hub.schedule(Change::Add(vec![lamp, door, alarm], Lang::En, ANYONE)).await.unwrap();
    let patch = async |id: &str, body: Value| {
        home.send(Method::PATCH, &browser, &format!("/api/v1/schedules/{id}?conversation=plan&lang=en"), body).await
    };
    let titles = async || {
        home.get(&browser, "/api/v1/schedules")
            .await
            .body
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["title"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let read = patch("s1", json!({ "when": "every weekday at 7" })).await;
    assert_eq!(
        (&read.body["title"], &read.body["turn"]),
        (&json!("turn on Porch Light every weekday at 7:00"), &Value::Null),
        "{}",
        read.body
    );
    assert_eq!(titles().await[0], "turn on Porch Light in 1 minute", "it was only read back");
    assert_eq!(
        said(&patch("s1", json!({ "when": "when pigs fly" })).await),
        "I can't tell when “when pigs fly” is, so I did nothing. At what time?"
    );
    assert_eq!(
        patch("s3", json!({ "when": "when the front door is locked" })).await.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "an alarm waits for no condition"
    );
    assert_eq!(patch("s1", json!({ "when": "x".repeat(301) })).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(patch("s9", json!({ "when": "at 7" })).await.status, StatusCode::NOT_FOUND);
    let kept = patch("s1", json!({ "when": "when the front door is locked after sunset", "keep": true })).await;
    assert_eq!(kept.body["turn"]["outcome"], "act", "{}", kept.body);
    assert_eq!(
        titles().await,
        [
            "unlock Front Door in 1 minute",
            "the alarm in 1 minute",
            "turn on Porch Light when Front Door is locked after sunset"
        ]
    );
    // A yes to the old time is none to the new one.
    let asked = patch("s2", json!({ "when": "every day at 3 am", "keep": true })).await;
    assert_eq!(asked.body["turn"]["question"]["kind"], "confirm", "{}", asked.body);
    assert_eq!(titles().await[0], "unlock Front Door in 1 minute");
    home.post(&browser, "/api/v1/requests", json!({ "text": "yes", "conversation": "plan" })).await;
    assert_eq!(titles().await.last().unwrap(), "unlock Front Door every day at 3:00");
}

#[tokio::test]
async fn timers_are_paused_and_taken_away_and_come_back_with_what_was_left() {
    let (home, browser) = Home::owned().await;
    home.web
        .hub
        .change_timers(
            TimerChange::Start(TimerStart { name: Some("egg".to_owned()), area: None, seconds: 300, asked_by: None }),
            None,
        )
        .await
        .unwrap();
    home.clock.advance(60_000);
    let timers = async || home.get(&browser, "/api/v1/house").await.body["timers"].clone();
    assert_eq!(home.post(&browser, "/api/v1/timers/t1", json!("pause")).await.body["reply"], "The timer is paused.");
    assert_eq!(timers().await[0]["active"], false);
    home.post(&browser, "/api/v1/timers/t1", json!("resume")).await;
    assert_eq!(
        home.post(&browser, "/api/v1/timers/t1", json!({ "add_s": 100_000 })).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let gone = home.send(Method::DELETE, &browser, "/api/v1/timers/t1?lang=zh", json!({})).await;
    assert_eq!(gone.body["reply"], "计时器已取消。");
    assert_eq!(timers().await, json!([]));
    assert_eq!(home.post(&browser, "/api/v1/timers/t1", json!("pause")).await.status, StatusCode::NOT_FOUND);
    home.post(&browser, &format!("/api/v1/turns/{}/undo", gone.body["turn"].as_str().unwrap()), json!({})).await;
    assert_eq!((&timers().await[0]["name"], &timers().await[0]["left_s"]), (&json!("egg"), &json!(240)));
}

#[tokio::test]
async fn nobody_takes_away_the_timer_of_another_while_it_runs() {
    let (home, owner) = Home::owned().await;
    let (child, child_id) = home.person(&owner, "Kim", "child").await;
    let start = async |person: &str| {
        let speaker = Speaker::Person(house::PersonId::new(person));
        let start = TimerStart { name: Some(person.to_owned()), area: None, seconds: 300, asked_by: None };
        home.web.hub.change_timers(TimerChange::Start(start), Some(&speaker)).await.unwrap();
    };
    start("owner").await;
    start(&child_id).await;
    let outcome = async |caller: &Caller, method: Method, id: &str| {
        let body = if method == Method::POST { json!("pause") } else { json!({}) };
        home.send(method, caller, &format!("/api/v1/timers/{id}"), body).await.body["outcome"].clone()
    };
    assert_eq!(outcome(&child, Method::DELETE, "t1").await, "refuse");
    assert_eq!(outcome(&child, Method::POST, "t1").await, "refuse");
    assert_eq!(outcome(&child, Method::DELETE, "t2").await, "act");
    assert_eq!(outcome(&owner, Method::DELETE, "t1").await, "act");
    // What rings may be stopped by whoever hears it.
    start("owner").await;
    home.clock.advance(301_000);
    for _ in 0..2 {
        home.web.hub.flush().await.unwrap();
    }
    assert_eq!(outcome(&child, Method::DELETE, "t3").await, "act");
}

#[tokio::test]
async fn what_rings_is_snoozed_and_stopped_and_its_notice_stays_until_it_is_dismissed() {
    let (home, browser) = Home::owned().await;
    let keeping = tokio::spawn(runtime::notices::keep(
        home.web.notices.clone(),
        home.web.hub.rings(),
        home.web.hub.clone(),
        home.clock.clone(),
    ));
    let alarm = |name: &str| Draft {
        name: Some(name.to_owned()),
        ..Draft::new(Errand::Alarm, Timing::At(home.clock.now_ms() + 60_000))
    };
    home.web.hub.schedule(Change::Add(vec![alarm("early"), alarm("late")], Lang::En, ANYONE)).await.unwrap();
    assert_eq!(said(&home.post(&browser, "/api/v1/schedules/s1/stop", json!({})).await), "it does not ring");
    home.clock.advance(60_000);
    home.web.hub.flush().await.unwrap();
    for schedule in home.web.turns.due() {
        home.web.turns.fall_due(schedule).await;
    }
    let mut notices = home.web.notices.watch();
    tokio::time::timeout(Duration::from_secs(5), notices.wait_for(|all| all.len() == 2)).await.unwrap().unwrap();
    keeping.abort();
    let shown = home.get(&browser, "/api/v1/notices").await.body;
    assert_eq!((&shown[0]["kind"], &shown[0]["schedule"]), (&json!("alarm"), &json!("s1")), "{shown}");
    assert_eq!(
        home.post(&browser, "/api/v1/schedules/s1/snooze", json!({ "minutes": 0 })).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        home.post(&browser, "/api/v1/schedules/s1/snooze", json!({ "minutes": 10 })).await.status,
        StatusCode::OK
    );
    let schedules = home.get(&browser, "/api/v1/schedules").await.body;
    assert_eq!(
        (&schedules[0]["when"], &schedules[0]["rings"], &schedules[1]["rings"]),
        (&json!("in 10 minutes"), &json!(false), &json!(true))
    );
    let kept = Notices::load(home.web.store.clone()).unwrap();
    assert_eq!(
        kept.all().iter().map(|one| one.schedule.as_deref()).collect::<Vec<_>>(),
        [Some("s2")],
        "what was snoozed is not told of, the other is, after a restart too"
    );
    let path = format!("/api/v1/notices/{}", shown[1]["id"]);
    assert_eq!(home.send(Method::DELETE, &browser, &path, json!({})).await.status, StatusCode::OK);
    assert_eq!(home.send(Method::DELETE, &browser, &path, json!({})).await.status, StatusCode::NOT_FOUND);
    assert_eq!(home.post(&browser, "/api/v1/schedules/s2/stop", json!({})).await.status, StatusCode::OK);
    assert_eq!(home.get(&browser, "/api/v1/schedules").await.body.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_planned_is_judged_for_whoever_asked_when_it_is_due() {
    let (home, owner) = Home::owned().await;
    let (_, child_id) = home.person(&owner, "Kim", "child").await;
    let step = house::Step {
        intent: 0,
        entity: house::EntityId::new("lock.front_door"),
        action: house::Action::Unlock,
        reason: String::new(),
    };
    let unlock = || {
        let errand = Errand::Act { steps: vec![step.clone()], back: None, agreed: house::Consent::Pin };
        Draft::new(errand, Timing::At(home.clock.now_ms() + 60_000))
    };
    let childs = Speaker::Person(house::PersonId::new(child_id.clone()));
    let gone = Speaker::Person(house::PersonId::new("nobody"));
    for speaker in [childs, gone, ANYONE] {
        home.web.hub.schedule(Change::Add(vec![unlock()], Lang::En, speaker)).await.unwrap();
    }
    home.clock.advance(60_000);
    home.web.hub.flush().await.unwrap();
    let mut said = Vec::new();
    for schedule in home.web.turns.due() {
        said.push(home.web.turns.fall_due(schedule).await.turn.reply);
    }
    let withheld = "It was time to unlock Front Door, but I did not. The household does not allow that for Front Door.";
    assert_eq!(said[..2], [withheld, withheld]);
    assert!(said[2].contains("Front Door") && said[2] != withheld, "whoever lives here was asked already: {}", said[2]);
}
