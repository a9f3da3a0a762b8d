//! The JSON of the general model: a schema made from the definition of the intent code, and a typed reading.
//!
//! The reading trusts nothing: a server may send anything, whatever schema it was given.

use std::collections::BTreeMap;

use house::{Intent, IntentKind, Slot, SlotKind, SlotValue};
use mind::understand::code::{MAX_INTENTS, slots_of};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// What the general model makes of words.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// A request for the house.
    Intents(Vec<Intent>),
    /// An answer to something else.
    Answer(String),
    /// It makes nothing of them.
    Nothing,
}

/// What the general model may be asked for. What hangs on the conversation, or teaches the hub, is not its to guess.
pub(super) fn kinds() -> impl Iterator<Item = IntentKind> {
    IntentKind::ALL.iter().copied().filter(|kind| !NOT_ITS_OWN.contains(kind))
}

/// The schema of an answer.
pub(super) fn schema() -> Value {
    let slots: Map<String, Value> =
        Slot::ALL.iter().map(|slot| (slot.as_str().to_owned(), slot_schema(*slot))).collect();
    let intents: Vec<Value> = kinds().map(intent_schema).collect();
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["intents", "answer"],
        "properties": {
            "intents": { "type": "array", "maxItems": MAX_INTENTS, "items": { "anyOf": intents } },
            "answer": { "type": "string", "maxLength": LONGEST_ANSWER },
        },
        "$defs": slots,
    })
}

/// Reads an answer. Anything that is not of the schema is an error, and nothing of it is taken.
pub(super) fn read(text: &str) -> Result<Said, String> {
    if LONGEST_JSON < text.len() {
        return Err(format!("its answer has {} bytes", text.len()));
    }
    let object: Map<String, Value> =
        serde_json::from_str(unfenced(text)).map_err(|error| format!("its answer is no JSON object: {error}"))?;
    let answer: AnswerFile = serde_json::from_value(object.into())
        .map_err(|error| format!("its answer is not of the form asked for: {error}"))?;
    if MAX_INTENTS < answer.intents.len() {
        return Err(format!("it names {} requests at once", answer.intents.len()));
    }
    let intents = answer.intents.into_iter().map(intent).collect::<Result<Vec<Intent>, String>>()?;
    let said = clean(&answer.answer);
    Ok(match (intents.is_empty(), said.is_empty()) {
        (false, _) => Said::Intents(intents),
        (true, false) => Said::Answer(said),
        (true, true) => Said::Nothing,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswerFile {
    #[serde(default)]
    intents: Vec<IntentFile>,
    #[serde(default)]
    answer: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IntentFile {
    intent: String,
    #[serde(default)]
    slots: BTreeMap<String, Value>,
}

fn intent_schema(kind: IntentKind) -> Value {
    let slots: Map<String, Value> = slots_of(kind)
        .iter()
        .map(|slot| (slot.as_str().to_owned(), json!({ "$ref": format!("#/$defs/{}", slot.as_str()) })))
        .collect();
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["intent", "slots"],
        "properties": {
            "intent": { "const": kind.as_str() },
            "slots": { "type": "object", "additionalProperties": false, "properties": slots },
        },
    })
}

fn slot_schema(slot: Slot) -> Value {
    match slot.kind() {
        SlotKind::Label(labels) => json!({ "enum": labels }),
        SlotKind::Words => json!({ "type": "string", "minLength": 1, "maxLength": LONGEST_WORDS }),
        SlotKind::Number => json!({ "type": "number" }),
        SlotKind::Duration => json!({ "type": "integer", "minimum": 1, "maximum": LONGEST_S }),
    }
}

fn intent(file: IntentFile) -> Result<Intent, String> {
    let kind = kinds()
        .find(|kind| kind.as_str() == file.intent)
        .ok_or_else(|| format!("it names no intent: {:?}", cut(&file.intent)))?;
    let known = slots_of(kind);
    let mut intent = Intent::new(kind);
    for (name, value) in &file.slots {
        let slot = known
            .iter()
            .copied()
            .find(|slot| slot.as_str() == name)
            .ok_or_else(|| format!("{} has no slot {:?}", kind.as_str(), cut(name)))?;
        intent.slots.push((
            slot,
            slot_value(slot, value)
                .ok_or_else(|| format!("the slot {name} of {} holds something else", kind.as_str()))?,
        ));
    }
    intent.slots.sort_by_key(|(slot, _)| *slot);
    Ok(intent)
}

fn slot_value(slot: Slot, value: &Value) -> Option<SlotValue> {
    match slot.kind() {
        SlotKind::Label(labels) => {
            labels.iter().find(|label| Some(**label) == value.as_str()).map(|label| SlotValue::Label(label))
        }
        SlotKind::Words => {
            let text = value.as_str()?;
            let is_plain =
                !text.trim().is_empty() && text.chars().count() <= LONGEST_WORDS && !text.chars().any(char::is_control);
            is_plain.then(|| SlotValue::Text(text.trim().to_owned()))
        }
        SlotKind::Number => value.as_f64().filter(|number| number.is_finite()).map(SlotValue::Number),
        SlotKind::Duration => {
            let seconds = value.as_u64().filter(|seconds| (1..=LONGEST_S).contains(seconds))?;
            Some(SlotValue::Length { hours: seconds / 3600, minutes: seconds / 60 % 60, seconds: seconds % 60 })
        }
    }
}

/// Some servers wrap JSON in a block of Markdown.
fn unfenced(text: &str) -> &str {
    let text = text.trim();
    let inner =
        text.strip_prefix("```json").or_else(|| text.strip_prefix("```")).and_then(|text| text.strip_suffix("```"));
    inner.unwrap_or(text).trim()
}

/// An answer as one line of visible letters that reads forwards.
fn clean(answer: &str) -> String {
    let is_turning =
        |letter: &char| matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let plain: String = answer
        .chars()
        .filter(|letter| !is_turning(letter))
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect();
    let line = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST_ANSWER) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

fn cut(text: &str) -> String {
    text.chars().take(40).collect()
}

const NOT_ITS_OWN: &[IntentKind] = &[
    IntentKind::Nevermind,
    IntentKind::Respond,
    IntentKind::Undo,
    IntentKind::Again,
    IntentKind::Correct,
    IntentKind::Repeat,
    IntentKind::Explain,
    IntentKind::Help,
    IntentKind::TeachPhrase,
    IntentKind::RoutineCreate,
    IntentKind::SceneCreate,
    IntentKind::NotForHouse,
    IntentKind::Unclear,
];
/// Nobody listens to more than some sentences.
const LONGEST_ANSWER: usize = 400;
/// Names and times are shorter; a message for another room may have this length.
const LONGEST_WORDS: usize = 160;
/// A week, longer than any timer.
const LONGEST_S: u64 = 7 * 24 * 3600;
/// Far more than the schema allows.
const LONGEST_JSON: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_read_into_the_types_of_the_intent_code() {
        let said = read(r#"{"intents":[{"intent":"HassLightSet","slots":{"brightness":40,"area":" Kitchen ","domain":"light"}}],"answer":"ignored"}"#).unwrap();
        let wanted = Intent::new(IntentKind::LightSet)
            .with(Slot::Domain, SlotValue::Label("light"))
            .with(Slot::Area, SlotValue::Text("Kitchen".to_owned()))
            .with(Slot::Brightness, SlotValue::Number(40.0));
        assert_eq!(said, Said::Intents(vec![wanted]));
        let said = read("```json\n{\"intents\":[{\"intent\":\"HassStartTimer\",\"slots\":{\"duration\":3725}}],\"answer\":\"\"}\n```").unwrap();
        let length = SlotValue::Length { hours: 1, minutes: 2, seconds: 5 };
        assert_eq!(said, Said::Intents(vec![Intent::new(IntentKind::StartTimer).with(Slot::Duration, length)]));
    }

    #[test]
    fn an_answer_is_one_bounded_line() {
        let long = format!(r#"{{"intents":[],"answer":"a\nb\u202e\u0007 {}"}}"#, "字".repeat(2000));
        let Said::Answer(said) = read(&long).unwrap() else { panic!() };
        assert!(said.starts_with("a b 字") && said.chars().count() == LONGEST_ANSWER + 1, "{said}");
        assert_eq!(read(r#"{"intents":[],"answer":" \n "}"#), Ok(Said::Nothing));
        assert_eq!(read("{}"), Ok(Said::Nothing));
    }

    #[test]
    fn what_is_not_of_the_schema_is_refused_whole() {
        for text in [
            "",
            "no JSON at all",
            "null",
            "[]",
            r#"{"intents":"HassTurnOn"}"#,
            r#"{"answer":7}"#,
            r#"{"answer":"x","execute":"unlock"}"#,
            r#"{"intents":[{"intent":"HassUnlockEverything","slots":{}}]}"#,
            r#"{"intents":[{"intent":"HearthTeachPhrase","slots":{}}]}"#,
            r#"{"intents":[{"slots":{}}]}"#,
            r#"{"intents":[{"intent":"HassTurnOn","slots":{"name":"Lamp"}},{"intent":"Nonsense"}]}"#,
            r#"{"intents":[{"intent":"HassTurnOn","slots":{"brightness":5}}]}"#,
            r#"{"intents":[{"intent":"HassTurnOn","slots":{"name":["Lamp"]}}]}"#,
            r#"{"intents":[{"intent":"HassTurnOn","slots":{"name":""}}]}"#,
            r#"{"intents":[{"intent":"HassTurnOn","slots":{"name":"a\u0000b"}}]}"#,
            r#"{"intents":[{"intent":"HassTurnOn","slots":{"domain":"bomb"}}]}"#,
            r#"{"intents":[{"intent":"HassTurnOn","slots":[]}]}"#,
            r#"{"intents":[{"intent":"HassLightSet","slots":{"brightness":"all"}}]}"#,
            r#"{"intents":[{"intent":"HassLightSet","slots":{"brightness":1e999}}]}"#,
            r#"{"intents":[{"intent":"HassStartTimer","slots":{"duration":-5}}]}"#,
            r#"{"intents":[{"intent":"HassStartTimer","slots":{"duration":99999999999}}]}"#,
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        let many = format!(r#"{{"intents":[{}]}}"#, [r#"{"intent":"HassTurnOn","slots":{}}"#; 9].join(","));
        assert!(read(&many).is_err());
        assert!(read(&"[".repeat(60_000)).is_err());
        assert!(read(&"x".repeat(10_000_000)).is_err());
    }

    #[test]
    fn the_schema_names_what_the_reading_takes() {
        let schema = schema();
        let items = schema["properties"]["intents"]["items"]["anyOf"].as_array().unwrap();
        assert_eq!(items.len(), kinds().count());
        for item in items {
            let slots: BTreeMap<&String, Value> = item["properties"]["slots"]["properties"]
                .as_object()
                .unwrap()
                .iter()
                .map(|(name, own)| {
                    let definition = &schema["$defs"][own["$ref"].as_str().unwrap().rsplit('/').next().unwrap()];
                    let example = match (definition["enum"].get(0), definition["type"].as_str()) {
                        (Some(label), _) => label.clone(),
                        (None, Some("string")) => json!("Lamp"),
                        _ => json!(5),
                    };
                    (name, example)
                })
                .collect();
            let text = json!({
                "intents": [{ "intent": item["properties"]["intent"]["const"], "slots": slots }],
                "answer": "",
            })
            .to_string();
            assert!(matches!(read(&text), Ok(Said::Intents(intents)) if intents.len() == 1), "{text}");
        }
    }
}
