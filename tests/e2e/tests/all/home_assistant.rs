//! A real Home Assistant beside the hub: it sees the hub and its devices, and talks to it.
//!
//! `tests/home-assistant/install.sh` installs one; without it these tests say so and are skipped.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    Hub, LONG, Mosquitto, PASSWORD, Setup, can_hear, free_port, output, repository, spoken, terminate, until,
    until_true,
};

/// Home Assistant as a process of its own.
struct HomeAssistant {
    child: Child,
    /// The name of its folder.
    name: String,
    folder: PathBuf,
    port: u16,
    token: String,
    agent: ureq::Agent,
}

impl HomeAssistant {
    /// Starts one that knows this broker and this voice agent; none if it is not installed.
    fn start(broker: u16, voice: u16) -> Option<Self> {
        let place = repository().join("target/home-assistant");
        let folder = std::fs::read_to_string(place.join("folder")).ok().filter(|_| place.join("start").exists());
        let Some(root) = folder.map(|folder| folder.trim().to_owned()) else {
            eprintln!("skipped: Home Assistant is not installed; tests/home-assistant/install.sh installs it");
            return None;
        };
        let name = format!("config-{}-{broker}", std::process::id());
        let folder = Path::new(&root).join(&name);
        let port = free_port();
        let seed = repository().join("tests/home-assistant/seed.py");
        let ports = [port, broker, voice].map(|port| port.to_string());
        let (token, is_done) = output(
            Command::new("python3").arg(seed).arg(&folder).args([&ports[0], &ports[1], "hub", PASSWORD, &ports[2]]),
        );
        assert!(is_done, "{token}");
        let log = std::fs::File::create(folder.join("log")).unwrap();
        let child = Command::new(place.join("start"))
            .arg(&name)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let agent =
            ureq::Agent::config_builder().timeout_global(Some(LONG)).http_status_as_error(false).build().new_agent();
        let it = Self { child, name, folder, port, token: token.trim().to_owned(), agent };
        until_true("Home Assistant to run", START, || {
            it.call("GET", "/api/config", None).is_some_and(|config| config["state"] == "RUNNING")
        });
        Some(it)
    }

    fn call(&self, method: &str, path: &str, body: Option<Value>) -> Option<Value> {
        let request =
            ureq::http::Request::builder().method(method).uri(format!("http://127.0.0.1:{}{path}", self.port));
        let request = request
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json");
        let mut response =
            self.agent.run(request.body(body.map_or_else(String::new, |body| body.to_string())).unwrap()).ok()?;
        let text = response.body_mut().read_to_string().ok()?;
        serde_json::from_str(&text).ok().filter(|_| response.status().is_success())
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap()
    }

    /// An entity's state; none if there is no such entity.
    fn state(&self, entity: &str) -> Option<String> {
        self.call("GET", &format!("/api/states/{entity}"), None)?["state"].as_str().map(str::to_owned)
    }

    fn until_state(&self, entity: &str, wanted: &str) {
        let mut last = None;
        until(&format!("`{entity}` to be `{wanted}` in Home Assistant"), LONG, || {
            let now = self.state(entity);
            if now != last {
                eprintln!("{entity}: {now:?}");
                last.clone_from(&now);
            }
            (now.as_deref() == Some(wanted)).then_some(())
        });
    }

    fn service(&self, service: &str, data: Value) {
        assert!(self.call("POST", &format!("/api/services/{service}"), Some(data)).is_some(), "{service} failed");
    }

    /// Puts commands to its websocket; each must succeed.
    fn ask(&self, commands: &[Value]) {
        std::fs::copy(repository().join("tests/home-assistant/ask.py"), self.folder.join("ask.py")).unwrap();
        let python = repository().join("target/home-assistant/python");
        let mut child = Command::new(python)
            .arg(format!("{}/ask.py", self.name))
            .args([&self.port.to_string(), &self.token])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines: String = commands.iter().map(|command| format!("{command}\n")).collect();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), lines.as_bytes()).unwrap();
        let answers = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
        let answers: Vec<Value> = answers.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(
            answers.len() == commands.len() && answers.iter().all(|answer| answer["success"] == true),
            "{answers:#?}"
        );
    }

    /// Speaks a WAV file to a pipeline that hears, does and speaks with the hub; says what came of it.
    fn speak(&self, wav: &Path) -> Value {
        std::fs::copy(repository().join("tests/home-assistant/pipeline.py"), self.folder.join("pipeline.py")).unwrap();
        let said = Command::new(repository().join("target/home-assistant/python"))
            .arg(format!("{}/pipeline.py", self.name))
            .args([&self.port.to_string(), &self.token])
            .stdin(std::fs::File::open(wav).unwrap())
            .output()
            .unwrap();
        assert!(said.status.success(), "{said:?}");
        let said = String::from_utf8(said.stdout).unwrap();
        serde_json::from_str(said.lines().last().unwrap()).unwrap()
    }

    /// Ends it.
    fn stop(&mut self) {
        terminate(self.child.id());
        let _ = self.child.wait();
    }

    /// Says something to the hub by way of Home Assistant's conversation.
    fn say(&self, text: &str) -> Value {
        let request = json!({ "text": text, "language": "en", "agent_id": "conversation.hearth" });
        self.call("POST", "/api/conversation/process", Some(request)).unwrap()["response"].clone()
    }
}

impl Drop for HomeAssistant {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            let tail: Vec<&str> = log.lines().rev().take(25).collect();
            eprintln!("the end of Home Assistant's log:\n{}", tail.into_iter().rev().collect::<Vec<_>>().join("\n"));
        }
        self.stop();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn home_assistant_sees_the_hub_and_its_devices_and_talks_to_it() {
    let Some(broker) = Mosquitto::start() else { return };
    let voice = free_port();
    let config = format!(
        "[mqtt]\nhost = \"127.0.0.1\"\nport = {}\nuser = \"hub\"\npassword = \"{PASSWORD}\"\n[wyoming]\nlisten = \
         \"127.0.0.1:{voice}\"\n",
        broker.port
    );
    let mut hub = Hub::start(Setup { config, ..Setup::demo("en") });
    let Some(ha) = HomeAssistant::start(broker.port, voice) else { return };

    // The hub is a device there, and its states are true.
    ha.until_state("sensor.hearth_language_model", "ready");
    let entities = hub.house()["entities"].as_array().unwrap().len();
    ha.until_state("sensor.hearth_entities", &entities.to_string());
    for entity in [
        "text.hearth_say",
        "button.hearth_stop",
        "event.hearth_turn",
        "event.hearth_notice",
        "sensor.hearth_timers",
        "sensor.hearth_last_start",
    ] {
        until_true(entity, LONG, || ha.state(entity).is_some_and(|state| state != "unavailable"));
    }

    // A sentence through Home Assistant's conversation moves a device, and both see it.
    ha.until_state("light.office_desk_lamp", "on");
    let response = ha.say("turn off the desk lamp");
    assert_eq!(response["response_type"], "action_done", "{response}");
    assert_eq!(hub.entity("light.office_desk_lamp")["state"], "off");
    ha.until_state("light.office_desk_lamp", "off");
    let response = ha.say("who won the world cup in 1990");
    assert_eq!(response["response_type"], "error", "{response}");

    // The same spoken, through a voice pipeline that is Hearth's from end to end.
    if can_hear(&hub) {
        let heard = ha.speak(&spoken(&hub, "turn on the desk lamp"));
        assert_eq!(
            (&heard["heard"], &heard["kind"]),
            (&json!("turn on the desk lamp"), &json!("action_done")),
            "{heard}"
        );
        assert!(2_000 < heard["speech"].as_u64().unwrap(), "the reply is spoken: {heard}");
        assert_eq!(hub.entity("light.office_desk_lamp")["state"], "on");
    }

    // Home Assistant's text box and button.
    ha.service("text/set_value", json!({ "entity_id": "text.hearth_say", "value": "set a timer for 20 minutes" }));
    ha.until_state("sensor.hearth_timers", "1");
    until_true("the reply", LONG, || ha.state("sensor.hearth_last_reply").is_some_and(|reply| reply.contains("20")));
    ha.service("button/press", json!({ "entity_id": "button.hearth_stop" }));
    until_true("the stop", LONG, || {
        ha.call("GET", "/api/states/sensor.hearth_last_reply", None)
            .is_some_and(|state| state["attributes"]["text"] == "stop")
    });

    // What is scheduled is a switch there: off is paused, and says so here.
    hub.say("whenever the front door opens turn on the fountain");
    let answer = hub.say("yes");
    assert_eq!(answer["outcome"], "act", "{answer}");
    let id = hub.get("/api/v1/schedules").body[0]["id"].as_str().unwrap().to_owned();
    let switch = format!("switch.hearth_schedule_{id}");
    ha.until_state(&switch, "on");
    ha.service("switch/turn_off", json!({ "entity_id": switch }));
    ha.until_state(&switch, "off");
    assert_eq!(hub.get("/api/v1/schedules").body[0]["paused"], true);
    assert!(hub.say("what is scheduled")["reply"].as_str().unwrap().contains("(paused)"));
    let door = |payload: &str| {
        ha.service(
            "mqtt/publish",
            json!({ "topic": "virtual/binary_sensor-front_door_contact/state", "payload": payload }),
        )
    };
    door("ON");
    until_true("the door to be open", LONG, || hub.entity("binary_sensor.front_door_contact")["state"] == "on");
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(hub.entity("switch.garden_fountain")["state"], "off", "a paused routine does nothing");
    ha.service("switch/turn_on", json!({ "entity_id": switch }));
    ha.until_state(&switch, "on");
    door("OFF");
    until_true("the door to be closed", LONG, || hub.entity("binary_sensor.front_door_contact")["state"] == "off");
    door("ON");
    ha.until_state("switch.garden_fountain", "on");
    hub.say("turn off the fountain");
    hub.say("wake me at 7 tomorrow morning");
    until_true("the next alarm", LONG, || {
        ha.state("sensor.hearth_next_alarm").is_some_and(|state| state.contains('T'))
    });
    let schedules = hub.get("/api/v1/schedules").body;
    let alarm = schedules.as_array().unwrap().iter().find(|one| one["kind"] == "alarm").unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    ha.until_state(&format!("switch.hearth_schedule_{alarm}"), "on");
    assert_eq!(hub.call("DELETE", &format!("/api/v1/schedules/{alarm}"), None).status, 200);
    until_true("the alarm's switch to go", LONG, || ha.state(&format!("switch.hearth_schedule_{alarm}")).is_none());
    ha.until_state("sensor.hearth_next_alarm", "unknown");

    // The mode of the house is a choice there, and one entity here.
    ha.until_state("select.hearth_house_mode", "home");
    ha.service("select/select_option", json!({ "entity_id": "select.hearth_house_mode", "option": "away" }));
    ha.until_state("select.hearth_house_mode", "away");
    assert_eq!(hub.entity("select.house_mode")["state"], "away");

    // What Hearth does, Home Assistant sees, kind by kind.
    for (sentence, entity, wanted) in [
        ("turn on the floor lamp", "light.living_room_floor_lamp", "on"),
        ("turn on the range hood", "fan.kitchen_hood", "on"),
        ("close the kitchen roller blind", "cover.kitchen_blind", "closed"),
        ("turn on the fountain", "switch.garden_fountain", "on"),
        ("arm the alarm away", "alarm_control_panel.house", "armed_away"),
    ] {
        let answer = hub.say(sentence);
        assert_eq!(answer["outcome"], "act", "{sentence}: {answer}");
        ha.until_state(entity, wanted);
    }
    hub.say("unlock the back door");
    hub.say("yes");
    ha.until_state("lock.back_door", "unlocked");
    hub.say("set the master bedroom thermostat to 23 degrees");
    until_true("the thermostat", LONG, || {
        ha.call("GET", "/api/states/climate.master_bedroom", None)
            .is_some_and(|state| state["attributes"]["temperature"] == 23.0)
    });

    assert!(
        !ha.log().contains("is using native unit of measurement 'None'"),
        "a measurement of the virtual house has no unit"
    );

    // A hub that dies is seen to be gone; one that comes back is there again.
    hub.kill();
    ha.until_state("sensor.hearth_language_model", "unavailable");
    hub.launch();
    ha.until_state("sensor.hearth_language_model", "ready");
    ha.until_state("select.hearth_house_mode", "away");
    // One that is not to be announced any more is taken back.
    hub.stop();
    hub.set_config(|config| config + "[home_assistant]\nannounce = false\n");
    hub.launch();
    for entity in ["sensor.hearth_language_model", "select.hearth_house_mode", &switch] {
        until_true(&format!("`{entity}` to be removed"), LONG, || ha.state(entity).is_none());
    }
}

#[test]
fn what_only_home_assistant_has_is_hearths_too() {
    let Some(broker) = Mosquitto::start() else { return };
    let Some(mut ha) = HomeAssistant::start(broker.port, free_port()) else { return };
    let token = ha.folder.join("token");
    std::fs::write(&token, &ha.token).unwrap();
    let config = format!(
        "[mqtt]\nhost = \"127.0.0.1\"\nport = {}\nuser = \"hub\"\npassword = \"{PASSWORD}\"\n[home_assistant]\nurl = \
         \"http://127.0.0.1:{}\"\ntoken_file = \"{}\"\n",
        broker.port,
        ha.port,
        token.display()
    );
    let hub = Hub::start(Setup { config, ..Setup::demo("en") });
    let entity =
        |id: &str| hub.house()["entities"].as_array().unwrap().iter().find(|entity| entity["id"] == id).cloned();
    until_true("the lamp that only Home Assistant has", LONG, || {
        entity("light.hue_lamp").is_some_and(|lamp| lamp["quality"] == "observed")
    });
    assert!(entity("lock.shed_door").is_none(), "assistants may not see it there");

    // A sentence turns it on, there and here.
    let answer = hub.say("turn on the hue lamp");
    assert_eq!(
        (&answer["outcome"], &answer["outcomes"][0]["outcome"]),
        (&json!("act"), &json!("confirmed")),
        "{answer}"
    );
    assert_eq!(ha.state("light.hue_lamp").as_deref(), Some("on"));
    // What moves it there is seen here.
    ha.service("light/turn_off", json!({ "entity_id": "light.hue_lamp" }));
    until_true("the lamp to be off", LONG, || entity("light.hue_lamp").unwrap()["state"] == "off");

    // An area, a floor and aliases that it gets there are known here.
    ha.ask(&[
        json!({ "type": "config/floor_registry/create", "name": "Roof floor" }),
        json!({
            "type": "config/area_registry/create", "name": "Observatory", "floor_id": "roof_floor",
            "aliases": ["star room"],
        }),
        json!({
            "type": "config/entity_registry/update", "entity_id": "light.hue_lamp",
            "area_id": "observatory", "aliases": ["colour lamp", "彩灯"],
        }),
        json!({
            "type": "homeassistant/expose_entity", "assistants": ["conversation"],
            "entity_ids": ["lock.shed_door"], "should_expose": true,
        }),
    ]);
    until_true("the lamp's area", LONG, || {
        let area = entity("light.hue_lamp").unwrap()["area"].clone();
        let house = hub.house();
        house["areas"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["id"] == area && one["name"] == "Observatory" && one["floor"] == "roof_floor")
    });
    for (sentence, wanted) in
        [("turn on the colour lamp", "on"), ("turn off the lights in the star room", "off"), ("打开彩灯", "on")]
    {
        let answer = hub.say(sentence);
        assert_eq!(answer["outcome"], "act", "{sentence}: {answer}");
        ha.until_state("light.hue_lamp", wanted);
    }

    // A door wants a yes here too, and what Home Assistant can't do is told.
    until_true("the door that assistants may see now", LONG, || {
        entity("lock.shed_door").is_some_and(|lock| lock["quality"] == "observed")
    });
    assert_eq!(hub.say("unlock the shed door")["outcome"], "ask");
    let answer = hub.say("yes");
    assert_eq!(answer["outcomes"][0]["outcome"], "refused", "{answer}");

    // What both have is one device.
    until_true("Home Assistant to know the hub's devices", LONG, || ha.state("light.office_desk_lamp").is_some());
    ha.ask(&[json!({
        "type": "config/entity_registry/update", "entity_id": "light.hue_lamp",
        "aliases": ["colour lamp", "last of all"],
    })]);
    until_true("everything to be listed again", LONG, || {
        entity("light.hue_lamp").unwrap()["aliases"].as_array().unwrap().contains(&json!("last of all"))
    });
    let house = hub.house();
    let ids: Vec<&str> =
        house["entities"].as_array().unwrap().iter().map(|entity| entity["id"].as_str().unwrap()).collect();
    let doubles: Vec<&&str> =
        ids.iter().filter(|id| id.strip_suffix("_2").is_some_and(|first| ids.contains(&first))).collect();
    assert!(doubles.is_empty() && !ids.iter().any(|id| id.contains("hearth")), "{ids:?}");
    let offices = house["areas"].as_array().unwrap().iter().filter(|area| area["name"] == "Office").count();
    assert_eq!(offices, 1, "areas of one name are one");

    // Without Home Assistant its lamp can't be reached, the others can, and it is told.
    ha.stop();
    until_true("the loss to be told", LONG, || {
        hub.get("/healthz").body["degraded"].as_array().unwrap().iter().any(|part| part["part"] == "home_assistant")
    });
    assert_eq!(entity("light.hue_lamp").unwrap()["quality"], "stale");
    assert_eq!(hub.say("turn off the hue lamp")["outcomes"][0]["outcome"], "offline");
    assert_eq!(hub.say("turn on the desk lamp")["outcome"], "act");
}

/// On a small computer Home Assistant takes a while.
const START: Duration = Duration::from_secs(180);
