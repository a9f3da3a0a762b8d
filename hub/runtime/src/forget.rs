//! Forgetting what was said, wherever it is remembered.

use store::Forget;

use crate::notices::Notices;
use crate::turn::Turns;

/// Forgets what was said, and what was told of it to everyone; says how many turns there were.
///
/// # Errors
/// If the store can't be changed; what is left can be forgotten by asking again.
pub fn forget(turns: &Turns, notices: &Notices, what: &Forget) -> anyhow::Result<usize> {
    // A notice does not say whose words it is made of, so all of them go with a person's.
    notices.dismiss(|one| match what {
        Forget::Turn(_) => false,
        Forget::Person(_) | Forget::All => true,
        Forget::Before(moment) => one.at_ms < *moment,
    })?;
    turns.forget(what)
}
