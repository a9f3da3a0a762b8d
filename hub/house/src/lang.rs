//! The languages Hearth speaks. Holds none of their words.

/// The language of a reply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Chinese, simplified.
    Zh,
}

impl Lang {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::En, Self::Zh];

    /// The language of that code (`en`, `zh`, `zh-TW` …); English if it is none of these.
    pub fn parse(code: &str) -> Self {
        Self::ALL.iter().find(|lang| code.starts_with(lang.as_str())).copied().unwrap_or_default()
    }

    /// The codes under which others know it, its own first.
    pub fn codes(self) -> &'static [&'static str] {
        match self {
            Self::En => &["en"],
            Self::Zh => &["zh", "zh-CN", "zh-TW", "zh-HK"],
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
