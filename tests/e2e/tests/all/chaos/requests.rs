//! Random requests to the virtual house, each with the entities that it may touch; computed from the house file alone.

use std::collections::BTreeSet;

use rand::Rng as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use serde_json::Value;

/// A request.
#[derive(Debug)]
pub(super) struct Request {
    /// The words.
    pub(super) text: String,
    /// What it may touch; doing less is no fault here.
    pub(super) allowed: BTreeSet<String>,
}

/// A request to a house in its language.
pub(super) fn random(house: &Value, lang: &str, random: &mut StdRng) -> Request {
    // Not every kind fits every draw, such as the lights of a room without any.
    std::iter::repeat_with(|| attempt(house, lang == "zh", random)).flatten().next().unwrap()
}

fn attempt(house: &Value, is_zh: bool, random: &mut StdRng) -> Option<Request> {
    let entities = house["entities"].as_array()?;
    let area = house["areas"].as_array()?.choose(random)?["name"].as_str()?;
    let entity = entities.choose(random)?;
    let (name, own_area, domain) = (entity["name"].as_str()?, entity["area"].as_str(), entity["domain"].as_str()?);
    let number = random.random_range(10..95_u32);
    let is_on = random.random_bool(0.5);
    let lights: BTreeSet<String> = ids(entities, |entity| entity["domain"] == "light" && entity["area"] == area);
    let only = BTreeSet::from([entity["id"].as_str()?.to_owned()]);
    let words = |zh: String, en: String| if is_zh { zh } else { en };
    let (on_en, on_zh) = if is_on { ("on", "打开") } else { ("off", "关掉") };
    let done = |text, allowed| Some(Request { text, allowed });
    match random.random_range(0..12) {
        0 | 1 if !lights.is_empty() => {
            done(words(format!("{on_zh}{area}的灯"), format!("turn {on_en} the lights in the {area}")), lights)
        }
        2 if !lights.is_empty() => done(
            words(format!("把{area}的灯调到{number}%"), format!("set the {area} lights to {number} percent")),
            lights,
        ),
        3 if matches!(domain, "light" | "switch" | "fan") && is_only_name(entities, name) => {
            done(words(format!("{on_zh}{name}"), format!("turn {on_en} the {name}")), only)
        }
        4 if domain == "cover" && entity["attributes"]["device_class"] != "garage" => {
            let verb = if is_on { "open" } else { "close" };
            done(
                words(format!("{on_zh}{}的{name}", own_area?), format!("{verb} the {name} in the {}", own_area?)),
                only,
            )
        }
        5 if domain == "climate" => done(
            words(
                format!("把{}的{name}调到{}度", own_area?, 17 + number % 10),
                format!("set the {name} in the {} to {} degrees", own_area?, 17 + number % 10),
            ),
            only,
        ),
        6 if domain == "fan" => done(
            words(
                format!("把{}的{name}调到{number}%", own_area?),
                format!("set the {name} in the {} to {number} percent", own_area?),
            ),
            only,
        ),
        7 if domain == "lock" => done(words(format!("锁上{name}"), format!("lock the {name}")), only),
        8 if domain == "scene" => {
            let members = entity["attributes"]["entities"].as_object()?.keys().cloned().collect();
            done(words(format!("打开{name}"), format!("activate {name}")), members)
        }
        // From here on nothing may move: questions, places that do not exist, and small talk.
        9 if matches!(domain, "light" | "switch" | "lock") => done(
            words(format!("{}的{name}开着吗", own_area?), format!("is the {name} in the {} on", own_area?)),
            BTreeSet::new(),
        ),
        10 => {
            let nowhere = if is_zh { NOWHERE_ZH } else { NOWHERE_EN }.choose(random)?;
            done(
                words(format!("{on_zh}{nowhere}的灯"), format!("turn {on_en} the lights in the {nowhere}")),
                BTreeSet::new(),
            )
        }
        11 => done((*if is_zh { SMALL_TALK_ZH } else { SMALL_TALK_EN }.choose(random)?).to_owned(), BTreeSet::new()),
        _ => None,
    }
}

fn ids(entities: &[Value], fits: impl Fn(&Value) -> bool) -> BTreeSet<String> {
    entities
        .iter()
        .filter(|entity| fits(entity))
        .filter_map(|entity| entity["id"].as_str())
        .map(str::to_owned)
        .collect()
}

fn is_only_name(entities: &[Value], name: &str) -> bool {
    let names = |entity: &Value| -> Vec<String> {
        let aliases = entity["aliases"].as_array().into_iter().flatten();
        std::iter::once(&entity["name"]).chain(aliases).filter_map(Value::as_str).map(str::to_lowercase).collect()
    };
    entities.iter().filter(|entity| names(entity).contains(&name.to_lowercase())).count() == 1
}

/// Rooms that the house lacks.
const NOWHERE_EN: &[&str] = &["attic", "pool house", "sauna"];
const NOWHERE_ZH: &[&str] = &["阁楼", "游泳池", "桑拿房"];
const SMALL_TALK_EN: &[&str] = &[
    "what time is it",
    "tell me a joke about lamps",
    "how are you today",
    "what's the weather like",
    "thank you very much",
    "who won the football match",
];
const SMALL_TALK_ZH: &[&str] =
    &["现在几点了", "给我讲个笑话", "你今天好吗", "今天天气怎么样", "非常感谢", "昨天谁赢了比赛"];
