//! Thresholds drawn by lot, each of them left out on some desks, so that the others show undisturbed.

use crate::Draw;
use cabrank_core::{
    AgentOrder, CallbackTerms, Class, ClassId, Order, Overflow, Permille, QueueId, Quoting, Settings, Span, Thresholds, Widening,
};

/// The names that callers' classes may have; the first stands for none.
pub(crate) const CLASSES: [&str; 4] = ["", "regular", "patient", "staff"];

/// Thresholds of the queue `own`, one of so many.
pub(crate) fn any_thresholds(draw: &mut Draw, own: QueueId, queues: u16, order: Order) -> Thresholds {
    let classes = any_classes(draw);
    Thresholds {
        order,
        default_class: ClassId(draw.between(0, classes.len() as u64 - 1) as u8),
        classes,
        agent_order: if draw.chance(35) { AgentOrder::LeastOccupied } else { AgentOrder::LongestIdle },
        widen: if draw.chance(40) { any_widening(draw) } else { Vec::new() },
        overflow: any_overflow(draw, own, queues),
        reserve: if draw.chance(25) { draw.between(1, 2) as u32 } else { 0 },
        preferred_agent_for: if draw.chance(50) { draw.millis(1_000, 30_000) } else { Span(0) },
        keep_place_for: if draw.chance(70) { draw.millis(5_000, 300_000) } else { Span(0) },
        max_waiting: if draw.chance(25) { draw.between(1, 4) as u32 } else { 100 },
        max_wait: if draw.chance(30) { draw.millis(5_000, 60_000) } else { Span::secs(1_800) },
        callback: draw.chance(50).then(|| any_terms(draw)),
        quote: draw.chance(40).then(|| Quoting { confidence: Permille(draw.between(500, 950) as u16) }),
        comfort_every: draw.millis(5_000, 45_000),
        warn_within: if draw.chance(40) { draw.millis(10_000, 600_000) } else { Span(0) },
        ring_for: draw.millis(3_000, 20_000),
        wrap_up: if draw.chance(20) { Span(0) } else { draw.millis(1_000, 20_000) },
        ..Thresholds::default()
    }
}

/// What a supervisor makes of some queues' thresholds. Mostly the order stays; now and then it is another one for all
/// queues, or for some alone, which a desk refuses if they share an agent.
pub(crate) fn changed_thresholds(draw: &mut Draw, settings: &Settings) -> Vec<(QueueId, Thresholds)> {
    let queues = settings.queues.len() as u16;
    let reorder = draw.chance(25);
    let drawn = *draw.one_of(Order::ALL).unwrap_or(&Order::Proportional);
    let touched = (0..queues).filter(|_| draw.chance(60) || (reorder && draw.chance(90))).collect::<Vec<_>>();
    let change = |queue: u16| {
        let present = settings.queues.get(usize::from(queue)).map_or(drawn, |queue| queue.thresholds.order);
        (QueueId(queue), any_thresholds(draw, QueueId(queue), queues, if reorder { drawn } else { present }))
    };
    touched.into_iter().map(change).collect()
}

/// One to four classes with targets that differ widely, the unnamed one not always among them.
fn any_classes(draw: &mut Draw) -> Vec<Class> {
    let first = draw.between(0, 1) as usize;
    let count = draw.between(1, 3) as usize;
    let named = CLASSES.iter().skip(first).take(count);
    named.map(|name| Class { name: (*name).into(), target: draw.millis(500, 90_000) }).collect()
}

fn any_widening(draw: &mut Draw) -> Vec<Widening> {
    let steps = draw.between(1, 2);
    (0..steps).map(|_| Widening { after: draw.millis(500, 40_000), level: draw.between(1, 3) as u8 }).collect()
}

fn any_overflow(draw: &mut Draw, own: QueueId, queues: u16) -> Option<Overflow> {
    let other = QueueId(draw.between(0, u64::from(queues) - 1) as u16);
    (other != own && draw.chance(50)).then(|| Overflow { after: draw.millis(0, 40_000), queue: other })
}

fn any_terms(draw: &mut Draw) -> CallbackTerms {
    CallbackTerms { over: draw.millis(0, 20_000), retry_after: draw.millis(1_000, 60_000), tries_max: draw.between(1, 3) as u8 }
}
