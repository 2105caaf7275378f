//! Which ports are free, which are in use and which must rest before they serve again.

use super::counters::Counters;
use super::orders::StreamId;
use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The even ports of every address (RFC 3550 section 11: RTP takes the even one).
///
/// Each is a berth with a number; a closed one rests before it is free again, so that a new caller never hears
/// what is still being sent to an old one.
#[derive(Debug)]
pub(super) struct Ports {
    berths: Vec<Berth>,
    /// Free berths of each address, for each thread, the longest unused first.
    free: Vec<Vec<VecDeque<u32>>>,
    resting: VecDeque<(Instant, u32)>,
    quarantine: Duration,
    ips: Vec<IpAddr>,
    open: usize,
    open_max: usize,
}

/// How long a closed berth rests in any case: a far end that was told to stop has stopped by then.
const REST_MIN: Duration = Duration::from_secs(1);

#[derive(Debug)]
struct Berth {
    addr: SocketAddr,
    ip: usize,
    generation: u32,
    /// While open.
    counters: Option<Arc<Counters>>,
}

/// A berth to bind, not open yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Offer {
    pub(super) berth: u32,
    pub(super) addr: SocketAddr,
}

/// Why there is no berth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoBerth {
    UnknownAddress,
    AllTaken,
}

impl Ports {
    /// `shuffle` puts the berths in an order that nobody can guess.
    pub(super) fn new(
        ips: &[IpAddr],
        ports: &RangeInclusive<u16>,
        threads: usize,
        quarantine: Duration,
        open_max: usize,
        shuffle: impl Fn(&mut Vec<u32>),
    ) -> Ports {
        let places = ips.iter().enumerate().flat_map(|(ip, addr)| even(ports).map(move |port| (ip, *addr, port)));
        let berths: Vec<Berth> = places
            .map(|(ip, addr, port)| Berth { addr: SocketAddr::new(addr, port), ip, generation: 0, counters: None })
            .collect();
        let mut order: Vec<u32> = (0_u32..).take(berths.len()).collect();
        shuffle(&mut order);
        let free = vec![vec![VecDeque::new(); threads]; ips.len()];
        let resting = VecDeque::new();
        let mut pool = Ports { berths, free, resting, quarantine, ips: ips.to_vec(), open: 0, open_max };
        order.into_iter().for_each(|berth| pool.release(berth));
        pool
    }

    /// How many berths there are, open or not.
    pub(super) fn berths(&self) -> usize {
        self.berths.len()
    }

    /// A free berth on that address, on the thread of `beside` if that has one. When all that is not open rests, the one
    /// that has rested longest serves again early, though not before [`REST_MIN`].
    pub(super) fn offer(&mut self, now: Instant, ip: IpAddr, beside: Option<StreamId>) -> Result<Offer, NoBerth> {
        self.wake(now);
        let ip = self.ips.iter().position(|known| *known == ip).ok_or(NoBerth::UnknownAddress)?;
        if self.free.get(ip).is_some_and(|threads| threads.iter().all(VecDeque::is_empty)) {
            self.wake(now + self.quarantine.saturating_sub(REST_MIN));
        }
        if self.open >= self.open_max {
            return Err(NoBerth::AllTaken);
        }
        let beside = beside.map(|stream| self.thread(stream.berth));
        let threads = self.free.get_mut(ip).ok_or(NoBerth::UnknownAddress)?;
        let wanted = beside.and_then(|thread| threads.get_mut(thread)).and_then(VecDeque::pop_front);
        let berth = wanted.or_else(|| threads.iter_mut().max_by_key(|free| free.len())?.pop_front());
        let berth = berth.ok_or(NoBerth::AllTaken)?;
        let addr = self.berth(berth).ok_or(NoBerth::AllTaken)?.addr;
        Ok(Offer { berth, addr })
    }

    /// The free berth at that very address, as it was before a restart.
    pub(super) fn claim(&mut self, addr: SocketAddr) -> Option<Offer> {
        let (berth, _) = self.berths.iter().enumerate().find(|(_, berth)| berth.addr == addr)?;
        let berth = u32::try_from(berth).ok()?;
        let (ip, thread) = (self.berth(berth)?.ip, self.thread(berth));
        let free = self.free.get_mut(ip)?.get_mut(thread)?;
        let place = free.iter().position(|free| *free == berth).filter(|_| self.open < self.open_max)?;
        free.remove(place);
        Some(Offer { berth, addr })
    }

    /// The offer has been bound: it is a stream now.
    pub(super) fn open(&mut self, offer: Offer, counters: Arc<Counters>) -> Option<StreamId> {
        let berth = self.berth(offer.berth)?;
        berth.generation = berth.generation.wrapping_add(1);
        berth.counters = Some(counters);
        let generation = berth.generation;
        self.open += 1;
        Some(StreamId { berth: offer.berth, generation })
    }

    /// The offer could not be bound (somebody else has the port): it rests.
    pub(super) fn reject(&mut self, now: Instant, offer: Offer) {
        self.resting.push_back((now + self.quarantine, offer.berth));
    }

    /// Ends a stream; `false` if it had ended before.
    pub(super) fn close(&mut self, now: Instant, stream: StreamId) -> bool {
        let Some(berth) = self.berth(stream.berth).filter(|berth| berth.generation == stream.generation) else {
            return false;
        };
        let was_open = berth.counters.take().is_some();
        if was_open {
            self.open = self.open.saturating_sub(1);
            self.resting.push_back((now + self.quarantine, stream.berth));
        }
        was_open
    }

    /// The counters of an open stream.
    pub(super) fn counters(&self, stream: StreamId) -> Option<&Counters> {
        let berth = self.berths.get(usize::try_from(stream.berth).ok()?)?;
        berth.counters.as_deref().filter(|_| berth.generation == stream.generation)
    }

    fn wake(&mut self, now: Instant) {
        while let Some((_, berth)) = self.resting.pop_front_if(|(until, _)| *until <= now) {
            self.release(berth);
        }
    }

    fn release(&mut self, berth: u32) {
        let thread = self.thread(berth);
        let Some(ip) = self.berth(berth).map(|berth| berth.ip) else {
            return;
        };
        if let Some(free) = self.free.get_mut(ip).and_then(|threads| threads.get_mut(thread)) {
            free.push_back(berth);
        }
    }

    fn thread(&self, berth: u32) -> usize {
        let threads = self.free.first().map_or(1, Vec::len).max(1);
        berth as usize % threads
    }

    fn berth(&mut self, berth: u32) -> Option<&mut Berth> {
        self.berths.get_mut(usize::try_from(berth).ok()?)
    }
}

/// The even ports of a range.
pub(super) fn even(ports: &RangeInclusive<u16>) -> impl Iterator<Item = u16> + use<> {
    ports.clone().filter(|port| port % 2 == 0 && *port != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    const REST: Duration = Duration::from_secs(10);
    const LOOPBACK: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn ports(range: RangeInclusive<u16>, threads: usize, open_max: usize) -> Ports {
        Ports::new(&[LOOPBACK], &range, threads, REST, open_max, |_| {})
    }

    fn open(ports: &mut Ports, now: Instant) -> Result<(StreamId, u16), NoBerth> {
        let offer = ports.offer(now, LOOPBACK, None)?;
        let stream = ports.open(offer, Arc::default()).expect("the berth exists");
        Ok((stream, offer.addr.port()))
    }

    #[test]
    fn only_even_ports_are_dealt_and_then_no_more() {
        let (mut ports, now) = (ports(20_001..=20_006, 1, 99), Instant::now());
        let dealt: HashSet<u16> = (0..3).map(|_| open(&mut ports, now).expect("free").1).collect();
        assert_eq!(dealt, HashSet::from([20_002, 20_004, 20_006]));
        assert_eq!(open(&mut ports, now), Err(NoBerth::AllTaken));
    }

    #[test]
    fn a_closed_port_rests_and_its_old_stream_is_stale() {
        let (mut ports, now) = (ports(20_000..=20_000, 1, 99), Instant::now());
        let (old, _) = open(&mut ports, now).expect("free");
        assert!(ports.close(now, old));
        assert!(!ports.close(now, old));
        assert_eq!(open(&mut ports, now + REST_MIN / 2), Err(NoBerth::AllTaken));
        let (new, _) = open(&mut ports, now + REST_MIN).expect("rested, if not for long");
        assert_ne!(old, new);
        assert!(!ports.close(now, old), "the old id must not close the new stream");
        assert!(ports.counters(old).is_none());
        assert!(ports.counters(new).is_some());
    }

    #[test]
    fn a_port_rests_for_the_whole_time_as_long_as_there_is_another() {
        let (mut ports, now) = (ports(20_000..=20_003, 1, 99), Instant::now());
        let (first, _) = open(&mut ports, now).expect("free");
        assert!(ports.close(now, first));
        let (second, _) = open(&mut ports, now + REST_MIN * 2).expect("free");
        assert_ne!(first.berth, second.berth);
        let (third, _) = open(&mut ports, now + REST_MIN * 2).expect("rested, if not for long");
        assert_eq!(first.berth, third.berth);
    }

    #[test]
    fn the_limit_holds_and_unknown_addresses_are_refused() {
        let (mut ports, now) = (ports(20_000..=20_100, 2, 1), Instant::now());
        open(&mut ports, now).expect("free");
        assert_eq!(open(&mut ports, now), Err(NoBerth::AllTaken));
        let elsewhere = "192.0.2.1".parse().expect("an address");
        assert_eq!(ports.offer(now, elsewhere, None).map(|offer| offer.berth), Err(NoBerth::UnknownAddress));
    }

    #[test]
    fn a_claimed_port_is_dealt_to_nobody_else() {
        let (mut ports, now) = (ports(20_000..=20_009, 2, 99), Instant::now());
        let addr = SocketAddr::new(LOOPBACK, 20_004);
        let claimed = ports.claim(addr).expect("free");
        assert_eq!(claimed.addr, addr);
        assert!(ports.claim(addr).is_none(), "twice");
        assert!(ports.claim(SocketAddr::new(LOOPBACK, 20_005)).is_none(), "odd");
        let dealt: HashSet<u16> = (0..4).map(|_| open(&mut ports, now).expect("free").1).collect();
        assert_eq!(dealt, HashSet::from([20_000, 20_002, 20_006, 20_008]));
        assert_eq!(open(&mut ports, now), Err(NoBerth::AllTaken));
        let stream = ports.open(claimed, Arc::default()).expect("the berth exists");
        assert!(ports.close(now, stream));
        assert_eq!(open(&mut ports, now + REST).expect("rested").1, 20_004);
    }

    #[test]
    fn a_stream_beside_another_is_on_its_thread() {
        let (mut ports, now) = (ports(20_000..=20_100, 3, 99), Instant::now());
        let (first, _) = open(&mut ports, now).expect("free");
        for _ in 0..5 {
            let offer = ports.offer(now, LOOPBACK, Some(first)).expect("free");
            assert_eq!(offer.berth % 3, first.berth % 3);
        }
    }

    proptest! {
        /// No port is ever two streams', and none serves again before it has rested at all.
        #[test]
        fn no_port_is_dealt_twice(steps in prop::collection::vec((any::<bool>(), 0_u64..4_000), 1..200)) {
            let (mut ports, mut now) = (ports(20_000..=20_019, 2, 99), Instant::now());
            let (mut in_use, mut rested) = (vec![], std::collections::HashMap::new());
            for (opens, pause_ms) in steps {
                now += Duration::from_millis(pause_ms);
                if opens {
                    if let Ok((stream, port)) = open(&mut ports, now) {
                        prop_assert!(in_use.iter().all(|(_, taken)| *taken != port));
                        prop_assert!(rested.get(&port).is_none_or(|closed| *closed + REST_MIN <= now));
                        in_use.push((stream, port));
                    }
                } else if let Some((stream, port)) = in_use.pop() {
                    prop_assert!(ports.close(now, stream));
                    rested.insert(port, now);
                }
            }
        }
    }
}
