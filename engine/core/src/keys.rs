//! What a caller pressed: the first few keys.

use crate::{Code, Digit, Malformed, Reader, Sink};
use alloc::vec::Vec;

/// Keys that are remembered of a call; what is pressed after that is obeyed, but not kept.
const KEYS_MAX: usize = 8;

/// The first few keys of a call, in place: remembering one allocates nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keys {
    keys: [Digit; KEYS_MAX],
    len: u8,
}

impl Default for Keys {
    fn default() -> Self {
        Keys { keys: [Digit::Number(0); KEYS_MAX], len: 0 }
    }
}

impl Keys {
    /// The keys, in the order in which they were pressed.
    pub fn as_slice(&self) -> &[Digit] {
        self.keys.get(..usize::from(self.len)).unwrap_or_default()
    }

    pub(crate) fn remember(&mut self, digit: Digit) {
        if let Some(slot) = self.keys.get_mut(usize::from(self.len)) {
            *slot = digit;
            self.len += 1;
        }
    }
}

impl FromIterator<Digit> for Keys {
    fn from_iter<I: IntoIterator<Item = Digit>>(digits: I) -> Self {
        let mut keys = Keys::default();
        digits.into_iter().for_each(|digit| keys.remember(digit));
        keys
    }
}

impl Code for Keys {
    fn encode<S: Sink>(&self, sink: &mut S) {
        self.len.encode(sink);
        self.as_slice().iter().for_each(|key| key.encode(sink));
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        Vec::<Digit>::decode(reader).map(Keys::from_iter)
    }
}
