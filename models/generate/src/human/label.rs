//! What a label says: the request and how sure it is.

use house::{IntentKind, Slot};
use mind::understand::code::{CodeIntent, CodeValue, slots_of};
use serde_json::Value;

use super::line::{Line, Slots};

impl Line<'_> {
    /// What a judged label says, and how sure it is.
    pub(super) fn intent(&self, expected: &Value) -> Option<(CodeIntent, f64)> {
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
    #[expect(clippy::too_many_lines, reason = "a list of alike cases, one for each label")]
    pub(super) fn unjudged(&self) -> Option<(CodeIntent, f64)> {
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
    #[expect(clippy::too_many_lines, reason = "a list of alike cases, one for each label")]
    pub(super) fn bare_label(&self) -> Option<Option<(CodeIntent, f64)>> {
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
}
