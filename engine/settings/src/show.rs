//! Thresholds as a file would say them.

use crate::read::{AGENT_ORDERS, DENOMINATORS, written};
use cabrank_core::{CallbackTerms, Class, Overflow, Permille, ServiceLevel, Span, Text, Thresholds, Widening};
use toml::{Table, Value};

/// What is in force in a queue, under the keys of `[[queue]]`, defaults included. `names` are the names of all queues by
/// [`QueueId`](cabrank_core::QueueId). An overflow, callbacks and a quote's confidence are left out where there are none.
pub fn show(thresholds: &Thresholds, names: &[Text]) -> Table {
    let mut table = Table::new();
    put_service(&mut table, thresholds);
    put_classes(&mut table, thresholds);
    put_agents(&mut table, thresholds, names);
    put_waiting(&mut table, thresholds);
    put_callback(&mut table, thresholds.callback);
    table
}

fn put_service(table: &mut Table, thresholds: &Thresholds) {
    let ServiceLevel { share, within, of } = thresholds.service_level;
    put(table, "order", thresholds.order.name());
    put(table, "service_level", format!("{}% in {}", percent(share), written(within)));
    put(table, "denominator", word(&DENOMINATORS, of));
    put_span(table, "short_abandon", thresholds.short_abandon);
    put_span(table, "warn_within", thresholds.warn_within);
}

fn put_classes(table: &mut Table, thresholds: &Thresholds) {
    let (unnamed, named): (Vec<&Class>, Vec<&Class>) = thresholds.classes.iter().partition(|class| class.name.is_empty());
    unnamed.iter().for_each(|class| put_span(table, "target", class.target));
    if !named.is_empty() {
        let classes = named.iter().map(|class| (class.name.to_string(), written(class.target).into()));
        put(table, "class", classes.collect::<Table>());
    }
    let default = thresholds.classes.get(usize::from(thresholds.default_class.0));
    if let Some(class) = default.filter(|class| !class.name.is_empty()) {
        put(table, "default_class", &*class.name);
    }
}

fn put_agents(table: &mut Table, thresholds: &Thresholds, names: &[Text]) {
    put(table, "agent_order", word(&AGENT_ORDERS, thresholds.agent_order));
    put(table, "widen", thresholds.widen.iter().map(widening).collect::<Vec<_>>());
    if let Some(overflow) = thresholds.overflow.and_then(|overflow| shown_overflow(overflow, names)) {
        put(table, "overflow", overflow);
    }
    put(table, "reserve", i64::from(thresholds.reserve));
    put_span(table, "preferred_agent_for", thresholds.preferred_agent_for);
    put_span(table, "ring_for", thresholds.ring_for);
    put_span(table, "wrap_up", thresholds.wrap_up);
}

fn put_waiting(table: &mut Table, thresholds: &Thresholds) {
    put_span(table, "keep_place_for", thresholds.keep_place_for);
    put(table, "max_waiting", i64::from(thresholds.max_waiting));
    put_span(table, "max_wait", thresholds.max_wait);
    let mut quote = Table::new();
    if let Some(quoting) = thresholds.quote {
        put(&mut quote, "confidence", f64::from(quoting.confidence.0) / 1000.0);
    }
    put_span(&mut quote, "every", thresholds.comfort_every);
    put(table, "quote", quote);
}

fn put_callback(table: &mut Table, callback: Option<CallbackTerms>) {
    if let Some(terms) = callback {
        put_span(table, "offer_callback_over", terms.over);
        put_span(table, "callback_retry", terms.retry_after);
        put(table, "callback_tries", i64::from(terms.tries_max));
    }
}

fn widening(step: &Widening) -> Value {
    let mut table = Table::new();
    put_span(&mut table, "after", step.after);
    put(&mut table, "level", i64::from(step.level));
    table.into()
}

fn shown_overflow(overflow: Overflow, names: &[Text]) -> Option<Table> {
    let mut table = Table::new();
    put_span(&mut table, "after", overflow.after);
    put(&mut table, "queue", &**names.get(usize::from(overflow.queue.0))?);
    Some(table)
}

/// With one decimal where there is one.
fn percent(share: Permille) -> String {
    match share.0 % 10 {
        0 => format!("{}", share.0 / 10),
        tenths => format!("{}.{tenths}", share.0 / 10),
    }
}

fn word<T: PartialEq>(words: &[(&'static str, T)], meaning: T) -> &'static str {
    words.iter().find(|(_, known)| *known == meaning).map_or("", |(word, _)| word)
}

fn put(table: &mut Table, key: &str, value: impl Into<Value>) {
    table.insert(key.to_owned(), value.into());
}

fn put_span(table: &mut Table, key: &str, span: Span) {
    put(table, key, written(span));
}
