//! A real Mosquitto with a password file and an access list, on a free port, killed when it is dropped.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

use tempfile::TempDir;

use super::{LONG, output, system_program, until_true};

/// A broker.
pub(crate) struct Mosquitto {
    dir: TempDir,
    program: PathBuf,
    child: Option<Child>,
    /// Where it listens.
    pub(crate) port: u16,
}

impl Mosquitto {
    /// Starts one with the users `hub` (may do all) and `observer` (may read all, and talk to itself); none if
    /// Mosquitto is not installed.
    pub(crate) fn start() -> Option<Self> {
        Self::start_with(|_| String::new())
    }

    /// The same with more lines of its listener's configuration; files may be put into the folder.
    pub(crate) fn start_with(lines: impl Fn(&Path) -> String) -> Option<Self> {
        let (program, passwords) = (system_program("mosquitto")?, system_program("mosquitto_passwd")?);
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        for (user, create) in [("hub", "-c"), ("observer", "-b")] {
            let mut command = Command::new(&passwords);
            command
                .args(if create == "-c" { &["-c", "-b"][..] } else { &["-b"][..] })
                .arg(at("passwords"))
                .args([user, PASSWORD]);
            let (said, is_done) = output(&mut command);
            assert!(is_done, "mosquitto_passwd: {said}");
        }
        std::fs::write(
            at("access"),
            "user hub\ntopic readwrite #\nuser observer\ntopic read #\ntopic write virtual/observer/round\n",
        )
        .unwrap();
        let port = free_port();
        let mut config = format!("listener {port} 127.0.0.1\nallow_anonymous false\nmax_queued_messages 0\n");
        writeln!(config, "password_file {}\nacl_file {}", at("passwords").display(), at("access").display()).unwrap();
        config += &lines(dir.path());
        Some(Self::configured(program, dir, config, port))
    }

    /// Starts one with the configurations that lie in a folder and nothing else.
    pub(crate) fn start_of(folder: &Path, port: u16) -> Option<Self> {
        let program = system_program("mosquitto")?;
        Some(Self::configured(
            program,
            tempfile::tempdir().unwrap(),
            format!("include_dir {}\n", folder.display()),
            port,
        ))
    }

    fn configured(program: PathBuf, dir: TempDir, mut config: String, port: u16) -> Self {
        config.insert_str(0, "persistence false\n");
        if is_root() {
            // As root it would become another user, who may not read this folder.
            config.insert_str(0, "user root\n");
        }
        std::fs::write(dir.path().join("mosquitto.conf"), config).unwrap();
        let mut broker = Self { dir, program, child: None, port };
        broker.launch();
        broker
    }

    /// Starts it (again).
    pub(crate) fn launch(&mut self) {
        let log = std::fs::File::options().create(true).append(true).open(self.dir.path().join("log")).unwrap();
        let mut command = Command::new(&self.program);
        command
            .arg("-c")
            .arg(self.dir.path().join("mosquitto.conf"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        self.child = Some(command.spawn().unwrap());
        let address = SocketAddr::from(([127, 0, 0, 1], self.port));
        until_true("Mosquitto to listen", LONG, || {
            let ended = self.child.as_mut().unwrap().try_wait().unwrap();
            assert!(
                ended.is_none(),
                "Mosquitto ended: {}",
                std::fs::read_to_string(self.dir.path().join("log")).unwrap()
            );
            TcpStream::connect(address).is_ok()
        });
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            child.wait().unwrap();
        }
    }

    /// The hub's configuration for it.
    pub(crate) fn config(&self) -> String {
        format!("[mqtt]\nhost = \"127.0.0.1\"\nport = {}\nuser = \"hub\"\npassword = \"{PASSWORD}\"\n", self.port)
    }
}

impl Drop for Mosquitto {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A port that was free just now, and that no other test was given.
pub(crate) fn free_port() -> u16 {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    loop {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        if GIVEN.lock().unwrap().insert(port) {
            return port;
        }
    }
}

fn is_root() -> bool {
    output(Command::new("id").arg("-u")).0.trim() == "0"
}

/// Every user's.
pub(crate) const PASSWORD: &str = "correct horse battery";
