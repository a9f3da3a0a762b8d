//! The table of `docs/learning.md`.
//!
//! Only prints what was scored.

use crate::next_act::{Foretold, Hits};
use crate::routine::Kind;
use crate::score::Score;
use crate::settings::Settings;

/// Prints the table of a set of homes.
#[expect(clippy::print_stdout, reason = "this is what the tool is for")]
pub(crate) fn print(settings: &Settings, with: &Score, without: &Score, tell: bool) {
    println!("## Homes of the {} set: {} with routines, {} without", settings.name, with.homes, without.homes);
    println!("\n| kind | planted | found | wrong | precision | recall | F1 |\n|---|---|---|---|---|---|---|");
    let mut all = (0, 0, 0);
    for kind in Kind::ALL {
        let (found, missed, wrong) = with.kinds.get(&kind).copied().unwrap_or_default();
        all = (all.0 + found, all.1 + missed, all.2 + wrong);
        println!("{}", row(kind.name(), (found, missed, wrong)));
    }
    println!("{}\n", row("all", all));
    println!("- time error, median: {:.1} min", median(&with.time_errors));
    println!(
        "- preference error as a part of the better of last value and mean, median: {:.2}, mean: {:.2}",
        median(&with.taste_parts),
        mean(&with.taste_parts)
    );
    println!("- guarded suggestions: {}", with.guarded + without.guarded);
    let falses = |score: &Score| score.false_suggestions as f64 / score.weeks.max(1.0);
    if 0.0 < with.weeks {
        let soon = with.found_after.iter().filter(|day| day.is_some_and(|day| day <= 14)).count();
        let known: Vec<f64> = with.found_after.iter().flatten().map(|day| *day as f64).collect();
        let part = 100.0 * soon as f64 / with.found_after.len().max(1) as f64;
        println!(
            "- daily habits found within 14 days: {part:.0} % of {}; median {:.0} days",
            with.found_after.len(),
            median(&known)
        );
        for least in [0, LEAST_SHOWN] {
            let shown = || with.changes.iter().filter(|change| least <= change.shown_days);
            println!(
                "- 14 days after a change, of {} that showed on at least {least} days: old offered {}, new found {}",
                shown().count(),
                shown().filter(|change| change.is_old_offered).count(),
                shown().filter(|change| change.is_new_found).count()
            );
        }
        next_acts(&with.foretold);
        println!("- false suggestions a week: {:.2} with routines, {:.2} without", falses(with), falses(without));
    }
    let at_end: usize = without.kinds.values().map(|(_, _, wrong)| wrong).sum();
    println!("- suggestions at the end in homes without routines: {at_end} in {}", without.homes);
    println!("- events a home: {}\n", (with.events + without.events) / (with.homes + without.homes).max(1));
    if tell {
        for (title, lines) in [("wrong", &with.wrong), ("missed", &with.missed), ("wrong without", &without.wrong)] {
            println!("### {title}");
            lines.iter().for_each(|line| println!("{line}"));
        }
    }
}

#[expect(clippy::print_stdout, reason = "this is what the tool is for")]
fn next_acts(foretold: &Foretold) {
    let part = |hits: usize| 100.0 * hits as f64 / foretold.acts.max(1) as f64;
    println!("\n| the next act, of {} | the first | among three |\n|---|---|---|", foretold.acts);
    for (name, Hits { first, among_three }) in foretold.ways() {
        println!("| {name} | {:.1} % | {:.1} % |", part(first), part(among_three));
    }
    println!();
}

fn row(name: &str, (found, missed, wrong): (usize, usize, usize)) -> String {
    let part = |of: usize| if of == 0 { 1.0 } else { found as f64 / of as f64 };
    let (precision, recall) = (part(found + wrong), part(found + missed));
    let f1 = 2.0 * precision * recall / (precision + recall).max(1e-9);
    format!("| {name} | {} | {found} | {wrong} | {precision:.2} | {recall:.2} | {f1:.3} |", found + missed)
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}

/// What shows on fewer days within two weeks looks like chance.
const LEAST_SHOWN: usize = 4;

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}
