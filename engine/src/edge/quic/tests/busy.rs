//! Who cannot keep up says so at once, to new calls alone.

use super::super::admission::Caller as Peer;
use super::super::calls::{Attachment, Way};
use super::super::gateway::Flow;
use super::super::pace::{FEW, Pace};
use super::super::sessions::SessionId;
use super::super::settings::Believed;
use super::super::stream::Outlet;
use super::rig::Rig;
use crate::backlog::Backlog;
use cabrank_core::CallId;
use cabrank_wire::v1::from_gateway::Message;
use cabrank_wire::v1::refused::Why;
use cabrank_wire::v1::{Digit, Offer, Refused};
use std::sync::Arc;
use std::time::{Duration, Instant};

fn offer(rig: &Rig, number: u64) -> Result<CallId, Refused> {
    let peer = Peer { name: "pbx".into(), believed: Believed::Never };
    let way = || Way { session: SessionId::read(&[1; 16]).expect("an id of a session"), peer: "pbx".into() };
    let offer = Offer { line: "+6565521111".into(), ..Offer::default() };
    rig.edge.offer(&peer, way, offer, &Arc::<Outlet>::default(), Attachment(number))
}

fn is_busy(refused: &Refused) -> bool {
    refused.why() == Why::Busy && refused.retry_after_ms > 0
}

#[tokio::test]
async fn an_edge_that_cannot_keep_up_turns_new_calls_away_and_counts_them() {
    let (pace, backlog) = (Pace::new(), Backlog::new());
    let rig = Rig::with(pace.clone(), backlog.clone());
    let call = offer(&rig, 1).expect("it keeps up");
    pace.overwork();
    for number in 0..FEW {
        offer(&rig, 100 + u64::from(number)).expect("a few are taken all the same");
    }
    assert!(offer(&rig, 2).is_err_and(|refused| is_busy(&refused)));
    assert_eq!(backlog.turned_away(), 1);
    let pressed = Message::Digit(Digit { key: "2".into() });
    assert_eq!(rig.edge.hear(call, pressed).ok(), Some(Flow::On), "who is there already is heard");
    pace.sleeps();
    offer(&rig, 3).expect("it keeps up again");
}

#[tokio::test]
async fn a_desk_that_is_behind_does_the_same() {
    let backlog = Backlog::new();
    let rig = Rig::with(Pace::new(), backlog.clone());
    let long_ago = Instant::now().checked_sub(Backlog::DELAY_MAX + Duration::from_millis(1));
    backlog.begins(long_ago.expect("the machine has been up for a while"));
    assert!(offer(&rig, 1).is_err_and(|refused| is_busy(&refused)));
    backlog.done(false);
    offer(&rig, 2).expect("the desk has caught up");
    assert_eq!(backlog.turned_away(), 1);
}
