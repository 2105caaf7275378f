//! Who is let in: a peer, an agent's program, or the bearer of the administrator's token.

use super::settings::{Believed, Peer, PeerRole, Program, Proof, QuicSettings, TokenCheck};
use cabrank_core::{AgentId, Text};
use cabrank_wire::Fingerprint;
use cabrank_wire::v1::{Hello, Role};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use subtle::ConstantTimeEq;

/// Who writes down what the administrator did.
const ADMIN: &str = "admin";

/// Who somebody is, once let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Who {
    /// A switch.
    Gateway(Caller),
    /// An agent's program.
    Agent(AgentId),
    /// Who looks on, and changes thresholds.
    Supervisor {
        /// By what name.
        by: Text,
    },
    /// A load generator.
    Load(Caller),
}

/// Somebody who offers calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Caller {
    /// The peer's name.
    pub(super) name: Text,
    /// How far its word on callers' numbers is believed.
    pub(super) believed: Believed,
}

impl Who {
    /// Whoever offers calls.
    pub(super) fn offers_calls(&self) -> Option<&Caller> {
        match self {
            Who::Gateway(caller) | Who::Load(caller) => Some(caller),
            Who::Agent(_) | Who::Supervisor { .. } => None,
        }
    }

    fn admin_under_load() -> Who {
        Who::Load(Caller { name: ADMIN.into(), believed: Believed::Always })
    }
}

/// All who may come in.
#[derive(Debug)]
pub(super) struct Guests {
    peers: HashMap<Text, Peer>,
    agents: HashMap<Text, (AgentId, Option<Proof>)>,
    is_admin: TokenCheck,
}

impl Guests {
    pub(super) fn new(settings: &QuicSettings) -> Guests {
        let agents = settings.agents.iter().zip(0..);
        let agent = |(agent, id): (&Program, u32)| (agent.name.clone(), (AgentId(id), agent.proof));
        Guests {
            peers: settings.peers.iter().map(|peer| (peer.name.clone(), peer.clone())).collect(),
            agents: agents.map(agent).collect(),
            is_admin: settings.is_admin.clone(),
        }
    }

    /// The agent of that name.
    pub(super) fn agent(&self, name: &str) -> Option<AgentId> {
        self.agents.get(name).map(|(id, _)| *id)
    }

    /// Who came in by that role and name before a restart, and may still come in.
    pub(super) fn known(&self, role: Role, name: &str) -> Option<Who> {
        match role {
            Role::Agent => self.agents.get(name).filter(|(_, proof)| proof.is_some()).map(|(id, _)| Who::Agent(*id)),
            role @ (Role::Gateway | Role::Load) => match self.peers.get(name) {
                None if (role, name) == (Role::Load, ADMIN) => Some(Who::admin_under_load()),
                peer => as_peer(peer?, role),
            },
            Role::Supervisor | Role::Unspecified => None,
        }
    }

    /// Who says so, if it is true. An unknown name takes as long as a wrong token.
    pub(super) fn who(&self, hello: &Hello, certificate: Option<Fingerprint>) -> Option<Who> {
        let token = Sha256::digest(hello.token.as_bytes()).into();
        let admin = (self.is_admin.0)(&hello.token);
        let shows = |proof: Option<Proof>| holds(proof, &token, certificate);
        let peer = self.peers.get(hello.name.as_str());
        let is_peer = shows(peer.map(|peer| peer.proof));
        let agent = self.agents.get(hello.name.as_str());
        let is_agent = shows(agent.and_then(|(_, proof)| *proof));
        match hello.role() {
            Role::Agent => agent.filter(|_| is_agent).map(|(id, _)| Who::Agent(*id)),
            Role::Supervisor if admin => Some(Who::Supervisor { by: ADMIN.into() }),
            Role::Load if admin => Some(Who::admin_under_load()),
            role @ (Role::Gateway | Role::Supervisor | Role::Load) => as_peer(peer.filter(|_| is_peer)?, role),
            Role::Unspecified => None,
        }
    }
}

/// A peer comes in as what it is, and nothing else.
fn as_peer(peer: &Peer, role: Role) -> Option<Who> {
    let caller = |believed| Caller { name: peer.name.clone(), believed };
    match (peer.role, role) {
        (PeerRole::Gateway(believed), Role::Gateway) => Some(Who::Gateway(caller(believed))),
        (PeerRole::Load(believed), Role::Load) => Some(Who::Load(caller(believed))),
        (PeerRole::Supervisor, Role::Supervisor) => Some(Who::Supervisor { by: peer.name.clone() }),
        (PeerRole::Gateway(_) | PeerRole::Load(_) | PeerRole::Supervisor, _) => None,
    }
}

/// Whether what was shown is the proof; what nobody has proves nothing, in the same time.
fn holds(proof: Option<Proof>, token: &[u8; 32], certificate: Option<Fingerprint>) -> bool {
    let expected = match proof {
        Some(Proof::Token(expected)) => expected,
        Some(Proof::Certificate(_)) | None => [0; 32],
    };
    let by_token = bool::from(expected.ct_eq(token)) && matches!(proof, Some(Proof::Token(_)));
    by_token || matches!(proof, Some(Proof::Certificate(expected)) if certificate == Some(expected))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn token(text: &str) -> Proof {
        Proof::Token(Sha256::digest(text.as_bytes()).into())
    }

    fn guests() -> Guests {
        let peer = |name: &str, role, proof| (Text::from(name), Peer { name: name.into(), role, proof });
        let certificate = Proof::Certificate(Fingerprint::of(b"pbx2"));
        Guests {
            peers: HashMap::from([
                peer("pbx", PeerRole::Gateway(Believed::Always), token("sesame")),
                peer("pbx2", PeerRole::Gateway(Believed::Never), certificate),
                peer("boss", PeerRole::Supervisor, token("boss")),
            ]),
            agents: HashMap::from([("a101".into(), (AgentId(0), Some(token("tomato")))), ("a102".into(), (AgentId(1), None))]),
            is_admin: TokenCheck(Arc::new(|token| token == "root")),
        }
    }

    fn who(role: Role, name: &str, token: &str, certificate: Option<&[u8]>) -> Option<Who> {
        let hello = Hello { role: role.into(), name: name.into(), token: token.into(), ..Hello::default() };
        guests().who(&hello, certificate.map(Fingerprint::of))
    }

    #[test]
    fn each_comes_in_as_what_it_is() {
        assert!(matches!(who(Role::Gateway, "pbx", "sesame", None), Some(Who::Gateway(_))));
        assert!(matches!(who(Role::Gateway, "pbx2", "", Some(b"pbx2")), Some(Who::Gateway(_))));
        assert_eq!(who(Role::Agent, "a101", "tomato", None), Some(Who::Agent(AgentId(0))));
        assert_eq!(who(Role::Supervisor, "boss", "boss", None), Some(Who::Supervisor { by: "boss".into() }));
        assert_eq!(who(Role::Supervisor, "", "root", None), Some(Who::Supervisor { by: "admin".into() }));
        assert!(matches!(who(Role::Load, "anything", "root", None), Some(Who::Load(_))));
    }

    #[test]
    fn nobody_else_does() {
        let wrong = [
            (Role::Gateway, "pbx", "Sesame", None),
            (Role::Gateway, "pbx", "", None),
            (Role::Gateway, "nobody", "sesame", None),
            (Role::Gateway, "pbx2", "", None),
            (Role::Gateway, "pbx2", "sesame", Some(b"other".as_slice())),
            (Role::Gateway, "boss", "boss", None),
            (Role::Gateway, "", "root", None),
            (Role::Load, "pbx", "sesame", None),
            (Role::Agent, "a102", "", None),
            (Role::Agent, "a101", "root", None),
            (Role::Supervisor, "a101", "tomato", None),
            (Role::Unspecified, "pbx", "sesame", None),
        ];
        for (role, name, token, certificate) in wrong {
            assert_eq!(who(role, name, token, certificate), None, "{role:?} {name} {token}");
        }
    }
}
