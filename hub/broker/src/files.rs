//! The files that give Mosquitto the same users and rights as the embedded broker: passwords, access list, listeners.
//!
//! Starts nothing and reaches into no configuration of Mosquitto's own; passwords are told once and kept as hashes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ring::pbkdf2;

use super::Tls;
use super::rights::{Grants, Rights, known_bridges, usual_trees};
use secrets::secret;

/// What the files are to say.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The folder they are written to.
    pub output: PathBuf,
    /// Bridges, each as a kind that is known or as `NAME=TREE,TREE`.
    pub bridges: Vec<String>,
    /// Users that get a new password though they have one.
    pub renewed: Vec<String>,
    /// The root of the hub's own topics.
    pub base_topic: String,
    /// Where Mosquitto listens without TLS.
    pub listen: SocketAddr,
    /// Where it listens with TLS.
    pub tls: Option<Tls>,
}

/// Writes the files; gives what the owner has to know, new passwords included.
///
/// # Errors
/// If a name or a tree is unfit, the folder can't be written, or holds files that are not of this hub.
pub fn write(wanted: &Wanted) -> anyhow::Result<String> {
    let users = users(wanted)?;
    std::fs::create_dir_all(&wanted.output)
        .with_context(|| format!("create the folder `{}`", wanted.output.display()))?;
    let dir = wanted.output.canonicalize().with_context(|| format!("find the folder `{}`", wanted.output.display()))?;
    if let Some(name) = wanted.renewed.iter().find(|name| !users.contains_key(name.as_str())) {
        bail!(
            "there is no user `{name}` to give a new password; there are {}",
            users.keys().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        );
    }
    let mut kept = kept_passwords(&dir.join(PASSWORDS))?;
    let mut made = BTreeMap::new();
    let mut passwords = String::new();
    for name in users.keys() {
        let hash = match kept.remove(name).filter(|_| !wanted.renewed.contains(name)) {
            Some(hash) => hash,
            None => hash(made.entry(name).or_insert_with(secret))?,
        };
        writeln!(passwords, "{name}:{hash}")?;
    }
    let configuration = configuration(wanted, &dir)?;
    replace(&dir.join(ACCESS), &access_list(&users, &wanted.base_topic)?)?;
    replace(&dir.join(CONFIGURATION), &configuration)?;
    // The last, so that a password that was made is told, or was never in force.
    replace(&dir.join(PASSWORDS), &passwords)?;
    said(&dir, &made, &kept)
}

/// Everyone who may log in, by name.
fn users(wanted: &Wanted) -> anyhow::Result<BTreeMap<String, Rights>> {
    let mut users = BTreeMap::new();
    for bridge in &wanted.bridges {
        let (name, trees) = named_trees(bridge)?;
        ensure!(!OTHERS.contains(&name.as_str()), "a bridge can't be called `{name}`: that is another user's name");
        let rights = Rights::Bridge { trees };
        rights.check(&wanted.base_topic).with_context(|| format!("read the topics of the bridge `{name}`"))?;
        ensure!(users.insert(name.clone(), rights).is_none(), "the bridge `{name}` is named twice");
    }
    // Home Assistant commands the devices of every bridge, and a reader sees them.
    let trees: Vec<String> = users
        .values()
        .flat_map(|rights| if let Rights::Bridge { trees } = rights { trees.clone() } else { Vec::new() })
        .collect();
    let others =
        [Rights::Hub, Rights::HomeAssistant { trees: trees.clone() }, Rights::Requester, Rights::ReadOnly { trees }];
    users.extend(OTHERS.map(str::to_owned).into_iter().zip(others));
    Ok(users)
}

fn named_trees(bridge: &str) -> anyhow::Result<(String, Vec<String>)> {
    let (name, trees) = match bridge.split_once('=') {
        Some((name, trees)) => (name, trees.split(',').map(str::to_owned).collect()),
        None => {
            let known = || known_bridges().collect::<Vec<_>>().join("`, `");
            let trees = usual_trees(bridge).with_context(|| {
                format!(
                    "the topics of `{bridge}` are not known\n  hint: `{}`, or your own as `NAME=TREE,TREE`",
                    known()
                )
            })?;
            (bridge, trees)
        }
    };
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    ensure!(
        (1..=64).contains(&name.len()) && name.chars().all(is_plain),
        "`{name}` can't be a user's name\n  hint: letters, digits, `-`, `_` and `.`"
    );
    Ok((name.to_owned(), trees))
}

/// The hashes of an earlier run, by user.
fn kept_passwords(path: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(error).with_context(|| format!("read `{}`", path.display())),
    };
    let entry = |(number, line): (usize, &str)| match line.split_once(':') {
        Some((name, hash)) if hash.starts_with('$') => Ok((name.to_owned(), hash.to_owned())),
        _ => Err(anyhow::anyhow!("line {} of `{}` is no user with a hashed password", number + 1, path.display())),
    };
    text.lines().enumerate().filter(|(_, line)| !line.is_empty()).map(entry).collect()
}

/// A password as Mosquitto keeps it: <https://mosquitto.org/man/mosquitto_passwd-1.html>.
fn hash(password: &str) -> anyhow::Result<String> {
    let mut salt = [0; SALT];
    getrandom::fill(&mut salt).map_err(|error| anyhow::anyhow!("make a random number: {error}"))?;
    let mut hash = [0; 64];
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA512, ITERATIONS, &salt, password.as_bytes(), &mut hash);
    Ok(format!("$7${ITERATIONS}${}${}", BASE64_STANDARD.encode(salt), BASE64_STANDARD.encode(hash)))
}

fn access_list(users: &BTreeMap<String, Rights>, base_topic: &str) -> anyhow::Result<String> {
    let mut out = String::from("# Written by `hearthd broker-files`; run it again instead of changing this.\n");
    for (name, rights) in users {
        let Grants { read, write } = rights.grants(base_topic);
        writeln!(out, "\nuser {name}")?;
        for topic in &read {
            writeln!(out, "topic {} {topic}", if write.contains(topic) { "readwrite" } else { "read" })?;
        }
        for topic in write.iter().filter(|topic| !read.contains(topic)) {
            writeln!(out, "topic write {topic}")?;
        }
    }
    Ok(out)
}

fn configuration(wanted: &Wanted, dir: &Path) -> anyhow::Result<String> {
    let mut out = String::from("# Written by `hearthd broker-files`; run it again instead of changing this.\n");
    writeln!(
        out,
        "allow_anonymous false\npassword_file {}\nacl_file {}",
        one_line(&dir.join(PASSWORDS))?,
        one_line(&dir.join(ACCESS))?
    )?;
    writeln!(out, "\nlistener {} {}", wanted.listen.port(), wanted.listen.ip())?;
    if let Some(tls) = &wanted.tls {
        let absolute = |path: &Path| {
            path.canonicalize().with_context(|| format!("find `{}`", path.display())).and_then(|path| one_line(&path))
        };
        writeln!(
            out,
            "\nlistener {} {}\ncertfile {}\nkeyfile {}",
            tls.listen.port(),
            tls.listen.ip(),
            absolute(&tls.cert)?,
            absolute(&tls.key)?
        )?;
    }
    Ok(out)
}

fn one_line(path: &Path) -> anyhow::Result<String> {
    let text = path.to_str().with_context(|| format!("`{}` is not UTF-8", path.display()))?;
    ensure!(
        !text.chars().any(char::is_control),
        "`{}` can't stand in a line of Mosquitto's configuration",
        path.display()
    );
    Ok(text.to_owned())
}

/// Writes a file that only its owner reads; it is the old one or the new one, whatever happens in between.
fn replace(path: &Path, text: &str) -> anyhow::Result<()> {
    let write = || -> anyhow::Result<()> {
        let dir = path.parent().context("a file lies in a folder")?;
        // Such a file is made with mode 600.
        let mut file = tempfile::Builder::new().prefix(".new").tempfile_in(dir)?;
        // Mosquitto reads them as its own user; whoever gave them to it does not have to do so again.
        if let Ok(old) = std::fs::metadata(path) {
            use std::os::unix::fs::MetadataExt as _;
            std::os::unix::fs::fchown(file.as_file(), Some(old.uid()), Some(old.gid()))?;
        }
        std::io::Write::write_all(&mut file, text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    write().with_context(|| format!("write `{}`", path.display()))
}

fn said(dir: &Path, made: &BTreeMap<&String, String>, gone: &BTreeMap<String, String>) -> anyhow::Result<String> {
    let mut out = format!("Written to {}: {PASSWORDS}, {ACCESS}, {CONFIGURATION}.\n", dir.display());
    for name in gone.keys() {
        writeln!(out, "`{name}` was not named this time and can't log in any more.")?;
    }
    if made.is_empty() {
        out.push_str("Every password is the one it was.\n");
    } else {
        out.push_str("New passwords, shown only this once:\n");
        for (name, password) in made {
            writeln!(out, "  {name}  {password}")?;
        }
    }
    out.push_str("Next: docs/broker.md says how Mosquitto takes these files and what each bridge is told.\n");
    Ok(out)
}

/// Users that are no bridges: the hub, Home Assistant, a program that asks, and one that reads.
const OTHERS: [&str; 4] = ["hearth", "home_assistant", "requester", "read_only"];
const PASSWORDS: &str = "passwd";
const ACCESS: &str = "acl";
const CONFIGURATION: &str = "hearth.conf";
/// Mosquitto 2.0 reads no other length.
const SALT: usize = 12;
/// Mosquitto's own number. Its one thread hashes at each login, and a made password has 256 random bits anyway.
const ITERATIONS: NonZeroU32 = NonZeroU32::new(101).expect("101 is not zero");

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn wanted(dir: &TempDir, bridges: &[&str]) -> Wanted {
        let bridges = bridges.iter().map(|&bridge| bridge.to_owned()).collect();
        Wanted {
            output: dir.path().join("mosquitto"),
            bridges,
            renewed: Vec::new(),
            base_topic: "hearth".to_owned(),
            listen: "0.0.0.0:1883".parse().unwrap(),
            tls: None,
        }
    }

    fn read(dir: &TempDir, name: &str) -> String {
        std::fs::read_to_string(dir.path().join("mosquitto").join(name)).unwrap()
    }

    #[test]
    fn the_access_list_says_what_the_embedded_broker_grants() {
        let dir = TempDir::new().unwrap();
        write(&wanted(&dir, &["zigbee2mqtt", "porch=shellyplus1-a8032ab/#"])).unwrap();
        expect_test::expect![[r##"
            # Written by `hearthd broker-files`; run it again instead of changing this.

            user hearth
            topic readwrite #

            user home_assistant
            topic readwrite shellyplus1-a8032ab/#
            topic readwrite zigbee2mqtt/#
            topic read hearth/#
            topic read homeassistant/#
            topic write hearth/request
            topic write hearth/say/set
            topic write hearth/stop/set
            topic write hearth/mode/set
            topic write hearth/schedule/+/set
            topic write homeassistant/status

            user porch
            topic readwrite shellyplus1-a8032ab/#
            topic read homeassistant/#
            topic write homeassistant/+/+/config
            topic write homeassistant/+/+/+/config

            user read_only
            topic read shellyplus1-a8032ab/#
            topic read zigbee2mqtt/#

            user requester
            topic read hearth/response
            topic read hearth/status
            topic read hearth/notice
            topic write hearth/request

            user zigbee2mqtt
            topic readwrite zigbee2mqtt/#
            topic read homeassistant/#
            topic write homeassistant/+/+/config
            topic write homeassistant/+/+/+/config
        "##]]
        .assert_eq(&read(&dir, ACCESS));
    }

    #[test]
    fn passwords_are_told_once_and_stay_until_asked() {
        let dir = TempDir::new().unwrap();
        let first = write(&wanted(&dir, &["zigbee2mqtt", "tasmota"])).unwrap();
        let passwords = read(&dir, PASSWORDS);
        assert_eq!(passwords.lines().count(), 6);
        assert!(first.contains("\n  zigbee2mqtt  ") && !passwords.contains(first.split_whitespace().last().unwrap()));
        let second = write(&wanted(&dir, &["zigbee2mqtt", "tasmota"])).unwrap();
        assert_eq!(read(&dir, PASSWORDS), passwords);
        assert!(second.contains("Every password is the one it was."), "{second}");
        let third =
            write(&Wanted { renewed: vec!["zigbee2mqtt".to_owned()], ..wanted(&dir, &["zigbee2mqtt"]) }).unwrap();
        assert!(
            third.contains("\n  zigbee2mqtt  ")
                && third.contains("`tasmota` was not named this time")
                && !third.contains("\n  hearth  "),
            "{third}"
        );
        let line =
            |text: &str, user: &str| text.lines().find(|line| line.starts_with(&format!("{user}:"))).map(str::to_owned);
        let renewed = read(&dir, PASSWORDS);
        assert_eq!(line(&renewed, "hearth"), line(&passwords, "hearth"));
        assert_ne!(line(&renewed, "zigbee2mqtt"), line(&passwords, "zigbee2mqtt"));
        assert_eq!(line(&renewed, "tasmota"), None);
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(dir.path().join("mosquitto").join(PASSWORDS)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn what_makes_no_sense_is_refused_and_changes_nothing() {
        let dir = TempDir::new().unwrap();
        let refused = |bridges: &[&str]| format!("{:#}", write(&wanted(&dir, bridges)).unwrap_err());
        for (bridges, expected) in [
            (
                &["zwave"][..],
                "the topics of `zwave` are not known\n  hint: `zigbee2mqtt`, `tasmota`, `shelly`, `esphome`, `homie`",
            ),
            (&["a=hearth/#"], "reaches the topics of the hub"),
            (&["a=x/#,homeassistant/#"], "reaches the topics of the hub"),
            (&["a=x/#\nuser b"], "is no filter of topics"),
            (&["a:b=x/#"], "can't be a user's name"),
            (&["hearth=x/#"], "another user's name"),
            (&["a=x/#", "a=y/#"], "named twice"),
            (&["a="], "is no filter"),
        ] {
            let told = refused(bridges);
            assert!(told.contains(expected), "{bridges:?}: {told}");
        }
        let told =
            format!("{:#}", write(&Wanted { renewed: vec!["nobody".to_owned()], ..wanted(&dir, &[]) }).unwrap_err());
        assert!(told.contains("there is no user `nobody`"), "{told}");
        assert!(!dir.path().join("mosquitto").join(PASSWORDS).exists());
        write(&wanted(&dir, &[])).unwrap();
        let path = dir.path().join("mosquitto").join(PASSWORDS);
        std::fs::write(&path, "hearth:in the open\n").unwrap();
        assert!(refused(&[]).contains("line 1 of"));
    }
}
