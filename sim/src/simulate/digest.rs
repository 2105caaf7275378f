//! Equal decisions, equal digests: whether two runs decided alike, down to whom they passed over and why.
//!
//! Each decision, and each it passed over, becomes one word: its fields times fixed odd numbers, summed (multilinear
//! hashing, as cheap as it is short; one changed field always changes the sum). The words are chained in order.

use cabrank_core::{Candidate, Decision, NotRung, NotServed, Order, Outbox, PassedOver, Step, Why};

/// A hash over all decisions in order: equal for equal decisions, on every machine. The default one has seen none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecisionsDigest {
    value: u64,
}

impl DecisionsDigest {
    const OFFSET_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;

    /// Takes in what the desk has decided since the outbox was cleared.
    pub fn note(&mut self, out: &Outbox) {
        for decision in &out.decisions {
            self.chain(word_of(decision));
            for passed_over in out.passed_over.get(decision.passed_over.clone()).unwrap_or_default() {
                self.chain(word_of_passed_over(passed_over));
            }
        }
    }

    /// The hash so far.
    pub fn value(&self) -> u64 {
        self.value
    }

    /// FNV-1a's step over a whole word, then a shift, so that high bits reach the low ones.
    fn chain(&mut self, word: u64) {
        let step = (self.value ^ word).wrapping_mul(Self::PRIME);
        self.value = step ^ (step >> 29);
    }
}

impl Default for DecisionsDigest {
    fn default() -> Self {
        DecisionsDigest { value: Self::OFFSET_BASIS }
    }
}

/// Odd, and otherwise without meaning: the first numbers of SplitMix64 from 0.
const FACTORS: [u64; 6] = [
    0xe220_a839_7b1d_cdaf,
    0x6e78_9e6a_a1b9_65f5,
    0x06c4_5d18_8009_454f,
    0xf88b_b8a8_724c_81ed,
    0x1b39_896a_51a8_749b,
    0x53cb_9f0c_747e_a2eb,
];

fn sum(fields: [u64; 6]) -> u64 {
    let products = fields.iter().zip(FACTORS).map(|(field, factor)| field.wrapping_add(1).wrapping_mul(factor));
    products.fold(0, u64::wrapping_add)
}

fn word_of(decision: &Decision) -> u64 {
    let agent = u64::from(decision.agent.0) | (word_of_why(decision.why) << 32) | ((decision.passed_over.len() as u64) << 40);
    let step = match decision.step {
        Step::Rung(offer) => offer.0,
        Step::CalledBack => u64::MAX - 1,
    };
    word_of_candidate(&decision.chosen, agent, step).wrapping_add(decision.at.0.rotate_left(32).wrapping_mul(FACTORS[0]))
}

fn word_of_passed_over(passed_over: &PassedOver) -> u64 {
    match passed_over {
        PassedOver::Caller(candidate, why) => {
            let (kind, detail) = word_of_not_served(*why);
            word_of_candidate(candidate, kind, detail)
        }
        PassedOver::Agent(agent, why) => {
            let (kind, detail) = word_of_not_rung(*why);
            sum([u64::from(agent.0), kind, detail, 1, 0, 0])
        }
    }
}

fn word_of_candidate(candidate: &Candidate, kind: u64, detail: u64) -> u64 {
    let line = (u64::from(candidate.queue.0) << 8) | u64::from(candidate.class.0);
    sum([candidate.call.0, candidate.since.0, candidate.place.0, line, kind, detail])
}

fn word_of_why(why: Why) -> u64 {
    match why {
        Why::OwnAgentFree => 0,
        Why::BestIdle => 1,
        Why::OwnAgentIdle => 2,
        Why::First(order) => 3 + word_of_order(order),
    }
}

fn word_of_order(order: Order) -> u64 {
    match order {
        Order::Proportional => 0,
        Order::Fifo => 1,
        Order::StrictPriority => 2,
        Order::HeadStart => 3,
    }
}

fn word_of_not_served(why: NotServed) -> (u64, u64) {
    match why {
        NotServed::Later(order) => (0, word_of_order(order)),
        NotServed::OwnAgent => (1, 0),
        NotServed::OpensAt(at) => (2, at.0),
        NotServed::KeptFor(queue) => (3, u64::from(queue.0)),
        NotServed::JustMissed => (4, 0),
        NotServed::OthersDialled => (5, 0),
    }
}

fn word_of_not_rung(why: NotRung) -> (u64, u64) {
    match why {
        NotRung::WorseLevel => (16, 0),
        NotRung::LaterTurn => (17, 0),
        NotRung::OwnAgent => (18, 0),
        NotRung::OpensAt(at) => (19, at.0),
        NotRung::KeptFor(queue) => (20, u64::from(queue.0)),
        NotRung::JustMissed => (21, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cabrank_core::{AgentId, CallId, ClassId, OfferId, Place, QueueId, Tick};

    fn candidate() -> Candidate {
        Candidate { call: CallId(7), queue: QueueId(1), class: ClassId(2), since: Tick(900), place: Place(4) }
    }

    fn outbox(change: impl Fn(&mut Decision, &mut Vec<PassedOver>)) -> Outbox {
        let other = Candidate { call: CallId(8), ..candidate() };
        let mut passed_over =
            vec![PassedOver::Caller(other, NotServed::JustMissed), PassedOver::Agent(AgentId(3), NotRung::LaterTurn)];
        let (step, why) = (Step::Rung(OfferId(5)), Why::First(Order::Fifo));
        let mut decision = Decision { at: Tick(1_000), chosen: candidate(), agent: AgentId(6), step, why, passed_over: 0..2 };
        change(&mut decision, &mut passed_over);
        Outbox { decisions: vec![decision], passed_over, ..Outbox::default() }
    }

    fn digest(change: impl Fn(&mut Decision, &mut Vec<PassedOver>)) -> u64 {
        let mut digest = DecisionsDigest::default();
        digest.note(&outbox(change));
        digest.value()
    }

    #[test]
    fn every_field_of_a_decision_counts() {
        let digests = [
            digest(|_, _| {}),
            digest(|decision, _| decision.at = Tick(1_001)),
            digest(|decision, _| decision.chosen.call = CallId(9)),
            digest(|decision, _| decision.chosen.queue = QueueId(2)),
            digest(|decision, _| decision.chosen.class = ClassId(3)),
            digest(|decision, _| decision.chosen.since = Tick(901)),
            digest(|decision, _| decision.chosen.place = Place(5)),
            digest(|decision, _| decision.agent = AgentId(7)),
            digest(|decision, _| decision.step = Step::Rung(OfferId(6))),
            digest(|decision, _| decision.step = Step::CalledBack),
            digest(|decision, _| decision.why = Why::BestIdle),
            digest(|decision, _| decision.why = Why::First(Order::HeadStart)),
            digest(|decision, _| decision.passed_over = 0..1),
            digest(|_, passed_over| passed_over.swap(0, 1)),
            digest(|_, passed_over| passed_over[0] = PassedOver::Caller(candidate(), NotServed::JustMissed)),
            digest(|_, passed_over| passed_over[1] = PassedOver::Agent(AgentId(3), NotRung::OpensAt(Tick(3)))),
            digest(|_, passed_over| passed_over[1] = PassedOver::Agent(AgentId(3), NotRung::OpensAt(Tick(4)))),
        ];
        for (n, one) in digests.iter().enumerate() {
            assert!(!digests[..n].contains(one), "the {n}th change does not show");
        }
        assert_eq!(digests[0], digest(|_, _| {}));
    }

    #[test]
    fn the_order_of_decisions_counts() {
        let (one, other) = (outbox(|_, _| {}), outbox(|decision, _| decision.agent = AgentId(9)));
        let of = |outs: [&Outbox; 2]| {
            let mut digest = DecisionsDigest::default();
            outs.iter().for_each(|out| digest.note(out));
            digest.value()
        };
        assert_ne!(of([&one, &other]), of([&other, &one]));
    }

    #[test]
    fn the_digest_is_the_same_on_every_machine() {
        assert_eq!(digest(|_, _| {}), 0xeba0_3b83_40a6_1253);
    }
}
