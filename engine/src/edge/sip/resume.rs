//! After a restart: the legs that were noted stand again, and the desk is told which of those it believes in do not.
//!
//! A leg that the desk no longer believes in (its end was journalled, but its BYE may not have left) is ended. What stands
//! again keeps its port, dialog and latch; its far end hears a new source, for nothing is known of where the old one's
//! sequence ended (RFC 3550 8.1).

use std::collections::BTreeMap;
use std::sync::Arc;

use cabrank_core::{AgentId, AgentState, CallId, CallView, Declined, Input, LegEnd, OfferId, StageView, View};
use prost::Message as _;
use rsipstack::sip::{Method, StatusCode};

use super::dialog::Dialog;
use super::edge::Edge;
use super::event::{LegId, RingId};
use super::ingress::{check_offer, check_session};
use super::leg::{AgentLeg, AgentPhase, CallerLeg, CallerPhase, Dialled, Exchange, Offered, Ringing, Session, Talk};
use super::note::{self, Described, Key, request};
use super::registrar::Binding;
use super::reply::Reply;
use super::sdp::LocalAudio;
use super::session_timer::{Refresher, SessionTimer};
use super::settings::Phone;
use super::transactions::{Taken, Way};
use crate::edge::{Left, Origin};
use crate::lane::{leg_lost, unix_micros_now};

/// Within which a session that is ours to refresh is refreshed, in milliseconds: its time may be nearly over, and not all
/// at once.
const REFRESH_WITHIN_MS: u64 = 20_000;

/// What the desk believes in.
struct Beliefs<'v> {
    calls: BTreeMap<CallId, &'v CallView>,
    offers: BTreeMap<OfferId, (CallId, bool)>,
}

impl Edge {
    /// Puts up again what a restart has left, and reports the phones that are where they were.
    pub(super) fn resume(&mut self, left: &Left) {
        let beliefs = Beliefs::of(&left.view);
        for (key, state) in left.notes.iter() {
            let Some(key) = Key::read(key) else { continue };
            self.stands(key.clone());
            if self.resume_noted(&key, state, &beliefs).is_none() {
                tracing::info!(?key, "what was noted before the restart cannot go on");
                self.note_gone(&key);
            }
        }
        // With new numbers, so that the next restart leaps from there.
        for key in self.legs.take_touched() {
            self.note(key, true);
        }
        self.end_unbelieved(&beliefs);
        self.tell_of_callers(&left.view);
        self.tell_of_agents(&beliefs);
        self.tell_of_phones(left);
        self.note_changes();
    }

    fn resume_noted(&mut self, key: &Key, state: &[u8], beliefs: &Beliefs<'_>) -> Option<()> {
        match key {
            Key::Caller(call) => self.resume_caller(*call, note::Caller::decode(state).ok()?, beliefs),
            Key::Agent(offer) => self.resume_agent(*offer, note::Agent::decode(state).ok()?, beliefs),
            Key::Dialled(call) => self.resume_dialled(*call, &note::Ringing::decode(state).ok()?, beliefs),
            Key::Phone(name) => self.resume_phone(name, note::Phone::decode(state).ok()?),
        }
    }

    fn resume_caller(&mut self, call: CallId, noted: note::Caller, beliefs: &Beliefs<'_>) -> Option<()> {
        if let Some(invited) = noted.invited {
            return self.resume_invited(call, noted.hops, &invited, beliefs);
        }
        let phase = if noted.called_back { CallerPhase::CalledBack } else { CallerPhase::Answered };
        let talk = self.resume_talk(&noted.talk?)?;
        self.add_resumed(call, noted.hops, talk, phase, beliefs);
        self.tell_media_anew(LegId::Caller(call));
        Some(())
    }

    /// The INVITE is taken once more, as it came; our answer goes out again once the desk's belief is known.
    fn resume_invited(&mut self, call: CallId, hops: u32, noted: &note::Invited, beliefs: &Beliefs<'_>) -> Option<()> {
        let invite = request(&noted.invite)?;
        let path = self.wire.sockets.path(noted.path.as_ref()?)?;
        let own = self.wire.sockets.own_addr(path.transport(), path.addr);
        let dialog = Dialog::as_server(&invite, &noted.tag, path.clone(), own).ok()?;
        let (offer, session) = (check_offer(&invite).ok()?, check_session(&invite).ok()?);
        let mut local = LocalAudio::resumed(noted.local.as_ref()?)?;
        let stream = self.media.reopen(local.addr()).ok()?;
        let reply = Reply::to(&invite, &noted.tag);
        let age_ms = (unix_micros_now() / 1_000).saturating_sub(noted.at_ms);
        let young = age_ms < self.limits.t1_ms * 64;
        let taken = if young { self.transactions.take(invite, path) } else { Taken::Nothing };
        let (phase, remote) = match (taken, &offer) {
            (Taken::New(tx), _) => {
                self.transactions.watch(tx.id(), LegId::Caller(call), Some(&noted.tag));
                (
                    CallerPhase::Offered(Box::new(Offered {
                        reply,
                        transaction: tx.id(),
                        offer,
                        session,
                        since_ms: self.now_ms(),
                    })),
                    None,
                )
            }
            // Long ago: it was acknowledged, or the leg would be gone.
            (_, Some(offer)) => {
                local.answer(offer);
                (CallerPhase::Answered, Some(offer.audio))
            }
            (_, None) => {
                self.media.close(stream);
                return None;
            }
        };
        let session = self.session_anew(session, false);
        let talk = Talk { dialog, stream, local, remote, latched: None, exchange: Exchange::Idle, session };
        self.add_resumed(call, hops, talk, phase, beliefs);
        self.tell_media_anew(LegId::Caller(call));
        Some(())
    }

    fn add_resumed(&mut self, call: CallId, hops: u32, talk: Talk, phase: CallerPhase, beliefs: &Beliefs<'_>) {
        let believed = beliefs.calls.get(&call);
        let line = believed.map_or(cabrank_core::LineId(0), |view| view.line);
        let caller = believed.map_or_else(cabrank_core::Caller::unknown, |view| view.caller.clone());
        let confirmed = !matches!(phase, CallerPhase::Offered(_));
        let leg = CallerLeg { line, caller, hops, talk, phase, confirmed, newest_play: 0, with: None };
        if let Some((trunk, _)) = self.trunks.of(leg.talk.dialog.path.ip()) {
            self.origins.note(call, trunk);
        }
        self.legs.add_caller(call, leg);
    }

    fn resume_agent(&mut self, offer: OfferId, noted: note::Agent, beliefs: &Beliefs<'_>) -> Option<()> {
        let call = CallId(noted.call);
        let number = beliefs.calls.get(&call).and_then(|view| view.caller.number.clone());
        if let Some(talk) = &noted.talk {
            let talk = self.resume_talk(talk)?;
            self.legs.add_agent(offer, AgentLeg { call, number, phase: AgentPhase::Talking(Box::new(talk)) });
            self.tell_media_anew(LegId::Agent(offer));
            return Some(());
        }
        let ringing = self.resume_ringing(&noted.ringing?)?;
        let (invite, way) = (ringing.invite.clone(), ringing.way.clone());
        self.legs.add_agent(offer, AgentLeg { call, number, phase: AgentPhase::Ringing(Box::new(ringing)) });
        self.transactions.ring(RingId::Agent(offer), invite, way);
        Some(())
    }

    fn resume_dialled(&mut self, call: CallId, noted: &note::Ringing, beliefs: &Beliefs<'_>) -> Option<()> {
        let ringing = self.resume_ringing(noted)?;
        let (invite, way) = (ringing.invite.clone(), ringing.way.clone());
        let believed = beliefs.calls.get(&call);
        let line = believed.map_or(cabrank_core::LineId(0), |view| view.line);
        let caller = believed.map_or_else(cabrank_core::Caller::unknown, |view| view.caller.clone());
        let id = self.new_try();
        self.legs.add_dialled(id, Dialled { call, line, caller, ringing });
        self.transactions.ring(RingId::Caller(id), invite, way);
        Some(())
    }

    fn resume_ringing(&mut self, noted: &note::Ringing) -> Option<Ringing> {
        let local = LocalAudio::resumed(noted.local.as_ref()?)?;
        let stream = self.media.reopen(local.addr()).ok()?;
        let ringing = Ringing::resumed(noted, &self.wire.sockets, stream);
        if ringing.is_none() {
            self.media.close(stream);
        }
        ringing
    }

    fn resume_phone(&mut self, name: &Arc<str>, noted: note::Phone) -> Option<()> {
        let (name, _) = self.phones.ids.get_key_value(name)?;
        let (now_ms, registrar) = (self.now_ms(), &self.phones.registrar);
        let binding = Binding::resumed(noted, &self.wire.sockets, now_ms, registrar.longest_ms())?;
        let name = name.clone();
        self.phones.registrar.resume(&name, binding);
        Some(())
    }

    /// A leg with a dialog and its media. Without a port the other side is told that it is over.
    fn resume_talk(&mut self, noted: &note::Talk) -> Option<Talk> {
        let described = Described::read(noted)?;
        let mut dialog = Dialog::resumed(noted.dialog.clone()?, &self.wire.sockets)?;
        let Ok(stream) = self.media.reopen(described.local.addr()) else {
            let bye = dialog.request(Method::Bye, Vec::new(), Vec::new());
            let path = dialog.path.towards(dialog.next_hop());
            self.transactions.tell(bye, Way::Open(path));
            return None;
        };
        let session = self.session_anew(described.session, described.asks);
        Some(note::talk(dialog, stream, described, session))
    }

    /// Since when the other side has waited is not noted: it gets its whole time again, and hears of us soon.
    fn session_anew(&self, agreed: Option<SessionTimer>, asks: bool) -> Session {
        let soon = || rand::random_range(0..REFRESH_WITHIN_MS);
        let due_ms = match agreed {
            Some(timer @ SessionTimer { refresher: Refresher::Us, .. }) => Some(soon().min(timer.due_ms())),
            Some(timer) => Some(timer.due_ms()),
            None => asks.then(soon),
        };
        Session { agreed, due_ms: due_ms.map(|due_ms| self.now_ms() + due_ms) }
    }

    /// Where a leg's audio goes, and from where it is expected.
    fn tell_media_anew(&mut self, leg: LegId) {
        self.tell_media(leg);
        let Some(talk) = self.legs.talk(leg) else { return };
        if let Some(latched) = talk.latched {
            let stream = talk.stream;
            self.order_media(self.media.expect_from(stream, latched.from));
        }
    }

    /// Ends what the desk no longer believes in: its order was given, and may have been lost.
    fn end_unbelieved(&mut self, beliefs: &Beliefs<'_>) {
        for leg in self.legs.all() {
            match leg {
                LegId::Caller(call) if !beliefs.has_caller(call) => self.end_stale_caller(call),
                LegId::Agent(offer) if !beliefs.offers.contains_key(&offer) => self.end_agent(offer),
                LegId::Caller(_) | LegId::Agent(_) => {}
            }
        }
        for id in self.legs.all_dialled() {
            let called = self.legs.dialled_as(id).is_some_and(|dialled| beliefs.is_called_back(dialled.call));
            if !called {
                self.give_up_ringing(RingId::Caller(id));
            }
        }
    }

    /// Whether the 200 had left is not known: who waits for an answer gets a refusal, who had one gets a BYE.
    fn end_stale_caller(&mut self, call: CallId) {
        let Some(mut leg) = self.drop_caller(call) else { return };
        if let CallerPhase::Offered(offered) = &leg.phase {
            let refusal = offered.reply.bare(StatusCode::ServiceUnavailable, Vec::new());
            self.transactions.respond(offered.transaction, &refusal);
        }
        self.bye(&mut leg.talk);
    }

    fn tell_of_callers(&mut self, view: &View) {
        for CallView { call, stage, .. } in view.calls.iter().filter(|view| Origin::of(view.call) == Origin::Sip) {
            let call = *call;
            let there = self.legs.has_caller(call);
            if there {
                self.answer_call(call);
            }
            match (stage.has_leg(), *stage == StageView::CalledBack) {
                (true, _) if there => self.desk.tell(Input::CallResumed { call }),
                (false, true) if there => {
                    // Picked up, whether the desk had heard of it or not.
                    self.desk.tell(Input::CallerAnswered { call });
                    self.desk.tell(Input::CallResumed { call });
                }
                (false, true) if self.legs.dialling(call).is_some() => {}
                (true, _) | (false, _) => leg_lost(call, *stage).into_iter().for_each(|fact| self.desk.tell(fact)),
            }
        }
    }

    fn tell_of_agents(&mut self, beliefs: &Beliefs<'_>) {
        for (offer, (_, talking)) in &beliefs.offers {
            let offer = *offer;
            let rings = self.legs.ringing(RingId::Agent(offer)).is_some();
            match (self.legs.has_agent(offer), rings, *talking) {
                (true, true, false) | (true, false, true) => {}
                (true, false, false) => self.desk.tell(Input::AgentAnswered { offer }),
                (true, true, true) => {
                    self.end_agent(offer);
                    self.desk.tell(Input::AgentHungUp { offer, how: LegEnd::Lost });
                }
                (false, _, false) => self.desk.tell(Input::AgentDeclined { offer, how: Declined::Failed }),
                (false, _, true) => self.desk.tell(Input::AgentHungUp { offer, how: LegEnd::Lost }),
            }
        }
    }

    /// Phones are where they were: the registered ones until they lapse, those at fixed addresses for ever.
    fn tell_of_phones(&mut self, left: &Left) {
        let now_ms = self.now_ms();
        for (index, phone) in self.phones.agents.iter().enumerate() {
            let there = match phone.phone {
                Phone::Registers { .. } => self.phones.registrar.binding(&phone.name, now_ms).is_some(),
                Phone::Fixed { .. } => true,
                Phone::Nowhere => false,
            };
            let agent = AgentId(u32::try_from(index).unwrap_or(u32::MAX));
            match (there, left.idle.contains(&agent)) {
                (true, true) => self.desk.tell(Input::PhoneResumed { agent }),
                (true, false) => self.desk.tell(Input::PhoneReached { agent }),
                (false, _) => {}
            }
        }
    }
}

impl Beliefs<'_> {
    fn of(view: &View) -> Beliefs<'_> {
        let ours = |call: CallId| Origin::of(call) == Origin::Sip;
        let calls = view.calls.iter().filter(|view| ours(view.call)).map(|view| (view.call, view)).collect();
        let offers = view.agents.iter().filter_map(|agent| match agent.state {
            AgentState::Offered { offer, call } => Some((offer, (call, false))),
            AgentState::Talking { offer, call } => Some((offer, (call, true))),
            AgentState::SignedOut
            | AgentState::Idle
            | AgentState::WrapUp { .. }
            | AgentState::Paused { .. }
            | AgentState::Unreachable { .. } => None,
        });
        Beliefs { calls, offers: offers.filter(|(_, (call, _))| ours(*call)).collect() }
    }

    /// Who is being called back has a leg once it was picked up.
    fn has_caller(&self, call: CallId) -> bool {
        self.calls.get(&call).is_some_and(|view| view.stage.has_leg() || view.stage == StageView::CalledBack)
    }

    fn is_called_back(&self, call: CallId) -> bool {
        self.calls.get(&call).is_some_and(|view| view.stage == StageView::CalledBack)
    }
}
