//! Sessions by QUIC: who is let in, what outlives a connection, and what becomes of clients that misbehave.

use std::net::{Ipv4Addr, UdpSocket};
use std::time::Duration;

use cabrank_tests::desk::{KNOWN, STRANGER};
use cabrank_tests::quic::raw::{Raw, certificate};
use cabrank_tests::quic::{
    awaits_state, connect, gateway, identity, in_line, lost, offered, order, play, ready_agent, ring, run, scene, soon, talking,
    told,
};
use cabrank_tests::wait::until;
use cabrank_wire::Code;
use cabrank_wire::client::{Agent, Error, Gateway, Identity, Order, Proof, Resumed, Supervisor, Told};
use cabrank_wire::v1::agent_state::Kind;
use cabrank_wire::v1::refused::Why;
use cabrank_wire::v1::{self as wire, FromGateway, Hello, Meaning, Role};
use prost::Message as _;

#[test]
fn who_is_not_who_it_says_is_not_let_in_and_cannot_tell_why() {
    let scene = scene(|desk| desk.agent_registering("a103"));
    run(async {
        let target = scene.engine.quic();
        let token = |name: &str, token: &str| Identity::with_token(name, token);
        for wrong in
            [token("pbx", "wrong"), token("nobody", "token-pbx"), token("boss", "token-boss"), token("", scene.engine.token())]
        {
            let refused = Gateway::connect(target.clone(), wrong).await.err();
            assert!(matches!(refused, Some(Error::Closed(Code::NotLetIn))), "{refused:?}");
        }
        assert!(Agent::connect(target.clone(), token("a101", "secret-a102")).await.is_err());
        // An agent's telephone and program know the same password; the administrator looks on without a name.
        Agent::connect(target.clone(), token("a103", "secret-a103")).await.expect("let in");
        Supervisor::connect(target, token("", scene.engine.token())).await.expect("let in");
        assert!(!scene.engine.log().contains("token-pbx") && !scene.engine.log().contains("secret-a1"), "a secret in the log");
    });
}

#[test]
fn a_gateway_is_known_by_its_certificate() {
    let (own, other) = (certificate(), certificate());
    let scene = scene(|desk| desk.peer_with_certificate("pbx2", &own.fingerprint));
    run(async {
        let with = |proof| Identity { name: "pbx2".into(), proof, software: String::new() };
        let gateway = Gateway::connect(scene.engine.quic(), with(own.proof())).await.expect("let in");
        offered(&gateway, STRANGER).await;
        for proof in [other.proof(), Proof::Token(String::new()), Proof::Token(own.fingerprint.clone())] {
            let refused = Gateway::connect(scene.engine.quic(), with(proof)).await.err();
            assert!(matches!(refused, Some(Error::Closed(Code::NotLetIn))), "{refused:?}");
        }
    });
}

#[test]
fn a_lost_connection_keeps_calls_and_agent_and_tells_once_more_what_counts() {
    let scene = scene(|desk| desk);
    run(async {
        let mut agent = ready_agent(&scene, "a102").await;
        agent.pause("lunch").await.expect("heard");
        awaits_state(&mut agent, Kind::Paused).await;
        let gateway = gateway(&scene).await;
        let (mut waiting, _) = in_line(&gateway, KNOWN).await;
        let wait = play(&mut waiting, Meaning::PleaseWait).await;
        let (mut fresh, _) = offered(&gateway, STRANGER).await;
        gateway.session().disconnect();
        agent.session().disconnect();
        lost(&mut waiting).await;
        waiting.resume().await.expect("taken up");
        fresh.resume().await.expect("taken up");
        assert_eq!(agent.resume().await.expect("taken up"), Resumed::TakenUp);
        awaits_state(&mut agent, Kind::Paused).await;
        // The same that was to be heard, and by the same number: or who rings, where it rings by now.
        order(&mut waiting, "to answer", |order| matches!(order, Order::Answer).then_some(())).await;
        assert_eq!(play(&mut waiting, Meaning::PleaseWait).await.play, wait.play);
        assert_eq!(play(&mut fresh, Meaning::Welcome).await.meaning(), Meaning::Welcome);
        agent.ready().await.expect("heard");
        let ringing = ring(&mut waiting).await;
        gateway.session().disconnect();
        lost(&mut fresh).await;
        waiting.resume().await.expect("taken up");
        assert_eq!(ring(&mut waiting).await, ringing);
        waiting.answered(ringing.offer).await.expect("heard");
        assert_eq!(connect(&mut waiting).await, ringing.offer);
        gateway.session().disconnect();
        lost(&mut waiting).await;
        waiting.resume().await.expect("taken up");
        assert_eq!(connect(&mut waiting).await, ringing.offer);
        awaits_state(&mut agent, Kind::Talking).await;
    });
}

#[test]
fn what_is_not_taken_up_in_time_is_over() {
    let scene = scene(|desk| desk.quic_key("resume_for = \"300ms\""));
    run(async {
        let gateway = gateway(&scene).await;
        let agent = ready_agent(&scene, "a102").await;
        let (mut call, id) = in_line(&gateway, STRANGER).await;
        ring(&mut call).await;
        agent.session().disconnect();
        gateway.session().disconnect();
        scene.api().awaits_agent("a102", "unreachable");
        let ended = scene.api().awaits_call("ended", |call| call["state"] == "ended");
        assert_eq!((&ended["call"], &ended["outcome"]), (&format!("{id:016x}").into(), &"cut_off".into()));
        assert!(matches!(call.resume().await, Err(Error::Over)));
    });
}

#[test]
fn a_client_that_changes_its_address_keeps_agent_session_and_call() {
    let scene = scene(|desk| desk);
    run(async {
        let mut agent = ready_agent(&scene, "a101").await;
        let gateway = gateway(&scene).await;
        let (mut call, id, offer) = talking(&gateway, STRANGER).await;
        let elsewhere = || UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).expect("a socket");
        agent.session().move_to(elsewhere()).expect("moved");
        gateway.session().move_to(elsewhere()).expect("moved");
        agent.pause("moving").await.expect("heard");
        call.agent_hung_up(offer).await.expect("heard");
        order(&mut call, "to hang up", |order| matches!(order, Order::HangUp { .. }).then_some(())).await;
        awaits_state(&mut agent, Kind::Paused).await;
        assert!(!agent.session().is_lost() && !gateway.session().is_lost());
        assert_eq!(scene.api().call(&format!("{id:016x}"))["outcome"], "served_by_agent");
    });
}

#[test]
fn an_agents_second_program_takes_the_place_of_the_first() {
    let scene = scene(|desk| desk);
    run(async {
        let mut first = ready_agent(&scene, "a101").await;
        let gateway = gateway(&scene).await;
        let (_call, _) = in_line(&gateway, STRANGER).await;
        let shown = told(&mut first, "a ring", |told| if let Told::Ring(ring) = told { Some(ring) } else { None }).await;
        let mut second = Agent::connect(scene.engine.quic(), identity("a101")).await.expect("let in");
        awaits_state(&mut second, Kind::Offered).await;
        let again = told(&mut second, "a ring", |told| if let Told::Ring(ring) = told { Some(ring) } else { None }).await;
        assert_eq!(again, shown);
        let lost = soon("the first to be told", first.session().lost()).await;
        assert!(matches!(lost, Error::Closed(Code::TakenUp)), "{lost:?}");
        second.session().close().await;
        until(Duration::from_secs(10), "the agent to be out of reach", || {
            (scene.api().agent("a101")["reachable"] == false).then_some(())
        });
    });
}

#[test]
fn nonsense_ends_what_it_came_on_and_nothing_else() {
    let mut scene = scene(|desk| desk);
    run(async {
        let gateway = gateway(&scene).await;
        let (mut bystander, _) = offered(&gateway, KNOWN).await;
        let hello = Hello { role: Role::Gateway.into(), name: "pbx".into(), token: "token-pbx".into(), ..Hello::default() };
        let mut raw = Raw::connect(&scene).await;
        raw.hello(&hello).await.expect("let in");
        let digit = wire::from_gateway::Message::Digit(wire::Digit { key: "1".into() });
        let offer = wire::from_gateway::Message::Offer(wire::Offer { line: "taxi".into(), ..wire::Offer::default() });
        let message = |message| FromGateway { message: Some(message) }.encode_length_delimited_to_vec();
        let half = message(offer.clone());
        for (bytes, why) in [
            (message(digit), "a wrong first message"),
            (vec![0xff; 64], "garbage"),
            (vec![0x80, 0x80, 0x10], "a message that is too long"),
            (half[..half.len() - 2].to_vec(), "half a message"),
        ] {
            assert_eq!(raw.stream_ends_with(&bytes).await, Some(Code::Unreadable), "{why}");
        }
        let mut offered_and_cut = message(offer);
        offered_and_cut.push(3);
        assert_eq!(raw.stream_ends_with(&offered_and_cut).await, Some(Code::Unreadable));
        scene.api().awaits_outcomes("cut_off", 1);
        for hello in [vec![0xff; 64], vec![2, 0xff, 0xff]] {
            let mut stranger = Raw::connect(&scene).await;
            assert_eq!(stranger.session_ends_with(&hello).await, Some(Code::Unreadable));
        }
        bystander.digit('2').await.expect("heard");
        play(&mut bystander, Meaning::PleaseWait).await;
        scene.engine.must_be_alive();
    });
}

#[test]
fn nothing_is_taken_in_early_data() {
    let scene = scene(|desk| desk);
    run(async { assert!(Raw::tries_early_data(&scene).await, "early data was taken") });
}

#[test]
fn who_reads_too_slowly_is_told_and_cut_off_while_others_go_on() {
    let scene = scene(|desk| desk.direct_line().queue_key("max_waiting", "5000").desk_key("calls_max = 10000"));
    run(async {
        let gateway = gateway(&scene).await;
        let (mut bystander, _) = offered(&gateway, KNOWN).await;
        let mut slow = Raw::connect_reading_little(&scene).await;
        let hello = Hello { role: Role::Load.into(), name: "load".into(), token: "token-load".into(), ..Hello::default() };
        slow.hello(&hello).await.expect("let in");
        let closed = soon("the slow one to be cut off", slow.echoes_without_reading()).await;
        assert_eq!(closed, Some(Code::TooSlow));
        bystander.digit('2').await.expect("heard");
        play(&mut bystander, Meaning::PleaseWait).await;
    });
}

#[test]
fn a_draining_engine_takes_no_calls_and_ends_with_a_word() {
    let mut scene = scene(|desk| desk.desk_key("drain = \"20s\""));
    run(async {
        let gateway = gateway(&scene).await;
        let (mut call, _) = offered(&gateway, STRANGER).await;
        scene.engine.signal("TERM");
        let refused = async {
            loop {
                let offer = wire::Offer { line: "taxi".into(), ..wire::Offer::default() };
                let mut late = gateway.offer(offer).await.expect("a stream");
                match late.next().await {
                    Ok(Some(Order::Refused { why, .. })) => return why,
                    _ => tokio::time::sleep(Duration::from_millis(20)).await,
                }
            }
        };
        assert_eq!(soon("to be refused", refused).await, Why::Draining);
        call.digit('2').await.expect("heard");
        play(&mut call, Meaning::PleaseWait).await;
        drop(call);
        let lost = soon("the end", gateway.session().lost()).await;
        assert!(matches!(lost, Error::Closed(Code::Stopping)), "{lost:?}");
        assert_eq!(scene.engine.stop(Duration::from_secs(10)).and_then(|status| status.code()), Some(0));
    });
}

#[test]
fn a_gateways_call_rings_no_telephone_of_the_desk() {
    let scene = scene(|desk| desk.agent_at("b101", 9));
    run(async {
        let gateway = gateway(&scene).await;
        scene.api().sign_in("b101");
        let (mut call, _) = in_line(&gateway, STRANGER).await;
        let ring = ring(&mut call).await;
        assert_eq!((ring.agent.as_str(), ring.address.as_str()), ("b101", "sip:b101@127.0.0.1:9"));
        call.answered(ring.offer).await.expect("heard");
        connect(&mut call).await;
        scene.api().awaits_agent("b101", "talking");
    });
}
