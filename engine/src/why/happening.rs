//! What can happen to a call, as far as it explains the wait. Names, not ids: settings may change later.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// Something that happened to a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = Happening)]
pub enum Happening {
    /// It came in.
    Offered {
        /// The dialled number, or SIP user part.
        line: String,
    },
    /// The caller pressed a key.
    Pressed {
        /// The key.
        key: String,
    },
    /// The caller keyed in the code that proves who calls, or another one.
    KeyedCode {
        /// Whether it was the right one.
        right: bool,
    },
    /// It joined a queue.
    Joined {
        /// The queue.
        queue: String,
        /// The caller's class there.
        class: String,
        /// The class's hold-time target.
        target_s: u64,
        /// Callers who waited already, and those to be called back.
        waiting_before: u32,
        /// Agents on duty who serve the queue.
        on_duty: u32,
        /// From when the wait counts, where a place was kept.
        #[schema(value_type = Option<String>)]
        place_kept_since: Option<Timestamp>,
        /// Why it goes to a human.
        because: String,
    },
    /// It waits for an agent of the caller's own, who is busy; nobody else is rung.
    HeldFor {
        /// The agent.
        agent: String,
    },
    /// It no longer waits for one agent alone.
    OpenToAll,
    /// The caller was told about the wait.
    Told {
        /// The longest wait to reckon with, if one was named.
        at_most_s: Option<u64>,
        /// Whether a callback was offered.
        callback: bool,
        /// Whether it was said that it takes longer than was said before.
        longer: bool,
    },
    /// A caller who came later was served before.
    Overtaken {
        /// Who came later.
        by: Passed,
        /// The agent whom that caller got.
        agent: String,
        /// This call, at that moment.
        this: Wait,
        /// Why.
        because: Because,
    },
    /// It was this call's turn.
    Chosen {
        /// The agent.
        agent: String,
        /// Whether the caller is called back; else the agent is rung.
        call_back: bool,
        /// Why this agent and this caller: one sentence.
        why: String,
        /// This call, at that moment.
        this: Wait,
        /// Callers who were passed over, and why.
        callers: Vec<(Passed, Because)>,
        /// Agents who were passed over, and why.
        agents: Vec<NotAgent>,
        /// Of both, how many more there were.
        left_out: u64,
    },
    /// An agent was rung and did not take it.
    Missed {
        /// The agent.
        agent: String,
        /// `no_answer`, `busy`, `declined`, `unavailable` or `failed`.
        how: &'static str,
    },
    /// An agent took it.
    Answered {
        /// The agent.
        agent: String,
    },
    /// The agent's leg died; it is in line again, at its place.
    AgentLost {
        /// The agent.
        agent: String,
    },
    /// The agent gave it back to a queue, at its place.
    Returned {
        /// The agent.
        agent: String,
        /// The queue.
        queue: String,
    },
    /// Thresholds of its queue were changed while it waited.
    ThresholdsChanged {
        /// The number of the change.
        number: u64,
        /// Who made it.
        by: String,
        /// Why.
        reason: String,
        /// What, each as `key: before -> after`.
        what: Vec<String>,
    },
    /// The caller asked to be called back.
    CallbackAgreed,
    /// The caller is being called back.
    CalledBack,
    /// The caller picked up.
    CallbackAnswered,
    /// The caller was not reached.
    CallbackUnreached,
    /// The caller is in line again, connected.
    BackOnTheLine,
    /// The engine stopped and started again.
    EngineRestarted,
    /// The call ended.
    Ended {
        /// How.
        outcome: &'static str,
        /// The later call as which it goes on.
        goes_on_as: Option<String>,
    },
}

/// How long somebody has waited, beside the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Wait)]
pub struct Wait {
    /// Whole seconds waited.
    pub waited_s: u64,
    /// The target.
    pub target_s: u64,
    /// The share of the target, in percent.
    pub percent: u64,
}

/// Another caller, as a decision looked at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = OtherCaller)]
pub struct Passed {
    /// The call.
    pub call: String,
    /// Its queue.
    pub queue: String,
    /// Its class there.
    pub class: String,
    /// How long it had waited.
    pub wait: Wait,
}

/// An agent who was passed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = AgentPassedOver)]
pub struct NotAgent {
    /// The agent.
    pub agent: String,
    /// Why.
    pub because: Because,
}

/// Why somebody was passed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "reason", rename_all = "snake_case")]
#[schema(as = Because)]
pub enum Because {
    /// Comes later by the order of service.
    Order {
        /// The order.
        order: &'static str,
    },
    /// The caller chosen has a head start with this agent, who served that caller before.
    OwnAgent,
    /// May be brought together only from then on.
    OpensAt {
        /// The moment.
        #[schema(value_type = String)]
        at: Timestamp,
    },
    /// The agent is kept for callers of that queue.
    KeptFor {
        /// The queue.
        queue: String,
    },
    /// The agent has just missed this caller's ringing.
    JustMissed,
    /// Is to be called back, and as many are being called as agents are idle.
    OthersDialled,
    /// Waited for an agent of the caller's own.
    HeldFor {
        /// The agent.
        agent: String,
    },
    /// Another agent was being rung for this call.
    Ringing {
        /// The agent.
        agent: String,
    },
    /// The caller was just being told of the callback.
    Agreeing,
    /// Was to be called back, and it was not yet the turn.
    Absent,
    /// Was being called back.
    BeingCalled,
    /// Could not be reached, and is left alone for a while.
    Resting,
    /// The agent serves the queue at a worse level.
    WorseLevel,
    /// It was another agent's turn.
    LaterTurn,
    /// The desk gave no reason: a defect.
    Unexplained,
}
