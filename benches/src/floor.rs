//! A desk of any size: so many callers in line, so many agents, over so many queues, with mixed skills and classes.

use cabrank_core::*;
use std::sync::Arc;

/// The classes of every queue, and their targets in seconds.
const CLASSES: [(&str, u64); 3] = [("gold", 10), ("regular", 20), ("visitor", 40)];

/// An agent's time after a call: less than lies between two inputs.
const WRAP_UP: Span = Span(50);

/// How large a floor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Callers in line.
    pub waiting: u64,
    /// Agents on duty.
    pub agents: u32,
    /// Queues.
    pub queues: u16,
    /// Queues that an agent serves, at three levels; the whole number if there are fewer.
    pub skills: u16,
    /// Who comes first.
    pub order: Order,
}

/// A desk, the agents of which all talk while callers stand in line; or all are idle.
pub struct Floor {
    /// The desk.
    pub desk: Desk,
    /// What came of the last input.
    pub out: Outbox,
    size: Size,
    now: Tick,
    calls: u64,
    /// The talk of each agent.
    talks: Vec<OfferId>,
    turn: usize,
    /// By class: what the directory would hand in.
    profiles: Vec<Arc<Profile>>,
}

impl Floor {
    /// Every agent talks, and `size.waiting` callers are in line.
    pub fn busy(size: Size) -> Floor {
        let mut floor = Floor::idle(size);
        while floor.talks.len() < size.agents as usize {
            floor.join();
            if let Some(offer) = floor.rung() {
                floor.tell(Input::AgentAnswered { offer });
                floor.talks.push(offer);
            }
        }
        (floor.in_line()..size.waiting).for_each(|_| floor.join());
        floor
    }

    /// Every agent is idle and nobody is in line.
    pub fn idle(size: Size) -> Floor {
        let desk = Desk::new(settings(size), 1).expect("the settings fit");
        let mut floor = Floor {
            desk,
            out: Outbox::default(),
            size,
            now: Tick(0),
            calls: 0,
            talks: Vec::new(),
            turn: 0,
            profiles: profiles(),
        };
        (0..size.agents).for_each(|agent| floor.tell(Input::PhoneReached { agent: AgentId(agent) }));
        floor
    }

    /// An agent's talk ends, and the wrap-up is about to.
    pub fn finish_a_talk(&mut self) {
        let offer = self.talks[self.turn];
        self.tell(Input::AgentHungUp { offer, how: LegEnd::HungUp });
        self.now = self.now.plus(WRAP_UP);
    }

    /// A decision: an agent is free, and the caller whose turn it is is rung.
    pub fn decide(&mut self) {
        self.tell(Input::Woke);
    }

    /// The agent just rung talks, so that the same can be done again; one caller fewer is in line.
    pub fn answer(&mut self) {
        if let Some(offer) = self.rung() {
            self.tell(Input::AgentAnswered { offer });
            self.talks[self.turn] = offer;
            self.turn = (self.turn + 1) % self.talks.len();
        }
    }

    /// A caller of some class joins some queue.
    pub fn join(&mut self) {
        let call = self.arrive();
        self.greeted(call);
    }

    /// A decision, if agents are idle: the greeting ends, the caller joins the line, and the best agent is rung.
    pub fn greeted(&mut self, call: CallId) {
        self.tell(Input::PromptEnded { call, play: PlayId(1) });
    }

    /// A caller comes and hears the greeting.
    pub fn arrive(&mut self) -> CallId {
        self.calls += 1;
        let call = CallId(self.calls);
        let line = LineId((self.calls % u64::from(self.size.queues)) as u16);
        let caller = self.caller();
        self.tell(Input::CallOffered { call, line, open: true, caller });
        call
    }

    /// The caller in question hangs up.
    pub fn hang_up(&mut self, call: CallId) {
        self.tell(Input::CallerHungUp { call, how: CallerGone::HungUp });
    }

    /// Tells the desk, a tenth of a millisecond later than before.
    pub fn tell(&mut self, input: Input) {
        self.now = self.now.plus(Span(100));
        self.out.clear();
        self.desk.handle(self.now, input, &mut self.out);
    }

    /// Who was rung by the last input.
    pub fn rung(&self) -> Option<OfferId> {
        self.out.effects.iter().find_map(|effect| if let Effect::Ring { offer, .. } = effect { Some(*offer) } else { None })
    }

    /// Every caller has a number of its own.
    fn caller(&self) -> Caller {
        let profile = self.profiles[(self.calls % CLASSES.len() as u64) as usize].clone();
        Caller {
            number: Some(Number(format!("+659{:07}", self.calls).into())),
            trust: Trust::Trusted,
            token: None,
            profile: Some(profile),
        }
    }

    fn in_line(&self) -> u64 {
        self.calls - self.talks.len() as u64
    }
}

fn settings(size: Size) -> Settings {
    Settings {
        name: "floor".into(),
        limits: Limits { calls_max: u32::MAX },
        lines: (0..size.queues).map(line).collect(),
        services: Vec::new(),
        queues: (0..size.queues).map(|queue| Queue { name: format!("q{queue}").into(), thresholds: thresholds(size) }).collect(),
        agents: (0..size.agents).map(|agent| self::agent(size, agent)).collect(),
    }
}

fn line(queue: u16) -> Line {
    let human = QueueId(queue);
    Line { number: format!("line{queue}").into(), closed: Closed::Message, menu: Menu::default(), human, silence: Span::secs(5) }
}

fn thresholds(size: Size) -> Thresholds {
    Thresholds {
        order: size.order,
        classes: CLASSES.iter().map(|(name, secs)| Class { name: (*name).into(), target: Span::secs(*secs) }).collect(),
        default_class: ClassId(2),
        max_waiting: u32::MAX,
        max_wait: Span::secs(24 * 3_600),
        wrap_up: WRAP_UP,
        keep_place_for: Span(0),
        quote: Some(Quoting { confidence: Permille(800) }),
        ..Thresholds::default()
    }
}

/// Agents serve neighbouring queues, each of them another stretch of the circle, at levels that differ.
fn agent(size: Size, number: u32) -> Agent {
    let skills = size.skills.min(size.queues);
    let skill = |step: u16| Skill {
        queue: QueueId(((number + u32::from(step)) % u32::from(size.queues)) as u16),
        level: ((number + u32::from(step)) % 3 + 1) as u8,
    };
    Agent { name: format!("a{number}").into(), skills: (0..skills).map(skill).collect(), sign_in: SignIn::WithPhone }
}

fn profiles() -> Vec<Arc<Profile>> {
    CLASSES.iter().map(|(class, _)| Arc::new(Profile { class: (*class).into(), ..Profile::default() })).collect()
}
