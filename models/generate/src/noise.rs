//! What microphones, keyboards and hurry do to words.

use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

use crate::say::Lang;

/// A word as it may come out: mostly itself.
pub(crate) fn word(word: &str, rng: &mut StdRng) -> String {
    if let Some((_, others)) = ALIKE.iter().find(|(name, _)| *name == word) {
        return others.choose(rng).map_or_else(|| word.to_owned(), |other| (*other).to_owned());
    }
    let letters: Vec<char> = word.chars().collect();
    let is_plain = letters.iter().all(char::is_ascii_lowercase);
    if !is_plain || letters.len() < 4 || mind::numbers::count_at(&mind::words::words(word), 0).is_some() {
        return word.to_owned();
    }
    let at = rng.random_range(1..letters.len() - 1);
    let mut out = letters;
    match rng.random_range(0..3) {
        0 => out.swap(at, at + 1),
        1 => {
            out.remove(at);
        }
        _ => out.insert(at, out.get(at).copied().unwrap_or('e')),
    }
    out.into_iter().collect()
}

/// A stretch of plain text as it may be heard: nearly always as it is.
pub(crate) fn of_text(lang: Lang, text: &str, rng: &mut StdRng) -> String {
    if !rng.random_bool(HEARD_WRONG) {
        return text.to_owned();
    }
    match lang {
        Lang::En => {
            let said = text.split(' ').map(|one| if rng.random_bool(0.12) { word(one, rng) } else { one.to_owned() });
            said.collect::<Vec<_>>().join(" ")
        }
        Lang::Zh => slurred(&misheard(text, rng), rng),
    }
}

/// A Chinese text with a word misheard.
pub(crate) fn misheard(text: &str, rng: &mut StdRng) -> String {
    for (right, wrong) in MISHEARD {
        if text.contains(right) && rng.random_bool(0.5) {
            return text.replacen(right, wrong, 1);
        }
    }
    text.to_owned()
}

/// A Chinese text in which small words are swallowed or a short word is said twice.
pub(crate) fn slurred(text: &str, rng: &mut StdRng) -> String {
    let letters = text.chars().count();
    if letters == 2 && rng.random_bool(0.04) {
        return format!("{text}{text}");
    }
    if letters < 2 || !rng.random_bool(0.3) {
        return text.to_owned();
    }
    let out: String = text.chars().filter(|letter| !matches!(letter, '把' | '的' | '了' | '将' | '在')).collect();
    if out.is_empty() { text.to_owned() } else { out }
}

/// Words that are easily lost.
pub(crate) fn is_small(word: &str) -> bool {
    matches!(word, "the" | "a" | "an" | "my" | "our" | "of" | "to" | "please" | "some")
}

/// A word of letters only that is no number.
pub(crate) fn is_plain(word: &str) -> bool {
    let is_letters = word.chars().all(|letter| letter.is_ascii_lowercase());
    is_letters && mind::numbers::count_at(&mind::words::words(word), 0).is_none()
}

/// How many bytes a microphone that opens late loses: some letters of the first word, or all of it.
pub(crate) fn late(lang: Lang, text: &str, rng: &mut StdRng) -> usize {
    match lang {
        Lang::En => {
            let Some((first, rest)) = text.split_once(' ') else { return 0 };
            if !is_plain(first) || !rest.contains(' ') || first.starts_with("un") || first.starts_with("dis") {
                return 0;
            }
            let may_go = matches!(
                first,
                "turn" | "switch" | "set" | "can" | "could" | "please" | "make" | "put" | "change" | "would" | "hey"
            );
            match first.len() {
                _ if may_go && rng.random_bool(0.5) => first.len() + 1,
                0..3 => 0,
                3 => 1,
                _ => rng.random_range(1..3),
            }
        }
        Lang::Zh => {
            let first = text.chars().next().unwrap_or(' ');
            if matches!(first, '把' | '将' | '请' | '帮' | '打' | '调' | '设') { first.len_utf8() } else { 0 }
        }
    }
}

/// The share of texts in which something is heard otherwise.
const HEARD_WRONG: f64 = 0.08;
const ALIKE: &[(&str, &[&str])] = &[
    ("light", &["lite", "like", "lights", "right", "life"]),
    ("lights", &["lites", "likes", "light", "lice", "rights"]),
    ("to", &["too", "two", "do", "the", "2"]),
    ("the", &["da", "de", "te", "a", "their"]),
    ("for", &["four", "fore", "of"]),
    ("dim", &["deem", "din", "them", "dem"]),
    ("blinds", &["blind", "blines", "blinks"]),
    ("color", &["colour", "colors", "caller"]),
    ("whether", &["weather"]),
    ("weather", &["whether", "wether"]),
    ("off", &["of", "of", "offf", "of the"]),
    ("on", &["own", "an", "in"]),
    ("in", &["and", "on", "an"]),
    ("tv", &["t v", "telly", "tea v"]),
    ("turn", &["churn", "tern", "tune", "turned", "term"]),
    ("switch", &["which", "swich"]),
    ("close", &["clothes", "closed"]),
    ("open", &["opened", "oben"]),
    ("play", &["lay", "pay", "played"]),
    ("volume", &["volumes", "the volume"]),
    ("fan", &["van", "phan"]),
    ("fans", &["vans"]),
    ("lock", &["log", "look", "locked"]),
    ("heat", &["eat", "he"]),
    ("heating", &["eating"]),
    ("set", &["sat", "said", "sets"]),
    ("curtains", &["curtain", "certains"]),
    ("degrees", &["degree", "the grease"]),
    ("timer", &["time", "tima", "timers"]),
    ("add", &["at", "ad"]),
    ("list", &["lists", "least"]),
    ("what's", &["what", "whats", "what is"]),
    ("is", &["its", "it's", "as"]),
    ("are", &["our", "r"]),
    ("door", &["doors", "dor"]),
    ("pause", &["paws", "pores"]),
    ("mute", &["moot", "new"]),
    ("skip", &["skit", "keep"]),
    ("vacuum", &["vacum", "vacume", "vacuums"]),
    ("heater", &["eater"]),
    ("my", &["by", "mai"]),
    ("down", &["done", "town"]),
    ("up", &["op", "app"]),
];
const MISHEARD: &[(&str, &str)] = &[
    ("灯", "等"),
    ("关", "官"),
    ("调", "条"),
    ("开", "凯"),
    ("窗帘", "窗连"),
    ("空调", "空条"),
    ("度", "肚"),
    ("把", "吧"),
    ("的", "得"),
    ("灯", "登"),
    ("关", "管"),
    ("调", "跳"),
    ("打开", "打卡"),
    ("窗帘", "床帘"),
    ("亮度", "量度"),
    ("音量", "音亮"),
    ("播放", "拨放"),
    ("播放", "波放"),
    ("风扇", "风善"),
    ("计时器", "记时器"),
    ("闹钟", "脑中"),
    ("静音", "净音"),
    ("锁", "所"),
    ("扫地", "扫弟"),
    ("暂停", "站停"),
    ("继续", "机续"),
    ("加", "家"),
    ("清单", "青单"),
    ("暖", "软"),
    ("亮", "量"),
    ("暗", "按"),
    ("设置", "摄制"),
    ("设为", "是为"),
    ("提醒", "题醒"),
    ("帮我", "帮吾"),
    ("一点", "以点"),
    ("温度", "文度"),
    ("高", "搞"),
    ("低", "滴"),
    ("门", "们"),
    ("是", "四"),
    ("插座", "查座"),
    ("电视", "电市"),
];
