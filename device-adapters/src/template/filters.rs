//! What templates may call: Home Assistant's common filters and functions, and Python's common methods, all bounded.

use minijinja::value::{Kwargs, Rest, ValueKind};
use minijinja::{Environment, Error, ErrorKind, Output, State, Value, filters, tests};

/// Makes everything known to the engine.
pub(super) fn install(engine: &mut Environment<'static>) {
    engine.add_filter("abs", filters::abs);
    engine.add_filter("lower", |text: &Value| text_of(text).to_lowercase());
    engine.add_filter("upper", |text: &Value| text_of(text).to_uppercase());
    engine.add_filter("title", filters::title);
    engine.add_filter("capitalize", |text: &Value| crate::naming::class_words(&text_of(text).to_lowercase()));
    engine.add_filter("trim", |text: &Value| text_of(text).trim().to_owned());
    engine.add_filter("string", text_of);
    engine.add_filter("default", filters::default);
    engine.add_filter("d", filters::default);
    engine.add_filter("int", to_int);
    engine.add_filter("float", to_float);
    engine.add_filter("round", round);
    engine.add_filter("bool", |value: &Value| value.is_true());
    engine.add_filter("is_defined", is_defined);
    engine.add_filter("from_json", from_json);
    engine.add_filter("to_json", to_json);
    engine.add_filter("tojson", to_json);
    engine.add_filter("iif", iif);
    engine.add_filter("replace", |text: &Value, from: String, to: String| replace(&text_of(text), &from, &to));
    engine.add_filter("format", format_number);
    engine.add_filter("length", length);
    engine.add_filter("count", length);
    engine.add_filter("list", |value: &Value| items(value).map(Value::from));
    engine.add_filter("first", |value: &Value| items(value).map(|items| items.into_iter().next()));
    engine.add_filter("last", |value: &Value| items(value).map(|items| items.into_iter().next_back()));
    engine.add_filter("min", |value: &Value| items(value).map(|items| items.into_iter().min()));
    engine.add_filter("max", |value: &Value| items(value).map(|items| items.into_iter().max()));
    engine.add_filter("join", join);
    engine.add_function("int", to_int);
    engine.add_function("float", to_float);
    engine.add_function("iif", iif);
    engine.add_function("range", range);
    engine.add_function("min", |values: Rest<Value>| values.0.into_iter().min());
    engine.add_function("max", |values: Rest<Value>| values.0.into_iter().max());
    engine.add_test("defined", tests::is_defined);
    engine.add_test("undefined", tests::is_undefined);
    engine.add_test("none", tests::is_none);
    engine.add_test("number", tests::is_number);
    engine.add_test("string", tests::is_string);
    engine.add_test("mapping", tests::is_mapping);
    engine.add_test("sequence", tests::is_sequence);
    engine.add_test("true", tests::is_true);
    engine.add_test("false", tests::is_false);
    engine.add_test("odd", tests::is_odd);
    engine.add_test("even", tests::is_even);
    engine.add_test("eq", tests::is_eq);
    engine.add_test("in", tests::is_in);
}

/// Writes truth values and nothing as Python does.
pub(super) fn write_as_python(output: &mut Output<'_>, _: &State<'_, '_>, value: &Value) -> Result<(), Error> {
    let written = match value.kind() {
        ValueKind::Undefined => Ok(()),
        ValueKind::None => output.write_str("None"),
        ValueKind::Bool if value.is_true() => output.write_str("True"),
        ValueKind::Bool => output.write_str("False"),
        _ => write!(output, "{value}"),
    };
    written.map_err(Error::from)
}

/// Python's methods of text and maps that device templates use.
pub(super) fn method(_: &State<'_, '_>, value: &Value, name: &str, args: &[Value]) -> Result<Value, Error> {
    let text = |place: usize| args.get(place).and_then(Value::as_str).map(str::to_owned);
    let of_map = value.kind() == ValueKind::Map;
    match (name, value.as_str()) {
        ("split", Some(whole)) => Ok(Value::from(split(whole, text(0).as_deref()))),
        ("lower", Some(whole)) => Ok(whole.to_lowercase().into()),
        ("upper", Some(whole)) => Ok(whole.to_uppercase().into()),
        ("strip", Some(whole)) => Ok(stripped(stripped(whole, &text(0), End::Left), &text(0), End::Right).into()),
        ("lstrip", Some(whole)) => Ok(stripped(whole, &text(0), End::Left).into()),
        ("rstrip", Some(whole)) => Ok(stripped(whole, &text(0), End::Right).into()),
        ("title", Some(whole)) => Ok(filters::title(whole.into()).into()),
        ("isdigit" | "isnumeric", Some(whole)) => {
            Ok((!whole.is_empty() && whole.chars().all(|letter| letter.is_ascii_digit())).into())
        }
        ("format", Some(whole)) => format_text(whole, args).map(Value::from),
        ("startswith", Some(whole)) => Ok(text(0).is_some_and(|start| whole.starts_with(&start)).into()),
        ("endswith", Some(whole)) => Ok(text(0).is_some_and(|end| whole.ends_with(&end)).into()),
        ("replace", Some(whole)) => {
            replace(whole, &text(0).unwrap_or_default(), &text(1).unwrap_or_default()).map(Value::from)
        }
        ("get", None) if of_map => map_get(value, args),
        ("keys", None) if of_map => items(value).map(Value::from),
        ("values", None) if of_map => {
            let keys = items(value)?;
            Ok(keys.iter().filter_map(|key| value.get_item(key).ok()).collect())
        }
        ("items", None) if of_map => filters::items(value),
        _ => Err(Error::new(ErrorKind::UnknownMethod, format!("no such method: `{name}`"))),
    }
}

#[derive(Clone, Copy)]
enum End {
    Left,
    Right,
}

/// Text without spaces, or without these letters, at one end.
fn stripped<'t>(text: &'t str, letters: &Option<String>, end: End) -> &'t str {
    let is_to_go = |letter: char| match letters {
        Some(letters) => letters.contains(letter),
        None => letter.is_whitespace(),
    };
    match end {
        End::Left => text.trim_start_matches(is_to_go),
        End::Right => text.trim_end_matches(is_to_go),
    }
}

/// `'{} {:.1f}'.format(x, y)`: values in their order, numbers with so many places.
fn format_text(format: &str, args: &[Value]) -> Result<String, Error> {
    let mut parts = format.split('{');
    let mut written = parts.next().unwrap_or_default().to_owned();
    for (place, part) in parts.enumerate() {
        let no_such = || Error::new(ErrorKind::InvalidOperation, "no such format");
        let (how, after) = part.split_once('}').ok_or_else(no_such)?;
        let value = args.get(place).ok_or_else(no_such)?;
        written.push_str(&match how.strip_prefix(':') {
            Some(places) => format_number(&format!("%{places}"), value)?,
            None if how.is_empty() => text_of(value),
            None => return Err(no_such()),
        });
        written.push_str(after);
    }
    if written.len() <= TEXT_BYTES { Ok(written) } else { Err(too_much()) }
}

fn map_get(map: &Value, args: &[Value]) -> Result<Value, Error> {
    let found = args.first().map(|key| map.get_item(key)).transpose()?.filter(|found| !found.is_undefined());
    Ok(found.or_else(|| args.get(1).cloned()).unwrap_or(Value::from(())))
}

pub(super) fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn split(whole: &str, separator: Option<&str>) -> Vec<String> {
    match separator {
        Some(separator) if !separator.is_empty() => whole.split(separator).take(ITEMS).map(str::to_owned).collect(),
        Some(_) | None => whole.split_whitespace().take(ITEMS).map(str::to_owned).collect(),
    }
}

pub(super) fn number(value: &Value) -> Option<f64> {
    let number = match value.as_str() {
        Some(text) => text.trim().parse().ok(),
        None if value.kind() == ValueKind::Bool => Some(f64::from(u8::from(value.is_true()))),
        None => f64::try_from(value.clone()).ok(),
    };
    number.filter(|number: &f64| number.is_finite())
}

fn to_float(value: &Value, default: Option<Value>, options: Kwargs) -> Result<Value, Error> {
    let default = default.or(options.get("default")?);
    number(value).map(Value::from).or(default).ok_or_else(|| no_number(value))
}

fn to_int(value: &Value, default: Option<Value>, options: Kwargs) -> Result<Value, Error> {
    let default = default.or(options.get("default")?);
    let base: Option<u32> = options.get("base")?;
    if let Some(base) = base.filter(|base| (2..=36).contains(base) && *base != 10) {
        let text = text_of(value).trim().to_lowercase();
        let digits = ["0x", "0b", "0o"].iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(&text);
        return i64::from_str_radix(digits, base).ok().map(Value::from).or(default).ok_or_else(|| no_number(value));
    }
    number(value).map(whole).or(default).ok_or_else(|| no_number(value))
}

fn round(value: &Value, precision: Option<i32>, method: Option<String>) -> Result<Value, Error> {
    let number = number(value).ok_or_else(|| no_number(value))?;
    let scale = 10_f64.powi(precision.unwrap_or(0).clamp(0, 12));
    let scaled = number * scale;
    let rounded = match method.as_deref() {
        Some("floor") => scaled.floor(),
        Some("ceil") => scaled.ceil(),
        Some("half") => (scaled * 2.0).round() / 2.0,
        Some(_) | None => scaled.round(),
    } / scale;
    Ok(if precision.unwrap_or(0) <= 0 { whole(rounded) } else { rounded.into() })
}

fn whole(number: f64) -> Value {
    #[expect(clippy::cast_possible_truncation, reason = "saturates, which is what is wanted of absurd numbers")]
    Value::from(number as i64)
}

pub(super) fn no_number(value: &Value) -> Error {
    Error::new(ErrorKind::InvalidOperation, format!("not a number: `{:.40}`", text_of(value)))
}

fn is_defined(value: &Value) -> Result<Value, Error> {
    match value.is_undefined() {
        true => Err(Error::new(ErrorKind::UndefinedError, "not in this message")),
        false => Ok(value.clone()),
    }
}

fn from_json(text: &str) -> Result<Value, Error> {
    let json = crate::json::parse(text).map_err(|error| Error::new(ErrorKind::BadSerialization, error.to_string()))?;
    Ok(Value::from_serialize(&json))
}

fn to_json(value: &Value) -> Result<Value, Error> {
    let json =
        serde_json::to_value(value).map_err(|error| Error::new(ErrorKind::BadSerialization, error.to_string()))?;
    Ok(Value::from_safe_string(json.to_string()))
}

fn iif(value: &Value, then: Option<Value>, other: Option<Value>, none: Option<Value>) -> Value {
    let otherwise = other.unwrap_or(Value::from(false));
    match (value.is_none(), value.is_true()) {
        (true, _) => none.unwrap_or(otherwise),
        (false, true) => then.unwrap_or(Value::from(true)),
        (false, false) => otherwise,
    }
}

fn replace(whole: &str, from: &str, to: &str) -> Result<String, Error> {
    let growth = whole.len().saturating_mul(to.len().max(1)) / from.len().max(1);
    match !from.is_empty() && growth <= TEXT_BYTES {
        true => Ok(whole.replace(from, to)),
        false => Err(too_much()),
    }
}

fn join(value: &Value, separator: Option<String>) -> Result<String, Error> {
    let separator = separator.unwrap_or_default();
    let mut joined = String::new();
    for (place, item) in items(value)?.iter().enumerate() {
        if 0 < place {
            joined.push_str(&separator);
        }
        joined.push_str(&text_of(item));
        if TEXT_BYTES < joined.len() {
            return Err(too_much());
        }
    }
    Ok(joined)
}

/// `'%.1f' | format(x)`, the one shape of formatting that devices use.
fn format_number(format: &str, value: &Value) -> Result<String, Error> {
    let parsed = format.strip_prefix('%').and_then(|rest| rest.strip_suffix('f')).and_then(|rest| rest.split_once('.'));
    let places = parsed.and_then(|(width, places)| width.len().le(&1).then(|| places.parse::<usize>().ok())?);
    match (places, number(value)) {
        (Some(places), Some(number)) if places <= 12 => Ok(format!("{number:.places$}")),
        (Some(_) | None, Some(_) | None) => Err(Error::new(ErrorKind::InvalidOperation, "no such format")),
    }
}

fn range(first: i64, second: Option<i64>) -> Result<Vec<i64>, Error> {
    let (from, to) = second.map_or((0, first), |second| (first, second));
    match usize::try_from(to.saturating_sub(from)).unwrap_or(0) <= ITEMS {
        true => Ok((from..to).collect()),
        false => Err(too_much()),
    }
}

fn length(value: &Value) -> Result<usize, Error> {
    match value.as_str() {
        Some(text) => Ok(text.chars().count()),
        None => items(value).map(|items| items.len()),
    }
}

pub(super) fn items(value: &Value) -> Result<Vec<Value>, Error> {
    if let Some(text) = value.as_str() {
        let letters: Vec<Value> = text.chars().take(ITEMS + 1).map(|letter| Value::from(letter.to_string())).collect();
        return if letters.len() <= ITEMS { Ok(letters) } else { Err(too_much()) };
    }
    let items: Vec<Value> = value.try_iter()?.take(ITEMS + 1).collect();
    match items.len() <= ITEMS {
        true => Ok(items),
        false => Err(too_much()),
    }
}

pub(super) fn too_much() -> Error {
    Error::new(ErrorKind::InvalidOperation, "too much for a template")
}

/// More than any device lists.
pub(super) const ITEMS: usize = 1000;
/// The largest message.
pub(super) const TEXT_BYTES: usize = 64 * 1024;
