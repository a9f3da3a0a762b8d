//! One hub at a time: who holds the lock of a store's directory may use it.
//!
//! Keeps nobody from the files who does not ask for the lock.

use std::fs::{File, TryLockError};
use std::path::Path;

use anyhow::Context as _;

/// The lock of a directory, until it is dropped or the process ends, however it ends.
///
/// It is let go of by name. A program that is just being started has a copy of every open file until it runs, so
/// closing the file alone would leave it locked for that moment.
#[derive(Debug)]
pub(super) struct Lock(File);

impl Lock {
    /// Takes the lock of a directory.
    ///
    /// # Errors
    /// If another hub holds it, or the disk is in the way.
    pub(super) fn take(dir: &Path) -> anyhow::Result<Self> {
        let path = dir.join("lock");
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .with_context(|| format!("open `{}`", path.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => anyhow::bail!("another hub is using the store in `{}`", dir.display()),
            Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("lock `{}`", path.display())),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Err(error) = self.0.unlock() {
            tracing::warn!(%error, "The lock of the store is only let go of by closing it.");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::Lock;

    #[test]
    fn a_copy_that_another_program_still_has_does_not_keep_it_locked() {
        let dir = tempfile::tempdir().unwrap();
        let lock = Lock::take(dir.path()).unwrap();
        let inherited = lock.0.try_clone().unwrap();
        drop(lock);
        Lock::take(dir.path()).unwrap();
        drop(inherited);
    }

    #[test]
    fn programs_that_are_started_meanwhile_do_not_keep_it_locked() {
        let dir = tempfile::tempdir().unwrap();
        let is_done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !is_done.load(Ordering::Relaxed) {
                    Command::new("true").status().unwrap();
                }
            });
            let refused = (0..20_000).filter(|_| Lock::take(dir.path()).is_err()).count();
            is_done.store(true, Ordering::Relaxed);
            assert_eq!(refused, 0);
        });
    }
}
