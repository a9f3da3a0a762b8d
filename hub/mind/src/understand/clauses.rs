//! Several requests in one sentence: where one ends and the next begins, when that is beyond doubt.
//!
//! Splits only before a verb of command; what is said in one breath with a shared verb is left to the model.

use super::tokenized::{Tokenized, said};
use crate::words::Word;

/// The requests of a sentence, in order, in their own words. One part if nothing is beyond doubt.
pub fn clauses(tokenized: &Tokenized) -> Vec<String> {
    let words: Vec<&str> = tokenized.words.iter().map(|word| word.text.as_str()).collect();
    if words.first().is_some_and(|first| KEEP_WHOLE.contains(first))
        || KEEP_WHOLE_HAN.iter().any(|start| starts_at(&words, 0, start))
    {
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
    words.first().is_some_and(|first| VERBS.contains(first)) || VERBS_HAN.iter().any(|verb| starts_at(&words, 0, verb))
}

/// Where the next request begins, if a joint stands here.
fn joint_at(words: &[&str], at: usize) -> Option<usize> {
    let after_and = match words.get(at) {
        Some(&("and" | "then" | "also")) => {
            let more = words
                .get(at + 1..)?
                .iter()
                .take_while(|word| matches!(**word, "and" | "then" | "also" | "please"))
                .count();
            Some(at + 1 + more)
        }
        _ => None,
    };
    if let Some(next) = after_and {
        return words.get(next).is_some_and(|word| VERBS.contains(word)).then_some(next);
    }
    let joint = JOINTS_HAN.iter().find(|joint| starts_at(words, at, joint))?;
    let next = at + joint.len();
    let next = next + usize::from(words.get(next) == Some(&"请"));
    VERBS_HAN.iter().any(|verb| starts_at(words, next, verb)).then_some(next)
}

fn starts_at(words: &[&str], at: usize, wanted: &[&str]) -> bool {
    words.get(at..).is_some_and(|rest| rest.starts_with(wanted))
}

fn is_inside_name(tokenized: &Tokenized, at: usize) -> bool {
    tokenized.marks.iter().any(|mark| mark.first <= at && at <= mark.last)
}

/// Sentences that begin so carry other sentences inside them.
const KEEP_WHOLE: &[&str] =
    &["when", "whenever", "if", "remind", "broadcast", "announce", "tell", "say", "shout", "every", "once", "as"];
const KEEP_WHOLE_HAN: &[&[&str]] = &[
    &["当"],
    &["如", "果"],
    &["要", "是"],
    &["每"],
    &["提", "醒"],
    &["广", "播"],
    &["告", "诉"],
    &["通", "知"],
    &["以", "后"],
    &["只", "要"],
    &["一", "旦"],
    &["我", "说"],
];
const VERBS: &[&str] = &[
    "turn",
    "switch",
    "deactivate",
    "disable",
    "enable",
    "set",
    "dim",
    "brighten",
    "open",
    "close",
    "shut",
    "lock",
    "unlock",
    "play",
    "pause",
    "stop",
    "start",
    "make",
    "put",
    "add",
    "lower",
    "raise",
    "increase",
    "decrease",
    "mute",
    "unmute",
    "run",
    "activate",
    "arm",
    "disarm",
    "change",
    "pull",
    "cancel",
    "clean",
    "vacuum",
    "skip",
    "resume",
    "flip",
    "power",
    "bring",
    "kill",
    "remove",
];
const JOINTS_HAN: &[&[&str]] = &[
    &["然", "后", "再"],
    &["然", "后"],
    &["并", "且"],
    &["接", "着"],
    &["顺", "便"],
    &["同", "时"],
    &["还", "有"],
    &["之", "后", "再"],
    &["再"],
    &["并"],
    &["和"],
];
const VERBS_HAN: &[&[&str]] = &[
    &["打", "开"],
    &["关"],
    &["开"],
    &["把"],
    &["将"],
    &["调"],
    &["锁"],
    &["解", "锁"],
    &["播", "放"],
    &["暂", "停"],
    &["设"],
    &["拉"],
    &["启", "动"],
    &["停"],
    &["放"],
    &["静", "音"],
    &["取", "消"],
    &["添", "加"],
    &["让"],
    &["布", "防"],
    &["升"],
    &["降"],
];

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
