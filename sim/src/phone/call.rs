//! A call that was answered.

use super::fault::PhoneFault;
use super::leg::{Ended, Leg, follow};
use super::line::{Line, address};
use super::sdp::{self, Direction, TELEPHONE_EVENT};
use super::stream::{Heard, Sound};
use rsipstack::dialog::invitation::InviteOption;
use rsipstack::transaction::key::TransactionRole;
use std::sync::Arc;

/// A call that was answered. Dropped while it lasts, it hangs up.
pub struct Call {
    leg: Option<Leg>,
}

impl Call {
    pub(super) fn new(leg: Leg) -> Call {
        Call { leg: Some(leg) }
    }

    pub(super) async fn dial(line: &Arc<Line>, to: &str, from: &str) -> Result<Call, PhoneFault> {
        let strand = Arc::new(line.voice.open());
        let (sender, states) = line.dialogs.new_dialog_state_channel();
        let caller = if from.starts_with("sip:") { address(from)? } else { line.contact(from)? };
        let invitation = InviteOption {
            contact: line.contact(caller.user().unwrap_or("phone"))?,
            caller,
            callee: address(to)?,
            content_type: Some("application/sdp".into()),
            offer: Some(sdp::describe(strand.here(), 1, TELEPHONE_EVENT, Direction::Both)),
            ..InviteOption::default()
        };
        let standing = follow(line.clone(), states, strand.clone(), TransactionRole::Client);
        let (dialog, answer) = line.dialogs.do_invite(invitation, sender).await?;
        let answer = answer.ok_or(PhoneFault::NoAnswer)?;
        let code = answer.status_code.code();
        if !(200..300).contains(&code) {
            return Err(PhoneFault::Refused { code });
        }
        let call = Call::new(Leg { line: line.clone(), dialog, strand, standing });
        // Dropping the call hangs up.
        call.leg()?.strand.turn_to(sdp::read(&answer.body).ok_or(PhoneFault::NoCodec)?);
        Ok(call)
    }

    fn leg(&self) -> Result<&Leg, PhoneFault> {
        self.leg.as_ref().ok_or(PhoneFault::Over)
    }

    /// Presses a key (0 to 9, `*`, `#`, A to D); false if it is none of these, too many wait, or the call is over.
    pub fn press(&self, key: char) -> bool {
        self.leg().is_ok_and(|leg| leg.strand.press(key))
    }

    /// What is said from now on.
    pub fn say(&self, sound: Sound) {
        if let Ok(leg) = self.leg() {
            leg.strand.say(sound);
        }
    }

    /// What was heard so far.
    pub fn heard(&self) -> Heard {
        self.leg().map(|leg| leg.strand.heard()).unwrap_or_default()
    }

    /// Whether the other side wants to hear us: not while it has us on hold.
    pub fn is_wanted(&self) -> bool {
        self.leg().is_ok_and(|leg| leg.strand.remote().is_some_and(|remote| remote.direction.sends()))
    }

    /// Puts the other side on hold.
    pub async fn hold(&self) -> Result<(), PhoneFault> {
        self.leg()?.offer(Direction::OnlySend).await
    }

    /// Takes the other side back.
    pub async fn resume(&self) -> Result<(), PhoneFault> {
        self.leg()?.offer(Direction::Both).await
    }

    /// Waits until either side has hung up.
    pub async fn ended(&self) -> Ended {
        match &self.leg {
            Some(leg) => leg.ended().await,
            None => Ended::Here,
        }
    }

    /// Hangs up and waits until the other side has confirmed it. Returns what was heard.
    pub async fn hang_up(mut self) -> Result<Heard, PhoneFault> {
        let leg = self.leg.take().ok_or(PhoneFault::Over)?;
        let heard = leg.strand.heard();
        leg.hang_up().await?;
        Ok(heard)
    }

    /// The phone dies: no word to the other side, no packets.
    pub fn vanish(mut self) {
        if let Some(leg) = self.leg.take() {
            leg.strand.turn_away();
            leg.line.dialogs.remove_dialog(&leg.dialog.id());
        }
    }
}

impl Leg {
    async fn hang_up(self) -> Result<(), PhoneFault> {
        if !self.is_over() {
            self.dialog.hangup().await?;
        }
        Ok(())
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let Some(leg) = self.leg.take().filter(|leg| !leg.is_over()) else { return };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(leg.hang_up());
        }
    }
}
