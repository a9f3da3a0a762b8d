//! Why things are as they are: causes and reasons, told as they were observed and written down.

use house::{AreaId, Cause, Entity, House, Intent, IntentKind, Quality, Slot, Step};

use crate::when::Around;

use super::schedule::moment;
use super::state::state_word;
use super::{and, in_area, name_of};
use house::Lang;

/// Since when an entity is as it is.
pub(super) fn since(entity: &Entity, around: &Around, lang: Lang) -> String {
    let name = &entity.name;
    let Some(state) = known(entity) else {
        return match lang {
            Lang::En => format!("I don't know how {name} is."),
            Lang::Zh => format!("我不知道{name}的状态。"),
        };
    };
    let state = state_word(state, lang);
    let at = moment(entity.state.changed_ms, around, lang);
    let is_older = entity.state.cause == Cause::Replay || entity.state.changed_ms == 0;
    match (lang, is_older) {
        (Lang::En, true) => format!("{name} is {state}, since before I was started."),
        (Lang::En, false) => format!("{name} is {state}; that was {at}."),
        (Lang::Zh, true) => format!("{name}{state}，在我启动之前就是这样。"),
        (Lang::Zh, false) => format!("{name}{state}，从{at}开始。"),
    }
}

/// Who or what brought an entity into its state; `words` are those of the turn that did it.
pub fn cause(entity: &Entity, words: Option<&str>, house: &House, around: &Around, lang: Lang) -> String {
    let name = match house.area_of(entity) {
        Some(area) if lang == Lang::En => format!("{}{}", entity.name, in_area(&area.name, lang)),
        Some(area) => format!("{}的{}", area.name, entity.name),
        None => entity.name.clone(),
    };
    let Some(state) = known(entity) else {
        return match lang {
            Lang::En => format!("I don't know how {name} is, so I can't say why."),
            Lang::Zh => format!("我不知道{name}的状态，所以说不出原因。"),
        };
    };
    let state = state_word(state, lang);
    let at = moment(entity.state.changed_ms, around, lang);
    let (en, zh) = match entity.state.cause {
        Cause::Voice => ("someone asked for it", "有人说了"),
        Cause::Page => ("someone did it on the page", "有人在页面上操作"),
        Cause::Api => ("a program or a person asked for it over the network", "有人或程序通过网络要求"),
        Cause::Device => {
            ("it was done at the device itself or by something other than me", "是在设备上或由别的系统操作的，不是我")
        }
        Cause::Schedule => ("it was scheduled", "是定时安排"),
        Cause::Routine => ("a routine did it", "是自动规则"),
        Cause::Replay => ("it was so before I was started; I don't know why", "在我启动之前就是这样，我不知道原因"),
    };
    let quoted = match (words, lang) {
        (Some(words), Lang::En) => format!(" (“{words}”)"),
        (Some(words), Lang::Zh) => format!("（“{words}”）"),
        (None, _) => String::new(),
    };
    match (lang, entity.state.cause == Cause::Replay) {
        (Lang::En, true) => format!("{name} is {state}: {en}."),
        (Lang::En, false) => format!("{name} is {state}: {en}{quoted} {at}."),
        (Lang::Zh, true) => format!("{name}{state}：{zh}。"),
        (Lang::Zh, false) => format!("{name}{state}：{at}{zh}{quoted}。"),
    }
}

/// Why something was done: the words, and why with these entities.
pub fn because(words: &str, steps: &[Step], house: &House, lang: Lang) -> String {
    let mut by_reason: Vec<(&str, Vec<String>)> = Vec::new();
    for step in steps {
        let name = name_of(house, &step.entity);
        match by_reason.iter_mut().find(|(reason, _)| *reason == step.reason) {
            Some((_, names)) if names.contains(&name) => {}
            Some((_, names)) => names.push(name),
            None => by_reason.push((&step.reason, vec![name])),
        }
    }
    let one = |(reason, names): &(&str, Vec<String>)| match lang {
        Lang::En => format!("{}, because {}", and(names, lang), reason.replace("the person", "you")),
        Lang::Zh => format!("{}，因为{}", and(names, lang), reason_zh(reason)),
    };
    let told: Vec<String> = by_reason.iter().take(MOST_REASONS).map(one).collect();
    match lang {
        Lang::En => format!("You said “{words}”, and I took it to mean {}.", told.join("; ")),
        Lang::Zh => format!("您说了“{words}”，我理解为{}。", told.join("；")),
    }
}

/// What a scene was saved as.
pub fn scene_saved(name: &str, area: &AreaId, count: usize, house: &House, lang: Lang) -> String {
    let place = house.areas.get(area).map_or_else(|| area.to_string(), |area| area.name.clone());
    match lang {
        Lang::En => {
            format!("Saved how the {place} is now ({count} device{}) as “{name}”.", if count == 1 { "" } else { "s" })
        }
        Lang::Zh => format!("已把{place}现在的状态（{count}个设备）保存为“{name}”。"),
    }
}

/// What was learnt.
pub fn taught(phrase: &str, meaning: &str, lang: Lang) -> String {
    match lang {
        Lang::En => format!("All right: “{phrase}” means “{meaning}” from now on."),
        Lang::Zh => format!("好的，以后“{phrase}”就是“{meaning}”。"),
    }
}

/// What a first list is called.
pub fn list_name(intent: &Intent, lang: Lang) -> String {
    let said = intent.text(Slot::Name).map(|name| name.trim_end_matches("list").trim_end_matches("清单").trim());
    match (intent.kind, said, lang) {
        (IntentKind::ShoppingListAddItem, _, _) => lang.pick("Shopping List", "购物清单").to_owned(),
        (_, Some(name), Lang::En) if !name.is_empty() => format!("{} List", super::done::capital(name)),
        (_, Some(name), Lang::Zh) if !name.is_empty() => format!("{name}清单"),
        (_, _, lang) => lang.pick("To-do List", "待办清单").to_owned(),
    }
}

fn known(entity: &Entity) -> Option<&str> {
    entity.state.value.as_deref().filter(|_| !matches!(entity.state.quality, Quality::Unknown | Quality::Stale))
}

/// The reasons that resolving gives, in Chinese.
fn reason_zh(reason: &str) -> String {
    let fixed = [
        ("its name was said", "说了它的名字"),
        ("its kind was said", "说了它的种类"),
        ("its kind was said, and no place", "说了它的种类，没说地点"),
        ("its kind and place were said", "说了它的种类和地点"),
        ("it is where the person spoke", "它在您说话的地方"),
        ("it was spoken of just before", "刚才说到了它"),
        ("it is the other one there", "它是那里的另一个"),
        ("everything there was meant", "那里的都要"),
        ("it was so before", "之前就是那样"),
        ("it was moving", "它正在动"),
    ];
    let quoted =
        |text: &str, tail: &str| text.strip_suffix(tail)?.strip_prefix('`')?.strip_suffix('`').map(str::to_owned);
    match fixed.iter().find(|(en, _)| *en == reason) {
        Some((_, zh)) => (*zh).to_owned(),
        None => match (quoted(reason, " is its name"), quoted(reason, " contains it")) {
            (Some(name), _) => format!("它叫“{name}”"),
            (_, Some(scene)) => format!("“{scene}”里有它"),
            _ => reason.to_owned(),
        },
    }
}

/// More than these can't be listened to.
const MOST_REASONS: usize = 4;
