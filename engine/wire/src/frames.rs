//! Messages on a stream: a varint with the length in bytes, then the message.

use bytes::{Buf, Bytes, BytesMut};
use prost::Message;
use prost::encoding::{decode_varint, encode_varint, encoded_len_varint};

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
    encode_varint(length as u64, &mut bytes);
    message.encode_raw(&mut bytes);
    bytes.freeze()
}

/// The messages in what has come over a stream so far.
///
/// What comes is read where it lies; only a message that is not all there yet is copied, and nothing is held while none is begun.
#[derive(Clone, Debug, Default)]
pub struct Frames {
    /// From the first byte of a message that was not all there, when last looked at.
    begun: BytesMut,
    /// What has come since.
    come: Bytes,
}

impl Frames {
    /// Takes the next bytes of the stream. Not more is kept than one message and these.
    pub fn take(&mut self, bytes: &[u8]) {
        self.take_chunk(Bytes::copy_from_slice(bytes));
    }

    /// The same of bytes that are had anyway.
    pub fn take_chunk(&mut self, bytes: Bytes) {
        self.set_aside();
        self.come = bytes;
    }

    /// The next whole message, once it is there.
    ///
    /// # Errors
    /// What came is no such message; the stream is of no more use.
    pub fn message<M: Message + Default>(&mut self) -> Result<Option<M>, Unreadable> {
        if self.begun.is_empty() {
            let message = first_of(&mut self.come)?;
            if message.is_none() {
                self.set_aside();
            }
            return Ok(message);
        }
        self.set_aside();
        let message = first_of(&mut self.begun)?;
        if self.begun.is_empty() {
            self.begun = BytesMut::new();
        }
        Ok(message)
    }

    /// Whether part of a message is there.
    pub fn is_amid(&self) -> bool {
        !self.begun.is_empty() || !self.come.is_empty()
    }

    /// Bytes that are kept of a message that is begun.
    pub fn begun_bytes(&self) -> usize {
        self.begun.len()
    }

    /// What has come belongs to the message that is begun.
    fn set_aside(&mut self) {
        self.begun.extend_from_slice(&self.come);
        self.come = Bytes::new();
    }
}

/// Takes the first message off, if all of it is there.
fn first_of<M: Message + Default>(bytes: &mut (impl Buf + AsRef<[u8]>)) -> Result<Option<M>, Unreadable> {
    let Some((prefix, length)) = length_of(bytes.as_ref())? else { return Ok(None) };
    let Some(whole) = bytes.as_ref().get(prefix..prefix + length) else { return Ok(None) };
    let message = M::decode(whole)?;
    bytes.advance(prefix + length);
    Ok(Some(message))
}

/// The bytes that the length takes, and the length; nothing until it is there.
fn length_of(bytes: &[u8]) -> Result<Option<(usize, usize)>, Unreadable> {
    let head = &bytes[..bytes.len().min(PREFIX_BYTES_MAX)];
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
