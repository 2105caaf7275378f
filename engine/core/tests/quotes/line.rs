//! A line before a pool of agents, simulated event by event, with a quoter that is told what a desk would tell it.

use crate::draw::{Draw, Time};
use cabrank_core::{Ahead, Estimate, Permille, Quoter, Span, Tick};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// Who is served next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Order {
    /// First come, first served.
    Fifo,
    /// The lowest class first.
    Strict,
    /// The highest waiting time divided by target, in seconds by class.
    Proportional([f64; 2]),
}

/// What is otherwise in every second stretch of so long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    pub(crate) every_s: f64,
    /// So many times as many callers come.
    pub(crate) load: f64,
    /// So many agents are on duty. Who talks when they are to be fewer leaves after the call.
    pub(crate) agents: u32,
}

/// A line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) agents: u32,
    pub(crate) service: Time,
    /// By class.
    pub(crate) patience: [Time; 2],
    /// Callers an hour, by class.
    pub(crate) per_hour: [f64; 2],
    pub(crate) step: Option<Step>,
    pub(crate) order: Order,
    pub(crate) callers: usize,
}

/// One caller who met no idle agent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller {
    pub(crate) class: usize,
    /// In line when this one joined, of any class.
    pub(crate) in_line: u32,
    /// Until answered; for who left, until they would have been.
    pub(crate) wait_s: f64,
    /// When the caller left, if so.
    pub(crate) left_s: Option<f64>,
    pub(crate) estimate: Option<Estimate>,
    /// What others would say: the wait of the last to enter service, of the head of the line, and by queue length.
    pub(crate) last_to_enter_s: f64,
    pub(crate) head_of_line_s: f64,
    pub(crate) queue_length_s: f64,
}

/// How the quoter is told of who left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Teller {
    /// As it was.
    Honest,
    /// As of a kept promise: wrong.
    LeftMeansKept,
    /// As if there had been no promise: wrong.
    LeftMeansNothing,
}

/// Runs a line and says what became of each who waited, in the order in which they joined.
pub(crate) fn run(world: &World, quoter: Quoter, teller: Teller) -> Vec<Caller> {
    let mut line = Line::new(world, quoter, teller);
    while let Some(Reverse((at, _, event))) = line.events.pop() {
        line.now = Tick(at);
        match event {
            Event::Arrival => line.arrival(),
            Event::Freed => line.freed(),
            Event::Shift => line.shift(),
            Event::Leaving(id) => line.leaving(id),
        }
    }
    line.callers
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Arrival,
    Freed,
    Shift,
    Leaving(usize),
}

/// One in line, or one who has left it and is not yet known to have missed an agent.
#[derive(Clone, Copy)]
struct Place {
    id: usize,
    class: usize,
    joined: Tick,
    service_s: f64,
    left: bool,
}

struct Line<'a> {
    world: &'a World,
    quoter: Quoter,
    teller: Teller,
    now: Tick,
    events: BinaryHeap<Reverse<(u64, u64, Event)>>,
    scheduled: u64,
    arrived: usize,
    arrivals: Draw,
    services: Draw,
    patience: Draw,
    busy: u32,
    /// By class, in the order of joining.
    places: [VecDeque<Place>; 2],
    callers: Vec<Caller>,
    last_wait_s: f64,
}

impl<'a> Line<'a> {
    fn new(world: &'a World, quoter: Quoter, teller: Teller) -> Line<'a> {
        let draw = |source| Draw::new(world.seed, source);
        let mut line = Line {
            world,
            quoter,
            teller,
            now: Tick(0),
            events: BinaryHeap::new(),
            scheduled: 0,
            arrived: 0,
            arrivals: draw(1),
            services: draw(2),
            patience: draw(3),
            busy: 0,
            places: Default::default(),
            callers: Vec::new(),
            last_wait_s: 0.0,
        };
        line.quoter.line_is(Tick(0), 0, world.agents);
        line.next_arrival();
        line.next_shift();
        line
    }

    fn schedule(&mut self, after_s: f64, event: Event) {
        self.scheduled += 1;
        self.events.push(Reverse((self.now.0 + (after_s * 1e6) as u64, self.scheduled, event)));
    }

    fn next_arrival(&mut self) {
        if self.arrived < self.world.callers {
            self.arrived += 1;
            let after = self.next_arrival_after_s();
            self.schedule(after, Event::Arrival);
        }
    }

    /// Thinned from the highest load.
    fn next_arrival_after_s(&mut self) -> f64 {
        let highest = self.world.step.map_or(1.0, |step| step.load.max(1.0));
        let mean_s = 3600.0 / self.world.per_hour.iter().sum::<f64>() / highest;
        let mut after_s = 0.0;
        loop {
            after_s += self.arrivals.exponential(mean_s);
            let load = self.step_at(seconds(self.now.0) + after_s).map_or(1.0, |step| step.load);
            if self.arrivals.uniform() * highest < load {
                return after_s;
            }
        }
    }

    fn step_at(&self, at_s: f64) -> Option<Step> {
        self.world.step.filter(|step| (at_s / step.every_s) as u64 % 2 == 1)
    }

    fn on_duty(&self) -> u32 {
        // Shifts are events: half a second later it is past rounding which stretch it is.
        self.step_at(seconds(self.now.0) + 0.5).map_or(self.world.agents, |step| step.agents)
    }

    fn next_shift(&mut self) {
        if let Some(step) = self.world.step.filter(|_| self.arrived < self.world.callers) {
            self.schedule(step.every_s, Event::Shift);
        }
    }

    fn shift(&mut self) {
        self.tell_line(0);
        self.fill();
        self.next_shift();
    }

    fn arrival(&mut self) {
        let [first, second] = self.world.per_hour;
        let class = usize::from(self.arrivals.uniform() * (first + second) >= first);
        let service_s = self.services.time(self.world.service);
        let patience_s = self.patience.time(self.world.patience[class]);
        if self.busy < self.on_duty() {
            self.served_at_once(class, service_s);
        } else {
            self.joins(class, service_s, patience_s);
        }
        self.next_arrival();
    }

    fn served_at_once(&mut self, class: usize, service_s: f64) {
        self.quoter.joined(self.now, class);
        self.tell_line(1);
        self.quoter.started(self.now);
        self.quoter.answered(self.now, class, None, Span(0));
        self.tell_line(0);
        self.busy += 1;
        self.last_wait_s = 0.0;
        self.schedule(service_s, Event::Freed);
    }

    fn joins(&mut self, class: usize, service_s: f64, patience_s: f64) {
        let id = self.callers.len();
        let caller = self.quoted(class);
        self.callers.push(Caller { left_s: Some(patience_s), ..caller });
        self.quoter.joined(self.now, class);
        self.places[class].push_back(Place { id, class, joined: self.now, service_s, left: false });
        self.tell_line(0);
        self.schedule(patience_s, Event::Leaving(id));
    }

    fn quoted(&self, class: usize) -> Caller {
        let in_line = self.waiting();
        let head = self.places.iter().flatten().filter(|place| !place.left).map(|place| place.joined).min();
        let pace = f64::from(self.on_duty()) / self.world.service.mean_s();
        Caller {
            class,
            in_line,
            wait_s: f64::NAN,
            left_s: None,
            estimate: self.quoter.estimate(self.now, class, &Newcomer { line: self, class }),
            last_to_enter_s: self.last_wait_s,
            head_of_line_s: head.map_or(0.0, |joined| seconds(self.now.since(joined).0)),
            queue_length_s: f64::from(in_line + 1) / pace,
        }
    }

    fn waiting(&self) -> u32 {
        self.places.iter().flatten().filter(|place| !place.left).count() as u32
    }

    fn tell_line(&mut self, rung: u32) {
        let waiting = self.waiting() + rung;
        self.quoter.line_is(self.now, waiting, self.on_duty());
    }

    fn freed(&mut self) {
        self.busy -= 1;
        self.fill();
    }

    /// Idle agents take whom the order says. Who left, and would have been taken before or would now be, is settled.
    fn fill(&mut self) {
        while self.busy < self.on_duty()
            && let Some(class) = self.next_class()
            && let Some(place) = self.places[class].pop_front()
        {
            self.callers[place.id].wait_s = seconds(self.now.since(place.joined).0);
            if !place.left {
                self.start(place);
            }
        }
    }

    fn start(&mut self, place: Place) {
        let caller = &mut self.callers[place.id];
        caller.left_s = None;
        self.last_wait_s = caller.wait_s;
        let (estimate, waited) = (caller.estimate, self.now.since(place.joined));
        self.busy += 1;
        self.quoter.started(self.now);
        self.quoter.answered(self.now, place.class, estimate.as_ref(), waited);
        self.tell_line(0);
        self.schedule(place.service_s, Event::Freed);
    }

    /// The class whose first is served next, those counted who have left.
    fn next_class(&self) -> Option<usize> {
        let firsts = self.places.iter().filter_map(|places| places.front());
        let urgency = |place: &Place| match self.world.order {
            Order::Fifo => seconds(self.now.since(place.joined).0),
            Order::Strict => -(place.class as f64),
            Order::Proportional(targets) => seconds(self.now.since(place.joined).0) / targets[place.class],
        };
        firsts.max_by(|a, b| urgency(a).total_cmp(&urgency(b))).map(|place| place.class)
    }

    fn leaving(&mut self, id: usize) {
        let place = self.places.iter_mut().flatten().find(|place| place.id == id);
        let Some(place) = place else { return };
        place.left = true;
        let (class, waited, estimate) = (place.class, self.now.since(place.joined), self.callers[id].estimate);
        match self.teller {
            Teller::Honest => self.quoter.abandoned(self.now, class, estimate.as_ref(), waited),
            Teller::LeftMeansNothing => self.quoter.abandoned(self.now, class, None, waited),
            Teller::LeftMeansKept => self.quoter.answered(self.now, class, estimate.as_ref(), waited),
        }
        self.tell_line(0);
    }
}

/// The line as a newcomer of some class meets it.
struct Newcomer<'a> {
    line: &'a Line<'a>,
    class: usize,
}

impl Ahead for Newcomer<'_> {
    fn waiting(&self, horizon: Span) -> u32 {
        let there = self.line.places.iter().flatten().filter(|place| !place.left);
        match self.line.world.order {
            Order::Fifo => there.count() as u32,
            Order::Strict => there.filter(|place| place.class <= self.class).count() as u32,
            Order::Proportional(targets) => {
                let horizon_s = seconds(horizon.0);
                let mine = horizon_s / targets[self.class];
                let theirs = |place: &Place| seconds(self.line.now.since(place.joined).0) + horizon_s;
                there.filter(|place| theirs(place) / targets[place.class] >= mine).count() as u32
            }
        }
    }

    fn arriving(&self, class: usize, _horizon: Span) -> Permille {
        match self.line.world.order {
            Order::Fifo => Permille(0),
            Order::Strict => Permille(if class < self.class { 1_000 } else { 0 }),
            Order::Proportional(targets) => Permille((1e3 * (1.0 - targets[class] / targets[self.class]).max(0.0)) as u16),
        }
    }
}

fn seconds(micros: u64) -> f64 {
    micros as f64 / 1e6
}
