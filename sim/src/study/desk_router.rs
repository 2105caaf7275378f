//! The production core as a router: phones are picked up the moment they ring.

use super::{Move, Newcomer, Router};
use cabrank_core::{
    AgentId, CallId, Caller, CallerGone, Closed, Desk, Effect, Input, LegEnd, Line, LineId, Menu, OfferId, Outbox, Outcome,
    Profile, Queue, QueueId, Record, Refusal, Say, Settings, Span, Tick, Trust, Wish,
};
use std::collections::VecDeque;
use std::sync::Arc;

/// A desk whose agents all signed in at the start.
pub struct DeskRouter {
    desk: Desk,
    out: Outbox,
    /// Facts that follow at once from what was ordered.
    replies: VecDeque<Input>,
    /// The line that leads straight into the first queue; those into the others follow it.
    first_line: u16,
    /// By queue and class.
    callers: Vec<Vec<Caller>>,
    /// By agent: the talk under way.
    talks: Vec<OfferId>,
}

impl DeskRouter {
    /// The desk of these settings, with a line more for each queue. Fails if the desk refuses them.
    pub fn new(settings: &Settings, seed: u64) -> Result<DeskRouter, Refusal> {
        let mut settings = settings.clone();
        let first_line = settings.lines.len() as u16;
        settings.lines.extend((0..settings.queues.len()).map(|queue| straight_into(QueueId(queue as u16))));
        let mut router = DeskRouter {
            replies: VecDeque::new(),
            out: Outbox::default(),
            first_line,
            callers: settings.queues.iter().map(callers_of).collect(),
            talks: vec![OfferId(0); settings.agents.len()],
            desk: Desk::new(settings, seed)?,
        };
        router.sign_all_in();
        Ok(router)
    }

    /// The desk itself.
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    fn sign_all_in(&mut self) {
        for index in 0..self.talks.len() {
            let agent = AgentId(index as u32);
            self.tell(Tick(0), Input::PhoneReached { agent }, &mut Vec::new());
            self.tell(Tick(0), Input::AgentAsked { agent, wish: Wish::Ready, by: "study".into() }, &mut Vec::new());
        }
    }

    /// Hands a fact to the desk, then whatever follows from its orders.
    fn tell(&mut self, now: Tick, input: Input, moves: &mut Vec<Move>) {
        let mut next = Some(input);
        while let Some(input) = next {
            self.out.clear();
            self.desk.handle(now, input, &mut self.out);
            for effect in self.out.effects.drain(..) {
                match effect {
                    Effect::Ring { offer, agent, context } => {
                        self.talks[agent.0 as usize] = offer;
                        self.replies.push_back(Input::AgentAnswered { offer });
                        moves.push(Move::Take { call: context.call, agent });
                    }
                    Effect::Say { call, play, what } if are_last_words(what) => {
                        self.replies.push_back(Input::PromptEnded { call, play });
                    }
                    Effect::Write(record) => moves.extend(turned_away(&record)),
                    Effect::Say { .. }
                    | Effect::Refuse { .. }
                    | Effect::Answer { .. }
                    | Effect::Music { .. }
                    | Effect::StopRinging { .. }
                    | Effect::Connect { .. }
                    | Effect::Release { .. }
                    | Effect::HangUp { .. }
                    | Effect::CallBack { .. }
                    | Effect::Warn { .. }
                    | Effect::Note(_)
                    | Effect::Dispatch(_)
                    | Effect::LookUp { .. }
                    | Effect::Amend { .. }
                    | Effect::File(_)
                    | Effect::Announce { .. } => {}
                }
            }
            next = self.replies.pop_front();
        }
    }
}

impl Router for DeskRouter {
    fn joined(&mut self, now: Tick, newcomer: Newcomer, moves: &mut Vec<Move>) {
        let line = LineId(self.first_line + newcomer.queue.0);
        let classes = self.callers.get(usize::from(newcomer.queue.0));
        let caller = classes.and_then(|classes| classes.get(usize::from(newcomer.class.0)).cloned());
        let caller = caller.unwrap_or_else(Caller::unknown);
        self.tell(now, Input::CallOffered { call: newcomer.call, line, open: false, caller }, moves);
    }

    fn left(&mut self, now: Tick, call: CallId, moves: &mut Vec<Move>) {
        self.tell(now, Input::CallerHungUp { call, how: CallerGone::HungUp }, moves);
    }

    fn done(&mut self, now: Tick, _call: CallId, agent: AgentId, moves: &mut Vec<Move>) {
        let offer = self.talks[agent.0 as usize];
        self.tell(now, Input::AgentHungUp { offer, how: LegEnd::HungUp }, moves);
    }

    fn woke(&mut self, now: Tick, moves: &mut Vec<Move>) {
        self.tell(now, Input::Woke, moves);
    }

    fn next_wake(&self) -> Option<Tick> {
        self.desk.next_wake()
    }
}

/// A line that is closed at all hours, which leads to a queue without a word and without a menu.
fn straight_into(queue: QueueId) -> Line {
    Line {
        number: format!("straight into {queue}").into(),
        closed: Closed::Queue(queue),
        menu: Menu::default(),
        human: queue,
        silence: Span::secs(1),
    }
}

/// One caller for each class. Numbers are withheld, so that nobody is known again.
fn callers_of(queue: &Queue) -> Vec<Caller> {
    let caller = |class: &cabrank_core::Class| {
        let profile = Profile { class: class.name.clone(), ..Profile::default() };
        Caller { trust: Trust::Trusted, profile: Some(Arc::new(profile)), ..Caller::unknown() }
    };
    queue.thresholds.classes.iter().map(caller).collect()
}

fn are_last_words(what: Say) -> bool {
    matches!(what, Say::TooMany | Say::NobodyCame)
}

fn turned_away(record: &Record) -> Option<Move> {
    let away = matches!(record.outcome, Outcome::Refused | Outcome::QueueFull | Outcome::WaitedTooLong);
    away.then_some(Move::TurnAway { call: record.call })
}
