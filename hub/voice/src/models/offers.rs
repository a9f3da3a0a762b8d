//! The list of models that Vosk publishes, in the form that its own client reads.
//!
//! Says what is offered; fetches no model.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use runtime::model::choice::{columns, is_name};
use runtime::model::fetch;
use serde::Deserialize;

/// A model on the list.
#[derive(Clone, Debug, Deserialize)]
pub struct Offer {
    /// Its name, such as `vosk-model-small-en-us-0.15`.
    pub name: String,
    /// Its language, such as `en-us` or `cn`.
    #[serde(default)]
    pub lang: String,
    /// The same in words.
    #[serde(default)]
    pub lang_text: String,
    /// `small`, `big` or another kind.
    #[serde(default, rename = "type")]
    pub kind: String,
    /// Bytes of its archive.
    pub size: u64,
    /// The MD5 of its archive, in hexadecimal.
    pub md5: String,
    /// Where its archive is: an address, or a file beside the list.
    pub url: String,
    /// `true`, as text, where a better one has taken its place.
    #[serde(default)]
    pub obsolete: String,
}

/// Where a list or an archive is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// An address.
    Address(String),
    /// A file.
    Path(PathBuf),
}

impl Source {
    /// An address, `file://` or a path.
    pub fn of(text: &str) -> Self {
        match text.strip_prefix("file://") {
            Some(path) => Self::Path(PathBuf::from(path)),
            None if text.starts_with("http://") || text.starts_with("https://") => Self::Address(text.to_owned()),
            None => Self::Path(PathBuf::from(text)),
        }
    }

    /// Whether anyone on the way could change what comes from there.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Address(url) if url.starts_with("http://"))
    }

    /// Another, named by an address or as a file beside this one.
    pub(super) fn beside(&self, text: &str) -> Self {
        match (Self::of(text), self) {
            (Self::Path(file), Self::Path(own)) if file.is_relative() => Self::Path(own.with_file_name(file)),
            (Self::Path(file), Self::Address(own)) if file.is_relative() => {
                let folder = own.rsplit_once('/').map_or(own.as_str(), |(folder, _)| folder);
                Self::Address(format!("{folder}/{text}"))
            }
            (named, _) => named,
        }
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Address(url) => write!(f, "`{url}`"),
            Self::Path(path) => write!(f, "`{}`", path.display()),
        }
    }
}

impl Offer {
    /// Whether a better one has taken its place.
    pub fn is_obsolete(&self) -> bool {
        self.obsolete == "true"
    }

    /// What can be told of it before it is fetched.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        ensure!(is_name(&self.name), "`{}` can't be a model's name here", self.name);
        let is_md5 = self.md5.len() == 32 && self.md5.bytes().all(|byte| byte.is_ascii_hexdigit());
        ensure!(is_md5, "the list gives `{}` as the MD5 of `{}`, which is none", self.md5, self.name);
        ensure!(
            (1..=MOST_BYTES).contains(&self.size),
            "`{}` has {} bytes and at most {MOST_BYTES} are taken",
            self.name,
            self.size
        );
        Ok(())
    }
}

/// Reads a list.
///
/// # Errors
/// If it can't be reached, is larger than any, or is not in the form of Vosk's.
pub fn read(source: &Source) -> anyhow::Result<Vec<Offer>> {
    let text = match source {
        Source::Address(url) => fetch::text(url, MOST_LIST_BYTES)
            .context("read the list of models; --list names another address or a file")?,
        Source::Path(path) => read_file(path)?,
    };
    serde_json::from_str(&text).with_context(|| format!("{source} is not Vosk's list of models"))
}

/// The model of that name.
///
/// # Errors
/// If the list has none; says which are called alike.
pub fn named<'o>(offers: &'o [Offer], name: &str) -> anyhow::Result<&'o Offer> {
    if let Some(offer) = offers.iter().find(|offer| offer.name == name) {
        return Ok(offer);
    }
    let near = near(offers, name);
    match near.is_empty() {
        true => bail!("the list has no model `{name}`; `hearthd voice-model available` shows what it has"),
        false => bail!("the list has no model `{name}`; is one of these meant?\n{}", near.join("\n")),
    }
}

/// A table of what is offered for a terminal, of one language if one is named.
pub fn table(offers: &[Offer], lang: Option<&str>) -> String {
    let mut rows = vec![["NAME", "LANGUAGE", "KIND", "SIZE", ""].map(str::to_owned)];
    let is_meant = |offer: &&Offer| lang.is_none_or(|lang| offer.lang.starts_with(lang));
    rows.extend(offers.iter().filter(is_meant).map(|offer| {
        let size = format!("{:.1} MB", offer.size as f64 / 1e6);
        let lang = format!("{} ({})", offer.lang, offer.lang_text);
        [offer.name.clone(), lang, offer.kind.clone(), size, remark(offer).to_owned()]
    }));
    columns(&rows)
}

/// Names like another, the likest first; each says if it is obsolete.
fn near(offers: &[Offer], name: &str) -> Vec<String> {
    let likeness = |offer: &Offer| match offer.name.contains(name) {
        true => 1.0,
        false => strsim::jaro_winkler(&offer.name, name),
    };
    let mut near: Vec<(f64, &Offer)> = offers.iter().map(|offer| (likeness(offer), offer)).collect();
    near.retain(|(likeness, _)| LEAST_LIKENESS <= *likeness);
    near.sort_by(|(one, a), (other, b)| other.total_cmp(one).then(a.is_obsolete().cmp(&b.is_obsolete())));
    let line = |(_, offer): (f64, &Offer)| format!("  {} {}", offer.name, remark(offer)).trim_end().to_owned();
    near.into_iter().take(MOST_NEAR).map(line).collect()
}

fn remark(offer: &Offer) -> &'static str {
    if offer.is_obsolete() { "(obsolete)" } else { "" }
}

fn read_file(path: &Path) -> anyhow::Result<String> {
    let size = std::fs::metadata(path).with_context(|| format!("read `{}`", path.display()))?.len();
    ensure!(size <= MOST_LIST_BYTES, "`{}` is larger than a list of models", path.display());
    std::fs::read_to_string(path).with_context(|| format!("read `{}`", path.display()))
}

/// Vosk's own.
pub const OFFICIAL: &str = "https://alphacephei.com/vosk/models/model-list.json";
/// Theirs has a hundred entries of 300 bytes.
const MOST_LIST_BYTES: u64 = 4 << 20;
/// The largest on their list has half of that.
const MOST_BYTES: u64 = 4 << 30;
const MOST_NEAR: usize = 5;
const LEAST_LIKENESS: f64 = 0.85;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_beside_a_list_is_found_from_where_the_list_is() {
        let at = |list: &str, url: &str| Source::of(list).beside(url).to_string();
        assert_eq!(at("https://a.b/vosk/list.json", "https://c.d/m.zip"), "`https://c.d/m.zip`");
        assert_eq!(at("https://a.b/vosk/list.json", "m.zip"), "`https://a.b/vosk/m.zip`");
        assert_eq!(at("/srv/list.json", "m.zip"), "`/srv/m.zip`");
        assert_eq!(at("/srv/list.json", "/else/m.zip"), "`/else/m.zip`");
    }
}
