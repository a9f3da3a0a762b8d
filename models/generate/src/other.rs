//! Rows from plain text: what people say that is not for the house.
//!
//! Only sentences without a word that could concern a house, its devices or the assistant count as such;
//! what the words leave open is left out, never guessed.

use std::collections::HashSet;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Result;
use house::IntentKind;
use mind::understand::code::CodeIntent;
use mind::words::{Word, is_han, words};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use crate::human::text_of;
use crate::row::row;

/// Writes at most so many rows, evenly from the files, each sentence once.
pub(crate) fn write(inputs: &[PathBuf], count: usize, seed: u64, output: &Path) -> Result<()> {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut out = BufWriter::new(std::fs::File::create(output)?);
    let mut seen = HashSet::new();
    let share = count / inputs.len().max(1);
    for input in inputs {
        let text = text_of(input)?;
        let mut sentences: Vec<String> = text.lines().flat_map(sentences).collect();
        sentences.shuffle(&mut rng);
        let rows = sentences
            .iter()
            .filter(|sentence| seen.insert((*sentence).clone()))
            .filter_map(|sentence| not_for_house(sentence));
        let mut written = 0;
        for row in rows.take(share) {
            writeln!(out, "{row}")?;
            written += 1;
        }
        writeln!(std::io::stderr(), "{written} from {}", input.display())?;
    }
    Ok(out.flush()?)
}

/// The sentences of a line, without the name of who says them.
fn sentences(line: &str) -> Vec<String> {
    let said = line
        .split_once([':', '：'])
        .filter(|(speaker, _)| speaker.chars().count() <= MAX_SPEAKER)
        .map_or(line, |(_, said)| said);
    said.split_inclusive(['.', '!', '?', '。', '！', '？']).map(|sentence| sentence.trim().to_owned()).collect()
}

fn not_for_house(sentence: &str) -> Option<String> {
    let heard = words(sentence);
    let is_chinese = heard.iter().any(|word| word.text.chars().any(is_han));
    let (least, most) = if is_chinese { (4, 26) } else { (3, 20) };
    if heard.len() < least || most < heard.len() || is_open(&heard, is_chinese) {
        return None;
    }
    let intent = CodeIntent { kind: IntentKind::NotForHouse, slots: Vec::new() };
    let row = row(if is_chinese { "zh" } else { "en" }, &heard, &[], Some(&[intent]), "text")?;
    serde_json::to_string(&row).ok()
}

/// Whether a word could concern the house or the assistant.
fn is_open(heard: &[Word], is_chinese: bool) -> bool {
    if is_chinese {
        let said: String = heard.iter().map(|word| word.text.as_str()).collect();
        return CHINESE.iter().any(|word| said.contains(word));
    }
    let has = |wanted: &str| heard.iter().any(|word| word.text == wanted);
    (has("are") && has("you"))
        || heard.iter().any(|word| {
            ENGLISH.iter().any(|stem| word.text.starts_with(stem)) || ENGLISH_WHOLE.contains(&word.text.as_str())
        })
}

const MAX_SPEAKER: usize = 10;

/// Beginnings of words.
const ENGLISH: &[&str] = &[
    "light",
    "lamp",
    "bright",
    "dim",
    "dark",
    "turn",
    "switch",
    "heat",
    "cold",
    "warm",
    "cool",
    "hot",
    "freez",
    "temperature",
    "degree",
    "fan",
    "door",
    "window",
    "lock",
    "unlock",
    "open",
    "clos",
    "shut",
    "curtain",
    "blind",
    "garage",
    "gate",
    "alarm",
    "timer",
    "remind",
    "wake",
    "snooze",
    "music",
    "song",
    "play",
    "listen",
    "hear",
    "radio",
    "volume",
    "loud",
    "quiet",
    "sound",
    "nois",
    "mute",
    "silen",
    "pause",
    "stop",
    "resum",
    "next",
    "skip",
    "previous",
    "tv",
    "televis",
    "movie",
    "film",
    "watch",
    "video",
    "channel",
    "list",
    "add",
    "remov",
    "vacuum",
    "clean",
    "sweep",
    "mop",
    "dust",
    "wash",
    "scene",
    "room",
    "kitchen",
    "bed",
    "bath",
    "hous",
    "home",
    "weather",
    "rain",
    "snow",
    "sunny",
    "storm",
    "wind",
    "cloud",
    "umbrella",
    "forecast",
    "time",
    "clock",
    "hour",
    "minute",
    "second",
    "date",
    "today",
    "tomorrow",
    "tonight",
    "sensor",
    "batter",
    "power",
    "electr",
    "energy",
    "humid",
    "smok",
    "gas",
    "leak",
    "announc",
    "broadcast",
    "undo",
    "repeat",
    "again",
    "cancel",
    "never",
    "forget",
    "start",
    "increas",
    "decreas",
    "rais",
    "lower",
    "adjust",
    "sleep",
    "asleep",
    "thank",
    "hello",
    "welcome",
    "bye",
    "goodbye",
    "sorry",
    "help",
    "named",
    "shop",
    "grocer",
    "coffee",
    "tea",
    "stuff",
    "fresh",
    "outside",
    "outdoor",
    "chilly",
    "stuffy",
    "night",
    "morning",
    "evening",
    "set",
    "control",
    "device",
    "smart",
    "robot",
    "speaker",
    "screen",
    "camera",
    "water",
    "mow",
    "lawn",
    "garden",
    "upstairs",
    "downstairs",
    "floor",
    "everyone",
    "everything",
    "count",
    "album",
    "artist",
    "band",
    "podcast",
    "book",
    "read",
    "story",
    "record",
    "calendar",
    "schedul",
    "task",
    "note",
    "buy",
];
/// Whole words.
const ENGLISH_WHOLE: &[&str] = &[
    "day", "name", "sun", "week", "hi", "hey", "yes", "no", "ok", "okay", "put", "on", "off", "ac", "air", "sing",
    "todo", "say",
];
const CHINESE: &[&str] = &[
    "灯",
    "光",
    "亮",
    "暗",
    "黑",
    "开",
    "关",
    "闭",
    "热",
    "冷",
    "凉",
    "暖",
    "温",
    "空调",
    "扇",
    "门",
    "窗",
    "锁",
    "帘",
    "库",
    "闹",
    "计时",
    "定时",
    "提醒",
    "叫醒",
    "起床",
    "音",
    "歌",
    "播",
    "放",
    "听",
    "声",
    "静",
    "停",
    "继续",
    "下一",
    "上一",
    "电",
    "影",
    "视频",
    "频道",
    "清单",
    "列表",
    "单",
    "买",
    "加",
    "扫",
    "吸",
    "洗",
    "拖",
    "咖啡",
    "场景",
    "模式",
    "房",
    "室",
    "厅",
    "厨",
    "家",
    "天气",
    "雨",
    "雪",
    "晴",
    "风",
    "云",
    "伞",
    "几点",
    "时间",
    "钟",
    "日期",
    "星期",
    "周",
    "几号",
    "今天",
    "明天",
    "今晚",
    "传感",
    "湿",
    "烟",
    "漏",
    "水",
    "广播",
    "通知",
    "告诉",
    "撤销",
    "再",
    "取消",
    "算了",
    "忘",
    "设",
    "调",
    "升",
    "降",
    "睡",
    "谢",
    "你好",
    "您好",
    "再见",
    "早上",
    "晚安",
    "帮",
    "你是谁",
    "名字",
    "机器",
    "手机",
    "打",
    "念",
    "读",
    "记",
    "书",
    "不用",
    "没关系",
    "抱歉",
    "对不起",
];
