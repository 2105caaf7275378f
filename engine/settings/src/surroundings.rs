//! What a configuration refers to outside of itself: prompts and secret files.

use crate::Secret;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// What a configuration may refer to. The real thing is [`OnDisk`]; the embedded default and tests bring their own.
pub trait Surroundings {
    /// Whether there is that prompt in that language; the error says where it was looked for.
    fn find_prompt(&self, language: &str, name: &str) -> Result<(), String>;

    /// The content of a secret file; a relative path starts where the configuration lies.
    fn secret(&self, path: &str) -> io::Result<String>;
}

/// The directory that a configuration file lies in: `prompts/<language>/<name>.wav` and secret files.
#[derive(Clone, Debug)]
pub struct OnDisk {
    dir: PathBuf,
}

impl OnDisk {
    /// The surroundings of that configuration file.
    pub fn beside(config_file: &Path) -> OnDisk {
        OnDisk { dir: config_file.parent().map(Path::to_path_buf).unwrap_or_default() }
    }
}

impl Surroundings for OnDisk {
    fn find_prompt(&self, language: &str, name: &str) -> Result<(), String> {
        let file = self.dir.join("prompts").join(language).join(format!("{name}.wav"));
        if file.is_file() { Ok(()) } else { Err(file.display().to_string()) }
    }

    fn secret(&self, path: &str) -> io::Result<String> {
        let length_max = (Secret::LENGTH_MAX + 3) as u64; // room for a line's end, and for being seen to be too long
        let mut text = String::new();
        File::open(self.dir.join(path))?.take(length_max).read_to_string(&mut text)?;
        Ok(text)
    }
}
