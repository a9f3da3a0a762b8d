//! Controls of the page: Home Assistant's service calls, taken through the same gate as words.

use axum::Json;
use axum::extract::{Extension, State};
use device_adapters::Fault;
use house::{
    Action, ArmMode, Color, Domain, Entity, EntityId, House, HvacMode, Intent, IntentKind, Resolved, Slot, SlotValue,
    Step,
};
use serde::Deserialize;
use serde_json::{Map, Value};
use tracing::info;
use utoipa::ToSchema;

use crate::auth::access::Who;
use house::ActionPlan;
use mind::conversation::Conversation;
use runtime::turn::resolve_all;

use crate::context::Web;
use crate::error::Error;
use crate::error::{Body, ErrorWire, Path};
use crate::requests::{Speaking, TurnAnswer, finished, spoken_by};

/// A service call to one entity.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ActionWire {
    /// Home Assistant's service, such as `light.turn_on`; its domain is the entity's.
    service: String,
    /// Its data, such as `{"brightness_pct": 40}`.
    #[serde(default)]
    data: Map<String, Value>,
    /// The conversation in which a question is answered.
    conversation: Option<String>,
    /// The language of the reply: `en` or `zh`.
    lang: Option<String>,
}

/// A fault of a virtual device.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FaultWire {
    /// Nothing.
    None,
    /// It is gone.
    Offline,
    /// It does what it is told and reports nothing.
    Silent,
    /// It reports late.
    Slow,
    /// It reports something else than it was told.
    Wrong,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FaultOf {
    entity_id: String,
    fault: FaultWire,
}

/// Does one thing to one entity. A question comes back as outcome `ask` and is answered by a request in the same
/// conversation.
#[utoipa::path(
    post,
    path = "/entities/{id}/actions",
    tag = "house",
    params(("id" = String, Path, description = "The entity's id")),
    request_body = ActionWire,
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, body = TurnAnswer),
        (status = 401, body = ErrorWire),
        (status = 404, body = ErrorWire),
        (status = 422, body = ErrorWire),
        (status = 429, body = ErrorWire),
    ),
)]
pub(crate) async fn act(
    web: State<Web>,
    who: Extension<Who>,
    id: Path<String>,
    body: Body<ActionWire>,
) -> Result<Json<TurnAnswer>, Error> {
    let ActionWire { service, data, conversation, lang } = body.0;
    let snapshot = web.hub.snapshot();
    let id = EntityId::new(id.0);
    let entity =
        snapshot.house.entities.get(&id).ok_or_else(|| Error::missing(format!("there is no entity `{id}`")))?;
    let action = action(entity, &service, &Data(data))?;
    let utterance = spoken_by(&web, &who.0, &Speaking { conversation, lang }, format!("{service} {}", entity.name))?;
    let steps = match action {
        Action::Activate => members(&web, &utterance, entity, &snapshot.house)?,
        action => vec![Step { intent: 0, entity: id, action, reason: format!("the page asked for `{service}`") }],
    };
    let turns = web.turns.clone();
    finished(&web, async move { turns.act(utterance, ActionPlan::now(steps)).await }).await
}

/// Breaks or mends a device of the virtual house.
#[utoipa::path(
    post,
    path = "/demo/faults",
    tag = "demo",
    request_body = FaultOf,
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, description = "It is broken or mended"),
        (status = 401, body = ErrorWire),
        (status = 404, body = ErrorWire),
    ),
)]
pub(crate) async fn set_fault(web: State<Web>, who: Extension<Who>, body: Body<FaultOf>) -> Result<Json<Value>, Error> {
    web.only_editors(&who.0)?;
    let faults = web.faults.as_ref().ok_or_else(|| Error::missing("the virtual house does not play here"))?;
    let id = EntityId::new(body.0.entity_id);
    if !web.hub.snapshot().house.entities.contains_key(&id) {
        return Err(Error::missing(format!("there is no entity `{id}`")));
    }
    let fault = match body.0.fault {
        FaultWire::None => Fault::None,
        FaultWire::Offline => Fault::Offline,
        FaultWire::Silent => Fault::Silent,
        FaultWire::Slow => Fault::Slow,
        FaultWire::Wrong => Fault::Wrong,
    };
    info!(entity = %id, ?fault, "A virtual device was given a fault.");
    faults.set(id, fault);
    Ok(Json(serde_json::json!({ "fault": format!("{fault:?}").to_lowercase() })))
}

/// What a scene or script does, member by member, as resolving finds it.
fn members(web: &Web, utterance: &house::Utterance, scene: &Entity, house: &House) -> Result<Vec<Step>, Error> {
    // Under its id as its only name it is found for sure, whatever else has the same name.
    let mut house = house.clone();
    if let Some(own) = house.entities.get_mut(&scene.id) {
        own.name = scene.id.to_string();
        own.aliases.clear();
    }
    let intent = Intent::new(IntentKind::TurnOn).with(Slot::Name, SlotValue::Text(scene.id.to_string()));
    let resolutions = resolve_all(
        utterance,
        &[intent],
        &Conversation::default(),
        &house,
        &web.clock.around(utterance.at_ms),
        house::Lang::En,
    );
    match resolutions.into_iter().next().map(|resolution| resolution.resolved) {
        Some(Resolved::Act(steps)) if !steps.is_empty() => Ok(steps),
        _ => Err(Error::unfit(format!("`{}` contains nothing that is in this house", scene.name))),
    }
}

/// A service call as an action on this entity.
fn action(entity: &Entity, service: &str, data: &Data) -> Result<Action, Error> {
    let unknown = || {
        Error::unfit(format!("`{}` can't do `{service}`", entity.id))
            .hint("use Home Assistant's services of its domain, such as `light.turn_on`")
    };
    let (domain, verb) = service.split_once('.').ok_or_else(unknown)?;
    if domain != entity.domain.as_str() {
        return Err(unknown());
    }
    let (action, names): (Action, &[&str]) = match (entity.domain, verb) {
        (Domain::Light, "turn_on") if data.has("effect") => (Action::SetEffect(data.text("effect")?), &["effect"]),
        (Domain::Light, "turn_on") => (light(data)?, &["brightness_pct", "hs_color", "color_temp_kelvin"]),
        (Domain::Fan, "turn_on") if data.has("percentage") => {
            (Action::SetPercentage(data.percent("percentage", 1)?), &["percentage"])
        }
        (_, "turn_on") if is_switched(entity.domain) => (Action::TurnOn, &[]),
        (_, "turn_off") if is_switched(entity.domain) => (Action::TurnOff, &[]),
        (Domain::Fan, "set_percentage") => (Action::SetPercentage(data.percent("percentage", 1)?), &["percentage"]),
        (Domain::Scene | Domain::Script, "turn_on") | (Domain::Button, "press") => (Action::Activate, &[]),
        (Domain::Climate | Domain::WaterHeater, "set_temperature") => {
            (Action::SetTemperature(data.number("temperature", -50.0, 120.0)?), &["temperature"])
        }
        (Domain::Climate, "set_hvac_mode") => {
            (Action::SetHvacMode(data.word("hvac_mode", HvacMode::parse)?), &["hvac_mode"])
        }
        (Domain::Cover | Domain::Lock | Domain::Valve, _) => opening(verb, data).ok_or_else(unknown)??,
        (Domain::AlarmControlPanel, "alarm_disarm") => (Action::Disarm, &[]),
        (Domain::AlarmControlPanel, _) => {
            (Action::Arm(verb.strip_prefix("alarm_arm_").and_then(ArmMode::parse).ok_or_else(unknown)?), &[])
        }
        (Domain::MediaPlayer, _) => media(verb, data).ok_or_else(unknown)??,
        (Domain::Vacuum | Domain::LawnMower, _) => (robot(entity.domain, verb).ok_or_else(unknown)?, &[]),
        (Domain::Number, "set_value") => (Action::SetNumber(data.number("value", -1e12, 1e12)?), &["value"]),
        (Domain::Select, "select_option") => (Action::SelectOption(data.text("option")?), &["option"]),
        (Domain::Todo, _) => list(verb, data).ok_or_else(unknown)??,
        _ => return Err(unknown()),
    };
    data.only(names).map(|()| action)
}

fn is_switched(domain: Domain) -> bool {
    use Domain::{Automation, Climate, Fan, Humidifier, InputBoolean, Light, MediaPlayer, Siren, Switch, WaterHeater};
    matches!(
        domain,
        Light | Switch | InputBoolean | Fan | Climate | MediaPlayer | Humidifier | WaterHeater | Siren | Automation
    )
}

type Call = Result<(Action, &'static [&'static str]), Error>;

fn light(data: &Data) -> Result<Action, Error> {
    let brightness_pct = data.has("brightness_pct").then(|| data.percent("brightness_pct", 1)).transpose()?;
    let color_temp_k = data
        .has("color_temp_kelvin")
        .then(|| data.number("color_temp_kelvin", 1000.0, 12_000.0))
        .transpose()?
        .map(|kelvin| kelvin.round() as u16);
    let color = data.has("hs_color").then(|| data.color("hs_color")).transpose()?;
    if color.is_some() && color_temp_k.is_some() {
        return Err(Error::unfit("a lamp has a colour or a colour temperature, not both"));
    }
    Ok(match brightness_pct.is_some() || color_temp_k.is_some() || color.is_some() {
        true => Action::SetLight { brightness_pct, color, color_temp_k },
        false => Action::TurnOn,
    })
}

fn opening(verb: &str, data: &Data) -> Option<Call> {
    let plain = |action| Some(Ok((action, &[][..])));
    match verb {
        "open_cover" => plain(Action::OpenCover),
        "close_cover" => plain(Action::CloseCover),
        "stop_cover" => plain(Action::StopCover),
        "set_cover_position" => {
            Some(data.percent("position", 0).map(|position| (Action::SetCoverPosition(position), &["position"][..])))
        }
        "set_cover_tilt_position" => {
            Some(data.percent("tilt_position", 0).map(|position| (Action::SetTilt(position), &["tilt_position"][..])))
        }
        "lock" => plain(Action::Lock),
        "unlock" => plain(Action::Unlock),
        "open_valve" => plain(Action::OpenValve),
        "close_valve" => plain(Action::CloseValve),
        "set_valve_position" => {
            Some(data.percent("position", 0).map(|position| (Action::SetValvePosition(position), &["position"][..])))
        }
        _ => None,
    }
}

fn media(verb: &str, data: &Data) -> Option<Call> {
    let plain = |action| Some(Ok((action, &[][..])));
    match verb {
        "media_play" => plain(Action::MediaPlay),
        "media_pause" => plain(Action::MediaPause),
        "media_stop" => plain(Action::MediaStop),
        "media_next_track" => plain(Action::MediaNext),
        "media_previous_track" => plain(Action::MediaPrevious),
        "volume_set" => Some(
            data.number("volume_level", 0.0, 1.0)
                .map(|level| (Action::SetVolume((level * 100.0).round() as u8), &["volume_level"][..])),
        ),
        "volume_mute" => {
            Some(data.truth("is_volume_muted").map(|is_muted| (Action::Mute(is_muted), &["is_volume_muted"][..])))
        }
        "play_media" => Some(data.text("media_content_id").map(|query| {
            let class = data.text("media_content_type").ok();
            (Action::PlayMedia { query, class }, &["media_content_id", "media_content_type"][..])
        })),
        _ => None,
    }
}

fn robot(domain: Domain, verb: &str) -> Option<Action> {
    Some(match (domain, verb) {
        (Domain::Vacuum, "start") => Action::VacuumStart,
        (Domain::Vacuum, "pause") => Action::VacuumPause,
        (Domain::Vacuum, "return_to_base") => Action::VacuumReturn,
        (Domain::Vacuum, "locate") => Action::VacuumLocate,
        (Domain::LawnMower, "start_mowing") => Action::MowerStart,
        (Domain::LawnMower, "pause") => Action::MowerPause,
        (Domain::LawnMower, "dock") => Action::MowerDock,
        _ => return None,
    })
}

fn list(verb: &str, data: &Data) -> Option<Call> {
    let item = |make: fn(String) -> Action| Some(data.text("item").map(|item| (make(item), &["item", "status"][..])));
    match verb {
        "add_item" => item(Action::AddItem),
        "remove_item" => item(Action::RemoveItem),
        "update_item" => match data.text("status").as_deref() {
            Ok("completed") => item(Action::CompleteItem),
            _ => Some(Err(
                Error::unfit("an item can only be set to `completed`").hint("send `\"status\": \"completed\"`")
            )),
        },
        _ => None,
    }
}

/// The data of a service call, read strictly.
struct Data(Map<String, Value>);

impl Data {
    fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    fn only(&self, names: &[&str]) -> Result<(), Error> {
        match self.0.keys().find(|name| !names.contains(&name.as_str())) {
            Some(name) => Err(Error::unfit(format!(
                "this service takes no `{}`",
                name.chars().take(LONGEST_NAME).collect::<String>()
            ))),
            None => Ok(()),
        }
    }

    fn number(&self, name: &str, least: f64, most: f64) -> Result<f64, Error> {
        let number = self.0.get(name).and_then(Value::as_f64).filter(|number| (least..=most).contains(number));
        number.ok_or_else(|| Error::unfit(format!("`{name}` is a number from {least} to {most}")))
    }

    fn percent(&self, name: &str, least: u8) -> Result<u8, Error> {
        // In range, so the cast only drops the fraction.
        self.number(name, f64::from(least), 100.0).map(|number| number.round() as u8)
    }

    fn truth(&self, name: &str) -> Result<bool, Error> {
        self.0.get(name).and_then(Value::as_bool).ok_or_else(|| Error::unfit(format!("`{name}` is true or false")))
    }

    fn text(&self, name: &str) -> Result<String, Error> {
        let text = self.0.get(name).and_then(Value::as_str).map(str::trim);
        let text = text.filter(|text| {
            !text.is_empty() && text.chars().count() <= LONGEST_TEXT && !text.chars().any(char::is_control)
        });
        text.map(str::to_owned)
            .ok_or_else(|| Error::unfit(format!("`{name}` is a text of 1 to {LONGEST_TEXT} characters")))
    }

    fn word<T>(&self, name: &str, parse: fn(&str) -> Option<T>) -> Result<T, Error> {
        let word = self.0.get(name).and_then(Value::as_str).and_then(parse);
        word.ok_or_else(|| Error::unfit(format!("`{name}` is not a word that Hearth knows")))
    }

    fn color(&self, name: &str) -> Result<Color, Error> {
        let parts = self.0.get(name).and_then(Value::as_array).map(Vec::as_slice);
        let color = match parts {
            Some([hue, saturation]) => hue.as_f64().zip(saturation.as_f64()),
            _ => None,
        };
        let color = color.filter(|(hue, saturation)| (0.0..=360.0).contains(hue) && (0.0..=100.0).contains(saturation));
        color.map(|(hue, saturation)| Color { hue, saturation }).ok_or_else(|| {
            Error::unfit(format!("`{name}` is a list of a hue from 0 to 360 and a saturation from 0 to 100"))
        })
    }
}

const LONGEST_TEXT: usize = 200;
const LONGEST_NAME: usize = 40;
