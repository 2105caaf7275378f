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
mod decision;
mod desk;
mod effect;
mod forms;
mod ids;
mod input;
mod keys;
mod matter;
mod order;
mod ordered;
mod quote;
mod record;
mod refusal;
mod settings;
mod thresholds;
mod tick;
mod view;

pub use caller::{Attestation, Caller, Flaw, KnownBy, Masked, Number, Profile, Trust};
pub use code::{Code, Form, Malformed, Reader, Sink};
pub use decision::{Candidate, Decision, NotRung, NotServed, PassedOver, Step, Why};
pub use desk::{Desk, Outbox, PlaceInLine};
pub use effect::{Context, Dispatch, Effect, Parting, Prospect, Refused, Say};
pub use ids::{AgentId, CallId, CaseId, ClassId, LineId, OfferId, Place, PlayId, QueueId, ServiceId};
pub use input::{CallerGone, Declined, Digit, DispatchAnswer, DispatchFailure, Input, LegEnd, PhoneLost, Side, Wish};
pub use keys::Keys;
pub use matter::{CaseKind, CaseWord, Escalation, Filing, FollowUp, Matter, RecordWord};
pub use order::{Order, Standing};
pub use quote::{Ahead, Estimate, LEVELS, Quoter};
pub use record::{Amendment, Change, Outcome, Promise, Record, Said, Settled, WhyHuman};
pub use refusal::Refusal;
pub use settings::{Agent, Choice, Closed, Limits, Line, Menu, Queue, Service, Settings, SignIn, Skill};
pub use thresholds::{
    AgentOrder, CallbackTerms, Class, Denominator, Overflow, Permille, Quoting, ServiceLevel, Thresholds, Widening,
};
pub use tick::{Span, Tick};
pub use view::{AgentState, AgentView, CallView, Next, Pause, QueueView, StageView, View};

/// Text that is shared rather than copied: names, reasons, profile fields.
pub type Text = alloc::sync::Arc<str>;
