//! How the board's own microphone is, for those who tell of it.

use std::sync::Arc;

use tokio::sync::watch;

/// How the microphone is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum BoardState {
    /// None is named in the configuration.
    #[default]
    Off,
    /// It is being opened, or waits for the recogniser.
    Starting,
    /// It waits for the wake phrase.
    Listening,
    /// It can't be listened to, for this reason; it is tried again.
    Failed(String),
}

/// The microphone as it is told of. Cheap to clone; all clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Board {
    state: Arc<watch::Sender<BoardState>>,
}

impl Board {
    /// How it is.
    pub fn state(&self) -> BoardState {
        self.state.borrow().clone()
    }

    /// It is so from now on.
    pub fn set(&self, state: BoardState) {
        self.state.send_replace(state);
    }
}
