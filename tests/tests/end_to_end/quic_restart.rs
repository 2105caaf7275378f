//! `kill -9` and a new start under calls whose media their gateways hold: to a gateway, and to an agent's program, it is a
//! connection that was lost. Who waits keeps the place, who is rung goes on being rung, who talks goes on talking.

use std::time::{Duration, Instant};

use cabrank_tests::desk::{KNOWN, STRANGER};
use cabrank_tests::phones::Phones;
use cabrank_tests::quic::raw::Raw;
use cabrank_tests::quic::{
    awaits_state, connect, gateway, identity, in_line, lost, offered, order, play, ready_agent, ring, run, scene, soon, talking,
    told,
};
use cabrank_tests::scene::Scene;
use cabrank_tests::sound::tone;
use cabrank_tests::wait::until;
use cabrank_wire::client::{Agent, Call, Error, Gateway, Order, Resumed, Told};
use cabrank_wire::v1::agent_state::Kind;
use cabrank_wire::v1::refused::Why;
use cabrank_wire::v1::{self as wire, CallBack, FromGateway, Hello, Meaning, Place, Ring, Role};

const PATIENCE: Duration = Duration::from_secs(15);

/// `kill -9` and a start at once.
fn restart(scene: &mut Scene) {
    scene.engine.crash();
    scene.engine.restart();
}

/// The call's connection is gone, and the call goes on over another one.
async fn comes_back(call: &mut Call) {
    // Whoever says anything is told at once that the connection is gone.
    let _ = call.ask_place().await;
    lost(call).await;
    soon("the call to be taken up", call.resume()).await.expect("taken up");
    order(call, "to know the call", |order| matches!(order, Order::Offered { .. }).then_some(())).await;
}

async fn program_comes_back(agent: &mut Agent) {
    let _ = agent.ringing(0).await;
    soon("the connection to be lost", async { while agent.next().await.is_ok() {} }).await;
    assert_eq!(soon("the session to be taken up", agent.resume()).await.expect("taken up"), Resumed::TakenUp);
}

async fn shown_ring(agent: &mut Agent) -> Ring {
    *told(agent, "a ring", |told| if let Told::Ring(ring) = told { Some(ring) } else { None }).await
}

async fn shown_connect(agent: &mut Agent) -> u64 {
    told(agent, "to connect", |told| if let Told::Connect { offer } = told { Some(offer) } else { None }).await
}

async fn place(call: &mut Call) -> Place {
    call.ask_place().await.expect("heard");
    order(call, "the place", |order| if let Order::Place(place) = order { Some(place.clone()) } else { None }).await
}

fn written(call: u64) -> String {
    format!("{call:016x}")
}

/// Callers who wait one behind the other, each told so.
async fn waiting(gateway: &Gateway, scene: &Scene, count: usize) -> Vec<(Call, u64)> {
    let mut line = Vec::new();
    for n in 0..count {
        let (mut call, id) = in_line(gateway, &format!("+659123{n:04}")).await;
        let wait = play(&mut call, Meaning::PleaseWait).await;
        call.prompt_ended(wait.play).await.expect("heard");
        order(&mut call, "music", |order| matches!(order, Order::Music { .. }).then_some(())).await;
        line.push((call, id));
    }
    scene.awaits_waiting(count);
    line
}

fn nobody_is_written_down_wrong(scene: &Scene) {
    for call in scene.api().calls().iter().filter(|call| call["state"] == "ended") {
        assert!(call["outcome"] != "cut_off" && call["outcome"] != "abandoned", "{call:#}");
    }
}

#[test]
fn who_waits_keeps_the_place_and_what_was_said_and_hears_music_again() {
    let mut scene = scene(|desk| desk.queue_key("quote", "{ every = \"1m\" }"));
    let phones = Phones::plug_in(1);
    run(async {
        let gateway = gateway(&scene).await;
        let mut first = waiting(&gateway, &scene, 2).await;
        phones.call(0, scene.engine.sip(), STRANGER);
        phones.press(0, '2');
        scene.awaits_waiting(3);
        let (mut last, _) = in_line(&gateway, KNOWN).await;
        play(&mut last, Meaning::PleaseWait).await;
        scene.awaits_waiting(4);
        let before = scene.api().line();
        restart(&mut scene);
        for (call, _) in &mut first {
            comes_back(call).await;
            order(call, "music", |order| matches!(order, Order::Music { .. }).then_some(())).await;
        }
        comes_back(&mut last).await;
        assert_eq!(scene.api().line(), before, "place, time and what was said stay");
        assert_eq!((place(&mut first[1].0).await.ahead, place(&mut last).await.ahead), (1, 3));
        let mut agent = Agent::connect(scene.engine.quic(), identity("a101")).await.expect("let in");
        agent.ready().await.expect("heard");
        let rung = ring(&mut first[0].0).await;
        assert_eq!(rung.context.as_ref().map(|context| context.call), Some(first[0].1));
        agent.answered(rung.offer).await.expect("heard");
        connect(&mut first[0].0).await;
        phones.hang_up(0);
        last.hang_up();
        scene.api().awaits_outcomes("abandoned", 2);
        agent.hung_up(rung.offer).await.expect("heard");
        assert_eq!(ring(&mut first[1].0).await.context.map(|context| context.call), Some(first[1].1));
        assert!(scene.api().calls().iter().all(|call| call["outcome"] != "cut_off"), "somebody was cut off");
    });
}

#[test]
fn a_talk_goes_on_and_its_agent_hangs_up_as_if_nothing_had_been() {
    let mut scene = scene(|desk| desk);
    run(async {
        let mut agent = ready_agent(&scene, "a101").await;
        let gateway = gateway(&scene).await;
        let (mut call, id, offer) = talking(&gateway, STRANGER).await;
        awaits_state(&mut agent, Kind::Talking).await;
        for _ in 0..2 {
            restart(&mut scene);
            comes_back(&mut call).await;
            assert_eq!(connect(&mut call).await, offer);
            program_comes_back(&mut agent).await;
            let state = awaits_state(&mut agent, Kind::Talking).await;
            assert_eq!((state.call, state.offer), (id, offer));
            assert_eq!((shown_ring(&mut agent).await.offer, shown_connect(&mut agent).await), (offer, offer));
        }
        agent.hung_up(offer).await.expect("heard");
        order(&mut call, "to end the agent's leg", |order| matches!(order, Order::Release { .. }).then_some(())).await;
        order(&mut call, "to hang up", |order| matches!(order, Order::HangUp { .. }).then_some(())).await;
        scene.api().awaits_outcomes("served_by_agent", 1);
        awaits_state(&mut agent, Kind::Idle).await;
        nobody_is_written_down_wrong(&scene);
    });
}

#[test]
fn who_is_rung_goes_on_being_rung_and_the_program_may_answer() {
    let mut scene = scene(|desk| desk);
    run(async {
        let mut agent = ready_agent(&scene, "a101").await;
        let gateway = gateway(&scene).await;
        let (mut call, _) = in_line(&gateway, STRANGER).await;
        let (rung, shown) = (ring(&mut call).await, shown_ring(&mut agent).await);
        restart(&mut scene);
        comes_back(&mut call).await;
        assert_eq!(ring(&mut call).await, rung, "the same ringing, with the same to show");
        program_comes_back(&mut agent).await;
        awaits_state(&mut agent, Kind::Offered).await;
        assert_eq!(shown_ring(&mut agent).await, shown);
        agent.answered(shown.offer).await.expect("heard");
        assert_eq!((connect(&mut call).await, shown_connect(&mut agent).await), (rung.offer, rung.offer));
        call.agent_hung_up(rung.offer).await.expect("heard");
        scene.api().awaits_outcomes("served_by_agent", 1);
        nobody_is_written_down_wrong(&scene);
    });
}

#[test]
fn who_answers_while_the_engine_is_down_is_connected() {
    let mut scene = scene(|desk| desk.agent_at("b101", 9));
    run(async {
        let gateway = gateway(&scene).await;
        scene.api().sign_in("b101");
        let (mut call, _) = in_line(&gateway, STRANGER).await;
        let rung = ring(&mut call).await;
        assert_eq!(rung.address, "sip:b101@127.0.0.1:9");
        scene.engine.crash();
        // Said to nobody; the gateway says it again to whoever asks for the same ringing.
        call.answered(rung.offer).await.expect("on its way");
        scene.engine.restart();
        comes_back(&mut call).await;
        assert_eq!(ring(&mut call).await, rung);
        call.answered(rung.offer).await.expect("heard");
        assert_eq!(connect(&mut call).await, rung.offer);
        scene.api().awaits_agent("b101", "talking");
        restart(&mut scene);
        comes_back(&mut call).await;
        assert_eq!(connect(&mut call).await, rung.offer);
        call.hang_up();
        scene.api().awaits_outcomes("served_by_agent", 1);
        scene.api().awaits_agent("b101", "idle");
        nobody_is_written_down_wrong(&scene);
    });
}

#[test]
fn a_program_shows_what_its_agents_telephone_does() {
    let mut scene = scene(|desk| desk.agent_registering("a103").md5_only());
    let phones = Phones::plug_in(1);
    let phone = scene.softphone("a103", 0).registers(scene.engine.sip(), "secret-a103");
    let mut phone = phone.start(&scene.room, &tone(500.0, 1.0));
    phone.awaits_registration();
    run(async {
        let mut agent = ready_agent(&scene, "a103").await;
        phones.call(0, scene.engine.sip(), STRANGER);
        phones.press(0, '2');
        let shown = shown_ring(&mut agent).await;
        phone.awaits("CALL_INCOMING", PATIENCE);
        restart(&mut scene);
        program_comes_back(&mut agent).await;
        awaits_state(&mut agent, Kind::Offered).await;
        assert_eq!(shown_ring(&mut agent).await, shown);
        phone.accept();
        assert_eq!(shown_connect(&mut agent).await, shown.offer);
        awaits_state(&mut agent, Kind::Talking).await;
        restart(&mut scene);
        program_comes_back(&mut agent).await;
        awaits_state(&mut agent, Kind::Talking).await;
        assert_eq!(shown_connect(&mut agent).await, shown.offer);
        assert_eq!(phone.count("CALL_INCOMING"), 1, "it rang again");
        phones.hang_up(0);
        told(&mut agent, "to let go", |told| matches!(told, Told::Release { .. }).then_some(())).await;
        scene.api().awaits_outcomes("served_by_agent", 1);
        nobody_is_written_down_wrong(&scene);
    });
}

#[test]
fn agents_keep_their_states_and_turns_before_their_programs_are_back() {
    let mut scene = scene(|desk| desk.agent_by_program("a103"));
    run(async {
        let _idle = (ready_agent(&scene, "a102").await, ready_agent(&scene, "a101").await);
        let mut paused = ready_agent(&scene, "a103").await;
        paused.pause("lunch").await.expect("heard");
        awaits_state(&mut paused, Kind::Paused).await;
        restart(&mut scene);
        scene.api().awaits_agent("a101", "idle");
        scene.api().awaits_agent("a103", "paused");
        let gateway = gateway(&scene).await;
        let (mut call, _) = in_line(&gateway, STRANGER).await;
        assert_eq!(ring(&mut call).await.agent, "a102", "who has been idle for longest");
        program_comes_back(&mut paused).await;
        assert_eq!(awaits_state(&mut paused, Kind::Paused).await.reason, "lunch");
    });
}

#[test]
fn a_restarted_engine_says_that_the_connection_is_gone() {
    let mut scene = scene(|desk| desk);
    run(async {
        let gateway = gateway(&scene).await;
        let (mut call, _) = in_line(&gateway, STRANGER).await;
        restart(&mut scene);
        let since = Instant::now();
        call.ask_place().await.expect("on its way");
        let gone = lost(&mut call).await;
        assert!(gone.to_string().contains("reset"), "{gone}");
        println!("known after {:?}", since.elapsed());
        call.resume().await.expect("taken up");
        println!("taken up after {:?}", since.elapsed());
    });
}

#[test]
fn a_session_and_its_calls_are_nobody_elses_after_a_restart() {
    let mut scene = scene(|desk| desk.peer("pbx2", "gateway"));
    run(async {
        let gateway = gateway(&scene).await;
        let (_call, id) = in_line(&gateway, STRANGER).await;
        restart(&mut scene);
        for (name, session) in [("pbx2", gateway.session().welcome().session), ("pbx", vec![7; 16])] {
            let mut raw = Raw::connect(&scene).await;
            let token = format!("token-{name}");
            let hello = Hello { role: Role::Gateway.into(), name: name.into(), token, session, ..Hello::default() };
            assert!(!raw.hello(&hello).await.expect("let in").resumed);
            let resume = wire::from_gateway::Message::Resume(wire::Resume { call: id });
            let told = raw.call(FromGateway { message: Some(resume) }).await;
            assert!(matches!(told, Some(wire::to_gateway::Message::Refused(refused)) if refused.why() == Why::NoSuchCall));
        }
        assert_eq!(gateway.session().resume().await.expect("taken up"), Resumed::TakenUp);
    });
}

#[test]
fn what_nobody_takes_up_in_time_is_lost_as_after_a_lost_connection() {
    let mut scene = scene(|desk| desk.quic_key("resume_for = \"1s\"").agent_at("b101", 9));
    run(async {
        let agent = ready_agent(&scene, "a101").await;
        let gateway = gateway(&scene).await;
        let (mut talk, talked, _) = talking(&gateway, STRANGER).await;
        let (mut waiting, id) = in_line(&gateway, KNOWN).await;
        play(&mut waiting, Meaning::PleaseWait).await;
        restart(&mut scene);
        let state = |id| scene.api().call(&written(id));
        until(PATIENCE, "both calls to be lost", || [talked, id].iter().all(|id| state(*id)["state"] == "ended").then_some(()));
        assert!([talked, id].iter().all(|id| state(*id)["outcome"] == "cut_off"), "a lost connection is no hang-up");
        scene.api().awaits_agent("a101", "unreachable");
        for call in [&mut talk, &mut waiting] {
            lost(call).await;
            assert!(matches!(call.resume().await, Err(Error::Over)));
        }
        drop(agent);
        // Whatever was noted of them is gone, too.
        restart(&mut scene);
        assert!(scene.api().calls().iter().all(|call| call["state"] == "ended"));
        soon("the connection to be lost", gateway.session().lost()).await;
        gateway.session().resume().await.expect("let in");
        offered(&gateway, STRANGER).await;
    });
}

#[test]
fn a_gateway_that_lost_half_of_its_calls_says_so_or_is_missed() {
    let mut scene = scene(|desk| desk.quic_key("resume_for = \"8s\""));
    run(async {
        let gateway = gateway(&scene).await;
        let mut calls = waiting(&gateway, &scene, 4).await;
        restart(&mut scene);
        let (mut gone, left) = calls.pop().expect("four calls");
        let (forgotten, missed) = calls.pop().expect("three calls");
        for (call, _) in &mut calls {
            comes_back(call).await;
        }
        comes_back(&mut gone).await;
        gone.hang_up();
        let outcome = |id| scene.api().call(&written(id))["outcome"].clone();
        until(PATIENCE, "the one to be written down", || (outcome(left) == "abandoned").then_some(()));
        until(PATIENCE, "the other to be missed", || (outcome(missed) == "cut_off").then_some(()));
        scene.awaits_waiting(2);
        assert_eq!(place(&mut calls[1].0).await.ahead, 1);
        drop(forgotten);
    });
}

#[test]
fn who_is_to_be_called_back_is_called_back_by_the_same_gateway_and_once() {
    let mut scene = scene(|desk| desk.callbacks(2));
    run(async {
        let gateway = gateway(&scene).await;
        let mut callbacks = gateway.callbacks();
        let (mut call, id) = in_line(&gateway, STRANGER).await;
        let wait = play(&mut call, Meaning::PleaseWait).await;
        call.prompt_ended(wait.play).await.expect("heard");
        let offered = |order: &Order| matches!(order, Order::Play(play) if play.callback_offered).then_some(());
        order(&mut call, "an offer to be called back", offered).await;
        call.digit('1').await.expect("heard");
        let agreed = play(&mut call, Meaning::WillCallBack).await;
        call.prompt_ended(agreed.play).await.expect("heard");
        order(&mut call, "to hang up", |order| matches!(order, Order::HangUp { .. }).then_some(())).await;
        restart(&mut scene);
        soon("the connection to be lost", gateway.session().lost()).await;
        assert_eq!(gateway.session().resume().await.expect("taken up"), Resumed::TakenUp);
        let mut agent = ready_agent(&scene, "a101").await;
        let (asked, mut call) = soon("a callback", callbacks.next()).await.expect("a callback");
        assert_eq!((asked.call, asked.number.as_str(), asked.line.as_str()), (id, STRANGER, "taxi"));
        restart(&mut scene);
        assert_eq!(dialled_again(&mut call).await, asked);
        call.caller_answered().await.expect("heard");
        play(&mut call, Meaning::CalledBack).await;
        restart(&mut scene);
        comes_back(&mut call).await;
        play(&mut call, Meaning::CalledBack).await;
        call.digit('1').await.expect("heard");
        let rung = ring(&mut call).await;
        program_comes_back(&mut agent).await;
        agent.answered(rung.offer).await.expect("heard");
        assert_eq!(connect(&mut call).await, rung.offer);
        call.hang_up();
        scene.api().awaits_outcomes("served_by_agent", 1);
        assert_eq!(scene.api().calls().len(), 1);
    });
}

async fn dialled_again(call: &mut Call) -> CallBack {
    comes_back(call).await;
    order(call, "to call back", |order| if let Order::CallBack(order) = order { Some(order.clone()) } else { None }).await
}

/// An engine that ends in order lets go of its gateways and not of their calls: the next one goes on with them.
#[test]
fn an_engine_that_was_stopped_leaves_its_gateways_calls_to_the_next_one() {
    let mut scene = scene(|desk| desk.desk_key("drain = \"1s\""));
    run(async {
        let gateway = gateway(&scene).await;
        let mut calls = waiting(&gateway, &scene, 2).await;
        let before = scene.api().line();
        assert_eq!(scene.engine.stop(PATIENCE).and_then(|status| status.code()), Some(0));
        scene.engine.restart();
        for (call, _) in &mut calls {
            comes_back(call).await;
        }
        assert_eq!(scene.api().line(), before);
        nobody_is_written_down_wrong(&scene);
    });
}
