//! The board's own microphone: a real ALSA device that is a pipe, and a speaker that is a file.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use crate::support::{Hub, LONG, hub_with_ears, output, own_program, spoken, until_true};

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
             pcm.ear {{ type plug slave {{ pcm pipe rate 22050 format S16_LE channels 1 }} }}\n\
             pcm.mouth {{ type file slave.pcm null file {} format raw }}\n",
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

    /// Opens the microphone's other end; waits until the hub has opened its own.
    fn mouth_of_a_person(&self) -> Person {
        Person(OpenOptions::new().write(true).open(self.path("ear")).unwrap())
    }

    /// The processes that held a device, in the order of their start.
    fn processes(&self) -> Vec<String> {
        fs::read_to_string(self.path("processes")).unwrap_or_default().lines().map(str::to_owned).collect()
    }
}

/// Someone who speaks to the microphone.
struct Person(File);

impl Person {
    fn say(&mut self, hub: &Hub, text: &str) {
        let pause = vec![0; 88_200];
        // Behind the header, as espeak-ng writes it.
        let samples = fs::read(spoken(hub, text)).unwrap().split_off(44);
        for bytes in [&pause, &samples, &pause] {
            self.0.write_all(bytes).unwrap();
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
    let mut person = board.mouth_of_a_person();
    // Nobody meant the hub.
    person.say(&hub, "turn off the desk lamp");
    // The room is the microphone's.
    person.say(&hub, "hey hearth, turn on the ceiling light");
    until_true("the light to be on", LONG, || hub.entity("light.office_ceiling")["state"] == "on");
    assert_eq!(lamp(), "on", "who does not say the phrase is not heard");
    until_true("the reply to be spoken", LONG, || {
        fs::read(board.path("mouth")).is_ok_and(|sound| 10_000 < sound.len() && sound.iter().any(|byte| *byte != 0))
    });

    // What is said while the hub speaks is not a request, but `stop` makes it fall silent.
    board.speak_into("deaf-ears");
    person.say(&hub, "hey hearth, turn off the desk lamp");
    until_true("the lamp to be off", LONG, || lamp() == "off");
    until_true("the hub to speak", LONG, || board.processes().len() == 3);
    let speaking = board.processes().pop().unwrap();
    person.say(&hub, "turn on the desk lamp");
    assert!(is_running(&speaking), "the hub speaks on when others speak");
    person.say(&hub, "stop");
    until_true("the hub to fall silent", LONG, || !is_running(&speaking));
    assert_eq!(lamp(), "off");

    // Deaf, the microphone is closed and not ignored.
    let listening = board.processes()[0].clone();
    assert!(is_running(&listening));
    hub.call("PUT", "/api/v1/hearing", Some(json!({ "muted": true })));
    until_true("the microphone to be closed", LONG, || !is_running(&listening));
}
