use super::*;
use crate::chance::Law;
use crate::charts::Mark;
use crate::figures::tallies::{scenario, tally};
use crate::figures::{Estimate, Path};
use crate::scenario::{Arrivals, Callers, Entrance, Keys, Origin, Rate};
use crate::simulate::{Unseen, simulate};
use cabrank_core::{ClassId, QueueId, Quoting, Span, Tick};
use serde_json::Value;

const HOSTILE: &str = "<script>alert('x')</script>&\"\u{1b}[31m";

/// Two days made by hand.
fn by_hand() -> (Scenario, Vec<Replication>) {
    let scenario = scenario();
    let mut second = tally();
    second.queues[0].classes[0].within = 4;
    second.decisions_digest = 0xbad;
    let replications = [tally(), second].iter().map(|tally| Replication::of(tally, &scenario)).collect();
    (scenario, replications)
}

fn report(replications: usize) -> Report {
    let (scenario, all) = by_hand();
    Report::of(&scenario, &all[..replications], Duration::from_millis(500))
}

/// Days lived through, with quotes, abandonment and skips, of queues and agents with such names.
fn busy(name: &str, days: u64) -> (Scenario, Vec<Replication>) {
    let mut scenario = scenario();
    scenario.name = name.to_owned();
    let queue = &mut scenario.settings.queues[0];
    queue.name = format!("{name} q").as_str().into();
    queue.thresholds.quote = Some(Quoting { confidence: cabrank_core::Permille(900) });
    let roster = scenario.agents[0].clone();
    scenario.settings.agents = crate::study::plain_desk(Vec::new(), crate::study::plain_agents(14, 1)).agents;
    scenario.agents = (0..14).map(|n| crate::scenario::Roster { group: ["day", name][n % 2].into(), ..roster.clone() }).collect();
    scenario.open = vec![Vec::new(); scenario.settings.lines.len()];
    scenario.callers = (0..2).map(callers).collect();
    scenario.agents.iter_mut().for_each(|roster| roster.present[0].until = Tick(u64::MAX));
    let day = |seed| Replication::of(&simulate(&scenario, seed, &mut Unseen).expect("the desk takes the settings"), &scenario);
    let replications = (1..=days).map(day).collect();
    (scenario, replications)
}

fn callers(class: u8) -> Callers {
    let rates = [60.0, 150.0, 190.0, 80.0].map(|per_hour| Rate { per_hour, lasts: Span::secs(1800) });
    Callers {
        name: "callers".into(),
        to: Entrance::Queue(QueueId(0), ClassId(class)),
        arrivals: Arrivals::Random(rates.into()),
        handle: Law::LogNormal { mean: Span::secs(180), sd: Span::secs(150) },
        patience: Some(Law::Exponential { mean: Span::secs(120) }),
        redial: None,
        origin: Origin { regulars: None, known: 0.0 },
        keys: Keys { one: 0.0, two: 0.0, other: 0.0, after: Law::Constant(Span(0)) },
        callback: None,
        cut_off: 0.0,
    }
}

fn printed(print: impl FnOnce(&mut Vec<u8>, Look) -> io::Result<()>) -> String {
    let mut out = Vec::new();
    print(&mut out, Look { width: 100, styled: false }).expect("memory takes it");
    String::from_utf8(out).expect("text")
}

#[test]
fn the_json_has_the_contracts_keys() {
    let json: Value = serde_json::from_str(&report(2).to_json()).expect("JSON");
    let estimates = [
        "/queues/q0/offered",
        "/queues/q0/short_abandoned",
        "/queues/q0/wait_s/p99",
        "/queues/q0/answered_wait_s/max",
        "/queues/q0/service_level",
        "/queues/q0/asa_s",
        "/queues/q0/queue_length/mean",
        "/queues/q0/classes/c1/wait_s/mean",
        "/queues/q0/classes/c0/service_level",
        "/agents/occupancy",
        "/agents/calls",
        "/agents/idle_share/by_agent/a0",
        "/agents/idle_share/jain",
        "/fairness/skips",
        "/fairness/slips",
        "/fairness/unexplained_skips",
        "/fairness/by_rule/order",
        "/fairness/max_wait_over_target",
        "/checks/littles_law_residual",
        "/checks/conservation_residual",
    ];
    for path in estimates {
        let estimate = json.pointer(path).unwrap_or_else(|| panic!("{path} is lacking"));
        assert!(
            estimate["value"].is_number() && estimate["ci95"].as_array().is_some_and(|ends| ends.len() == 2),
            "{path}: {estimate}"
        );
    }
    let level = &json["queues"]["q0"]["service_level"];
    assert_eq!((&level["denominator"], &level["seconds"]), (&Value::from("offered-less-short"), &Value::from(20.0)));
    let run = &json["run"];
    assert_eq!((&run["seed"], &run["replications"], &run["calls"]), (&Value::from(1), &Value::from(2), &Value::from(28)));
    for key in ["scenario", "config_digest", "decisions_digest", "wall_s", "calls_per_s", "warm_up_s", "duration_s"] {
        assert!(!run[key].is_null(), "{key} is lacking");
    }
}

#[test]
fn the_json_keeps_the_order_of_the_report() {
    let json = report(2).to_json();
    let places: Vec<Option<usize>> =
        ["\"run\"", "\"queues\"", "\"offered\"", "\"answered\"", "\"agents\"", "\"fairness\"", "\"quotes\"", "\"checks\""]
            .map(|key| json.find(key))
            .into();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}");
}

#[test]
fn the_json_of_real_days_has_quotes() {
    let (scenario, replications) = busy("busy", 2);
    let json: Value =
        serde_json::from_str(&Report::of(&scenario, &replications, Duration::from_secs(1)).to_json()).expect("JSON");
    let quotes = &json["quotes"];
    for level in ["0.5", "0.8", "0.9", "0.95"] {
        assert!(quotes["coverage"][level]["value"].is_number(), "{level}: {quotes}");
    }
    assert!(quotes["by_class"]["busy q"]["c1"]["pinball_s"]["value"].is_number(), "{quotes}");
    assert!(quotes["by_hour"]["08"]["mean_quote_s"]["value"].is_number(), "{quotes}");
    assert!(quotes["by_queue_length"]["0"]["quoted"]["value"].is_number(), "{quotes}");
}

#[test]
fn one_replication_gives_no_interval_and_says_so() {
    let report = report(1);
    let json: Value = serde_json::from_str(&report.to_json()).expect("JSON");
    assert_eq!(json["queues"]["q0"]["asa_s"]["ci95"], Value::Null);
    let told = printed(|out, look| report.print(out, look));
    assert!(told.contains("One replication: no interval can be given.") && !told.contains('±'), "{told}");
    assert!(!report.to_html().contains('±'));
}

#[test]
fn the_decisions_digest_of_one_is_its_own() {
    assert_eq!(report(1).run.decisions_digest, 0xfeed);
    assert_ne!(report(2).run.decisions_digest, 0xfeed);
}

#[test]
fn the_terminal_has_each_table_with_what_its_words_mean() {
    let told = printed(|out, look| report(2).print(out, look));
    for needed in [
        "Queues and classes",
        "c1",
        "80 % in 20 s",
        "Service level: calls answered within the time / (offered − abandoned short)",
        "Waits",
        "P95",
        "Agents",
        "occupancy",
        "Fairness",
        "! 1 ± 0",
        "Checks",
        "Little's law",
    ] {
        assert!(told.contains(needed), "{needed} is lacking in\n{told}");
    }
    assert!(!told.contains('\u{1b}'), "no styles were asked for");
    let widest = told.lines().map(|line| line.chars().count()).max();
    assert!(widest.is_some_and(|widest| widest <= 100), "{widest:?}\n{told}");
}

#[test]
fn stopped_early_it_says_so() {
    let (mut scenario, replications) = by_hand();
    scenario.replications = 20;
    let report = Report::of(&scenario, &replications, Duration::from_secs(1));
    assert!(printed(|out, look| report.print(out, look)).contains("Stopped: 2 of 20 replications are complete."));
}

#[test]
fn of_no_replication_there_is_a_report_still() {
    let report = report(0);
    assert!(printed(|out, look| report.print(out, look)).contains("Nothing was simulated to the end"));
    assert_well_formed(&report.to_html());
    serde_json::from_str::<Value>(&report.to_json()).expect("JSON");
}

#[test]
fn hostile_names_stay_names() {
    let (scenario, replications) = busy(HOSTILE, 2);
    let report = Report::of(&scenario, &replications, Duration::from_secs(1));
    let page = report.to_html();
    assert!(!page.contains("<script") && page.contains("&lt;script&gt;"));
    assert!(
        !page.contains("http:") || page.matches("http:").count() == page.matches("xmlns=\"http://www.w3.org/2000/svg\"").count()
    );
    assert_well_formed(&page);
    let told = printed(|out, look| report.print(out, look));
    assert!(!told.contains('\u{1b}'));
    let json: Value = serde_json::from_str(&report.to_json()).expect("JSON");
    assert!(json["queues"][format!("{HOSTILE} q")]["offered"]["value"].is_number());
}

#[test]
fn the_page_has_each_picture_with_words_and_numbers() {
    let (scenario, replications) = busy("busy", 4);
    let page = Report::of(&scenario, &replications, Duration::from_secs(1)).to_html();
    for picture in [
        "Service level over the day: busy q",
        "Waits by class: busy q",
        "Callers in line over the day: busy q",
        "Idle shares of agents who are alike",
        "Overtakes by rule",
        "What was said and what was kept",
    ] {
        assert!(page.contains(&format!("<title>{picture}</title>")), "{picture} is lacking");
    }
    let pictures = page.matches("<svg").count();
    assert_eq!([page.matches("role=\"img\"").count(), page.matches("<desc>").count()], [pictures; 2]);
    // Idle shares and rules have their tables beside them.
    assert_eq!(page.matches("<details>").count(), pictures - 2);
    assert!(page.contains("prefers-color-scheme: dark") && !page.contains("<script") && !page.contains("#0102"));
    assert_well_formed(&page);
}

#[test]
fn a_comparison_pairs_days_and_flags_what_is_clear() {
    let (scenario, base) = by_hand();
    let better: Vec<Replication> = base.iter().map(answered_sooner).collect();
    let comparison = Comparison::of(("as it is", &scenario, &base), &[(HOSTILE, &scenario, &better)], Duration::from_secs(1));
    let json: Value = serde_json::from_str(&comparison.to_json()).expect("JSON");
    let asa = &json["variants"][HOSTILE]["queues"]["q0"]["asa_s"];
    assert_eq!((&asa["difference"]["value"], &asa["difference"]["ci95"]), (&Value::from(-5.0), &serde_json::json!([-5.0, -5.0])));
    let told = printed(|out, look| comparison.print(out, look));
    assert!(told.lines().any(|line| line.contains("ASA, s") && line.contains("−5") && line.contains('●')), "{told}");
    assert_well_formed(&comparison.to_html());
    let alone = Comparison::of(("a", &scenario, &base[..1]), &[("b", &scenario, &better[..1])], Duration::from_secs(1));
    assert!(!printed(|out, look| alone.print(out, look)).contains('±'));
}

fn answered_sooner(day: &Replication) -> Replication {
    let mut day = day.clone();
    let asa = day.figures.0.iter_mut().find(|(path, _)| *path == Path::of(&["queues", "q0", "asa_s"]));
    asa.expect("there is one").1 -= 5.0;
    day
}

#[test]
fn a_front_is_told_in_all_forms() {
    let candidate = |agents: f64, slack: f64, mark| Candidate {
        settings: vec![("agents.0.count".to_owned(), agents.to_string())],
        objective: Estimate::of(&[agents, agents]),
        slack: Some(Estimate::of(&[slack - 0.01, slack + 0.01])),
        mark,
    };
    let front = Front {
        scenario: HOSTILE.to_owned(),
        goal: "min agents.cost".to_owned(),
        facts: vec![("candidates".to_owned(), "3".to_owned())],
        remarks: vec!["Proved on fresh days.".to_owned()],
        objective: "agents.cost".to_owned(),
        slack: "slack".to_owned(),
        candidates: vec![
            candidate(12.0, 0.1, Mark::Best),
            candidate(11.0, -0.05, Mark::Front),
            candidate(14.0, 0.05, Mark::Beaten),
        ],
    };
    let json: Value = serde_json::from_str(&front.to_json()).expect("JSON");
    assert_eq!((&json["candidates"][0]["mark"], &json["candidates"][1]["set"]["agents.0.count"]), (&"best".into(), &"11".into()));
    let told = printed(|out, look| front.print(out, look));
    assert!(told.contains("best") && told.contains("! −0.05") && !told.contains("beaten "), "{told}");
    assert_well_formed(&front.to_html());
}

/// Every element is closed, in order, and every `<` and `&` belongs to markup.
fn assert_well_formed(page: &str) {
    let mut open: Vec<&str> = Vec::new();
    let body = page.strip_prefix("<!DOCTYPE html>").expect("a page");
    let (style, rest) =
        body.split_once("<style>").and_then(|(head, rest)| Some((head, rest.split_once("</style>")?.1))).expect("a style");
    for tag in [style, rest].iter().flat_map(|part| part.split('<').skip(1)) {
        let (tag, text) = tag.split_once('>').unwrap_or_else(|| panic!("<{tag} has no end"));
        let name = tag.trim_start_matches('/').split([' ', '\n', '/']).next().unwrap_or("");
        match tag {
            _ if tag.starts_with('/') => assert_eq!(open.pop(), Some(name), "</{name}> closes another"),
            _ if tag.ends_with('/') => {}
            _ => open.push(name),
        }
        assert_eq!(tag.matches('"').count() % 2, 0, "<{tag}>");
        for entity in text.split('&').skip(1) {
            assert!(entity.split_once(';').is_some_and(|(name, _)| name.len() <= 5), "&{entity}");
        }
    }
    assert!(open.is_empty(), "{open:?} stay open");
}
