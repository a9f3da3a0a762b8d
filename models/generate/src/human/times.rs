//! When, and where the weather is asked of.

use house::Slot;
use mind::understand::code::CodeValue;

use super::line::{Line, Slots};
use crate::say::Lang;

impl Line<'_> {
    pub(super) fn weather(&self) -> Slots {
        let given = ["place_name", "city", "state", "country", "geographic_poi"]
            .iter()
            .filter_map(|slot| self.label.get("orig_slots")?.get(slot)?.as_str());
        let place = self
            .union(given.filter_map(|text| self.find(text)).collect(), 1)
            .or_else(|| self.lexicon.cities.iter().find_map(|run| self.find_words(run)));
        let mut out: Slots =
            place.map(|(first, last)| (Slot::Name, CodeValue::Span(first, last))).into_iter().collect();
        out.extend(self.when().map(|when| (Slot::When, when)));
        out
    }

    /// One span over several, if no more than so many words lie between them.
    pub(super) fn union(&self, mut spans: Vec<(usize, usize)>, gap: usize) -> Option<(usize, usize)> {
        spans.sort_unstable();
        let mut out = *spans.first()?;
        for (first, last) in spans.into_iter().skip(1) {
            if out.1 + gap + 1 < first {
                break;
            }
            out.1 = out.1.max(last);
        }
        Some(out)
    }

    /// The words that say when, with their preposition.
    pub(super) fn when(&self) -> Option<CodeValue> {
        let given = ["time", "date", "timeofday", "general_frequency", "timeRange"]
            .iter()
            .filter_map(|slot| self.label.get("orig_slots")?.get(slot)?.as_str());
        let spans: Vec<(usize, usize)> = given.filter_map(|text| self.find(text)).collect();
        let (mut first, last) = match spans.is_empty() {
            false => self.union(spans, 2)?,
            true => self.time_run()?,
        };
        while 0 < first
            && matches!(
                self.word(first - 1),
                "for"
                    | "at"
                    | "on"
                    | "in"
                    | "every"
                    | "next"
                    | "this"
                    | "by"
                    | "the"
                    | "until"
                    | "before"
                    | "after"
                    | "each"
                    | "around"
            )
        {
            first -= 1;
        }
        Some(CodeValue::Span(first, last))
    }

    /// The longest run of words that only times are made of.
    pub(super) fn time_run(&self) -> Option<(usize, usize)> {
        let is_number = |at: usize| mind::numbers::count_at(self.heard, at).is_some();
        let fits = |at: usize| match self.lang {
            Lang::En => TIME.contains(&self.word(at)) || GLUE.contains(&self.word(at)) || is_number(at),
            Lang::Zh => {
                self.word(at).chars().all(|letter| HAN.contains(letter) || letter.is_ascii_digit() || letter == ':')
            }
        };
        let is_key = |at: usize| match self.lang {
            Lang::En => TIME.contains(&self.word(at)),
            Lang::Zh => self.word(at).chars().any(|letter| KEY.contains(letter)),
        };
        let mut best: Option<(usize, usize)> = None;
        let mut at = 0;
        while at < self.heard.len() {
            let end = (at..self.heard.len()).find(|end| !fits(*end)).unwrap_or(self.heard.len());
            if at < end && (at..end).any(is_key) && (self.lang == Lang::En || 2 <= end - at) {
                let (mut first, mut last) = (at, end - 1);
                while self.lang == Lang::En && first < last && GLUE.contains(&self.word(last)) && self.word(last) != "m"
                {
                    last -= 1;
                }
                while self.lang == Lang::En
                    && first < last
                    && matches!(self.word(first), "the" | "a" | "of" | "to" | "p" | "m" | "past")
                {
                    first += 1;
                }
                while self.lang == Lang::Zh
                    && first < last
                    && (self.word(first) == "个" || (self.word(first) == "一" && self.word(first + 1) == "个"))
                {
                    first += 1;
                }
                if best.is_none_or(|(from, to)| to - from < last - first) {
                    best = Some((first, last));
                }
            }
            at = end.max(at + 1);
        }
        best
    }
}

/// Words that tell a time.
const TIME: &[&str] = &[
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "today",
    "tomorrow",
    "tonight",
    "morning",
    "evening",
    "afternoon",
    "night",
    "am",
    "pm",
    "noon",
    "midnight",
    "week",
    "weekend",
    "weekdays",
    "daily",
    "month",
    "now",
    "weekends",
    "o'clock",
];
/// Words between them.
const GLUE: &[&str] =
    &["at", "on", "in", "the", "next", "this", "every", "past", "half", "of", "a", "p", "m", "to", "each"];
/// What a time is written with.
const HAN: &str =
    "今明后天早上午晚下中周星期礼拜一二三四五六七八九十点半刻分钟零每工作日号月凌晨傍现在两末两小时内后个";
/// One of these at least.
const KEY: &str = "天早晚午周期点日月小时分末现";
