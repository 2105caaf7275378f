//! TOML in, checked settings out; every fault at once, each with its line.
//!
//! [`parse`] is the only way to a [`Config`], and a `Config` holds nothing that still needs a check: names are ids,
//! lengths of time have units and bounds, each caller has a way to a human. What the file asks for but the engine does
//! not do yet is no fault; it is said in [`Config::notices`].

mod config;
mod fault;
mod hours;
mod read;
mod secret;
mod sip_uri;
mod surroundings;

pub use config::{
    Backend, Config, Denominator, Digest, Http, Identity, Listen, Media, Phone, Reception, ServiceLevel, Sip, Targets, Transport,
    Trunk,
};
pub use fault::{Fault, Faults, Notice};
pub use hours::{Hours, UnreadableHours};
pub use read::parse;
pub use secret::Secret;
pub use sip_uri::{SipUri, UnreadableSipUri};
pub use surroundings::{OnDisk, Surroundings};
