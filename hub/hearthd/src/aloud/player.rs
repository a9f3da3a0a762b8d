//! Plays what is heard at one place: a reply first, then danger and what everyone is told, then what rings.
//!
//! Sound goes out a piece at a time and hardly ahead of being heard, so that whoever speaks silences it at once.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use house::{Lang, Notice, NoticeKind, Ring};
use runtime::clock::{Clock, Stopwatch};
use runtime::hub::handle::Handle;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{Interval, MissedTickBehavior, interval};
use tracing::{debug, warn};
use voice::audio::Pcm;

use super::place::{Place, Ringing};
use super::sounds;
use super::speech::{SpeechSettings, speak};

/// What a speaker is to do next.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Played {
    /// Sound begins.
    Start(Sounding),
    /// Its next piece.
    Piece(Vec<i16>),
    /// All of it has been given.
    End,
    /// It is to be silent at once, whatever was given.
    Cut,
    /// There is an answer, but it can't be said.
    Nothing,
}

/// A sound that begins.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sounding {
    /// All of it, of one channel, for a speaker that takes no pieces.
    pub(crate) pcm: Arc<Pcm>,
    /// The words that are in it, none of a tone alone.
    pub(crate) words: String,
    /// Whether it answers what was said here.
    pub(crate) is_answer: bool,
}

/// A place that can be told to speak. What it plays ends when this is dropped.
pub(crate) struct Player {
    orders: mpsc::Sender<Order>,
    saying: watch::Receiver<Option<String>>,
    _playing: JoinSet<()>,
}

enum Order {
    /// Someone speaks.
    Hush,
    /// Nobody speaks any more, and there is nothing to say to it.
    GoOn,
    /// This is the answer; it has begun when the other end is told or gone.
    Answer { text: String, lang: Lang, begun: oneshot::Sender<()> },
    /// All went well.
    Done,
    /// Whether something else rings here when a timer runs out.
    LeaveTimers(bool),
}

impl Player {
    /// Begins to play at a place; what is to be heard comes out of the channel.
    pub(crate) fn start(
        place: Place,
        speech: SpeechSettings,
        hub: Handle,
        clock: Clock,
    ) -> (Self, mpsc::Receiver<Played>) {
        let (orders, taken) = mpsc::channel(MAX_ORDERS);
        let (out, played) = mpsc::channel(MAX_PIECES);
        let (says, saying) = watch::channel(None);
        let playback = Playback {
            place,
            speech,
            hub,
            clock,
            out,
            says,
            now: None,
            waiting: VecDeque::new(),
            rang: BTreeMap::new(),
            silent_since: None,
            hushed: None,
            leaves_timers: false,
        };
        let mut playing = JoinSet::new();
        playing.spawn(async move { drop(playback.run(taken).await) });
        (Self { orders, saying, _playing: playing }, played)
    }

    /// Is silent at once, until there is an answer or [`Self::go_on`] is called.
    pub(crate) async fn hush(&self) {
        self.order(Order::Hush).await;
    }

    /// Goes on with what waits.
    pub(crate) async fn go_on(&self) {
        self.order(Order::GoOn).await;
    }

    /// Says an answer; what comes back ends when it has begun, or can't be said.
    pub(crate) async fn answer(&self, text: String, lang: Lang) -> oneshot::Receiver<()> {
        let (begun, begins) = oneshot::channel();
        self.order(Order::Answer { text, lang, begun }).await;
        begins
    }

    /// The words that sound at the moment, none of a tone alone; `None` while nothing sounds.
    pub(crate) fn saying(&self) -> watch::Receiver<Option<String>> {
        self.saying.clone()
    }

    /// Leaves it to something else to ring when a timer runs out, or no longer.
    pub(crate) async fn leave_timers(&self, is_left: bool) {
        self.order(Order::LeaveTimers(is_left)).await;
    }

    /// Sounds as after something that was done as asked.
    pub(crate) async fn done(&self) {
        self.order(Order::Done).await;
    }

    async fn order(&self, order: Order) {
        // It ends only with whoever plays, and then there is nothing to hear it.
        let _ = self.orders.send(order).await;
    }
}

/// A sound that is played.
struct Sound {
    pcm: Arc<Pcm>,
    at: usize,
    /// Whether it is that of something that rings.
    rings: bool,
}

/// Why something sounds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reason {
    Answer,
    Notice,
    Ring,
}

/// Sound, and the words that are in it.
#[derive(Clone)]
struct Worded {
    pcm: Pcm,
    words: String,
}

struct Playback {
    place: Place,
    speech: SpeechSettings,
    hub: Handle,
    clock: Clock,
    out: mpsc::Sender<Played>,
    says: watch::Sender<Option<String>>,
    now: Option<Sound>,
    waiting: VecDeque<Worded>,
    /// What rings here, and since when.
    rang: BTreeMap<String, Stopwatch>,
    /// Since what rings has sounded last.
    silent_since: Option<Stopwatch>,
    /// Since when someone speaks.
    hushed: Option<Stopwatch>,
    /// Whether something else rings here when a timer runs out.
    leaves_timers: bool,
}

/// Nobody plays any more.
struct Gone;

impl Playback {
    async fn run(mut self, mut orders: mpsc::Receiver<Order>) -> Result<(), Gone> {
        let mut rings = self.hub.rings();
        let mut house = self.hub.watch();
        let mut beat: Interval = interval(PIECE);
        beat.set_missed_tick_behavior(MissedTickBehavior::Skip);
        self.look();
        loop {
            tokio::select! {
                order = orders.recv() => self.order(order.ok_or(Gone)?).await?,
                ring = rings.recv() => match ring {
                    Ok(Ring::Notice(notice)) => self.notice(&notice).await,
                    Ok(Ring::Timer(_)) => {}
                    Err(RecvError::Lagged(count)) => warn!(count, "Notices were too many to be said."),
                    Err(RecvError::Closed) => return Ok(()),
                },
                changed = house.changed() => {
                    changed.map_err(|_| Gone)?;
                    house.mark_unchanged();
                    self.look();
                }
                _ = beat.tick(), if self.is_busy() => self.beat().await?,
            }
        }
    }

    fn is_busy(&self) -> bool {
        self.now.is_some() || !self.waiting.is_empty() || !self.rang.is_empty()
    }

    async fn order(&mut self, order: Order) -> Result<(), Gone> {
        match order {
            Order::Hush => {
                self.hushed = Some(Stopwatch::start());
                // The end of what was given may still sound.
                self.over();
                self.send(Played::Cut).await
            }
            Order::GoOn => {
                self.hushed = None;
                Ok(())
            }
            Order::Answer { text, lang, begun } => {
                let said = self.words(&text, lang).await;
                self.reply(said.map(|pcm| Worded { pcm, words: text })).await?;
                // Whoever asked may not care.
                let _ = begun.send(());
                Ok(())
            }
            Order::Done => self.reply(Some(worded(sounds::done, &[], String::new()))).await,
            Order::LeaveTimers(is_left) => {
                self.leaves_timers = is_left;
                self.look();
                Ok(())
            }
        }
    }

    async fn reply(&mut self, sound: Option<Worded>) -> Result<(), Gone> {
        self.hushed = None;
        self.cut().await?;
        match sound {
            Some(sound) => self.play(sound, Reason::Answer).await,
            None => self.send(Played::Nothing).await,
        }
    }

    async fn notice(&mut self, notice: &Notice) {
        if !self.place.says(notice, &self.hub.snapshot().house) {
            return;
        }
        let Some(words) = self.words(&notice.said, notice.lang).await else { return };
        match notice.kind {
            NoticeKind::Danger => put_first(&mut self.waiting, worded(sounds::danger, &[words], notice.said.clone())),
            _ => put_last(&mut self.waiting, worded(sounds::attention, &[words], notice.said.clone())),
        }
    }

    /// Looks what rings here; since when is kept.
    fn look(&mut self) {
        let ringing = self.ringing();
        self.rang.retain(|id, _| ringing.iter().any(|one| one.id == *id));
        for one in ringing {
            self.rang.entry(one.id).or_insert_with(Stopwatch::start);
        }
        if self.rang.is_empty() {
            self.silent_since = None;
        }
    }

    fn ringing(&self) -> Vec<Ringing> {
        let around = self.clock.around(self.clock.now_ms());
        let house = &self.hub.snapshot().house;
        let is_left = |one: &Ringing| self.leaves_timers && house.timers.iter().any(|timer| timer.id == one.id);
        let mut ringing = self.place.ringing(house, &around);
        ringing.retain(|one| !is_left(one));
        ringing
    }

    /// The next piece of what plays, or the next to play.
    async fn beat(&mut self) -> Result<(), Gone> {
        if self.hushed.as_ref().is_some_and(|since| since.elapsed() < LONGEST_HUSH) {
            return Ok(());
        }
        self.hushed = None;
        if self.now.as_ref().is_some_and(|now| now.rings) && self.rang.is_empty() {
            return self.cut().await;
        }
        if self.now.is_some() {
            return self.piece().await;
        }
        if let Some(sound) = self.waiting.pop_front() {
            return self.play(sound, Reason::Notice).await;
        }
        if self.silent_since.as_ref().is_none_or(|since| BETWEEN_RINGS <= since.elapsed())
            && let Some(sound) = self.ring().await
        {
            return self.play(sound, Reason::Ring).await;
        }
        Ok(())
    }

    /// Everything that rings, each louder the longer it does.
    async fn ring(&mut self) -> Option<Worded> {
        let ringing = self.ringing();
        let mut words = Vec::new();
        for one in &ringing {
            words.extend(self.words(&one.said, one.lang).await);
        }
        let longest = self.rang.values().map(|since| since.elapsed()).max()?;
        let loudness = SOFTEST + (1.0 - SOFTEST) * (longest.as_secs_f32() / LOUDEST_AFTER.as_secs_f32()).min(1.0);
        let said: Vec<&str> = ringing.iter().map(|one| one.said.as_str()).collect();
        let mut sound = worded(sounds::ring, &words, said.join(" "));
        sound.pcm.samples.iter_mut().for_each(|sample| *sample = (f32::from(*sample) * loudness) as i16);
        Some(sound)
    }

    async fn play(&mut self, sound: Worded, reason: Reason) -> Result<(), Gone> {
        let Worded { pcm, words } = sound;
        let pcm = Arc::new(pcm);
        let is_answer = reason == Reason::Answer;
        self.send(Played::Start(Sounding { pcm: pcm.clone(), words: words.clone(), is_answer })).await?;
        self.says.send_replace(Some(words));
        self.now = Some(Sound { pcm, at: 0, rings: reason == Reason::Ring });
        // So much ahead, that a network that stutters is not heard.
        for _ in 0..AHEAD {
            self.piece().await?;
        }
        Ok(())
    }

    async fn piece(&mut self) -> Result<(), Gone> {
        let Some(now) = &mut self.now else { return Ok(()) };
        let count = now.pcm.rate_hz as usize * PIECE.as_millis() as usize / 1000;
        let piece: Vec<i16> = now.pcm.samples.iter().skip(now.at).take(count).copied().collect();
        now.at += count;
        match piece.is_empty() {
            true => {
                self.over();
                self.send(Played::End).await
            }
            false => self.send(Played::Piece(piece)).await,
        }
    }

    /// Ends what plays before its end.
    async fn cut(&mut self) -> Result<(), Gone> {
        match self.over() {
            true => self.send(Played::Cut).await,
            false => Ok(()),
        }
    }

    /// Nothing plays any more; whether something did.
    fn over(&mut self) -> bool {
        let Some(now) = self.now.take() else { return false };
        if now.rings {
            self.silent_since = Some(Stopwatch::start());
        }
        self.says.send_replace(None);
        true
    }

    async fn send(&self, played: Played) -> Result<(), Gone> {
        self.out.send(played).await.map_err(|_| Gone)
    }

    /// Words as sound; none if they can't be said, for what rings rings without them.
    async fn words(&self, text: &str, lang: Lang) -> Option<Pcm> {
        let said = speak(&self.speech, text, lang).await;
        said.inspect_err(|error| debug!(error = format!("{error:#}"), "Something can't be said.")).ok()
    }
}

/// Danger goes before all else that waits, and displaces it where there is no room.
fn put_first(waiting: &mut VecDeque<Worded>, sound: Worded) {
    (0..DANGER_TIMES).for_each(|_| waiting.push_front(sound.clone()));
    waiting.truncate(MAX_WAITING);
}

/// What else is told waits its turn, and displaces nothing.
fn put_last(waiting: &mut VecDeque<Worded>, sound: Worded) {
    if waiting.len() < MAX_WAITING {
        waiting.push_back(sound);
    }
}

/// A tone and words after it, at the rate of the words.
fn worded(tone: fn(u32) -> Vec<i16>, said: &[Pcm], words: String) -> Worded {
    let rate_hz = said.first().map_or(sounds::USUAL_RATE_HZ, |pcm| pcm.rate_hz);
    let mut samples = tone(rate_hz);
    samples.extend(said.iter().filter(|pcm| pcm.rate_hz == rate_hz).flat_map(|pcm| &pcm.samples));
    Worded { pcm: Pcm { rate_hz, samples }, words }
}

/// Of sound that goes out at once.
pub(crate) const PIECE: Duration = Duration::from_millis(100);
/// Pieces that are sent before their time.
const AHEAD: usize = 3;
/// What rings is silent for so long in between.
const BETWEEN_RINGS: Duration = Duration::from_secs(2);
/// How loud it rings at first, as a part of how loud it can.
const SOFTEST: f32 = 0.25;
const LOUDEST_AFTER: Duration = Duration::from_secs(60);
const DANGER_TIMES: usize = 3;
/// Whoever speaks has been heard by then.
const LONGEST_HUSH: Duration = Duration::from_secs(25);
const MAX_ORDERS: usize = 8;
const MAX_PIECES: usize = 8;
/// Notices that wait to be said.
const MAX_WAITING: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn danger_goes_first_and_no_crowd_displaces_it() {
        let sound = |rate_hz: u32| Worded { pcm: Pcm { rate_hz, samples: Vec::new() }, words: String::new() };
        let mut waiting = VecDeque::new();
        (0..20).for_each(|at| put_last(&mut waiting, sound(at)));
        put_first(&mut waiting, sound(99));
        (0..20).for_each(|at| put_last(&mut waiting, sound(at)));
        let rates: Vec<u32> = waiting.iter().map(|sound| sound.pcm.rate_hz).collect();
        assert_eq!(rates, [99, 99, 99, 0, 1, 2, 3, 4]);
    }
}
