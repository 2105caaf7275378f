//! Surroundings and a good configuration to spoil.

use cabrank_settings::{CertificateDer, Surroundings};
use std::io;

/// A small desk without any fault or notice.
pub(crate) const GOOD: &str = r#"
[desk]
name = "taxi"
region = "SG"
timezone = "Asia/Singapore"

[sip]
listen = ["udp:127.0.0.1:5060"]

[[sip.trunk]]
name = "carrier"
from = ["127.0.0.0/8"]
identity = "trusted"

[[line]]
number = "taxi"
greeting = "welcome"
hours = "Mon-Sun 00:00-24:00"
press.1 = { instant = "taxi-now", otherwise = "booking" }
press.2 = { queue = "booking" }

[[service]]
name = "taxi-now"
webhook = "https://dispatch.example/ride"
timeout = "2s"
needs = ["pickup"]

[[queue]]
name = "booking"
target = "20s"
ring_for = "15s"

[[agent]]
name = "a101"
skills = { booking = 1 }
sip = { password_file = "secrets/a101" }
"#;

/// A world with three prompts and a few secret files.
pub(crate) struct Room;

impl Surroundings for Room {
    fn find_prompt(&self, language: &str, name: &str) -> Result<(), String> {
        let known = ["welcome", "menu", "closed"].contains(&name);
        if known { Ok(()) } else { Err(format!("prompts/{language}/{name}.wav")) }
    }

    fn secret(&self, path: &str) -> io::Result<String> {
        match path {
            "secrets/a101" => Ok("tomato\n".to_owned()),
            "secrets/crm" => Ok("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n".to_owned()),
            "secrets/empty" => Ok("\n".to_owned()),
            "secrets/binary" => Ok("a\u{0}b".to_owned()),
            _ => Err(io::Error::from(io::ErrorKind::NotFound)),
        }
    }

    fn certificates(&self, path: &str) -> io::Result<Vec<CertificateDer<'static>>> {
        match path {
            "sti-ca.pem" => cabrank_settings::authorities(authority().as_bytes()),
            "empty.pem" => cabrank_settings::authorities(b""),
            "broken.pem" => cabrank_settings::authorities(b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"),
            _ => Err(io::Error::from(io::ErrorKind::NotFound)),
        }
    }
}

fn authority() -> String {
    let key = rcgen::KeyPair::generate().expect("a key");
    let mut params = rcgen::CertificateParams::default();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    params.self_signed(&key).expect("a certificate").pem()
}
