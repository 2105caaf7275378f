//! Real sockets on loopback: the shell around the streams. Waits are bounded and never part of what is asserted.

use super::scene::{EVENTS_AT, Sent, clip, content, library};
use crate::media::codec::Codec;
use crate::media::event::Digit;
use crate::media::handle::{Media, OpenError, OrderError};
use crate::media::orders::{Direction, Fact, PLAY_CLIPS_MAX, PlayId, Remote, StreamId};
use crate::media::settings::{MediaSettings, StartError};
use crate::media::wire::{Stamp, tests::datagram};
use crossbeam::channel::{Receiver, unbounded};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::ops::RangeInclusive;
use std::time::Duration;

const V4: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);
const PATIENCE: Duration = Duration::from_secs(10);

struct Bench {
    media: Media,
    facts: Receiver<Fact>,
}

/// A phone: a socket, and what it has said.
struct Phone {
    socket: UdpSocket,
    sequence: u16,
}

impl Phone {
    fn new(ip: IpAddr) -> Phone {
        let socket = UdpSocket::bind(SocketAddr::new(ip, 0)).expect("loopback has a free port");
        socket.set_read_timeout(Some(PATIENCE)).expect("a valid time");
        Phone { socket, sequence: 0 }
    }

    fn remote(&self, codec: Codec) -> Remote {
        let addr = self.socket.local_addr().expect("bound");
        Remote { addr, codec, telephone_event: Some(EVENTS_AT), direction: Direction::SendRecv }
    }

    fn say(&mut self, to: SocketAddr, payload_type: u8, timestamp: u32, payload: &[u8]) {
        self.sequence += 1;
        let stamp = Stamp { ssrc: 3, sequence: self.sequence, timestamp, marker: false };
        self.socket.send_to(&datagram(payload_type, stamp, payload), to).expect("loopback takes it");
    }

    fn hear(&self) -> Sent {
        let mut buffer = [0; 2_000];
        let (len, from) = self.socket.recv_from(&mut buffer).expect("something comes in time");
        Sent::read(from, &buffer[..len])
    }
}

impl Bench {
    fn new(ports: RangeInclusive<u16>, threads: usize) -> Bench {
        let (tell, facts) = unbounded();
        let media = Media::start(&settings(ports, threads), library(), move |fact| tell.send(fact).unwrap_or(()));
        Bench { media: media.expect("loopback can be used"), facts }
    }

    fn fact(&self) -> Fact {
        self.facts.recv_timeout(PATIENCE).expect("a fact in time")
    }

    fn call(&self, phone: &Phone, codec: Codec) -> (StreamId, SocketAddr) {
        let ip = phone.socket.local_addr().expect("bound").ip();
        let (stream, addr) = self.media.open(ip).expect("a port is free");
        self.media.send_to(stream, phone.remote(codec)).expect("not busy");
        (stream, addr)
    }
}

fn settings(ports: RangeInclusive<u16>, threads: usize) -> MediaSettings {
    MediaSettings {
        ports,
        threads,
        descriptors_reserved: 64,
        quarantine: Duration::from_secs(3_600),
        ..MediaSettings::new(vec![V4, V6])
    }
}

fn plays_and_listens(ip: IpAddr, ports: RangeInclusive<u16>) {
    let bench = Bench::new(ports, 1);
    let mut phone = Phone::new(ip);
    let (stream, addr) = bench.call(&phone, Codec::Pcmu);
    let one = clip(bench.media.library(), "one");
    bench.media.play(stream, PlayId(8), vec![one, one]).expect("not busy");
    for _ in 0..3 {
        let heard = phone.hear();
        assert_eq!((heard.to, content(&heard).as_str()), (addr, "Pcmu"));
        assert_eq!(heard.payload, vec![Codec::Pcmu.encode(1_000); 160]);
    }
    assert_eq!(bench.fact(), Fact::PlayEnded { stream, play: PlayId(8) });
    phone.say(addr, EVENTS_AT, 900, &[5, 10, 0, 160]);
    assert_eq!(bench.fact(), Fact::Latched { stream, addr: phone.socket.local_addr().expect("bound") });
    assert_eq!(bench.fact(), Fact::Digit { stream, digit: Digit::from_event(5).expect("a key") });
}

#[test]
fn a_phone_hears_a_prompt_and_is_heard() {
    plays_and_listens(V4, 20_000..=20_049);
}

/// A far end learns where to send from us, so that what it sends comes after our order; the thread may see both at once.
#[test]
fn the_first_packet_after_a_stream_is_joined_is_heard() {
    let bench = Bench::new(20_300..=20_499, 1);
    let streams: Vec<_> = (0..100).map(|_| bench.media.open(V4).expect("a port is free")).collect();
    // The thread listens to all of them before the first is joined.
    std::thread::sleep(Duration::from_millis(50));
    for ((stream, addr), key) in streams.into_iter().zip((0..10).cycle()) {
        let mut phone = Phone::new(V4);
        bench.media.send_to(stream, phone.remote(Codec::Pcmu)).expect("not busy");
        phone.say(addr, EVENTS_AT, 900, &[key, 10, 0, 160]);
        assert_eq!(bench.fact(), Fact::Latched { stream, addr: phone.socket.local_addr().expect("bound") });
        assert_eq!(bench.fact(), Fact::Digit { stream, digit: Digit::from_event(key).expect("a key") });
    }
}

#[test]
fn a_phone_hears_a_prompt_and_is_heard_over_ipv6() {
    plays_and_listens(V6, 20_050..=20_099);
}

fn relays(bench: &Bench) {
    let (mut alice, mut bob) = (Phone::new(V4), Phone::new(V6));
    let (a, a_addr) = bench.call(&alice, Codec::Pcmu);
    let (b, b_addr) = bench.call(&bob, Codec::Pcma);
    bench.media.relay(a, b).expect("not busy");
    // An order may still be on its way when a packet comes: speak until heard.
    alice.socket.set_read_timeout(Some(Duration::from_millis(100))).expect("a valid time");
    bob.socket.set_read_timeout(Some(Duration::from_millis(100))).expect("a valid time");
    let talk = |from: &mut Phone, from_codec: Codec, via: SocketAddr, to: &Phone| {
        let mut buffer = [0; 2_000];
        (0..100).find_map(|n| {
            from.say(via, from_codec.payload_type(), n * 160, &[0xd5; 160]);
            let (len, source) = to.socket.recv_from(&mut buffer).ok()?;
            Some(Sent::read(source, &buffer[..len]))
        })
    };
    let heard = talk(&mut alice, Codec::Pcmu, a_addr, &bob).expect("bob hears alice");
    assert_eq!((heard.to, heard.payload_type), (b_addr, 8));
    let heard = talk(&mut bob, Codec::Pcma, b_addr, &alice).expect("alice hears bob");
    assert_eq!((heard.to, heard.payload_type), (a_addr, 0));
    // The quietest A-law step is the quietest but one in mu-law.
    assert_eq!(heard.payload, vec![0xfe; 160]);
    for stream in [a, b] {
        bench.media.close(stream);
        assert_eq!(bench.media.stats(stream), None);
    }
}

#[test]
fn two_phones_hear_each_other() {
    relays(&Bench::new(20_100..=20_149, 1));
}

#[test]
fn two_phones_on_different_threads_hear_each_other() {
    let bench = Bench::new(20_150..=20_199, 3);
    // Each pair of threads has its turn: a stream goes to the thread with most ports left.
    (0..4).for_each(|_| relays(&bench));
}

#[test]
fn a_closed_port_rests_and_orders_for_its_stream_do_nothing() {
    let bench = Bench::new(20_200..=20_201, 1);
    let (stream, _) = bench.media.open(V4).expect("one port");
    assert!(matches!(bench.media.open(V4), Err(OpenError::NoPorts)));
    bench.media.close(stream);
    bench.media.close(stream);
    assert!(matches!(bench.media.open(V4), Err(OpenError::NoPorts)), "it rests");
    assert_eq!(bench.media.quiet(stream), Ok(()));
    assert_eq!(bench.media.stats(stream), None);
    assert!(matches!(bench.media.open("192.0.2.1".parse().expect("an address")), Err(OpenError::UnknownAddress(_))));
}

#[test]
fn a_port_somebody_else_holds_is_passed_over() {
    let _held = UdpSocket::bind((V4, 20_210)).expect("ours to take");
    let bench = Bench::new(20_210..=20_213, 1);
    let (_, addr) = bench.media.open(V4).expect("the other port");
    assert_eq!(addr.port(), 20_212);
    assert!(matches!(bench.media.open(V4), Err(OpenError::NoPorts)));
}

#[test]
fn closed_streams_give_their_ports_back() {
    let settings = MediaSettings { quarantine: Duration::ZERO, ..settings(20_220..=20_223, 1) };
    let media = Media::start(&settings, library(), |_| {}).expect("loopback can be used");
    for _ in 0..50 {
        // The thread drops the socket in its own time; until then the port is somebody else's.
        let opened = (0..1_000).find_map(|_| {
            std::thread::sleep(Duration::from_millis(1));
            media.open(V4).ok()
        });
        media.close(opened.expect("a port comes back").0);
    }
}

#[test]
fn garbage_is_counted_and_answered_by_nobody() {
    let bench = Bench::new(20_230..=20_249, 1);
    let phone = Phone::new(V4);
    let (stream, addr) = bench.call(&phone, Codec::Pcmu);
    let music = clip(bench.media.library(), "one");
    bench.media.music(stream, music).expect("not busy");
    phone.hear();
    for octets in [vec![], vec![0x80], vec![0xff; 12], vec![0x80; 1_500], vec![0x9f; 40]] {
        phone.socket.send_to(&octets, addr).expect("loopback takes it");
    }
    let counted = (0..1_000).any(|_| {
        std::thread::sleep(Duration::from_millis(5));
        bench.media.stats(stream).is_some_and(|stats| stats.malformed == 5)
    });
    assert!(counted, "{:?}", bench.media.stats(stream));
    phone.hear();
}

#[test]
fn too_long_a_play_is_refused() {
    let bench = Bench::new(20_250..=20_259, 1);
    let (stream, _) = bench.media.open(V4).expect("a port is free");
    let clips = vec![clip(bench.media.library(), "one"); PLAY_CLIPS_MAX + 1];
    assert_eq!(bench.media.play(stream, PlayId(1), clips), Err(OrderError::TooManyClips(PLAY_CLIPS_MAX + 1)));
}

#[test]
fn what_cannot_work_is_said_at_the_start() {
    let start = |settings: MediaSettings| Media::start(&settings, library(), |_| {}).map(drop);
    let good = || settings(20_260..=20_269, 1);
    let fault = |settings| start(settings).expect_err("it cannot work");
    assert!(matches!(fault(MediaSettings { ips: vec![], ..good() }), StartError::NoAddress));
    assert!(matches!(fault(MediaSettings { ports: 20_261..=20_261, ..good() }), StartError::NoPorts(_)));
    assert!(matches!(fault(MediaSettings { threads: 0, ..good() }), StartError::Threads(0)));
    let foreign: IpAddr = "192.0.2.1".parse().expect("an address");
    assert!(matches!(fault(MediaSettings { ips: vec![foreign], ..good() }), StartError::Address { ip, .. } if ip == foreign));
    let many = fault(MediaSettings { descriptors_reserved: u64::MAX, ..good() });
    assert!(many.to_string().contains("open files"), "{many}");
    start(good()).expect("it can");
}

#[test]
fn the_tick_is_kept_and_the_report_says_how() {
    let bench = Bench::new(20_270..=20_279, 2);
    let phone = Phone::new(V4);
    let (stream, _) = bench.call(&phone, Codec::Pcma);
    let music = clip(bench.media.library(), "three");
    bench.media.music(stream, music).expect("not busy");
    let heard: Vec<Sent> = (0..10).map(|_| phone.hear()).collect();
    for pair in heard.windows(2) {
        assert_eq!(pair[1].stamp.sequence, pair[0].stamp.sequence.wrapping_add(1));
        assert_eq!(pair[1].stamp.timestamp, pair[0].stamp.timestamp.wrapping_add(160));
    }
    let report = bench.media.late_ticks();
    assert!(report.turns >= 36, "{report:?}");
    assert!(report.p50_us <= report.p99_us && report.p99_us <= report.max_us, "{report:?}");
}

#[test]
fn a_stream_stands_again_where_it_was_before_a_restart() {
    let mut natted = Phone::new(V4);
    let announced = Phone::new(V4);
    let (before, after) = (Bench::new(20_900..=20_909, 2), Bench::new(20_900..=20_909, 2));
    let (_, addr) = before.call(&announced, Codec::Pcmu);
    assert!(matches!(after.media.reopen(addr), Err(OpenError::Socket { .. })), "somebody else has it still");
    drop(before);
    let after = Bench::new(20_900..=20_909, 2);
    let stream = after.media.reopen(addr).expect("it is free");
    assert!(matches!(after.media.reopen(addr), Err(OpenError::NoPorts)), "twice");
    after.media.send_to(stream, announced.remote(Codec::Pcmu)).expect("not busy");
    let from = natted.socket.local_addr().expect("bound");
    after.media.expect_from(stream, from).expect("not busy");
    after.media.music(stream, clip(after.media.library(), "one")).expect("not busy");
    let heard = natted.hear();
    assert!(heard.stamp.marker, "a new source begins with a marker");
    assert_eq!(heard.to, addr, "from the port that it knows");
    natted.say(addr, 0, 160, &[1; 160]);
    assert_eq!(after.fact(), Fact::Latched { stream, addr: from });
}
