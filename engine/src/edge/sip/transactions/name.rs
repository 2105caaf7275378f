//! What tells one transaction from another (RFC 3261 17.1.3, 17.2.3), and the texts it is read from.

use std::net::SocketAddr;

use rsipstack::sip::{Header, HeadersExt as _, Method, Request, Response};

/// RFC 3261's cookie: a branch that begins so is never the same twice.
const COOKIE: &str = "z9hG4bK";

/// The transaction of a peer's request; an ACK or CANCEL names that of its INVITE.
#[must_use]
pub(super) fn of_request(request: &Request) -> Option<String> {
    let via = top_via(request.headers.iter())?;
    let of_invite = matches!(request.method, Method::Ack | Method::Cancel);
    let method = if of_invite { Method::Invite } else { request.method };
    let branch = param(via, "branch").filter(|branch| branch.starts_with(COOKIE));
    if let Some(branch) = branch {
        return Some(format!("{branch}|{}|{method}", sent_by(via)));
    }
    // As RFC 2543 had it: all that a repeated request repeats.
    let call_id = request.call_id_header().ok()?.value();
    let from = request.from_header().ok()?.value();
    let seq = request.cseq_header().ok()?.value().split_whitespace().next()?;
    Some(format!("{via}|{call_id}|{from}|{seq}|{method}"))
}

/// The transaction of ours that a response answers.
#[must_use]
pub(super) fn of_response(response: &Response) -> Option<String> {
    let branch = param(top_via(response.headers.iter())?, "branch")?;
    let method = response.cseq_header().ok()?.value().split_whitespace().nth(1)?;
    Some(format!("{branch}|{method}"))
}

/// The transaction that a request of ours begins.
#[must_use]
pub(super) fn of_own(request: &Request) -> Option<String> {
    let branch = param(top_via(request.headers.iter())?, "branch")?;
    Some(format!("{branch}|{}", request.method))
}

/// The dialog and INVITE that an ACK to a 2xx names: Call-ID, our tag, number.
#[must_use]
pub(super) fn of_ack(call_id: &str, tag: &str, cseq: &str) -> Option<String> {
    let seq = cseq.split_whitespace().next()?;
    Some(format!("{call_id}|{tag}|{seq}"))
}

/// Where a request really came from, put into its topmost Via (RFC 3261 18.2.1, RFC 3581 4).
pub(in super::super) fn mark_source(request: &mut Request, source: SocketAddr) {
    let via = request.headers.iter_mut().find_map(|header| if let Header::Via(via) = header { Some(via) } else { None });
    if let Some(via) = via {
        let (first, rest) = via.value().split_once(',').map_or((via.value(), None), |(first, rest)| (first, Some(rest)));
        let rest = rest.map(|rest| format!(",{rest}")).unwrap_or_default();
        *via = format!("{}{rest}", marked(first, source)).into();
    }
}

fn marked(via: &str, source: SocketAddr) -> String {
    let mut parts = via.split(';');
    let mut marked = parts.next().unwrap_or_default().trim_end().to_owned();
    for part in parts {
        let name = part.split('=').next().unwrap_or_default().trim();
        if name.eq_ignore_ascii_case("rport") {
            marked.push_str(&format!(";rport={}", source.port()));
        } else if !name.eq_ignore_ascii_case("received") {
            marked.push(';');
            marked.push_str(part.trim_end());
        }
    }
    if sent_by(via) != source.to_string() {
        marked.push_str(&format!(";received={}", source.ip()));
    }
    marked
}

fn top_via<'h>(mut headers: impl Iterator<Item = &'h Header>) -> Option<&'h str> {
    let via = headers.find_map(|header| if let Header::Via(via) = header { Some(via.value()) } else { None })?;
    via.split(',').next()
}

/// `host:port` of a Via.
fn sent_by(via: &str) -> &str {
    let before = via.split(';').next().unwrap_or_default().trim();
    before.rsplit(char::is_whitespace).next().unwrap_or_default()
}

fn param<'v>(via: &'v str, name: &str) -> Option<&'v str> {
    via.split(';').skip(1).find_map(|part| {
        let (found, value) = part.split_once('=')?;
        found.trim().eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(line: &str, via: &str) -> Request {
        let text = format!(
            "{line} SIP/2.0\r\nVia: {via}\r\nFrom: <sip:a@a>;tag=1\r\nTo: <sip:b@b>\r\nCall-ID: c\r\nCSeq: 7 INVITE\r\n\r\n"
        );
        Request::try_from(text.as_str()).unwrap()
    }

    #[test]
    fn ack_and_cancel_name_their_invite() {
        let via = "SIP/2.0/UDP a:5;branch=z9hG4bK1;rport, SIP/2.0/UDP b;branch=z9hG4bK0";
        let of = |line: &str| of_request(&request(line, via)).unwrap();
        assert_eq!(of("INVITE sip:b@b"), "z9hG4bK1|a:5|INVITE");
        assert_eq!(of("ACK sip:b@b"), of("INVITE sip:b@b"));
        assert_eq!(of("CANCEL sip:b@b"), of("INVITE sip:b@b"));
        assert_ne!(of("BYE sip:b@b"), of("INVITE sip:b@b"));
    }

    #[test]
    fn without_the_cookie_all_that_is_repeated_counts() {
        let of = |via: &str| of_request(&request("INVITE sip:b@b", via)).unwrap();
        assert_ne!(of("SIP/2.0/UDP a;branch=1"), of("SIP/2.0/UDP a;branch=2"));
        assert_eq!(of("SIP/2.0/UDP a"), of("SIP/2.0/UDP a"));
    }

    #[test]
    fn the_source_is_marked_as_rfc_3581_has_it() {
        let source = "192.0.2.9:6000".parse().unwrap();
        let of = |via: &str| {
            let mut request = request("OPTIONS sip:b@b", via);
            mark_source(&mut request, source);
            request.via_header().unwrap().value().to_owned()
        };
        assert_eq!(of("SIP/2.0/UDP pc:5;branch=1;rport"), "SIP/2.0/UDP pc:5;branch=1;rport=6000;received=192.0.2.9");
        assert_eq!(of("SIP/2.0/UDP 192.0.2.9:6000;rport;branch=1"), "SIP/2.0/UDP 192.0.2.9:6000;rport=6000;branch=1");
        assert_eq!(
            of("SIP/2.0/UDP 192.0.2.9:6000;branch=1, SIP/2.0/UDP x"),
            "SIP/2.0/UDP 192.0.2.9:6000;branch=1, SIP/2.0/UDP x"
        );
        assert_eq!(of("SIP/2.0/UDP pc;received=192.0.2.1"), "SIP/2.0/UDP pc;received=192.0.2.9");
    }
}
