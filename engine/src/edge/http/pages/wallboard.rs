//! `/`: the wallboard.

use super::super::problem::Problem;
use super::charts;
use super::frame::Frame;
use super::guest::Guest;
use super::shown::shown;
use super::texts::{ENGLISH, Texts};
use crate::board::{Picture, Warning};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;

/// More queues than that are shown as cards.
const LINES_MAX: usize = 12;
/// Warnings that are shown at once.
const WARNINGS_MAX: usize = 4;

#[derive(Template)]
#[template(path = "wallboard.html")]
struct Wallboard<'a> {
    frame: Frame,
    t: &'static Texts,
    board: &'a Picture,
    /// The same as a document, by whose places the script finds figures, too.
    document: Value,
    charts: String,
}

/// The wallboard.
pub(super) async fn page(guest: Guest) -> Result<Response, Problem> {
    let shown = guest.api.board().picture().await?;
    let wallboard = Wallboard {
        frame: guest.frame("/"),
        t: &ENGLISH,
        board: &shown.picture,
        document: serde_json::from_str(&shown.json).unwrap_or_default(),
        charts: charts::of(&guest.api).await?,
    };
    Ok(guest.answer(StatusCode::OK, &wallboard))
}

impl Wallboard<'_> {
    /// A figure as it is now, in words.
    fn at(&self, place: &str, form: &str) -> String {
        let plain = shown(&self.document, place, form);
        match self.t.mood(&plain) {
            Some(words) if form == "mood" => words.to_owned(),
            Some(_) | None => plain,
        }
    }

    /// The worst warnings.
    fn warnings(&self) -> &[Warning] {
        let most = self.board.warnings.len().min(WARNINGS_MAX);
        &self.board.warnings[..most]
    }

    fn warnings_max(&self) -> usize {
        WARNINGS_MAX
    }

    fn at_in(&self, row: &str, place: &str, form: &str) -> String {
        self.at(&format!("{row}{place}"), form)
    }

    /// A figure that the script keeps up to date; HTML. Only names of the configuration are not ours, and none is written here.
    fn live(&self, place: &str, form: &str) -> String {
        format!("<span data-at=\"{place}\" data-as=\"{form}\">{}</span>", self.at(place, form))
    }

    fn live_in(&self, row: &str, place: &str, form: &str) -> String {
        let dot = if row.ends_with('.') { "" } else { "." };
        self.live(&format!("{row}{dot}{place}"), form)
    }

    /// Whether there is room for a line each.
    fn are_many(&self) -> bool {
        self.board.queues.len() > LINES_MAX
    }

    /// Where the figures of a queue stand.
    fn row(&self, queue: &usize) -> String {
        format!("queues.{queue}.")
    }
}
