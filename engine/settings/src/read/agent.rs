//! `[[agent]]`: what an agent serves, and where the agent is rung.

use super::names::Names;
use super::proof::{Said, proof, secret};
use super::section::Section;
use super::value::Value;
use crate::{Phone, Proof, Secret, SipUri, Surroundings};
use cabrank_core::{Agent, QueueId, SignIn, Skill, Text};
use std::ops::RangeInclusive;

const LEVELS: RangeInclusive<u32> = 1..=99;

/// All agents, each list by id.
#[derive(Default)]
pub(super) struct Read {
    pub(super) agents: Vec<Agent>,
    pub(super) phones: Vec<Phone>,
    pub(super) programs: Vec<Option<Proof>>,
}

pub(super) fn read_all(sections: Vec<Section<'_>>, names: &Names, queues: &Names, base: &dyn Surroundings) -> Read {
    let mut all = Read::default();
    for (place, section) in sections.into_iter().enumerate() {
        let (agent, phone, program) = read(section, names.at(place), queues, base);
        all.agents.push(agent);
        all.phones.extend(phone);
        all.programs.push(program);
    }
    all
}

fn read(section: Section<'_>, name: Text, queues: &Names, base: &dyn Surroundings) -> (Agent, Option<Phone>, Option<Proof>) {
    let skills = section.need("skills", "{ … = 1 }").map(|value| skills(&value, queues)).unwrap_or_default();
    let program = program(&section, base);
    let phone = phone(&section, matches!(program, Said::Something(_)), base);
    let sign_in = section.find("sign_in").and_then(|value| sign_in(&value, phone.as_ref()));
    let sign_in = sign_in.unwrap_or_else(|| usual_sign_in(phone.as_ref()));
    section.close();
    let program = if let Said::Something(proof) = program { proof } else { None };
    (Agent { name, skills, sign_in }, phone, program)
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

/// Where the agent is rung; an agent who has a program needs no phone.
fn phone(section: &Section<'_>, has_program: bool, base: &dyn Surroundings) -> Option<Phone> {
    let sip = section.section("sip");
    let contact = section.find("contact").or_else(|| sip.find("contact"));
    let registers = password(&sip, base);
    sip.close();
    match (contact, registers) {
        (Some(value), Said::Nothing) => value.read("such as \"sip:a101@10.0.0.7\"", str::parse::<SipUri>).map(Phone::At),
        (None, Said::Something(password)) => password.map(Phone::Registers),
        (Some(value), Said::Something(_)) => {
            value.wrong("this phone registers and has a fixed address", "keep `contact` or the password");
            None
        }
        (None, Said::Nothing) if has_program => Some(Phone::Program),
        (None, Said::Nothing) => {
            let right = "add `sip = { password_file = \"secrets/…\" }`, `contact = \"sip:…\"` for a phone that does not register, or \
                         `quic = { token_file = \"secrets/…\" }` for an agent whose program is all there is";
            section.wrong("this agent has no phone", right);
            None
        }
    }
}

/// `password_file`, or `password` in the clear.
pub(super) fn password(section: &Section<'_>, base: &dyn Surroundings) -> Said<Secret> {
    secret(section, ["password_file", "password"], "password", base)
}

fn program(section: &Section<'_>, base: &dyn Surroundings) -> Said<Proof> {
    let quic = section.section("quic");
    let proof = proof(&quic, base);
    quic.close();
    proof
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
        Some(Phone::At(_) | Phone::Program) => SignIn::OnRequest,
        Some(Phone::Registers(_)) | None => SignIn::WithPhone,
    }
}
