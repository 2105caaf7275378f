//! The bar that a person sees when it takes a while.

use crate::replications::Onlooker;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// What is over sooner needs no bar.
const SHOWN_AFTER: Duration = Duration::from_secs(2);

const STYLE: &str = "{bar:30} {human_pos}/{human_len} replications, {msg}, {eta} left";

/// A bar on the standard error, once it takes over two seconds and if a person watches.
pub(super) struct Progress {
    bar: ProgressBar,
    /// When the bar appears; never, if nobody watches.
    from: Option<Instant>,
    began: Instant,
    calls: u64,
}

impl Progress {
    pub(super) fn new(quiet: bool) -> Progress {
        let began = Instant::now();
        let watched = !quiet && std::io::stderr().is_terminal();
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
        Progress { bar, from: watched.then_some(began + SHOWN_AFTER), began, calls: 0 }
    }

    fn show_if_due(&mut self) {
        if self.from.take_if(|from| *from <= Instant::now()).is_some() {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template(STYLE) {
                self.bar.set_style(style);
            }
        }
    }
}

impl Onlooker for Progress {
    fn begins(&mut self, replications: u64) {
        self.bar.inc_length(replications);
    }

    fn done(&mut self, replications: u64, calls: u64) {
        self.calls += calls;
        self.bar.inc(replications);
        self.show_if_due();
        let rate = self.calls as f64 / self.began.elapsed().as_secs_f64().max(1e-3);
        self.bar.set_message(format!("{} calls/s", indicatif::HumanCount(rate as u64)));
        self.bar.tick();
    }

    fn ends(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// A search does not know which of its replications is the last.
impl Drop for Progress {
    fn drop(&mut self) {
        self.ends();
    }
}
