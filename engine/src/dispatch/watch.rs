//! The desk's time as the dispatcher sees it: the newest tick it was told, and what has passed since.

use cabrank_core::{Span, Tick};
use std::time::Duration;
use tokio::time::Instant;

/// The newest tick, and when it was seen.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Watch {
    seen: Option<(Tick, Instant)>,
}

impl Watch {
    /// Sets the watch by a tick of now. One that is behind (an order that had to wait) does not set it back.
    pub(super) fn saw(&mut self, tick: Tick) {
        if self.seen.is_none() || tick > self.now() {
            self.seen = Some((tick, Instant::now()));
        }
    }

    /// The present tick; the first of all before any was seen.
    pub(super) fn now(&self) -> Tick {
        self.seen.map_or(Tick(0), |(tick, at)| tick.plus(span(at.elapsed())))
    }

    /// Waits for a tick, if there is one to wait for; else for ever.
    pub(super) fn until(&self, tick: Option<Tick>) -> impl Future<Output = ()> + use<> {
        let left = tick.map(|tick| Duration::from_micros(tick.since(self.now()).0));
        async move {
            match left {
                Some(left) => tokio::time::sleep(left).await,
                None => std::future::pending().await,
            }
        }
    }
}

fn span(duration: Duration) -> Span {
    Span(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX))
}
