//! What the API is, for programs: OpenAPI, from the code itself.

use super::{
    agents, calls, cases, changes, figures, first_contacts, health, metrics, opening, profiles, queues, records, thresholds,
    webhooks, why,
};
use axum::Json;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

/// The description of the API.
#[derive(OpenApi)]
#[openapi(
    info(title = "Cabrank", description = "Calls, agents, queues and records of one desk."),
    paths(
        health::alive,
        health::ready,
        metrics::all,
        calls::list,
        calls::one,
        why::tell,
        changes::list,
        changes::revert,
        figures::all,
        first_contacts::all,
        agents::list,
        agents::one,
        agents::set_state,
        queues::list,
        queues::one,
        thresholds::change,
        profiles::one,
        profiles::put,
        profiles::erase,
        profiles::import,
        records::one,
        records::amend,
        cases::list,
        opening::open,
        cases::one,
        cases::amend,
        webhooks::dead,
        webhooks::send_again,
    ),
    security(("bearer" = [])),
    modifiers(&Bearer)
)]
struct Description;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        openapi.components.get_or_insert_default().add_security_scheme("bearer", scheme);
    }
}

/// The description, as JSON.
pub(super) async fn document() -> Json<utoipa::openapi::OpenApi> {
    Json(Description::openapi())
}
