//! Names for things, each its own type, so that one cannot be taken for another.

use core::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident($raw:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub $raw);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id!(
    /// A line: its place in [`Settings::lines`](crate::Settings::lines).
    LineId(u16)
);
id!(
    /// A service: its place in [`Settings::services`](crate::Settings::services).
    ServiceId(u16)
);
id!(
    /// A queue: its place in [`Settings::queues`](crate::Settings::queues).
    QueueId(u16)
);
id!(
    /// A class of callers: its place in [`Thresholds::classes`](crate::Thresholds::classes) of its queue.
    ClassId(u8)
);
id!(
    /// A place in line, lower is earlier, over all queues. The desk counts them; none is given twice.
    Place(u64)
);
id!(
    /// An agent: its place in [`Settings::agents`](crate::Settings::agents).
    AgentId(u32)
);
id!(
    /// One ringing of one agent for one call. The desk counts them; none is used twice.
    OfferId(u64)
);
id!(
    /// One thing said to one caller; [`Input::PromptEnded`](crate::Input::PromptEnded) names it.
    PlayId(u32)
);

/// A call, unique for ever: it is also the idempotency key of what is dispatched for it.
/// Chosen by the edge that met the call. Written as sixteen hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub u64);

/// A customer's case, unique for ever. Chosen by whoever opens it. Written as sixteen hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseId(pub u64);

macro_rules! sixteen_digits {
    ($($name:ident),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:016x}", self.0)
            }
        }

        impl core::str::FromStr for $name {
            type Err = core::num::ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                u64::from_str_radix(text, 16).map($name)
            }
        }
    )*};
}
sixteen_digits!(CallId, CaseId);
