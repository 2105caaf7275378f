//! A call that comes in: it rings until it is answered, declined or given up.

use super::call::Call;
use super::fault::PhoneFault;
use super::leg::{Leg, answer_to, follow, sdp_type};
use super::line::Line;
use super::sdp::{self, Remote};
use rsipstack::sip::{Header, HeadersExt, Request, StatusCode};
use rsipstack::transaction::key::TransactionRole;
use rsipstack::transaction::transaction::Transaction;
use std::sync::Arc;
use tokio::sync::mpsc;

/// Calls that come in.
pub struct Rings {
    rings: mpsc::Receiver<Ring>,
}

impl Rings {
    pub(super) fn new(rings: mpsc::Receiver<Ring>) -> Rings {
        Rings { rings }
    }

    /// The next call; nothing once the phone is gone.
    pub async fn next(&mut self) -> Option<Ring> {
        self.rings.recv().await
    }
}

/// A call that rings here. Dropped unanswered, it is told "busy".
pub struct Ring {
    leg: Option<Leg>,
    offer: Remote,
    /// Which user of this phone is called.
    pub user: String,
    /// Who calls: the user part of the `From` address.
    pub from: String,
    /// The `User-to-User` header (RFC 7433), if there is one.
    pub user_to_user: Option<String>,
}

impl Ring {
    pub(super) async fn begin(
        line: Arc<Line>,
        mut transaction: Transaction,
        rings: mpsc::Sender<Ring>,
    ) -> Result<(), PhoneFault> {
        let Some(offer) = sdp::read(&transaction.original.body) else {
            return Ok(transaction.reply(StatusCode::NotAcceptableHere).await?);
        };
        let user = transaction.original.uri.user().unwrap_or_default().to_owned();
        let strand = Arc::new(line.voice.open());
        let (sender, states) = line.dialogs.new_dialog_state_channel();
        let contact = line.contact(if user.is_empty() { "phone" } else { &user })?;
        let mut dialog = line.dialogs.get_or_create_server_invite(&transaction, sender, None, Some(contact))?;
        let standing = follow(line.clone(), states, strand.clone(), TransactionRole::Server);
        let ring = Ring {
            offer,
            user,
            from: transaction.original.from_header()?.uri()?.user().unwrap_or_default().to_owned(),
            user_to_user: user_to_user(&transaction.original),
            leg: Some(Leg { line, dialog: dialog.clone(), strand, standing }),
        };
        // Nobody looks: dropping the ring says "busy".
        drop(rings.try_send(ring));
        Ok(dialog.handle(&mut transaction).await?)
    }

    /// Says that it rings (180).
    pub fn ringing(&self) -> Result<(), PhoneFault> {
        Ok(self.leg.as_ref().ok_or(PhoneFault::Over)?.dialog.ringing(None, None)?)
    }

    /// Whether the caller has given up.
    pub fn is_over(&self) -> bool {
        self.leg.as_ref().is_none_or(Leg::is_over)
    }

    /// Waits until the caller gives up.
    pub async fn given_up(&self) {
        if let Some(leg) = &self.leg {
            leg.ended().await;
        }
    }

    /// Answers, and waits until the caller has confirmed it (ACK).
    pub async fn answer(mut self) -> Result<Call, PhoneFault> {
        let leg = self.leg.take().filter(|leg| !leg.is_over()).ok_or(PhoneFault::Over)?;
        leg.dialog.accept(Some(vec![sdp_type()]), Some(answer_to(self.offer, &leg.strand)))?;
        leg.strand.turn_to(self.offer);
        leg.confirmed().await?;
        Ok(Call::new(leg))
    }

    /// Declines, with a SIP status code of 400 or more.
    pub fn decline(mut self, code: u16) -> Result<(), PhoneFault> {
        let leg = self.leg.take().filter(|leg| !leg.is_over()).ok_or(PhoneFault::Over)?;
        Ok(leg.dialog.reject(Some(StatusCode::from(code)), None)?)
    }

    /// The phone dies while it rings: no word to the caller.
    pub fn vanish(mut self) {
        self.leg.take();
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        if let Some(leg) = self.leg.take().filter(|leg| !leg.is_over()) {
            let _ = leg.dialog.reject(Some(StatusCode::BusyHere), None);
        }
    }
}

fn user_to_user(request: &Request) -> Option<String> {
    request
        .headers
        .iter()
        .find_map(|header| if let Header::UserToUser(context) = header { Some(context.value().to_owned()) } else { None })
}
