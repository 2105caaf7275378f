//! A whole configuration: the desk's part for the core, the rest for the edges.

use crate::{Hook, Hours, LookUp, Notice, ScreenPop, Secret, SipUri, StoreUrl};
use cabrank_core::{LineId, Settings, Text};
use ipnet::IpNet;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rustls_pki_types::CertificateDer;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;
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
    /// Whose signatures vouch for a caller's number; nobody's if `None`.
    pub trust: Option<Trust>,
    /// What the media edge needs.
    pub media: Media,
    /// What the HTTP edge needs.
    pub http: Http,
    /// What the QUIC edge needs.
    pub quic: Quic,
    /// How the journal is kept.
    pub journal: Journal,
    /// The PostgreSQL database that profiles and records are kept in; `None`: the SQLite file in the data directory.
    pub store: Option<StoreUrl>,
    /// What may be said of calls when they are over.
    pub records: Records,
    /// Who is told of what happens.
    pub hooks: Vec<Hook>,
    /// Who is asked who calls from a number that nobody here knows.
    pub look_up: Option<LookUp>,
    /// The page that agents' programs open for a call.
    pub screen_pop: Option<ScreenPop>,
    /// How callers' names are spoken.
    pub speech: Speech,
    /// What a line says and when, by [`LineId`].
    pub lines: Vec<Reception>,
    /// Who fulfils a service, by [`ServiceId`](cabrank_core::ServiceId).
    pub services: Vec<Backend>,
    /// Where an agent is rung, by [`AgentId`](cabrank_core::AgentId).
    pub agents: Vec<Phone>,
    /// How an agent's program proves whose it is, by the same id; `None` where no program may speak for the agent but one that
    /// knows the phone's password.
    pub programs: Vec<Option<Proof>>,
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

/// Verification of signed numbers (STIR/SHAKEN): whose signatures count, where their certificates lie, how long things hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trust {
    /// The authorities behind the signers' certificates; at least one.
    pub roots: Vec<CertificateDer<'static>>,
    /// The hosts that certificates may be fetched from, lower case, each with its port; at least one.
    pub x5u_hosts: Vec<(String, u16)>,
    /// The authorities behind those hosts' own certificates; those of the machine if `None`.
    pub x5u_roots: Option<Vec<CertificateDer<'static>>>,
    /// How far the time of signing may lie from now, either way.
    pub freshness: Duration,
    /// How long a call waits for the verdict.
    pub verify_within: Duration,
    /// How long fetching a certificate may take.
    pub fetch_within: Duration,
    /// Certificates kept at once.
    pub certificates_max: u32,
    /// How long one is kept before it is fetched anew.
    pub keep_certificates_for: Duration,
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
    /// Where it takes calls to its callers, who are called back through it; it bears no user.
    pub outbound: Option<SipUri>,
}

/// What a trunk's word on the caller's number is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// STIR/SHAKEN decides, by [`Config::trust`].
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Http {
    /// Where; port 0 takes any free one.
    pub listen: SocketAddr,
    /// What browsers ask for to see the pages, besides addresses in figures and localhost: scheme, host and perhaps port
    /// (`https://desk.example`).
    pub url: Option<Text>,
}

/// QUIC: where to listen, whom to let in, what bounds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quic {
    /// Where, unless it is switched off; the port is never 0.
    pub listen: Option<SocketAddr>,
    /// The engine's own certificate; one is made at the first start if there is none here.
    pub certificate: Option<CertificateFiles>,
    /// How long a session outlives its connection.
    pub resume_for: Duration,
    /// After so long without a packet a connection is lost.
    pub idle_timeout: Duration,
    /// Sessions at once.
    pub sessions_max: u32,
    /// Calls at once over one connection.
    pub calls_max: u32,
    /// Who is let in besides agents and the bearer of the administrator's token.
    pub peers: Vec<QuicPeer>,
}

/// What may be said of calls when they are over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Records {
    /// The disposition codes that there are, none twice; any code is refused if there are none.
    pub dispositions: Vec<Text>,
    /// Records of calls that came in longer ago, and cases that were closed longer ago, are removed with all that was said of them;
    /// nothing if they are kept for ever.
    pub keep: Option<Duration>,
    /// A call from the same number within so long after another is its repetition.
    pub repeat_within: Duration,
}

/// How the journal is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Journal {
    /// A segment that would grow beyond this many bytes is followed by a new one.
    pub segment_bytes_max: u64,
    /// Closed segments all of whose entries are older than the newest closed one by more than this are removed; kept for ever if
    /// `None`.
    pub keep: Option<Duration>,
}

/// How callers' names are spoken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speech {
    /// The program that renders a name, and its arguments, `{text}` and `{file}` among them; empty: none does.
    pub command: Vec<String>,
    /// How long it may take.
    pub timeout: Duration,
    /// How many may run at once; at least one.
    pub at_once: u32,
    /// Where recorded names lie, `<number>.wav`; a relative path starts where the configuration lies.
    pub recordings: Option<PathBuf>,
    /// How much memory spoken names may take.
    pub memory_mb: u32,
}

/// A certificate chain and its key, both PEM; a relative path starts where the configuration lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFiles {
    /// The chain, the engine's own certificate first.
    pub chain: PathBuf,
    /// The key.
    pub key: PathBuf,
}

/// Who is let in over QUIC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuicPeer {
    /// Its name.
    pub name: Text,
    /// What it may do.
    pub role: QuicRole,
    /// What its word on the caller's number is worth.
    pub identity: Identity,
    /// How it shows that it is the one.
    pub proof: Proof,
}

/// What a peer may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuicRole {
    /// Offer calls.
    Gateway,
    /// Look on, and change thresholds.
    Supervisor,
    /// Offer calls and speak for every agent, under load.
    Load,
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

/// Where an agent is rung.
#[derive(Clone, Debug)]
pub enum Phone {
    /// Where it registered from, with this password (digest) and the agent's name as user.
    Registers(Secret),
    /// At a fixed address.
    At(SipUri),
    /// Nowhere by SIP: the agent's program, or a gateway, rings.
    Program,
}

/// How a client of the QUIC edge proves who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// By this token, in its first message.
    Token(Secret),
    /// By the client certificate whose SHA-256 this is.
    Certificate([u8; 32]),
}
