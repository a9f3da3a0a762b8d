//! Answers to questions about the house, from what was observed.

use house::{Answer, Domain, Entity, EntityId, House, Value};

use crate::when::{Around, Civil, civil};

use super::done::length;
use super::{and, in_area, name_of, number};
use house::Lang;

/// The words of an answer.
pub fn answer(answer: &Answer, house: &House, around: &Around, lang: Lang) -> String {
    let now = civil(around.now_ms, around);
    match answer {
        Answer::States { ask: "since", entities, .. } => since(entities, house, around, lang),
        Answer::States { ask, state, entities, matching, unknown } => match state {
            Some(state) => about_state(ask, state, entities, matching, unknown, house, lang),
            None => values(entities, house, lang),
        },
        Answer::Temperature { entity, value } => match lang {
            Lang::En => match area_of(house, entity) {
                Some(area) => format!("It is {}°{}.", number(*value), in_area(area, lang)),
                None => format!("{} shows {}°.", name_of(house, entity), number(*value)),
            },
            Lang::Zh => format!(
                "{}{}度。",
                area_of(house, entity).map_or_else(|| name_of(house, entity), str::to_owned),
                number(*value)
            ),
        },
        Answer::Weather(entity) => weather(entity, house, lang),
        Answer::Time => match lang {
            Lang::En => format!("It is {}:{:02}.", now.hour, now.minute),
            Lang::Zh => format!("现在是{}点{:02}分。", now.hour, now.minute),
        },
        Answer::Date => date(now, lang),
        Answer::List(entity) => list(entity, house, lang),
        Answer::Timers(ids) => timers(ids, house, lang),
        // Told by `schedule_changed` and `cause`, which know more.
        Answer::Schedules(_) | Answer::Causes(_) => String::new(),
        Answer::Help => lang
            .pick(
                "I switch and dim lights, move blinds, set heating, play music, mind locks and the alarm, keep lists \
                 and timers, and tell you how things stand. Just say what you want.",
                "我可以开关和调节灯光、窗帘、温度、音乐、门锁和安防，管理清单和计时器，也能告诉您家里的状态。\
                 直接说就行。",
            )
            .to_owned(),
        Answer::Greeting => lang.pick("I am here. What can I do?", "我在，需要我做什么？").to_owned(),
        Answer::Nevermind => lang.pick("All right.", "好的。").to_owned(),
    }
}

fn area_of<'a>(house: &'a House, id: &EntityId) -> Option<&'a str> {
    house.entities.get(id).and_then(|entity| house.area_of(entity)).map(|area| area.name.as_str())
}

fn about_state(
    ask: &str,
    state: &str,
    entities: &[EntityId],
    matching: &[EntityId],
    unknown: &[EntityId],
    house: &House,
    lang: Lang,
) -> String {
    let names =
        |ids: &[EntityId]| and(&ids.iter().take(MOST_NAMES).map(|id| name_of(house, id)).collect::<Vec<_>>(), lang);
    let word = state_word(state, lang);
    let known = entities.len() - unknown.len();
    if known == 0 {
        return match lang {
            Lang::En => format!("I don't know: {} did not report.", names(unknown)),
            Lang::Zh => format!("我不知道，{}没有报告状态。", names(unknown)),
        };
    }
    let all = matching.len() == known;
    let said = match (ask, lang) {
        ("count", Lang::En) => format!("{} of {known}.", matching.len()),
        ("count", Lang::Zh) => format!("{known}个里有{}个{word}。", matching.len()),
        (_, Lang::En) if matching.is_empty() && known == 1 => format!("No, {} is not {word}.", names(entities)),
        (_, Lang::Zh) if matching.is_empty() && known == 1 => format!("没有，{}不是{word}。", names(entities)),
        (_, Lang::En) if matching.is_empty() => format!("No, none of {known} is {word}."),
        (_, Lang::Zh) if matching.is_empty() => format!("没有，{known}个都不是{word}。"),
        ("all", Lang::En) if all => format!("Yes, all {known} are {word}."),
        ("all", Lang::Zh) if all => format!("是的，{known}个都{word}。"),
        ("all", Lang::En) => format!("No, only {} of {known}: {}.", matching.len(), names(matching)),
        ("all", Lang::Zh) => format!("不是，{known}个里只有{}个{word}：{}。", matching.len(), names(matching)),
        ("which", Lang::En) if matching.len() == 1 => format!("{} is {word}.", names(matching)),
        ("which", Lang::En) => format!("{} of {known} are {word}: {}.", matching.len(), names(matching)),
        ("one", Lang::Zh) if matching.len() == 1 => format!("是的，{}{word}。", names(matching)),
        ("which", Lang::Zh) => format!("{}{word}。", names(matching)),
        (_, Lang::En) if matching.len() == 1 => format!("Yes, {} is {word}.", names(matching)),
        (_, Lang::En) => format!("Yes, {} of {known} are {word}: {}.", matching.len(), names(matching)),
        (_, Lang::Zh) => format!("有，{}{word}。", names(matching)),
    };
    match (unknown.is_empty(), lang) {
        (true, _) => said,
        (false, Lang::En) => format!("{said} I don't know about {}.", names(unknown)),
        (false, Lang::Zh) => format!("{said}{}的状态未知。", names(unknown)),
    }
}

/// Since when things are as they are.
fn since(entities: &[EntityId], house: &House, around: &Around, lang: Lang) -> String {
    let told: Vec<String> = entities
        .iter()
        .take(MOST_NAMES)
        .filter_map(|id| house.entities.get(id))
        .map(|entity| super::why::since(entity, around, lang))
        .collect();
    match told.is_empty() {
        true => lang.pick("I don't know.", "我不知道。").to_owned(),
        false => super::joined(&told, lang),
    }
}

fn values(entities: &[EntityId], house: &House, lang: Lang) -> String {
    let told: Vec<String> = entities
        .iter()
        .take(MOST_NAMES)
        .filter_map(|id| house.entities.get(id))
        .map(|entity| value(entity, lang))
        .collect();
    match told.is_empty() {
        true => lang.pick("I don't know.", "我不知道。").to_owned(),
        false => told.join(" "),
    }
}

fn value(entity: &Entity, lang: Lang) -> String {
    let Some(state) = entity.state.value.as_deref() else {
        return match lang {
            Lang::En => format!("{} has not reported yet.", entity.name),
            Lang::Zh => format!("{}还没有报告状态。", entity.name),
        };
    };
    let unit = entity.attribute("unit_of_measurement").and_then(Value::as_text).unwrap_or_default();
    let said = match entity.domain {
        Domain::Sensor => format!("{state} {unit}").trim().to_owned(),
        _ => state_word(state, lang).to_owned(),
    };
    match lang {
        Lang::En => format!("{} is {said}.", entity.name),
        Lang::Zh => format!("{}：{said}。", entity.name),
    }
}

fn weather(entity: &EntityId, house: &House, lang: Lang) -> String {
    let Some(entity) = house.entities.get(entity) else {
        return lang.pick("I don't know.", "我不知道。").to_owned();
    };
    let Some(condition) = entity.state.value.as_deref() else {
        return lang.pick("I have no weather report yet.", "还没有收到天气信息。").to_owned();
    };
    let heat = entity.number("temperature").map(number);
    match (lang, heat) {
        (Lang::En, Some(heat)) => format!("It is {} and {heat}° outside.", condition_en(condition)),
        (Lang::En, None) => format!("It is {} outside.", condition_en(condition)),
        (Lang::Zh, Some(heat)) => format!("现在{}，{heat}度。", condition_zh(condition)),
        (Lang::Zh, None) => format!("现在{}。", condition_zh(condition)),
    }
}

fn date(now: Civil, lang: Lang) -> String {
    let day = day_name(now.weekday, lang);
    match lang {
        Lang::En => format!("It is {day}, {} {} {}.", now.day, month_name(now.month), now.year),
        Lang::Zh => format!("今天是{}年{}月{}日，星期{day}。", now.year, now.month, now.day),
    }
}

/// A day of the week, 1 Monday – 7 Sunday.
pub(super) fn day_name(weekday: i8, lang: Lang) -> &'static str {
    let names = if lang == Lang::En { DAYS_EN } else { DAYS_ZH };
    usize::try_from(weekday - 1).ok().and_then(|index| names.get(index)).copied().unwrap_or_default()
}

/// A month's English name.
pub(super) fn month_name(month: i8) -> &'static str {
    usize::try_from(month - 1).ok().and_then(|index| MONTHS_EN.get(index)).copied().unwrap_or_default()
}

fn list(entity: &EntityId, house: &House, lang: Lang) -> String {
    let items = house
        .entities
        .get(entity)
        .and_then(|entity| entity.attribute("items"))
        .and_then(Value::as_list)
        .unwrap_or_default();
    let items: Vec<String> = items.iter().filter_map(Value::as_text).take(MOST_ITEMS).map(str::to_owned).collect();
    let name = name_of(house, entity);
    match (items.is_empty(), lang) {
        (true, Lang::En) => format!("{name} is empty."),
        (true, Lang::Zh) => format!("{name}是空的。"),
        (false, Lang::En) => format!("On {name}: {}.", and(&items, lang)),
        (false, Lang::Zh) => format!("{name}上有：{}。", and(&items, lang)),
    }
}

fn timers(ids: &[String], house: &House, lang: Lang) -> String {
    let told: Vec<String> = house
        .timers
        .iter()
        .filter(|timer| ids.contains(&timer.id))
        .map(|timer| {
            let name = timer.name.as_deref().unwrap_or_default();
            match lang {
                Lang::En => format!("{} left on the {name} timer", length(timer.left_s, lang)).replace("  ", " "),
                Lang::Zh => format!("{name}计时器还有{}", length(timer.left_s, lang)),
            }
        })
        .collect();
    match told.is_empty() {
        true => lang.pick("There are no timers.", "没有计时器。").to_owned(),
        false => format!("{}{}", and(&told, lang), lang.pick(".", "。")),
    }
}

/// A state in the words of the language; English states are Home Assistant's words.
pub(crate) fn state_word(state: &str, lang: Lang) -> &str {
    match (lang, state) {
        (Lang::En, "not_home") => "away",
        (Lang::En, other) => other,
        (Lang::Zh, "on") => "开着",
        (Lang::Zh, "off") => "关着",
        (Lang::Zh, "open") => "打开",
        (Lang::Zh, "closed") => "关闭",
        (Lang::Zh, "opening") => "正在打开",
        (Lang::Zh, "closing") => "正在关闭",
        (Lang::Zh, "locked") => "锁着",
        (Lang::Zh, "unlocked") => "没锁",
        (Lang::Zh, "home") => "在家",
        (Lang::Zh, "not_home") => "不在家",
        (Lang::Zh, "playing") => "正在播放",
        (Lang::Zh, "paused") => "暂停",
        (Lang::Zh, "idle") => "空闲",
        (Lang::Zh, "cleaning") => "正在清扫",
        (Lang::Zh, "docked") => "在充电座上",
        (Lang::Zh, "returning") => "正在回充",
        (Lang::Zh, "heat") => "制热",
        (Lang::Zh, "cool") => "制冷",
        (Lang::Zh, "auto" | "heat_cool") => "自动",
        (Lang::Zh, "disarmed") => "已撤防",
        (Lang::Zh, "triggered") => "已触发",
        (Lang::Zh, other) => match other.starts_with("armed") {
            true => "已布防",
            false => other,
        },
    }
}

fn condition_en(condition: &str) -> String {
    match condition {
        "partlycloudy" => "partly cloudy".to_owned(),
        other => other.replace(['-', '_'], " "),
    }
}

fn condition_zh(condition: &str) -> &str {
    match condition {
        "sunny" | "clear-night" => "晴",
        "cloudy" => "多云",
        "partlycloudy" => "局部多云",
        "rainy" => "有雨",
        "pouring" => "大雨",
        "snowy" => "下雪",
        "fog" => "有雾",
        "windy" | "windy-variant" => "有风",
        "lightning" | "lightning-rainy" => "雷雨",
        other => other,
    }
}

/// More names than these can't be listened to.
const MOST_NAMES: usize = 6;
const MOST_ITEMS: usize = 20;
const DAYS_EN: &[&str] = &["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const DAYS_ZH: &[&str] = &["一", "二", "三", "四", "五", "六", "日"];
const MONTHS_EN: &[&str] = &[
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
