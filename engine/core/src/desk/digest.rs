//! The byte form of a desk, and its digest: equal states, equal digests. FNV-1a, 64 bits (Fowler, Noll, Vo; RFC 9923).

use super::Desk;
use super::agent::Agent;
use super::call::{Asked, Call, Hold, Service, Stage, Stand};
use crate::code::{code_enum, code_struct};
use crate::{AgentState, Code, Malformed, Next, Outcome, Pause, Reader, Sink};

impl Desk {
    /// A number that is equal for equal desks, on every machine. What follows from the calls and the agents is left out: lines,
    /// idle agents, alarms.
    pub fn digest(&self) -> u64 {
        let mut hash = Fnv::new();
        self.encode(&mut hash);
        hash.value
    }
}

/// All that a desk is. It goes on from here as the desk would have that it was made of: the same orders, the same digests.
impl Code for Desk {
    fn encode<S: Sink>(&self, sink: &mut S) {
        self.settings.encode(sink);
        self.seed.encode(sink);
        self.now.encode(sink);
        self.draining.encode(sink);
        self.offers_made.encode(sink);
        self.places_given.encode(sink);
        self.calls.encode(sink);
        self.agents.encode(sink);
        self.changes.encode(sink);
        self.known.encode(sink);
        for line_up in &self.line_ups {
            line_up.quoter.encode(sink);
            line_up.warning.encode(sink);
        }
        // Came later: a desk that nobody proved anything to has the form of before.
        if !self.proofs.is_empty() {
            self.proofs.encode(sink);
        }
    }

    /// Hostile bytes are [`Malformed`], as are those of a desk that contradicts itself.
    fn decode(reader: &mut Reader<'_>) -> Result<Desk, Malformed> {
        let mut desk = Desk::new(Code::decode(reader)?, Code::decode(reader)?).map_err(|_| Malformed)?;
        desk.now = Code::decode(reader)?;
        desk.draining = Code::decode(reader)?;
        desk.offers_made = Code::decode(reader)?;
        desk.places_given = Code::decode(reader)?;
        desk.calls = Code::decode(reader)?;
        desk.agents = Code::decode(reader)?;
        desk.changes = Code::decode(reader)?;
        desk.known = Code::decode(reader)?;
        for line_up in &mut desk.line_ups {
            line_up.quoter = Code::decode(reader)?;
            line_up.warning = Code::decode(reader)?;
        }
        if !reader.is_at_end() {
            desk.proofs = Code::decode(reader)?;
        }
        desk.restored()
    }
}

struct Fnv {
    value: u64,
}

impl Fnv {
    const OFFSET_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;

    fn new() -> Fnv {
        Fnv { value: Self::OFFSET_BASIS }
    }
}

impl Sink for Fnv {
    fn put(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.value = (self.value ^ u64::from(*byte)).wrapping_mul(Self::PRIME);
        }
    }
}

code_struct! {
    Call {
        line, caller, offered_at, play, pressed, stage, alarms, stand, agent, service, why, asked, promise,
        offers, estimate, said, callbacks,
    }
    Stand { queue, class, joined_at, since, place, until, told, may_be_called, told_longer }
    Hold { by_caller, by_agent, since }
    Service { connected_at, by, held }
    Asked { service, at, late }
    Agent { state, since, idle_since, occupancy, reachable, off_by_wish, next, misses, last_missed }
}

code_enum! {
    Stage {
        0: Menu { mistakes }, 1: Dispatching { otherwise }, 2: Told { otherwise }, 3: Waiting, 4: Offered(offer),
        5: Talking(offer, hold), 6: Parting(outcome), 7: Left { outcome, ended_at }, 8: Held(agent), 9: Agreeing, 10: Absent,
        11: Dialling, 12: Confirming, 13: Resting, 14: Proving { chosen, wrong },
    }
    Outcome {
        0: ServedInstantly, 1: ServedByAgent, 2: LeftInMenu, 3: Abandoned, 4: WaitedTooLong, 5: Closed, 6: QueueFull,
        7: Refused, 8: CutOff, 9: Joined, 10: CallbackCancelled, 11: CallbackFailed,
    }
    AgentState {
        0: SignedOut, 1: Idle, 2: Offered { offer, call }, 3: Talking { offer, call }, 4: WrapUp { until }, 5: Paused { why },
        6: Unreachable { until },
    }
    Pause { 0: Asked { reason }, 1: Missed { until }, 2: Away }
    Next { 0: Calls, 1: Pause { reason }, 2: SignOut }
}
