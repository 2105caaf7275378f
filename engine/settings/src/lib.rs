//! TOML in, checked settings out; every fault at once, each with its line.
//!
//! [`parse`] is the only way to a [`Config`], and a `Config` holds nothing that still needs a check: names are ids,
//! lengths of time have units and bounds, each caller has a way to a human. What the file asks for but the engine does
//! not do yet is no fault; it is said in [`Config::notices`]. A queue's thresholds alone can be changed later: [`show`] says
//! them under their keys, [`amend`] reads a change of them as the file is read, [`contradictions`] looks at the whole.
//!
//! # Thresholds: the keys of `[[queue]]`
//! Where a key is absent, [`Thresholds::default`](cabrank_core::Thresholds::default) holds.
//!
//! | key | such as | meaning |
//! |---|---|---|
//! | `order` | `"proportional"` | who is first: also `fifo`, `strict-priority`, `head-start`; one for all queues of an agent |
//! | `target` | `"20s"` | hold-time target of callers whose profile names no class |
//! | `class.NAME` | `"40s"` | the same by class; 32 classes at most |
//! | `default_class` | `"visitor"` | the class of whoever has none; `target` has no effect then |
//! | `service_level` | `"80% in 20s"` | what is reported and alerted on; one decimal at most |
//! | `denominator` | `"offered-less-short"` | of what it is a share: also `offered`, `answered`, `answered-and-abandoned-late` |
//! | `short_abandon` | `"5s"` | who hangs up sooner did not really wait |
//! | `agent_order` | `"longest-idle"` | which idle agent of the best level is rung: also `least-occupied` |
//! | `widen` | `[{ after = "30s", level = 2 }]` | who else may take a caller, later; lower levels may from the start |
//! | `overflow` | `{ after = "60s", queue = "other" }` | whose agents help out after a wait |
//! | `reserve` | `1` | idle agents kept from callers of other queues; fewer than the queue has |
//! | `preferred_agent_for` | `"8s"` | how long a caller and the agent who knows them wait for each other; `"0s"`: not |
//! | `keep_place_for` | `"5m"` | how long the place of a caller who was cut off is kept; `"0s"`: not |
//! | `max_waiting` | `500` | callers in line; one more is told so |
//! | `max_wait` | `"30m"` | then the caller is told that nobody came |
//! | `offer_callback_over` | `"3m"` | expected wait from which on a callback is offered; absent or `"0s"`: never |
//! | `callback_retry`, `callback_tries` | `"2m"`, `3` | until the next try, and tries at the most; only with the former |
//! | `quote` | `{ confidence = 0.8, every = "45s" }` | share of quotes to hold, none given without; interval of comfort |
//! | `warn_within` | `"10m"` | warn when the target will be missed so soon; `"0s"`: never |
//! | `ring_for`, `wrap_up` | `"15s"` | how long a phone rings before the next; an agent's time after a call |

mod config;
mod fault;
mod hook;
mod hours;
mod look_up;
mod read;
mod screen_pop;
mod secret;
mod show;
mod sip_uri;
mod store_url;
mod surroundings;

pub use config::{
    Backend, CertificateFiles, Config, Digest, Http, Identity, Journal, Listen, Media, Phone, Proof, Quic, QuicPeer, QuicRole,
    Reception, Records, Sip, Speech, Transport, Trunk, Trust,
};
pub use fault::{Fault, Faults, Notice};
pub use hook::{Event, Hook, SigningKey};
pub use hours::{Hours, UnreadableHours};
pub use look_up::LookUp;
pub use read::{AGENT_ORDERS, DENOMINATORS, amend, contradictions, parse};
pub use rustls_pki_types::CertificateDer;
pub use screen_pop::{ScreenPop, Shown};
pub use secret::Secret;
pub use show::show;
pub use sip_uri::{SipUri, UnreadableSipUri};
pub use store_url::{StoreUrl, UnreadableStoreUrl};
pub use surroundings::{OnDisk, Surroundings, authorities};

/// How a configuration is read, for whatever else is written in TOML: every fault at once, each with its line.
pub mod reading {
    pub use crate::read::{Names, Part, Places, Report, Section, Value, document, is_name, nearest, shown, written};
}
