//! How Chinese puts its words together.

use house::{Action, Degrees, Domain, HvacMode};

use crate::texts::wording::{Phrase, Wording, hours_minutes_seconds, listed, number};

/// The grammar of Chinese.
pub(super) struct Chinese;

impl Wording for Chinese {
    fn sentences(&self, sentences: &[String]) -> String {
        sentences.concat()
    }

    fn items(&self, items: &[String]) -> String {
        items.join("；")
    }

    fn and(&self, names: &[String]) -> String {
        listed(names, "、", "和")
    }

    fn or(&self, names: &[String]) -> String {
        listed(names, "、", "还是")
    }

    fn either(&self, names: &[String]) -> String {
        names.join("或")
    }

    fn wishes(&self, wishes: &[String]) -> String {
        wishes.join("，")
    }

    fn weekdays(&self, days: &[String]) -> String {
        days.join("、")
    }

    fn in_area(&self, area: &str) -> String {
        area.to_owned()
    }

    fn thing_in(&self, name: &str, area: &str) -> String {
        format!("{area}的{name}")
    }

    fn count(&self, count: usize, kind: Option<Domain>, area: Option<&str>) -> String {
        let kind = kind.map_or("设备", |kind| kind_word(kind.as_str()));
        format!("{}{count}个{kind}", area.unwrap_or_default())
    }

    fn kind(&self, kind: &str) -> String {
        kind_word(kind).to_owned()
    }

    fn at_start(&self, words: &str) -> String {
        words.to_owned()
    }

    fn be(&self, _is_many: bool) -> &'static str {
        ""
    }

    fn is_plural_name(&self, _name: &str) -> bool {
        false
    }

    fn length(&self, seconds: u64) -> String {
        hours_minutes_seconds(seconds, ["小时", "分钟", "秒"]).map(|(count, unit)| format!("{count}{unit}")).collect()
    }

    fn weekday(&self, weekday: i8) -> &'static str {
        usize::try_from(weekday - 1).ok().and_then(|index| WEEKDAYS.get(index)).copied().unwrap_or_default()
    }

    fn month(&self, month: i8) -> String {
        month.to_string()
    }

    fn state(&self, state: &str) -> String {
        state_word(state).to_owned()
    }

    fn attribute(&self, attribute: &str, value: &str) -> String {
        let value = value.replace(" °C", "度").replace(' ', "");
        match attribute {
            "brightness" => format!("亮度{value}"),
            "speed" => format!("风速{value}"),
            "humidity" => format!("湿度{value}"),
            "volume" => format!("音量{value}"),
            "battery" => format!("电量{value}"),
            "position" => format!("开到{value}"),
            "target_temperature" | "target_humidity" => format!("设定为{value}"),
            "title" => format!("正在播放{value}"),
            "mode" => format!("模式是{}", state_word(&value)),
            "power" => format!("功率{value}"),
            "energy" => format!("用电{value}"),
            _ => value,
        }
    }

    fn degrees(&self, value: f64, unit: Option<Degrees>) -> String {
        let value = number(value);
        match unit {
            None => format!("{value}度"),
            Some(Degrees::Celsius) => format!("{value}摄氏度"),
            Some(Degrees::Fahrenheit) => format!("{value}华氏度"),
        }
    }

    fn weather(&self, condition: &str) -> String {
        weather_word(condition).to_owned()
    }

    fn reason(&self, reason: &str) -> String {
        reason_words(reason)
    }

    fn phrase(&self, action: &Action) -> Phrase {
        phrase_of(action)
    }

    /// The object may stand inside the phrase: `把_调到30%`.
    fn deed(&self, done: &str, who: &str) -> String {
        match done.contains('_') {
            true => done.replacen('_', who, 1),
            false => format!("{done}{who}"),
        }
    }

    fn happened(&self, action: &Action, who: &str) -> String {
        self.deed(&phrase_of(action).done, who)
    }

    fn imperative(&self, action: &Action) -> String {
        let done = phrase_of(action).done;
        if done.contains('_') { done } else { format!("{done}_") }
    }
}

fn phrase(done: impl Into<String>, state: impl Into<String>) -> Phrase {
    Phrase { done: done.into(), state: state.into() }
}

fn phrase_of(action: &Action) -> Phrase {
    let set = |what: String| phrase(format!("把_调到{what}"), what);
    match action {
        Action::TurnOn => phrase("打开", "开着"),
        Action::TurnOff => phrase("关闭", "关着"),
        Action::SetLight { brightness_pct, color_temp_k, .. } => match (brightness_pct, color_temp_k) {
            (Some(brightness), Some(kelvin)) => set(format!("{brightness}%、{kelvin} K")),
            (Some(brightness), None) => set(format!("{brightness}%")),
            (None, Some(kelvin)) => set(format!("{kelvin} K")),
            (None, None) => phrase("给_换了颜色", "那个颜色"),
        },
        Action::OpenCover | Action::OpenValve => phrase("打开", "开着"),
        Action::CloseCover | Action::CloseValve => phrase("关上", "关着"),
        Action::StopCover => phrase("停住", "停着"),
        Action::SetCoverPosition(position) | Action::SetValvePosition(position) => set(format!("{position}%")),
        Action::SetTilt(position) => phrase(format!("把_的叶片调到{position}%"), format!("叶片{position}%")),
        Action::SetEffect(effect) => phrase(format!("把_换成“{effect}”效果"), format!("“{effect}”效果")),
        Action::Lock => phrase("锁上", "锁着"),
        Action::Unlock => phrase("解锁", "没锁"),
        Action::SetTemperature(temperature) => set(format!("{}°", number(*temperature))),
        Action::SetHvacMode(mode) => set(mode_word(*mode)),
        Action::SetPercentage(percentage) | Action::SetHumidity(percentage) => set(format!("{percentage}%")),
        Action::SetVolume(volume) => phrase(format!("把_的音量调到{volume}%"), format!("{volume}%")),
        Action::Arm(_) => phrase("布防", "布防"),
        Action::Disarm => phrase("撤防", "撤防"),
        Action::MediaPlay => phrase("开始播放：", "播放"),
        Action::MediaPause | Action::MediaStop => phrase("暂停", "暂停"),
        Action::MediaNext => phrase("切到下一首：", "下一首"),
        Action::MediaPrevious => phrase("切到上一首：", "上一首"),
        Action::Mute(true) => phrase("静音", "静音"),
        Action::Mute(false) => phrase("取消静音：", "有声音"),
        Action::PlayMedia { query, .. } => phrase(format!("在_上播放“{query}”"), "播放".to_owned()),
        Action::VacuumStart | Action::VacuumCleanArea(_) => phrase("启动", "清扫"),
        Action::VacuumPause | Action::MowerPause => phrase("暂停", "暂停"),
        Action::VacuumReturn | Action::MowerDock => phrase("让_回去充电", "回去充电"),
        Action::VacuumLocate => phrase("呼叫", "发声"),
        Action::MowerStart => phrase("启动", "割草"),
        Action::Activate => phrase("启用", "启用"),
        Action::AddItem(item) => phrase(format!("把“{item}”加到_"), format!("有“{item}”")),
        Action::CompleteItem(item) | Action::RemoveItem(item) => {
            phrase(format!("把“{item}”从_划掉"), format!("没有“{item}”"))
        }
        Action::SetNumber(value) => set(number(*value)),
        Action::SelectOption(option) => set(option.clone()),
    }
}

fn mode_word(mode: HvacMode) -> String {
    let word = match mode {
        HvacMode::Off => "关闭",
        HvacMode::Heat => "制热",
        HvacMode::Cool => "制冷",
        HvacMode::HeatCool | HvacMode::Auto => "自动",
        HvacMode::Dry => "除湿",
        HvacMode::FanOnly => "送风",
    };
    word.to_owned()
}

fn state_word(state: &str) -> &str {
    match state {
        "on" => "开着",
        "off" => "关着",
        "open" => "打开",
        "closed" => "关闭",
        "opening" => "正在打开",
        "closing" => "正在关闭",
        "locked" => "锁着",
        "unlocked" => "没锁",
        "home" => "在家",
        "not_home" => "不在家",
        "playing" => "正在播放",
        "paused" => "暂停",
        "idle" => "空闲",
        "cleaning" => "正在清扫",
        "docked" => "在充电座上",
        "returning" => "正在回充",
        "heat" => "制热",
        "cool" => "制冷",
        "auto" | "heat_cool" => "自动",
        "disarmed" => "已撤防",
        "triggered" => "已触发",
        other if other.starts_with("armed") => "已布防",
        other => other,
    }
}

fn weather_word(condition: &str) -> &str {
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

/// A domain, device class or another kind.
fn kind_word(kind: &str) -> &'static str {
    match kind {
        "light" => "灯",
        "light that is on" => "开着的灯",
        "switch" | "outlet" => "开关",
        "fan" => "风扇",
        "cover" | "curtain" => "窗帘",
        "blind" | "shade" | "shutter" => "百叶窗",
        "garage" => "车库门",
        "window" => "窗户",
        "door" => "门",
        "lock" => "门锁",
        "climate" => "空调或暖气",
        "temperature" => "温度计",
        "media_player" | "speaker" | "tv" => "播放设备",
        "vacuum" => "扫地机器人",
        "lawn_mower" => "割草机",
        "valve" => "阀门",
        "todo" | "list" => "清单",
        "weather" => "天气信息",
        "alarm_control_panel" => "安防系统",
        "scene" => "场景",
        _ => "这类设备",
    }
}

fn reason_words(reason: &str) -> String {
    let quoted =
        |text: &str, tail: &str| text.strip_suffix(tail)?.strip_prefix('`')?.strip_suffix('`').map(str::to_owned);
    match REASONS.iter().find(|(en, _)| *en == reason) {
        Some((_, zh)) => (*zh).to_owned(),
        None => match (quoted(reason, " is its name"), quoted(reason, " contains it")) {
            (Some(name), _) => format!("它叫“{name}”"),
            (_, Some(scene)) => format!("“{scene}”里有它"),
            _ => reason.to_owned(),
        },
    }
}

const WEEKDAYS: &[&str] = &["一", "二", "三", "四", "五", "六", "日"];
/// The reasons that resolving gives.
const REASONS: &[(&str, &str)] = &[
    ("its name was said", "说了它的名字"),
    ("its kind was said", "说了它的种类"),
    ("its kind was said, and no place", "说了它的种类，没说地点"),
    ("its kind and place were said", "说了它的种类和地点"),
    ("it is where the person spoke", "它在您说话的地方"),
    ("it was spoken of just before", "刚才说到了它"),
    ("it is the other one there", "它是那里的另一个"),
    ("everything there was meant", "那里的都要"),
    ("it was so before", "之前就是那样"),
    ("it was moving", "它正在动"),
];
