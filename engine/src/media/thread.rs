//! The dull shell: sockets, epoll and the clock around the streams of one thread.

use super::counters::Counters;
use super::orders::{Fact, Order, StreamId};
use super::prompts::Library;
use super::schedule::{Lateness, PHASES, Schedule};
use super::stream::Stream;
use super::timeline::Origin;
use super::wire::{Arrival, DATAGRAM_OCTETS_MAX, Packet};
use crossbeam::channel::{Receiver, Sender};
use crossbeam::queue::ArrayQueue;
use mio::net::UdpSocket;
use mio::{Events, Interest, Poll, Token, Waker};
use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

pub(super) const WAKE: Token = Token(usize::MAX);

/// Datagrams taken from one socket before the others have their turn.
const BATCH: usize = 16;

const EVENTS: usize = 1_024;

/// What a thread is told through its orders channel.
pub(super) enum Message {
    Open { stream: StreamId, socket: UdpSocket, counters: Arc<Counters> },
    Order(StreamId, Order),
}

/// A datagram for a leg that lives on another thread.
pub(super) struct Carried {
    from: StreamId,
    to: StreamId,
    telephone_event: Option<u8>,
    datagram: Box<[u8]>,
}

/// How others reach a thread.
#[derive(Clone)]
pub(super) struct Door {
    pub(super) messages: Sender<Message>,
    pub(super) carried: Sender<Carried>,
    /// Apart from the messages, and with room for every berth: a close is never refused.
    pub(super) closes: Arc<ArrayQueue<StreamId>>,
    pub(super) bell: Arc<Bell>,
    pub(super) lateness: Arc<Mutex<Lateness>>,
}

/// Wakes a thread. Rung again before the thread has looked, it says nothing new, and costs nothing.
pub(super) struct Bell {
    waker: Waker,
    rung: AtomicBool,
}

/// The other side of the door.
pub(super) struct Inbox {
    pub(super) messages: Receiver<Message>,
    pub(super) carried: Receiver<Carried>,
    pub(super) closes: Arc<ArrayQueue<StreamId>>,
    pub(super) bell: Arc<Bell>,
    pub(super) lateness: Arc<Mutex<Lateness>>,
}

/// What all threads have in common.
pub(super) struct Shared {
    pub(super) library: Arc<Library>,
    pub(super) facts: Box<dyn Fn(Fact) + Send + Sync>,
    pub(super) silence: Duration,
    pub(super) stop: AtomicBool,
}

/// One thread's streams and all it needs for them.
pub(super) struct Worker {
    poll: Poll,
    inbox: Inbox,
    doors: Vec<Door>,
    shared: Arc<Shared>,
    seats: Vec<Option<Box<Seat>>>,
    phases: [Phase; PHASES],
    /// Streams that ever joined a phase.
    joined: u64,
    /// Seats whose socket had more than a batch: epoll reports an edge only once.
    unfinished: Vec<usize>,
    schedule: Schedule,
    buffer: Box<[u8]>,
    packet: Packet,
    facts: Vec<Fact>,
}

/// Whose turn it is together, in the order in which they joined: what ends in one turn is told in the order it began.
type Phase = BTreeMap<u64, usize>;

struct Seat {
    stream: Stream,
    socket: UdpSocket,
    ip: IpAddr,
    phase: usize,
    /// Its place in the phase.
    place: u64,
}

impl Worker {
    pub(super) fn new(poll: Poll, inbox: Inbox, doors: Vec<Door>, shared: Arc<Shared>) -> Worker {
        Worker {
            poll,
            inbox,
            doors,
            shared,
            seats: vec![],
            phases: Default::default(),
            joined: 0,
            unfinished: vec![],
            schedule: Schedule::new(Instant::now()),
            // One octet more than is taken, to see what is too long.
            buffer: vec![0; DATAGRAM_OCTETS_MAX + 1].into(),
            packet: Packet::new(),
            facts: vec![],
        }
    }

    /// Serves until told to stop.
    pub(super) fn run(mut self) {
        let mut events = Events::with_capacity(EVENTS);
        while !self.shared.stop.load(Ordering::Acquire) {
            if let Err(error) = self.poll.poll(&mut events, Some(self.patience())) {
                self.note_poll_error(&error);
            }
            if events.iter().any(|event| event.token() == WAKE) {
                self.inbox.bell.heard();
            }
            // Before any packet is looked at: whoever answers an order of ours does so after it was given.
            self.read_inbox();
            self.finish_batches();
            events.iter().map(mio::event::Event::token).filter(|token| *token != WAKE).for_each(|Token(seat)| self.drain(seat));
            self.take_turns();
        }
    }

    fn patience(&self) -> Duration {
        if self.unfinished.is_empty() { self.schedule.wait(Instant::now()) } else { Duration::ZERO }
    }

    fn note_poll_error(&self, error: &io::Error) {
        if error.kind() != io::ErrorKind::Interrupted {
            tracing::error!(%error, "media: waiting for packets failed");
            // The tick goes on; don't spin on an error that stays.
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Reads what was there on entry, rung for or not: closes last, because a stream's opening may still be in the channel.
    fn read_inbox(&mut self) {
        let closes: Vec<StreamId> = std::iter::from_fn(|| self.inbox.closes.pop()).take(self.inbox.closes.len()).collect();
        for _ in 0..self.inbox.messages.len() {
            match self.inbox.messages.try_recv() {
                Ok(Message::Open { stream, socket, counters }) => self.open(stream, socket, counters),
                Ok(Message::Order(stream, order)) => self.order(stream, order),
                Err(_) => break,
            }
        }
        for _ in 0..self.inbox.carried.len() {
            let Ok(carried) = self.inbox.carried.try_recv() else {
                break;
            };
            self.deliver(&carried);
        }
        closes.into_iter().for_each(|stream| self.close(stream));
    }

    fn open(&mut self, stream: StreamId, mut socket: UdpSocket, counters: Arc<Counters>) {
        let seat = self.seat_of(stream);
        let registered = self.poll.registry().register(&mut socket, Token(seat), Interest::READABLE);
        let (Ok(()), Ok(local)) = (registered, socket.local_addr()) else {
            tracing::error!(%stream, "media: a socket could not be watched; its stream stays silent");
            return;
        };
        if self.seats.len() <= seat {
            self.seats.resize_with(seat + 1, || None);
        }
        let origin = Origin { ssrc: rand::random(), sequence: rand::random(), timestamp: rand::random() };
        let stream = Stream::new(stream, Instant::now(), origin, counters);
        if let Some(place) = self.seats.get_mut(seat) {
            *place = Some(Box::new(Seat { stream, socket, ip: local.ip(), phase: 0, place: 0 }));
        }
        self.join_phase(seat, seat % PHASES);
    }

    fn close(&mut self, stream: StreamId) {
        let seat = self.seat_of(stream);
        if find(&mut self.seats, seat, stream).is_none() {
            return;
        }
        self.leave_phase(seat);
        // Dropping the socket takes it out of epoll.
        self.seats.get_mut(seat).map(Option::take);
    }

    fn order(&mut self, stream: StreamId, order: Order) {
        let index = self.seat_of(stream);
        let Some(seat) = find(&mut self.seats, index, stream) else { return };
        let (now, plays) = (Instant::now(), matches!(order, Order::Play(..)));
        seat.stream.order(now, order);
        if plays {
            self.begin(now, index);
        }
    }

    /// A play begins at once rather than at the stream's turn, which from now on is that of the phase just gone.
    fn begin(&mut self, now: Instant, seat: usize) {
        self.leave_phase(seat);
        self.join_phase(seat, self.schedule.newest());
        self.turn(now, seat);
        self.report();
    }

    fn finish_batches(&mut self) {
        for seat in std::mem::take(&mut self.unfinished) {
            self.drain(seat);
        }
    }

    fn drain(&mut self, seat: usize) {
        let now = Instant::now();
        let emptied = (0..BATCH).any(|_| self.receive(now, seat).is_none());
        if !emptied && !self.unfinished.contains(&seat) {
            self.unfinished.push(seat);
        }
        self.report();
    }

    /// Takes one datagram from a socket; `None` if there was none.
    fn receive(&mut self, now: Instant, index: usize) -> Option<()> {
        let threads = self.doors.len().max(1);
        let seat = self.seats.get_mut(index)?.as_mut()?;
        let (len, from) = seat.socket.recv_from(&mut self.buffer).ok()?;
        let Some(datagram) = self.buffer.get(..len).filter(|_| len <= DATAGRAM_OCTETS_MAX) else {
            seat.stream.counters().malformed.add();
            return Some(());
        };
        let Some((to, arrival)) = seat.stream.receive(now, from, datagram, &mut self.facts) else {
            return Some(());
        };
        let (from, telephone_event) = (seat.stream.id(), seat.stream.telephone_event());
        let (thread, peer) = (to.berth as usize % threads, to.berth as usize / threads);
        if thread == from.berth as usize % threads {
            if let Some(seat) = find(&mut self.seats, peer, to) {
                seat.pass_on(now, from, &arrival, &mut self.packet);
            }
        } else if let Some(door) = self.doors.get(thread) {
            door.carry(Carried { from, to, telephone_event, datagram: datagram.into() });
        }
        Some(())
    }

    /// Passes on what another thread has received.
    fn deliver(&mut self, carried: &Carried) {
        let index = self.seat_of(carried.to);
        let arrival = Arrival::parse(&carried.datagram, carried.telephone_event);
        if let (Some(seat), Some(arrival)) = (find(&mut self.seats, index, carried.to), arrival) {
            seat.pass_on(Instant::now(), carried.from, &arrival, &mut self.packet);
        }
    }

    fn take_turns(&mut self) {
        let now = Instant::now();
        let skipped = self.schedule.skip_lost(now);
        while let Some(turn) = self.schedule.take(now) {
            let mut lateness = self.inbox.lateness.lock().unwrap_or_else(PoisonError::into_inner);
            lateness.record(turn.late);
            drop(lateness);
            self.tick(now, turn.phase);
        }
        if skipped > 0 {
            self.inbox.lateness.lock().unwrap_or_else(PoisonError::into_inner).record_skipped(skipped);
        }
    }

    fn tick(&mut self, now: Instant, phase: usize) {
        let seats = self.phases.get_mut(phase).map(std::mem::take).unwrap_or_default();
        seats.values().for_each(|seat| self.turn(now, *seat));
        if let Some(place) = self.phases.get_mut(phase) {
            *place = seats;
        }
        self.report();
    }

    fn turn(&mut self, now: Instant, seat: usize) {
        let Worker { seats, shared, packet, facts, .. } = self;
        let Some(seat) = seats.get_mut(seat).and_then(Option::as_mut) else { return };
        seat.stream.watch(now, shared.silence, facts);
        if let Some(to) = seat.stream.tick(now, &shared.library, packet, facts) {
            seat.send(to, packet);
        }
    }

    fn report(&mut self) {
        self.facts.drain(..).for_each(|fact| (self.shared.facts)(fact));
    }

    fn seat_of(&self, stream: StreamId) -> usize {
        stream.berth as usize / self.doors.len().max(1)
    }

    fn join_phase(&mut self, index: usize, phase: usize) {
        self.joined += 1;
        let Some(members) = self.phases.get_mut(phase) else { return };
        if let Some(seat) = self.seats.get_mut(index).and_then(Option::as_mut) {
            (seat.phase, seat.place) = (phase, self.joined);
            members.insert(self.joined, index);
        }
    }

    fn leave_phase(&mut self, index: usize) {
        let Some(seat) = self.seats.get(index).and_then(Option::as_ref) else { return };
        if let Some(members) = self.phases.get_mut(seat.phase) {
            members.remove(&seat.place);
        }
    }
}

/// The seat of a stream, if it is still that stream's.
fn find(seats: &mut [Option<Box<Seat>>], index: usize, stream: StreamId) -> Option<&mut Seat> {
    let seat = seats.get_mut(index)?.as_deref_mut()?;
    (seat.stream.id() == stream).then_some(seat)
}

impl Seat {
    fn pass_on(&mut self, now: Instant, from: StreamId, arrival: &Arrival<'_>, packet: &mut Packet) {
        if let Some(to) = self.stream.pass_on(now, from, arrival, packet) {
            self.send(to, packet);
        }
    }

    fn send(&self, to: SocketAddr, packet: &Packet) {
        let counters = self.stream.counters();
        match self.socket.send_to(packet.octets(), reachable(self.ip, to)) {
            Ok(_) => counters.sent.add(),
            Err(_) => counters.send_failed.add(),
        }
    }
}

/// An IPv6 socket reaches an IPv4 address in its mapped form.
fn reachable(local: IpAddr, to: SocketAddr) -> SocketAddr {
    match (local, to.ip()) {
        (IpAddr::V6(_), IpAddr::V4(v4)) => SocketAddr::new(IpAddr::V6(v4.to_ipv6_mapped()), to.port()),
        (IpAddr::V4(_), IpAddr::V6(_)) => SocketAddr::new(to.ip().to_canonical(), to.port()),
        (IpAddr::V4(_), IpAddr::V4(_)) | (IpAddr::V6(_), IpAddr::V6(_)) => to,
    }
}

impl Door {
    /// A datagram that finds no room is lost, as datagrams may be.
    fn carry(&self, carried: Carried) {
        if self.carried.try_send(carried).is_ok() {
            self.wake();
        }
    }

    pub(super) fn wake(&self) {
        self.bell.ring();
    }
}

impl Bell {
    pub(super) fn new(waker: Waker) -> Bell {
        Bell { waker, rung: AtomicBool::new(false) }
    }

    /// A thread that cannot be woken reads its inbox at its next turn: nothing to be done here but to say so.
    fn ring(&self) {
        if !self.rung.swap(true, Ordering::AcqRel)
            && let Err(error) = self.waker.wake()
        {
            tracing::error!(%error, "media: the thread could not be woken");
        }
    }

    /// To be said before the inbox is read, so that what comes later rings anew.
    fn heard(&self) {
        self.rung.swap(false, Ordering::AcqRel);
    }
}
