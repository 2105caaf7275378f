//! What the tests of streams share: a library of known clips, streams without sockets, a clock to turn.

use crate::media::codec::Codec;
use crate::media::counters::Counters;
use crate::media::orders::{Direction, Fact, Order, Remote, StreamId};
use crate::media::prompts::{ClipId, Library};
use crate::media::stream::Stream;
use crate::media::timeline::Origin;
use crate::media::wire::{Arrival, Content, Packet, Stamp, tests::datagram};
use std::io::Cursor;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub(super) const TICK: Duration = Duration::from_millis(20);
pub(super) const EVENTS_AT: u8 = 101;

/// A WAV file of `samples`, 8 kHz, 16 bits, mono.
pub(super) fn wav(samples: &[i16]) -> Vec<u8> {
    let spec = hound::WavSpec { channels: 1, sample_rate: 8_000, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    wav_of(spec, samples)
}

pub(super) fn wav_of(spec: hound::WavSpec, samples: &[i16]) -> Vec<u8> {
    let mut file = Cursor::new(vec![]);
    let mut writer = hound::WavWriter::new(&mut file, spec).expect("a valid format");
    samples.iter().for_each(|sample| writer.write_sample(*sample).expect("memory is writable"));
    writer.finalize().expect("memory is writable");
    file.into_inner()
}

/// `one`, `two` and `three` of as many and a half frames, each sample of the level 1,000, 2,000 or 3,000.
pub(super) fn library() -> Library {
    let clips: Vec<(String, Vec<u8>)> = [("one", 1_i16), ("two", 2), ("three", 3)]
        .into_iter()
        .map(|(name, n)| (format!("en/{name}"), wav(&vec![n * 1_000; usize::from(n.cast_unsigned()) * 160 + 80])))
        .collect();
    Library::embedded(clips.iter().map(|(name, wav)| (name.as_str(), wav.as_slice()))).expect("valid clips")
}

pub(super) fn clip(library: &Library, name: &str) -> ClipId {
    library.clip("en", name).expect("the clip exists")
}

pub(super) fn at(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

pub(super) fn remote(addr: &str, codec: Codec) -> Remote {
    Remote { addr: at(addr), codec, telephone_event: Some(EVENTS_AT), direction: Direction::SendRecv }
}

/// What was sent: where to, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sent {
    pub(super) to: SocketAddr,
    pub(super) payload_type: u8,
    pub(super) stamp: Stamp,
    pub(super) payload: Vec<u8>,
}

impl Sent {
    pub(super) fn read(to: SocketAddr, octets: &[u8]) -> Sent {
        let packet = rtp_types::RtpPacket::parse(octets).expect("we send RTP");
        let stamp = Stamp {
            ssrc: packet.ssrc(),
            sequence: packet.sequence_number(),
            timestamp: packet.timestamp(),
            marker: packet.marker_bit(),
        };
        Sent { to, payload_type: packet.payload_type(), stamp, payload: packet.payload().to_vec() }
    }
}

/// One or more streams, numbered, and their facts.
pub(super) struct Scene {
    pub(super) now: Instant,
    pub(super) library: Library,
    pub(super) streams: Vec<Stream>,
    pub(super) facts: Vec<Fact>,
    /// The leg that leg 0 was last relayed with, if nothing else was ordered since.
    relayed: Option<usize>,
    packet: Packet,
}

pub(super) fn id(n: usize) -> StreamId {
    StreamId { berth: u32::try_from(n).expect("few streams"), generation: 1 }
}

/// Where leg `n` is, as its SDP says.
pub(super) fn far(n: usize) -> SocketAddr {
    at(&format!("192.0.2.{}:4000", n + 1))
}

impl Scene {
    /// Streams whose far ends speak these codecs.
    pub(super) fn new(codecs: &[Codec]) -> Scene {
        let now = Instant::now();
        let mut scene = Scene { now, library: library(), streams: vec![], facts: vec![], relayed: None, packet: Packet::new() };
        for (n, codec) in codecs.iter().enumerate() {
            // Near the wraps, so that every test crosses them.
            let origin = Origin { ssrc: 0xabc0 + id(n).berth, sequence: 65_530, timestamp: u32::MAX - 500 };
            let mut stream = Stream::new(id(n), now, origin, Arc::new(Counters::default()));
            stream.order(now, Order::SendTo(Remote { addr: far(n), ..remote("192.0.2.1:1", *codec) }));
            scene.streams.push(stream);
        }
        scene
    }

    pub(super) fn order(&mut self, n: usize, order: Order) {
        let dials = matches!(order, Order::SendDigit(_));
        self.relayed = self.relayed.filter(|_| dials);
        self.streams[n].order(self.now, order);
    }

    pub(super) fn relay(&mut self, a: usize, b: usize) {
        self.order(a, Order::Relay { peer: id(b) });
        self.order(b, Order::Relay { peer: id(a) });
        self.relayed = (a == 0).then_some(b);
    }

    /// Relays leg 0 with another, unless it is so already.
    pub(super) fn keep_relaying(&mut self, leg: usize) {
        if self.relayed != Some(leg) {
            self.relay(0, leg);
        }
    }

    pub(super) fn wait(&mut self, time: Duration) {
        self.now += time;
    }

    /// Gives a stream its turn, a tick later.
    pub(super) fn tick(&mut self, n: usize) -> Option<Sent> {
        self.now += TICK;
        let to = self.streams[n].tick(self.now, &self.library, &mut self.packet, &mut self.facts)?;
        Some(Sent::read(to, self.packet.octets()))
    }

    pub(super) fn ticks(&mut self, n: usize, ticks: usize) -> Vec<Sent> {
        (0..ticks).filter_map(|_| self.tick(n)).collect()
    }

    /// Lets a stream receive a datagram; what its peer sends on is returned.
    pub(super) fn receive(&mut self, n: usize, from: SocketAddr, datagram: &[u8]) -> Option<Sent> {
        let (peer, arrival) = self.streams[n].receive(self.now, from, datagram, &mut self.facts)?;
        let peer = self.streams.get_mut(peer.berth as usize).filter(|stream| stream.id() == peer)?;
        let to = peer.pass_on(self.now, id(n), &arrival, &mut self.packet)?;
        Some(Sent::read(to, self.packet.octets()))
    }

    /// Lets a stream receive an audio packet from its announced far end.
    pub(super) fn hear(&mut self, n: usize, codec: Codec, stamp: Stamp, payload: &[u8]) -> Option<Sent> {
        self.receive(n, far(n), &datagram(codec.payload_type(), stamp, payload))
    }

    pub(super) fn take_facts(&mut self) -> Vec<Fact> {
        std::mem::take(&mut self.facts)
    }

    /// The facts but for those about the latch.
    pub(super) fn news(&mut self) -> Vec<Fact> {
        let latched = |fact: &Fact| matches!(fact, Fact::Latched { .. });
        self.take_facts().into_iter().filter(|fact| !latched(fact)).collect()
    }
}

/// What a datagram says, read with the agreed payload type.
pub(super) fn content(sent: &Sent) -> String {
    let octets = datagram(sent.payload_type, sent.stamp, &sent.payload);
    match Arrival::parse(&octets, Some(EVENTS_AT)).expect("we send RTP").content {
        Content::Audio { codec, .. } => format!("{codec:?}"),
        Content::Event(event) => format!("{}{}", event.digit, if event.end { " end" } else { "" }),
        Content::Idle => "idle".to_owned(),
        Content::Unknown => "unknown".to_owned(),
    }
}
