//! Loading prompts: what is loaded, and what is said of that which cannot be.

use super::scene::{wav, wav_of};
use crate::media::codec::Codec;
use crate::media::prompts::{Library, LibraryError};
use proptest::prelude::*;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

/// A directory of its own, gone with the test.
struct Dir(TempDir);

impl Dir {
    fn new() -> Dir {
        let dir = TempDir::new().expect("the temporary directory is writable");
        std::fs::create_dir(dir.path().join("en")).expect("the temporary directory is writable");
        Dir(dir)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, octets: &[u8]) {
        std::fs::write(self.path().join(name), octets).expect("the temporary directory is writable");
    }
}

fn spec(sample_rate: u32, channels: u16) -> hound::WavSpec {
    hound::WavSpec { channels, sample_rate, bits_per_sample: 16, sample_format: hound::SampleFormat::Int }
}

fn fault(result: Result<Library, LibraryError>) -> String {
    result.expect_err("a fault was made").to_string()
}

#[test]
fn a_directory_is_loaded_and_encoded_for_both_codecs() {
    let dir = Dir::new();
    dir.write("en/welcome.wav", &wav(&[1_000; 8_000]));
    dir.write("en/README", b"not a prompt");
    let library = Library::load(dir.path()).expect("a good directory");
    let clip = library.clip("en", "welcome").expect("loaded");
    assert_eq!(library.len(), 1);
    assert_eq!(library.duration(clip), Duration::from_secs(1));
    for codec in [Codec::Pcmu, Codec::Pcma] {
        assert_eq!(library.octets(clip, codec), Some(vec![codec.encode(1_000); 8_000].as_slice()));
    }
    assert_eq!(library.clip("en", "farewell"), None);
    assert_eq!(library.clip("de", "welcome"), None);
}

#[test]
fn every_faulty_file_is_named_with_its_fault() {
    let dir = Dir::new();
    dir.write("en/a.wav", b"RIFF?");
    dir.write("en/b.wav", &wav_of(spec(44_100, 2), &[0; 10]));
    dir.write("en/c.wav", &wav(&[]));
    dir.write("en/d.wav", &wav(&[5; 100])[..150]);
    dir.write("en/good.wav", &wav(&[5; 100]));
    let told = fault(Library::load(dir.path()));
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines.len(), 4, "{told}");
    for (line, (file, what)) in lines.iter().zip([
        ("a.wav", "not a WAV file"),
        ("b.wav", "44100 Hz, 16 bits, 2 channel(s); wanted are 8000 Hz"),
        ("c.wav", "no sound"),
        ("d.wav", "cut short"),
    ]) {
        assert!(line.contains(file) && line.contains(what), "{line}");
    }
}

#[test]
fn a_missing_or_empty_directory_is_told() {
    assert!(fault(Library::load(Path::new("/nowhere/prompts"))).contains("/nowhere/prompts: cannot list"));
    let dir = Dir::new();
    assert!(fault(Library::load(dir.path())).contains("no prompt is here"));
}

#[test]
fn a_directory_replaces_what_is_embedded_under_the_same_id() {
    let (long, short) = (wav(&[1; 1_600]), wav(&[1; 800]));
    let mut library = Library::embedded([("en/a", long.as_slice()), ("en/b.wav", &long)]).expect("valid");
    let a = library.clip("en", "a").expect("embedded");
    assert!(library.clip("en", "b").is_some());
    let dir = Dir::new();
    dir.write("en/a.wav", &short);
    library.add_dir(dir.path()).expect("a good directory");
    assert_eq!(library.clip("en", "a"), Some(a));
    assert_eq!(library.duration(a), Duration::from_millis(100));
    assert_eq!(library.len(), 2);
}

#[test]
fn an_embedded_fault_names_the_prompt() {
    assert!(fault(Library::embedded([("en/broken", [1_u8, 2].as_slice())])).starts_with("en/broken: not a WAV file"));
}

proptest! {
    #[test]
    fn no_damaged_file_panics(flips in prop::collection::vec((0_usize..300, any::<u8>()), 1..8), cut in 0_usize..300) {
        let mut octets = wav(&[7; 100]);
        for (place, value) in flips {
            if let Some(octet) = octets.get_mut(place) {
                *octet = value;
            }
        }
        octets.truncate(cut);
        let _ = Library::embedded([("en/x", octets.as_slice())]);
    }
}
