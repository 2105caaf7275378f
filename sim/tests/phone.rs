//! Two phones talk with each other over loopback, and one registers.

use cabrank_sim::phone::{Call, Ended, Phone, PhoneFault, Ring, Rings, Sound};
use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::UdpSocket;
use tokio::time::{sleep, timeout};

/// Nothing here takes nearly so long; whoever waits longer waits for nothing.
const LIMIT: Duration = Duration::from_secs(20);

async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    timeout(LIMIT, future).await.unwrap_or_else(|_| panic!("waited in vain for {what}"))
}

async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    soon(what, async {
        while !holds() {
            sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
}

async fn phone() -> (Phone, Rings) {
    Phone::bind(([127, 0, 0, 1], 0).into()).await.expect("a free port")
}

async fn rung(rings: &mut Rings) -> Ring {
    soon("a ring", rings.next()).await.expect("the phone is there")
}

/// A caller and an agent in a talk, and what they need to go on.
async fn talk() -> (Phone, (Phone, Rings), Call, Call) {
    let (caller, _) = phone().await;
    let (agent, mut rings) = phone().await;
    let to = format!("sip:a101@{}", agent.here());
    let answering = async {
        let ring = rung(&mut rings).await;
        assert_eq!((ring.user.as_str(), ring.from.as_str()), ("a101", "+6591234567"));
        ring.ringing().expect("it rings");
        ring.answer().await.expect("nobody gave up")
    };
    let (call, answered) = soon("the answer", async { tokio::join!(caller.call(&to, "+6591234567"), answering) }).await;
    (caller, (agent, rings), call.expect("an answer"), answered)
}

#[tokio::test]
async fn tones_and_keys_arrive_at_the_other_side() {
    let (_caller, _agent, call, answered) = talk().await;
    answered.say(Sound::Tone(400));
    assert!("120#".chars().all(|key| call.press(key)));
    until("the keys", || answered.heard().keys == "120#").await;
    until("the tone", || call.heard().loud > 10).await;
    assert_eq!(answered.heard().loud, 0, "silence is not loud");
}

#[tokio::test]
async fn either_side_hangs_up() {
    let (_caller, _agent, call, answered) = talk().await;
    call.hang_up().await.expect("a confirmed end");
    assert_eq!(soon("the end", answered.ended()).await, Ended::There);

    let (_caller, _agent, call, answered) = talk().await;
    answered.hang_up().await.expect("a confirmed end");
    assert_eq!(soon("the end", call.ended()).await, Ended::There);
}

#[tokio::test]
async fn a_call_dropped_hangs_up() {
    let (_caller, _agent, call, answered) = talk().await;
    drop(call);
    assert_eq!(soon("the end", answered.ended()).await, Ended::There);
}

#[tokio::test]
async fn hold_and_resume() {
    let (_caller, _agent, call, answered) = talk().await;
    soon("the hold", answered.hold()).await.expect("held");
    until("the hold to be known", || !call.is_wanted()).await;
    soon("the resumption", answered.resume()).await.expect("resumed");
    until("the resumption to be known", || call.is_wanted()).await;
}

#[tokio::test]
async fn a_ring_may_be_declined() {
    let (caller, _) = phone().await;
    let (agent, mut rings) = phone().await;
    let to = format!("sip:a101@{}", agent.here());
    let declining = async { rung(&mut rings).await.decline(486).expect("nobody gave up") };
    let (call, ()) = soon("the refusal", async { tokio::join!(caller.call(&to, "anybody"), declining) }).await;
    assert!(matches!(call.err(), Some(PhoneFault::Refused { code: 486 })));
}

#[tokio::test]
async fn a_caller_may_give_up() {
    let (caller, _) = phone().await;
    let (agent, mut rings) = phone().await;
    let to = format!("sip:a101@{}", agent.here());
    let calling = tokio::spawn(async move { caller.call(&to, "anybody").await.map(drop) });
    let ring = rung(&mut rings).await;
    ring.ringing().expect("it rings");
    sleep(Duration::from_millis(100)).await;
    calling.abort();
    soon("the cancellation", ring.given_up()).await;
    assert!(ring.answer().await.is_err());
}

#[tokio::test]
async fn a_phone_for_loopback_hears_nowhere_else() {
    let fault = Phone::bind(([0, 0, 0, 0], 0).into()).await.map(drop);
    assert!(matches!(fault, Err(PhoneFault::NotLoopback { .. })));
}

#[tokio::test]
async fn an_address_that_is_none_is_told_so() {
    let (caller, _) = phone().await;
    let fault = soon("the refusal", caller.call("what is this", "anybody")).await.map(drop);
    assert!(matches!(fault, Err(PhoneFault::NoAddress { .. })), "{fault:?}");
}

/// A server that challenges with both algorithms, and lets in who answers with this user name.
async fn registrar(challenges: &'static [&'static str]) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a free port");
    let here = socket.local_addr().expect("an address");
    tokio::spawn(async move {
        let mut buffer = [0; 4_096];
        while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
            let request = String::from_utf8_lossy(&buffer[..length]).into_owned();
            let _ = socket.send_to(answer(&request, challenges).as_bytes(), from).await;
        }
    });
    here
}

fn answer(request: &str, challenges: &[&str]) -> String {
    let copied = ["Via:", "From:", "To:", "Call-ID:", "CSeq:"];
    let head = request.lines().filter(|line| copied.iter().any(|name| line.starts_with(name)));
    let head = head.map(|line| format!("{line}\r\n")).collect::<String>();
    let let_in = request.contains("Authorization: Digest") && request.contains("username=\"a101\"");
    let (status, more) = if let_in {
        ("200 OK", String::new())
    } else {
        ("401 Unauthorized", challenges.iter().map(|text| format!("WWW-Authenticate: {text}\r\n")).collect())
    };
    format!("SIP/2.0 {status}\r\n{head}{more}Content-Length: 0\r\n\r\n")
}

const SHA_256: &str = r#"Digest realm="cabrank", nonce="abc", algorithm=SHA-256, qop="auth""#;
const MD5: &str = r#"Digest realm="cabrank", nonce="abc", algorithm=MD5, qop="auth""#;
const UNHEARD_OF: &str = r#"Digest realm="cabrank", nonce="abc", algorithm=ROT13, qop="auth""#;

#[tokio::test]
async fn a_challenge_is_answered() {
    for challenges in [&[SHA_256, MD5][..], &[UNHEARD_OF, MD5][..]] {
        let (agent, _) = phone().await;
        let server = registrar(challenges).await;
        let wish = agent.register(server, "a101", "secret", Duration::from_secs(60));
        soon("the registration", wish).await.expect("let in");
    }
}

#[tokio::test]
async fn who_is_not_let_in_is_told_so() {
    let (agent, _) = phone().await;
    let server = registrar(&[SHA_256]).await;
    let fault = soon("the refusal", agent.register(server, "intruder", "secret", Duration::from_secs(60))).await;
    assert!(matches!(fault, Err(PhoneFault::NotLetIn { .. })), "{fault:?}");
}

#[tokio::test]
async fn many_calls_share_one_phone() {
    let (caller, _) = phone().await;
    let (agent, mut rings) = phone().await;
    let to = format!("sip:a101@{}", agent.here());
    let answering = tokio::spawn(async move {
        let mut answered = Vec::new();
        while answered.len() < 50 {
            answered.push(rung(&mut rings).await.answer().await.expect("nobody gave up"));
        }
        answered
    });
    let mut calls = Vec::new();
    for number in 0..50 {
        let (caller, to) = (caller.clone(), to.clone());
        calls.push(tokio::spawn(async move { caller.call(&to, &format!("+65912345{number:02}")).await }));
    }
    let mut made = Vec::new();
    for call in calls {
        made.push(soon("an answer", call).await.expect("no panic").expect("an answer"));
    }
    let answered = soon("all answers", answering).await.expect("no panic");
    drop(made);
    for call in &answered {
        assert_eq!(soon("the end", call.ended()).await, Ended::There);
    }
}
