//! What happens, told while it happens: as server-sent events or over a WebSocket, from one ring of events.

use super::agents;
use super::auth::Bearer;
use super::connections::Place;
use super::parts::Query;
use super::pass::{Pass, Stay};
use super::problem::Problem;
use super::server::Api;
use super::socket;
use crate::events::{Event, EventId, Wants};
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Extension, State};
use axum::http::HeaderMap;
use axum::response::sse::{self, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Deserialize;
use std::convert::Infallible;
use std::time::Duration;
use utoipa::{IntoParams, ToSchema};

/// How often a quiet stream says that it is still there.
pub(super) const STILL_THERE: Duration = Duration::from_secs(15);
/// How long a client that lost the stream waits before it comes again.
const COME_AGAIN: Duration = Duration::from_secs(1);

/// Which events.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct WhichEvents {
    /// `board`: the wallboard alone; `call`: calls alone; both if absent.
    kinds: Option<Kinds>,
    /// Of this agent alone, by name: an event whenever he or she is in another state, and nothing else.
    agent: Option<String>,
    /// The last event that was heard, for those who cannot send `Last-Event-ID` (browsers, of a WebSocket).
    last_event_id: Option<String>,
}

/// Kinds of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Kinds {
    /// The wallboard alone.
    Board,
    /// Calls alone.
    Call,
}

/// What happens, as server-sent events, four times a second at the most: `board`, the whole wallboard whenever it has changed; `call`,
/// a call that is now in another state: its id, state, queue and agent. With `agent` there is `agent` alone: an agent who is now in another
/// state, with that state, the call, and whether the phone can be rung; to whom that is told is shown more at the agent's desk.
///
/// With `Last-Event-ID` (or `last_event_id`) the stream goes on after that event, if what came since can still be told; else it begins
/// with the wallboard as it is. A client that reads too slowly is cut off, and comes again; so is, at once, one whose token is taken
/// back or whose session ends.
///
/// Who asks to upgrade to a WebSocket (RFC 6455) is told the same so: each event is a text, `{"id": ..., "event": ..., "data": ...}`.
/// What such a client says is not listened to. It has to answer pings.
#[utoipa::path(
    get,
    path = "/api/v1/events",
    params(WhichEvents, ("Last-Event-ID" = Option<String>, Header, description = "The last event that was heard")),
    responses(
        (status = 101, description = "A WebSocket, if one was asked for"),
        (status = 200, description = "Events; `data` of `board` is a Board", body = String, content_type = "text/event-stream"),
        (status = 401, body = Problem),
        (status = 403, body = Problem, description = "The agent is another one than the token's, or another site's page asks"),
        (status = 404, body = Problem, description = "There is no such agent"),
        (status = 426, body = Problem, description = "A WebSocket was asked for over what cannot become one"),
        (status = 503, body = Problem),
    )
)]
pub(super) async fn follow(
    State(api): State<Api>,
    Extension(bearer): Extension<Bearer>,
    Extension(pass): Extension<Pass>,
    Extension(place): Extension<Place>,
    Query(which): Query<WhichEvents>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    let last = which.last(&headers);
    let wants = which.understood(&api, &bearer)?;
    let upgrade = socket::wanted(&api, &pass, &headers, upgrade)?;
    // Whoever comes first is not shown what was seen when somebody last looked.
    api.show_board().await?;
    let stay = Stay::new(&api, pass, api.events().listen(last, wants));
    Ok(match upgrade {
        Some(upgrade) => socket::tell(upgrade, stay, place),
        None => told(stay),
    })
}

fn told(stay: Stay) -> Response {
    let told = stream::unfold(stay, |mut stay| async move {
        let event = stay.next().await?;
        Some((Ok::<_, Infallible>(as_sse(&event)), stay))
    });
    Sse::new(told).keep_alive(KeepAlive::new().interval(STILL_THERE)).into_response()
}

impl WhichEvents {
    fn last(&self, headers: &HeaderMap) -> Option<EventId> {
        let header = headers.get("last-event-id").and_then(|value| value.to_str().ok());
        header.or(self.last_event_id.as_deref()).and_then(|id| id.parse().ok())
    }

    fn understood(self, api: &Api, bearer: &Bearer) -> Result<Wants, Problem> {
        match (self.kinds, self.agent) {
            (_, Some(agent)) => {
                agents::agent_id(api, &agent)?;
                bearer.may_be(&agent)?;
                Ok(Wants::Agent(agent))
            }
            (Some(Kinds::Board), None) => Ok(Wants::Board),
            (Some(Kinds::Call), None) => Ok(Wants::OnlyCalls),
            (None, None) => Ok(Wants::Calls),
        }
    }
}

fn as_sse(event: &Event) -> sse::Event {
    sse::Event::default().id(event.id.to_string()).event(event.topic.kind().word()).retry(COME_AGAIN).data(&event.data)
}
