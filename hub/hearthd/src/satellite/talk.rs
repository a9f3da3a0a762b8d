//! One connection to a satellite: what it says is heard and done, and it is told what concerns it.

use std::time::Duration;

use anyhow::Context as _;
use house::{House, Utterance};
use runtime::clock::Stopwatch;
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval};
use voice::Heard;
use voice::ears::{Spoken, utterance};
use voice::listening::Progress;
use voice::recognizer::HearError;

use super::listening::{Listening, Moment};
use super::timers::ShownTimers;
use super::{Connection, SPEAKER, Said, Station, Told};
use crate::aloud::{Played, Player};

/// A satellite that is reached, with what it is served by.
pub(super) struct Talk<'s, C> {
    station: &'s Station,
    address: &'s str,
    player: &'s Player,
    connection: &'s mut C,
    listening: Listening,
    /// Since something came from it last.
    last: Stopwatch,
}

impl<'s, C: Connection> Talk<'s, C> {
    pub(super) fn new(station: &'s Station, address: &'s str, player: &'s Player, connection: &'s mut C) -> Self {
        Self { station, address, player, connection, listening: Listening::default(), last: Stopwatch::start() }
    }

    /// Goes on until the satellite leaves or the hub is muted.
    pub(super) async fn run(mut self, played: &mut mpsc::Receiver<Played>) -> anyhow::Result<()> {
        let mut muted = self.station.ears.mute.watch();
        let (mut house, mut timers) = (self.station.turns.hub.watch(), ShownTimers::default());
        house.mark_changed();
        let mut ping = interval(PING_INTERVAL);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                message = self.connection.next() => {
                    self.take(message.context("the satellite ended the connection")?).await?;
                }
                Some(sound) = played.recv() => self.connection.tell(Told::Sound(sound)).await?,
                Ok(()) = house.changed() => {
                    let snapshot = house.borrow_and_update().clone();
                    self.show(&snapshot.house, &mut timers).await?;
                }
                moment = self.listening.next() => match moment {
                    Moment::Progress(progress) => self.progress(progress).await?,
                    Moment::Heard(heard) => self.finish(heard).await?,
                },
                _ = ping.tick() => {
                    anyhow::ensure!(self.last.elapsed() < LONGEST_SILENCE, "the satellite says nothing any more");
                    self.connection.tell(Told::Ping).await?;
                }
                Ok(()) = muted.changed() => if *muted.borrow_and_update() {
                    return Ok(());
                },
            }
        }
    }

    /// Tells of timers that belong here.
    async fn show(&mut self, house: &House, timers: &mut ShownTimers) -> anyhow::Result<()> {
        let Station { place, turns, .. } = self.station;
        let here = house.timers.iter().filter(|timer| place.is_for(timer.area.as_slice(), house));
        let is_silent = self.connection.rings_timers() && place.is_quiet(house);
        for change in timers.changes(here, turns.clock.now_ms()) {
            let change = if is_silent { change.unheard() } else { change };
            self.connection.tell(Told::Timer(&change)).await?;
        }
        Ok(())
    }

    async fn take(&mut self, message: C::Message) -> anyhow::Result<()> {
        self.last = Stopwatch::start();
        match self.connection.take(message).await? {
            Said::Nothing => {}
            // What plays would be heard with what is said.
            Said::Woken => self.player.hush().await,
            Said::Begin { is_woken } => {
                if is_woken {
                    self.player.hush().await;
                }
                self.listening = Listening::begin(&self.station.ears);
            }
            Said::Sound(samples) => self.listening.add(samples),
            Said::End => self.listening.end(),
            Said::Stop => {
                self.listening = Listening::default();
                self.player.hush().await;
                self.player.go_on().await;
            }
        }
        Ok(())
    }

    async fn progress(&mut self, progress: Progress) -> anyhow::Result<()> {
        match progress {
            Progress::Speech => {
                self.player.hush().await;
                self.listening.near = Some(self.station.ears.nearest.begin(Duration::ZERO));
                self.connection.tell(Told::Speech).await
            }
            Progress::Silence => self.connection.tell(Told::Silence).await,
            Progress::Partial(_) => Ok(()),
        }
    }

    /// Says what was heard, does it, and answers aloud.
    async fn finish(&mut self, heard: Result<Heard, HearError>) -> anyhow::Result<()> {
        self.listening.end();
        let heard = match heard {
            Ok(heard) => heard,
            Err(error) => {
                self.player.go_on().await;
                return self.connection.tell(Told::NotHeard(&error.to_string())).await;
            }
        };
        let text = heard.hearings.first().map(|(text, _)| text.clone()).unwrap_or_default();
        let is_nearest = match self.listening.near.take() {
            Some(near) => near.is_nearest(&text, self.listening.loudness.power()).await,
            None => true,
        };
        self.connection.tell(Told::Heard { text: &text, is_nearest }).await?;
        // Words that another microphone has are none here.
        match self.utterance(&heard).filter(|_| is_nearest) {
            Some(utterance) => self.answer(utterance).await,
            None => {
                self.player.go_on().await;
                Ok(())
            }
        }
    }

    async fn answer(&mut self, utterance: Utterance) -> anyhow::Result<()> {
        let Station { turns, aloud, .. } = self.station;
        let turn = turns.turn(utterance).await;
        let is_short = aloud.short_sounds && turn.is_plain_success(&turns.hub.snapshot().house);
        let expects_answer = turn.expects_answer.is_some();
        let told = Told::Answer { text: &turn.reply, lang: turn.lang, is_short, expects_answer };
        self.connection.tell(told).await?;
        match is_short {
            true => self.player.done().await,
            false => _ = self.player.answer(turn.reply, turn.lang).await,
        }
        Ok(())
    }

    fn utterance(&self, heard: &Heard) -> Option<Utterance> {
        let Station { place, turns, .. } = self.station;
        let spoken = Spoken {
            lang: None,
            place: place.area_id(&turns.hub.snapshot().house),
            conversation: format!("satellite-{}", self.address),
            speaker: SPEAKER,
            at_ms: turns.clock.now_ms(),
        };
        utterance(heard, spoken)
    }
}

const PING_INTERVAL: Duration = Duration::from_secs(10);
/// A satellite answers each ping.
const LONGEST_SILENCE: Duration = Duration::from_secs(35);
