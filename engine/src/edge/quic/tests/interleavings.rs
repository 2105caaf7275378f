//! Whatever gateways and programs say, in whatever order: nothing panics, and desk and edge agree.

use super::super::admission::Caller as Peer;
use super::super::calls::{Attachment, Way};
use super::super::effects::Left;
use super::super::sessions::SessionId;
use super::super::settings::Believed;
use super::super::stream::Outlet;
use super::rig::Rig;
use cabrank_core::{AgentId, AgentState, CallId, CallerGone, Declined, Input, LineId};
use cabrank_wire::Frames;
use cabrank_wire::v1::{self, ToGateway, from_agent, from_gateway as from};
use proptest::prelude::*;
use std::sync::Arc;

/// Something that happens, and what the numbers in it are taken to mean.
#[derive(Clone, Copy, Debug)]
struct Step {
    kind: u8,
    which: u8,
    what: u8,
}

/// A stream as its gateway sees it.
struct Stream {
    call: CallId,
    way: Way,
    attachment: Attachment,
    outlet: Arc<Outlet>,
    frames: Frames,
    newest_play: u64,
    newest_offer: u64,
}

impl Stream {
    /// Every byte that was said is a message; what the gateway remembers of them.
    fn read(&mut self) {
        let (bytes, _) = self.outlet.take();
        self.frames.take(&bytes);
        while let Some(told) = self.frames.message::<ToGateway>().expect("messages and nothing else") {
            let told = told.message.expect("a message that is known");
            if let v1::to_gateway::Message::Play(play) = &told {
                self.newest_play = play.play;
            }
            if let v1::to_gateway::Message::Ring(ring) = &told {
                self.newest_offer = ring.offer;
            }
        }
    }
}

impl Stream {
    /// Nothing comes on it any more; what its gateway knows it knows.
    fn cut_off(&mut self) {
        (self.outlet, self.frames) = (Arc::default(), Frames::default());
        self.attachment = Attachment(u64::MAX);
    }
}

struct World {
    rig: Rig,
    streams: Vec<Stream>,
}

impl World {
    fn new() -> World {
        World { rig: Rig::new(), streams: Vec::new() }
    }

    fn happen(&mut self, step: Step) {
        match step.kind {
            0..=2 => self.offer(step),
            3..=12 => self.say(step),
            13 => self.over(step),
            14 => self.lose(step),
            15 => self.resume(step),
            16 => self.rig.edge.expire(),
            17 | 18 => self.program(step),
            19 => self.restart(step),
            _ => {
                let left = self.rig.pass(u64::from(step.what % 8));
                self.dial(left);
            }
        }
        let left = self.rig.settle();
        self.dial(left);
        self.streams.iter_mut().for_each(Stream::read);
        self.rig.settle();
    }

    fn attachment(&self) -> Attachment {
        Attachment(self.rig.edge.number())
    }

    fn offer(&mut self, step: Step) {
        let (outlet, attachment) = (Arc::<Outlet>::default(), self.attachment());
        let caller = ["alice", "+6591234567", "", "\u{1}\u{2}"][usize::from(step.what % 4)];
        let offer = v1::Offer { line: "+6565521111".into(), caller: caller.into(), ..v1::Offer::default() };
        let peer = Peer { name: "pbx".into(), believed: Believed::IfAttested };
        let way = Way { session: session(step.which), peer: "pbx".into() };
        if let Ok(call) = self.rig.edge.offer(&peer, || way.clone(), offer, &outlet, attachment) {
            self.add(call, way, attachment, outlet);
        }
    }

    fn add(&mut self, call: CallId, way: Way, attachment: Attachment, outlet: Arc<Outlet>) {
        let frames = Frames::default();
        self.streams.push(Stream { call, way, attachment, outlet, frames, newest_play: 0, newest_offer: 0 });
    }

    fn pick(&self, which: u8) -> Option<&Stream> {
        self.streams.get(usize::from(which).checked_rem(self.streams.len())?)
    }

    fn say(&mut self, step: Step) {
        let Some(stream) = self.pick(step.which) else { return };
        let _ = self.rig.edge.hear(stream.call, message(stream, step));
    }

    fn over(&mut self, step: Step) {
        let Some(stream) = self.pick(step.which) else { return };
        let how = if step.what.is_multiple_of(2) { CallerGone::HungUp } else { CallerGone::Lost };
        self.rig.edge.stream_over(stream.call, stream.attachment, how);
    }

    fn lose(&mut self, step: Step) {
        let Some(stream) = self.pick(step.which) else { return };
        let (call, attachment) = (stream.call, stream.attachment);
        self.rig.edge.state().detach(call, attachment, &self.rig.edge.settings);
    }

    fn resume(&mut self, step: Step) {
        let Some(stream) = self.pick(step.which) else { return };
        let (call, mut way) = (stream.call, stream.way.clone());
        if step.what.is_multiple_of(4) {
            way.session = session(200);
        }
        let (outlet, attachment) = (Arc::<Outlet>::default(), self.attachment());
        if self.rig.edge.resume(call, &way, &outlet, attachment).is_ok() {
            self.add(call, way, attachment, outlet);
        }
    }

    fn program(&mut self, step: Step) {
        let Some(offer) = self.pick(step.which).map(|stream| stream.newest_offer) else { return };
        let said = match step.what % 5 {
            0 => from_agent::Message::Ringing(v1::AgentRinging { offer }),
            1 => from_agent::Message::Answered(v1::AgentAnswered { offer }),
            2 => from_agent::Message::Declined(v1::AgentDeclined { offer, how: i32::from(step.what) }),
            3 => from_agent::Message::Gone(v1::AgentGone { offer, lost: step.which.is_multiple_of(2) }),
            _ => from_agent::Message::Returned(v1::AgentReturned { offer, queue: "booking".into() }),
        };
        let _ = self.rig.edge.hear_of_offer(AgentId(u32::from(step.which % 2)), said);
    }

    /// The edge is killed. Every fourth time a note is found bent, and its call is lost.
    fn restart(&mut self, step: Step) {
        self.streams.iter_mut().for_each(Stream::read);
        self.rig.restart([session(0), session(1)].into_iter(), |notes| {
            if let Some(note) = notes.get_mut(usize::from(step.which)).filter(|_| step.what.is_multiple_of(4)) {
                note.state.iter_mut().for_each(|byte| *byte ^= step.what);
            }
        });
        self.streams.iter_mut().for_each(Stream::cut_off);
    }

    /// As `callback` does over a connection.
    fn dial(&mut self, left: Vec<Left>) {
        for left in left {
            let Left::CallBack(order) = left else { continue };
            let (id, attachment, outlet) = (CallId(order.call), self.attachment(), Arc::<Outlet>::default());
            let mut state = self.rig.edge.state();
            let Some(way) = state.calls.way_back(id) else {
                // Its note was found bent.
                state.desk.tell(Input::CallerUnreached { call: id, how: Declined::Failed });
                continue;
            };
            state.dial(way.clone(), LineId(0), order, &outlet, attachment);
            drop(state);
            self.add(id, way, attachment, outlet);
        }
    }

    /// Every gateway goes; then nothing of a call is left but those to be called back.
    fn end(&mut self) {
        for at in 0..self.streams.len() {
            let (call, attachment) = (self.streams[at].call, self.streams[at].attachment);
            self.rig.edge.stream_over(call, attachment, CallerGone::Lost);
        }
        self.rig.edge.expire();
        let left = self.rig.settle();
        self.dial(left);
        let view = self.rig.desk.view();
        let on_the_line: Vec<_> = view.calls.iter().filter(|call| call.stage.has_leg()).collect();
        assert!(on_the_line.is_empty(), "{on_the_line:?}");
    }
}

fn session(which: u8) -> SessionId {
    SessionId::read(&[which % 2; 16]).expect("sixteen bytes")
}

fn message(stream: &Stream, step: Step) -> from::Message {
    let offer = if step.what.is_multiple_of(16) { u64::from(step.what) } else { stream.newest_offer };
    match step.kind {
        3 | 4 => from::Message::PromptEnded(v1::PromptEnded { play: stream.newest_play }),
        5 | 6 => {
            let key = ["0", "1", "2", "*", "x", "", "11", "D"][usize::from(step.what % 8)];
            from::Message::Digit(v1::Digit { key: key.into() })
        }
        7 => from::Message::AgentAnswered(v1::AgentAnswered { offer }),
        8 => from::Message::AgentDeclined(v1::AgentDeclined { offer, how: i32::from(step.what % 5) }),
        9 => from::Message::AgentGone(v1::AgentGone { offer, lost: step.what.is_multiple_of(2) }),
        10 => match step.what % 6 {
            0 => from::Message::AskPlace(v1::AskPlace {}),
            1 => from::Message::Offer(v1::Offer::default()),
            2 => from::Message::Resume(v1::Resume { call: stream.call.0 }),
            3 => from::Message::Hold(v1::Hold { by_agent: true, held: step.which.is_multiple_of(2) }),
            4 => from::Message::AgentRinging(v1::AgentRinging { offer }),
            _ => from::Message::CallerGone(v1::CallerGone { how: i32::from(step.which % 3) }),
        },
        11 => from::Message::AgentReturned(v1::AgentReturned { offer, queue: "booking".into() }),
        _ if step.what.is_multiple_of(2) => from::Message::CallerAnswered(v1::CallerAnswered {}),
        _ => from::Message::CallerUnreached(v1::CallerUnreached { how: i32::from(step.what % 5) }),
    }
}

fn step() -> impl Strategy<Value = Step> {
    (0_u8..24, any::<u8>(), any::<u8>()).prop_map(|(kind, which, what)| Step { kind, which, what })
}

fn talks(world: &World) -> bool {
    let agents = world.rig.desk.view().agents;
    agents.iter().any(|agent| matches!(agent.state, AgentState::Talking { .. }))
}

/// The steps below are enough for a call to be rung, talked and lost: what they are tried for does happen.
#[test]
fn steps_lead_to_a_talk_that_ends_with_its_gateway() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let _inside = runtime.enter();
    let mut world = World::new();
    for (kind, what) in [(0, 0), (3, 0), (5, 2), (7, 1)] {
        assert!(!talks(&world));
        world.happen(Step { kind, which: 0, what });
    }
    assert!(talks(&world));
    for kind in [14, 16] {
        assert!(talks(&world));
        world.happen(Step { kind, which: 0, what: 0 });
    }
    assert!(!talks(&world));
    world.end();
}

/// A restart in the midst of a talk, and its gateway comes back: the same talk goes on.
#[test]
fn a_talk_outlives_a_restart_and_ends_when_its_gateway_says_so() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let _inside = runtime.enter();
    let mut world = World::new();
    for (kind, what) in [(0, 0), (3, 0), (5, 2), (7, 1), (19, 1), (15, 1), (16, 0), (19, 1), (15, 1)] {
        world.happen(Step { kind, which: 0, what });
    }
    assert!(talks(&world));
    world.happen(Step { kind: 9, which: 0, what: 2 });
    assert!(!talks(&world));
    world.end();
}

proptest! {
    #[test]
    fn in_whatever_order_they_are_said_desk_and_edge_agree(steps in prop::collection::vec(step(), 1..120)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let _inside = runtime.enter();
        let mut world = World::new();
        steps.into_iter().for_each(|step| world.happen(step));
        world.end();
    }
}
