//! What edges note of a caller's legs is sealed: SIP dialogs name callers in many places.
//!
//! A sealed note is a byte 1, the alias of the caller whose secret seals it (16 bytes), a nonce (12 bytes), and the note under
//! AES-128-GCM, with its key as what it is bound to. No note of before begins with that byte: they are protocol buffers.

use super::{Alias, Vault};
use aws_lc_rs::aead::{AES_128_GCM, Aad, Nonce, RandomizedNonceKey};

const SEALED: u8 = 1;

impl Vault {
    /// Seals what is noted under `key` of a call by `number`; empty for nobody in particular. Nothing if it cannot be sealed.
    pub fn seal(&self, number: &str, key: &[u8], note: &[u8]) -> Option<Vec<u8>> {
        let alias = self.alias_of(number);
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
