//! Every closed form, one family; and formulas that are wrong on purpose, each of which must be refuted.

use crate::family::{Comparison, Verdict, comparison, failing, vanishing};
use crate::formulas::{accumulating, cobham, erlang_a, erlang_b, erlang_c, longer_than, mean_wait, pollaczek_khinchine};
use crate::markov::{Choice, idle_shares};
use crate::report::{Pair, Report, compare, run};

/// The mean handle time in every file, in seconds.
const HANDLE_S: f64 = 180.0;
const WAIT: &str = "queues.main.wait_s.mean";
const ORDERS: [&str; 4] =
    ["queue.main.order=fifo", "queue.main.order=strict-priority", "queue.main.order=proportional", "queue.main.order=head-start"];

/// What holds, and what does not.
#[derive(Default)]
struct Evidence {
    right: Vec<Comparison>,
    wrong: Vec<Comparison>,
}

impl Evidence {
    fn right(&mut self, what: &str, report: &Report, figure: &str, exact: f64) {
        self.right.push(comparison(what, report, figure, exact));
    }

    /// A value near the right one, which a simulator with a fault might have.
    fn wrong(&mut self, what: &str, report: &Report, figure: &str, value: f64) {
        self.wrong.push(comparison(what, report, figure, value));
    }
}

#[test]
fn exact_values_lie_within_and_wrong_ones_without() {
    let mut evidence = Evidence::default();
    let parts = [
        erlang_b_loses,
        a_waiting_room,
        erlang_c_of_two,
        erlang_a_abandons,
        talks_of_any_law,
        classes_and_orders,
        unequal_agents,
    ];
    parts.iter().for_each(|part| part(&mut evidence));
    let family = evidence.right.len();
    println!("{family} comparisons, one family");
    assert_eq!(failing(&evidence.right, family), []);
    println!("wrong on purpose:");
    let refuted = failing(&evidence.wrong, family);
    assert!(refuted.iter().all(|(_, verdict)| *verdict == Verdict::Refuted), "{refuted:?}");
    assert_eq!(refuted.len(), evidence.wrong.len(), "a wrong formula stands");
}

fn erlang_b_loses(evidence: &mut Evidence) {
    let (name, lost) = ("M/M/5/5", erlang_b(5, 4.0));
    let report = run("loss", &[]);
    evidence.right(name, &report, "queues.main.abandonment", lost);
    evidence.right(name, &report, "agents.occupancy", 4.0 * (1.0 - lost) / 5.0);
    evidence.right(name, &report, "agents.idle_share.by_agent.staff-1", 1.0 - 4.0 * (1.0 - lost) / 5.0);
    evidence.wrong("an agent more", &report, "queues.main.abandonment", erlang_b(6, 4.0));
    evidence.wrong("2 % more work", &report, "agents.occupancy", 4.08 * (1.0 - erlang_b(5, 4.08)) / 5.0);
}

/// The shares of time with so many callers there, where not more than `room` find place.
fn birth_and_death(erlangs: f64, agents: usize, room: usize) -> Vec<f64> {
    let step = |p: &mut f64, n: usize| {
        *p *= if n == 0 { 1.0 } else { erlangs / n.min(agents) as f64 };
        Some(*p)
    };
    let weights: Vec<f64> = (0..=room).scan(1.0, step).collect();
    weights.iter().map(|weight| weight / weights.iter().sum::<f64>()).collect()
}

fn a_waiting_room(evidence: &mut Evidence) {
    let name = "M/M/4/5";
    let report = run("waiting-room", &["--set", "queue.main.max_waiting=1"]);
    let (shares, rate) = (birth_and_death(4.0, 4, 5), 80.0 / 3600.0);
    let (refused, waiting) = (shares[5], shares[5]);
    evidence.right(name, &report, "queues.main.turned_away", refused * rate * report.counted_s());
    evidence.right(name, &report, "queues.main.queue_length.mean", waiting);
    evidence.right(name, &report, "queues.main.asa_s", waiting / (rate * (1.0 - refused)));
    evidence.right(name, &report, "agents.occupancy", 1.0 - refused);
    let wider = birth_and_death(4.0, 4, 6);
    evidence.wrong("room for one more", &report, "queues.main.turned_away", wider[6] * rate * report.counted_s());
}

fn erlang_c_of_two(evidence: &mut Evidence) {
    let name = "M/M/2";
    let report = run("two-agents", &[]);
    evidence.right(name, &report, WAIT, mean_wait(2, 0.5, HANDLE_S));
    evidence.right(name, &report, "queues.main.asa_s", mean_wait(2, 0.5, HANDLE_S));
    evidence.right(name, &report, "queues.main.service_level", 1.0 - longer_than(60.0, 2, 0.5, HANDLE_S));
    evidence.right(name, &report, "queues.main.wait_s.p90", HANDLE_S * (erlang_c(2, 1.0) / 0.1).ln());
    evidence.right(name, &report, "agents.occupancy", 0.5);
    evidence.wrong("an agent more", &report, WAIT, mean_wait(3, 1.0 / 3.0, HANDLE_S));
    evidence.wrong("5 s later", &report, "queues.main.service_level", 1.0 - longer_than(65.0, 2, 0.5, HANDLE_S));
}

fn erlang_a_abandons(evidence: &mut Evidence) {
    let name = "M/M/5+M";
    let report = run("impatient", &[]);
    let (abandoned, wait_s) = erlang_a(5, 1.1, HANDLE_S, 120.0);
    evidence.right(name, &report, "queues.main.abandonment", abandoned);
    evidence.right(name, &report, WAIT, wait_s);
    evidence.right(name, &report, "queues.main.queue_length.mean", wait_s * 110.0 / 3600.0);
    evidence.right(name, &report, "agents.occupancy", 1.1 * (1.0 - abandoned));
    let (of_more_patient, _) = erlang_a(5, 1.1, HANDLE_S, 140.0);
    evidence.wrong("patience of 140 s", &report, "queues.main.abandonment", of_more_patient);
}

/// Pollaczek and Khinchine, by the square of the coefficient of variation.
fn talks_of_any_law(evidence: &mut Evidence) {
    let exact = |cv2: f64| pollaczek_khinchine(0.5 / HANDLE_S, HANDLE_S, HANDLE_S * HANDLE_S * (1.0 + cv2));
    for (file, name, cv2) in [("constant", "M/D/1", 0.0), ("erlang", "M/E4/1", 0.25), ("lognormal", "M/LN/1", 4.0 / 9.0)] {
        let report = run(file, &[]);
        evidence.right(name, &report, WAIT, exact(cv2));
        evidence.right(name, &report, "agents.occupancy", 0.5);
        evidence.wrong("a little more variable", &report, WAIT, exact(cv2 + 0.1));
    }
}

/// Three classes, 15 % of the agent's time each, under every order of service.
fn classes_and_orders(evidence: &mut Evidence) {
    let pairs = compare("one-agent", &ORDERS);
    let [strict, proportional, _] = &pairs[..] else { panic!("three pairs") };
    first_come_first_served(evidence, &strict.base);
    let loads = [0.15; 3];
    let by_class = cobham(0.45 * HANDLE_S, &loads);
    each_class(evidence, "strict-priority", &strict.variant, &by_class);
    let rising = accumulating(mean_wait(1, 0.45, HANDLE_S), &loads, &[1.0 / 80.0, 1.0 / 40.0, 1.0 / 20.0]);
    let falling: Vec<f64> = rising.into_iter().rev().collect();
    each_class(evidence, "proportional", &proportional.variant, &falling);
    let steeper = accumulating(mean_wait(1, 0.45, HANDLE_S), &loads, &[1.0 / 100.0, 1.0 / 40.0, 1.0 / 20.0]);
    evidence.wrong("a target of 100 s", &proportional.variant, "queues.main.classes.long.wait_s.mean", steeper[0]);
    evidence.wrong("first come", &proportional.variant, "queues.main.classes.middle.wait_s.mean", mean_wait(1, 0.45, HANDLE_S));
    evidence.wrong("strict", &proportional.variant, "queues.main.classes.short.wait_s.mean", by_class[0]);
    pairs.iter().zip(&ORDERS[1..]).for_each(|(pair, order)| conserved(evidence, order, pair));
}

fn first_come_first_served(evidence: &mut Evidence, report: &Report) {
    let exact = mean_wait(1, 0.45, HANDLE_S);
    each_class(evidence, "M/M/1, fifo", report, &[exact; 3]);
    evidence.right("M/M/1, fifo", report, WAIT, exact);
    evidence.right("M/M/1, fifo", report, "queues.main.service_level", 1.0 - longer_than(60.0, 1, 0.45, HANDLE_S));
    evidence.right("M/M/1, fifo", report, "queues.main.wait_s.p90", HANDLE_S / 0.55 * 4.5_f64.ln());
    evidence.wrong("2 % more work", report, WAIT, mean_wait(1, 0.46, HANDLE_S));
}

fn each_class(evidence: &mut Evidence, order: &str, report: &Report, waits_s: &[f64]) {
    for (class, exact) in ["short", "middle", "long"].iter().zip(waits_s) {
        evidence.right(order, report, &format!("queues.main.classes.{class}.wait_s.mean"), *exact);
    }
}

/// No order changes the mean wait over all (Kleinrock 1965), and none changes who calls: the days are the same days.
fn conserved(evidence: &mut Evidence, order: &str, pair: &Pair) {
    evidence.right.push(vanishing(order, &pair.difference, WAIT, mean_wait(1, 0.45, HANDLE_S)));
    for class in ["short", "middle", "long"] {
        let offered = pair.difference.estimate(&format!("queues.main.classes.{class}.offered"));
        assert_eq!((offered.value, offered.half_width), (0.0, Some(0.0)), "{order}: other callers");
    }
}

/// The longest idle first, by the exact chain over the idle in their order.
fn unequal_agents(evidence: &mut Evidence) {
    let report = run("unequal-agents", &[]);
    let ends = [1.5, 1.0, 0.5].map(|speed| speed / HANDLE_S);
    let exact = idle_shares(36.0 / 3600.0, &ends, Choice::LongestIdle);
    for (agent, exact) in ["fast-1", "usual-1", "slow-1"].iter().zip(&exact) {
        evidence.right("M/M/3, unequal", &report, &format!("agents.idle_share.by_agent.{agent}"), *exact);
        evidence.wrong("as if equal", &report, &format!("agents.idle_share.by_agent.{agent}"), 0.4);
    }
}
