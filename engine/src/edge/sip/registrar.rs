//! Where the agents' phones are: the bindings of RFC 3261 10.3, one an agent, the last one wins.

use std::collections::{BTreeSet, HashMap};
use std::ops::RangeInclusive;
use std::sync::Arc;

use rsipstack::sip::{HeadersExt, Request, Scheme, Uri, typed};

use super::listen::Sockets;
use super::note;
use super::path::Path;
use crate::lane::unix_micros_now;

/// Where an agent's phone can be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binding<P> {
    /// What the phone calls itself; the Request-URI when we ring it.
    pub contact: Uri,
    /// Where its REGISTER came from: the way back through NAT.
    pub path: P,
    /// When it lapses, in milliseconds of the edge's clock.
    pub until_ms: u64,
    call_id: String,
    cseq: u32,
}

impl Binding<Path> {
    /// As it is noted for a restart.
    #[must_use]
    pub(super) fn noted(&self, now_ms: u64) -> note::Phone {
        note::Phone {
            contact: self.contact.to_string(),
            path: Some(self.path.noted()),
            until_ms: (unix_micros_now() / 1_000).saturating_add(self.until_ms.saturating_sub(now_ms)),
            call_id: self.call_id.clone(),
            cseq: self.cseq,
        }
    }

    /// The binding that a restart has left; none if it has lapsed, or if its connection went with the engine.
    #[must_use]
    pub(super) fn resumed(noted: note::Phone, sockets: &Sockets, now_ms: u64, longest_ms: u64) -> Option<Binding<Path>> {
        // A wall clock that jumped makes no registration longer than any can be.
        let left_ms = noted.until_ms.saturating_sub(unix_micros_now() / 1_000).min(longest_ms);
        let path = sockets.path(noted.path.as_ref()?).filter(|path| left_ms > 0 && path.is_open())?;
        let contact = Uri::try_from(noted.contact.as_str()).ok()?;
        Some(Binding { contact, path, until_ms: now_ms.saturating_add(left_ms), call_id: noted.call_id, cseq: noted.cseq })
    }
}

/// What a REGISTER came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The binding stands, for so many seconds.
    Bound {
        /// Seconds granted.
        expires_s: u32,
    },
    /// The binding is gone.
    Unbound,
    /// It only asked, or removed a binding that was not there.
    Unchanged,
    /// It asked for too little time: 423 with Min-Expires.
    TooBrief {
        /// The least there is, in seconds.
        expires_s_min: u32,
    },
    /// An older request came after a newer one: 500 (RFC 3261 10.3 step 6).
    OutOfOrder,
    /// It breaks the grammar: 400.
    Malformed,
}

/// All bindings of the edge. `P` is the way back to a phone.
#[derive(Debug)]
pub(super) struct Registrar<P> {
    /// Seconds: less is answered 423, more is not granted.
    expires_s: RangeInclusive<u32>,
    bindings: HashMap<Arc<str>, Binding<P>>,
    by_end: BTreeSet<(u64, Arc<str>)>,
}

/// One contact a REGISTER names, with the time it asks for.
struct Wish {
    contact: Uri,
    expires_s: u32,
}

impl<P: Clone> Registrar<P> {
    /// Nobody is registered; whoever registers does so for a time within `expires_s` seconds.
    pub(super) fn new(expires_s: RangeInclusive<u32>) -> Registrar<P> {
        Registrar { expires_s, bindings: HashMap::new(), by_end: BTreeSet::new() }
    }

    /// Where `agent` can be reached now.
    #[must_use]
    pub(super) fn binding(&self, agent: &str, now_ms: u64) -> Option<&Binding<P>> {
        self.bindings.get(agent).filter(|binding| binding.until_ms > now_ms)
    }

    /// Takes the binding that a restart has left.
    pub(super) fn resume(&mut self, agent: &Arc<str>, binding: Binding<P>) {
        self.by_end.insert((binding.until_ms, agent.clone()));
        self.bindings.insert(agent.clone(), binding);
    }

    /// The longest there is, in milliseconds.
    #[must_use]
    pub(super) fn longest_ms(&self) -> u64 {
        u64::from(*self.expires_s.end()) * 1_000
    }

    /// Applies an authenticated REGISTER of `agent`.
    pub(super) fn register(&mut self, agent: &Arc<str>, request: &Request, path: P, now_ms: u64) -> Outcome {
        let Some((call_id, cseq)) = identity(request) else { return Outcome::Malformed };
        let Ok(contacts) = request.typed_contact_headers() else { return Outcome::Malformed };
        if contacts.is_empty() {
            return Outcome::Unchanged;
        }
        let Some(default_s) = default_expires_s(request, *self.expires_s.end()) else { return Outcome::Malformed };
        if self.is_out_of_order(agent, &call_id, cseq) {
            return Outcome::OutOfOrder;
        }
        if contacts.iter().any(is_star) {
            return self.unbind_all(agent, contacts.len(), default_s);
        }
        let mut outcome = Outcome::Unchanged;
        for contact in contacts {
            let expires_s = contact.expires().unwrap_or(default_s);
            let wish = Wish { contact: contact.uri, expires_s };
            let applied = self.apply(agent, wish, &path, now_ms, (&call_id, cseq));
            if applied != Outcome::Unchanged {
                outcome = applied;
            }
        }
        outcome
    }

    /// Removes the bindings that have lapsed and names their agents.
    pub(super) fn lapse(&mut self, now_ms: u64) -> Vec<Arc<str>> {
        let mut gone = Vec::new();
        while let Some((until_ms, _)) = self.by_end.first() {
            if *until_ms > now_ms {
                break;
            }
            if let Some((_, agent)) = self.by_end.pop_first() {
                self.bindings.remove(&agent);
                gone.push(agent);
            }
        }
        gone
    }

    fn is_out_of_order(&self, agent: &Arc<str>, call_id: &str, cseq: u32) -> bool {
        self.bindings.get(agent).is_some_and(|old| old.call_id == call_id && cseq <= old.cseq)
    }

    /// RFC 3261 10.2.2: the star stands alone and only with Expires: 0.
    fn unbind_all(&mut self, agent: &Arc<str>, contacts: usize, expires_s: u32) -> Outcome {
        if contacts > 1 || expires_s != 0 {
            return Outcome::Malformed;
        }
        self.unbind(agent)
    }

    fn apply(&mut self, agent: &Arc<str>, wish: Wish, path: &P, now_ms: u64, id: (&str, u32)) -> Outcome {
        match wish.expires_s {
            0 if self.bindings.get(agent).is_some_and(|old| old.contact == wish.contact) => self.unbind(agent),
            // A phone that restarted elsewhere is not thrown out by its former address.
            0 => Outcome::Unchanged,
            expires_s if expires_s < *self.expires_s.start() => Outcome::TooBrief { expires_s_min: *self.expires_s.start() },
            _ => self.bind(agent, wish, path, now_ms, id),
        }
    }

    fn bind(&mut self, agent: &Arc<str>, wish: Wish, path: &P, now_ms: u64, id: (&str, u32)) -> Outcome {
        self.unbind(agent);
        let expires_s = wish.expires_s.min(*self.expires_s.end());
        let until_ms = now_ms + u64::from(expires_s) * 1000;
        let (call_id, cseq) = (id.0.to_owned(), id.1);
        let binding = Binding { contact: wish.contact, path: path.clone(), until_ms, call_id, cseq };
        self.bindings.insert(agent.clone(), binding);
        self.by_end.insert((until_ms, agent.clone()));
        Outcome::Bound { expires_s }
    }

    fn unbind(&mut self, agent: &Arc<str>) -> Outcome {
        match self.bindings.remove(agent) {
            Some(old) => {
                self.by_end.remove(&(old.until_ms, agent.clone()));
                Outcome::Unbound
            }
            None => Outcome::Unchanged,
        }
    }
}

fn identity(request: &Request) -> Option<(String, u32)> {
    let call_id = request.call_id_header().ok()?.value().to_owned();
    Some((call_id, request.cseq_header().ok()?.seq().ok()?))
}

/// The Expires header, or our longest when there is none; `None` when it cannot be read.
fn default_expires_s(request: &Request, longest_s: u32) -> Option<u32> {
    match request.expires_header() {
        Some(header) => header.value().trim().parse().ok(),
        None => Some(longest_s),
    }
}

fn is_star(contact: &typed::Contact) -> bool {
    matches!(&contact.uri.scheme, Some(Scheme::Other(scheme)) if scheme == "*")
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Desk {
        registrar: Registrar<u16>,
        agent: Arc<str>,
        cseq: u32,
    }

    impl Desk {
        fn new() -> Desk {
            Desk { registrar: Registrar::new(60..=3_600), agent: "a101".into(), cseq: 0 }
        }

        fn register(&mut self, headers: &str, now_ms: u64) -> Outcome {
            self.cseq += 1;
            self.register_as("one", self.cseq, headers, now_ms)
        }

        fn register_as(&mut self, call_id: &str, cseq: u32, headers: &str, now_ms: u64) -> Outcome {
            let text = format!(
                "REGISTER sip:desk SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1\r\n\
                 From: <sip:a101@desk>;tag=1\r\nTo: <sip:a101@desk>\r\nCall-ID: {call_id}\r\n\
                 CSeq: {cseq} REGISTER\r\n{headers}\r\n"
            );
            let request = Request::try_from(text.as_str()).unwrap();
            self.registrar.register(&self.agent, &request, 5060, now_ms)
        }

        fn contact(&self, now_ms: u64) -> Option<String> {
            self.registrar.binding("a101", now_ms).map(|b| b.contact.to_string())
        }
    }

    #[test]
    fn the_last_contact_wins_and_lapses() {
        let mut desk = Desk::new();
        assert_eq!(desk.register("Contact: <sip:a@10.0.0.1>;expires=60\r\n", 0), Outcome::Bound { expires_s: 60 });
        assert_eq!(desk.register("m: <sip:a@10.0.0.2>\r\nExpires: 99999\r\n", 0), Outcome::Bound { expires_s: 3_600 });
        assert_eq!(desk.contact(1).as_deref(), Some("sip:a@10.0.0.2"));
        assert!(desk.registrar.lapse(60_000).is_empty());
        assert_eq!(desk.contact(3_600_000), None);
        assert_eq!(desk.registrar.lapse(3_600_000), [Arc::from("a101")]);
        assert!(desk.registrar.by_end.is_empty());
    }

    #[test]
    fn a_phone_removes_only_its_own_binding() {
        let mut desk = Desk::new();
        desk.register("Contact: <sip:a@10.0.0.2>\r\n", 0);
        assert_eq!(desk.register("Contact: <sip:a@10.0.0.1>;expires=0\r\n", 0), Outcome::Unchanged);
        assert!(desk.contact(1).is_some());
        assert_eq!(desk.register("Contact: <sip:a@10.0.0.2>;expires=0\r\n", 0), Outcome::Unbound);
        assert_eq!(desk.contact(1), None);
    }

    #[test]
    fn the_star_removes_all_and_only_with_expires_zero() {
        let mut desk = Desk::new();
        desk.register("Contact: <sip:a@10.0.0.2>\r\n", 0);
        assert_eq!(desk.register("Contact: *\r\n", 0), Outcome::Malformed);
        assert_eq!(desk.register("Contact: *\r\nExpires: 60\r\n", 0), Outcome::Malformed);
        assert_eq!(desk.register("Contact: *\r\nExpires: 0\r\n", 0), Outcome::Unbound);
    }

    #[test]
    fn too_brief_out_of_order_and_queries_change_nothing() {
        let mut desk = Desk::new();
        desk.register_as("one", 5, "Contact: <sip:a@10.0.0.2>\r\n", 0);
        assert_eq!(
            desk.register_as("one", 6, "Contact: <sip:a@10.0.0.3>;expires=10\r\n", 0),
            Outcome::TooBrief { expires_s_min: 60 }
        );
        assert_eq!(desk.register_as("one", 5, "Contact: <sip:a@10.0.0.3>\r\n", 0), Outcome::OutOfOrder);
        assert_eq!(desk.register_as("one", 7, "", 0), Outcome::Unchanged);
        assert_eq!(desk.register_as("one", 7, "Contact: <sip:a@10.0.0.3>\r\nExpires: soon\r\n", 0), Outcome::Malformed);
        assert_eq!(desk.contact(1).as_deref(), Some("sip:a@10.0.0.2"));
        assert_eq!(desk.register_as("two", 1, "Contact: <sip:a@10.0.0.3>\r\n", 0), Outcome::Bound { expires_s: 3_600 });
    }
}
