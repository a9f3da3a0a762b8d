//! Habits by the clock and by the sun: times at which something is done on some days of the week.
//!
//! Looks for windows of the day in which the same is done on far more days than what is done around them makes likely.

use std::rc::Rc;

use house::{Condition, Days, EntityId, When};

use super::acts::{Acts, open_s, since_min};
use super::calendar::{day_of, iso, weekday};
use super::candidate::{Candidate, Replaced};
use super::conditions::{self, MOST_MOMENTS};
use super::frames::{Frame, Position};
use super::moved::{self, Move, OldTime, Outcome};
use super::peaks::{LEAST_HITS, best_days, peaks, surprise, told};
use super::statistics::{
    last_level, last_stretch, least_share, likelihood_of_a_level, likelihood_of_levels, median, share, spread,
    spread_of_few,
};
use super::timeline::{DAY_S, Timeline};
use super::views::{Moments, View};
use super::windows::{FLANK_MIN, Fit, Memo, Window};

/// One day on which it could have happened.
#[derive(Clone, Copy, Debug)]
struct Chance {
    day: i64,
    at_s: i64,
    /// Minutes within the window in which there was something to do.
    open_min: f64,
    hit: Option<(usize, f64)>,
}

/// Looks for the habits of one action in one frame, anew each time fewer of its acts are left to be explained. What
/// lies elsewhere in the day than those that were taken since is not worked out again.
pub(super) struct Search<'a> {
    timeline: &'a Timeline,
    acts: &'a Acts,
    frame: &'a Frame,
    positions: Vec<Position>,
    laid_out: Memo<Rc<[Chance]>>,
    fitted: Memo<Option<Fitted>>,
    settled: Memo<Option<Candidate>>,
}

/// A window that was moved and narrowed, and the days on which it could have happened before that.
type Fitted = (Window, Rc<[Chance]>);

impl<'a> Search<'a> {
    pub(super) fn of(timeline: &'a Timeline, acts: &'a Acts, frame: &'a Frame) -> Self {
        let positions = frame.positions(acts);
        let (laid_out, fitted, settled) = (Memo::default(), Memo::default(), Memo::default());
        Self { timeline, acts, frame, positions, laid_out, fitted, settled }
    }

    /// What may be habits among those acts that nothing explains yet; once explained, an act stays so.
    pub(super) fn find(&mut self, is_open: &[bool]) -> Vec<Candidate> {
        self.leave_out(is_open);
        if self.positions.len() < LEAST_HITS_OF_MOVED {
            return Vec::new();
        }
        let mut found = Vec::new();
        for span in SPANS {
            let from_day = self.timeline.first_day.max(self.timeline.last_day - span);
            let least = if span == SPANS[0] { LEAST_HITS_OF_RARE } else { LEAST_HITS };
            for half in HALVES {
                for (center, days) in peaks(self.timeline, self.frame, &self.positions, from_day, half, least) {
                    let window = Window { center, half, days, from_day };
                    found.extend(self.settle(window, Fit::DaysToo));
                    found.extend(self.settle(Window { days: Days::ALL, ..window }, Fit::TimeOnly));
                }
            }
            if self.timeline.last_day - span <= self.timeline.first_day {
                break;
            }
        }
        found.extend(self.moved());
        found
    }

    /// What may have moved to another time on the same days.
    fn moved(&mut self) -> Vec<Candidate> {
        if !matches!(self.frame, Frame::Clock) {
            return Vec::new();
        }
        let mut found = Vec::new();
        for span in SPANS_OF_A_MOVE {
            let since_day = self.timeline.last_day - span;
            for old in moved::old_times(self.timeline, &self.positions, since_day) {
                found.extend(self.moved_from(&old, since_day));
            }
        }
        found
    }

    /// What a habit may have become since a day.
    fn moved_from(&mut self, old: &OldTime, since_day: i64) -> Option<Candidate> {
        let center = moved::new_time(&self.positions, since_day, old)?;
        let half = (moved::REACH * old.spread).clamp(NARROWEST_MIN, WIDEST_MIN);
        let window = Window { center, half, days: old.days, from_day: since_day };
        let at_new = self.on_days(window);
        let at_old = self.on_days(Window { center: old.middle, ..window });
        let outcomes = |chances: &[Chance], center: f64| -> Vec<Outcome> {
            chances.iter().map(|chance| (chance.day, chance.hit.map(|(_, x)| x - center))).collect()
        };
        let Self { timeline, acts, positions, .. } = self;
        let others: Vec<Position> = positions.iter().filter(|position| !old.explains(position)).copied().collect();
        let long = Window { from_day: since_day - moved::LOOKED_BACK_DAYS, ..window };
        let usual = background(timeline, acts, &others, &long, window.days);
        let found = moved::moved(old, &outcomes(&at_old, old.middle), &outcomes(&at_new, center), usual)?;
        let window = Window { from_day: found.from_day, ..window };
        let since: Vec<Chance> = at_new.into_iter().filter(|chance| found.from_day <= chance.day).collect();
        self.candidate(window, &since, Vec::new(), Some((old, found)))
    }

    /// The days on which it could have happened in a window, of the days of the week that it is of.
    fn on_days(&mut self, window: Window) -> Vec<Chance> {
        self.chances(window).iter().filter(|chance| window.days.has(iso(chance.day))).copied().collect()
    }

    fn leave_out(&mut self, is_open: &[bool]) {
        let mut taken: Vec<f64> = Vec::new();
        self.positions.retain(|position| {
            let stays = is_open.get(position.act) == Some(&true);
            taken.extend(Some(position.x).filter(|_| !stays));
            stays
        });
        self.laid_out.forget(&taken);
        self.fitted.forget(&taken);
        self.settled.forget(&taken);
    }

    /// Moves and narrows a window until it lies where it is done, since it is done so; nothing if it falls apart.
    fn settle(&mut self, mut window: Window, what: Fit) -> Option<Candidate> {
        for _ in 1..ROUNDS {
            window = self.fit(window, what)?.0;
        }
        if let Some(known) = self.settled.get(window, what) {
            return known;
        }
        let fitted = self.fit(window, what);
        let reach = fitted.as_ref().map_or_else(|| window.reach(), |(fitted, _)| window.reach().and(fitted.reach()));
        let found = fitted.and_then(|(window, chances)| self.judge(window, &chances, what));
        self.settled.keep(window, what, reach, found.clone());
        found
    }

    /// What a window that lies where it is done is worth: as it is, or only where something else is so as well.
    fn judge(&self, window: Window, chances: &[Chance], what: Fit) -> Option<Candidate> {
        let since: Vec<Chance> = chances.iter().filter(|chance| window.from_day <= chance.day).copied().collect();
        if what == Fit::DaysToo {
            return self.candidate(window, &since, Vec::new(), None);
        }
        let Self { timeline, acts, .. } = self;
        let moments: Vec<(usize, bool)> = since.iter().map(|chance| chance.hit.is_some()).enumerate().collect();
        let at = Moments::of(timeline, since.iter().map(|chance| chance.at_s).collect());
        let view = View::whole(&at);
        let split = conditions::split(&view, acts.entity, &moments, conditions::Clocks::Ignored)?;
        let newest = since.iter().enumerate().skip(since.len().saturating_sub(MOST_MOMENTS));
        let kept: Vec<Chance> = newest.filter(|(place, _)| (split.holds)(*place)).map(|(_, chance)| *chance).collect();
        let mut found = self.candidate(window, &kept, split.conditions, None)?;
        found.score -= 4.0;
        Some(found)
    }

    /// Moves and narrows a window once.
    fn fit(&mut self, window: Window, what: Fit) -> Option<Fitted> {
        if let Some(known) = self.fitted.get(window, what) {
            return known;
        }
        let fitted = self.fit_anew(window, what);
        self.fitted.keep(window, what, window.reach(), fitted.clone());
        fitted
    }

    fn fit_anew(&mut self, mut window: Window, what: Fit) -> Option<Fitted> {
        let mut chances = self.chances(window);
        if what == Fit::DaysToo {
            window.days = days_of(&chances, self.timeline, self.acts, &window, &self.positions);
            let on_days = chances.iter().filter(|chance| window.days.has(iso(chance.day)));
            let on_days: Vec<Chance> = on_days.copied().collect();
            let days: Vec<i64> = on_days.iter().map(|chance| chance.day).collect();
            let outcomes: Vec<bool> = on_days.iter().map(|chance| chance.hit.is_some()).collect();
            let start = last_stretch(&days, &outcomes, self.timeline.last_day);
            chances = on_days.get(start..).unwrap_or_default().into();
            window.from_day = chances.first().filter(|_| 0 < start).map_or(window.from_day, |first| first.day);
        }
        let times: Vec<(i64, f64)> =
            chances.iter().filter_map(|chance| chance.hit.map(|(_, x)| (chance.day, x))).collect();
        let only: Vec<f64> = times.iter().map(|(_, x)| *x).collect();
        if let Some((day, _)) = Some(last_level(&only)).filter(|level| 0 < *level).and_then(|level| times.get(level)) {
            window.from_day = *day;
        }
        let kept: Vec<f64> = times.iter().filter(|(day, _)| window.from_day <= *day).map(|(_, x)| *x).collect();
        if kept.len() < LEAST_HITS_OF_RARE {
            return None;
        }
        window.center = median(&kept);
        window.half = (moved::REACH * spread_of_few(&kept)).clamp(NARROWEST_MIN, WIDEST_MIN);
        Some((window, chances))
    }

    /// The days of the whole week on which it could have happened in a window.
    fn chances(&mut self, window: Window) -> Rc<[Chance]> {
        let every = Window { days: Days::ALL, ..window };
        if let Some(known) = self.laid_out.get(every, Fit::TimeOnly) {
            return known;
        }
        let chances: Rc<[Chance]> = chances_of(self.timeline, self.acts, self.frame, &self.positions, &every).into();
        self.laid_out.keep(every, Fit::TimeOnly, window.reach(), chances.clone());
        chances
    }

    /// A window with the days on which it could have happened, as an explanation of what was done then.
    fn candidate(
        &self,
        window: Window,
        chances: &[Chance],
        conditions: Vec<Condition>,
        moved: Option<(&OldTime, Move)>,
    ) -> Option<Candidate> {
        let Self { timeline, acts, frame, positions, .. } = self;
        let hits: Vec<(usize, f64, i64)> =
            chances.iter().filter_map(|chance| chance.hit.map(|(act, x)| (act, x, chance.at_s))).collect();
        let (first, last) = (hits.first()?, hits.last()?);
        let times: Vec<f64> = hits.iter().map(|(_, x, _)| *x).collect();
        let (sigma, likely_sigma) = (spread(&times), spread_of_few(&times));
        let goes_otherwise =
            matches!(frame, Frame::Sun { .. }) && is_rather_by_the_clock(frame, acts, positions, &window);
        if goes_otherwise || MOST_SPREAD_MIN < sigma || !is_by_the_clock(timeline, acts, &hits, sigma) {
            return None;
        }
        let (n, h) = (chances.len(), hits.len());
        let is_rare = conditions.is_empty() && (h as f64) < LEAST_OF_DAYS * told_days(timeline, &window) as f64;
        if is_rare || h < least_hits(timeline, &window, moved.is_some()) {
            return None;
        }
        let usual = background(timeline, acts, positions, &window, window.days);
        let p = share(h, n);
        let expected = (usual * chances.iter().map(|chance| chance.open_min).sum::<f64>()).max(LEAST_EXPECTED);
        // The days of what moved are known.
        let surprise_of_days = if moved.is_some() { 0.0 } else { surprise(window.days) };
        let by_chance = h as f64 * (h as f64 / expected).ln() - (h as f64 - expected) - surprise_of_days;
        let per_hit = p.ln() - (likely_sigma.max(1.0) * 4.13).ln() - usual.ln();
        let misses = (n - h) as f64 * (1.0 - p).ln();
        let score = h as f64 * per_hit + misses - surprise_of_days - frame.surprise(window.days);
        let (known, kept) = moved.map_or((0, 0), |(old, _)| (old.told, old.kept));
        Some(Candidate {
            when: when(frame, &window, sigma, conditions),
            replaces: moved.map(|(old, _)| Replaced { middle: old.middle }),
            explains: explained(positions, &window, chances),
            hits: h,
            opportunities: n,
            confidence: least_share(h + kept, n + known),
            misses_since: chances.iter().rev().take_while(|chance| chance.hit.is_none()).count(),
            middle_s: None,
            first_s: first.2,
            last_s: last.2,
            score,
            lift: h as f64 / expected,
            evidence: moved.map_or(by_chance, |(_, found)| found.evidence),
        })
    }
}

fn days_of(chances: &[Chance], timeline: &Timeline, acts: &Acts, window: &Window, positions: &[Position]) -> Days {
    let (mut hits, mut told) = ([0; 7], [0; 7]);
    for chance in chances {
        if let (Some(told), Some(hits)) = (told.get_mut(weekday(chance.day)), hits.get_mut(weekday(chance.day))) {
            *told += 1;
            *hits += usize::from(chance.hit.is_some());
        }
    }
    let usual = background(timeline, acts, positions, window, Days::ALL);
    let (days, _) = best_days(&hits, &told, chance_of(usual, window.half));
    days_with_chances(days, &hits, &told)
}

/// Without the days on which it never was done and hardly ever could be: what is switched off on weekends only because
/// it is on then is no habit of all days.
fn days_with_chances(days: Days, hits: &[usize; 7], told: &[usize; 7]) -> Days {
    let most = told.iter().max().copied().unwrap_or(0);
    if most < LEAST_WEEKS {
        return days;
    }
    let counts = hits.iter().zip(told).enumerate();
    let idle = counts.filter(|(_, (hits, told))| **hits == 0 && LEAST_OF_CHANCES * **told < most);
    let bits = idle.fold(days.bits(), |bits, (day, _)| bits & !(1 << day));
    if bits == 0 { days } else { Days::new(bits) }
}

/// The days on which it could have happened in a window, and when it did.
fn chances_of(timeline: &Timeline, acts: &Acts, frame: &Frame, positions: &[Position], window: &Window) -> Vec<Chance> {
    let mut at = positions.partition_point(|position| position.day < window.from_day);
    let mut chances = Vec::new();
    for day in window.from_day..=timeline.last_day {
        let mut hit: Option<(usize, f64)> = None;
        while let Some(position) = positions.get(at).filter(|position| position.day <= day) {
            let away = (position.x - window.center).abs();
            if away <= window.half && hit.is_none_or(|(_, x)| away < (x - window.center).abs()) {
                hit = Some((position.act, position.x));
            }
            at += 1;
        }
        let Some(at_s) = frame.moment(timeline, day, window.center) else { continue };
        let (from_s, to_s) = (at_s - (window.half * 60.0) as i64, at_s + (window.half * 60.0) as i64);
        let open_min = open_s(timeline, acts, from_s, to_s) as f64 / 60.0;
        let could = timeline.is_day_told(day)
            && to_s <= timeline.until_s
            && timeline.is_anyone_home(at_s)
            && LEAST_OPEN * window.half <= open_min;
        if hit.is_some() || could {
            chances.push(Chance { day, at_s, open_min, hit });
        }
    }
    chances
}

/// How many days of a window tell anything.
fn told_days(timeline: &Timeline, window: &Window) -> usize {
    let days = (window.from_day..=timeline.last_day).filter(|day| window.days.has(iso(*day)));
    days.filter(|day| timeline.is_day_told(*day)).count()
}

fn least_hits(timeline: &Timeline, window: &Window, has_moved: bool) -> usize {
    match window.days.bits().count_ones() {
        _ if has_moved => LEAST_HITS_OF_MOVED,
        0..=2 => LEAST_HITS_OF_RARE,
        _ if timeline.last_day - timeline.first_day <= SPANS[0] => LEAST_HITS_EARLY,
        _ => LEAST_HITS,
    }
}

/// Whether it goes by the clock, and is not only what ends what began at a time: what is on for half an hour, more or
/// less, is switched off at about the same time as well.
fn is_by_the_clock(timeline: &Timeline, acts: &Acts, hits: &[(usize, f64, i64)], sigma: f64) -> bool {
    let since =
        hits.iter().filter_map(|(act, ..)| acts.acts.get(*act)).filter_map(|act| since_min(timeline, acts, act.at_s));
    let since: Vec<f64> = since.collect();
    since.is_empty() || sigma <= MOST_OF_THE_TIME_BEFORE * median(&since)
}

/// Whether what seems to go by the sun lies closer together by the clock, with one change of the time at the most: a
/// time that was put earlier as the days grew longer follows the sun from afar.
fn is_rather_by_the_clock(frame: &Frame, acts: &Acts, positions: &[Position], window: &Window) -> bool {
    // What lies about the window counts as well: it was left out because it fits the sun less.
    let is_near = |position: &&Position| {
        let is_since = window.from_day <= position.day && window.days.has(iso(position.day));
        is_since && (position.x - window.center).abs() <= 2.0 * window.half
    };
    let clock = |position: &Position| {
        acts.acts.get(position.act).map_or(0.0, |act| (act.wall_s - position.day * DAY_S) as f64 / 60.0)
    };
    let near = positions.iter().filter(is_near).map(|position| (position.x, clock(position)));
    let (by_sun, by_clock): (Vec<f64>, Vec<f64>) = near.unzip();
    likelihood_of_a_level(&by_sun) - frame.surprise(window.days) < likelihood_of_levels(&by_clock)
}

fn explained(positions: &[Position], window: &Window, chances: &[Chance]) -> Vec<usize> {
    // What lies a little outside the window is of the same habit, and no second one beside it.
    let wide = 1.25 * window.half + 3.0;
    let days: Vec<i64> = chances.iter().map(|chance| chance.day).collect();
    positions
        .iter()
        .filter(|position| (position.x - window.center).abs() <= wide && days.binary_search(&position.day).is_ok())
        .map(|position| position.act)
        .collect()
}

fn when(frame: &Frame, window: &Window, sigma: f64, conditions: Vec<Condition>) -> When {
    let (at_min, trigger, within_s) = match frame {
        Frame::Clock => (Some((window.center.round() as i64).rem_euclid(1440) as u32), None, None),
        Frame::Sun { state, .. } => {
            let trigger = (EntityId::new("sun.sun"), (*state).to_owned());
            (None, Some(trigger), Some((window.center * 60.0).round() as i64))
        }
    };
    // The day of a habit is the one on which its clock time lies.
    let shift = match frame {
        Frame::Clock if window.center < 0.0 => 6,
        Frame::Clock => usize::from(1440.0 <= window.center),
        Frame::Sun { .. } => 0,
    };
    let days = (0..shift).fold(window.days, |days, _| days.after());
    When { days, at_min, spread_min: Some(sigma), trigger, within_s, conditions }
}

/// How often it is done in a minute around the window, on those days.
fn background(timeline: &Timeline, acts: &Acts, positions: &[Position], window: &Window, days: Days) -> f64 {
    let told: usize = told(timeline, window.from_day)
        .iter()
        .enumerate()
        .filter(|(day, _)| days.has(*day as i8 + 1))
        .map(|(_, told)| told)
        .sum();
    let from = positions.partition_point(|position| position.day < window.from_day);
    let on_days = positions.iter().skip(from).filter(|position| days.has(iso(position.day)));
    let (mut earlier, mut later, mut inside) = (0_usize, 0_usize, 0_usize);
    for position in on_days {
        let away = (position.x - window.center).abs();
        inside += usize::from(away <= window.half);
        let is_near = window.half + 6.0 < away && away <= window.half + FLANK_MIN;
        earlier += usize::from(is_near && position.x < window.center);
        later += usize::from(is_near && window.center < position.x);
    }
    // All acts count here, explained or not: what is on for a short time is switched off at any time.
    let all =
        acts.acts.iter().map(|act| day_of(act.wall_s)).filter(|day| window.from_day <= *day && days.has(iso(*day)));
    let outside = all.count().saturating_sub(inside);
    let told = told.max(1) as f64;
    // People get up and go to bed: on one side there may be nobody to do anything.
    let around = (earlier.max(later) as f64 + 0.5) / (told * (FLANK_MIN - 6.0));
    around.max(outside as f64 / (told * 1440.0 * acts.open_part))
}

fn chance_of(per_minute: f64, half: f64) -> f64 {
    (1.0 - (-per_minute * 2.0 * half).exp()).clamp(0.01, 0.97)
}

/// A new habit shows in the last two weeks first, an old one in all that is kept.
const SPANS: [i64; 5] = [14, 28, 56, 100, 4000];
/// A move shows in two weeks, or in the four that a habit of few days needs.
const SPANS_OF_A_MOVE: [i64; 2] = [14, 28];
/// Half widths in minutes that are tried.
const HALVES: [f64; 4] = [10.0, 20.0, 35.0, 50.0];
/// A day of the week counts that had one in so many of the chances of the day that had most.
const LEAST_OF_CHANCES: usize = 3;
/// Before so many, no day of the week is known to have none.
const LEAST_WEEKS: usize = 4;
const LEAST_HITS_OF_RARE: usize = 4;
/// While only one stretch of time is tried.
const LEAST_HITS_EARLY: usize = 5;
/// As many as a habit of weekends shows in two weeks, but for one.
const LEAST_HITS_OF_MOVED: usize = 3;
/// How many acts are expected by chance at the least, as windows lie where acts are.
const LEAST_EXPECTED: f64 = 0.3;
const ROUNDS: usize = 3;
const NARROWEST_MIN: f64 = 8.0;
const WIDEST_MIN: f64 = 60.0;
const MOST_SPREAD_MIN: f64 = 34.0;
/// Of half the window, so much must have been open for anything to be missed.
const LEAST_OPEN: f64 = 0.5;
/// A time that goes by the clock is far more exact than the time since the thing last changed is long.
const MOST_OF_THE_TIME_BEFORE: f64 = 0.3;
/// What is seldom to do is no habit, even if it is always done then.
const LEAST_OF_DAYS: f64 = 0.3;
