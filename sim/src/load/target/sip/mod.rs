//! SIP: callers who dial a line of the desk, agents who register with it. UDP.
//!
//! `sim/src/phone` is a softphone that a person could pick up; this is a user agent that does no more than a load needs, on one
//! thread and two sockets: the generator must not be the first to give way.

mod agents;
mod callers;
mod leg;
mod message;
mod registration;
#[cfg(test)]
mod tests;
mod ua;
mod voice;
mod write;

pub use registration::Account;
pub use voice::Audio;

use super::{News, Order, Target};
use crate::load::clock::Moment;
use crate::phone::sdp::{self, Direction};
use registration::Registration;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};
use ua::Ua;
use voice::Voice;
use write::Pen;

/// Datagrams heard before what they came to is told.
const BATCH: usize = 64;
/// What the kernel may hold for us: a burst must not be lost because we do something else for a moment.
const BUFFER_BYTES: usize = 8 << 20;
/// All agents are registered by then, or something is wrong.
const REGISTERED_WITHIN: Duration = Duration::from_secs(60);
/// Registrations are taken back within this time, or not at all.
const UNREGISTERED_WITHIN: Duration = Duration::from_secs(2);
const TELEPHONE_EVENT: u8 = 101;

/// What is called, and who answers.
#[derive(Clone, Debug)]
pub struct SipPlan {
    /// Where the desk hears SIP over UDP.
    pub server: SocketAddr,
    /// The line: the user part.
    pub line: String,
    /// Where we hear SIP; port 0 takes a free one. Voice has a port of its own.
    pub listen: SocketAddr,
    /// Agents who register. Those whose phones are at a fixed address need not: they are rung where we listen.
    pub agents: Vec<Account>,
    /// How much is spoken.
    pub audio: Audio,
}

/// Why there is no load.
#[derive(Debug, thiserror::Error)]
pub enum SipFault {
    /// The system gave no socket.
    #[error("no UDP socket on {0}: {1}")]
    NoSocket(SocketAddr, io::Error),
    /// An agent is not registered.
    #[error("agent {0} cannot register with {1}: {2}")]
    NotRegistered(String, SocketAddr, String),
}

/// A desk behind SIP.
pub struct SipTarget {
    socket: UdpSocket,
    clock: Instant,
    ua: Ua,
    buffer: Vec<u8>,
    lost: u64,
}

impl SipTarget {
    /// Binds the sockets and registers the agents.
    ///
    /// # Errors
    /// A socket cannot be had, or an agent not be registered.
    pub fn start(plan: &SipPlan) -> Result<SipTarget, SipFault> {
        let no_socket = |error| SipFault::NoSocket(plan.listen, error);
        let socket = bind(plan.listen, plan.server).map_err(no_socket)?;
        let here = socket.local_addr().map_err(no_socket)?;
        let voice = bind(SocketAddr::new(here.ip(), 0), plan.server).map_err(no_socket)?;
        let voice_here = voice.local_addr().map_err(no_socket)?;
        let described = sdp::describe(voice_here, 1, TELEPHONE_EVENT, Direction::Both);
        let line = format!("sip:{}@{}", plan.line, plan.server);
        let pen = Pen::new(here, &salt(), &line, &String::from_utf8_lossy(&described));
        let registrations = plan.agents.iter().cloned().map(Registration::new).collect();
        let ua = Ua::new(pen, plan.server, Voice::new(voice, plan.audio), registrations);
        let mut target = SipTarget { socket, clock: Instant::now(), ua, buffer: vec![0; 65_536], lost: 0 };
        target.register(plan.server)?;
        Ok(target)
    }

    /// Where we hear SIP.
    #[must_use]
    pub fn here(&self) -> &str {
        &self.ua.pen.here
    }

    fn register(&mut self, server: SocketAddr) -> Result<(), SipFault> {
        let last = self.now().after(REGISTERED_WITHIN);
        let mut news = Vec::new();
        while self.ua.register_more(self.now()) {
            if self.now() >= last {
                return Err(self.not_registered("all", server, "it takes too long"));
            }
            self.wait(last, &mut news);
            news.clear();
            if let Some((name, why)) = self.ua.refused_registration() {
                return Err(self.not_registered(name, server, why));
            }
        }
        Ok(())
    }

    fn not_registered(&self, name: &str, server: SocketAddr, why: &str) -> SipFault {
        let counts = self.ua.counts;
        let (sent, heard) = (counts.sent + counts.sent_again, counts.received);
        SipFault::NotRegistered(name.to_owned(), server, format!("{why} ({sent} messages sent, {heard} received)"))
    }

    fn flush(&mut self) {
        while let Some((at, datagram)) = self.ua.out.pop_front() {
            // What the kernel does not take is lost, as it is in a network: it is sent again.
            if self.socket.send_to(&datagram, at).is_err() {
                self.lost += 1;
            }
        }
    }

    /// Hears what has come; false if nothing has.
    fn hear(&mut self) -> bool {
        for heard in 0..BATCH {
            // An error is an earlier datagram's "port unreachable", or that there is none.
            match self.socket.recv_from(&mut self.buffer) {
                Ok((length, from)) => {
                    let now = self.now();
                    self.ua.hear(self.buffer.get(..length).unwrap_or_default(), from, now);
                    self.flush();
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return heard > 0,
                Err(_) => {}
            }
        }
        true
    }

    fn sleep_until(&self, until: Moment) {
        let left = until.since(self.now());
        let mut watched = [PollFd::new(&self.socket, PollFlags::IN)];
        let left = Timespec { tv_sec: left.as_secs().min(3_600) as i64, tv_nsec: left.subsec_nanos().into() };
        // An interrupted sleep is a short one.
        let _ = poll(&mut watched, Some(&left));
    }
}

impl Target for SipTarget {
    fn now(&self) -> Moment {
        Moment(u64::try_from(self.clock.elapsed().as_nanos()).unwrap_or(u64::MAX))
    }

    fn carry_out(&mut self, order: Order<'_>) {
        let now = self.now();
        self.ua.carry_out(order, now);
        self.flush();
    }

    fn wait(&mut self, until: Moment, news: &mut Vec<News>) {
        loop {
            self.ua.turn(self.now());
            self.flush();
            let heard = self.hear();
            news.append(&mut self.ua.news);
            let now = self.now();
            if heard || !news.is_empty() || now >= until {
                return;
            }
            if self.ua.next() > now {
                self.sleep_until(until.min(self.ua.next()));
            }
        }
    }

    fn counts(&self) -> Vec<(&'static str, u64)> {
        let counts = self.ua.counts;
        vec![
            ("SIP messages sent", counts.sent),
            ("sent again, since they were not answered in time", counts.sent_again),
            ("SIP messages received", counts.received),
            ("received again", counts.received_again),
            ("unreadable", counts.unreadable),
            ("not taken by our own kernel", self.lost),
            ("RTP packets sent", self.ua.voice.sent),
        ]
    }
}

/// Agents who are gone must not be rung.
impl Drop for SipTarget {
    fn drop(&mut self) {
        let last = self.now().after(UNREGISTERED_WITHIN);
        let mut news = Vec::new();
        while self.ua.unregister_more(self.now()) && self.now() < last {
            self.wait(last, &mut news);
            news.clear();
        }
    }
}

fn bind(listen: SocketAddr, server: SocketAddr) -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind(specific(listen, server)?)?;
    socket.set_nonblocking(true)?;
    // Beyond its usual bound only for the privileged; what the kernel gives is taken.
    let forced = rustix::net::sockopt::set_socket_recv_buffer_size_force(&socket, BUFFER_BYTES);
    if forced.is_err() {
        let _ = rustix::net::sockopt::set_socket_recv_buffer_size(&socket, BUFFER_BYTES);
    }
    Ok(socket)
}

/// Nobody can answer to "anywhere": the address from which the server is reached.
fn specific(listen: SocketAddr, server: SocketAddr) -> io::Result<SocketAddr> {
    if !listen.ip().is_unspecified() {
        return Ok(listen);
    }
    let probe = UdpSocket::bind(SocketAddr::new(listen.ip(), 0))?;
    probe.connect(server)?;
    Ok(SocketAddr::new(probe.local_addr()?.ip(), listen.port()))
}

/// Calls of two runs must not be taken for each other.
fn salt() -> String {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    format!("{:x}{:x}", since.as_nanos() as u64, std::process::id())
}
