//! Where orders go: each to the one room that carries it out.

use crate::edge::Origin;
use crate::filing::InHand;
use crate::in_force::InForce;
use crate::lookup::{Outcome, Tally, Wanted};
use crate::names;
use crate::store::Entry;
use crate::veil::Veil;
use cabrank_core::{CallId, Change, Dispatch, Effect, QueueId, Span};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::mpsc::Sender;

/// The ways out of a lane. They are bounded: a room that falls behind slows the lane, the ring fills, and new calls are told
/// to come back; nothing is lost.
#[derive(Clone, Debug)]
pub struct Outlets {
    /// The SIP edge.
    pub sip: Sender<Effect>,
    /// The QUIC edge, where there is one.
    pub quic: Option<QuicOutlet>,
    /// The fulfilment services.
    pub dispatch: Sender<Box<Dispatch>>,
    /// Who finds out who calls, if anybody does.
    pub look_ups: Option<LookUpOutlet>,
    /// The store of records and changes.
    pub store: Sender<Entry>,
    /// Who is told that a record is on its way there.
    pub in_hand: InHand,
    /// Whoever shows or changes thresholds.
    pub in_force: InForce,
    /// What is between the desk and who calls: lifted from every order but records, which their writer lifts it from.
    pub veil: Veil,
}

/// The way to who finds out who calls.
#[derive(Clone, Debug)]
pub struct LookUpOutlet {
    /// Who is to be found out about.
    pub wanted: Sender<Wanted>,
    /// Whom there was no room for.
    pub tally: Arc<Tally>,
}

/// The way to the QUIC edge.
#[derive(Clone, Debug)]
pub struct QuicOutlet {
    /// Orders about calls that came in there, and copies of those that agents' programs show.
    pub orders: Sender<Effect>,
    /// Whether any agent's program is there to be shown what other edges do.
    pub shows_agents: Arc<AtomicBool>,
}

impl Outlets {
    /// The desk has decided on this; it will be handed on. Whoever looks at the desk from now on sees an ended call no more.
    pub fn expect(&self, effect: &Effect) {
        if let Effect::Write(_) = effect {
            self.in_hand.record_is_coming();
        }
    }

    /// Hands an order on. Called from plain threads only: it may wait for a room that is behind.
    pub fn hand_on(&self, effect: Effect) {
        let effect = self.veil.effect(effect);
        let sent = match effect {
            Effect::LookUp { call, line, number } => {
                self.look_up(Wanted { call, line, number });
                true
            }
            // One that finds no room is given up on by the desk in time: its caller goes to a human.
            Effect::Dispatch(dispatch) => self.dispatch.try_send(dispatch).is_ok(),
            Effect::Write(record) => self.store.blocking_send(Entry::Record(record)).is_ok(),
            Effect::Amend { call, at, amendment } => self.store.blocking_send(Entry::Amendment { call, at, amendment }).is_ok(),
            Effect::Warn { queue, missed_in } => {
                self.warn(queue, missed_in);
                true
            }
            Effect::Note(change) => self.note(change),
            Effect::Announce { call, at } => self.store.blocking_send(Entry::Ride { call, at }).is_ok(),
            Effect::File(filing) => self.store.blocking_send(Entry::Filing(filing)).is_ok(),
            Effect::Refuse { call, .. }
            | Effect::Answer { call }
            | Effect::Say { call, .. }
            | Effect::Music { call, .. }
            | Effect::HangUp { call, .. }
            | Effect::CallBack { call, .. } => self.to_edge(call, effect),
            Effect::StopRinging { call, .. } | Effect::Connect { call, .. } | Effect::Release { call, .. } => {
                self.to_edge_and_programs(call, effect)
            }
            Effect::Ring { ref context, .. } => self.to_edge_and_programs(context.call, effect),
        };
        if !sent {
            tracing::debug!("an order found its room full or closed");
        }
    }

    /// To the edge by which the call came in.
    fn to_edge(&self, call: CallId, effect: Effect) -> bool {
        match (Origin::of(call), &self.quic) {
            (Origin::Sip, _) => self.sip.blocking_send(effect).is_ok(),
            (Origin::Quic, Some(quic)) => quic.orders.blocking_send(effect).is_ok(),
            // Its gateway came in by a door that a new configuration has closed.
            (Origin::Quic, None) => false,
        }
    }

    /// What agents are shown as well, whatever edge carries it out.
    fn to_edge_and_programs(&self, call: CallId, effect: Effect) -> bool {
        if Origin::of(call) != Origin::Quic
            && let Some(quic) = &self.quic
            && quic.shows_agents.load(Ordering::Relaxed)
        {
            // It is shown late rather than the lane held up: the programs ask for their state anew when they fell behind.
            let _ = quic.orders.try_send(effect.clone());
        }
        self.to_edge(call, effect)
    }

    /// No call waits for it, so the lane does not either.
    fn look_up(&self, wanted: Wanted) {
        if let Some(outlet) = &self.look_ups
            && outlet.wanted.try_send(wanted).is_err()
        {
            outlet.tally.count(Outcome::Skipped);
        }
    }

    fn warn(&self, queue: QueueId, missed_in: Option<Span>) {
        let now = self.in_force.now();
        let queue = names::queue(&now.settings, queue);
        match missed_in {
            Some(missed_in) => {
                tracing::warn!(
                    queue,
                    missed_in_s = missed_in.as_secs(),
                    "the target will be missed at this rate; nobody waits too long yet"
                );
            }
            None => tracing::info!(queue, "the target will no longer be missed at this rate"),
        }
    }

    fn note(&self, change: Box<Change>) -> bool {
        self.in_force.note(&change);
        let now = self.in_force.now();
        let queues: Vec<&str> = change.queues.iter().map(|(queue, ..)| names::queue(&now.settings, *queue)).collect();
        tracing::info!(number = change.number, by = %change.by, reason = %change.reason, ?queues, "thresholds changed");
        self.store.blocking_send(Entry::Change(change)).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names;
    use tokio::sync::mpsc::{Receiver, channel};

    struct Rooms {
        outlets: Outlets,
        sip: Receiver<Effect>,
        quic: Receiver<Effect>,
    }

    impl Rooms {
        fn new(shows_agents: bool) -> Rooms {
            let ((to_sip, sip), (orders, quic)) = (channel(8), channel(8));
            let in_force = InForce::new(names::tests::taxi().settings().clone(), 0);
            let shown = QuicOutlet { orders, shows_agents: Arc::new(AtomicBool::new(shows_agents)) };
            let outlets = Outlets {
                sip: to_sip,
                quic: Some(shown),
                dispatch: channel(1).0,
                look_ups: None,
                store: channel(1).0,
                in_hand: InHand::default(),
                in_force,
                veil: Veil::none(),
            };
            Rooms { outlets, sip, quic }
        }

        /// Whether SIP and QUIC are told to release that call's agent.
        fn told(&mut self, call: u64) -> (bool, bool) {
            self.outlets.hand_on(Effect::Release { call: CallId(call), offer: cabrank_core::OfferId(1) });
            (self.sip.try_recv().is_ok(), self.quic.try_recv().is_ok())
        }
    }

    #[test]
    fn an_order_goes_where_the_call_came_in_and_to_programs_that_show_it() {
        let mut alone = Rooms::new(false);
        assert_eq!([alone.told(2), alone.told(3)], [(true, false), (false, true)]);
        let mut shown = Rooms::new(true);
        assert_eq!([shown.told(2), shown.told(3)], [(true, true), (false, true)]);
    }
}
