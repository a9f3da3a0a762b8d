//! What is said of things to come: when, what, and what became of it.

use house::{
    AreaId, DayTime, Days, EntityId, Errand, House, Light, MovingTimer, Outcome, OutcomeKind, Schedule, ScheduleChange,
    Step, Sun, TimeDoubt, Timing, Trigger,
};
use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::when::{Around, civil};

use super::done::{imperative, length, subject};
use super::state::state_word;
use super::{and, number};
use crate::when::Civil;
use house::Lang;

/// What a schedule is, in a few words: what and when.
pub fn schedule_title(schedule: &Schedule, house: &House, around: &Around, lang: Lang) -> String {
    let when = when(&schedule.timing, schedule.due_ms, house, around, lang);
    let what = what(schedule, house, lang);
    match (&schedule.errand, lang) {
        (Errand::Act { .. }, Lang::En) => format!("{what} {when}"),
        (Errand::Act { .. }, Lang::Zh) => format!("{when}{what}"),
        (Errand::Alarm | Errand::Remind(_), Lang::En) => format!("{what} {when}"),
        (Errand::Alarm | Errand::Remind(_), Lang::Zh) => format!("{when}的{what}"),
    }
}

/// When something scheduled happens, as it stands in a sentence.
pub fn schedule_when(schedule: &Schedule, house: &House, around: &Around, lang: Lang) -> String {
    when(&schedule.timing, schedule.due_ms, house, around, lang).trim().to_owned()
}

/// What is said when a kitchen timer rings.
pub fn timer_rings(timer: &MovingTimer, lang: Lang) -> String {
    match (timer.name.as_deref(), lang) {
        (Some(name), Lang::En) => format!("The {name} timer is done."),
        (None, Lang::En) => format!("The timer of {} is done.", length(timer.length_s, lang)),
        (Some(name), Lang::Zh) => format!("{name}计时器到时间了。"),
        (None, Lang::Zh) => format!("{}的计时器到时间了。", length(timer.length_s, lang)),
    }
}

/// The same where it is listed: whether it is paused, too.
pub(super) fn schedule_listed(schedule: &Schedule, house: &House, around: &Around, lang: Lang) -> String {
    let title = schedule_title(schedule, house, around, lang);
    match (schedule.is_paused, lang) {
        (false, _) => title,
        (true, Lang::En) => format!("{title} (paused)"),
        (true, Lang::Zh) => format!("{title}（已暂停）"),
    }
}

/// What was put down to happen later.
pub fn scheduled(schedule: &Schedule, house: &House, around: &Around, lang: Lang) -> String {
    let when = when(&schedule.timing, schedule.due_ms, house, around, lang);
    let what = what(schedule, house, lang);
    let holds = match &schedule.errand {
        Errand::Act { back: Some((seconds, _)), .. } => match lang {
            Lang::En => format!(" for {}", length(*seconds, lang)),
            Lang::Zh => format!("，持续{}", length(*seconds, lang)),
        },
        Errand::Act { .. } | Errand::Alarm | Errand::Remind(_) => String::new(),
    };
    match (&schedule.errand, lang) {
        (Errand::Act { .. }, Lang::En) => format!("I will {what} {when}{holds}."),
        (Errand::Act { .. }, Lang::Zh) => format!("{when}会{what}{holds}。"),
        (Errand::Alarm, Lang::En) => format!("{} is set: {when}.", super::done::capital(&what)),
        (Errand::Alarm, Lang::Zh) => format!("{what}设好了：{when}。"),
        (Errand::Remind(message), Lang::En) => format!("I will remind you {when}: {message}."),
        (Errand::Remind(message), Lang::Zh) => format!("好的，{when}提醒您：{message}。"),
    }
}

/// The reply to a change of what is scheduled, other than an addition.
pub fn schedule_changed(change: &ScheduleChange, house: &House, around: &Around, lang: Lang) -> String {
    let titles = |ids: &[String]| -> Vec<String> {
        house
            .schedules
            .iter()
            .filter(|one| ids.contains(&one.id))
            .map(|one| schedule_listed(one, house, around, lang))
            .collect()
    };
    match (change, lang) {
        (ScheduleChange::Cancel(ids), Lang::En) => format!("Cancelled: {}.", and(&titles(ids), lang)),
        (ScheduleChange::Cancel(ids), Lang::Zh) => format!("已取消：{}。", and(&titles(ids), lang)),
        (ScheduleChange::Snooze(_, seconds), Lang::En) => format!("All right, again in {}.", length(*seconds, lang)),
        (ScheduleChange::Snooze(_, seconds), Lang::Zh) => format!("好的，{}后再叫您。", length(*seconds, lang)),
        (ScheduleChange::Tell(ids), _) => {
            let titles = titles(ids);
            match (titles.is_empty(), lang) {
                (true, _) => lang.pick("Nothing is scheduled.", "没有安排。").to_owned(),
                (false, Lang::En) => format!("There is: {}.", titles.join("; ")),
                (false, Lang::Zh) => format!("安排有：{}。", titles.join("；")),
            }
        }
        (ScheduleChange::Add(_), _) => String::new(),
    }
}

/// What is said when an alarm or a reminder is due; late if the hub was not there in time.
pub fn rings(schedule: &Schedule, due_ms: i64, is_late: bool, around: &Around, lang: Lang) -> String {
    let Civil { hour, minute, .. } = civil(due_ms, around);
    let name = schedule.name.as_deref();
    let said = match (&schedule.errand, name, lang) {
        (Errand::Remind(message), _, Lang::En) => format!("A reminder: {message}."),
        (Errand::Remind(message), _, Lang::Zh) => format!("提醒您：{message}。"),
        (_, Some(name), Lang::En) => format!("It is {hour}:{minute:02}: your {name} alarm."),
        (_, None, Lang::En) => format!("It is {hour}:{minute:02}: your alarm."),
        (_, name, Lang::Zh) => format!("{hour}:{minute:02}，{}闹钟响了。", name.unwrap_or_default()),
    };
    match (is_late, lang) {
        (false, _) => said,
        (true, Lang::En) => format!("{said} It was due at {hour}:{minute:02}; I was not running then."),
        (true, Lang::Zh) => format!("{said}本来应该在{hour}:{minute:02}，当时我没有运行。"),
    }
}

/// What is said of a kitchen timer that ran out while the hub was down.
pub fn late_timer(timer: &MovingTimer, due_ms: i64, around: &Around, lang: Lang) -> String {
    let at = clock(due_ms, around, lang);
    match (timer.name.as_deref(), lang) {
        (Some(name), Lang::En) => format!("The {name} timer ran out {at}; I was not running then."),
        (None, Lang::En) => format!("A timer ran out {at}; I was not running then."),
        (name, Lang::Zh) => format!("{}计时器{at}就到时间了，当时我没有运行。", name.unwrap_or_default()),
    }
}

/// What is said when the time of something was missed.
pub fn missed(schedule: &Schedule, due_ms: i64, house: &House, around: &Around, lang: Lang) -> String {
    let what = what(schedule, house, lang);
    let at = clock(due_ms, around, lang);
    match (&schedule.errand, lang) {
        (Errand::Act { .. }, Lang::En) => format!("I did not {what}: it was due {at}, and I was not running then."),
        (Errand::Act { .. }, Lang::Zh) => format!("没有{what}：本来安排在{at}，当时我没有运行。"),
        (Errand::Alarm | Errand::Remind(_), Lang::En) => {
            format!("You missed {what}: it was due {at}, and I was not running then.")
        }
        (Errand::Alarm | Errand::Remind(_), Lang::Zh) => format!("错过了{what}：本来在{at}，当时我没有运行。"),
    }
}

/// What is said when something that was scheduled may not happen as things stand.
pub fn withheld(schedule: &Schedule, why: &str, house: &House, lang: Lang) -> String {
    let what = what(schedule, house, lang);
    match lang {
        Lang::En => format!("It was time to {what}, but I did not. {why}"),
        Lang::Zh => format!("到了{what}的时间，但我没有做。{why}"),
    }
}

/// What is told to the other rooms.
pub fn broadcast(message: &str, areas: &[AreaId], house: &House, lang: Lang) -> String {
    let names: Vec<String> = areas.iter().filter_map(|id| house.areas.get(id)).map(|area| area.name.clone()).collect();
    match (names.is_empty(), lang) {
        (true, Lang::En) => format!("I tell everyone: {message}."),
        (true, Lang::Zh) => format!("告诉大家：{message}。"),
        (false, Lang::En) => format!("I tell the {}: {message}.", and(&names, lang)),
        (false, Lang::Zh) => format!("告诉{}：{message}。", and(&names, lang)),
    }
}

/// Why a time can't be used, as a question or a statement.
pub(super) fn time_doubt(heard: &str, doubt: TimeDoubt, lang: Lang) -> String {
    match (doubt, lang) {
        (TimeDoubt::Unreadable, Lang::En) if heard.is_empty() => "When?".to_owned(),
        (TimeDoubt::Unreadable, Lang::Zh) if heard.is_empty() => "什么时候？".to_owned(),
        (TimeDoubt::Unreadable, Lang::En) => format!("I can't tell when “{heard}” is, so I did nothing. At what time?"),
        (TimeDoubt::Unreadable, Lang::Zh) => format!("我不知道“{heard}”是什么时候，所以什么也没做。请问几点？"),
        (TimeDoubt::NoTimeOfDay, Lang::En) => "At what time?".to_owned(),
        (TimeDoubt::NoTimeOfDay, Lang::Zh) => "几点？".to_owned(),
        (TimeDoubt::Past, Lang::En) => format!("“{heard}” is over already, so I did nothing. When do you mean?"),
        (TimeDoubt::Past, Lang::Zh) => format!("“{heard}”已经过了，所以什么也没做。您是指什么时候？"),
        (TimeDoubt::NoLocation, _) => lang
            .pick(
                "I don't know where the house stands, so I can't tell when the sun \
         rises or sets. Set home.latitude and home.longitude.",
                "我不知道房子在哪里，所以不知道日出日落的时间。请设置 home.latitude 和 home.longitude。",
            )
            .to_owned(),
        (TimeDoubt::NoSuchSun, _) => lang
            .pick("The sun does not do that here at this time of the year.", "这个季节这里没有这样的日出日落。")
            .to_owned(),
        (TimeDoubt::NoClock, _) => {
            lang.pick("I don't know the time yet, so I did nothing.", "我还不知道现在几点，所以什么也没做。").to_owned()
        }
    }
}

/// What is done, in words that follow "I will".
pub fn described(steps: &[Step], house: &House, lang: Lang) -> String {
    let outcomes: Vec<Outcome> = steps
        .iter()
        .map(|step| Outcome {
            entity: step.entity.clone(),
            action: step.action.clone(),
            kind: OutcomeKind::Sent,
            is_underway: false,
            took_ms: 0,
            reason: None,
            sent: Vec::new(),
        })
        .collect();
    let mut groups: Vec<Vec<&Outcome>> = Vec::new();
    for outcome in &outcomes {
        match groups.iter_mut().find(|group| {
            group.first().is_some_and(|other| imperative(&other.action, lang) == imperative(&outcome.action, lang))
        }) {
            Some(group) => group.push(outcome),
            None => groups.push(vec![outcome]),
        }
    }
    let told: Vec<String> = groups
        .iter()
        .filter_map(|group| {
            Some(imperative(&group.first()?.action, lang).replacen('_', &subject(group, house, lang), 1))
        })
        .collect();
    and(&told, lang)
}

fn what(schedule: &Schedule, house: &House, lang: Lang) -> String {
    match (&schedule.errand, lang) {
        (Errand::Act { steps, .. }, _) => described(steps, house, lang),
        (Errand::Alarm, Lang::En) => {
            schedule.name.as_deref().map_or_else(|| "the alarm".to_owned(), |name| format!("the {name} alarm"))
        }
        (Errand::Alarm, Lang::Zh) => format!("{}闹钟", schedule.name.as_deref().unwrap_or_default()),
        (Errand::Remind(message), Lang::En) => format!("the reminder “{message}”"),
        (Errand::Remind(message), Lang::Zh) => format!("提醒“{message}”"),
    }
}

/// When something happens, as it stands in a sentence.
fn when(timing: &Timing, due_ms: i64, house: &House, around: &Around, lang: Lang) -> String {
    match timing {
        Timing::At(_) => moment(due_ms, around, lang),
        Timing::Wall(_) => clock(due_ms, around, lang),
        Timing::When(trigger, light) => condition(trigger, *light, house, lang),
        Timing::Every(seconds) => match lang {
            Lang::En => format!("every {}", length(*seconds, lang)),
            Lang::Zh => format!("每隔{}", length(*seconds, lang)),
        },
        Timing::Weekly(days, time) => format!("{}{}", days_of(*days, lang), day_time(*time, lang)),
    }
}

/// A routine as it is read back before it is kept.
pub fn routine_question(steps: &[Step], timing: &Timing, house: &House, around: &Around, lang: Lang) -> String {
    let (what, when) = (described(steps, house, lang), when(timing, 0, house, around, lang));
    match lang {
        Lang::En => format!("I would {what} {when}. Shall I keep that?"),
        Lang::Zh => format!("{when}{what}。要记住吗？"),
    }
}

/// What has to come to be so, as it stands in a sentence.
fn condition(trigger: &Trigger, light: Option<Light>, house: &House, lang: Lang) -> String {
    let name = |id: &EntityId| house.entities.get(id).map_or_else(|| id.to_string(), |entity| entity.name.clone());
    let so = match (trigger, lang) {
        (Trigger::State { entities, is_one_enough, state }, Lang::En) => {
            let names: Vec<String> = entities.iter().map(name).collect();
            let names = if *is_one_enough { super::or(&names, lang) } else { and(&names, lang) };
            format!(
                "{names} {} {}",
                if 1 < entities.len() && !is_one_enough { "are" } else { "is" },
                state_word(state, lang)
            )
        }
        (Trigger::State { entities, is_one_enough, state }, Lang::Zh) => {
            let names: Vec<String> = entities.iter().map(name).collect();
            let names = if *is_one_enough { names.join("或") } else { and(&names, lang) };
            format!("{names}{}", state_word(state, lang))
        }
        (Trigger::Above(id, limit), Lang::En) => format!("{} is above {}", name(id), number(*limit)),
        (Trigger::Above(id, limit), Lang::Zh) => format!("{}高于{}", name(id), number(*limit)),
        (Trigger::Below(id, limit), Lang::En) => format!("{} is below {}", name(id), number(*limit)),
        (Trigger::Below(id, limit), Lang::Zh) => format!("{}低于{}", name(id), number(*limit)),
    };
    match (light, lang) {
        (None, Lang::En) => format!("when {so}"),
        (Some(Light::Dark), Lang::En) => format!("when {so} after sunset"),
        (Some(Light::Day), Lang::En) => format!("when {so} during the day"),
        (None, Lang::Zh) => format!("当{so}时"),
        (Some(Light::Dark), Lang::Zh) => format!("日落后当{so}时"),
        (Some(Light::Day), Lang::Zh) => format!("白天当{so}时"),
    }
}

/// Minutes away by their number, else day and clock.
pub(super) fn moment(at_ms: i64, around: &Around, lang: Lang) -> String {
    let left_s = u64::try_from((at_ms - around.now_ms + 500) / 1000).unwrap_or(0);
    let is_near = around.now_ms < at_ms && left_s <= NEAR_S;
    if is_near {
        let left_s = if left_s < 600 { left_s } else { (left_s + 30) / 60 * 60 };
        return match lang {
            Lang::En => format!("in {}", length(left_s.max(1), lang)),
            Lang::Zh => format!("{}后", length(left_s.max(1), lang)),
        };
    }
    let ago_s = u64::try_from((around.now_ms - at_ms) / 1000).unwrap_or(0);
    if at_ms <= around.now_ms && ago_s < 10 {
        return lang.pick("just now", "刚才").to_owned();
    }
    if at_ms < around.now_ms && ago_s <= NEAR_S {
        let ago_s = if ago_s < 60 { ago_s } else { ago_s / 60 * 60 };
        return match lang {
            Lang::En => format!("{} ago", length(ago_s, lang)),
            Lang::Zh => format!("{}前", length(ago_s, lang)),
        };
    }
    clock(at_ms, around, lang)
}

/// Day and clock.
fn clock(at_ms: i64, around: &Around, lang: Lang) -> String {
    let (at, now) = (civil(at_ms, around), civil(around.now_ms, around));
    let date = |civil: Civil| Date::new(civil.year, civil.month, civil.day).unwrap_or_default();
    let days = [0, 1, -1].into_iter().find(|days: &i32| date(now).saturating_add(days.days()) == date(at));
    let is_this_week = (0..=6).any(|ahead: i32| date(now).saturating_add(ahead.days()) == date(at));
    let (hour, minute) = (at.hour, at.minute);
    match (days, lang) {
        (Some(0), Lang::En) => format!("at {hour}:{minute:02}"),
        (Some(1), Lang::En) => format!("tomorrow at {hour}:{minute:02}"),
        (Some(_), Lang::En) => format!("yesterday at {hour}:{minute:02}"),
        (None, Lang::En) if is_this_week => {
            format!("on {} at {hour}:{minute:02}", super::state::day_name(at.weekday, lang))
        }
        (None, Lang::En) => format!("on {} {} at {hour}:{minute:02}", at.day, super::state::month_name(at.month)),
        (Some(0), Lang::Zh) => format!("今天{hour}:{minute:02}"),
        (Some(1), Lang::Zh) => format!("明天{hour}:{minute:02}"),
        (Some(_), Lang::Zh) => format!("昨天{hour}:{minute:02}"),
        (None, Lang::Zh) if is_this_week => {
            format!("星期{}{hour}:{minute:02}", super::state::day_name(at.weekday, lang))
        }
        (None, Lang::Zh) => format!("{}月{}日{hour}:{minute:02}", at.month, at.day),
    }
}

fn days_of(days: Days, lang: Lang) -> String {
    let fixed = [
        (Days::ALL, "every day", "每天"),
        (Days::WEEKDAYS, "every weekday", "每个工作日"),
        (Days::WEEKEND, "every weekend", "每个周末"),
    ];
    if let Some((_, en, zh)) = fixed.iter().find(|(set, ..)| *set == days) {
        return lang.pick(en, zh).to_owned();
    }
    let names: Vec<String> =
        (1..=7).filter(|day| days.has(*day)).map(|day| super::state::day_name(day, lang).to_owned()).collect();
    match lang {
        Lang::En => format!("every {}", and(&names, lang)),
        Lang::Zh => format!("每周{}", names.join("、")),
    }
}

fn day_time(time: DayTime, lang: Lang) -> String {
    match (time, lang) {
        (DayTime::Clock { hour, minute }, Lang::En) => format!(" at {hour}:{minute:02}"),
        (DayTime::Clock { hour, minute }, Lang::Zh) => format!("{hour}:{minute:02}"),
        (DayTime::Sun(sun, offset), _) => by_sun(sun, offset, lang),
    }
}

fn by_sun(sun: Sun, offset: i32, lang: Lang) -> String {
    let name = match sun {
        Sun::Dawn => lang.pick("dawn", "天亮"),
        Sun::Rise => lang.pick("sunrise", "日出"),
        Sun::Set => lang.pick("sunset", "日落"),
        Sun::Dusk => lang.pick("dusk", "天黑"),
    };
    let away = length(u64::from(offset.unsigned_abs()) * 60, lang);
    match (offset.signum(), lang) {
        (0, Lang::En) => format!(" at {name}"),
        (0, Lang::Zh) => format!("{name}时"),
        (1, Lang::En) => format!(" {away} after {name}"),
        (1, Lang::Zh) => format!("{name}后{away}"),
        (_, Lang::En) => format!(" {away} before {name}"),
        (_, Lang::Zh) => format!("{name}前{away}"),
    }
}

/// Up to here people think in minutes.
const NEAR_S: u64 = 90 * 60;
