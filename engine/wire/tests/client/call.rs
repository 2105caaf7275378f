//! Orders and reports of one call.

use super::fake::{CALL, Fake, offered};
use cabrank_wire::client::{Error, Order};
use cabrank_wire::v1::from_gateway::Message as Said;
use cabrank_wire::v1::refused::Why;
use cabrank_wire::v1::to_gateway::Message as Told;
use cabrank_wire::v1::{CallBack, Connect, HangUp, Music, Play, Refused, Ring, ToGateway};
use cabrank_wire::{Code, MESSAGE_BYTES_MAX, framed};
use proptest::prelude::*;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

#[tokio::test]
async fn a_call_is_routed_to_its_end() {
    let fake = Fake::start();
    let (gateway, guest, mut call, mut line) = offered(&fake).await;
    assert_eq!((guest.hello.name.as_str(), guest.hello.token.as_str()), ("pbx", "secret"));
    assert_eq!((gateway.session().welcome().desk.as_str(), call.id()), ("taxi", Some(CALL)));
    line.tells(Told::Play(Play { play: 7, keys: "12".into(), ..Play::default() })).await;
    assert!(matches!(call.next().await, Ok(Some(Order::Play(play))) if play.play == 7));
    call.digit('1').await.unwrap();
    call.prompt_ended(7).await.unwrap();
    assert!(matches!(line.heard().await, Some(Said::Digit(digit)) if digit.key == "1"));
    assert!(matches!(line.heard().await, Some(Said::PromptEnded(ended)) if ended.play == 7));
    line.tells(Told::Ring(Ring { offer: 3, agent: "a101".into(), ..Ring::default() })).await;
    assert!(matches!(call.next().await, Ok(Some(Order::Ring(ring))) if ring.agent == "a101"));
    call.answered(3).await.unwrap();
    assert!(matches!(line.heard().await, Some(Said::AgentAnswered(answered)) if answered.offer == 3));
    line.tells(Told::Connect(Connect { offer: 3 })).await;
    assert_eq!(call.next().await.unwrap(), Some(Order::Connect { offer: 3 }));
    line.tells(Told::HangUp(HangUp { agent_hung_up: true })).await;
    line.send.finish().unwrap();
    assert_eq!(call.next().await.unwrap(), Some(Order::HangUp { agent_hung_up: true }));
    assert_eq!(call.next().await.unwrap(), None);
    drop(call);
    assert!(line.heard().await.is_none());
}

#[test]
fn wherever_the_bytes_are_cut_the_orders_are_the_same() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let fake = runtime.block_on(async { Fake::start() });
    let (_gateway, _guest, call, line) = runtime.block_on(offered(&fake));
    let ends = tokio::sync::Mutex::new((call, line));
    let orders = [Order::Connect { offer: 3 }, Order::Music { play: 8, prompt: "x".repeat(200) }, Order::Connect { offer: 4 }];
    let told = [
        Told::Connect(Connect { offer: 3 }),
        Told::Music(Music { play: 8, prompt: "x".repeat(200) }),
        Told::Connect(Connect { offer: 4 }),
    ];
    let stream: Vec<u8> = told.into_iter().flat_map(|told| framed(&ToGateway { message: Some(told) })).collect();
    proptest!(ProptestConfig::with_cases(32), |(mut cuts in prop::collection::vec(0..stream.len(), 0..6))| {
        cuts.sort_unstable();
        runtime.block_on(async {
            let (call, line) = &mut *ends.lock().await;
            let heard = async {
                let mut heard = Vec::new();
                while heard.len() < orders.len() {
                    heard.push(call.next().await.unwrap().unwrap());
                }
                heard
            };
            let said = async {
                for (from, to) in [0].iter().chain(&cuts).zip(cuts.iter().chain(&[stream.len()])) {
                    line.sends(&stream[*from..*to]).await;
                }
            };
            assert_eq!(tokio::join!(heard, said).0, orders);
        });
    });
}

#[tokio::test]
async fn what_is_no_message_is_an_error() {
    let fake = Fake::start();
    for bytes in [&[0xff, 0xff, 0xff, 0xff][..], &[2, 0xff, 0xff], &framed(&"x".repeat(MESSAGE_BYTES_MAX))[..3]] {
        let (_gateway, _guest, mut call, mut line) = offered(&fake).await;
        line.sends(bytes).await;
        assert!(matches!(call.next().await, Err(Error::Unreadable(_))), "{bytes:?}");
    }
}

#[tokio::test]
async fn half_a_message_is_an_error() {
    let fake = Fake::start();
    let (_gateway, _guest, mut call, mut line) = offered(&fake).await;
    line.sends(&[5, 0]).await;
    line.send.finish().unwrap();
    assert!(matches!(call.next().await, Err(Error::Half)));
}

#[tokio::test]
async fn what_is_not_known_yet_is_passed_over() {
    let fake = Fake::start();
    let (_gateway, _guest, mut call, mut line) = offered(&fake).await;
    line.sends(&[0]).await;
    // Field 99, empty.
    line.sends(&[3, 0x9a, 0x06, 0]).await;
    line.tells(Told::Connect(Connect { offer: 3 })).await;
    assert_eq!(call.next().await.unwrap(), Some(Order::Connect { offer: 3 }));
}

#[tokio::test]
async fn a_refused_call_is_told_when_to_come_back() {
    let fake = Fake::start();
    for (retry_after_ms, retry_after) in [(1500, Some(Duration::from_millis(1500))), (0, None)] {
        let (_gateway, _guest, mut call, mut line) = offered(&fake).await;
        line.tells(Told::Refused(Refused { why: Why::Full.into(), retry_after_ms })).await;
        line.send.finish().unwrap();
        assert_eq!(call.next().await.unwrap(), Some(Order::Refused { why: Why::Full, retry_after }));
        assert_eq!(call.next().await.unwrap(), None);
    }
}

#[tokio::test]
async fn what_is_said_of_a_call_that_is_over_is_not_heard_and_no_error() {
    let fake = Fake::start();
    let (_gateway, _guest, mut call, mut line) = offered(&fake).await;
    line.receive.stop(Code::Done.varint()).unwrap();
    line.send.finish().unwrap();
    assert_eq!(call.next().await.unwrap(), None);
    call.digit('1').await.unwrap();
}

#[tokio::test]
async fn a_call_that_is_cut_off_says_why() {
    let fake = Fake::start();
    for code in Code::ALL.into_iter().filter(|code| *code != Code::Done) {
        let (_gateway, _guest, mut call, mut line) = offered(&fake).await;
        line.send.reset(code.varint()).unwrap();
        assert!(matches!(call.next().await, Err(Error::Cut(why)) if why == code));
    }
    let (_gateway, _guest, mut call, mut line) = offered(&fake).await;
    line.send.reset(99_u32.into()).unwrap();
    assert!(matches!(call.next().await, Err(Error::UnknownCode(99))));
}

#[tokio::test]
async fn hanging_up_leaves_the_rest_to_be_heard() {
    let fake = Fake::start();
    let (_gateway, _guest, mut call, mut line) = offered(&fake).await;
    call.hang_up();
    assert!(line.heard().await.is_none());
    line.tells(Told::HangUp(HangUp::default())).await;
    assert_eq!(call.next().await.unwrap(), Some(Order::HangUp { agent_hung_up: false }));
}

#[tokio::test]
async fn an_abandoned_call_is_reset() {
    let fake = Fake::start();
    let (_gateway, _guest, call, mut line) = offered(&fake).await;
    call.abandon();
    assert_eq!(line.receive.received_reset().await.unwrap(), Some(Code::Done.varint()));
}

#[tokio::test]
async fn a_saying_broken_off_is_heard_wholly_or_not_at_all() {
    let fake = Fake::start_with(|transport| {
        transport.stream_receive_window(64_u32.into());
    });
    let (_gateway, _guest, mut call, mut line) = offered(&fake).await;
    {
        let long = pin!(call.returned(3, "x".repeat(1000)));
        assert!(long.poll(&mut Context::from_waker(Waker::noop())).is_pending(), "there is no room for it");
    }
    let (said, returned) = tokio::join!(call.digit('1'), line.heard());
    said.unwrap();
    assert!(matches!(returned, Some(Said::AgentReturned(returned)) if returned.queue.len() == 1000));
    assert!(matches!(line.heard().await, Some(Said::Digit(_))));
}

#[tokio::test]
async fn who_does_not_read_holds_up_the_engine_and_is_told_when_cut_off() {
    let fake = Fake::start();
    let (_gateway, guest, mut call, mut line) = offered(&fake).await;
    let music = framed(&ToGateway { message: Some(Told::Music(Music { play: 1, prompt: "x".repeat(1000) })) });
    let mut written = 0;
    // Until no more is taken: the engine would otherwise keep it all.
    while let Ok(Ok(())) = tokio::time::timeout(Duration::from_millis(300), line.send.write_chunk(music.clone())).await {
        written += music.len();
        assert!(written < 256 * 1024, "the client takes in more than it reads");
    }
    guest.close(Code::TooSlow);
    let why = loop {
        if let Err(error) = call.next().await {
            break error;
        }
    };
    assert!(matches!(why, Error::Closed(Code::TooSlow)) && why.is_resumable());
}

#[tokio::test]
async fn a_caller_is_called_back_on_a_stream_of_the_engine() {
    let fake = Fake::start();
    let (gateway, guest, _call, _line) = offered(&fake).await;
    let mut callbacks = gateway.callbacks();
    let mut stray = guest.opens().await;
    stray.tells(Told::Connect(Connect { offer: 9 })).await;
    let mut line = guest.opens().await;
    let call_back = CallBack { call: 0x2c, line: "taxi".into(), number: "+6581234567".into() };
    line.tells(Told::CallBack(call_back.clone())).await;
    let (told, mut call) = callbacks.next().await.unwrap();
    assert_eq!((told, call.id()), (call_back, Some(0x2c)));
    call.caller_answered().await.unwrap();
    assert!(matches!(line.heard().await, Some(Said::CallerAnswered(_))));
}
