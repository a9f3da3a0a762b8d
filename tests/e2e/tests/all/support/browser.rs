//! A real Chromium, driven over its pipe for debugging: what a person sees on the page, and what they tap and type.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{PAUSE, system_program, until};

/// A browser with one page, as wide as a phone.
pub(crate) struct Browser {
    child: Child,
    out: File,
    answers: BufReader<File>,
    session: Option<String>,
    next: u64,
    _dir: TempDir,
}

impl Browser {
    /// Opens an address; `None`, with a sentence, if no Chromium is installed.
    pub(crate) fn open(url: &str) -> Option<Self> {
        Self::open_with(url, &[])
    }

    /// The same for a browser whose microphone hears a WAV file.
    pub(crate) fn hearing(url: &str, wav: &Path) -> Option<Self> {
        let file = format!("--use-file-for-fake-audio-capture={}%noloop", wav.display());
        Self::open_with(url, &["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", &file])
    }

    /// The same for a person who told their system to trust this authority; `None`, with a sentence, if the system's
    /// tool for that is not installed.
    pub(crate) fn trusting(url: &str, authority: &str) -> Option<Self> {
        let certutil = system_program("certutil")?;
        let dir = tempfile::tempdir().unwrap();
        let (database, file) = (dir.path().join(".pki/nssdb"), dir.path().join("authority.crt"));
        std::fs::create_dir_all(&database).unwrap();
        std::fs::write(&file, authority).unwrap();
        let database = format!("sql:{}", database.display());
        let steps: [&[&str]; 2] = [
            &["-N", "--empty-password", "-d", &database],
            &["-A", "-d", &database, "-t", "C,,", "-n", "hearth", "-i", file.to_str().unwrap()],
        ];
        for step in steps {
            assert!(Command::new(&certutil).args(step).status().unwrap().success());
        }
        Self::open_in(dir, url, &[])
    }

    fn open_with(url: &str, more: &[&str]) -> Option<Self> {
        Self::open_in(tempfile::tempdir().unwrap(), url, more)
    }

    /// The folder is the person's own.
    fn open_in(dir: TempDir, url: &str, more: &[&str]) -> Option<Self> {
        let chromium = system_program("chromium")?;
        let (orders, answers) = (dir.path().join("orders"), dir.path().join("answers"));
        for pipe in [&orders, &answers] {
            assert!(Command::new("mkfifo").arg(pipe).status().unwrap().success());
        }
        let shell = format!(
            "HOME={} exec {} --headless=new --no-sandbox --disable-gpu --disable-background-networking --no-first-run \
             {} --remote-debugging-pipe --user-data-dir={} about:blank 3<{} 4>{}",
            quoted(dir.path()),
            quoted(&chromium),
            more.iter().map(|one| quoted(Path::new(one))).collect::<Vec<_>>().join(" "),
            quoted(&dir.path().join("profile")),
            quoted(&orders),
            quoted(&answers)
        );
        let child =
            Command::new("sh").args(["-c", &shell]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Each end waits for the other to open, in the shell's order.
        let out = File::options().write(true).open(&orders).unwrap();
        let answers = BufReader::new(File::open(&answers).unwrap());
        let mut browser = Self { child, out, answers, session: None, next: 0, _dir: dir };
        let target = browser.order("Target.createTarget", json!({ "url": "about:blank" }))["targetId"].clone();
        let attached = browser.order("Target.attachToTarget", json!({ "targetId": target, "flatten": true }));
        browser.session = Some(attached["sessionId"].as_str().unwrap().to_owned());
        browser.order(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": true }),
        );
        browser.order("Page.enable", json!({}));
        browser.order(
            "Page.addScriptToEvaluateOnNewDocument",
            json!({ "source": "window.confirm = () => true; try \
         { localStorage.setItem('hearth-lang', 'en') } catch {}" }),
        );
        browser.order("Page.navigate", json!({ "url": url }));
        Some(browser)
    }

    /// What a script on the page comes to; promises are waited for.
    pub(crate) fn run(&mut self, script: &str) -> Value {
        let answer = self
            .order("Runtime.evaluate", json!({ "expression": script, "awaitPromise": true, "returnByValue": true }));
        assert!(answer.get("exceptionDetails").is_none(), "{script}: {answer}");
        answer["result"]["value"].clone()
    }

    /// Waits until these words stand on the page.
    pub(crate) fn until_text(&mut self, text: &str) {
        let end = Instant::now() + PATIENCE;
        loop {
            let shown = self.run("document.body ? document.body.innerText : ''");
            let shown = shown.as_str().unwrap_or_default();
            if shown.contains(text) {
                return;
            }
            assert!(Instant::now() < end, "waited {PATIENCE:?} in vain: `{text}` on the page, which says:\n{shown}");
            std::thread::sleep(PAUSE);
        }
    }

    /// Taps the first button, link or choice with these words, once it is there and can be tapped.
    pub(crate) fn tap(&mut self, words: &str) {
        let script = format!(
            "(() => {{ const all = [...document.querySelectorAll('button, a, summary, [role=button]')]; const it = \
             all.find((one) => ((one.innerText || '').trim().startsWith({words:?}) || one.getAttribute('aria-label') \
             === {words:?}) && !one.disabled); if (!it) return false; it.click(); return true; }})()"
        );
        until(&format!("`{words}` to tap"), PATIENCE, || (self.run(&script) == true).then_some(()));
    }

    /// Types into the field with that label or placeholder, or chooses in it.
    pub(crate) fn fill(&mut self, label: &str, value: &str) {
        let script = format!(
            "(() => {{ const all = [...document.querySelectorAll('input, select')]; const it = all.find((one) => \
             [one.getAttribute('aria-label'), one.placeholder].includes({label:?}) || \
             (one.closest('label')?.innerText || '').trim().startsWith({label:?})); if (!it) return false; \
             Object.getOwnPropertyDescriptor(Object.getPrototypeOf(it), 'value').set.call(it, {value:?}); \
             it.dispatchEvent(new Event('input', {{ bubbles: true }})); it.dispatchEvent(new Event('change', {{ \
             bubbles: true }})); return true; }})()"
        );
        until(&format!("a field `{label}`"), PATIENCE, || (self.run(&script) == true).then_some(()));
    }

    fn order(&mut self, method: &str, params: Value) -> Value {
        self.next += 1;
        let mut order = json!({ "id": self.next, "method": method, "params": params });
        if let Some(session) = &self.session {
            order["sessionId"] = json!(session);
        }
        let mut bytes = order.to_string().into_bytes();
        bytes.push(0);
        self.out.write_all(&bytes).unwrap();
        loop {
            let mut bytes = Vec::new();
            self.answers.read_until(0, &mut bytes).unwrap();
            bytes.pop();
            let answer: Value =
                serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("the browser ended: {error}"));
            // What else comes are events.
            if answer["id"] == json!(self.next) {
                assert!(answer.get("error").is_none(), "{method}: {answer}");
                return answer["result"].clone();
            }
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn quoted(path: &Path) -> String {
    format!("'{}'", path.display())
}

const PATIENCE: Duration = Duration::from_secs(30);
