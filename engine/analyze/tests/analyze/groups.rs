//! Who is in a group, by definitions written down again in the plainest way.

use super::world::{World, question};
use cabrank_analyze::{Analysis, Case, Cases, Concern, Ending, Question, analyze};
use cabrank_core::Settled;

const DAY: i64 = 86_400_000_000;

/// Group and others of each concern.
fn counted(analysis: &Analysis) -> Vec<(usize, usize)> {
    analysis.concerns.iter().map(|one| (one.group, one.others)).collect()
}

fn plainly(cases: &Cases, question: &Question) -> Vec<(usize, usize)> {
    let all = cases.all();
    let asked = |case: &&Case| case.came_at >= question.since && case.came_at < question.until;
    let split = |of: &dyn Fn(&Case) -> Option<bool>| {
        let told: Vec<bool> = all.iter().filter(asked).filter_map(of).collect();
        (told.iter().filter(|in_group| **in_group).count(), told.iter().filter(|in_group| !**in_group).count())
    };
    let within = question.repeat_within_us;
    let broken = |settled: Settled| (settled != Settled::Open).then_some(settled == Settled::Broken);
    let repeat = |case: &Case| {
        let own = |from: i64, to: i64| {
            all.iter().any(|other| other.caller == case.caller && other.came_at >= from && other.came_at <= to)
        };
        let first = !own(case.came_at - within, case.came_at - 1);
        let over = case.came_at + within <= question.known_until;
        (case.caller.is_some() && first && over).then(|| own(case.came_at + 1, case.came_at + within))
    };
    let abandon = |case: &Case| match case.ending {
        Ending::LeftSoon => None,
        Ending::Left => Some(true),
        Ending::Served | Ending::Otherwise => case.waited_us.map(|_| false),
    };
    vec![
        split(&repeat),
        split(&abandon),
        split(&|case: &Case| case.quote.and_then(broken)),
        split(&|case: &Case| case.promise.and_then(|promise| broken(promise.settled))),
    ]
}

#[test]
fn groups_are_what_the_definitions_say() {
    for seed in 0..20 {
        let cases = World { callers: 300, ..World::default() }.cases(seed);
        for (from, days, within) in [(0, 28, 7), (3, 9, 2), (20, 40, 1), (0, 60, 30)] {
            let asked = question(seed, 16);
            let since = asked.since + from * DAY;
            let question = Question { since, until: since + days * DAY, repeat_within_us: within * DAY, ..asked };
            let analysis = analyze(&cases, &question, &|_| ());
            assert_eq!(counted(&analysis), plainly(&cases, &question), "seed {seed}, {question:?}");
        }
    }
}

#[test]
fn the_same_calls_and_question_give_the_same_findings() {
    let cases = World { callers: 800, ..World::default() }.cases(1);
    let told = || analyze(&cases, &Question { alpha: 0.2, ..question(1, 64) }, &|_| ());
    assert_eq!(told(), told());
}

#[test]
fn no_calls_are_no_trouble() {
    let analysis = analyze(&Cases::default(), &question(1, 64), &|_| ());
    assert_eq!(counted(&analysis), [(0, 0); 4]);
    assert_eq!(analysis.sentences(7 * DAY).len(), Concern::ALL.len());
}

#[test]
fn the_work_adds_up_to_one() {
    let cases = World { callers: 800, ..World::default() }.cases(1);
    let done = std::sync::Mutex::new(0.0);
    analyze(&cases, &question(1, 64), &|part| *done.lock().expect("no panic") += part);
    let done = *done.lock().expect("no panic");
    assert!((done - 1.0_f64).abs() < 1e-9, "{done}");
}
