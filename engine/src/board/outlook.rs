//! Why a target is going to be missed, in a sentence.

use super::curve::Flow;
use super::picture::{Agents, Warning};
use super::slots::SLOT_US;
use cabrank_core::{QueueView, Span, Thresholds};

/// The newest slots by which the pace is told: five minutes.
const PACE_SLOTS: usize = 30;

/// What a warning is made of.
pub(super) struct Outlook<'a> {
    pub(super) name: &'a str,
    pub(super) queue: &'a QueueView,
    pub(super) thresholds: &'a Thresholds,
    pub(super) agents: &'a Agents,
    /// Whether somebody has waited longer than the target already.
    pub(super) is_late: bool,
}

impl Outlook<'_> {
    /// The warning that is due, if one is, with the reason; `flow` is reckoned for it only.
    pub(super) fn warning(&self, flow: impl FnOnce() -> Flow) -> Option<Warning> {
        let waiting = self.queue.waiting;
        if waiting > 0 && self.agents.on_duty() == 0 {
            let sentence = format!("{}, and nobody is on duty for this queue.", capital(&wait(waiting)));
            return Some(self.because(Span(0), sentence));
        }
        let missed_in = if self.is_late { Span(0) } else { self.queue.missed_in? };
        let target = length(self.thresholds.target(self.thresholds.default_class));
        let what = match missed_in.as_secs() {
            0 if self.is_late => format!("The target is missed; {}", wait(waiting)),
            0 => format!("Newcomers will wait longer than {target}"),
            _ => format!("At this pace, in {} newcomers will wait longer than {target}", length(missed_in)),
        };
        Some(self.because(missed_in, format!("{what}: {}.", self.reason(&flow()))))
    }

    fn because(&self, missed_in: Span, sentence: String) -> Warning {
        Warning { queue: self.name.to_owned(), missed_in_s: missed_in.as_secs(), sentence }
    }

    fn reason(&self, flow: &Flow) -> String {
        let minutes = PACE_SLOTS as f64 * SLOT_US as f64 / 60e6;
        let (joined, answered) = flow.newest(PACE_SLOTS);
        let (joined, answered) = (joined as f64 / minutes, answered as f64 / minutes);
        format!("{joined:.1} a minute joined the line of late and {answered:.1} were answered; {}", staff(self.agents))
    }
}

fn wait(waiting: u32) -> String {
    if waiting == 1 { "one caller waits".to_owned() } else { format!("{waiting} callers wait") }
}

fn staff(agents: &Agents) -> String {
    let on_duty = match agents.on_duty() {
        1 => "one agent is on duty".to_owned(),
        more => format!("{more} agents are on duty"),
    };
    let away = agents.paused + agents.unreachable;
    if away == 0 { on_duty } else { format!("{on_duty}, {away} paused or out of reach") }
}

/// `90 s`, `5 min`, `1 h 30 min`.
pub(super) fn length(span: Span) -> String {
    match span.as_secs() {
        s if s <= 90 => format!("{s} s"),
        s if s < 7_200 => format!("{} min", (s + 30) / 60),
        s => format!("{} h {} min", s / 3_600, s % 3_600 / 60),
    }
}

fn capital(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
