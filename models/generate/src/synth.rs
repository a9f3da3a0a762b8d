//! Rows from the templates: expands them, marks the names, turns spans into the code.

use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Result, bail};
use mind::words::words;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::books::book;
use crate::draft::{Draft, Item, Request};
use crate::finish::finish;
use crate::house::House;
use crate::row::{Row, row};
use crate::say::Lang;
use crate::template::Book;
use crate::{check, dialect, noise, random_house};

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
            if self.made.is_multiple_of(24) {
                for (lang, house) in [Lang::En, Lang::Zh].into_iter().zip(&mut self.house) {
                    if let Ok(book) = book(lang) {
                        *house = random_house::random(book, &mut self.rng);
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

/// How many streams rows are made in.
const STREAMS: usize = 4;

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

    #[test]
    fn the_same_seed_makes_the_same_rows() {
        let rows = || -> Vec<String> {
            let mut maker = Maker::new(7, "mixed").unwrap();
            (0..1000).map(|_| maker.next().1).collect()
        };
        assert_eq!(rows(), rows());
    }
}
