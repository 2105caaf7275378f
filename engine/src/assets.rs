//! What is built into the binary, and how files beside a configuration take its place.

use crate::media::{Library, LibraryError};
use cabrank_settings::{CertificateDer, Config, Faults, OnDisk, Surroundings};
use include_dir::{Dir, File, include_dir};
use std::io;
use std::path::{Path, PathBuf};

static CONFIG: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../config");

/// The name of the built-in configuration.
const DEFAULT: &str = "taxi.toml";

/// Where a configuration comes from.
#[derive(Clone, Debug)]
pub enum Source {
    /// The built-in taxi desk.
    BuiltIn,
    /// A file; prompts and secrets are looked for beside it, and prompts it does not bring are the built-in ones.
    File(PathBuf),
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration {}: {error}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The file has faults.
    #[error(transparent)]
    Faults(#[from] Box<Faults>),
}

impl Source {
    /// Reads and checks it.
    ///
    /// # Errors
    /// [`ConfigError`], with every fault at once.
    pub fn config(&self) -> Result<Config, ConfigError> {
        let text = match self {
            Source::BuiltIn => built_in_text(DEFAULT),
            Source::File(path) => {
                std::fs::read_to_string(path).map_err(|error| ConfigError::Unreadable { path: path.clone(), error })?
            }
        };
        cabrank_settings::parse(&text, &self.name(), self).map_err(|faults| ConfigError::Faults(Box::new(faults)))
    }

    /// How it is called in messages.
    pub fn name(&self) -> String {
        match self {
            Source::BuiltIn => format!("{DEFAULT} (built in)"),
            Source::File(path) => path.display().to_string(),
        }
    }

    /// Where relative paths of the configuration start.
    pub fn directory(&self) -> PathBuf {
        match self {
            Source::BuiltIn => PathBuf::new(),
            Source::File(path) => path.parent().map(Path::to_owned).unwrap_or_default(),
        }
    }

    /// The prompts: the built-in ones, and in their place those that lie beside the configuration.
    ///
    /// # Errors
    /// Every file that is no prompt, and why.
    pub fn prompts(&self) -> Result<Library, LibraryError> {
        let built_in = built_in_prompts();
        let mut library = Library::embedded(built_in.iter().map(|(name, wav)| (name.as_str(), *wav)))?;
        if let Source::File(path) = self {
            let beside = path.parent().unwrap_or(Path::new("")).join("prompts");
            if beside.is_dir() {
                library.add_dir(&beside)?;
            }
        }
        Ok(library)
    }
}

impl Surroundings for Source {
    fn find_prompt(&self, language: &str, name: &str) -> Result<(), String> {
        if CONFIG.contains(format!("prompts/{language}/{name}.wav")) {
            return Ok(());
        }
        match self {
            Source::BuiltIn => Err(format!("the built-in prompts/{language}/{name}.wav")),
            Source::File(path) => OnDisk::beside(path).find_prompt(language, name),
        }
    }

    fn secret(&self, path: &str) -> io::Result<String> {
        match self {
            Source::BuiltIn => built_in(path).ok_or_else(|| io::ErrorKind::NotFound.into()),
            Source::File(config) => OnDisk::beside(config).secret(path),
        }
    }

    fn certificates(&self, path: &str) -> io::Result<Vec<CertificateDer<'static>>> {
        match self {
            Source::BuiltIn => Err(io::ErrorKind::NotFound.into()),
            Source::File(config) => OnDisk::beside(config).certificates(path),
        }
    }
}

/// The example profiles that the built-in desk starts with.
pub fn example_profiles() -> String {
    built_in_text("profiles.csv")
}

fn built_in(path: &str) -> Option<String> {
    CONFIG.get_file(path)?.contents_utf8().map(str::to_owned)
}

/// A file that the build has put in; a test looks for each.
fn built_in_text(path: &str) -> String {
    built_in(path).unwrap_or_default()
}

/// Each as `<language>/<name>`.
fn built_in_prompts() -> Vec<(String, &'static [u8])> {
    let languages = CONFIG.get_dir("prompts").into_iter().flat_map(Dir::dirs);
    languages.flat_map(Dir::files).filter_map(named_prompt).collect()
}

fn named_prompt(file: &'static File<'static>) -> Option<(String, &'static [u8])> {
    let path = file.path().strip_prefix("prompts").ok()?;
    let is_wav = path.extension().is_some_and(|extension| extension == "wav");
    is_wav.then(|| (path.with_extension("").display().to_string(), file.contents()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_desk_has_no_fault_and_every_prompt() {
        let config = Source::BuiltIn.config().expect("the built-in configuration has no fault");
        let prompts = Source::BuiltIn.prompts().expect("the built-in prompts are prompts");
        for name in crate::speech::needed() {
            assert!(prompts.clip(&config.language, &name).is_some(), "{name}");
        }
        assert!(example_profiles().starts_with("number,name"));
    }
}
