//! How near what was learned of tastes comes to the truth, beside the last value and the mean.
//!
//! Asks the learned preferences as the hub would: the first whose conditions hold.

use house::{Action, Condition, Days, Evidence, Habit, HabitKind};
use rand::Rng as _;
use rand::rngs::SmallRng;

use crate::living::Lived;
use crate::routine::Taste;
use crate::sky::Sky;

/// Mean distances from the truth, in the value's own unit.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Errors {
    pub(crate) learned: f64,
    pub(crate) last: f64,
    pub(crate) mean: f64,
}

/// How far off each way is over moments of the last two weeks; none where the value was hardly ever chosen.
pub(crate) fn errors(lived: &Lived, taste: &Taste, habits: &[Habit], days: i64, rng: &mut SmallRng) -> Option<Errors> {
    let chosen: Vec<f64> = lived.events.iter().filter_map(|event| chosen(event, &taste.entity)).collect();
    let last = *chosen.last().filter(|_| 20 <= chosen.len())?;
    let mean = chosen.iter().sum::<f64>() / chosen.len() as f64;
    let mut sum = Errors::default();
    for _ in 0..MOMENTS {
        let (day, minute) = (rng.random_range(days - 14..days), rng.random_range(380..1410));
        let wall_s = day * 86_400 + minute * 60;
        let wanted = taste.likes.value(&lived.sky.around(wall_s));
        let learned = habits
            .iter()
            .filter(|habit| habit.kind == HabitKind::Preference && habit.entity.as_str() == taste.entity)
            .find(|habit| habit.when.conditions.iter().all(|one| holds(one, &lived.sky, wall_s)))
            .and_then(|habit| value(&habit.action))
            .unwrap_or(last);
        sum.learned += (learned - wanted).abs() / MOMENTS as f64;
        sum.last += (last - wanted).abs() / MOMENTS as f64;
        sum.mean += (mean - wanted).abs() / MOMENTS as f64;
    }
    Some(sum)
}

fn chosen(event: &Evidence, entity: &str) -> Option<f64> {
    if event.entity.as_str() != entity {
        return None;
    }
    let number = |name: &str| event.attributes.get(name).and_then(house::Value::as_number);
    number("brightness").map(|value| value / 2.55).or(number("temperature")).or(number("current_position"))
}

fn value(action: &Action) -> Option<f64> {
    match action {
        Action::SetLight { brightness_pct, .. } => brightness_pct.map(f64::from),
        Action::SetTemperature(degrees) => Some(*degrees),
        Action::SetCoverPosition(pct) => Some(f64::from(*pct)),
        _ => None,
    }
}

fn holds(condition: &Condition, sky: &Sky, wall_s: i64) -> bool {
    let minute = (wall_s.rem_euclid(86_400) / 60) as u32;
    match condition {
        Condition::Dark => sky.is_dark(wall_s),
        Condition::Light => !sky.is_dark(wall_s),
        Condition::Above(id, _, least) => sky.measured(id, wall_s).is_some_and(|value| *least < value),
        Condition::Below(id, _, most) => sky.measured(id, wall_s).is_some_and(|value| value < *most),
        Condition::State(id, state) => {
            let is = if sky.around(wall_s).is_sunny { "sunny" } else { "cloudy" };
            id.as_str() == "weather.home" && state == is
        }
        Condition::Clock(from, to) if from <= to => (*from..*to).contains(&minute),
        Condition::Clock(from, to) => !(*to..*from).contains(&minute),
        Condition::Days(days) => {
            let weekday = sky.weekday(wall_s.div_euclid(86_400)) + 1;
            days.has(weekday) || *days == Days::ALL
        }
        Condition::Any(any) => any.iter().any(|one| holds(one, sky, wall_s)),
        Condition::Not(one) => !holds(one, sky, wall_s),
    }
}

const MOMENTS: usize = 300;
