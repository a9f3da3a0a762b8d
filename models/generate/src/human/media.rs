//! What shall be played, and where.

use house::Slot;
use mind::understand::code::CodeValue;
use serde_json::Value;

use super::lexicon::cut;
use super::line::{Line, Slots};
use crate::say::Lang;

impl Line<'_> {
    pub(super) fn media_target(&self) -> Slots {
        match self.marked(&["media_player"]).first() {
            Some((first, last)) => vec![(Slot::Name, CodeValue::Span(*first, *last))],
            None => match self
                .heard
                .iter()
                .position(|word| matches!(word.text.as_str(), "speaker" | "speakers" | "tv" | "television"))
            {
                Some(at) => {
                    let class = if self.word(at).starts_with('s') { "speaker" } else { "tv" };
                    vec![(Slot::Domain, CodeValue::Label("media_player")), (Slot::DeviceClass, CodeValue::Label(class))]
                }
                None => Vec::new(),
            },
        }
    }

    pub(super) fn media(&self) -> (Slots, f64) {
        let mut out: Slots = Vec::new();
        let class: &[(&str, &[&str])] = &[
            ("playlist", &["playlist"]),
            ("podcast", &["podcast", "podcasts"]),
            ("album", &["album"]),
            ("channel", &["radio", "station", "fm", "channel"]),
            ("track", &["song", "track"]),
        ];
        let spelt: &[(&str, &[&str])] = &[
            ("playlist", &["歌单", "播放列表"]),
            ("podcast", &["播客"]),
            ("album", &["专辑"]),
            ("channel", &["电台", "收音机", "广播"]),
            ("track", &["这首歌"]),
        ];
        let found = class.iter().find(|(_, words)| self.has(words)).map(|(class, _)| *class);
        let found = found.or_else(|| {
            spelt.iter().find(|(_, texts)| texts.iter().any(|text| self.find(text).is_some())).map(|(class, _)| *class)
        });
        out.extend(found.map(|class| (Slot::MediaClass, CodeValue::Label(class))));
        out.extend(
            self.marked(&["area"])
                .into_iter()
                .filter(|(first, _)| {
                    0 < *first && self.word(first - 1) == "the" && 1 < *first && self.word(first - 2) == "in"
                })
                .map(|(first, last)| (Slot::Area, CodeValue::Span(first, last))),
        );
        let (query, weight) = match self.given_query() {
            Some(query) => (Some(query), 1.0),
            None => (self.rest_query(), 0.5),
        };
        out.extend(query.map(|(first, last)| (Slot::SearchQuery, CodeValue::Span(first, last))));
        (out, weight)
    }

    /// The query that the source's own slots give.
    pub(super) fn given_query(&self) -> Option<(usize, usize)> {
        let given = CONTENT.split(' ').filter_map(|slot| self.label.get("orig_slots")?.get(slot)?.as_str());
        let contains = self
            .label
            .pointer("/expected/0/contains/search_query")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        let spans = given.chain(contains).filter_map(|text| self.find(text)).collect();
        self.union(spans, 4)
    }

    /// What is left of the text without the words around a query.
    pub(super) fn rest_query(&self) -> Option<(usize, usize)> {
        if self.lang == Lang::Zh {
            return self.rest_query_zh();
        }
        let inside = |at: usize| !AROUND.split(' ').any(|around| around == self.word(at));
        let first = (0..self.heard.len()).find(|at| inside(*at));
        let last = (0..self.heard.len()).rev().find(|at| inside(*at));
        match (first, last) {
            (Some(first), Some(last)) if last - first < 8 => Some((first, last)),
            (Some(_), _) => None,
            _ => ["music", "radio", "podcast", "playlist", "audiobook", "song", "songs", "book"]
                .iter()
                .find_map(|noun| self.find(noun)),
        }
    }

    pub(super) fn rest_query_zh(&self) -> Option<(usize, usize)> {
        let (mut first, mut last) = (0, self.heard.len().checked_sub(1)?);
        while let Some(head) =
            HEADS.split(' ').map(cut).filter(|run| self.starts(first, last, run)).max_by_key(Vec::len)
        {
            first += head.len();
        }
        while let Some(tail) = TAILS.split(' ').map(cut).filter(|run| self.ends(first, last, run)).max_by_key(Vec::len)
        {
            last = last.checked_sub(tail.len())?;
        }
        match first <= last && last - first < 16 {
            true => Some((first, last)),
            false => ["音乐", "电台", "收音机", "播客", "有声读物", "有声书", "歌曲", "歌单", "歌"]
                .iter()
                .find_map(|noun| self.find(noun)),
        }
    }

    pub(super) fn starts(&self, first: usize, last: usize, run: &[String]) -> bool {
        first + run.len() <= last + 1 && run.iter().enumerate().all(|(index, word)| self.word(first + index) == word)
    }

    pub(super) fn ends(&self, first: usize, last: usize, run: &[String]) -> bool {
        first + run.len() <= last && run.iter().rev().enumerate().all(|(index, word)| self.word(last - index) == word)
    }
}

/// Slots of the sources that say what shall be played.
const CONTENT: &str = "\
    artist track album playlist genre artist_name song_name audiobook_name podcast_name radio_name \
    music_genre playlist_name audiobook_author music_album entity_name";

/// Words around a query; a list with blanks between.
const AROUND: &str = "\
    play please can you could i want to hear listen me some a an the my olly for start put on open would \
    like let us let's lets now hey any of by from in song songs music podcast podcasts radio station \
    playlist album track tracks audiobook audio book playing find give need turn this that it is and \
    will one alexa siri google ok next again favorite favourite show up get with at going program \
    episode app player begin reading read continue channel do we i'd am be artist band tune hi hello \
    today stream run switch select only all something stuff list called have";

/// What may stand before a query; a list with blanks between.
const HEADS: &str = "\
    请 你能 能不能 可以 帮我 给我 为我 我想要 我想 我要 听 播放 放 打开 开启 开始 现在 \
    一些 一首 一个 点 来 olly 奥利 欧丽 alexa siri 好的谷歌 我的 我 让我们 让 \
    播 首 歌手 歌曲 音乐 重新 继续 看 几首 收听 的 在 小度 小爱 你 能 想 嗨 你好";

/// What may stand behind a query; a list with blanks between.
const TAILS: &str = "\
    的歌 的歌曲 的音乐 这首歌 的曲子 有声书 有声读物 歌单 播放列表 播客 电台 吗 吧 给我 \
    音乐 专辑 的 歌 一下 好吗 呢 歌曲 频道";
