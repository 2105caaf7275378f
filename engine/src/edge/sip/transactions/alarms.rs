//! Times at which something is due. There are only a few different spans to wait, so each has a queue: what was set last
//! is due last, and nothing is ever sorted or taken out.

use std::collections::VecDeque;

use super::TxId;

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alarm {
    /// To be sent again, unless something came of it.
    Again,
    /// To be forgotten.
    End,
}

/// What is due when.
#[derive(Debug, Default)]
pub(super) struct Alarms {
    queues: Vec<Queue>,
}

#[derive(Debug)]
struct Queue {
    span_ms: u64,
    set: VecDeque<(u64, TxId, Alarm)>,
}

impl Alarms {
    /// Sets an alarm `span_ms` from now. The present never goes back.
    pub(super) fn set(&mut self, now_ms: u64, span_ms: u64, id: TxId, alarm: Alarm) {
        let entry = (now_ms + span_ms, id, alarm);
        match self.queues.iter_mut().find(|queue| queue.span_ms == span_ms) {
            Some(queue) => queue.set.push_back(entry),
            None => self.queues.push(Queue { span_ms, set: VecDeque::from([entry]) }),
        }
    }

    /// The next alarm that is due, taken out.
    pub(super) fn due(&mut self, now_ms: u64) -> Option<(TxId, Alarm)> {
        let due = |queue: &mut Queue| queue.set.pop_front_if(|(due_ms, ..)| *due_ms <= now_ms);
        self.queues.iter_mut().find_map(due).map(|(_, id, alarm)| (id, alarm))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever is set goes off once, not before its time, and at the first look after it.
        #[test]
        fn each_alarm_goes_off_once_and_in_time(
            steps in prop::collection::vec((prop::sample::select(vec![500_u64, 1_000, 32_000]), 0_u64..2_000), 1..60)
        ) {
            let (mut alarms, mut now_ms, mut waiting) = (Alarms::default(), 0, Vec::new());
            for (n, (span_ms, pause_ms)) in steps.into_iter().enumerate() {
                let id = TxId(n as u64);
                alarms.set(now_ms, span_ms, id, Alarm::Again);
                waiting.push((now_ms + span_ms, id));
                now_ms += pause_ms;
                while let Some((id, _)) = alarms.due(now_ms) {
                    let place = waiting.iter().position(|(_, other)| *other == id).expect("it was set, and not heard before");
                    prop_assert!(waiting.swap_remove(place).0 <= now_ms);
                }
                prop_assert!(waiting.iter().all(|(due_ms, _)| *due_ms > now_ms));
            }
        }
    }
}
