//! Whether bounds hold as often as they should, and what they cost in length.

use crate::line::Caller;
use cabrank_core::LEVELS;

/// Points of a hundred.
const OVERALL_MAX: f64 = 1.0;
const EACH_MAX: f64 = 3.0;
/// A class or bin with fewer callers is not judged.
const CALLERS_MIN: usize = 1_000;
/// Waits that have nothing to do with one another; with fewer, chance alone is off by three points often enough.
const INDEPENDENT_MIN: f64 = 250.0;

/// How a quoter of some kind bounds the wait of a caller, in seconds, at one of the levels.
pub(crate) type Bound<'a> = &'a dyn Fn(&Caller, usize) -> Option<f64>;

/// The quoter's own.
pub(crate) fn estimated(caller: &Caller, level: usize) -> Option<f64> {
    caller.estimate.map(|estimate| estimate.at(level).0 as f64 / 1e6)
}

/// What is quoted elsewhere: one number, whatever the confidence.
pub(crate) const RIVALS: [(&str, Bound); 3] = [
    ("last to enter", &|caller, _| Some(caller.last_to_enter_s)),
    ("head of line", &|caller, _| Some(caller.head_of_line_s)),
    ("queue length", &|caller, _| Some(caller.queue_length_s)),
];

/// Every level at which the bounds hold too often or too seldom: overall, in a class, or among those who met a line of
/// about the same length. The truth for who left is the wait that they would have had.
pub(crate) fn faults(callers: &[Caller], bound: Bound) -> Vec<String> {
    let mut faults = Vec::new();
    for group in groups(callers).iter().filter(|group| group.tells()) {
        for (level, share) in LEVELS.iter().enumerate() {
            let off = 100.0 * group.coverage(bound, level) - f64::from(share.0) / 10.0;
            if off.is_nan() || off.abs() > group.points_max {
                faults.push(format!("{} ({} callers) at {}: off by {off:+.2} points", group.name, group.callers.len(), share.0));
            }
        }
    }
    faults
}

/// Callers who are judged together.
struct Group<'a> {
    name: String,
    points_max: f64,
    callers: Vec<&'a Caller>,
}

impl Group<'_> {
    /// The share whose wait was, or would have been, within the bound.
    fn coverage(&self, bound: Bound, level: usize) -> f64 {
        let bounded = self.callers.iter().filter_map(|caller| Some((caller.wait_s, bound(caller, level)?)));
        mean(bounded.map(|(wait, bound)| f64::from(u8::from(wait <= bound))))
    }

    /// Whether chance alone would hardly be off by as much as is allowed. Those behind one another wait for the same
    /// departures: a line of seventy yields one independent wait where a line of one yields thirty-five.
    fn tells(&self) -> bool {
        let independent: f64 = self.callers.iter().map(|caller| 1.0 / f64::from(caller.in_line + 1)).sum();
        self.points_max == OVERALL_MAX || self.callers.len() >= CALLERS_MIN && independent >= INDEPENDENT_MIN
    }
}

/// All, each class, each bin.
fn groups(callers: &[Caller]) -> Vec<Group<'_>> {
    let group = |name: String, points_max, belongs: &dyn Fn(&Caller) -> bool| Group {
        name,
        points_max,
        callers: callers.iter().filter(|caller| caller.estimate.is_some() && belongs(caller)).collect(),
    };
    let classes = (0..2).map(|class| group(format!("class {class}"), EACH_MAX, &|caller| caller.class == class));
    let bins = (0..12).map(|bin| {
        let (low, high) = ((1 << bin) - 1, (1 << (bin + 1)) - 2);
        group(format!("{low}-{high} in line"), EACH_MAX, &|caller| bin_of(caller.in_line) == bin)
    });
    let each = classes.chain(bins).filter(|group| !group.callers.is_empty());
    [group("all".to_owned(), OVERALL_MAX, &|_| true)].into_iter().chain(each).collect()
}

/// By doublings.
fn bin_of(in_line: u32) -> u32 {
    (in_line + 1).ilog2()
}

/// The share of callers whose wait was, or would have been, within the bound.
pub(crate) fn coverage(callers: &[Caller], bound: Bound, level: usize) -> f64 {
    groups(callers).first().map_or(f64::NAN, |all| all.coverage(bound, level))
}

/// The same from what a desk can see, those who left weighed by how patient callers are.
pub(crate) fn coverage_seen(callers: &[Caller], level: usize) -> f64 {
    let patience: Vec<Patience> = (0..2).map(|class| Patience::of(callers, class)).collect();
    let (mut kept, mut all) = (0.0, 0.0);
    for caller in callers {
        let Some(bound) = estimated(caller, level) else { continue };
        let seen = caller.left_s.unwrap_or(f64::INFINITY);
        let decided = caller.wait_s.min(bound);
        if seen >= decided {
            let weight = 1.0 / patience[caller.class].after(decided);
            all += weight;
            kept += if caller.wait_s <= bound { weight } else { 0.0 };
        }
    }
    kept / all
}

/// Kaplan and Meier's estimate: the moments at which somebody left, and the share that waits longer.
struct Patience(Vec<(f64, f64)>);

impl Patience {
    fn of(callers: &[Caller], class: usize) -> Patience {
        let mut ends: Vec<(f64, bool)> = callers
            .iter()
            .filter(|caller| caller.class == class)
            .map(|caller| (caller.left_s.unwrap_or(caller.wait_s), caller.left_s.is_some()))
            .collect();
        ends.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (mut left, mut share) = (ends.len() as f64, 1.0);
        let mut steps = Vec::new();
        for (at, leaving) in ends {
            if leaving {
                share *= 1.0 - 1.0 / left;
                steps.push((at, share));
            }
            left -= 1.0;
        }
        Patience(steps)
    }

    fn after(&self, at: f64) -> f64 {
        let passed = self.0.partition_point(|(step, _)| *step < at);
        passed.checked_sub(1).map_or(1.0, |last| self.0[last].1.max(1e-3))
    }
}

/// The mean loss of a quantile at a level, in seconds, and the mean bound.
pub(crate) fn loss_and_length(callers: &[Caller], bound: Bound, level: usize) -> (f64, f64) {
    let share = f64::from(LEVELS[level].0) / 1e3;
    let quoted = || callers.iter().filter(|caller| caller.estimate.is_some());
    let bounded = || quoted().filter_map(|caller| Some((caller.wait_s, bound(caller, level)?)));
    let loss = |(wait, bound): (f64, f64)| if wait > bound { share * (wait - bound) } else { (1.0 - share) * (bound - wait) };
    (mean(bounded().map(loss)), mean(bounded().map(|(_, bound)| bound)))
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    sum / count
}

/// Prints what a run came to: coverage of all and of each group (in brackets: too few to tell), and the quoter beside simpler ones.
pub(crate) fn print(name: &str, callers: &[Caller]) {
    let quoted = callers.iter().filter(|caller| caller.estimate.is_some()).count();
    let left = callers.iter().filter(|caller| caller.left_s.is_some()).count();
    println!("\n{name}: {} waited, {quoted} quoted, {left} left", callers.len());
    println!("  {:<16} {:>7}  {:>6} {:>6} {:>6} {:>6}", "coverage, %", "callers", "50", "80", "90", "95");
    for group in groups(callers) {
        let name = if group.tells() { group.name.clone() } else { format!("({})", group.name) };
        print_row(&name, group.callers.len(), |level| 100.0 * group.coverage(&estimated, level));
    }
    print_row("as seen", quoted, |level| 100.0 * coverage_seen(callers, level));
    println!("  pinball loss, s, and mean bound, s");
    for (name, bound) in [("quoter", &estimated as Bound)].into_iter().chain(RIVALS) {
        print_row(name, quoted, |level| loss_and_length(callers, bound, level).0);
        print_row("", quoted, |level| loss_and_length(callers, bound, level).1);
    }
}

fn print_row(name: &str, callers: usize, value: impl Fn(usize) -> f64) {
    let values: String = (0..LEVELS.len()).map(|level| format!(" {:>6.2}", value(level))).collect();
    println!("  {name:<16} {callers:>7} {values}");
}
