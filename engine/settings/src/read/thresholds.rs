//! The keys of `[[queue]]`, each with its bounds; where one is absent, `Thresholds::default()` holds.

use super::names::Names;
use super::section::Section;
use super::value::Value;
use super::{class, service_level};
use cabrank_core::{AgentOrder, CallbackTerms, Order, Overflow, QueueId, Quoting, Span, Thresholds, Widening};
use std::ops::RangeInclusive;

const DAY: Span = Span::secs(24 * 3600);
const SHORT: RangeInclusive<Span> = Span(0)..=Span::secs(60);
const WAITING: RangeInclusive<u32> = 1..=100_000;
const WAIT: RangeInclusive<Span> = Span::secs(1)..=DAY;
const RING: RangeInclusive<Span> = Span::millis(500)..=Span::secs(300);
const WRAP_UP: RangeInclusive<Span> = Span(0)..=Span::secs(3600);
const COMFORT: RangeInclusive<Span> = Span::secs(1)..=Span::secs(3600);
/// Nothing says no: the preferred agent, the kept place, the warning, the callback.
const PERHAPS: RangeInclusive<Span> = Span(0)..=DAY;
const RESERVE: RangeInclusive<u32> = 0..=super::AGENTS_MAX as u32;
const TRIES: RangeInclusive<u32> = 1..=100;
const LEVELS: RangeInclusive<u32> = 1..=99;
const STEPS_MAX: usize = 16;

/// The words for an order of agents.
pub const AGENT_ORDERS: [(&str, AgentOrder); 2] =
    [("longest-idle", AgentOrder::LongestIdle), ("least-occupied", AgentOrder::LeastOccupied)];

/// What a caller who asked to be called back gets where nothing else is said.
const CALLBACK: CallbackTerms = CallbackTerms { over: Span(0), retry_after: Span::secs(120), tries_max: 3 };

/// Reads the thresholds of that queue; `names` are those of all queues.
pub(super) fn read(section: &Section<'_>, id: QueueId, names: &Names) -> Thresholds {
    let usual = Thresholds::default();
    let (classes, default_class) = class::read(section, &usual);
    let (quote, comfort_every) = quote(section, &usual);
    Thresholds {
        order: section.find("order").and_then(|value| order(&value)).unwrap_or(usual.order),
        classes,
        default_class,
        service_level: service_level::read(section, usual.service_level),
        short_abandon: section.span("short_abandon", SHORT, usual.short_abandon),
        agent_order: section.find("agent_order").and_then(|value| value.word(&AGENT_ORDERS)).unwrap_or(usual.agent_order),
        widen: section.find("widen").map(|value| widen(&value)).unwrap_or(usual.widen),
        overflow: section.find("overflow").and_then(|value| overflow(&value, id, names)),
        reserve: section.count("reserve", RESERVE, usual.reserve),
        preferred_agent_for: section.span("preferred_agent_for", PERHAPS, usual.preferred_agent_for),
        keep_place_for: section.span("keep_place_for", PERHAPS, usual.keep_place_for),
        max_waiting: section.count("max_waiting", WAITING, usual.max_waiting),
        max_wait: section.span("max_wait", WAIT, usual.max_wait),
        callback: callback(section),
        quote,
        comfort_every,
        warn_within: section.span("warn_within", PERHAPS, usual.warn_within),
        ring_for: section.span("ring_for", RING, usual.ring_for),
        wrap_up: section.span("wrap_up", WRAP_UP, usual.wrap_up),
    }
}

fn order(value: &Value<'_>) -> Option<Order> {
    let words: Vec<_> = Order::ALL.iter().map(|order| (order.name(), *order)).collect();
    value.word(&words)
}

fn widen(value: &Value<'_>) -> Vec<Widening> {
    value.list(STEPS_MAX).unwrap_or_default().iter().filter_map(widening).collect()
}

fn widening(value: &Value<'_>) -> Option<Widening> {
    let step = value.section("widen".to_owned())?;
    let after = step.need("after", "\"30s\"").and_then(|value| value.span(WAIT));
    let level = step.need("level", "2").and_then(|value| value.count(LEVELS)).and_then(|level| u8::try_from(level).ok());
    step.close();
    Some(Widening { after: after?, level: level? })
}

fn overflow(value: &Value<'_>, id: QueueId, names: &Names) -> Option<Overflow> {
    let section = value.section("overflow".to_owned())?;
    let after = section.need("after", "\"60s\"").and_then(|value| value.span(PERHAPS));
    let helper = section.need("queue", "\"…\"");
    let queue = helper.as_ref().and_then(|value| names.find(value)).map(QueueId);
    section.close();
    if let Some(value) = helper.filter(|_| queue == Some(id)) {
        let right = "name another queue, whose agents help out";
        value.wrong(format!("queue `{}` overflows to itself", names.at(usize::from(id.0))), right);
        return None;
    }
    Some(Overflow { after: after?, queue: queue? })
}

/// `offer_callback_over`, and its terms; without it, or with nothing, no callback is offered.
fn callback(section: &Section<'_>) -> Option<CallbackTerms> {
    let offer = section.find("offer_callback_over");
    let over = offer.as_ref().and_then(|value| value.span(PERHAPS)).unwrap_or_default();
    let terms = [section.find("callback_retry"), section.find("callback_tries")];
    let [retry, tries] = &terms;
    let retry_after = retry.as_ref().and_then(|value| value.span(WAIT)).unwrap_or(CALLBACK.retry_after);
    let tries = tries.as_ref().and_then(|value| value.count(TRIES)).and_then(|tries| u8::try_from(tries).ok());
    if over > Span(0) {
        return Some(CallbackTerms { over, retry_after, tries_max: tries.unwrap_or(CALLBACK.tries_max) });
    }
    for value in terms.iter().flatten().filter(|_| offer.is_none()) {
        let what = format!("`{}` says how callers are called back, and none is offered a callback", value.key);
        value.wrong(what, "add `offer_callback_over = \"3m\"`, or leave this out");
    }
    None
}

/// What is said about the wait, and how often waiting callers are spoken to.
fn quote(section: &Section<'_>, usual: &Thresholds) -> (Option<Quoting>, Span) {
    let Some(quote) = section.find("quote").and_then(|value| value.section("quote".to_owned())) else {
        return (usual.quote, usual.comfort_every);
    };
    let confidence = quote.find("confidence").and_then(|value| value.share());
    let every = quote.span("every", COMFORT, usual.comfort_every);
    quote.close();
    (confidence.map(|confidence| Quoting { confidence }), every)
}
