//! The picture: every figure of the wallboard at one moment, as programs and pages read it.

use super::counts::{Counts, Decided};
use super::curve::Flow;
use super::ledger::Line;
use super::outlook::Outlook;
use crate::epoch::Epoch;
use crate::names;
use cabrank_core::{CallView, QueueView, Settings, Thresholds, Tick, View};
use serde::Serialize;
use std::cmp::Reverse;
use utoipa::ToSchema;

/// The wallboard at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Board)]
pub struct Picture {
    /// All queues together.
    pub all: Overall,
    /// Every queue, in the order of the settings.
    pub queues: Vec<QueuePicture>,
    /// Targets that are missed or going to be, the worst first.
    pub warnings: Vec<Warning>,
    /// What is wrong with the desk as a whole, a sentence each.
    pub notices: Vec<String>,
}

/// The desk as a whole.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Overall {
    /// Callers in line, those included for whom a phone rings.
    pub waiting: u32,
    /// Callers in line who are to be called back.
    pub callbacks: u32,
    /// Whoever has used up the greatest share of the target.
    pub longest: Option<Longest>,
    /// Callers who hear the menu, or say their key.
    pub in_menu: u32,
    /// Callers who are being served without an agent.
    pub at_once: u32,
    /// Callers who talk with an agent.
    pub talking: u32,
    /// Served today without waiting for anybody.
    pub served_at_once: u64,
    /// Those who joined a line today.
    pub today: Figures,
    /// Those who joined a line in the last 60 minutes.
    pub hour: Figures,
    /// What the agents do.
    pub agents: Agents,
    /// How the worst queue fares.
    pub mood: Mood,
}

/// A queue.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = BoardQueue)]
pub struct QueuePicture {
    /// Its name.
    pub name: String,
    /// Callers in line, those included for whom a phone rings.
    pub waiting: u32,
    /// Callers in line who are to be called back.
    pub callbacks: u32,
    /// Whoever in line has used up the greatest share of the target.
    pub longest: Option<Longest>,
    /// What a newcomer of the default class would be told, at most; in seconds.
    pub quote_s: Option<u64>,
    /// Those who joined the line today.
    pub today: Figures,
    /// Those who joined it in the last 60 minutes.
    pub hour: Figures,
    /// What the agents do who serve it.
    pub agents: Agents,
    /// What its service level is, and what is aimed at.
    pub aim: Aim,
    /// How it fares, in a word.
    pub mood: Mood,
}

/// The wait of whoever is nearest to the target, or farthest beyond it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct Longest {
    /// So far, in whole seconds.
    pub waited_s: u64,
    /// The target of the caller's class, in seconds.
    pub target_s: u64,
}

/// What became of calls that joined a line. Calls that still wait are not among them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, ToSchema)]
#[schema(as = BoardFigures)]
pub struct Figures {
    /// Calls.
    pub offered: u64,
    /// Of those: connected with an agent.
    pub answered: u64,
    /// Of those offered: hung up while waiting, the short ones not counted.
    pub abandoned: u64,
    /// Of those offered: hung up sooner than the queue's `short_abandon`.
    pub abandoned_short: u64,
    /// The share answered in time, 0 to 1, by the definition of the queue; absent where there is nothing to share.
    pub service_level: Option<f64>,
    /// The mean wait of those answered, in seconds.
    pub asa_s: Option<f64>,
    /// Callers who waited no longer than they were told.
    pub quotes_kept: u64,
    /// Callers who waited longer.
    pub quotes_broken: u64,
}

/// Agents by what they do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = BoardAgents)]
pub struct Agents {
    /// Free.
    pub idle: u32,
    /// Their phone rings.
    pub ringing: u32,
    /// In a call.
    pub talking: u32,
    /// Finishing off after a call.
    pub wrap_up: u32,
    /// On duty, not free.
    pub paused: u32,
    /// On duty, their phone cannot be rung.
    pub unreachable: u32,
    /// Off duty.
    pub signed_out: u32,
}

/// A service level and its definition.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Aim {
    /// The share aimed at, 0 to 1.
    pub share: f64,
    /// The time, in seconds.
    pub within_s: u64,
    /// The share of what: `offered-less-short`, `offered`, `answered` or `answered-and-abandoned-late`.
    pub of: &'static str,
    /// The same as a sentence.
    pub definition: String,
}

/// A target that is missed or going to be.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = BoardWarning)]
pub struct Warning {
    /// Of which queue.
    pub queue: String,
    /// In how many seconds, at the present pace; 0 if it is missed already.
    pub missed_in_s: u64,
    /// When and why, for people.
    pub sentence: String,
}

/// How a queue fares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mood {
    /// Nobody waits too long, and nobody will.
    #[default]
    Well,
    /// A target is going to be missed.
    Warned,
    /// Somebody has waited longer than the target.
    Late,
}

impl Mood {
    /// The word for it in the API.
    pub fn word(self) -> &'static str {
        match self {
            Mood::Well => "well",
            Mood::Warned => "warned",
            Mood::Late => "late",
        }
    }
}

/// What a picture is made of.
pub(super) struct Scene<'a> {
    pub(super) view: &'a View,
    pub(super) settings: &'a Settings,
    pub(super) now: Tick,
    pub(super) epoch: Epoch,
    pub(super) notices: Vec<String>,
}

/// A queue's part of a scene, in counts.
#[derive(Clone, Copy, Default)]
struct Tally {
    today: Counts,
    hour: Counts,
    longest: Option<Longest>,
    agents: Agents,
}

impl Scene<'_> {
    /// The picture, with these lines of the ledger; there is one for every queue.
    pub(super) fn picture(self, lines: &[Line], served_at_once: u64, midnight: Tick) -> Picture {
        let tallies = self.tallies(lines, midnight);
        let (queues, mut warned): (Vec<QueuePicture>, Vec<Option<(u64, Warning)>>) = self.queues(&tallies, lines).unzip();
        warned.sort_by_key(|warned| warned.as_ref().map(|(urgency, warning)| (warning.missed_in_s, Reverse(*urgency))));
        let all = self.overall(&queues, &tallies, served_at_once);
        let warnings = warned.into_iter().flatten().map(|(_, warning)| warning).collect();
        Picture { all, queues, warnings, notices: self.notices }
    }

    fn tallies(&self, lines: &[Line], midnight: Tick) -> Vec<Tally> {
        let of = |line: &Line| Tally { today: line.today, hour: line.hour.counts(), ..Tally::default() };
        let mut tallies: Vec<Tally> = lines.iter().map(of).collect();
        tallies.resize(self.settings.queues.len(), Tally::default());
        let hour_ago = Tick(self.now.0.saturating_sub(3_600_000_000));
        for call in &self.view.calls {
            let Some(queue) = call.queue.map(|queue| usize::from(queue.0)) else { continue };
            let (Some(tally), Some(thresholds)) = (tallies.get_mut(queue), self.thresholds(queue)) else { continue };
            tally.count(call, thresholds, (midnight, hour_ago));
            tally.wait(call, thresholds, self.now);
        }
        self.count_agents(&mut tallies);
        tallies
    }

    fn count_agents(&self, tallies: &mut [Tally]) {
        for (agent, known) in self.view.agents.iter().zip(&self.settings.agents) {
            for skill in &known.skills {
                if let Some(tally) = tallies.get_mut(usize::from(skill.queue.0)) {
                    tally.agents.add(&agent.state);
                }
            }
        }
    }

    fn thresholds(&self, queue: usize) -> Option<&Thresholds> {
        self.settings.queues.get(queue).map(|queue| &queue.thresholds)
    }

    /// Each with its warning, if one is out, and how urgent that is.
    fn queues<'b>(
        &'b self,
        tallies: &'b [Tally],
        lines: &'b [Line],
    ) -> impl Iterator<Item = (QueuePicture, Option<(u64, Warning)>)> + 'b {
        let known = self.view.queues.iter().zip(&self.settings.queues).zip(tallies).enumerate();
        known.map(|(n, ((view, queue), tally))| {
            let warning = self.warning(view, &queue.thresholds, tally, lines.get(n));
            let picture = self.queue(view, &queue.thresholds, tally, warning.is_some());
            (picture, warning.map(|warning| (tally.longest.map_or(0, Longest::urgency), warning)))
        })
    }

    fn warning(&self, view: &QueueView, thresholds: &Thresholds, tally: &Tally, line: Option<&Line>) -> Option<Warning> {
        let now_us = self.epoch.unix_micros(self.now);
        let flow = || Flow::of(line.into_iter()).with_live(self.view, Some(view.queue), self.epoch, now_us);
        let name = names::queue(self.settings, view.queue);
        Outlook { name, queue: view, thresholds, agents: &tally.agents, is_late: tally.is_late() }.warning(flow)
    }

    fn queue(&self, view: &QueueView, thresholds: &Thresholds, tally: &Tally, is_warned: bool) -> QueuePicture {
        let of = thresholds.service_level.of;
        QueuePicture {
            name: names::queue(self.settings, view.queue).to_owned(),
            waiting: view.waiting,
            callbacks: view.callbacks,
            longest: tally.longest,
            quote_s: view.at_most.map(cabrank_core::Span::as_secs),
            today: Figures::of(&tally.today, tally.today.ends.whole(of)),
            hour: Figures::of(&tally.hour, tally.hour.ends.whole(of)),
            agents: tally.agents,
            aim: Aim::of(thresholds),
            mood: Mood::of(tally.is_late(), is_warned),
        }
    }

    fn overall(&self, queues: &[QueuePicture], tallies: &[Tally], served_at_once: u64) -> Overall {
        let mut all = Overall {
            waiting: queues.iter().map(|queue| queue.waiting).sum(),
            callbacks: queues.iter().map(|queue| queue.callbacks).sum(),
            longest: tallies.iter().filter_map(|tally| tally.longest).reduce(Longest::nearer),
            in_menu: 0,
            at_once: 0,
            talking: 0,
            served_at_once,
            today: self.together(tallies, |tally| tally.today),
            hour: self.together(tallies, |tally| tally.hour),
            agents: Agents::default(),
            mood: queues.iter().map(|queue| queue.mood).max().unwrap_or_default(),
        };
        self.view.calls.iter().for_each(|call| all.count(call.stage));
        self.view.agents.iter().for_each(|agent| all.agents.add(&agent.state));
        all
    }

    /// Of all queues, each by its own definition.
    fn together(&self, tallies: &[Tally], of: impl Fn(&Tally) -> Counts) -> Figures {
        let sum = tallies.iter().map(&of).fold(Counts::default(), Counts::plus);
        let wholes = self.settings.queues.iter().zip(tallies);
        let whole = wholes.map(|(queue, tally)| of(tally).ends.whole(queue.thresholds.service_level.of)).sum();
        Figures::of(&sum, whole)
    }
}

impl Tally {
    /// A call that an agent has answered counts from then on.
    fn count(&mut self, call: &CallView, thresholds: &Thresholds, (midnight, hour_ago): (Tick, Tick)) {
        let Some(decided) = Decided::answered(call) else { return };
        let counts = decided.counts(thresholds);
        if decided.joined_at >= midnight {
            self.today = self.today.plus(counts);
        }
        if decided.joined_at >= hour_ago {
            self.hour = self.hour.plus(counts);
        }
    }

    fn is_late(&self) -> bool {
        self.longest.is_some_and(|longest| longest.waited_s > longest.target_s)
    }

    fn wait(&mut self, call: &CallView, thresholds: &Thresholds, now: Tick) {
        let (Some(since), true) = (call.since.or(call.queued_at), call.stage.is_in_line()) else { return };
        let target = call.class.map_or_else(|| thresholds.target(thresholds.default_class), |class| thresholds.target(class));
        let this = Longest { waited_s: now.since(since).as_secs(), target_s: target.as_secs() };
        self.longest = Some(self.longest.map_or(this, |longest| longest.nearer(this)));
    }
}

impl Longest {
    /// The share of the target that is used up, in thousandths.
    fn urgency(self) -> u64 {
        self.waited_s.saturating_mul(1_000) / self.target_s.max(1)
    }

    /// Of two waits the one that has used up the greater share of its target.
    fn nearer(self, other: Longest) -> Longest {
        let (this, that) = (self.waited_s.saturating_mul(other.target_s), other.waited_s.saturating_mul(self.target_s));
        if that > this { other } else { self }
    }
}
