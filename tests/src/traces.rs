//! What is left of a text in a directory, in whichever notation it may stand there.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, STANDARD, URL_SAFE};

/// Where a text stands below a directory, in whichever notation.
pub fn found(dir: &Path, text: &str) -> Vec<String> {
    let notations = notations(text);
    let mut found = Vec::new();
    for file in files(dir) {
        let octets = fs::read(&file).unwrap_or_default();
        let holds = |wanted: &[u8]| octets.windows(wanted.len()).any(|some| some == wanted);
        let how = notations.iter().filter(|(_, wanted)| holds(wanted));
        found.extend(how.map(|(how, _)| format!("`{text}` {how} in {}", file.display())));
    }
    found
}

/// Panics if one of these texts stands anywhere below a directory.
pub fn nowhere(dir: &Path, texts: &[&str]) {
    let found: Vec<String> = texts.iter().flat_map(|text| found(dir, text)).collect();
    assert!(found.is_empty(), "{found:#?}");
}

/// Without what an international number begins with, which notations may leave out.
pub fn digits(number: &str) -> &str {
    number.trim_start_matches('+')
}

/// Every file below a directory.
pub fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// A text as it may stand in a file, each with a word for how.
fn notations(text: &str) -> Vec<(String, Vec<u8>)> {
    let octets = text.as_bytes();
    let hex: String = octets.iter().map(|octet| format!("{octet:02x}")).collect();
    let wide: Vec<u16> = text.encode_utf16().collect();
    let mut all = vec![
        ("in clear".to_owned(), octets.to_vec()),
        ("in hexadecimal".to_owned(), hex.to_uppercase().into_bytes()),
        ("in hexadecimal".to_owned(), hex.into_bytes()),
        ("in UTF-16".to_owned(), wide.iter().flat_map(|unit| unit.to_le_bytes()).collect()),
        ("in UTF-16".to_owned(), wide.iter().flat_map(|unit| unit.to_be_bytes()).collect()),
    ];
    for alphabet in [STANDARD, URL_SAFE] {
        all.extend((0..3).map(|before| (format!("in base64 after {before}"), base64_of(octets, before, &alphabet))));
    }
    all
}

/// What base64 makes of a text for certain, whatever the octets are around it, of which so many begin its first group.
fn base64_of(octets: &[u8], before: usize, alphabet: &GeneralPurpose) -> Vec<u8> {
    let whole = alphabet.encode([&vec![0; before][..], octets].concat()).into_bytes();
    whole[(before * 8).div_ceil(6)..(before + octets.len()) * 8 / 6].to_vec()
}

#[cfg(test)]
mod tests {
    use super::{STANDARD, digits, found, notations, nowhere};
    use base64::Engine as _;
    use std::fs;

    const NUMBER: &str = "+6591234567";

    #[test]
    fn the_search_finds_whatever_there_is_to_find() {
        let dir = tempfile::tempdir().expect("a directory");
        for (how, octets) in notations(digits(NUMBER)) {
            fs::write(dir.path().join("file"), [b"around", &octets[..], b"it"].concat()).expect("written");
            assert!(found(dir.path(), digits(NUMBER)).iter().any(|found| found.contains(&how)), "{how}");
        }
        for before in 0..3 {
            let encoded = STANDARD.encode(format!("{}{NUMBER} and more", "x".repeat(before)));
            fs::write(dir.path().join("file"), encoded).expect("written");
            assert!(!found(dir.path(), digits(NUMBER)).is_empty(), "{before}");
        }
        fs::write(dir.path().join("file"), "+6591234576").expect("written");
        nowhere(dir.path(), &[digits(NUMBER)]);
    }
}
