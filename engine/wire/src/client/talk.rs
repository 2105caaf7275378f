//! One stream, both ways.

use super::Error;
use crate::{Code, Frames, framed};
use bytes::Bytes;
use prost::Message;
use quinn::{Connection, RecvStream, SendStream};

/// Messages on a stream, there and back. Reading and writing go straight to the stream: nothing waits in between, so what
/// is not read stays with the engine, which notices.
#[derive(Debug)]
pub(super) struct Talk {
    send: SendStream,
    receive: RecvStream,
    frames: Frames,
    /// The rest of a message whose saying was broken off: it goes before the next one.
    unsaid: Bytes,
}

impl Talk {
    pub(super) fn new((send, receive): (SendStream, RecvStream)) -> Talk {
        Talk { send, receive, frames: Frames::default(), unsaid: Bytes::new() }
    }

    /// Opens a stream, as soon as the engine allows one more, and says the first message.
    pub(super) async fn open(connection: &Connection, first: &impl Message) -> Result<Talk, Error> {
        let mut talk = Talk::new(connection.open_bi().await?);
        talk.say(first).await?;
        Ok(talk)
    }

    /// Says it, once the engine has room. Of a saying that is broken off, nothing or all is heard, never a half.
    /// Who has no more to hear (the desk is done with the call) is told nothing, and that is no error.
    pub(super) async fn say(&mut self, message: &impl Message) -> Result<(), Error> {
        self.finish_saying().await?;
        self.unsaid = framed(message);
        self.finish_saying().await
    }

    async fn finish_saying(&mut self) -> Result<(), Error> {
        while !self.unsaid.is_empty() {
            match self.send.write_chunks(std::slice::from_mut(&mut self.unsaid)).await.map_err(Error::from) {
                Ok(_) => {}
                Err(Error::Cut(Code::Done)) => self.unsaid.clear(),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The next message, or nothing once the engine has said all. May be broken off without losing one.
    pub(super) async fn hear<M: Message + Default>(&mut self) -> Result<Option<M>, Error> {
        loop {
            if let Some(message) = self.frames.message()? {
                return Ok(Some(message));
            }
            match self.receive.read_chunk(usize::MAX, true).await.map_err(Error::from) {
                Ok(Some(chunk)) => self.frames.take_chunk(chunk.bytes),
                Ok(None) if self.frames.is_amid() => return Err(Error::Half),
                Ok(None) | Err(Error::Cut(Code::Done)) => return Ok(None),
                Err(error) => return Err(error),
            }
        }
    }

    /// Says that nothing more will be said. What is on its way arrives.
    pub(super) fn finish(&mut self) {
        // Fails only if it is finished or stopped: then there is nothing left to do.
        let _ = self.send.finish();
    }

    /// Breaks off what is said.
    pub(super) fn reset(&mut self) {
        let _ = self.send.reset(Code::Done.varint());
    }
}
