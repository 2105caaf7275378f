//! `[[webhook]]`: other systems that are told of what happens.

use super::names::Places;
use super::proof::{Said, secret};
use super::section::Section;
use super::service::webhook;
use super::value::Value;
use crate::{Event, Hook, SigningKey, Surroundings};

pub(super) fn read_all(sections: Vec<Section<'_>>, base: &dyn Surroundings) -> Vec<Hook> {
    let mut names = Places::new("webhook");
    sections.into_iter().filter_map(|section| read(section, &mut names, base)).collect()
}

fn read(section: Section<'_>, names: &mut Places, base: &dyn Surroundings) -> Option<Hook> {
    let named = section.need("name", "\"crm\"");
    let name = named.as_ref().and_then(|value| value.name().inspect(|name| names.take(value, name)));
    let url = section.need("url", "\"https://crm.example/hooks\"").and_then(|value| webhook(&value));
    let events = section.need("events", "[\"call.ended\"]").and_then(|value| events(&value));
    let key = key(&section, base);
    section.close();
    Some(Hook { name: name?, url: url?, events: events?, key: key? })
}

fn events(value: &Value<'_>) -> Option<Vec<Event>> {
    let mut places = Places::new("event");
    let mut events = Vec::new();
    for item in value.list(Event::ALL.len())? {
        let event = item.word(&Event::ALL.map(|event| (event.word(), event)))?;
        places.take(&item, event.word());
        events.push(event);
    }
    if events.is_empty() {
        value.wrong("it is told of nothing", "name an event, such as \"call.ended\"");
        return None;
    }
    Some(events)
}

/// The secret is not repeated in its fault.
fn key(section: &Section<'_>, base: &dyn Surroundings) -> Option<SigningKey> {
    let right = "`whsec_` and what `openssl rand -base64 32` prints, in a file of one line";
    match secret(section, ["secret_file", "secret"], "secret", base) {
        Said::Nothing => {
            section.wrong("nothing to sign with", format!("add `secret_file = \"secrets/crm\"`: {right}"));
            None
        }
        Said::Something(secret) => {
            SigningKey::parse(secret?.expose()).map_err(|wrong| section.wrong(format!("the secret {wrong}"), right)).ok()
        }
    }
}
