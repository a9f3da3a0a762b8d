//! `hearthd bench --voice`: how quickly what is spoken is heard and done, and what hearing costs, on the real broker,
//! the real models and virtual devices.
//!
//! espeak-ng speaks, as fast as people do: the figures tell how quickly the hub hears, and not how well.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use engine_protocol::speech::SAMPLE_RATE_HZ;
use house::{Domain, Lang, OutcomeKind, Speaker, WayIn};
use mind::names::spoken::spoken_names;
use runtime::clock::{self, Clock, Stopwatch};
use runtime::dispatch::TimeoutScale;
use runtime::household::Household;
use runtime::model::language_model::Model;
use runtime::turn::Turns;
use store::Store;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use voice::ears::{Spoken, utterance};
use voice::endpoint::EndpointSettings;
use voice::listening::{Ends, Progress, listen};
use voice::recognizer::{Recognizer, RecognizerHealth};
use voice::synthesizer::{SynthesizerSettings, speak};
use voice::{Heard, audio, words};

use super::house::{broker_settings, house_of, play, requests, start_hub, wait_until};
use super::process::engine_rss_mb;
use super::{percentile, print};
use crate::config;

/// What was measured.
#[derive(Default)]
struct Times {
    /// From the moment when nobody speaks any more to the words, in milliseconds.
    words_ms: Vec<f64>,
    /// From the same moment until the command has arrived at a client of the broker, in milliseconds.
    publish_ms: Vec<f64>,
    /// Seconds that were computed for a second of sound.
    factors: Vec<f64>,
    /// How many were heard word for word.
    exact: usize,
}

/// Measures with the built-in house, and prints a table.
///
/// # Errors
/// If nothing can be heard, espeak-ng is not there, or the house does not come up.
pub(crate) async fn run(models: Option<PathBuf>) -> anyhow::Result<()> {
    let folder = tempfile::tempdir().context("make a folder for the benchmark")?;
    let settings = config::recognizer_only(models.clone(), folder.path().join("voice"));
    let recognizer = Recognizer::start(settings.clone());
    if let RecognizerHealth::Broken(reason) = recognizer.settled().await {
        anyhow::bail!("speech can't be heard: {reason}");
    }
    let (store, _) = Store::open(&folder.path().join("store"), clock::now_ms())?;
    let broker =
        broker::start(broker_settings()?, crate::start::command_topics(), store.clone(), clock::now_ms).await?;
    let (hub, mqtt) = start_hub(&broker, &store)?;
    let (model, thresholds) = config::model_only(models)?;
    let model = Model::start(model);
    model.settled().await;
    let household = Household::load(store.clone(), thresholds)?;
    let turns = Turns::new(hub, model, Some(store), household, TimeoutScale::REAL, Clock::default());
    let house = house_of(ENTITIES)?;
    let (seen, mut arrivals) = mpsc::channel(1024);
    let mut devices = JoinSet::new();
    devices.spawn(play(house.clone(), mqtt, seen));
    wait_until(&turns.hub, |snapshot| {
        let mut lamps = snapshot.house.of_domain(Domain::Light);
        ENTITIES < snapshot.house.entities.len() && lamps.all(|lamp| lamp.state.value.is_some())
    })
    .await?;
    words::give(&recognizer, &settings, spoken_names(&turns.hub.snapshot().house), BTreeMap::new()).await?;
    let mut times = Times::default();
    for text in requests(&house).iter().take(REQUESTS) {
        times.measure(text, &recognizer, &turns, &mut arrivals).await?;
    }
    print(HEAD);
    print("|---|---|---|---|---|---|---|---|---|");
    print(&times.row(engine_rss_mb(std::process::id(), "hearth-asr")));
    drop(broker);
    Ok(())
}

impl Times {
    /// Speaks a request, hears it and does it.
    async fn measure(
        &mut self,
        text: &str,
        recognizer: &Recognizer,
        turns: &Turns,
        arrivals: &mut mpsc::Receiver<Stopwatch>,
    ) -> anyhow::Result<()> {
        let wav = speak(&SynthesizerSettings::default(), text, Lang::En).await?;
        let samples = audio::from_wav(&wav)?;
        let seconds = samples.len() as f64 / f64::from(SAMPLE_RATE_HZ);
        while arrivals.try_recv().is_ok() {}
        let (heard, silence) = hear(recognizer, samples).await?;
        self.words_ms.push(silence.ms());
        self.factors.push(heard.work_ms / 1000.0 / seconds);
        self.exact += usize::from(heard.hearings.first().is_some_and(|(words, _)| words == text));
        let spoken = Spoken {
            lang: None,
            place: None,
            conversation: "bench".to_owned(),
            speaker: Speaker::Someone(WayIn::Voice),
            at_ms: Clock::default().now_ms(),
        };
        let Some(utterance) = utterance(&heard, spoken) else { return Ok(()) };
        let turn = turns.turn(utterance).await;
        // A lamp that is so already gets no command, and one that was not understood none either.
        if turn.outcomes.iter().any(|outcome| outcome.kind == OutcomeKind::Confirmed)
            && let Ok(Some(arrived)) = tokio::time::timeout(Duration::from_secs(3), arrivals.recv()).await
        {
            let ms = silence.elapsed().saturating_sub(arrived.elapsed()).as_secs_f64() * 1000.0;
            self.publish_ms.push(ms);
        }
        Ok(())
    }

    fn row(&self, recognizer_mb: Option<f64>) -> String {
        format!(
            "| {} | {} | {} | {:.0} | {:.0} | {:.0} | {:.0} | {:.2} | {:.0} |",
            self.words_ms.len(),
            self.exact,
            self.publish_ms.len(),
            percentile(&self.words_ms, 0.5),
            percentile(&self.words_ms, 0.95),
            percentile(&self.publish_ms, 0.5),
            percentile(&self.publish_ms, 0.95),
            percentile(&self.factors, 0.5),
            recognizer_mb.unwrap_or(f64::NAN),
        )
    }
}

/// Hears sound that comes as fast as it is spoken, with silence behind it; since when nobody spoke any more.
async fn hear(recognizer: &Recognizer, samples: Vec<i16>) -> anyhow::Result<(Heard, Stopwatch)> {
    let (to, mut from) = mpsc::channel(4);
    let mut speaking = JoinSet::new();
    speaking.spawn(async move {
        let mut tick = tokio::time::interval(Duration::from_secs_f64(PIECE as f64 / f64::from(SAMPLE_RATE_HZ)));
        let silence = std::iter::repeat_with(|| vec![0; PIECE]);
        for piece in samples.chunks(PIECE).map(<[i16]>::to_vec).chain(silence) {
            tick.tick().await;
            if to.send(piece).await.is_err() {
                return;
            }
        }
    });
    let mut silent_since = None;
    let tell = |progress| {
        if progress == Progress::Silence {
            silent_since = Some(Stopwatch::start());
        }
    };
    let heard = listen(recognizer, Ends::BySilence(EndpointSettings::default()), &mut from, tell).await?;
    Ok((heard, silent_since.context("nobody was heard to speak")?))
}

const HEAD: &str = "| requests | heard word for word | that moved a lamp | end of speech → words p50 ms | p95 ms | \
                    end of speech → publish p50 ms | p95 ms | real-time factor p50 | recogniser MB |";
const ENTITIES: usize = 60;
const REQUESTS: usize = 40;
/// A sixteenth of a second, as a page sends it.
const PIECE: usize = SAMPLE_RATE_HZ as usize / 16;
