//! Calling a caller back: the gateway by which the call came in is told on a stream that we open.

use super::calls::{Attachment, Call, Phase, Way};
use super::connection::serve_call;
use super::edge::{Edge, State};
use super::gateway::to_gateway;
use super::note::{self, Held};
use super::stream::{Outlet, Talk};
use cabrank_core::{CallId, Declined, Input, LineId};
use cabrank_wire::v1::CallBack;
use cabrank_wire::v1::to_gateway::Message as Order;
use std::sync::Arc;
use std::time::Duration;

/// How long a client that has as many streams as it takes may take to have room for one more.
const OPENS_WITHIN: Duration = Duration::from_secs(2);

impl State {
    /// Has a caller called back on a stream that was opened for it.
    pub(super) fn dial(&mut self, way: Way, line: LineId, order: CallBack, outlet: &Arc<Outlet>, attachment: Attachment) {
        let id = CallId(order.call);
        self.desk.keep(note::Call::new(&way, Held::Dialled).note(id));
        outlet.say(&to_gateway(Order::CallBack(order.clone())));
        self.calls.add(id, Call::new(way, line, Phase::Dialled(order), Some(Arc::clone(outlet)), attachment));
    }
}

/// Has a caller called back, or says that nobody is there to do it.
pub(super) async fn call_back(edge: Arc<Edge>, order: CallBack) {
    let call = CallId(order.call);
    if try_call_back(&edge, call, order).await.is_none() {
        tracing::warn!(%call, "no way to call this caller back: the gateway by which the call came in is not there");
        edge.state().desk.tell(Input::CallerUnreached { call, how: Declined::Failed });
    }
}

async fn try_call_back(edge: &Arc<Edge>, id: CallId, order: CallBack) -> Option<()> {
    let (way, session, connection) = {
        let state = edge.state();
        let way = state.calls.way_back(id)?;
        let (session, connection) = state.sessions.way_to(&way)?;
        (way, session, connection)
    };
    let streams = tokio::time::timeout(OPENS_WITHIN, connection.open_bi()).await.ok()?.ok()?;
    let talk = Talk::new(streams, Arc::default(), edge.settings.limits.slow_after);
    let line = edge.lines.get(order.line.as_str()).copied()?;
    let attachment = Attachment(edge.number());
    let way = Way { session, peer: way.peer };
    edge.state().dial(way, line, order, talk.outlet(), attachment);
    tokio::spawn(serve_call(Arc::clone(edge), connection, talk, id, attachment));
    Some(())
}
