//! `[[agent]]`: what an agent serves, and where the agent is rung.

use super::names::Names;
use super::section::Section;
use super::value::{Value, shown};
use crate::{Phone, Secret, SipUri, Surroundings};
use cabrank_core::{Agent, QueueId, SignIn, Skill, Text};
use std::ops::RangeInclusive;

const LEVELS: RangeInclusive<u32> = 1..=99;
const PATH_LENGTH_MAX: usize = 1024;

pub(super) fn read_all(
    sections: Vec<Section<'_>>,
    names: &Names,
    queues: &Names,
    base: &dyn Surroundings,
) -> (Vec<Agent>, Vec<Phone>) {
    let numbered = sections.into_iter().enumerate();
    let (agents, phones): (_, Vec<_>) = numbered.map(|(place, section)| read(section, names.at(place), queues, base)).unzip();
    (agents, phones.into_iter().flatten().collect())
}

fn read(section: Section<'_>, name: Text, queues: &Names, base: &dyn Surroundings) -> (Agent, Option<Phone>) {
    let skills = section.need("skills", "{ … = 1 }").map(|value| skills(&value, queues)).unwrap_or_default();
    let phone = phone(&section, base);
    let sign_in = section.find("sign_in").and_then(|value| sign_in(&value, phone.as_ref()));
    let sign_in = sign_in.unwrap_or_else(|| usual_sign_in(phone.as_ref()));
    section.close();
    (Agent { name, skills, sign_in }, phone)
}

fn skills(value: &Value<'_>, queues: &Names) -> Vec<Skill> {
    let Some(section) = value.section("skills".to_owned()) else { return Vec::new() };
    let entries = section.entries();
    if entries.is_empty() {
        value.wrong("this agent serves no queue", "name one with a level, such as { booking = 1 }; lower is better");
    }
    entries.iter().filter_map(|entry| skill(entry, queues)).collect()
}

fn skill(entry: &Value<'_>, queues: &Names) -> Option<Skill> {
    let queue = queues.find_text(entry, &entry.key).map(QueueId);
    let level = entry.count(LEVELS).and_then(|level| u8::try_from(level).ok());
    Some(Skill { queue: queue?, level: level? })
}

fn phone(section: &Section<'_>, base: &dyn Surroundings) -> Option<Phone> {
    let sip = section.section("sip");
    let contact = section.find("contact").or_else(|| sip.find("contact"));
    let registers = password(&sip, base);
    sip.close();
    match (contact, registers) {
        (Some(value), Password::NotSaid) => value.read("such as \"sip:a101@10.0.0.7\"", str::parse::<SipUri>).map(Phone::At),
        (None, Password::Said(password)) => password.map(Phone::Registers),
        (Some(value), Password::Said(_)) => {
            value.wrong("this phone registers and has a fixed address", "keep `contact` or the password");
            None
        }
        (None, Password::NotSaid) => {
            let right =
                "add `sip = { password_file = \"secrets/…\" }`, or `contact = \"sip:…\"` for a phone that does not register";
            section.wrong("this agent has no phone", right);
            None
        }
    }
}

/// Whether a password is asked for; if it could not be had, that was reported.
pub(super) enum Password {
    NotSaid,
    Said(Option<Secret>),
}

/// `password_file`, or `password` in the clear.
pub(super) fn password(section: &Section<'_>, base: &dyn Surroundings) -> Password {
    match (section.find("password_file"), section.find("password")) {
        (None, None) => Password::NotSaid,
        (Some(value), None) => Password::Said(password_from(&value, base)),
        (None, Some(value)) => {
            value.notice("a password in the configuration is read by whoever reads the configuration: `password_file` is safer");
            Password::Said(value.text().and_then(|text| checked(&value, "the password", text)))
        }
        (Some(_), Some(value)) => {
            value.wrong("two passwords", "keep `password_file`");
            Password::Said(None)
        }
    }
}

fn password_from(value: &Value<'_>, base: &dyn Surroundings) -> Option<Secret> {
    let path = value.text()?;
    let right = "a file with one line, the password; the path starts where the configuration lies";
    if path.is_empty() || path.len() > PATH_LENGTH_MAX {
        value.wrong("that is no path", right);
        return None;
    }
    match base.secret(path) {
        Ok(text) => checked(value, &format!("the password in `{}`", shown(path)), &text),
        Err(error) => {
            value.wrong(format!("`{}` cannot be read: {error}", shown(path)), right);
            None
        }
    }
}

fn checked(value: &Value<'_>, subject: &str, text: &str) -> Option<Secret> {
    let right = format!("one line of 1 to {} bytes", Secret::LENGTH_MAX);
    Secret::new(text).map_err(|wrong| value.wrong(format!("{subject} {wrong}"), right)).ok()
}

fn sign_in(value: &Value<'_>, phone: Option<&Phone>) -> Option<SignIn> {
    let sign_in = value.word(&[("phone", SignIn::WithPhone), ("request", SignIn::OnRequest)])?;
    if let (SignIn::WithPhone, Some(Phone::At(_))) = (sign_in, phone) {
        value.wrong("a phone with a fixed address never registers, so it signs nobody in", "`sign_in = \"request\"`");
    }
    Some(sign_in)
}

fn usual_sign_in(phone: Option<&Phone>) -> SignIn {
    match phone {
        Some(Phone::At(_)) => SignIn::OnRequest,
        Some(Phone::Registers(_)) | None => SignIn::WithPhone,
    }
}
