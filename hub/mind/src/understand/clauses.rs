//! Several requests in one sentence: where one ends and the next begins, when that is beyond doubt.
//!
//! Splits only before a verb of command; what is said in one breath with a shared verb is left to the model.

use super::tokenized::{Tokenized, said};
use crate::texts;
use crate::texts::words::each;
use crate::words::Word;
use house::Lang;

/// The requests of a sentence, in order, in their own words. One part if nothing is beyond doubt.
pub fn clauses(tokenized: &Tokenized) -> Vec<String> {
    let words: Vec<&str> = tokenized.words.iter().map(|word| word.text.as_str()).collect();
    if each(|words| words.keep_whole).any(|start| starts_at(&words, 0, start)) {
        return vec![tokenized.text.clone()];
    }
    let mut parts = Vec::new();
    let mut start = 0;
    let mut at = 1;
    while at < words.len() {
        match joint_at(&words, at).filter(|_| !is_inside_name(tokenized, at)) {
            Some(next) if start < at => {
                parts.push(said(tokenized, start, at - 1));
                (start, at) = (next, next + 1);
            }
            _ => at += 1,
        }
    }
    if start < words.len() {
        parts.push(said(tokenized, start, words.len() - 1));
    }
    parts
}

/// Whether words begin as an order does.
pub fn begins_with_verb(all: &[Word]) -> bool {
    let words: Vec<&str> = all.iter().map(|word| word.text.as_str()).collect();
    each(|words| words.command_verbs).any(|verb| starts_at(&words, 0, verb))
}

/// Where the next request begins, if a joint of a language stands here and an order of that language follows.
fn joint_at(words: &[&str], at: usize) -> Option<usize> {
    Lang::ALL.iter().find_map(|lang| {
        let own = texts::of(*lang).words();
        let joint = own.joints.iter().find(|joint| starts_at(words, at, joint))?;
        let rest = words.get(at + joint.len()..)?;
        let next = at + joint.len() + rest.iter().take_while(|word| own.after_joints.contains(word)).count();
        own.command_verbs.iter().any(|verb| starts_at(words, next, verb)).then_some(next)
    })
}

fn starts_at(words: &[&str], at: usize, wanted: &[&str]) -> bool {
    words.get(at..).is_some_and(|rest| rest.starts_with(wanted))
}

fn is_inside_name(tokenized: &Tokenized, at: usize) -> bool {
    tokenized.marks.iter().any(|mark| mark.first <= at && at <= mark.last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::understand::prompt::Names;
    use crate::understand::tokenized::tokenize;

    fn check(text: &str, want: &[&str]) {
        let names = Names::new([("Turn and Open", "scene")]);
        assert_eq!(clauses(&tokenize(text, &names).unwrap()), want, "{text}");
    }

    #[test]
    fn splits_before_a_verb_only() {
        check(
            "turn on the kitchen lights and dim the hall to 30 %",
            &["turn on the kitchen lights", "dim the hall to 30 %"],
        );
        check("turn off the kitchen and hall lights", &["turn off the kitchen and hall lights"]);
        check(
            "Lock the door, then close the blinds and play jazz",
            &["Lock the door", "close the blinds", "play jazz"],
        );
        check(
            "when the door opens turn on the light and close the blinds",
            &["when the door opens turn on the light and close the blinds"],
        );
        check("activate turn and open", &["activate turn and open"]);
        check("play rock and roll", &["play rock and roll"]);
        check("打开厨房的灯然后把走廊调到30%", &["打开厨房的灯", "把走廊调到30%"]);
        check("把厨房和走廊的灯打开", &["把厨房和走廊的灯打开"]);
        check("关灯再拉上窗帘", &["关灯", "拉上窗帘"]);
        check("如果下雨就关窗并且打开灯", &["如果下雨就关窗并且打开灯"]);
    }
}
