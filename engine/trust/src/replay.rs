//! Signatures that came before (RFC 8224 section 12.1): one signature vouches for one call. A restart forgets them: one that is
//! still fresh (a minute, as a rule) could then be used a second time.

use sha2::{Digest as _, Sha256};
use std::collections::{BTreeSet, HashSet};

/// What was signed, as its SHA-256. Not the signature: of each there is a twin that is as valid, over the same bytes.
pub(crate) type Mark = [u8; 32];

/// The mark of these signed bytes.
pub(crate) fn mark(signed: &[u8]) -> Mark {
    Sha256::digest(signed).into()
}

/// Those that came, as long as they are fresh. Bounded: beyond it, the one that is stale first is forgotten.
#[derive(Debug)]
pub(crate) struct Seen {
    count_max: usize,
    marks: HashSet<Mark>,
    by_end: BTreeSet<(u64, Mark)>,
}

impl Seen {
    /// None yet; remembers so many at the most.
    pub(crate) fn new(count_max: usize) -> Seen {
        Seen { count_max, marks: HashSet::new(), by_end: BTreeSet::new() }
    }

    /// Whether it came before.
    pub(crate) fn has(&self, mark: &Mark) -> bool {
        self.marks.contains(mark)
    }

    /// Remembers it until then; says whether it is new.
    pub(crate) fn remember(&mut self, mark: Mark, until_s: u64, now_s: u64) -> bool {
        while let Some((end_s, oldest)) = self.by_end.first().copied() {
            if end_s >= now_s && self.marks.len() < self.count_max {
                break;
            }
            self.by_end.pop_first();
            self.marks.remove(&oldest);
        }
        let is_new = self.marks.insert(mark);
        if is_new {
            self.by_end.insert((until_s, mark));
        }
        is_new
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_second_time_is_noticed_while_it_matters() {
        let mut seen = Seen::new(10);
        let it = mark(b"a");
        assert!(seen.remember(it, 60, 0));
        assert!(seen.has(&it) && !seen.remember(it, 60, 60));
        assert!(seen.remember(it, 121, 61));
    }

    proptest! {
        #[test]
        fn its_size_is_bounded_and_the_two_indexes_agree(calls in prop::collection::vec((0..9_u8, 0..50_u64), 0..200)) {
            let (mut seen, mut now_s) = (Seen::new(5), 0);
            for (name, after) in calls {
                now_s += after / 10;
                seen.remember(mark(&[name]), now_s + after, now_s);
                prop_assert!(seen.marks.len() <= 5);
                prop_assert_eq!(seen.marks.len(), seen.by_end.len());
            }
        }
    }
}
