//! Responses: what they copy of their request, said once and reused for each.

use rsipstack::sip::{Header, HeadersExt as _, Request, Response, StatusCode, Version};

use super::tag;

/// A request's headers that each of its responses repeats (RFC 3261 8.2.6.2), our tag included.
#[derive(Debug, Clone)]
pub(super) struct Reply {
    copied: Vec<Header>,
    record_route: Vec<Header>,
}

impl Reply {
    /// For `request`; `tag` is put on a To header that has none.
    #[must_use]
    #[expect(clippy::wildcard_enum_match_arm, reason = "a foreign enum: all else is alike here")]
    pub(super) fn to(request: &Request, tag: &str) -> Reply {
        let mut copied = Vec::with_capacity(8);
        let mut record_route = Vec::new();
        for header in request.headers.iter() {
            match header {
                Header::Via(_) | Header::From(_) | Header::CallId(_) | Header::CSeq(_) => copied.push(header.clone()),
                Header::To(to) => copied.push(Header::To(tagged(to, tag))),
                Header::RecordRoute(_) => record_route.push(header.clone()),
                // A foreign enum of all headers there are: the rest is not copied.
                _ => {}
            }
        }
        Reply { copied, record_route }
    }

    /// A response without a body.
    #[must_use]
    pub(super) fn bare(&self, status: StatusCode, more: Vec<Header>) -> Response {
        self.with_body(status, more, Vec::new())
    }

    /// A response that establishes or describes a dialog: Record-Route is copied (RFC 3261 12.1.1).
    #[must_use]
    pub(super) fn in_dialog(&self, status: StatusCode, more: Vec<Header>, body: Vec<u8>) -> Response {
        let mut all = self.record_route.clone();
        all.extend(more);
        self.with_body(status, all, body)
    }

    fn with_body(&self, status_code: StatusCode, more: Vec<Header>, body: Vec<u8>) -> Response {
        let mut headers = Vec::with_capacity(self.copied.len() + more.len() + 3);
        headers.extend_from_slice(&self.copied);
        headers.extend(more);
        headers.push(Header::Server(PRODUCT.into()));
        headers.push(Header::ContentLength((body.len() as u32).into()));
        Response { status_code, wire_reason: None, version: Version::V2, headers: headers.into(), body }
    }
}

/// How we name ourselves.
pub(super) const PRODUCT: &str = concat!("Cabrank/", env!("CARGO_PKG_VERSION"));

/// A To header with `tag`, unless it has one.
fn tagged(to: &rsipstack::sip::To, ours: &str) -> rsipstack::sip::To {
    match tag::of(to.value()) {
        Ok(None) => format!("{};tag={ours}", to.value()).into(),
        Ok(Some(_)) | Err(_) => to.clone(),
    }
}

/// Adds `Retry-After` in seconds.
#[must_use]
pub(super) fn retry_after(seconds: u32) -> Header {
    Header::RetryAfter(seconds.to_string().into())
}

/// What a request lacks to be answered at all, or says against itself (RFC 3261 8.1.1, 8.2).
#[must_use]
pub(super) fn fault_of(request: &Request) -> Option<&'static str> {
    if has_doubles(request) {
        return Some("a header that may stand once stands twice");
    }
    if !has_balanced_quotes(request) {
        return Some("a quoted name has no end");
    }
    let from_tag = request.from_header().ok().and_then(|from| tag::of(from.value()).ok().flatten());
    let Ok(cseq) = request.cseq_header() else { return Some("no CSeq") };
    match (cseq.seq(), cseq.method()) {
        (Ok(seq), Ok(method)) if method == request.method && seq < 1 << 31 => {}
        (Ok(_), Ok(_)) => return Some("CSeq does not fit the request"),
        (Err(_), _) | (_, Err(_)) => return Some("CSeq cannot be read"),
    }
    if request.to_header().map_or(true, |to| tag::of(to.value()).is_err()) {
        return Some("To cannot be read");
    }
    if request.call_id_header().map_or(true, |id| id.value().trim().is_empty()) {
        return Some("no Call-ID");
    }
    from_tag.is_none_or(|tag| tag.is_empty()).then_some("no tag in From")
}

/// RFC 3261 7.3.1: these may not be repeated, not even with the same value.
#[expect(clippy::wildcard_enum_match_arm, reason = "a foreign enum: all else is alike here")]
fn has_doubles(request: &Request) -> bool {
    let mut seen = [0_u8; 6];
    for header in request.headers.iter() {
        let place = match header {
            Header::From(_) => 0,
            Header::To(_) => 1,
            Header::CallId(_) => 2,
            Header::CSeq(_) => 3,
            Header::MaxForwards(_) => 4,
            Header::ContentLength(_) => 5,
            _ => continue,
        };
        if let Some(count) = seen.get_mut(place) {
            *count = count.saturating_add(1);
        }
    }
    seen.iter().any(|count| *count > 1)
}

#[expect(clippy::wildcard_enum_match_arm, reason = "a foreign enum: all else is alike here")]
fn has_balanced_quotes(request: &Request) -> bool {
    request.headers.iter().all(|header| match header {
        Header::From(from) => quotes_end(from.value()),
        Header::To(to) => quotes_end(to.value()),
        Header::Contact(contact) => quotes_end(contact.value()),
        _ => true,
    })
}

fn quotes_end(value: &str) -> bool {
    let mut open = false;
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => open = !open,
            '\\' if open => {
                chars.next();
            }
            _ => {}
        }
    }
    !open
}
