//! Words of names that the recogniser does not know: how they sound, as it takes them and as the owner says.
//!
//! Knows how that is told and who may say it; what becomes of it is the recogniser's.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Extension, State};
use serde::{Deserialize, Serialize};
use tracing::info;
use utoipa::ToSchema;
use voice::language::UnknownWord;
use voice::language::common::unknown_words;

use crate::auth::caller::Who;
use crate::context::Web;
use crate::error::{Body, Error, ErrorWire, Path, off_thread};

/// A word of names that the recogniser does not know.
#[derive(Serialize, ToSchema)]
pub(crate) struct PronunciationWire {
    word: String,
    /// The names it is in.
    names: Vec<String>,
    /// Known words for which it is heard now; null if it can't be heard.
    heard_as: Option<String>,
    /// Known words that sound like it, as far as the hub can tell; null if nothing comes near.
    proposed: Option<String>,
    /// What the owner said it sounds like; null if nothing. It is heard for that within seconds.
    own: Option<String>,
}

/// How a word sounds.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SoundsLike {
    /// One to eight words that the recogniser knows, such as `she von`.
    heard_as: String,
}

/// Words of this house's names that the recogniser does not know, with what they are heard for. Only the owner sees
/// them.
#[utoipa::path(
    get,
    path = "/pronunciations",
    tag = "hub",
    security(("session" = [])),
    responses(
        (status = 200, body = Vec<PronunciationWire>),
        (status = 401, body = ErrorWire),
        (status = 403, body = ErrorWire),
    ),
)]
pub(crate) async fn pronunciations(
    web: State<Web>,
    who: Extension<Who>,
) -> Result<Json<Vec<PronunciationWire>>, Error> {
    web.only_owner(&who.0)?;
    Ok(Json(shown(&web)))
}

/// Says how a word sounds, in words that the recogniser knows; kept, and heard within seconds. Only the owner may.
#[utoipa::path(
    put,
    path = "/pronunciations/{word}",
    tag = "hub",
    params(("word" = String, Path, description = "The word, as `GET pronunciations` has it")),
    request_body = SoundsLike,
    security(("session" = [])),
    responses(
        (status = 200, body = Vec<PronunciationWire>),
        (status = 401, body = ErrorWire),
        (status = 403, body = ErrorWire),
        (status = 404, body = ErrorWire),
        (status = 422, body = ErrorWire),
        (status = 507, body = ErrorWire),
    ),
)]
pub(crate) async fn pronounce(
    web: State<Web>,
    who: Extension<Who>,
    word: Path<String>,
    body: Body<SoundsLike>,
) -> Result<Json<Vec<PronunciationWire>>, Error> {
    web.only_owner(&who.0)?;
    let word = word.0;
    if web.ears.unknown.borrow().words.iter().all(|unknown| unknown.word != word) {
        return Err(Error::missing("no name of this house has that word as one that the recogniser does not know")
            .hint("GET /api/v1/pronunciations lists them"));
    }
    let heard_as = body.0.heard_as.to_lowercase();
    let words: Vec<String> = heard_as.split_whitespace().map(str::to_owned).collect();
    if !(1..=MAX_WORDS).contains(&words.len()) || MAX_BYTES < heard_as.len() {
        return Err(Error::unfit(format!("a word sounds like 1 to {MAX_WORDS} words"))
            .hint("write it as it is said, in English words: `she von` for Siobhan"));
    }
    let (model, asked) = (web.ears.recognizer.model(), words.clone());
    let unknown = off_thread(move || {
        let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
        Ok(unknown_words(&model, &asked)?.into_iter().map(str::to_owned).collect::<Vec<_>>())
    });
    let unknown = unknown.await?;
    if !unknown.is_empty() {
        return Err(Error::unfit(format!("the recogniser does not know `{}` either", unknown.join("`, `")))
            .hint("use other words that sound like it; common ones are known, and single letters"));
    }
    change(&web, word, Some(words.join(" "))).await
}

/// Takes back what was said of a word: it is heard for what sounds like it by itself. Only the owner may.
#[utoipa::path(
    delete,
    path = "/pronunciations/{word}",
    tag = "hub",
    params(("word" = String, Path, description = "The word")),
    security(("session" = [])),
    responses(
        (status = 200, body = Vec<PronunciationWire>),
        (status = 401, body = ErrorWire),
        (status = 403, body = ErrorWire),
        (status = 507, body = ErrorWire),
    ),
)]
pub(crate) async fn take_back(
    web: State<Web>,
    who: Extension<Who>,
    word: Path<String>,
) -> Result<Json<Vec<PronunciationWire>>, Error> {
    web.only_owner(&who.0)?;
    change(&web, word.0, None).await
}

async fn change(web: &Web, word: String, heard_as: Option<String>) -> Result<Json<Vec<PronunciationWire>>, Error> {
    let own = web.ears.pronunciations.clone();
    let changed = tokio::task::spawn_blocking(move || own.set(&word, heard_as)).await;
    changed.map_err(anyhow::Error::from).flatten().map_err(|error| Error::unkept(&error))?;
    info!("How a word sounds was changed.");
    Ok(Json(shown(web)))
}

fn shown(web: &Web) -> Vec<PronunciationWire> {
    let own: BTreeMap<String, String> = web.ears.pronunciations.all();
    let wire = |UnknownWord { word, names, heard_as, proposed }: &UnknownWord| PronunciationWire {
        word: word.clone(),
        names: names.clone(),
        heard_as: heard_as.clone(),
        proposed: proposed.clone(),
        own: own.get(word).cloned(),
    };
    web.ears.unknown.borrow().words.iter().map(wire).collect()
}

const MAX_WORDS: usize = 8;
const MAX_BYTES: usize = 100;
