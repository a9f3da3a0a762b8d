//! A voice satellite that is reached: its messages and what they mean, in the order in which its firmware wants them.

use std::net::IpAddr;
use std::time::Duration;

use anyhow::bail;
use runtime::clock;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tracing::{debug, warn};
use voice::audio::{Incoming as Sound, to_bytes};

use super::link::Outgoing;
use super::media::Media;
use super::messages::{
    COMMAND_STOP, DisconnectRequest, DisconnectResponse, FromDevice, GetTimeResponse, MediaPlayerCommandRequest,
    PingRequest, PingResponse, TimerEvent, USE_WAKE_WORD, VoiceAssistantAnnounceRequest, VoiceAssistantAudio,
    VoiceAssistantEventData, VoiceAssistantEventResponse, VoiceAssistantRequest, VoiceAssistantResponse,
    VoiceAssistantTimerEventResponse, VoiceEvent, feature,
};
use super::output::{Playing, Speaker, Streamed};
use crate::aloud::{Played, Sounding};
use crate::satellite::{Connection, Purpose, Said, TimerChange, TimerChangeKind, Told};

/// A satellite that is reached.
pub(super) struct EsphomeConnection {
    pub(super) arrived: mpsc::Receiver<anyhow::Result<FromDevice>>,
    /// It ends with the connection.
    pub(super) _reader: JoinSet<()>,
    pub(super) out: Outgoing,
    /// The hub's own address, as the device sees it.
    pub(super) own: IpAddr,
    pub(super) media: Media,
    pub(super) purpose: Purpose,
    /// What it can do.
    pub(super) features: u32,
    pub(super) speaker: Speaker,
    /// The sound that it sends.
    pub(super) sound: Sound,
    pub(super) run: Run,
    pub(super) streamed: Option<Streamed>,
    pub(super) playing: Playing,
}

/// How far what is said there has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Run {
    /// Nothing is said.
    Idle,
    /// It is being heard, or done.
    Heard,
    /// The answer is this, and its sound comes next.
    Answered(String),
}

impl Connection for EsphomeConnection {
    type Message = anyhow::Result<FromDevice>;

    fn rings_timers(&self) -> bool {
        self.features & feature::TIMERS != 0
    }

    fn plays_only_answers(&self) -> bool {
        !self.speaker.announces && self.speaker.player.is_none()
    }

    async fn next(&mut self) -> Option<Self::Message> {
        self.arrived.recv().await
    }

    async fn take(&mut self, message: Self::Message) -> anyhow::Result<Said> {
        match message? {
            FromDevice::Request(request) => return self.request(&request).await,
            FromDevice::Audio(audio) if self.run == Run::Heard => {
                return Ok(if audio.end { Said::End } else { Said::Sound(self.sound.take(&audio.data)?) });
            }
            FromDevice::Ping => self.out.send(&PingResponse {}).await?,
            FromDevice::GetTime => self.out.send(&GetTimeResponse::at(clock::now_ms())).await?,
            FromDevice::Finished => {
                self.playing.end();
                self.play_waiting().await?;
            }
            FromDevice::Disconnect => {
                self.out.send(&DisconnectResponse {}).await?;
                bail!("the satellite said goodbye");
            }
            _ => {}
        }
        Ok(Said::Nothing)
    }

    async fn tell(&mut self, told: Told<'_>) -> anyhow::Result<()> {
        match told {
            Told::Ping => {
                self.out.send(&PingRequest {}).await?;
                self.play_waiting().await
            }
            Told::Sound(played) => self.play(played).await,
            Told::Timer(change) if self.rings_timers() => self.out.send(&timer_event(change)).await,
            Told::Timer(_) => Ok(()),
            // The satellite has broken off what was said.
            _ if self.run == Run::Idle => Ok(()),
            Told::Speech => self.event(VoiceEvent::SttVadStart, &[]).await,
            Told::Silence => self.event(VoiceEvent::SttVadEnd, &[]).await,
            Told::NotHeard(why) => self.fail("stt-stream-failed", why).await,
            Told::Heard { is_nearest: false, .. } => self.fail(DUPLICATE, "Another satellite was nearer").await,
            Told::Heard { text: "", .. } => self.fail("stt-no-text-recognized", "No text recognized").await,
            Told::Heard { text, .. } => {
                self.event(VoiceEvent::SttEnd, &[("text", text)]).await?;
                self.event(VoiceEvent::IntentStart, &[]).await
            }
            Told::Answer { text, expects_answer, .. } => {
                self.run = Run::Answered(text.to_owned());
                let goes_on = if expects_answer { "1" } else { "0" };
                self.event(VoiceEvent::IntentEnd, &[("continue_conversation", goes_on)]).await
            }
        }
    }

    async fn leave(&mut self) {
        let _ = self.out.send(&DisconnectRequest {}).await;
    }
}

impl EsphomeConnection {
    /// It wants to be heard, or no longer.
    async fn request(&mut self, request: &VoiceAssistantRequest) -> anyhow::Result<Said> {
        if !request.start {
            // It says so too once it was told that it can't be heard.
            let is_broken_off = std::mem::replace(&mut self.run, Run::Idle) != Run::Idle;
            if is_broken_off {
                self.event(VoiceEvent::RunEnd, &[]).await?;
            }
            return Ok(if is_broken_off { Said::Stop } else { Said::Nothing });
        }
        self.out.send(&VoiceAssistantResponse { port: 0, error: false }).await?;
        self.event(VoiceEvent::RunStart, &[]).await?;
        if request.flags & USE_WAKE_WORD != 0 {
            warn!("An ESPHome device leaves its wake word to the hub; let it use micro_wake_word.");
            self.fail("wake-provider-missing", "The hub waits for no wake word of satellites").await?;
            return Ok(Said::Nothing);
        }
        self.run = Run::Heard;
        self.event(VoiceEvent::SttStart, &[]).await?;
        Ok(Said::Begin { is_woken: true })
    }

    async fn play(&mut self, played: Played) -> anyhow::Result<()> {
        match played {
            Played::Start(sounding) if sounding.is_answer => self.answer(&sounding).await,
            Played::Start(sounding) if self.playing.is_on() => {
                self.playing.wait(sounding);
                Ok(())
            }
            Played::Start(sounding) => self.announce(&sounding).await,
            Played::Piece(_) => self.stream(Some(PIECE)).await,
            Played::End if self.streamed.is_some() => {
                self.stream(None).await?;
                self.streamed = None;
                self.event(VoiceEvent::TtsStreamEnd, &[]).await
            }
            Played::End => Ok(()),
            Played::Cut => self.cut().await,
            Played::Nothing => match std::mem::replace(&mut self.run, Run::Idle) {
                Run::Answered(text) => {
                    self.event(VoiceEvent::TtsStart, &[("text", &text)]).await?;
                    self.event(VoiceEvent::RunEnd, &[]).await
                }
                run => {
                    self.run = run;
                    Ok(())
                }
            },
        }
    }

    /// The sound of an answer begins.
    async fn answer(&mut self, sounding: &Sounding) -> anyhow::Result<()> {
        let Run::Answered(text) = std::mem::replace(&mut self.run, Run::Idle) else { return Ok(()) };
        let url = self.offer(sounding)?;
        self.event(VoiceEvent::TtsStart, &[("text", &text)]).await?;
        if self.speaker.is_streamed {
            self.streamed = Some(Streamed::of(&sounding.pcm)?);
            self.event(VoiceEvent::TtsStreamStart, &[]).await?;
        } else {
            self.playing.begin(&sounding.pcm);
        }
        self.event(VoiceEvent::TtsEnd, &[("url", &url)]).await?;
        self.event(VoiceEvent::RunEnd, &[]).await
    }

    /// Something sounds that nobody there asked for.
    async fn announce(&mut self, sounding: &Sounding) -> anyhow::Result<()> {
        let media_id = self.offer(sounding)?;
        match (self.purpose, self.speaker.announces, self.speaker.player) {
            (Purpose::Talk, true, _) => {
                self.playing.begin(&sounding.pcm);
                self.out.send(&VoiceAssistantAnnounceRequest { media_id, text: sounding.words.clone() }).await
            }
            (_, _, Some(key)) => {
                self.playing.begin(&sounding.pcm);
                let play = MediaPlayerCommandRequest { has_media_url: true, media_url: media_id, ..announcement(key) };
                self.out.send(&play).await
            }
            (_, _, None) => {
                debug!("A satellite plays nothing but answers.");
                Ok(())
            }
        }
    }

    /// What waited for the sound before is played, if that is over.
    async fn play_waiting(&mut self) -> anyhow::Result<()> {
        match self.playing.next() {
            Some(sounding) => self.announce(&sounding).await,
            None => Ok(()),
        }
    }

    async fn cut(&mut self) -> anyhow::Result<()> {
        if self.streamed.take().is_some() {
            self.event(VoiceEvent::TtsStreamEnd, &[]).await?;
        }
        match (self.playing.cut(), self.speaker.player) {
            (true, Some(key)) => {
                let stop = MediaPlayerCommandRequest { has_command: true, command: COMMAND_STOP, ..announcement(key) };
                self.out.send(&stop).await
            }
            (true, None) | (false, _) => Ok(()),
        }
    }

    /// The next of an answer that goes there in messages, or all that is left of it.
    async fn stream(&mut self, time: Option<Duration>) -> anyhow::Result<()> {
        let Some(streamed) = &mut self.streamed else { return Ok(()) };
        for samples in streamed.next(time).chunks(MESSAGE) {
            self.out.send(&VoiceAssistantAudio { data: to_bytes(samples), end: false }).await?;
        }
        Ok(())
    }

    /// The address of a sound.
    fn offer(&self, sounding: &Sounding) -> anyhow::Result<String> {
        Ok(self.media.offer(self.speaker.form.encode(&sounding.pcm)?, self.own))
    }

    async fn event(&mut self, event: VoiceEvent, data: &[(&str, &str)]) -> anyhow::Result<()> {
        let data = data.iter().map(|(name, value)| {
            let (name, value) = ((*name).to_owned(), (*value).to_owned());
            VoiceAssistantEventData { name, value }
        });
        self.out.send(&VoiceAssistantEventResponse { event_type: event.into(), data: data.collect() }).await
    }

    /// What was said comes to nothing.
    async fn fail(&mut self, code: &str, message: &str) -> anyhow::Result<()> {
        self.run = Run::Idle;
        self.event(VoiceEvent::Error, &[("code", code), ("message", message)]).await?;
        self.event(VoiceEvent::RunEnd, &[]).await
    }
}

/// What a media player is asked about its announcements.
fn announcement(key: u32) -> MediaPlayerCommandRequest {
    MediaPlayerCommandRequest {
        key,
        has_announcement: true,
        announcement: true,
        ..MediaPlayerCommandRequest::default()
    }
}

/// What happened to a timer, as a message.
fn timer_event(change: &TimerChange) -> VoiceAssistantTimerEventResponse {
    let TimerChange { kind, timer } = change;
    let event = match kind {
        TimerChangeKind::Started => TimerEvent::Started,
        TimerChangeKind::Updated => TimerEvent::Updated,
        TimerChangeKind::Cancelled => TimerEvent::Cancelled,
        TimerChangeKind::Finished => TimerEvent::Finished,
    };
    let seconds = |seconds: u64| u32::try_from(seconds).unwrap_or(u32::MAX);
    VoiceAssistantTimerEventResponse {
        event_type: event.into(),
        timer_id: timer.id.clone(),
        name: timer.name.clone().unwrap_or_default(),
        total_seconds: seconds(timer.length_s),
        seconds_left: seconds(timer.left_s),
        is_active: timer.is_active && *kind != TimerChangeKind::Cancelled,
    }
}

/// The code by which a satellite knows that it need not tell of an error.
const DUPLICATE: &str = "duplicate_wake_up_detected";
/// The time of a piece, as it is played.
const PIECE: Duration = crate::aloud::PIECE;
/// Samples of a message: 32 ms, as Home Assistant sends them.
const MESSAGE: usize = 512;
