//! `[store]`: where profiles and records are kept.

use super::proof::{Said, secret};
use super::section::Section;
use crate::{StoreUrl, Surroundings};

/// The address of the database, unless it is the one in the data directory.
pub(super) fn read(root: &Section<'_>, base: &dyn Surroundings) -> Option<StoreUrl> {
    let section = root.section("store");
    let url = section.find("url");
    let password = secret(&section, ["password_file", "password"], "password", base);
    let read =
        url.as_ref().and_then(|value| value.read("such as \"postgres://cabrank@db.example/cabrank\"", str::parse::<StoreUrl>));
    if let (Some(value), Some(url)) = (&url, &read)
        && url.has_password()
    {
        value.notice("a password in the configuration is read by whoever reads the configuration: `password_file` is safer");
    }
    let read = match password {
        Said::Nothing => read,
        Said::Something(password) => {
            if url.is_none() {
                section.wrong("a password, and no database to give it to", "add `url`, or remove the password");
            }
            read.zip(password).map(|(url, password)| url.with_password(&password))
        }
    };
    section.close();
    read
}
