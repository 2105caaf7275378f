//! The text of a scenario: its file, and below it what `--set` said, a line each.

use super::Faults;
use crate::scenario::Set;
use cabrank_settings::reading::Part;
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};

const LENGTH_MAX: usize = 4 << 20;

/// A scenario as it is written; a search reads the same text time and again.
#[derive(Clone, Debug)]
pub struct Written {
    name: String,
    /// Where the files that it names are looked for.
    pub(super) folder: PathBuf,
    text: String,
}

impl Written {
    /// What stands in that file.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn open(path: &Path) -> Result<Written, Faults> {
        let (name, folder) = (path.display().to_string(), path.parent().unwrap_or(Path::new("")).to_owned());
        Written::from(name, folder, File::open(path))
    }

    /// What `input` says, such as the standard input. The files that it names are looked for in the working directory.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn hear(name: &str, input: impl Read) -> Result<Written, Faults> {
        Written::from(name.to_owned(), PathBuf::new(), Ok(input))
    }

    fn from(name: String, folder: PathBuf, input: io::Result<impl Read>) -> Result<Written, Faults> {
        let unread = |what| Faults::of(cabrank_settings::Faults::unread(&name, what, "the path of a scenario, a file of TOML"));
        let text = text(input).map_err(|error| unread(format!("the scenario cannot be read: {error}")))?;
        Ok(Written { name, folder, text })
    }

    /// The name without what says that it is TOML, for reports.
    pub(super) fn stem(&self) -> String {
        let stem = Path::new(&self.name).file_stem();
        stem.map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
    }
}

/// All the text there is.
pub(super) struct Source<'s> {
    name: String,
    whole: String,
    file_ends: usize,
    sets: Vec<(&'s Set, Range<usize>)>,
}

impl<'s> Source<'s> {
    /// That text and these assignments.
    pub(super) fn new(written: &Written, sets: &'s [Set]) -> Source<'s> {
        let (mut whole, name) = (written.text.clone(), written.name.clone());
        let mut source = Source { name, file_ends: whole.len(), whole: String::new(), sets: Vec::new() };
        for set in sets {
            whole.push('\n');
            let start = whole.len();
            whole += &set.to_string();
            source.sets.push((set, start..whole.len()));
        }
        Source { whole, ..source }
    }

    /// All of it.
    pub(super) fn whole(&self) -> &str {
        &self.whole
    }

    /// The file alone.
    pub(super) fn file(&self) -> &str {
        self.whole.get(..self.file_ends).unwrap_or_default()
    }

    /// What the file is called in messages.
    pub(super) fn name(&self) -> String {
        self.name.clone()
    }

    /// Assignments of that kind, each with its place in the text.
    pub(super) fn sets(&self, of_kind: impl Fn(&Set) -> bool) -> Vec<(&'s Set, Range<usize>)> {
        self.sets.iter().filter(|(set, _)| of_kind(set)).cloned().collect()
    }

    /// What each part of the text is called.
    pub(super) fn parts(&self) -> Vec<Part<'_>> {
        let flags = (self.file_ends + 1).min(self.whole.len())..self.whole.len();
        let file = (&*self.name, 0..self.file_ends);
        if self.sets.is_empty() { vec![file] } else { vec![file, ("--set", flags)] }
    }
}

/// All that can be read, if that is not too long.
pub(super) fn text(input: io::Result<impl Read>) -> Result<String, String> {
    let mut text = String::new();
    let read = input.and_then(|input| input.take(LENGTH_MAX as u64 + 1).read_to_string(&mut text));
    match read {
        Err(error) => Err(error.to_string()),
        Ok(_) if text.len() > LENGTH_MAX => Err("it is longer than 4 MiB".to_owned()),
        Ok(_) => Ok(text),
    }
}
