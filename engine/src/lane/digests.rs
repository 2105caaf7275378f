//! The desk's digest, noted now and then beside the journal, so that a replay can be held against what really was.
//!
//! `journal/digests`: one line each, the entry's number and the digest in hexadecimal after the desk was told that entry.

use cabrank_core::Desk;
use cabrank_journal::Seq;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A digest covers the whole desk; one in so many entries keeps its cost out of sight.
const ENTRIES_BETWEEN: u64 = 8_192;

/// Notes digests.
#[derive(Debug)]
pub struct Digests {
    file: File,
    noted: Seq,
    /// Whether the last line may be cut short.
    is_ragged: bool,
}

impl Digests {
    /// Goes on noting in the data directory `data`, whose journal stands.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn open(data: &Path) -> io::Result<Digests> {
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Ok(Digests { file: options.open(path(data))?, noted: Seq::NONE, is_ragged: true })
    }

    /// Notes the digest after entry `at`, if there is one. One that cannot be written is left out: it is evidence, not state.
    pub fn note(&mut self, at: Seq, desk: &Desk) {
        self.noted = at;
        if at == Seq::NONE {
            return;
        }
        let begin = if self.is_ragged { "\n" } else { "" };
        let noted = self.file.write_all(format!("{begin}{at} {:016x}\n", desk.digest()).as_bytes());
        self.is_ragged = noted.is_err();
        if let Err(error) = noted {
            tracing::warn!(%error, "a digest was not noted");
        }
    }

    pub(super) fn note_now_and_then(&mut self, at: Seq, desk: &Desk) {
        if at.0 >= self.noted.0.saturating_add(ENTRIES_BETWEEN) {
            self.note(at, desk);
        }
    }
}

/// What was noted, in the order of the entries. A line cut short by a crash or a full disk is left out.
///
/// # Errors
/// The file cannot be read; that there is none is no error.
pub fn digests_of(data: &Path) -> io::Result<Vec<(Seq, u64)>> {
    let text = match std::fs::read_to_string(path(data)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        read => read?,
    };
    Ok(text.split_inclusive('\n').filter_map(line).collect())
}

fn line(line: &str) -> Option<(Seq, u64)> {
    let (at, digest) = line.strip_suffix('\n')?.split_once(' ')?;
    let whole = Some(digest).filter(|digest| digest.len() == 16)?;
    Some((Seq(at.parse().ok()?), u64::from_str_radix(whole, 16).ok()?))
}

fn path(data: &Path) -> PathBuf {
    data.join("journal").join("digests")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_cut_short_is_left_out() {
        assert_eq!(line("12 00000000000000ff\n"), Some((Seq(12), 255)));
        assert_eq!(line("12 00000000000000f"), None);
        assert_eq!(line("12\n"), None);
        assert_eq!(line("12 00ff\n"), None, "cut short by a full disk");
    }
}
