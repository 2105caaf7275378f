//! What a desk is made of: its lines, services, queues and agents, already checked.
//!
//! Only what is in force stands here. Prompts, passwords and addresses belong to the edges.

use crate::{QueueId, ServiceId, Span, Text, Thresholds};
use alloc::vec::Vec;

/// One desk's settings. Ids index these lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The desk's name.
    pub name: Text,
    /// What bounds the desk's memory.
    pub limits: Limits,
    /// Dialled numbers; at least one.
    pub lines: Vec<Line>,
    /// Instant services.
    pub services: Vec<Service>,
    /// Queues; at least one, since everything leads to a human.
    pub queues: Vec<Queue>,
    /// Agents.
    pub agents: Vec<Agent>,
}

impl Settings {
    /// The profiles' fields by which callers prove who they are, each once: what they hold is for nobody else to see.
    pub fn code_fields(&self) -> Vec<Text> {
        let choices = self.lines.iter().flat_map(|line| [&line.menu.one, &line.menu.two]).flatten();
        let mut fields: Vec<Text> = choices.filter_map(Choice::proof).map(|proof| proof.field.clone()).collect();
        fields.sort();
        fields.dedup();
        fields
    }
}

/// What bounds the desk's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Calls at once, in whatever state; one more is refused as [`Refused::Full`](crate::Refused::Full).
    pub calls_max: u32,
}

/// A dialled number and what a caller meets there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// E.164 number or bare SIP user part.
    pub number: Text,
    /// What happens outside opening hours.
    pub closed: Closed,
    /// The two options at most.
    pub menu: Menu,
    /// Where 0, silence and mistakes lead: the first queue named.
    pub human: QueueId,
    /// How long after the menu was said silence counts as an answer.
    pub silence: Span,
}

/// What happens outside opening hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// The caller is told so, and the call ends.
    Message,
    /// The caller goes to this queue.
    Queue(QueueId),
}

/// At most two options: a third has no place to stand. With none, the greeting leads straight to a human.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Menu {
    /// What 1 does.
    pub one: Option<Choice>,
    /// What 2 does.
    pub two: Option<Choice>,
}

/// What an option does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Serve at once if caller, profile and number allow; otherwise a human.
    Instant {
        /// What is asked for.
        service: ServiceId,
        /// Where every doubt and failure leads.
        otherwise: QueueId,
        /// How a known caller whose number is in doubt may prove who it is. None: such a caller goes to a human.
        proof: Option<Proof>,
    },
    /// A human.
    Queue(QueueId),
}

/// What a caller proves to be who it is by: something that only this caller knows, keyed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The profile's field that holds it ([`Profile::holds_code`](crate::Profile::holds_code)).
    pub field: Text,
    /// How long the caller may take, once it was asked for.
    pub within: Span,
}

impl Choice {
    /// How a caller whose number is in doubt may prove who it is, if that helps.
    pub fn proof(&self) -> Option<&Proof> {
        match self {
            Choice::Instant { proof, .. } => proof.as_ref(),
            Choice::Queue(_) => None,
        }
    }
}

impl Menu {
    /// What a key does, if it does anything.
    pub fn choice(&self, key: Key) -> Option<&Choice> {
        match key {
            Key::One => self.one.as_ref(),
            Key::Two => self.two.as_ref(),
        }
    }
}

/// The key of one of the two options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// 1
    One,
    /// 2
    Two,
}

/// An instant service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its name.
    pub name: Text,
    /// How long an answer may take before the caller goes to a human.
    pub timeout: Span,
    /// Profile fields without which it is not offered.
    pub needs: Vec<Text>,
}

/// A queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    /// Its name.
    pub name: Text,
    /// What may change while callers wait in it.
    pub thresholds: Thresholds,
}

/// An agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// The agent's name, which is also the SIP user.
    pub name: Text,
    /// What the agent serves. A lower level is better.
    pub skills: Vec<Skill>,
    /// How the agent comes on duty.
    pub sign_in: SignIn,
}

/// One queue that an agent serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Skill {
    /// The queue.
    pub queue: QueueId,
    /// 1 is best.
    pub level: u8,
}

/// How an agent comes on duty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// A phone that registers signs its agent in; one that de-registers signs out.
    WithPhone,
    /// Only by asking (the agent's page, the API).
    OnRequest,
}

impl Agent {
    /// The agent's level for a queue, if the agent serves it.
    pub fn level(&self, queue: QueueId) -> Option<u8> {
        self.skills.iter().filter(|skill| skill.queue == queue).map(|skill| skill.level).min()
    }
}
