//! STIR/SHAKEN from end to end: who is known and signed for is served without a human; everybody else reaches one, who sees why.

use std::time::{Duration, SystemTime};

use cabrank_tests::desk::{Desk, KNOWN, STRANGER};
use cabrank_tests::room::Room;
use cabrank_tests::scenario::Scenario;
use cabrank_tests::scene::{Scene, user_to_user};
use cabrank_tests::sipp::received;
use cabrank_trust::mint::{Answer, Authority, Host, Numbers, Paper, Provider, Signing};
use serde_json::{Value, json};

/// An engine that believes one authority, its providers, and the host that holds their certificates.
struct World {
    scene: Scene,
    authority: Authority,
    host: Host,
    _files: Room,
}

impl World {
    fn new(agents: usize, more: &str) -> World {
        World::with(agents, more, |desk| desk)
    }

    fn with(agents: usize, more: &str, change: impl FnOnce(Desk) -> Desk) -> World {
        let (authority, web, files) = (Authority::new("STI-CA").unwrap(), Authority::new("web").unwrap(), Room::new());
        let host = Host::start(&web).unwrap();
        let roots = files.write("sti-ca.pem", authority.root_pem());
        let web = files.write("web-ca.pem", web.root_pem());
        let table = format!(
            "[trust]\nroots = \"{}\"\nx5u_hosts = [\"{}:{}\"]\nx5u_roots = \"{}\"\n{more}\n\n",
            roots.display(),
            Host::NAME,
            host.port(),
            web.display()
        );
        let scene = Scene::with_agents(agents, |desk: Desk| change(desk.identity("attested").table(&table)));
        World { scene, authority, host, _files: files }
    }

    fn provider(&self, numbers: Numbers) -> (Provider, String) {
        let provider = self.authority.provider(&Paper { numbers, ..Paper::default() }).unwrap();
        let x5u = self.host.hold("/provider.pem", Answer::Body(provider.chain.clone().into_bytes()));
        (provider, x5u)
    }

    /// The caller asks for a taxi and gets a human instead; what the human's telephone and the interface show of it.
    fn reaches_a_human(&self, caller: Scenario) -> (Value, Value, String) {
        let agent = self.scene.agent(0, &Scenario::agent().takes_call(20, 300).pause(1_500).bye());
        let caller = self.scene.caller(0, &caller.call().keys("1").expects_bye(20));
        let live = self.scene.api().awaits_call("talking", |call| call["state"] == "talking");
        caller.succeeds();
        let messages = agent.succeeds();
        let invite = received(&messages, "INVITE");
        (user_to_user(invite), live["caller"].clone(), invite.text.clone())
    }

    fn shows(&self, caller: Scenario, verdict: &str, attestation: Value) {
        let (shown, live, _) = self.reaches_a_human(caller);
        assert_eq!(shown["reason"], "untrusted_number", "{shown:#}");
        assert_eq!((&shown["verdict"], &live["verdict"]), (&json!(verdict), &json!(verdict)), "{shown:#} {live:#}");
        assert_eq!((&shown["attestation"], &live["attestation"]), (&attestation, &attestation), "{shown:#} {live:#}");
        assert_eq!((&live["trust"], &live["number"]), (&json!("untrusted"), &json!(KNOWN)), "{live:#}");
    }
}

/// A call from a number to the taxi line, signed for now.
fn signing(attestation: &str, from: &str, x5u: &str) -> Signing {
    let now_s = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    Signing::new(attestation, from, "", now_s, x5u).claims_with("\"tn\":[\"\"]", "\"uri\":[\"sip:taxi@127.0.0.1\"]")
}

fn signed(caller: &str, header: &str) -> Scenario {
    Scenario::caller(caller).header(&format!("Identity: {header}"))
}

#[test]
fn who_is_known_and_signed_for_is_served_without_a_human() {
    let world = World::new(0, "");
    let (provider, x5u) = world.provider(Numbers::Provider("709J".to_owned()));
    world.scene.call(&signed(KNOWN, &signing("A", KNOWN, &x5u).header(&provider)).call().keys("1").expects_bye(20));
    let call = world.scene.api().awaits_call("served at once", |call| call["outcome"] == "served_instantly");
    assert_eq!(call["caller"]["trust"], "trusted", "{call:#}");
}

#[test]
fn the_provider_says_who_calls_whatever_from_says() {
    let world = World::new(0, "");
    let (provider, x5u) = world.provider(Numbers::One(KNOWN[1..].to_owned()));
    let caller = signed(STRANGER, &signing("A", KNOWN, &x5u).header(&provider));
    let caller = caller.header(&format!("P-Asserted-Identity: <tel:{KNOWN}>"));
    world.scene.call(&caller.call().keys("1").expects_bye(20));
    let call = world.scene.api().awaits_call("served at once", |call| call["outcome"] == "served_instantly");
    assert_eq!(call["caller"]["number"], KNOWN, "{call:#}");
}

#[test]
fn who_is_known_and_not_signed_for_reaches_a_human_and_nothing_asserted_goes_further() {
    let world = World::new(1, "");
    let caller = Scenario::caller(STRANGER).header(&format!("P-Asserted-Identity: <tel:{KNOWN}>"));
    let (shown, live, invite) = world.reaches_a_human(caller);
    assert_eq!((&shown["verdict"], &live["verdict"]), (&json!("unsigned"), &json!("unsigned")), "{shown:#} {live:#}");
    assert_eq!((&live["number"], &live["name"]), (&json!(STRANGER), &Value::Null), "{live:#}");
    assert!(!invite.contains("Identity") && !invite.contains(&KNOWN[1..]), "{invite}");
}

#[test]
fn a_known_number_that_nobody_signed_for_is_shown_as_such() {
    World::new(1, "").shows(Scenario::caller(KNOWN), "unsigned", Value::Null);
}

#[test]
fn a_forged_signature_is_shown_as_such_and_goes_no_further() {
    let world = World::new(1, "");
    let (_, x5u) = world.provider(Numbers::Provider("709J".to_owned()));
    let forger = Authority::new("STI-CA").unwrap().provider(&Paper::default()).unwrap();
    let caller = signed(KNOWN, &signing("A", KNOWN, &x5u).header(&forger));
    let (shown, live, invite) = world.reaches_a_human(caller);
    assert_eq!((&shown["verdict"], &live["verdict"]), (&json!("bad_signature"), &json!("bad_signature")), "{shown:#} {live:#}");
    assert!(!invite.contains("Identity"), "{invite}");
}

#[test]
fn who_has_no_signature_or_a_forged_one_may_prove_it_by_a_code() {
    let world = World::with(0, "", |desk| desk.confirms("8264", "20s"));
    let (_, x5u) = world.provider(Numbers::Provider("709J".to_owned()));
    let forger = Authority::new("STI-CA").unwrap().provider(&Paper::default()).unwrap();
    let forged = signed(KNOWN, &signing("A", KNOWN, &x5u).header(&forger));
    for (caller, verdict) in [(forged, "bad_signature"), (Scenario::caller(KNOWN), "unsigned")] {
        world.scene.call(&caller.call().keys("18264").expects_bye(20));
        let call =
            world.scene.api().awaits_call(verdict, |call| call["caller"]["verdict"] == verdict && call["state"] == "ended");
        assert_eq!((&call["outcome"], &call["caller"]["proved"]), (&json!("served_instantly"), &json!(true)), "{call:#}");
        assert_eq!(call["caller"]["trust"], "untrusted", "{call:#}");
    }
}

#[test]
fn who_is_signed_for_is_asked_for_no_code() {
    let world = World::with(0, "", |desk| desk.confirms("8264", "20s"));
    let (provider, x5u) = world.provider(Numbers::Provider("709J".to_owned()));
    world.scene.call(&signed(KNOWN, &signing("A", KNOWN, &x5u).header(&provider)).call().keys("1").expects_bye(20));
    let call = world.scene.api().awaits_call("served at once", |call| call["outcome"] == "served_instantly");
    assert_eq!((&call["caller"]["verdict"], &call["caller"]["attestation"]), (&json!("verified"), &json!("A")), "{call:#}");
    assert_eq!(call["caller"]["proved"], false, "{call:#}");
}

#[test]
fn a_signature_for_less_than_the_number_is_shown_as_such() {
    let world = World::new(1, "");
    let (provider, x5u) = world.provider(Numbers::Provider("709J".to_owned()));
    world.shows(signed(KNOWN, &signing("B", KNOWN, &x5u).header(&provider)), "verified", json!("B"));
}

#[test]
fn a_certificate_that_does_not_come_keeps_nobody_waiting() {
    let world = World::new(1, "verify_within = \"200ms\"");
    let (provider, _) = world.provider(Numbers::Provider("709J".to_owned()));
    let x5u = world.host.hold("/silent.pem", Answer::Silence);
    world.shows(signed(KNOWN, &signing("A", KNOWN, &x5u).header(&provider)), "not_in_time", Value::Null);
}

#[test]
fn a_certificate_that_came_too_late_for_one_call_serves_the_next() {
    let world = World::new(1, "verify_within = \"200ms\"");
    let (provider, _) = world.provider(Numbers::Provider("709J".to_owned()));
    let late = Answer::Late(Duration::from_millis(500), provider.chain.clone().into_bytes());
    let x5u = world.host.hold("/late.pem", late);
    world.shows(signed(KNOWN, &signing("A", KNOWN, &x5u).header(&provider)), "not_in_time", Value::Null);
    let again = signed(KNOWN, &signing("A", KNOWN, &x5u).header(&provider)).call().keys("1").expects_bye(20);
    world.scene.caller(1, &again).succeeds();
    world.scene.api().awaits_outcomes("served_instantly", 1);
    assert_eq!(world.host.asked(), 1);
}

#[test]
fn a_call_that_is_cancelled_while_its_signature_is_looked_at_never_was() {
    let world = World::new(0, "verify_within = \"5s\"\nfetch_within = \"1s\"");
    let (provider, _) = world.provider(Numbers::Provider("709J".to_owned()));
    let x5u = world.host.hold("/silent.pem", Answer::Silence);
    let caller = signed(KNOWN, &signing("A", KNOWN, &x5u).header(&provider));
    world.scene.call(&caller.invite().response(100).cancelled());
    std::thread::sleep(Duration::from_millis(1_200));
    assert_eq!(world.scene.api().calls(), Vec::<Value>::new());
}
