//! What is said of callers, and callers who are forgotten: words are sealed under the secrets of those of whom they speak.

use super::Veil;
use crate::filing::said::{ERASED, with_words};
use crate::vault::Alias;
use cabrank_core::{Caller, Filing, Input, Matter, Number, Text};

impl Veil {
    /// A matter as it is journalled: what is said in it is sealed under the secret of each of these callers, or of nobody in
    /// particular. Nothing if it cannot be sealed.
    pub fn seal_matter(&self, about: &[Number], mut matter: Matter) -> Option<Matter> {
        let Some(behind) = &self.0 else { return Some(matter) };
        let (key, numbers) = (key_of(&matter), about.iter().map(|number| &*number.0).collect::<Vec<_>>());
        let mut sealed = true;
        with_words(&mut matter, |said| match behind.vault.seal_words(&numbers, &key, said) {
            Some(words) => *said = words.into(),
            None => sealed = false,
        });
        sealed.then_some(matter)
    }

    /// What was filed, as it is kept.
    pub fn filing(&self, filing: &Filing) -> Filing {
        let mut filing = filing.clone();
        if let Some(behind) = &self.0 {
            let key = key_of(&filing.matter);
            with_words(&mut filing.matter, |said| {
                *said = behind.vault.open_words(&key, said).map_or_else(|| ERASED.into(), Text::from);
            });
        }
        filing
    }

    /// Whether a caller had a number, and nobody knows any more which.
    pub fn is_forgotten(&self, told: &Caller) -> bool {
        let alias = told.number.as_ref().and_then(|number| Alias::read(&number.0));
        let Some((behind, alias)) = self.0.as_ref().zip(alias) else { return false };
        behind.vault.number_of(alias).is_none()
    }

    /// A fact that was veiled a moment ago: if its caller was forgotten on the way, nobody calls. Else somebody would be served whose
    /// profile nobody can look up.
    pub fn still(&self, mut input: Input) -> Input {
        if let Input::CallOffered { caller, .. } = &mut input
            && self.is_forgotten(caller)
        {
            *caller = Caller { token: caller.token.take(), ..Caller::unknown() };
        }
        input
    }
}

/// To what sealed words are bound.
fn key_of(matter: &Matter) -> Vec<u8> {
    match matter {
        Matter::Record { call, .. } => format!("record/{call}").into(),
        Matter::CaseOpened { case, .. } | Matter::Case { case, .. } => format!("case/{case}").into(),
    }
}
