//! What the desk is told of callers, and what those are told who carry out its orders.
//!
//! The desk decides by who calls *again*, never by who it is: it is told an alias for the number, and of the profile only what it
//! decides by (language, class, preferred agent, which fields are filled, and whether one that may prove who calls holds a code).
//! The door veils what goes in, and lifts the veil from what comes out: orders, looks, records. So the journal, its snapshots and
//! every digest hold aliases only, and are replayed alike after a caller was forgotten. What people say of a caller in their own
//! words is sealed in the journal.
//!
//! Where callers' numbers and names flow:
//!
//! | from | to | by way of |
//! |---|---|---|
//! | SIP and QUIC edges: `Caller` of a new call | desk, journal, snapshots, memory of callers | [`Veil::input`] at the door |
//! | look-up outside: `CallerFound` | desk, journal, snapshots; the directory's memory keeps the whole | [`Veil::input`] at the door |
//! | desk: whom to look up | the look-up outside | [`Veil::effect`] |
//! | desk: context of a ringing, whom to call back | edges, agents' programs | [`Veil::effect`] at the outlets |
//! | desk: what a fulfilment service is asked | the service | [`Veil::effect`]; after a crash [`Veil::dispatch`] |
//! | desk: records | store, last contacts | [`Veil::record`] at the store's writer |
//! | desk: looks, beliefs after a restart | HTTP, edges | [`Veil::view`] |
//! | keys of a code, and the profile's field that holds it | nobody: the lane compares them | [`Veil::is_code`] |
//! | SIP dialogs (From, To, Contact) | notes in journal and snapshots | [`Veil::seal`], [`Veil::opened`] |
//! | what people say of calls and cases | journal | [`Veil::seal_matter`] where it is filed |
//! | desk: filings | store, resolutions of last contacts | [`Veil::filing`] at the store's writer |
//! | store | webhooks, context of later calls | looked up when it is sent or shown |

mod filed;

use crate::directory::Directory;
use crate::vault::{Alias, Vault};
use cabrank_core::{Caller, Context, Dispatch, Effect, Input, Number, Profile, Record, Text, View};
use cabrank_journal::{Note, Notes, SyncFailed};
use std::io;
use std::sync::{Arc, LazyLock};
use subtle::ConstantTimeEq;

/// What stands in a profile's field that is filled.
static FILLED: LazyLock<Text> = LazyLock::new(|| "~".into());

/// A veil before the desk. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Veil(Option<Arc<Behind>>);

#[derive(Debug)]
struct Behind {
    vault: Arc<Vault>,
    directory: Arc<Directory>,
}

impl Veil {
    /// A veil that this vault knows how to lift, with what the directory knows of callers.
    pub fn new(vault: Arc<Vault>, directory: Arc<Directory>) -> Veil {
        Veil(Some(Arc::new(Behind { vault, directory })))
    }

    /// None, for a desk whose callers are nobody: a test's.
    pub fn none() -> Veil {
        Veil(None)
    }

    /// A fact as the desk is told it.
    pub fn input(&self, input: Input) -> Input {
        match (&self.0, input) {
            (Some(behind), Input::CallOffered { call, line, open, caller }) => {
                Input::CallOffered { call, line, open, caller: behind.veiled(caller) }
            }
            (Some(behind), Input::CallerFound { call, profile, within }) => {
                Input::CallerFound { call, profile: Arc::new(behind.outline(&profile)), within }
            }
            (_, input) => input,
        }
    }

    /// An order as whoever carries it out is told it.
    pub fn effect(&self, effect: Effect) -> Effect {
        let Some(behind) = &self.0 else { return effect };
        match effect {
            Effect::Ring { offer, agent, context } => {
                let context = Context { caller: behind.lifted(context.caller), ..context };
                Effect::Ring { offer, agent, context }
            }
            Effect::CallBack { call, line, number } => {
                // Whom nobody knows any more cannot be reached, and the desk hears that.
                let number = behind.number(&number).unwrap_or(number);
                Effect::CallBack { call, line, number }
            }
            Effect::LookUp { call, line, number } => {
                let number = behind.number(&number).unwrap_or(number);
                Effect::LookUp { call, line, number }
            }
            Effect::Dispatch(dispatch) => Effect::Dispatch(Box::new(self.dispatch(*dispatch))),
            // Records are the writer's, whichever way they come to it.
            Effect::Write(_)
            | Effect::Refuse { .. }
            | Effect::Answer { .. }
            | Effect::Say { .. }
            | Effect::Music { .. }
            | Effect::StopRinging { .. }
            | Effect::Connect { .. }
            | Effect::Release { .. }
            | Effect::HangUp { .. }
            | Effect::Warn { .. }
            | Effect::Note(_)
            | Effect::Amend { .. }
            | Effect::File(_)
            | Effect::Announce { .. } => effect,
        }
    }

    /// Whether these digits are the code that a field of the caller's profile holds. What was keyed in is held against it in a time
    /// that tells nothing but how many digits either has. Nothing as long as there are fewer of them than in the code.
    pub fn is_code(&self, caller: &Caller, field: &str, digits: &[u8]) -> Option<bool> {
        let profile = match &self.0 {
            Some(behind) => behind.known(caller),
            None => caller.profile.clone(),
        };
        let profile = profile.filter(|profile| profile.holds_code(field));
        let code = profile.as_ref().and_then(|profile| profile.field(field))?;
        (digits.len() >= code.len()).then(|| code.as_bytes().ct_eq(digits).into())
    }

    /// What a fulfilment service is asked.
    pub fn dispatch(&self, dispatch: Dispatch) -> Dispatch {
        Dispatch { caller: self.lifted(dispatch.caller), ..dispatch }
    }

    /// A record as it is kept.
    pub fn record(&self, record: &Record) -> Record {
        let record = record.clone();
        Record { caller: self.lifted(record.caller), ..record }
    }

    /// A look as it is shown.
    pub fn view(&self, mut view: View) -> View {
        if let Some(behind) = &self.0 {
            for call in &mut view.calls {
                call.caller = behind.lifted(std::mem::replace(&mut call.caller, Caller::unknown()));
            }
            view.dispatches = view.dispatches.into_iter().map(|dispatch| self.dispatch(dispatch)).collect();
        }
        view
    }

    /// A note of a call as it is journalled: sealed under the secret of who calls, or of nobody. Nothing if it cannot be sealed.
    pub fn seal(&self, number: Option<&Number>, note: Note) -> Option<Note> {
        match &self.0 {
            Some(behind) if !note.state.is_empty() => {
                let state = behind.vault.seal(number.map_or("", |number| &number.0), &note.key, &note.state)?;
                Some(Note { state, ..note })
            }
            Some(_) | None => Some(note),
        }
    }

    /// Notes as whoever made them reads them. One that nobody can read any more stays sealed: its edge gives it up.
    pub fn opened(&self, notes: &Notes) -> Notes {
        let mut opened = Notes::default();
        for (key, state) in notes.iter() {
            let read = self.0.as_ref().and_then(|behind| behind.vault.open_note(key, state));
            opened.see(Note { key: key.to_vec(), state: read.unwrap_or_else(|| state.to_vec()) });
        }
        opened
    }

    /// Writes who is new: before the facts that name them.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn write(&self) -> io::Result<()> {
        self.0.as_ref().map_or(Ok(()), |behind| behind.vault.write())
    }

    /// Brings who is new to the disk: before anything is promised to them.
    ///
    /// # Errors
    /// [`SyncFailed`].
    pub fn sync(&self) -> Result<(), SyncFailed> {
        self.0.as_ref().map_or(Ok(()), |behind| behind.vault.sync())
    }

    /// Whether the desk is told of whoever is `told` when this number calls.
    pub fn hides(&self, number: &Number, told: &Number) -> bool {
        let alias = self.0.as_ref().and_then(|behind| behind.vault.alias_known(&number.0));
        number == told || alias.is_some_and(|alias| *alias.text() == *told.0)
    }

    /// Forgets who is behind a number's alias, but for the file; says whether it had one.
    ///
    /// # Errors
    /// The disk refuses; nothing is forgotten.
    pub fn forget(&self, number: &Number) -> io::Result<bool> {
        self.0.as_ref().map_or(Ok(false), |behind| behind.vault.forget(&number.0))
    }

    /// Has the file forget as well. Takes as long as the disk does.
    ///
    /// # Errors
    /// The disk refuses; it may be tried again.
    pub fn wipe(&self) -> io::Result<()> {
        self.0.as_ref().map_or(Ok(()), |behind| behind.vault.wipe())
    }

    fn lifted(&self, caller: Caller) -> Caller {
        match &self.0 {
            Some(behind) => behind.lifted(caller),
            None => caller,
        }
    }
}

impl Behind {
    fn veiled(&self, caller: Caller) -> Caller {
        Caller {
            number: caller.number.map(|number| Number(self.vault.alias_of(&number.0).text())),
            trust: caller.trust,
            token: caller.token.map(|token| self.vault.alias_of_token(&token).text()),
            profile: caller.profile.map(|profile| Arc::new(self.outline(&profile))),
        }
    }

    /// Of a profile what the desk decides by.
    fn outline(&self, profile: &Profile) -> Profile {
        let filled = profile.fields.iter().filter(|(name, _)| profile.field(name).is_some());
        let outlined = |(name, value): &(Text, Text)| {
            let outline = if self.directory.is_secret(name) { Profile::outline_of(value).into() } else { Arc::clone(&FILLED) };
            (Arc::clone(name), outline)
        };
        Profile { name: Text::default(), fields: filled.map(outlined).collect(), ..profile.clone() }
    }

    /// What the directory knows of a caller of whom the desk was told.
    fn known(&self, caller: &Caller) -> Option<Arc<Profile>> {
        let number = caller.number.as_ref()?;
        match Alias::read(&number.0) {
            Some(alias) => self.directory.profile_or_found(&Number(self.vault.number_of(alias)?)),
            None => caller.profile.clone(),
        }
    }

    /// Journals of before name callers by their numbers: those stand for themselves, and so do their profiles.
    fn lifted(&self, caller: Caller) -> Caller {
        let Some(alias) = caller.number.as_ref().and_then(|number| Alias::read(&number.0)) else { return caller };
        let number = self.vault.number_of(alias).map(Number);
        let profile = caller.profile.map(|outline| {
            let known = number.as_ref().and_then(|number| self.directory.shown(number));
            known.unwrap_or_else(|| Arc::new(without_fields(&outline)))
        });
        Caller { number, profile, ..caller }
    }

    /// Whose number it is; nothing if that is forgotten.
    fn number(&self, number: &Number) -> Option<Number> {
        match Alias::read(&number.0) {
            Some(alias) => self.vault.number_of(alias).map(Number),
            None => Some(number.clone()),
        }
    }
}

/// Of somebody whom the directory no longer knows.
fn without_fields(outline: &Profile) -> Profile {
    Profile { fields: Vec::new(), ..outline.clone() }
}

#[cfg(test)]
mod tests;
