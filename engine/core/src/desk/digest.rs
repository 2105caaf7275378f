//! Equal states, equal digests: FNV-1a, 64 bits (Fowler, Noll, Vo; RFC 9923), over the byte form of the desk.

use super::Desk;
use super::agent::Agent;
use super::call::{Asked, Call, Hold, Place, Stage, Wait};
use super::timers::Timer;
use crate::code::{code_enum, code_newtype, code_struct};
use crate::{AgentState, Code, Next, Outcome, Pause, Sink};

impl Desk {
    /// A number that is equal for equal desks, on every machine. Lines and idle agents are left out: they follow from the
    /// calls and the agents.
    pub fn digest(&self) -> u64 {
        let mut hash = Fnv::new();
        self.settings.encode(&mut hash);
        self.seed.encode(&mut hash);
        self.now.encode(&mut hash);
        self.draining.encode(&mut hash);
        self.offers_made.encode(&mut hash);
        self.places_given.encode(&mut hash);
        self.calls.encode(&mut hash);
        self.agents.encode(&mut hash);
        self.timers.all().encode(&mut hash);
        hash.value
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

code_newtype!(Place);

code_struct! {
    Call { line, caller, offered_at, play, pressed, stage, joined, connected_at, agent, taken_by, why, asked, promise, held, offers }
    Wait { queue, place, until, told }
    Hold { by_caller, by_agent, since }
    Asked { service, at, late }
    Agent { state, since, idle_since, reachable, off_by_wish, next, misses, last_missed }
}

code_enum! {
    Stage {
        0: Menu { mistakes }, 1: Dispatching { otherwise }, 2: Told { otherwise }, 3: Waiting(wait), 4: Offered(wait, offer),
        5: Talking(wait, offer, hold), 6: Parting(outcome), 7: Left { outcome, ended_at },
    }
    Outcome {
        0: ServedInstantly, 1: ServedByAgent, 2: LeftInMenu, 3: Abandoned, 4: WaitedTooLong, 5: Closed, 6: QueueFull,
        7: Refused, 8: CutOff,
    }
    AgentState {
        0: SignedOut, 1: Idle, 2: Offered { offer, call }, 3: Talking { offer, call }, 4: WrapUp { until }, 5: Paused { why },
        6: Unreachable { until },
    }
    Pause { 0: Asked { reason }, 1: Missed { until }, 2: Away }
    Next { 0: Calls, 1: Pause { reason }, 2: SignOut }
    Timer { 0: Stage(call), 1: Comfort(call), 2: Dispatch(call), 3: Ring(offer), 4: Agent(agent) }
}
