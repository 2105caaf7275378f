//! Whose packets a stream believes, and where it sends its own (symmetric RTP, RFC 4961).
//!
//! # Who might cheat
//! RTP without SRTP is believed by its source address alone, and that of an SDP behind a NAT is wrong, so the
//! address must be learnt from packets. An attacker who cannot see the call, but may guess our port and send to
//! it from an address of theirs, wants the caller's audio (by becoming the latched source) or silence in it.
//! - *Before the call's own media comes*: one packet latches the address the signalling announced; anyone else
//!   must send [`PROOF`] packets of one SSRC in a row. Ports are dealt in random order. An attacker who is
//!   faster than a caller behind a NAT can still win; only SRTP closes this.
//! - *Just after*: an announced address that speaks within [`RECLAIM`] takes the latch back from a stranger.
//!   Later it may not, because a private address in an SDP can be forged by a stranger at no cost.
//! - *During the call*: no other source is heard at all, unless the latched one has been silent for [`SILENT`]
//!   and the newcomer carries on the same SSRC (a NAT that moved the caller to another port): 32 bits to guess.
//! - After a *restart* the address that was latched before it counts as the announced one does: whoever spoke there goes
//!   on speaking, so one packet settles it again.
//! - A *re-INVITE* with another address opens the latch again: whoever can sign that may move the call anyway.
//! - An SDP may name a victim as its address (RFC 5245 section 18.5.1, "voice hammer"): media cannot tell; a
//!   stream that hears nothing reports `Silent`, and multicast, broadcast and unspecified addresses get nothing.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

/// Packets in a row that a source other than the announced one must send.
const PROOF: u8 = 3;

/// How long a candidate holds its place between two packets.
const CANDIDATE_PATIENCE: Duration = Duration::from_millis(500);

/// How long after a stranger's latch the announced address may take it.
const RECLAIM: Duration = Duration::from_secs(5);

/// Silence of the latched source after which the same SSRC may come from elsewhere.
const SILENT: Duration = Duration::from_secs(2);

/// What to do with a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is from the source.
    Accept,
    /// It is from the source, and this packet settled who that is.
    Latched,
    /// It is from somebody else.
    Ignore,
}

/// The source of a stream: announced, and once it has spoken, known.
#[derive(Debug)]
pub(super) struct Latch {
    announced: SocketAddr,
    /// Where it spoke before a restart.
    expected: Option<SocketAddr>,
    held: Option<Held>,
    candidate: Option<Candidate>,
}

#[derive(Debug)]
struct Held {
    addr: SocketAddr,
    ssrc: u32,
    since: Instant,
    heard: Instant,
}

#[derive(Debug)]
struct Candidate {
    addr: SocketAddr,
    ssrc: u32,
    packets: u8,
    heard: Instant,
}

impl Latch {
    pub(super) fn new(announced: SocketAddr) -> Latch {
        Latch { announced, expected: None, held: None, candidate: None }
    }

    /// Takes the address of a new SDP; another one than before opens the latch.
    pub(super) fn announce(&mut self, addr: SocketAddr) {
        if !same_place(self.announced, addr) {
            *self = Latch::new(addr);
        }
    }

    /// Takes the address that was known before a restart, unless one is known now.
    pub(super) fn expect(&mut self, addr: SocketAddr) {
        self.expected = Some(addr);
    }

    /// Where to send: to the known source, else to where it was before, else to the announced one, if that can be sent to.
    pub(super) fn target(&self) -> Option<SocketAddr> {
        let unheard = self.expected.unwrap_or(self.announced);
        let addr = self.held.as_ref().map_or(unheard, |held| held.addr);
        sendable(addr).then_some(addr)
    }

    /// Whether `from` is the known source; changes nothing.
    pub(super) fn holds(&self, from: SocketAddr) -> bool {
        self.held.as_ref().is_some_and(|held| same_place(held.addr, from))
    }

    /// Judges the source of a well-formed packet of an expected payload type.
    pub(super) fn judge(&mut self, now: Instant, from: SocketAddr, ssrc: u32) -> Verdict {
        if let Some(held) = self.held.as_mut().filter(|held| same_place(held.addr, from)) {
            held.ssrc = ssrc;
            held.heard = now;
            return Verdict::Accept;
        }
        if self.may_take(now, from, ssrc) {
            self.held = Some(Held { addr: from, ssrc, since: now, heard: now });
            self.candidate = None;
            return Verdict::Latched;
        }
        Verdict::Ignore
    }

    fn may_take(&mut self, now: Instant, from: SocketAddr, ssrc: u32) -> bool {
        let announced = same_place(self.announced, from);
        let expected = self.expected.is_some_and(|expected| same_place(expected, from));
        match &self.held {
            Some(held) => {
                let moved = now.duration_since(held.heard) > SILENT && held.ssrc == ssrc;
                let reclaimed = announced && now.duration_since(held.since) < RECLAIM;
                moved || reclaimed
            }
            None => announced || expected || self.proves(now, from, ssrc),
        }
    }

    /// Counts a stranger's packet. The first candidate keeps its place while it speaks: a flood from elsewhere
    /// cannot keep an honest caller from being believed.
    fn proves(&mut self, now: Instant, from: SocketAddr, ssrc: u32) -> bool {
        let fresh = Candidate { addr: from, ssrc, packets: 0, heard: now };
        let candidate = self.candidate.get_or_insert(fresh);
        if now.duration_since(candidate.heard) > CANDIDATE_PATIENCE {
            *candidate = Candidate { addr: from, ssrc, packets: 0, heard: now };
        }
        if !same_place(candidate.addr, from) || candidate.ssrc != ssrc {
            return false;
        }
        candidate.packets += 1;
        candidate.heard = now;
        candidate.packets >= PROOF
    }
}

/// Equal address and port; an IPv4 address mapped into IPv6 is that IPv4 address.
fn same_place(a: SocketAddr, b: SocketAddr) -> bool {
    a.port() == b.port() && a.ip().to_canonical() == b.ip().to_canonical()
}

fn sendable(addr: SocketAddr) -> bool {
    let ip = addr.ip().to_canonical();
    let broadcast = matches!(ip, IpAddr::V4(v4) if v4.is_broadcast());
    addr.port() != 0 && !ip.is_unspecified() && !ip.is_multicast() && !broadcast
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ANNOUNCED: &str = "192.0.2.1:4000";
    const NATTED: &str = "198.51.100.7:31000";
    const THIEF: &str = "203.0.113.66:6666";

    fn at(text: &str) -> SocketAddr {
        text.parse().expect("an address")
    }

    fn latch() -> (Latch, Instant) {
        (Latch::new(at(ANNOUNCED)), Instant::now())
    }

    #[test]
    fn the_announced_source_needs_one_packet() {
        let (mut latch, now) = latch();
        assert_eq!(latch.target(), Some(at(ANNOUNCED)));
        assert_eq!(latch.judge(now, at(ANNOUNCED), 1), Verdict::Latched);
        assert_eq!(latch.judge(now, at(ANNOUNCED), 1), Verdict::Accept);
    }

    #[test]
    fn a_source_behind_a_nat_needs_three() {
        let (mut latch, now) = latch();
        assert_eq!(latch.judge(now, at(NATTED), 1), Verdict::Ignore);
        assert_eq!(latch.judge(now, at(NATTED), 1), Verdict::Ignore);
        assert_eq!(latch.target(), Some(at(ANNOUNCED)));
        assert_eq!(latch.judge(now, at(NATTED), 1), Verdict::Latched);
        assert_eq!(latch.target(), Some(at(NATTED)));
    }

    #[test]
    fn the_announced_source_takes_back_an_early_theft_but_not_a_settled_latch() {
        let (mut latch, now) = latch();
        for _ in 0..3 {
            latch.judge(now, at(THIEF), 9);
        }
        assert_eq!(latch.target(), Some(at(THIEF)));
        assert_eq!(latch.judge(now + Duration::from_secs(6), at(ANNOUNCED), 1), Verdict::Ignore);
        assert_eq!(latch.judge(now + Duration::from_secs(1), at(ANNOUNCED), 1), Verdict::Latched);
        assert_eq!(latch.target(), Some(at(ANNOUNCED)));
    }

    #[test]
    fn a_moved_nat_keeps_its_ssrc() {
        let (mut latch, now) = latch();
        latch.judge(now, at(ANNOUNCED), 7);
        let (soon, late) = (now + Duration::from_secs(1), now + Duration::from_secs(3));
        assert_eq!(latch.judge(soon, at(NATTED), 7), Verdict::Ignore);
        assert_eq!(latch.judge(late, at(NATTED), 8), Verdict::Ignore);
        assert_eq!(latch.judge(late, at(NATTED), 7), Verdict::Latched);
    }

    #[test]
    fn after_a_restart_a_source_behind_a_nat_is_known_at_once() {
        let (mut latch, now) = latch();
        latch.expect(at(NATTED));
        assert_eq!(latch.target(), Some(at(NATTED)));
        assert_eq!(latch.judge(now, at(THIEF), 1), Verdict::Ignore);
        assert_eq!(latch.judge(now, at(NATTED), 1), Verdict::Latched);
        latch.announce(at(THIEF));
        assert_eq!(latch.target(), Some(at(THIEF)), "a new announcement ends what was before");
    }

    #[test]
    fn a_new_announcement_opens_the_latch_and_the_same_one_does_not() {
        let (mut latch, now) = latch();
        latch.judge(now, at(ANNOUNCED), 7);
        latch.announce(at(ANNOUNCED));
        assert!(latch.holds(at(ANNOUNCED)));
        latch.announce(at(NATTED));
        assert_eq!(latch.target(), Some(at(NATTED)));
        assert_eq!(latch.judge(now, at(NATTED), 1), Verdict::Latched);
    }

    #[test]
    fn nothing_is_sent_to_everybody_or_nobody() {
        for addr in ["0.0.0.0:4000", "[::]:4000", "239.1.2.3:4000", "[ff02::1]:4000", "255.255.255.255:9", "192.0.2.1:0"] {
            assert_eq!(Latch::new(at(addr)).target(), None, "{addr}");
        }
    }

    #[test]
    fn a_mapped_address_is_the_same_place() {
        let (mut latch, now) = latch();
        assert_eq!(latch.judge(now, at("[::ffff:192.0.2.1]:4000"), 1), Verdict::Latched);
    }

    proptest! {
        /// While the caller speaks, no number of packets from elsewhere, with whatever SSRC, moves the latch.
        #[test]
        fn a_speaking_caller_cannot_be_robbed(
            steps in prop::collection::vec((0_u64..1_500, prop::collection::vec((any::<u16>(), 0_u32..3), 0..6)), 1..60),
        ) {
            let (mut latch, mut now) = latch();
            latch.judge(now, at(ANNOUNCED), 1);
            for (pause_ms, thieves) in steps {
                now += Duration::from_millis(pause_ms);
                for (port, ssrc) in thieves {
                    let from = SocketAddr::new(at(THIEF).ip(), port);
                    prop_assert_eq!(latch.judge(now, from, ssrc), Verdict::Ignore);
                }
                prop_assert_eq!(latch.judge(now, at(ANNOUNCED), 1), Verdict::Accept);
            }
        }
    }
}
