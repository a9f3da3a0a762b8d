//! Which hours the parts of a day have.

use crate::texts::times::Part;

impl Part {
    /// The minute of the day that is meant if no clock time is said.
    pub(super) fn usual_minute(self) -> i32 {
        match self {
            Self::Dawn => 5 * 60,
            Self::Morning => 8 * 60,
            Self::Noon => 12 * 60,
            Self::Afternoon => 15 * 60,
            Self::Evening => 19 * 60,
            Self::Night => 21 * 60,
        }
    }

    /// Whether an hour lies in this part.
    pub(super) fn holds(self, hour: i8) -> bool {
        match self {
            Self::Dawn => (0..6).contains(&hour),
            Self::Morning => (4..12).contains(&hour),
            Self::Noon => (11..14).contains(&hour),
            Self::Afternoon => (12..18).contains(&hour),
            Self::Evening => (17..24).contains(&hour),
            Self::Night => (18..24).contains(&hour) || (0..4).contains(&hour),
        }
    }
}
