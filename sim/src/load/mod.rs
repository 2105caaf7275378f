//! Live load: an open-loop generator against a running desk.
//!
//! When callers call is fixed before the first of them does ([`Schedule`]), whatever the desk does; and every latency is measured
//! from the moment at which its call was due, not from when we came to make it. A desk that stalls for a second, or a generator
//! that cannot keep up, therefore shows in the percentiles (no coordinated omission), and the generator's own lateness stands
//! beside them.
//!
//! [`perform`] lives a [`Plan`] through against a [`Target`]; what it came to are [`Figures`].

mod address;
mod agents;
mod bounds;
mod caller;
mod clock;
mod cpu;
mod figures;
mod limit;
mod people;
mod plan;
mod report;
mod schedule;
mod stage;
mod target;

pub use address::{Address, AddressFault};
pub use bounds::Bounds;
pub use clock::Moment;
pub use cpu::cpu_time;
pub use figures::{Bin, Figures, Latency, Lengths, Outcome};
pub use limit::{Found, Search, Verdict, search};
pub use people::People;
pub use plan::Plan;
pub use report::{LoadReport, Setting, Shares, Step};
pub use schedule::{Phase, Schedule};
pub use stage::{Numbers, Onlooker, Performed, perform};
pub use target::quic::{QuicFault, QuicPlan, QuicTarget};
pub use target::sip::{Account, Audio, SipFault, SipPlan, SipTarget};
pub use target::{CallNo, News, Order, RingNo, Rung, Target, What};
