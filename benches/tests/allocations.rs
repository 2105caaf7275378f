//! A steady state allocates nothing for a decision, and a waiting call is small. Counted, not timed.

use cabrank_benches::{Floor, Size};
use cabrank_core::Order;

/// Debug builds sweep the whole desk after every input, so that this is as large as is still quick.
const WAITING: u64 = 1_500;

/// Decisions counted, after as many that may still make room.
const DECISIONS: usize = 300;

fn size(order: Order) -> Size {
    Size { waiting: WAITING, agents: 40, queues: 8, skills: 4, order }
}

fn allocations(step: impl FnMut()) -> u64 {
    allocation_counter::measure(step).count_total
}

#[test]
fn a_free_agent_takes_the_next_caller_without_an_allocation() {
    for order in Order::ALL {
        let mut floor = Floor::busy(size(*order));
        let mut decide = || {
            floor.finish_a_talk();
            let allocated = allocations(|| floor.decide());
            assert!(floor.rung().is_some(), "somebody is rung");
            floor.answer();
            allocated
        };
        let _: u64 = (0..DECISIONS).map(|_| decide()).sum();
        let allocated: u64 = (0..DECISIONS).map(|_| decide()).sum();
        assert_eq!(allocated, 0, "{order:?}: in {DECISIONS} decisions");
    }
}

#[test]
fn a_newcomer_finds_an_idle_agent_without_an_allocation() {
    let mut floor = Floor::idle(size(Order::Proportional));
    let mut decide = || {
        let call = floor.arrive();
        let allocated = allocations(|| floor.greeted(call));
        assert!(floor.rung().is_some(), "somebody is rung");
        floor.hang_up(call);
        allocated
    };
    let _: u64 = (0..DECISIONS).map(|_| decide()).sum();
    let allocated: u64 = (0..DECISIONS).map(|_| decide()).sum();
    assert_eq!(allocated, 0, "in {DECISIONS} decisions");
}

/// Everything that the core holds for a call in line: the call with its number, its place, its alarm, and the room that its
/// collections keep spare. The profile is the directory's, and shared by all calls of one caller.
#[test]
fn a_waiting_call_takes_less_than_512_bytes() {
    const BYTES_MAX: i64 = 512;
    let mut floor = Floor::busy(Size { waiting: 0, ..size(Order::Proportional) });
    let grown = allocation_counter::measure(|| (0..WAITING).for_each(|_| floor.join())).bytes_current;
    let per_call = grown / WAITING as i64;
    println!("{per_call} bytes a waiting call, of {WAITING}");
    assert!(per_call < BYTES_MAX, "{per_call} bytes");
}
