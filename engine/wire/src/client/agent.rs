//! An agent's own program.

use super::dialogue::Dialogue;
use super::{Error, Identity, Resumed, Session, Target};
use crate::v1::from_agent::Message;
use crate::v1::{
    AgentAnswered, AgentDeclined, AgentGone, AgentReturned, AgentRinging, AgentState, Declined, Fault, FromAgent, Pause, Ready,
    RecordNote, Ring, Role, SignOut, ToAgent, to_agent,
};

/// An agent's session: shows and says what the agent does.
///
/// [`Agent::next`] may be broken off (in a `select!`) without losing anything.
#[derive(Debug)]
pub struct Agent {
    dialogue: Dialogue,
}

/// What an agent is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// How the agent stands: comes first, after each change, and after a session was resumed.
    State(AgentState),
    /// A call rings.
    Ring(Box<Ring>),
    /// It rings no more.
    StopRinging {
        /// As the ring named it.
        offer: u64,
    },
    /// The caller is heard.
    Connect {
        /// As the ring named it.
        offer: u64,
    },
    /// The call is over.
    Release {
        /// As the ring named it.
        offer: u64,
    },
    /// What was said has not happened.
    Fault(Fault),
}

impl Agent {
    /// Connects and says hello, by the agent's name and password.
    ///
    /// # Errors
    /// The engine is not there, is not the one expected, or does not let this one in.
    pub async fn connect(target: Target, identity: Identity) -> Result<Agent, Error> {
        let dialogue = Dialogue::begin(target, identity, Role::Agent).await?;
        Ok(Agent { dialogue })
    }

    /// Its session: what the engine is, whether the connection lives, and how to move it.
    pub fn session(&self) -> &Session {
        self.dialogue.session()
    }

    /// What comes next; nothing once the engine has no more to say.
    ///
    /// # Errors
    /// The connection is lost or closed: [`Agent::resume`] may help.
    pub async fn next(&mut self) -> Result<Option<Told>, Error> {
        self.dialogue.next(|told: ToAgent| told.message.map(Into::into)).await
    }

    /// Takes the session up again on another connection, with state and call. See [`Session::resume`].
    ///
    /// # Errors
    /// As there.
    pub async fn resume(&mut self) -> Result<Resumed, Error> {
        self.dialogue.resume().await
    }

    /// Says any message of an agent.
    ///
    /// # Errors
    /// The connection is lost or closed.
    pub async fn say(&mut self, message: Message) -> Result<(), Error> {
        self.dialogue.say(&FromAgent { message: Some(message) }).await
    }

    /// On duty and free: signs in, ends a pause or a wrap-up.
    ///
    /// # Errors
    /// As [`Agent::say`], like all below.
    pub async fn ready(&mut self) -> Result<(), Error> {
        self.say(Message::Ready(Ready {})).await
    }

    /// Takes no calls for a while.
    pub async fn pause(&mut self, reason: impl Into<String>) -> Result<(), Error> {
        self.say(Message::Pause(Pause { reason: reason.into() })).await
    }

    /// Off duty.
    pub async fn sign_out(&mut self) -> Result<(), Error> {
        self.say(Message::SignOut(SignOut {})).await
    }

    /// The phone rings.
    pub async fn ringing(&mut self, offer: u64) -> Result<(), Error> {
        self.say(Message::Ringing(AgentRinging { offer })).await
    }

    /// Takes the call.
    pub async fn answered(&mut self, offer: u64) -> Result<(), Error> {
        self.say(Message::Answered(AgentAnswered { offer })).await
    }

    /// Does not take it.
    pub async fn declined(&mut self, offer: u64, how: Declined) -> Result<(), Error> {
        self.say(Message::Declined(AgentDeclined { offer, how: how.into() })).await
    }

    /// Hangs up.
    pub async fn hung_up(&mut self, offer: u64) -> Result<(), Error> {
        self.say(Message::Gone(AgentGone { offer, lost: false })).await
    }

    /// Gives the caller back to a line.
    pub async fn returned(&mut self, offer: u64, queue: impl Into<String>) -> Result<(), Error> {
        self.say(Message::Returned(AgentReturned { offer, queue: queue.into() })).await
    }

    /// Notes how a call's matter was resolved.
    pub async fn note(&mut self, call: u64, resolution: impl Into<String>) -> Result<(), Error> {
        self.say(Message::Note(RecordNote { call, resolution: resolution.into() })).await
    }
}

impl From<to_agent::Message> for Told {
    fn from(message: to_agent::Message) -> Told {
        match message {
            to_agent::Message::State(state) => Told::State(state),
            to_agent::Message::Ring(ring) => Told::Ring(Box::new(ring)),
            to_agent::Message::StopRinging(stop) => Told::StopRinging { offer: stop.offer },
            to_agent::Message::Connect(connect) => Told::Connect { offer: connect.offer },
            to_agent::Message::Release(release) => Told::Release { offer: release.offer },
            to_agent::Message::Fault(fault) => Told::Fault(fault),
        }
    }
}
