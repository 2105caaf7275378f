//! A house, settings, and a desk that is told whatever the edge tells.

use super::super::edge::Edge;
use super::super::effects::Left;
use super::super::note::{self, Key};
use super::super::pace::Pace;
use super::super::sessions::SessionId;
use super::super::settings::House;
use super::super::{
    Believed as Vouched, CertificateSource, Menus, Peer, PeerRole, Program, Proof, QuicLimits, QuicSettings, TokenCheck,
};
use crate::backlog::Backlog;
use crate::door::{Door, Submission};
use crate::edge::{self, Believed};
use crate::in_force::InForce;
use crate::names::tests::taxi;
use cabrank_core::{
    AgentState, CallId, CallbackTerms, Context, Desk, Input, LineId, Number, Outbox, Profile, Say, Settings, Span, Text, Tick,
};
use cabrank_journal::{Note, Notes};
use cabrank_wire::v1::{self, Role};
use crossbeam::channel::{Receiver, bounded};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// A house with one known caller.
pub(super) struct TestHouse;

impl crate::edge::House for TestHouse {
    fn profile(&self, number: &Number) -> Option<Arc<Profile>> {
        (&*number.0 == "alice").then(|| Arc::new(Profile { name: "Alice".into(), ..Profile::default() }))
    }

    fn is_open(&self, _: LineId) -> bool {
        true
    }
}

impl House for TestHouse {
    fn prompts(&self, _: Say, _: LineId) -> Vec<Text> {
        vec!["prompt".into()]
    }

    fn music(&self) -> &str {
        "music"
    }

    fn shown(&self, context: &Context) -> v1::Context {
        v1::Context { call: context.call.0, ..v1::Context::default() }
    }
}

/// A desk on which callers are called back and nobody waits for long.
pub(super) fn desk_settings() -> Settings {
    let mut settings = taxi().settings().clone();
    let thresholds = &mut settings.queues[0].thresholds;
    thresholds.callback = Some(CallbackTerms { over: Span(0), retry_after: Span::secs(1), tries_max: 2 });
    thresholds.ring_for = Span::secs(5);
    thresholds.wrap_up = Span::secs(1);
    settings
}

/// What the edge is told at start; made certificates go to that directory.
pub(super) fn settings(dir: PathBuf, limits: QuicLimits) -> QuicSettings {
    let desk = desk_settings();
    let program = |name: &Text| Program {
        name: name.clone(),
        proof: Some(Proof::Token([7; 32])),
        address: Text::default(),
        by_program: true,
    };
    QuicSettings {
        listen: ([127, 0, 0, 1], 0).into(),
        certificate: CertificateSource::Made(dir),
        peers: Vec::new(),
        agents: desk.agents.iter().map(|agent| program(&agent.name)).collect(),
        is_admin: TokenCheck(Arc::new(|token| token == "admin")),
        desk: "taxi".into(),
        lines: desk.lines.iter().map(|line| line.number.clone()).collect(),
        menus: Menus::new(desk.lines.iter().map(|line| &line.menu)),
        queues: desk.queues.iter().map(|queue| queue.name.clone()).collect(),
        language: "en".into(),
        region: "SG".parse().expect("SG is a region"),
        limits,
    }
}

fn start(pace: Pace, backlog: Backlog) -> (Arc<Edge>, Receiver<Submission>) {
    let (lane, submissions) = bounded(1_000);
    let limits = QuicLimits { resume_for: Duration::ZERO, ..QuicLimits::default() };
    let peer = Peer { name: "pbx".into(), role: PeerRole::Gateway(Vouched::IfAttested), proof: Proof::Token([7; 32]) };
    let settings = QuicSettings { peers: vec![peer], ..settings(PathBuf::new(), limits) };
    let in_force = InForce::new(desk_settings(), 0);
    let edge = Edge::new(settings, Arc::new(TestHouse), Door::new(lane, backlog), in_force, Arc::default(), pace);
    (Arc::new(edge), submissions)
}

/// An edge and its desk, in step.
pub(super) struct Rig {
    pub(super) edge: Arc<Edge>,
    pub(super) desk: Desk,
    submissions: Receiver<Submission>,
    notes: Notes,
    now: Tick,
}

impl Rig {
    /// Two agents are there. Needs a runtime to stand in.
    pub(super) fn new() -> Rig {
        Rig::with(Pace::new(), Backlog::new())
    }

    /// The same with an edge that keeps up so, and a lane so far behind.
    pub(super) fn with(pace: Pace, backlog: Backlog) -> Rig {
        let (edge, submissions) = start(pace, backlog);
        let desk = Desk::new(desk_settings(), 1).expect("settings without contradiction");
        let mut rig = Rig { edge, desk, submissions, notes: Notes::default(), now: Tick(1) };
        rig.programs_come();
        rig
    }

    fn programs_come(&mut self) {
        for agent in (0..2).map(cabrank_core::AgentId) {
            self.tell(Input::PhoneReached { agent });
        }
    }

    /// The edge is killed, and another one goes on with what it had noted, bent as it may be by then, and what the desk knows. The
    /// sessions of `gateways` had been noted.
    pub(super) fn restart(&mut self, gateways: impl Iterator<Item = SessionId>, bend: impl FnOnce(&mut Vec<Note>)) {
        let mut noted: Vec<Note> =
            self.notes.iter().map(|(key, state)| Note { key: key.to_vec(), state: state.to_vec() }).collect();
        bend(&mut noted);
        let mut notes = Notes::default();
        noted.into_iter().for_each(|note| notes.see(note));
        gateways.for_each(|id| notes.see(note::Session::new(Role::Gateway, "pbx").note(id)));
        let idle = self.desk.view().agents.into_iter().filter(|agent| agent.state == AgentState::Idle).map(|agent| agent.agent);
        let idle = idle.collect();
        self.notes = notes.clone();
        (self.edge, self.submissions) = start(Pace::new(), Backlog::new());
        self.tell(Input::Restarted);
        let left = edge::Left { notes, idle, view: self.desk.view() };
        self.edge.go_on(&left);
        self.programs_come();
    }

    /// Calls of which there is a note.
    pub(super) fn noted(&self) -> BTreeSet<CallId> {
        let call = |key: &[u8]| if let Some(Key::Call(id)) = Key::read(key) { Some(id) } else { None };
        self.notes.iter().filter_map(|(key, _)| call(key)).collect()
    }

    /// Tells the desk what the edge has told, and the edge what the desk orders, until nobody has more to say. What is left to
    /// be done besides comes back.
    pub(super) fn settle(&mut self) -> Vec<Left> {
        let mut left = Vec::new();
        while let Some(submission) = self.next() {
            match submission {
                Submission::Told { note, input, .. } => {
                    note.into_iter().for_each(|note| self.notes.see(*note));
                    left.extend(self.tell(input));
                }
                Submission::Noted(note) => self.notes.see(*note),
                Submission::Asked { .. }
                | Submission::Look(_)
                | Submission::Place { .. }
                | Submission::Forget { .. }
                | Submission::Count(_)
                | Submission::Nudge
                | Submission::Close => {}
            }
        }
        self.agree();
        left
    }

    fn next(&mut self) -> Option<Submission> {
        self.submissions.try_recv().ok().or_else(|| {
            self.edge.state().desk.catch_up();
            self.submissions.try_recv().ok()
        })
    }

    /// Lets time pass.
    pub(super) fn pass(&mut self, seconds: u64) -> Vec<Left> {
        self.now = self.now.plus(Span::secs(seconds));
        self.tell(Input::Woke)
    }

    fn tell(&mut self, input: Input) -> Vec<Left> {
        let mut out = Outbox::default();
        self.desk.handle(self.now, input, &mut out);
        self.desk.check();
        let mut state = self.edge.state();
        out.effects.drain(..).filter_map(|effect| self.edge.carry_out(&mut state, effect)).collect()
    }

    /// What the desk believes in is there: every leg, every ringing and every talk.
    fn agree(&self) {
        let (view, noted) = (self.desk.view(), self.noted());
        let mut state = self.edge.state();
        for call in view.calls.iter().filter(|call| call.stage.has_leg()) {
            let leg = Believed::Caller(call.call);
            assert!(state.calls.is_there(call.call), "{leg:?} is not there: {:?}", call.stage);
            assert!(noted.contains(&call.call), "{leg:?} would not outlive a restart: {:?}", call.stage);
        }
        for id in noted {
            assert!(state.calls.has(id) || state.calls.way_back(id).is_some(), "{id} is still noted, and over");
        }
        for agent in &view.agents {
            if let AgentState::Offered { offer, call } | AgentState::Talking { offer, call } = agent.state {
                assert!(state.offers.has(offer), "{offer} of {call} is not there: {:?}", agent.state);
                assert!(state.calls.find(call).is_some_and(|call| call.is_about(offer)), "{call} knows nothing of {offer}");
            }
        }
    }
}
