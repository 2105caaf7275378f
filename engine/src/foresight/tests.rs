//! What is foreseen of a day that the simulator has made up and kept as a journal.

use super::budget::ENOUGH;
use super::kept::Kept;
use super::{Aside, Effect, Figure, Foreseen, Foresight, Question, Unforeseen};
use crate::epoch::tests::noon;
use crate::in_force::InForce;
use crate::names::tests::taxi;
use cabrank_core::{Class, Desk, Input, LineId, Outbox, QueueId, Settings, Span, Thresholds, Tick};
use cabrank_journal::{Beginning, Journal, Log, Options, OsDisk, UnixMicros};
use cabrank_sim::chance::Law;
use cabrank_sim::scenario::{Arrivals, Callers, Entrance, Keys, Limits, Origin, Phone, Rate, Roster, Scenario, Window};
use cabrank_sim::simulate::{Witness, simulate};
use jiff::{SignedDuration, Timestamp};
use std::path::Path;
use std::sync::Arc;

const HOURS: u64 = 5;

/// Keeps a made-up day of so many calls an hour, which has just ended (and did not begin before midnight where it is [`noon`]), as the journal of a desk with these settings.
pub(crate) fn a_day(data: &Path, settings: &Settings, per_hour: f64, seed: u64) {
    let began = Timestamp::now() - SignedDuration::from_hours(HOURS as i64) - SignedDuration::from_mins(1);
    let epoch = UnixMicros(u64::try_from(began.as_microsecond()).expect("after 1970"));
    let beginning = Beginning { epoch, seed, settings: settings.clone() };
    let journal = Journal::create(OsDisk, data, &beginning, Options::default()).expect("a journal");
    let mut keeper = Keeper(journal);
    simulate(&scenario(settings, per_hour), seed, &mut keeper).expect("the desk takes the settings");
    keeper.0.write().expect("room on the disk");
}

struct Keeper(Journal);

impl Witness for Keeper {
    fn told(&mut self, at: Tick, input: &Input, _out: &Outbox, _desk: &Desk) {
        self.0.append(at, input).expect("room in a batch");
        self.0.write().expect("room on the disk");
    }
}

/// Strangers, who dial the first line and press 2.
fn scenario(settings: &Settings, per_hour: f64) -> Scenario {
    let all_day = Window { from: Tick(0), until: Tick(Span::secs(HOURS * 3_600).0) };
    let roster = || Roster {
        group: "all".into(),
        present: vec![all_day],
        breaks: Vec::new(),
        late: None,
        speed: 1.0,
        phone: Phone { picks_up_after: Law::Constant(Span::secs(3)), unanswered: 0.0, declined: 0.0, dropped: 0.0 },
        cost_per_hour: 1.0,
    };
    Scenario {
        name: "a day".to_owned(),
        settings: settings.clone(),
        begins: jiff::civil::date(2026, 11, 22).at(8, 0, 0, 0),
        open: vec![vec![all_day]; settings.lines.len()],
        seed: 1,
        warm_up: Span(0),
        duration: Span::secs(HOURS * 3_600),
        replications: 1,
        callers: vec![Callers {
            name: "strangers".into(),
            to: Entrance::Line(LineId(0), "".into()),
            arrivals: Arrivals::Random(vec![Rate { per_hour, lasts: Span::secs(HOURS * 3_600) }]),
            handle: Law::Exponential { mean: Span::secs(55) },
            patience: Some(Law::Exponential { mean: Span::secs(120) }),
            redial: None,
            origin: Origin { regulars: None, known: 0.0 },
            keys: Keys { one: 0.0, two: 1.0, other: 0.0, after: Law::Constant(Span::secs(2)) },
            callback: None,
            cut_off: 0.0,
        }],
        agents: settings.agents.iter().map(|_| roster()).collect(),
        services: Vec::new(),
        prompt: Span::secs(2),
        changes: Vec::new(),
        trouble: None,
        limits: Limits::default(),
    }
}

fn changed(change: impl Fn(&mut Thresholds)) -> Question {
    let names = taxi();
    let mut thresholds = names.settings().queues[0].thresholds.clone();
    change(&mut thresholds);
    Question::of(names.settings(), [(QueueId(0), thresholds)])
}

/// When today began.
pub(super) fn midnight() -> Timestamp {
    let now = Timestamp::now().to_zoned(noon());
    now.start_of_day().expect("it began").timestamp()
}

fn kept(seed: u64) -> Kept {
    let place = tempfile::tempdir().expect("a directory");
    a_day(place.path(), taxi().settings(), 80.0, seed);
    Kept::of(place.path(), midnight(), ENOUGH, &|| false).expect("a day")
}

fn foreseen(kept: &mut Kept, question: &Question) -> Foreseen {
    kept.foresee(question, ENOUGH, &|| false).expect("foreseen")
}

/// With the same people on the same day nothing changes where nothing is changed.
#[test]
fn where_nothing_is_changed_nothing_differs() {
    for seed in 1..=3 {
        let mut kept = kept(seed);
        let in_force = foreseen(&mut kept, &changed(|_| {}));
        // Where the day is as it was, nobody does otherwise than he or she did. Here everybody may.
        let Question { after, .. } = changed(|thresholds| thresholds.wrap_up = Span::secs(40));
        let otherwise = foreseen(&mut kept, &Question { before: after.clone(), after });
        let wait = otherwise.level("booking", Figure::WaitMean).and_then(|level| level.changed_day95).expect("a wait");
        assert!(wait.1 - wait.0 > 0.1, "seed {seed}: chance has no part in it: {wait:?}");
        assert!(in_force.seeds >= 2 && !in_force.figures.is_empty(), "seed {seed}: {in_force:?}");
        for level in in_force.figures.iter().chain(&otherwise.figures) {
            assert_eq!((level.difference, level.ci95), (0.0, Some((0.0, 0.0))), "seed {seed}: {level:?}");
            assert_eq!((level.effect, level.clear), (Effect::Same, false), "seed {seed}: {level:?}");
        }
    }
}

#[test]
fn a_shorter_wrap_up_is_foreseen_to_shorten_waits_and_a_longer_one_to_lengthen_them() {
    let mut kept = kept(7);
    let shorter = foreseen(&mut kept, &changed(|thresholds| thresholds.wrap_up = Span::secs(1)));
    let longer = foreseen(&mut kept, &changed(|thresholds| thresholds.wrap_up = Span::secs(40)));
    for (foreseen, effect) in [(&shorter, Effect::Better), (&longer, Effect::Worse)] {
        for figure in [Figure::WaitMean, Figure::ServiceLevel, Figure::Abandonment] {
            let level = foreseen.level("booking", figure).expect("the figure");
            assert_eq!((level.effect, level.clear), (effect, true), "{level:?}");
        }
    }
    assert!(shorter.calls > 300 && shorter.hindcast.holds, "{:?} of {} calls", shorter.hindcast, shorter.calls);
    let told = serde_json::to_string(&shorter).expect("JSON");
    assert_eq!(serde_json::from_str::<Foreseen>(&told).expect("the same"), shorter);
}

#[test]
fn too_short_a_day_is_said_to_be_so_and_other_classes_cannot_be_counted() {
    let place = tempfile::tempdir().expect("a directory");
    let of = |place: &Path| Kept::of(place, midnight(), ENOUGH, &|| false).map(|_| ());
    assert_eq!(of(place.path()), Err(Unforeseen::Unreadable), "no journal at all");
    a_day(place.path(), taxi().settings(), 2.0, 1);
    assert!(matches!(of(place.path()), Err(Unforeseen::TooLittle(_))));
    let other = changed(|thresholds| thresholds.classes = vec![Class { name: "vip".into(), target: Span::secs(5) }]);
    assert_eq!(kept(1).foresee(&other, ENOUGH, &|| false).err(), Some(Unforeseen::ClassesChanged("booking".to_owned())));
}

#[tokio::test]
async fn few_questions_wait_and_who_is_gone_is_not_waited_for() {
    let place = tempfile::tempdir().expect("a directory");
    a_day(place.path(), taxi().settings(), 80.0, 3);
    let in_force = InForce::new(taxi().settings().clone(), 0);
    let foresight = Foresight::new(place.path().to_owned(), in_force, noon(), Aside::Thread);
    let question = changed(|thresholds| thresholds.wrap_up = Span::secs(5));
    let ask = |n: u64| {
        let (foresight, wrap_up) = (foresight.clone(), Span::secs(n));
        tokio::spawn(async move { foresight.foresee(changed(|thresholds| thresholds.wrap_up = wrap_up)).await })
    };
    let asked: Vec<_> = (1..=10).map(ask).collect();
    let (mut answered, mut busy) = (0, 0);
    for asked in asked {
        match asked.await.expect("no panic") {
            Ok(_) => answered += 1,
            Err(why) => {
                assert_eq!(why, Unforeseen::Busy);
                busy += 1;
            }
        }
    }
    assert!(answered >= 3 && busy >= 5, "{answered} answered, {busy} refused");
    let gone: Vec<_> = (0..3).map(|_| tokio::spawn(foresee(foresight.clone(), question.clone()))).collect();
    tokio::task::yield_now().await;
    gone.iter().for_each(tokio::task::JoinHandle::abort);
    let foreseen = loop {
        match foresight.foresee(question.clone()).await {
            Err(Unforeseen::Busy) => tokio::task::yield_now().await,
            foreseen => break foreseen.expect("foreseen"),
        }
    };
    assert_eq!(foresight.remembered(&question), Some(foreseen));
    assert_eq!(foresight.remembered(&changed(|thresholds| thresholds.reserve = 1)), None);
}

async fn foresee(foresight: Foresight, question: Question) -> Result<Arc<Foreseen>, Unforeseen> {
    foresight.foresee(question).await
}
