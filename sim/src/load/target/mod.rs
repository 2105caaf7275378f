//! What is put under load: a desk behind some protocol. Each protocol is one [`Target`]; the callers and agents above it are the
//! same for all.

#[cfg(test)]
pub(super) mod fake;
pub(super) mod quic;
pub(super) mod sip;

use super::clock::Moment;
use std::borrow::Cow;

/// One of our calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallNo(pub u64);

/// One ringing of one of our agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RingNo(pub u64);

/// What a caller or an agent wants done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order<'a> {
    /// Call, showing this number.
    Call(CallNo, &'a str),
    /// Press a key.
    Press(CallNo, char),
    /// Hang up, or give up before the answer. [`What::Over`] follows.
    HangUp(CallNo),
    /// An agent answers.
    Answer(RingNo),
    /// An agent hangs up. [`What::RingOver`] follows.
    LetGo(RingNo),
}

/// What has happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// When it was received.
    pub at: Moment,
    /// What.
    pub what: What,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A call is being made: it comes before anything else about it. How late that is, is our own fault.
    Made(CallNo),
    /// The desk answered a call.
    Answered(CallNo),
    /// The desk served it at once. Only of targets that say so.
    Served(CallNo),
    /// The desk would not take it: it is over.
    Refused(CallNo, Cow<'static, str>),
    /// It is over, whoever hung up.
    Over(CallNo),
    /// Something happened that must not: it is over.
    Failed(CallNo, Cow<'static, str>),
    /// An agent is rung.
    Rung(RingNo, Rung),
    /// The agent's answer is confirmed.
    Connected(RingNo),
    /// It rings no more, or the talk is over.
    RingOver(RingNo),
    /// Something happened to an agent that must not; the ringing, if there was one, is over.
    AgentFailed(Option<RingNo>, Cow<'static, str>),
}

/// Which call it is that an agent is rung for: as well as the target can say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rung {
    /// That one.
    Call(CallNo),
    /// One from this number; and how the desk calls the call, if it says so.
    Number(String, Option<String>),
}

/// A desk to be put under load, with our agents signed in.
pub trait Target {
    /// The present moment of the target's clock.
    fn now(&self) -> Moment;

    /// Does it, at once.
    fn carry_out(&mut self, order: Order<'_>);

    /// Waits until something has happened or until that moment, whichever is first; what has happened is added to `news`.
    fn wait(&mut self, until: Moment, news: &mut Vec<News>);

    /// What the protocol counts: names and numbers, for the report.
    fn counts(&self) -> Vec<(&'static str, u64)> {
        Vec::new()
    }
}
