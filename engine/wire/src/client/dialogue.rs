//! A session whose own stream goes on after the welcome: that of every role but the gateway's.

use super::session::{Resumed, Session};
use super::talk::Talk;
use super::{Error, Identity, Target};
use crate::v1::Role;
use prost::Message;

/// A session and what is said on its own stream.
#[derive(Debug)]
pub(super) struct Dialogue {
    session: Session,
    talk: Talk,
}

impl Dialogue {
    /// Connects and says hello.
    pub(super) async fn begin(target: Target, identity: Identity, role: Role) -> Result<Dialogue, Error> {
        let session = Session::begin(target, identity, role).await?;
        let talk = session.take_stream().ok_or(Error::Over)?;
        Ok(Dialogue { session, talk })
    }

    pub(super) fn session(&self) -> &Session {
        &self.session
    }

    /// The next message that holds anything this client knows; nothing once the engine has no more to say. May be broken off
    /// without losing one.
    pub(super) async fn next<M: Message + Default, T>(&mut self, held: impl Fn(M) -> Option<T>) -> Result<Option<T>, Error> {
        while let Some(told) = self.talk.hear::<M>().await? {
            if let Some(message) = held(told) {
                return Ok(Some(message));
            }
        }
        Ok(None)
    }

    pub(super) async fn say(&mut self, message: &impl Message) -> Result<(), Error> {
        self.talk.say(message).await
    }

    /// Takes the session up again on another connection.
    pub(super) async fn resume(&mut self) -> Result<Resumed, Error> {
        let resumed = self.session.resume().await?;
        if let Some(talk) = self.session.take_stream() {
            self.talk = talk;
        }
        Ok(resumed)
    }
}
