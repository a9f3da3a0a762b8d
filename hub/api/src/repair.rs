//! A turn that went wrong: what its words were meant to say, or which thing they named. Holds from then on, and is
//! kept as an example.

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::header;
use axum::response::IntoResponse;
use house::{Entity, EntityId, House, Lang, Resolved, TurnId, Utterance};
use mind::names::fuzzy::likeness;
use mind::reply;
use mind::understand::before::Before;
use mind::understand::examples::commands_for;
use mind::words::key;
use serde::{Deserialize, Serialize};
use tracing::info;
use utoipa::ToSchema;

use crate::auth::caller::Who;
use house::Edit;
use mind::conversation::Conversation;
use mind::decide::Understood;
use runtime::turn::{resolve_all, understand};
use store::{ExampleRecord, TurnRecord};

use crate::context::Web;
use crate::error::{Body, ErrorWire, Path, Query};
use crate::error::{Error, off_thread};
use crate::requests::{Speaking, spoken_by};
use crate::{naming, turns};

/// What a turn that went wrong may have meant.
#[derive(Serialize, ToSchema)]
pub(crate) struct RepairWire {
    /// What was said.
    words: String,
    /// Sentences that the hub can do and that are close to the words.
    sentences: Vec<SentenceWire>,
    /// Things whose names are close to something that was said.
    names: Vec<NearWire>,
}

/// A sentence that the hub can do.
#[derive(Serialize, ToSchema)]
pub(crate) struct SentenceWire {
    /// The sentence.
    text: String,
    /// What it does, read back.
    does: String,
}

/// A thing whose name is close to something that was said.
#[derive(Serialize, ToSchema)]
pub(crate) struct NearWire {
    entity_id: String,
    name: String,
    /// Its area's name.
    area: Option<String>,
    /// The words that are close to its name.
    heard: String,
}

/// How a turn was meant: `means`, or `entity_id` and `name`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Meant {
    /// The right sentence: the words of the turn mean this from now on.
    means: Option<String>,
    /// The thing that was meant: it has the name `name` too from now on.
    entity_id: Option<String>,
    name: Option<String>,
    /// Whether it is kept; if not, it is only read back.
    #[serde(default)]
    keep: bool,
}

/// What became of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Repaired {
    /// What the words do from now on, or would do.
    does: String,
    kept: bool,
}

/// Words that the household taught.
#[derive(Serialize, ToSchema)]
pub(crate) struct PhraseWire {
    phrase: String,
    means: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Unteach {
    phrase: String,
}

/// What a turn that went wrong may have meant: the nearest things that the hub can do.
#[utoipa::path(
    get,
    path = "/turns/{id}/repair",
    tag = "repair",
    params(("id" = String, Path, description = "The turn's id"), Speaking),
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, body = RepairWire),
        (status = 401, body = ErrorWire),
        (status = 403, body = ErrorWire),
        (status = 404, body = ErrorWire),
    ),
)]
pub(crate) async fn offers(
    web: State<Web>,
    who: Extension<Who>,
    id: Path<String>,
    speaking: Query<Speaking>,
) -> Result<Json<RepairWire>, Error> {
    web.only_editors(&who.0)?;
    let (_, record) = turns::one(&web, &who.0, id.0)?;
    let utterance = spoken_by(&web, &who.0, &speaking.0, record.text.clone())?;
    let lang = Lang::parse(&record.lang);
    let near = nearest(&record.text, &web.hub.snapshot().house);
    let mut sentences = Vec::new();
    for text in near.iter().take(MOST_NAMES).flat_map(|(entity, _)| commands_for(entity, lang)).take(MOST_TRIED) {
        let understood =
            understand(&text, Before::default(), &web.hub.snapshot(), &web.model, web.household.thresholds())
                .await
                .understood;
        if let Ok(does) = read_back(&web, &utterance, &understood, &text, lang)
            && sentences.iter().all(|other: &SentenceWire| other.does != does)
        {
            sentences.push(SentenceWire { text, does });
        }
    }
    sentences.truncate(MOST_SENTENCES);
    let snapshot = web.hub.snapshot();
    let name = |(entity, heard): (Entity, String)| NearWire {
        entity_id: entity.id.to_string(),
        area: snapshot.house.area_of(&entity).map(|area| area.name.clone()),
        name: entity.name,
        heard,
    };
    // What is called so already needs no other name.
    let unnamed = near.into_iter().filter(|(entity, heard)| entity.names().all(|name| key(name) != key(heard)));
    Ok(Json(RepairWire { words: record.text, sentences, names: unnamed.take(MOST_NAMES).map(name).collect() }))
}

/// Takes in how a turn was meant, at once and for good: another meaning of its words, or another name of a thing.
#[utoipa::path(
    post,
    path = "/turns/{id}/repair",
    tag = "repair",
    params(("id" = String, Path, description = "The turn's id"), Speaking),
    request_body = Meant,
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, body = Repaired),
        (status = 401, body = ErrorWire),
        (status = 403, body = ErrorWire),
        (status = 404, body = ErrorWire),
        (status = 422, body = ErrorWire),
    ),
)]
pub(crate) async fn repair(
    web: State<Web>,
    who: Extension<Who>,
    id: Path<String>,
    speaking: Query<Speaking>,
    body: Body<Meant>,
) -> Result<Json<Repaired>, Error> {
    web.only_editors(&who.0)?;
    let (id, record) = turns::one(&web, &who.0, id.0)?;
    let utterance = spoken_by(&web, &who.0, &speaking.0, record.text.clone())?;
    let lang = speaking.0.lang.as_deref().map_or_else(|| Lang::parse(&record.lang), Lang::parse);
    let Meant { means, entity_id, name, keep } = body.0;
    let does = match (means, entity_id, name) {
        (Some(means), None, None) => meant_words(&web, &utterance, (&id, &record), &means, lang, keep).await?,
        (None, Some(entity), Some(name)) => {
            meant_name(&web, (&id, &record), EntityId::new(entity), &name, lang, keep).await?
        }
        _ => return Err(Error::unfit("say `means`, or `entity_id` and `name`")),
    };
    Ok(Json(Repaired { does, kept: keep }))
}

/// Examples of turns that went wrong and how they were meant, as JSON lines for training. Only the owner may.
#[utoipa::path(
    get,
    path = "/examples",
    tag = "repair",
    security(("session" = [])),
    responses(
        (
            status = 200,
            description = "One example a line: `at_ms`, `person`, `lang`, `words`, `wrong_code`, `meaning`, \
             `right_code`, `named`",
            body = ExampleRecord,
            content_type = "application/jsonl",
        ),
        (status = 401, body = ErrorWire),
        (status = 403, body = ErrorWire),
    ),
)]
pub(crate) async fn examples(web: State<Web>, who: Extension<Who>) -> Result<impl IntoResponse, Error> {
    web.only_owner(&who.0)?;
    let store = web.store.clone();
    let examples = off_thread(move || store.examples()).await?;
    let lines: String =
        examples.iter().filter_map(|example| serde_json::to_string(example).ok()).map(|line| line + "\n").collect();
    Ok(([(header::CONTENT_TYPE, "application/jsonl")], lines))
}

/// Words that the household taught.
#[utoipa::path(
    get,
    path = "/phrases",
    tag = "repair",
    security(("token" = []), ("session" = [])),
    responses((status = 200, body = Vec<PhraseWire>), (status = 401, body = ErrorWire)),
)]
pub(crate) async fn phrases(web: State<Web>) -> Json<Vec<PhraseWire>> {
    Json(web.household.phrases().into_iter().map(|(phrase, means)| PhraseWire { phrase, means }).collect())
}

/// Forgets what words were taught to mean.
#[utoipa::path(
    delete,
    path = "/phrases",
    tag = "repair",
    request_body = Unteach,
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, description = "They mean nothing special any more"),
        (status = 401, body = ErrorWire),
        (status = 403, body = ErrorWire),
        (status = 404, body = ErrorWire),
    ),
)]
pub(crate) async fn unteach(
    web: State<Web>,
    who: Extension<Who>,
    body: Body<Unteach>,
) -> Result<Json<serde_json::Value>, Error> {
    web.only_editors(&who.0)?;
    let (household, phrase) = (web.household.clone(), body.0.phrase.clone());
    match off_thread(move || household.unteach(&phrase)).await? {
        true => Ok(Json(serde_json::json!({ "gone": body.0.phrase }))),
        false => Err(Error::missing("these words were not taught")),
    }
}

async fn meant_words(
    web: &Web,
    utterance: &Utterance,
    (id, record): (&TurnId, &TurnRecord),
    means: &str,
    lang: Lang,
    keep: bool,
) -> Result<String, Error> {
    if LONGEST_MEANING < means.len() {
        return Err(Error::unfit(format!("at most {LONGEST_MEANING} bytes")));
    }
    let unfit = |nothing| Error::unfit(reply::stock_reply(nothing, lang));
    let understood = web.turns.teachable(&record.text, means).await.map_err(unfit)?;
    let does = read_back(web, utterance, &understood, means, lang).map_err(Error::unfit)?;
    if keep {
        web.turns.keep_phrase(&record.text, means).map_err(unfit)?;
        keep_example(
            web,
            id,
            record,
            ExampleRecord { meaning: means.to_owned(), right_code: understood.codes, ..ExampleRecord::default() },
        )
        .await?;
    }
    Ok(does)
}

async fn meant_name(
    web: &Web,
    (id, record): (&TurnId, &TurnRecord),
    entity: EntityId,
    name: &str,
    lang: Lang,
    keep: bool,
) -> Result<String, Error> {
    let snapshot = web.hub.snapshot();
    let known =
        snapshot.house.entities.get(&entity).ok_or_else(|| Error::missing(format!("there is no entity `{entity}`")))?;
    let does = reply::taught(name, &known.name, lang);
    if keep {
        let mut aliases = known.aliases.clone();
        aliases.push(name.to_owned());
        web.hub.edit(Edit::Aliases(entity.clone(), aliases)).await.map_err(|error| Error::unkept(&error))?;
        naming::after(web).await;
        // With the name known, the same words may be read rightly.
        let understood =
            understand(&record.text, Before::default(), &web.hub.snapshot(), &web.model, web.household.thresholds())
                .await
                .understood;
        let example = ExampleRecord {
            meaning: record.text.clone(),
            right_code: understood.codes,
            named: Some((entity.to_string(), name.to_owned())),
            ..ExampleRecord::default()
        };
        keep_example(web, id, record, example).await?;
    }
    Ok(does)
}

async fn keep_example(web: &Web, id: &TurnId, record: &TurnRecord, example: ExampleRecord) -> Result<(), Error> {
    let example = ExampleRecord {
        at_ms: record.at_ms,
        person: record.person.clone(),
        lang: record.lang.clone(),
        words: record.text.clone(),
        wrong_code: record.codes.clone(),
        ..example
    };
    let (store, id) = (web.store.clone(), id.clone());
    off_thread(move || store.keep_example(&id, &example)).await?;
    info!("A turn that went wrong was put right.");
    Ok(())
}

/// What a sentence would do; what it lacks, if it can't be done as it stands. A sentence that asks or tells is its own
/// meaning.
fn read_back(
    web: &Web,
    utterance: &Utterance,
    understood: &Understood,
    text: &str,
    lang: Lang,
) -> Result<String, String> {
    let intents = understood.intents.as_ref().map_err(|nothing| reply::stock_reply(*nothing, lang))?;
    let snapshot = web.hub.snapshot();
    let utterance = Utterance { text: text.to_owned(), ..utterance.clone() };
    let mut steps = Vec::new();
    for resolution in resolve_all(
        &utterance,
        intents,
        &Conversation::default(),
        &snapshot.house,
        &web.clock.around(utterance.at_ms),
        lang,
    ) {
        match resolution.resolved {
            Resolved::Act(own) if resolution.later.is_none() => steps.extend(own),
            Resolved::Act(_) | Resolved::Answer(_) => {}
            Resolved::Ask(question) => return Err(reply::question(&question, lang)),
            Resolved::Miss(miss) => return Err(reply::miss(&miss, lang)),
            Resolved::NotForHouse => return Err(reply::stock_reply(reply::StockReply::NotForHouse, lang)),
        }
    }
    Ok(if steps.is_empty() { text.to_owned() } else { reply::described(&steps, &snapshot.house, lang) })
}

/// The things that are nearest to what was said, with the words that are near to them.
fn nearest(text: &str, house: &House) -> Vec<(Entity, String)> {
    let controllable = house.entities.values().filter(|entity| entity.domain.is_controllable());
    let best = |entity: &Entity| {
        entity
            .names()
            .map(|name| likeness(name, text))
            .max_by(|(one, _), (other, _)| one.total_cmp(other))
            .unwrap_or_default()
    };
    let mut scored: Vec<(f64, Entity, String)> = controllable
        .map(|entity| (best(entity), entity.clone()))
        .map(|((near, heard), entity)| (near, entity, heard))
        .collect();
    scored.retain(|(near, ..)| LEAST_NEAR <= *near);
    scored.sort_by(|(one, ..), (other, ..)| other.total_cmp(one));
    scored.into_iter().map(|(_, entity, heard)| (entity, heard)).collect()
}

/// Less alike than this, a name is another one.
const LEAST_NEAR: f64 = 0.65;
const MOST_NAMES: usize = 5;
/// Each is understood once; more would keep a person waiting.
const MOST_TRIED: usize = 8;
const MOST_SENTENCES: usize = 6;
const LONGEST_MEANING: usize = 600;
