//! Units of temperature: which there are, and how one becomes another.

/// A unit of temperature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Degrees {
    /// °C
    Celsius,
    /// °F
    Fahrenheit,
}

impl Degrees {
    /// The unit of a measurement, as devices write it; none if it is no temperature's.
    pub fn of_unit(unit: &str) -> Option<Self> {
        match unit.trim().trim_start_matches('°') {
            "C" | "c" | "℃" => Some(Self::Celsius),
            "F" | "f" | "℉" => Some(Self::Fahrenheit),
            _ => None,
        }
    }

    /// The unit of that name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "celsius" => Some(Self::Celsius),
            "fahrenheit" => Some(Self::Fahrenheit),
            _ => None,
        }
    }

    /// As many degrees in another unit.
    pub fn to(self, other: Self, value: f64) -> f64 {
        match (self, other) {
            (Self::Celsius, Self::Fahrenheit) => value * 9.0 / 5.0 + 32.0,
            (Self::Fahrenheit, Self::Celsius) => (value - 32.0) * 5.0 / 9.0,
            (Self::Celsius, Self::Celsius) | (Self::Fahrenheit, Self::Fahrenheit) => value,
        }
    }
}
