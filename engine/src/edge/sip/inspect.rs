//! What comes by a stream, taken from the library before its own transactions see it.

use std::time::Instant;

use async_trait::async_trait;
use rsipstack::transaction::endpoint::TransportEventInspector;
use rsipstack::transport::TransportEvent;
use tokio::sync::mpsc::Sender;

use super::event::{Arrival, Event};
use super::path::Path;

/// Hands every message on to the edge; the library's transactions never see one.
pub(super) struct Inspector {
    /// The edge.
    pub events: Sender<Event>,
}

#[async_trait]
impl TransportEventInspector for Inspector {
    async fn handle(&self, event: TransportEvent) -> Option<TransportEvent> {
        let TransportEvent::Incoming(message, connection, _) = event else { return Some(event) };
        if let Some(path) = Path::back(&connection) {
            // A full queue makes the streams wait. The edge is gone only when the engine stops.
            let _ = self.events.send(Event::Arrived(Box::new(Arrival { message, path, behind_since: Instant::now() }))).await;
        }
        None
    }
}
