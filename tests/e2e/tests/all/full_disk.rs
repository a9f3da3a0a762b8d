//! The disk is full, while the hub runs and when it starts.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support::{Hub, LONG, Setup, until_true};

#[test]
fn a_full_disk_stops_no_lamp_and_is_over_once_there_is_room() {
    let mut hub = Hub::stopped(Setup::demo("en"));
    let Some(disk) = SmallDisk::mount(&hub.data_dir()) else { return };
    hub.launch();
    disk.fill();
    until_true("the hub to notice", LONG, || {
        hub.say("set a timer for 10 minutes");
        is_degraded(&hub)
    });
    let refused = hub.say("set a timer for 20 minutes");
    assert_eq!(refused["outcome"], "refuse", "{refused}");
    assert_eq!(
        refused["reply"],
        "My disk is full, so I could not write that down and did not do it. Devices still work."
    );
    assert_eq!(hub.house()["status"]["troubles"], serde_json::json!(["store"]));
    check_lamp(&hub, "turn on the porch light");

    hub.kill();
    hub.launch();
    assert!(is_degraded(&hub), "it starts on a full disk");
    check_lamp(&hub, "turn on the pendant light");

    disk.free();
    until_true("the hub to write again", LONG, || !is_degraded(&hub));
    let timer = hub.say("set a timer for 30 minutes");
    assert_eq!(timer["outcome"], "act", "{timer}");
    hub.kill();
    hub.launch();
    let lengths: Vec<u64> =
        hub.house()["timers"].as_array().unwrap().iter().filter_map(|timer| timer["length_s"].as_u64()).collect();
    assert!(lengths.contains(&1800) && !lengths.contains(&1200), "{lengths:?}");
    hub.kill();
}

fn check_lamp(hub: &Hub, text: &str) {
    let answer = hub.say(text);
    assert_eq!(answer["outcomes"][0]["outcome"], "confirmed", "{text}: {answer}");
}

fn is_degraded(hub: &Hub) -> bool {
    let health = hub.get("/healthz").body;
    let parts = health["degraded"].as_array().cloned().unwrap_or_default();
    parts.iter().any(|part: &Value| part["part"] == "store")
}

/// A small file system of its own; unmounted when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// None, and a sentence, where this user may not mount one.
    fn mount(path: &Path) -> Option<Self> {
        std::fs::create_dir_all(path).unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=64m", "none"]).arg(path).status();
        if !mounted.is_ok_and(|status| status.success()) {
            eprintln!("skipped: only root can mount a small disk");
            return None;
        }
        Some(Self(path.to_owned()))
    }

    fn fill(&self) {
        let mut file = File::create(self.0.join("filler")).unwrap();
        while file.write_all(&[0; 4096]).is_ok() {}
    }

    fn free(&self) {
        std::fs::remove_file(self.0.join("filler")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}
