//! One stream, both ways: messages in, and whatever the desk or the session has to say out.
//!
//! Whoever has something to say puts it into the stream's [`Outlet`] and goes on; the one task that serves the stream writes it. So
//! nobody waits for a client that reads slowly, and what gathers meanwhile leaves in one write.

use bytes::{Buf as _, Bytes, BytesMut};
use cabrank_wire::{Code, Frames};
use prost::Message;
use quinn::{ConnectionError, ReadError, RecvStream, SendStream, WriteError};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// Bytes that one stream may have to say and not have said: hundreds of messages. Who lets more gather reads too slowly.
const UNSAID_BYTES_MAX: usize = 64 * 1024;
/// Bytes that the streams of one connection may keep of messages that are begun: with the windows of the connection, and what its
/// streams have not said, this bounds its memory.
const BEGUN_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Bytes read at once.
const CHUNK_BYTES_MAX: usize = 16 * 1024;

/// What a stream has still to say.
#[derive(Debug, Default)]
pub(super) struct Outlet {
    unsaid: Mutex<Unsaid>,
    wake: Notify,
}

#[derive(Debug, Default)]
struct Unsaid {
    bytes: BytesMut,
    end: Option<End>,
}

/// How a stream is to end, from our side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Once all is said.
    Finish,
    /// At once: another stream has taken its place, or what came was unreadable.
    Reset(Code),
    /// More was to be said than anybody keeps for a client that does not read.
    TooSlow,
}

impl Outlet {
    /// Says a message, after all that is to be said already.
    pub(super) fn say(&self, message: &impl Message) {
        self.add(|bytes| {
            bytes.reserve(message.encoded_len() + 10);
            // A `BytesMut` has no bound that a message could meet.
            let _ = message.encode_length_delimited(bytes);
        });
    }

    /// The same for a message that stands as it goes over the stream.
    pub(super) fn say_framed(&self, message: &Bytes) {
        self.add(|bytes| bytes.extend_from_slice(message));
    }

    /// Ends the stream. The first end counts, and nothing is said after it.
    pub(super) fn end(&self, end: End) {
        self.unsaid().end.get_or_insert(end);
        self.wake.notify_one();
    }

    fn add(&self, write: impl FnOnce(&mut BytesMut)) {
        let mut unsaid = self.unsaid();
        if unsaid.end.is_some() {
            return;
        }
        write(&mut unsaid.bytes);
        if unsaid.bytes.len() > UNSAID_BYTES_MAX {
            unsaid.end = Some(End::TooSlow);
        }
        drop(unsaid);
        self.wake.notify_one();
    }

    /// What is to be said next; how it ends once that is nothing.
    pub(super) fn take(&self) -> (Bytes, Option<End>) {
        let mut unsaid = self.unsaid();
        match unsaid.end {
            end @ Some(End::TooSlow | End::Reset(_)) => (Bytes::new(), end),
            end @ (Some(End::Finish) | None) => (unsaid.bytes.split().freeze(), end),
        }
    }

    fn unsaid(&self) -> MutexGuard<'_, Unsaid> {
        self.unsaid.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why nothing more is heard on a stream.
#[derive(Debug)]
pub(super) enum Over {
    /// The client has finished its side.
    Finished,
    /// The client has reset its side, or wants to hear no more.
    Reset,
    /// What came is no message.
    Unreadable,
    /// The client does not read.
    TooSlow,
    /// We ended it, as somebody asked.
    Ended(End),
    /// The connection is gone.
    Lost(ConnectionError),
}

/// One stream that is served.
#[derive(Debug)]
pub(super) struct Talk {
    send: SendStream,
    recv: RecvStream,
    frames: Frames,
    /// What of the connection's messages is begun, and how much of that is this stream's.
    begun: Arc<AtomicUsize>,
    begun_here: usize,
    outlet: Arc<Outlet>,
    leaving: Bytes,
    stuck_since: Option<Instant>,
    slow_after: Duration,
}

impl Talk {
    /// A stream of a connection whose streams count together what is begun of their messages.
    pub(super) fn new((send, recv): (SendStream, RecvStream), begun: Arc<AtomicUsize>, slow_after: Duration) -> Talk {
        let outlet = Arc::default();
        Talk {
            send,
            recv,
            frames: Frames::default(),
            begun,
            begun_here: 0,
            outlet,
            leaving: Bytes::new(),
            stuck_since: None,
            slow_after,
        }
    }

    /// Where others say what this stream is to say.
    pub(super) fn outlet(&self) -> &Arc<Outlet> {
        &self.outlet
    }

    /// The next message; meanwhile what is to be said leaves. Nothing is lost if it is called off.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) async fn hear<M: Message + Default>(&mut self) -> Result<M, Over> {
        loop {
            if let Some(message) = self.frames.message().map_err(|_| Over::Unreadable)? {
                return Ok(message);
            }
            self.weigh()?;
            if self.leaving.is_empty() {
                self.look_for_more()?;
            }
            if self.leaving.is_empty() { self.listen().await? } else { self.speak().await? }
        }
    }

    /// Says what there is to say until the stream has ended, and hears no more.
    pub(super) async fn say_the_rest(&mut self) -> Over {
        loop {
            if self.leaving.is_empty()
                && let Err(over) = self.look_for_more()
            {
                return over;
            }
            if self.leaving.is_empty() {
                self.outlet.wake.notified().await;
            } else if let Err(over) = self.speak_only().await {
                return over;
            }
        }
    }

    /// Resets both ways.
    pub(super) fn reset(&mut self, code: Code) {
        // Closed already is as good.
        let _ = self.send.reset(code.varint());
        let _ = self.recv.stop(code.varint());
    }

    /// Counts what is begun of a message.
    fn weigh(&mut self) -> Result<(), Over> {
        let here = self.frames.begun_bytes();
        if here == self.begun_here {
            return Ok(());
        }
        let before = std::mem::replace(&mut self.begun_here, here);
        self.begun.fetch_add(here, Ordering::Relaxed);
        let all = self.begun.fetch_sub(before, Ordering::Relaxed) - before;
        if all > BEGUN_BYTES_MAX { Err(Over::Unreadable) } else { Ok(()) }
    }

    fn look_for_more(&mut self) -> Result<(), Over> {
        let (leaving, end) = self.outlet.take();
        self.leaving = leaving;
        match end {
            Some(End::TooSlow) => Err(Over::TooSlow),
            Some(end @ End::Reset(code)) => {
                self.reset(code);
                Err(Over::Ended(end))
            }
            Some(end @ End::Finish) if self.leaving.is_empty() => {
                let _ = self.send.finish();
                Err(Over::Ended(end))
            }
            Some(End::Finish) | None => Ok(()),
        }
    }

    /// Waits for something to hear or to say.
    async fn listen(&mut self) -> Result<(), Over> {
        tokio::select! {
            chunk = self.recv.read_chunk(CHUNK_BYTES_MAX, true) => hear_chunk(&mut self.frames, chunk),
            () = self.outlet.wake.notified() => Ok(()),
        }
    }

    /// Says what there is; should that take time, hears meanwhile.
    async fn speak(&mut self) -> Result<(), Over> {
        tokio::select! {
            biased;
            written = self.send.write(&self.leaving) => return self.left(written),
            () = std::future::ready(()) => {}
        }
        let slow = tokio::time::sleep_until(self.stuck_since() + self.slow_after);
        tokio::select! {
            biased;
            written = self.send.write(&self.leaving) => self.left(written),
            chunk = self.recv.read_chunk(CHUNK_BYTES_MAX, true) => hear_chunk(&mut self.frames, chunk),
            () = slow => Err(Over::TooSlow),
        }
    }

    fn left(&mut self, written: Result<usize, WriteError>) -> Result<(), Over> {
        match written {
            Ok(bytes) => self.leaving.advance(bytes),
            // Who lets go of a stream wants to hear no more, and most often has finished its own side: that says how it went.
            Err(WriteError::Stopped(code)) if code == Code::Done.varint() => self.leaving.clear(),
            Err(error) => return Err(unwritten(error)),
        }
        self.stuck_since = None;
        Ok(())
    }

    fn stuck_since(&mut self) -> Instant {
        *self.stuck_since.get_or_insert_with(Instant::now)
    }

    async fn speak_only(&mut self) -> Result<(), Over> {
        match tokio::time::timeout(self.slow_after, self.send.write(&self.leaving)).await {
            Ok(written) => self.left(written),
            Err(_) => Err(Over::TooSlow),
        }
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        self.begun.fetch_sub(self.begun_here, Ordering::Relaxed);
    }
}

fn hear_chunk(frames: &mut Frames, chunk: Result<Option<quinn::Chunk>, ReadError>) -> Result<(), Over> {
    match chunk {
        Ok(Some(chunk)) => frames.take_chunk(chunk.bytes),
        Ok(None) if frames.is_amid() => return Err(Over::Unreadable),
        Ok(None) => return Err(Over::Finished),
        Err(ReadError::Reset(_)) => return Err(Over::Reset),
        Err(ReadError::ConnectionLost(lost)) => return Err(Over::Lost(lost)),
        // Not to be had of a stream that is read in order, to its end, and not in early data.
        Err(ReadError::ClosedStream | ReadError::IllegalOrderedRead | ReadError::ZeroRttRejected) => return Err(Over::Reset),
    }
    Ok(())
}

fn unwritten(error: WriteError) -> Over {
    match error {
        WriteError::ConnectionLost(lost) => Over::Lost(lost),
        WriteError::Stopped(_) | WriteError::ClosedStream | WriteError::ZeroRttRejected => Over::Reset,
    }
}
