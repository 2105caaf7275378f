//! The library of prompts and music: every clip is encoded once, at load, for each codec.

use super::codec::{Codec, SAMPLES_PER_SECOND};
use std::collections::HashMap;
use std::fmt;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Samples of the longest clip: ten minutes.
const CLIP_SAMPLES_MAX: usize = 600 * SAMPLES_PER_SECOND as usize;

/// Clips in one library.
const CLIPS_MAX: usize = 10_000;

/// Octets of the largest file read: the longest clip, and room for what else a WAV may carry.
const FILE_OCTETS_MAX: u64 = 2 * CLIP_SAMPLES_MAX as u64 + 65_536;

/// A clip of one library; good for the library that gave it out only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClipId(u32);

/// Clips by language and name, ready to be sent.
#[derive(Clone, Debug, Default)]
pub struct Library {
    clips: Vec<Clip>,
    names: HashMap<String, ClipId>,
}

#[derive(Clone, Debug)]
struct Clip {
    pcmu: Arc<[u8]>,
    pcma: Arc<[u8]>,
}

/// Why a library could not be loaded: every fault found, not only the first.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct LibraryError {
    /// The faults, in the order found; at least one.
    pub faults: Vec<PromptFault>,
}

/// One prompt, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptFault {
    /// The file or the name of the embedded prompt.
    pub prompt: String,
    /// What is wrong and what would be right.
    pub fault: String,
}

impl fmt::Display for LibraryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, PromptFault { prompt, fault }) in self.faults.iter().enumerate() {
            let line_break = if n == 0 { "" } else { "\n" };
            write!(f, "{line_break}{prompt}: {fault}")?;
        }
        Ok(())
    }
}

impl Library {
    /// An empty library.
    pub fn new() -> Library {
        Library::default()
    }

    /// Loads `<dir>/<language>/<name>.wav`, each 8 kHz, 16 bits, mono, PCM; other files are passed over.
    ///
    /// # Errors
    /// Every file that cannot be read or is not as said, and a directory without a single prompt.
    pub fn load(dir: &Path) -> Result<Library, LibraryError> {
        let mut library = Library::new();
        library.add_dir(dir)?;
        Ok(library)
    }

    /// Loads WAV files that are part of the program, each named `<language>/<name>`, with or without `.wav`.
    ///
    /// # Errors
    /// Every prompt whose content is not as [`Library::load`] wants it.
    pub fn embedded<'a>(prompts: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Result<Library, LibraryError> {
        let mut library = Library::new();
        let mut faults = vec![];
        for (name, wav) in prompts {
            if let Err(fault) = library.add(name.trim_end_matches(".wav"), wav) {
                faults.push(PromptFault { prompt: name.to_owned(), fault });
            }
        }
        none_of(faults).map(|()| library)
    }

    /// Adds the prompts of a directory; one of the same language and name is replaced (its `ClipId` stays).
    ///
    /// # Errors
    /// As [`Library::load`]; the prompts without a fault are added all the same.
    pub fn add_dir(&mut self, dir: &Path) -> Result<(), LibraryError> {
        let mut faults = vec![];
        let files = wav_files(dir, &mut faults);
        if files.is_empty() && faults.is_empty() {
            faults.push(fault_of(dir, "no prompt is here; <language>/<name>.wav is expected"));
        }
        for (name, path) in files {
            if let Err(fault) = read_file(&path).and_then(|wav| self.add(&name, &wav)) {
                faults.push(fault_of(&path, fault));
            }
        }
        none_of(faults)
    }

    /// The clip of that language and name (`en`, `welcome`).
    pub fn clip(&self, language: &str, name: &str) -> Option<ClipId> {
        self.names.get(&format!("{language}/{name}")).copied()
    }

    /// How long a clip plays; zero for a clip of another library.
    pub fn duration(&self, clip: ClipId) -> Duration {
        let samples = self.octets(clip, Codec::Pcmu).map_or(0, <[u8]>::len);
        Duration::from_secs(samples as u64) / SAMPLES_PER_SECOND
    }

    /// How many clips there are.
    pub fn len(&self) -> usize {
        self.clips.len()
    }

    /// Whether there is no clip at all.
    pub fn is_empty(&self) -> bool {
        self.clips.is_empty()
    }

    /// The names, `<language>/<name>`, in no order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str)
    }

    pub(super) fn octets(&self, clip: ClipId, codec: Codec) -> Option<&[u8]> {
        let clip = self.clips.get(usize::try_from(clip.0).ok()?)?;
        Some(match codec {
            Codec::Pcmu => &clip.pcmu,
            Codec::Pcma => &clip.pcma,
        })
    }

    fn add(&mut self, name: &str, wav: &[u8]) -> Result<(), String> {
        let clip = Clip::encode(&decode(wav)?);
        let known = self.names.get(name).copied();
        let place = known.and_then(|known| self.clips.get_mut(usize::try_from(known.0).ok()?));
        if let Some(place) = place {
            *place = clip;
            return Ok(());
        }
        if self.clips.len() >= CLIPS_MAX {
            return Err(format!("one prompt too many: {CLIPS_MAX} are the limit"));
        }
        let id = u32::try_from(self.clips.len()).map(ClipId).map_err(|error| error.to_string())?;
        self.clips.push(clip);
        self.names.insert(name.to_owned(), id);
        Ok(())
    }
}

impl Clip {
    fn encode(samples: &[i16]) -> Clip {
        let encode = |codec: Codec| samples.iter().map(|sample| codec.encode(*sample)).collect();
        Clip { pcmu: encode(Codec::Pcmu), pcma: encode(Codec::Pcma) }
    }
}

fn none_of(faults: Vec<PromptFault>) -> Result<(), LibraryError> {
    if faults.is_empty() { Ok(()) } else { Err(LibraryError { faults }) }
}

fn fault_of(path: &Path, fault: impl Into<String>) -> PromptFault {
    PromptFault { prompt: path.display().to_string(), fault: fault.into() }
}

/// `<language>/<name>` and path of every WAV file two levels down, sorted, so that ids don't depend on the disk.
fn wav_files(dir: &Path, faults: &mut Vec<PromptFault>) -> Vec<(String, PathBuf)> {
    let mut found = vec![];
    for language in entries(dir, faults).into_iter().filter(|path| path.is_dir()) {
        for path in entries(&language, faults).into_iter().filter(|path| is_wav(path)) {
            match name_of(&language, &path) {
                Some(name) => found.push((name, path)),
                None => faults.push(fault_of(&path, "the name is not UTF-8; rename the file")),
            }
        }
    }
    found
}

fn entries(dir: &Path, faults: &mut Vec<PromptFault>) -> Vec<PathBuf> {
    let listed = std::fs::read_dir(dir).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
    let mut paths: Vec<PathBuf> = listed.unwrap_or_else(|error: std::io::Error| {
        faults.push(fault_of(dir, format!("cannot list the directory: {error}")));
        vec![]
    });
    paths.sort();
    paths
}

fn is_wav(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("wav"))
}

fn name_of(language: &Path, file: &Path) -> Option<String> {
    Some(format!("{}/{}", language.file_name()?.to_str()?, file.file_stem()?.to_str()?))
}

fn read_file(path: &Path) -> Result<Vec<u8>, String> {
    let mut wav = vec![];
    let file = std::fs::File::open(path).map_err(|error| format!("cannot open the file: {error}"))?;
    let limited = file.take(FILE_OCTETS_MAX + 1).read_to_end(&mut wav);
    let octets = limited.map_err(|error| format!("cannot read the file: {error}"))?;
    if octets as u64 > FILE_OCTETS_MAX {
        return Err("longer than ten minutes; shorten it".to_owned());
    }
    Ok(wav)
}

fn decode(wav: &[u8]) -> Result<Vec<i16>, String> {
    let reader = hound::WavReader::new(Cursor::new(wav)).map_err(|error| format!("not a WAV file: {error}"))?;
    let spec = reader.spec();
    let pcm = spec.sample_format == hound::SampleFormat::Int;
    if !pcm || (spec.sample_rate, spec.bits_per_sample, spec.channels) != (SAMPLES_PER_SECOND, 16, 1) {
        return Err(format!(
            "{} Hz, {} bits, {} channel(s){}; wanted are 8000 Hz, 16 bits, 1 channel, PCM \
             (sox IN.wav -r 8000 -b 16 -c 1 OUT.wav)",
            spec.sample_rate,
            spec.bits_per_sample,
            spec.channels,
            if pcm { "" } else { ", floating point" },
        ));
    }
    let limited = reader.into_samples::<i16>().take(CLIP_SAMPLES_MAX + 1);
    let samples: Vec<i16> = limited.collect::<Result<_, _>>().map_err(|error| format!("cut short or damaged: {error}"))?;
    match samples.len() {
        0 => Err("there is no sound in it".to_owned()),
        1..=CLIP_SAMPLES_MAX => Ok(samples),
        _longer => Err("longer than ten minutes; shorten it".to_owned()),
    }
}
