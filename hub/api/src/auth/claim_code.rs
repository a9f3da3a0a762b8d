//! The code on the screen of a new hub; whoever reads it there becomes its owner.

use secrets::random;

/// A new code.
pub(super) fn new() -> String {
    let letters: String =
        random::<8>().iter().filter_map(|byte| CODE_LETTERS.chars().nth(usize::from(byte % 32))).collect();
    let (first, second) = letters.split_at(4);
    format!("{first}-{second}")
}

/// A code as it is compared: people leave the dash out, and shift their keys.
pub(super) fn plain(code: &str) -> String {
    code.chars()
        .filter(|letter| letter.is_ascii_alphanumeric())
        .map(|letter| letter.to_ascii_uppercase())
        .take(16)
        .collect()
}

/// Without letters and digits that look alike.
const CODE_LETTERS: &str = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
