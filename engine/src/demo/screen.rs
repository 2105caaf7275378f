//! One screen that moves for a person, a plain line now and then for a file.

use super::callers::Counts;
use super::ledger::{Ledger, count, waiting};
use super::{DemoArgs, Stage};
use cabrank_core::{AgentState, AgentView, StageView, View};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// How often a file gets a line.
const LINE_EVERY: Duration = Duration::from_secs(5);

/// Where the demo shows itself.
pub(super) struct Screen {
    began: Instant,
    form: Form,
}

enum Form {
    /// To a person.
    Moving(Bars),
    /// To a file or a pipe; when the next line is due.
    Plain(Instant),
}

struct Bars {
    time: ProgressBar,
    now: ProgressBar,
    agents: ProgressBar,
    callers: ProgressBar,
    so_far: ProgressBar,
    agent_names: Vec<String>,
}

impl Screen {
    pub(super) fn new(stage: &Stage, page: &str, args: &DemoArgs) -> Screen {
        println!("Cabrank demo: call sip:{}@{} yourself, too; Ctrl-C ends it.", stage.line, stage.desk);
        println!("See it: {page}");
        let began = Instant::now();
        let moving = std::io::stdout().is_terminal();
        let form = if moving { Form::Moving(Bars::new(stage.names.clone(), args.lasting)) } else { Form::Plain(began) };
        Screen { began, form }
    }

    pub(super) fn show(&mut self, view: &View, ledger: &Ledger, counts: &Counts) {
        let seconds = self.began.elapsed().as_secs();
        match &mut self.form {
            Form::Moving(bars) => bars.show(seconds, view, ledger, counts),
            Form::Plain(due) if Instant::now() >= *due => {
                *due += LINE_EVERY;
                println!("{seconds:>4} s  {}; {counts}", calls_now(view));
            }
            Form::Plain(_) => {}
        }
    }

    /// The last word.
    pub(super) fn close(self, ledger: &Ledger, counts: &Counts) {
        if let Form::Moving(bars) = &self.form {
            bars.clear();
        }
        println!("After {} s: {counts}.\n{ledger}.", self.began.elapsed().as_secs());
    }
}

impl Bars {
    fn new(agent_names: Vec<String>, lasting: Duration) -> Bars {
        let all = MultiProgress::new();
        let add = |template: &str| all.add(ProgressBar::new(lasting.as_secs()).with_style(style(template)));
        Bars {
            time: add("  time     {bar:40} {pos} of {len} s"),
            now: add("  now      {wide_msg}"),
            agents: add("  agents   {wide_msg}"),
            callers: add("  callers  {wide_msg}"),
            so_far: add("  so far   {wide_msg}"),
            agent_names,
        }
    }

    fn show(&self, seconds: u64, view: &View, ledger: &Ledger, counts: &Counts) {
        self.time.set_position(seconds);
        self.now.set_message(calls_now(view));
        self.agents.set_message(agents_now(view, &self.agent_names));
        self.callers.set_message(counts.to_string());
        self.so_far.set_message(ledger.to_string());
    }

    fn clear(&self) {
        for bar in [&self.time, &self.now, &self.agents, &self.callers, &self.so_far] {
            bar.finish_and_clear();
        }
    }
}

/// The templates are fixed; one that could not be read would only look plainer.
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

fn calls_now(view: &View) -> String {
    let menu = count(view, |stage| matches!(stage, StageView::Menu));
    let served = count(view, |stage| matches!(stage, StageView::Dispatching | StageView::Told));
    let talking = count(view, |stage| matches!(stage, StageView::Talking));
    format!("{menu} in the menu, {served} being served at once, {} in line, {talking} with an agent", waiting(view))
}

fn agents_now(view: &View, names: &[String]) -> String {
    let shown = names.iter().zip(&view.agents).map(|(name, agent)| format!("{name} {}", doing(agent)));
    shown.take(8).collect::<Vec<_>>().join("   ")
}

fn doing(agent: &AgentView) -> &'static str {
    match agent.state {
        AgentState::SignedOut => "signed out",
        AgentState::Idle => "idle",
        AgentState::Offered { .. } => "rings",
        AgentState::Talking { .. } => "talks",
        AgentState::WrapUp { .. } => "wraps up",
        AgentState::Paused { .. } => "paused",
        AgentState::Unreachable { .. } => "unreachable",
    }
}
