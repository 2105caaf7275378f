//! One stream without its socket: packets in, packets out, facts out; the time is always given.

use super::codec::{FRAME_SAMPLES, transcode};
use super::counters::Counters;
use super::dialling::{Dialling, Turn};
use super::event::{Digit, EVENT_OCTETS, Event};
use super::latch::{Latch, Verdict};
use super::orders::{Fact, Order, PlayId, Remote, StreamId};
use super::playback::Playback;
use super::presses::Presses;
use super::prompts::Library;
use super::splice::Splice;
use super::timeline::{Origin, Timeline};
use super::wire::{Arrival, Content, Packet, Stamp};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A leg's media.
#[derive(Debug)]
pub(super) struct Stream {
    id: StreamId,
    far: Option<Far>,
    source: Source,
    dialling: Dialling,
    timeline: Timeline,
    splice: Option<Splice>,
    presses: Presses,
    ear: Ear,
    counters: Arc<Counters>,
}

/// The far end.
#[derive(Debug)]
struct Far {
    remote: Remote,
    latch: Latch,
}

/// What the far end is given to hear.
#[derive(Debug)]
enum Source {
    Quiet,
    Play(PlayId, Playback),
    Music(Playback),
    Relay { peer: StreamId },
}

/// Since when nothing was heard, and whether that has been said.
#[derive(Debug)]
struct Ear {
    heard: Instant,
    reported: bool,
}

impl Far {
    fn target(&self) -> Option<SocketAddr> {
        self.latch.target().filter(|_| self.remote.direction.sends())
    }
}

impl Stream {
    pub(super) fn new(id: StreamId, now: Instant, origin: Origin, counters: Arc<Counters>) -> Stream {
        Stream {
            id,
            far: None,
            source: Source::Quiet,
            dialling: Dialling::default(),
            timeline: Timeline::new(now, origin),
            splice: None,
            presses: Presses::default(),
            ear: Ear { heard: now, reported: false },
            counters,
        }
    }

    pub(super) fn id(&self) -> StreamId {
        self.id
    }

    /// Carries out an order.
    pub(super) fn order(&mut self, now: Instant, order: Order) {
        match order {
            Order::SendTo(remote) => self.send_to(now, remote),
            Order::ExpectFrom(addr) => self.far.iter_mut().for_each(|far| far.latch.expect(addr)),
            Order::Play(play, clips) => self.hear_from(Source::Play(play, Playback::once(clips))),
            Order::Music(clip) => self.hear_from(Source::Music(Playback::for_ever(clip))),
            Order::Quiet => self.hear_from(Source::Quiet),
            Order::Relay { peer } => self.hear_from(Source::Relay { peer }),
            Order::Unrelay => self.unrelay(),
            Order::SendDigit(digit) => self.send_digit(digit),
        }
    }

    /// Takes a datagram. What is to be passed on to the peer of a relay is returned.
    pub(super) fn receive<'d>(
        &mut self,
        now: Instant,
        from: SocketAddr,
        datagram: &'d [u8],
        facts: &mut Vec<Fact>,
    ) -> Option<(StreamId, Arrival<'d>)> {
        let Some(far) = self.far.as_mut() else {
            self.counters.foreign.add();
            return None;
        };
        let Some(arrival) = Arrival::parse(datagram, far.remote.telephone_event) else {
            self.counters.malformed.add();
            return None;
        };
        match verdict(&mut far.latch, now, from, &arrival) {
            Verdict::Accept => {}
            Verdict::Latched => facts.push(Fact::Latched { stream: self.id, addr: from }),
            Verdict::Ignore => {
                self.counters.foreign.add();
                return None;
            }
        }
        self.listen(now, &arrival, facts);
        match self.source {
            Source::Relay { peer } => Some((peer, arrival)),
            Source::Quiet | Source::Play(..) | Source::Music(_) => None,
        }
    }

    /// Passes on what a relay's peer has received: writes the packet and says where to send it, if at all.
    pub(super) fn pass_on(
        &mut self,
        now: Instant,
        from: StreamId,
        arrival: &Arrival<'_>,
        packet: &mut Packet,
    ) -> Option<SocketAddr> {
        let relays = matches!(self.source, Source::Relay { peer } if peer == from);
        let far = self.far.as_ref().filter(|_| relays)?;
        let target = far.target()?;
        if !self.dialling.is_idle() {
            return None;
        }
        let Some(payload_type) = write_content(&far.remote, arrival, packet) else {
            self.splice.iter_mut().for_each(|splice| splice.skip(arrival));
            return None;
        };
        let splice = self.splice.get_or_insert_with(|| Splice::join(&self.timeline, now, arrival));
        let stamp = splice.place(&mut self.timeline, now, arrival)?;
        packet.stamp(payload_type, stamp);
        Some(target)
    }

    /// The stream's turn, every 20 ms: writes the packet that is due and says where to send it, if one is.
    pub(super) fn tick(
        &mut self,
        now: Instant,
        library: &Library,
        packet: &mut Packet,
        facts: &mut Vec<Fact>,
    ) -> Option<SocketAddr> {
        let far = self.far.as_ref()?;
        let target = far.target();
        match self.dialling.tick(now, &mut self.timeline) {
            Turn::Packet(event, stamp) => {
                // The numbers a relayed source would have had are taken now.
                self.splice = None;
                write_event(far.remote.telephone_event?, event, stamp, packet);
                target
            }
            Turn::Pause => None,
            Turn::Free => self.play_frame(now, library, packet, facts).and(target),
        }
    }

    /// Reports a far end that has been silent for `silence`, though it may speak.
    pub(super) fn watch(&mut self, now: Instant, silence: Duration, facts: &mut Vec<Fact>) {
        let expected = self.far.as_ref().is_some_and(|far| far.remote.direction.receives());
        if expected && !self.ear.reported && now.duration_since(self.ear.heard) >= silence {
            self.ear.reported = true;
            facts.push(Fact::Silent { stream: self.id });
        }
    }

    /// The payload type the far end sends its events with.
    pub(super) fn telephone_event(&self) -> Option<u8> {
        self.far.as_ref().and_then(|far| far.remote.telephone_event)
    }

    pub(super) fn counters(&self) -> &Counters {
        &self.counters
    }

    fn send_to(&mut self, now: Instant, remote: Remote) {
        let received = self.far.as_ref().is_some_and(|far| far.remote.direction.receives());
        if remote.direction.receives() && !received {
            self.ear = Ear { heard: now, reported: false };
        }
        match self.far.as_mut() {
            Some(far) => {
                far.latch.announce(remote.addr);
                far.remote = remote;
            }
            None => {
                let latch = Latch::new(remote.addr);
                self.far = Some(Far { remote, latch });
            }
        }
        self.drop_digits_nobody_takes();
        self.interrupt();
    }

    fn hear_from(&mut self, source: Source) {
        self.source = source;
        self.interrupt();
    }

    fn unrelay(&mut self) {
        if matches!(self.source, Source::Relay { .. }) {
            self.hear_from(Source::Quiet);
        }
    }

    fn interrupt(&mut self) {
        self.splice = None;
        self.timeline.interrupt();
    }

    fn send_digit(&mut self, digit: Digit) {
        if !self.takes_digits() || !self.dialling.push(digit) {
            self.counters.digits_refused.add();
        }
    }

    /// After a re-INVITE the far end may be on hold, or take no events any more.
    fn drop_digits_nobody_takes(&mut self) {
        if !self.takes_digits() {
            (0..self.dialling.drop_all()).for_each(|_| self.counters.digits_refused.add());
        }
    }

    fn takes_digits(&self) -> bool {
        let far = self.far.as_ref();
        far.is_some_and(|far| far.target().is_some() && far.remote.telephone_event.is_some())
    }

    fn listen(&mut self, now: Instant, arrival: &Arrival<'_>, facts: &mut Vec<Fact>) {
        self.counters.received.add();
        self.ear = Ear { heard: now, reported: false };
        match arrival.content {
            Content::Event(event) => self.press(now, arrival, event, facts),
            Content::Unknown => self.counters.unknown.add(),
            Content::Audio { .. } | Content::Idle => {}
        }
    }

    fn press(&mut self, now: Instant, arrival: &Arrival<'_>, event: Event, facts: &mut Vec<Fact>) {
        if let Some(digit) = self.presses.hear(now, arrival.timestamp, arrival.marker, event) {
            self.counters.digits.add();
            facts.push(Fact::Digit { stream: self.id, digit });
        }
    }

    /// Writes the next frame of our own audio, if there is any and the far end wants it.
    ///
    /// While the far end wants to hear nothing, a play goes on unheard, so that it ends when it should.
    fn play_frame(&mut self, now: Instant, library: &Library, packet: &mut Packet, facts: &mut Vec<Fact>) -> Option<()> {
        let remote = &self.far.as_ref()?.remote;
        let playback = match &mut self.source {
            Source::Play(_, playback) | Source::Music(playback) => playback,
            Source::Quiet | Source::Relay { .. } => return None,
        };
        if !playback.fill(library, remote.codec, packet.payload(FRAME_SAMPLES)) {
            self.end_play(facts);
            return None;
        }
        if !remote.direction.sends() {
            return None;
        }
        packet.stamp(remote.codec.payload_type(), self.timeline.frame(now));
        Some(())
    }

    fn end_play(&mut self, facts: &mut Vec<Fact>) {
        if let Source::Play(play, _) = self.source {
            facts.push(Fact::PlayEnded { stream: self.id, play });
        }
        self.hear_from(Source::Quiet);
    }
}

/// Only what was agreed on can settle or move the latch; of the known source the rest counts as heard.
fn verdict(latch: &mut Latch, now: Instant, from: SocketAddr, arrival: &Arrival<'_>) -> Verdict {
    let agreed = match arrival.content {
        Content::Audio { .. } | Content::Event(_) => true,
        Content::Idle | Content::Unknown => latch.holds(from),
    };
    if agreed { latch.judge(now, from, arrival.ssrc) } else { Verdict::Ignore }
}

/// Writes what a peer has received in the far end's terms; `None` if the far end has none for it.
fn write_content(remote: &Remote, arrival: &Arrival<'_>, packet: &mut Packet) -> Option<u8> {
    match arrival.content {
        Content::Audio { codec, octets } => {
            transcode(octets, codec, packet.payload(octets.len()), remote.codec);
            Some(remote.codec.payload_type())
        }
        Content::Event(event) => {
            let payload_type = remote.telephone_event?;
            packet.payload(EVENT_OCTETS).copy_from_slice(&event.octets());
            Some(payload_type)
        }
        Content::Idle | Content::Unknown => None,
    }
}

fn write_event(payload_type: u8, event: Event, stamp: Stamp, packet: &mut Packet) {
    packet.payload(EVENT_OCTETS).copy_from_slice(&event.octets());
    packet.stamp(payload_type, stamp);
}
