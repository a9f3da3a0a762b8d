//! Times in templates, as Home Assistant's filters have them: moments made of what a device says, and written anew.
//!
//! Never asks the time: `now()` is what the house was told last.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{self, AtomicI64};

use jiff::civil::{Date, DateTime};
use jiff::fmt::strtime::{self, BrokenDownTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use minijinja::value::{DynObject, Kwargs, Object};
use minijinja::{Environment, Error, ErrorKind, State, Value};

use super::filters::number;

/// The time as it was last told, and the zone of the house.
#[derive(Clone, Debug)]
pub(crate) struct House {
    now_ms: Arc<AtomicI64>,
    zone: TimeZone,
}

impl House {
    pub(crate) fn in_zone(zone: TimeZone) -> Self {
        Self { now_ms: Arc::default(), zone }
    }

    /// It is now that late, in milliseconds since 1970 UTC.
    pub(crate) fn tell_time(&self, now_ms: i64) {
        self.now_ms.store(now_ms, atomic::Ordering::Relaxed);
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.now_ms.load(atomic::Ordering::Relaxed)).unwrap_or_default()
    }

    /// The moment that a value means: seconds since 1970, or a date written down; one without a zone is the house's.
    fn moment(&self, value: &Value) -> Option<Zoned> {
        if let Some(moment) = value.downcast_object_ref::<Moment>() {
            return Some(moment.0.clone());
        }
        if let Some(seconds) = number(value) {
            #[expect(clippy::cast_possible_truncation, reason = "what saturates is no time")]
            let ms = (seconds * 1000.0).round() as i64;
            return Timestamp::from_millisecond(ms).ok().map(|at| at.to_zoned(TimeZone::UTC));
        }
        let text = value.as_str()?.trim();
        let written = || text.parse::<Timestamp>().ok().map(|at| at.to_zoned(offset(text)));
        let civil = || text.parse::<DateTime>().ok().or_else(|| text.parse::<Date>().ok().map(DateTime::from));
        written().or_else(|| civil()?.to_zoned(self.zone.clone()).ok())
    }

    fn strptime(&self, text: &str, format: &str) -> Option<Zoned> {
        let parsed = BrokenDownTime::parse(format, text).ok()?;
        let date = || parsed.to_date().ok().map(DateTime::from);
        let civil = || parsed.to_datetime().ok().or_else(date)?.to_zoned(self.zone.clone()).ok();
        parsed.to_zoned().ok().or_else(civil)
    }

    fn today_at(&self, text: &str) -> Result<Value, Error> {
        let time = text.parse::<jiff::civil::Time>().ok();
        let today = self.now().to_zoned(self.zone.clone()).date();
        let moment = time.and_then(|time| today.to_datetime(time).to_zoned(self.zone.clone()).ok());
        moment.map(|moment| Value::from_object(Moment(moment))).ok_or_else(|| no_time(&text.into()))
    }

    fn at_home(&self, moment: &Zoned) -> Zoned {
        moment.with_time_zone(self.zone.clone())
    }
}

/// A moment, as Python's `datetime`.
#[derive(Debug)]
pub(super) struct Moment(pub(super) Zoned);

impl Object for Moment {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str()? {
            "year" => Some(self.0.year().into()),
            "month" => Some(self.0.month().into()),
            "day" => Some(self.0.day().into()),
            "hour" => Some(self.0.hour().into()),
            "minute" => Some(self.0.minute().into()),
            "second" => Some(self.0.second().into()),
            _ => None,
        }
    }

    fn call_method(self: &Arc<Self>, _: &State<'_, '_>, name: &str, args: &[Value]) -> Result<Value, Error> {
        match name {
            "isoformat" => Ok(iso(&self.0).into()),
            "timestamp" => Ok(seconds(&self.0).into()),
            "strftime" => written(&self.0, args.first().and_then(Value::as_str).unwrap_or_default()).map(Value::from),
            "weekday" => Ok(self.0.weekday().to_monday_zero_offset().into()),
            "isoweekday" => Ok(self.0.weekday().to_monday_one_offset().into()),
            _ => Err(Error::new(ErrorKind::UnknownMethod, format!("no such method: `{name}`"))),
        }
    }

    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<Ordering> {
        Some(self.0.timestamp().cmp(&other.downcast_ref::<Self>()?.0.timestamp()))
    }

    fn render(self: &Arc<Self>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&iso(&self.0).replacen('T', " ", 1))
    }
}

/// Any moment, to ask which methods one has.
pub(super) fn example() -> Value {
    Value::from_object(Moment(Zoned::new(Timestamp::UNIX_EPOCH, TimeZone::UTC)))
}

/// Makes what concerns times known to the engine.
pub(super) fn install(engine: &mut Environment<'static>, house: &House) {
    let at = house.clone();
    engine.add_function("now", move || Value::from_object(Moment(at.now().to_zoned(at.zone.clone()))));
    let at = house.clone();
    engine.add_function("utcnow", move || Value::from_object(Moment(at.now().to_zoned(TimeZone::UTC))));
    let at = house.clone();
    engine.add_function("today_at", move |text: Option<String>| at.today_at(text.as_deref().unwrap_or("00:00")));
    let at = house.clone();
    let as_datetime = move |value: &Value, default: Option<Value>, options: Kwargs| {
        let found = at.moment(value).map(|moment| Value::from_object(Moment(moment)));
        found_or(found, default, &options, value)
    };
    engine.add_filter("as_datetime", as_datetime.clone());
    engine.add_function("as_datetime", as_datetime);
    let at = house.clone();
    let as_timestamp = move |value: &Value, default: Option<Value>, options: Kwargs| {
        found_or(at.moment(value).map(|moment| seconds(&moment).into()), default, &options, value)
    };
    engine.add_filter("as_timestamp", as_timestamp.clone());
    engine.add_function("as_timestamp", as_timestamp);
    let at = house.clone();
    let as_local = move |value: &Value| {
        let moment = at.moment(value).ok_or_else(|| no_time(value))?;
        Ok::<_, Error>(Value::from_object(Moment(at.at_home(&moment))))
    };
    engine.add_filter("as_local", as_local.clone());
    engine.add_function("as_local", as_local);
    let at = house.clone();
    let strptime = move |value: &Value, format: &str, default: Option<Value>, options: Kwargs| {
        let found = value.as_str().and_then(|text| at.strptime(text, format));
        found_or(found.map(|moment| Value::from_object(Moment(moment))), default, &options, value)
    };
    engine.add_filter("strptime", strptime.clone());
    engine.add_function("strptime", strptime);
    install_written(engine, house);
}

/// Filters that write seconds since 1970 down.
fn install_written(engine: &mut Environment<'static>, house: &House) {
    let at = house.clone();
    let custom =
        move |value: &Value, format: Option<String>, local: Option<bool>, default: Option<Value>, options: Kwargs| {
            let is_local = local.or(options.get("local")?).unwrap_or(true);
            let format = format.unwrap_or_else(|| "%Y-%m-%d %H:%M:%S".to_owned());
            let moment = at.moment(value).map(|moment| if is_local { at.at_home(&moment) } else { utc(&moment) });
            let text = moment.map(|moment| written(&moment, &format)).transpose()?;
            found_or(text.map(Value::from), default, &options, value)
        };
    engine.add_filter("timestamp_custom", custom);
    let at = house.clone();
    engine.add_filter("timestamp_local", move |value: &Value, default: Option<Value>, options: Kwargs| {
        let text = at.moment(value).map(|moment| iso(&at.at_home(&moment)).into());
        found_or(text, default, &options, value)
    });
    let at = house.clone();
    engine.add_filter("timestamp_utc", move |value: &Value, default: Option<Value>, options: Kwargs| {
        found_or(at.moment(value).map(|moment| iso(&utc(&moment)).into()), default, &options, value)
    });
}

fn found_or(found: Option<Value>, default: Option<Value>, options: &Kwargs, value: &Value) -> Result<Value, Error> {
    found.or(default).or(options.get("default")?).ok_or_else(|| no_time(value))
}

fn no_time(value: &Value) -> Error {
    Error::new(ErrorKind::InvalidOperation, format!("not a time: `{:.40}`", value.to_string()))
}

fn utc(moment: &Zoned) -> Zoned {
    moment.with_time_zone(TimeZone::UTC)
}

/// The offset that a written moment ends with.
fn offset(text: &str) -> TimeZone {
    let parsed = strtime::parse("%Y-%m-%dT%H:%M:%S%.f%:z", text.replacen(' ', "T", 1));
    parsed.ok().and_then(|parsed| parsed.offset()).map_or(TimeZone::UTC, TimeZone::fixed)
}

fn seconds(moment: &Zoned) -> f64 {
    moment.timestamp().as_microsecond() as f64 / 1e6
}

/// As Python's `isoformat`: microseconds only where there are any.
fn iso(moment: &Zoned) -> String {
    let format = match moment.subsec_nanosecond() / 1000 {
        0 => "%Y-%m-%dT%H:%M:%S%:z",
        _ => "%Y-%m-%dT%H:%M:%S%.6f%:z",
    };
    moment.strftime(format).to_string()
}

fn written(moment: &Zoned, format: &str) -> Result<String, Error> {
    if LONGEST_FORMAT < format.len() {
        return Err(Error::new(ErrorKind::InvalidOperation, "the format of a time is too long"));
    }
    let no_format =
        |error: jiff::Error| Error::new(ErrorKind::InvalidOperation, format!("no format of a time: {error}"));
    strtime::format(format, moment).map_err(no_format)
}

/// In bytes; a directive makes at most some 300 of its few.
const LONGEST_FORMAT: usize = 100;
