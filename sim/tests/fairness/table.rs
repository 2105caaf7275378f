//! The table: a row for each order and class.

use cabrank_core::Order;
use cabrank_sim::study::fairness::{ClassFigures, ClassOf, Fairness};

/// A scenario's table, in Markdown; waits in seconds.
pub(crate) fn print(name: &str, rows: &[(Order, Fairness)]) {
    let mut table = format!("\n### {name}\n\n");
    table +=
        "| order | queue, class | mean | P50 | P90 | P99 | max | max / target | skips | unexplained | Jain | idle spread |\n";
    table += "|---|---|---|---|---|---|---|---|---|---|---|---|\n";
    rows.iter().for_each(|(order, fairness)| table += &rows_of(*order, fairness));
    println!("{table}");
}

fn rows_of(order: Order, fairness: &Fairness) -> String {
    let spread = fairness.idle.iter().map(|group| group.spread()).fold(0.0, f64::max);
    let row = |(of, class): (&ClassOf, &ClassFigures)| {
        let skips = fairness.skips_by(*of);
        format!(
            "| {} | q{} c{} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {} | {} | {:.3} | {:.2} % |\n",
            order.name(),
            of.0,
            of.1,
            class.mean_s,
            class.p50_s,
            class.p90_s,
            class.p99_s,
            class.max_s,
            class.max_over_target,
            skips.explained + skips.unexplained,
            skips.unexplained,
            fairness.jain_waits,
            spread * 100.0,
        )
    };
    fairness.classes.iter().map(row).collect()
}
