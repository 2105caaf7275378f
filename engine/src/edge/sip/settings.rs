//! What the SIP edge is told at start. Checked already; places in lists are the desk's ids.

use std::net::SocketAddr;

use cabrank_core::{Caller, Context, LineId, Say, Text};
use rsipstack::sip::Uri;

use super::digest::Algorithm;
use super::session_timer::OUR_INTERVAL_S;
use super::trunk::Trunk;
use crate::media::{ClipId, Sound};
use crate::number::Region;

/// Everything the edge must know of its desk.
#[derive(Debug, Clone)]
pub struct SipSettings {
    /// Sockets to listen on; at least one.
    pub listen: Vec<Listen>,
    /// Who may send calls without registering.
    pub trunks: Vec<Trunk>,
    /// The dialled numbers, by `LineId`.
    pub lines: Vec<Text>,
    /// The queues' names, by `QueueId`.
    pub queues: Vec<Text>,
    /// The agents, by `AgentId`.
    pub agents: Vec<AgentPhone>,
    /// The realm of digest authentication: the desk's name.
    pub realm: String,
    /// The hashes that phones are offered, in this order; at least one.
    pub digest: Vec<Algorithm>,
    /// The region whose numbers are written without a plus.
    pub region: Region,
    /// Whose signatures vouch for a caller's number; nobody's if `None`.
    pub trust: Option<cabrank_trust::Settings>,
    /// What bounds the edge.
    pub limits: SipLimits,
}

/// One socket to listen on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listen {
    /// UDP or TCP.
    pub transport: ListenOn,
    /// Address and port.
    pub addr: SocketAddr,
}

/// The transports this edge listens on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListenOn {
    /// Datagrams.
    Udp,
    /// Streams.
    Tcp,
}

/// How an agent's phone is found.
#[derive(Debug, Clone)]
pub struct AgentPhone {
    /// The agent's name, which is the SIP user.
    pub name: Text,
    /// Where the phone is.
    pub phone: Phone,
}

/// Where an agent's phone is.
#[derive(Debug, Clone)]
pub enum Phone {
    /// It registers, with this password.
    Registers {
        /// Shared secret; only its hash is kept.
        password: String,
    },
    /// It is always there.
    Fixed {
        /// Its address.
        contact: Uri,
    },
    /// There is none: this edge cannot ring the agent.
    Nowhere,
}

/// What bounds the edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SipLimits {
    /// Legs at once, callers and agents together; one more INVITE is answered 503.
    pub legs_max: usize,
    /// Transactions at once; beyond it new calls are answered 503 without being looked at.
    pub transactions_max: usize,
    /// Seconds a refused caller is asked to stay away (`Retry-After`).
    pub retry_after_s: u32,
    /// T1 of RFC 3261 17.1.1.1, in milliseconds; 64 of them end every wait.
    pub t1_ms: u64,
    /// The session interval asked of agents' phones, in seconds (RFC 4028).
    pub session_s: u32,
    /// The shortest registration accepted, in seconds; less is answered 423.
    pub expires_s_min: u32,
    /// The longest registration granted, in seconds.
    pub expires_s_max: u32,
}

impl Default for SipLimits {
    fn default() -> SipLimits {
        SipLimits {
            legs_max: 20_000,
            transactions_max: 60_000,
            retry_after_s: 5,
            t1_ms: 500,
            session_s: OUR_INTERVAL_S,
            expires_s_min: 60,
            expires_s_max: 3_600,
        }
    }
}

/// What this edge asks of the house beyond what every edge does.
pub trait House: crate::edge::House {
    /// The sounds that say something to a caller, in order.
    fn words(&self, say: Say, line: LineId, caller: &Caller) -> Vec<Sound>;
    /// The music callers hear while they wait.
    fn music(&self) -> Option<ClipId>;
    /// The context as an agent's phone gets it (JSON).
    fn context(&self, context: &Context) -> String;
    /// The address of the page that an agent's program opens for the call, if there is one; no character in it needs quotes.
    fn page(&self, context: &Context) -> Option<String>;
}
