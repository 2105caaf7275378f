//! The analysis as a person reads it, and as a program does.

use cabrank_analyze::{Analysis, Compared, Explained, Finding, Question, grouped, length, percent};
use cabrank_sim::report::{Cell, Document, Section, Table};
use jiff::civil::Date;
use serde_json::{Value, json};

/// Sentences first, then a table a concern.
pub fn document(analysis: &Analysis, question: &Question) -> Document {
    let mut remarks = analysis.sentences(question.repeat_within_us);
    remarks.extend(days(analysis));
    Document {
        title: "What repeat calls, abandons and broken promises have in common".to_owned(),
        facts: vec![
            ("calls".to_owned(), grouped(analysis.calls as u32)),
            ("comparisons".to_owned(), grouped(analysis.comparisons as u32)),
            ("chance of telling anything where nothing is".to_owned(), format!("{} at the most", percent(question.alpha))),
        ],
        remarks,
        sections: analysis.concerns.iter().filter(|one| !one.findings.is_empty()).map(section).collect(),
    }
}

/// Which days make findings.
fn days(analysis: &Analysis) -> Vec<String> {
    let findings = analysis.concerns.iter().flat_map(|one| &one.findings);
    let of_a_day = findings.filter_map(|finding| {
        let day = date(finding.one_day?)?.strftime("%A, %-d %B %Y");
        Some(format!("Of {}, nothing is left without {day}.", finding.named()))
    });
    of_a_day.collect()
}

fn section(compared: &Compared) -> Section {
    let mut table = Table::of(&["", "in group", "others", "rate", "else", "times as often", "calls", "p", "p of all"]);
    for (n, finding) in compared.findings.iter().enumerate() {
        let named = format!("{}. {}", n + 1, finding.named());
        let name = match finding.explained {
            Explained::No => Cell::plain(named),
            Explained::By(stronger) => Cell::within(format!("{named} (by {})", stronger + 1)),
            Explained::SameCallsAs(stronger) => Cell::within(format!("{named} (as {})", stronger + 1)),
        };
        table.row([name].into_iter().chain(figures(finding).map(Cell::plain)));
    }
    let means = [
        ("in group, others", "share of calls with that value in the group, and among the others it is held against"),
        ("rate, else", "share of the group among calls with that value, and among calls without it"),
        ("times as often", "rate / else, with its interval at 95 %"),
        ("p, p of all", "chance of as much in this comparison, and in any comparison of this analysis"),
        ("by, as", "no more than chance among calls alike in that line; nearly the same calls as that line"),
    ];
    Section {
        title: compared.concern.title().to_owned(),
        tables: vec![table],
        definitions: means.map(|(word, meaning)| (word.to_owned(), meaning.to_owned())).into(),
        figures: Vec::new(),
    }
}

fn figures(finding: &Finding) -> [String; 8] {
    let (counts, [low, high]) = (&finding.counts, finding.lift.ci95);
    [
        percent(counts.share_in_group()),
        percent(counts.share_elsewhere()),
        percent(counts.rate_with()),
        percent(counts.rate_without()),
        format!("{:.2} ({low:.2}-{high:.2})", finding.lift.value),
        grouped(counts.with),
        format!("{:.4}", finding.p),
        format!("{:.4}", finding.p_of_all),
    ]
}

/// The same for programs; the names stay.
pub fn json(analysis: &Analysis, question: &Question) -> Value {
    json!({
        "since": instant(question.since),
        "until": instant(question.until),
        "repeat_within_s": question.repeat_within_us / 1_000_000,
        "alpha": question.alpha,
        "calls": analysis.calls,
        "comparisons": analysis.comparisons,
        "first_contact_resolution": {
            "definition": format!(
                "first contacts that were served and not followed by another call of that number within {w} / first contacts \
                 that were served; first: no call of that number in the {w} before",
                w = length(question.repeat_within_us)
            ),
            "served": analysis.first_contacts.served,
            "resolved": analysis.first_contacts.resolved,
            "share": (analysis.first_contacts.served > 0).then(|| analysis.first_contacts.share()),
        },
        "concerns": analysis.concerns.iter().map(|one| of_concern(one, question)).collect::<Vec<_>>(),
    })
}

fn of_concern(compared: &Compared, question: &Question) -> Value {
    json!({
        "concern": compared.concern.name(),
        "definition": compared.concern.among(&length(question.repeat_within_us)),
        "group": compared.group,
        "others": compared.others,
        "comparisons": compared.comparisons,
        "draws": compared.draws,
        "too_rare": compared.too_rare,
        "findings": compared.findings.iter().map(|finding| of_finding(finding, compared)).collect::<Vec<_>>(),
    })
}

fn of_finding(finding: &Finding, compared: &Compared) -> Value {
    let named = |place: usize| {
        let stronger = compared.findings.get(place);
        stronger.map(|stronger| json!({ "feature": stronger.feature.name(), "value": stronger.value }))
    };
    let (explained_by, same_calls_as) = match finding.explained {
        Explained::No => (None, None),
        Explained::By(place) => (named(place), None),
        Explained::SameCallsAs(place) => (None, named(place)),
    };
    json!({
        "feature": finding.feature.name(),
        "value": finding.value,
        "sentence": finding.sentence(compared.concern),
        "share_in_group": finding.counts.share_in_group(),
        "share_elsewhere": finding.counts.share_elsewhere(),
        "rate_with": finding.counts.rate_with(),
        "rate_without": finding.counts.rate_without(),
        "lift": finding.lift,
        "counts": finding.counts,
        "p": finding.p,
        "p_of_all": finding.p_of_all,
        "explained_by": explained_by,
        "same_calls_as": same_calls_as,
        "above_all": finding.above_all.as_ref().map(|above| json!({
            "feature": above.feature.name(),
            "value": above.value,
            "rate_with": above.counts.rate_with(),
            "rate_without": above.counts.rate_without(),
            "lift": above.lift,
            "counts": above.counts,
        })),
        "only_because_of": finding.one_day.and_then(date).map(|day| day.to_string()),
    })
}

fn instant(unix_micros: i64) -> Option<String> {
    jiff::Timestamp::from_microsecond(unix_micros).ok().map(|at| at.to_string())
}

fn date(days_since_1970: i32) -> Option<Date> {
    Date::constant(1970, 1, 1).checked_add(jiff::SignedDuration::from_hours(i64::from(days_since_1970) * 24)).ok()
}
