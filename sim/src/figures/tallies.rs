//! Days made by hand.

use crate::chance::Law;
use crate::scenario::{Limits, Phone, Roster, Scenario, Window};
use crate::simulate::{AgentTally, Bin, ClassTally, FairnessTally, QueueTally, Skipped, Tally, Waits};
use crate::study::{plain_agents, plain_desk, plain_queue};
use cabrank_core::{ClassId, Order, QueueId, Span, Tick};
use std::collections::BTreeMap;

/// Two hours from 07:30, half an hour of which is warm-up: one queue with two classes (20 and 40 s) and three agents, two of
/// them alike.
pub(crate) fn scenario() -> Scenario {
    let queue = plain_queue(Order::Proportional, &[Span::secs(20), Span::secs(40)]);
    let day = Window { from: Tick(0), until: Tick(Span::secs(7200).0) };
    let roster = |group: &str| Roster {
        group: group.into(),
        present: vec![day],
        breaks: Vec::new(),
        late: None,
        speed: 1.0,
        phone: Phone { picks_up_after: Law::Constant(Span(0)), unanswered: 0.0, declined: 0.0, dropped: 0.0 },
        cost_per_hour: 1.0,
    };
    Scenario {
        name: "made by hand".to_owned(),
        settings: plain_desk(vec![queue], plain_agents(3, 1)),
        begins: jiff::civil::date(2026, 11, 20).at(7, 30, 0, 0),
        open: Vec::new(),
        seed: 1,
        warm_up: Span::secs(1800),
        duration: Span::secs(7200),
        replications: 2,
        callers: Vec::new(),
        agents: vec![roster("day"), roster("day"), roster("night")],
        services: Vec::new(),
        prompt: Span(0),
        changes: Vec::new(),
        trouble: None,
        limits: Limits::default(),
    }
}

/// A day of that scenario: ten callers in the first class, one in the second.
pub(crate) fn tally() -> Tally {
    Tally {
        seed: 1,
        calls: 14,
        inputs: 60,
        queues: vec![queue()],
        agents: vec![agent(3600, 5400, 4), agent(1800, 5400, 5), agent(0, 0, 0)],
        fairness: fairness(),
        idle_in_vain_us: Span::secs(108).0,
        cost: 4.5,
        beside_queues: BTreeMap::new(),
        facts_lost: 0,
        recoveries: 0,
        recoveries_differ: 0,
        decisions_digest: 0xfeed,
        desk_digest: 0xbeef,
    }
}

fn queue() -> QueueTally {
    // Two callers leave: one after 3 s, which is short, one after 30 s. Eight are answered, six of them within 20 s.
    let first = ClassTally {
        offered: 10,
        answered: 8,
        within: 6,
        abandoned: 2,
        short_abandoned: 1,
        late_abandoned: 1,
        turned_away: 0,
        called_back: 0,
        cut_off: 0,
        waits: waits(&[0, 0, 0, 0, 3, 10, 20, 30, 50, 90]),
        answered_waits: waits(&[0, 0, 0, 0, 10, 20, 50, 90]),
        max_over_target: 4.5,
        quotes: Vec::new(),
    };
    let second = ClassTally {
        offered: 1,
        answered: 1,
        within: 1,
        abandoned: 0,
        short_abandoned: 0,
        late_abandoned: 0,
        waits: waits(&[8]),
        answered_waits: waits(&[8]),
        max_over_target: 0.2,
        ..first.clone()
    };
    QueueTally {
        classes: vec![first, second],
        in_line_us: u128::from(Span::secs(270).0),
        waited_us: u128::from(Span::secs(216).0),
        in_line_max: 3,
        bins: vec![Bin { offered: 6, answered: 5, within: 4, abandoned: 1, short_abandoned: 1, ..Bin::default() }; 8],
    }
}

pub(crate) fn waits(seconds: &[u64]) -> Waits {
    let mut histogram = hdrhistogram::Histogram::new(3).expect("three digits are allowed");
    seconds.iter().for_each(|s| histogram.record(s * 1000).expect("it grows"));
    let longest = seconds.iter().copied().max().unwrap_or(0);
    Waits { sum_us: u128::from(Span::secs(seconds.iter().sum()).0), max: Span::secs(longest), histogram }
}

fn agent(idle_s: u64, present_s: u64, calls: u64) -> AgentTally {
    let busy_us = Span::secs(present_s - idle_s).0;
    AgentTally {
        present_us: Span::secs(present_s).0,
        idle_us: Span::secs(idle_s).0,
        talk_us: busy_us / 4 * 3,
        wrap_up_us: busy_us / 4,
        calls,
        ..AgentTally::default()
    }
}

fn fairness() -> FairnessTally {
    let class = |class| (QueueId(0), ClassId(class));
    let skipped = |rule, by, of| Skipped { rule, by: class(by), of: class(of) };
    let skips = [(skipped("order", 0, 1), 3), (skipped("callback", 0, 1), 2), (skipped("order", 1, 0), 1)];
    FairnessTally { skips: skips.into(), unexplained: 1, first_unexplained: None }
}
