//! Where a number still stands in clear: journals that were written before there were aliases.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Octets looked at together.
const LOOK: usize = 1 << 20;

/// The files of a directory, without those below it, in which this text stands as it is. A short number may stand there by chance.
///
/// # Errors
/// One cannot be read.
pub fn files_naming(dir: &Path, number: &str) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if number.is_empty() || !dir.is_dir() {
        return Ok(found);
    }
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_file() && names(File::open(&path)?, number.as_bytes())? {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn names(mut from: impl Read, text: &[u8]) -> io::Result<bool> {
    let mut seen = Vec::with_capacity(LOOK + text.len());
    loop {
        let fresh = (&mut from).take(LOOK as u64).read_to_end(&mut seen)?;
        if fresh == 0 {
            return Ok(false);
        }
        if seen.windows(text.len()).any(|some| some == text) {
            return Ok(true);
        }
        // What may be its beginning is looked at again.
        seen.drain(..seen.len().saturating_sub(text.len() - 1));
    }
}

#[cfg(test)]
mod tests {
    use super::{LOOK, names};

    #[test]
    fn a_number_is_found_wherever_it_stands() {
        let text = b"+6591234567";
        for before in [0, 1, LOOK - 11, LOOK - 5, LOOK, LOOK + 1, 2 * LOOK - 1] {
            let whole = [&vec![b'6'; before][..], text, b"9"].concat();
            assert!(names(&whole[..], text).expect("read"), "{before}");
            assert!(!names(&whole[..before + 10], text).expect("read"), "{before}");
        }
    }
}
