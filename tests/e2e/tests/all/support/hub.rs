//! A hub as a process of its own, with a data folder and ports of its own, killed when it is dropped.

use std::io::{BufRead as _, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{LONG, MovedClock, Permit, children, demo_house, models, own_program, terminate, until, until_true};

/// What a hub is started with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Setup {
    /// The virtual house's language; none: it does not play.
    pub(crate) demo: Option<&'static str>,
    /// Further tables of the configuration; without `[mqtt]` the embedded broker runs.
    pub(crate) config: String,
    /// Users of the embedded broker, as TOML tables.
    pub(crate) users: String,
    /// The clock it goes by, if not the real one.
    pub(crate) clock: Option<MovedClock>,
    /// Where the model is, if not where all find it.
    pub(crate) models: Option<PathBuf>,
}

impl Setup {
    /// The virtual house in a language.
    pub(crate) fn demo(lang: &'static str) -> Self {
        Self { demo: Some(lang), ..Self::default() }
    }
}

/// A hub.
pub(crate) struct Hub {
    setup: Setup,
    dir: TempDir,
    running: Option<Running>,
    log: Arc<Mutex<String>>,
    agent: ureq::Agent,
    _permit: Permit,
}

struct Running {
    child: Child,
    address: SocketAddr,
    token: String,
}

/// An answer over HTTP.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// Its status.
    pub(crate) status: u16,
    /// Its body, if it is JSON.
    pub(crate) body: Value,
    /// The session it sets, if it does.
    pub(crate) cookie: Option<String>,
}

impl Hub {
    /// Starts a hub and waits until it is ready, and until its virtual house is whole.
    pub(crate) fn start(setup: Setup) -> Self {
        let mut hub = Self::stopped(setup);
        hub.launch();
        hub
    }

    /// A hub that does not run yet.
    pub(crate) fn stopped(setup: Setup) -> Self {
        let permit = Permit::take();
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(LONGEST_CALL))
            .http_status_as_error(false)
            .build()
            .new_agent();
        Self { setup, dir: tempfile::tempdir().unwrap(), running: None, log: Arc::default(), agent, _permit: permit }
    }

    /// Starts it (again) with the same data folder.
    pub(crate) fn launch(&mut self) {
        self.spawn();
        self.until_ready();
    }

    /// Starts it and waits for no more than its page.
    pub(crate) fn spawn(&mut self) {
        let config = self.dir.path().join("hearth.toml");
        std::fs::write(&config, self.config()).unwrap();
        let mut command = Command::new(own_program("hearthd"));
        if let Some(clock) = &self.setup.clock {
            command.envs(clock.environment());
        }
        let mut child = command
            .args(["run", "--config"])
            .arg(&config)
            .env("NO_COLOR", "1")
            .env("HEARTH_LOG", "warn,hearthd=info")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        follow(child.stdout.take().unwrap(), &self.log);
        follow(child.stderr.take().unwrap(), &self.log);
        let begin = self.log().len();
        let page = "Hearth's page: http://";
        let log = self.log.clone();
        let address = until("the hub to print the address of its page", LONG, || {
            let log = log.lock().unwrap();
            assert!(child.try_wait().unwrap().is_none(), "the hub ended:\n{log}");
            let fresh = log.get(begin.min(log.len())..)?;
            fresh.lines().find_map(|line| line.strip_prefix(page)?.parse().ok())
        });
        let login = std::fs::read_to_string(self.data_dir().join("local-login.json")).unwrap();
        let login: Value = serde_json::from_str(&login).unwrap();
        self.running = Some(Running { child, address, token: login["token"].as_str().unwrap().to_owned() });
    }

    /// Waits until it says that it is ready, and until its virtual house is whole.
    pub(crate) fn until_ready(&self) {
        until_true("the hub to be ready", LONG, || self.get("/healthz").status == 200);
        if let Some(lang) = self.setup.demo {
            self.until_whole(lang);
        }
    }

    /// Waits until every device of the virtual house is there and has reported.
    pub(crate) fn until_whole(&self, lang: &str) {
        let count = demo_house(lang)["entities"].as_array().unwrap().len();
        until_true("the virtual house to be whole", LONG, || {
            let house = self.house();
            let entities = house["entities"].as_array().unwrap();
            let is_stateless =
                |entity: &Value| matches!(entity["domain"].as_str(), Some("scene" | "script" | "button"));
            let is_there = |entity: &&Value| {
                entity["available"] == true && (entity["quality"] == "observed" || is_stateless(entity))
            };
            std::thread::sleep(Duration::from_millis(75));
            house["status"]["broker"] == true
                && count <= entities.iter().filter(is_there).filter(|entity| entity["id"] != OWN).count()
        });
    }

    /// Changes the tables it is configured with, for the next start.
    pub(crate) fn set_config(&mut self, change: impl FnOnce(String) -> String) {
        self.setup.config = change(std::mem::take(&mut self.setup.config));
    }

    fn config(&self) -> String {
        let models = self.setup.models.clone().unwrap_or_else(models);
        let data = self.data_dir();
        let mut config =
            format!("data_dir = {data:?}\n[web]\nlisten = \"127.0.0.1:0\"\n[model]\ndir = {models:?}\nthreads = 1\n");
        if !self.setup.config.contains("[mqtt]") {
            config += "[broker]\nlisten = \"127.0.0.1:0\"\n";
            config += &self.setup.users;
        }
        if let Some(lang) = self.setup.demo {
            config += &format!("[demo]\nenabled = true\nlang = \"{lang}\"\n");
        }
        config + &self.setup.config
    }

    /// Its data folder.
    pub(crate) fn data_dir(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// The folder its data folder is in, for what else a test keeps.
    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Everything it has printed and logged.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// The address of its page.
    pub(crate) fn address(&self) -> SocketAddr {
        self.running.as_ref().unwrap().address
    }

    /// The address of its page over HTTPS.
    pub(crate) fn https(&self) -> String {
        let log = self.log();
        log.lines().rev().find_map(|line| line.strip_prefix("Over HTTPS: ")).unwrap().to_owned()
    }

    /// The port of its embedded broker.
    pub(crate) fn broker_port(&self) -> u16 {
        let log = self.log();
        let line = log.lines().rev().find(|line| line.contains("The embedded broker is up.")).unwrap().to_owned();
        line.rsplit_once("port=").unwrap().1.trim().parse().unwrap()
    }

    /// The code to claim it.
    pub(crate) fn claim_code(&self) -> String {
        let log = self.log();
        log.lines().find_map(|line| line.split_once("The code to claim this hub: ")).unwrap().1.trim().to_owned()
    }

    /// The login of the command line.
    pub(crate) fn token(&self) -> &str {
        &self.running.as_ref().unwrap().token
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.running.as_ref().unwrap().child.id()
    }

    /// Its language model's engine, if that runs.
    pub(crate) fn engine(&self) -> Option<u32> {
        children(self.pid(), "hearth-llm").first().copied()
    }

    /// SIGKILL, and wait for its end.
    pub(crate) fn kill(&mut self) {
        if let Some(mut running) = self.running.take() {
            let _ = running.child.kill();
            running.child.wait().unwrap();
        }
    }

    /// SIGTERM, and wait for its end.
    pub(crate) fn stop(&mut self) {
        terminate(self.pid());
        let mut running = self.running.take().unwrap();
        until("the hub to stop in good order", LONG, || running.child.try_wait().unwrap());
    }

    /// The text of a word to the hub, or of a question to the command line.
    pub(crate) fn say(&self, text: &str) -> Value {
        self.ask(json!({ "text": text }))
    }

    /// A request with more than words.
    pub(crate) fn ask(&self, request: Value) -> Value {
        let answer = self.call("POST", "/api/v1/requests", Some(request.clone()));
        assert_eq!(answer.status, 200, "{request} got {answer:?}");
        answer.body
    }

    /// The house as the interface shows it.
    pub(crate) fn house(&self) -> Value {
        self.get("/api/v1/house").body
    }

    /// One entity as the interface shows it.
    pub(crate) fn entity(&self, id: &str) -> Value {
        let house = self.house();
        let found = house["entities"].as_array().unwrap().iter().find(|entity| entity["id"] == id);
        found.unwrap_or_else(|| panic!("there is no `{id}`")).clone()
    }

    /// A call that reads.
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.call("GET", path, None)
    }

    /// A call with the login of the command line, made again while the hub says "too often".
    pub(crate) fn call(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let authorization = format!("Bearer {}", self.token());
        until("a call that is not too often", LONG, || {
            let answer = self.call_with(method, path, body.clone(), &[("authorization", &authorization)]).unwrap();
            (answer.status != 429).then_some(answer)
        })
    }

    /// A call that may fail, because the hub may be gone.
    pub(crate) fn try_call(&self, method: &str, path: &str, body: Option<Value>) -> Option<Answer> {
        let authorization = format!("Bearer {}", self.token());
        self.call_with(method, path, body, &[("authorization", &authorization)]).ok()
    }

    /// A call with these headers and no login.
    pub(crate) fn call_with(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Result<Answer, ureq::Error> {
        let mut request = ureq::http::Request::builder().method(method).uri(format!("http://{}{path}", self.address()));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = match body {
            Some(body) => {
                self.agent.run(request.header("content-type", "application/json").body(body.to_string()).unwrap())?
            }
            None => self.agent.run(request.body(()).unwrap())?,
        };
        let cookie = response.headers().get("set-cookie").and_then(|value| value.to_str().ok());
        let cookie = cookie.and_then(|value| value.split(';').next()).map(str::to_owned);
        let status = response.status().as_u16();
        let text = response.body_mut().read_to_string()?;
        Ok(Answer { status, body: serde_json::from_str(&text).unwrap_or(Value::String(text)), cookie })
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            let log = self.log();
            let tail: Vec<&str> = log.lines().rev().take(LINES_SHOWN).collect();
            eprintln!("the end of the hub's log:\n{}", tail.into_iter().rev().collect::<Vec<_>>().join("\n"));
        }
    }
}

fn follow(stream: impl Read + Send + 'static, log: &Arc<Mutex<String>>) {
    let log = log.clone();
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let mut log = log.lock().unwrap();
            log.push_str(&line);
            log.push('\n');
        }
    });
}

const LONGEST_CALL: Duration = Duration::from_secs(60);
const LINES_SHOWN: usize = 25;
/// What is the hub's own and no device's.
const OWN: &str = "select.house_mode";
