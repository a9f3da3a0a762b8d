//! From words to intents: carries what is asked to the model, and its answer back. What is made of it is decided in
//! [`mind::decide`].

use mind::decide::{ModelAnswer, Thresholds, Understanding, Understood};
use mind::reply::StockReply;
use mind::understand::before::Before;

use crate::clock::Stopwatch;
use crate::hub::snapshot::Snapshot;
use crate::model::language_model::{Model, ModelError};

/// Words understood, and how long that took.
#[derive(Debug)]
pub struct Timed {
    /// What was understood.
    pub understood: Understood,
    /// How long the model was waited for, in milliseconds.
    pub model_ms: f64,
    /// How long the engine itself took, in milliseconds; none if it was not asked or failed.
    pub engine_ms: Option<f64>,
}

/// Words to intents, after what went before: the plainest without the model, all else by the model.
pub async fn understand(
    text: &str,
    before: Before,
    snapshot: &Snapshot,
    model: &Model,
    thresholds: Thresholds,
) -> Timed {
    let mut understanding = Understanding::of(text, &snapshot.house, &snapshot.names, thresholds, before);
    let (mut model_ms, mut engine_ms) = (0.0, None);
    while let Some(ask) = understanding.ask() {
        let watch = Stopwatch::start();
        let answer = model.ask(ask).await;
        model_ms += watch.ms();
        if let Ok(answer) = &answer {
            engine_ms = Some(engine_ms.unwrap_or(0.0) + answer.prompt_ms + answer.decode_ms);
        }
        let absent = |error| if error == ModelError::Absent { StockReply::NoModel } else { StockReply::ModelFailed };
        let written = answer.map(|answer| ModelAnswer { tokens: answer.tokens, probs: answer.free_probs });
        understanding.answer(written.map_err(absent));
    }
    Timed { understood: understanding.finish(), model_ms, engine_ms }
}
