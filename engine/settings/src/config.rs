//! A whole configuration: the desk's part for the core, the rest for the edges.

use crate::{Hours, Notice, Secret, SipUri};
use cabrank_core::{LineId, Settings, Text};
use ipnet::IpNet;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

/// One desk's configuration, checked. The lists are parallel to those of [`Config::desk`]: the same ids index them.
#[derive(Clone, Debug)]
pub struct Config {
    /// What the core is told.
    pub desk: Settings,
    /// The country whose customs read a number without `+`.
    pub region: phonenumber::country::Id,
    /// The desk's timezone; opening hours are in it.
    pub timezone: TimeZone,
    /// Language tag of the prompts that callers hear (`en`).
    pub language: Text,
    /// After SIGTERM, how long calls may still go on.
    pub drain: Duration,
    /// What the SIP edge needs.
    pub sip: Sip,
    /// What the media edge needs.
    pub media: Media,
    /// What the HTTP edge needs.
    pub http: Http,
    /// What a line says and when, by [`LineId`].
    pub lines: Vec<Reception>,
    /// Who fulfils a service, by [`ServiceId`](cabrank_core::ServiceId).
    pub services: Vec<Backend>,
    /// What a queue is measured by, by [`QueueId`](cabrank_core::QueueId).
    pub queues: Vec<Targets>,
    /// Where an agent is rung, by [`AgentId`](cabrank_core::AgentId).
    pub agents: Vec<Phone>,
    /// What is asked for and not done yet, or not advisable; in the order of the file.
    pub notices: Vec<Notice>,
}

impl Config {
    /// Whether that line is open at that moment. An unknown line is closed.
    pub fn is_open(&self, line: LineId, at: Timestamp) -> bool {
        self.lines.get(usize::from(line.0)).is_some_and(|reception| reception.hours.is_open(at, &self.timezone))
    }
}

/// SIP: where to listen, whom to let in, how long things hold.
#[derive(Clone, Debug)]
pub struct Sip {
    /// Where to listen; at least one, none twice.
    pub listen: Vec<Listen>,
    /// Who may send calls without registering. The longest prefix wins.
    pub trunks: Vec<Trunk>,
    /// The digest realm; the desk's name unless said otherwise.
    pub realm: Text,
    /// Session-Expires offered (RFC 4028).
    pub session_expires: Duration,
    /// The shortest registration accepted.
    pub registration_min: Duration,
    /// The longest registration granted.
    pub registration_max: Duration,
    /// The hashes that phones are offered, in this order; at least one.
    pub digest: Vec<Digest>,
}

/// One address to listen on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Listen {
    /// By which transport.
    pub transport: Transport,
    /// Where; the port is never 0.
    pub addr: SocketAddr,
}

/// A SIP transport that is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// Datagrams.
    Udp,
    /// A stream, in the clear.
    Tcp,
}

impl std::fmt::Display for Transport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Transport::Udp => "udp",
            Transport::Tcp => "tcp",
        })
    }
}

/// A hash of digest authentication (RFC 8760).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digest {
    /// RFC 7616.
    Sha256,
    /// RFC 2617; all that older phones know.
    Md5,
}

/// Who may send calls without registering.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trunk {
    /// Its name.
    pub name: Text,
    /// The addresses it sends from; at least one.
    pub from: Vec<IpNet>,
    /// What its word on the caller's number is worth.
    pub identity: Identity,
}

/// What a trunk's word on the caller's number is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// STIR/SHAKEN decides. Counts as untrusted until verification is built.
    Attested,
    /// The number is believed.
    Trusted,
    /// The number is shown, never believed.
    Untrusted,
}

/// RTP: its ports and its patience.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    /// UDP ports for RTP; the even ones are used.
    pub ports: RangeInclusive<u16>,
    /// A leg of which nothing has been heard for so long is lost.
    pub silence_max: Duration,
}

/// HTTP: where to listen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Http {
    /// Where; port 0 takes any free one.
    pub listen: SocketAddr,
}

/// What a line says and when. The prompts exist.
#[derive(Clone, Debug)]
pub struct Reception {
    /// The prompt that greets.
    pub greeting: Text,
    /// The prompt that names the options; `None` for a line without any.
    pub menu: Option<Text>,
    /// The prompt for a caller outside the hours.
    pub closed: Text,
    /// When the line is open.
    pub hours: Hours,
}

/// Who fulfils a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Backend {
    /// JSON over HTTP; an absolute `http:` or `https:` address without credentials in it.
    Webhook(url::Url),
    /// The fleet that comes with the engine, for trying things out.
    DemoFleet,
}

/// What a queue is measured by. Nothing here decides who is served next.
#[derive(Clone, Debug, PartialEq)]
pub struct Targets {
    /// The hold-time target.
    pub target: Duration,
    /// Classes with a target of their own, by name in ascending order.
    pub classes: Vec<(Text, Duration)>,
    /// The class of a caller whose profile names none; one of `classes`.
    pub default_class: Option<Text>,
    /// What is reported and alerted on.
    pub service_level: ServiceLevel,
    /// Who hangs up sooner than this did not really wait.
    pub short_abandon: Duration,
}

/// The share of calls that is to be answered in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceLevel {
    /// In percent, 1 to 100.
    pub percent: u8,
    /// In time means within this wait.
    pub within: Duration,
    /// Of which calls it is a share.
    pub denominator: Denominator,
}

/// Of which calls a service level is a share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Denominator {
    /// Offered, less those abandoned within the short-abandon time.
    #[default]
    OfferedLessShort,
    /// All that were offered.
    Offered,
    /// Only those that were answered.
    Answered,
}

/// Where an agent is rung.
#[derive(Clone, Debug)]
pub enum Phone {
    /// Where it registered from, with this password (digest) and the agent's name as user.
    Registers(Secret),
    /// At a fixed address.
    At(SipUri),
}
