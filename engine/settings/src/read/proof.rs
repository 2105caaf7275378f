//! How somebody proves who it is: a password or token kept in a file, or a certificate.

use super::section::Section;
use super::value::{Value, shown};
use crate::{Proof, Secret, Surroundings};
use hex::FromHex;

const PATH_LENGTH_MAX: usize = 1024;

/// Whether a secret is asked for; if it could not be had, that was reported.
pub(super) enum Said<T> {
    Nothing,
    Something(Option<T>),
}

/// `token_file`, `token` in the clear, or `certificate`.
pub(super) fn proof(section: &Section<'_>, base: &dyn Surroundings) -> Said<Proof> {
    let token = secret(section, ["token_file", "token"], "token", base);
    match (token, section.find("certificate")) {
        (Said::Nothing, None) => Said::Nothing,
        (Said::Something(token), None) => Said::Something(token.map(Proof::Token)),
        (Said::Nothing, Some(value)) => Said::Something(certificate(&value)),
        (Said::Something(_), Some(value)) => {
            value.wrong("a token and a certificate", "keep one of them");
            Said::Something(None)
        }
    }
}

/// What a file holds under the first key, or what stands in the clear under the second.
pub(super) fn secret(
    section: &Section<'_>,
    [file, clear]: [&'static str; 2],
    what: &str,
    base: &dyn Surroundings,
) -> Said<Secret> {
    match (section.find(file), section.find(clear)) {
        (None, None) => Said::Nothing,
        (Some(value), None) => Said::Something(from_file(&value, what, base)),
        (None, Some(value)) => {
            let risk = format!("a {what} in the configuration is read by whoever reads the configuration: `{file}` is safer");
            value.notice(risk);
            Said::Something(value.text().and_then(|text| checked(&value, &format!("the {what}"), text)))
        }
        (Some(_), Some(value)) => {
            value.wrong(format!("two {what}s"), format!("keep `{file}`"));
            Said::Something(None)
        }
    }
}

fn certificate(value: &Value<'_>) -> Option<Proof> {
    let right = "`sha256:` and the 64 hexadecimal digits that `openssl x509 -noout -fingerprint -sha256` prints";
    value.read(right, |text| {
        let digits = text.strip_prefix("sha256:").ok_or("does not begin with `sha256:`")?.replace(':', "");
        <[u8; 32]>::from_hex(digits).map(Proof::Certificate).map_err(|_| "is no SHA-256")
    })
}

fn from_file(value: &Value<'_>, what: &str, base: &dyn Surroundings) -> Option<Secret> {
    let path = value.text()?;
    let right = format!("a file with one line, the {what}; the path starts where the configuration lies");
    if path.is_empty() || path.len() > PATH_LENGTH_MAX {
        value.wrong("that is no path", right);
        return None;
    }
    match base.secret(path) {
        Ok(text) => checked(value, &format!("the {what} in `{}`", shown(path)), &text),
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
