//! The pages: HTML made here, kept up to date by a small script that uses the API as any program does.
//!
//! Nothing on them comes from elsewhere, and nothing of script or style stands in the HTML itself: see [`guard`](self::guard).

mod assets;
mod call;
mod calls;
mod charts;
mod desk;
mod desk_card;
mod desks;
mod doing;
mod facts;
mod frame;
mod guard;
mod guest;
mod shown;
mod sign_in;
mod texts;
mod times;
mod tune;
mod wallboard;

use super::server::Api;
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use tower_http::compression::CompressionLayer;

/// Every page, and what belongs to it.
pub(super) fn routes(api: Api) -> Router<Api> {
    let guarded = Router::new()
        .route("/", get(wallboard::page))
        .route("/charts", get(charts::drawn))
        .route("/agent", get(desk::page))
        .route("/agent/parts", get(desk::parts))
        .route("/calls", get(calls::page))
        .route("/calls/{id}", get(call::page))
        .route("/calls/{id}/story", get(call::story))
        .route("/tune", get(tune::page).post(tune::sent))
        .route("/tune/foresight", post(tune::foresight))
        .route("/tune/history", get(tune::history))
        .route("/tune/revert", post(tune::revert))
        .route("/sign-out", post(sign_in::end))
        .route_layer(from_fn_with_state(api.clone(), guard::only_guests));
    Router::new()
        .route("/sign-in", get(sign_in::form).post(sign_in::begin))
        .route("/assets/{version}/{name}", get(assets::one))
        .merge(guarded)
        .route_layer(from_fn_with_state(api, guard::safely))
        .layer(CompressionLayer::new())
}
