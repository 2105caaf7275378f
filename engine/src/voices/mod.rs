//! Callers' names as they are spoken: rendered when a profile is written, by a speech command of one's own, and never during a call.
//!
//! A name that is not rendered yet, or cannot be, is not said: the greeting is then nameless. What was rendered lies in the data
//! directory, so that a start renders nothing twice; a recording named after the number goes before what the command says.

mod render;
mod spoken;
mod work;

#[cfg(test)]
mod tests;

use crate::directory::Directory;
use crate::media::Word;
use cabrank_core::{Number, Profile, Text};
use spoken::Phrase;
use std::collections::{HashMap, HashSet, VecDeque};
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;
use tracing::warn;

/// The longest that a name may take to be said.
const LONGEST: Duration = Duration::from_secs(5);

/// How names are rendered.
#[derive(Clone, Debug)]
pub struct VoiceSettings {
    /// The program and its arguments; `{text}`, `{file}` and `{language}` stand for the name, the WAV file to write, and the
    /// caller's language. Empty: nothing is rendered.
    pub command: Vec<String>,
    /// How long one name may take; then the program is killed.
    pub timeout: Duration,
    /// How many programs run at once; at least one does.
    pub at_once: usize,
    /// Where recordings lie, `<number>.wav`.
    pub recordings: Option<PathBuf>,
    /// The language of callers whose profile names none.
    pub language: Text,
    /// How much memory names may take, in octets: 8,000 a second.
    pub octets_max: usize,
    /// Where what was rendered is kept.
    pub rendered: PathBuf,
}

/// The names that can be said. Cheap to clone; the last one ends the work.
#[derive(Clone, Debug)]
pub struct Voices(Arc<Desk>);

/// Ends the threads with the last of the doors.
#[derive(Debug)]
struct Desk(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    settings: VoiceSettings,
    known: RwLock<Known>,
    wanted: Mutex<Wanted>,
    more: Condvar,
}

#[derive(Debug, Default)]
struct Known {
    phrases: HashMap<Phrase, Word>,
    recordings: HashMap<Number, Word>,
    octets: usize,
}

#[derive(Debug, Default)]
struct Wanted {
    jobs: VecDeque<Job>,
    /// Of the jobs, so that a name which thousands bear is rendered once.
    phrases: HashSet<Phrase>,
    ended: bool,
}

#[derive(Debug)]
enum Job {
    Render(Phrase),
    Recording(Number),
}

impl Voices {
    /// Begins to work.
    ///
    /// # Errors
    /// The system refuses the directory or a thread.
    pub fn start(settings: VoiceSettings) -> io::Result<Voices> {
        crate::serve::make_private_dir(&settings.rendered)?;
        let threads = settings.at_once.max(1);
        let shared = Arc::new(Shared::new(settings));
        let voices = Voices(Arc::new(Desk(Arc::clone(&shared))));
        for _ in 0..threads {
            let shared = Arc::clone(&shared);
            std::thread::Builder::new().name("voices".into()).spawn(move || work::run(&shared))?;
        }
        Ok(voices)
    }

    /// Where nobody is greeted by name.
    #[must_use]
    pub fn silent() -> Voices {
        let settings = VoiceSettings {
            command: Vec::new(),
            timeout: Duration::ZERO,
            at_once: 0,
            recordings: None,
            language: Text::default(),
            octets_max: 0,
            rendered: PathBuf::new(),
        };
        Voices(Arc::new(Desk(Arc::new(Shared::new(settings)))))
    }

    /// Whether any name is ever said.
    #[must_use]
    pub fn speak(&self) -> bool {
        let settings = &self.0.0.settings;
        !settings.command.is_empty() || settings.recordings.is_some()
    }

    /// Sees to it that who calls from that number can soon be called by name. Comes back at once.
    pub fn want(&self, number: &Number, profile: &Profile) {
        let shared = &self.0.0;
        let mut wanted = shared.wanted();
        if shared.settings.recordings.is_some() {
            wanted.jobs.push_back(Job::Recording(number.clone()));
        }
        if let Some(phrase) = shared.phrase(profile).filter(|_| !shared.settings.command.is_empty())
            && !shared.known().phrases.contains_key(&phrase)
            && wanted.phrases.insert(phrase.clone())
        {
            wanted.jobs.push_back(Job::Render(phrase));
        }
        shared.more.notify_all();
    }

    /// The same for all, however many; and what was rendered of names that nobody bears any more is removed. Takes its time.
    pub fn want_all(&self, directory: &Directory) {
        let shared = &self.0.0;
        let mut borne = HashSet::new();
        directory.each(|number, profile| {
            self.want(number, profile);
            borne.extend(shared.phrase(profile));
        });
        shared.known.write().unwrap_or_else(PoisonError::into_inner).keep_only(&borne);
        shared.settings.remove_all_but(&borne);
    }

    /// How the name of who calls from that number is said, if it can be. From memory.
    pub fn of(&self, number: &Number, profile: &Profile) -> Option<Word> {
        let shared = &self.0.0;
        let known = shared.known();
        let phrase = || shared.phrase(profile).and_then(|phrase| known.phrases.get(&phrase));
        known.recordings.get(number).or_else(phrase).cloned()
    }

    /// Forgets how the name of who called from that number was said: here, and what was rendered of it, or is being rendered. A
    /// recording is not the engine's: its file stays.
    pub fn forget(&self, number: &Number, profile: &Profile) {
        let shared = &self.0.0;
        {
            let mut known = shared.known.write().unwrap_or_else(PoisonError::into_inner);
            let recording = known.recordings.remove(number);
            known.octets = known.octets.saturating_sub(recording.as_ref().map_or(0, Word::octets));
        }
        if let Some(phrase) = shared.phrase(profile) {
            let mut wanted = shared.wanted();
            wanted.phrases.remove(&phrase);
            wanted.jobs.retain(|job| !matches!(job, Job::Render(wanted) if *wanted == phrase));
            drop(wanted);
            shared.unsay(&phrase);
        }
    }
}

impl Known {
    fn keep_only(&mut self, borne: &HashSet<Phrase>) {
        self.phrases.retain(|phrase, _| borne.contains(phrase));
        self.octets = self.phrases.values().chain(self.recordings.values()).map(Word::octets).sum();
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.0.wanted().ended = true;
        self.0.more.notify_all();
    }
}

impl Shared {
    fn new(settings: VoiceSettings) -> Shared {
        Shared { settings, known: RwLock::default(), wanted: Mutex::default(), more: Condvar::new() }
    }

    fn phrase(&self, profile: &Profile) -> Option<Phrase> {
        Phrase::of(profile, &self.settings.language)
    }

    // Nothing that is done under these locks can leave anything half done.
    fn wanted(&self) -> MutexGuard<'_, Wanted> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self) -> std::sync::RwLockReadGuard<'_, Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets a phrase, and what was rendered of it.
    fn unsay(&self, phrase: &Phrase) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let said = known.phrases.remove(phrase);
        known.octets = known.octets.saturating_sub(said.as_ref().map_or(0, Word::octets));
        drop(known);
        self.settings.forget_rendered(phrase);
    }

    /// Keeps a word, if there is room for it.
    fn keep(&self, word: Word, place: impl FnOnce(&mut Known, Word) -> Option<Word>) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let octets = known.octets + word.octets();
        if octets > self.settings.octets_max {
            warn!("there is no more memory for spoken names: see memory_mb in [speech]; some callers are greeted without theirs");
            return;
        }
        known.octets = octets;
        let former = place(&mut known, word);
        known.octets -= former.map_or(0, |former| former.octets());
    }
}
