//! `[home]`: where the house stands, and how it is told of.

use house::Degrees;
use jiff::tz::TimeZone;
use mind::when::Location;
use serde::Deserialize;

use super::Opt;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct HomeFile {
    latitude: Option<f64>,
    longitude: Option<f64>,
    time_zone: Option<String>,
    degrees: Option<String>,
}

/// What is given of it.
pub(super) struct Checked {
    /// Its place.
    pub(super) location: Option<Location>,
    /// Its time zone.
    pub(super) zone: Option<TimeZone>,
    /// The unit in which its temperatures are told.
    pub(super) degrees: Option<Degrees>,
}

/// Its place, its time zone and its unit, so far as they are given.
pub(super) fn check(file: &HomeFile, complaints: &mut Vec<String>) -> Checked {
    let location = match (file.latitude, file.longitude) {
        (Some(latitude), Some(longitude))
            if (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude) =>
        {
            Some(Location { latitude, longitude })
        }
        (None, None) => None,
        (Some(_), Some(_)) => {
            complaints.push(
                "home.latitude: this is no place\n  hint: degrees north from -90 to 90, and \
             home.longitude degrees east from -180 to 180"
                    .to_owned(),
            );
            None
        }
        _ => {
            complaints.push(
                "home.latitude: a place needs home.latitude and home.longitude\n  hint: give both or none".to_owned(),
            );
            None
        }
    };
    let zone = file.time_zone.as_deref().and_then(|name| match TimeZone::get(name) {
        Ok(zone) => Some(zone),
        Err(_) => {
            complaints.push(format!(
                "home.time_zone: `{name}` is no time zone\n  hint: such as `Europe/Berlin` or `Asia/Shanghai`"
            ));
            None
        }
    });
    let degrees = file.degrees.as_deref().and_then(|name| {
        let degrees = Degrees::parse(name);
        if degrees.is_none() {
            complaints.push(format!("home.degrees: `{name}` is no unit\n  hint: `celsius` or `fahrenheit`"));
        }
        degrees
    });
    Checked { location, zone, degrees }
}

/// Its options.
pub(super) const OPTIONS: &[Opt] = &[
    (
        "home.latitude",
        "none",
        "Degrees north of where the house stands; without a place the hub knows no sunrise and sunset.",
    ),
    ("home.longitude", "none", "Degrees east of where the house stands."),
    ("home.time_zone", "the system's", "The time zone of the house, such as `Europe/Berlin`."),
    (
        "home.degrees",
        "none",
        "`celsius` or `fahrenheit`: the unit in which temperatures are told; without it, each is told in its own.",
    ),
];
