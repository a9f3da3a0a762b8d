//! Words that every house shares: nouns of kinds, colours, words for the whole house. English and Chinese.

use house::{Action, Color, Domain};

use crate::words::key;

/// The kind a bare noun names ("telly", "灯"), if it names one.
pub fn kind_of(noun: &str) -> Option<(Domain, Option<&'static str>)> {
    let noun = key(noun);
    let noun = noun.strip_prefix("the ").unwrap_or(&noun);
    let hit = |noun: &str| KINDS.iter().find(|(words, ..)| words.split('|').any(|word| key(word) == noun));
    hit(noun).or_else(|| hit(noun.strip_suffix('s')?)).map(|(_, domain, class)| (*domain, *class))
}

/// Nouns that name a device class of a domain, for entities that carry the class only in their name.
pub fn nouns_of(domain: Domain, class: &str) -> impl Iterator<Item = &'static str> {
    KINDS
        .iter()
        .filter(move |(_, own, own_class)| *own == domain && *own_class == Some(class))
        .flat_map(|(words, ..)| words.split('|'))
}

/// Whether the words mean the whole house.
pub fn is_whole_house(place: &str) -> bool {
    let place = key(place);
    let place = ["the ", "my ", "our ", "in ", "whole ", "entire "]
        .iter()
        .fold(place.as_str(), |place, word| place.strip_prefix(word).unwrap_or(place));
    WHOLE.iter().any(|word| key(word) == place)
}

/// Whether a place is the open air ("outside", 外面).
pub fn is_outdoors(place: &str) -> bool {
    OUTDOORS.iter().any(|word| key(word) == key(place))
}

/// Whether the words mean the place where the person is.
pub fn is_here(place: &str) -> bool {
    HERE.iter().any(|word| key(word) == key(place))
}

/// A colour or a tint of white by its words: the English name, and what it sets.
pub fn color(words: &str) -> Option<(&'static str, Action)> {
    let said = key(words);
    let hit = |said: &str| COLORS.iter().find(|(names, ..)| names.split('|').any(|name| key(name) == said));
    let bare = ["light", "lights", "color", "colour", "色", "色 光", "光", "色 的", "的"]
        .iter()
        .find_map(|tail| said.strip_suffix(tail).map(str::trim));
    let (names, set) = hit(&said).or_else(|| hit(bare?))?;
    let name = names.split('|').next()?;
    Some((
        name,
        match set {
            Tint::Hue(hue, saturation) => Action::SetLight {
                brightness_pct: None,
                color: Some(Color { hue: *hue, saturation: *saturation }),
                color_temp_k: None,
            },
            Tint::White(kelvin) => Action::SetLight { brightness_pct: None, color: None, color_temp_k: Some(*kelvin) },
        },
    ))
}

enum Tint {
    Hue(f64, f64),
    White(u16),
}

const COLORS: &[(&str, Tint)] = &[
    ("red|红|红色", Tint::Hue(0.0, 100.0)),
    ("blue|蓝|蓝色", Tint::Hue(240.0, 100.0)),
    ("green|绿|绿色", Tint::Hue(120.0, 100.0)),
    ("yellow|黄|黄色", Tint::Hue(60.0, 100.0)),
    ("orange|橙|橙色|橘色|桔色", Tint::Hue(30.0, 100.0)),
    ("purple|紫|紫色", Tint::Hue(277.0, 86.0)),
    ("pink|粉|粉色|粉红|粉红色", Tint::Hue(350.0, 25.0)),
    ("cyan|青|青色", Tint::Hue(180.0, 100.0)),
    ("turquoise|绿松石色", Tint::Hue(174.0, 71.0)),
    ("magenta|品红|洋红", Tint::Hue(300.0, 100.0)),
    ("violet|紫罗兰|紫罗兰色", Tint::Hue(300.0, 46.0)),
    ("indigo|靛|靛蓝", Tint::Hue(275.0, 100.0)),
    ("lavender|薰衣草色", Tint::Hue(240.0, 8.0)),
    ("lime|青柠色", Tint::Hue(120.0, 100.0)),
    ("teal|蓝绿|蓝绿色", Tint::Hue(180.0, 100.0)),
    ("gold|golden|金|金色", Tint::Hue(51.0, 100.0)),
    ("brown|棕|棕色|褐色|咖啡色", Tint::Hue(0.0, 75.0)),
    ("salmon|三文鱼色", Tint::Hue(6.0, 54.0)),
    ("amber|琥珀色", Tint::Hue(45.0, 100.0)),
    ("sky blue|天蓝|天蓝色", Tint::Hue(197.0, 43.0)),
    ("dark blue|深蓝|深蓝色|navy|navy blue", Tint::Hue(240.0, 100.0)),
    ("light blue|浅蓝|浅蓝色|淡蓝色", Tint::Hue(195.0, 25.0)),
    ("light green|浅绿|浅绿色", Tint::Hue(120.0, 39.0)),
    ("crimson|深红|深红色|猩红", Tint::Hue(348.0, 91.0)),
    ("white|白|白色", Tint::White(4500)),
    (
        "warm white|warm|warmer|soft white|warm tone|暖白|暖白色|暖光|暖色|暖黄|暖色调|温馨|暖白光|暖黄光|暖黄色",
        Tint::White(2700),
    ),
    ("candle light|candlelight|candle|烛光", Tint::White(1900)),
    ("neutral white|neutral|natural white|natural|normal|自然光|自然|自然白|中性白", Tint::White(3500)),
    ("cool white|cool|cold white|cold|cooler|冷白|冷白色|冷光|冷色|冷色调|冷白光", Tint::White(4000)),
    ("daylight|day light|日光|正白|正白光|白天|日光白", Tint::White(6500)),
];
const WHOLE: &[&str] = &[
    "house",
    "home",
    "everywhere",
    "every room",
    "each room",
    "all rooms",
    "all the rooms",
    "whole house",
    "place",
    "apartment",
    "flat",
    "building",
    "家",
    "家里",
    "全家",
    "全屋",
    "整个家",
    "整个房子",
    "屋子",
    "房子",
    "屋里",
    "所有房间",
    "每个房间",
    "到处",
    "屋内",
    "家中",
];
const OUTDOORS: &[&str] =
    &["outside", "outdoors", "outdoor", "out there", "the outside", "外面", "室外", "户外", "屋外", "外边"];
const HERE: &[&str] = &[
    "here",
    "in here",
    "this room",
    "the room",
    "room",
    "this",
    "这里",
    "这儿",
    "这边",
    "这个房间",
    "这间房",
    "房间",
    "房间里",
    "屋里",
    "呢度",
];

/// Nouns of kinds: words, domain, device class. The first fitting line counts.
const KINDS: &[(&str, Domain, Option<&str>)] = &[
    (
        "light|lamp|lighting|bulb|illumination|luminaire|灯|灯光|照明|电灯|灯具|灯泡|台灯|吊灯|吸顶灯",
        Domain::Light,
        None,
    ),
    ("switch|开关", Domain::Switch, None),
    ("plug|smart plug|socket|outlet|power socket|wemo|插座|插头|智能插座", Domain::Switch, Some("outlet")),
    ("fan|ventilator|风扇|电扇|电风扇|风机|吊扇", Domain::Fan, None),
    ("tv|television|telly|tv set|电视|电视机", Domain::MediaPlayer, Some("tv")),
    (
        "speaker|loudspeaker|music|radio|stereo|sound|audio|volume|player|media \
         player|media|song|音箱|音响|喇叭|扬声器|音乐|收音机|播放器|声音|媒体|歌",
        Domain::MediaPlayer,
        Some("speaker"),
    ),
    (
        "thermostat|heating|heater|heat|radiator|ac|a c|air conditioner|air \
         conditioning|aircon|climate|hvac|furnace|temperature|空调|暖气|恒温器|温控器|冷气|地暖|温度|采暖",
        Domain::Climate,
        None,
    ),
    ("curtain|drape|窗帘|帘子|布帘", Domain::Cover, Some("curtain")),
    ("blind|venetian blind|百叶窗|百叶帘|百叶", Domain::Cover, Some("blind")),
    ("shade|roller shade|遮阳帘|卷帘", Domain::Cover, Some("shade")),
    ("shutter|roller shutter|rollershutter|百叶门|卷闸|卷帘窗", Domain::Cover, Some("shutter")),
    ("awning|雨篷|遮阳篷|遮阳棚", Domain::Cover, Some("awning")),
    ("garage door|garage|garage gate|车库门|车库", Domain::Cover, Some("garage")),
    ("gate|大门口|闸门", Domain::Cover, Some("gate")),
    ("window|skylight|窗|窗户|窗子|天窗", Domain::Cover, Some("window")),
    ("door|门|房门", Domain::Cover, Some("door")),
    ("lock|door lock|smart lock|锁|门锁|智能锁", Domain::Lock, None),
    (
        "alarm|alarm system|alarm panel|security system|security|burglar \
         alarm|警报|报警器|安防|防盗|警戒|安防系统|报警系统",
        Domain::AlarmControlPanel,
        None,
    ),
    (
        "vacuum|vacuum cleaner|hoover|robot vacuum|roomba|robot|cleaner|扫地机器人|扫地机|吸尘器|机器人",
        Domain::Vacuum,
        None,
    ),
    ("mower|lawn mower|lawnmower|割草机", Domain::LawnMower, None),
    ("water valve|valve|水阀|阀门|阀|水龙头", Domain::Valve, None),
    ("sprinkler|sprinklers|irrigation|洒水器|灌溉", Domain::Valve, None),
    ("humidifier|加湿器", Domain::Humidifier, None),
    ("dehumidifier|除湿机", Domain::Humidifier, None),
    ("water heater|boiler|热水器", Domain::WaterHeater, None),
    ("siren|警笛", Domain::Siren, None),
    ("scene|场景|情景", Domain::Scene, None),
    ("script|脚本", Domain::Script, None),
    ("list|todo list|to do list|清单|列表|待办|待办清单|待办事项", Domain::Todo, None),
    ("weather|天气", Domain::Weather, None),
];
