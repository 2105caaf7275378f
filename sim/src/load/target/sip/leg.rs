//! What callers' legs, agents' legs and registrations have in common: who they are, what is sent until it is answered, where the
//! other side is.

use super::message::{Message, uri_of};
use crate::load::clock::Moment;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

/// A datagram, kept for as long as it may have to be sent again.
pub(super) type Datagram = Rc<[u8]>;

/// RFC 3261, 17.1.1.1: an estimate of the way there and back.
const T1: Duration = Duration::from_millis(500);
/// Requests other than INVITE, and answers to INVITE, are not sent less often than that.
const T2: Duration = Duration::from_secs(4);
/// 64 T1: then the other side is gone.
pub(super) const PATIENCE: Duration = Duration::from_secs(32);

/// Whose matter something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum LegId {
    /// A caller's, by the call's number.
    Caller(u64),
    /// An agent's, by the ringing's number.
    Agent(u64),
    /// A registration, by the agent's place.
    Registration(usize),
}

/// What is sent until it is answered.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    what: Option<Datagram>,
    pause: Duration,
    pause_max: Duration,
    gives_up: Moment,
    /// Tells this one from what was pending before.
    pub(super) number: u64,
}

/// What to do about something pending that has not been answered.
pub(super) enum Again {
    /// Send it, and look again then.
    Send(Datagram, Moment),
    /// Only look again then.
    Wait(Moment),
    /// The other side is gone.
    GiveUp,
}

impl Pending {
    /// An INVITE: ever less often, until there is any answer.
    pub(super) fn invite(what: Datagram, now: Moment, number: u64) -> Pending {
        Pending { what: Some(what), pause: T1, pause_max: PATIENCE, gives_up: now.after(PATIENCE), number }
    }

    /// Another request, or an answer to an INVITE.
    pub(super) fn other(what: Datagram, now: Moment, number: u64) -> Pending {
        Pending { what: Some(what), pause: T1, pause_max: T2, gives_up: now.after(PATIENCE), number }
    }

    /// Nothing is sent: something must come by itself until then.
    pub(super) fn awaited(until: Moment, number: u64) -> Pending {
        Pending { what: None, pause: T1, pause_max: T2, gives_up: until, number }
    }

    /// When to look for the first time.
    pub(super) fn first_look(&self, now: Moment) -> Moment {
        if self.what.is_some() { now.after(self.pause) } else { self.gives_up }
    }

    /// It has not been answered.
    pub(super) fn again(&mut self, now: Moment) -> Again {
        if now >= self.gives_up {
            return Again::GiveUp;
        }
        self.pause = (self.pause * 2).min(self.pause_max);
        match &self.what {
            Some(what) => Again::Send(what.clone(), now.after(self.pause).min(self.gives_up)),
            None => Again::Wait(self.gives_up),
        }
    }
}

/// The other side of an answered call.
#[derive(Clone, Debug)]
pub(super) struct Peer {
    /// Its side's header, tag included.
    pub(super) named: String,
    /// Where requests go to.
    pub(super) target: String,
    /// `Route` lines.
    pub(super) routes: String,
    /// Where datagrams go to.
    pub(super) at: SocketAddr,
}

impl Peer {
    /// Whoever answered our INVITE.
    pub(super) fn of_answer(answer: &Message<'_>, at: SocketAddr) -> Peer {
        let routes = answer.record_routes.iter().rev().map(|route| format!("Route: {route}\r\n")).collect();
        Peer { named: answer.to.to_owned(), target: uri_of(answer.contact).to_owned(), routes, at }
    }

    /// Whoever sent us an INVITE.
    pub(super) fn of_invite(invite: &Message<'_>, at: SocketAddr) -> Peer {
        let routes = invite.record_routes.iter().map(|route| format!("Route: {route}\r\n")).collect();
        Peer { named: invite.from.to_owned(), target: uri_of(invite.contact).to_owned(), routes, at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_answered_is_sent_ever_less_often_and_then_given_up() {
        let mut pending = Pending::other(Rc::from(&b"BYE"[..]), Moment(0), 1);
        let mut looks = vec![pending.first_look(Moment(0))];
        while let Again::Send(_, next) = pending.again(looks[looks.len() - 1]) {
            looks.push(next);
        }
        let pauses: Vec<f64> = looks.windows(2).map(|pair| pair[1].since(pair[0]).as_secs_f64()).collect();
        assert_eq!(pauses, [1.0, 2.0, 4.0, 4.0, 4.0, 4.0, 4.0, 4.0, 4.0, 0.5]);
        assert_eq!(looks.last().map(|last| last.secs()), Some(32.0));
    }
}
