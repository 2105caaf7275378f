//! `cabrank-sim load` against a real engine: what the generator counts is what the engine has on record.

use cabrank_tests::desk::{Desk, KNOWN};
use cabrank_tests::engine::{Engine, cabrank_sim, path, printed};
use cabrank_tests::namespace::alone;
use cabrank_tests::ports::Block;
use cabrank_tests::room::Room;
use cabrank_tests::wait::until;
use cabrank_wire::client::Trust;
use serde_json::Value;
use std::path::Path;
use std::process::Output;
use std::time::Duration;

/// An engine alone with its ports, and agents who register.
struct Stage {
    engine: Engine,
    room: Room,
    _ports: Block,
}

fn stage(agents: u32, change: impl FnOnce(Desk) -> Desk) -> Stage {
    let (room, ports) = (Room::new(), Block::claim());
    let usual = Desk::new(&ports).rtp("30000-60000").direct_line().queue_key("wrap_up", "\"0s\"");
    let desk = change((1..=agents).fold(usual, |desk, n| desk.agent_registering(&format!("a{n}"))));
    Stage { engine: Engine::start(&room, &ports, &desk), room, _ports: ports }
}

impl Stage {
    /// Runs `cabrank-sim load` on a line; its exit code, its JSON, and all it printed.
    fn load(&self, line: &str, words: &str) -> (Option<i32>, Value, String) {
        let target = format!("sip:{line}@127.0.0.1:{}", self.engine.sip());
        let json = self.room.file("load.json");
        let args: Vec<&str> = ["load", &target, "--json", path(&json)].into_iter().chain(words.split_whitespace()).collect();
        told(&cabrank_sim(&args), &json)
    }

    /// The same by QUIC, as a peer with the role `load`.
    fn load_by_quic(&self, words: &str) -> (Option<i32>, Value, String) {
        let Trust::Fingerprint(fingerprint) = self.engine.quic().trust else { panic!("the engine prints a fingerprint") };
        let (target, json) = (format!("quic://{}", self.engine.quic().address), self.room.file("load.json"));
        let token = self.room.write("token", "token-generator\n");
        let proof =
            ["--name", "generator", "--token-file", path(&token), "--fingerprint", &fingerprint.to_string()].map(str::to_owned);
        let args = ["load", &target, "--json", path(&json)].map(str::to_owned);
        let args: Vec<String> = args.into_iter().chain(proof).chain(words.split_whitespace().map(str::to_owned)).collect();
        told(&cabrank_sim(&args.iter().map(String::as_str).collect::<Vec<_>>()), &json)
    }

    /// Waits until the engine has so many calls on record, and all of them ended so.
    fn awaits_on_record(&self, outcome: &str, count: u64) {
        let what = format!("{count} calls on record, all {outcome}");
        until(Duration::from_secs(20), &what, || {
            let calls = self.engine.api().get("/api/v1/calls?limit=1000").json;
            let calls = calls["calls"].as_array().cloned().unwrap_or_default();
            (calls.len() as u64 == count && calls.iter().all(|call| call["outcome"] == outcome)).then_some(())
        });
    }
}

fn told(output: &Output, json: &Path) -> (Option<i32>, Value, String) {
    let text = std::fs::read_to_string(json).unwrap_or_default();
    let json = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {}", printed(output)));
    (output.status.code(), json, printed(output))
}

fn count(json: &Value, path: &str) -> u64 {
    json.pointer(path).and_then(Value::as_u64).unwrap_or_else(|| panic!("no {path} in {json:#}"))
}

#[test]
fn every_call_through_menu_line_and_agent_is_on_record() {
    alone("every_call_through_menu_line_and_agent_is_on_record", || {
        let stage = stage(40, |desk| desk);
        let config = path(stage.engine.config()).to_owned();
        let html = stage.room.file("load.html");
        let words = format!("--rate 20 --for 4s --press 2 --agents-from {config} --html {}", path(&html));
        let (code, json, said) = stage.load("taxi", &words);
        assert_eq!(code, Some(0), "{said}");
        let due = count(&json, "/calls/due");
        assert!((40..160).contains(&due), "20 a second for 4 s, by chance: {due}");
        assert_eq!((count(&json, "/calls/answered"), count(&json, "/calls/failed/total")), (due, 0), "{said}");
        for latency in ["answer", "agent_rung", "key_to_agent_rung"] {
            assert_eq!(count(&json, &format!("/latencies_ms/{latency}/count")), due, "{latency}");
        }
        stage.awaits_on_record("served_by_agent", due);
        assert!(std::fs::read_to_string(&html).expect("a page").contains("<svg"));
    });
}

#[test]
fn a_known_caller_who_presses_1_is_counted_as_served_at_once() {
    alone("a_known_caller_who_presses_1_is_counted_as_served_at_once", || {
        let stage = stage(1, |desk| desk);
        let people = stage.room.write("people.csv", format!("number\n{KNOWN}\n"));
        let words = format!("--rate 1 --for 3s --press 1 --drain 20s --callers-from {}", path(&people));
        let (code, json, said) = stage.load("taxi", &words);
        assert_eq!(code, Some(0), "{said}");
        assert!(count(&json, "/calls/due") > 0 && count(&json, "/calls/served") == count(&json, "/calls/due"), "{said}");
        stage.awaits_on_record("served_instantly", count(&json, "/calls/served"));
    });
}

/// A desk that holds four calls and no agent: the fifth is refused, and quickly; the impatient call again.
#[test]
fn what_is_too_much_is_refused_and_counted_apart() {
    alone("what_is_too_much_is_refused_and_counted_apart", || {
        let stage = stage(1, |desk| desk.desk_key("calls_max = 4"));
        let words = "--rate 40 --for 3s --patience constant(500ms) --redial 0.2,exponential(1s)";
        let (code, json, said) = stage.load("direct", words);
        assert_eq!(code, Some(0), "{said}");
        let (due, refused) = (count(&json, "/calls/due"), count(&json, "/calls/refused/total"));
        assert!(refused > due / 4 && count(&json, "/calls/abandoned") > 0, "{said}");
        assert_eq!(count(&json, "/calls/refused/by/503 Service Unavailable"), refused);
        assert_eq!(count(&json, "/latencies_ms/refusal/count"), refused);
        assert_eq!(count(&json, "/calls/answered") + count(&json, "/calls/failed/total"), 0, "{said}");
        assert!(count(&json, "/calls/redials") > 0, "{said}");
    });
}

/// Four calls at once of half a second each are about eight a second.
#[test]
fn the_limit_of_a_small_desk_is_found() {
    alone("the_limit_of_a_small_desk_is_found", || {
        let stage = stage(8, |desk| desk.desk_key("calls_max = 4"));
        let config = path(stage.engine.config()).to_owned();
        // On a machine that does much else at the same time neither side is quick: refusals are what is looked for.
        let bounds = "--refused-max 20% --answer-p99 20s --late-p99 20s";
        let words =
            format!("--find-limit --rate 2 --for 3s --precision 50% --rate-max 200 --drain 3s --agents-from {config} {bounds}");
        let (code, json, said) = stage.load("direct", &words);
        assert_eq!(code, Some(0), "{said}");
        assert_eq!(json["limit"]["broke"]["why"], "calls were refused", "{said}");
        let sustained = json["limit"]["sustained_rate"].as_f64().expect("a rate");
        assert!((0.5..60.0).contains(&sustained), "{said}");
        let steps = json["limit"]["steps"].as_array().expect("steps");
        assert!(steps.len() > 1 && steps.iter().all(|step| count(step, "/calls/failed/total") == 0), "{said}");
        assert!(said.contains("Sustained: "), "{said}");
    });
}

#[test]
fn a_wrong_password_is_told_before_anybody_calls() {
    alone("a_wrong_password_is_told_before_anybody_calls", || {
        let stage = stage(1, |desk| desk);
        let target = format!("sip:taxi@127.0.0.1:{}", stage.engine.sip());
        let output = cabrank_sim(&["load", &target, "--rate", "5", "--for", "1s", "--agents", "1", "--agent-password", "wrong"]);
        assert_eq!(output.status.code(), Some(2), "{}", printed(&output));
        assert!(printed(&output).contains("agent a1 cannot register"), "{}", printed(&output));
        assert!(stage.engine.api().calls().is_empty());
    });
}

/// A desk whose agents are programs, offered calls by a peer with the role `load` over two connections.
fn stage_by_quic(agents: u32, change: impl FnOnce(Desk) -> Desk) -> Stage {
    stage(0, |desk| {
        let desk = (1..=agents).fold(desk.peer("generator", "load"), |desk, n| desk.agent_by_program(&format!("a{n}")));
        change(desk)
    })
}

#[test]
fn every_call_by_quic_is_on_record_too() {
    alone("every_call_by_quic_is_on_record_too", || {
        let stage = stage_by_quic(40, |desk| desk);
        let config = path(stage.engine.config()).to_owned();
        let words = format!("--rate 20 --for 4s --press 2 --connections 2 --agents-from {config}");
        let (code, json, said) = stage.load_by_quic(&words);
        assert_eq!(code, Some(0), "{said}");
        let due = count(&json, "/calls/due");
        assert_eq!((count(&json, "/calls/answered"), count(&json, "/calls/failed/total")), (due, 0), "{said}");
        for latency in ["answer", "agent_rung", "key_to_agent_rung"] {
            assert_eq!(count(&json, &format!("/latencies_ms/{latency}/count")), due, "{latency}");
        }
        stage.awaits_on_record("served_by_agent", due);
    });
}

#[test]
fn by_quic_the_desk_says_itself_who_is_served_and_who_is_refused() {
    alone("by_quic_the_desk_says_itself_who_is_served_and_who_is_refused", || {
        let stage = stage_by_quic(1, |desk| desk.desk_key("calls_max = 4"));
        let people = stage.room.write("people.csv", format!("number\n{KNOWN}\n"));
        let words = format!("--rate 1 --for 3s --press 1 --drain 20s --callers-from {}", path(&people));
        let (code, json, said) = stage.load_by_quic(&words);
        assert_eq!(code, Some(0), "{said}");
        assert!(count(&json, "/calls/due") > 0 && count(&json, "/calls/served") == count(&json, "/calls/due"), "{said}");
        stage.awaits_on_record("served_instantly", count(&json, "/calls/served"));

        let (code, json, said) = stage.load_by_quic("--line direct --rate 40 --for 3s --patience constant(500ms)");
        assert_eq!(code, Some(0), "{said}");
        assert!(count(&json, "/calls/refused/by/full") > count(&json, "/calls/due") / 4, "{said}");
        assert_eq!(count(&json, "/calls/failed/total"), 0, "{said}");
    });
}
