//! What the benches time is what they say: the calls join, the orders come, the journal keeps, the messages are the same.

use cabrank_benches::callers::Known;
use cabrank_benches::fairness::{Effort, judge, markdown, scenarios};
use cabrank_benches::hand_off::{Echo, RunningLane};
use cabrank_benches::journalled::{Journalled, Kept};
use cabrank_benches::memory::Memory;
use cabrank_benches::messages::{self, Named};
use cabrank_benches::recovered::Ended;
use cabrank_benches::taxi::{IN_LINE, Taxi};
use cabrank_core::{Effect, Outcome, Say, StageView};
use cabrank_journal::{OsDisk, Seq};
use cabrank_wire::{Frames, framed};
use prost::Message;
use std::collections::BTreeSet;
use std::path::Path;

fn scratch() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}

fn in_line(taxi: &Taxi) -> u64 {
    taxi.desk.view().calls.iter().filter(|call| call.stage == StageView::Waiting).count() as u64
}

#[test]
fn the_road_to_the_line_ends_in_the_line() {
    let mut taxi = Taxi::busy();
    assert_eq!(in_line(&taxi), IN_LINE);
    let call = taxi.to_the_line();
    assert_eq!(in_line(&taxi), IN_LINE + 1);
    taxi.hang_up(call);
    assert_eq!(in_line(&taxi), IN_LINE);
}

#[test]
fn who_is_served_instantly_is_written_down_so() {
    let mut taxi = Taxi::busy();
    taxi.served_instantly();
    let outcomes: Vec<Outcome> = records(&taxi).collect();
    assert_eq!(outcomes, [Outcome::ServedInstantly]);
    let mut taxi = Taxi::busy();
    let call = taxi.arrive();
    assert!(taxi.out.effects.iter().any(|effect| matches!(effect, Effect::Say { what: Say::Welcome { .. }, .. })));
    taxi.hang_up(call);
    assert_ne!(records(&taxi).next(), Some(Outcome::ServedInstantly));
}

fn records(taxi: &Taxi) -> impl Iterator<Item = Outcome> {
    taxi.out.effects.iter().filter_map(|effect| if let Effect::Write(record) = effect { Some(record.outcome) } else { None })
}

#[test]
fn a_whole_call_leaves_the_desk_as_busy_as_before() {
    let mut taxi = Taxi::busy();
    let calls = taxi.desk.view().calls.len();
    (0..300).for_each(|_| taxi.whole_call());
    assert_eq!((taxi.desk.view().calls.len(), in_line(&taxi)), (calls, IN_LINE));
}

#[test]
fn who_is_known_is_found_and_nobody_is_not() {
    let known = Known::new(100);
    let mut walk = known.walk(1);
    let writer = known.writer();
    for _ in 0..1_000 {
        assert!(known.directory().profile(&walk.somebody()).is_some());
        assert!(known.directory().profile(&walk.nobody()).is_none());
    }
    drop(writer);
    assert_eq!(known.directory().len(), 100);
}

#[test]
fn the_journal_keeps_every_input_of_every_batch() {
    let mut on_disk = Journalled::new(OsDisk, scratch());
    for (batch, kept) in [(1, Kept::Written), (64, Kept::Synced), (3, Kept::Synced)] {
        on_disk.keep(batch, kept);
    }
    let (entries, last) =
        (cabrank_journal::Reader::open(on_disk.data()).expect("it stands").count(), on_disk.keep(1, Kept::Written));
    assert_eq!((entries, last), (68, Seq(69)));
    assert_eq!(Journalled::new(Memory, scratch()).keep(64, Kept::Written), Seq(64));
}

#[test]
fn a_recovery_comes_to_the_desk_that_wrote_the_journal() {
    let ended = Ended::of(200_000, scratch());
    let recovery = ended.recover();
    assert_eq!((recovery.digest, recovery.replayed), (ended.digest, ended.entries));
    assert_eq!(ended.snapshots().0, 0, "what is not closed is in no snapshot");
}

#[test]
fn orders_come_back_from_the_lane_and_balls_from_the_echo() {
    let mut lane = RunningLane::start(scratch());
    for _ in 0..20 {
        let call = lane.arrive();
        lane.decide(call);
        lane.settle(call);
    }
    lane.offer_all(30);
    lane.settle_all(30);
    for mut echo in [Echo::crossbeam(), Echo::crossbeam_and_tokio()] {
        echo.play(1_000);
    }
}

#[test]
fn every_message_is_read_as_it_was_written() {
    let mut names = BTreeSet::new();
    let mut all = 0;
    all += read("session", &messages::hello(), &mut names);
    all += read("session", &messages::welcome(), &mut names);
    all += read("from_gateway", &messages::from_gateway(), &mut names);
    all += read("to_gateway", &messages::to_gateway(), &mut names);
    all += read("from_agent", &messages::from_agent(), &mut names);
    all += read("to_agent", &messages::to_agent(), &mut names);
    all += read("from_supervisor", &messages::from_supervisor(), &mut names);
    all += read("to_supervisor", &messages::to_supervisor(), &mut names);
    all += read("datagram", &messages::queue_figures(), &mut names);
    all += read("from_load", &messages::from_load(), &mut names);
    all += read("to_load", &messages::to_load(), &mut names);
    assert_eq!(names.len(), all, "a name stands twice");
    assert_eq!(all, 3 + kinds(), "a kind of message of the schema is not timed");
}

/// What stands in the schema's `oneof message` blocks.
fn kinds() -> usize {
    let schema = include_str!("../../engine/proto/cabrank.proto");
    let blocks = schema.split("oneof message {").skip(1).filter_map(|rest| rest.split('}').next());
    blocks.flat_map(str::lines).map(str::trim).filter(|line| line.ends_with(';') && !line.starts_with("//")).count()
}

fn read<M: Message + Default + PartialEq>(whose: &str, named: &Named<M>, names: &mut BTreeSet<String>) -> usize {
    for (name, message) in named {
        let mut frames = Frames::default();
        frames.take(&framed(message));
        let come: Option<M> = frames.message().expect(name);
        assert!(come.as_ref() == Some(message), "{name} is another one");
        names.insert(format!("{whose}/{name}"));
    }
    named.len()
}

#[test]
fn the_table_of_fairness_has_a_row_for_each_class() {
    let clinic = scenarios().into_iter().find(|file| file.ends_with("clinic.toml")).expect("it stands");
    let judged = judge(&clinic, Effort { replications: 1, looks: 1_000 }).expect("it can be read");
    assert_eq!(judged.broken().count(), 0);
    let table = markdown(&[judged]);
    let rows: Vec<&str> = table.lines().filter(|line| line.starts_with('|')).collect();
    assert_eq!(rows.len(), 4, "head, rule, scenario and queue: {table}");
    assert!(rows.iter().all(|row| row.matches('|').count() == 10), "{table}");
}
