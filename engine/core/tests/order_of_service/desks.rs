//! Desks to try the rules on, and what happens to them.

use crate::rig::*;
use cabrank_core::*;

pub(crate) const DISPATCH: QueueId = QueueId(1);

/// A desk whose first queue has these thresholds.
pub(crate) fn desk_with(change: impl FnOnce(&mut Thresholds)) -> Settings {
    let mut settings = settings();
    settings.queues[0].thresholds.max_waiting = 50;
    change(&mut settings.queues[0].thresholds);
    settings
}

pub(crate) fn two_classes(order: Order) -> Settings {
    desk_with(|thresholds| {
        thresholds.order = order;
        thresholds.classes = vec![
            Class { name: "visitor".into(), target: Span::secs(60) },
            Class { name: "regular".into(), target: Span::secs(20) },
        ];
    })
}

/// A second queue beside the first; anna serves the first, ben both.
pub(crate) fn two_queues(change: impl FnOnce(&mut Settings)) -> Settings {
    let mut settings = desk_with(|_| {});
    settings.queues.push(Queue { name: "dispatch".into(), ..settings.queues[0].clone() });
    settings.lines[0].menu.one = Some(Choice::Queue(DISPATCH));
    settings.agents[1].skills.push(Skill { queue: DISPATCH, level: 1 });
    change(&mut settings);
    settings
}

pub(crate) fn caller(number: &str, class: &str) -> Caller {
    let profile = Profile { class: class.into(), ..Profile::default() };
    Caller {
        number: Some(Number(number.into())),
        trust: Trust::Trusted,
        token: None,
        profile: Some(std::sync::Arc::new(profile)),
    }
}

impl Rig {
    pub(crate) fn sign_in(&mut self, agent: AgentId) -> Vec<Effect> {
        self.tell(Input::PhoneReached { agent })
    }

    pub(crate) fn join(&mut self, number: &str, class: &str, key: u8) -> (CallId, Vec<Effect>) {
        let (call, _) = self.arrive(caller(number, class));
        let effects = self.press(call, key);
        (call, effects)
    }

    pub(crate) fn wait(&mut self, secs: u64) -> Vec<Effect> {
        self.after(Span::secs(secs))
    }

    pub(crate) fn stage(&self, call: CallId) -> Option<StageView> {
        self.desk.view().calls.iter().find(|view| view.call == call).map(|view| view.stage)
    }

    pub(crate) fn amend(&mut self, change: impl FnOnce(&mut Thresholds)) -> Vec<Effect> {
        let mut thresholds = self.desk.settings().queues[0].thresholds.clone();
        change(&mut thresholds);
        let base = self.desk.view().changes;
        let queues = vec![(BOOKING, thresholds)];
        self.tell(Input::ThresholdsChanged { base, queues, by: "sue".into(), reason: "rain".into() })
    }
}

pub(crate) fn rung_for(effects: &[Effect]) -> Option<(AgentId, CallId)> {
    rung(effects).map(|(_, agent, context)| (agent, context.call))
}
