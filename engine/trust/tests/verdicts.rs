//! Good and forged Identity headers, each with the verdict that it gets, by name.

use cabrank_core::{Attestation, Flaw};
use cabrank_trust::mint::{Answer, Authority, Curve, Host, Numbers, Paper, Provider, Signing, Validity, header};
use cabrank_trust::{Call, Settings, Sources, Verified, Verifier};
use std::time::Duration;

const CALLER: &str = "+6591234567";
const LINE: &str = "+6565521111";
/// The end of November 2026.
const NOW_S: u64 = 1_795_910_400;

/// The world of a test: an authority that counts and one that does not, a host, an engine's verifier.
struct World {
    authority: Authority,
    stranger: Authority,
    host: Host,
    verifier: Verifier,
}

impl World {
    fn new() -> World {
        World::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut Settings)) -> World {
        let (authority, stranger) = (Authority::new("STI-CA").unwrap(), Authority::new("STI-CA").unwrap());
        let web = Authority::new("web").unwrap();
        let host = Host::start(&web).unwrap();
        let mut settings = Settings {
            roots: vec![authority.root()],
            sources: Sources::new([(Host::NAME.to_owned(), host.port())]),
            source_roots: Some(vec![web.root()]),
            freshness_s: 60,
            verify_within: Duration::from_millis(500),
            fetch_within: Duration::from_secs(1),
            certificates_max: 100,
            keep_certificates_s: 3_600,
        };
        change(&mut settings);
        World { authority, stranger, host, verifier: Verifier::new(settings).unwrap() }
    }

    /// A provider with that paper, whose chain lies at the returned address.
    fn provider(&self, name: &str, paper: Paper) -> (Provider, String) {
        let provider = self.authority.provider(&paper).unwrap();
        let x5u = self.host.hold(&format!("/{name}.pem"), Answer::Body(provider.chain.clone().into_bytes()));
        (provider, x5u)
    }

    async fn verdict(&self, headers: &[String]) -> Result<Attestation, Flaw> {
        self.verdict_of(headers, &call(), NOW_S).await.map(|verified| verified.attestation)
    }

    async fn verdict_of(&self, headers: &[String], call: &Call, now_s: u64) -> Result<Verified, Flaw> {
        self.verifier.verify(headers, call, now_s).await
    }
}

fn call() -> Call {
    Call {
        origins: vec![CALLER[1..].to_owned()],
        numbers: vec![LINE[1..].to_owned()],
        addresses: vec!["taxi@desk.example".to_owned()],
    }
}

fn honest(attestation: &str, x5u: &str) -> Signing {
    Signing::new(attestation, CALLER, LINE, NOW_S, x5u)
}

/// What is signed, or said beside it, whoever holds the certificate.
#[tokio::test]
async fn what_was_signed_gets_its_verdict() {
    let world = World::new();
    let (provider, x5u) = world.provider("good", Paper::default());
    let good = || honest("A", &x5u);
    let signed = |signing: Signing| vec![signing.header(&provider)];
    let at = |seconds: i64| NOW_S.checked_add_signed(seconds).unwrap();
    let signed_at = |seconds: i64| signed(Signing::new("A", CALLER, LINE, at(seconds), &x5u));
    let token = |n: u64| Signing::new("A", CALLER, LINE, NOW_S - n, &x5u).token(&provider);
    let (head, rest) = token(1).split_once('.').map(|(head, rest)| (head.to_owned(), rest.to_owned())).unwrap();
    let (claims, signature) = rest.split_once('.').unwrap();
    let other = Signing::new("B", CALLER, LINE, NOW_S - 12, &x5u).token(&provider);
    let other_claims = other.split('.').nth(1).unwrap();
    let origid = |id: &str| format!("\"origid\":\"{id}\"");
    let div = || header(&token(2), &x5u).replace("shaken", "div");
    use Attestation::{Full, Gateway, Partial};
    let cases: Vec<(&str, Vec<String>, Result<Attestation, Flaw>)> = vec![
        ("A", signed(good()), Ok(Full)),
        ("B", signed(honest("B", &x5u)), Ok(Partial)),
        ("C", signed(honest("C", &x5u)), Ok(Gateway)),
        ("no header", vec![], Err(Flaw::Unsigned)),
        ("at the edge of the past", signed_at(-60), Ok(Full)),
        ("at the edge of the future", signed_at(60), Ok(Full)),
        ("stale", signed_at(-61), Err(Flaw::Stale)),
        ("from the future", signed_at(61), Err(Flaw::FromTheFuture)),
        ("at the end of time", signed(good().claims_with(&NOW_S.to_string(), &u64::MAX.to_string())), Err(Flaw::FromTheFuture)),
        ("another callee", signed(Signing::new("A", CALLER, "+6565520000", NOW_S, &x5u)), Err(Flaw::WrongDestination)),
        ("no callee", signed(good().claims_with("\"tn\":[\"6565521111\"]", "")), Err(Flaw::WrongDestination)),
        ("several callees", signed(good().claims_with("[\"6565521111\"", "[\"6512345678\",\"6565521111\"")), Ok(Full)),
        ("one callee without a list", signed(good().claims_with("[\"6565521111\"]", "\"6565521111\"")), Ok(Full)),
        (
            "an address as callee",
            signed(good().claims_with("\"tn\":[\"6565521111\"]", "\"uri\":[\"sip:taxi@Desk.example\"]")),
            Ok(Full),
        ),
        (
            "another address",
            signed(good().claims_with("\"tn\":[\"6565521111\"]", "\"uri\":[\"sip:x@desk.example\"]")),
            Err(Flaw::WrongDestination),
        ),
        ("another caller", signed(Signing::new("A", "+6590000000", LINE, NOW_S, &x5u)), Err(Flaw::WrongOrigin)),
        ("a number as it is written", signed(good().claims_with("6591234567", "+65 9123-4567")), Ok(Full)),
        ("HS256", signed(good().head_with("ES256", "HS256")), Err(Flaw::ForeignAlgorithm)),
        ("none", signed(good().head_with("ES256", "none")), Err(Flaw::ForeignAlgorithm)),
        ("RS256", signed(good().head_with("ES256", "RS256")), Err(Flaw::ForeignAlgorithm)),
        ("RS256 beside it", vec![header(&token(3), &x5u).replace("ES256", "RS256")], Err(Flaw::ForeignAlgorithm)),
        ("another kind", signed(good().head_with("shaken", "rcd")), Err(Flaw::NotShaken)),
        ("another kind beside it", vec![div()], Err(Flaw::NotShaken)),
        ("another type", signed(good().head_with("passport", "JWT")), Err(Flaw::Malformed)),
        ("something critical", signed(good().head_with("{", "{\"crit\":[\"exp\"],")), Err(Flaw::Malformed)),
        ("no attestation", signed(good().claims_with("attest", "attester")), Err(Flaw::Malformed)),
        ("a time as text", signed(good().claims_with(&NOW_S.to_string(), &format!("\"{NOW_S}\""))), Err(Flaw::Malformed)),
        ("the compact form", vec![header(&format!("..{signature}"), &x5u)], Err(Flaw::CompactForm)),
        ("a token in a token", signed(Signing { claims: token(4), ..good() }), Err(Flaw::Malformed)),
        ("a thousand brackets", signed(Signing { claims: "[".repeat(1_000), ..good() }), Err(Flaw::Malformed)),
        ("garbage", vec![header("@@@.%%%.!!!", &x5u)], Err(Flaw::Malformed)),
        ("no base64", vec![header(&token(5).replace('.', "=."), &x5u)], Err(Flaw::Malformed)),
        ("cut", vec![header(&token(6)[..token(6).len() - 10], &x5u)], Err(Flaw::Malformed)),
        ("oversized", signed(good().claims_with("123e4567", &"1".repeat(4_000))), Err(Flaw::Oversized)),
        ("nine headers", vec![div(); 9], Err(Flaw::Oversized)),
        ("two headers, one of another kind", vec![div(), header(&token(7), &x5u)], Ok(Full)),
        ("two that say who calls", vec![header(&token(8), &x5u), header(&token(9), &x5u)], Err(Flaw::Ambiguous)),
        ("by its token alone", vec![header(&token(10), &x5u).replace(";ppt=\"shaken\"", "")], Ok(Full)),
        ("claims of another token", vec![header(&format!("{head}.{other_claims}.{signature}"), &x5u)], Err(Flaw::BadSignature)),
        ("a signature of zeros", vec![header(&format!("{head}.{claims}.{}", "A".repeat(86)), &x5u)], Err(Flaw::BadSignature)),
        ("the certificate elsewhere by the header", vec![header(&token(11), &format!("{x5u}?"))], Err(Flaw::Malformed)),
        ("other digits in the id", signed(good().claims_with("123e", "999e")), Ok(Full)),
        ("no id", signed(good().claims_with("origid", "id")), Err(Flaw::Malformed)),
        (
            "an empty id",
            signed(Signing {
                claims: honest("A", &x5u).claims.split(",\"origid\"").next().unwrap().to_owned() + "," + &origid("") + "}",
                ..good()
            }),
            Err(Flaw::Malformed),
        ),
    ];
    assert!(cases.len() > 40);
    for (what, headers, want) in cases {
        assert_eq!(world.verdict(&headers).await, want, "{what}");
    }
    assert_eq!(world.host.asked(), 1, "one certificate, fetched once");
}

/// Who signed, and what stands behind it.
#[tokio::test]
async fn who_signed_gets_its_verdict() {
    let world = World::new();
    let one = |number: &str| Numbers::One(number.to_owned());
    let with = |numbers: Numbers| Paper { numbers, ..Paper::default() };
    let other_curve = Paper { curve: Curve::P384, ..Paper::default() };
    let valid = |from: i32, to: i32| Paper { valid: Validity(from, to), ..Paper::default() };
    let cases = [
        ("its own number", with(one("6591234567")), Ok(Attestation::Full)),
        ("another number", with(one("6591234568")), Err(Flaw::NotItsNumber)),
        ("a range with it", with(Numbers::Range("6591234500".to_owned(), 68)), Ok(Attestation::Full)),
        ("a range up to it", with(Numbers::Range("6591234500".to_owned(), 67)), Err(Flaw::NotItsNumber)),
        ("a range beyond it", with(Numbers::Range("6591234568".to_owned(), 100)), Err(Flaw::NotItsNumber)),
        ("no numbers", with(Numbers::Unsaid), Err(Flaw::NoNumbers)),
        ("expired", valid(2020, 2025), Err(Flaw::CertificateExpired)),
        ("not yet valid", valid(2028, 2030), Err(Flaw::CertificateNotYetValid)),
        ("a signature by a key on another curve", other_curve.clone(), Err(Flaw::Malformed)),
        ("a key that may not sign", Paper { may_sign: false, ..Paper::default() }, Err(Flaw::CertificateUnusable)),
    ];
    for (at, (what, paper, want)) in cases.into_iter().enumerate() {
        let (provider, x5u) = world.provider(&at.to_string(), paper);
        assert_eq!(world.verdict(&[honest("A", &x5u).header(&provider)]).await, want, "{what}");
    }
    let foreign = world.stranger.provider(&Paper::default()).unwrap();
    let x5u = world.host.hold("/foreign.pem", Answer::Body(foreign.chain.clone().into_bytes()));
    assert_eq!(world.verdict(&[honest("A", &x5u).header(&foreign)]).await, Err(Flaw::UnknownAuthority), "an unknown root");
    let (_, x5u) = world.provider("p384", other_curve);
    assert_eq!(
        world.verdict(&[honest("A", &x5u).header(&foreign)]).await,
        Err(Flaw::CertificateUnusable),
        "a key on another curve"
    );
    let (_, x5u) = world.provider("good", Paper::default());
    assert_eq!(world.verdict(&[honest("A", &x5u).header(&foreign)]).await, Err(Flaw::BadSignature), "another's certificate");
}

/// Where the certificate lies, and what is found there.
#[tokio::test]
async fn where_the_certificate_lies_gets_its_verdict() {
    let world = World::new();
    let (provider, good) = world.provider("good", Paper::default());
    let hold = |path: &str, answer: Answer| world.host.hold(path, answer);
    let port = world.host.port();
    let repeated = |times: usize| provider.chain.repeat(times).into_bytes();
    let cases = [
        ("http", good.replace("https", "http"), Err(Flaw::ForeignSource)),
        ("a host that is not listed", good.replace("localhost", "127.0.0.1"), Err(Flaw::ForeignSource)),
        ("a port that is not listed", good.replace(&port.to_string(), "1"), Err(Flaw::ForeignSource)),
        ("a host as user", format!("https://localhost:{port}@127.0.0.1:{port}/good.pem"), Err(Flaw::ForeignSource)),
        ("a file", "file:///good.pem".to_owned(), Err(Flaw::ForeignSource)),
        ("nothing there", format!("https://localhost:{port}/none.pem"), Err(Flaw::Unreachable)),
        ("a redirect", hold("/away.pem", Answer::Redirect(good.clone())), Err(Flaw::Unreachable)),
        ("50 MB", hold("/large.pem", Answer::Bytes(50 << 20)), Err(Flaw::CertificateUnusable)),
        ("silence", hold("/silent.pem", Answer::Silence), Err(Flaw::Unreachable)),
        ("an empty file", hold("/empty.pem", Answer::Body(Vec::new())), Err(Flaw::CertificateUnusable)),
        ("no certificate", hold("/text.pem", Answer::Body(b"<html>".to_vec())), Err(Flaw::CertificateUnusable)),
        ("too long a chain", hold("/long.pem", Answer::Body(repeated(4))), Err(Flaw::CertificateUnusable)),
        (
            "a certificate without the one above",
            hold("/der", Answer::Body(provider.certificate.clone())),
            Err(Flaw::UnknownAuthority),
        ),
        ("the chain", good, Ok(Attestation::Full)),
    ];
    for (what, x5u, want) in cases {
        assert_eq!(world.verdict(&[honest("A", &x5u).header(&provider)]).await, want, "{what}");
    }
}

#[tokio::test]
async fn a_host_that_cannot_show_who_it_is_is_not_listened_to() {
    let world = World::with(|settings| settings.source_roots = Some(vec![settings_root()]));
    let (provider, x5u) = world.provider("good", Paper::default());
    assert_eq!(world.verdict(&[honest("A", &x5u).header(&provider)]).await, Err(Flaw::Unreachable));
}

fn settings_root() -> rustls_pki_types::CertificateDer<'static> {
    Authority::new("another web").unwrap().root()
}

#[tokio::test]
async fn one_signature_vouches_for_one_call() {
    let world = World::new();
    let (provider, x5u) = world.provider("good", Paper::default());
    let headers = [honest("A", &x5u).header(&provider)];
    assert_eq!(world.verdict(&headers).await, Ok(Attestation::Full));
    assert_eq!(world.verdict(&headers).await, Err(Flaw::Replayed));
    // Signed again it is another signature over the same: nobody signs twice in a second for one call.
    assert_eq!(world.verdict(&[honest("A", &x5u).header(&provider)]).await, Err(Flaw::Replayed));
    // A forgery does not use up the honest one.
    let token = Signing::new("A", CALLER, LINE, NOW_S - 1, &x5u).token(&provider);
    let forged = token[..token.len() - 86].to_owned() + &"A".repeat(86);
    assert_eq!(world.verdict(&[header(&forged, &x5u)]).await, Err(Flaw::BadSignature));
    assert_eq!(world.verdict(&[header(&token, &x5u)]).await, Ok(Attestation::Full));
}

#[tokio::test]
async fn a_certificate_is_fetched_once_and_again_when_its_time_is_over() {
    let world = World::with(|settings| settings.keep_certificates_s = 100);
    let (provider, x5u) = world.provider("good", Paper::default());
    let at = async |now_s: u64, n: u64| {
        let signing = Signing::new("A", CALLER, LINE, now_s - n, &x5u);
        world.verdict_of(&[signing.header(&provider)], &call(), now_s).await.map(|verified| verified.attestation)
    };
    let together = tokio::join!(at(NOW_S, 0), at(NOW_S, 1), at(NOW_S, 2));
    assert_eq!(together, (Ok(Attestation::Full), Ok(Attestation::Full), Ok(Attestation::Full)));
    assert_eq!(at(NOW_S + 99, 0).await, Ok(Attestation::Full));
    assert_eq!(world.host.asked(), 1);
    assert_eq!(at(NOW_S + 100, 0).await, Ok(Attestation::Full));
    assert_eq!(world.host.asked(), 2);
}

#[tokio::test]
async fn what_could_not_be_had_is_asked_for_again_but_not_at_once() {
    let world = World::new();
    let (provider, x5u) = world.provider("good", Paper::default());
    let missing = x5u.replace("good", "later");
    let at = async |now_s: u64| {
        let signing = Signing::new("A", CALLER, LINE, now_s, &missing);
        world.verdict_of(&[signing.header(&provider)], &call(), now_s).await.map(|verified| verified.attestation)
    };
    assert_eq!(at(NOW_S).await, Err(Flaw::Unreachable));
    world.host.hold("/later.pem", Answer::Body(provider.chain.clone().into_bytes()));
    assert_eq!(at(NOW_S + 9).await, Err(Flaw::Unreachable));
    assert_eq!((world.host.asked(), at(NOW_S + 10).await), (1, Ok(Attestation::Full)));
}

#[tokio::test]
async fn the_shelf_is_bounded_and_the_useless_leaves_it_first() {
    let world = World::with(|settings| settings.certificates_max = 2);
    let (provider, x5u) = world.provider("good", Paper::default());
    let at = async |n: u64, x5u: &str| {
        let signing = Signing::new("A", CALLER, LINE, NOW_S - n, x5u);
        world.verdict(&[signing.header(&provider)]).await
    };
    assert_eq!(at(0, &x5u).await, Ok(Attestation::Full));
    for n in 1..10 {
        assert_eq!(at(n, &x5u.replace("good", &n.to_string())).await, Err(Flaw::Unreachable));
    }
    assert_eq!((at(10, &x5u).await, world.host.asked()), (Ok(Attestation::Full), 10));
}

#[tokio::test]
async fn an_expiry_is_noticed_while_the_certificate_is_on_the_shelf() {
    const NEW_YEAR_2027_S: u64 = 1_798_761_600;
    let world = World::with(|settings| settings.keep_certificates_s = 1_000_000);
    let (provider, x5u) = world.provider("good", Paper { valid: Validity(2020, 2027), ..Paper::default() });
    let at = async |now_s: u64| {
        let signing = Signing::new("A", CALLER, LINE, now_s, &x5u);
        world.verdict_of(&[signing.header(&provider)], &call(), now_s).await.map(|verified| verified.attestation)
    };
    assert_eq!(at(NEW_YEAR_2027_S - 10).await, Ok(Attestation::Full));
    assert_eq!(at(NEW_YEAR_2027_S + 60).await, Err(Flaw::CertificateExpired));
}
