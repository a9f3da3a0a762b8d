//! The slots of what moves or asks about the house.

use house::{IntentKind, Slot};
use mind::understand::code::CodeValue;
use serde_json::Value;

use super::line::{Line, Slots};
use crate::say::Lang;

impl Line<'_> {
    /// Areas, floors and words for here and everywhere.
    pub(super) fn places(&self) -> Slots {
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

    pub(super) fn switched(&self, slots: &Value) -> Option<Slots> {
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
    pub(super) fn qualified(&self, out: Slots) -> Slots {
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

    pub(super) fn noun(&self) -> Option<&'static str> {
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

    pub(super) fn light(&self, slots: &Value) -> Option<Slots> {
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

    pub(super) fn volume(&self, kind: IntentKind, slots: &Value) -> Option<Slots> {
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

    pub(super) fn for_length(&self) -> Option<(Slot, CodeValue)> {
        mind::numbers::lengths(self.heard).first().map(|length| (Slot::For, CodeValue::At(length.first)))
    }

    pub(super) fn vacuum(&self) -> Slots {
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

    pub(super) fn climate(&self, slots: &Value) -> Slots {
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
}
