//! Calls by QUIC: gateways that hold the media themselves, agents' programs, supervisors.

use std::time::Duration;

use cabrank_tests::desk::{KNOWN, STRANGER};
use cabrank_tests::quic::{
    awaits_state, connect, gateway, identity, in_line, offered, order, play, ready_agent, ring, run, scene, soon, talking, told,
};
use cabrank_tests::wait::until;
use cabrank_wire::client::{Load, Notice, Order, Reply, Supervisor, Told};
use cabrank_wire::v1::agent_state::Kind;
use cabrank_wire::v1::from_gateway::Message::{CallerGone, Digit};
use cabrank_wire::v1::refused::Why;
use cabrank_wire::v1::set_agent::State;
use cabrank_wire::v1::{self as wire, Meaning};

/// A call's id as HTTP has it.
fn written(call: u64) -> String {
    format!("{call:016x}")
}

#[test]
fn a_call_goes_from_offer_to_agent_and_ends_when_the_agent_hangs_up() {
    let scene = scene(|desk| desk);
    run(async {
        let mut agent = ready_agent(&scene, "a101").await;
        let gateway = gateway(&scene).await;
        let (mut call, id) = in_line(&gateway, STRANGER).await;
        let ring = ring(&mut call).await;
        assert_eq!((ring.agent.as_str(), ring.address.as_str()), ("a101", ""));
        let context = ring.context.clone().expect("a context");
        assert_eq!((context.call, context.queue.as_str(), context.pressed.as_str()), (id, "booking", "2"));
        assert_eq!((context.caller.as_str(), context.reason.as_str(), context.trusted), (STRANGER, "asked", true));
        assert!(context.url.ends_with(&format!("/api/v1/calls/{}", written(id))), "{}", context.url);
        let shown = told(&mut agent, "a ring", |told| if let Told::Ring(ring) = told { Some(ring) } else { None }).await;
        assert_eq!(shown.offer, ring.offer);
        call.ringing(ring.offer).await.expect("heard");
        call.answered(ring.offer).await.expect("heard");
        assert_eq!(connect(&mut call).await, ring.offer);
        let state = awaits_state(&mut agent, Kind::Talking).await;
        assert_eq!((state.call, state.offer), (id, ring.offer));
        call.agent_hung_up(ring.offer).await.expect("heard");
        let agent_hung_up = |order: &Order| if let Order::HangUp { agent_hung_up } = order { Some(*agent_hung_up) } else { None };
        assert!(order(&mut call, "to hang up", agent_hung_up).await);
        assert!(matches!(call.next().await, Ok(None)));
        awaits_state(&mut agent, Kind::Idle).await;
        let ended = scene.api().awaits_call("ended", |call| call["state"] == "ended");
        assert_eq!((&ended["agent"], &ended["outcome"]), (&"a101".into(), &"served_by_agent".into()), "{ended:#}");
    });
}

#[test]
fn who_is_known_presses_1_and_is_served_at_once() {
    let scene = scene(|desk| desk);
    run(async {
        let gateway = gateway(&scene).await;
        let (mut call, _) = offered(&gateway, KNOWN).await;
        call.digit('1').await.expect("heard");
        let sent = play(&mut call, Meaning::Sent).await;
        assert!(sent.eta_ms > 0 && sent.prompts.first().is_some_and(|name| name == "taxi-sent"), "{sent:?}");
        assert_eq!(sent.keys, "02");
        call.prompt_ended(sent.play).await.expect("heard");
        let goodbye = play(&mut call, Meaning::Goodbye).await;
        call.prompt_ended(goodbye.play).await.expect("heard");
        order(&mut call, "to hang up", |order| matches!(order, Order::HangUp { .. }).then_some(())).await;
        scene.api().awaits_outcomes("served_instantly", 1);
    });
}

#[test]
fn a_program_answers_for_its_agent_and_the_gateway_is_told() {
    let scene = scene(|desk| desk);
    run(async {
        let mut agent = ready_agent(&scene, "a101").await;
        let gateway = gateway(&scene).await;
        let (mut call, id) = in_line(&gateway, STRANGER).await;
        let shown = told(&mut agent, "a ring", |told| if let Told::Ring(ring) = told { Some(ring) } else { None }).await;
        agent.answered(shown.offer).await.expect("heard");
        assert_eq!(connect(&mut call).await, shown.offer);
        told(&mut agent, "to connect", |told| matches!(told, Told::Connect { .. }).then_some(())).await;
        agent.answered(shown.offer + 1_000).await.expect("heard");
        let fault = told(&mut agent, "a fault", |told| if let Told::Fault(fault) = told { Some(fault) } else { None }).await;
        assert_eq!(fault.word, "out_of_place");
        agent.hung_up(shown.offer).await.expect("heard");
        order(&mut call, "to end the agent's leg", |order| matches!(order, Order::Release { .. }).then_some(())).await;
        order(&mut call, "to hang up", |order| matches!(order, Order::HangUp { .. }).then_some(())).await;
        agent.note(id, "sent a cab").await.expect("heard");
        let noted = scene.api().awaits_call("noted", |call| call["resolution"] == "sent a cab");
        assert_eq!(noted["agent"], "a101");
    });
}

#[test]
fn whoever_hangs_up_while_it_rings_is_gone_and_the_gateway_stops_ringing() {
    let scene = scene(|desk| desk);
    run(async {
        let mut agent = ready_agent(&scene, "a101").await;
        let gateway = gateway(&scene).await;
        let (mut call, _) = in_line(&gateway, STRANGER).await;
        let ring = ring(&mut call).await;
        call.say(CallerGone(wire::CallerGone::default())).await.expect("heard");
        let stopped = |order: &Order| if let Order::StopRinging { offer } = order { Some(*offer) } else { None };
        assert_eq!(order(&mut call, "to stop ringing", stopped).await, ring.offer);
        assert!(matches!(call.next().await, Ok(None)));
        told(&mut agent, "to stop ringing", |told| matches!(told, Told::StopRinging { .. }).then_some(())).await;
        scene.api().awaits_agent("a101", "idle");
        scene.api().awaits_outcomes("abandoned", 1);
        let (dropped, _) = in_line(&gateway, STRANGER).await;
        drop(dropped);
        scene.api().awaits_outcomes("abandoned", 2);
    });
}

#[test]
fn a_caller_in_line_is_told_the_place_and_keys_that_are_none_are_faults() {
    let scene = scene(|desk| desk);
    run(async {
        let gateway = gateway(&scene).await;
        let (mut first, _) = in_line(&gateway, STRANGER).await;
        play(&mut first, Meaning::PleaseWait).await;
        let place = |order: &Order| if let Order::Place(place) = order { Some(place.clone()) } else { None };
        let (mut second, _) = in_line(&gateway, KNOWN).await;
        let told = order(&mut second, "the place", place).await;
        assert_eq!((told.queue.as_str(), told.ahead), ("booking", 1));
        first.ask_place().await.expect("heard");
        assert_eq!(order(&mut first, "the place", place).await.ahead, 0);
        first.say(Digit(wire::Digit { key: "x".into() })).await.expect("heard");
        let fault = |order: &Order| if let Order::Fault(fault) = order { Some(fault.word.clone()) } else { None };
        assert_eq!(order(&mut first, "a fault", fault).await, "unknown_key");
        first.answered(77).await.expect("heard");
        assert_eq!(order(&mut first, "a fault", fault).await, "out_of_place");
        drop(first);
        scene.awaits_waiting(1);
    });
}

#[test]
fn a_caller_who_asked_for_it_is_called_back_by_the_gateway() {
    let scene = scene(|desk| desk.callbacks(2).queue_key("quote", "{ every = \"1s\" }"));
    run(async {
        let gateway = gateway(&scene).await;
        let mut callbacks = gateway.callbacks();
        let mut agent = ready_agent(&scene, "a101").await;
        agent.pause("lunch").await.expect("heard");
        awaits_state(&mut agent, Kind::Paused).await;
        let (mut call, id) = in_line(&gateway, STRANGER).await;
        let offered = |order: &Order| matches!(order, Order::Play(play) if play.callback_offered).then_some(());
        let wait = play(&mut call, Meaning::PleaseWait).await;
        call.prompt_ended(wait.play).await.expect("heard");
        order(&mut call, "an offer to be called back", offered).await;
        call.digit('1').await.expect("heard");
        let agreed = play(&mut call, Meaning::WillCallBack).await;
        call.prompt_ended(agreed.play).await.expect("heard");
        order(&mut call, "to hang up", |order| matches!(order, Order::HangUp { .. }).then_some(())).await;
        agent.ready().await.expect("heard");
        let (order, mut call) = soon("a callback", callbacks.next()).await.expect("a callback");
        assert_eq!((order.call, order.number.as_str(), order.line.as_str()), (id, STRANGER, "taxi"));
        call.caller_unreached(wire::Declined::Busy).await.expect("heard");
        let (_, mut call) = soon("another try", callbacks.next()).await.expect("a callback");
        call.caller_answered().await.expect("heard");
        let asked = play(&mut call, Meaning::CalledBack).await;
        assert_eq!(asked.keys, "12");
        call.prompt_ended(asked.play).await.expect("heard");
        call.digit('1').await.expect("heard");
        let ring = ring(&mut call).await;
        call.answered(ring.offer).await.expect("heard");
        assert_eq!(connect(&mut call).await, ring.offer);
    });
}

#[test]
fn what_is_refused_is_refused_at_once_and_leaves_room_for_the_next() {
    let scene = scene(|desk| desk.desk_key("calls_max = 2"));
    run(async {
        let gateway = gateway(&scene).await;
        let refused = async |line: &str| {
            let mut call = gateway.offer(wire::Offer { line: line.into(), ..wire::Offer::default() }).await.expect("a stream");
            let why =
                |order: &Order| if let Order::Refused { why, retry_after } = order { Some((*why, *retry_after)) } else { None };
            let refused = order(&mut call, "to be refused", why).await;
            assert!(matches!(call.next().await, Ok(None)));
            refused
        };
        assert_eq!(refused("nowhere").await, (Why::NoSuchLine, None));
        let (first, _) = offered(&gateway, STRANGER).await;
        let (_second, _) = offered(&gateway, KNOWN).await;
        for _ in 0..50 {
            let (why, retry_after) = refused("taxi").await;
            assert!(why == Why::Full && retry_after.is_some());
        }
        drop(first);
        scene.api().awaits_outcomes("left_in_menu", 1);
        offered(&gateway, STRANGER).await;
    });
}

#[test]
fn a_connection_that_has_as_many_calls_as_it_may_is_told_so() {
    let scene = scene(|desk| desk.quic_key("calls_max = 1"));
    run(async {
        let gateway = gateway(&scene).await;
        let (first, _) = offered(&gateway, STRANGER).await;
        let mut second = gateway.offer(wire::Offer { line: "taxi".into(), ..wire::Offer::default() }).await.expect("a stream");
        let busy = |order: &Order| matches!(order, Order::Refused { why: Why::Busy, retry_after: Some(_) }).then_some(());
        order(&mut second, "to be refused", busy).await;
        drop(first);
        scene.api().awaits_outcomes("left_in_menu", 1);
        offered(&gateway, STRANGER).await;
    });
}

#[test]
fn a_load_generator_speaks_for_every_agent() {
    let scene = scene(|desk| desk);
    run(async {
        let mut load = soon("to be let in", Load::connect(scene.engine.quic(), identity("load"))).await.expect("let in");
        load.echo(vec![7; 100]).await.expect("heard");
        assert!(matches!(soon("an echo", load.next()).await, Ok(Some(Reply::Echo(payload))) if payload == vec![7; 100]));
        for agent in ["a101", "a102"] {
            load.set_agent(agent, State::Ready(wire::Ready {})).await.expect("heard");
        }
        load.set_agent("nobody", State::Ready(wire::Ready {})).await.expect("heard");
        assert!(matches!(soon("a fault", load.next()).await, Ok(Some(Reply::Fault(fault))) if fault.word == "unknown_agent"));
        let (_call, _, _) = talking(load.gateway(), STRANGER).await;
        let (_other, _, _) = talking(load.gateway(), KNOWN).await;
        load.ask_figures().await.expect("heard");
        let figures = soon("figures", load.next()).await;
        assert!(
            matches!(&figures, Ok(Some(Reply::Figures(figures))) if figures.inputs > 8 && figures.refused == 0),
            "{figures:?}"
        );
        load.session().close().await;
        scene.api().awaits_agent("a101", "unreachable");
    });
}

#[test]
fn a_supervisor_changes_thresholds_and_sees_the_queues() {
    let scene = scene(|desk| desk);
    run(async {
        let mut boss = soon("to be let in", Supervisor::connect(scene.engine.quic(), identity("boss"))).await.expect("let in");
        let mut feed = boss.figures();
        boss.watch(Duration::from_millis(100)).await.expect("heard");
        let figures = soon("figures", feed.next()).await.expect("figures");
        assert_eq!((figures.queue.as_str(), figures.changes), ("booking", 0));
        let change = |base, json: &str| wire::SetThresholds {
            queue: "booking".into(),
            set_json: json.into(),
            base,
            reason: "rain".into(),
        };
        boss.set_thresholds(change(0, r#"{"max_wait":"2m"}"#)).await.expect("heard");
        assert!(matches!(soon("the change", boss.next()).await, Ok(Some(Notice::Changed { number: 1 }))));
        boss.set_thresholds(change(0, r#"{"max_wait":"3m"}"#)).await.expect("heard");
        assert!(matches!(soon("a fault", boss.next()).await, Ok(Some(Notice::Fault(fault))) if fault.word == "outdated"));
        boss.set_thresholds(change(1, r#"{"max_wiat":"3m"}"#)).await.expect("heard");
        assert!(matches!(soon("a fault", boss.next()).await, Ok(Some(Notice::Fault(fault))) if fault.word == "faults"));
        let change = until(Duration::from_secs(10), "the change to be kept", || {
            let change = scene.api().get("/api/v1/changes").json["changes"][0].clone();
            change.is_object().then_some(change)
        });
        assert_eq!((&change["by"], &change["reason"]), (&"boss".into(), &"rain".into()));
        assert_eq!(scene.api().get("/api/v1/queues/booking").json["thresholds"]["max_wait"], "2m");
    });
}
