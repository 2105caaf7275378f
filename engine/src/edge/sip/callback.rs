//! Calling a caller back: where, our INVITE, and the caller's leg that its answer makes.

use std::collections::BTreeMap;

use cabrank_core::{CallId, Caller, Declined, Input, LineId, Number, Trust};
use rsipstack::sip::{Auth, Uri};

use super::edge::Edge;
use super::event::{LegId, RingId, TryId};
use super::invite::Target;
use super::leg::{CallerLeg, CallerPhase, Dialled, Ringing, Talk};
use super::sdp::LocalAudio;
use super::trunk::TrunkId;
use crate::media::Codec;

/// Calls whose way in is remembered; beyond it the oldest is forgotten, and called back by the usual way.
const ORIGINS_MAX: usize = 65_536;

/// By which trunk a call came in.
#[derive(Debug, Default)]
pub(super) struct Origins(BTreeMap<CallId, TrunkId>);

impl Origins {
    /// Remembers the way in of a call.
    pub(super) fn note(&mut self, call: CallId, trunk: TrunkId) {
        self.0.insert(call, trunk);
        if self.0.len() > ORIGINS_MAX {
            self.0.pop_first();
        }
    }

    /// The way in of a call, if it is remembered.
    #[must_use]
    pub(super) fn of(&self, call: CallId) -> Option<TrunkId> {
        self.0.get(&call).copied()
    }

    /// Forgets the calls that are over.
    pub(super) fn keep(&mut self, lives: impl Fn(CallId) -> bool) {
        self.0.retain(|call, _| lives(*call));
    }
}

impl Edge {
    /// Calls a caller back.
    pub(super) fn call_back(&mut self, call: CallId, line: LineId, number: Number) {
        self.stop_calling(call);
        if self.try_call_back(call, line, number).is_none() {
            tracing::warn!(%call, "no way to call this caller back: no trunk names `outbound`, or it cannot be used");
            self.desk.tell(Input::CallerUnreached { call, how: Declined::Failed });
        }
    }

    /// The caller is no longer to be called back: who still rings is rung no more.
    pub(super) fn stop_calling(&mut self, call: CallId) {
        if let Some(id) = self.legs.dialling(call) {
            self.give_up_ringing(RingId::Caller(id));
        }
    }

    /// The caller picked up: a caller's leg like any other.
    pub(super) fn caller_picked_up(&mut self, id: TryId, talk: Talk) {
        let Some(Dialled { call, line, caller, ringing: _ }) = self.legs.remove_dialled(id) else { return };
        let leg = CallerLeg {
            line,
            caller,
            hops: super::invite::HOPS,
            talk,
            phase: CallerPhase::CalledBack,
            confirmed: true,
            newest_play: 0,
            with: None,
        };
        self.legs.add_caller(call, leg);
        self.note_changes();
        self.tell_media(LegId::Caller(call));
        self.desk.tell(Input::CallerAnswered { call });
    }

    /// Forgets a caller who was not reached, and closes the media.
    pub(super) fn drop_dialled(&mut self, id: TryId) -> Option<Dialled> {
        let dialled = self.legs.remove_dialled(id)?;
        self.media.close(dialled.ringing.stream);
        Some(dialled)
    }

    fn try_call_back(&mut self, call: CallId, line: LineId, number: Number) -> Option<()> {
        let target = self.way_back(call, &number)?;
        let name = self.line_names.get(usize::from(line.0))?.clone();
        let (stream, addr) = self.media.open(target.own.ip()).ok()?;
        let mut local = LocalAudio::new(addr, rand::random::<u32>().into());
        let body = local.offer(Codec::Pcmu, sdp_types::Direction::SendRecv);
        let invite = self.invite_back(&target, call, &name, body);
        let ringing = Ringing::new(invite.clone(), target.way.clone(), stream, local);
        let profile = self.house.profile(&number);
        let caller = Caller { number: Some(number), trust: Trust::Untrusted, token: None, profile };
        let id = self.new_try();
        self.legs.add_dialled(id, Dialled { call, line, caller, ringing });
        self.transactions.ring(RingId::Caller(id), invite, target.way);
        Some(())
    }

    /// A phone of ours that registered under this name, else through a trunk.
    fn way_back(&self, call: CallId, number: &Number) -> Option<Target> {
        if let Some(target) = self.phones.ids.get(&*number.0).and_then(|agent| self.target_of(*agent)) {
            return Some(target);
        }
        let place = self.trunks.way_out(self.origins.of(call))?;
        self.fixed_target(&addressed(place, number)?)
    }
}

/// The number at a trunk. A user name that may not stand in front of an `@` (RFC 3261 25.1) is not called: it was never
/// one that can be.
fn addressed(place: &Uri, number: &Number) -> Option<Uri> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.!~*'()&=+$,".contains(&b);
    let user = Some(number.0.to_string()).filter(|user| !user.is_empty() && user.bytes().all(plain))?;
    Some(Uri { auth: Some(Auth { user, password: None }), ..place.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_stands_in_front_of_the_trunk_and_nothing_else_does() {
        let place = Uri::try_from("sip:192.0.2.7:5070;transport=tcp").unwrap();
        let at = |number: &str| addressed(&place, &Number(number.into())).map(|uri| uri.to_string());
        assert_eq!(at("+6591234567").as_deref(), Some("sip:+6591234567@192.0.2.7:5070;transport=TCP"));
        assert_eq!(at("alice").as_deref(), Some("sip:alice@192.0.2.7:5070;transport=TCP"));
        for odd in ["", "a@b", "a b", "a\r\nVia: x", "sip:a", "a;b", "a?b", "\u{e9}"] {
            assert_eq!(at(odd), None, "{odd:?}");
        }
    }

    #[test]
    fn the_oldest_way_in_is_forgotten_first() {
        let trunk = super::super::trunk::Trunks::new(vec![super::super::Trunk {
            name: "t".into(),
            from: vec!["10.0.0.0/8".parse().unwrap()],
            trust: super::super::Trust::Trusted,
            outbound: None,
        }]);
        let (id, _) = trunk.of("10.0.0.1".parse().unwrap()).unwrap();
        let mut origins = Origins::default();
        (0..=ORIGINS_MAX as u64).for_each(|call| origins.note(CallId(call), id));
        assert_eq!(origins.of(CallId(0)), None);
        assert_eq!(origins.of(CallId(1)), Some(id));
        origins.keep(|call| call == CallId(7));
        assert_eq!((origins.of(CallId(1)), origins.of(CallId(7))), (None, Some(id)));
    }
}
