//! Circles: sets in which each leads to each other.

use std::collections::{BTreeMap, BTreeSet};

use crate::arrows::Arrows;

/// Every set of two or more that lead to each other, in the order of their first member.
pub fn circles(arrows: &Arrows) -> Vec<Vec<String>> {
    let reach: BTreeMap<&String, BTreeSet<&String>> = arrows.keys().map(|from| (from, reached(from, arrows))).collect();
    let leads = |from: &String, to: &String| reach.get(from).is_some_and(|reached| reached.contains(to));
    let mut circles = Vec::new();
    let mut seen = BTreeSet::new();
    for from in arrows.keys() {
        let circle: Vec<String> = arrows.keys().filter(|to| leads(from, to) && leads(to, from)).cloned().collect();
        if 1 < circle.len() && circle.iter().all(|member| seen.insert(member.clone())) {
            circles.push(circle);
        }
    }
    circles
}

fn reached<'a>(from: &'a String, arrows: &'a Arrows) -> BTreeSet<&'a String> {
    let mut found = BTreeSet::new();
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        open.extend(arrows.get(at).into_iter().flatten().filter(|to| found.insert(*to)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Arrows, circles};

    #[test]
    fn what_leads_back_is_a_circle() {
        let arrow = |from: &str, to: &[&str]| (from.to_owned(), to.iter().map(|to| (*to).to_owned()).collect());
        let arrows = Arrows::from([arrow("a", &["b"]), arrow("b", &["c"]), arrow("c", &["b", "d"]), arrow("d", &[])]);
        assert_eq!(circles(&arrows), [["b", "c"]]);
    }
}
