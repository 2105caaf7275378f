//! `[lookup]` and `[agents]`: what the company's own records know of callers, and where agents see it.

use super::proof::{Said, secret};
use super::section::Section;
use super::service::webhook;
use crate::{LookUp, ScreenPop, SigningKey, Surroundings};
use cabrank_core::Span;
use std::ops::RangeInclusive;

const DEADLINE: RangeInclusive<Span> = Span::millis(10)..=Span::secs(10);

/// Nothing where the file has no `[lookup]`.
pub(super) fn look_up(root: &Section<'_>, base: &dyn Surroundings) -> Option<LookUp> {
    let section = root.find("lookup")?.section("[lookup]".to_owned())?;
    let url = section.need("url", "\"https://crm.example/callers\"").and_then(|value| webhook(&value));
    let deadline = section.duration("deadline", DEADLINE, Span::millis(150));
    let key = key(&section, base);
    section.close();
    Some(LookUp { url: url?, deadline, key })
}

/// Nothing where no page is to be opened.
pub(super) fn screen_pop(root: &Section<'_>) -> Option<ScreenPop> {
    let section = root.section("agents");
    let right = "such as \"https://crm.example/contact?number={number}&call={call}&name={name}\"";
    let pop = section.find("screen_pop").and_then(|value| {
        let parsed = ScreenPop::parse(value.text()?);
        parsed.map_err(|wrong| value.wrong(format!("the address of the page {wrong}"), right)).ok()
    });
    section.close();
    pop
}

/// The secret is not repeated in its fault.
fn key(section: &Section<'_>, base: &dyn Surroundings) -> Option<SigningKey> {
    let right = "`whsec_` and what `openssl rand -base64 32` prints, in a file of one line";
    match secret(section, ["secret_file", "secret"], "secret", base) {
        Said::Nothing => None,
        Said::Something(secret) => {
            SigningKey::parse(secret?.expose()).map_err(|wrong| section.wrong(format!("the secret {wrong}"), right)).ok()
        }
    }
}
