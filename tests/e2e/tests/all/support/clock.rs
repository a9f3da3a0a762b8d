//! A clock on the wall that is moved by the test, for a hub that lives through months: libfaketime, before the hub's
//! own clock. How long things take stays real.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use tempfile::TempDir;

/// The clock.
#[derive(Clone, Debug)]
pub(crate) struct MovedClock {
    library: PathBuf,
    dir: Arc<TempDir>,
}

impl MovedClock {
    /// A clock that shows that moment, in seconds since 1970 UTC; `None`, with a sentence, if libfaketime is not
    /// installed.
    pub(crate) fn at(seconds: i64) -> Option<Self> {
        let machine = format!("/usr/lib/{}-linux-gnu/faketime/libfaketime.so.1", std::env::consts::ARCH);
        let library = Path::new(&machine).to_owned();
        if !library.exists() {
            eprintln!("skipped: `{}` is not installed (the package `faketime`)", library.display());
            return None;
        }
        let clock = Self { library, dir: Arc::new(tempfile::tempdir().unwrap()) };
        clock.set(seconds);
        Some(clock)
    }

    /// Moves it; it goes on from there.
    pub(crate) fn set(&self, seconds: i64) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64;
        let ahead = (seconds * 1000 - now) as f64 / 1000.0;
        let (file, fresh) = (self.file(), self.dir.path().join("fresh"));
        std::fs::write(&fresh, format!("{ahead:+.3}\n")).unwrap();
        // Never seen half written.
        std::fs::rename(fresh, file).unwrap();
    }

    /// What a program is started with to go by it.
    pub(super) fn environment(&self) -> Vec<(&'static str, PathBuf)> {
        vec![
            ("LD_PRELOAD", self.library.clone()),
            ("FAKETIME_TIMESTAMP_FILE", self.file()),
            ("FAKETIME_NO_CACHE", "1".into()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".into()),
            ("DONT_FAKE_MONOTONIC", "1".into()),
        ]
    }

    fn file(&self) -> PathBuf {
        self.dir.path().join("offset")
    }
}
