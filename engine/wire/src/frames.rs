//! Messages on a stream: a varint with the length in bytes, then the message.

use bytes::{Buf, Bytes, BytesMut};
use prost::Message;
use prost::encoding::{decode_varint, encoded_len_varint};

/// The longest message taken or sent, in bytes.
pub const MESSAGE_BYTES_MAX: usize = 64 * 1024;

/// A varint of a length within bounds never takes more bytes.
const PREFIX_BYTES_MAX: usize = 3;

/// Why what came is no message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It says to be longer than [`MESSAGE_BYTES_MAX`].
    #[error("a message of more than {MESSAGE_BYTES_MAX} bytes")]
    TooLong,
    /// Its bytes are none of that kind of message.
    #[error("not a message of this kind: {0}")]
    Malformed(#[from] prost::DecodeError),
}

/// A message as it stands on a stream.
pub fn framed(message: &impl Message) -> Bytes {
    let length = message.encoded_len();
    let mut bytes = BytesMut::with_capacity(encoded_len_varint(length as u64) + length);
    // The room is there: a `BytesMut` has no bound that a message could meet.
    message.encode_length_delimited(&mut bytes).expect("a buffer that grows");
    bytes.freeze()
}

/// The messages in what has come over a stream so far.
#[derive(Clone, Debug, Default)]
pub struct Frames {
    come: BytesMut,
}

impl Frames {
    /// Takes the next bytes of the stream. Not more is kept than one message and these.
    pub fn take(&mut self, bytes: &[u8]) {
        self.come.extend_from_slice(bytes);
    }

    /// The next whole message, once it is there.
    ///
    /// # Errors
    /// What came is no such message; the stream is of no more use.
    pub fn message<M: Message + Default>(&mut self) -> Result<Option<M>, Unreadable> {
        let Some((prefix, length)) = self.length()? else { return Ok(None) };
        if self.come.len() < prefix + length {
            return Ok(None);
        }
        self.come.advance(prefix);
        Ok(Some(M::decode(self.come.split_to(length))?))
    }

    /// Whether part of a message is there.
    pub fn is_amid(&self) -> bool {
        !self.come.is_empty()
    }

    /// The bytes that the length takes, and the length; nothing until it is there.
    fn length(&self) -> Result<Option<(usize, usize)>, Unreadable> {
        let head = &self.come[..self.come.len().min(PREFIX_BYTES_MAX)];
        if head.iter().all(|byte| *byte >= 0x80) {
            return if head.len() < PREFIX_BYTES_MAX { Ok(None) } else { Err(Unreadable::TooLong) };
        }
        let mut rest = head;
        let length = decode_varint(&mut rest)?;
        match usize::try_from(length) {
            Ok(length) if length <= MESSAGE_BYTES_MAX => Ok(Some((head.len() - rest.len(), length))),
            Ok(_) | Err(_) => Err(Unreadable::TooLong),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Frames, MESSAGE_BYTES_MAX, Unreadable, framed};
    use crate::v1::Hello;
    use proptest::prelude::*;

    fn hello(name: String) -> Hello {
        Hello { name, ..Hello::default() }
    }

    proptest! {
        #[test]
        fn whatever_the_pieces_the_messages_are_the_same(names in prop::collection::vec("[a-z]{0,300}", 1..6), cut in 1_usize..50) {
            let messages: Vec<Hello> = names.into_iter().map(hello).collect();
            let stream: Vec<u8> = messages.iter().flat_map(framed).collect();
            let (mut frames, mut come) = (Frames::default(), Vec::new());
            for piece in stream.chunks(cut) {
                frames.take(piece);
                while let Some(message) = frames.message::<Hello>().unwrap() {
                    come.push(message);
                }
            }
            prop_assert_eq!(come, messages);
            prop_assert!(!frames.is_amid());
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut frames = Frames::default();
            frames.take(&bytes);
            while let Ok(Some(_)) = frames.message::<Hello>() {}
        }
    }

    #[test]
    fn a_length_out_of_bounds_is_refused_before_it_comes() {
        let mut frames = Frames::default();
        frames.take(&framed(&hello("x".repeat(MESSAGE_BYTES_MAX)))[..4]);
        assert_eq!(frames.message::<Hello>(), Err(Unreadable::TooLong));
        let mut frames = Frames::default();
        frames.take(&[0xff; 3]);
        assert_eq!(frames.message::<Hello>(), Err(Unreadable::TooLong));
    }
}
