//! Who someone is who is in, and why someone is not.

/// Someone who is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// A browser, by the hash of its session.
    Browser(String),
    /// A program, by its token's id.
    Program(String),
    /// The command line on this machine.
    CommandLine,
}

/// Why someone does not get in.
#[derive(Debug)]
pub enum Denied {
    /// The code or password is wrong.
    Wrong,
    /// Too many were wrong; in so many seconds another may be tried.
    Wait(u64),
    /// The hub has an owner already.
    Claimed,
    /// The hub has no owner yet.
    Unclaimed,
    /// The new password is too short or too long.
    Unfit,
    /// It could not be kept.
    Failed(anyhow::Error),
}
