//! Figures for Prometheus, in its text form. Those that say how the desk fares are there however busy it is.

use super::server::Api;
use crate::backlog::Backlog;
use crate::door::Figures;
use crate::lookup::{Outcome, Tally};
use crate::names;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use cabrank_core::View;
use std::fmt::{Display, Write as _};
use std::time::Duration;

/// How long the desk may take to say what only it knows.
const PATIENCE: Duration = Duration::from_millis(200);

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");

/// Figures for Prometheus. A desk that is far behind is shown without what only it knows, and likewise the store.
#[utoipa::path(
    get,
    path = "/metrics",
    responses((status = 200, description = "Figures in Prometheus's text form", body = String, content_type = "text/plain")),
    security(())
)]
pub(super) async fn all(State(api): State<Api>) -> ([(HeaderName, HeaderValue); 1], String) {
    let (figures, view, messages) = tokio::join!(
        tokio::time::timeout(PATIENCE, api.door().count()),
        tokio::time::timeout(PATIENCE, api.view()),
        tokio::time::timeout(PATIENCE, api.store().messages_left())
    );
    let mut page = Page::default();
    page.of_backlog(api.door().backlog());
    if let Some(tally) = api.look_ups() {
        page.of_look_ups(tally);
    }
    if let Ok(Ok(figures)) = figures {
        page.of_lane(&figures);
    }
    if let Ok(Ok(view)) = view {
        page.of_desk(&view, &api);
    }
    if let Ok(Ok(messages)) = messages {
        page.of_webhooks(&messages);
    }
    ([(header::CONTENT_TYPE, TEXT)], page.0)
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn of_backlog(&mut self, backlog: &Backlog) {
        let takes_calls = u8::from(backlog.takes_calls());
        self.one("cabrank_takes_calls", "gauge", "Whether a new call would be taken; draining apart.", takes_calls);
        let delay = seconds(backlog.delay());
        self.one("cabrank_desk_delay_seconds", "gauge", "How long a fact told now would wait for the desk.", delay);
        let help = "Whether the journal's disk has too little room for new calls.";
        self.one("cabrank_journal_disk_full", "gauge", help, u8::from(backlog.is_short()));
        let help = "How long the last sync of the journal took, or the one under way has taken, if that is more.";
        self.one("cabrank_journal_last_sync_seconds", "gauge", help, seconds(backlog.sync_took()));
        let (count, sum) = backlog.syncs();
        self.head("cabrank_journal_sync_seconds", "summary", "Syncs of the journal, and how long they took.");
        self.value("cabrank_journal_sync_seconds_sum", &[], seconds(sum));
        self.value("cabrank_journal_sync_seconds_count", &[], count);
        let help = "New calls turned away because the desk was behind or its disk full.";
        self.one("cabrank_calls_turned_away_total", "counter", help, backlog.turned_away());
    }

    fn of_look_ups(&mut self, tally: &Tally) {
        let name = "cabrank_look_ups_total";
        self.head(name, "counter", "Unknown callers who were to be looked up, by what came of it.");
        for outcome in Outcome::ALL {
            self.value(name, &[("outcome", outcome.word())], tally.of(outcome));
        }
    }

    fn of_lane(&mut self, figures: &Figures) {
        self.one("cabrank_inputs_total", "counter", "Facts that the desk was told.", figures.inputs);
        self.one("cabrank_inputs_refused_total", "counter", "Of these, those that the desk refused.", figures.refused);
        let help = "Facts that could not be journalled and were dropped.";
        self.one("cabrank_inputs_dropped_total", "counter", help, figures.dropped);
        let help = "From a fact to its orders leaving, since the start; promises, which wait for the disk, are not counted.";
        self.head("cabrank_desk_latency_seconds", "gauge", help);
        for (which, latency) in [("0.5", figures.latency_p50), ("0.99", figures.latency_p99), ("1", figures.latency_max)] {
            self.value("cabrank_desk_latency_seconds", &[("quantile", which)], seconds(latency));
        }
    }

    fn of_desk(&mut self, view: &View, api: &Api) {
        self.one("cabrank_draining", "gauge", "Whether new calls are turned away for good.", u8::from(view.draining));
        self.one("cabrank_calls_live", "gauge", "Calls that the desk knows of and that have not ended.", view.calls.len());
        let in_force = api.in_force().now();
        let (waiting, longest) = ("cabrank_waiting", "cabrank_longest_wait_seconds");
        self.head(waiting, "gauge", "Callers in line, those for whom a phone rings included.");
        for queue in &view.queues {
            self.value(waiting, &[("queue", names::queue(&in_force.settings, queue.queue))], queue.waiting);
        }
        self.head(longest, "gauge", "How long the first in line had waited when the desk was last told something.");
        for queue in &view.queues {
            self.value(longest, &[("queue", names::queue(&in_force.settings, queue.queue))], queue.longest_wait.as_secs());
        }
    }

    fn of_webhooks(&mut self, messages: &[(String, bool, i64)]) {
        let (waiting, dead) = ("cabrank_webhook_messages_waiting", "cabrank_webhook_messages_dead");
        let help =
            ["Messages that a webhook has not taken yet, those for later included.", "Messages that a webhook never took."];
        for (name, help, is_dead) in [(waiting, help[0], false), (dead, help[1], true)] {
            self.head(name, "gauge", help);
            for (hook, _, count) in messages.iter().filter(|(_, dead, _)| *dead == is_dead) {
                self.value(name, &[("webhook", hook)], count);
            }
        }
    }

    fn one(&mut self, name: &str, kind: &str, help: &str, value: impl Display) {
        self.head(name, kind, help);
        self.value(name, &[], value);
    }

    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn value(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        let labels: Vec<String> = labels.iter().map(|(key, text)| format!("{key}=\"{}\"", escaped(text))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let _ = writeln!(self.0, "{name}{labels} {value}");
    }
}

fn seconds(time: Duration) -> f64 {
    time.as_secs_f64()
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::Page;
    use crate::backlog::Backlog;

    #[test]
    fn a_desk_that_turns_calls_away_says_so_and_why() {
        let (backlog, mut page) = (Backlog::new(), Page::default());
        backlog.show_short(true);
        assert!(!backlog.admits());
        page.of_backlog(&backlog);
        for line in ["cabrank_takes_calls 0", "cabrank_journal_disk_full 1", "cabrank_calls_turned_away_total 1"] {
            assert!(page.0.lines().any(|found| found == line), "no {line} in:\n{}", page.0);
        }
    }

    #[test]
    fn a_name_cannot_break_out_of_its_quotes() {
        let mut page = Page::default();
        page.value("waiting", &[("queue", "a\"b\\c\nd")], 1);
        assert_eq!(page.0, "waiting{queue=\"a\\\"b\\\\c\\nd\"} 1\n");
    }
}
