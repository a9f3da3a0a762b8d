//! What is asked on the hub's own topics: requests in words, Home Assistant's buttons, switches and text box.

use std::sync::Arc;

use house::{Action, ActionPlan, Cause, EntityId, HouseMode, Speaker, Step, Utterance, WayIn};
use runtime::clock::Clock;
use runtime::hub::hub_entities;
use runtime::hub::schedules::Change;
use runtime::turn::{Turns, wire as turn_wire};
use runtime::wire;
use serde::Deserialize;
use tokio::sync::mpsc;
use tracing::{info, warn};

use super::publisher::OwnTopics;
use super::topics::{Asked, BrokerEvent};

#[derive(Debug, Deserialize)]
struct MqttRequest {
    text: String,
    area: Option<String>,
    conversation: Option<String>,
    lang: Option<String>,
    /// Given back in the response, so that the asker knows its own.
    id: Option<serde_json::Value>,
}

/// What is asked on the hub's own topics is done; requests are answered on `hearth/response`.
pub(crate) async fn answer(
    mut asked: mpsc::Receiver<Asked>,
    broker_events: mpsc::Sender<BrokerEvent>,
    own_topics: OwnTopics,
    turns: Turns,
) {
    let limit = Arc::new(tokio::sync::Semaphore::new(MAX_AT_ONCE));
    while let Some(asked) = asked.recv().await {
        let for_announcing = match &asked {
            Asked::Birth => Some(BrokerEvent::Birth),
            Asked::Announced(topic) => Some(BrokerEvent::Announced(topic.clone())),
            Asked::Request(_) | Asked::Say(_) | Asked::Stop | Asked::Mode(_) | Asked::Schedule(..) => None,
        };
        if let Some(for_announcing) = for_announcing {
            if broker_events.send(for_announcing).await.is_err() {
                return;
            }
            continue;
        }
        let Ok(permit) = limit.clone().acquire_owned().await else { return };
        let (turns, own_topics) = (turns.clone(), own_topics.clone());
        tokio::spawn(async move {
            answer_one(asked, &turns, &own_topics).await;
            drop(permit);
        });
    }
}

async fn answer_one(asked: Asked, turns: &Turns, own_topics: &OwnTopics) {
    match asked {
        Asked::Request(payload) => {
            let response = respond(&payload, turns).await;
            if let Err(error) = own_topics.say("response", response.to_string().into_bytes(), false) {
                warn!(%error, "A response could not be published.");
            }
        }
        Asked::Say(payload) => match String::from_utf8(payload) {
            Ok(text) if text.len() <= MAX_REQUEST_BYTES && !text.trim().is_empty() => {
                turns.turn(from_home_assistant(text, &turns.clock)).await;
            }
            _ => warn!("Words from Home Assistant were no text of at most 2000 bytes."),
        },
        Asked::Stop => {
            turns.turn(from_home_assistant("stop".to_owned(), &turns.clock)).await;
        }
        Asked::Mode(payload) => match String::from_utf8(payload).ok().and_then(|text| HouseMode::parse(&text)) {
            Some(mode) => {
                let step = Step {
                    intent: 0,
                    entity: EntityId::new(hub_entities::MODE),
                    action: Action::SelectOption(mode.as_str().to_owned()),
                    reason: "it was chosen in Home Assistant".to_owned(),
                };
                turns
                    .act(
                        from_home_assistant(format!("house mode {}", mode.as_str()), &turns.clock),
                        ActionPlan::now(vec![step]),
                    )
                    .await;
            }
            None => warn!("A mode that Home Assistant chose is none of the house."),
        },
        Asked::Schedule(id, payload) => switch_schedule(turns, id, &payload).await,
        Asked::Birth | Asked::Announced(_) => {}
    }
}

/// Home Assistant's switch of something scheduled: off pauses it, on lets it go on.
async fn switch_schedule(turns: &Turns, id: String, payload: &[u8]) {
    if !turns.household.rules(&Speaker::Someone(WayIn::HomeAssistant), None).may_edit() {
        warn!(schedule = ?id, "Home Assistant may not switch what is scheduled: the household gives it less than a \
         resident may.");
        return;
    }
    let is_there = turns.hub.snapshot().house.schedules.iter().any(|one| one.id == id);
    let change = match payload {
        b"ON" if is_there => Change::Resume(vec![id.clone()]),
        b"OFF" if is_there => Change::Pause(vec![id.clone()]),
        _ => {
            warn!(schedule = ?id, "A switch in Home Assistant is that of nothing scheduled, or was not told ON or \
             OFF.");
            return;
        }
    };
    info!(schedule = %id, ?change, "Something scheduled is switched in Home Assistant.");
    if let Err(error) = turns.hub.schedule(change).await {
        warn!(schedule = %id, error = format!("{error:#}"), "Something scheduled could not be switched.");
    }
}

fn from_home_assistant(text: String, clock: &Clock) -> Utterance {
    Utterance {
        text,
        lang: None,
        place: None,
        conversation: "home-assistant".to_owned(),
        speaker: Speaker::Someone(WayIn::HomeAssistant),
        cause: Cause::Api,
        at_ms: clock.now_ms(),
        hearing: None,
    }
}

async fn respond(payload: &[u8], turns: &Turns) -> serde_json::Value {
    let Some(request) = read_request(payload) else {
        return serde_json::json!({ "error": "a request is text, or a JSON object with `text`, of at most 2000 bytes" });
    };
    let hub = &turns.hub;
    let utterance = Utterance {
        text: request.text,
        lang: request.lang,
        place: request.area.as_deref().and_then(|name| hub.area(name)),
        conversation: request.conversation.unwrap_or_else(|| "mqtt".to_owned()),
        speaker: Speaker::Someone(WayIn::Mqtt),
        cause: Cause::Api,
        at_ms: turns.clock.now_ms(),
        hearing: None,
    };
    let turn = turns.turn(utterance).await;
    let snapshot = hub.snapshot();
    let commands = turn.steps.iter().filter_map(|step| wire::command(step, &snapshot.house)).collect();
    let mut out = serde_json::to_value(turn_wire::turn(&turn, commands)).unwrap_or_default();
    if let (Some(id), Some(map)) = (request.id, out.as_object_mut()) {
        map.insert("id".to_owned(), id);
    }
    out
}

fn read_request(payload: &[u8]) -> Option<MqttRequest> {
    if payload.is_empty() || MAX_REQUEST_BYTES < payload.len() {
        return None;
    }
    let text = std::str::from_utf8(payload).ok()?;
    match text.trim_start().starts_with('{') {
        true => serde_json::from_str(text).ok(),
        false => Some(MqttRequest { text: text.to_owned(), area: None, conversation: None, lang: None, id: None }),
    }
}

const MAX_AT_ONCE: usize = 8;
const MAX_REQUEST_BYTES: usize = 2000;
