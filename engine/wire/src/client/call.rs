//! A gateway's call.

use super::talk::Talk;
use super::{Error, Order, Session};
use crate::v1::caller_gone::How;
use crate::v1::from_gateway::Message;
use crate::v1::{
    AgentAnswered, AgentDeclined, AgentGone, AgentReturned, AgentRinging, AskPlace, CallerAnswered, CallerGone, CallerUnreached,
    Declined, Digit, FromGateway, Hold, Offer, PromptEnded, Resume, ToGateway,
};

/// A call whose caller's leg this gateway holds: one stream, read and written by whoever owns this, without a task.
///
/// [`Call::next`] may be broken off (in a `select!`) without losing an order; each of the others says one message, and may be
/// broken off, too: then the message is heard wholly, or not at all. What is said of a call that the desk has
/// done with is not heard, and that is no error. Dropping the call hangs the caller up.
#[derive(Debug)]
pub struct Call {
    session: Session,
    talk: Talk,
    /// The session's when the call came into being.
    lineage: u64,
    /// Of the connection that the stream belongs to.
    connection: usize,
    id: Option<u64>,
}

impl Call {
    pub(super) async fn offer(session: Session, offer: Offer) -> Result<Call, Error> {
        let (connection, lineage) = session.present();
        let talk = Talk::open(&connection, &says(Message::Offer(offer))).await?;
        Ok(Call { session, talk, lineage, connection: connection.stable_id(), id: None })
    }

    /// One on a stream that the engine opened.
    pub(super) fn called_back(session: Session, talk: Talk, lineage: u64, connection: usize) -> Call {
        Call { session, talk, lineage, connection, id: None }
    }

    /// The call's id, once the engine has said it.
    pub fn id(&self) -> Option<u64> {
        self.id
    }

    /// What the desk wants next; nothing once it has no more to say about this caller. What this client does not know yet
    /// is passed over.
    ///
    /// # Errors
    /// The connection is lost or closed ([`Call::resume`] may help), or the engine cut the call off.
    pub async fn next(&mut self) -> Result<Option<Order>, Error> {
        while let Some(told) = self.talk.hear::<ToGateway>().await? {
            if let Some(message) = told.message {
                let order = Order::from(message);
                self.note(&order);
                return Ok(Some(order));
            }
        }
        Ok(None)
    }

    /// Takes the call up again on another connection, which it makes if nobody else has: the session resumes with it.
    /// What is to be heard and who is to be rung comes once more. Does nothing while the call's own connection lives.
    ///
    /// # Errors
    /// As [`Session::resume`]'s, and [`Error::Over`] if the session had to begin anew or the call's id is not known yet.
    pub async fn resume(&mut self) -> Result<(), Error> {
        self.session.resume().await?;
        let (connection, lineage) = self.session.present();
        if connection.stable_id() == self.connection {
            return Ok(());
        }
        let call = self.id.filter(|_| lineage == self.lineage).ok_or(Error::Over)?;
        self.talk = Talk::open(&connection, &says(Message::Resume(Resume { call }))).await?;
        self.connection = connection.stable_id();
        Ok(())
    }

    /// Says any message of a gateway.
    ///
    /// # Errors
    /// The connection is lost or closed, or the engine cut the call off.
    pub async fn say(&mut self, message: Message) -> Result<(), Error> {
        self.talk.say(&says(message)).await
    }

    /// What was to be played was played to its end.
    ///
    /// # Errors
    /// As [`Call::say`], like all below.
    pub async fn prompt_ended(&mut self, play: u64) -> Result<(), Error> {
        self.say(Message::PromptEnded(PromptEnded { play })).await
    }

    /// The caller pressed a key: one of 0-9, *, #, A-D.
    pub async fn digit(&mut self, key: char) -> Result<(), Error> {
        self.say(Message::Digit(Digit { key: key.into() })).await
    }

    /// The caller put the call on hold, or took it back.
    pub async fn caller_held(&mut self, held: bool) -> Result<(), Error> {
        self.say(Message::Hold(Hold { by_agent: false, held })).await
    }

    /// The agent put the call on hold, or took it back.
    pub async fn agent_held(&mut self, held: bool) -> Result<(), Error> {
        self.say(Message::Hold(Hold { by_agent: true, held })).await
    }

    /// The agent's phone rings.
    pub async fn ringing(&mut self, offer: u64) -> Result<(), Error> {
        self.say(Message::AgentRinging(AgentRinging { offer })).await
    }

    /// The agent took the call: [`Order::Connect`] follows.
    pub async fn answered(&mut self, offer: u64) -> Result<(), Error> {
        self.say(Message::AgentAnswered(AgentAnswered { offer })).await
    }

    /// The agent did not take it: the caller keeps the place, and the next agent is rung.
    pub async fn declined(&mut self, offer: u64, how: Declined) -> Result<(), Error> {
        self.say(Message::AgentDeclined(AgentDeclined { offer, how: how.into() })).await
    }

    /// The agent who had answered hung up: the call is done.
    pub async fn agent_hung_up(&mut self, offer: u64) -> Result<(), Error> {
        self.say(Message::AgentGone(AgentGone { offer, lost: false })).await
    }

    /// The leg of the agent who had answered died: the caller goes back to the front of the line.
    pub async fn agent_lost(&mut self, offer: u64) -> Result<(), Error> {
        self.say(Message::AgentGone(AgentGone { offer, lost: true })).await
    }

    /// The agent gives the caller back to a line, where the caller keeps the place.
    pub async fn returned(&mut self, offer: u64, queue: impl Into<String>) -> Result<(), Error> {
        self.say(Message::AgentReturned(AgentReturned { offer, queue: queue.into() })).await
    }

    /// Where does the caller stand? [`Order::Place`] follows.
    pub async fn ask_place(&mut self) -> Result<(), Error> {
        self.say(Message::AskPlace(AskPlace {})).await
    }

    /// The caller who was called back picked up.
    pub async fn caller_answered(&mut self) -> Result<(), Error> {
        self.say(Message::CallerAnswered(CallerAnswered {})).await
    }

    /// The caller who was to be called back did not pick up.
    pub async fn caller_unreached(&mut self, how: Declined) -> Result<(), Error> {
        self.say(Message::CallerUnreached(CallerUnreached { how: how.into() })).await
    }

    /// The caller's leg died. What is still to be done (an agent who is rung in vain) comes by [`Call::next`].
    pub async fn caller_lost(&mut self) -> Result<(), Error> {
        self.say(Message::CallerGone(CallerGone { how: How::Lost.into() })).await?;
        self.talk.finish();
        Ok(())
    }

    /// The caller hung up. What is still to be done (an agent who is rung in vain) comes by [`Call::next`].
    pub fn hang_up(&mut self) {
        self.talk.finish();
    }

    /// Lets go of the call as if the gateway had crashed: the stream is reset.
    pub fn abandon(mut self) {
        self.talk.reset();
    }

    fn note(&mut self, order: &Order) {
        match order {
            Order::Offered { call, .. } => self.id = Some(*call),
            Order::CallBack(call_back) => self.id = Some(call_back.call),
            Order::Refused { .. }
            | Order::Answer
            | Order::Play(_)
            | Order::Music { .. }
            | Order::Ring(_)
            | Order::StopRinging { .. }
            | Order::Connect { .. }
            | Order::Release { .. }
            | Order::HangUp { .. }
            | Order::Place(_)
            | Order::Fault(_) => {}
        }
    }
}

fn says(message: Message) -> FromGateway {
    FromGateway { message: Some(message) }
}
