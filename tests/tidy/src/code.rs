//! What of a Rust source is code: comments and texts taken out, tests cut off.

/// A source whose comments and texts are blanks, and which lines have part of a raw string in them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Code {
    /// As many lines as the source.
    pub(crate) text: String,
    /// By line from 0, in rising order.
    pub(crate) raw_lines: Vec<usize>,
}

/// Takes comments and texts out.
pub(crate) fn code(source: &str) -> Code {
    let mut code = Code::default();
    let mut rest = source;
    let mut line = 0;
    while let Some(first) = rest.chars().next() {
        let is_in_word = code.text.chars().last().is_some_and(|last| last.is_alphanumeric() || last == '_');
        let (length, kind) = piece(rest, first, is_in_word);
        let (piece, after) = rest.split_at(length.min(rest.len()));
        let breaks = piece.matches('\n').count();
        match kind {
            Kind::Code => code.text.push_str(piece),
            Kind::Left => code.text.extend(piece.chars().map(blank)),
            Kind::Raw => {
                code.raw_lines.extend(line..=line + breaks);
                code.text.extend(piece.chars().map(blank));
            }
        }
        line += breaks;
        rest = after;
    }
    code
}

enum Kind {
    Code,
    Left,
    Raw,
}

/// How long the next piece is, in bytes, and what it is.
fn piece(rest: &str, first: char, is_in_word: bool) -> (usize, Kind) {
    let raw = (!is_in_word).then(|| raw_string(rest)).flatten();
    match first {
        '/' if rest.starts_with("//") => (rest.find('\n').unwrap_or(rest.len()), Kind::Left),
        '/' if rest.starts_with("/*") => (block_comment(rest), Kind::Left),
        'r' | 'b' if raw.is_some() => (raw.unwrap_or(1), Kind::Raw),
        '"' => (quoted(rest, '"'), Kind::Left),
        '\'' if is_char(rest) => (quoted(rest, '\''), Kind::Left),
        other => (other.len_utf8(), Kind::Code),
    }
}

fn blank(letter: char) -> char {
    if letter == '\n' { '\n' } else { ' ' }
}

fn block_comment(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    loop {
        let here = rest.get(at..).unwrap_or_default();
        match here.chars().next() {
            None => return rest.len(),
            Some(_) if here.starts_with("/*") => (depth, at) = (depth + 1, at + 2),
            Some(_) if here.starts_with("*/") => (depth, at) = (depth - 1, at + 2),
            Some(letter) => at += letter.len_utf8(),
        }
        if depth == 0 {
            return at;
        }
    }
}

fn raw_string(rest: &str) -> Option<usize> {
    let after = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    let body = after.get(hashes..)?.strip_prefix('"')?;
    let close = format!("\"{}", "#".repeat(hashes));
    let end = body.find(&close).map_or(body.len(), |at| at + close.len());
    Some(rest.len() - body.len() + end)
}

fn quoted(rest: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, letter) in rest.char_indices().skip(1) {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            letter if letter == quote => return at + letter.len_utf8(),
            _ => {}
        }
    }
    rest.len()
}

/// Whether an apostrophe begins a character and not a lifetime.
fn is_char(rest: &str) -> bool {
    let mut letters = rest.chars().skip(1);
    matches!((letters.next(), letters.next()), (Some('\\'), _) | (Some(_), Some('\'')))
}

/// Cuts the modules of tests off.
pub(crate) fn without_tests(code: &str) -> String {
    let mut out = String::new();
    let mut rest = code;
    while let Some((before, after)) = rest.split_once("#[cfg(test)]") {
        out.push_str(before);
        let is_module = after.trim_start().starts_with("mod ");
        rest = if is_module { after.get(module_end(after)..).unwrap_or_default() } else { after };
    }
    out + rest
}

/// Where a module ends: after its last brace, or after the semicolon.
fn module_end(text: &str) -> usize {
    let mut depth = 0_usize;
    for (at, letter) in text.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth <= 1 => return at + 1,
            '}' => depth -= 1,
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::{code, without_tests};

    #[test]
    fn comments_and_texts_are_blanks() {
        let found = code("a // b\n'c' \"d\\\"e\" 'f /* g /* h */ i */ r#\"j\nk\"# l");
        assert_eq!(found.text.split_whitespace().collect::<Vec<_>>(), ["a", "'f", "l"]);
        assert_eq!(found.raw_lines, [1, 2]);
    }

    #[test]
    fn tests_are_cut_off() {
        assert_eq!(without_tests("a #[cfg(test)]\nmod tests { b { c } } d #[cfg(test)] mod e; f"), "a  d  f");
    }
}
