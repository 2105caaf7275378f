//! What let somebody in, who may stay for long: as soon as it is taken away, he or she is shown the door.

use super::server::Api;
use super::sessions::Session;
use crate::events::{Event, Listener};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Interval, interval};

/// How often it is looked at by itself: sessions end with time, too.
const LOOKED_AT_EVERY: Duration = Duration::from_secs(30);

/// What let somebody in.
#[derive(Clone, Debug)]
pub(super) enum Pass {
    /// The token of that digest.
    Token(String),
    /// A cookie.
    Session(Session),
}

/// Somebody who listens, as long as the pass is good.
pub(super) struct Stay {
    api: Api,
    pass: Pass,
    listener: Listener,
    taken_away: watch::Receiver<()>,
    looks: Interval,
}

impl Pass {
    /// Whether it still lets anybody in.
    fn is_good(&self, api: &Api) -> bool {
        match self {
            Pass::Token(digest) => api.tokens().holder(digest).is_some(),
            Pass::Session(session) => api.sessions().is_open(session) && api.tokens().holder(&session.token).is_some(),
        }
    }
}

impl Stay {
    /// Whoever came in with that pass listens from now on.
    pub(super) fn new(api: &Api, pass: Pass, listener: Listener) -> Stay {
        let (taken_away, looks) = (api.taken_away().subscribe(), interval(LOOKED_AT_EVERY));
        Stay { api: api.clone(), pass, listener, taken_away, looks }
    }

    /// The next event; nothing once the engine ends, what comes next is gone, or the pass is good no more.
    pub(super) async fn next(&mut self) -> Option<Arc<Event>> {
        loop {
            tokio::select! {
                biased;
                _ = self.taken_away.changed() => {}
                _ = self.looks.tick() => {}
                event = self.listener.next() => return event,
            }
            if !self.pass.is_good(&self.api) {
                return None;
            }
        }
    }
}
