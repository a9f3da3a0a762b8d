//! An utterance while it is being put together from templates, and the requests in it.

use house::{IntentKind, Slot, SlotKind};
use mind::understand::code::slots_of;
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

use crate::dialect::Dialect;
use crate::house::House;
use crate::noise;
use crate::say::{self, Lang};
use crate::template::{Book, Line, Node, Section};

/// The text of a macro without any slots.
pub(crate) fn say_plain(book: &Book, name: &str, rng: &mut StdRng) -> String {
    let empty = House::default();
    let mut draft = Draft::new(book, lang_of(book), &empty, rng);
    draft.depth = 1;
    draft.utter(name);
    draft.text
}

/// A request while it is being put together.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) kind: IntentKind,
    pub(crate) items: Vec<Item>,
}

/// One of its parts, with the bytes that it takes.
#[derive(Clone, Debug)]
pub(crate) enum Item {
    Words(Slot, usize, usize),
    Number(Slot, usize, usize),
    Label(Slot, &'static str),
    Kind(&'static str, Option<&'static str>, usize, usize),
}

impl Item {
    pub(crate) fn range_mut(&mut self) -> Option<(&mut usize, &mut usize)> {
        match self {
            Self::Words(_, start, end) | Self::Number(_, start, end) | Self::Kind(_, _, start, end) => {
                Some((start, end))
            }
            Self::Label(..) => None,
        }
    }
}

/// An utterance while it is being put together.
pub(crate) struct Draft<'a> {
    book: &'a Book,
    lang: Lang,
    house: &'a House,
    rng: &'a mut StdRng,
    pub(crate) is_marked: bool,
    pub(crate) is_noisy: bool,
    pub(crate) is_terse: bool,
    pub(crate) dialect: Dialect,
    pub(crate) text: String,
    pub(crate) requests: Vec<Request>,
    body: Vec<Vec<Node>>,
    depth: usize,
    nesting: usize,
    pub(crate) failed: bool,
}

impl<'a> Draft<'a> {
    pub(crate) fn new(book: &'a Book, lang: Lang, house: &'a House, rng: &'a mut StdRng) -> Self {
        Self {
            book,
            lang,
            house,
            rng,
            is_marked: true,
            is_noisy: false,
            is_terse: false,
            dialect: Dialect::Plain,
            text: String::new(),
            requests: Vec::new(),
            body: Vec::new(),
            depth: 0,
            nesting: 0,
            failed: false,
        }
    }

    pub(crate) fn single(&mut self) {
        let (section, line) = self.pick(false);
        self.request(section, line, true);
    }

    /// Several orders one after another.
    pub(crate) fn several(&mut self, count: usize) {
        for index in 0..count {
            let (section, line) = self.pick(true);
            if 0 < index {
                let name = if index + 1 == count { "join" } else { "join_inner" };
                self.utter(name);
            }
            self.request(section, line, index == 0);
        }
    }

    fn pick(&mut self, orders_only: bool) -> (&'a Section, &'a Line) {
        let book = self.book;
        loop {
            let section = book.sections.choose_weighted(self.rng, |section| section.weight);
            let Ok(section) = section else { continue };
            if orders_only && !section.is_order {
                continue;
            }
            if let Ok(line) = section.lines.choose_weighted(self.rng, |line| line.weight) {
                return (section, line);
            }
        }
    }

    fn request(&mut self, section: &'a Section, line: &'a Line, is_first: bool) {
        self.requests.push(Request { kind: section.intent, items: Vec::new() });
        let body = self.timed(section, line);
        self.body.push(body);
        let may_wrap = is_first && self.rng.random_bool(0.4);
        let wrapper = match (may_wrap, section.is_order, line.is_imperative) {
            (false, ..) => "body",
            (true, true, true) => "wrap",
            (true, true, false) => "wrap_noun",
            (true, false, _) => "wrap_ask",
        };
        self.utter(wrapper);
        self.body.pop();
    }

    /// The template, sometimes with a time before or behind it.
    fn timed(&mut self, section: &Section, line: &Line) -> Vec<Node> {
        let mut nodes = line.nodes.clone();
        let slots = slots_of(section.intent);
        let may = section.is_order && slots.contains(&Slot::When);
        let own = format!("{nodes:?}").contains("Fill(When");
        if may && !own && self.rng.random_bool(0.1) {
            let when = Node::Fill(Slot::When, vec![Node::Use("when".into())]);
            let is_before = self.rng.random_bool(if self.lang == Lang::En { 0.25 } else { 0.95 });
            match is_before {
                true => nodes.insert(0, when),
                false => nodes.push(when),
            }
        }
        let is_plain = !own && !format!("{:?}", line.nodes).contains("Fill(For");
        if may && is_plain && slots.contains(&Slot::For) && self.rng.random_bool(0.03) {
            if self.lang == Lang::En {
                nodes.push(Node::Text("for".into()));
            }
            nodes.push(Node::Fill(Slot::For, vec![Node::Use("dur".into())]));
        }
        nodes
    }

    /// Says a macro or a built-in.
    fn utter(&mut self, name: &str) {
        self.nesting += 1;
        if 60 < self.nesting {
            self.failed = true;
        } else if name == "body" {
            if let Some(body) = self.body.last().cloned() {
                self.nodes(&body);
            }
        } else if let Some(text) = self.builtin(name) {
            self.push(&text);
        } else if name == "command" {
            self.command();
        } else if let Some(alternatives) = {
            let book = self.book;
            book.macros.get(name)
        } {
            self.any(alternatives);
        } else {
            debug_assert!(false, "no such macro: {name}");
            self.failed = true;
        }
        self.nesting -= 1;
    }

    /// An order in words only, for messages and rules.
    fn command(&mut self) {
        let (section, line) = self.pick(true);
        if section.is_order && line.is_imperative {
            self.nodes(&line.nodes);
        } else {
            self.failed = true;
        }
    }

    fn any(&mut self, alternatives: &[Vec<Node>]) {
        if let Some(nodes) = alternatives.choose(self.rng) {
            self.nodes(nodes);
        }
    }

    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            self.node(node);
        }
    }

    fn node(&mut self, node: &Node) {
        match node {
            Node::Text(text) => self.words(text),
            Node::Any(alternatives) => self.any(alternatives),
            Node::Maybe(alternatives) => {
                if self.rng.random_bool(0.4) {
                    self.any(alternatives);
                }
            }
            Node::Use(name) => self.utter(name),
            Node::Fill(slot, body) => {
                let (start, end) = self.inside(body);
                let item = match slot.kind() {
                    SlotKind::Number | SlotKind::Duration => Item::Number(*slot, start, end),
                    SlotKind::Words | SlotKind::Label(_) => Item::Words(*slot, start, end),
                };
                self.item(item);
            }
            Node::Kind(domain, class, body) => {
                let (start, end) = self.inside(body);
                self.item(Item::Kind(domain, *class, start, end));
            }
            Node::Label(slot, label) => self.item(Item::Label(*slot, label)),
            Node::Next(kind) => {
                if self.depth == 0 {
                    self.requests.push(Request { kind: *kind, items: Vec::new() });
                }
            }
        }
    }

    fn inside(&mut self, body: &[Node]) -> (usize, usize) {
        let start = self.text.len();
        self.depth += 1;
        self.nodes(body);
        self.depth -= 1;
        (start, self.text.len())
    }

    fn item(&mut self, item: Item) {
        if self.depth == 0
            && let Some(request) = self.requests.last_mut()
        {
            request.items.push(item);
        }
    }

    fn words(&mut self, text: &str) {
        match self.lang {
            Lang::En => {
                let list: Vec<&str> = text.split_whitespace().collect();
                let mut at = 0;
                while let Some(word) = list.get(at).copied() {
                    at += 1;
                    let is_lost = self.depth == 0 && noise::is_small(word);
                    if self.is_terse && is_lost {
                        continue;
                    }
                    let dice = if self.is_noisy { self.rng.random_range(0..100) } else { 100 };
                    match (dice, list.get(at)) {
                        (0..12, _) => {
                            let said = noise::word(word, self.rng);
                            self.push(&said);
                        }
                        (12..26, _) if is_lost => {}
                        (26..29, _) if noise::is_plain(word) => {
                            self.push(word);
                            self.push(word);
                        }
                        (29..32, Some(next)) if noise::is_plain(word) && noise::is_plain(next) => {
                            self.push(&format!("{word}{next}"));
                            at += 1;
                        }
                        _ => self.push(word),
                    }
                }
            }
            Lang::Zh => {
                let text: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
                let text = self.dialect.speak(&text, self.rng);
                let said = match (self.is_noisy, self.depth) {
                    (true, 0) => noise::slurred(&noise::misheard(&text, self.rng), self.rng),
                    (true, _) => noise::misheard(&text, self.rng),
                    (false, _) => text,
                };
                self.push(&said);
            }
        }
    }

    fn push(&mut self, text: &str) {
        let (is_glued, text) = text.strip_prefix('^').map_or((false, text), |rest| (true, rest));
        if text.is_empty() {
            return;
        }
        if self.lang == Lang::En && !is_glued && !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(&text.replace('_', " "));
    }

    fn builtin(&mut self, name: &str) -> Option<String> {
        let parts: Vec<&str> = name.split('.').collect();
        let number = |at: usize, or: u64| parts.get(at).and_then(|part| part.parse::<u64>().ok()).unwrap_or(or);
        Some(match *parts.first()? {
            "num" => {
                let value = self.rng.random_range(number(1, 0)..=number(2, 100));
                say::count(self.lang, value, self.rng)
            }
            "pct" => {
                let value = match self.rng.random_bool(0.75) {
                    true => self.rng.random_range(0..=20_u64) * 5,
                    false => self.rng.random_range(1..=100),
                };
                say::percent(self.lang, value, self.rng)
            }
            "step" => {
                let value = self.rng.random_range(1..=10_u64) * 5;
                say::percent(self.lang, value, self.rng)
            }
            "deg" => say::degrees(self.lang, self.rng),
            "kelvin" => {
                let value = self.rng.random_range(18..=65_u64) * 100;
                say::count(self.lang, value, self.rng)
            }
            "dur" => say::length(self.lang, self.rng),
            "clock" => say::clock(self.lang, self.rng),
            "name" => self.known(parts.get(1).copied()?)?,
            "area" => self.known("area")?,
            "floor" => self.known("floor")?,
            "timer" => self.known("timer")?,
            _ => return None,
        })
    }

    /// A name of the house, or now and then one that it does not have.
    fn known(&mut self, mark: &str) -> Option<String> {
        let is_marked = self.is_marked;
        let fits: Vec<&str> = self
            .house
            .by_mark
            .get(mark)
            .into_iter()
            .flatten()
            .filter(|name| is_marked || !name.is_composed)
            .map(|name| name.text.as_str())
            .collect();
        match fits.choose(self.rng) {
            Some(name) if self.rng.random_bool(0.86) => Some((*name).to_owned()),
            _ => Some(say_plain(self.book, &format!("n.{mark}"), self.rng)),
        }
    }
}

fn lang_of(book: &Book) -> Lang {
    match book.macros.contains_key("is_chinese") {
        true => Lang::Zh,
        false => Lang::En,
    }
}
