//! What media is started with, and whether this machine can do it.

use super::descriptors;
use super::ports::{Ports, even};
use rand::seq::SliceRandom;
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::ops::RangeInclusive;
use std::time::Duration;

/// Media threads at the most; one carries thousands of streams.
const THREADS_MAX: usize = 16;

/// Where and how media works.
#[derive(Clone, Debug)]
pub struct MediaSettings {
    /// The local addresses streams may be opened on, IPv4 or IPv6; each has the whole port range.
    pub ips: Vec<IpAddr>,
    /// UDP ports; the even ones are used (RTCP, which would take the odd ones, is neither sent nor read).
    pub ports: RangeInclusive<u16>,
    /// Threads, 1-16.
    pub threads: usize,
    /// Streams open at once; each takes a descriptor.
    pub streams_max: usize,
    /// Descriptors that the rest of the program needs.
    pub descriptors_reserved: u64,
    /// How long a closed port rests before it serves again.
    pub quarantine: Duration,
    /// Silence after which [`Fact::Silent`](super::Fact::Silent) is reported.
    pub silence: Duration,
}

/// Why media cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No address to open streams on.
    #[error("media has no address: name at least one local IP")]
    NoAddress,
    /// The address is not one of this machine's.
    #[error("media cannot use the address {ip}: {source}; name one of this machine's own")]
    Address {
        /// The address.
        ip: IpAddr,
        /// What the system said.
        source: io::Error,
    },
    /// A port range without a single even port.
    #[error("the RTP port range {}-{} holds no even port: widen it, say 16384-32767", .0.start(), .0.end())]
    NoPorts(RangeInclusive<u16>),
    /// Not 1-16 threads.
    #[error("{0} media threads: 1 to {THREADS_MAX} are possible, and 1 carries thousands of streams")]
    Threads(usize),
    /// The limit of open files is too low.
    #[error(
        "{streams} streams need {needed} open files and at most {possible} are allowed: raise the hard limit \
         (ulimit -Hn, or LimitNOFILE= of the service) or open at most {} streams", .possible.saturating_sub(*reserved)
    )]
    Descriptors {
        /// Streams asked for.
        streams: usize,
        /// Open files needed for them and for the rest of the program.
        needed: u64,
        /// Open files the system allows.
        possible: u64,
        /// Of these, what the rest of the program needs.
        reserved: u64,
    },
    /// The system refused a thread or what it waits on.
    #[error("cannot start a media thread: {0}")]
    Thread(#[source] io::Error),
}

impl MediaSettings {
    /// The defaults on these addresses: ports 16384-32767, one thread, as many streams as one address has ports,
    /// 10 s of quarantine, 30 s of silence.
    pub fn new(ips: Vec<IpAddr>) -> MediaSettings {
        MediaSettings {
            ips,
            ports: 16_384..=32_767,
            threads: 1,
            streams_max: 8_192,
            descriptors_reserved: 1_024,
            quarantine: Duration::from_secs(10),
            silence: Duration::from_secs(30),
        }
    }

    pub(super) fn check(&self) -> Result<(), StartError> {
        if self.ips.is_empty() {
            return Err(StartError::NoAddress);
        }
        if even(&self.ports).next().is_none() {
            return Err(StartError::NoPorts(self.ports.clone()));
        }
        if !(1..=THREADS_MAX).contains(&self.threads) {
            return Err(StartError::Threads(self.threads));
        }
        self.ips.iter().try_for_each(|ip| is_local(*ip))?;
        self.check_descriptors()
    }

    /// The ports in an order nobody can guess, so that nobody can wait for a call on the next one.
    pub(super) fn ports(&self) -> Ports {
        let shuffle = |berths: &mut Vec<u32>| berths.shuffle(&mut rand::rng());
        Ports::new(&self.ips, &self.ports, self.threads, self.quarantine, self.streams_max, shuffle)
    }

    fn check_descriptors(&self) -> Result<(), StartError> {
        let streams = self.streams_max.min(even(&self.ports).count() * self.ips.len());
        let reserved = self.descriptors_reserved;
        let needed = reserved.saturating_add(streams as u64);
        descriptors::make_room(needed).map_err(|possible| StartError::Descriptors { streams, needed, possible, reserved })
    }
}

fn is_local(ip: IpAddr) -> Result<(), StartError> {
    let bound = UdpSocket::bind(SocketAddr::new(ip, 0));
    bound.map(drop).map_err(|source| StartError::Address { ip, source })
}
