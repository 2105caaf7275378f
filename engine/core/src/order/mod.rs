//! The order of service: of two callers whom a free agent could serve, who comes first.
//!
//! A policy is one file with one function `compare`, and one line in the registry below; the suite, the simulator and the
//! benches run over [`Order::ALL`]. What a policy must keep to: at every moment its answer is a total order, and of two
//! callers with the same target who do not wait for a callback or an agent of their own, the one who came first is first.
//! The desk relies on it: it looks at the first of each class alone.

use crate::code::code_enum;
use crate::{Place, Span, Tick};
use core::cmp::Ordering;

/// Where a caller stands, as far as an order of service may look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// When the caller joined; a place kept through a redial or a callback keeps its moment.
    pub since: Tick,
    /// Who came first of two who joined at the same moment.
    pub place: Place,
    /// The hold-time target of the caller's queue and class; more than nothing.
    pub target: Span,
    /// The longest wait of the queue.
    pub max_wait: Span,
    /// What an agent of the caller's own adds to the time waited.
    pub head_start: Span,
}

impl Standing {
    /// How long the caller has waited at `now`, the head start included.
    pub fn waited(&self, now: Tick) -> Span {
        now.since(self.since).plus(self.head_start)
    }

    /// Whether this caller came before that one.
    pub fn came_before(&self, other: &Standing) -> bool {
        (self.since, self.place) < (other.since, other.place)
    }

    fn by_arrival(&self, other: &Standing) -> Ordering {
        let arrival = |standing: &Standing| (standing.since, standing.place);
        arrival(self).cmp(&arrival(other))
    }
}

macro_rules! registry {
    ($($(#[$doc:meta])* $tag:literal: $order:ident, $file:ident, $name:literal;)*) => {
        $(mod $file;)*

        /// An order of service. All queues that share an agent have the same one.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Order {
            $($(#[$doc])* $order,)*
        }

        impl Order {
            /// Every order there is.
            pub const ALL: &[Order] = &[$(Order::$order),*];

            /// Its name in the configuration.
            pub const fn name(self) -> &'static str {
                match self { $(Order::$order => $name,)* }
            }

            /// Which of two callers comes first at `now`: `Less` if the one named first does.
            #[inline]
            pub fn compare(self, one: &Standing, other: &Standing, now: Tick) -> Ordering {
                match self { $(Order::$order => $file::compare(one, other, now),)* }
            }
        }

        code_enum! { Order { $($tag: $order),* } }
    };
}

registry! {
    /// The greatest share of the target waited first (accumulating priority with rate 1/target: Kleinrock 1964;
    /// Stanford, Taylor, Ziedins 2014).
    #[default]
    0: Proportional, proportional, "proportional";
    /// First come, first served, whatever the class.
    1: Fifo, fifo, "fifo";
    /// The shortest target first, whatever the wait (Cobham 1954); but whoever has waited half of the longest wait comes
    /// before all who have not, so that nobody starves.
    2: StrictPriority, strict_priority, "strict-priority";
    /// Whose target runs out first (earliest due date first): a shorter target is a head start of a fixed length.
    3: HeadStart, head_start, "head-start";
}

impl Order {
    /// The order of that name.
    pub fn named(name: &str) -> Option<Order> {
        Order::ALL.iter().copied().find(|order| order.name() == name)
    }
}
