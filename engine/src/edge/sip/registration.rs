//! REGISTER: who may, where the phone is, and what the desk is told (RFC 3261 10.3).

use std::sync::Arc;

use cabrank_core::{AgentId, Input, PhoneLost};
use rsipstack::sip::{Header, HeadersExt as _, Method, Request, StatusCode};

use super::digest::Verdict;
use super::edge::Edge;
use super::ingress::Refusal;
use super::note::Key;
use super::path::Path;
use super::registrar::Outcome;
use super::requests::check_common;
use super::transactions::Incoming;

impl Edge {
    /// Takes a REGISTER.
    pub(super) fn on_register(&mut self, tx: Incoming) {
        let result = self.register(&tx.original, &tx.path);
        match result {
            Ok(headers) => self.refuse(tx, StatusCode::OK, headers),
            Err((status, more)) => self.refuse(tx, status, more),
        }
    }

    /// Phones whose registration ran out.
    pub(super) fn lapse_phones(&mut self, now_ms: u64) {
        for name in self.phones.registrar.lapse(now_ms) {
            if let Some(agent) = self.phones.ids.get(&name).copied() {
                self.desk.tell(Input::PhoneLost { agent, how: PhoneLost::Expired });
            }
            self.note_gone(&Key::Phone(name));
        }
    }

    fn register(&mut self, request: &Request, path: &Path) -> Result<Vec<Header>, Refusal> {
        check_common(request)?;
        let (name, agent) = self.authenticate(request, path)?;
        let now_ms = self.now_ms();
        let outcome = self.phones.registrar.register(&name, request, path.clone(), now_ms);
        self.report(agent, &outcome);
        if matches!(outcome, Outcome::Bound { .. } | Outcome::Unbound) {
            self.note_phone(&name);
        }
        match outcome {
            Outcome::Bound { .. } | Outcome::Unbound | Outcome::Unchanged => Ok(self.bindings(&name, now_ms)),
            Outcome::TooBrief { expires_s_min } => {
                Err((StatusCode::IntervalTooBrief, vec![Header::MinExpires(expires_s_min.to_string().into())]))
            }
            Outcome::OutOfOrder => Err((StatusCode::ServerInternalError, Vec::new())),
            Outcome::Malformed => Err((StatusCode::BadRequest, Vec::new())),
        }
    }

    /// The agent a REGISTER is for, proven by its credentials.
    fn authenticate(&mut self, request: &Request, path: &Path) -> Result<(Arc<str>, AgentId), Refusal> {
        let Some(given) = our_credentials(request) else { return Err(self.challenge(path, false)) };
        let now_ms = self.now_ms();
        let phones = &mut self.phones;
        let method = Method::Register.to_string();
        let verdict = phones.authenticator.judge(given, &method, path.ip(), now_ms, |user| phones.secrets.get(user));
        match verdict {
            Verdict::Genuine(user) => self.registered_agent(request, &user),
            Verdict::Challenge { stale } => Err(self.challenge(path, stale)),
            Verdict::Forged => Err((StatusCode::Forbidden, Vec::new())),
            Verdict::Malformed => Err((StatusCode::BadRequest, Vec::new())),
        }
    }

    /// RFC 3261 10.3 step 3: the user may only register itself.
    fn registered_agent(&self, request: &Request, user: &str) -> Result<(Arc<str>, AgentId), Refusal> {
        let to = request.to_header().ok().and_then(|to| to.uri().ok());
        let named = to.as_ref().and_then(|uri| uri.user()) == Some(user);
        let found = self.phones.ids.get_key_value(user).filter(|_| named);
        found.map(|(name, id)| (name.clone(), *id)).ok_or((StatusCode::Forbidden, Vec::new()))
    }

    fn challenge(&mut self, path: &Path, stale: bool) -> Refusal {
        let now_ms = self.now_ms();
        let challenges = self.phones.authenticator.challenges(path.ip(), stale, now_ms);
        let headers = challenges.into_iter().map(|value| Header::WwwAuthenticate(value.into())).collect();
        (StatusCode::Unauthorized, headers)
    }

    fn report(&mut self, agent: AgentId, outcome: &Outcome) {
        match outcome {
            Outcome::Bound { .. } => self.desk.tell(Input::PhoneReached { agent }),
            Outcome::Unbound => self.desk.tell(Input::PhoneLost { agent, how: PhoneLost::Deregistered }),
            Outcome::Unchanged | Outcome::TooBrief { .. } | Outcome::OutOfOrder | Outcome::Malformed => {}
        }
    }

    /// The present binding, as each 200 lists it (RFC 3261 10.3 step 8).
    fn bindings(&self, name: &str, now_ms: u64) -> Vec<Header> {
        let binding = self.phones.registrar.binding(name, now_ms);
        let listed = binding.map(|binding| {
            let left_s = binding.until_ms.saturating_sub(now_ms).div_ceil(1000);
            Header::Contact(format!("<{}>;expires={left_s}", binding.contact).into())
        });
        listed.into_iter().collect()
    }
}

/// The first digest credentials; other schemes are as none (RFC 4475 3.3.7). A phone sends one set a realm, and ours is the only one it knows here.
fn our_credentials(request: &Request) -> Option<&str> {
    request.headers.iter().find_map(|header| {
        let Header::Authorization(value) = header else { return None };
        Some(value.value()).filter(|value| is_digest(value))
    })
}

fn is_digest(value: &str) -> bool {
    let scheme = value.split_whitespace().next().unwrap_or_default();
    scheme.eq_ignore_ascii_case("Digest")
}
