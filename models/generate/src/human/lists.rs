//! Things to be put on a list, and the list.

use house::Slot;
use mind::understand::code::CodeValue;
use serde_json::Value;

use super::line::{Line, Slots};

impl Line<'_> {
    pub(super) fn items(&self, slots: &Value) -> Option<Slots> {
        let wanted = &slots["item"];
        let spelt: Vec<&str> = match wanted {
            Value::String(text) => vec![text.as_str()],
            Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        if let Some((first, last)) = spelt.iter().find_map(|text| self.find(text)) {
            return Some(vec![(Slot::Item, CodeValue::Span(first, last))]);
        }
        if !spelt.is_empty() {
            return None;
        }
        let vague =
            ["first item", "last item", "second row", "this item", "item", "项目", "事项", "东西", "it", "this"];
        Some(
            vague
                .iter()
                .find_map(|text| self.find(text))
                .map(|(first, last)| (Slot::Item, CodeValue::Span(first, last)))
                .into_iter()
                .collect(),
        )
    }

    pub(super) fn list_name(&self) -> Option<(Slot, CodeValue)> {
        let known = [
            "list of things to do",
            "things to do",
            "list of things i need to buy",
            "to do",
            "todo",
            "chore",
            "chores",
            "shopping",
            "grocery",
            "groceries",
            "待办事项",
            "待办清单",
            "待办",
            "购物清单",
            "购物",
            "杂货清单",
            "杂货",
        ];
        let at = known.iter().find_map(|text| self.find(text)).or_else(|| self.list_name_zh()).or_else(|| {
            let at = self.heard.iter().position(|word| word.text == "list").filter(|at| 0 < *at)?;
            let is_plain = matches!(
                self.word(at - 1),
                "the" | "my" | "a" | "this" | "to" | "of" | "on" | "from" | "new" | "an" | "your" | "that" | "me"
            );
            (!is_plain).then_some((at - 1, at - 1))
        })?;
        Some((Slot::Name, CodeValue::Span(at.0, at.1)))
    }

    /// The words up to `清单`, from the last word that can't be part of a name.
    pub(super) fn list_name_zh(&self) -> Option<(usize, usize)> {
        let (at, last) = self.find("清单")?;
        let is_end = |at: &usize| {
            matches!(
                self.word(*at),
                "的" | "到" | "从" | "在" | "我" | "入" | "进" | "把" | "给" | "个" | "往" | "出" | "看" | "至"
            )
        };
        let first = (0..at).rev().find(is_end).map_or(0, |at| at + 1);
        (first < at && at - first < 6).then_some((first, last))
    }
}
