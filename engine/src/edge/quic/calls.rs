//! The calls that gateways hold: what each is told, and would have to be told again after a lost connection.

use super::sessions::SessionId;
use super::stream::{End, Outlet};
use bytes::Bytes;
use cabrank_core::{CallId, LineId, OfferId, Span, Text};
use cabrank_wire::framed;
use cabrank_wire::v1::{Answer, CallBack, Connect, Offered, ToGateway, to_gateway::Message};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Calls whose way in is remembered for the time when they are called back; beyond it the oldest is forgotten.
const WAYS_BACK_MAX: usize = 65_536;

/// Which stream serves a call: a later one takes the place of an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) struct Attachment(pub(super) u64);

/// By which session a call came in, and by whose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Way {
    pub(super) session: SessionId,
    pub(super) peer: Text,
}

/// A call that a gateway holds.
#[derive(Debug)]
pub(super) struct Call {
    /// Over which session it came in, and whose that is.
    pub(super) way: Way,
    pub(super) line: LineId,
    pub(super) phase: Phase,
    /// The stream, unless its connection is lost.
    pub(super) outlet: Option<Arc<Outlet>>,
    pub(super) attachment: Attachment,
    /// The newest that is to be heard, as it was said.
    heard: Option<Bytes>,
    newest_play: u32,
    /// Who is rung, as it was said.
    ring: Option<(OfferId, Bytes)>,
    /// Whose talk it is.
    with: Option<OfferId>,
    /// The longest wait to reckon with, as it was said last, and when.
    quoted: Option<(Instant, Duration)>,
    /// The caller was told to be called back.
    pub(super) will_call_back: bool,
}

/// How far the caller's leg is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Not answered.
    Offered,
    /// Answered, by us or by a caller who was called back.
    Answered,
    /// Being called back; what the gateway was told to do about it.
    Dialled(CallBack),
    /// The caller is gone, and the agent's leg is still to be ended.
    Gone,
}

impl Call {
    /// A call that just came in, or that is to be called back.
    pub(super) fn new(way: Way, line: LineId, phase: Phase, outlet: Option<Arc<Outlet>>, attachment: Attachment) -> Call {
        Call {
            way,
            line,
            phase,
            outlet,
            attachment,
            heard: None,
            newest_play: 0,
            ring: None,
            with: None,
            quoted: None,
            will_call_back: false,
        }
    }

    /// Tells the gateway something; who is away is told what matters later.
    pub(super) fn tell(&self, message: Message) {
        if let Some(outlet) = &self.outlet {
            outlet.say(&ToGateway { message: Some(message) });
        }
    }

    /// Ends the stream once all is said.
    pub(super) fn finish(&self) {
        if let Some(outlet) = &self.outlet {
            outlet.end(End::Finish);
        }
    }

    pub(super) fn answer(&mut self) {
        self.phase = Phase::Answered;
        self.tell(Message::Answer(Answer {}));
    }

    /// Lets something be heard, unless something later is already.
    pub(super) fn hear(&mut self, play: u32, message: impl FnOnce() -> Message) -> bool {
        if play < self.newest_play {
            return false;
        }
        self.newest_play = play;
        let framed = framed(&ToGateway { message: Some(message()) });
        self.tell_framed(&framed);
        self.heard = Some(framed);
        true
    }

    pub(super) fn ring(&mut self, offer: OfferId, message: Message) {
        let framed = framed(&ToGateway { message: Some(message) });
        self.tell_framed(&framed);
        self.ring = Some((offer, framed));
    }

    /// Said once only: after a restart it is ordered for talks that were connected before.
    pub(super) fn connect(&mut self, offer: OfferId) {
        if self.with == Some(offer) {
            return;
        }
        self.ring = None;
        self.heard = None;
        self.with = Some(offer);
        self.tell(Message::Connect(Connect { offer: offer.0 }));
    }

    /// Whether that is the ringing or the talk of this call.
    pub(super) fn is_about(&self, offer: OfferId) -> bool {
        self.with == Some(offer) || self.rings(offer)
    }

    /// Whether that rings, or was answered a moment ago.
    pub(super) fn rings(&self, offer: OfferId) -> bool {
        self.ring.as_ref().is_some_and(|(ringing, _)| *ringing == offer)
    }

    /// The ringing or talk that is not over.
    pub(super) fn open_offer(&self) -> Option<OfferId> {
        self.with.or(self.ring.as_ref().map(|(offer, _)| *offer))
    }

    /// A ringing or a talk is over.
    pub(super) fn forget(&mut self, offer: OfferId) {
        self.with.take_if(|with| *with == offer);
        self.ring.take_if(|(ringing, _)| *ringing == offer);
    }

    /// What was said about the wait, just now.
    pub(super) fn quote(&mut self, at_most: Option<Span>) {
        self.quoted = at_most.map(|at_most| (Instant::now(), Duration::from_millis(at_most.as_millis())));
    }

    /// What is left of it; 0 if nothing was said.
    pub(super) fn at_most_ms(&self) -> u32 {
        let left = self.quoted.map(|(at, at_most)| at_most.saturating_sub(at.elapsed())).unwrap_or_default();
        u32::try_from(left.as_millis()).unwrap_or(u32::MAX)
    }

    /// Another stream takes the call up: it is told all that still counts.
    pub(super) fn resume(&mut self, call: CallId, outlet: Arc<Outlet>, attachment: Attachment) {
        if let Some(before) = self.outlet.replace(outlet) {
            before.end(End::Reset(cabrank_wire::Code::TakenUp));
        }
        self.attachment = attachment;
        self.tell(Message::Offered(Offered { call: call.0, name: String::new() }));
        match &self.phase {
            Phase::Answered => self.tell(Message::Answer(Answer {})),
            Phase::Dialled(call_back) => self.tell(Message::CallBack(call_back.clone())),
            Phase::Offered | Phase::Gone => {}
        }
        for said in self.heard.iter().chain(self.ring.iter().map(|(_, ring)| ring)) {
            self.tell_framed(said);
        }
        if let Some(with) = self.with {
            self.tell(Message::Connect(Connect { offer: with.0 }));
        }
    }

    fn tell_framed(&self, message: &Bytes) {
        if let Some(outlet) = &self.outlet {
            outlet.say_framed(message);
        }
    }
}

/// All calls that gateways hold.
#[derive(Debug, Default)]
pub(super) struct Calls {
    live: HashMap<CallId, Call>,
    /// By which session callers came in who are to be called back.
    ways_back: BTreeMap<CallId, Way>,
}

impl Calls {
    pub(super) fn add(&mut self, id: CallId, call: Call) {
        self.live.insert(id, call);
    }

    pub(super) fn find(&mut self, id: CallId) -> Option<&mut Call> {
        self.live.get_mut(&id)
    }

    /// Whether the call is there and its caller not gone.
    pub(super) fn is_there(&self, id: CallId) -> bool {
        self.live.get(&id).is_some_and(|call| call.phase != Phase::Gone)
    }

    pub(super) fn has(&self, id: CallId) -> bool {
        self.live.contains_key(&id)
    }

    /// The call, if that stream serves it.
    pub(super) fn served_by(&mut self, id: CallId, attachment: Attachment) -> Option<&mut Call> {
        self.live.get_mut(&id).filter(|call| call.attachment == attachment)
    }

    /// Forgets a call.
    pub(super) fn remove(&mut self, id: CallId) -> Option<Call> {
        self.live.remove(&id)
    }

    /// Remembers by which session a caller came in who is to be called back. Whose is forgotten for it, if there are too many.
    pub(super) fn remember_way_back(&mut self, id: CallId, way: Way) -> Option<CallId> {
        self.ways_back.insert(id, way);
        if self.ways_back.len() > WAYS_BACK_MAX { self.ways_back.pop_first().map(|(oldest, _)| oldest) } else { None }
    }

    /// By which session a caller came in who is to be called back. It stays remembered for the next try.
    pub(super) fn way_back(&self, id: CallId) -> Option<Way> {
        self.ways_back.get(&id).cloned()
    }

    /// Forgets the ways back to calls that are over, and says which.
    pub(super) fn keep_ways_back(&mut self, lives: impl Fn(CallId) -> bool) -> Vec<CallId> {
        let over: Vec<CallId> = self.ways_back.keys().copied().filter(|call| !lives(*call)).collect();
        over.iter().for_each(|call| drop(self.ways_back.remove(call)));
        over
    }
}
