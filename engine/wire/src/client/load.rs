//! A load generator: a gateway that speaks for every agent, too.

use super::dialogue::Dialogue;
use super::{Error, Gateway, Identity, Resumed, Session, Target};
use crate::v1::from_load::Message;
use crate::v1::set_agent::State;
use crate::v1::{AskFigures, Echo, Fault, Figures, FromLoad, Role, SetAgent, ToLoad, to_load};

/// A load generator's session.
///
/// [`Load::next`] may be broken off (in a `select!`) without losing anything.
#[derive(Debug)]
pub struct Load {
    gateway: Gateway,
    dialogue: Dialogue,
}

/// What a load generator is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// What was to be said back.
    Echo(Vec<u8>),
    /// What the desk's thread has done.
    Figures(Figures),
    /// What was asked has not happened.
    Fault(Fault),
}

impl Load {
    /// Connects and says hello.
    ///
    /// # Errors
    /// The engine is not there, is not the one expected, or does not let this one in.
    pub async fn connect(target: Target, identity: Identity) -> Result<Load, Error> {
        let dialogue = Dialogue::begin(target, identity, Role::Load).await?;
        Ok(Load { gateway: Gateway::of(dialogue.session().clone()), dialogue })
    }

    /// Its session: what the engine is, whether the connection lives, and how to move it.
    pub fn session(&self) -> &Session {
        self.dialogue.session()
    }

    /// Offers calls over the same connection.
    pub fn gateway(&self) -> &Gateway {
        &self.gateway
    }

    /// What comes next; nothing once the engine has no more to say.
    ///
    /// # Errors
    /// The connection is lost or closed: [`Load::resume`] may help.
    pub async fn next(&mut self) -> Result<Option<Reply>, Error> {
        self.dialogue.next(|told: ToLoad| told.message.map(Into::into)).await
    }

    /// Takes the session up again on another connection. See [`Session::resume`].
    ///
    /// # Errors
    /// As there.
    pub async fn resume(&mut self) -> Result<Resumed, Error> {
        self.dialogue.resume().await
    }

    /// Says any message of a load generator.
    ///
    /// # Errors
    /// The connection is lost or closed.
    pub async fn say(&mut self, message: Message) -> Result<(), Error> {
        self.dialogue.say(&FromLoad { message: Some(message) }).await
    }

    /// Signs an agent in or out, or has one pause.
    ///
    /// # Errors
    /// As [`Load::say`], like all below.
    pub async fn set_agent(&mut self, agent: impl Into<String>, state: State) -> Result<(), Error> {
        self.say(Message::SetAgent(SetAgent { agent: agent.into(), state: Some(state) })).await
    }

    /// Has the engine say this back: [`Reply::Echo`] follows.
    pub async fn echo(&mut self, payload: Vec<u8>) -> Result<(), Error> {
        self.say(Message::Echo(Echo { payload })).await
    }

    /// Asks what the desk's thread has done: [`Reply::Figures`] follows.
    pub async fn ask_figures(&mut self) -> Result<(), Error> {
        self.say(Message::AskFigures(AskFigures {})).await
    }
}

impl From<to_load::Message> for Reply {
    fn from(message: to_load::Message) -> Reply {
        match message {
            to_load::Message::Echo(echo) => Reply::Echo(echo.payload),
            to_load::Message::Figures(figures) => Reply::Figures(figures),
            to_load::Message::Fault(fault) => Reply::Fault(fault),
        }
    }
}
