//! Random desks: what is refused is what a slower look at them finds wrong, and what is accepted the core accepts.

mod common;

use cabrank_core::Desk;
use cabrank_settings::{contradictions, parse};
use common::{GOOD, Room};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

#[derive(Clone, Debug)]
struct Queue {
    order: &'static str,
    max_wait_s: u64,
    widen: Vec<(u64, u8)>,
    overflow: Option<(u64, usize)>,
    reserve: u32,
}

/// A desk as the test thinks of it.
#[derive(Clone, Debug)]
struct Plan {
    queues: Vec<Queue>,
    /// For each agent the level in each queue.
    agents: Vec<Vec<Option<u8>>>,
    /// For each line, where 1, 2 and the time outside the hours lead.
    lines: Vec<[Option<usize>; 3]>,
}

fn plan() -> impl Strategy<Value = Plan> {
    (1..5usize).prop_flat_map(|count| {
        let order = prop::sample::select(vec!["fifo", "fifo", "fifo", "proportional"]);
        let widen = vec((1..90u64, 1..5u8), 0..3);
        let overflow = option::of((0..90u64, 0..count));
        let reserve = prop::sample::select(vec![0, 0, 0, 1, 2]);
        let queue = (order, 30..60u64, widen, overflow, reserve)
            .prop_map(|(order, max_wait_s, widen, overflow, reserve)| Queue { order, max_wait_s, widen, overflow, reserve });
        let agents = vec(vec(option::of(1..6u8), count), 1..5);
        let lines = vec([option::of(0..count), option::of(0..count), option::weighted(0.2, 0..count)], 1..4);
        (vec(queue, count), agents, lines).prop_map(|(queues, agents, lines)| Plan { queues, agents, lines }.tidied())
    })
}

impl Plan {
    /// Without what is a fault for reasons of its own: overflow to itself, agents who serve nothing.
    fn tidied(mut self) -> Plan {
        for (place, queue) in self.queues.iter_mut().enumerate() {
            queue.overflow = queue.overflow.filter(|(_, helper)| *helper != place);
        }
        for agent in &mut self.agents {
            if agent.iter().all(Option::is_none) {
                agent[0] = Some(1);
            }
        }
        self
    }

    fn written(&self) -> String {
        let mut text = GOOD.split("[[line]]").next().unwrap_or_default().to_owned();
        text += "[[service]]\nname = \"s\"\nbuiltin = \"demo-fleet\"\n";
        for (n, [one, two, closed]) in self.lines.iter().enumerate() {
            text += &format!("[[line]]\nnumber = \"l{n}\"\n");
            text += &one.map_or(String::new(), |q| format!("press.1 = {{ instant = \"s\", otherwise = \"q{q}\" }}\n"));
            text += &two.map_or(String::new(), |q| format!("press.2 = {{ queue = \"q{q}\" }}\n"));
            text += &closed.map_or(String::new(), |q| format!("closed = \"q{q}\"\n"));
        }
        for (n, queue) in self.queues.iter().enumerate() {
            let Queue { order, max_wait_s, widen, overflow, reserve } = queue;
            let steps: Vec<_> =
                widen.iter().map(|(after, level)| format!("{{ after = \"{after}s\", level = {level} }}")).collect();
            text +=
                &format!("[[queue]]\nname = \"q{n}\"\norder = \"{order}\"\nmax_wait = \"{max_wait_s}s\"\nreserve = {reserve}\n");
            text += &format!("widen = [{}]\n", steps.join(", "));
            text += &overflow
                .map_or(String::new(), |(after, q)| format!("overflow = {{ after = \"{after}s\", queue = \"q{q}\" }}\n"));
        }
        for (n, agent) in self.agents.iter().enumerate() {
            let skills = agent.iter().enumerate().filter_map(|(q, level)| level.map(|level| format!("q{q} = {level}")));
            let skills = skills.collect::<Vec<_>>().join(", ");
            text += &format!("[[agent]]\nname = \"a{n}\"\nskills = {{ {skills} }}\ncontact = \"sip:a@127.0.0.1\"\n");
        }
        text
    }

    /// Whether an agent may serve a caller of a queue who has waited so long, as one of its own.
    fn may_own(&self, agent: usize, queue: usize, waited_s: u64) -> bool {
        let steps = &self.queues[queue].widen;
        let closed = |level: u8| steps.iter().any(|(_, step)| *step <= level);
        let opened = |level: u8| steps.iter().any(|(after, step)| *step >= level && *after <= waited_s);
        self.agents[agent][queue].is_some_and(|level| !closed(level) || opened(level))
    }

    /// The same as one of its own or helping out.
    fn may(&self, agent: usize, queue: usize, waited_s: u64) -> bool {
        let helps = |(after, helper): (u64, usize)| after <= waited_s && self.agents[agent][helper].is_some();
        self.may_own(agent, queue, waited_s) || self.queues[queue].overflow.is_some_and(helps)
    }

    /// Somebody comes while there is still a second to wait.
    fn is_served(&self, queue: usize) -> bool {
        (0..self.queues[queue].max_wait_s).any(|waited_s| (0..self.agents.len()).any(|agent| self.may(agent, queue, waited_s)))
    }

    fn traps(&self) -> bool {
        let led_to = self.lines.iter().flat_map(|[one, two, closed]| {
            let human = if one.is_none() && two.is_none() { Some(0) } else { None };
            [*one, *two, *closed, human]
        });
        led_to.flatten().any(|queue| !self.is_served(queue))
    }

    fn mixes_orders(&self) -> bool {
        let ever = |agent, queue| self.may(agent, queue, u64::MAX);
        let queues = 0..self.queues.len();
        (0..self.agents.len()).any(|agent| {
            let orders: Vec<_> =
                queues.clone().filter(|queue| ever(agent, *queue)).map(|queue| self.queues[queue].order).collect();
            orders.windows(2).any(|pair| pair[0] != pair[1])
        })
    }

    fn keeps_all_back(&self) -> bool {
        self.queues.iter().enumerate().any(|(queue, here)| {
            let own = (0..self.agents.len()).filter(|agent| self.may_own(*agent, queue, u64::MAX)).count();
            here.reserve > 0 && here.reserve as usize >= own
        })
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_refused_is_wrong_and_what_is_accepted_works(plan in plan()) {
        let text = plan.written();
        let read = parse(&text, "desk.toml", &Room);
        let whats: Vec<String> = read.as_ref().err().into_iter().flatten().map(|fault| fault.what.clone()).collect();
        let said = |part: &str| whats.iter().any(|what| what.contains(part));
        prop_assert_eq!(said("no human can be reached"), plan.traps(), "{}\n{:#?}", text, whats);
        prop_assert_eq!(said("may serve both"), plan.mixes_orders(), "{}\n{:#?}", text, whats);
        prop_assert_eq!(said("keeps every agent"), plan.keeps_all_back(), "{}\n{:#?}", text, whats);
        prop_assert_eq!(read.is_ok(), !plan.traps() && !plan.mixes_orders() && !plan.keeps_all_back(), "{}\n{:#?}", text, whats);
        if let Ok(config) = read {
            prop_assert!(contradictions(&config.desk).is_empty());
            prop_assert!(Desk::new(config.desk, 1).is_ok(), "{}", text);
        }
    }
}
