//! What a human is shown of a call: one JSON document, the same while it is live and when it has ended.

use crate::directory::{Contact, Directory};
use crate::epoch::{Epoch, timestamp};
use crate::names::Names;
use crate::store::{KeptPromise, KeptQuote, KeptRecord};
use crate::words;
use cabrank_core::{CallView, Caller, Context, Number, Profile, Promise, Said, Tick, WhyHuman};
use cabrank_wire::v1;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The longest compact context, in bytes: three times as many stand in an INVITE with the header's name and hexadecimal form.
pub const COMPACT_BYTES_MAX: usize = 320;
/// As much of a queue's name as the compact context holds, in characters.
const COMPACT_QUEUE_CHARS_MAX: usize = 24;

/// A call, for people and programs. Moments are RFC 3339 in UTC.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Call)]
pub struct CallDocument {
    /// The call's id: sixteen hexadecimal digits.
    #[schema(example = "00000000000000a7")]
    pub call: String,
    /// `menu`, `proving`, `dispatching`, `told`, `waiting`, `offered`, `agreeing`, `absent`, `called_back`, `resting`, `talking`,
    /// `parting` or `left`; `ended` when it is over.
    pub state: &'static str,
    /// The dialled number, or SIP user part.
    pub line: String,
    /// The queue it is or was in last.
    pub queue: Option<String>,
    /// The caller's class in that queue; empty in a queue without classes.
    pub class: Option<String>,
    /// The agent who rings, talks or took it last.
    pub agent: Option<String>,
    /// Who calls.
    pub caller: CallerDocument,
    /// What was pressed, the first few keys, a character each.
    pub pressed: String,
    /// Why it goes to a human, if it does.
    pub why: Option<WhyDocument>,
    /// What was promised, if anything.
    pub promise: Option<PromiseDocument>,
    /// Whole seconds from joining the queue to the first connection, the end, or now.
    pub waited_s: Option<u64>,
    /// Seconds from coming in to joining the queue.
    pub menu_s: Option<f64>,
    /// Seconds from coming in to the first connection with an agent.
    pub to_human_s: Option<f64>,
    /// What was said about the wait, if anything was.
    pub quote: Option<QuoteDocument>,
    /// How often the caller was called back; known once the call is over.
    pub callbacks: Option<u32>,
    /// When it came in.
    pub offered_at: String,
    /// When it joined the queue.
    pub queued_at: Option<String>,
    /// When it was first connected with an agent.
    pub connected_at: Option<String>,
    /// When it ended.
    pub ended_at: Option<String>,
    /// How it ended: `served_instantly`, `served_by_agent`, `left_in_menu`, `abandoned`, `waited_too_long`, `closed`,
    /// `queue_full`, `refused`, `joined`, `callback_cancelled`, `callback_failed` or `cut_off`.
    pub outcome: Option<&'static str>,
    /// How the matter was resolved, if that was written down.
    pub resolution: Option<String>,
}

/// Who calls.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
#[schema(as = Caller)]
pub struct CallerDocument {
    /// E.164 number or SIP user name; absent when withheld or erased.
    pub number: Option<String>,
    /// The caller's name, where known.
    pub name: Option<String>,
    /// Whether the number may be believed: `trusted` or `untrusted`.
    pub trust: &'static str,
    /// What came of verifying the signature on the number (STIR/SHAKEN): `verified`, or why there is nothing to go by, such as
    /// `unsigned`, `stale` or `bad_signature`; absent where none is asked for.
    #[schema(example = "verified")]
    pub verdict: Option<&'static str>,
    /// How sure the provider is who signed: `A` (knows caller and number), `B` (knows the caller) or `C` (knows neither).
    pub attestation: Option<&'static str>,
    /// Whether the caller keyed in the right code, the number being in doubt.
    pub proved: bool,
    /// Language tag, where known.
    pub language: Option<String>,
    /// Service class, where known.
    pub class: Option<String>,
    /// The agent this caller would rather talk to, where known.
    pub preferred_agent: Option<String>,
    /// Everything else in the profile, by field name.
    pub profile: BTreeMap<String, String>,
    /// The last calls from this number, newest first.
    pub contacts: Vec<ContactDocument>,
}

/// An earlier call.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Contact)]
pub struct ContactDocument {
    /// The call's id.
    pub call: String,
    /// When it came in.
    pub at: String,
    /// How it ended.
    pub outcome: &'static str,
    /// How the matter was resolved.
    pub resolution: Option<String>,
}

/// Why a call goes to a human.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Why)]
pub struct WhyDocument {
    /// A word that never changes.
    #[schema(example = "missing_detail")]
    pub reason: &'static str,
    /// What the word leaves open: the missing field, the service's own reason.
    pub detail: Option<String>,
    /// The same as one sentence.
    pub sentence: String,
}

/// What was promised.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Promise)]
pub struct PromiseDocument {
    /// When it was made.
    pub made_at: String,
    /// When it is due.
    pub due_at: String,
    /// Seconds from the one to the other, as it was said.
    pub eta_s: u64,
    /// The fulfilment service's own reference.
    pub reference: String,
    /// `open`, `kept` or `broken`.
    pub settled: &'static str,
}

/// What was said about a wait.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = SaidOfWait)]
pub struct QuoteDocument {
    /// When it was said first.
    pub said_at: String,
    /// The end of the wait as it was said last.
    pub until: String,
    /// `open`, `kept` or `broken`.
    pub settled: &'static str,
}

impl CallDocument {
    /// A live call, as it is at `now`.
    pub fn live(call: &CallView, now: Tick, names: &Names, epoch: Epoch, directory: &Directory) -> CallDocument {
        let at = |tick: Tick| epoch.at(tick).to_string();
        CallDocument {
            call: call.call.to_string(),
            state: words::stage(call.stage),
            line: names.line(call.line).to_owned(),
            queue: call.queue.map(|queue| names.queue(queue).to_owned()),
            class: call.class.zip(call.queue).map(|(class, queue)| names.class(queue, class).to_owned()),
            agent: call.agent.map(|agent| names.agent(agent).to_owned()),
            caller: CallerDocument { proved: call.proved, ..CallerDocument::new(&call.caller, directory) },
            pressed: words::pressed(call.pressed.as_slice()),
            why: call.why_human.as_ref().map(WhyDocument::new),
            promise: call.promise.as_ref().map(|promise| PromiseDocument::new(promise, epoch)),
            waited_s: call.queued_at.map(|queued| call.connected_at.unwrap_or(now).since(queued).as_secs()),
            menu_s: call.queued_at.map(|queued| fraction(queued.since(call.offered_at).as_millis())),
            to_human_s: call.connected_at.map(|connected| fraction(connected.since(call.offered_at).as_millis())),
            quote: call.quote.as_ref().map(|said| QuoteDocument::new(said, epoch)),
            callbacks: None,
            offered_at: at(call.offered_at),
            queued_at: call.queued_at.map(at),
            connected_at: call.connected_at.map(at),
            ended_at: None,
            outcome: None,
            resolution: None,
        }
    }

    /// A call that has ended.
    pub fn ended(record: &KeptRecord, directory: &Directory) -> CallDocument {
        let at = |micros: i64| timestamp(micros).to_string();
        CallDocument {
            call: record.call.to_string(),
            state: "ended",
            line: record.line.clone(),
            queue: record.queue.clone(),
            class: record.class.clone(),
            agent: record.agent.clone(),
            caller: CallerDocument::recorded(record, directory),
            pressed: record.pressed.clone(),
            why: record.why.as_ref().map(WhyDocument::new),
            promise: record.promise.as_ref().map(PromiseDocument::kept),
            waited_s: record.queued_at.map(|queued| seconds(queued, record.connected_at.unwrap_or(record.ended_at))),
            menu_s: record.queued_at.map(|queued| fraction(millis(record.offered_at, queued))),
            to_human_s: record.connected_at.map(|connected| fraction(millis(record.offered_at, connected))),
            quote: record.quote.as_ref().map(QuoteDocument::kept),
            callbacks: Some(record.callbacks),
            offered_at: at(record.offered_at),
            queued_at: record.queued_at.map(at),
            connected_at: record.connected_at.map(at),
            ended_at: Some(at(record.ended_at)),
            outcome: Some(words::outcome(record.outcome)),
            resolution: record.resolution.clone(),
        }
    }
}

impl CallerDocument {
    fn new(caller: &Caller, directory: &Directory) -> CallerDocument {
        CallerDocument { contacts: contacts(caller.number.as_ref(), directory), ..CallerDocument::of(caller) }
    }

    /// Who calls, without earlier calls.
    fn of(caller: &Caller) -> CallerDocument {
        CallerDocument {
            number: caller.number.as_ref().map(|number| number.0.to_string()),
            trust: words::trust(caller.trust),
            verdict: words::verdict(caller.trust),
            attestation: words::attestation(caller.trust),
            ..CallerDocument::known(caller.profile.as_deref())
        }
    }

    /// Who called then, with the profile of now.
    fn recorded(record: &KeptRecord, directory: &Directory) -> CallerDocument {
        let profile = record.number.as_ref().and_then(|number| directory.shown(number));
        let earlier = |contact: &ContactDocument| contact.call != record.call.to_string();
        CallerDocument {
            number: record.number.as_ref().map(|number| number.0.to_string()),
            name: record.name.clone(),
            trust: words::trust(record.trust),
            verdict: words::verdict(record.trust),
            attestation: words::attestation(record.trust),
            proved: record.proved,
            contacts: contacts(record.number.as_ref(), directory).into_iter().filter(earlier).collect(),
            ..CallerDocument::known(profile.as_deref())
        }
    }

    fn known(profile: Option<&Profile>) -> CallerDocument {
        let Some(profile) = profile else { return CallerDocument::default() };
        CallerDocument {
            name: some(&profile.name),
            language: some(&profile.language),
            class: some(&profile.class),
            preferred_agent: some(&profile.preferred_agent),
            profile: profile.fields.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect(),
            ..CallerDocument::default()
        }
    }
}

fn contacts(number: Option<&Number>, directory: &Directory) -> Vec<ContactDocument> {
    let known = number.map(|number| directory.contacts(number)).unwrap_or_default();
    known.into_iter().map(ContactDocument::from).collect()
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn seconds(from: i64, to: i64) -> u64 {
    u64::try_from(to.saturating_sub(from) / 1_000_000).unwrap_or(0)
}

fn millis(from: i64, to: i64) -> u64 {
    u64::try_from(to.saturating_sub(from) / 1_000).unwrap_or(0)
}

/// Milliseconds as seconds.
fn fraction(millis: u64) -> f64 {
    millis as f64 / 1_000.0
}

impl QuoteDocument {
    fn new(said: &Said, epoch: Epoch) -> QuoteDocument {
        let settled = words::settled(said.settled);
        QuoteDocument { said_at: epoch.at(said.at).to_string(), until: epoch.at(said.until).to_string(), settled }
    }

    fn kept(quote: &KeptQuote) -> QuoteDocument {
        let settled = words::settled(quote.settled);
        QuoteDocument { said_at: timestamp(quote.said_at).to_string(), until: timestamp(quote.until).to_string(), settled }
    }
}

impl From<Contact> for ContactDocument {
    fn from(contact: Contact) -> Self {
        ContactDocument {
            call: contact.call.to_string(),
            at: contact.at.to_string(),
            outcome: words::outcome(contact.outcome),
            resolution: contact.resolution.map(|resolution| resolution.to_string()),
        }
    }
}

impl WhyDocument {
    fn new(why: &WhyHuman) -> WhyDocument {
        let (reason, detail) = words::why(why);
        WhyDocument { reason, detail: detail.map(str::to_owned), sentence: words::why_sentence(why) }
    }
}

impl PromiseDocument {
    fn new(promise: &Promise, epoch: Epoch) -> PromiseDocument {
        PromiseDocument {
            made_at: epoch.at(promise.made_at).to_string(),
            due_at: epoch.at(promise.due_at).to_string(),
            eta_s: promise.due_at.since(promise.made_at).as_secs(),
            reference: promise.reference.to_string(),
            settled: words::settled(promise.settled),
        }
    }

    fn kept(promise: &KeptPromise) -> PromiseDocument {
        PromiseDocument {
            made_at: timestamp(promise.made_at).to_string(),
            due_at: timestamp(promise.due_at).to_string(),
            eta_s: seconds(promise.made_at, promise.due_at),
            reference: promise.reference.clone(),
            settled: words::settled(promise.settled),
        }
    }
}

/// The context as it fits in an INVITE.
#[derive(Serialize)]
struct Compact<'a> {
    call: String,
    queue: &'a str,
    waited_s: u64,
    pressed: &'a str,
    reason: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attestation: Option<&'static str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    proved: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

/// Where a person finds the whole of it.
fn address(context: &Context, base_url: &str) -> String {
    format!("{}/api/v1/calls/{}", base_url.trim_end_matches('/'), context.call)
}

/// The context as gateways and agents' programs are told it, but for the page to open.
pub fn shown(context: &Context, names: &Names, epoch: Epoch, base_url: &str) -> v1::Context {
    let caller = CallerDocument::of(&context.caller);
    let WhyDocument { reason, detail, sentence } = WhyDocument::new(&context.why);
    let promise = context.promise.as_ref();
    let (verdict, attestation) = (caller.verdict, caller.attestation);
    v1::Context {
        call: context.call.0,
        line: names.line(context.line).to_owned(),
        queue: names.queue(context.queue).to_owned(),
        class: names.class(context.queue, context.class).to_owned(),
        waited_ms: u32::try_from(context.waited.as_millis()).unwrap_or(u32::MAX),
        pressed: words::pressed(context.pressed.as_slice()),
        reason: reason.to_owned(),
        detail: detail.unwrap_or_default(),
        sentence,
        caller: caller.number.unwrap_or_default(),
        trusted: context.caller.trust.is_sure(),
        name: caller.name.unwrap_or_default(),
        language: caller.language.unwrap_or_default(),
        profile: caller.profile,
        promise: promise.map(|promise| promise.reference.to_string()).unwrap_or_default(),
        promise_due_ms: promise.map_or(0, |promise| epoch.unix_micros(promise.due_at) / 1_000),
        url: address(context, base_url),
        verdict: verdict.unwrap_or_default().to_owned(),
        attestation: attestation.unwrap_or_default().to_owned(),
        proved: context.proved,
        screen_pop: String::new(),
    }
}

/// The context for the `User-to-User` header (RFC 7433), as JSON text of at most [`COMPACT_BYTES_MAX`] bytes: call, queue, waited,
/// pressed, reason, the verdict on the number's signature if there is one, and where the whole context is to be had. `base_url` is where the HTTP edge is reached
/// (`http://127.0.0.1:8080`); should it be too long, the address is left out.
pub fn uui(context: &Context, names: &Names, base_url: &str) -> String {
    let pressed = words::pressed(context.pressed.as_slice());
    let mut compact = Compact {
        call: context.call.to_string(),
        queue: words::cut(names.queue(context.queue), COMPACT_QUEUE_CHARS_MAX),
        waited_s: context.waited.as_secs(),
        pressed: words::cut(&pressed, 8),
        reason: words::why(&context.why).0,
        verdict: words::verdict(context.caller.trust),
        attestation: words::attestation(context.caller.trust),
        proved: context.proved,
        url: Some(address(context, base_url)),
    };
    let text = json(&compact);
    if text.len() <= COMPACT_BYTES_MAX {
        return text;
    }
    compact.url = None;
    json(&compact)
}

fn json(compact: &Compact<'_>) -> String {
    // Texts and numbers only: there is no way for this to fail, and an empty context harms no call.
    serde_json::to_string(compact).unwrap_or_default()
}

#[cfg(test)]
#[path = "context_tests.rs"]
mod tests;
