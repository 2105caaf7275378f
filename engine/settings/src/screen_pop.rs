//! The page that agents' programs open for a call.

use url::Url;

/// The longest template, in characters.
const TEMPLATE_CHARS_MAX: usize = 500;

/// Every placeholder, as it is written in a template.
const PLACEHOLDERS: [(&str, Part); 3] =
    [("number", Part::Blank(Blank::Number)), ("call", Part::Blank(Blank::Call)), ("name", Part::Blank(Blank::Name))];

/// The address of a page about a caller, with blanks to be filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScreenPop(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Blank(Blank),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Blank {
    Number,
    Call,
    Name,
}

/// What the blanks are filled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown<'a> {
    /// The caller's number; empty when withheld.
    pub number: &'a str,
    /// The call's id.
    pub call: &'a str,
    /// The caller's name; empty where it is not known.
    pub name: &'a str,
}

impl ScreenPop {
    /// A template such as `https://crm.example/contact?number={number}&call={call}&name={name}`. Who calls never decides which
    /// host is asked.
    ///
    /// # Errors
    /// What is wrong with it, in a few words.
    pub fn parse(template: &str) -> Result<ScreenPop, String> {
        if template.chars().nth(TEMPLATE_CHARS_MAX).is_some() {
            return Err(format!("is longer than {TEMPLATE_CHARS_MAX} characters"));
        }
        let pop = ScreenPop(parts(template)?);
        let hosts = ["a", "b"].map(|any| pop.host(any));
        match hosts {
            [Some(one), Some(other)] if one == other => Ok(pop),
            [Some(_), Some(_)] => Err("has a placeholder in its host".to_owned()),
            [None, _] | [_, None] => Err("is no http: or https: URL".to_owned()),
        }
    }

    /// The address for one call; what is filled in is percent-encoded (RFC 3986).
    pub fn fill(&self, shown: Shown<'_>) -> String {
        let mut url = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => url.push_str(text),
                Part::Blank(Blank::Number) => encode(shown.number, &mut url),
                Part::Blank(Blank::Call) => encode(shown.call, &mut url),
                Part::Blank(Blank::Name) => encode(shown.name, &mut url),
            }
        }
        url
    }

    fn host(&self, any: &str) -> Option<(String, String, Option<u16>)> {
        let url = Url::parse(&self.fill(Shown { number: any, call: any, name: any })).ok()?;
        let host = url.host_str()?.to_owned();
        let is_page = ["http", "https"].contains(&url.scheme()) && url.username().is_empty() && url.password().is_none();
        is_page.then(|| (url.scheme().to_owned(), host, url.port()))
    }
}

fn parts(template: &str) -> Result<Vec<Part>, String> {
    let odd = |c: char| c.is_control() || c.is_whitespace() || !c.is_ascii() || matches!(c, '<' | '>' | '"' | ',' | ';');
    if template.contains(odd) {
        return Err("has characters in it that must be percent-encoded".to_owned());
    }
    let mut pieces = template.split('{');
    let mut parts = vec![text(pieces.next().unwrap_or_default())?];
    for piece in pieces {
        let (name, rest) = piece.split_once('}').ok_or("has a `{` without its `}`")?;
        let known = PLACEHOLDERS.iter().find(|(known, _)| *known == name);
        let (_, blank) = known.ok_or_else(|| format!("has an unknown placeholder `{{{}}}`", crate::read::shown(name)))?;
        parts.extend([blank.clone(), text(rest)?]);
    }
    Ok(parts)
}

fn text(piece: &str) -> Result<Part, String> {
    if piece.contains('}') { Err("has a `}` without its `{`".to_owned()) } else { Ok(Part::Text(piece.to_owned())) }
}

fn encode(value: &str, url: &mut String) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            url.push(char::from(byte));
        } else {
            url.push_str(&format!("%{byte:02X}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ScreenPop, Shown};
    use proptest::prelude::*;
    use url::Url;

    const TEMPLATE: &str = "https://crm.example/contact?number={number}&call={call}&name={name}#top";

    proptest! {
        #[test]
        fn whatever_a_caller_is_called_stands_where_it_belongs(number in ".{0,20}", call in "[0-9a-f]{16}", name in ".{0,40}") {
            let pop = ScreenPop::parse(TEMPLATE).expect("a template");
            let filled = pop.fill(Shown { number: &number, call: &call, name: &name });
            prop_assert!(filled.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>\",;{}".contains(&byte)), "{}", filled);
            let url = Url::parse(&filled).expect("a URL");
            // Not `query_pairs`, to which a plus is a blank.
            let pairs: Vec<(String, String)> = url.query_pairs().map(|(key, value)| (key.into(), value.into())).collect();
            let expected = [("number", number), ("call", call), ("name", name)].map(|(key, value)| (key.to_owned(), value));
            prop_assert_eq!(pairs, expected);
            prop_assert_eq!((url.host_str(), url.fragment()), (Some("crm.example"), Some("top")));
        }
    }

    #[test]
    fn what_is_no_template_is_told_why() {
        let long = format!("https://crm.example/{}", "x".repeat(500));
        let wrong = [
            ("https://crm.example/?n={phone}", "unknown placeholder `{phone}`"),
            ("https://crm.example/?n={number", "without its `}`"),
            ("https://crm.example/?n=number}", "without its `{`"),
            ("https://{name}.example/", "in its host"),
            ("https://crm.example:{number}/", "no http"),
            ("{number}://crm.example/", "no http"),
            ("javascript:alert({name})", "no http"),
            ("https://crm.example/a b", "percent-encoded"),
            ("https://crm.example/<{name}>", "percent-encoded"),
            ("/contact/{number}", "no http"),
            ("", "no http"),
            (&long, "longer"),
        ];
        for (template, why) in wrong {
            let fault = ScreenPop::parse(template).expect_err(template);
            assert!(fault.contains(why), "{template}: {fault}");
        }
    }
}
