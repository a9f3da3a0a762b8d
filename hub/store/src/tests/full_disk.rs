//! The store on a disk that is full, at a start and later.

use std::fs::File;
use std::path::Path;

use tempfile::TempDir;

use super::super::Unkept;
use super::open;

/// A small file system of its own; unmounted when dropped.
struct SmallDisk(TempDir);

impl SmallDisk {
    /// None, and a sentence, where this user may not mount one.
    fn mount() -> Option<Self> {
        let dir = TempDir::new().unwrap();
        let options = ["-t", "tmpfs", "-o", "size=48m", "none"];
        let mounted = std::process::Command::new("mount").args(options).arg(dir.path()).status();
        if !mounted.is_ok_and(|status| status.success()) {
            println!("skipped: only root can mount a small disk");
            return None;
        }
        Some(Self(dir))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn fill(&self) {
        let mut file = File::create(self.path().join("filler")).unwrap();
        while std::io::Write::write_all(&mut file, &[0; 4096]).is_ok() {}
    }

    fn free(&self) {
        std::fs::remove_file(self.path().join("filler")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

fn no_room(result: anyhow::Result<()>) -> bool {
    result.is_err_and(|error| error.downcast_ref() == Some(&Unkept::NoRoom))
}

#[test]
fn a_full_disk_is_written_again_once_it_has_room() {
    let Some(disk) = SmallDisk::mount() else { return };
    let dir = disk.path().join("store");
    let (store, _) = open(&dir);
    store.put_setting("before", &1).unwrap();
    disk.fill();
    // What fits into what is left of a page is still taken.
    let refused = (0..5000).find(|number| no_room(store.put_setting("more", &vec![*number; 2000])));
    assert!(refused.is_some() && !store.can_write());
    assert!(no_room(store.put_setting("again", &2)));
    assert_eq!(store.setting::<i32>("before").unwrap(), Some(1), "it is still read");
    disk.free();
    store.put_setting("after", &3).unwrap();
    assert!(store.can_write());
    drop(store);
    let (store, opened) = open(&dir);
    assert_eq!(opened.sentence(), None);
    let kept = ["before", "after"].map(|name| store.setting::<i32>(name).unwrap());
    assert_eq!(kept, [Some(1), Some(3)]);
}

#[test]
fn a_start_on_a_full_disk_reads_what_was_kept() {
    let Some(disk) = SmallDisk::mount() else { return };
    let dir = disk.path().join("store");
    let (store, _) = open(&dir);
    store.put_setting("before", &1).unwrap();
    drop(store);
    disk.fill();
    let (store, opened) = open(&dir);
    assert_eq!((opened.sentence(), store.setting::<i32>("before").unwrap()), (None, Some(1)));
    assert!(!store.can_write() && no_room(store.put_setting("more", &2)));
    disk.free();
    store.revive().unwrap();
    store.put_setting("after", &3).unwrap();
    drop(store);
    let (store, _) = open(&dir);
    let kept = ["before", "after"].map(|name| store.setting::<i32>(name).unwrap());
    assert_eq!(kept, [Some(1), Some(3)]);
}
