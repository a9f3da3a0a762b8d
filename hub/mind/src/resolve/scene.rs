//! What scenes and scripts consist of, member by member, so that each is judged by itself.

use house::{Action, ArmMode, Attributes, Color, Domain, Entity, EntityId, House, HvacMode, Step, Value};

/// The steps of a scene or script that lists its members; `None` if it lists none.
pub(super) fn members(scene: &Entity, intent: usize, house: &House) -> Option<Vec<Step>> {
    let steps = match (scene.attribute("entities"), scene.attribute("sequence")) {
        (Some(Value::Map(members)), _) => members
            .iter()
            .filter_map(|(id, wanted)| Some((EntityId::new(id.as_str()), wanted.as_map()?)))
            .flat_map(|(id, wanted)| {
                house
                    .entities
                    .get(&id)
                    .into_iter()
                    .flat_map(|entity| actions_for_state(entity.domain, wanted))
                    .map(move |action| (id.clone(), action))
            })
            .collect::<Vec<_>>(),
        (_, Some(Value::List(sequence))) => {
            sequence.iter().filter_map(Value::as_map).flat_map(|call| calls(call, house)).collect()
        }
        _ => return None,
    };
    let reason = format!("`{}` contains it", scene.name);
    Some(steps.into_iter().map(|(entity, action)| Step { intent, entity, action, reason: reason.clone() }).collect())
}

fn actions_for_state(domain: Domain, wanted: &Attributes) -> Vec<Action> {
    let state = wanted.get("state").and_then(Value::as_text).unwrap_or_default();
    let number = |name: &str| wanted.get(name).and_then(Value::as_number);
    let pct = |value: f64| value.round().clamp(0.0, 100.0) as u8;
    match (domain, state) {
        (Domain::Light, "on") => {
            let brightness_pct = number("brightness_pct").or(number("brightness").map(|value| value / 2.55)).map(pct);
            let color_temp_k = number("color_temp_kelvin").map(|value| value.clamp(1000.0, 12_000.0) as u16);
            let color = wanted.get("hs_color").and_then(Value::as_list).and_then(|hs| match hs {
                [hue, saturation] => Some(Color { hue: hue.as_number()?, saturation: saturation.as_number()? }),
                _ => None,
            });
            match brightness_pct.is_some() || color_temp_k.is_some() || color.is_some() {
                true => vec![Action::SetLight { brightness_pct, color, color_temp_k }],
                false => vec![Action::TurnOn],
            }
        }
        (Domain::Cover, _) if number("current_position").is_some() => {
            number("current_position").map(|at| Action::SetCoverPosition(pct(at))).into_iter().collect()
        }
        (Domain::Cover, "open") => vec![Action::OpenCover],
        (Domain::Cover, "closed") => vec![Action::CloseCover],
        (Domain::Lock, "locked") => vec![Action::Lock],
        (Domain::Lock, "unlocked") => vec![Action::Unlock],
        (Domain::Valve, "open") => vec![Action::OpenValve],
        (Domain::Valve, "closed") => vec![Action::CloseValve],
        (Domain::Climate, mode) => {
            let mode = HvacMode::parse(mode).map(Action::SetHvacMode);
            mode.into_iter().chain(number("temperature").map(Action::SetTemperature)).collect()
        }
        (Domain::MediaPlayer, "paused") => vec![Action::MediaPause],
        (Domain::MediaPlayer, "playing") => vec![Action::MediaPlay],
        (Domain::Fan, "on") => {
            vec![number("percentage").map_or(Action::TurnOn, |value| Action::SetPercentage(pct(value)))]
        }
        (Domain::AlarmControlPanel, "disarmed") => vec![Action::Disarm],
        (Domain::AlarmControlPanel, state) => {
            state.strip_prefix("armed_").and_then(ArmMode::parse).map(Action::Arm).into_iter().collect()
        }
        (_, "on") => vec![Action::TurnOn],
        (_, "off") => vec![Action::TurnOff],
        _ => Vec::new(),
    }
}

fn calls(call: &Attributes, house: &House) -> Vec<(EntityId, Action)> {
    let service = call.get("service").or(call.get("action")).and_then(Value::as_text).unwrap_or_default();
    let Some((_, verb)) = service.split_once('.') else { return Vec::new() };
    let data = call.get("data").and_then(Value::as_map).unwrap_or(call);
    let ids: Vec<EntityId> = match call
        .get("entity_id")
        .or(call.get("target").and_then(Value::as_map).and_then(|target| target.get("entity_id")))
    {
        Some(Value::List(list)) => list.iter().filter_map(Value::as_text).map(EntityId::new).collect(),
        Some(value) => value.as_text().map(EntityId::new).into_iter().collect(),
        None => Vec::new(),
    };
    ids.into_iter()
        .filter_map(|id| {
            let entity = house.entities.get(&id)?;
            Some(service_actions(verb, entity.domain, data).into_iter().map(move |action| (id.clone(), action)))
        })
        .flatten()
        .collect()
}

fn service_actions(verb: &str, domain: Domain, data: &Attributes) -> Vec<Action> {
    let wanted = |state: &str| {
        let mut with = data.clone();
        with.insert("state".to_owned(), state.into());
        actions_for_state(domain, &with)
    };
    let number = |name: &str| data.get(name).and_then(Value::as_number);
    let pct = |value: f64| value.round().clamp(0.0, 100.0) as u8;
    match verb {
        "turn_on" => wanted("on"),
        "turn_off" => wanted("off"),
        "open_cover" => vec![Action::OpenCover],
        "close_cover" => vec![Action::CloseCover],
        "set_cover_position" => number("position").map(|at| Action::SetCoverPosition(pct(at))).into_iter().collect(),
        "lock" => vec![Action::Lock],
        "unlock" => vec![Action::Unlock],
        "set_temperature" => number("temperature").map(Action::SetTemperature).into_iter().collect(),
        "set_hvac_mode" => data
            .get("hvac_mode")
            .and_then(Value::as_text)
            .and_then(HvacMode::parse)
            .map(Action::SetHvacMode)
            .into_iter()
            .collect(),
        "set_percentage" => number("percentage").map(|value| Action::SetPercentage(pct(value))).into_iter().collect(),
        "media_pause" => vec![Action::MediaPause],
        "media_play" => vec![Action::MediaPlay],
        "volume_set" => number("volume_level").map(|value| Action::SetVolume(pct(value * 100.0))).into_iter().collect(),
        "alarm_disarm" => vec![Action::Disarm],
        "open_valve" => vec![Action::OpenValve],
        "close_valve" => vec![Action::CloseValve],
        "start" => vec![Action::VacuumStart],
        "return_to_base" => vec![Action::VacuumReturn],
        _ => verb.strip_prefix("alarm_arm_").and_then(ArmMode::parse).map(Action::Arm).into_iter().collect(),
    }
}
