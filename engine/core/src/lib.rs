//! The desk: who is served next, by whom, and why. Facts in, orders out; no clock, no I/O, no dependency.
//!
//! A [`Desk`] is one routing domain. It is told what happened ([`Input`], past tense) and says what to do about it
//! ([`Effect`], imperative). It asks nobody anything: what the outside knows travels inside the input, and time is the
//! [`Tick`] handed in with it. Same settings, seed and inputs give the same effects and digest, on every machine.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod caller;
mod code;
mod desk;
mod effect;
mod forms;
mod ids;
mod input;
#[cfg_attr(not(test), expect(dead_code, reason = "the desk's collections become this one next"))]
mod ordered;
mod record;
mod refusal;
mod settings;
mod tick;
mod view;

pub use caller::{Caller, Number, Profile, Trust};
pub use code::{Code, Malformed, Reader, Sink};
pub use desk::{Desk, Outbox};
pub use effect::{Context, Dispatch, Effect, Parting, Refused, Say};
pub use ids::{AgentId, CallId, LineId, OfferId, PlayId, QueueId, ServiceId};
pub use input::{CallerGone, Declined, Digit, DispatchAnswer, DispatchFailure, Input, LegEnd, PhoneLost, Side, Wish};
pub use record::{Amendment, Outcome, Promise, Record, Settled, WhyHuman};
pub use refusal::Refusal;
pub use settings::{Agent, Choice, Closed, Limits, Line, Menu, Queue, Service, Settings, SignIn, Skill};
pub use tick::{Span, Tick};
pub use view::{AgentState, AgentView, CallView, Next, Pause, QueueView, StageView, View};

/// Text that is shared rather than copied: names, reasons, profile fields.
pub type Text = alloc::sync::Arc<str>;
