//! Datagrams before the library sees them: what it would drop in silence or read wrongly is
//! refused here, without state, as RFC 3261 wants it (8.2, 18.3).

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::net::SocketAddr;

use super::{methods, tidy};

/// What becomes of a datagram.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Let the library have it.
    Pass,
    /// Let the library have this in its place: the same message, in words the library can read.
    Rewrite(Vec<u8>),
    /// Not SIP, or nothing one may answer.
    Drop,
    /// Answer with this, and forget it.
    Refuse(Vec<u8>),
}

/// Judges one datagram from `source`. `cut` says that more came than was read.
#[must_use]
pub(super) fn judge(datagram: &[u8], cut: bool, source: SocketAddr) -> Fate {
    if datagram.starts_with(b"SIP/") {
        return Fate::Pass;
    }
    if datagram.iter().all(u8::is_ascii_whitespace) {
        // RFC 5626 4.4.1: a ping is answered, what else is blank is not.
        return if datagram == b"\r\n\r\n" { Fate::Refuse(b"\r\n".to_vec()) } else { Fate::Drop };
    }
    let Some(end) = find(datagram, b"\r\n\r\n") else {
        return refuse(datagram, datagram, Fault::bad("no end of headers"), source);
    };
    let (head, rest) = datagram.split_at_checked(end + 2).unwrap_or((datagram, &[]));
    let body = rest.get(2..).unwrap_or_default();
    let length = match fault(head, body.len(), cut) {
        Ok(length) => length,
        Err(fault) => return refuse(datagram, head, fault, source),
    };
    let tidied = std::str::from_utf8(head).ok().and_then(tidy::tidied);
    match (length, tidied) {
        (Length::Stated, None) => Fate::Pass,
        (Length::Stated, Some(head)) => rewritten(head.as_bytes(), None, body),
        (Length::Unstated, tidied) => {
            let head = tidied.as_ref().map_or(head, |tidied| tidied.as_bytes());
            rewritten(head, Some(body.len()), body)
        }
    }
}

/// RFC 3261 18.3: without a stated length the body reaches to the end; the library would take none.
fn rewritten(head: &[u8], length: Option<usize>, body: &[u8]) -> Fate {
    let length = length.map(|length| format!("Content-Length: {length}\r\n")).unwrap_or_default();
    Fate::Rewrite([head, length.as_bytes(), b"\r\n", body].concat())
}

/// Whether the length of the body is stated.
enum Length {
    Stated,
    Unstated,
}

/// A reason to refuse, with its status line.
struct Fault {
    status: u16,
    reason: &'static str,
    /// A header the status needs.
    with: Option<String>,
}

impl Fault {
    fn bad(reason: &'static str) -> Fault {
        Fault { status: 400, reason, with: None }
    }
}

fn fault(head: &[u8], body_len: usize, cut: bool) -> Result<Length, Fault> {
    if cut {
        return Err(Fault { status: 513, reason: "Message Too Large", with: None });
    }
    let text = std::str::from_utf8(head).map_err(|_| Fault::bad("headers are not UTF-8"))?;
    request_line(text.split("\r\n").next().unwrap_or_default())?;
    let Some(stated) = header(text, "content-length", "l") else { return Ok(Length::Unstated) };
    match stated.trim().parse::<usize>() {
        Ok(length) if length <= body_len => Ok(Length::Stated),
        Ok(_) => Err(Fault::bad("Content-Length is longer than the message")),
        Err(_) => Err(Fault::bad("Content-Length is no number")),
    }
}

/// RFC 3261 7.1: three words, single spaces, nothing else.
fn request_line(line: &str) -> Result<(), Fault> {
    let words: Vec<&str> = line.split(' ').collect();
    let [method, uri, version] = words.as_slice() else {
        return Err(Fault::bad("the request line is not three words"));
    };
    if !version.eq_ignore_ascii_case("SIP/2.0") {
        return Err(Fault { status: 505, reason: "Version Not Supported", with: None });
    }
    if uri.is_empty() || uri.starts_with('<') || has_bare_ipv6(uri) {
        return Err(Fault::bad("the request address cannot be read"));
    }
    if !methods::is_known(method) {
        let with = Some(format!("Allow: {}\r\n", methods::ALLOW));
        return Err(Fault { status: 405, reason: "Method Not Allowed", with });
    }
    Ok(())
}

/// RFC 5118 4.2: an IPv6 address stands in brackets, or its end cannot be told.
fn has_bare_ipv6(uri: &str) -> bool {
    let host = uri.rsplit_once('@').or_else(|| uri.split_once(':')).map_or(uri, |(_, host)| host);
    let host = host.split([';', '?']).next().unwrap_or_default();
    !host.contains('[') && host.matches(':').count() > 1
}

/// Builds the refusal; an ACK, or what lacks the headers of an answer, is dropped.
fn refuse(datagram: &[u8], head: &[u8], fault: Fault, source: SocketAddr) -> Fate {
    if head.starts_with(b"ACK ") {
        return Fate::Drop;
    }
    let text = String::from_utf8_lossy(head);
    let tag = tag_of(datagram);
    match answer_headers(&text, source, tag) {
        Some(headers) => {
            let (status, reason) = (fault.status, fault.reason);
            let with = fault.with.unwrap_or_default();
            Fate::Refuse(format!("SIP/2.0 {status} {reason}\r\n{headers}{with}Content-Length: 0\r\n\r\n").into_bytes())
        }
        None => Fate::Drop,
    }
}

/// The headers an answer copies (RFC 3261 8.2.6.2), each on one line.
fn answer_headers(text: &str, source: SocketAddr, tag: u64) -> Option<String> {
    let mut answer = String::with_capacity(512);
    let mut vias = 0;
    for (name, value) in lines(text) {
        match name.to_ascii_lowercase().as_str() {
            "via" | "v" => {
                vias += 1;
                answer.push_str(&if vias == 1 { marked_via(&value, source) } else { format!("Via: {value}\r\n") });
            }
            "to" | "t" if value.contains("tag=") => answer.push_str(&format!("To: {value}\r\n")),
            "to" | "t" => answer.push_str(&format!("To: {value};tag={tag:016x}\r\n")),
            "from" | "f" => answer.push_str(&format!("From: {value}\r\n")),
            "call-id" | "i" => answer.push_str(&format!("Call-ID: {value}\r\n")),
            "cseq" => answer.push_str(&format!("CSeq: {value}\r\n")),
            _ => {}
        }
    }
    let whole = ["To: ", "From: ", "Call-ID: ", "CSeq: "].iter().all(|name| answer.contains(name));
    (vias > 0 && whole).then_some(answer)
}

/// RFC 3261 18.2.1 and RFC 3581 4: where the request really came from.
fn marked_via(value: &str, source: SocketAddr) -> String {
    let (first, rest) = value.split_once(',').map_or((value, None), |(first, rest)| (first, Some(rest)));
    let marked = first.replace(";rport", &format!(";rport={}", source.port()));
    let rest = rest.map(|rest| format!(",{rest}")).unwrap_or_default();
    format!("Via: {};received={}{rest}\r\n", marked.trim(), source.ip())
}

/// The headers after the first line, folded lines joined.
fn lines(text: &str) -> Vec<(&str, String)> {
    let mut headers: Vec<(&str, String)> = Vec::new();
    for line in text.split("\r\n").skip(1) {
        if let Some(more) = line.strip_prefix([' ', '\t']) {
            if let Some((_, value)) = headers.last_mut() {
                value.push(' ');
                value.push_str(more.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            headers.push((name.trim(), value.trim().to_owned()));
        }
    }
    headers
}

fn header<'a>(text: &'a str, name: &str, short: &str) -> Option<&'a str> {
    // Most lines are told by their first letter; a line's end is its line feed, what stands before it is trimmed.
    let first = |text: &str| text.bytes().next().map(|byte| byte.to_ascii_lowercase());
    let begins = [first(name), first(short)];
    text.split('\n').skip(1).filter(|line| begins.contains(&first(line.trim_start()))).find_map(|line| {
        let (found, value) = line.split_once(':')?;
        let found = found.trim();
        (found.eq_ignore_ascii_case(name) || found.eq_ignore_ascii_case(short)).then_some(value.trim_end())
    })
}

/// The same for each retransmission, as a To-tag must be.
fn tag_of(datagram: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    datagram.hash(&mut hasher);
    hasher.finish()
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    let first = needle.first()?;
    let mut from = 0;
    loop {
        let rest = haystack.get(from..)?;
        let at = from + rest.iter().position(|byte| byte == first)?;
        if haystack.get(at..)?.starts_with(needle) {
            return Some(at);
        }
        from = at + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HEADERS: &str = "Via: SIP/2.0/UDP pc:5;branch=z9hG4bK1;rport\r\nFrom: <sip:a@a>;tag=1\r\nTo: <sip:b@b>\r\n\
        Call-ID: c\r\nCSeq: 1 OPTIONS\r\n";

    fn fate(message: &str) -> Fate {
        judge(message.as_bytes(), false, "192.0.2.9:6000".parse().unwrap())
    }

    fn status(message: &str) -> Option<u16> {
        match fate(message) {
            Fate::Refuse(answer) => String::from_utf8(answer).unwrap().split(' ').nth(1)?.parse().ok(),
            Fate::Pass | Fate::Drop | Fate::Rewrite(_) => None,
        }
    }

    #[test]
    fn good_requests_and_responses_pass() {
        assert_eq!(fate(&format!("OPTIONS sip:b@b SIP/2.0\r\n{HEADERS}Content-Length: 0\r\n\r\n")), Fate::Pass);
        assert_eq!(fate("SIP/2.0 200 OK\r\n\r\n"), Fate::Pass);
    }

    #[test]
    fn a_body_without_a_stated_length_gets_one() {
        let message = format!("INVITE sip:b@b SIP/2.0\r\n{HEADERS}\r\nv=0\r\n");
        let Fate::Rewrite(whole) = fate(&message) else { panic!("not stated") };
        let whole = String::from_utf8(whole).unwrap();
        assert!(whole.ends_with("CSeq: 1 OPTIONS\r\nContent-Length: 5\r\n\r\nv=0\r\n"), "{whole}");
    }

    #[test]
    fn faults_are_refused_with_their_status() {
        let cases = [
            ("OPTIONS sip:b@b SIP/7.0", "Content-Length: 0\r\n", 505),
            ("OPTIONS  sip:b@b SIP/2.0", "", 400),
            ("OPTIONS <sip:b@b> SIP/2.0", "", 400),
            ("OPTIONS sip:b@b SIP/2.0 ", "", 400),
            ("!interesting-Method0123456789_*+`.%indeed'~ sip:b@b SIP/2.0", "", 405),
            ("OPTIONS sip:2001:db8::10 SIP/2.0", "", 400),
            ("OPTIONS sip:b@b SIP/2.0", "Content-Length: 9999\r\n", 400),
            ("OPTIONS sip:b@b SIP/2.0", "l: -1\r\n", 400),
        ];
        for (line, more, want) in cases {
            assert_eq!(status(&format!("{line}\r\n{HEADERS}{more}\r\n")), Some(want), "{line} {more}");
        }
    }

    #[test]
    fn the_answer_copies_what_rfc_3261_copies() {
        let Fate::Refuse(answer) = fate(&format!("OPTIONS sip:b@b SIP/7.0\r\n{HEADERS}\r\n")) else { panic!("passed") };
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.contains("Via: SIP/2.0/UDP pc:5;branch=z9hG4bK1;rport=6000;received=192.0.2.9\r\n"), "{answer}");
        assert!(answer.contains("To: <sip:b@b>;tag=") && answer.contains("CSeq: 1 OPTIONS\r\n"), "{answer}");
    }

    #[test]
    fn what_may_not_be_answered_is_dropped() {
        assert_eq!(fate(&format!("ACK sip:b@b SIP/7.0\r\n{HEADERS}\r\n")), Fate::Drop);
        assert_eq!(fate("hello"), Fate::Drop);
        assert_eq!(fate("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), Fate::Drop);
    }

    proptest! {
        #[test]
        fn foreign_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), cut: bool) {
            let _ = judge(&bytes, cut, "192.0.2.9:6000".parse().unwrap());
        }

        #[test]
        fn a_damaged_request_never_panics(at in 0usize..160, with: u8) {
            let mut message = format!("OPTIONS sip:b@b SIP/2.0\r\n{HEADERS}Content-Length: 0\r\n\r\n").into_bytes();
            if let Some(byte) = message.get_mut(at) { *byte = with; }
            let _ = judge(&message, false, "192.0.2.9:6000".parse().unwrap());
        }
    }
}
