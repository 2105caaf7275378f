//! What the API is, for programs: OpenAPI, from the code itself.

use super::answers::Everywhere;
use super::{
    agents, board, call_list, calls, cases, changes, desk, events, figures, first_contacts, health, metrics, opening, profiles,
    queues, records, thresholds, tokens, webhooks, what_if, why,
};
use axum::Json;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

/// What holds for the whole of it.
const DESCRIPTION: &str = "Calls, agents, queues and records of one desk.\n\nEvery error is a problem document (RFC 9457). Besides what \
    each operation names there may be, everywhere: 404 for an address that there is not, 405 with `Allow` for what cannot be done with \
    one that there is, and, without a document, 400, 414 or 431 for what is no HTTP or has a head that is too long. A request that takes \
    longer than ten seconds (an import: ten minutes) is answered 503.\n\nCallers' numbers are whole for admins, supervisors and \
    integrators; agents are shown the last characters alone, and may not search or ask by number, since whoever may can try out whole \
    numbers until one fits; viewers see no caller at all.";

/// The description of the API.
#[derive(OpenApi)]
#[openapi(
    info(title = "Cabrank", description = DESCRIPTION),
    paths(
        health::alive,
        health::ready,
        metrics::all,
        call_list::list,
        calls::one,
        why::tell,
        changes::list,
        changes::revert,
        figures::all,
        board::now,
        board::curve,
        events::follow,
        first_contacts::all,
        agents::list,
        agents::one,
        agents::set_state,
        desk::one,
        queues::list,
        queues::one,
        thresholds::change,
        what_if::ask,
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
        tokens::list,
        tokens::make,
        tokens::take_back,
        webhooks::dead,
        webhooks::send_again,
    ),
    security(("bearer" = [])),
    modifiers(&Bearer, &Everywhere)
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
