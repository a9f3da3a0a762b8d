//! The board's own microphone and speaker, for those who tell of them, choose them and test the microphone: which they
//! are, where they stand, how the microphone is, and who wants to know what it hears.
//!
//! Opens nothing: what holds the microphone follows the choice from here and tells how it fares.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use store::Store;
use tokio::sync::{mpsc, watch};

use crate::board_test::TestEvent;
use crate::sound_card::{self, SoundDevice, SoundDevices, SoundError};

/// How the microphone is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum BoardState {
    /// None is chosen.
    #[default]
    Off,
    /// It is being opened, or waits for the recogniser.
    Starting,
    /// It waits for the wake phrase, or is tested.
    Listening,
    /// It can't be listened to, for this reason; it is tried again.
    Failed(SoundError),
}

/// Which microphone is listened to and which speaker is spoken on, and where they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardChoice {
    /// The device, as ALSA calls it; none is opened without.
    pub device: Option<String>,
    /// The speaker, as ALSA calls it; the hub says nothing there without.
    #[serde(default)]
    pub speaker: Option<String>,
    /// The area they stand in, by id or name.
    pub area: Option<String>,
}

/// The microphone. Cheap to clone; all clones are the same.
#[derive(Clone, Debug)]
pub struct Board {
    state: Arc<watch::Sender<BoardState>>,
    chosen: Arc<watch::Sender<Option<BoardChoice>>>,
    tester: Arc<watch::Sender<Option<mpsc::Sender<TestEvent>>>>,
    configured: BoardChoice,
    program: PathBuf,
    store: Store,
}

impl Board {
    /// As it was chosen last, or else as it is configured; `program` is what lists the devices.
    ///
    /// # Errors
    /// If the store can't be read.
    pub fn load(store: Store, configured: BoardChoice, program: PathBuf) -> anyhow::Result<Self> {
        // A choice that was taken back is kept as none.
        let chosen: Option<Option<BoardChoice>> = store.setting(SETTING).context("read which microphone was chosen")?;
        let (state, tester) = Default::default();
        let chosen = Arc::new(watch::Sender::new(chosen.flatten()));
        Ok(Self { state, chosen, tester, configured, program, store })
    }

    /// How it is.
    pub fn state(&self) -> BoardState {
        self.state.borrow().clone()
    }

    /// Follows how it is.
    pub fn watch(&self) -> watch::Receiver<BoardState> {
        self.state.subscribe()
    }

    /// It is so from now on.
    pub fn set(&self, state: BoardState) {
        self.state.send_replace(state);
    }

    /// Which it is.
    pub fn choice(&self) -> BoardChoice {
        self.chosen.borrow().clone().unwrap_or_else(|| self.configured.clone())
    }

    /// Whether it was chosen, and not only configured.
    pub fn is_chosen(&self) -> bool {
        self.chosen.borrow().is_some()
    }

    /// Follows the choice.
    pub fn follow(&self) -> watch::Receiver<Option<BoardChoice>> {
        self.chosen.subscribe()
    }

    /// Chooses, from now on and over restarts; with nothing, it is as configured again.
    ///
    /// # Errors
    /// If it can't be kept; it stays as it was then.
    pub fn choose(&self, choice: Option<BoardChoice>) -> anyhow::Result<()> {
        self.store.put_setting(SETTING, &choice).context("keep which microphone was chosen")?;
        self.chosen.send_replace(choice);
        Ok(())
    }

    /// What can be chosen: the microphones and speakers of this machine, and those that are configured.
    ///
    /// # Errors
    /// If they can't be listed.
    pub async fn devices(&self) -> Result<SoundDevices, SoundError> {
        let mut found = sound_card::devices(&self.program).await.map_err(|error| SoundError::of(&error))?;
        add(&mut found.microphones, self.configured.device.as_ref());
        add(&mut found.speakers, self.configured.speaker.as_ref());
        Ok(found)
    }

    /// Tells what is heard from now on, instead of acting on it, until nobody takes it any more or another one tests.
    pub fn test(&self) -> mpsc::Receiver<TestEvent> {
        let (tell, told) = mpsc::channel(MAX_EVENTS);
        self.tester.send_replace(Some(tell));
        told
    }

    /// Follows who tests it.
    pub fn testers(&self) -> watch::Receiver<Option<mpsc::Sender<TestEvent>>> {
        self.tester.subscribe()
    }
}

fn add(devices: &mut Vec<SoundDevice>, configured: Option<&String>) {
    if let Some(name) = configured
        && devices.iter().all(|device| device.name != *name)
    {
        devices.push(SoundDevice { name: name.clone(), description: String::new() });
    }
}

const SETTING: &str = "board_microphone";
/// Some seconds of levels: who is further behind misses some.
const MAX_EVENTS: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_goes_before_the_configuration_and_is_kept_until_it_is_taken_back() {
        let dir = tempfile::tempdir().unwrap();
        let choice = |device: &str| BoardChoice {
            device: Some(device.to_owned()),
            speaker: Some(format!("speaker of {device}")),
            area: Some("Hall".to_owned()),
        };
        let open = || {
            let (store, _) = Store::open(dir.path(), 0).unwrap();
            Board::load(store, choice("configured"), PathBuf::from("/nowhere")).unwrap()
        };
        let board = open();
        assert_eq!((board.choice(), board.is_chosen()), (choice("configured"), false));
        let mut followed = board.follow();
        board.choose(Some(choice("chosen"))).unwrap();
        assert!(followed.has_changed().unwrap());
        assert_eq!(followed.borrow_and_update().clone(), Some(choice("chosen")));
        drop((board, followed));
        let board = open();
        assert_eq!((board.choice(), board.is_chosen()), (choice("chosen"), true));
        // None is a choice too.
        board.choose(Some(BoardChoice::default())).unwrap();
        assert_eq!((board.choice(), board.is_chosen()), (BoardChoice::default(), true));
        board.choose(None).unwrap();
        drop(board);
        assert_eq!(open().choice(), choice("configured"));
    }

    #[test]
    fn who_tests_last_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(dir.path(), 0).unwrap();
        let board = Board::load(store, BoardChoice::default(), PathBuf::new()).unwrap();
        let testers = board.testers();
        let mut first = board.test();
        let mut last = board.test();
        testers.borrow().as_ref().unwrap().try_send(TestEvent::Level(0.5)).unwrap();
        assert_eq!(first.try_recv(), Err(mpsc::error::TryRecvError::Disconnected));
        assert_eq!(last.try_recv(), Ok(TestEvent::Level(0.5)));
    }
}
