//! A call as a gateway tells of it: the same facts as from a telephone.

use super::admission::Caller as Peer;
use super::calls::{Attachment, Call, Phase, Way};
use super::edge::{Edge, State};
use super::effects::FULL_FOR_MS;
use super::keys::digit;
use super::note::{self, Held};
use super::offers::Offers;
use super::settings::Believed;
use super::stream::Outlet;
use crate::number;
use cabrank_core::{CallId, Caller, CallerGone, Declined, Flaw, Input, LegEnd, OfferId, PlayId, Side, Text, Trust};
use cabrank_wire::v1::from_gateway::Message;
use cabrank_wire::v1::refused::Why;
use cabrank_wire::v1::to_agent;
use cabrank_wire::v1::to_gateway::Message as Order;
use cabrank_wire::v1::{self, Attestation, Offer, Offered, Place, Refused, Release, StopRinging};
use std::sync::Arc;

/// How long a gateway stays away from a busy desk, in milliseconds.
const BUSY_FOR_MS: u32 = 1_000;
/// The longest token taken from a caller's device, in characters.
const TOKEN_CHARS_MAX: usize = 128;
/// As much of a gateway's own reference as a log shows, in characters.
const REFERENCE_CHARS_MAX: usize = 64;

/// What came of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    /// The stream goes on.
    On,
    /// The gateway asks where the caller stands.
    AsksPlace,
}

/// Why a message has not happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    UnknownKey,
    OutOfPlace,
    UnknownQueue,
    Unreadable,
}

impl Fault {
    pub(super) fn message(self) -> v1::Fault {
        let (word, sentence) = match self {
            Fault::UnknownKey => ("unknown_key", "a key is one of 0-9, *, #, A-D"),
            Fault::OutOfPlace => ("out_of_place", "that does not fit what is under way; it may have crossed an order"),
            Fault::UnknownQueue => ("unknown_queue", "the desk has no queue of that name"),
            Fault::Unreadable => ("unreadable", "this message is none that this version knows"),
        };
        v1::Fault { word: word.to_owned(), sentence: sentence.to_owned() }
    }
}

impl Edge {
    /// A call is offered. What came of it, if it was taken: its id.
    ///
    /// # Errors
    /// How it is refused.
    pub(super) fn offer(
        &self,
        peer: &Peer,
        way: impl FnOnce() -> Way,
        offer: Offer,
        outlet: &Arc<Outlet>,
        attachment: Attachment,
    ) -> Result<CallId, Refused> {
        if self.draining.load(std::sync::atomic::Ordering::Relaxed) {
            return Err(refused(Why::Draining, FULL_FOR_MS));
        }
        if !self.pace.admits() {
            self.door.turn_away();
            return Err(busy());
        }
        let Some(line) = self.lines.get(offer.line.as_str()).copied() else { return Err(refused(Why::NoSuchLine, 0)) };
        let caller = self.caller(peer.believed, &offer);
        let name = greeted_by(&caller).to_owned();
        let (id, way) = (self.ids.next(), way());
        let open = self.house.is_open(line);
        if !offer.reference.is_empty() {
            let reference: String = offer.reference.chars().take(REFERENCE_CHARS_MAX).filter(|c| !c.is_control()).collect();
            tracing::debug!(call = %id, peer = %peer.name, reference, "offered");
        }
        // Under one hold of the lock: no order for the call comes before the gateway knows its id.
        let mut state = self.state();
        let noted = note::Call::new(&way, Held::CameIn).note(id);
        state.desk.offer_noted(noted, Input::CallOffered { call: id, line, open, caller }).map_err(|_| busy())?;
        outlet.say(&to_gateway(Order::Offered(Offered { call: id.0, name })));
        state.calls.add(id, Call::new(way, line, Phase::Offered, Some(Arc::clone(outlet)), attachment));
        Ok(id)
    }

    /// A call is taken up again after a lost connection.
    ///
    /// # Errors
    /// It is not there any more, or another's.
    pub(super) fn resume(&self, id: CallId, way: &Way, outlet: &Arc<Outlet>, attachment: Attachment) -> Result<(), Refused> {
        let mut state = self.state();
        let own = state.calls.find(id).filter(|call| call.way.session == way.session && call.phase != Phase::Gone);
        let Some(call) = own else { return Err(refused(Why::NoSuchCall, 0)) };
        call.resume(id, Arc::clone(outlet), attachment);
        Ok(())
    }

    /// Takes what a gateway says about a call of its own.
    pub(super) fn hear(&self, id: CallId, message: Message) -> Result<Flow, Fault> {
        let mut state = self.state();
        let state = &mut *state;
        let call = state.calls.find(id).ok_or(Fault::OutOfPlace)?;
        let input = match message {
            Message::Offer(_) | Message::Resume(_) => return Err(Fault::OutOfPlace),
            Message::AskPlace(_) => return Ok(Flow::AsksPlace),
            Message::CallerGone(gone) => {
                state.caller_is_gone(id, how_gone(gone.how()));
                return Ok(Flow::On);
            }
            Message::PromptEnded(ended) => {
                let play = u32::try_from(ended.play).map_err(|_| Fault::OutOfPlace)?;
                Input::PromptEnded { call: id, play: PlayId(play) }
            }
            Message::Digit(pressed) => Input::DigitPressed { call: id, digit: digit(&pressed.key).ok_or(Fault::UnknownKey)? },
            Message::Hold(hold) => {
                let by = if hold.by_agent { Side::Agent } else { Side::Caller };
                Input::HoldChanged { call: id, by, held: hold.held }
            }
            Message::CallerAnswered(_) => {
                call.picked_up().ok_or(Fault::OutOfPlace)?;
                state.desk.keep(note::Call::new(&call.way, Held::PickedUp).note(id));
                Input::CallerAnswered { call: id }
            }
            Message::CallerUnreached(unreached) => {
                let Phase::Dialled(_) = call.phase else { return Err(Fault::OutOfPlace) };
                let how = declined(unreached.how());
                state.drop_call(id);
                Input::CallerUnreached { call: id, how }
            }
            Message::AgentRinging(ringing) => Input::AgentRinging { offer: own(call, ringing.offer)? },
            Message::AgentAnswered(answered) => {
                let offer = own(call, answered.offer)?;
                state.offers.answer(offer);
                Input::AgentAnswered { offer }
            }
            Message::AgentDeclined(said) => {
                let offer = own(call, said.offer)?;
                state.offers.must_be_answered(offer, false)?;
                call.forget(offer);
                self.offer_ended_by_gateway(state, offer, false);
                Input::AgentDeclined { offer, how: declined(said.how()) }
            }
            Message::AgentGone(gone) => {
                let offer = own(call, gone.offer)?;
                state.offers.must_be_answered(offer, true)?;
                call.forget(offer);
                self.offer_ended_by_gateway(state, offer, true);
                Input::AgentHungUp { offer, how: leg_end(gone.lost) }
            }
            Message::AgentReturned(returned) => {
                let offer = own(call, returned.offer)?;
                Input::AgentReturned { offer, queue: self.queue(&returned.queue)? }
            }
        };
        state.desk.tell(input);
        Ok(Flow::On)
    }

    /// The stream of a call is over.
    pub(super) fn stream_over(&self, id: CallId, attachment: Attachment, how: CallerGone) {
        let mut state = self.state();
        if state.calls.served_by(id, attachment).is_some() {
            state.caller_is_gone(id, how);
        }
    }

    /// Tells a gateway where its caller stands, if in line.
    pub(super) async fn tell_place(&self, id: CallId, outlet: &Outlet) {
        let Ok(Some(place)) = self.door.place(id).await else { return };
        let at_most_ms = self.state().calls.find(id).map_or(0, |call| call.at_most_ms());
        let queue = self.settings.queues.get(usize::from(place.queue.0)).map(ToString::to_string).unwrap_or_default();
        let waited_ms = super::said::millis(place.waited);
        outlet.say(&to_gateway(Order::Place(Place { queue, ahead: place.ahead, waited_ms, at_most_ms })));
    }

    /// The queue of that name.
    pub(super) fn queue(&self, name: &str) -> Result<cabrank_core::QueueId, Fault> {
        self.queues.get(name).copied().ok_or(Fault::UnknownQueue)
    }

    /// The program of an agent whom the gateway rang has nothing more to show.
    fn offer_ended_by_gateway(&self, state: &mut State, offer: OfferId, answered: bool) {
        let Some(known) = state.offers.remove(offer) else { return };
        let message = if answered {
            to_agent::Message::Release(Release { offer: offer.0 })
        } else {
            to_agent::Message::StopRinging(StopRinging { offer: offer.0 })
        };
        self.tell_program(state, known.agent, message);
    }

    fn caller(&self, believed: Believed, offer: &Offer) -> Caller {
        let number = number::of_caller(&offer.caller, self.settings.region);
        let trust = match (believed, offer.attestation()) {
            (Believed::Always, _) => Trust::Trusted,
            (Believed::Never, _) => Trust::Untrusted,
            (Believed::IfAttested, Attestation::Full) => Trust::Attested(cabrank_core::Attestation::Full),
            (Believed::IfAttested, Attestation::Partial) => Trust::Attested(cabrank_core::Attestation::Partial),
            (Believed::IfAttested, Attestation::Gateway) => Trust::Attested(cabrank_core::Attestation::Gateway),
            (Believed::IfAttested, Attestation::None) => Trust::Unproven(Flaw::Unsigned),
        };
        let profile = number.as_ref().and_then(|number| self.house.profile(number));
        Caller { number, trust, token: token(&offer.token), profile }
    }
}

impl Offers {
    /// A ringing is declined, a talk ends: one is not taken for the other.
    pub(super) fn must_be_answered(&self, offer: OfferId, answered: bool) -> Result<(), Fault> {
        if self.is_answered(offer) == answered { Ok(()) } else { Err(Fault::OutOfPlace) }
    }
}

impl Call {
    /// A caller who is called back picked up.
    fn picked_up(&mut self) -> Option<()> {
        let Phase::Dialled(_) = self.phase else { return None };
        self.phase = Phase::Answered;
        Some(())
    }
}

/// That ringing or talk, if it is this call's.
fn own(call: &Call, offer: u64) -> Result<OfferId, Fault> {
    let offer = OfferId(offer);
    if call.is_about(offer) { Ok(offer) } else { Err(Fault::OutOfPlace) }
}

/// An order as it stands on a stream.
pub(super) fn to_gateway(order: Order) -> v1::ToGateway {
    v1::ToGateway { message: Some(order) }
}

pub(super) fn busy() -> Refused {
    refused(Why::Busy, BUSY_FOR_MS)
}

fn refused(why: Why, retry_after_ms: u32) -> Refused {
    Refused { why: why.into(), retry_after_ms }
}

fn how_gone(how: v1::caller_gone::How) -> CallerGone {
    match how {
        v1::caller_gone::How::HungUp => CallerGone::HungUp,
        v1::caller_gone::How::Lost => CallerGone::Lost,
    }
}

pub(super) fn declined(how: v1::Declined) -> Declined {
    match how {
        v1::Declined::Failed => Declined::Failed,
        v1::Declined::Busy => Declined::Busy,
        v1::Declined::Declined => Declined::Declined,
        v1::Declined::Unavailable => Declined::Unavailable,
    }
}

pub(super) fn leg_end(lost: bool) -> LegEnd {
    if lost { LegEnd::Lost } else { LegEnd::HungUp }
}

/// Whoever only says that a number is theirs is not told whose it is.
fn greeted_by(caller: &Caller) -> &str {
    let believed = caller.profile.as_ref().filter(|_| caller.trust.is_sure());
    believed.map_or("", |profile| &profile.name)
}

/// What the caller's device sent to be known by, if it is printable and short.
fn token(text: &str) -> Option<Text> {
    let printable = text.bytes().all(|b| b == b' ' || b.is_ascii_graphic());
    (printable && (1..=TOKEN_CHARS_MAX).contains(&text.len())).then(|| text.into())
}
