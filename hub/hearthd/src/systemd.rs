//! Words to systemd: ready, stopping, and the watchdog, which the hub's own loop feeds.

use sd_notify::NotifyState;

/// Says that the hub is ready. Without systemd nothing happens.
pub(crate) fn ready() {
    tell(NotifyState::Ready);
}

/// Says that the hub stops.
pub(crate) fn stopping() {
    tell(NotifyState::Stopping);
}

/// What feeds the watchdog, if systemd wants it fed.
pub(crate) fn watchdog() -> Option<fn()> {
    let mut usec = 0;
    sd_notify::watchdog_enabled(false, &mut usec).then_some(feed as fn())
}

fn feed() {
    tell(NotifyState::Watchdog);
}

fn tell(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(false, &[state]) {
        tracing::debug!(%error, "systemd could not be told.");
    }
}
