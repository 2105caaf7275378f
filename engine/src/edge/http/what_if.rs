//! What other thresholds would make of today.

use super::auth::Bearer;
use super::parts::Body;
use super::problem::Problem;
use super::queues::find;
use super::server::Api;
use crate::foresight::{Foreseen, Foresight, Question};
use crate::in_force::{InForce, Now};
use crate::store::Store;
use crate::thresholds::{Keys, contradictions};
use crate::tuning::{self, Untuned};
use axum::Json;
use axum::extract::{Extension, State};
use cabrank_core::{Change, QueueId, Settings, Thresholds};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// The one window there is.
const TODAY: &str = "today";

/// What is asked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WhatIf)]
pub(super) struct WhatIfAsked {
    /// By the names of queues: keys of `[[queue]]` in the configuration and other values, as they would stand there. What is not named
    /// stays as it is in force.
    #[schema(value_type = Object, example = json!({"booking": {"target": "30s"}}))]
    set: BTreeMap<String, Keys>,
    /// `today`, which may be left out: since midnight in the desk's timezone; while fewer than 100 callers stood in line since then, the
    /// last 24 hours.
    #[schema(example = "today")]
    window: Option<String>,
}

/// What other thresholds would make of today. Today is lived through under the thresholds in force, all day long, and under the others:
/// with the same seeds, as many as there is time for in a second and a half. Nothing is changed.
#[utoipa::path(
    post,
    path = "/api/v1/what-if",
    request_body = WhatIfAsked,
    responses(
        (status = 200, body = Foreseen),
        (status = 400, body = Problem),
        (status = 403, body = Problem),
        (status = 404, body = Problem, description = "There is no such queue"),
        (status = 409, body = Problem, description = "Too few callers have stood in line since yesterday"),
        (status = 422, body = Problem, description = "Every fault at once"),
        (status = 503, body = Problem, description = "Others ask just now"),
    )
)]
pub(super) async fn ask(
    State(api): State<Api>,
    Extension(bearer): Extension<Bearer>,
    Body(asked): Body<WhatIfAsked>,
) -> Result<Json<Foreseen>, Problem> {
    bearer.may_tune()?;
    if asked.window.as_deref().is_some_and(|window| window != TODAY) {
        return Err(Problem::unprocessable(format!("`window` is `{TODAY}`, or left out.")));
    }
    let in_force = api.in_force().now();
    let mut changed = Vec::new();
    for (name, set) in &asked.set {
        let queue = find(&in_force, name)?;
        changed.push((queue, perhaps(&in_force, queue, set)?));
    }
    foreseen(&api, &in_force, changed).await.map(|foreseen| Json(Foreseen::clone(&foreseen)))
}

/// What would come of it if these queues had other thresholds.
pub(super) async fn foreseen(api: &Api, in_force: &Now, changed: Vec<(QueueId, Thresholds)>) -> Result<Arc<Foreseen>, Problem> {
    let faults = contradictions(&in_force.settings, &changed);
    if !faults.is_empty() {
        return Err(Problem::faults(faults));
    }
    Ok(api.foresight().foresee(Question::of(&in_force.settings, changed)).await?)
}

/// The thresholds asked about; those in force are nothing wrong here.
fn perhaps(in_force: &Now, queue: QueueId, set: &Keys) -> Result<Thresholds, Problem> {
    match tuning::understood(in_force, queue, set) {
        Err(Untuned::AlreadySo | Untuned::NothingNamed) => {
            let current = in_force.settings.queues.get(usize::from(queue.0));
            Ok(current.map(|queue| queue.thresholds.clone()).unwrap_or_default())
        }
        understood => Ok(understood?),
    }
}

/// Keeps with each change that comes into force, by whatever door, what was foreseen of it; it is asked now if nobody asked before.
pub(super) async fn keep_predictions(in_force: InForce, foresight: Foresight, store: Store) {
    let mut known = in_force.now();
    loop {
        let now = in_force.awaits(known.changes.saturating_add(1)).await;
        for number in known.changes + 1..=now.changes {
            if let Some(change) = now.change(number) {
                keep(&change, &known, &foresight, &store).await;
                known = after(known, &change);
            }
        }
        known = now;
    }
}

async fn keep(change: &Change, before: &Now, foresight: &Foresight, store: &Store) {
    let changed = change.queues.iter().map(|(queue, _, after)| (*queue, after.clone()));
    let question = Question::of(&before.settings, changed);
    let foreseen = match foresight.remembered(&question) {
        Some(foreseen) => Ok(foreseen),
        None => foresight.foresee(question).await,
    };
    match foreseen {
        Ok(foreseen) => {
            if let Err(failure) = store.put_prediction(change.number, &foreseen).await {
                tracing::warn!(%failure, change = change.number, "what was foreseen of a change is not kept");
            }
        }
        Err(why) => tracing::info!(change = change.number, "nothing is foreseen of a change: {why}"),
    }
    // Who tries something out tries something else next.
    foresight.make_ready();
}

fn after(mut before: Now, change: &Change) -> Now {
    let mut settings = Settings::clone(&before.settings);
    for (queue, _, after) in &change.queues {
        if let Some(slot) = settings.queues.get_mut(usize::from(queue.0)) {
            slot.thresholds = after.clone();
        }
    }
    before.settings = Arc::new(settings);
    before
}
