//! A taxi desk with a menu: 1 sends a taxi at once, 2 leads to a human. A hundred agents, one queue.

use cabrank_core::*;
use std::sync::Arc;

/// Agents on duty.
pub const AGENTS: u32 = 100;
/// Callers in line while all agents talk.
pub const IN_LINE: u64 = 100;

const LINE: LineId = LineId(0);
const QUEUE: QueueId = QueueId(0);

/// Callers who take turns: many more than are in the desk at once, so that each has a number of its own there.
const CALLERS: u64 = 4_096;

/// The desk, and what is happening in it.
pub struct Taxi {
    /// The desk.
    pub desk: Desk,
    /// What came of the last input.
    pub out: Outbox,
    now: Tick,
    calls: u64,
    callers: Callers,
    /// The talk of each agent.
    talks: Vec<OfferId>,
    turn: usize,
    listener: Option<Listener>,
}

/// Who hears of every input before the desk does.
pub type Listener = Box<dyn FnMut(Tick, &Input)>;

impl Taxi {
    /// Every agent is idle and nobody is in line.
    pub fn idle() -> Taxi {
        Taxi::heard_by(None)
    }

    /// The same, and somebody hears of every input.
    pub fn heard_by(listener: Option<Listener>) -> Taxi {
        let desk = Desk::new(settings(), 1).expect("the settings fit");
        let (out, callers) = (Outbox::default(), Callers::default());
        let mut taxi = Taxi { desk, out, now: Tick(0), calls: 0, callers, talks: Vec::new(), turn: 0, listener };
        phones().for_each(|input| taxi.tell(input));
        taxi
    }

    /// Every agent talks and [`IN_LINE`] callers are in line.
    pub fn busy() -> Taxi {
        Taxi::idle().made_busy()
    }

    /// The same of a desk of which every agent is idle.
    pub fn made_busy(mut self) -> Taxi {
        for _ in 0..AGENTS {
            self.join();
            self.answer();
        }
        for _ in 0..IN_LINE {
            self.join();
        }
        self
    }

    /// Every agent but one talks and nobody is in line.
    pub fn with_one_free() -> Taxi {
        let mut taxi = Taxi::idle();
        for _ in 1..AGENTS {
            taxi.join();
            taxi.answer();
        }
        taxi
    }

    /// Tells the desk, a tenth of a millisecond later than before.
    pub fn tell(&mut self, input: Input) {
        self.now = self.now.plus(Span(100));
        self.out.clear();
        if let Some(listener) = &mut self.listener {
            listener(self.now, &input);
        }
        self.desk.handle(self.now, input, &mut self.out);
    }

    /// The next caller's call, about to come in.
    pub fn offered(&mut self) -> (CallId, Input) {
        self.calls += 1;
        let call = CallId(self.calls);
        (call, self.callers.offered(call))
    }

    /// A caller comes and hears the menu.
    pub fn arrive(&mut self) -> CallId {
        let (call, offered) = self.offered();
        self.tell(offered);
        call
    }

    /// A caller comes and presses 2 before the menu is said.
    pub fn join(&mut self) -> CallId {
        let call = self.arrive();
        self.tell(pressed(call, 2));
        call
    }

    /// From the offer through greeting and menu and key to the line, in which the caller stands then; three inputs.
    pub fn to_the_line(&mut self) -> CallId {
        let call = self.arrive();
        self.hear_out(call);
        self.tell(pressed(call, 2));
        call
    }

    /// From the offer through greeting, menu and key to the taxi that is sent, and to the record; five inputs.
    pub fn served_instantly(&mut self) {
        let call = self.arrive();
        self.hear_out(call);
        self.tell(pressed(call, 1));
        self.tell(accepted(call));
        self.hang_up(call);
    }

    /// A caller from the offer to the line, while the one whose turn it is takes the place of one who is done; five inputs. The
    /// desk is as busy afterwards as before, and one record more is written.
    pub fn whole_call(&mut self) {
        self.to_the_line();
        let offer = self.talk();
        self.tell(Input::AgentHungUp { offer, how: LegEnd::HungUp });
        self.answer_in_turn();
    }

    /// A caller in line or in the menu hangs up.
    pub fn hang_up(&mut self, call: CallId) {
        self.tell(hung_up(call));
    }

    /// The talk that is to end next.
    pub fn talk(&self) -> OfferId {
        self.talks[self.turn]
    }

    /// Who was rung by the last input.
    pub fn rung(&self) -> Option<OfferId> {
        self.out.effects.iter().find_map(|effect| if let Effect::Ring { offer, .. } = effect { Some(*offer) } else { None })
    }

    fn hear_out(&mut self, call: CallId) {
        self.tell(Input::PromptEnded { call, play: PlayId(1) });
    }

    fn answer(&mut self) {
        let offer = self.rung().expect("an agent is rung");
        self.tell(Input::AgentAnswered { offer });
        self.talks.push(offer);
    }

    fn answer_in_turn(&mut self) {
        let offer = self.rung().expect("an agent is rung");
        self.tell(Input::AgentAnswered { offer });
        self.talks[self.turn] = offer;
        self.turn = (self.turn + 1) % self.talks.len();
    }
}

/// Those who call, in turn.
pub struct Callers(Vec<Caller>);

impl Default for Callers {
    fn default() -> Callers {
        Callers((0..CALLERS).map(caller).collect())
    }
}

impl Callers {
    /// That a call comes in.
    pub fn offered(&self, call: CallId) -> Input {
        let caller = self.0[(call.0 % CALLERS) as usize].clone();
        Input::CallOffered { call, line: LINE, open: true, caller }
    }
}

/// That every agent's phone can be rung.
pub fn phones() -> impl Iterator<Item = Input> {
    (0..AGENTS).map(|agent| Input::PhoneReached { agent: AgentId(agent) })
}

/// That a key was pressed.
pub fn pressed(call: CallId, key: u8) -> Input {
    Input::DigitPressed { call, digit: Digit::Number(key) }
}

/// That a taxi is on its way.
pub fn accepted(call: CallId) -> Input {
    let answer = DispatchAnswer::Accepted { eta: Span::secs(420), reference: "cab 7".into() };
    Input::DispatchAnswered { call, answer }
}

/// That a caller hung up.
pub fn hung_up(call: CallId) -> Input {
    Input::CallerHungUp { call, how: CallerGone::HungUp }
}

/// What the desk is made of.
pub fn settings() -> Settings {
    let menu = Menu {
        one: Some(Choice::Instant { service: ServiceId(0), otherwise: QUEUE, proof: None }),
        two: Some(Choice::Queue(QUEUE)),
    };
    let thresholds = Thresholds { max_waiting: 50_000, wrap_up: Span(0), ..Thresholds::default() };
    Settings {
        name: "taxi".into(),
        limits: Limits { calls_max: 100_000 },
        lines: vec![Line { number: "taxi".into(), closed: Closed::Message, menu, human: QUEUE, silence: Span::secs(5) }],
        services: vec![Service { name: "taxi-now".into(), timeout: Span::secs(2), needs: vec!["pickup".into()] }],
        queues: vec![Queue { name: "booking".into(), thresholds }],
        agents: (0..AGENTS).map(agent).collect(),
    }
}

fn agent(number: u32) -> Agent {
    Agent { name: format!("a{number}").into(), skills: vec![Skill { queue: QUEUE, level: 1 }], sign_in: SignIn::WithPhone }
}

fn caller(number: u64) -> Caller {
    let fields = vec![("pickup".into(), "1 Orchard Road".into())];
    let profile = Profile { name: "Mei".into(), fields, ..Profile::default() };
    Caller {
        number: Some(Number(format!("+659{number:07}").into())),
        trust: Trust::Trusted,
        token: None,
        profile: Some(Arc::new(profile)),
    }
}
