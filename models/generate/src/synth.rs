//! Rows from the templates: expands them, marks the names, turns spans into the code.

use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::OnceLock;

use anyhow::{Result, bail};
use house::{IntentKind, Slot, SlotKind};
use mind::understand::code::{CodeIntent, CodeValue, slots_of};
use mind::understand::prompt::Mark;
use mind::words::{Word, words};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

use crate::dialect::{self, Dialect};
use crate::house::House;
use crate::row::{Row, row};
use crate::say::{self, Lang};
use crate::template::{Book, Line, Node, Section, parse};
use crate::{check, house as houses, noise};

/// Writes rows to a file.
pub(crate) fn write(seed: u64, count: usize, lang: &str, output: &Path) -> Result<()> {
    // A fixed number of streams, whatever the machine: the same seed writes the same rows everywhere.
    let share = count.div_ceil(STREAMS);
    let parts: Vec<Vec<String>> = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..STREAMS)
            .map(|stream| {
                let count = share.min(count.saturating_sub(stream * share));
                scope.spawn(move || {
                    let mut maker = Maker::new(seed.wrapping_mul(1000).wrapping_add(stream as u64), lang)?;
                    (0..count).map(|_| Ok(serde_json::to_string(&maker.next().0)?)).collect::<Result<Vec<String>>>()
                })
            })
            .collect();
        handles
            .into_iter()
            .map(|handle| handle.join().unwrap_or_else(|_| bail!("a stream died")))
            .collect::<Result<_>>()
    })?;
    let mut out = BufWriter::new(std::fs::File::create(output)?);
    for line in parts.iter().flatten() {
        writeln!(out, "{line}")?;
    }
    Ok(out.flush()?)
}

/// Prints rows to be read by people.
pub(crate) fn show(seed: u64, count: usize, lang: &str, only: Option<&str>) -> Result<()> {
    let mut maker = Maker::new(seed, lang)?;
    let mut out = std::io::stdout().lock();
    let mut shown = 0;
    for _ in 0..count * 500 {
        let (row, text) = maker.next();
        let line = readable(&row, &text);
        if only.is_none_or(|only| line.contains(only)) {
            writeln!(out, "{line}")?;
            shown += 1;
        }
        if count <= shown {
            break;
        }
    }
    Ok(())
}

/// A row with its spans written out.
pub(crate) fn readable(row: &Row, text: &str) -> String {
    let heard: Vec<String> =
        row.prompt.iter().filter(|piece| !piece.starts_with("<|")).map(|piece| piece.trim().to_owned()).collect();
    let marks: String = row.prompt.iter().filter(|piece| piece.starts_with("<|m:")).map(String::as_str).collect();
    let code = match &row.code {
        None => "-".to_owned(),
        Some(code) => {
            let word = |token: &String| {
                token.strip_prefix('@').and_then(|at| at.parse::<usize>().ok()).and_then(|at| heard.get(at).cloned())
            };
            code.iter()
                .map(|token| word(token).map_or_else(|| token.clone(), |word| format!("'{word}'")))
                .collect::<Vec<_>>()
                .join(" ")
        }
    };
    format!("{text}  ||  {code}  {marks}")
}

/// The text of a macro without any slots.
pub(crate) fn say_plain(book: &Book, name: &str, rng: &mut StdRng) -> String {
    let empty = House::default();
    let mut draft = Draft::new(book, lang_of(book), &empty, rng);
    draft.depth = 1;
    draft.utter(name);
    draft.text
}

/// Makes one row after another.
pub(crate) struct Maker {
    rng: StdRng,
    lang: Option<Lang>,
    house: [House; 2],
    made: usize,
}

impl Maker {
    /// A maker for `en`, `zh` or `mixed`.
    pub(crate) fn new(seed: u64, lang: &str) -> Result<Self> {
        let lang = match lang {
            "en" => Some(Lang::En),
            "zh" => Some(Lang::Zh),
            "mixed" => None,
            other => bail!("no such language: `{other}`"),
        };
        let (_, _) = (book(Lang::En)?, book(Lang::Zh)?);
        Ok(Self { rng: StdRng::seed_from_u64(seed), lang, house: Default::default(), made: 0 })
    }

    /// The next good row and its text.
    pub(crate) fn next(&mut self) -> (Row, String) {
        loop {
            if self.made % 24 == 0 {
                for (lang, house) in [Lang::En, Lang::Zh].into_iter().zip(&mut self.house) {
                    if let Ok(book) = book(lang) {
                        *house = houses::random(book, &mut self.rng);
                    }
                }
            }
            self.made += 1;
            let lang = self.lang.unwrap_or_else(|| if self.rng.random_bool(0.5) { Lang::En } else { Lang::Zh });
            let [english, chinese] = &self.house;
            let house = if lang == Lang::En { english } else { chinese };
            let Ok(book) = book(lang) else { continue };
            if let Some(made) = one(book, lang, house, &mut self.rng) {
                return made;
            }
        }
    }
}

fn one(book: &Book, lang: Lang, house: &House, rng: &mut StdRng) -> Option<(Row, String)> {
    let is_marked = rng.random_bool(0.9);
    let is_noisy = rng.random_bool(0.06);
    let is_terse = lang == Lang::En && rng.random_bool(0.03);
    let is_clipped = rng.random_bool(0.02);
    let dialect = dialect::random(lang, rng);
    let count = match rng.random_range(0..100) {
        0..91 => 1,
        91..98 => 2,
        _ => 3,
    };
    let mut draft = Draft::new(book, lang, house, rng);
    (draft.is_marked, draft.is_noisy, draft.is_terse, draft.dialect) = (is_marked, is_noisy, is_terse, dialect);
    match count {
        1 => draft.single(),
        _ => draft.several(count),
    }
    if draft.failed {
        return None;
    }
    let (mut text, mut requests) = (dialect.written(draft.text), draft.requests);
    if is_clipped {
        clip(lang, &mut text, &mut requests, rng);
    }
    let heard = words(&text);
    let marks = if is_marked { house.names.find(&heard) } else { Vec::new() };
    let intents = requests.iter().map(|request| finish(request, &heard, &marks, house)).collect::<Option<Vec<_>>>()?;
    let lang = if lang == Lang::En { "en" } else { "zh" };
    let row = row(lang, &heard, &marks, Some(&intents), "gen")?;
    check::kinds(&row).ok()?;
    Some((row, text))
}

/// A request while it is being put together.
#[derive(Clone, Debug)]
struct Request {
    kind: IntentKind,
    items: Vec<Item>,
}

#[derive(Clone, Debug)]
enum Item {
    Words(Slot, usize, usize),
    Number(Slot, usize, usize),
    Label(Slot, &'static str),
    Kind(&'static str, Option<&'static str>, usize, usize),
}

impl Item {
    fn range_mut(&mut self) -> Option<(&mut usize, &mut usize)> {
        match self {
            Self::Words(_, start, end) | Self::Number(_, start, end) | Self::Kind(_, _, start, end) => {
                Some((start, end))
            }
            Self::Label(..) => None,
        }
    }
}

/// Loses the beginning of an utterance, as a microphone that opens late does.
fn clip(lang: Lang, text: &mut String, requests: &mut [Request], rng: &mut StdRng) {
    let free = requests
        .iter_mut()
        .flat_map(|request| &mut request.items)
        .filter_map(|item| item.range_mut().map(|(start, _)| *start))
        .min();
    let cut = noise::late(lang, text, rng);
    if cut == 0 || free.is_some_and(|free| free < cut) {
        return;
    }
    text.replace_range(..cut, "");
    for (start, end) in requests.iter_mut().flat_map(|request| &mut request.items).filter_map(Item::range_mut) {
        *start -= cut;
        *end -= cut;
    }
}

/// An utterance while it is being put together.
struct Draft<'a> {
    book: &'a Book,
    lang: Lang,
    house: &'a House,
    rng: &'a mut StdRng,
    is_marked: bool,
    is_noisy: bool,
    is_terse: bool,
    dialect: Dialect,
    text: String,
    requests: Vec<Request>,
    body: Vec<Vec<Node>>,
    depth: usize,
    nesting: usize,
    failed: bool,
}

impl<'a> Draft<'a> {
    fn new(book: &'a Book, lang: Lang, house: &'a House, rng: &'a mut StdRng) -> Self {
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

    fn single(&mut self) {
        let (section, line) = self.pick(false);
        self.request(section, line, true);
    }

    /// Several orders one after another.
    fn several(&mut self, count: usize) {
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

/// Turns a request's byte ranges into the code; `None` if they do not fit the words or the marks.
fn finish(request: &Request, heard: &[Word], marks: &[Mark], house: &House) -> Option<CodeIntent> {
    let mut slots: Vec<(Slot, CodeValue)> = Vec::new();
    let mut swallowed: Vec<(usize, usize)> = Vec::new();
    for item in &request.items {
        if let Item::Kind(domain, class, start, end) = item {
            kind_slots(domain, *class, range(heard, *start, *end)?, heard, marks, house, &mut slots, &mut swallowed);
        }
    }
    for item in &request.items {
        match item {
            Item::Label(slot, label) => slots.push((*slot, CodeValue::Label(label))),
            Item::Number(slot, start, end) => slots.push((*slot, CodeValue::At(range(heard, *start, *end)?.0))),
            Item::Words(slot, start, end) => {
                let (first, last) = range(heard, *start, *end)?;
                let is_place = matches!(slot, Slot::Area | Slot::Floor);
                if is_place && swallowed.iter().any(|(from, to)| *from <= first && last <= *to) {
                    continue;
                }
                if matches!(slot, Slot::Area | Slot::Floor | Slot::Name) && is_torn(first, last, heard, marks, house) {
                    return None;
                }
                slots.push((*slot, CodeValue::Span(first, last)));
            }
            Item::Kind(..) => {}
        }
    }
    slots.dedup();
    let mut seen: Vec<(Slot, CodeValue)> = Vec::new();
    for slot in slots {
        let is_twin = seen.contains(&slot)
            || (matches!(slot.1, CodeValue::Label(_))
                && slot.0 != Slot::DeviceClass
                && seen.iter().any(|(name, _)| *name == slot.0));
        if !is_twin {
            seen.push(slot);
        }
    }
    if request.kind == IntentKind::LightSet {
        light_domain(&mut seen);
    }
    let allowed = slots_of(request.kind);
    seen.retain(|(slot, _)| allowed.contains(slot));
    Some(CodeIntent { kind: request.kind, slots: seen })
}

/// A lamp of a name needs no kind, and all else that is lit is a light.
fn light_domain(slots: &mut Vec<(Slot, CodeValue)>) {
    let is_named = slots.iter().any(|(slot, _)| *slot == Slot::Name);
    let is_it = slots.contains(&(Slot::Scope, CodeValue::Label("it")));
    let has_place = slots.iter().any(|(slot, _)| matches!(slot, Slot::Area | Slot::Floor));
    match is_named && !has_place {
        true => slots.retain(|(slot, _)| *slot != Slot::Domain),
        false if is_it || is_named || slots.iter().any(|(slot, _)| *slot == Slot::Domain) => {}
        false => slots.push((Slot::Domain, CodeValue::Label("light"))),
    }
}

/// A kind noun gives labels, or a name where it belongs to a marked name.
#[expect(clippy::too_many_arguments, reason = "two outputs of one pass over the items")]
fn kind_slots(
    domain: &'static str,
    class: Option<&'static str>,
    (first, last): (usize, usize),
    heard: &[Word],
    marks: &[Mark],
    house: &House,
    slots: &mut Vec<(Slot, CodeValue)>,
    swallowed: &mut Vec<(usize, usize)>,
) {
    let is_sensed = matches!(domain, "sensor" | "binary_sensor");
    let mark = marks.iter().find(|mark| {
        let fits =
            mark.kinds.contains(&domain) || (!is_sensed && mark.kinds.iter().any(|kind| SWITCHED.contains(kind)));
        mark.first <= first && last <= mark.last && fits && house.exact.contains(&said(mark, heard))
    });
    match mark {
        Some(mark) => {
            swallowed.push((mark.first, mark.last));
            slots.push((Slot::Name, CodeValue::Span(mark.first, mark.last)));
            if domain == "lock" || is_sensed {
                slots.push((Slot::Domain, CodeValue::Label(domain)));
                slots.extend(class.map(|class| (Slot::DeviceClass, CodeValue::Label(class))));
            }
        }
        None => {
            slots.push((Slot::Domain, CodeValue::Label(domain)));
            slots.extend(class.map(|class| (Slot::DeviceClass, CodeValue::Label(class))));
        }
    }
}

const SWITCHED: &[&str] =
    &["light", "switch", "fan", "cover", "input_boolean", "media_player", "climate", "lock", "valve", "humidifier"];

/// Whether a mark covers a span only partly, or more than it. A plural of a name is not that name.
fn is_torn(first: usize, last: usize, heard: &[Word], marks: &[Mark], house: &House) -> bool {
    marks.iter().any(|mark| {
        let overlaps = mark.first <= last && first <= mark.last;
        let is_inside = first <= mark.first && mark.last <= last;
        overlaps && !is_inside && house.exact.contains(&said(mark, heard))
    })
}

/// The words of a mark as a key.
fn said(mark: &Mark, heard: &[Word]) -> String {
    heard
        .get(mark.first..=mark.last)
        .unwrap_or_default()
        .iter()
        .map(|word| word.text.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The words of a byte range.
fn range(heard: &[Word], start: usize, end: usize) -> Option<(usize, usize)> {
    let inside = |word: &Word| start <= word.start && word.end <= end;
    if heard.iter().any(|word| !inside(word) && start < word.end && word.start < end) {
        return None;
    }
    let first = heard.iter().position(inside)?;
    let last = heard.iter().rposition(inside)?;
    Some((first, last))
}

fn lang_of(book: &Book) -> Lang {
    match book.macros.contains_key("is_chinese") {
        true => Lang::Zh,
        false => Lang::En,
    }
}

/// The templates of a language, read once.
pub(crate) fn book(lang: Lang) -> Result<&'static Book> {
    static BOOKS: OnceLock<[Book; 2]> = OnceLock::new();
    if BOOKS.get().is_none() {
        let _ = BOOKS.set([parse(EN)?, parse(ZH)?]);
    }
    let Some([english, chinese]) = BOOKS.get() else { bail!("no templates") };
    Ok(if lang == Lang::En { english } else { chinese })
}

const STREAMS: usize = 4;
const EN: &[&str] = &[
    include_str!("../text/en-names.txt"),
    include_str!("../text/en-house.txt"),
    include_str!("../text/en-media.txt"),
    include_str!("../text/en-state.txt"),
    include_str!("../text/en-other.txt"),
    include_str!("../text/en-plain.txt"),
    include_str!("../text/en-several.txt"),
    include_str!("../text/en-wish.txt"),
    include_str!("../text/en-time.txt"),
];
const ZH: &[&str] = &[
    include_str!("../text/zh-names.txt"),
    include_str!("../text/zh-house.txt"),
    include_str!("../text/zh-media.txt"),
    include_str!("../text/zh-state.txt"),
    include_str!("../text/zh-other.txt"),
    include_str!("../text/zh-plain.txt"),
    include_str!("../text/zh-several.txt"),
    include_str!("../text/zh-wish.txt"),
    include_str!("../text/zh-time.txt"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_passes_the_check() {
        let mut maker = Maker::new(7, "mixed").unwrap();
        for _ in 0..3000 {
            let (row, text) = maker.next();
            check::kinds(&row).unwrap_or_else(|error| panic!("{error}: {text}"));
        }
    }
}
