//! Messages to other systems that nobody took.

use super::auth::Bearer;
use super::parts::{Body, Query};
use super::problem::Problem;
use super::server::Api;
use crate::epoch::timestamp;
use crate::store::Message;
use axum::Json;
use axum::extract::{Extension, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Messages in one answer, unless more are asked for.
const COUNT: u32 = 100;
/// Messages in one answer at the most.
const COUNT_MAX: u32 = 1_000;

/// A message that nobody took, however often it was sent.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DeadMessage {
    /// Its id, the `webhook-id` that it was sent with.
    id: String,
    /// The webhook's name.
    webhook: String,
    /// What happened.
    #[schema(example = "call.ended")]
    event: &'static str,
    /// The id of the call or the case that it happened to.
    subject: String,
    /// When it happened; RFC 3339.
    at: String,
    /// How often it was sent.
    attempts: u32,
    /// Why it was in vain the last time.
    failure: Option<String>,
}

/// Dead messages, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DeadList {
    /// The messages.
    messages: Vec<DeadMessage>,
    /// Whether there are more than these.
    more: bool,
}

/// How many.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// At most so many; 100 if absent, 1,000 at the most.
    limit: Option<u32>,
}

/// Which dead messages are sent anew: all of them if nothing is named.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Again {
    /// Those to this webhook.
    webhook: Option<String>,
    /// The one of this id.
    id: Option<String>,
}

/// What is sent anew.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SentAgain {
    /// How many messages.
    messages: u64,
}

/// Messages that nobody took, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/webhooks/dead",
    params(Which),
    responses((status = 200, body = DeadList), (status = 400, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn dead(State(api): State<Api>, Query(which): Query<Which>) -> Result<Json<DeadList>, Problem> {
    let limit = which.limit.unwrap_or(COUNT);
    if !(1..=COUNT_MAX).contains(&limit) {
        return Err(Problem::new(StatusCode::BAD_REQUEST, format!("`limit` is 1 to {COUNT_MAX}.")));
    }
    let mut found = api.store().dead_messages(limit.saturating_add(1)).await?;
    let count_max = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > count_max;
    found.truncate(count_max);
    Ok(Json(DeadList { messages: found.into_iter().map(DeadMessage::from).collect(), more }))
}

/// Sends dead messages anew, with the ids that they had. For administrators.
#[utoipa::path(
    post,
    path = "/api/v1/webhooks/dead:send",
    request_body = Again,
    responses((status = 200, body = SentAgain), (status = 403, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn send_again(
    State(api): State<Api>,
    Extension(bearer): Extension<Bearer>,
    Body(again): Body<Again>,
) -> Result<Json<SentAgain>, Problem> {
    bearer.may_send_again()?;
    let now = jiff::Timestamp::now().as_microsecond();
    let (webhook, id) = (again.webhook.unwrap_or_default(), again.id.unwrap_or_default());
    Ok(Json(SentAgain { messages: api.store().send_again(&webhook, &id, now).await? }))
}

impl From<Message> for DeadMessage {
    fn from(message: Message) -> Self {
        DeadMessage {
            id: message.id,
            webhook: message.hook,
            event: message.event.word(),
            subject: message.subject,
            at: timestamp(message.happened_at).to_string(),
            attempts: message.attempts,
            failure: message.failure,
        }
    }
}
