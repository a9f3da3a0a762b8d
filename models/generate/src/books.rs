//! The templates of each language, which lie in `text/`.

use std::sync::OnceLock;

use anyhow::{Result, bail};

use crate::say::Lang;
use crate::template::{Book, parse};

/// The templates of a language, read once.
pub(crate) fn book(lang: Lang) -> Result<&'static Book> {
    static BOOKS: OnceLock<[Book; 2]> = OnceLock::new();
    if BOOKS.get().is_none() {
        let _ = BOOKS.set([parse(EN)?, parse(ZH)?]);
    }
    let Some([english, chinese]) = BOOKS.get() else { bail!("no templates") };
    Ok(if lang == Lang::En { english } else { chinese })
}

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
