//! How a store of an older format becomes one of this format.
//!
//! A step runs on a copy of the database, never on the only one. It may read and write raw keys;
//! it does not use the records, which speak of this format only.

use super::database::Database;

/// One step from a format to the next.
pub(super) struct Migration {
    /// The format it starts from; it ends in the one after.
    pub(super) from: u32,
    /// What it does.
    pub(super) run: fn(&Database) -> anyhow::Result<()>,
}

/// All steps, oldest first. A new step raises the current format by one.
pub(super) const MIGRATIONS: &[Migration] = &[];

/// The format that a list of steps ends in.
pub(super) fn current(migrations: &[Migration]) -> u32 {
    migrations.last().map_or(FIRST, |last| last.from + 1)
}

/// Runs the steps from a format on.
pub(super) fn run(migrations: &[Migration], from: u32, database: &Database) -> anyhow::Result<()> {
    for migration in migrations.iter().filter(|migration| from <= migration.from) {
        (migration.run)(database)?;
    }
    Ok(())
}

/// The first format there was.
const FIRST: u32 = 1;
