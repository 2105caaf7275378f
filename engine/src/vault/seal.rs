//! What edges note of a caller's legs is sealed: SIP dialogs name callers in many places.
//!
//! A sealed note is a byte 1, the alias of the caller whose secret seals it (16 bytes), a nonce (12 bytes), and the note under
//! AES-128-GCM, with its key as what it is bound to. No note of before begins with that byte: they are protocol buffers.

//!
//! Sealed words (what people say of a call or a case) are `~~` and the same in base64, once for each caller of whom they speak, one
//! within the other, around a byte 0 and the words.

use super::{Alias, Vault};
use aws_lc_rs::aead::{AES_128_GCM, Aad, Nonce, RandomizedNonceKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

const SEALED: u8 = 1;
/// Words as they were said.
const PLAIN: u8 = 0;
/// How sealed words begin: no alias does.
const WORDS: &str = "~~";
/// The number of nobody in particular.
const NOBODY: &str = "";

impl Vault {
    /// Seals what is noted under `key` of a call by `number`; empty for nobody in particular. Nothing if it cannot be sealed.
    pub fn seal(&self, number: &str, key: &[u8], note: &[u8]) -> Option<Vec<u8>> {
        self.seal_under(self.alias_of(number), key, note)
    }

    /// Seals what is said under `key` of whoever has these numbers, under the secret of each: once one of them is forgotten nobody
    /// can read it. Whom the vault does not know is not named for it. Nothing if it cannot be sealed.
    pub fn seal_words(&self, numbers: &[&str], key: &[u8], words: &str) -> Option<String> {
        let mut aliases: Vec<Alias> = numbers.iter().filter_map(|number| self.alias_named(number)).collect();
        aliases.sort_unstable_by_key(|alias| alias.0);
        aliases.dedup();
        if aliases.is_empty() {
            aliases.push(self.alias_of(NOBODY));
        }
        let plain = [&[PLAIN][..], words.as_bytes()].concat();
        let sealed = aliases.into_iter().try_fold(plain, |sealed, alias| self.seal_under(alias, key, &sealed))?;
        Some(format!("{WORDS}{}", URL_SAFE_NO_PAD.encode(sealed)))
    }

    /// What was said under `key`; as it stands if it was never sealed, nothing if somebody of whom it speaks is forgotten.
    pub fn open_words(&self, key: &[u8], words: &str) -> Option<String> {
        let sealed = words.strip_prefix(WORDS).and_then(|sealed| URL_SAFE_NO_PAD.decode(sealed).ok());
        let Some(mut sealed) = sealed.filter(|sealed| sealed.first() == Some(&SEALED)) else { return Some(words.to_owned()) };
        while sealed.first() == Some(&SEALED) {
            sealed = self.open_note(key, &sealed)?;
        }
        sealed.strip_prefix(&[PLAIN]).and_then(|plain| String::from_utf8(plain.to_vec()).ok())
    }

    fn seal_under(&self, alias: Alias, key: &[u8], note: &[u8]) -> Option<Vec<u8>> {
        let cipher = self.cipher(alias)?;
        let mut sealed = note.to_vec();
        let nonce = cipher.seal_in_place_append_tag(Aad::from(key), &mut sealed).ok()?;
        Some([&[SEALED][..], &alias.0, nonce.as_ref(), &sealed].concat())
    }

    /// What was noted under `key`; as it stands if it was never sealed, nothing if whom it is about is forgotten.
    pub fn open_note(&self, key: &[u8], state: &[u8]) -> Option<Vec<u8>> {
        let Some((&SEALED, sealed)) = state.split_first() else { return Some(state.to_vec()) };
        let (alias, sealed) = sealed.split_first_chunk()?;
        let (nonce, sealed) = sealed.split_first_chunk::<12>()?;
        let mut note = sealed.to_vec();
        let opened = self.cipher(Alias(*alias))?.open_in_place(Nonce::from(nonce), Aad::from(key), &mut note).ok()?;
        Some(opened.to_vec())
    }

    fn cipher(&self, alias: Alias) -> Option<RandomizedNonceKey> {
        RandomizedNonceKey::new(&AES_128_GCM, &self.secret_of(alias)?).ok()
    }
}
