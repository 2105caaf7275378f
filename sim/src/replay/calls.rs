//! The calls of a day: who stood where, for how long, and how long the talk was.

use super::day::{Callbacks, Left, Stand, Talk};
use crate::statistics::Ended;
use cabrank_core::{
    AgentId, CallId, Caller, CallerGone, Choice, ClassId, Closed, Desk, Digit, LegEnd, LineId, OfferId, Outcome, Profile,
    QueueId, Record, Settings, Span, Text, Tick, Trust,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The calls of a day as it unfolds.
#[derive(Debug, Default)]
pub(super) struct Calls {
    live: BTreeMap<CallId, Live>,
    /// Calls that may join a line any moment.
    in_menu: Vec<CallId>,
    talks: BTreeMap<OfferId, CallId>,
    stands: Vec<Stand>,
    callbacks: Callbacks,
}

#[derive(Debug)]
struct Live {
    line: LineId,
    open: bool,
    caller: Caller,
    last_key: Option<Digit>,
    stand: Option<Stand>,
    /// Whether the stand has ended; a talk may follow, or be under way.
    left: bool,
    talk: Option<(OfferId, AgentId, Tick)>,
    gone: Option<CallerGone>,
    callback_offered: bool,
    dialled_at: Option<Tick>,
}

impl Calls {
    /// Whether the call is a new one.
    pub(super) fn comes(&mut self, call: CallId, line: LineId, open: bool, caller: &Caller) -> bool {
        if self.live.contains_key(&call) {
            return false;
        }
        self.live.insert(call, Live::new(line, open, caller));
        self.in_menu.push(call);
        true
    }

    /// Callers whom the last fact has put into a line.
    pub(super) fn look_for_joiners(&mut self, at: Tick, desk: &Desk) {
        for call in std::mem::take(&mut self.in_menu) {
            match desk.place_in_line(call) {
                Some(place) => self.joins(at, call, place.queue, place.class),
                None if self.live.get(&call).is_some_and(|live| live.stand.is_none()) => self.in_menu.push(call),
                None => {}
            }
        }
    }

    pub(super) fn is_found(&mut self, call: CallId, profile: &Arc<Profile>) {
        if let Some(live) = self.live.get_mut(&call) {
            live.caller.profile = Some(Arc::clone(profile));
        }
    }

    pub(super) fn presses(&mut self, call: CallId, digit: Digit) {
        if let Some(live) = self.live.get_mut(&call).filter(|live| live.stand.is_none()) {
            live.last_key = Some(digit);
        }
    }

    /// From now on the caller stands in a line.
    pub(super) fn joins(&mut self, at: Tick, call: CallId, queue: QueueId, class: ClassId) {
        let Some(live) = self.live.get_mut(&call).filter(|live| live.stand.is_none()) else { return };
        let caller = live.caller.clone();
        live.left = false;
        live.stand = Some(Stand { queue, class, joined_at: at, caller, left: Left::Answered, waited: Span(0), talk: None });
    }

    /// The caller would have joined, had there been room.
    pub(super) fn finds_no_room(&mut self, at: Tick, call: CallId, settings: &Settings) {
        let Some(live) = self.live.get(&call) else { return };
        let queue = live.queue_meant(settings);
        let class = settings.queues.get(usize::from(queue.0)).map(|queue| queue.thresholds.class_of(&live.class_name()));
        self.joins(at, call, queue, class.unwrap_or(ClassId(0)));
        self.turned_away(at, call);
    }

    pub(super) fn turned_away(&mut self, at: Tick, call: CallId) {
        self.leaves(at, call, Left::TurnedAway);
    }

    pub(super) fn may_be_called_back(&mut self, call: CallId) {
        if let Some(live) = self.live.get_mut(&call).filter(|live| !live.callback_offered) {
            live.callback_offered = true;
            self.callbacks.offered += 1;
        }
    }

    pub(super) fn asks_for_a_callback(&mut self, at: Tick, call: CallId) {
        self.callbacks.accepted += 1;
        self.leaves(at, call, Left::CalledBack);
    }

    pub(super) fn dialled(&mut self, at: Tick, call: CallId) {
        if let Some(live) = self.live.get_mut(&call) {
            live.dialled_at = Some(at);
        }
    }

    pub(super) fn picked_up(&mut self, at: Tick, call: CallId) {
        let dialled_at = self.live.get_mut(&call).and_then(|live| live.dialled_at.take());
        self.callbacks.picked_up_after.extend(dialled_at.map(|dialled_at| at.since(dialled_at)));
    }

    pub(super) fn not_reached(&mut self, call: CallId) {
        let dialled_at = self.live.get_mut(&call).and_then(|live| live.dialled_at.take());
        self.callbacks.unreached += u32::from(dialled_at.is_some());
    }

    pub(super) fn answered(&mut self, at: Tick, call: CallId, offer: OfferId, agent: AgentId) {
        self.leaves(at, call, Left::Answered);
        if let Some(live) = self.live.get_mut(&call) {
            live.talk = Some((offer, agent, at));
            self.talks.insert(offer, call);
        }
    }

    pub(super) fn hangs_up(&mut self, call: CallId, how: CallerGone) {
        if let Some(live) = self.live.get_mut(&call) {
            live.gone = Some(how);
        }
    }

    /// Whether the caller's leg is known to have ended, or the call to be over.
    pub(super) fn has_hung_up(&self, call: CallId) -> bool {
        self.live.get(&call).is_none_or(|live| live.gone.is_some())
    }

    /// Whose leg died, if one did.
    pub(super) fn agent_hung_up(&mut self, at: Tick, offer: OfferId, how: LegEnd) -> Option<AgentId> {
        let ended = match how {
            LegEnd::HungUp => Ended::Event,
            LegEnd::Lost => Ended::Censored,
        };
        let agent = self.talk_ends(at, offer, ended)?;
        (how == LegEnd::Lost).then_some(agent)
    }

    /// The agent's leg was ended: the caller hung up, or the talk was over before.
    pub(super) fn released(&mut self, at: Tick, offer: OfferId) {
        let gone = self.talks.get(&offer).and_then(|call| self.live.get(call)).and_then(|live| live.gone);
        let ended = match gone {
            Some(CallerGone::Lost | CallerGone::EngineRestarted) => Ended::Censored,
            Some(CallerGone::HungUp) | None => Ended::Event,
        };
        self.talk_ends(at, offer, ended);
    }

    /// The agent gave the caller back to a line, where a stand of its own begins. Whether there was such a talk.
    pub(super) fn given_back(&mut self, at: Tick, offer: OfferId) -> bool {
        let Some(call) = self.talks.get(&offer).copied() else { return false };
        self.talk_ends(at, offer, Ended::Event);
        self.settle(call);
        self.in_menu.push(call);
        true
    }

    /// A call ended. Whether it had ever joined a line.
    pub(super) fn is_over(&mut self, at: Tick, record: &Record) -> bool {
        let left = match record.outcome {
            Outcome::CutOff => Left::CutOff,
            Outcome::WaitedTooLong | Outcome::QueueFull => Left::TurnedAway,
            Outcome::Abandoned
            | Outcome::ServedInstantly
            | Outcome::ServedByAgent
            | Outcome::LeftInMenu
            | Outcome::Closed
            | Outcome::Refused
            | Outcome::Joined
            | Outcome::CallbackCancelled
            | Outcome::CallbackFailed => Left::HungUp,
        };
        self.leaves(at, record.call, left);
        self.settle(record.call);
        self.in_menu.retain(|call| *call != record.call);
        self.live.remove(&record.call);
        record.queued_at.is_some() || record.outcome == Outcome::QueueFull
    }

    /// The stands that ended, what came of callbacks, and how many calls were in line or in a talk at the end.
    pub(super) fn close(mut self) -> (Vec<Stand>, Callbacks, u64) {
        let live: Vec<CallId> = self.live.iter().filter(|(_, live)| live.stand.is_some()).map(|(call, _)| *call).collect();
        for call in &live {
            // Who has left the line counts, even though the talk goes on.
            self.settle(*call);
        }
        self.stands.sort_by_key(|stand| stand.joined_at);
        (self.stands, self.callbacks, live.len() as u64)
    }

    fn leaves(&mut self, at: Tick, call: CallId, left: Left) {
        let Some(live) = self.live.get_mut(&call).filter(|live| !live.left) else { return };
        let Some(stand) = live.stand.as_mut() else { return };
        (stand.left, stand.waited) = (left, at.since(stand.joined_at));
        live.left = true;
    }

    fn talk_ends(&mut self, at: Tick, offer: OfferId, ended: Ended) -> Option<AgentId> {
        let call = self.talks.remove(&offer)?;
        let live = self.live.get_mut(&call)?;
        let (_, agent, since) = live.talk.take()?;
        if let Some(stand) = live.stand.as_mut() {
            stand.talk = Some(Talk { agent, lasted: at.since(since), ended });
        }
        Some(agent)
    }

    /// Writes a stand down once nothing more can come of it.
    fn settle(&mut self, call: CallId) {
        let Some(live) = self.live.get_mut(&call) else { return };
        let left = live.left;
        self.stands.extend(live.stand.take().filter(|_| left));
    }
}

impl Live {
    fn new(line: LineId, open: bool, caller: &Caller) -> Live {
        Live {
            line,
            open,
            caller: caller.clone(),
            last_key: None,
            stand: None,
            left: false,
            talk: None,
            gone: None,
            callback_offered: false,
            dialled_at: None,
        }
    }

    /// The queue that the line and the key pressed lead to.
    fn queue_meant(&self, settings: &Settings) -> QueueId {
        let Some(line) = settings.lines.get(usize::from(self.line.0)) else { return QueueId(0) };
        if !self.open
            && let Closed::Queue(queue) = line.closed
        {
            return queue;
        }
        let choice = match self.last_key {
            Some(Digit::Number(1)) => line.menu.one,
            Some(Digit::Number(2)) => line.menu.two,
            Some(Digit::Number(_) | Digit::Star | Digit::Pound | Digit::Letter(_)) | None => None,
        };
        match choice {
            Some(Choice::Instant { otherwise, .. }) => otherwise,
            Some(Choice::Queue(queue)) => queue,
            None => line.human,
        }
    }

    fn class_name(&self) -> Text {
        let profile = self.caller.profile.as_ref().filter(|_| self.caller.trust == Trust::Trusted);
        profile.map(|profile| profile.class.clone()).unwrap_or_default()
    }
}
