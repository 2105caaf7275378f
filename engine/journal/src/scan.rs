//! Looking for whole entries behind a place where none stands: what tells a torn tail from damage.

use crate::Seq;
use crate::format::{ENTRY_BYTES_MIN, Salt, claimed_seq, read_entry};

/// Whether a whole entry starts anywhere in `bytes`, with a sequence number that it could have there.
pub(crate) fn any_entry(bytes: &[u8], salt: Salt, from: Seq) -> bool {
    first_entry(bytes, salt, from, last_possible(bytes.len(), from)).is_some()
}

/// How many whole entries stand in `bytes`, with sequence numbers of `from` to `to`.
pub(crate) fn count_entries(bytes: &[u8], salt: Salt, from: Seq, to: Seq) -> u64 {
    let mut rest = bytes;
    let mut count = 0;
    while let Some(after) = first_entry(rest, salt, from, to) {
        rest = after;
        count += 1;
    }
    count
}

/// The highest sequence number that fits into so many bytes, if `from` is the lowest.
pub(crate) fn last_possible(bytes: usize, from: Seq) -> Seq {
    Seq(from.0.saturating_add((bytes / ENTRY_BYTES_MIN) as u64))
}

/// The bytes after the first whole entry.
///
/// The sequence number is looked at before the checksum is worked out; without that, a tail of arbitrary bytes would cost
/// the square of its length.
fn first_entry(bytes: &[u8], salt: Salt, from: Seq, to: Seq) -> Option<&[u8]> {
    (0..bytes.len()).find_map(|start| {
        let here = bytes.get(start..)?;
        let seq = claimed_seq(here)?;
        if seq < from || seq > to {
            return None;
        }
        here.get(read_entry(here, salt).ok()?.size..)
    })
}
