//! What a person sees while a load lasts.

use crate::load::{Figures, Latency, Onlooker, Plan};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const STYLE: &str = "{bar:24} {msg}";

/// A bar on the standard error, if a person watches; and Ctrl-C.
pub(super) struct Watch<'a> {
    bar: ProgressBar,
    stop: &'a AtomicBool,
    title: String,
}

impl<'a> Watch<'a> {
    pub(super) fn new(quiet: bool, stop: &'a AtomicBool) -> Watch<'a> {
        let watched = !quiet && std::io::stderr().is_terminal();
        let drawn = if watched { ProgressDrawTarget::stderr_with_hz(5) } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(1), drawn);
        if let Ok(style) = ProgressStyle::with_template(STYLE) {
            bar.set_style(style);
        }
        Watch { bar, stop, title: String::new() }
    }

    pub(super) fn begins(&mut self, title: &str, plan: &Plan) {
        self.title = title.to_owned();
        self.bar.set_length(u64::try_from(plan.lasting().as_millis()).unwrap_or(u64::MAX).max(1));
    }

    /// Something that stays on the screen.
    pub(super) fn tells(&self, what: &str) {
        self.bar.println(what);
    }

    pub(super) fn ends(&self) {
        self.bar.finish_and_clear();
    }
}

impl Onlooker for Watch<'_> {
    fn sees(&mut self, so_far: Duration, figures: &Figures) -> bool {
        self.bar.set_position(u64::try_from(so_far.as_millis()).unwrap_or(u64::MAX).min(self.bar.length().unwrap_or(0)));
        if !self.bar.is_hidden() {
            self.bar.set_message(format!("{}{}", self.title, told(so_far, figures)));
        }
        !self.stop.load(Ordering::Relaxed)
    }
}

fn told(so_far: Duration, figures: &Figures) -> String {
    let p99 = |latency| figures.latency(latency).at_ms(0.99);
    format!(
        "{} s · {} called, {} answered by agents, {} refused, {} failed, {} on the line · answer P99 {:.1} ms, late P99 {:.2} ms",
        so_far.as_secs(),
        figures.called,
        figures.answered,
        figures.refused_in_all(),
        figures.failed_in_all(),
        figures.on_line.0,
        p99(Latency::Answer),
        p99(Latency::Lateness)
    )
}
