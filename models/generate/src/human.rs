//! Rows from real labelled lines: finds in the text what the label says.
//!
//! A label that can't be found counts little or not at all; nothing is guessed silently.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use house::{IntentKind, Slot};
use mind::understand::code::{CodeIntent, CodeValue, slots_of};
use mind::understand::prompt::{Mark, Names};
use mind::words::{Word, key, words};
use serde_json::Value;

use crate::row::{Row, row};
use crate::say::Lang;
use crate::synth;
use crate::template::Node;

/// Converts files of lines.
pub(crate) fn write(inputs: &[PathBuf], fixtures: &[PathBuf], output: &Path, is_shown: bool) -> Result<()> {
    let homes = homes(fixtures)?;
    let lexicon = [Lexicon::new(Lang::En)?, Lexicon::new(Lang::Zh)?];
    let mut out = BufWriter::new(std::fs::File::create(output)?);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for input in inputs {
        for line in text_of(input)?.lines() {
            let label: Value = serde_json::from_str(line)?;
            let made = convert(&label, &homes, &lexicon);
            let name = made.as_ref().map_or("dropped", |row| {
                row.code.as_ref().and_then(|code| code.first()).map_or("no label", String::as_str)
            });
            *counts.entry(name.to_owned()).or_default() += 1;
            let Some(row) = made else {
                if is_shown {
                    writeln!(std::io::stdout(), "DROPPED {}", label["text"])?;
                }
                continue;
            };
            if is_shown {
                writeln!(
                    std::io::stdout(),
                    "{} {}",
                    row.weight,
                    synth::readable(&row, label["text"].as_str().unwrap_or_default())
                )?;
            }
            writeln!(out, "{}", serde_json::to_string(&row)?)?;
        }
    }
    writeln!(std::io::stderr(), "{counts:#?}")?;
    Ok(out.flush()?)
}

/// A file's text, unpacked if it is `.xz`.
pub(crate) fn text_of(path: &Path) -> Result<String> {
    if path.extension().is_none_or(|extension| extension != "xz") {
        return std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()));
    }
    let mut child = Command::new("xzcat").arg(path).stdout(Stdio::piped()).spawn().context("starting `xzcat`")?;
    let mut text = String::new();
    child.stdout.take().context("`xzcat` has no output")?.read_to_string(&mut text)?;
    ensure!(child.wait()?.success(), "`xzcat` failed on {}", path.display());
    Ok(text)
}

/// A house of a fixture file.
struct Home {
    names: Names,
    /// Keys of names as they are, without plural.
    exact: HashSet<String>,
}

/// The names of every house in the fixture files.
fn homes(paths: &[PathBuf]) -> Result<HashMap<String, Home>> {
    let mut out = HashMap::new();
    for path in paths {
        let all: Value = serde_json::from_str(&std::fs::read_to_string(path)?)?;
        for (name, home) in all.as_object().into_iter().flatten() {
            out.insert(name.clone(), names_of(home));
        }
    }
    Ok(out)
}

fn names_of(home: &Value) -> Home {
    let mut names: Vec<(String, &'static str)> = Vec::new();
    for (list, fixed) in
        [("areas", Some("area")), ("floors", Some("floor")), ("entities", None), ("timers", Some("timer"))]
    {
        for thing in home[list].as_array().into_iter().flatten() {
            let domain = thing["domain"].as_str().unwrap_or_default();
            let mark = fixed
                .or_else(|| mind::understand::code::MARKS.iter().find(|mark| **mark == domain).copied())
                .unwrap_or("other");
            let aliases = thing["aliases"].as_array().into_iter().flatten();
            let texts = std::iter::once(&thing["name"]).chain(aliases).filter_map(Value::as_str);
            names.extend(texts.map(|text| (text.to_owned(), mark)));
        }
    }
    let exact = names.iter().map(|(name, _)| key(name)).collect();
    Home { names: Names::new(names.iter().map(|(name, mark)| (name.as_str(), *mark))), exact }
}

fn convert(label: &Value, homes: &HashMap<String, Home>, lexicons: &[Lexicon; 2]) -> Option<Row> {
    let text = label["text"].as_str()?;
    let lang = if label["lang"].as_str()?.starts_with("zh") { Lang::Zh } else { Lang::En };
    let [english, chinese] = lexicons;
    let heard = words(text);
    let home = homes.get(label["fixture"].as_str().unwrap_or_default());
    let marks = home.map(|home| home.names.find(&heard)).unwrap_or_default();
    let exact: Vec<Mark> = marks
        .iter()
        .filter(|mark| home.is_some_and(|home| home.exact.contains(&said(mark, &heard))))
        .cloned()
        .collect();
    let line =
        Line { label, heard: &heard, marks: &exact, lexicon: if lang == Lang::En { english } else { chinese }, lang };
    let (intents, weight) = match &label["expected"] {
        // A reminder is ours, whatever calendar the label had in mind.
        Value::Array(list) if list.is_empty() && ["remind", "提醒"].iter().any(|word| text.contains(word)) => {
            return None;
        }
        Value::Array(list) if list.is_empty() => (Some(vec![bare(out_of_scope(label))]), 1.0),
        Value::Array(list) if list.len() == 1 => {
            let (intent, weight) = line.intent(list.first()?)?;
            (Some(vec![intent]), weight)
        }
        Value::Array(_) => return None,
        _ => match line.unjudged() {
            Some((intent, weight)) => (Some(vec![intent]), weight),
            None => (None, 1.0),
        },
    };
    let mut made = row(if lang == Lang::En { "en" } else { "zh" }, &heard, &marks, intents.as_deref(), "human")?;
    made.weight = weight;
    crate::check::kinds(&made).ok()?;
    Some(made)
}

fn said(mark: &Mark, heard: &[Word]) -> String {
    heard
        .get(mark.first..=mark.last)
        .unwrap_or_default()
        .iter()
        .map(|word| word.text.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}

fn bare(kind: IntentKind) -> CodeIntent {
    CodeIntent { kind, slots: Vec::new() }
}

/// Small talk with the assistant itself is answered, all else is not for the house.
fn out_of_scope(label: &Value) -> IntentKind {
    match label["orig_intent"].as_str().unwrap_or_default() {
        "clinc:greeting"
        | "clinc:goodbye"
        | "clinc:thank_you"
        | "clinc:are_you_a_bot"
        | "clinc:what_is_your_name"
        | "clinc:who_made_you"
        | "general_greet" => IntentKind::Respond,
        "clinc:what_can_i_ask_you" => IntentKind::Help,
        "clinc:repeat" | "general_repeat" => IntentKind::Repeat,
        _ => IntentKind::NotForHouse,
    }
}

/// Words of a language that say places, colours and cities.
struct Lexicon {
    rooms: Vec<Vec<String>>,
    colors: Vec<Vec<String>>,
    cities: Vec<Vec<String>>,
}

impl Lexicon {
    fn new(lang: Lang) -> Result<Self> {
        let book = synth::book(lang)?;
        let list = |name: &str| -> Vec<Vec<String>> {
            let texts = book.macros.get(name).into_iter().flatten().filter_map(|nodes| match nodes.as_slice() {
                [Node::Text(text)] => Some(text.clone()),
                _ => None,
            });
            let mut out: Vec<Vec<String>> =
                texts.map(|text| cut(&text.replace('_', " "))).filter(|words| !words.is_empty()).collect();
            out.sort_by_key(|words| std::cmp::Reverse(words.len()));
            out
        };
        let mut colors = list("color");
        colors.extend(list("tint"));
        colors.sort_by_key(|words| std::cmp::Reverse(words.len()));
        Ok(Self { rooms: list("rooms"), colors, cities: list("city") })
    }
}

fn cut(text: &str) -> Vec<String> {
    words(text).into_iter().map(|word| word.text).collect()
}

struct Line<'a> {
    label: &'a Value,
    heard: &'a [Word],
    marks: &'a [Mark],
    lexicon: &'a Lexicon,
    lang: Lang,
}

type Slots = Vec<(Slot, CodeValue)>;

impl Line<'_> {
    /// What a judged label says, and how sure it is.
    fn intent(&self, expected: &Value) -> Option<(CodeIntent, f64)> {
        use IntentKind as I;
        let kind = IntentKind::parse(expected["intent"].as_str()?)?;
        let slots = &expected["slots"];
        let mut weight = 1.0;
        let mut out: Slots = match kind {
            I::TurnOn | I::TurnOff => self.switched(slots)?,
            I::LightSet => self.light(slots)?,
            I::MediaSearchAndPlay => {
                let (slots, sure) = self.media();
                weight = sure;
                slots
            }
            I::SetVolume | I::SetVolumeRelative => self.volume(kind, slots)?,
            I::StartTimer => {
                let wanted = ["hours", "minutes", "seconds"].iter().any(|unit| slots[unit].is_number());
                match mind::numbers::lengths(self.heard).first() {
                    Some(length) => vec![(Slot::Duration, CodeValue::At(length.first))],
                    None if wanted => return None,
                    None => Vec::new(),
                }
            }
            I::ShoppingListAddItem | I::ShoppingListCompleteItem => self.items(slots)?,
            I::ListAddItem | I::ListRemoveItem | I::ListCompleteItem => {
                let mut out = self.items(slots)?;
                out.extend(self.list_name());
                out
            }
            I::VacuumStart | I::VacuumCleanArea => self.vacuum(),
            I::GetWeather => self.weather(),
            I::ClimateSetTemperature | I::ClimateGetTemperature => self.climate(slots),
            I::MediaPause
            | I::MediaUnpause
            | I::MediaNext
            | I::MediaPrevious
            | I::MediaPlayerMute
            | I::MediaPlayerUnmute => {
                let mut out = self.places();
                out.extend(self.media_target());
                out.extend(self.for_length());
                out
            }
            _ => Vec::new(),
        };
        let is_scheduled = self.label["kind"].as_str() == Some("command_scheduled");
        if is_scheduled && slots_of(kind).contains(&Slot::When) && !out.iter().any(|(slot, _)| *slot == Slot::For) {
            match self.when() {
                Some(when) => out.push((Slot::When, when)),
                None => weight = 0.3,
            }
        }
        let allowed = slots_of(kind);
        out.retain(|(slot, _)| allowed.contains(slot));
        let mut seen: Slots = Vec::new();
        out.into_iter().for_each(|slot| {
            if !seen.contains(&slot) {
                seen.push(slot)
            }
        });
        Some((CodeIntent { kind, slots: seen }, weight))
    }

    /// Lines without a judged label whose source label is enough.
    fn unjudged(&self) -> Option<(CodeIntent, f64)> {
        use IntentKind as I;
        let is_bare = self.label["kind"].as_str() == Some("label_only");
        if is_bare && let Some(found) = self.bare_label() {
            return found;
        }
        let is_alarm = is_bare || self.label["kind"].as_str() == Some("alarm");
        let source = self.label["orig_intent"].as_str().unwrap_or_default();
        let kind = match source {
            "alarm_set" if is_alarm => I::SetAlarm,
            "alarm_query" if is_alarm => I::AlarmQuery,
            "alarm_remove" if is_alarm => I::CancelAlarm,
            "snips:GetWeather" | "clinc:weather" => I::GetWeather,
            "clinc:time" => I::GetCurrentTime,
            "clinc:date" => I::GetCurrentDate,
            "clinc:repeat" | "general_repeat" => I::Repeat,
            "clinc:cancel" => I::Nevermind,
            "clinc:goodbye" | "clinc:greeting" => I::Respond,
            "clinc:what_song" => I::GetState,
            "calendar_set"
            | "calendar_query"
            | "calendar_remove"
            | "snips:SearchScreeningEvent"
            | "snips:RateBook"
            | "clinc:cancel_reservation"
            | "transport_query"
            | "clinc:food_last"
            | "clinc:expiration_date"
            | "clinc:bill_due"
            | "clinc:last_maintenance"
            | "email_sendemail"
            | "clinc:freeze_account"
            | "clinc:payday"
            | "clinc:flight_status"
            | "snips:BookRestaurant"
            | "clinc:schedule_maintenance"
            | "clinc:what_are_your_hobbies"
            | "clinc:plug_type"
            | "datetime_convert"
            | "snips:SearchCreativeWork"
            | "snips:AddToPlaylist"
            | "clinc:update_playlist" => I::NotForHouse,
            "clinc:shopping_list" | "clinc:todo_list" | "lists_query" => I::ListQuery,
            _ => return None,
        };
        let mut weight = 1.0;
        let mut slots: Slots = match kind {
            I::SetAlarm | I::AlarmQuery | I::CancelAlarm => {
                self.when().map(|when| (Slot::When, when)).into_iter().collect()
            }
            I::GetWeather => self.weather(),
            I::ListQuery => self.list_name().into_iter().collect(),
            I::GetState => {
                vec![(Slot::Ask, CodeValue::Label("value")), (Slot::Domain, CodeValue::Label("media_player"))]
            }
            _ => Vec::new(),
        };
        if matches!(
            source,
            "snips:SearchCreativeWork" | "snips:AddToPlaylist" | "clinc:update_playlist" | "clinc:plug_type"
        ) {
            weight = 0.3;
        }
        if kind == I::CancelAlarm && self.has(&["all", "every", "所", "全"]) {
            slots.push((Slot::Scope, CodeValue::Label("all")));
        }
        Some((CodeIntent { kind, slots }, weight))
    }

    /// Lines of which only the source's own label is known: what the words themselves confirm. `Some(None)` is a line
    /// to leave.
    fn bare_label(&self) -> Option<Option<(CodeIntent, f64)>> {
        use IntentKind as I;
        let said = self.heard.iter().map(|word| word.text.as_str()).collect::<String>();
        let says = |any: &[&str]| any.iter().any(|text| said.contains(text));
        let label = |slot: Slot, label: &'static str| (slot, CodeValue::Label(label));
        let made = |kind: IntentKind, slots: Slots| Some(Some((CodeIntent { kind, slots }, 0.6)));
        let has_light = says(&["灯", "光", "亮", "暗", "黑"]);
        let has_number = !mind::numbers::numbers(self.heard).is_empty();
        match self.label["orig_intent"].as_str().unwrap_or_default() {
            "iot_hue_lighton" | "iot_hue_lightoff" if !has_light || has_number => Some(None),
            name @ ("iot_hue_lighton" | "iot_hue_lightoff") => {
                let mut slots = self.places();
                slots.push(label(Slot::Domain, "light"));
                made(if name == "iot_hue_lighton" { I::TurnOn } else { I::TurnOff }, slots)
            }
            "iot_hue_lightup" | "iot_hue_lightdim" if !has_light || has_number => Some(None),
            name @ ("iot_hue_lightup" | "iot_hue_lightdim") => {
                let mut slots = self.places();
                slots.push(label(Slot::Domain, "light"));
                slots.push(label(Slot::Direction, if name == "iot_hue_lightup" { "up" } else { "down" }));
                made(I::LightSet, slots)
            }
            "iot_hue_lightchange" => {
                let Some((first, last)) =
                    self.lexicon.colors.iter().filter(|run| 1 < run.len()).find_map(|run| self.find_words(run))
                else {
                    return Some(None);
                };
                let mut slots = self.places();
                slots.extend([label(Slot::Domain, "light"), (Slot::Color, CodeValue::Span(first, last))]);
                made(I::LightSet, slots)
            }
            "iot_coffee" => {
                let Some((first, last)) = ["咖啡机", "咖啡", "拿铁"].iter().find_map(|word| self.find(word))
                else {
                    return Some(None);
                };
                match has_number || says(&["点", "早上", "关", "停", "每天", "店", "克", "买"]) {
                    true => Some(None),
                    false => made(I::TurnOn, vec![(Slot::Name, CodeValue::Span(first, last))]),
                }
            }
            name @ ("iot_wemo_on" | "iot_wemo_off") if says(&["插座", "插头"]) && !has_number => {
                made(if name == "iot_wemo_on" { I::TurnOn } else { I::TurnOff }, vec![label(Slot::Domain, "switch")])
            }
            "iot_cleaning" if says(&["吸尘", "打扫", "清洁", "扫地", "机器人", "清扫"]) && !has_number => {
                let mut slots = self.vacuum();
                slots.extend(self.places());
                let kind =
                    if slots.iter().any(|(slot, _)| *slot == Slot::Area) { I::VacuumCleanArea } else { I::VacuumStart };
                slots.retain(|(slot, _)| *slot != Slot::Scope);
                made(kind, slots)
            }
            name @ ("audio_volume_up" | "audio_volume_down")
                if says(&["声", "音", "吵", "听"]) && !has_number && !says(&["最", "静音"]) =>
            {
                made(
                    I::SetVolumeRelative,
                    vec![label(Slot::Direction, if name == "audio_volume_up" { "up" } else { "down" })],
                )
            }
            "audio_volume_mute" if says(&["静音", "安静", "闭嘴"]) && !has_number && !says(&["取消", "解除"]) => {
                made(I::MediaPlayerMute, Vec::new())
            }
            "play_music" | "play_radio" | "play_podcasts" | "play_audiobook" => {
                match says(&["播放", "听", "放", "打开", "开启"])
                    && !says(&[
                        "下一", "上一", "继续", "暂停", "停止", "恢复", "跳", "重复", "随机", "音量", "搜", "从", "改",
                        "建", "新增", "加入",
                    ]) {
                    true => {
                        let (slots, _) = self.media();
                        Some(Some((CodeIntent { kind: I::MediaSearchAndPlay, slots }, 0.4)))
                    }
                    false => Some(None),
                }
            }
            "weather_query" => made(I::GetWeather, self.weather()),
            "datetime_query" if says(&["几点", "时间"]) && !says(&["几号", "星期", "差"]) => {
                made(I::GetCurrentTime, Vec::new())
            }
            "datetime_query" if says(&["几号", "日期", "星期几", "礼拜几"]) => {
                made(I::GetCurrentDate, Vec::new())
            }
            "general_greet" => made(I::Respond, Vec::new()),
            "alarm_set" | "alarm_query" | "alarm_remove" | "lists_query" => None,
            "calendar_set"
            | "calendar_query"
            | "calendar_remove"
            | "news_query"
            | "email_query"
            | "email_sendemail"
            | "qa_factoid"
            | "qa_definition"
            | "qa_stock"
            | "qa_currency"
            | "qa_maths"
            | "social_post"
            | "social_query"
            | "transport_query"
            | "transport_ticket"
            | "transport_traffic"
            | "transport_taxi"
            | "cooking_recipe"
            | "recommendation_events"
            | "recommendation_locations"
            | "recommendation_movies"
            | "takeaway_order"
            | "takeaway_query"
            | "email_querycontact"
            | "email_addcontact"
            | "general_joke"
            | "general_quirky"
            | "datetime_convert"
            | "play_game"
            | "music_likeness" => {
                let near = [
                    "灯", "空调", "冷气", "音量", "静音", "计时", "闹钟", "闹铃", "提醒", "清单", "窗", "门", "天气",
                    "温度", "打开", "关", "开启", "播放", "暂停", "停止",
                ];
                if says(&near) { Some(None) } else { made(I::NotForHouse, Vec::new()) }
            }
            _ => Some(None),
        }
    }

    fn word(&self, at: usize) -> &str {
        self.heard.get(at).map_or("", |word| word.text.as_str())
    }

    fn has(&self, any: &[&str]) -> bool {
        self.heard.iter().any(|word| any.contains(&word.text.as_str()))
    }

    /// The place of a run of words.
    fn find(&self, text: &str) -> Option<(usize, usize)> {
        self.find_words(&cut(text))
    }

    fn find_words(&self, run: &[String]) -> Option<(usize, usize)> {
        if run.is_empty() || self.heard.len() < run.len() {
            return None;
        }
        let at = (0..=self.heard.len() - run.len())
            .find(|at| run.iter().enumerate().all(|(index, word)| self.word(at + index) == word))?;
        Some((at, at + run.len() - 1))
    }

    fn marked(&self, kinds: &[&str]) -> Vec<(usize, usize)> {
        let fits = |mark: &&Mark| mark.kinds.iter().any(|kind| kinds.contains(kind));
        self.marks.iter().filter(fits).map(|mark| (mark.first, mark.last)).collect()
    }

    /// Areas, floors and words for here and everywhere.
    fn places(&self) -> Slots {
        let mut out: Slots = self
            .marked(&["area"])
            .into_iter()
            .map(|(first, last)| (Slot::Area, CodeValue::Span(first, last)))
            .collect();
        out.extend(
            self.marked(&["floor"]).into_iter().map(|(first, last)| (Slot::Floor, CodeValue::Span(first, last))),
        );
        if out.is_empty() {
            let free = |run: &&Vec<String>| {
                self.find_words(run).is_some_and(|(first, last)| {
                    !self.marks.iter().any(|mark| mark.first <= last && first <= mark.last)
                })
            };
            let room = self
                .lexicon
                .rooms
                .iter()
                .filter(|run| !matches!(run.first().map(String::as_str), Some("房" | "厅" | "bar")) || 2 < run.len())
                .find(free);
            if let Some((first, last)) = room.and_then(|run| self.find_words(run)) {
                out.push((Slot::Area, CodeValue::Span(first, last)));
            }
        }
        let said = self.heard.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
        let here = [" in here", "this room", "the room", "my room", " here", "这 里", "这 个 房 间", "房 间", "这 儿"];
        let whole = [
            "the house",
            "everywhere",
            "my house",
            "my home",
            "我 家",
            "家 里",
            "全 屋",
            "whole house",
            "house lights",
        ];
        let all = [" all ", "every ", "所 有", "全 部", "每 个"];
        let padded = format!(" {said} ");
        if whole.iter().chain(&all).any(|text| padded.contains(text)) {
            out.push((Slot::Scope, CodeValue::Label("all")));
        } else if out.is_empty() && here.iter().any(|text| padded.contains(text)) {
            out.push((Slot::Scope, CodeValue::Label("here")));
        }
        out
    }

    fn switched(&self, slots: &Value) -> Option<Slots> {
        let name = slots["name"].as_str().unwrap_or_default();
        if matches!(name, "Coffee Machine" | "咖啡机") {
            let words = [
                "coffee machine",
                "coffee maker",
                "coffee pot",
                "coffee brewer",
                "coffeemaker",
                "espresso machine",
                "coffee",
                "cappuccino",
                "espresso",
                "latte",
                "咖啡机",
                "咖啡",
                "拿铁",
                "卡布奇诺",
            ];
            let (first, last) =
                words.iter().find_map(|word| self.find(word)).or_else(|| self.marked(&["switch"]).first().copied())?;
            return Some(vec![(Slot::Name, CodeValue::Span(first, last))]);
        }
        let named = self.marked(&["switch", "media_player", "fan", "climate", "light", "lock", "cover"]);
        if let Some((first, last)) = named.first().copied() {
            return Some(vec![(Slot::Name, CodeValue::Span(first, last))]);
        }
        let mut out = self.places();
        match self.noun() {
            Some(domain) => out.push((Slot::Domain, CodeValue::Label(domain))),
            None if slots["domain"].as_str() == Some("light")
                || self.label["kind"].as_str() == Some("command_indirect") =>
            {
                out.push((Slot::Domain, CodeValue::Label("light")));
            }
            None if out.is_empty() => return None,
            None => {}
        }
        if out.iter().all(|(slot, _)| matches!(slot, Slot::Domain | Slot::Scope)) {
            out = self.qualified(out);
        }
        Some(out)
    }

    /// "the desk lamp": a noun with a word before it that no house is known to have is a name.
    fn qualified(&self, out: Slots) -> Slots {
        const PLAIN: &[&str] = &[
            "the", "my", "a", "all", "off", "on", "this", "that", "our", "of", "these", "those", "turn", "please",
            "some", "any", "smart", "switch", "more", "your", "make", "want", "need", "out", "up", "down", "dim",
            "every", "cut", "lower", "house", "room", "for", "raise", "change", "olly", "set", "low", "increase",
            "brighten", "decrease", "reduce", "and", "home", "it", "is", "light", "to", "with", "color", "colour",
            "bright", "brighter", "dimmer", "softer", "shut", "in", "over", "give", "me", "kill",
        ];
        let at = self
            .heard
            .iter()
            .position(|word| matches!(word.text.as_str(), "light" | "lights" | "lamp" | "lamps" | "plug" | "socket"));
        let Some(at) = at.filter(|at| 0 < *at && self.lang == Lang::En) else { return out };
        let is_color = self.lexicon.colors.iter().any(|run| run.last().is_some_and(|word| word == self.word(at - 1)));
        match PLAIN.contains(&self.word(at - 1)) || is_color || self.word(at - 1).len() < 3 {
            true => out,
            false => vec![(Slot::Name, CodeValue::Span(at - 1, at))],
        }
    }

    fn noun(&self) -> Option<&'static str> {
        let said = self.heard.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
        let nouns: &[(&str, &[&str])] = &[
            ("light", &["light", "lights", "lamp", "lamps", "lighting", "bulb", "bulbs", "灯", "光"]),
            ("switch", &["plug", "socket", "outlet", "wemo", "switch", "plugs", "sockets"]),
            ("fan", &["fan", "fans", "扇"]),
            ("climate", &["heating", "heater", "thermostat", "ac"]),
        ];
        let known = nouns.iter().find(|(_, words)| self.has(words)).map(|(domain, _)| *domain);
        known.or_else(|| (said.contains("插 座") || said.contains("插 头")).then_some("switch"))
    }

    fn light(&self, slots: &Value) -> Option<Slots> {
        let named = self.marked(&["light"]);
        let mut out: Slots = match named.first() {
            Some((first, last)) => vec![(Slot::Name, CodeValue::Span(*first, *last))],
            None => {
                let mut out = self.places();
                out.push((Slot::Domain, CodeValue::Label("light")));
                match out.iter().all(|(slot, _)| matches!(slot, Slot::Domain | Slot::Scope)) {
                    true => self.qualified(out),
                    false => out,
                }
            }
        };
        if slots.get("color").is_some() {
            let color = self.lexicon.colors.iter().find_map(|run| self.find_words(run));
            match color {
                Some((first, last)) => out.push((Slot::Color, CodeValue::Span(first, last))),
                None if slots["color"].is_string() => return None,
                None => {}
            }
        }
        let numbers = mind::numbers::numbers(self.heard);
        let number = numbers.iter().find(|number| number.unit != mind::numbers::Unit::None || number.value != 1.0);
        let before = |at: usize| at.checked_sub(1).map_or("", |at| self.word(at));
        let is_time = self.label["kind"].as_str() == Some("command_scheduled");
        match number.filter(|_| !is_time) {
            Some(number) if slots["brightness"].is_number() => {
                out.push((Slot::Brightness, CodeValue::At(number.first)))
            }
            Some(number) if matches!(before(number.first), "to" | "at" | "到" | "至" | "为" | "成" | "level") => {
                out.push((Slot::Brightness, CodeValue::At(number.first)));
                return Some(out);
            }
            Some(number) if matches!(before(number.first), "by" | "低" | "高" | "少" | "加") => {
                out.push((Slot::Step, CodeValue::At(number.first)))
            }
            _ if slots["brightness"] == 100 => out.push((Slot::Extreme, CodeValue::Label("max"))),
            _ => {}
        }
        match self.label["direction"].as_str() {
            Some("up") => out.push((Slot::Direction, CodeValue::Label("up"))),
            Some("down") => out.push((Slot::Direction, CodeValue::Label("down"))),
            _ => {}
        }
        Some(out)
    }

    fn media_target(&self) -> Slots {
        match self.marked(&["media_player"]).first() {
            Some((first, last)) => vec![(Slot::Name, CodeValue::Span(*first, *last))],
            None => match self
                .heard
                .iter()
                .position(|word| matches!(word.text.as_str(), "speaker" | "speakers" | "tv" | "television"))
            {
                Some(at) => {
                    let class = if self.word(at).starts_with('s') { "speaker" } else { "tv" };
                    vec![(Slot::Domain, CodeValue::Label("media_player")), (Slot::DeviceClass, CodeValue::Label(class))]
                }
                None => Vec::new(),
            },
        }
    }

    fn volume(&self, kind: IntentKind, slots: &Value) -> Option<Slots> {
        let mut out: Slots = self
            .marked(&["area"])
            .into_iter()
            .map(|(first, last)| (Slot::Area, CodeValue::Span(first, last)))
            .collect();
        out.extend(self.media_target());
        let numbers = mind::numbers::numbers(self.heard);
        if kind == IntentKind::SetVolume {
            match numbers.last() {
                Some(number) => out.push((Slot::VolumeLevel, CodeValue::At(number.first))),
                None => {
                    let is_min = self.has(&["min", "minimum", "lowest", "小"]);
                    out.push((Slot::Extreme, CodeValue::Label(if is_min { "min" } else { "max" })));
                }
            }
            return Some(out);
        }
        let step = &slots["volume_step"];
        let first = step.as_array().and_then(|all| all.first()).unwrap_or(step);
        let is_down = first.as_str() == Some("down") || first.as_f64().is_some_and(|value| value < 0.0);
        out.push((Slot::Direction, CodeValue::Label(if is_down { "down" } else { "up" })));
        if first.is_number()
            && let Some(number) = numbers.first()
        {
            out.push((Slot::Step, CodeValue::At(number.first)));
        }
        Some(out)
    }

    fn for_length(&self) -> Option<(Slot, CodeValue)> {
        mind::numbers::lengths(self.heard).first().map(|length| (Slot::For, CodeValue::At(length.first)))
    }

    fn items(&self, slots: &Value) -> Option<Slots> {
        let wanted = &slots["item"];
        let spelt: Vec<&str> = match wanted {
            Value::String(text) => vec![text.as_str()],
            Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        if let Some((first, last)) = spelt.iter().find_map(|text| self.find(text)) {
            return Some(vec![(Slot::Item, CodeValue::Span(first, last))]);
        }
        if !spelt.is_empty() {
            return None;
        }
        let vague =
            ["first item", "last item", "second row", "this item", "item", "项目", "事项", "东西", "it", "this"];
        Some(
            vague
                .iter()
                .find_map(|text| self.find(text))
                .map(|(first, last)| (Slot::Item, CodeValue::Span(first, last)))
                .into_iter()
                .collect(),
        )
    }

    fn list_name(&self) -> Option<(Slot, CodeValue)> {
        let known = [
            "list of things to do",
            "things to do",
            "list of things i need to buy",
            "to do",
            "todo",
            "chore",
            "chores",
            "shopping",
            "grocery",
            "groceries",
            "待办事项",
            "待办清单",
            "待办",
            "购物清单",
            "购物",
            "杂货清单",
            "杂货",
        ];
        let at = known.iter().find_map(|text| self.find(text)).or_else(|| self.list_name_zh()).or_else(|| {
            let at = self.heard.iter().position(|word| word.text == "list").filter(|at| 0 < *at)?;
            let is_plain = matches!(
                self.word(at - 1),
                "the" | "my" | "a" | "this" | "to" | "of" | "on" | "from" | "new" | "an" | "your" | "that" | "me"
            );
            (!is_plain).then_some((at - 1, at - 1))
        })?;
        Some((Slot::Name, CodeValue::Span(at.0, at.1)))
    }

    /// The words up to `清单`, from the last word that can't be part of a name.
    fn list_name_zh(&self) -> Option<(usize, usize)> {
        let (at, last) = self.find("清单")?;
        let is_end = |at: &usize| {
            matches!(
                self.word(*at),
                "的" | "到" | "从" | "在" | "我" | "入" | "进" | "把" | "给" | "个" | "往" | "出" | "看" | "至"
            )
        };
        let first = (0..at).rev().find(is_end).map_or(0, |at| at + 1);
        (first < at && at - first < 6).then_some((first, last))
    }

    fn vacuum(&self) -> Slots {
        let mut out: Slots = self
            .marked(&["area"])
            .into_iter()
            .map(|(first, last)| (Slot::Area, CodeValue::Span(first, last)))
            .collect();
        match self.marked(&["vacuum"]).first() {
            Some((first, last)) => out.push((Slot::Name, CodeValue::Span(*first, *last))),
            None if self.has(&["roomba", "robot", "cleaner", "vacuum"])
                || self.find("机器人").is_some()
                || self.find("吸尘器").is_some() =>
            {
                out.push((Slot::Domain, CodeValue::Label("vacuum")));
            }
            None => {}
        }
        out
    }

    fn weather(&self) -> Slots {
        let given = ["place_name", "city", "state", "country", "geographic_poi"]
            .iter()
            .filter_map(|slot| self.label["orig_slots"][slot].as_str());
        let place = self
            .union(given.filter_map(|text| self.find(text)).collect(), 1)
            .or_else(|| self.lexicon.cities.iter().find_map(|run| self.find_words(run)));
        let mut out: Slots =
            place.map(|(first, last)| (Slot::Name, CodeValue::Span(first, last))).into_iter().collect();
        out.extend(self.when().map(|when| (Slot::When, when)));
        out
    }

    fn climate(&self, slots: &Value) -> Slots {
        let mut out: Slots = match self.marked(&["climate"]).first() {
            Some((first, last)) => vec![(Slot::Name, CodeValue::Span(*first, *last))],
            None => self.places(),
        };
        if slots["temperature"].is_number()
            && let Some(number) = mind::numbers::numbers(self.heard).last()
        {
            out.push((Slot::Temperature, CodeValue::At(number.first)));
        }
        out
    }

    /// One span over several, if no more than so many words lie between them.
    fn union(&self, mut spans: Vec<(usize, usize)>, gap: usize) -> Option<(usize, usize)> {
        spans.sort_unstable();
        let mut out = *spans.first()?;
        for (first, last) in spans.into_iter().skip(1) {
            if out.1 + gap + 1 < first {
                break;
            }
            out.1 = out.1.max(last);
        }
        Some(out)
    }

    /// The words that say when, with their preposition.
    fn when(&self) -> Option<CodeValue> {
        let given = ["time", "date", "timeofday", "general_frequency", "timeRange"]
            .iter()
            .filter_map(|slot| self.label["orig_slots"][slot].as_str());
        let spans: Vec<(usize, usize)> = given.filter_map(|text| self.find(text)).collect();
        let (mut first, last) = match spans.is_empty() {
            false => self.union(spans, 2)?,
            true => self.time_run()?,
        };
        while 0 < first
            && matches!(
                self.word(first - 1),
                "for"
                    | "at"
                    | "on"
                    | "in"
                    | "every"
                    | "next"
                    | "this"
                    | "by"
                    | "the"
                    | "until"
                    | "before"
                    | "after"
                    | "each"
                    | "around"
            )
        {
            first -= 1;
        }
        Some(CodeValue::Span(first, last))
    }

    /// The longest run of words that only times are made of.
    fn time_run(&self) -> Option<(usize, usize)> {
        const TIME: &[&str] = &[
            "monday",
            "tuesday",
            "wednesday",
            "thursday",
            "friday",
            "saturday",
            "sunday",
            "today",
            "tomorrow",
            "tonight",
            "morning",
            "evening",
            "afternoon",
            "night",
            "am",
            "pm",
            "noon",
            "midnight",
            "week",
            "weekend",
            "weekdays",
            "daily",
            "month",
            "now",
            "weekends",
            "o'clock",
        ];
        const GLUE: &[&str] =
            &["at", "on", "in", "the", "next", "this", "every", "past", "half", "of", "a", "p", "m", "to", "each"];
        const HAN: &str =
            "今明后天早上午晚下中周星期礼拜一二三四五六七八九十点半刻分钟零每工作日号月凌晨傍现在两末两小时内后个";
        const KEY: &str = "天早晚午周期点日月小时分末现";
        let is_number = |at: usize| mind::numbers::count_at(self.heard, at).is_some();
        let fits = |at: usize| match self.lang {
            Lang::En => TIME.contains(&self.word(at)) || GLUE.contains(&self.word(at)) || is_number(at),
            Lang::Zh => {
                self.word(at).chars().all(|letter| HAN.contains(letter) || letter.is_ascii_digit() || letter == ':')
            }
        };
        let is_key = |at: usize| match self.lang {
            Lang::En => TIME.contains(&self.word(at)),
            Lang::Zh => self.word(at).chars().any(|letter| KEY.contains(letter)),
        };
        let mut best: Option<(usize, usize)> = None;
        let mut at = 0;
        while at < self.heard.len() {
            let end = (at..self.heard.len()).find(|end| !fits(*end)).unwrap_or(self.heard.len());
            if at < end && (at..end).any(is_key) && (self.lang == Lang::En || 2 <= end - at) {
                let (mut first, mut last) = (at, end - 1);
                while self.lang == Lang::En && first < last && GLUE.contains(&self.word(last)) && self.word(last) != "m"
                {
                    last -= 1;
                }
                while self.lang == Lang::En
                    && first < last
                    && matches!(self.word(first), "the" | "a" | "of" | "to" | "p" | "m" | "past")
                {
                    first += 1;
                }
                while self.lang == Lang::Zh
                    && first < last
                    && (self.word(first) == "个" || (self.word(first) == "一" && self.word(first + 1) == "个"))
                {
                    first += 1;
                }
                if best.is_none_or(|(from, to)| to - from < last - first) {
                    best = Some((first, last));
                }
            }
            at = end.max(at + 1);
        }
        best
    }

    fn media(&self) -> (Slots, f64) {
        let mut out: Slots = Vec::new();
        let class: &[(&str, &[&str])] = &[
            ("playlist", &["playlist"]),
            ("podcast", &["podcast", "podcasts"]),
            ("album", &["album"]),
            ("channel", &["radio", "station", "fm", "channel"]),
            ("track", &["song", "track"]),
        ];
        let spelt: &[(&str, &[&str])] = &[
            ("playlist", &["歌单", "播放列表"]),
            ("podcast", &["播客"]),
            ("album", &["专辑"]),
            ("channel", &["电台", "收音机", "广播"]),
            ("track", &["这首歌"]),
        ];
        let found = class.iter().find(|(_, words)| self.has(words)).map(|(class, _)| *class);
        let found = found.or_else(|| {
            spelt.iter().find(|(_, texts)| texts.iter().any(|text| self.find(text).is_some())).map(|(class, _)| *class)
        });
        out.extend(found.map(|class| (Slot::MediaClass, CodeValue::Label(class))));
        out.extend(
            self.marked(&["area"])
                .into_iter()
                .filter(|(first, _)| {
                    0 < *first && self.word(first - 1) == "the" && 1 < *first && self.word(first - 2) == "in"
                })
                .map(|(first, last)| (Slot::Area, CodeValue::Span(first, last))),
        );
        let (query, weight) = match self.given_query() {
            Some(query) => (Some(query), 1.0),
            None => (self.rest_query(), 0.5),
        };
        out.extend(query.map(|(first, last)| (Slot::SearchQuery, CodeValue::Span(first, last))));
        (out, weight)
    }

    /// The query that the source's own slots give.
    fn given_query(&self) -> Option<(usize, usize)> {
        const CONTENT: &[&str] = &[
            "artist",
            "track",
            "album",
            "playlist",
            "genre",
            "artist_name",
            "song_name",
            "audiobook_name",
            "podcast_name",
            "radio_name",
            "music_genre",
            "playlist_name",
            "audiobook_author",
            "music_album",
            "entity_name",
        ];
        let given = CONTENT.iter().filter_map(|slot| self.label["orig_slots"][slot].as_str());
        let contains = self.label["expected"][0]["contains"]["search_query"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        let spans = given.chain(contains).filter_map(|text| self.find(text)).collect();
        self.union(spans, 4)
    }

    /// What is left of the text without the words around a query.
    fn rest_query(&self) -> Option<(usize, usize)> {
        const AROUND: &[&str] = &[
            "play",
            "please",
            "can",
            "you",
            "could",
            "i",
            "want",
            "to",
            "hear",
            "listen",
            "me",
            "some",
            "a",
            "an",
            "the",
            "my",
            "olly",
            "for",
            "start",
            "put",
            "on",
            "open",
            "would",
            "like",
            "let",
            "us",
            "let's",
            "lets",
            "now",
            "hey",
            "any",
            "of",
            "by",
            "from",
            "in",
            "song",
            "songs",
            "music",
            "podcast",
            "podcasts",
            "radio",
            "station",
            "playlist",
            "album",
            "track",
            "tracks",
            "audiobook",
            "audio",
            "book",
            "playing",
            "find",
            "give",
            "need",
            "turn",
            "this",
            "that",
            "it",
            "is",
            "and",
            "will",
            "one",
            "alexa",
            "siri",
            "google",
            "ok",
            "next",
            "again",
            "favorite",
            "favourite",
            "show",
            "up",
            "get",
            "with",
            "at",
            "going",
            "program",
            "episode",
            "app",
            "player",
            "begin",
            "reading",
            "read",
            "continue",
            "channel",
            "do",
            "we",
            "i'd",
            "am",
            "be",
            "artist",
            "band",
            "tune",
            "hi",
            "hello",
            "today",
            "stream",
            "run",
            "switch",
            "select",
            "only",
            "all",
            "something",
            "stuff",
            "list",
            "called",
            "have",
        ];
        if self.lang == Lang::Zh {
            return self.rest_query_zh();
        }
        let inside = |at: usize| !AROUND.contains(&self.word(at));
        let first = (0..self.heard.len()).find(|at| inside(*at));
        let last = (0..self.heard.len()).rev().find(|at| inside(*at));
        match (first, last) {
            (Some(first), Some(last)) if last - first < 8 => Some((first, last)),
            (Some(_), _) => None,
            _ => ["music", "radio", "podcast", "playlist", "audiobook", "song", "songs", "book"]
                .iter()
                .find_map(|noun| self.find(noun)),
        }
    }

    fn rest_query_zh(&self) -> Option<(usize, usize)> {
        const HEADS: &[&str] = &[
            "请",
            "你能",
            "能不能",
            "可以",
            "帮我",
            "给我",
            "为我",
            "我想要",
            "我想",
            "我要",
            "听",
            "播放",
            "放",
            "打开",
            "开启",
            "开始",
            "现在",
            "一些",
            "一首",
            "一个",
            "点",
            "来",
            "olly",
            "奥利",
            "欧丽",
            "alexa",
            "siri",
            "好的谷歌",
            "我的",
            "我",
            "让我们",
            "让",
            "播",
            "首",
            "歌手",
            "歌曲",
            "音乐",
            "重新",
            "继续",
            "看",
            "几首",
            "收听",
            "的",
            "在",
            "小度",
            "小爱",
            "你",
            "能",
            "想",
            "嗨",
            "你好",
        ];
        const TAILS: &[&str] = &[
            "的歌",
            "的歌曲",
            "的音乐",
            "这首歌",
            "的曲子",
            "有声书",
            "有声读物",
            "歌单",
            "播放列表",
            "播客",
            "电台",
            "吗",
            "吧",
            "给我",
            "音乐",
            "专辑",
            "的",
            "歌",
            "一下",
            "好吗",
            "呢",
            "歌曲",
            "频道",
        ];
        let (mut first, mut last) = (0, self.heard.len().checked_sub(1)?);
        while let Some(head) =
            HEADS.iter().map(|text| cut(text)).filter(|run| self.starts(first, last, run)).max_by_key(Vec::len)
        {
            first += head.len();
        }
        while let Some(tail) =
            TAILS.iter().map(|text| cut(text)).filter(|run| self.ends(first, last, run)).max_by_key(Vec::len)
        {
            last = last.checked_sub(tail.len())?;
        }
        match first <= last && last - first < 16 {
            true => Some((first, last)),
            false => ["音乐", "电台", "收音机", "播客", "有声读物", "有声书", "歌曲", "歌单", "歌"]
                .iter()
                .find_map(|noun| self.find(noun)),
        }
    }

    fn starts(&self, first: usize, last: usize, run: &[String]) -> bool {
        first + run.len() <= last + 1 && run.iter().enumerate().all(|(index, word)| self.word(first + index) == word)
    }

    fn ends(&self, first: usize, last: usize, run: &[String]) -> bool {
        first + run.len() <= last && run.iter().rev().enumerate().all(|(index, word)| self.word(last - index) == word)
    }
}
