//! White space where the grammar allows it and the library does not expect it (RFC 3261 25.1: SEMI,
//! EQUAL, SLASH and HCOLON may have space around them, and lines may be folded).

/// Headers in which space around `;`, `=` and `/` means nothing.
const ADDRESSES: [&str; 8] = ["via", "v", "from", "f", "to", "t", "contact", "m"];

/// The head with plain spacing, when its spacing is unusual; lines end in CRLF as before.
#[must_use]
pub(super) fn tidied(head: &str) -> Option<String> {
    if !is_unusual(head) {
        return None;
    }
    let mut lines: Vec<String> = Vec::new();
    for line in head.split("\r\n").filter(|line| !line.is_empty()) {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(folded), Some(last)) => {
                last.push(' ');
                last.push_str(folded.trim());
            }
            (Some(_), None) | (None, _) => lines.push(line.to_owned()),
        }
    }
    let tidied = lines.iter().enumerate().map(|(i, line)| if i == 0 { format!("{line}\r\n") } else { plain(line) });
    Some(tidied.collect())
}

fn is_unusual(head: &str) -> bool {
    let mut before = 0;
    head.bytes().any(|byte| {
        let unusual = match byte {
            b' ' => matches!(before, b'\n' | b';' | b'='),
            b'\t' => before == b'\n',
            b';' | b'=' | b':' | b'/' => before == b' ',
            _ => false,
        };
        before = byte;
        unusual
    })
}

fn plain(line: &str) -> String {
    let Some((name, value)) = line.split_once(':') else { return format!("{line}\r\n") };
    let (name, value) = (name.trim(), value.trim());
    let is_address = ADDRESSES.iter().any(|address| name.eq_ignore_ascii_case(address));
    let slashes = name.eq_ignore_ascii_case("via") || name.eq_ignore_ascii_case("v");
    if is_address { format!("{name}: {}\r\n", squeezed(value, slashes)) } else { format!("{name}: {value}\r\n") }
}

/// Drops the space around separators, outside quoted names.
fn squeezed(value: &str, slashes: bool) -> String {
    let is_separator = |c: char| c == ';' || c == '=' || (slashes && c == '/');
    let mut plain = String::with_capacity(value.len());
    let mut quoted = false;
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' if quoted => {
                plain.push(c);
                plain.extend(chars.next());
                continue;
            }
            '"' => quoted = !quoted,
            _ if quoted => {}
            _ if is_separator(c) => plain.truncate(plain.trim_end().len()),
            _ if c.is_whitespace() && plain.ends_with(is_separator) => continue,
            _ => {}
        }
        plain.push(c);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn usual_heads_are_left_alone() {
        assert_eq!(tidied("INVITE sip:b@b SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nTo: <sip:b@b>\r\n"), None);
    }

    /// RFC 4475 3.1.1.1.
    #[test]
    fn the_tortuous_invite_becomes_plain() {
        let head = "INVITE sip:b@b SIP/2.0\r\nTO :\r\n sip:v@c ;   tag    = 1918181833n\r\n\
            f: \"J \\\\\\\" ; R\"       <sip:j@e>\r\n  ;\r\n  tag = 98asjd8\r\nv:  SIP  / 2.0\r\n /UDP\r\n    192.0.2.2;branch=39\r\n\
            Subject : a ; b\r\n";
        let plain = "INVITE sip:b@b SIP/2.0\r\nTO: sip:v@c;tag=1918181833n\r\n\
            f: \"J \\\\\\\" ; R\"       <sip:j@e>;tag=98asjd8\r\nv: SIP/2.0/UDP 192.0.2.2;branch=39\r\nSubject: a ; b\r\n";
        assert_eq!(tidied(head).as_deref(), Some(plain));
    }

    proptest! {
        #[test]
        fn foreign_text_never_panics_and_becomes_no_longer_by_much(text in "(\\PC|\r\n| |;|=|\"|\\\\){0,120}") {
            if let Some(plain) = tidied(&text) {
                prop_assert!(plain.len() <= text.len() * 2 + 4);
            }
        }
    }
}
