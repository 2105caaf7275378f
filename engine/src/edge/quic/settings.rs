//! What the QUIC edge is told at start. Checked already; places in lists are the desk's ids.

use super::keys::Menus;
use crate::number::Region;
use cabrank_core::{Context, LineId, Say, Text};
use cabrank_wire::Fingerprint;
use cabrank_wire::v1;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Everything the edge must know of its desk.
#[derive(Clone, Debug)]
pub struct QuicSettings {
    /// Where to listen; port 0 takes any free one.
    pub listen: SocketAddr,
    /// The engine's own certificate.
    pub certificate: CertificateSource,
    /// Who may come in as gateway, supervisor or load.
    pub peers: Vec<Peer>,
    /// The agents, by [`AgentId`](cabrank_core::AgentId).
    pub agents: Vec<Program>,
    /// Whether somebody who names no peer is let in as supervisor or load: the bearer of the administrator's token.
    pub is_admin: TokenCheck,
    /// The desk's name.
    pub desk: Text,
    /// The dialled numbers, by `LineId`.
    pub lines: Vec<Text>,
    /// The keys that each line's menu knows, by `LineId`.
    pub menus: Menus,
    /// The queues' names, by `QueueId`.
    pub queues: Vec<Text>,
    /// Language tag of the prompts.
    pub language: Text,
    /// The region whose numbers are written without a plus.
    pub region: Region,
    /// What bounds the edge.
    pub limits: QuicLimits,
}

/// Where the engine's own certificate comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CertificateSource {
    /// Made at the first start, and kept in this directory.
    Made(PathBuf),
    /// PEM files.
    Files {
        /// The chain, our own certificate first.
        chain: PathBuf,
        /// The key.
        key: PathBuf,
    },
}

/// Who may come in.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Its name.
    pub name: Text,
    /// As what.
    pub role: PeerRole,
    /// How it proves to be the one.
    pub proof: Proof,
}

/// What a peer may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeerRole {
    /// Offer calls.
    Gateway(Believed),
    /// Look on, and change thresholds.
    Supervisor,
    /// Offer calls, and speak for every agent.
    Load(Believed),
}

/// How far a peer's word on the caller's number is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Believed {
    /// It is.
    Always,
    /// Where the caller's carrier vouches for it fully (attestation A).
    IfAttested,
    /// It is shown, and not believed.
    Never,
}

/// An agent as the edge knows it.
#[derive(Clone, Debug)]
pub struct Program {
    /// The agent's name.
    pub name: Text,
    /// How the agent's program proves to be the one; nothing if the agent has none.
    pub proof: Option<Proof>,
    /// Where the agent's phone is, as gateways are told: empty for who has none at the desk.
    pub address: Text,
    /// Whether the agent is rung through the program (or the load generator) alone, so that it says whether the agent can be reached.
    pub by_program: bool,
}

/// How somebody proves to be who it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// By a secret: its SHA-256.
    Token([u8; 32]),
    /// By the client's certificate.
    Certificate(Fingerprint),
}

impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Proof::Token(_) => f.write_str("Token(…)"),
            Proof::Certificate(fingerprint) => write!(f, "Certificate({fingerprint})"),
        }
    }
}

/// Whether a token is the administrator's.
#[derive(Clone)]
pub struct TokenCheck(pub Arc<dyn Fn(&str) -> bool + Send + Sync>);

impl fmt::Debug for TokenCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenCheck(…)")
    }
}

/// What bounds the edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuicLimits {
    /// Sessions at once, those without a connection included; and connections at once.
    pub sessions_max: usize,
    /// Calls at once over one connection; one more is refused as busy.
    pub calls_max: usize,
    /// Connections that may be about to say who they are before newcomers have to show that they can be reached (Retry).
    pub newcomers_max: usize,
    /// How long a session outlives its connection.
    pub resume_for: Duration,
    /// After so long without a packet a connection is lost.
    pub idle_timeout: Duration,
    /// How long a newcomer may take to say who it is.
    pub hello_within: Duration,
    /// How long a client may leave what it was sent unread.
    pub slow_after: Duration,
}

impl Default for QuicLimits {
    fn default() -> QuicLimits {
        QuicLimits {
            sessions_max: 4_096,
            calls_max: 20_000,
            newcomers_max: 64,
            resume_for: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(15),
            hello_within: Duration::from_secs(5),
            slow_after: Duration::from_secs(5),
        }
    }
}

/// What this edge asks of the house beyond what every edge does.
pub trait House: crate::edge::House {
    /// The names of the prompts that say something to callers of a line, in order.
    fn prompts(&self, say: Say, line: LineId) -> Vec<Text>;
    /// The name of the music that callers hear while they wait.
    fn music(&self) -> &str;
    /// What an agent is shown.
    fn shown(&self, context: &Context) -> v1::Context;
}
