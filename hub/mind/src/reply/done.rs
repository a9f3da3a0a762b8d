//! What was done, device by device, told truthfully and briefly.

use house::{Action, Domain, Entity, House, HvacMode, Outcome, OutcomeKind, Step, TimerChange};

use super::{and, in_area, name_of, number};
use house::Lang;

/// The reply to outcomes: what was confirmed first, then everything that was not.
pub fn done(outcomes: &[Outcome], house: &House, lang: Lang) -> String {
    let mut groups: Vec<Vec<&Outcome>> = Vec::new();
    for outcome in outcomes {
        let is_alike = |other: &Outcome| {
            other.kind == outcome.kind
                && other.is_underway == outcome.is_underway
                && other.reason == outcome.reason
                && phrase(&other.action, lang) == phrase(&outcome.action, lang)
        };
        match groups.iter_mut().find(|group| group.first().is_some_and(|other| is_alike(other))) {
            Some(group) => group.push(outcome),
            None => groups.push(vec![outcome]),
        }
    }
    let is_confirmed = |action: &Action| {
        outcomes
            .iter()
            .any(|other| other.kind == OutcomeKind::Confirmed && phrase(&other.action, lang) == phrase(action, lang))
    };
    // What was so already goes without saying beside what was done.
    groups.retain(|group| {
        group.first().is_some_and(|first| first.kind != OutcomeKind::Already || !is_confirmed(&first.action))
    });
    // Of a scene only what it changed is told.
    if MOST_SENTENCES < groups.len() && outcomes.iter().any(|outcome| outcome.kind == OutcomeKind::Confirmed) {
        groups.retain(|group| group.first().is_some_and(|first| first.kind != OutcomeKind::Already));
    }
    groups.sort_by_key(|group| {
        group
            .first()
            .map(|first| matches!(first.kind, OutcomeKind::TimedOut | OutcomeKind::Offline | OutcomeKind::Refused))
    });
    let sentences: Vec<String> = groups.iter().map(|group| sentence(group, house, lang)).collect();
    sentences.join(lang.pick(" ", ""))
}

/// Steps read back before they are done: "Did you mean: turn on Lamp?"
pub fn did_you_mean(steps: &[Step], house: &House, lang: Lang) -> String {
    let wished: Vec<Outcome> = steps
        .iter()
        .map(|step| Outcome {
            entity: step.entity.clone(),
            action: step.action.clone(),
            kind: OutcomeKind::Sent,
            is_underway: false,
            took_ms: 0,
            reason: None,
            sent: Vec::new(),
        })
        .collect();
    let mut groups: Vec<Vec<&Outcome>> = Vec::new();
    for wish in &wished {
        match groups.iter_mut().find(|group| group.first().is_some_and(|other| other.action == wish.action)) {
            Some(group) => group.push(wish),
            None => groups.push(vec![wish]),
        }
    }
    let wishes: Vec<String> = groups.iter().map(|group| wish(group, house, lang)).collect();
    match lang {
        Lang::En => format!("Did you mean: {}?", and(&wishes, lang)),
        Lang::Zh => format!("您是要{}吗？", wishes.join("，")),
    }
}

fn wish(alike: &[&Outcome], house: &House, lang: Lang) -> String {
    let Some(first) = alike.first() else { return String::new() };
    imperative(&first.action, lang).replace('_', &subject(alike, house, lang))
}

/// The reply to a change of timers.
pub fn timer_changed(change: &TimerChange, lang: Lang) -> String {
    match (change, lang) {
        (TimerChange::Start(start), Lang::En) => match &start.name {
            Some(name) => format!("The {name} timer runs for {}.", length(start.seconds, lang)),
            None => format!("The timer runs for {}.", length(start.seconds, lang)),
        },
        (TimerChange::Start(start), Lang::Zh) => {
            format!("{}计时器开始，{}。", start.name.as_deref().unwrap_or_default(), length(start.seconds, lang))
        }
        (TimerChange::Cancel(ids), Lang::En) if ids.is_empty() => "There are no timers.".to_owned(),
        (TimerChange::Cancel(ids), Lang::En) if ids.len() == 1 => "The timer is cancelled.".to_owned(),
        (TimerChange::Cancel(ids), Lang::En) => format!("{} timers are cancelled.", ids.len()),
        (TimerChange::Cancel(ids), Lang::Zh) if ids.is_empty() => "没有计时器。".to_owned(),
        (TimerChange::Cancel(_), Lang::Zh) => "计时器已取消。".to_owned(),
        (TimerChange::Add(_, seconds), Lang::En) if 0 < *seconds => {
            format!("The timer has {} more.", length(seconds.unsigned_abs(), lang))
        }
        (TimerChange::Add(_, seconds), Lang::En) => {
            format!("The timer has {} less.", length(seconds.unsigned_abs(), lang))
        }
        (TimerChange::Add(_, seconds), Lang::Zh) if 0 < *seconds => {
            format!("计时器增加了{}。", length(seconds.unsigned_abs(), lang))
        }
        (TimerChange::Add(_, seconds), Lang::Zh) => format!("计时器减少了{}。", length(seconds.unsigned_abs(), lang)),
        (TimerChange::Pause(_), _) => lang.pick("The timer is paused.", "计时器已暂停。").to_owned(),
        (TimerChange::Resume(_), _) => lang.pick("The timer goes on.", "计时器继续。").to_owned(),
        (TimerChange::Tell(_), _) => String::new(),
    }
}

/// A length of time in words.
pub(super) fn length(seconds: u64, lang: Lang) -> String {
    let parts = [
        (seconds / 3600, lang.pick("hour", "小时")),
        (seconds / 60 % 60, lang.pick("minute", "分钟")),
        (seconds % 60, lang.pick("second", "秒")),
    ];
    let said: Vec<String> = parts
        .into_iter()
        .filter(|(count, _)| 0 < *count)
        .map(|(count, unit)| match lang {
            Lang::En if count == 1 => format!("{count} {unit}"),
            Lang::En => format!("{count} {unit}s"),
            Lang::Zh => format!("{count}{unit}"),
        })
        .collect();
    match lang {
        Lang::En => and(&said, lang),
        Lang::Zh => said.concat(),
    }
}

fn sentence(alike: &[&Outcome], house: &House, lang: Lang) -> String {
    let Some(first) = alike.first() else { return String::new() };
    let who = subject(alike, house, lang);
    let (verb, state) = phrase(&first.action, lang);
    let verb = if lang == Lang::Zh { put(&verb, &who) } else { verb };
    let quoted = first.reason.as_ref().map(|reason| format!("“{}”", reason.trim_end_matches('.')));
    match (first.kind, lang) {
        (OutcomeKind::Confirmed, Lang::En) if first.is_underway => {
            format!("{} {}.", capital(&who), on_the_way(&first.action, alike, &who, lang))
        }
        (OutcomeKind::Confirmed, Lang::Zh) if first.is_underway => {
            format!("{who}{}。", on_the_way(&first.action, alike, &who, lang))
        }
        (OutcomeKind::Confirmed, Lang::En) => format!("{} {}.", capital(&verb), who).replace(" _.", "."),
        (OutcomeKind::Confirmed, Lang::Zh) => format!("已{verb}。"),
        (OutcomeKind::Already, Lang::En) => format!("{} {} already {state}.", capital(&who), is_or_are(alike, &who)),
        (OutcomeKind::Already, Lang::Zh) => format!("{who}本来就{state}。"),
        (OutcomeKind::Sent, Lang::En) => format!("I sent the command to {who}, which can't report back."),
        (OutcomeKind::Sent, Lang::Zh) => format!("命令已发送给{who}，但它不能回报状态。"),
        (OutcomeKind::TimedOut, Lang::En) => {
            format!("{} did not answer, so I can't tell whether it is {state}.", capital(&who))
        }
        (OutcomeKind::TimedOut, Lang::Zh) => format!("{who}没有回应，我不确定是否{state}。"),
        (OutcomeKind::Offline, Lang::En) => format!("{} can't be reached, so nothing happened there.", capital(&who)),
        (OutcomeKind::Offline, Lang::Zh) => format!("{who}联系不上，没有操作。"),
        (OutcomeKind::Refused, Lang::En) => {
            format!("{} did not do it: {}.", capital(&who), quoted.unwrap_or_else(|| format!("it is not {state}")))
        }
        (OutcomeKind::Refused, Lang::Zh) => format!(
            "{who}没有执行，{}。",
            quoted.map_or_else(|| format!("现在不是{state}"), |reason| format!("原因是{reason}"))
        ),
    }
}

/// What a device does that is confirmed and not at its end yet.
fn on_the_way(action: &Action, alike: &[&Outcome], who: &str, lang: Lang) -> String {
    let (en, zh) = match action {
        Action::OpenCover | Action::OpenValve => ("opening", "正在打开"),
        Action::CloseCover | Action::CloseValve => ("closing", "正在关闭"),
        Action::Arm(_) => ("arming", "正在布防"),
        Action::VacuumReturn | Action::MowerDock => ("on the way home", "正在返回"),
        _ => ("moving there", "正在移动"),
    };
    match lang {
        Lang::En => format!("{} {en}", is_or_are(alike, who)),
        Lang::Zh => zh.to_owned(),
    }
}

fn is_or_are(alike: &[&Outcome], who: &str) -> &'static str {
    let sounds_plural = ["lights", "blinds", "curtains", "lamps", "shutters"]
        .iter()
        .any(|word| who.split(" in the ").next().is_some_and(|name| name.to_lowercase().ends_with(word)));
    if alike.len() == 1 && !sounds_plural { "is" } else { "are" }
}

pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Names while they are few, else a count of a kind in a place.
pub(super) fn subject(alike: &[&Outcome], house: &House, lang: Lang) -> String {
    let entities: Vec<&Entity> = alike.iter().filter_map(|outcome| house.entities.get(&outcome.entity)).collect();
    if alike.len() <= 2 {
        let mut names: Vec<String> = alike.iter().map(|outcome| full_name(house, &outcome.entity, lang)).collect();
        names.dedup();
        return and(&names, lang);
    }
    let kind = entities.first().map(|entity| entity.domain);
    let same_kind = entities.iter().all(|entity| Some(entity.domain) == kind);
    let area = entities.first().and_then(|entity| house.area_of(entity));
    let same_area = entities.iter().all(|entity| house.area_of(entity).map(|own| &own.id) == area.map(|own| &own.id));
    let place = area.filter(|_| same_area).map(|area| in_area(&area.name, lang)).unwrap_or_default();
    match (lang, kind.filter(|_| same_kind)) {
        (Lang::En, kind) => format!("{} {}{place}", entities.len(), kind.map_or("devices", plural_en)),
        (Lang::Zh, Some(kind)) => format!("{place}{}个{}", entities.len(), super::kind_zh(kind.as_str())),
        (Lang::Zh, None) => format!("{place}{}个设备", entities.len()),
    }
}

/// The name, with its room where the name alone could be any room's.
fn full_name(house: &House, id: &house::EntityId, lang: Lang) -> String {
    let Some(entity) = house.entities.get(id) else { return name_of(house, id) };
    let is_common = house.entities.values().filter(|other| other.name == entity.name).nth(1).is_some();
    match house.area_of(entity).filter(|_| is_common) {
        Some(area) if lang == Lang::Zh => format!("{}的{}", area.name, entity.name),
        Some(area) => format!("{}{}", entity.name, in_area(&area.name, lang)),
        None => entity.name.clone(),
    }
}

fn plural_en(domain: Domain) -> &'static str {
    match domain {
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

/// In Chinese the object may stand inside the phrase: `把_调到30%`.
fn put(verb: &str, who: &str) -> String {
    match verb.contains('_') {
        true => verb.replacen('_', who, 1),
        false => format!("{verb}{who}"),
    }
}

/// What was done and the state it leads to.
#[expect(clippy::too_many_lines, reason = "one arm for each action")]
fn phrase(action: &Action, lang: Lang) -> (String, String) {
    let pair = |en: (&str, &str), zh: (&str, &str)| {
        let (verb, state) = if lang == Lang::En { en } else { zh };
        (verb.to_owned(), state.to_owned())
    };
    let set = |what: String| match lang {
        Lang::En => (format!("set to {what}:"), format!("at {what}")),
        Lang::Zh => (format!("把_调到{what}"), what),
    };
    match action {
        Action::TurnOn => pair(("turned on", "on"), ("打开", "开着")),
        Action::TurnOff => pair(("turned off", "off"), ("关闭", "关着")),
        Action::SetLight { brightness_pct, color_temp_k, .. } => match (brightness_pct, color_temp_k) {
            (Some(brightness), _) => set(format!("{brightness}%")),
            (None, Some(kelvin)) => set(format!("{kelvin} K")),
            (None, None) => pair(("changed the colour of", "in that colour"), ("给_换了颜色", "那个颜色")),
        },
        Action::OpenCover | Action::OpenValve => pair(("opened", "open"), ("打开", "开着")),
        Action::CloseCover | Action::CloseValve => pair(("closed", "closed"), ("关上", "关着")),
        Action::StopCover => pair(("stopped", "stopped"), ("停住", "停着")),
        Action::SetCoverPosition(position) | Action::SetValvePosition(position) => set(format!("{position}%")),
        Action::SetTilt(position) => match lang {
            Lang::En => (format!("tilted to {position}%:"), format!("tilted to {position}%")),
            Lang::Zh => (format!("把_的叶片调到{position}%"), format!("叶片{position}%")),
        },
        Action::SetEffect(effect) => match lang {
            Lang::En => (format!("playing the effect “{effect}” on"), format!("playing the effect “{effect}”")),
            Lang::Zh => (format!("把_换成“{effect}”效果"), format!("“{effect}”效果")),
        },
        Action::Lock => pair(("locked", "locked"), ("锁上", "锁着")),
        Action::Unlock => pair(("unlocked", "unlocked"), ("解锁", "没锁")),
        Action::SetTemperature(temperature) => set(format!("{}°", number(*temperature))),
        Action::SetHvacMode(mode) => set(mode_word(*mode, lang)),
        Action::SetPercentage(percentage) => set(format!("{percentage}%")),
        Action::SetVolume(volume) => match lang {
            Lang::En => (format!("set the volume to {volume}% on"), format!("at {volume}%")),
            Lang::Zh => (format!("把_的音量调到{volume}%"), format!("{volume}%")),
        },
        Action::Arm(mode) => match lang {
            Lang::En => (format!("armed ({})", mode.as_str()), format!("armed {}", mode.as_str())),
            Lang::Zh => ("布防".to_owned(), "布防".to_owned()),
        },
        Action::Disarm => pair(("disarmed", "disarmed"), ("撤防", "撤防")),
        Action::MediaPlay => pair(("playing on", "playing"), ("开始播放：", "播放")),
        Action::MediaPause | Action::MediaStop => pair(("paused", "paused"), ("暂停", "暂停")),
        Action::MediaNext => pair(("skipped to the next track on", "on the next track"), ("切到下一首：", "下一首")),
        Action::MediaPrevious => {
            pair(("went back to the previous track on", "on the previous track"), ("切到上一首：", "上一首"))
        }
        Action::Mute(true) => pair(("muted", "muted"), ("静音", "静音")),
        Action::Mute(false) => pair(("unmuted", "unmuted"), ("取消静音：", "有声音")),
        Action::PlayMedia { query, .. } => match lang {
            Lang::En => (format!("playing “{query}” on"), "playing it".to_owned()),
            Lang::Zh => (format!("在_上播放“{query}”"), "播放".to_owned()),
        },
        Action::VacuumStart | Action::VacuumCleanArea(_) => pair(("started", "cleaning"), ("启动", "清扫")),
        Action::VacuumPause | Action::MowerPause => pair(("paused", "paused"), ("暂停", "暂停")),
        Action::VacuumReturn | Action::MowerDock => pair(("sent home", "on its way home"), ("让_回去充电", "回去充电")),
        Action::VacuumLocate => pair(("called", "calling"), ("呼叫", "发声")),
        Action::MowerStart => pair(("started", "mowing"), ("启动", "割草")),
        Action::Activate => pair(("activated", "active"), ("启用", "启用")),
        Action::AddItem(item) => match lang {
            Lang::En => (format!("added “{item}” to"), format!("holding “{item}”")),
            Lang::Zh => (format!("把“{item}”加到_"), format!("有“{item}”")),
        },
        Action::CompleteItem(item) | Action::RemoveItem(item) => match lang {
            Lang::En => (format!("took “{item}” off"), format!("without “{item}”")),
            Lang::Zh => (format!("把“{item}”从_划掉"), format!("没有“{item}”")),
        },
        Action::SetNumber(value) => set(number(*value)),
        Action::SelectOption(option) => set(option.clone()),
    }
}

fn mode_word(mode: HvacMode, lang: Lang) -> String {
    let zh = match mode {
        HvacMode::Off => "关闭",
        HvacMode::Heat => "制热",
        HvacMode::Cool => "制冷",
        HvacMode::HeatCool | HvacMode::Auto => "自动",
        HvacMode::Dry => "除湿",
        HvacMode::FanOnly => "送风",
    };
    match lang {
        Lang::En => mode.as_str().replace('_', " "),
        Lang::Zh => zh.to_owned(),
    }
}

/// More than these are only told as far as they changed.
const MOST_SENTENCES: usize = 3;

/// What shall be done, with `_` where its object stands.
pub(super) fn imperative(action: &Action, lang: Lang) -> String {
    if lang == Lang::Zh {
        let (verb, _) = phrase(action, lang);
        return if verb.contains('_') { verb } else { format!("{verb}_") };
    }
    match action {
        Action::TurnOn => "turn on _".to_owned(),
        Action::TurnOff => "turn off _".to_owned(),
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
        Action::SetHvacMode(mode) => format!("set _ to {}", mode.as_str().replace('_', " ")),
        Action::SetPercentage(percentage) => format!("set _ to {percentage}%"),
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
