//! Models are pulled from a server that has every fault, verified, and switched, by the program of the owner.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use crate::support::{Hub, Setup, models, output, own_program};

#[test]
fn what_breaks_off_goes_on_and_a_redirect_is_followed() {
    for path in ["whole", "breaks", "no-range", "redirect", "not-there-any-more"] {
        let shelf = Shelf::new();
        let (said, is_good) = shelf.pull(&format!("{path}/m.gguf"), &["--sha256", &shelf.sha256]);
        assert!(is_good, "{path}: {said}");
        assert!(shelf.list().contains("m        6.9 MB"), "{path}: {}", shelf.list());
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
    let (said, is_good) = shelf.pull("stuck/m.gguf", &["--sha256", &shelf.sha256]);
    assert!(!is_good && said.contains("broke off"), "{said}");
    assert_eq!(shelf.left_over().len(), 1);
    let (said, is_good) = shelf.pull("whole/m.gguf", &["--sha256", &shelf.sha256]);
    assert!(is_good, "{said}");
    assert!(0 < *shelf.server.ranges().last().unwrap());
}

#[test]
fn nothing_is_installed_that_is_not_what_was_wanted() {
    let shelf = Shelf::new();
    let hash = shelf.sha256.clone();
    for (path, arguments, reason) in [
        ("wrong/m.gguf", vec!["--sha256", &hash], "has SHA-256"),
        ("missing/m.gguf", vec!["--sha256", &hash], "404"),
        ("large/m.gguf", vec!["--sha256", &hash], "at most"),
        ("whole/m.gguf", vec![], "needs --sha256"),
        ("whole/m.gguf", vec!["--sha256", "abc"], "no SHA-256"),
        ("whole/m.gguf", vec!["--sha256", &hash, "--name", "../m"], "can't be a model's name"),
        ("whole/manifest.toml", vec![], "plain http"),
        ("dialect-9/manifest.toml", vec!["--sha256", &hash], "speaks dialect 9"),
        ("too-small/manifest.toml", vec!["--sha256", &hash], "at most 1000"),
        ("endless/manifest.toml", vec!["--sha256", &hash], "bytes that are taken"),
        ("escape/manifest.toml", vec!["--sha256", &hash], "no file beside its manifest"),
        ("nonsense/manifest.toml", vec!["--sha256", &hash], "read"),
        ("other-hash/manifest.toml", vec!["--sha256", &hash], "nothing was installed"),
    ] {
        let (said, is_good) = shelf.pull(path, &arguments);
        assert!(!is_good && said.contains(reason) && !said.contains("panicked"), "{path}: {said}");
        assert_eq!(shelf.list().lines().count(), 2, "{path}: {}", shelf.list());
    }
    assert_eq!(shelf.left_over(), Vec::<String>::new());
}

#[test]
fn bytes_with_the_right_hash_that_are_no_model_are_not_installed() {
    let shelf = Shelf::new();
    let file = shelf.dir.path().join("m.gguf");
    std::fs::write(&file, "GGUF and nothing else").unwrap();
    let (sum, _) = output(Command::new("sha256sum").arg(&file));
    let (said, is_good) = shelf.model(&["pull", file.to_str().unwrap(), "--sha256", sum.split(' ').next().unwrap()]);
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
    assert!(is_good && said.contains("next start") && said.contains("use shipped"), "{said}");
    assert_eq!(hub.get("/healthz").body["model"], "shipped");
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

/// A data folder, and a server to pull from.
struct Shelf {
    dir: tempfile::TempDir,
    server: Server,
    sha256: String,
}

impl Shelf {
    fn new() -> Self {
        let file = std::fs::read_dir(models())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| path.extension().is_some_and(|end| end == "gguf"))
            .unwrap();
        let (sum, _) = output(Command::new("sha256sum").arg(&file));
        let sha256 = sum.split(' ').next().unwrap().to_owned();
        Self { dir: tempfile::tempdir().unwrap(), server: Server::start(&file, &sha256), sha256 }
    }

    fn pull(&self, path: &str, arguments: &[&str]) -> (String, bool) {
        let url = format!("http://{}/{path}", self.server.address);
        self.model(&[&["pull", &url], arguments].concat())
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
    fn start(file: &Path, sha256: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let ranges = Arc::new(Mutex::new(Vec::new()));
        let (bytes, sha256, own_ranges) = (std::fs::read(file).unwrap(), sha256.to_owned(), ranges.clone());
        let tries = AtomicUsize::new(0);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                // A client that goes away in the middle is what some of these answers are for.
                let _ = answer(stream, &bytes, &sha256, &own_ranges, &tries);
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
    bytes: &[u8],
    sha256: &str,
    ranges: &Mutex<Vec<u64>>,
    tries: &AtomicUsize,
) -> std::io::Result<()> {
    let (path, from) = head(&stream)?;
    ranges.lock().unwrap().push(from as u64);
    let tried = tries.fetch_add(1, Ordering::SeqCst);
    let (fault, file) = path.split_once('/').unwrap_or_default();
    let path = PathBuf::from(file);
    if path.extension().is_some_and(|end| end == "toml") {
        let manifest = manifest(fault, sha256, bytes.len());
        return write!(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{manifest}",
            manifest.len()
        );
    }
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
        "redirect" => write!(stream, "HTTP/1.1 302 Found\r\nLocation: /whole/m.gguf\r\nContent-Length: 0\r\n{close}"),
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

/// The path of a request, and where its answer shall begin.
fn head(stream: &TcpStream) -> std::io::Result<(String, usize)> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let path = line.split(' ').nth(1).unwrap_or_default().trim_start_matches('/').to_owned();
    let mut from = 0;
    loop {
        line.clear();
        if reader.read_line(&mut line)? <= 2 {
            return Ok((path, from));
        }
        if let Some(range) = line.to_ascii_lowercase().strip_prefix("range: bytes=") {
            from = range.trim().trim_end_matches('-').parse().unwrap();
        }
    }
}

fn manifest(fault: &str, sha256: &str, size: usize) -> String {
    let (dialect, size) = (if fault == "dialect-9" { 9 } else { 1 }, if fault == "too-small" { 1000 } else { size });
    let file = if fault == "escape" { "../../m.gguf" } else { "m.gguf" };
    let sha256 = if fault == "other-hash" { "ab".repeat(32) } else { sha256.to_owned() };
    match fault {
        "nonsense" => "<html>not here</html>".to_owned(),
        _ => format!(
            "file = \"{file}\"\nsha256 = \"{sha256}\"\ndialect = {dialect}\nleast_confidence = 0.4\nsize_bytes = \
             {size}\nlicence = \"MIT\"\n"
        ),
    }
}
