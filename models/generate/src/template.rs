//! The template language: alternatives, options, macros, slots and labels.
//!
//! `(a|b)` one of; `[a|b]` one of or nothing; `<name>` a macro or a built-in; `{slot:…}` words that fill
//! a slot; `{slot}` short for `{slot:<slot>}` and `{name.light}` for `{name:<name.light>}`; `{%cover.blind:…}`
//! a noun that says a kind; `@slot=label` a label without words; `@!HassTurnOff` begins the next request;
//! `^` glues to the word before; `_` is a space that also Chinese keeps.

use std::collections::HashMap;

use anyhow::{Context, Result, bail};
use house::{IntentKind, Slot, SlotKind};

/// A parsed template.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    /// Words.
    Text(String),
    /// One of several.
    Any(Vec<Vec<Self>>),
    /// One of several, or nothing.
    Maybe(Vec<Vec<Self>>),
    /// A macro.
    Use(String),
    /// Words that fill a slot.
    Fill(Slot, Vec<Self>),
    /// A noun for a kind.
    Kind(&'static str, Option<&'static str>, Vec<Self>),
    /// A label.
    Label(Slot, &'static str),
    /// The next request.
    Next(IntentKind),
}

/// Templates of one kind of request.
#[derive(Clone, Debug)]
pub(crate) struct Section {
    /// The kind.
    pub(crate) intent: IntentKind,
    /// How often, next to the others.
    pub(crate) weight: f64,
    /// Whether it is an order that may carry politeness and times.
    pub(crate) is_order: bool,
    /// Its templates, each with a weight.
    pub(crate) lines: Vec<Line>,
}

/// One template.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// How often, next to the others of its section.
    pub(crate) weight: f64,
    /// Whether it is an imperative, so that "can you" may stand before it.
    pub(crate) is_imperative: bool,
    /// The template.
    pub(crate) nodes: Vec<Node>,
}

/// All templates of a language.
#[derive(Clone, Debug, Default)]
pub(crate) struct Book {
    /// Macros by name.
    pub(crate) macros: HashMap<String, Vec<Vec<Node>>>,
    /// Sections in file order.
    pub(crate) sections: Vec<Section>,
}

/// Reads template files.
pub(crate) fn parse(texts: &[&str]) -> Result<Book> {
    let mut book = Book::default();
    for text in texts {
        for line in logical_lines(text) {
            add_line(&mut book, &line).with_context(|| format!("reading template `{line}`"))?;
        }
    }
    Ok(book)
}

/// Lines without comments; an indented line continues the one before if that is a macro.
fn logical_lines(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        match out.last_mut() {
            Some(last) if line.starts_with(' ') => {
                last.push(' ');
                last.push_str(line.trim());
            }
            _ => out.push(line.trim_end().to_owned()),
        }
    }
    out
}

fn add_line(book: &mut Book, line: &str) -> Result<()> {
    if let Some(head) = line.strip_prefix("== ") {
        book.sections.push(section(head)?);
        return Ok(());
    }
    if let Some((name, body)) = macro_of(line) {
        let alternatives = Parser { chars: body.chars().collect(), at: 0 }.whole()?;
        book.macros.entry(name.to_owned()).or_default().extend(alternatives);
        return Ok(());
    }
    let (weight, rest) = match line.strip_prefix('*').and_then(|rest| rest.split_once(' ')) {
        Some((weight, rest)) => (weight.parse()?, rest),
        None => (1.0, line),
    };
    let (is_imperative, rest) = match rest.strip_prefix('~') {
        Some(rest) => (false, rest),
        None => (true, rest),
    };
    let alternatives = Parser { chars: rest.chars().collect(), at: 0 }.whole()?;
    let nodes = vec![Node::Any(alternatives)];
    let section = book.sections.last_mut().context("a template before the first section")?;
    section.lines.push(Line { weight, is_imperative, nodes });
    Ok(())
}

fn macro_of(line: &str) -> Option<(&str, &str)> {
    let (name, body) = line.split_once(" = ")?;
    let is_name = name
        .chars()
        .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || matches!(letter, '_' | '.'));
    is_name.then_some((name, body))
}

fn section(head: &str) -> Result<Section> {
    let parts: Vec<&str> = head.split_whitespace().collect();
    let name = parts.first().context("a section without a name")?;
    let intent = IntentKind::parse(name).with_context(|| format!("no such intent: {name}"))?;
    let weight = parts.get(1).map_or(Ok(1.0), |weight| weight.parse())?;
    Ok(Section { intent, weight, is_order: parts.contains(&"order"), lines: Vec::new() })
}

struct Parser {
    chars: Vec<char>,
    at: usize,
}

impl Parser {
    fn whole(mut self) -> Result<Vec<Vec<Node>>> {
        let out = self.alternatives()?;
        match self.peek() {
            None => Ok(out),
            Some(letter) => bail!("unexpected `{letter}` at {}", self.at),
        }
    }

    fn alternatives(&mut self) -> Result<Vec<Vec<Node>>> {
        let mut out = vec![self.sequence()?];
        while self.peek() == Some('|') {
            self.at += 1;
            out.push(self.sequence()?);
        }
        Ok(out)
    }

    fn sequence(&mut self) -> Result<Vec<Node>> {
        let mut out = Vec::new();
        while let Some(letter) = self.peek() {
            match letter {
                '|' | ')' | ']' | '}' => break,
                '(' => out.push(Node::Any(self.group(')')?)),
                '[' => out.push(Node::Maybe(self.group(']')?)),
                '<' => out.push(Node::Use(self.until('>')?)),
                '{' => out.push(self.braces()?),
                '@' => out.push(self.label()?),
                _ => out.push(self.text()),
            }
        }
        Ok(out)
    }

    fn group(&mut self, close: char) -> Result<Vec<Vec<Node>>> {
        self.at += 1;
        let out = self.alternatives()?;
        self.expect(close)?;
        Ok(out)
    }

    fn until(&mut self, close: char) -> Result<String> {
        self.at += 1;
        let from = self.at;
        while self.peek().is_some_and(|letter| letter != close) {
            self.at += 1;
        }
        let name = self.chars.get(from..self.at).unwrap_or_default().iter().collect();
        self.expect(close)?;
        Ok(name)
    }

    fn braces(&mut self) -> Result<Node> {
        self.at += 1;
        let head = self.name();
        let body = match self.peek() {
            Some(':') => Some(self.group('}')?),
            _ => {
                self.expect('}')?;
                None
            }
        };
        if let Some(kind) = head.strip_prefix('%') {
            let (domain, class) = kind.split_once('.').map_or((kind, None), |(domain, class)| (domain, Some(class)));
            let class = class.map(|class| label_of(Slot::DeviceClass, class)).transpose()?;
            return Ok(Node::Kind(
                label_of(Slot::Domain, domain)?,
                class,
                vec![Node::Any(body.context("a kind without words")?)],
            ));
        }
        let slot_name = head.split('.').next().unwrap_or_default();
        let slot = Slot::parse(slot_name).with_context(|| format!("no such slot: {slot_name}"))?;
        let body = body.map_or_else(|| vec![Node::Use(head.clone())], |body| vec![Node::Any(body)]);
        Ok(Node::Fill(slot, body))
    }

    fn label(&mut self) -> Result<Node> {
        self.at += 1;
        if self.peek() == Some('!') {
            self.at += 1;
            let name = self.name();
            return Ok(Node::Next(IntentKind::parse(&name).with_context(|| format!("no such intent: {name}"))?));
        }
        let name = self.name();
        self.expect('=')?;
        let label = self.name();
        let slot = Slot::parse(&name).with_context(|| format!("no such slot: {name}"))?;
        Ok(Node::Label(slot, label_of(slot, &label)?))
    }

    fn name(&mut self) -> String {
        let from = self.at;
        while self.peek().is_some_and(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | '%')) {
            self.at += 1;
        }
        self.chars.get(from..self.at).unwrap_or_default().iter().collect()
    }

    fn text(&mut self) -> Node {
        let from = self.at;
        while self.peek().is_some_and(|letter| !"|()[]{}<>@".contains(letter)) {
            self.at += 1;
        }
        Node::Text(self.chars.get(from..self.at).unwrap_or_default().iter().filter(|letter| **letter != '~').collect())
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn expect(&mut self, letter: char) -> Result<()> {
        match self.peek() == Some(letter) {
            true => {
                self.at += 1;
                Ok(())
            }
            false => bail!("expected `{letter}` at {}", self.at),
        }
    }
}

fn label_of(slot: Slot, name: &str) -> Result<&'static str> {
    let SlotKind::Label(labels) = slot.kind() else { bail!("`{}` has no labels", slot.as_str()) };
    labels
        .iter()
        .find(|label| **label == name)
        .copied()
        .with_context(|| format!("no such label: {}={name}", slot.as_str()))
}
