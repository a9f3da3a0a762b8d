//! How English puts its words together.

use house::{Action, Degrees, Domain, HvacMode};

use crate::texts::wording::{Phrase, Wording, hours_minutes_seconds, listed, number};

/// The grammar of English.
pub(super) struct English;

impl Wording for English {
    fn sentences(&self, sentences: &[String]) -> String {
        sentences.join(" ")
    }

    fn items(&self, items: &[String]) -> String {
        items.join("; ")
    }

    fn and(&self, names: &[String]) -> String {
        listed(names, ", ", " and ")
    }

    fn or(&self, names: &[String]) -> String {
        listed(names, ", ", " or ")
    }

    fn either(&self, names: &[String]) -> String {
        self.or(names)
    }

    fn wishes(&self, wishes: &[String]) -> String {
        self.and(wishes)
    }

    fn weekdays(&self, days: &[String]) -> String {
        self.and(days)
    }

    fn in_area(&self, area: &str) -> String {
        match area.to_lowercase().starts_with("the ") {
            true => format!(" in {area}"),
            false => format!(" in the {area}"),
        }
    }

    fn thing_in(&self, name: &str, area: &str) -> String {
        format!("{name}{}", self.in_area(area))
    }

    fn count(&self, count: usize, kind: Option<Domain>, area: Option<&str>) -> String {
        let place = area.map(|area| self.in_area(area)).unwrap_or_default();
        format!("{count} {}{place}", kind.map_or("devices", plural))
    }

    fn kind(&self, kind: &str) -> String {
        kind.replace('_', " ")
    }

    fn at_start(&self, words: &str) -> String {
        let mut letters = words.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    }

    fn be(&self, is_many: bool) -> &'static str {
        if is_many { "are" } else { "is" }
    }

    fn is_plural_name(&self, name: &str) -> bool {
        PLURALS.iter().any(|word| name.split(" in the ").next().is_some_and(|name| name.to_lowercase().ends_with(word)))
    }

    fn length(&self, seconds: u64) -> String {
        let said: Vec<String> = hours_minutes_seconds(seconds, ["hour", "minute", "second"])
            .map(|(count, unit)| format!("{count} {unit}{}", if count == 1 { "" } else { "s" }))
            .collect();
        self.and(&said)
    }

    fn weekday(&self, weekday: i8) -> &'static str {
        nth(WEEKDAYS, weekday)
    }

    fn month(&self, month: i8) -> String {
        nth(MONTHS, month).to_owned()
    }

    fn state(&self, state: &str) -> String {
        if state == "not_home" { "away".to_owned() } else { state.to_owned() }
    }

    fn attribute(&self, attribute: &str, value: &str) -> String {
        match attribute {
            "brightness" | "speed" | "humidity" => format!("at {value}"),
            "volume" => format!("at {value} volume"),
            "battery" => format!("at {value} battery"),
            "position" => format!("{value} open"),
            "target_temperature" | "target_humidity" => format!("set to {value}"),
            "title" => format!("playing {value}"),
            "mode" => format!("in {} mode", value.replace('_', " ")),
            "power" => format!("drawing {value}"),
            "energy" => format!("at {value} used"),
            _ => value.to_owned(),
        }
    }

    fn degrees(&self, value: f64, unit: Option<Degrees>) -> String {
        let value = number(value);
        match unit {
            None => format!("{value}°"),
            Some(Degrees::Celsius) => format!("{value} °C"),
            Some(Degrees::Fahrenheit) => format!("{value} °F"),
        }
    }

    fn weather(&self, condition: &str) -> String {
        match condition {
            "partlycloudy" => "partly cloudy".to_owned(),
            other => other.replace(['-', '_'], " "),
        }
    }

    fn reason(&self, reason: &str) -> String {
        reason.replace("the person", "you")
    }

    fn phrase(&self, action: &Action) -> Phrase {
        phrase_of(action)
    }

    fn deed(&self, done: &str, who: &str) -> String {
        format!("{} {who}", self.at_start(done))
    }

    fn happened(&self, action: &Action, who: &str) -> String {
        let be = if self.is_plural_name(who) { "were" } else { "was" };
        match action {
            Action::MediaPlay => format!("{who} {be} started"),
            Action::SetVolume(volume) => format!("the volume of {who} was set to {volume}%"),
            action => format!("{who} {be} {}", phrase_of(action).done.trim_end_matches(':')),
        }
    }

    fn imperative(&self, action: &Action) -> String {
        imperative_of(action)
    }
}

fn phrase(done: impl Into<String>, state: impl Into<String>) -> Phrase {
    Phrase { done: done.into(), state: state.into() }
}

fn phrase_of(action: &Action) -> Phrase {
    let set = |what: String| phrase(format!("set to {what}:"), format!("at {what}"));
    match action {
        Action::TurnOn => phrase("turned on", "on"),
        Action::TurnOff => phrase("turned off", "off"),
        Action::SetLight { brightness_pct, color_temp_k, .. } => match (brightness_pct, color_temp_k) {
            (Some(brightness), Some(kelvin)) => set(format!("{brightness}%, {kelvin} K")),
            (Some(brightness), None) => set(format!("{brightness}%")),
            (None, Some(kelvin)) => set(format!("{kelvin} K")),
            (None, None) => phrase("changed the colour of", "in that colour"),
        },
        Action::OpenCover | Action::OpenValve => phrase("opened", "open"),
        Action::CloseCover | Action::CloseValve => phrase("closed", "closed"),
        Action::StopCover => phrase("stopped", "stopped"),
        Action::SetCoverPosition(position) | Action::SetValvePosition(position) => set(format!("{position}%")),
        Action::SetTilt(position) => phrase(format!("tilted to {position}%:"), format!("tilted to {position}%")),
        Action::SetEffect(effect) => {
            phrase(format!("playing the effect “{effect}” on"), format!("playing the effect “{effect}”"))
        }
        Action::Lock => phrase("locked", "locked"),
        Action::Unlock => phrase("unlocked", "unlocked"),
        Action::SetTemperature(temperature) => set(format!("{}°", number(*temperature))),
        Action::SetHvacMode(mode) => set(mode_word(*mode)),
        Action::SetPercentage(percentage) | Action::SetHumidity(percentage) => set(format!("{percentage}%")),
        Action::SetVolume(volume) => phrase(format!("set the volume to {volume}% on"), format!("at {volume}%")),
        Action::Arm(mode) => phrase(format!("armed ({})", mode.as_str()), format!("armed {}", mode.as_str())),
        Action::Disarm => phrase("disarmed", "disarmed"),
        Action::MediaPlay => phrase("playing on", "playing"),
        Action::MediaPause | Action::MediaStop => phrase("paused", "paused"),
        Action::MediaNext => phrase("skipped to the next track on", "on the next track"),
        Action::MediaPrevious => phrase("went back to the previous track on", "on the previous track"),
        Action::Mute(true) => phrase("muted", "muted"),
        Action::Mute(false) => phrase("unmuted", "unmuted"),
        Action::PlayMedia { query, .. } => phrase(format!("playing “{query}” on"), "playing it".to_owned()),
        Action::VacuumStart | Action::VacuumCleanArea(_) => phrase("started", "cleaning"),
        Action::VacuumPause | Action::MowerPause => phrase("paused", "paused"),
        Action::VacuumReturn | Action::MowerDock => phrase("sent home", "on its way home"),
        Action::VacuumLocate => phrase("called", "calling"),
        Action::MowerStart => phrase("started", "mowing"),
        Action::Activate => phrase("activated", "active"),
        Action::AddItem(item) => phrase(format!("added “{item}” to"), format!("holding “{item}”")),
        Action::CompleteItem(item) | Action::RemoveItem(item) => {
            phrase(format!("took “{item}” off"), format!("without “{item}”"))
        }
        Action::SetNumber(value) => set(number(*value)),
        Action::SelectOption(option) => set(option.clone()),
    }
}

fn imperative_of(action: &Action) -> String {
    match action {
        Action::TurnOn => "turn on _".to_owned(),
        Action::TurnOff => "turn off _".to_owned(),
        Action::SetLight { brightness_pct: Some(brightness), color_temp_k: Some(kelvin), .. } => {
            format!("set _ to {brightness}%, {kelvin} K")
        }
        Action::SetLight { brightness_pct: Some(brightness), .. } => format!("set _ to {brightness}%"),
        Action::SetLight { color_temp_k: Some(kelvin), .. } => format!("set _ to {kelvin} K"),
        Action::SetLight { .. } => "change the colour of _".to_owned(),
        Action::OpenCover | Action::OpenValve => "open _".to_owned(),
        Action::CloseCover | Action::CloseValve => "close _".to_owned(),
        Action::StopCover => "stop _".to_owned(),
        Action::SetCoverPosition(position) | Action::SetValvePosition(position) => format!("set _ to {position}%"),
        Action::SetTilt(position) => format!("tilt _ to {position}%"),
        Action::SetEffect(effect) => format!("play the effect “{effect}” on _"),
        Action::Lock => "lock _".to_owned(),
        Action::Unlock => "unlock _".to_owned(),
        Action::SetTemperature(degrees) => format!("set _ to {}°", number(*degrees)),
        Action::SetHvacMode(mode) => format!("set _ to {}", mode_word(*mode)),
        Action::SetPercentage(percentage) | Action::SetHumidity(percentage) => format!("set _ to {percentage}%"),
        Action::Arm(mode) => format!("arm _ ({})", mode.as_str()),
        Action::Disarm => "disarm _".to_owned(),
        Action::MediaPlay => "play on _".to_owned(),
        Action::MediaPause | Action::MediaStop => "pause _".to_owned(),
        Action::MediaNext => "skip to the next track on _".to_owned(),
        Action::MediaPrevious => "go back to the previous track on _".to_owned(),
        Action::SetVolume(volume) => format!("set the volume of _ to {volume}%"),
        Action::Mute(true) => "mute _".to_owned(),
        Action::Mute(false) => "unmute _".to_owned(),
        Action::PlayMedia { query, .. } => format!("play “{query}” on _"),
        Action::VacuumStart | Action::VacuumCleanArea(_) | Action::MowerStart => "start _".to_owned(),
        Action::VacuumPause | Action::MowerPause => "pause _".to_owned(),
        Action::VacuumReturn | Action::MowerDock => "send _ home".to_owned(),
        Action::VacuumLocate => "call _".to_owned(),
        Action::Activate => "activate _".to_owned(),
        Action::AddItem(item) => format!("add “{item}” to _"),
        Action::CompleteItem(item) | Action::RemoveItem(item) => format!("take “{item}” off _"),
        Action::SetNumber(value) => format!("set _ to {}", number(*value)),
        Action::SelectOption(option) => format!("set _ to {option}"),
    }
}

fn mode_word(mode: HvacMode) -> String {
    mode.as_str().replace('_', " ")
}

fn plural(kind: Domain) -> &'static str {
    match kind {
        Domain::Light => "lights",
        Domain::Switch => "switches",
        Domain::Cover => "covers",
        Domain::Lock => "locks",
        Domain::Fan => "fans",
        Domain::Climate => "thermostats",
        Domain::MediaPlayer => "players",
        Domain::Valve => "valves",
        _ => "devices",
    }
}

fn nth(names: &[&'static str], number: i8) -> &'static str {
    usize::try_from(number - 1).ok().and_then(|index| names.get(index)).copied().unwrap_or_default()
}

/// Ends of names of one thing that is several.
const PLURALS: &[&str] = &["lights", "blinds", "curtains", "lamps", "shutters"];
const WEEKDAYS: &[&str] = &["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: &[&str] = &[
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
