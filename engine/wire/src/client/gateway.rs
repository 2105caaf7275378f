//! A gateway: offers calls and holds their media.

use super::talk::Talk;
use super::{Call, Error, Identity, Order, Session, Target};
use crate::v1::{CallBack, Offer, Role};

/// A gateway's session. Clones are the same one: any number of tasks may offer calls by it.
#[derive(Clone, Debug)]
pub struct Gateway {
    session: Session,
}

impl Gateway {
    /// Connects and says hello.
    ///
    /// # Errors
    /// The engine is not there, is not the one expected, or does not let this one in.
    pub async fn connect(target: Target, identity: Identity) -> Result<Gateway, Error> {
        Ok(Gateway::of(Session::begin(target, identity, Role::Gateway).await?))
    }

    pub(super) fn of(session: Session) -> Gateway {
        Gateway { session }
    }

    /// Its session: what the engine is, whether the connection lives, and how to get another one.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Offers a call. [`Order::Offered`] or [`Order::Refused`] comes first. Waits while as many calls are open as the
    /// engine allows a connection.
    ///
    /// # Errors
    /// The connection is lost or closed.
    pub async fn offer(&self, offer: Offer) -> Result<Call, Error> {
        Call::offer(self.session.clone(), offer).await
    }

    /// Callers to be called back.
    pub fn callbacks(&self) -> Callbacks {
        Callbacks { session: self.session.clone(), unread: None }
    }
}

/// Callers whom this gateway is to call back. One of these is enough for a session.
#[derive(Debug)]
pub struct Callbacks {
    session: Session,
    /// One that has not said yet who it is about.
    unread: Option<Call>,
}

impl Callbacks {
    /// The next one: whom to call, and the call's stream, on which [`Call::caller_answered`] or [`Call::caller_unreached`] is
    /// to be said. May be broken off without losing one.
    ///
    /// # Errors
    /// The connection is lost or closed. Once the session was resumed, this goes on with the next connection.
    pub async fn next(&mut self) -> Result<(CallBack, Call), Error> {
        loop {
            let order = self.unread().await?.next().await;
            let call = self.unread.take();
            if let (Ok(Some(Order::CallBack(call_back))), Some(call)) = (order, call) {
                return Ok((call_back, call));
            }
            tracing::debug!("a stream of the engine does not begin with a callback");
        }
    }

    async fn unread(&mut self) -> Result<&mut Call, Error> {
        let call = match self.unread.take() {
            Some(call) => call,
            None => self.accept().await?,
        };
        Ok(self.unread.insert(call))
    }

    async fn accept(&self) -> Result<Call, Error> {
        let (connection, lineage) = self.session.present();
        let talk = Talk::new(connection.accept_bi().await?);
        Ok(Call::called_back(self.session.clone(), talk, lineage, connection.stable_id()))
    }
}
