//! Agents' registrations: REGISTER, with an answer to the desk's challenge, again and again while the load lasts.

use super::leg::{LegId, Pending};
use super::message::Message;
use super::ua::Ua;
use crate::load::clock::Moment;
use crate::load::target::What;
use digest_auth::{AuthContext, HttpMethod};
use std::time::Duration;

/// For so long agents ask to be registered; the desk says for how long they are.
const EXPIRES_S: u32 = 3_600;
/// Questions at once.
const AT_ONCE_MAX: usize = 32;

/// An agent who registers.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// The user.
    pub name: String,
    /// The password.
    pub password: String,
}

/// Passwords are nobody's business.
impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("name", &self.name).finish_non_exhaustive()
    }
}

/// How far a registration is.
#[derive(Debug)]
pub(super) struct Registration {
    account: Account,
    pub(super) stage: Stage,
    cseq: u32,
    pub(super) pending: Option<Pending>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Not asked.
    Idle,
    /// Asked for so many seconds, and whether the challenge was answered.
    Asking(u32, bool),
    /// Registered, until it is time to ask again.
    Registered,
    /// Not registered, and why.
    Refused(String),
}

impl Registration {
    pub(super) fn new(account: Account) -> Registration {
        Registration { account, stage: Stage::Idle, cseq: 0, pending: None }
    }

    fn is_asking(&self) -> bool {
        matches!(self.stage, Stage::Asking(..))
    }
}

impl Ua {
    /// Asks for as many as may be asked for at once; false once none is left.
    pub(super) fn register_more(&mut self, now: Moment) -> bool {
        self.ask_more(&Stage::Idle, EXPIRES_S, now)
    }

    /// Takes back as many registrations as may be at once; false once none is left.
    pub(super) fn unregister_more(&mut self, now: Moment) -> bool {
        self.ask_more(&Stage::Registered, 0, now)
    }

    /// A burst of thousands would be lost in the desk's socket.
    fn ask_more(&mut self, stage: &Stage, expires: u32, now: Moment) -> bool {
        let asking = self.registrations.iter().filter(|one| one.is_asking()).count();
        let waiting = self.registrations.iter().enumerate().filter(|(_, one)| one.stage == *stage);
        let waiting: Vec<usize> = waiting.map(|(place, _)| place).collect();
        waiting.iter().take(AT_ONCE_MAX.saturating_sub(asking)).for_each(|place| self.register(*place, expires, now));
        asking + waiting.len() > 0
    }

    /// Why somebody is not registered, if somebody is not.
    pub(super) fn refused_registration(&self) -> Option<(&str, &str)> {
        self.registrations.iter().find_map(|one| match &one.stage {
            Stage::Refused(why) => Some((one.account.name.as_str(), why.as_str())),
            Stage::Idle | Stage::Asking(..) | Stage::Registered => None,
        })
    }

    fn register(&mut self, place: usize, expires: u32, now: Moment) {
        self.ask_to_register(place, Stage::Asking(expires, false), expires, "", now);
    }

    fn ask_to_register(&mut self, place: usize, stage: Stage, expires: u32, proof: &str, now: Moment) {
        let number = self.new_pending();
        let domain = self.server.to_string();
        let Some(one) = self.registrations.get_mut(place) else { return };
        one.cseq += 1;
        let request = self.pen.register(&one.account.name, place, one.cseq, &domain, expires, proof);
        let pending = Pending::other(request.clone(), now, number);
        (one.stage, one.pending) = (stage, Some(pending.clone()));
        self.look_at(LegId::Registration(place), &pending, now);
        self.send(self.server, request);
    }

    pub(super) fn registration_is_answered(&mut self, place: usize, message: &Message<'_>, code: u16, now: Moment) {
        let Some(one) = self.registrations.get(place) else { return };
        let Stage::Asking(expires, proved) = one.stage else { return };
        if code < 200 || message.cseq.0 != one.cseq {
            return;
        }
        match code {
            200..300 => self.is_registered(place, message, expires, now),
            401 | 407 if !proved => match proof(&one.account, &format!("sip:{}", self.server), message, code) {
                Some(proof) => self.ask_to_register(place, Stage::Asking(expires, true), expires, &proof, now),
                None => self.is_not_registered(place, "its challenge cannot be answered", now),
            },
            401 | 403 | 407 => self.is_not_registered(place, "the password was not accepted", now),
            _ => self.is_not_registered(place, &format!("REGISTER was answered {code}"), now),
        }
    }

    fn is_registered(&mut self, place: usize, message: &Message<'_>, asked: u32, now: Moment) {
        let granted = expires_of(message.contact).or(message.expires).unwrap_or(asked);
        // Early enough that a lost message or two do no harm.
        let again = now.after(Duration::from_secs(u64::from(granted.max(2) / 2)));
        let awaited = Pending::awaited(again, self.new_pending());
        if asked > 0 {
            self.look_at(LegId::Registration(place), &awaited, now);
        }
        let Some(one) = self.registrations.get_mut(place) else { return };
        one.pending = (asked > 0).then_some(awaited);
        one.stage = if asked > 0 { Stage::Registered } else { Stage::Refused("it was taken back".to_owned()) };
    }

    fn is_not_registered(&mut self, place: usize, why: &str, now: Moment) {
        let Some(one) = self.registrations.get_mut(place) else { return };
        (one.stage, one.pending) = (Stage::Refused(why.to_owned()), None);
        self.tell(now, What::AgentFailed(None, format!("registration: {why}").into()));
    }

    /// Nothing came in time: an answer, or the moment at which to ask again.
    pub(super) fn registration_waits_no_more(&mut self, place: usize, now: Moment) {
        match self.registrations.get(place).map(|one| &one.stage) {
            Some(Stage::Registered) => self.register(place, EXPIRES_S, now),
            Some(Stage::Asking(..)) => self.is_not_registered(place, "REGISTER was never answered", now),
            Some(Stage::Idle | Stage::Refused(_)) | None => {}
        }
    }
}

/// The header line that answers the first challenge whose hash we know.
fn proof(account: &Account, uri: &str, challenge: &Message<'_>, code: u16) -> Option<String> {
    let method = HttpMethod::from("REGISTER");
    let context = AuthContext::new_with_method(&account.name, &account.password, uri, None::<&[u8]>, method);
    let answer = |text: &&str| Some(digest_auth::parse(text).ok()?.respond(&context).ok()?.to_header_string());
    let answer = challenge.challenges.iter().find_map(answer)?;
    let name = if code == 401 { "Authorization" } else { "Proxy-Authorization" };
    Some(format!("{name}: {answer}\r\n"))
}

/// For how long the desk holds what a `Contact` says.
fn expires_of(contact: &str) -> Option<u32> {
    contact.split(';').find_map(|part| part.trim().strip_prefix("expires=")?.parse().ok())
}
