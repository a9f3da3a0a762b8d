//! What is said back: from outcomes and observed states, never from the model.

mod danger;
mod done;
mod schedule;
mod state;
mod why;

use house::{Action, House, IntentKind, Lang, Miss, Question, Step};

use crate::judge::Refusal;

pub use danger::danger;
pub use done::{did_you_mean, done, timer_changed};
pub use schedule::{
    broadcast, described, late_timer, missed, rings, routine_question, schedule_changed, schedule_title, schedule_when,
    scheduled, timer_rings, withheld,
};
pub use state::answer;
pub use why::{because, cause, list_name, scene_saved, taught};

/// A question to the person.
pub fn question(question: &Question, lang: Lang) -> String {
    match question {
        Question::Which { candidates, .. } => {
            let names = candidates.iter().map(|candidate| match &candidate.area {
                Some(area) if !candidate.name.contains(area.as_str()) => match lang {
                    Lang::En => format!("{} in the {area}", candidate.name),
                    Lang::Zh => format!("{area}的{}", candidate.name),
                },
                _ => candidate.name.clone(),
            });
            let mut names: Vec<String> = names.take(MOST_NAMES).collect();
            if names.len() < candidates.len() {
                names.push(lang.pick("another one", "别的").to_owned());
            }
            let names = or(&names, lang);
            match lang {
                Lang::En => format!("Which one: {names}?"),
                Lang::Zh => format!("您是指哪一个：{names}？"),
            }
        }
        Question::Value { intent } => value_question(*intent, lang).to_owned(),
        Question::When { heard, doubt, .. } => schedule::time_doubt(heard, *doubt, lang),
        Question::DidYouMean { heard, candidates } => {
            let names = or(&candidates.iter().map(|candidate| candidate.name.clone()).collect::<Vec<_>>(), lang);
            match lang {
                Lang::En => format!("I know no “{heard}”. Did you mean {names}?"),
                Lang::Zh => format!("我不知道“{heard}”。您是指{names}吗？"),
            }
        }
        Question::Confirm { names, .. } if names.is_empty() => lang
            .pick("That is a lot of things in many rooms at once. Shall I?", "这会同时打开很多房间的设备。要继续吗？")
            .to_owned(),
        Question::Confirm { names, steps } => match lang {
            Lang::En => format!("Shall I really {} {}?", wish(steps, lang), and(names, lang)),
            Lang::Zh => format!("真的要{}{}吗？", wish(steps, lang), and(names, lang)),
        },
        Question::Pin { names, .. } if names.is_empty() => lang
            .pick(
                "That is a lot of things in many rooms at once. I need the PIN for it.",
                "这会同时打开很多房间的设备，需要密码。",
            )
            .to_owned(),
        Question::Pin { names, steps } => match lang {
            Lang::En => format!("To {} {} I need the PIN.", wish(steps, lang), and(names, lang)),
            Lang::Zh => format!("{}{}需要密码。", wish(steps, lang), and(names, lang)),
        },
    }
}

/// What would be done, by the step that needs asking most.
fn wish(steps: &[Step], lang: Lang) -> &'static str {
    let has = |wanted: fn(&Action) -> bool| steps.iter().any(|step| wanted(&step.action));
    if has(|action| matches!(action, Action::Unlock)) {
        return lang.pick("unlock", "解锁");
    }
    if has(|action| matches!(action, Action::Disarm)) {
        return lang.pick("disarm", "撤防");
    }
    if has(|action| {
        matches!(
            action,
            Action::OpenCover | Action::SetCoverPosition(_) | Action::OpenValve | Action::SetValvePosition(_)
        )
    }) {
        return lang.pick("open", "打开");
    }
    lang.pick("switch", "操作")
}

fn value_question(intent: IntentKind, lang: Lang) -> &'static str {
    match intent {
        IntentKind::LightSet => lang.pick("What shall I set the light to?", "要把灯调成什么样？"),
        IntentKind::ClimateSetTemperature => lang.pick("To what temperature?", "要设为多少度？"),
        IntentKind::SetPosition => lang.pick("To what position?", "要调到什么位置？"),
        IntentKind::ShoppingListAddItem | IntentKind::ListAddItem | IntentKind::ListRemoveItem => {
            lang.pick("Which item?", "哪一项？")
        }
        IntentKind::SceneCreate => lang.pick("What shall the scene be called?", "场景叫什么名字？"),
        IntentKind::FanSetSpeed => lang.pick("How fast?", "要多大风速？"),
        IntentKind::SetVolume | IntentKind::SetVolumeRelative => lang.pick("How loud?", "音量要多大？"),
        IntentKind::IncreaseTimer | IntentKind::DecreaseTimer => lang.pick("By how long?", "改多久？"),
        IntentKind::SetReminder => lang.pick("What shall I remind you of?", "提醒您什么？"),
        IntentKind::StartTimer => lang.pick("For how long?", "计时多久？"),
        _ => lang.pick("What do you mean? Please name it.", "您是指什么？请说出名称。"),
    }
}

/// More names than these can't be listened to.
const MOST_NAMES: usize = 5;

/// Why a request can't be carried out.
pub fn miss(miss: &Miss, lang: Lang) -> String {
    match (miss, lang) {
        (Miss::NoSuchName(name), Lang::En) => format!("I know no “{name}” here, so I did nothing. What is it called?"),
        (Miss::NoSuchName(name), Lang::Zh) => format!("这里没有“{name}”，所以我什么也没做。它叫什么名字？"),
        (Miss::NoSuchPlace(place), Lang::En) => format!(
            "I know no place called “{place}”, so I did nothing. Where do \
         you mean?"
        ),
        (Miss::NoSuchPlace(place), Lang::Zh) => format!("我不知道“{place}”在哪里，所以什么也没做。您是指哪里？"),
        (Miss::NothingOfKind { kind, place: Some(place) }, Lang::En) => format!(
            "There is no {} in the {place}. Which \
         do you mean?",
            kind.replace('_', " ")
        ),
        (Miss::NothingOfKind { kind, place: None }, Lang::En) => format!(
            "I know of no {} in this house. What do you \
         mean?",
            kind.replace('_', " ")
        ),
        (Miss::NothingOfKind { kind, place }, Lang::Zh) => {
            format!("{}没有{}。您是指哪个？", place.as_deref().unwrap_or("这里"), kind_zh(kind))
        }
        (Miss::Unable { name, .. }, Lang::En) => format!("{name} can't do that."),
        (Miss::Unable { name, .. }, Lang::Zh) => format!("{name}做不到。"),
        (Miss::OutOfRange { asked, least, most }, Lang::En) => {
            format!("{} is out of range: it takes {} to {}.", number(*asked), number(*least), number(*most))
        }
        (Miss::OutOfRange { asked, least, most }, Lang::Zh) => {
            format!("{}超出范围：只能在{}到{}之间。", number(*asked), number(*least), number(*most))
        }
        (Miss::NoTimer, Lang::En) => "I know no such timer. Which one do you mean?".to_owned(),
        (Miss::NoTimer, Lang::Zh) => "没有找到您说的计时器。您是指哪个？".to_owned(),
        (Miss::Time(doubt), _) => schedule::time_doubt("", *doubt, lang),
        (Miss::NoSchedule, Lang::En) => "Nothing like that is scheduled. Which one do you mean?".to_owned(),
        (Miss::NoSchedule, Lang::Zh) => "没有这样的安排。您是指哪个？".to_owned(),
        (Miss::NothingRings, Lang::En) => "Nothing is ringing.".to_owned(),
        (Miss::NothingRings, Lang::Zh) => "现在没有在响的闹钟。".to_owned(),
        (Miss::NoCondition, _) => lang
            .pick(
                "I can't watch for that condition, so I did not keep it. Please name a \
         door, a room, a person or a measured value.",
                "这个条件我还看不懂，所以没有记住。请说出门、房间、人或测量值。",
            )
            .to_owned(),
        (Miss::NoWayBack { name }, Lang::En) => format!(
            "I would not know how to end that on {name}, so I did \
         nothing."
        ),
        (Miss::NoWayBack { name }, Lang::Zh) => format!("我不知道之后怎样让{name}恢复，所以什么也没做。"),
        (Miss::NotSupported(_), Lang::En) => "I understood, but I can't do that yet, so I did nothing.".to_owned(),
        (Miss::NotSupported(_), Lang::Zh) => "我听懂了，但还不会做，所以什么也没做。".to_owned(),
    }
}

/// Why a plan was not allowed.
pub fn refusal(refusal: &Refusal, lang: Lang) -> String {
    match (refusal, lang) {
        (Refusal::Never(names), _) if names.is_empty() => {
            lang.pick("The household does not allow that much at once.", "家里不允许一次操作这么多设备。").to_owned()
        }
        (Refusal::Never(names), Lang::En) => format!("The household does not allow that for {}.", and(names, lang)),
        (Refusal::Never(names), Lang::Zh) => format!("家里不允许这样操作{}。", and(names, lang)),
        (Refusal::TooOften(name), Lang::En) => {
            format!("{name} was told something too often in the last minute. Please wait a little.")
        }
        (Refusal::TooOften(name), Lang::Zh) => format!("{name}一分钟内操作太频繁，请稍等。"),
        (Refusal::Gone(name), Lang::En) => format!("{name} is not there any more."),
        (Refusal::Gone(name), Lang::Zh) => format!("{name}已经不在了。"),
        (Refusal::BeyondLimits { name, least, most }, Lang::En) => {
            format!("You may set {name} between {} and {}, so I did nothing.", number(*least), number(*most))
        }
        (Refusal::BeyondLimits { name, least, most }, Lang::Zh) => {
            format!("您只能把{name}设在{}到{}之间，所以我什么也没做。", number(*least), number(*most))
        }
        (Refusal::OutOfBounds { name, asked }, Lang::En) => {
            format!("{} is not safe for {name}, so I did nothing.", number(*asked))
        }
        (Refusal::OutOfBounds { name, asked }, Lang::Zh) => {
            format!("{}对{name}来说不安全，所以我什么也没做。", number(*asked))
        }
    }
}

/// What a general model said, as its own words and nobody else's.
pub fn general(said: &str, lang: Lang) -> String {
    match lang {
        Lang::En => format!("The general model says: {said}"),
        Lang::Zh => format!("通用模型说：{said}"),
    }
}

/// Things that are said when nothing came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nothing {
    /// The words made no sense.
    NotUnderstood,
    /// It was no request for the house.
    NotForHouse,
    /// The language model is not there.
    NoModel,
    /// The language model took too long or broke off.
    ModelFailed,
    /// Too many words.
    TooLong,
    /// There was no open question to answer.
    NoQuestion,
    /// An open question was dropped.
    Dropped,
    /// The PIN was wrong.
    WrongPin,
    /// Too many wrong PINs.
    PinLocked,
    /// It was given up because someone said stop.
    Stopped,
    /// Asking did not help.
    GivenUp,
    /// There is nothing to take back.
    NothingToUndo,
    /// Nothing was said before.
    NothingSaid,
    /// There was no last request to follow.
    NothingBefore,
    /// Nothing was done before.
    NothingDone,
    /// Something else has that name, or nothing more can be kept.
    NameTaken,
    /// It is not known which room is meant.
    WhichRoom,
    /// Nothing in the room reports a state.
    NothingToSave,
    /// These words can't be given a meaning.
    NotToBeTaught,
    /// What the words shall mean is not understood.
    MeaningUnknown,
    /// It is not known which thing gets the name.
    WhichToName,
    /// What a routine shall do is no action.
    NoAction,
    /// Whoever asks may not change how the home works.
    NotYours,
    /// A question is open; all that would have to be asked too is left.
    OneAtATime,
}

/// The words for it.
#[expect(clippy::too_many_lines, reason = "one sentence for each")]
pub fn nothing(nothing: Nothing, lang: Lang) -> String {
    match nothing {
        Nothing::NotUnderstood => {
            lang.pick("Sorry, I did not understand that, so I did nothing.", "抱歉，我没听懂，所以什么也没做。")
        }
        Nothing::NotForHouse => lang.pick("That is nothing I can do in this house.", "这不是我能在家里做的事。"),
        Nothing::NoModel => lang.pick(
            "My language model is not running, so I only understand plain commands such as “turn on” and a name. I \
             did nothing.",
            "语言模型没有运行，我现在只听得懂“打开”加名称这样的简单命令。我什么也没做。",
        ),
        Nothing::ModelFailed => lang.pick(
            "I lost my train of thought and did nothing. Please say it again.",
            "我刚才走神了，什么也没做。请再说一遍。",
        ),
        Nothing::TooLong => {
            lang.pick("That was too long for me. Please say it in fewer words.", "这句话太长了，请说短一点。")
        }
        Nothing::NoQuestion => lang.pick("There is nothing open to answer.", "现在没有需要回答的问题。"),
        Nothing::Dropped => lang.pick("All right, I leave it.", "好的，不做了。"),
        Nothing::WrongPin => lang.pick("That is not the PIN. I did nothing.", "密码不对，我什么也没做。"),
        Nothing::PinLocked => {
            lang.pick("Too many wrong PINs. Please wait five minutes.", "密码错误次数太多，请五分钟后再试。")
        }
        Nothing::Stopped => lang.pick("Stopped.", "停下了。"),
        Nothing::GivenUp => lang.pick(
            "I still don't know what you mean, so let's leave it. Nothing was done.",
            "我还是不明白您的意思，先不做了。什么也没改变。",
        ),
        Nothing::NothingToUndo => lang.pick("There is nothing I could take back.", "没有可以撤销的操作。"),
        Nothing::NothingSaid => lang.pick("I have not said anything yet.", "我还没有说过什么。"),
        Nothing::NothingDone => lang.pick("I have done nothing here lately.", "我最近没有在这里做过什么。"),
        Nothing::NameTaken => lang.pick(
            "Something else has that name already, so I did not save it. Please choose \
         another name.",
            "这个名字已经有了，所以没有保存。请换一个名字。",
        ),
        Nothing::WhichRoom => {
            lang.pick("Of which room? Please say it with the room's name.", "哪个房间？请带上房间的名字再说一遍。")
        }
        Nothing::NothingToSave => lang.pick(
            "Nothing there has reported how it is, so there is nothing to save.",
            "那里没有设备报告状态，没有可以保存的。",
        ),
        Nothing::NotToBeTaught => lang.pick("Those words can't get another meaning.", "这句话不能另外设定意思。"),
        Nothing::MeaningUnknown => lang.pick(
            "I don't understand what it shall mean, so I did not learn it.",
            "我没听懂它应该是什么意思，所以没有记住。",
        ),
        Nothing::WhichToName => lang.pick(
            "I don't know which one shall be called so. Please say its name too.",
            "我不知道给哪个取这个名字，请说出它现在的名称。",
        ),
        Nothing::NoAction => lang.pick(
            "I don't understand what I shall do then, so I did not keep it.",
            "我没听懂到时候要做什么，所以没有记住。",
        ),
        Nothing::NotYours => lang.pick(
            "The household lets you use things, but not change names, rules or what others \
         planned. I did nothing.",
            "家里允许您使用设备，但不能更改名称、规则或别人的安排。我什么也没做。",
        ),
        Nothing::OneAtATime => {
            lang.pick("The rest I leave; please ask me for it afterwards.", "其余的先不做，请稍后再说。")
        }
        Nothing::NothingBefore => {
            lang.pick("I don't know what that refers to, so I did nothing.", "我不知道您指的是什么，所以什么也没做。")
        }
    }
    .to_owned()
}

/// Sentences, one after the other.
pub fn joined(sentences: &[String], lang: Lang) -> String {
    sentences.join(lang.pick(" ", ""))
}

/// A number without needless digits.
pub(crate) fn number(value: f64) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    rounded.to_string()
}

/// "a, b and c".
pub(crate) fn and(names: &[String], lang: Lang) -> String {
    join(names, lang.pick(", ", "、"), lang.pick(" and ", "和"))
}

fn or(names: &[String], lang: Lang) -> String {
    join(names, lang.pick(", ", "、"), lang.pick(" or ", "还是"))
}

fn join(names: &[String], between: &str, last: &str) -> String {
    match names.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((end, rest)) => format!("{}{last}{end}", rest.join(between)),
    }
}

/// The name of an area with its article.
pub(crate) fn in_area(area: &str, lang: Lang) -> String {
    match lang {
        Lang::En if area.to_lowercase().starts_with("the ") => format!(" in {area}"),
        Lang::En => format!(" in the {area}"),
        Lang::Zh => area.to_owned(),
    }
}

/// A domain or device class in Chinese.
pub(crate) fn kind_zh(kind: &str) -> &str {
    match kind {
        "light" => "灯",
        "light that is on" => "开着的灯",
        "switch" | "outlet" => "开关",
        "fan" => "风扇",
        "cover" | "curtain" => "窗帘",
        "blind" | "shade" | "shutter" => "百叶窗",
        "garage" => "车库门",
        "window" => "窗户",
        "door" => "门",
        "lock" => "门锁",
        "climate" => "空调或暖气",
        "temperature" => "温度计",
        "media_player" | "speaker" | "tv" => "播放设备",
        "vacuum" => "扫地机器人",
        "lawn_mower" => "割草机",
        "valve" => "阀门",
        "todo" | "list" => "清单",
        "weather" => "天气信息",
        "alarm_control_panel" => "安防系统",
        "scene" => "场景",
        _ => "这类设备",
    }
}

/// An entity's name as it is said, by id.
pub(crate) fn name_of(house: &House, id: &house::EntityId) -> String {
    house.entities.get(id).map_or_else(|| id.to_string(), |entity| entity.name.clone())
}
