//! Habits that follow something: a door opens and the light goes on; a fan goes off again ten minutes after it went on.
//!
//! What happens all day is no trigger: it must make the act far likelier than its hour does, and more than soon after.

use std::collections::HashMap;

use house::{Days, Domain, When};

use super::acts::{Acts, is_so};
use super::calendar::day_of;
use super::candidate::Candidate;
use super::conditions::{self, Clocks, MOST_MOMENTS};
use super::statistics::{last_stretch, least_share, log_likelihood, median, quantile, share, spread};
use super::timeline::{Change, Number, Timeline};
use super::views::{Moments, View};

/// What comes before: an entity and the state it comes to.
type Trigger = (Number, Number);

/// What may be habits of every action, in the order of the actions.
pub(super) fn find(timeline: &Timeline, all: &[Acts]) -> Vec<Vec<Candidate>> {
    let mut pairs = pairs(timeline, all);
    // What was so when a trigger came is looked up once for all that may follow it.
    pairs.sort_unstable_by_key(|(index, trigger, _)| (*trigger, *index));
    let triggers = triggers(timeline);
    let mut found: Vec<Vec<Candidate>> = all.iter().map(|_| Vec::new()).collect();
    for pairs in pairs.chunk_by(|(_, one, _), (_, other, _)| one == other) {
        let Some(at) = pairs.first().and_then(|(_, trigger, _)| triggers.get(trigger)) else { continue };
        let moments = Moments::of(timeline, at.clone());
        for (index, trigger, hits) in pairs {
            let (Some(acts), Some(list)) = (all.get(*index), found.get_mut(*index)) else { continue };
            if recent(at, acts) <= hits * MOST_CHANCES_A_HIT {
                list.extend(judge_pair(&moments, acts, *trigger, at));
            }
        }
    }
    found.into_iter().map(without_echoes).collect()
}

/// Leaves out what only comes between a trigger and what follows it: a door closes after it opened, and then the light
/// goes on.
fn without_echoes(all: Vec<Candidate>) -> Vec<Candidate> {
    let is_echo = |one: &Candidate| all.iter().any(|other| is_echo_of(one, other));
    let keep: Vec<bool> = all.iter().map(|one| !is_echo(one)).collect();
    all.into_iter().zip(keep).filter(|(_, keep)| *keep).map(|(one, _)| one).collect()
}

/// Whether an explanation is that of another one's acts by something that the same thing did later.
fn is_echo_of(one: &Candidate, other: &Candidate) -> bool {
    let (Some((thing, _)), Some((other_thing, _))) = (&one.when.trigger, &other.when.trigger) else { return false };
    let is_later = thing == other_thing && one.middle_s < other.middle_s;
    let both = one.explains.iter().filter(|act| other.explains.binary_search(act).is_ok()).count();
    let is_same = MOST_OF_THE_SAME * one.explains.len() as f64 <= both as f64;
    is_later && is_same && AS_GOOD * one.score <= other.score
}

/// How often the trigger came since the action was first done.
fn recent(moments: &[i64], acts: &Acts) -> usize {
    let first = acts.acts.first().map_or(0, |act| act.at_s) - LONGEST_S;
    moments.len() - moments.partition_point(|at| *at < first)
}

fn triggers(timeline: &Timeline) -> HashMap<Trigger, Vec<i64>> {
    let mut found: HashMap<Trigger, Vec<i64>> = HashMap::new();
    for change in timeline.changes.iter().filter(|change| is_trigger(timeline, change)) {
        found.entry((change.entity, change.to)).or_default().push(change.at_s);
    }
    found
}

/// The sun is measured by on its own, and the weather changes too slowly to be followed.
fn is_trigger(timeline: &Timeline, change: &Change) -> bool {
    let domain = timeline.domains.get(change.entity as usize).copied().unwrap_or(Domain::Other);
    change.from.is_some() && !matches!(domain, Domain::Other | Domain::Weather | Domain::Sensor | Domain::Number)
}

/// Which trigger came before which action, and how often.
fn pairs(timeline: &Timeline, all: &[Acts]) -> Vec<(usize, Trigger, usize)> {
    let mut counts: HashMap<(usize, Trigger), usize> = HashMap::new();
    let changes: Vec<&Change> = timeline.changes.iter().filter(|change| is_trigger(timeline, change)).collect();
    let mut seen: Vec<Trigger> = Vec::new();
    for (index, acts) in all.iter().enumerate() {
        for act in &acts.acts {
            let end = changes.partition_point(|change| change.at_s <= act.at_s);
            seen.clear();
            let before = changes.get(..end).unwrap_or_default().iter().rev();
            for change in before.take_while(|change| act.at_s - LONGEST_S <= change.at_s).take(MOST_BEFORE) {
                let trigger = (change.entity, change.to);
                if change.entity != acts.entity && !seen.contains(&trigger) {
                    seen.push(trigger);
                    *counts.entry((index, trigger)).or_default() += 1;
                }
            }
        }
    }
    let others = counts.into_iter().filter(|(_, hits)| LEAST_HITS <= *hits).map(|((index, t), hits)| (index, t, hits));
    others.chain(own_pairs(timeline, all)).collect()
}

/// What a thing was before, as a trigger of what it comes to be: how long it stays so.
fn own_pairs(timeline: &Timeline, all: &[Acts]) -> Vec<(usize, Trigger, usize)> {
    let mut pairs = Vec::new();
    for (index, acts) in all.iter().enumerate().filter(|(_, acts)| acts.state.is_some()) {
        let changes = timeline.changes.iter().filter(|change| change.entity == acts.entity);
        let mut earlier: Vec<Number> =
            changes.filter(|change| Some(change.to) == acts.state).filter_map(|change| change.from).collect();
        earlier.sort_unstable();
        earlier.dedup();
        pairs.extend(earlier.into_iter().map(|before| (index, (acts.entity, before), acts.acts.len())));
    }
    pairs
}

/// One moment at which the trigger came and the action could follow.
#[derive(Clone, Copy, Debug)]
struct Chance {
    /// Which of the trigger's moments it is.
    place: usize,
    at_s: i64,
    next: Option<(usize, i64)>,
}

fn judge_pair(moments: &Moments<'_>, acts: &Acts, trigger: Trigger, at: &[i64]) -> Vec<Candidate> {
    let timeline = moments.timeline;
    let chances = chances(timeline, acts, trigger, at);
    let delays: Vec<f64> = chances.iter().filter_map(|chance| chance.next.map(|(_, delay)| delay as f64)).collect();
    if delays.len() < LEAST_HITS {
        return Vec::new();
    }
    let is_own = trigger.0 == acts.entity;
    let first = chances.len().saturating_sub(MOST_MOMENTS + STILL_RUNNING);
    let newest = chances.iter().skip(first).map(|chance| chance.place).collect();
    let pair = Pair { timeline, acts, trigger, view: View::of(moments, newest), first };
    let weight = |one: &Candidate| if is_own { one.evidence } else { one.score };
    // What holds on the whole is no reason to leave out what holds far better where something else is so.
    let (mut bare, mut conditional): (Option<Candidate>, Option<Candidate>) = (None, None);
    for (from, to) in windows(&delays, is_own) {
        for one in judge_window(&pair, &chances, (from, to)).into_iter().filter(may_be_offered) {
            let best = if one.when.has_conditions() { &mut conditional } else { &mut bare };
            if best.as_ref().is_none_or(|best| weight(best) < weight(&one)) {
                *best = Some(one);
            }
        }
    }
    bare.into_iter().chain(conditional).collect()
}

/// Whether it is likely enough, and likely enough to be no chance.
fn may_be_offered(one: &Candidate) -> bool {
    super::LEAST_LIFT <= one.lift && super::LEAST_CONFIDENCE <= one.confidence
}

fn chances(timeline: &Timeline, acts: &Acts, trigger: Trigger, moments: &[i64]) -> Vec<Chance> {
    let longest = if trigger.0 == acts.entity { LONGEST_OWN_S } else { LONGEST_S };
    let first = acts.acts.first().map_or(0, |act| act.at_s) - longest;
    let mut at = 0;
    let mut chances: Vec<Chance> = Vec::new();
    for (place, moment) in moments.iter().enumerate().filter(|(_, moment)| first <= **moment) {
        while acts.acts.get(at).is_some_and(|act| act.at_s < *moment) {
            at += 1;
        }
        let is_repeat = chances.last().is_some_and(|last| *moment - last.at_s < REPEATED_WITHIN_S);
        if is_repeat || (trigger.0 != acts.entity && is_so(timeline, acts, *moment - 1)) {
            continue;
        }
        let next = acts.acts.get(at).map(|act| (at, act.at_s - *moment)).filter(|(_, delay)| *delay <= longest);
        chances.push(Chance { place, at_s: *moment, next });
    }
    chances
}

/// The stretches after the trigger that are tried, in seconds.
fn windows(delays: &[f64], is_own: bool) -> Vec<(i64, i64)> {
    let mut windows: Vec<(i64, i64)> = Vec::new();
    if !is_own {
        windows.extend([15, 30, 60, 120, 180, 300, 600, 900, 1800].map(|to| (0, to)));
    }
    for middle in middles(delays) {
        for around in [1.08, 1.15, 1.3, 1.5] {
            windows.push(((middle / around) as i64, (middle * around).ceil() as i64));
        }
    }
    windows
}

/// Where the delays lie closest together.
fn middles(delays: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<f64> = delays.iter().copied().filter(|delay| SHORTEST_S <= *delay).collect();
    sorted.sort_by(f64::total_cmp);
    let mut counts: Vec<(usize, f64)> = sorted
        .iter()
        .map(|middle| {
            let from = sorted.partition_point(|delay| *delay < middle / 1.15);
            let to = sorted.partition_point(|delay| *delay <= middle * 1.15);
            (to - from, *middle)
        })
        .collect();
    counts.sort_by(|one, other| other.0.cmp(&one.0).then(one.1.total_cmp(&other.1)));
    let Some(best) = counts.first() else { return Vec::new() };
    let ties: Vec<f64> = counts.iter().filter(|(count, _)| *count == best.0).map(|(_, middle)| *middle).collect();
    vec![median(&ties)]
}

/// A trigger and what may follow it.
struct Pair<'t> {
    timeline: &'t Timeline,
    acts: &'t Acts,
    trigger: Trigger,
    /// The newest chances, from this one on.
    view: View<'t, 't>,
    first: usize,
}

fn judge_window(pair: &Pair<'_>, chances: &[Chance], window: (i64, i64)) -> Vec<Candidate> {
    let Pair { timeline, acts, trigger, view, first } = pair;
    let is_hit = |chance: &Chance| chance.next.is_some_and(|(_, delay)| (window.0..=window.1).contains(&delay));
    // What is still running says nothing yet.
    let is_over = |chance: &Chance| is_hit(chance) || chance.at_s + window.1 <= timeline.until_s;
    let (places, over): (Vec<usize>, Vec<Chance>) =
        chances.iter().copied().enumerate().filter(|(_, chance)| is_over(chance)).unzip();
    let days: Vec<i64> = over.iter().map(|chance| day_of(timeline.wall(chance.at_s))).collect();
    let outcomes: Vec<bool> = over.iter().map(is_hit).collect();
    let start = last_stretch(&days, &outcomes, timeline.last_day);
    let (places, over) = (places.get(start..).unwrap_or_default(), over.get(start..).unwrap_or_default());
    let hits = over.iter().filter(|chance| is_hit(chance)).count();
    if hits < LEAST_HITS || hits * MOST_CHANCES_A_HIT < over.len() {
        return Vec::new();
    }
    let mut found = Vec::new();
    if LEAST_SHARE <= least_share(hits, over.len()) {
        let one = candidate(timeline, acts, *trigger, over, window, bare(timeline, *trigger));
        found.extend(one.map(|one| Candidate { explains: explained(chances, window, |_| true), ..one }));
    }
    let newest = places.iter().zip(over).filter_map(|(place, chance)| Some((place.checked_sub(*first)?, chance)));
    let moments: Vec<(usize, bool)> = newest.map(|(place, chance)| (place, is_hit(chance))).collect();
    if let Some(split) = conditions::split(view, acts.entity, &moments, Clocks::Tried) {
        let newest = over.iter().skip(over.len() - moments.len().min(MOST_MOMENTS));
        let kept: Vec<Chance> = newest.filter(|chance| (split.holds)(chance.place)).copied().collect();
        let when = When { days: split.days, conditions: split.conditions, ..bare(timeline, *trigger) };
        let one = candidate(timeline, acts, *trigger, &kept, window, when);
        found.extend(one.map(|one| Candidate { explains: explained(chances, window, &split.holds), ..one }));
    }
    found
}

/// Which acts are of such a habit: those in the newest stretch and those before, and what came a little late.
fn explained(chances: &[Chance], window: (i64, i64), holds: impl Fn(usize) -> bool) -> Vec<usize> {
    let late = (window.1 as f64 * LATE) as i64;
    let followed = chances.iter().filter(|chance| holds(chance.place)).filter_map(|chance| chance.next);
    let mut explained: Vec<usize> =
        followed.filter(|(_, delay)| (window.0..=late).contains(delay)).map(|(act, _)| act).collect();
    explained.dedup();
    explained
}

fn bare(timeline: &Timeline, trigger: Trigger) -> When {
    let id = timeline.entities.get(trigger.0 as usize).cloned();
    let word = timeline.words.get(trigger.1 as usize).cloned();
    When {
        days: Days::ALL,
        at_min: None,
        spread_min: None,
        trigger: id.zip(word),
        within_s: None,
        conditions: Vec::new(),
    }
}

fn candidate(
    timeline: &Timeline,
    acts: &Acts,
    trigger: Trigger,
    chances: &[Chance],
    window: (i64, i64),
    when: When,
) -> Option<Candidate> {
    let is_in = |delay: i64| (window.0..=window.1).contains(&delay);
    let hits: Vec<(usize, i64, i64)> = chances
        .iter()
        .filter_map(|chance| chance.next.filter(|(_, delay)| is_in(*delay)).map(|(act, d)| (act, d, chance.at_s)))
        .collect();
    let (first, last) = (hits.first()?, hits.last()?);
    let delays: Vec<f64> = hits.iter().map(|(_, delay, _)| *delay as f64).collect();
    let (n, h) = (chances.len(), hits.len());
    let p = share(h, n);
    let is_own = trigger.0 == acts.entity;
    let (chance, per_minute) = match is_own {
        true => own_chance(window, chances),
        false => {
            let followed: Vec<usize> = hits.iter().map(|(act, ..)| *act).collect();
            usual_chance(timeline, acts, &followed, chances, window)
        }
    };
    let evidence = log_likelihood(h, n, p) - log_likelihood(h, n, chance);
    let wide_min = (window.1 - window.0).max(6) as f64 / 60.0;
    let sigma_min = (spread(&delays) / 60.0).max(0.08);
    let density = (sigma_min * 4.13).min(wide_min);
    let per_hit = p.ln() - density.ln() - per_minute.ln();
    let score = h as f64 * per_hit + (n - h) as f64 * (1.0 - p).ln() - SURPRISE;
    let when = When { within_s: Some(length(&delays, is_own)), spread_min: Some(sigma_min), ..when };
    Some(Candidate {
        when,
        explains: hits.iter().map(|(act, ..)| *act).collect(),
        hits: h,
        opportunities: n,
        confidence: least_share(h, n),
        replaces: None,
        misses_since: chances.iter().rev().take_while(|one| one.next.is_none_or(|(_, delay)| !is_in(delay))).count(),
        middle_s: Some(median(&delays) as i64),
        first_s: first.2,
        last_s: last.2,
        score,
        lift: p / chance,
        evidence,
    })
}

/// How long after: the middle of what lies close together, or how long it may take where it lies anywhere from the
/// beginning on.
fn length(delays: &[f64], is_own: bool) -> i64 {
    let middle = median(delays);
    let is_anywhere = !is_own && quantile(delays, 0.1) < EARLY * middle;
    let length = if is_anywhere { quantile(delays, 0.85) } else { middle };
    length.round().max(1.0) as i64
}

/// How likely the act is in such a window at those hours anyway, and in one minute of it: from what was done without
/// the trigger, as what follows it says nothing of what is usual.
fn usual_chance(
    timeline: &Timeline,
    acts: &Acts,
    followed: &[usize],
    chances: &[Chance],
    window: (i64, i64),
) -> (f64, f64) {
    let mut hours = [0.0_f64; 24];
    let first = acts.acts.first().map_or(0, |act| day_of(act.wall_s));
    let days = (timeline.last_day - first + 1).max(1) as f64;
    let others = acts.acts.iter().enumerate().filter(|(index, _)| followed.binary_search(index).is_err());
    for (_, act) in others {
        for near in -1..=1_i64 {
            let hour = (act.wall_s.div_euclid(3600) + near).rem_euclid(24) as usize;
            if let Some(count) = hours.get_mut(hour) {
                *count += 1.0 / 3.0;
            }
        }
    }
    let hour = |chance: &Chance| timeline.wall(chance.at_s).div_euclid(3600).rem_euclid(24) as usize;
    let at_hours: f64 = chances.iter().map(|chance| hours.get(hour(chance)).copied().unwrap_or(0.0)).sum::<f64>()
        / chances.len() as f64;
    let minutes = (window.1 - window.0).max(6) as f64 / 60.0;
    let after = later_rate(chances, window);
    let per_minute = (CLUMPED * at_hours / (days * 60.0 * acts.open_part.max(0.05))).max(1.3 * after).max(1e-5);
    ((1.0 - (-per_minute * minutes).exp()).clamp(0.004, 0.97), per_minute)
}

/// How often it is done in a minute a little later: people who are up do many things.
fn later_rate(chances: &[Chance], window: (i64, i64)) -> f64 {
    let long = (window.1 - window.0).max(60);
    let (from, to) = (window.1 + long, window.1 + 3 * long);
    let without = chances.iter().filter(|chance| chance.next.is_none_or(|(_, delay)| from < delay));
    let (mut seen, mut exposed) = (0.0, 0.5);
    for chance in without {
        exposed += 1.0;
        seen += f64::from(u8::from(chance.next.is_some_and(|(_, delay)| (from..to).contains(&delay))));
    }
    match exposed < 6.0 {
        true => 0.0,
        false => seen / exposed / ((to - from) as f64 / 60.0),
    }
}

/// How likely such a length is where lengths are as they come.
fn own_chance(window: (i64, i64), chances: &[Chance]) -> (f64, f64) {
    let wide = ((window.1.max(1)) as f64 / (window.0.max(1)) as f64).ln();
    let all: Vec<f64> =
        chances.iter().filter_map(|chance| chance.next.map(|(_, delay)| (delay.max(1) as f64).ln())).collect();
    let sigma = spread(&all).clamp(0.75, 1.3);
    let chance = (wide / (sigma * 2.507)).clamp(0.02, 0.95);
    (chance, chance / ((window.1 - window.0).max(6) as f64 / 60.0))
}

const LONGEST_S: i64 = 1800;
/// A washing machine, a film, a charge.
const LONGEST_OWN_S: i64 = 4 * 3600;
/// Of what an echo explains, the trigger before it explains so much, about as well.
const MOST_OF_THE_SAME: f64 = 0.6;
const AS_GOOD: f64 = 0.6;
/// What comes so much later than the latest is still of the habit.
const LATE: f64 = 1.25;
/// Of the middle one, the part at which a tenth lies: a fifth where they lie anywhere, two thirds where they lie close.
const EARLY: f64 = 0.45;
const SHORTEST_S: f64 = 20.0;
const REPEATED_WITHIN_S: i64 = 10;
const MOST_BEFORE: usize = 400;
/// Chances at the end that may not be over yet.
const STILL_RUNNING: usize = 64;
const LEAST_HITS: usize = 6;
const MOST_CHANCES_A_HIT: usize = 14;
const LEAST_SHARE: f64 = 0.4;
/// People do things in clumps: whoever moves is likelier to do anything.
const CLUMPED: f64 = 3.0;
/// There are many pairs of things in a home.
const SURPRISE: f64 = 6.0;
