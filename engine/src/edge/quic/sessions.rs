//! Sessions: who is there, over which connection, and for how long without one.

use super::admission::Who;
use super::calls::Way;
use super::stream::Outlet;
use cabrank_core::AgentId;
use cabrank_wire::Code;
use cabrank_wire::v1::AgentState;
use quinn::Connection;
use std::collections::HashMap;
use std::sync::Arc;

/// What a session is known by. Whoever says it still has to prove to be the one.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct SessionId([u8; 16]);

impl SessionId {
    pub(super) fn random() -> SessionId {
        SessionId(rand::random())
    }

    pub(super) fn read(bytes: &[u8]) -> Option<SessionId> {
        bytes.try_into().ok().map(SessionId)
    }

    pub(super) fn bytes(self) -> Vec<u8> {
        self.0.to_vec()
    }
}

/// A log never says more of it than tells two apart.
impl std::fmt::Debug for SessionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02x}{:02x}…", self.0[0], self.0[1])
    }
}

/// Which connection carries a session: a later one takes the place of an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) struct LinkNumber(pub(super) u64);

/// The connection that carries a session.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub(super) number: LinkNumber,
    pub(super) connection: Connection,
    /// The session's own stream.
    pub(super) outlet: Arc<Outlet>,
}

/// A session.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) who: Who,
    /// Nothing while its connection is lost.
    pub(super) link: Option<Link>,
    /// The link it has, or had last.
    pub(super) newest: LinkNumber,
    /// What an agent's program was told last of the agent's state.
    pub(super) shown: Option<AgentState>,
}

impl Session {
    pub(super) fn outlet(&self) -> Option<&Arc<Outlet>> {
        self.link.as_ref().map(|link| &link.outlet)
    }

    fn carry(&mut self, link: Link) {
        self.newest = link.number;
        self.shown = None;
        if let Some(before) = self.link.replace(link) {
            close(&before.connection, Code::TakenUp);
        }
    }
}

/// What opening a session came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Opened {
    /// A new one. An agent's program had another one before, which is over.
    New {
        /// That one.
        instead_of: Option<SessionId>,
    },
    /// One that was there.
    Resumed,
}

/// There are as many sessions as there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooMany;

/// All sessions.
#[derive(Debug)]
pub(super) struct Sessions {
    all: HashMap<SessionId, Session>,
    /// The session of each agent's program.
    programs: HashMap<AgentId, SessionId>,
    sessions_max: usize,
}

impl Sessions {
    pub(super) fn new(sessions_max: usize) -> Sessions {
        Sessions { all: HashMap::new(), programs: HashMap::new(), sessions_max }
    }

    /// Takes up the session that is asked for, if it is there and the same one's, or opens a new one.
    ///
    /// # Errors
    /// [`TooMany`].
    pub(super) fn open(&mut self, asked: Option<SessionId>, who: Who, link: Link) -> Result<(SessionId, Opened), TooMany> {
        if let Some(id) = asked
            && let Some(session) = self.all.get_mut(&id).filter(|session| session.who == who)
        {
            session.carry(link);
            return Ok((id, Opened::Resumed));
        }
        let instead_of = if let Who::Agent(agent) = who { self.programs.get(&agent).copied() } else { None };
        if self.all.len() >= self.sessions_max && instead_of.is_none() {
            return Err(TooMany);
        }
        if let Some(mut before) = instead_of.and_then(|id| self.all.remove(&id)) {
            before.link.take().iter().for_each(|link| close(&link.connection, Code::TakenUp));
        }
        let id = SessionId::random();
        if let Who::Agent(agent) = who {
            self.programs.insert(agent, id);
        }
        self.all.insert(id, Session { who, newest: link.number, link: Some(link), shown: None });
        Ok((id, Opened::New { instead_of }))
    }

    /// A session that stood before a restart stands again, without a connection; that is as if it had lost this one.
    pub(super) fn stands_again(&mut self, id: SessionId, who: Who, newest: LinkNumber) {
        if let Who::Agent(agent) = who {
            self.programs.insert(agent, id);
        }
        self.all.insert(id, Session { who, newest, link: None, shown: None });
    }

    /// The session lost that connection, unless another one carries it by now.
    pub(super) fn lose_link(&mut self, id: SessionId, number: LinkNumber) -> bool {
        let Some(session) = self.all.get_mut(&id).filter(|session| session.newest == number) else { return false };
        session.link = None;
        true
    }

    /// The session is over, if it still has that link or has had none since.
    pub(super) fn end(&mut self, id: SessionId, number: LinkNumber) -> Option<Session> {
        self.all.get(&id).filter(|session| session.newest == number)?;
        let session = self.all.remove(&id)?;
        if let Who::Agent(agent) = session.who {
            self.programs.remove(&agent);
        }
        Some(session)
    }

    pub(super) fn find(&self, id: SessionId) -> Option<&Session> {
        self.all.get(&id)
    }

    /// The session of an agent's program.
    pub(super) fn of_agent(&self, agent: AgentId) -> Option<&Session> {
        self.programs.get(&agent).and_then(|id| self.all.get(id))
    }

    /// Every agent whose program is there and connected, with its session.
    pub(super) fn programs(&mut self) -> impl Iterator<Item = (AgentId, &mut Session)> {
        self.all.values_mut().filter_map(|session| match session.who {
            Who::Agent(agent) if session.link.is_some() => Some((agent, session)),
            Who::Agent(_) | Who::Gateway(_) | Who::Supervisor { .. } | Who::Load(_) => None,
        })
    }

    /// Whether there is any agent's program, connected or not.
    pub(super) fn has_programs(&self) -> bool {
        !self.programs.is_empty()
    }

    /// A connection to the same peer: over the session by which a call came in, or over any that is there.
    pub(super) fn way_to(&self, way: &Way) -> Option<(SessionId, Connection)> {
        let connected = |(id, session): (&SessionId, &Session)| Some((*id, session.link.as_ref()?.connection.clone()));
        let same = |session: &Session| session.who.offers_calls().is_some_and(|caller| caller.name == way.peer);
        let own = self.all.get_key_value(&way.session).and_then(connected);
        own.or_else(|| self.all.iter().filter(|(_, session)| same(session)).find_map(connected))
    }
}

/// Closes a connection with a code and its sentence.
pub(super) fn close(connection: &Connection, code: Code) {
    connection.close(code.varint(), code.sentence().as_bytes());
}
