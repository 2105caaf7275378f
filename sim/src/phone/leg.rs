//! One side of one call, whoever called: its dialog, its voice, and how it ended.

use super::fault::PhoneFault;
use super::line::Line;
use super::sdp::{self, Direction, Remote, TELEPHONE_EVENT};
use super::voice::Strand;
use rsipstack::dialog::dialog::{DialogState, DialogStateReceiver, TerminatedReason, TransactionHandle};
use rsipstack::dialog::invite_dialog::InviteDialog;
use rsipstack::sip::{Header, StatusCode};
use rsipstack::transaction::key::TransactionRole;
use std::sync::Arc;
use tokio::sync::watch;

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// This phone hung up, or gave up.
    Here,
    /// The other side hung up, or gave up.
    There,
    /// Refused, with this SIP status code.
    Refused(u16),
    /// It broke off.
    Broken,
}

/// How far a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Not answered yet, or the answer is not confirmed.
    Early,
    /// Answered and confirmed.
    Talks,
    /// Ended.
    Over(Ended),
}

/// One side of one call.
pub(super) struct Leg {
    pub(super) line: Arc<Line>,
    pub(super) dialog: InviteDialog,
    pub(super) strand: Arc<Strand>,
    pub(super) standing: watch::Receiver<Standing>,
}

/// Follows what happens to a call until its end; keep the receiver to learn of it.
pub(super) fn follow(
    line: Arc<Line>,
    states: DialogStateReceiver,
    strand: Arc<Strand>,
    role: TransactionRole,
) -> watch::Receiver<Standing> {
    let (sender, standing) = watch::channel(Standing::Early);
    tokio::spawn(async move {
        let how = last_of(states, &strand, role, &line, &sender).await;
        strand.turn_away();
        sender.send_replace(Standing::Over(how));
    });
    standing
}

async fn last_of(
    mut states: DialogStateReceiver,
    strand: &Strand,
    role: TransactionRole,
    line: &Line,
    standing: &watch::Sender<Standing>,
) -> Ended {
    while let Some(state) = states.recv().await {
        match state {
            DialogState::Terminated(id, reason) => {
                line.dialogs.remove_dialog(&id);
                return how(reason, role);
            }
            DialogState::Updated(_, request, handle) => answer_offer(&request.body, strand, handle).await,
            DialogState::Info(_, _, handle)
            | DialogState::Options(_, _, handle)
            | DialogState::Message(_, _, handle)
            | DialogState::Notify(_, _, handle)
            | DialogState::Publish(_, _, handle) => drop(handle.reply(StatusCode::OK).await),
            DialogState::Refer(_, _, handle) => drop(handle.reply(StatusCode::NotImplemented).await),
            DialogState::Calling(_) | DialogState::Trying(_) | DialogState::Early(..) | DialogState::WaitAck(..) => {}
            DialogState::Confirmed(..) => drop(standing.send_replace(Standing::Talks)),
        }
    }
    Ended::Broken
}

fn how(reason: TerminatedReason, role: TransactionRole) -> Ended {
    let caller = matches!(role, TransactionRole::Client);
    match reason {
        TerminatedReason::UacBye | TerminatedReason::UacCancel if caller => Ended::Here,
        TerminatedReason::UasBye if !caller => Ended::Here,
        TerminatedReason::UacBye | TerminatedReason::UacCancel | TerminatedReason::UasBye => Ended::There,
        TerminatedReason::UacBusy | TerminatedReason::UasBusy => Ended::Refused(486),
        TerminatedReason::UasDecline => Ended::Refused(603),
        TerminatedReason::ProxyAuthRequired => Ended::Refused(407),
        TerminatedReason::ProxyError(code) | TerminatedReason::UacOther(code) | TerminatedReason::UasOther(code) => {
            Ended::Refused(code.code())
        }
        TerminatedReason::Timeout => Ended::Broken,
    }
}

/// The other side offers another way to talk, or only refreshes the session.
async fn answer_offer(offer: &[u8], strand: &Strand, handle: TransactionHandle) {
    let answer = match sdp::read(offer) {
        Some(remote) => {
            strand.turn_to(remote);
            handle.respond(StatusCode::OK, Some(vec![sdp_type()]), Some(answer_to(remote, strand))).await
        }
        None if offer.is_empty() => handle.reply(StatusCode::OK).await,
        None => handle.reply(StatusCode::NotAcceptableHere).await,
    };
    drop(answer);
}

/// Our answer to an offer.
pub(super) fn answer_to(remote: Remote, strand: &Strand) -> Vec<u8> {
    sdp::describe(strand.here(), 1, remote.keys.unwrap_or(TELEPHONE_EVENT), remote.direction)
}

pub(super) fn sdp_type() -> Header {
    Header::ContentType("application/sdp".into())
}

impl Leg {
    /// Offers another direction; the other side's answer is taken up.
    pub(super) async fn offer(&self, direction: Direction) -> Result<(), PhoneFault> {
        let offer = sdp::describe(self.strand.here(), 2, TELEPHONE_EVENT, direction);
        let response = self.dialog.reinvite(Some(vec![sdp_type()]), Some(offer)).await?.ok_or(PhoneFault::Over)?;
        let code = response.status_code.code();
        if !(200..300).contains(&code) {
            return Err(PhoneFault::Refused { code });
        }
        self.strand.turn_to(sdp::read(&response.body).ok_or(PhoneFault::NoCodec)?);
        Ok(())
    }

    /// Waits for the end.
    pub(super) async fn ended(&self) -> Ended {
        match self.stands(|standing| matches!(standing, Standing::Over(_))).await {
            Standing::Over(how) => how,
            Standing::Early | Standing::Talks => Ended::Broken,
        }
    }

    /// Waits until the other side has confirmed the answer.
    pub(super) async fn confirmed(&self) -> Result<(), PhoneFault> {
        match self.stands(|standing| *standing != Standing::Early).await {
            Standing::Talks => Ok(()),
            Standing::Early | Standing::Over(_) => Err(PhoneFault::Over),
        }
    }

    async fn stands(&self, enough: impl FnMut(&Standing) -> bool) -> Standing {
        let mut standing = self.standing.clone();
        let reached = standing.wait_for(enough).await.map(|standing| *standing);
        reached.unwrap_or(Standing::Over(Ended::Broken))
    }

    pub(super) fn is_over(&self) -> bool {
        matches!(*self.standing.borrow(), Standing::Over(_))
    }
}
