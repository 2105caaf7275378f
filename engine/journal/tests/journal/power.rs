//! A power cut: of what was not synced, anything may be gone.

use crate::sample::{SMALL, append, beginning, directory, recover, segment, told};
use cabrank_journal::{Journal, Log, OsDisk, Seq};
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

fn last_segment(data: &Path) -> PathBuf {
    (1..).map(|n| segment(data, n)).take_while(|path| path.exists()).last().expect("a segment")
}

fn length(path: &Path) -> u64 {
    fs::metadata(path).expect("there").len()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Batches of random sizes, syncs at random: whatever of the unsynced tail is gone or zero, all that was synced is there.
    #[test]
    fn what_was_synced_is_there(
        batches in prop::collection::vec((1u64..5, any::<bool>()), 1..20),
        keep in any::<prop::sample::Index>(),
        zeros in any::<bool>(),
    ) {
        let dir = directory();
        let mut journal = Journal::create(OsDisk, dir.path(), &beginning(), SMALL).expect("created");
        let (syncer, mut appended) = (journal.syncer(), 0);
        let mut safe = (last_segment(dir.path()), length(&last_segment(dir.path())));
        for (size, sync) in batches {
            (0..size).for_each(|_| { appended += 1; append(&mut journal, appended); });
            journal.write().expect("written");
            if sync {
                syncer.sync().expect("synced");
                safe = (last_segment(dir.path()), length(&last_segment(dir.path())));
            }
        }
        let (synced, last) = (syncer.synced(), last_segment(dir.path()));
        // A segment is begun when all before it, and its own header, are synced.
        let header = crate::sample::ends(0)[0] as u64;
        let kept = if safe.0 == last { safe.1 } else { header };
        drop(journal);
        lose(&last, kept, keep, zeros);
        let recovered = recover(dir.path(), SMALL).expect("recovered");
        prop_assert!(recovered.last >= synced && recovered.last <= Seq(appended));
        prop_assert_eq!(recovered.told, told(recovered.last.0));
    }
}

/// Of the bytes after `safe`, some stay and the others are gone, or zero.
fn lose(path: &Path, safe: u64, keep: prop::sample::Index, zeros: bool) {
    let mut bytes = fs::read(path).expect("there");
    let from = safe as usize + keep.index(bytes.len() - safe as usize + 1);
    if zeros {
        bytes[from..].fill(0);
    } else {
        bytes.truncate(from);
    }
    fs::write(path, bytes).expect("written");
}
