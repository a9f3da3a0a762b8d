//! How long, until when, and by the sun.

use super::Day;
use super::reader::Reader;

impl Reader<'_> {
    pub(super) fn until(&mut self) -> bool {
        let is_said = self.at == 0 && self.any(|times| times.until);
        self.said.is_until |= is_said;
        is_said || (self.said.is_until && self.any(|times| times.until_ends))
    }

    pub(super) fn length(&mut self) -> bool {
        if let Some((days, next)) = self.count_of_days() {
            self.at = next;
            let _ = self.any(|times| times.after);
            return self.set_day(Day::After(days));
        }
        let start = self.at;
        self.any(|times| times.ahead);
        let Some(length) = self.lengths.iter().find(|length| length.first == self.at) else {
            return self.back_to(start);
        };
        let seconds = length.total_s();
        self.at = length.last + 1;
        let minutes = i32::try_from(seconds / 60).unwrap_or(i32::MAX);
        if self.any(|times| times.before) {
            self.offset = Some(-minutes);
        } else if self.any(|times| times.after) {
            self.offset = Some(minutes);
        } else if self.said.sun.is_some() {
            // "日落后半小时": the side was said before the length.
            self.offset = Some(self.offset.map_or(minutes, |side| side * minutes));
        }
        self.is_broken |= self.said.length_s.is_some();
        self.said.length_s = Some(seconds);
        true
    }

    pub(super) fn sun(&mut self) -> bool {
        let start = self.at;
        let is_after = self.any(|times| times.at_sun);
        let is_before = !is_after && self.any(|times| times.before_sun);
        let Some(sun) = self.one(|times| times.suns) else {
            return self.back_to(start);
        };
        if self.said.sun.is_some() || (is_before && self.offset.is_none()) {
            // "Before sunset" names no moment.
            return self.back_to(start);
        }
        self.said.sun = Some((sun, 0));
        if let (Some(length), None) = (self.said.length_s, self.offset) {
            let minutes = i32::try_from(length / 60).unwrap_or(i32::MAX);
            self.offset = Some(if is_before { -minutes } else { minutes });
        }
        if self.offset.is_none() {
            let follows_before = self.any(|times| times.behind_sun_before);
            self.any(|times| times.behind_sun);
            // The length follows: "日落前半小时".
            self.offset = follows_before.then_some(-1);
            if follows_before && !self.lengths.iter().any(|length| length.first == self.at) {
                return self.back_to(start);
            }
        }
        true
    }
}
