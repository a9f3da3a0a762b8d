//! The recogniser's models are pulled from a list in the form of Vosk's, tried, and switched, by the owner's program;
//! a hub that runs goes on with the one that was chosen.

use std::fs;
use std::io::{Cursor, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::support::{
    Hub, LONG, Setup, children, head, hub_with_ears, models, output, own_program, spoken, system_program, until_true,
};

#[test]
fn a_model_that_breaks_off_goes_on_and_hears_from_the_next_start_on() {
    let Some(mut shelf) = Shelf::new() else { return };
    let Some(_) = system_program("espeak-ng") else { return };
    let (said, is_good) = shelf.pull(GOOD);
    assert!(!is_good && said.contains("broke off") && said.contains("the same command goes on"), "{said}");
    assert_eq!(shelf.left_over().len(), 1, "what came is kept");
    let (said, is_good) = shelf.pull(GOOD);
    assert!(is_good && said.contains("was tried"), "{said}");
    let ranges = shelf.ranges.lock().unwrap().clone();
    assert_eq!(ranges, [0, BREAKS_AT, BREAKS_AT], "it broke off, gave nothing, and went on");
    assert_eq!(shelf.left_over(), Vec::<String>::new());

    // Nothing is switched yet, and what is here is not fetched again.
    assert!(shelf.is_in_use("hearth-en-small"));
    let (said, is_good) = shelf.pull(GOOD);
    assert!(!is_good && said.contains("here already"), "{said}");
    let (said, is_good) = shelf.run(&["use", GOOD]);
    assert!(is_good && said.contains("within seconds") && said.contains("use hearth-en-small"), "{said}");
    assert!(shelf.is_in_use(GOOD));
    shelf.hub.launch();
    let is_ready = |hub: &Hub| hub.get("/api/v1/hearing").body["recognizer"] == "ready";
    until_true("the recogniser", LONG, || is_ready(&shelf.hub));
    let sound = spoken(&shelf.hub, "what time is it");
    let mut listen = Command::new(own_program("hearthd"));
    let (said, is_good) = output(listen.arg("listen").arg(sound).arg("--data-dir").arg(shelf.hub.data_dir()));
    assert!(is_good && said.contains("heard: what time is it"), "{said}");
    // The names of the house can't be added to its words, as they are to those of the shipped one.
    let has_names = |hub: &Hub| fs::read_dir(hub.data_dir().join("voice")).is_ok_and(|mut all| all.next().is_some());
    assert!(!has_names(&shelf.hub));
    shelf.hub.stop();

    // Damaged afterwards, it is told from a whole one, and the hub hears with the shipped one and says so.
    fs::remove_file(shelf.folder().join(GOOD).join("am/final.mdl")).unwrap();
    let (said, is_good) = shelf.run(&["verify"]);
    assert!(!is_good && said.contains("`am/final.mdl` is missing") && said.contains("hears with `hearth-en"), "{said}");
    shelf.hub.launch();
    until_true("the names of the house", LONG, || has_names(&shelf.hub));
    assert!(shelf.hub.log().contains("is not whole any more"), "{}", shelf.hub.log());
}

#[test]
fn a_model_that_is_chosen_hears_in_the_running_hub_with_the_names_of_the_house() {
    let Some(hub) = hub_with_ears(String::new()) else { return };
    let other = hub.data_dir().join("voice-models/other");
    fs::create_dir_all(other.parent().unwrap()).unwrap();
    let (said, is_done) = output(Command::new("cp").arg("-r").arg(models().join("hearth-en-small")).arg(&other));
    assert!(is_done, "{said}");
    let hearing = |what: &str| hub.get("/api/v1/hearing").body[what].clone();
    let recognizers = || children(hub.pid(), "hearth-asr");
    // The folder with the names of the house is made of links to the model's.
    let has_names_in = |model: &Path| {
        let all = fs::read_dir(hub.data_dir().join("voice")).into_iter().flatten().flatten();
        let acoustic = all.filter_map(|folder| fs::read_link(folder.path().join("am")).ok()).collect::<Vec<_>>();
        acoustic == [model.canonicalize().unwrap().join("am")]
    };
    let begun = recognizers();
    assert_eq!((begun.len(), hearing("model")), (1, json!("hearth-en-small")));
    assert!(has_names_in(&models().join("hearth-en-small")));

    let (said, is_good) = run(&hub, &["use", "other"]);
    assert!(is_good && said.contains("within seconds"), "{said}");
    until_true("the other model", LONG, || hearing("model") == "other" && hearing("recognizer") == "ready");
    until_true("the names of the house", LONG, || has_names_in(&other));
    let switched = recognizers();
    assert!(switched.len() == 1 && switched != begun, "{begun:?} {switched:?}");
    let sound = spoken(&hub, "turn on the kitchen lights");
    let mut listen = Command::new(own_program("hearthd"));
    let (said, is_good) = output(listen.arg("listen").arg(sound).arg("--data-dir").arg(hub.data_dir()));
    assert!(is_good && said.contains("heard: turn on the kitchen lights"), "{said}");
    until_true("the lamp to be on", LONG, || hub.entity("light.kitchen_counter")["state"] == "on");

    // What can't be used is not switched to, and one goes back as one came.
    fs::create_dir_all(other.with_file_name("empty")).unwrap();
    let (said, is_good) = run(&hub, &["use", "empty"]);
    assert!(!is_good && said.contains("the one in use stays"), "{said}");
    let (said, is_good) = run(&hub, &["use", "hearth-en-small"]);
    assert!(is_good, "{said}");
    until_true("the shipped model", LONG, || hearing("model") == "hearth-en-small" && hearing("recognizer") == "ready");
    until_true("its names of the house", LONG, || has_names_in(&models().join("hearth-en-small")));
    assert!(!hub.log().contains("broke off"), "{}", hub.log());
}

#[test]
fn nothing_is_installed_that_is_not_what_the_list_says_or_writes_elsewhere() {
    let Some(shelf) = Shelf::new() else { return };
    for (name, reason) in [
        ("damaged", "it was damaged on the way"),
        ("longer", "at most"),
        ("missing", "404"),
        ("up", "it would write to `../up.txt`, outside of its folder"),
        ("root", "it would write to `/tmp/hearth-root.txt`, outside of its folder"),
        ("link", "`link/am` in it is a link"),
        ("bomb", "no model of that size does"),
        ("no-zip", "it is no zip archive"),
        ("empty", "`am/final.mdl` is missing"),
        ("no-model", "the recogniser can't use it"),
        ("bad-md5", "which is none"),
        ("../escape", "can't be a model's name"),
    ] {
        let (said, is_good) = shelf.pull(name);
        assert!(!is_good && said.contains(reason) && !said.contains("panicked"), "{name}: {said}");
        assert_eq!(shelf.left_over(), Vec::<String>::new(), "{name}");
    }
    assert!(!shelf.folder().join("../up.txt").exists() && !shelf.folder().join("up.txt").exists());
    assert!(!Path::new("/tmp/hearth-root.txt").exists());
    let (table, _) = shelf.run(&["list"]);
    assert_eq!(table.lines().count(), 2, "only the shipped one is here: {table}");
}

#[test]
fn the_list_says_what_there_is_and_which_is_meant() {
    let Some(shelf) = Shelf::new() else { return };
    let (table, is_good) = shelf.run(&["available", "--list", &shelf.list()]);
    let line = |name: &str| table.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned();
    assert!(is_good && line(GOOD).contains("en-us (US English)") && !line(GOOD).contains("obsolete"), "{table}");
    assert!(line("vosk-model-small-en-us-0.3").ends_with("(obsolete)"), "{table}");
    let (chinese, _) = shelf.run(&["available", "--list", &shelf.list(), "--lang", "cn"]);
    assert!(chinese.contains("vosk-model-small-cn-0.22") && !chinese.contains("en-us"), "{chinese}");

    let (said, is_good) = shelf.pull("vosk-model-small-en-us-0.51");
    assert!(!is_good && said.contains(&format!("  {GOOD}")) && said.contains("0.3 (obsolete)"), "{said}");
    assert!(!said.contains("damaged"), "{said}");
    let (said, is_good) = shelf.pull("nothing like it");
    assert!(!is_good && said.contains("`hearthd voice-model available`"), "{said}");
    let (said, is_good) = shelf.run(&["use", GOOD]);
    assert!(!is_good && said.contains("there is no model"), "{said}");

    // Over plain http anyone on the way could change list and archive together.
    let url = format!("http://{}/model-list.json", shelf.address);
    let (said, is_good) = shelf.run(&["pull", "empty", "--list", &url]);
    assert!(!is_good && said.contains("--md5"), "{said}");
    let (said, is_good) = shelf.run(&["pull", "empty", "--list", &url, "--md5", &"0".repeat(32)]);
    assert!(!is_good && said.contains("nothing was fetched"), "{said}");
    let rubbish = shelf.hub.dir().join("rubbish.json");
    fs::write(&rubbish, "<html>moved</html>").unwrap();
    for (list, reason) in [(rubbish, "is not Vosk's list of models"), (PathBuf::from("/nowhere.json"), "read")] {
        let (said, is_good) = shelf.run(&["available", "--list", list.to_str().unwrap()]);
        assert!(!is_good && said.contains(reason), "{said}");
    }
}

#[test]
fn no_model_is_taken_that_the_configuration_or_the_microphone_speaks_against() {
    let Some(shelf) = Shelf::new() else { return };
    // Without a list of words the recogniser can't be kept to a phrase.
    let deaf = shelf.folder().join("deaf");
    fs::create_dir_all(deaf.join("graph")).unwrap();
    let config = shelf.hub.dir().join("other.toml");
    let config_path = config.to_str().unwrap();
    for (text, reason) in [
        ("[microphone]\ndevice = \"default\"\n", "can't wait for `hey hearth`"),
        ("[voice]\nmodel = \"/elsewhere\"\n", "take that line out first"),
    ] {
        fs::write(&config, text).unwrap();
        let (said, is_good) = shelf.run(&["--config", config_path, "use", "deaf"]);
        assert!(!is_good && said.contains(reason), "{said}");
    }
    let (said, is_good) = shelf.run(&["use", "deaf"]);
    assert!(!is_good && said.contains("the one in use stays"), "{said}");
    assert!(shelf.is_in_use("hearth-en-small"));
}

/// A hub that does not run yet, a list, and a server with what stands on it.
struct Shelf {
    hub: Hub,
    address: String,
    ranges: Arc<Mutex<Vec<usize>>>,
}

impl Shelf {
    /// None, with a sentence, where the recogniser's library is missing.
    fn new() -> Option<Self> {
        let library = own_program("hearthd").with_file_name("libvosk.so");
        if !library.is_file() {
            eprintln!("skipped: `{}` is missing; `./run` and `./test` fetch it", library.display());
            return None;
        }
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let hub = Hub::stopped(Setup::default());
        fs::create_dir_all(hub.data_dir()).unwrap();
        let archives = archives();
        let list = Value::from_iter(archives.iter().map(|(name, bytes)| entry(name, bytes, &address))).to_string();
        fs::write(hub.dir().join("model-list.json"), &list).unwrap();
        let ranges = Arc::new(Mutex::new(Vec::new()));
        let own_ranges = ranges.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                // A client that goes away in the middle has seen enough.
                let _ = answer(stream, &archives, &list, &own_ranges);
            }
        });
        Some(Self { hub, address, ranges })
    }

    fn list(&self) -> String {
        self.hub.dir().join("model-list.json").to_str().unwrap().to_owned()
    }

    /// Where models go.
    fn folder(&self) -> PathBuf {
        self.hub.data_dir().join("voice-models")
    }

    fn pull(&self, name: &str) -> (String, bool) {
        self.run(&["pull", name, "--list", &self.list()])
    }

    fn run(&self, arguments: &[&str]) -> (String, bool) {
        run(&self.hub, arguments)
    }

    fn is_in_use(&self, name: &str) -> bool {
        let (table, _) = self.run(&["list"]);
        table.lines().any(|line| line.starts_with("in use") && line.contains(name))
    }

    /// What lies among the models and is none.
    fn left_over(&self) -> Vec<String> {
        let all = fs::read_dir(self.folder()).into_iter().flatten().flatten();
        all.map(|entry| entry.file_name().into_string().unwrap()).filter(|name| name.starts_with('.')).collect()
    }
}

/// The owner's program, for a hub that may run.
fn run(hub: &Hub, arguments: &[&str]) -> (String, bool) {
    let mut command = Command::new(own_program("hearthd"));
    let command = command.args(["voice-model", "--data-dir"]).arg(hub.data_dir());
    output(command.arg("--models").arg(models()).args(arguments))
}

/// What the server has, by name.
fn archives() -> Vec<(&'static str, Vec<u8>)> {
    let model = archive(|zip| add_model(zip, &models().join("hearth-en-small"), GOOD));
    let plain = SimpleFileOptions::default();
    let file = |name: &str, bytes: Vec<u8>| {
        archive(|zip| {
            zip.start_file(name, plain).unwrap();
            zip.write_all(&bytes).unwrap();
        })
    };
    vec![
        (GOOD, model.clone()),
        ("vosk-model-small-en-us-0.3", Vec::new()),
        ("vosk-model-small-cn-0.22", Vec::new()),
        ("damaged", model.clone()),
        ("longer", model),
        ("missing", vec![1]),
        ("up", file("../up.txt", b"x".to_vec())),
        ("root", file("/tmp/hearth-root.txt", b"x".to_vec())),
        ("link", archive(|zip| zip.add_symlink("link/am", "/etc", plain).unwrap())),
        ("bomb", file("bomb/am/final.mdl", vec![0; 50_000_000])),
        ("no-zip", b"<html>not here</html>".to_vec()),
        ("empty", file("empty/README", b"x".to_vec())),
        ("no-model", file("no-model/am/final.mdl", b"nothing that was learned".to_vec())),
        ("bad-md5", vec![1]),
        ("../escape", vec![1]),
    ]
}

/// An entry of the list, as Vosk's has them.
fn entry(name: &str, bytes: &[u8], address: &str) -> Value {
    let md5 = match name {
        "bad-md5" => "unknown".to_owned(),
        _ => md5_of(bytes),
    };
    let (lang, lang_text) = if name.contains("-cn-") { ("cn", "Chinese") } else { ("en-us", "US English") };
    let size = if name == "longer" { 1000 } else { bytes.len() };
    json!({
        "lang": lang, "lang_text": lang_text, "md5": md5, "name": name, "obsolete": (name.ends_with("0.3")).to_string(),
        "size": size, "size_text": "39.3MiB", "type": "small", "url": format!("http://{address}/{name}.zip"),
        "version": "0.15",
    })
}

fn md5_of(bytes: &[u8]) -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), bytes).unwrap();
    let (sum, _) = output(Command::new("md5sum").arg(file.path()));
    sum.split(' ').next().unwrap().to_owned()
}

fn archive(fill: impl FnOnce(&mut ZipWriter<Cursor<Vec<u8>>>)) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    fill(&mut zip);
    zip.finish().unwrap().into_inner()
}

/// A model's folder but for what only Hearth's own has, as an official one looks.
fn add_model(zip: &mut ZipWriter<Cursor<Vec<u8>>>, folder: &Path, name: &str) {
    let packed = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    zip.add_directory(format!("{name}/"), packed).unwrap();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let own = entry.file_name().into_string().unwrap();
        match entry.path().is_dir() {
            true => add_model(zip, &entry.path(), &format!("{name}/{own}")),
            false if own == "house.arpa" => {}
            false => {
                zip.start_file(format!("{name}/{own}"), packed).unwrap();
                zip.write_all(&fs::read(entry.path()).unwrap()).unwrap();
            }
        }
    }
}

fn answer(
    mut stream: TcpStream,
    archives: &[(&'static str, Vec<u8>)],
    list: &str,
    ranges: &Mutex<Vec<usize>>,
) -> std::io::Result<()> {
    let (path, from) = head(&stream)?;
    let close = "Connection: close\r\n\r\n";
    if path == "model-list.json" {
        return write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{close}{list}", list.len());
    }
    let found = archives.iter().find(|(name, _)| path == format!("{name}.zip") && *name != "missing");
    let Some((name, bytes)) = found else {
        return write!(stream, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n{close}");
    };
    let mut bytes = bytes.clone();
    if *name == "damaged" {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
    }
    let whole = bytes.len();
    let rest = bytes.split_off(from.min(whole));
    match from {
        0 => write!(stream, "HTTP/1.1 200 OK\r\n")?,
        _ => write!(stream, "HTTP/1.1 206 Partial\r\nContent-Range: bytes {from}-{}/{whole}\r\n", whole - 1)?,
    }
    write!(stream, "Content-Length: {}\r\n{close}", rest.len())?;
    if *name != GOOD {
        return stream.write_all(&rest);
    }
    // The first answer breaks off, the second has nothing, the third has the rest.
    let tried = {
        let mut ranges = ranges.lock().unwrap();
        ranges.push(from);
        ranges.len()
    };
    match tried {
        1 => stream.write_all(&rest[..BREAKS_AT]),
        2 => Ok(()),
        _ => stream.write_all(&rest),
    }
}

const GOOD: &str = "vosk-model-small-en-us-0.15";
const BREAKS_AT: usize = 2_500_000;
