//! States as house files write them, in several languages, turned into Home Assistant's words. Only words.

use house::{Domain, HvacMode};

/// The state that a word means for that kind of entity; `None` if it is none such an entity can have.
pub(crate) fn state(domain: Domain, word: &str) -> Option<String> {
    let word = word.trim();
    let lower = word.to_lowercase();
    let meant = || MEANINGS.iter().find(|(words, _)| words.contains(&lower.as_str())).map(|(_, meaning)| *meaning);
    let known = |states: &[&str]| {
        let said = states.iter().find(|state| **state == lower).copied();
        said.or_else(|| meant().and_then(|meaning| fitting(meaning, states))).map(str::to_owned)
    };
    match domain {
        Domain::Light | Domain::Switch | Domain::Fan | Domain::Siren | Domain::InputBoolean | Domain::Humidifier => known(&["on", "off"]),
        Domain::Automation | Domain::BinarySensor => known(&["on", "off"]),
        Domain::Cover => known(&["open", "closed", "opening", "closing"]),
        Domain::Valve => known(&["open", "closed", "opening", "closing"]),
        Domain::Lock => known(&["locked", "unlocked", "locking", "unlocking", "jammed", "open"]),
        Domain::Vacuum => known(&["cleaning", "docked", "idle", "paused", "returning", "error"]),
        Domain::LawnMower => known(&["mowing", "docked", "paused", "returning", "error"]),
        Domain::AlarmControlPanel => known(ALARM),
        Domain::MediaPlayer => known(&["off", "on", "idle", "playing", "paused", "standby", "buffering"]),
        Domain::Climate => HvacMode::parse(&lower).map(|mode| mode.as_str().to_owned()),
        Domain::Person => Some(meant().and_then(|meaning| fitting(meaning, &["home", "not_home"])).map_or(word, |state| state).to_owned()),
        Domain::Todo => lower.parse::<u32>().ok().map(|count| count.to_string()),
        Domain::Sensor | Domain::Scene | Domain::Script | Domain::Weather | Domain::Button => Some(word.to_owned()),
        Domain::WaterHeater | Domain::Number | Domain::Select | Domain::Other => Some(word.to_owned()),
    }
}

/// One meaning has several words: what is on is open for a cover and playing for no one.
fn fitting(meaning: &'static str, states: &[&str]) -> Option<&'static str> {
    let other = match meaning {
        "on" => "open",
        "open" => "on",
        "off" => "closed",
        "closed" => "off",
        "locked" => "off",
        "unlocked" => "on",
        "home" => "on",
        "not_home" => "off",
        _ => meaning,
    };
    [meaning, other].into_iter().find(|word| states.contains(word))
}

const ALARM: &[&str] = &[
    "disarmed", "armed_home", "armed_away", "armed_night", "armed_vacation", "armed_custom_bypass", "pending", "triggered",
    "arming", "disarming",
];

/// Words that the test houses of Home Assistant's languages use, and what they mean.
const MEANINGS: &[(&[&str], &str)] = &[
    (&["on", "true", "an", "ein", "encendido", "encendida", "allumé", "allumée", "activé", "activée", "开启", "開啟", "開", "开", "開著", "打開咗"], "on"),
    (&["off", "false", "aus", "apagado", "apagada", "éteint", "éteinte", "désactivé", "关闭", "關閉", "关", "關", "閂", "關咗"], "off"),
    (&["open", "offen", "geöffnet", "abierto", "abierta", "ouvert", "ouverte", "打开", "打開"], "open"),
    (&["closed", "geschlossen", "zu", "cerrado", "cerrada", "fermé", "fermée", "关上", "關上"], "closed"),
    (&["locked", "verriegelt", "abgeschlossen", "cerrado con llave", "verrouillé", "verrouillée", "已锁", "锁定", "鎖定", "上锁", "上鎖", "已上鎖"], "locked"),
    (&["unlocked", "entriegelt", "aufgeschlossen", "déverrouillé", "déverrouillée", "解锁", "解鎖", "未锁", "未鎖", "未上鎖", "已解锁", "已解鎖"], "unlocked"),
    (&["detected", "wet", "low", "charging", "plugged in", "problem", "unsafe", "moving", "occupied", "running", "unlocked", "hot", "cold", "tampered", "connected", "light", "erkannt", "nass", "powered", "update available", "actif", "activo", "alimenté", "branché", "caliente", "chaud", "froid", "faible", "en charge", "en cours", "cargando", "conectado", "connecté", "detectada", "detectado", "déclenché", "déclenchée", "en marcha", "enchufado", "actualización disponible", "mise à jour disponible", "heiß", "lädt", "verbunden", "有人", "供電", "偵測", "已偵測", "充電中", "已連線", "插上", "有更新", "熱", "運作中", "异常", "異常", "检测到", "偵測到", "潮湿", "潮濕"], "on"),
    (&["clear", "normal", "ok", "dry", "not charging", "unplugged", "no problem", "safe", "stopped", "not running", "disconnected", "no light", "up-to-date", "not occupied", "not vibrating", "sicher", "getrennt", "kein licht", "despejado", "no vibrando", "normales", "seco", "segura", "sin luz", "ne vibre pas", "pas de lumière", "sec", "sécurisé", "sûre", "安全", "未震動", "無光線", "正常", "无人", "無人", "未检测到", "未偵測到", "干燥", "乾燥"], "off"),
    (&["home", "casa", "maison", "zu hause", "zuhause", "en casa", "à la maison", "家", "在家", "屋企"], "home"),
    (&["not_home", "away", "unterwegs", "abwesend", "fuera", "absent", "absente", "à l'extérieur", "外面", "外出", "离家", "離家", "不在家", "出咗街"], "not_home"),
];
