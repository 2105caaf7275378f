//! A supervisor: looks on, and changes thresholds.

use super::dialogue::Dialogue;
use super::{Error, Identity, Resumed, Session, Target};
use crate::v1::from_supervisor::Message;
use crate::v1::set_agent::State;
use crate::v1::{
    AgentState, Fault, FromSupervisor, QueueFigures, Role, SetAgent, SetThresholds, ToSupervisor, Watch, to_supervisor,
};
use prost::Message as _;
use std::time::Duration;

/// A supervisor's session.
///
/// [`Supervisor::next`] may be broken off (in a `select!`) without losing anything.
#[derive(Debug)]
pub struct Supervisor {
    dialogue: Dialogue,
}

/// What a supervisor is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// A change of thresholds is in force, and on the disk.
    Changed {
        /// Counts the changes.
        number: u64,
    },
    /// How an agent stands now.
    Agent(AgentState),
    /// What was asked has not happened.
    Fault(Fault),
}

impl Supervisor {
    /// Connects and says hello.
    ///
    /// # Errors
    /// The engine is not there, is not the one expected, or does not let this one in.
    pub async fn connect(target: Target, identity: Identity) -> Result<Supervisor, Error> {
        let dialogue = Dialogue::begin(target, identity, Role::Supervisor).await?;
        Ok(Supervisor { dialogue })
    }

    /// Its session: what the engine is, whether the connection lives, and how to move it.
    pub fn session(&self) -> &Session {
        self.dialogue.session()
    }

    /// What comes next; nothing once the engine has no more to say.
    ///
    /// # Errors
    /// The connection is lost or closed: [`Supervisor::resume`] may help.
    pub async fn next(&mut self) -> Result<Option<Notice>, Error> {
        self.dialogue.next(|told: ToSupervisor| told.message.map(Into::into)).await
    }

    /// Takes the session up again on another connection. See [`Session::resume`].
    ///
    /// # Errors
    /// As there.
    pub async fn resume(&mut self) -> Result<Resumed, Error> {
        self.dialogue.resume().await
    }

    /// Says any message of a supervisor.
    ///
    /// # Errors
    /// The connection is lost or closed.
    pub async fn say(&mut self, message: Message) -> Result<(), Error> {
        self.dialogue.say(&FromSupervisor { message: Some(message) }).await
    }

    /// Changes a queue's thresholds: [`Notice::Changed`] follows, or a fault.
    ///
    /// # Errors
    /// As [`Supervisor::say`], like all below.
    pub async fn set_thresholds(&mut self, change: SetThresholds) -> Result<(), Error> {
        self.say(Message::SetThresholds(change)).await
    }

    /// Signs an agent in or out, or has one pause.
    pub async fn set_agent(&mut self, agent: impl Into<String>, state: State) -> Result<(), Error> {
        self.say(Message::SetAgent(SetAgent { agent: agent.into(), state: Some(state) })).await
    }

    /// Asks for the queues' figures so often; not at all for zero.
    pub async fn watch(&mut self, every: Duration) -> Result<(), Error> {
        let every_ms = u32::try_from(every.as_millis()).unwrap_or(u32::MAX);
        self.say(Message::Watch(Watch { every_ms })).await
    }

    /// The queues' figures, as they come.
    pub fn figures(&self) -> QueueFeed {
        QueueFeed { session: self.session().clone() }
    }
}

/// Figures of queues, each of one moment. What is not read in time is overtaken by newer ones.
#[derive(Clone, Debug)]
pub struct QueueFeed {
    session: Session,
}

impl QueueFeed {
    /// The next ones. What cannot be read is passed over.
    ///
    /// # Errors
    /// The connection is lost or closed. Once the session was resumed, this goes on with the next connection.
    pub async fn next(&mut self) -> Result<QueueFigures, Error> {
        let connection = self.session.connection();
        loop {
            if let Ok(figures) = QueueFigures::decode(connection.read_datagram().await?) {
                return Ok(figures);
            }
        }
    }
}

impl From<to_supervisor::Message> for Notice {
    fn from(message: to_supervisor::Message) -> Notice {
        match message {
            to_supervisor::Message::Changed(changed) => Notice::Changed { number: changed.number },
            to_supervisor::Message::Agent(state) => Notice::Agent(state),
            to_supervisor::Message::Fault(fault) => Notice::Fault(fault),
        }
    }
}
