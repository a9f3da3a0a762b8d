//! Steps and what is scheduled as the store writes them.

use anyhow::Context as _;
use house::{
    Action, AreaId, ArmMode, Color, Condition, Consent, DayTime, Days, EntityId, Errand, HvacMode, Lang, PersonId,
    Schedule, Speaker, Step, Sun, Timing, Trigger, Wall, WayIn,
};
use serde::{Deserialize, Serialize};

use crate::conditions::ConditionRecord;

/// One thing to do to one entity.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct StepRecord {
    /// Which entity.
    pub entity: String,
    /// What to do, by the names below.
    pub action: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<f64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    words: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    color: Option<(f64, f64)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kelvin: Option<u16>,
}

impl StepRecord {
    /// The record of a step.
    pub(crate) fn of(step: &Step) -> Self {
        let plain = PLAIN.iter().find(|(_, action)| *action == step.action).map(|(name, _)| *name);
        let base =
            |action: &str| Self { entity: step.entity.to_string(), action: action.to_owned(), ..Self::default() };
        let number = |action: &str, number: f64| Self { number: Some(number), ..base(action) };
        let words = |action: &str, words: Vec<String>| Self { words, ..base(action) };
        match &step.action {
            Action::SetLight { brightness_pct, color, color_temp_k } => Self {
                number: brightness_pct.map(f64::from),
                color: color.map(|color| (color.hue, color.saturation)),
                kelvin: *color_temp_k,
                ..base("set_light")
            },
            Action::SetCoverPosition(position) => number("set_cover_position", f64::from(*position)),
            Action::SetTemperature(degrees) => number("set_temperature", *degrees),
            Action::SetHvacMode(mode) => words("set_hvac_mode", vec![mode.as_str().to_owned()]),
            Action::SetPercentage(percentage) => number("set_percentage", f64::from(*percentage)),
            Action::SetHumidity(humidity) => number("set_humidity", f64::from(*humidity)),
            Action::Arm(mode) => words("arm", vec![mode.as_str().to_owned()]),
            Action::SetVolume(volume) => number("set_volume", f64::from(*volume)),
            Action::PlayMedia { query, class } => {
                words("play_media", std::iter::once(query.clone()).chain(class.clone()).collect())
            }
            Action::VacuumCleanArea(areas) => words("vacuum_clean_area", areas.clone()),
            Action::SetValvePosition(position) => number("set_valve_position", f64::from(*position)),
            Action::AddItem(item) => words("add_item", vec![item.clone()]),
            Action::CompleteItem(item) => words("complete_item", vec![item.clone()]),
            Action::RemoveItem(item) => words("remove_item", vec![item.clone()]),
            Action::SetTilt(position) => number("set_tilt", f64::from(*position)),
            Action::SetEffect(effect) => words("set_effect", vec![effect.clone()]),
            Action::SetNumber(value) => number("set_number", *value),
            Action::SelectOption(option) => words("select_option", vec![option.clone()]),
            // All that is left stands in the table, which a test compares.
            _ => base(plain.unwrap_or_default()),
        }
    }

    /// The step of a record; an error if it is none of this version.
    pub(crate) fn into_step(self, reason: &str) -> anyhow::Result<Step> {
        let action = self.action().with_context(|| format!("the kept action `{}` can't be read", self.action))?;
        Ok(Step { intent: 0, entity: EntityId::new(self.entity), action, reason: reason.to_owned() })
    }

    fn action(&self) -> Option<Action> {
        let percent = || self.number.filter(|number| (0.0..=100.0).contains(number)).map(|number| number as u8);
        let word = || self.words.first().cloned();
        if let Some((_, action)) = PLAIN.iter().find(|(name, _)| *name == self.action) {
            return Some(action.clone());
        }
        Some(match self.action.as_str() {
            "set_light" => Action::SetLight {
                brightness_pct: percent(),
                color: self.color.map(|(hue, saturation)| Color { hue, saturation }),
                color_temp_k: self.kelvin,
            },
            "set_cover_position" => Action::SetCoverPosition(percent()?),
            "set_temperature" => Action::SetTemperature(self.number?),
            "set_hvac_mode" => Action::SetHvacMode(HvacMode::parse(&word()?)?),
            "set_percentage" => Action::SetPercentage(percent()?),
            "set_humidity" => Action::SetHumidity(percent()?),
            "arm" => Action::Arm(ArmMode::parse(&word()?)?),
            "set_volume" => Action::SetVolume(percent()?),
            "play_media" => Action::PlayMedia { query: word()?, class: self.words.get(1).cloned() },
            "vacuum_clean_area" => Action::VacuumCleanArea(self.words.clone()),
            "set_valve_position" => Action::SetValvePosition(percent()?),
            "add_item" => Action::AddItem(word()?),
            "complete_item" => Action::CompleteItem(word()?),
            "remove_item" => Action::RemoveItem(word()?),
            "set_tilt" => Action::SetTilt(percent()?),
            "set_effect" => Action::SetEffect(word()?),
            "set_number" => Action::SetNumber(self.number?),
            "select_option" => Action::SelectOption(word()?),
            _ => return None,
        })
    }
}

/// Actions without a value.
const PLAIN: &[(&str, Action)] = &[
    ("turn_on", Action::TurnOn),
    ("turn_off", Action::TurnOff),
    ("open_cover", Action::OpenCover),
    ("close_cover", Action::CloseCover),
    ("stop_cover", Action::StopCover),
    ("lock", Action::Lock),
    ("unlock", Action::Unlock),
    ("disarm", Action::Disarm),
    ("media_play", Action::MediaPlay),
    ("media_pause", Action::MediaPause),
    ("media_stop", Action::MediaStop),
    ("media_next", Action::MediaNext),
    ("media_previous", Action::MediaPrevious),
    ("mute", Action::Mute(true)),
    ("unmute", Action::Mute(false)),
    ("vacuum_start", Action::VacuumStart),
    ("vacuum_pause", Action::VacuumPause),
    ("vacuum_return", Action::VacuumReturn),
    ("vacuum_locate", Action::VacuumLocate),
    ("mower_start", Action::MowerStart),
    ("mower_pause", Action::MowerPause),
    ("mower_dock", Action::MowerDock),
    ("open_valve", Action::OpenValve),
    ("close_valve", Action::CloseValve),
    ("activate", Action::Activate),
];

/// Something that shall happen later.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct ScheduleRecord {
    id: String,
    errand: ErrandRecord,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    area: Option<String>,
    #[serde(default)]
    asked_by: SpeakerRecord,
    timing: TimingRecord,
    #[serde(default)]
    conditions: Vec<ConditionRecord>,
    due_ms: i64,
    #[serde(default)]
    rings_since_ms: Option<i64>,
    #[serde(default)]
    is_paused: bool,
    lang: String,
}

/// Who asked for something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SpeakerRecord {
    Person(String),
    Someone(String),
}

impl Default for SpeakerRecord {
    fn default() -> Self {
        Self::of(&Speaker::Someone(WayIn::Voice))
    }
}

impl SpeakerRecord {
    pub(super) fn of(speaker: &Speaker) -> Self {
        match speaker {
            Speaker::Person(id) => Self::Person(id.to_string()),
            Speaker::Someone(way) => Self::Someone(way.as_str().to_owned()),
        }
    }

    pub(super) fn into_speaker(self) -> anyhow::Result<Speaker> {
        Ok(match self {
            Self::Person(id) => Speaker::Person(PersonId::new(id)),
            Self::Someone(way) => {
                Speaker::Someone(WayIn::parse(&way).with_context(|| format!("`{way}` is no way in"))?)
            }
        })
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ErrandRecord {
    Act {
        steps: Vec<StepRecord>,
        #[serde(default)]
        back: Option<(u64, Vec<StepRecord>)>,
        #[serde(default)]
        agreed: AgreedRecord,
    },
    Alarm,
    Remind(String),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum AgreedRecord {
    #[default]
    Unasked,
    Yes,
    Pin,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum TimingRecord {
    AtMs(i64),
    /// Year, month, day, hour, minute.
    Wall(i16, i8, i8, i8, i8),
    /// Bits of the days, Monday the lowest; hour, minute.
    Clock(u8, i8, i8),
    /// Bits of the days; what the sun does; so many minutes later.
    Sun(u8, String, i32),
    EveryS(u64),
    When {
        trigger: TriggerRecord,
        /// Only in records of before there were conditions.
        #[serde(default, skip_serializing)]
        light: Option<LightRecord>,
        #[serde(default)]
        for_s: u64,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum TriggerRecord {
    State { entities: Vec<String>, is_one_enough: bool, state: String },
    Above(String, f64),
    Below(String, f64),
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum LightRecord {
    Day,
    Dark,
}

impl TriggerRecord {
    fn of(trigger: &Trigger) -> Self {
        match trigger {
            Trigger::State { entities, is_one_enough, state } => Self::State {
                entities: entities.iter().map(ToString::to_string).collect(),
                is_one_enough: *is_one_enough,
                state: state.clone(),
            },
            Trigger::Above(id, limit) => Self::Above(id.to_string(), *limit),
            Trigger::Below(id, limit) => Self::Below(id.to_string(), *limit),
        }
    }

    fn into_trigger(self) -> Trigger {
        match self {
            Self::State { entities, is_one_enough, state } => {
                Trigger::State { entities: entities.into_iter().map(EntityId::new).collect(), is_one_enough, state }
            }
            Self::Above(id, limit) => Trigger::Above(EntityId::new(id), limit),
            Self::Below(id, limit) => Trigger::Below(EntityId::new(id), limit),
        }
    }
}

impl ScheduleRecord {
    pub(super) fn of(schedule: &Schedule) -> Self {
        let all = |steps: &[Step]| steps.iter().map(StepRecord::of).collect::<Vec<_>>();
        let errand = match &schedule.errand {
            Errand::Act { steps, back, agreed } => ErrandRecord::Act {
                steps: all(steps),
                back: back.as_ref().map(|(seconds, steps)| (*seconds, all(steps))),
                agreed: match agreed {
                    Consent::None => AgreedRecord::Unasked,
                    Consent::Yes => AgreedRecord::Yes,
                    Consent::Pin => AgreedRecord::Pin,
                },
            },
            Errand::Alarm => ErrandRecord::Alarm,
            Errand::Remind(message) => ErrandRecord::Remind(message.clone()),
        };
        let timing = match &schedule.timing {
            Timing::At(at) => TimingRecord::AtMs(*at),
            Timing::Wall(wall) => TimingRecord::Wall(wall.year, wall.month, wall.day, wall.hour, wall.minute),
            Timing::Weekly(days, DayTime::Clock { hour, minute }) => TimingRecord::Clock(days.bits(), *hour, *minute),
            Timing::Weekly(days, DayTime::Sun(sun, offset)) => TimingRecord::Sun(
                days.bits(),
                SUNS.iter().find(|(_, own)| own == sun).map_or("", |(name, _)| *name).to_owned(),
                *offset,
            ),
            Timing::Every(seconds) => TimingRecord::EveryS(*seconds),
            Timing::Triggered(trigger, for_s) => {
                TimingRecord::When { trigger: TriggerRecord::of(trigger), light: None, for_s: *for_s }
            }
        };
        Self {
            id: schedule.id.clone(),
            errand,
            name: schedule.name.clone(),
            area: schedule.area.as_ref().map(ToString::to_string),
            asked_by: SpeakerRecord::of(&schedule.asked_by),
            timing,
            conditions: schedule.conditions.iter().map(ConditionRecord::of).collect(),
            due_ms: schedule.due_ms,
            rings_since_ms: schedule.rings_since_ms,
            is_paused: schedule.is_paused,
            lang: schedule.lang.as_str().to_owned(),
        }
    }

    pub(super) fn into_schedule(self) -> anyhow::Result<Schedule> {
        const REASON: &str = "it was scheduled";
        let all = |steps: Vec<StepRecord>| {
            steps.into_iter().map(|step| step.into_step(REASON)).collect::<anyhow::Result<Vec<_>>>()
        };
        let errand = match self.errand {
            ErrandRecord::Act { steps, back, agreed } => Errand::Act {
                steps: all(steps)?,
                back: back.map(|(seconds, steps)| all(steps).map(|steps| (seconds, steps))).transpose()?,
                agreed: match agreed {
                    AgreedRecord::Unasked => Consent::None,
                    AgreedRecord::Yes => Consent::Yes,
                    AgreedRecord::Pin => Consent::Pin,
                },
            },
            ErrandRecord::Alarm => Errand::Alarm,
            ErrandRecord::Remind(message) => Errand::Remind(message),
        };
        let mut conditions: Vec<Condition> = self.conditions.into_iter().map(ConditionRecord::into_condition).collect();
        let timing = match self.timing {
            TimingRecord::AtMs(at) => Timing::At(at),
            TimingRecord::Wall(year, month, day, hour, minute) => Timing::Wall(Wall { year, month, day, hour, minute }),
            TimingRecord::Clock(days, hour, minute) => Timing::Weekly(Days::new(days), DayTime::Clock { hour, minute }),
            TimingRecord::Sun(days, sun, offset) => {
                let (_, sun) =
                    SUNS.iter().find(|(name, _)| *name == sun).with_context(|| format!("the sun does not `{sun}`"))?;
                Timing::Weekly(Days::new(days), DayTime::Sun(*sun, offset))
            }
            TimingRecord::EveryS(seconds) => Timing::Every(seconds),
            TimingRecord::When { trigger, light, for_s } => {
                conditions.extend(light.map(|light| match light {
                    LightRecord::Day => Condition::Light,
                    LightRecord::Dark => Condition::Dark,
                }));
                Timing::Triggered(trigger.into_trigger(), for_s)
            }
        };
        let lang = Lang::parse(&self.lang);
        Ok(Schedule {
            id: self.id,
            errand,
            name: self.name,
            area: self.area.map(AreaId::new),
            asked_by: self.asked_by.into_speaker()?,
            timing,
            conditions,
            due_ms: self.due_ms,
            rings_since_ms: self.rings_since_ms,
            is_paused: self.is_paused,
            lang,
        })
    }
}

const SUNS: &[(&str, Sun)] = &[("dawn", Sun::Dawn), ("rise", Sun::Rise), ("set", Sun::Set), ("dusk", Sun::Dusk)];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_is_read_as_it_was_written() {
        let mut actions: Vec<Action> = PLAIN.iter().map(|(_, action)| action.clone()).collect();
        let color = Some(Color { hue: 120.0, saturation: 50.5 });
        actions.extend([
            Action::SetLight { brightness_pct: Some(40), color, color_temp_k: None },
            Action::SetLight { brightness_pct: None, color: None, color_temp_k: Some(2700) },
            Action::SetCoverPosition(0),
            Action::SetTemperature(20.5),
            Action::SetHvacMode(HvacMode::FanOnly),
            Action::SetPercentage(33),
            Action::SetHumidity(45),
            Action::Arm(ArmMode::Night),
            Action::SetVolume(100),
            Action::PlayMedia { query: "周杰伦".to_owned(), class: Some("artist".to_owned()) },
            Action::PlayMedia { query: "jazz".to_owned(), class: None },
            Action::VacuumCleanArea(vec!["Kitchen".to_owned(), "Hall".to_owned()]),
            Action::SetValvePosition(7),
            Action::AddItem("milk".to_owned()),
            Action::CompleteItem("milk".to_owned()),
            Action::RemoveItem("milk".to_owned()),
            Action::SetTilt(45),
            Action::SetEffect("colorloop".to_owned()),
            Action::SetNumber(-2.5),
            Action::SelectOption("夜间".to_owned()),
        ]);
        for action in actions {
            let step = Step { intent: 0, entity: EntityId::new("light.a"), action, reason: "why".to_owned() };
            let bytes = serde_json::to_vec(&StepRecord::of(&step)).unwrap();
            let read: StepRecord = serde_json::from_slice(&bytes).unwrap();
            assert_eq!(read.into_step("why").unwrap(), step);
        }
        let unknown = StepRecord { action: "explode".to_owned(), ..StepRecord::default() };
        assert!(unknown.into_step("why").is_err());
    }

    fn every_condition() -> Vec<Condition> {
        let cold = Condition::Below(EntityId::new("weather.home"), "temperature".to_owned(), 4.5);
        let warm = Condition::Above(EntityId::new("sensor.outdoor"), String::new(), 25.0);
        let away = Condition::State(EntityId::new("person.ann"), "not_home".to_owned());
        let night = Condition::Clock(22 * 60, 6 * 60);
        let rest = Condition::Not(Box::new(Condition::Any(vec![warm, away, Condition::Light])));
        vec![Condition::Dark, cold, night, Condition::Days(Days::WEEKEND), rest]
    }

    #[test]
    fn what_waited_for_the_dark_before_there_were_conditions_still_does() {
        let kept = r#"{"id":"s1","errand":"alarm","timing":{"when":{"trigger":{"above":["sensor.a",3.0]},
            "light":"dark"}},"due_ms":9,"lang":"en"}"#;
        let read: ScheduleRecord = serde_json::from_str(kept).unwrap();
        assert_eq!(read.into_schedule().unwrap().conditions, [Condition::Dark]);
    }

    #[test]
    fn every_schedule_is_read_as_it_was_written() {
        let step = Step {
            intent: 0,
            entity: EntityId::new("light.a"),
            action: Action::TurnOff,
            reason: "it was scheduled".to_owned(),
        };
        let errands = [
            Errand::Alarm,
            Errand::Remind("tea".to_owned()),
            Errand::Act { steps: vec![step.clone()], back: Some((60, vec![step])), agreed: Consent::Pin },
        ];
        let timings = [
            Timing::At(5),
            Timing::Wall(Wall { year: 2026, month: 3, day: 2, hour: 9, minute: 5 }),
            Timing::Weekly(Days::WEEKDAYS, DayTime::Clock { hour: 7, minute: 0 }),
            Timing::Weekly(Days::WEEKEND, DayTime::Sun(Sun::Dusk, -30)),
            Timing::Every(7200),
            Timing::Triggered(
                Trigger::State {
                    entities: vec![EntityId::new("lock.a")],
                    is_one_enough: true,
                    state: "unlocked".to_owned(),
                },
                600,
            ),
            Timing::Triggered(Trigger::Above(EntityId::new("sensor.a"), 22.5), 0),
        ];
        for (errand, timing) in errands.into_iter().cycle().zip(timings) {
            let schedule = Schedule {
                id: "s1".to_owned(),
                errand,
                name: Some("work".to_owned()),
                area: Some(AreaId::new("hall")),
                asked_by: Speaker::Person(PersonId::new("p1")),
                timing,
                conditions: every_condition(),
                due_ms: 9,
                rings_since_ms: Some(8),
                is_paused: true,
                lang: Lang::Zh,
            };
            let bytes = serde_json::to_vec(&ScheduleRecord::of(&schedule)).unwrap();
            let read: ScheduleRecord = serde_json::from_slice(&bytes).unwrap();
            assert_eq!(read.into_schedule().unwrap(), schedule);
        }
    }
}
