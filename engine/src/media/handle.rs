//! The door to the media threads: start them, order, ask.

use super::counters::{Counters, StreamStats};
use super::event::Digit;
use super::orders::{Fact, Order, PLAY_CLIPS_MAX, PlayId, Remote, StreamId};
use super::ports::{NoBerth, Offer, Ports};
use super::prompts::{ClipId, Library};
use super::schedule::{Lateness, TickReport};
use super::settings::{MediaSettings, StartError};
use super::thread::{Bell, Door, Inbox, Message, Shared, WAKE, Worker};
use super::word::Sound;
use crossbeam::channel::{TrySendError, bounded};
use crossbeam::queue::ArrayQueue;
use mio::net::UdpSocket;
use mio::{Poll, Waker};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

/// Orders that may wait for a media thread.
const MESSAGES_MAX: usize = 8_192;

/// Datagrams that may wait for the other media thread.
const CARRIED_MAX: usize = 1_024;

/// Ports tried for one stream when other programs hold some of ours.
const BIND_ATTEMPTS_MAX: usize = 64;

/// Every stream of the engine. Clones are the same media; when the last one goes, the threads stop.
#[derive(Clone)]
pub struct Media {
    inner: Arc<Inner>,
}

struct Inner {
    ports: Mutex<Ports>,
    doors: Vec<Door>,
    shared: Arc<Shared>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// Why a stream could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address is none of those media was started with.
    #[error("no media on {0}: it is not among the media addresses")]
    UnknownAddress(IpAddr),
    /// Every port is in use or resting, or as many streams are open as may be.
    #[error("no RTP port is free: widen the port range, or wait for closed ports to come out of quarantine")]
    NoPorts,
    /// The media thread is behind with its orders.
    #[error("media is busy: too many orders wait")]
    Busy,
    /// The system refused the socket.
    #[error("cannot open an RTP socket on {addr}: {source}")]
    Socket {
        /// The address asked for.
        addr: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
}

/// Why an order was not taken. An order for a closed stream is taken, and does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrderError {
    /// The media thread is behind with its orders.
    #[error("media is busy: too many orders wait")]
    Busy,
    /// The media thread has ended.
    #[error("media has stopped")]
    Stopped,
    /// More clips than one play order may name.
    #[error("{0} clips in one play order; {PLAY_CLIPS_MAX} are the limit")]
    TooManyClips(usize),
}

impl Media {
    /// Starts the media threads.
    ///
    /// `facts` is called on a media thread, within its tick: it must hand on and return, never wait.
    ///
    /// # Errors
    /// Settings that cannot work on this machine, each said plainly: [`StartError`].
    pub fn start(
        settings: &MediaSettings,
        library: Library,
        facts: impl Fn(Fact) + Send + Sync + 'static,
    ) -> Result<Media, StartError> {
        settings.check()?;
        let shared = Arc::new(Shared {
            library: Arc::new(library),
            facts: Box::new(facts),
            silence: settings.silence,
            stop: AtomicBool::new(false),
        });
        let ports = settings.ports();
        let halves = (0..settings.threads).map(|_| door(ports.berths())).collect::<Result<Vec<_>, _>>()?;
        let doors: Vec<Door> = halves.iter().map(|(_, door, _)| door.clone()).collect();
        let inner = Inner { ports: Mutex::new(ports), doors, shared, threads: Mutex::default() };
        let media = Media { inner: Arc::new(inner) };
        for (n, (poll, _, inbox)) in halves.into_iter().enumerate() {
            media.spawn(n, poll, inbox)?;
        }
        Ok(media)
    }

    /// The prompts that can be played.
    pub fn library(&self) -> &Library {
        &self.inner.shared.library
    }

    /// Opens a stream on one of our addresses; it is silent and deaf until [`Media::send_to`].
    ///
    /// # Errors
    /// No free port, or a system or thread that refuses: [`OpenError`].
    pub fn open(&self, ip: IpAddr) -> Result<(StreamId, SocketAddr), OpenError> {
        self.open_on(ip, None)
    }

    /// Opens a stream that will be relayed with `peer`: on the same thread, if that has a port left, which makes
    /// the relay cheaper. Any two streams can be relayed.
    ///
    /// # Errors
    /// As [`Media::open`].
    pub fn open_beside(&self, ip: IpAddr, peer: StreamId) -> Result<(StreamId, SocketAddr), OpenError> {
        self.open_on(ip, Some(peer))
    }

    /// Opens the stream again that stood at this very address before a restart. Its far end hears a new source (RFC 3550
    /// section 8.1): another SSRC, beginning with a marker.
    ///
    /// # Errors
    /// [`OpenError::NoPorts`] if it is not ours, or in use; else as [`Media::open`].
    pub fn reopen(&self, addr: SocketAddr) -> Result<StreamId, OpenError> {
        let offer = self.ports().claim(addr).ok_or(OpenError::NoPorts)?;
        match UdpSocket::bind(addr) {
            Ok(socket) => self.hand_over(offer, socket).map(|(stream, _)| stream),
            Err(source) => {
                self.ports().reject(Instant::now(), offer);
                Err(OpenError::Socket { addr, source })
            }
        }
    }

    /// Says from where a far end spoke before a restart, if that is not the address it announced. It is believed there at
    /// once, and is sent to there until it speaks from elsewhere.
    ///
    /// # Errors
    /// [`OrderError::Busy`], [`OrderError::Stopped`].
    pub fn expect_from(&self, stream: StreamId, addr: SocketAddr) -> Result<(), OrderError> {
        self.order(stream, Order::ExpectFrom(addr))
    }

    /// Says who the far end is: at the answer, and again after every re-INVITE. A new address opens the latch anew.
    ///
    /// # Errors
    /// [`OrderError::Busy`], [`OrderError::Stopped`].
    pub fn send_to(&self, stream: StreamId, remote: Remote) -> Result<(), OrderError> {
        self.order(stream, Order::SendTo(remote))
    }

    /// Plays sounds one after the other, instead of whatever was heard before, then reports [`Fact::PlayEnded`].
    /// No clip at all ends at once. A play begins once the far end is known.
    ///
    /// # Errors
    /// [`OrderError`].
    pub fn play(&self, stream: StreamId, play: PlayId, sounds: Vec<impl Into<Sound>>) -> Result<(), OrderError> {
        if sounds.len() > PLAY_CLIPS_MAX {
            return Err(OrderError::TooManyClips(sounds.len()));
        }
        self.order(stream, Order::Play(play, sounds.into_iter().map(Into::into).collect()))
    }

    /// Plays a clip from its beginning, again and again.
    ///
    /// # Errors
    /// [`OrderError::Busy`], [`OrderError::Stopped`].
    pub fn music(&self, stream: StreamId, clip: ClipId) -> Result<(), OrderError> {
        self.order(stream, Order::Music(clip))
    }

    /// Stops play, music or relay; what was cut short reports nothing.
    ///
    /// # Errors
    /// [`OrderError::Busy`], [`OrderError::Stopped`].
    pub fn quiet(&self, stream: StreamId) -> Result<(), OrderError> {
        self.order(stream, Order::Quiet)
    }

    /// Lets two streams hear each other, until either gets another order or is closed.
    ///
    /// # Errors
    /// [`OrderError::Busy`], [`OrderError::Stopped`]: then nothing flows either way.
    pub fn relay(&self, a: StreamId, b: StreamId) -> Result<(), OrderError> {
        self.order(a, Order::Relay { peer: b })?;
        self.order(b, Order::Relay { peer: a })
    }

    /// Ends a relay for both of its streams; a stream that plays goes on playing.
    ///
    /// # Errors
    /// [`OrderError::Busy`], [`OrderError::Stopped`].
    pub fn unrelay(&self, stream: StreamId) -> Result<(), OrderError> {
        self.order(stream, Order::Unrelay)
    }

    /// Sends a digit (RFC 4733) after those that still wait; audio pauses meanwhile. Digits the far end did not
    /// agree to take, and those past 32 waiting ones, are dropped and counted.
    ///
    /// # Errors
    /// [`OrderError::Busy`], [`OrderError::Stopped`].
    pub fn send_digit(&self, stream: StreamId, digit: Digit) -> Result<(), OrderError> {
        self.order(stream, Order::SendDigit(digit))
    }

    /// Closes a stream; its port rests before it serves again. Never refused; a closed stream stays closed.
    pub fn close(&self, stream: StreamId) {
        if self.ports().close(Instant::now(), stream)
            && let Some(door) = self.door(stream)
        {
            // There is room for every berth, and none opens again before its socket is gone. The next turn will do.
            let _ = door.closes.push(stream);
        }
    }

    /// What happened on an open stream so far; `None` once it is closed.
    pub fn stats(&self, stream: StreamId) -> Option<StreamStats> {
        self.ports().counters(stream).map(Counters::read)
    }

    /// How well the threads keep their tick.
    pub fn late_ticks(&self) -> TickReport {
        self.inner.late_ticks()
    }

    fn spawn(&self, n: usize, poll: Poll, inbox: Inbox) -> Result<(), StartError> {
        let worker = Worker::new(poll, inbox, self.inner.doors.clone(), Arc::clone(&self.inner.shared));
        let thread = std::thread::Builder::new().name(format!("media-{n}")).spawn(move || worker.run());
        self.inner.lock_threads().push(thread.map_err(StartError::Thread)?);
        Ok(())
    }

    fn open_on(&self, ip: IpAddr, beside: Option<StreamId>) -> Result<(StreamId, SocketAddr), OpenError> {
        for _ in 0..BIND_ATTEMPTS_MAX {
            let offer = self.offer(ip, beside)?;
            match UdpSocket::bind(offer.addr) {
                Ok(socket) => return self.hand_over(offer, socket),
                Err(source) => {
                    self.ports().reject(Instant::now(), offer);
                    if source.kind() != io::ErrorKind::AddrInUse {
                        return Err(OpenError::Socket { addr: offer.addr, source });
                    }
                }
            }
        }
        Err(OpenError::NoPorts)
    }

    fn offer(&self, ip: IpAddr, beside: Option<StreamId>) -> Result<Offer, OpenError> {
        self.ports().offer(Instant::now(), ip, beside).map_err(|none| match none {
            NoBerth::UnknownAddress => OpenError::UnknownAddress(ip),
            NoBerth::AllTaken => OpenError::NoPorts,
        })
    }

    fn hand_over(&self, offer: Offer, socket: UdpSocket) -> Result<(StreamId, SocketAddr), OpenError> {
        let counters = Arc::new(Counters::default());
        let stream = self.ports().open(offer, Arc::clone(&counters)).ok_or(OpenError::NoPorts)?;
        if self.tell(stream, Message::Open { stream, socket, counters }).is_err() {
            self.ports().close(Instant::now(), stream);
            return Err(OpenError::Busy);
        }
        Ok((stream, offer.addr))
    }

    fn order(&self, stream: StreamId, order: Order) -> Result<(), OrderError> {
        let is_heard_at_once = order.is_heard_at_once();
        self.tell(stream, Message::Order(stream, order))?;
        if let Some(door) = self.door(stream).filter(|_| is_heard_at_once) {
            door.wake();
        }
        Ok(())
    }

    /// The thread reads it at its next turn, within 5 ms, unless it is woken.
    fn tell(&self, stream: StreamId, message: Message) -> Result<(), OrderError> {
        let door = self.door(stream).ok_or(OrderError::Stopped)?;
        door.messages.try_send(message).map_err(|error| match error {
            TrySendError::Full(_) => OrderError::Busy,
            TrySendError::Disconnected(_) => OrderError::Stopped,
        })
    }

    fn door(&self, stream: StreamId) -> Option<&Door> {
        let doors = &self.inner.doors;
        doors.get(stream.berth as usize % doors.len().max(1))
    }

    fn ports(&self) -> MutexGuard<'_, Ports> {
        self.inner.ports.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn late_ticks(&self) -> TickReport {
        let Ok(mut all) = Lateness::new() else {
            return TickReport::default();
        };
        for door in &self.doors {
            all.add(&door.lateness.lock().unwrap_or_else(PoisonError::into_inner));
        }
        all.report()
    }

    fn lock_threads(&self) -> MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let TickReport { turns, late, skipped_ticks, p50_us, p99_us, max_us } = self.late_ticks();
        tracing::info!(turns, late, skipped_ticks, p50_us, p99_us, max_us, "media: how the threads kept their tick");
        self.shared.stop.store(true, Ordering::Release);
        self.doors.iter().for_each(Door::wake);
        let this = std::thread::current().id();
        let threads = std::mem::take(&mut *self.lock_threads());
        // The facts of a thread may hold the last handle: it cannot wait for itself.
        for thread in threads.into_iter().filter(|thread| thread.thread().id() != this) {
            let _ = thread.join();
        }
    }
}

/// What belongs to one thread: what it waits on, how it is reached, what it reads.
fn door(berths: usize) -> Result<(Poll, Door, Inbox), StartError> {
    let poll = Poll::new().map_err(StartError::Thread)?;
    let bell = Arc::new(Bell::new(Waker::new(poll.registry(), WAKE).map_err(StartError::Thread)?));
    let lateness = Lateness::new().map_err(|error| StartError::Thread(io::Error::other(error)))?;
    let lateness = Arc::new(Mutex::new(lateness));
    let (messages, messages_in) = bounded(MESSAGES_MAX);
    let (carried, carried_in) = bounded(CARRIED_MAX);
    let closes = Arc::new(ArrayQueue::new(berths.max(1)));
    let inbox = Inbox {
        messages: messages_in,
        carried: carried_in,
        closes: Arc::clone(&closes),
        bell: Arc::clone(&bell),
        lateness: Arc::clone(&lateness),
    };
    Ok((poll, Door { messages, carried, closes, bell, lateness }, inbox))
}
