use super::*;
use crate::load::limit::{Search, search};
use crate::load::plan::Plan;
use crate::load::stage::{Numbers, perform};
use crate::load::target::fake::Fake;
use crate::report::Look;
use serde_json::Value;

const MS: Duration = Duration::from_millis(1);

fn setting(plan: &Plan) -> Setting {
    Setting { target: "sip:<taxi>@127.0.0.1:5060".into(), seed: 1, phases: plan.phases.clone(), agents: 3 }
}

fn performed(rate: f64, fake: &mut Fake) -> (Plan, Performed) {
    let plan = Plan::default().at_rate(rate, Duration::from_secs(8));
    let performed = perform(&plan, fake, &mut (), &mut Numbers::default());
    (plan, performed)
}

fn report() -> LoadReport {
    let (plan, performed) = performed(200.0, &mut Fake { backlog_max: 3, fails_every: Some(40), ..Fake::new(3 * MS) });
    let cpu = Shares { generator: Some(0.25), watched: None };
    LoadReport { setting: setting(&plan), performed, cpu, counts: vec![("messages", 7)], search: None }
}

fn searched() -> LoadReport {
    let bounds = Bounds::default();
    let found = search(Search { precision: 0.2, ..Search::default() }, |rate| {
        let (_, performed) = performed(rate, &mut Fake::new(5 * MS));
        (bounds.judge(&performed.figures), Step { performed, cpu: Shares::default() })
    });
    let plan = Plan::default().at_rate(10.0, Duration::from_secs(8));
    LoadReport::of_search(setting(&plan), found, bounds, Vec::new()).expect("steps")
}

fn json(report: &LoadReport) -> Value {
    serde_json::from_str(&report.to_json()).expect("JSON")
}

fn printed(report: &LoadReport) -> String {
    let mut out = Vec::new();
    report.print(&mut out, Look { width: 110, styled: false }).expect("memory takes it");
    String::from_utf8(out).expect("text")
}

#[test]
fn the_json_holds_all_figures_and_they_add_up() {
    let json = json(&report());
    let count = |path: &str| json.pointer(path).and_then(Value::as_u64).unwrap_or_else(|| panic!("{path} in {json:#}"));
    let outcomes = ["answered", "served", "dismissed", "abandoned", "unfinished", "refused/total", "failed/total"];
    let sum: u64 = outcomes.iter().map(|name| count(&format!("/calls/{name}"))).sum();
    assert_eq!(sum, count("/calls/due"));
    assert_eq!(count("/latencies_ms/refusal/count"), count("/calls/refused/total"));
    assert_eq!(count("/calls/failed/by/answered 500"), count("/calls/failed/total"));
    assert!(json.pointer("/latencies_ms/answer/p99_9").is_some_and(Value::is_f64));
    assert!(json["latencies_ms"]["key_to_agent_rung"]["p50"].is_null(), "nobody pressed a key");
    let bins = json["over_time"]["bins"].as_array().expect("bins");
    assert_eq!(bins.iter().filter_map(|bin| bin["called"].as_u64()).sum::<u64>(), count("/calls/called"));
    assert_eq!((json["run"]["generator_cpu"].as_f64(), &json["run"]["watched_cpu"]), (Some(0.25), &Value::Null));
}

#[test]
fn a_search_says_what_was_sustained_and_each_step() {
    let report = searched();
    let json = json(&report);
    let sustained = json["limit"]["sustained_rate"].as_f64().expect("a rate");
    assert!((130.0..210.0).contains(&sustained), "200 a second: {sustained}");
    assert_eq!(json["limit"]["broke"]["why"], "too slow");
    let steps = json["limit"]["steps"].as_array().expect("steps");
    assert!(steps.iter().any(|step| step["rate"].as_f64() == Some(sustained) && step["verdict"] == "sustained"));
    assert!(printed(&report).contains("Sustained: 1"), "{}", printed(&report));
}

#[test]
fn tables_and_page_tell_the_same() {
    for report in [report(), searched()] {
        let (text, page) = (printed(&report), report.to_html());
        for words in ["Latencies", "to the desk's answer", "generator late", "an agent answered"] {
            assert!(text.contains(words), "{words} in {text}");
            assert!(page.contains(&crate::charts::escaped(words)), "{words}");
        }
        assert!(page.contains("<svg") && page.contains("99.9 %") && !page.contains("<taxi>"), "names are escaped");
        assert!(!page.contains("http://") || page.matches("http://").count() == page.matches("http://www.w3.org").count());
        assert!(!page.contains("could not be drawn"));
    }
}

#[test]
fn whatever_failed_is_named() {
    let text = printed(&report());
    assert!(text.contains("! answered 500") && text.contains("! failed"), "{text}");
}
