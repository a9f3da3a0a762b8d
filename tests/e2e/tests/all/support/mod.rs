//! What every test needs: programs, hubs, brokers, an observer, and waiting with a limit. Asserts nothing about the
//! hub.

mod browser;
mod clock;
mod http;
mod hub;
mod mosquitto;
mod observer;
mod say;
mod speech;
mod wyoming;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;

pub(crate) use browser::Browser;
pub(crate) use clock::MovedClock;
pub(crate) use http::head;
pub(crate) use hub::{Answer, Hub, Setup};
pub(crate) use mosquitto::{Mosquitto, PASSWORD, free_port};
pub(crate) use observer::Observer;
pub(crate) use say::mqtt_request;
pub(crate) use speech::{can_hear, hub_with_ears, spoken, wav_of};
pub(crate) use wyoming::{Event, Peer};

/// Looks again and again until there is something, and fails with what was waited for.
pub(crate) fn until<T>(what: &str, limit: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + limit;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "waited {limit:?} in vain: {what}");
        std::thread::sleep(PAUSE);
    }
}

/// The same for a condition.
pub(crate) fn until_true(what: &str, limit: Duration, mut is_so: impl FnMut() -> bool) {
    until(what, limit, || is_so().then_some(()));
}

/// A program of this repository, beside the folder of this test's own.
pub(crate) fn own_program(name: &str) -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let program = own.parent().and_then(Path::parent).unwrap().join(name);
    assert!(program.exists(), "`{}` is missing: build it first with `cargo build --release`", program.display());
    program
}

/// The folder with the model: `HEARTH_TEST_MODELS`, or the repository's.
pub(crate) fn models() -> PathBuf {
    let given = std::env::var_os("HEARTH_TEST_MODELS").map(PathBuf::from);
    let models = given.unwrap_or_else(|| repository().join("models"));
    assert!(
        models.join("manifest.toml").exists(),
        "`{}` holds no model: name a folder that does with HEARTH_TEST_MODELS",
        models.display()
    );
    models
}

/// The root of the repository.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The virtual house of a language, as its file says.
pub(crate) fn demo_house(lang: &str) -> Value {
    let text = std::fs::read_to_string(repository().join(format!("tests/houses/demo.{lang}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The path of a system program; none, with a sentence, if it is not installed.
pub(crate) fn system_program(name: &str) -> Option<PathBuf> {
    let folders = ["/usr/sbin", "/usr/bin", "/usr/local/bin", "/bin"];
    let found = folders.iter().map(|folder| Path::new(folder).join(name)).find(|path| path.exists());
    if found.is_none() {
        eprintln!("skipped: `{name}` is not installed");
    }
    found
}

/// Runs a program to its end; its standard output, and whether it succeeded.
pub(crate) fn output(command: &mut Command) -> (String, bool) {
    let output = command.stdin(Stdio::null()).output().unwrap();
    (
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr),
        output.status.success(),
    )
}

/// Sends SIGKILL to a process that need not be there any more.
pub(crate) fn kill(pid: u32) {
    let _ = Command::new("sh").args(["-c", &format!("kill -9 {pid}")]).stderr(Stdio::null()).status();
}

/// Sends SIGTERM.
pub(crate) fn terminate(pid: u32) {
    let _ = Command::new("sh").args(["-c", &format!("kill -15 {pid}")]).stderr(Stdio::null()).status();
}

/// The engines of that name that a hub has started.
pub(crate) fn children(pid: u32, name: &str) -> Vec<u32> {
    let is_child = |stat: &str| {
        stat.contains(&format!("({name})"))
            && stat.rsplit_once(')').is_some_and(|(_, rest)| rest.split_whitespace().nth(1) == Some(&pid.to_string()))
    };
    let processes =
        std::fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    processes
        .filter(|own| std::fs::read_to_string(format!("/proc/{own}/stat")).is_ok_and(|stat| is_child(&stat)))
        .collect()
}

/// One of the few hubs that may run at once.
#[derive(Debug)]
pub(crate) struct Permit(());

impl Permit {
    pub(crate) fn take() -> Self {
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        while MOST_HUBS <= *running {
            running = FREED.wait(running).unwrap_or_else(PoisonError::into_inner);
        }
        *running += 1;
        Self(())
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        *RUNNING.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        FREED.notify_one();
    }
}

static RUNNING: Mutex<usize> = Mutex::new(0);
static FREED: Condvar = Condvar::new();
/// More at once would measure the machine, not the hub.
const MOST_HUBS: usize = 3;
pub(crate) const PAUSE: Duration = Duration::from_millis(25);
/// What takes longer than this on a loaded small computer hangs.
pub(crate) const LONG: Duration = Duration::from_secs(30);
