//! The languages Hearth speaks. Holds none of their words.

/// The language of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    /// English.
    En,
    /// Chinese, simplified.
    Zh,
}

impl Lang {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::En, Self::Zh];

    /// The language of that code (`en`, `zh`, `zh-TW` …); English if it is neither.
    pub fn parse(code: &str) -> Self {
        match code.starts_with("zh") {
            true => Self::Zh,
            false => Self::En,
        }
    }

    /// Its code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh",
        }
    }
}
