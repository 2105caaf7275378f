//! The formulas, from their sources. Rates are a second, times seconds; `load` is the load per agent.

/// Erlang B: the share of callers who find all agents busy where nobody waits.
pub(crate) fn erlang_b(agents: usize, erlangs: f64) -> f64 {
    (1..=agents).fold(1.0, |b, k| erlangs * b / (k as f64 + erlangs * b))
}

/// Erlang C: the share of callers who wait.
pub(crate) fn erlang_c(agents: usize, erlangs: f64) -> f64 {
    let (b, load) = (erlang_b(agents, erlangs), erlangs / agents as f64);
    b / (1.0 - load * (1.0 - b))
}

/// The mean wait in M/M/c.
pub(crate) fn mean_wait(agents: usize, load: f64, handle: f64) -> f64 {
    erlang_c(agents, load * agents as f64) * handle / (agents as f64 * (1.0 - load))
}

/// The share of callers who wait longer than `t` in M/M/c.
pub(crate) fn longer_than(t: f64, agents: usize, load: f64, handle: f64) -> f64 {
    erlang_c(agents, load * agents as f64) * (-(1.0 - load) * agents as f64 / handle * t).exp()
}

/// Erlang A (Palm 1957): the share who abandon, and the mean wait of all, with exponential patience.
pub(crate) fn erlang_a(agents: usize, load: f64, handle: f64, patience: f64) -> (f64, f64) {
    let rate = load * agents as f64 / handle;
    let death = |n: usize| n.min(agents) as f64 / handle + n.saturating_sub(agents) as f64 / patience;
    let (mut p, mut total, mut waiting) = (1.0, 1.0, 0.0);
    for n in 1..agents + 5_000 {
        p *= rate / death(n);
        total += p;
        waiting += p * n.saturating_sub(agents) as f64;
    }
    let waiting = waiting / total;
    (waiting / patience / rate, waiting / rate)
}

/// Pollaczek and Khinchine: the mean wait in M/G/1.
pub(crate) fn pollaczek_khinchine(rate: f64, handle: f64, second_moment: f64) -> f64 {
    rate * second_moment / (2.0 * (1.0 - rate * handle))
}

/// Cobham 1954: mean waits by class, the highest first, under strict priority; `residual` is what is left of the talk that
/// a newcomer finds, times the chance of finding all agents busy.
pub(crate) fn cobham(residual: f64, loads: &[f64]) -> Vec<f64> {
    let sums: Vec<f64> = (0..=loads.len()).map(|k| loads[..k].iter().sum()).collect();
    sums.windows(2).map(|sum| residual / ((1.0 - sum[0]) * (1.0 - sum[1]))).collect()
}

/// Kleinrock 1964 (Stanford, Taylor, Ziedins 2014): mean waits by class under accumulating priority, the class with the
/// lowest rate first; `first_come` is the mean wait were there no classes.
pub(crate) fn accumulating(first_come: f64, loads: &[f64], rates: &[f64]) -> Vec<f64> {
    let mut waits: Vec<f64> = Vec::new();
    for p in 0..loads.len() {
        let slower: f64 = (0..p).map(|i| loads[i] * waits[i] * (1.0 - rates[i] / rates[p])).sum();
        let faster: f64 = (p + 1..loads.len()).map(|i| loads[i] * (1.0 - rates[p] / rates[i])).sum();
        waits.push((first_come - slower) / (1.0 - faster));
    }
    waits
}

/// Found by other roads: sums instead of recursions, the incomplete gamma function (Mandelbaum and Zeltyn 2007), Kleinrock's
/// own system of equations in fractions.
#[test]
fn formulas_give_the_known_numbers() {
    close(erlang_b(5, 3.0), 0.110_054_348);
    close(erlang_b(10, 9.0), 0.167_963_226);
    close(erlang_c(2, 1.2), 0.45);
    close(erlang_c(5, 3.5), 0.377_838_227);
    close(erlang_c(20, 18.0), 0.550_769_005);
    close(mean_wait(1, 0.55, 180.0), 220.0);
    let (abandon, wait) = erlang_a(5, 1.1, 180.0, 120.0);
    close(abandon, 0.230_960_528);
    close(wait, 27.715_263_3);
    close(pollaczek_khinchine(0.5 / 180.0, 180.0, 180.0 * 180.0), 90.0);
    let known = [296.629_213_5, 195.080_473_7, 151.053_750_4];
    let found = accumulating(220.0, &[0.2, 0.2, 0.15], &[1.0 / 120.0, 1.0 / 40.0, 1.0 / 20.0]);
    found.iter().zip(known).for_each(|(found, known)| close(*found, known));
}

/// Equal rates are first come, first served; rates that differ without bound are strict priority.
#[test]
fn accumulating_priority_lies_between_first_come_and_strict() {
    let loads = [0.2, 0.2, 0.15];
    accumulating(220.0, &loads, &[1.0; 3]).iter().for_each(|wait| close(*wait, 220.0));
    let strict = cobham(0.55 * 180.0, &[0.15, 0.2, 0.2]);
    let steep = accumulating(220.0, &loads, &[1.0, 1e8, 1e16]);
    steep.iter().rev().zip(strict).for_each(|(steep, strict)| close(*steep, strict));
}

fn close(found: f64, known: f64) {
    assert!((found / known - 1.0).abs() < 1e-5, "{found} for {known}");
}
