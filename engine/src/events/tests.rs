//! Who listens hears everything once, and in order.

use super::{Event, EventId, Events, KEPT_MAX, Kind, Topic, Wants};
use std::sync::Arc;

async fn told(listener: &mut super::Listener) -> Option<Arc<Event>> {
    tokio::time::timeout(std::time::Duration::from_secs(5), listener.next()).await.expect("in time")
}

#[tokio::test]
async fn a_newcomer_sees_the_newest_board_and_who_comes_back_what_came_since() {
    let events = Events::new(7);
    for n in 1..=3 {
        events.tell(Topic::Call, format!("call {n}"));
        events.tell(Topic::Board, format!("board {n}"));
    }
    let mut newcomer = events.listen(None, Wants::Calls);
    let board = told(&mut newcomer).await.expect("a board");
    assert_eq!((board.data.as_str(), board.id.to_string()), ("board 3", "00000007-6".to_owned()));
    let mut back = events.listen("00000007-3".parse().ok(), Wants::Calls);
    let since = [told(&mut back).await, told(&mut back).await].map(|event| event.expect("told").data.clone());
    assert_eq!(since, ["call 3", "board 3"]);
    let mut of_another_run = events.listen("00000008-3".parse().ok(), Wants::Calls);
    assert_eq!(told(&mut of_another_run).await.expect("a board").data, "board 3");
}

#[tokio::test]
async fn who_is_too_slow_is_cut_off_and_an_end_is_told() {
    let events = Events::new(1);
    let (mut slow, mut quick) = (events.listen(None, Wants::Calls), events.listen(None, Wants::Calls));
    for n in 0..KEPT_MAX + 10 {
        events.tell(Topic::Call, n.to_string());
        assert_eq!(told(&mut quick).await.expect("told").data, n.to_string());
    }
    assert!(told(&mut slow).await.is_none());
    assert!(events.are_heard(Kind::Call));
    events.close();
    assert!(told(&mut quick).await.is_none());
    drop((slow, quick));
    assert!(!events.are_heard(Kind::Call) && !events.are_heard(Kind::Board));
}

#[tokio::test]
async fn who_looks_at_the_board_alone_hears_of_no_call_and_is_not_cut_off_for_them() {
    let events = Events::new(1);
    let mut looking = events.listen(None, Wants::Board);
    assert!(events.are_heard(Kind::Board) && !events.are_heard(Kind::Call));
    for n in 0..KEPT_MAX + 10 {
        events.tell(Topic::Call, n.to_string());
    }
    events.tell(Topic::Board, "board".to_owned());
    assert_eq!(told(&mut looking).await.expect("told").data, "board");
}

#[tokio::test]
async fn who_asks_for_an_agent_hears_of_that_one_alone_and_is_cut_off_for_what_was_missed() {
    let events = Events::new(1);
    events.tell(Topic::Board, "board".to_owned());
    let mut anns = events.listen(None, Wants::Agent("ann".to_owned()));
    assert!(events.are_heard(Kind::Agent) && events.are_heard(Kind::Board) && !events.are_heard(Kind::Call));
    for (topic, data) in [(Topic::Call, "call"), (Topic::Agent("bob".to_owned()), "bob"), (Topic::Agent("ann".to_owned()), "ann")]
    {
        events.tell(topic, data.to_owned());
    }
    assert_eq!(told(&mut anns).await.expect("told").data, "ann");
    for n in 0..KEPT_MAX + 10 {
        events.tell(Topic::Call, n.to_string());
    }
    assert!(told(&mut anns).await.is_none());
}

#[tokio::test]
async fn who_comes_back_over_a_gap_begins_anew_and_is_awaited_for_a_while() {
    let events = Events::new(1);
    assert!(!events.are_awaited());
    let listener = events.listen(None, Wants::Calls);
    assert!(events.are_awaited());
    events.tell(Topic::Board, "board".to_owned());
    events.tell(Topic::Call, "call".to_owned());
    drop(listener);
    assert!(events.are_awaited() && !events.are_heard(Kind::Call));
    events.tell(Topic::Call, "another".to_owned());
    let last = "00000001-2".parse().ok();
    assert_eq!(told(&mut events.listen(last, Wants::Calls)).await.expect("told").data, "another");
    assert_eq!(told(&mut events.listen(last, Wants::OnlyCalls)).await.expect("told").data, "another");
    events.leave_a_gap();
    assert_eq!(told(&mut events.listen(last, Wants::Calls)).await.expect("told").data, "board");
}

#[test]
fn an_id_is_read_as_it_is_written_and_nonsense_is_none() {
    let id = EventId { run: 0xab, number: 12 };
    assert_eq!((id.to_string().as_str(), "000000ab-12".parse()), ("000000ab-12", Ok(id)));
    for nonsense in ["", "1", "-", "1-", "x-1", "1-x", "1-99999999999999999999"] {
        assert!(nonsense.parse::<EventId>().is_err(), "{nonsense}");
    }
}
