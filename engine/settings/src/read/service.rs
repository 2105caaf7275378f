//! `[[service]]`: who fulfils it, and how long that may take.

use super::names::Names;
use super::section::Section;
use super::value::Value;
use crate::Backend;
use cabrank_core::{Service, Span, Text};
use std::ops::RangeInclusive;
use url::Url;

const TIMEOUT: RangeInclusive<Span> = Span::millis(100)..=Span::secs(60);
const NEEDS_MAX: usize = 32;

pub(super) fn read_all(sections: Vec<Section<'_>>, names: &Names) -> (Vec<Service>, Vec<Backend>) {
    let numbered = sections.into_iter().enumerate();
    let (services, backends): (_, Vec<_>) = numbered.map(|(place, section)| read(section, names.at(place))).unzip();
    (services, backends.into_iter().flatten().collect())
}

fn read(section: Section<'_>, name: Text) -> (Service, Option<Backend>) {
    let timeout = section.span("timeout", TIMEOUT, Span::secs(2));
    let needs = section.find("needs").map(|value| needs(&value)).unwrap_or_default();
    let backend = backend(&section);
    section.close();
    (Service { name, timeout, needs }, backend)
}

fn needs(value: &Value<'_>) -> Vec<Text> {
    value.list(NEEDS_MAX).unwrap_or_default().iter().filter_map(Value::name).collect()
}

fn backend(section: &Section<'_>) -> Option<Backend> {
    match (section.find("webhook"), section.find("builtin")) {
        (Some(value), None) => webhook(&value).map(Backend::Webhook),
        (None, Some(value)) => value.word(&[("demo-fleet", ())]).map(|()| Backend::DemoFleet),
        (Some(_), Some(value)) => {
            value.wrong("a service has one backend", "keep `webhook` or `builtin`");
            None
        }
        (None, None) => {
            section.wrong("nobody fulfils this service", "add `webhook = \"https://…\"` or `builtin = \"demo-fleet\"`");
            None
        }
    }
}

/// A webhook is not repeated in its fault: there may be a secret in it.
pub(super) fn webhook(value: &Value<'_>) -> Option<Url> {
    let right = "such as \"https://dispatch.example/ride\"";
    readable_webhook(value.text()?).map_err(|wrong| value.wrong(format!("the webhook {wrong}"), right)).ok()
}

fn readable_webhook(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text).map_err(|_| "is no URL")?;
    if !["http", "https"].contains(&url.scheme()) || !url.has_host() {
        return Err("is no http: or https: URL");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("has credentials in it, which would end up in logs");
    }
    Ok(url)
}
