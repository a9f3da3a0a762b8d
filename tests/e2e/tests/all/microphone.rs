//! The board's own microphone: a real ALSA device that is a pipe, and a speaker that is a file; chosen and tested too.

use std::fs::{self, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Hub, LONG, hub_with_ears, models, output, own_program, spoken, until_true};

/// A machine with one microphone and one speaker.
struct Board {
    dir: tempfile::TempDir,
}

impl Board {
    /// None, with a sentence, where ALSA's library is missing.
    fn new() -> Option<Self> {
        let (said, is_done) = output(Command::new(own_program("hearthd")).arg("microphones"));
        if !is_done {
            eprintln!("skipped: {said}");
            return None;
        }
        let board = Self { dir: tempfile::tempdir().unwrap() };
        for pipe in ["ear", "deaf-ears"] {
            let (said, is_done) = output(Command::new("mkfifo").arg(board.path(pipe)));
            assert!(is_done, "{said}");
        }
        board.speak_into("mouth");
        // The devices are opened by the hub's own program, which is told where ALSA finds them.
        let program = format!(
            "#!/bin/sh\necho $$ >>{}\nALSA_CONFIG_PATH={} exec {}\n",
            board.path("processes").display(),
            board.path("alsa.conf").display(),
            own_program("hearth-sound").display()
        );
        fs::write(board.path("sound"), program).unwrap();
        let (said, is_done) = output(Command::new("chmod").arg("+x").arg(board.path("sound")));
        assert!(is_done, "{said}");
        Some(board)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// What is spoken goes into a file from now on; into a pipe that nobody reads, speaking takes for ever.
    fn speak_into(&self, name: &str) {
        let alsa = format!(
            "</usr/share/alsa/alsa.conf>\n\
             pcm.pipe {{ type file slave.pcm null file /dev/null infile {} format raw }}\n\
             pcm.ear {{ type plug slave {{ pcm pipe rate 22050 format S16_LE channels 1 }}\n\
             hint {{ show on description \"An ear on the desk\" }} }}\n\
             pcm.mouth {{ type file slave.pcm null file {} format raw\n\
             hint {{ show on description \"A mouth on the desk\" }} }}\n",
            self.path("ear").display(),
            self.path(name).display()
        );
        fs::write(self.path("alsa.conf"), alsa).unwrap();
    }

    fn config(&self) -> String {
        format!(
            "[microphone]\ndevice = \"ear\"\nspeaker = \"mouth\"\narea = \"Office\"\nengine = \"{}\"\n",
            self.path("sound").display()
        )
    }

    /// The same without a microphone.
    fn config_without_ear(&self) -> String {
        self.config().replace("device = \"ear\"\n", "").replace("area = \"Office\"\n", "")
    }

    /// Opens the microphone's other end; waits until the hub has opened its own.
    fn mouth_of_a_person(&self) -> Person {
        let mut ear = OpenOptions::new().write(true).open(self.path("ear")).unwrap();
        let (says, said) = sync_channel::<Vec<u8>>(0);
        // A microphone gives sound all the time, until the hub closes it.
        std::thread::spawn(move || {
            loop {
                let sound = match said.recv_timeout(TENTH) {
                    Ok(sound) => sound,
                    Err(RecvTimeoutError::Timeout) => vec![0; 4_410],
                    Err(RecvTimeoutError::Disconnected) => return,
                };
                if ear.write_all(&sound).is_err() {
                    return;
                }
            }
        });
        Person(says)
    }

    /// Whether something else than silence was spoken last.
    fn has_spoken(&self) -> bool {
        fs::read(self.path("mouth")).is_ok_and(|sound| 10_000 < sound.len() && sound.iter().any(|byte| *byte != 0))
    }

    /// The processes that held a device, in the order of their start.
    fn processes(&self) -> Vec<String> {
        fs::read_to_string(self.path("processes")).unwrap_or_default().lines().map(str::to_owned).collect()
    }
}

/// Someone who speaks to the microphone.
struct Person(SyncSender<Vec<u8>>);

impl Person {
    fn say(&self, hub: &Hub, text: &str) {
        let pause = vec![0; 88_200];
        // Behind the header, as espeak-ng writes it.
        let samples = fs::read(spoken(hub, text)).unwrap().split_off(44);
        for sound in [pause.clone(), samples, pause, Vec::new()] {
            self.0.send(sound).expect("the microphone is closed");
        }
    }
}

fn is_running(process: &str) -> bool {
    Path::new("/proc").join(process).exists()
}

#[test]
fn the_microphone_waits_for_its_phrase_and_answers_on_the_speaker() {
    let Some(board) = Board::new() else { return };
    let Some(hub) = hub_with_ears(board.config()) else { return };
    let lamp = || hub.entity("light.office_desk_lamp")["state"].clone();
    hub.say("turn on the desk lamp");
    let person = board.mouth_of_a_person();
    // Nobody meant the hub.
    person.say(&hub, "turn off the desk lamp");
    // The room is the microphone's.
    person.say(&hub, "hey hearth, turn on the ceiling light");
    until_true("the light to be on", LONG, || hub.entity("light.office_ceiling")["state"] == "on");
    assert_eq!(lamp(), "on", "who does not say the phrase is not heard");
    until_true("the reply to be spoken", LONG, || board.has_spoken());

    // What is said while the hub speaks is not a request, but `stop` makes it fall silent.
    board.speak_into("deaf-ears");
    let spoken = board.processes().len();
    person.say(&hub, "hey hearth, is the front door locked");
    until_true("the hub to speak", LONG, || spoken < board.processes().len());
    let speaking = board.processes().pop().unwrap();
    person.say(&hub, "turn on the desk lamp");
    assert!(is_running(&speaking), "the hub speaks on when others speak");
    person.say(&hub, "stop");
    until_true("the hub to fall silent", SOON, || !is_running(&speaking));
    assert_eq!(lamp(), "on");

    // Deaf, the microphone is closed and not ignored.
    assert_eq!(microphone(&hub)["state"], "listening");
    let listening = board.processes()[0].clone();
    assert!(is_running(&listening));
    hub.call("PUT", "/api/v1/hearing", Some(json!({ "muted": true })));
    until_true("the microphone to be closed", LONG, || !is_running(&listening));
    assert_eq!(microphone(&hub)["state"], "muted");
}

#[test]
fn a_timer_rings_at_the_board_until_stop_and_a_question_needs_no_phrase() {
    let Some(board) = Board::new() else { return };
    let Some(hub) = hub_with_ears(board.config()) else { return };
    let person = board.mouth_of_a_person();
    // Asked for how long, one answers without the phrase.
    person.say(&hub, "hey hearth, set a timer");
    until_true("the question to be spoken", LONG, || 1 < board.processes().len());
    let question = board.processes().pop().unwrap();
    until_true("the question to be over", LONG, || !is_running(&question));
    let timers = || hub.house()["timers"].as_array().unwrap().clone();
    assert_eq!(timers().len(), 0);
    person.say(&hub, "five seconds");
    until_true("the timer to run", LONG, || timers().len() == 1);
    assert_eq!(timers()[0]["area"], hub.entity("light.office_desk_lamp")["area"], "it is the board's room");
    // It rings again and again, the reply to its being set put aside.
    let before = board.processes().len();
    until_true("the timer to ring", LONG, || before + 2 < board.processes().len() && board.has_spoken());
    person.say(&hub, "stop");
    until_true("the timer to be gone", LONG, || timers().is_empty());
    std::thread::sleep(SOON);
    let ringing = board.processes().len();
    std::thread::sleep(SOON);
    assert_eq!(board.processes().len(), ringing, "what was stopped does not ring again");
}

#[test]
fn everyone_is_told_at_the_board_unless_its_room_is_quiet() {
    for (quiet, is_told) in [("", true), ("[speech]\nquiet = [\"Office\"]\n", false)] {
        let Some(board) = Board::new() else { return };
        let Some(hub) = hub_with_ears(board.config() + quiet) else { return };
        let _person = board.mouth_of_a_person();
        until_true("the microphone to be open", LONG, || board.processes().len() == 1);
        hub.say("tell everyone that dinner is ready");
        match is_told {
            true => until_true("everyone to be told", LONG, || board.has_spoken()),
            false => std::thread::sleep(SOON),
        }
        // Deaf is not dumb.
        hub.call("PUT", "/api/v1/hearing", Some(json!({ "muted": true })));
        let before = board.processes().len();
        hub.say("tell everyone that dinner is served");
        std::thread::sleep(SOON);
        assert_eq!(before < board.processes().len(), is_told, "{quiet}");
    }
}

#[test]
fn a_microphone_that_is_not_there_is_told_of_with_the_reason() {
    let Some(board) = Board::new() else { return };
    let config = board.config().replace("device = \"ear\"", "device = \"no-such-ear\"");
    let Some(hub) = hub_with_ears(config) else { return };
    until_true("the microphone to fail", LONG, || microphone(&hub)["state"] == "failed");
    let reason = microphone(&hub)["reason"].as_str().unwrap().to_owned();
    assert!(reason.contains("open the microphone `no-such-ear`"), "{reason}");
    let degraded = hub.get("/healthz").body["degraded"].clone();
    assert!(degraded.as_array().unwrap().iter().any(|one| one["part"] == "microphone"), "{degraded}");
    let quiet = hub_with_ears(String::new()).unwrap();
    assert_eq!(microphone(&quiet)["state"], "off");
}

#[test]
fn the_owner_chooses_a_microphone_and_its_room_and_it_listens_at_once() {
    let Some(board) = Board::new() else { return };
    let Some(mut hub) = hub_with_ears(board.config_without_ear()) else { return };
    let choose = |hub: &Hub, choice: Value| hub.call("PUT", "/api/v1/microphone", Some(choice));
    let listed = hub.get("/api/v1/microphone").body;
    assert_eq!((&listed["device"], &listed["chosen"]), (&Value::Null, &json!(false)));
    let ear = json!({ "name": "ear", "description": "An ear on the desk" });
    assert!(listed["devices"].as_array().unwrap().contains(&ear), "{listed}");
    assert_eq!(microphone(&hub)["state"], "off");
    let rung = board.processes().len();

    // What is not listed is not opened: such a name would write a file.
    let file = format!("file:{},raw", board.path("written").display());
    for (choice, said) in [
        (json!({ "device": "no-such-ear", "area": null }), "no such microphone"),
        (json!({ "device": file, "area": null }), "no such microphone"),
        (json!({ "device": "ear", "area": "Dungeon" }), "there is no area `Dungeon`"),
    ] {
        let answer = choose(&hub, choice);
        assert!(answer.status == 422 && answer.body["said"].as_str().unwrap().contains(said), "{answer:?}");
    }
    assert!(!board.path("written").exists());

    let chosen = choose(&hub, json!({ "device": "ear", "area": "Office" })).body;
    let office = hub.entity("light.office_desk_lamp")["area"].clone();
    assert_eq!((&chosen["device"], &chosen["area"], &chosen["chosen"]), (&json!("ear"), &office, &json!(true)));
    let person = board.mouth_of_a_person();
    until_true("the microphone to listen", LONG, || microphone(&hub)["state"] == "listening");
    assert_eq!(hub.house()["status"]["microphone"]["state"], "listening", "the page follows it");
    person.say(&hub, "hey hearth, turn on the ceiling light");
    until_true("the light of that room to be on", LONG, || hub.entity("light.office_ceiling")["state"] == "on");

    // None is closed, and a choice is kept.
    choose(&hub, json!({ "device": null, "area": null }));
    until_true("the microphone to be closed", LONG, || microphone(&hub)["state"] == "off");
    let held = board.processes()[rung..].to_vec();
    until_true("its process to end", LONG, || !held.iter().any(|process| is_running(process)));
    choose(&hub, json!({ "device": "ear", "area": "Office" }));
    hub.stop();
    hub.launch();
    let _person = board.mouth_of_a_person();
    until_true("the microphone to listen again", LONG, || microphone(&hub)["state"] == "listening");
    let configured = hub.call("DELETE", "/api/v1/microphone", None).body;
    assert_eq!((&configured["device"], &configured["chosen"]), (&Value::Null, &json!(false)));
    until_true("the microphone to be closed", LONG, || microphone(&hub)["state"] == "off");
}

#[test]
fn the_owner_chooses_a_speaker_and_hears_it_at_once() {
    let Some(board) = Board::new() else { return };
    let config = board.config_without_ear().replace("speaker = \"mouth\"\n", "");
    let Some(hub) = hub_with_ears(config) else { return };
    let choose = |speaker: Value| {
        let choice = json!({ "device": null, "speaker": speaker, "area": null });
        hub.call("PUT", "/api/v1/microphone", Some(choice))
    };
    let listed = hub.get("/api/v1/microphone").body;
    assert_eq!(listed["speaker"], Value::Null);
    let mouth = json!({ "name": "mouth", "description": "A mouth on the desk" });
    assert!(listed["speakers"].as_array().unwrap().contains(&mouth), "{listed}");
    let file = format!("file:{},raw", board.path("written").display());
    let refused = choose(json!(file));
    assert!(refused.status == 422 && refused.body["said"] == "this board has no such speaker", "{refused:?}");
    assert!(!board.path("written").exists());

    assert_eq!(choose(json!("mouth")).body["speaker"], "mouth");
    let sounded = || fs::read(board.path("mouth")).is_ok_and(|sound| sound.iter().any(|byte| *byte != 0));
    until_true("the speaker to sound", LONG, sounded);
    hub.say("tell everyone that dinner is ready");
    until_true("everyone to be told", LONG, || board.has_spoken());

    assert_eq!(choose(Value::Null).body["speaker"], Value::Null);
    let before = board.processes().len();
    hub.say("tell everyone that dinner is served");
    std::thread::sleep(SOON);
    assert_eq!(board.processes().len(), before, "nothing is spoken on no speaker");
}

#[test]
fn the_microphone_listens_on_with_another_model() {
    let Some(board) = Board::new() else { return };
    let Some(hub) = hub_with_ears(board.config()) else { return };
    let _person = board.mouth_of_a_person();
    until_true("the microphone to listen", LONG, || microphone(&hub)["state"] == "listening");
    let listening = board.processes()[0].clone();
    let other = hub.data_dir().join("voice-models/other");
    fs::create_dir_all(other.parent().unwrap()).unwrap();
    let (said, is_done) = output(Command::new("cp").arg("-r").arg(models().join("hearth-en-small")).arg(&other));
    assert!(is_done, "{said}");
    let mut switch = Command::new(own_program("hearthd"));
    let switch = switch.args(["voice-model", "--data-dir"]).arg(hub.data_dir()).arg("--models").arg(models());
    let (said, is_done) = output(switch.args(["use", "other"]));
    assert!(is_done, "{said}");
    // It is opened anew.
    until_true("the microphone to be closed", LONG, || !is_running(&listening));
    let person = board.mouth_of_a_person();
    until_true("the microphone to listen again", LONG, || microphone(&hub)["state"] == "listening");
    person.say(&hub, "hey hearth, turn on the ceiling light");
    until_true("the light to be on", LONG, || hub.entity("light.office_ceiling")["state"] == "on");
    assert!(!hub.log().contains("is not listened to"), "{}", hub.log());
}

#[test]
fn what_is_said_in_a_test_is_told_with_its_loudness_and_not_done() {
    let Some(board) = Board::new() else { return };
    let Some(hub) = hub_with_ears(board.config()) else { return };
    let lamp = || hub.entity("light.office_desk_lamp")["state"].clone();
    hub.say("turn on the desk lamp");
    let person = board.mouth_of_a_person();
    until_true("the microphone to listen", LONG, || microphone(&hub)["state"] == "listening");
    let mut test = Events::of(&hub, "/api/v1/microphone/test");
    let silence = test.next("level")["level"].as_f64().unwrap();
    person.say(&hub, "hey hearth, turn off the desk lamp");
    let heard = test.next("heard");
    let text = heard["text"].as_str().unwrap();
    assert!(text.ends_with("turn off the desk lamp"), "{heard}");
    assert!((0.5..=1.0).contains(&heard["confidence"].as_f64().unwrap()), "{heard}");
    assert!(silence < 0.01 && 0.05 < test.loudest, "from {silence} to {}", test.loudest);

    // Once it is over, the same is done.
    drop(test);
    std::thread::sleep(SOON);
    assert_eq!(lamp(), "on", "what is said in a test is not done");
    person.say(&hub, "hey hearth, turn off the desk lamp");
    until_true("the lamp to be off", LONG, || lamp() == "off");

    // Who tests it last hears it, and muted nothing is opened.
    let mut first = Events::of(&hub, "/api/v1/microphone/test");
    first.next("level");
    let mut last = Events::of(&hub, "/api/v1/microphone/test");
    assert_eq!(first.next("failed")["why"], "elsewhere");
    last.next("level");
    hub.call("PUT", "/api/v1/hearing", Some(json!({ "muted": true })));
    assert_eq!(last.next("failed")["why"], "muted");
    let opened = board.processes().len();
    assert_eq!(Events::of(&hub, "/api/v1/microphone/test").next("failed")["why"], "muted");
    assert_eq!(board.processes().len(), opened);
}

#[test]
fn a_test_of_a_microphone_that_is_not_there_says_so() {
    let Some(board) = Board::new() else { return };
    let config = board.config().replace("device = \"ear\"", "device = \"no-such-ear\"");
    let Some(hub) = hub_with_ears(config) else { return };
    until_true("the microphone to fail", LONG, || microphone(&hub)["state"] == "failed");
    assert_eq!(microphone(&hub)["problem"], "missing");
    let failed = Events::of(&hub, "/api/v1/microphone/test").next("failed");
    assert_eq!(failed["why"], "missing", "{failed}");
    hub.call("PUT", "/api/v1/microphone", Some(json!({ "device": null, "area": null })));
    assert_eq!(Events::of(&hub, "/api/v1/microphone/test").next("failed")["why"], "off");
}

/// Server-sent events of the hub; no longer wanted when dropped.
struct Events {
    lines: BufReader<TcpStream>,
    /// The greatest level that was told.
    loudest: f64,
}

impl Events {
    fn of(hub: &Hub, path: &str) -> Self {
        let mut stream = TcpStream::connect(hub.address()).unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\r\n", hub.token());
        stream.write_all(head.as_bytes()).unwrap();
        Self { lines: BufReader::new(stream), loudest: 0.0 }
    }

    /// The data of the next event of that name.
    fn next(&mut self, name: &str) -> Value {
        let (mut event, mut line) = (String::new(), String::new());
        loop {
            line.clear();
            assert_ne!(self.lines.read_line(&mut line).unwrap(), 0, "the events ended before `{name}`");
            // The lengths of chunks stand between the lines.
            if let Some(name) = line.strip_prefix("event: ") {
                name.trim().clone_into(&mut event);
            } else if let Some(data) = line.strip_prefix("data: ") {
                let data: Value = serde_json::from_str(data).unwrap();
                self.loudest = self.loudest.max(data["level"].as_f64().unwrap_or_default());
                if event == name {
                    return data;
                }
            }
        }
    }
}

fn microphone(hub: &Hub) -> Value {
    hub.get("/api/v1/hearing").body["microphone"].clone()
}

const TENTH: Duration = Duration::from_millis(100);
/// Longer than a ring and the silence behind it.
const SOON: Duration = Duration::from_secs(5);
