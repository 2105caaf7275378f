//! The tags of From and To, which are looked at for every message and more than once.

use std::borrow::Cow;

use rsipstack::sip::{Error, To};

/// The tag of a From or To header with this value, if it has one.
///
/// # Errors
/// The value cannot be read.
pub(super) fn of(value: &str) -> Result<Option<Cow<'_, str>>, Error> {
    match params_of_plain(value) {
        Some(params) => Ok(tag_among(params).map(Cow::Borrowed)),
        // Names, spaces, quotes: the library reads all of it.
        None => Ok(To::from(value).tag()?.map(|tag| Cow::Owned(tag.value().to_owned()))),
    }
}

/// What follows the address, if it is the usual `<sip:...>` and nothing else is unusual.
fn params_of_plain(value: &str) -> Option<&str> {
    let (address, params) = value.strip_prefix("<sip:")?.split_once('>')?;
    let is_plain = |text: &str| text.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'<' | b'>' | b'"' | b'\\' | b','));
    let follows = params.is_empty() || params.starts_with(';');
    (!address.is_empty() && follows && is_plain(address) && is_plain(params)).then_some(params)
}

fn tag_among(params: &str) -> Option<&str> {
    params.split(';').find_map(|param| {
        let (name, tag) = param.split_once('=')?;
        name.eq_ignore_ascii_case("tag").then_some(tag)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_tag_is_one_of_the_header_not_of_the_address() {
        assert_eq!(of("<sip:a@a>;x=1;tag=7").unwrap().as_deref(), Some("7"));
        assert_eq!(of("<sip:a@a;tag=7>").unwrap(), None);
        assert_eq!(of("\"A;tag=1 <x>\" <sip:a@a>;tag=7").unwrap().as_deref(), Some("7"));
        assert_eq!(of("sip:a@a;tag=7").unwrap().as_deref(), Some("7"));
        assert!(of("<sip:a@a").is_err());
    }

    proptest! {
        /// What is plain is read as the library reads it.
        #[test]
        fn the_short_way_agrees_with_the_library(
            user in "[a-z0-9+.-]{1,12}", host in "[a-z0-9.]{1,12}", params in "(;[a-z]{1,4}=[a-zA-Z0-9.]{1,8}){0,3}", tag in "(;tag=[a-z0-9.-]{1,9})?"
        ) {
            let value = format!("<sip:{user}@{host}>{params}{tag}");
            if let Ok(read) = To::from(value.as_str()).tag() {
                let read = read.map(|tag| tag.value().to_owned());
                prop_assert_eq!(of(&value).unwrap().map(Cow::into_owned), read);
            }
        }

        #[test]
        fn foreign_text_never_panics(value in "\\PC{0,60}") {
            let _ = of(&value);
        }
    }
}
