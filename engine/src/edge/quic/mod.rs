//! The QUIC edge: switches that hold their own media, agents' programs, supervisors and load generators on one side, the desk's
//! door on the other. What is said, and what it means, stands in `engine/proto/cabrank.proto`.
//!
//! One thread with one runtime carries it all. Each connection has a task, and each stream one more (`stream`): whoever has
//! something to say to a client puts it into the stream's outlet and goes on, so nobody waits for a client that reads slowly. What
//! all share (`edge`: calls, ringings, sessions) stands behind one lock, which is never held while anybody waits. The desk's orders
//! come in at `effects`; what gateways say becomes facts in `gateway`, as from a telephone.
//!
//! Sessions and calls outlive the process: `note` says what is noted of them in the journal, `go_on` puts them up again after a
//! restart, and `reset` tells clients that their connections are gone. From there on it is as after a connection that was lost.
//!
//! A gateway's call rings no telephone of the desk: the gateway rings, and is told the address. The other way round, a telephone's
//! call rings telephones only: an agent without one cannot be rung for it (the SIP edge declines for that agent), and an
//! agent's program shows such a ringing, but cannot answer it.

mod admission;
mod agent;
mod callback;
mod calls;
mod certificate;
mod connection;
mod edge;
mod effects;
mod gateway;
mod go_on;
mod housekeeping;
mod keys;
mod load;
mod note;
mod offers;
mod pace;
mod reset;
mod said;
mod sessions;
mod settings;
mod start;
mod stream;
mod supervisor;
#[cfg(test)]
mod tests;
mod tls;

pub use certificate::CertificateFault;
pub use keys::Menus;
pub use settings::{Believed, CertificateSource, House, Peer, PeerRole, Program, Proof, QuicLimits, QuicSettings, TokenCheck};
pub use start::{Doors, QuicEdge, StartFault};
pub use tls::TlsFault;
