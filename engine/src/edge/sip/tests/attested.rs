//! Calls whose numbers are signed for: what the desk is told, and what happens while a verdict is awaited.

use std::collections::BTreeSet;
use std::time::Duration;

use cabrank_core::{Attestation, Caller, Flaw, Input, Trust};
use cabrank_trust::mint::{Answer, Authority, Host, Paper, Provider, Signing};
use cabrank_trust::{Settings, Sources};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::desk::{TestDesk, Wishes};
use super::phone::{OFFER, Phone};
use crate::lane::unix_micros_now;

/// An authority that counts, a provider whose certificate it signed, and the host that holds it.
struct World {
    provider: Provider,
    host: Host,
    settings: Settings,
}

impl World {
    fn new(verify_within: Duration) -> World {
        let authority = Authority::new("STI-CA").unwrap();
        let host = Host::start(&authority).unwrap();
        let settings = Settings {
            roots: vec![authority.root()],
            sources: Sources::new([(Host::NAME.to_owned(), host.port())]),
            source_roots: Some(vec![authority.root()]),
            freshness_s: 60,
            verify_within,
            fetch_within: Duration::from_secs(30),
            certificates_max: 100,
            keep_certificates_s: 3_600,
        };
        World { provider: authority.provider(&Paper::default()).unwrap(), host, settings }
    }

    fn desk(&self, wishes: Wishes) -> TestDesk {
        TestDesk::start(Wishes { attested: true, trust: Some(self.settings.clone()), ..wishes })
    }

    /// The Identity header of a call from the number that telephones here show.
    fn identity(&self, attestation: &str, x5u: &str) -> String {
        let signing = Signing::new(attestation, "+6591234567", "", unix_micros_now() / 1_000_000, x5u);
        let signing = signing.claims_with("\"tn\":[\"\"]", "\"uri\":[\"sip:taxi@127.0.0.1\"]");
        format!("Identity: {}\r\n", signing.header(&self.provider))
    }

    /// A signature whose certificate never comes.
    fn hanging(&self) -> String {
        self.identity("A", &self.host.hold("/silent.pem", Answer::Silence))
    }
}

fn told(desk: &TestDesk) -> Caller {
    desk.hears("a call", |fact| if let Input::CallOffered { caller, .. } = fact { Some(caller.clone()) } else { None })
}

#[test]
fn the_desk_is_told_what_was_signed_for() {
    let world = World::new(Duration::from_secs(30));
    let desk = world.desk(Wishes::default());
    let x5u = world.host.hold("/good.pem", Answer::Body(world.provider.chain.clone().into_bytes()));
    for (letter, attestation) in [("A", Attestation::Full), ("B", Attestation::Partial), ("C", Attestation::Gateway)] {
        let mut phone = Phone::caller(desk.udp());
        phone.invite(&world.identity(letter, &x5u), OFFER);
        phone.expect("200");
        let caller = told(&desk);
        assert_eq!(caller.trust, Trust::Attested(attestation));
        assert!(caller.profile.is_some() && caller.number.is_some_and(|number| &*number.0 == "+6591234567"));
    }
    assert_eq!(world.host.asked(), 1);
}

#[test]
fn the_desk_is_told_why_there_is_nothing_to_go_by() {
    let world = World::new(Duration::from_millis(50));
    let desk = world.desk(Wishes::default());
    let cases = [
        (String::new(), Flaw::Unsigned),
        (world.hanging(), Flaw::NotInTime),
        ("Identity: x\r\n".to_owned(), Flaw::Malformed),
        (world.identity("A", "https://elsewhere.example/c.pem"), Flaw::ForeignSource),
    ];
    for (header, flaw) in cases {
        Phone::caller(desk.udp()).invite(&header, OFFER);
        assert_eq!(told(&desk).trust, Trust::Unproven(flaw), "{header}");
    }
    let nobody = TestDesk::start(Wishes { attested: true, ..Wishes::default() });
    Phone::caller(nobody.udp()).invite(&world.hanging(), OFFER);
    assert_eq!(told(&nobody).trust, Trust::Unproven(Flaw::NotSetUp));
}

#[test]
fn a_number_that_is_only_asserted_is_not_the_callers() {
    let world = World::new(Duration::from_millis(50));
    let desk = world.desk(Wishes::default());
    Phone::caller(desk.udp()).invite("P-Asserted-Identity: <tel:+6598765432>\r\n", OFFER);
    let caller = told(&desk);
    assert!(!caller.trust.is_sure() && caller.number.is_some_and(|number| &*number.0 == "+6591234567"));
}

#[test]
fn who_waits_for_a_verdict_counts_as_a_leg() {
    let world = World::new(Duration::from_secs(60));
    let desk = world.desk(Wishes { legs_max: 2, ..Wishes::default() });
    let mut phones = [Phone::caller(desk.udp()), Phone::caller(desk.udp())];
    for phone in &mut phones {
        phone.invite(&world.hanging(), OFFER);
        phone.expect("100");
    }
    let mut third = Phone::caller(desk.udp());
    third.invite(&world.hanging(), OFFER);
    third.expect("503");
    desk.edge.stop();
    phones.iter().for_each(|phone| drop(phone.expect("503")));
}

#[test]
fn a_call_on_two_paths_is_one_call_whichever_verdict_comes_first() {
    let world = World::new(Duration::from_secs(1));
    let desk = world.desk(Wishes::default());
    // A busy machine turns calls away for a moment: then it is tried again.
    let taken = (0..10).map(|_| finals_on_two_paths(&world, &desk)).find(|finals| !finals.contains("503"));
    assert_eq!(taken.unwrap().into_iter().collect::<Vec<_>>(), ["200", "482"]);
}

/// The first two different final answers to one INVITE that comes on two paths.
fn finals_on_two_paths(world: &World, desk: &TestDesk) -> BTreeSet<String> {
    let phone = Phone::caller(desk.udp());
    let identity = world.hanging();
    let headers = phone.headers("INVITE", 1, "<sip:taxi@t>");
    for branch in ["z9hG4bK", "z9hG4bKother"] {
        let headers = headers.replace("z9hG4bK", branch);
        phone.send(&format!("INVITE sip:taxi@t SIP/2.0\r\n{headers}{identity}Content-Length: 0\r\n\r\n"));
    }
    let mut heard = std::iter::from_fn(|| phone.next()).map(|message| message.what().to_owned());
    let mut finals: BTreeSet<String> = heard.by_ref().find(|what| what != "100").into_iter().collect();
    finals.extend(heard.find(|what| what != "100" && !finals.contains(what)));
    finals
}

#[test]
fn a_cancelled_call_is_never_told() {
    let world = World::new(Duration::from_secs(2));
    let desk = world.desk(Wishes::default());
    let mut phone = Phone::caller(desk.udp());
    phone.invite(&world.hanging(), OFFER);
    phone.expect("100");
    let headers = phone.headers("INVITE", 1, &format!("<sip:taxi@{}>", desk.udp())).replace("CSeq: 1 INVITE", "CSeq: 1 CANCEL");
    phone.send(&format!("CANCEL sip:taxi@{} SIP/2.0\r\n{headers}Content-Length: 0\r\n\r\n", desk.udp()));
    phone.expect("200");
    phone.expect("487");
    std::thread::sleep(Duration::from_millis(2_100));
    let mut other = Phone::caller(desk.udp());
    other.tag = "other".into();
    other.invite("", OFFER);
    assert_eq!(told(&desk).trust, Trust::Unproven(Flaw::Unsigned), "the first call told of is the one that was not cancelled");
}

#[test]
fn whatever_stands_in_the_header_nobody_becomes_trusted_by_it() {
    let world = World::new(Duration::from_secs(30));
    let desk = world.desk(Wishes { legs_max: 1_000, ..Wishes::default() });
    let x5u = world.host.hold("/good.pem", Answer::Body(world.provider.chain.clone().into_bytes()));
    let honest = world.identity("A", &x5u);
    let length = honest.find(';').unwrap();
    let mut runner = TestRunner::new(Config { cases: 60, failure_persistence: None, ..Config::default() });
    let damage = ("Identity: ".len()..length, "[-_.A-Za-z0-9;=<>\"]");
    let outcome = runner.run(&damage, |(at, with)| {
        prop_assume!(honest[at..=at] != with);
        let header = format!("{}{with}{}", &honest[..at], &honest[at + 1..]);
        Phone::caller(desk.udp()).invite(&header, OFFER);
        let trust = told(&desk).trust;
        prop_assert!(matches!(trust, Trust::Unproven(_)), "{trust:?} by {header}");
        Ok(())
    });
    outcome.unwrap();
}
