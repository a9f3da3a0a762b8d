//! Models are pulled from a server that has every fault, verified, and switched, by the program of the owner.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::support::{Hub, Setup, head, models, output, own_program, repository, until_true};

#[test]
fn what_breaks_off_goes_on_and_a_redirect_is_followed() {
    for path in ["whole", "breaks", "no-range", "redirect", "not-there-any-more"] {
        let shelf = Shelf::new();
        let (said, is_good) = shelf.pull(path, &[]);
        assert!(is_good, "{path}: {said}");
        let size = format!("{:.1} MB", shelf.bytes as f64 / 1e6);
        let is_listed = |line: &str| line.trim_start().starts_with(path) && line.contains(&size);
        assert!(shelf.list().lines().any(is_listed), "{path}: {}", shelf.list());
        let ranges = shelf.server.ranges();
        match path {
            "breaks" => assert!(
                2 < ranges.len() && ranges[1..].iter().all(|from| 0 < *from) && ranges.is_sorted(),
                "{ranges:?}"
            ),
            "whole" | "redirect" => assert!(ranges.iter().all(|from| *from == 0), "{ranges:?}"),
            _ => assert!(ranges.iter().any(|from| 0 < *from), "{path}: {ranges:?}"),
        }
        assert_eq!(shelf.left_over(), Vec::<String>::new(), "{path}");
    }
}

#[test]
fn a_later_command_goes_on_where_an_earlier_one_stopped() {
    let shelf = Shelf::new();
    let (said, is_good) = shelf.pull("stuck", &[]);
    assert!(!is_good && said.contains("broke off"), "{said}");
    assert_eq!(shelf.left_over().len(), 1);
    let (said, is_good) = shelf.pull("whole", &[]);
    assert!(is_good, "{said}");
    assert!(0 < *shelf.server.ranges().last().unwrap());
}

#[test]
fn nothing_is_installed_that_is_not_what_was_wanted() {
    let shelf = Shelf::new();
    for (fault, arguments, reason) in [
        ("wrong", vec![], "has SHA-256"),
        ("missing", vec![], "404"),
        ("large", vec![], "at most"),
        ("whole", vec!["--sha256", "abc"], "nothing was installed"),
        ("whole", vec!["--name", "../m"], "can't be a model's name"),
        ("dialect-9", vec![], "speaks dialect 9"),
        ("too-small", vec![], "at most 1000"),
        ("endless", vec![], "bytes that are taken"),
        ("escape", vec![], "no file beside its manifest"),
        ("nonsense", vec![], "read"),
        ("other-hash", vec![], "nothing was installed"),
    ] {
        let (said, is_good) = shelf.pull(fault, &arguments);
        assert!(!is_good && said.contains(reason) && !said.contains("panicked"), "{fault}: {said}");
        assert_eq!(shelf.list().lines().count(), 2, "{fault}: {}", shelf.list());
    }
    let address = &shelf.server.address;
    for (url, reason) in [
        (format!("http://{address}/whole/manifest.toml"), "plain http needs --sha256"),
        (format!("http://{address}/whole/d.gguf"), "is no manifest"),
    ] {
        let (said, is_good) = shelf.model(&["pull", &url]);
        assert!(!is_good && said.contains(reason), "{url}: {said}");
    }
    assert_eq!(shelf.left_over(), Vec::<String>::new());
}

#[test]
fn bytes_with_the_right_hash_that_are_no_model_are_not_installed() {
    let shelf = Shelf::new();
    let folder = tempfile::tempdir().unwrap();
    let bytes = b"GGUF and nothing else";
    let file = |name: &str| {
        std::fs::write(folder.path().join(name), bytes).unwrap();
        sha256_of(&folder.path().join(name))
    };
    let text = manifest("whole", &Files { decoder: (file("d.gguf"), bytes.len()), encoder: file("e.gguf") });
    std::fs::write(folder.path().join("manifest.toml"), text).unwrap();
    let path = folder.path().join("manifest.toml");
    let (said, is_good) = shelf.model(&["pull", path.to_str().unwrap(), "--name", "m"]);
    assert!(!is_good && said.contains("nothing was installed"), "{said}");
    assert_eq!(shelf.list().lines().count(), 2);
}

#[test]
fn switching_takes_only_what_can_be_used_and_the_hub_says_what_it_uses() {
    let mut hub = Hub::start(Setup::default());
    assert_eq!(hub.get("/healthz").body["model"], "shipped");
    let data = hub.data_dir();
    let manifest = models().join("manifest.toml");
    for name in ["good", "bad"] {
        let (said, is_good) = model(&data, &["pull", manifest.to_str().unwrap(), "--name", name]);
        assert!(is_good, "{said}");
    }
    let (said, is_good) = model(&data, &["use", "good"]);
    assert!(is_good && said.contains("within seconds") && said.contains("use shipped"), "{said}");
    // Whoever speaks meanwhile is understood, by one or the other.
    let mut asked = 0;
    until_true("the other model answers without a restart", Duration::from_secs(20), || {
        asked += 1;
        let heard = hub.say(&format!("is lamp number {asked} on"));
        assert!(heard["path"] == "model" && heard["confidence"].is_number(), "{heard}");
        hub.get("/healthz").body["model"] == "good"
    });
    hub.stop();
    hub.launch();
    assert_eq!(hub.get("/healthz").body["model"], "good");

    let file = std::fs::read_dir(data.join("models/bad"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|end| end == "gguf"))
        .unwrap();
    let mut bytes = std::fs::read(&file).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&file, bytes).unwrap();
    for (name, reason) in [("bad", "the one in use stays"), ("absent", "there is no model")] {
        let (said, is_good) = model(&data, &["use", name]);
        assert!(!is_good && said.contains(reason), "{said}");
    }
    let (said, is_good) = model(&data, &["verify"]);
    assert!(!is_good && said.contains("`bad` can't be used") && said.contains("`good` is whole"), "{said}");
    let (table, _) = model(&data, &["list"]);
    assert!(table.lines().any(|line| line.starts_with("in use") && line.contains("good")), "{table}");
    assert!(table.lines().any(|line| line.contains("bad") && line.contains("WRONG")), "{table}");

    // The chosen model is gone: the hub comes up with the shipped one and says so.
    hub.stop();
    std::fs::remove_dir_all(data.join("models/good")).unwrap();
    hub.launch();
    assert_eq!(hub.get("/healthz").body["model"], "shipped");
    assert!(hub.log().contains("The chosen model `good` can't be used"), "{}", hub.log());
}

#[test]
fn tuning_says_what_it_lacks_and_installs_nothing() {
    let data = tempfile::tempdir().unwrap();
    let path = |name: &str| repository().join("tests/corrections").join(name).display().to_string();
    let (examples, home) = (path("household.jsonl"), path("house.json"));
    // The interpreter is there, and the packages are not.
    let packages = tempfile::tempdir().unwrap();
    let python = packages.path().join("python");
    let script = "#!/bin/sh\nexec python3 -I -S \"$@\"\n";
    std::fs::write(&python, script).unwrap();
    std::fs::set_permissions(&python, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let tune = ["tune", "--examples", &examples, "--home", &home, "--python", python.to_str().unwrap()];
    let (said, is_good) = model(data.path(), &tune);
    assert!(!is_good && said.contains("models/train/requirements.txt"), "{said}");
    let (said, is_good) = model(data.path(), &["tune"]);
    assert!(!is_good, "{said}");
    let (said, is_good) = model(data.path(), &["tune", "--examples", &examples]);
    assert!(!is_good && said.contains("--home"), "{said}");
    let (said, is_good) = model(data.path(), &["tune", "--name", "shipped"]);
    assert!(!is_good && said.contains("--name gives the new one another"), "{said}");
    assert!(!data.path().join("models").exists());
}

/// A data folder, and a server to pull from.
struct Shelf {
    dir: tempfile::TempDir,
    server: Server,
    files: Files,
    bytes: u64,
}

/// Hashes of a model's files, and the size of the one that the server's faults are about.
#[derive(Clone)]
struct Files {
    decoder: (String, usize),
    encoder: String,
}

impl Shelf {
    fn new() -> Self {
        let [decoder, encoder] = ["decoder", "encoder"].map(part);
        let size = |path: &Path| std::fs::metadata(path).unwrap().len();
        let bytes = size(&decoder) + size(&encoder);
        let files = Files {
            decoder: (sha256_of(&decoder), usize::try_from(size(&decoder)).unwrap()),
            encoder: sha256_of(&encoder),
        };
        let server = Server::start(&decoder, &encoder, files.clone());
        Self { dir: tempfile::tempdir().unwrap(), server, files, bytes }
    }

    /// Pulls the model that has this fault; its manifest's hash is given unless another is.
    fn pull(&self, fault: &str, arguments: &[&str]) -> (String, bool) {
        let url = format!("http://{}/{fault}/manifest.toml", self.server.address);
        let file = self.dir.path().join("manifest");
        std::fs::write(&file, manifest(fault, &self.files)).unwrap();
        let sha256 = sha256_of(&file);
        std::fs::remove_file(file).unwrap();
        let known = if arguments.contains(&"--sha256") { vec![] } else { vec!["--sha256", &sha256] };
        self.model(&[&["pull", &url], arguments, &known].concat())
    }

    fn model(&self, arguments: &[&str]) -> (String, bool) {
        model(self.dir.path(), arguments)
    }

    fn list(&self) -> String {
        self.model(&["list"]).0
    }

    /// What lies among the models and is none.
    fn left_over(&self) -> Vec<String> {
        let names = std::fs::read_dir(self.dir.path().join("models"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.starts_with('.')).collect()
    }
}

/// One of the shipped model's files.
fn part(name: &str) -> PathBuf {
    let files = std::fs::read_dir(models()).unwrap().map(|entry| entry.unwrap().path());
    let mut fits = files.filter(|path| path.to_str().unwrap().ends_with(&format!("-{name}.gguf")));
    fits.next().unwrap()
}

fn sha256_of(file: &Path) -> String {
    let (sum, _) = output(Command::new("sha256sum").arg(file));
    sum.split(' ').next().unwrap().to_owned()
}

fn model(data: &Path, arguments: &[&str]) -> (String, bool) {
    output(
        Command::new(own_program("hearthd"))
            .args(["model", "--data-dir"])
            .arg(data)
            .arg("--models")
            .arg(models())
            .args(arguments),
    )
}

/// A server whose faults are chosen by the first part of the path.
struct Server {
    address: String,
    ranges: Arc<Mutex<Vec<u64>>>,
}

impl Server {
    fn start(decoder: &Path, encoder: &Path, files: Files) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let ranges = Arc::new(Mutex::new(Vec::new()));
        let (bytes, encoder) = (std::fs::read(decoder).unwrap(), std::fs::read(encoder).unwrap());
        let own_ranges = ranges.clone();
        let tries = AtomicUsize::new(0);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                // A client that goes away in the middle is what some of these answers are for.
                let _ = answer(stream, (&bytes, &encoder), &files, &own_ranges, &tries);
            }
        });
        Self { address, ranges }
    }

    /// Where each request wanted to begin.
    fn ranges(&self) -> Vec<u64> {
        self.ranges.lock().unwrap().clone()
    }
}

fn answer(
    mut stream: TcpStream,
    (bytes, encoder): (&[u8], &[u8]),
    files: &Files,
    ranges: &Mutex<Vec<u64>>,
    tries: &AtomicUsize,
) -> std::io::Result<()> {
    let (path, from) = head(&stream)?;
    let (fault, file) = path.split_once('/').unwrap_or_default();
    let plain = match file {
        "manifest.toml" => Some(manifest(fault, files).into_bytes()),
        "e.gguf" => Some(encoder.to_vec()),
        _ => None,
    };
    if let Some(plain) = plain {
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", plain.len())?;
        return stream.write_all(&plain);
    }
    ranges.lock().unwrap().push(from as u64);
    let tried = tries.fetch_add(1, Ordering::SeqCst);
    let whole = bytes.len();
    let rest = &bytes[from.min(whole)..];
    let partial = format!("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {from}-{}/{whole}\r\n", whole - 1);
    let status = if from == 0 { "HTTP/1.1 200 OK\r\n" } else { &partial };
    let close = "Connection: close\r\n\r\n";
    match fault {
        "breaks" => {
            write!(stream, "{status}Content-Length: {}\r\n{close}", rest.len())?;
            stream.write_all(&rest[..rest.len().min(2_500_000)])
        }
        "stuck" => {
            write!(stream, "{status}Content-Length: {}\r\n{close}", rest.len())?;
            stream.write_all(if tried == 0 { &rest[..1_000_000] } else { &[] })
        }
        "no-range" => {
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {whole}\r\n{close}")?;
            stream.write_all(if tried == 0 { &bytes[..1_000_000] } else { bytes })
        }
        "not-there-any-more" if tried == 1 => {
            write!(stream, "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 0\r\n{close}")
        }
        "not-there-any-more" if tried == 0 => {
            write!(stream, "{status}Content-Length: {whole}\r\n{close}")?;
            stream.write_all(&bytes[..1_000_000])
        }
        "wrong" => {
            let mut wrong = bytes.to_vec();
            wrong[whole / 2] ^= 1;
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {whole}\r\n{close}")?;
            stream.write_all(&wrong)
        }
        "redirect" => write!(stream, "HTTP/1.1 302 Found\r\nLocation: /whole/d.gguf\r\nContent-Length: 0\r\n{close}"),
        "missing" => write!(stream, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n{close}"),
        "large" => write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n{close}"),
        "endless" => {
            write!(stream, "HTTP/1.1 200 OK\r\n{close}")?;
            loop {
                stream.write_all(bytes)?;
            }
        }
        _ => {
            write!(stream, "{status}Content-Length: {}\r\n{close}", rest.len())?;
            stream.write_all(rest)
        }
    }
}

fn manifest(fault: &str, files: &Files) -> String {
    let (sha256, size) = &files.decoder;
    let dialect = if fault == "dialect-9" { 9 } else { 3 };
    let size = if fault == "too-small" { 1000 } else { *size };
    let file = if fault == "escape" { "../../d.gguf" } else { "d.gguf" };
    let sha256 = if fault == "other-hash" { "ab".repeat(32) } else { sha256.clone() };
    match fault {
        "nonsense" => "<html>not here</html>".to_owned(),
        _ => format!(
            "dialect = {dialect}\nleast_confidence = 0.4\nlicence = \"MIT\"\n[decoder]\nfile = \"{file}\"\n\
             sha256 = \"{sha256}\"\nsize_bytes = {size}\n[encoder]\nfile = \"e.gguf\"\nsha256 = \"{}\"\n",
            files.encoder
        ),
    }
}
