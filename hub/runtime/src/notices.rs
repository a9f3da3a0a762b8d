//! What was told to everyone in the house and waits on the page until someone dismisses it.
//!
//! Knows what was said and when; does not know what it was about.

use std::sync::Arc;

use house::{Notice, NoticeKind, Ring};
use mind::{language, reply};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use tracing::warn;

use crate::clock::Clock;
use crate::hub::handle::Handle;
use store::{NoticeRecord, Store};

/// The notices that nobody has dismissed, oldest first. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Notices {
    all: Arc<watch::Sender<Arc<Vec<NoticeRecord>>>>,
    store: Store,
}

impl Notices {
    /// The notices as they were kept.
    ///
    /// # Errors
    /// If the disk is in the way, or what is there can't be read.
    pub fn load(store: Store) -> anyhow::Result<Self> {
        let all = store.notices()?;
        Ok(Self { all: Arc::new(watch::Sender::new(Arc::new(all))), store })
    }

    /// All of them.
    pub fn all(&self) -> Arc<Vec<NoticeRecord>> {
        self.all.borrow().clone()
    }

    /// Follows them from now on.
    pub fn watch(&self) -> watch::Receiver<Arc<Vec<NoticeRecord>>> {
        self.all.subscribe()
    }

    /// Dismisses those; says how many there were.
    ///
    /// # Errors
    /// If the disk is in the way; nothing was changed then.
    pub fn dismiss(&self, is_meant: impl Fn(&NoticeRecord) -> bool) -> anyhow::Result<usize> {
        self.change(|all| {
            let before = all.len();
            all.retain(|one| !is_meant(one));
            before - all.len()
        })
    }

    fn add(&self, mut notice: NoticeRecord) -> anyhow::Result<()> {
        self.change(|all| {
            let timer = NoticeKind::Timer.as_str();
            // A timer that is late rings first and is told of at once; one notice says both.
            let is_now = |one: &NoticeRecord| (one.at_ms - notice.at_ms).abs() <= SECOND_MS;
            let rang = all.iter().position(|one| one.kind == timer && one.late_s == 0 && is_now(one));
            if let Some(rang) = rang.filter(|_| notice.kind == timer && 0 < notice.late_s) {
                all.remove(rang);
            }
            notice.id = all.last().map_or(0, |last| last.id) + 1;
            all.push(notice);
            let surplus = all.len().saturating_sub(MOST);
            all.drain(..surplus);
        })
    }

    fn change<T>(&self, change: impl FnOnce(&mut Vec<NoticeRecord>) -> T) -> anyhow::Result<T> {
        let mut kept = Ok(());
        let mut out = None;
        self.all.send_modify(|all| {
            let mut fresh = all.to_vec();
            out = Some(change(&mut fresh));
            kept = self.store.keep_notices(&fresh);
            if kept.is_ok() {
                *all = Arc::new(fresh);
            }
        });
        kept?;
        out.ok_or_else(|| anyhow::anyhow!("the notices were not changed"))
    }
}

/// Keeps what rings, until the hub ends.
pub async fn keep(notices: Notices, mut rings: Receiver<Ring>, hub: Handle, clock: Clock) {
    loop {
        let notice = match rings.recv().await {
            Ok(Ring::Notice(notice)) => notice,
            Ok(Ring::Timer(timer)) => {
                let lang = language::of_house(&hub.snapshot().house);
                Notice {
                    at_ms: clock.now_ms(),
                    kind: NoticeKind::Timer,
                    schedule: None,
                    said: reply::timer_rings(&timer, lang),
                    lang,
                    areas: timer.area.into_iter().collect(),
                    late_s: 0,
                }
            }
            Err(RecvError::Lagged(count)) => {
                warn!(count, "Notices were too many to be kept.");
                continue;
            }
            Err(RecvError::Closed) => return,
        };
        // What went as it was planned needs nobody.
        if notice.kind == NoticeKind::Schedule {
            continue;
        }
        let record = NoticeRecord {
            id: 0,
            at_ms: notice.at_ms / SECOND_MS * SECOND_MS,
            kind: notice.kind.as_str().to_owned(),
            schedule: notice.schedule,
            said: notice.said,
            lang: notice.lang.as_str().to_owned(),
            areas: notice.areas.iter().map(ToString::to_string).collect(),
            late_s: notice.late_s,
        };
        if let Err(error) = notices.add(record) {
            warn!(error = format!("{error:#}"), "A notice could not be kept.");
        }
    }
}

const SECOND_MS: i64 = 1000;
/// Nobody reads more.
const MOST: usize = 30;
