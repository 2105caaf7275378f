//! Requests as they come: which belong to a dialog, which open one, which are answered at once.

use rsipstack::sip::{Header, HeadersExt as _, Method, Param, Request, Scheme, StatusCode};

use super::dialog::{named_by_request, new_tag};
use super::edge::Edge;
use super::methods::{ALLOW, capabilities, unsupported};
use super::number::user_of;
use super::reply::{Reply, retry_after};
use super::transactions::Incoming;

impl Edge {
    /// Takes a new request.
    pub(super) fn on_request(&mut self, tx: Incoming) {
        match named_by_request(&tx.original) {
            Some((key, remote_tag)) => match self.legs.in_dialog(&key, &remote_tag) {
                Some(leg) => self.on_dialog_request(leg, tx),
                None => self.refuse(tx, StatusCode::CallTransactionDoesNotExist, Vec::new()),
            },
            None => self.on_first_request(tx),
        }
    }

    /// Answers `tx` with a refusal, whatever its method.
    pub(super) fn refuse(&self, tx: Incoming, status: StatusCode, more: Vec<Header>) {
        let response = Reply::to(&tx.original, &new_tag()).bare(status, more);
        self.transactions.respond(tx.id(), &response);
    }

    fn on_first_request(&mut self, tx: Incoming) {
        match tx.original.method {
            Method::Invite => self.on_invite(tx),
            Method::Register => self.on_register(tx),
            Method::Options => self.on_options(tx),
            // In a dialog only; this names none (RFC 3261 12.2.2, RFC 6086 4.2.2, RFC 3311 5.2).
            Method::Bye | Method::Info | Method::Update | Method::PRack | Method::Notify => {
                self.refuse(tx, StatusCode::CallTransactionDoesNotExist, Vec::new());
            }
            // A transfer of what is no call of ours.
            Method::Refer => self.refuse(tx, StatusCode::Decline, Vec::new()),
            Method::Subscribe | Method::Message | Method::Publish => self.refuse_method(tx),
            // The transactions keep both to themselves.
            Method::Ack | Method::Cancel => {}
        }
    }

    /// 405 with what we do take (RFC 3261 8.2.1).
    pub(super) fn refuse_method(&self, tx: Incoming) {
        self.refuse(tx, StatusCode::MethodNotAllowed, vec![Header::Allow(ALLOW.into())]);
    }

    /// RFC 3261 11.2: as an INVITE would be answered.
    fn on_options(&self, tx: Incoming) {
        let (status, more) = match self.options_status(&tx.original) {
            Ok(()) => return self.refuse(tx, StatusCode::OK, capabilities()),
            Err(refusal) => refusal,
        };
        self.refuse(tx, status, more);
    }

    fn options_status(&self, request: &Request) -> Result<(), (StatusCode, Vec<Header>)> {
        check_common(request)?;
        if self.is_draining() {
            return Err((StatusCode::ServiceUnavailable, vec![retry_after(self.limits.retry_after_s)]));
        }
        match user_of(&request.uri) {
            Some(user) if self.line_of(&user).is_none() && !self.phones.ids.contains_key(user.as_str()) => {
                Err((StatusCode::NotFound, Vec::new()))
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// What holds for each request that opens something (RFC 3261 8.2.2): 416, 420.
pub(super) fn check_common(request: &Request) -> Result<(), (StatusCode, Vec<Header>)> {
    if !has_our_scheme(request) {
        return Err((StatusCode::UnsupportedUriScheme, Vec::new()));
    }
    match unsupported(request.headers.iter()) {
        Some(tags) => Err((StatusCode::BadExtension, vec![Header::Unsupported(tags.into())])),
        None => Ok(()),
    }
}

fn has_our_scheme(request: &Request) -> bool {
    match &request.uri.scheme {
        Some(Scheme::Sip | Scheme::Sips) => true,
        Some(Scheme::Other(scheme)) => scheme.eq_ignore_ascii_case("tel"),
        None => false,
    }
}

/// How often a request may still be forwarded; 70 when it does not say (RFC 3261 8.1.1.6).
#[must_use]
pub(super) fn hops_of(request: &Request) -> Option<u32> {
    match request.max_forwards_header() {
        Ok(header) => header.value().trim().parse().ok(),
        Err(_) => Some(70),
    }
}

/// The branches a request has come through.
pub(super) fn branches(request: &Request) -> impl Iterator<Item = String> + '_ {
    let vias = request.headers.iter().filter_map(|header| {
        let Header::Via(via) = header else { return None };
        Some(via.value())
    });
    vias.flat_map(|list| list.split(',')).filter_map(|via| {
        via.split(';').filter_map(|part| part.parse::<Param>().ok()).find_map(|param| {
            let Param::Branch(branch) = param else { return None };
            Some(branch.to_string())
        })
    })
}
