//! What no telephone should send: each gets the answer its RFC names or none, and the next call is served.

use std::time::Duration;

use cabrank_tests::desk::{KNOWN, STRANGER};
use cabrank_tests::scenario::Scenario;
use cabrank_tests::scene::Scene;
use cabrank_tests::wait::until;
use cabrank_tests::wire::{Request, Wire, code, header, over_tcp};

const LIMIT: Duration = Duration::from_secs(5);

/// The socket is given back before the scene's ports are.
struct Bad {
    wire: Wire,
    scene: Scene,
}

fn bad() -> Bad {
    bad_with(Scene::with_agents(0, |desk| desk))
}

fn bad_with(scene: Scene) -> Bad {
    let wire = Wire::new(scene.ports.sip(30), scene.engine.sip());
    Bad { scene, wire }
}

impl Bad {
    /// The engine has survived and a usual call goes well.
    fn next_call_is_served(mut self) {
        self.scene.engine.must_be_alive();
        self.scene.call(&Scenario::caller(KNOWN).call().keys("1").expects_bye(20));
    }

    fn answer(&self, request: &Request) -> String {
        self.wire.ask(request);
        self.wire.final_answer(request, LIMIT).unwrap_or_else(|| panic!("no answer to {request:#?}"))
    }
}

#[test]
fn garbage_is_survived() {
    let at = bad();
    let mut state: u32 = 0x5eed;
    for length in 0..400 {
        let noise: Vec<u8> = (0..length * 3)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            })
            .collect();
        at.wire.send(&noise);
    }
    at.next_call_is_served();
}

#[test]
fn every_beginning_of_an_invite_is_survived() {
    let at = bad();
    let whole = Request::invite("taxi", "cut").text(at.wire.port());
    for end in 0..whole.len() - 1 {
        at.wire.send(&whole[..end]);
    }
    at.next_call_is_served();
}

#[test]
fn absurd_headers_are_survived() {
    let at = bad();
    let long = "x".repeat(6_000);
    for (n, line) in [
        format!("X-Long: {long}"),
        format!("Subject: {}", "\u{0}\u{7f}\u{fffd}"),
        "Max-Forwards: 99999999999999999999".to_owned(),
        "Max-Forwards: -1".to_owned(),
        "Expires: tomorrow".to_owned(),
        format!("Route: {}", "<sip:a@127.0.0.1;lr>,".repeat(100)),
        "P-Asserted-Identity: <<<sip:>>>".to_owned(),
    ]
    .iter()
    .enumerate()
    {
        at.wire.ask(&Request::new("OPTIONS", "taxi", &format!("absurd-{n}")).header(line));
        at.wire.ask(&Request::invite("nobody", &format!("absurd-invite-{n}")).header(line));
    }
    at.next_call_is_served();
}

#[test]
fn half_a_tcp_message_harms_nobody() {
    let at = bad();
    let message = Request::new("OPTIONS", "taxi", "tcp-half").text(at.wire.port()).replace("SIP/2.0/UDP", "SIP/2.0/TCP");
    let port = at.scene.engine.sip();
    let (first, second) = message.as_bytes().split_at(message.len() / 2);
    assert!(over_tcp(port, &[first], Duration::from_millis(300)).is_empty());
    let whole = over_tcp(port, &[first, second], Duration::from_secs(1));
    assert!(whole.starts_with("SIP/2.0 200"), "a message in two pieces: {whole:?}");
    at.next_call_is_served();
}

#[test]
fn a_wrong_content_length_harms_nobody() {
    let at = bad();
    for length in ["0", "1", "99999", "-5", "many", "4294967296"] {
        let message = Request::invite("nobody", &format!("length-{length}")).text(at.wire.port());
        let (head, body) = message.split_once("Content-Length: ").expect("a Content-Length");
        let body = body.split_once("\r\n").expect("a line").1;
        let wrong = format!("{head}Content-Length: {length}\r\n{body}");
        at.wire.send(&wrong);
        over_tcp(at.scene.engine.sip(), &[wrong.replace("SIP/2.0/UDP", "SIP/2.0/TCP").as_bytes()], Duration::from_millis(200));
    }
    at.next_call_is_served();
}

#[test]
fn no_codec_in_common_is_488() {
    let at = bad();
    let video = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 27990 RTP/AVP 96\r\na=rtpmap:96 opus/48000/2\r\n";
    let request = Request::new("INVITE", "taxi", "opus").body("application/sdp", video);
    assert_eq!(at.wire.code(&request), 488);
    at.next_call_is_served();
}

#[test]
fn a_body_that_is_no_sdp_is_415() {
    let at = bad();
    let request = Request::new("INVITE", "taxi", "text").body("text/plain", "hello");
    let answer = at.answer(&request);
    assert_eq!(code(&answer), 415, "{answer}");
    assert!(header(&answer, "Accept").is_some_and(|kinds| kinds.contains("application/sdp")), "{answer}");
}

#[test]
fn an_unknown_line_is_404() {
    let at = bad();
    assert_eq!(at.wire.code(&Request::invite("nobody", "unknown-line")), 404);
    at.next_call_is_served();
}

#[test]
fn an_extension_nobody_knows_is_420() {
    let at = bad();
    let answer = at.answer(&Request::invite("taxi", "require").header("Require: telepathy"));
    assert_eq!(code(&answer), 420, "{answer}");
    assert!(header(&answer, "Unsupported").is_some_and(|what| what.contains("telepathy")), "{answer}");
}

#[test]
fn too_many_hops_is_483() {
    let at = bad();
    assert_eq!(at.wire.code(&Request::invite("taxi", "hops").header("Max-Forwards: 0")), 483);
}

#[test]
fn a_dialog_nobody_knows_is_481() {
    let at = bad();
    let elsewhere = "SIP/2.0 200 OK\r\nTo: <sip:taxi@127.0.0.1>;tag=elsewhere\r\n\r\n";
    for method in ["BYE", "INFO", "UPDATE"] {
        let request = Request::new("INVITE", "taxi", "no-dialog").next(method, elsewhere, 7);
        assert_eq!(at.wire.code(&request), 481, "{method}");
    }
    let reinvite = Request::invite("taxi", "no-dialog").next("INVITE", elsewhere, 8);
    assert_eq!(at.wire.code(&reinvite), 481);
}

#[test]
fn an_unknown_method_is_405_and_names_the_known_ones() {
    let at = bad();
    let answer = at.answer(&Request::new("SUBSCRIBE", "taxi", "method"));
    assert_eq!(code(&answer), 405, "{answer}");
    assert!(header(&answer, "Allow").is_some_and(|methods| methods.contains("INVITE")), "{answer}");
}

#[test]
fn options_is_answered_in_and_out_of_a_call() {
    let at = bad();
    let answer = at.answer(&Request::new("OPTIONS", "taxi", "options"));
    assert_eq!(code(&answer), 200, "{answer}");
    for name in ["Allow", "Accept", "Supported"] {
        assert!(header(&answer, name).is_some(), "no {name}: {answer}");
    }
    at.scene.call(&Scenario::caller(STRANGER).call().asks("OPTIONS", "", 200).bye());
}

#[test]
fn a_transfer_is_refused_cleanly() {
    let at = bad();
    at.scene.call(&Scenario::caller(STRANGER).call().asks("REFER", "Refer-To: <sip:x@127.0.0.1>\n", 603).bye());
}

#[test]
fn a_full_desk_is_503_with_retry_after() {
    let at = bad_with(Scene::with_agents(0, |desk| desk.desk_key("calls_max = 1")));
    let caller = at.scene.caller(0, &Scenario::caller(STRANGER).call().keys("2").pause(2_500).bye());
    at.scene.awaits_waiting(1);
    let answer = at.answer(&Request::invite("taxi", "full"));
    assert_eq!(code(&answer), 503, "{answer}");
    assert!(header(&answer, "Retry-After").is_some_and(|s| s.parse::<u32>().is_ok()), "{answer}");
    caller.succeeds();
}

#[test]
fn a_draining_desk_finishes_its_calls_and_takes_no_new_ones() {
    let mut at = bad();
    let caller = at.scene.caller(0, &Scenario::caller(STRANGER).call().keys("2").pause(2_500).bye());
    at.scene.awaits_waiting(1);
    at.scene.engine.signal("TERM");
    let mut tries = 0..;
    let answer = until(LIMIT, "the desk to refuse", || {
        let request = Request::invite("taxi", &format!("draining-{}", tries.next()?));
        at.wire.ask(&request);
        let answer = at.wire.final_answer(&request, LIMIT)?;
        at.wire.ask(&request.next("ACK", &answer, 1));
        if code(&answer) == 200 {
            at.wire.code(&request.next("BYE", &answer, 2));
            return None;
        }
        Some(answer)
    });
    assert_eq!(code(&answer), 503, "{answer}");
    assert!(header(&answer, "Retry-After").is_some(), "{answer}");
    caller.succeeds();
    assert!(at.scene.engine.stop(Duration::from_secs(15)).is_some_and(|status| status.success()), "it did not end by itself");
}

#[test]
fn who_may_not_call_is_403() {
    let at = bad_with(Scene::with_agents(0, |desk| desk.trunk_from("127.9.9.9/32")));
    assert_eq!(at.wire.code(&Request::invite("taxi", "forbidden-1")), 403);
    assert_eq!(at.wire.code(&Request::invite("nobody", "forbidden-2")), 403, "a stranger may not find out which lines exist");
}

#[test]
fn a_repeated_invite_is_one_call() {
    let at = bad();
    let invite = Request::invite("taxi", "again");
    for _ in 0..5 {
        at.wire.ask(&invite);
    }
    let answer = at.wire.final_answer(&invite, LIMIT).expect("an answer");
    at.wire.ask(&invite.next("ACK", &answer, 1));
    assert_eq!(at.wire.code(&invite.next("BYE", &answer, 2)), 200);
    at.scene.api().awaits_outcomes("left_in_menu", 1);
    assert_eq!(at.scene.api().calls().len(), 1);
}

#[test]
fn the_answer_is_repeated_until_it_is_acknowledged_with_one_tag() {
    repeats_with_one_tag(&Request::invite("taxi", "no-ack"), 200);
}

#[test]
fn a_refusal_is_repeated_until_it_is_acknowledged_with_one_tag() {
    repeats_with_one_tag(&Request::invite("nobody", "no-ack"), 404);
}

fn repeats_with_one_tag(invite: &Request, expected: u16) {
    let at = bad();
    at.wire.ask(invite);
    let answers = (0..3).map(|_| at.wire.final_answer(invite, LIMIT).expect("the answer again"));
    let tags: Vec<String> = answers
        .inspect(|answer| assert_eq!(code(answer), expected))
        .map(|answer| header(&answer, "To").unwrap_or_default().to_owned())
        .collect();
    assert!(tags[0].contains("tag=") && tags.iter().all(|tag| *tag == tags[0]), "{tags:?}");
}

#[test]
fn an_offerless_invite_gets_our_offer() {
    let at = bad();
    let invite = Request::new("INVITE", "taxi", "offerless");
    let answer = at.answer(&invite);
    assert_eq!(code(&answer), 200, "{answer}");
    assert!(answer.contains("m=audio"), "{answer}");
    let ack = invite.next("ACK", &answer, 1).body("application/sdp", cabrank_tests::wire::SDP);
    at.wire.ask(&ack);
    assert_eq!(at.wire.code(&invite.next("BYE", &answer, 2)), 200);
}
