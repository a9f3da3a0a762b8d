//! What templates reckon with: Home Assistant's filters and functions of numbers.

use minijinja::{Environment, Error, Value};

use super::filters::{items, no_number, number};

/// Makes everything known to the engine.
pub(super) fn install(engine: &mut Environment<'static>) {
    engine.add_filter("is_number", is_number);
    engine.add_filter("multiply", |value: &Value, by: &Value, default: Option<Value>| {
        reckon(value, Some(by), default, |value, by| value * by)
    });
    engine.add_filter("add", |value: &Value, by: &Value, default: Option<Value>| {
        reckon(value, Some(by), default, |value, by| value + by)
    });
    engine.add_filter("log", log);
    engine.add_filter("sqrt", sqrt);
    engine.add_filter("bitwise_and", |value: i64, other: i64| value & other);
    engine.add_filter("bitwise_or", |value: i64, other: i64| value | other);
    engine.add_filter("bitwise_xor", |value: i64, other: i64| value ^ other);
    engine.add_filter("sum", |value: &Value| numbers(value).map(|all| all.iter().sum::<f64>()));
    engine.add_filter("average", average);
    engine.add_filter("median", median);
    engine.add_function("is_number", is_number);
    engine.add_function("log", log);
    engine.add_function("sqrt", sqrt);
    engine.add_function("average", average);
    engine.add_function("median", median);
    engine.add_test("is_number", is_number);
}

fn is_number(value: &Value) -> bool {
    number(value).is_some()
}

fn reckon(
    value: &Value,
    by: Option<&Value>,
    default: Option<Value>,
    with: impl Fn(f64, f64) -> f64,
) -> Result<Value, Error> {
    let both = number(value).zip(by.map_or(Some(0.0), number));
    let reckoned = both.map(|(value, by)| with(value, by)).filter(|number| number.is_finite());
    reckoned.map(Value::from).or(default).ok_or_else(|| no_number(value))
}

fn log(value: &Value, base: Option<Value>, default: Option<Value>) -> Result<Value, Error> {
    let base = base.unwrap_or_else(|| std::f64::consts::E.into());
    reckon(value, Some(&base), default, f64::log)
}

fn sqrt(value: &Value, default: Option<Value>) -> Result<Value, Error> {
    reckon(value, None, default, |value, _| value.sqrt())
}

fn numbers(value: &Value) -> Result<Vec<f64>, Error> {
    items(value)?.iter().map(|item| number(item).ok_or_else(|| no_number(item))).collect()
}

fn average(value: &Value) -> Result<Option<f64>, Error> {
    let all = numbers(value)?;
    #[expect(clippy::cast_precision_loss, reason = "a list has at most a thousand items")]
    let count = all.len() as f64;
    Ok((!all.is_empty()).then(|| all.iter().sum::<f64>() / count))
}

fn median(value: &Value) -> Result<Option<f64>, Error> {
    let mut all = numbers(value)?;
    all.sort_by(f64::total_cmp);
    let at = |place: usize| all.get(place).copied();
    let middle = all.len() / 2;
    match all.len() % 2 {
        0 => Ok(middle.checked_sub(1).and_then(at).zip(at(middle)).map(|(low, high)| f64::midpoint(low, high))),
        _ => Ok(at(middle)),
    }
}
