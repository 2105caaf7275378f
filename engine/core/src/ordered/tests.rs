extern crate std;

use super::nodes::HEAVIEST;
use super::path::DEPTH_MAX;
use super::*;
use crate::Code;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use std::eprintln;

const SEEDS: u64 = 48;
const STEPS: usize = 3_000;

/// SplitMix64, which names itself when a test fails.
struct Chance {
    seed: u64,
    state: u64,
}

impl Chance {
    fn new(seed: u64) -> Chance {
        Chance { seed, state: seed }
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }
}

impl Drop for Chance {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the seed was {}", self.seed);
        }
    }
}

/// How new keys are chosen, and which are taken out.
#[derive(Clone, Copy, Debug)]
enum Custom {
    Ascending,
    Descending,
    Anywhere,
    /// In at the end, out at the front; some leave early, and some come back to where they stood.
    Queue,
}

const CUSTOMS: [Custom; 4] = [Custom::Ascending, Custom::Descending, Custom::Anywhere, Custom::Queue];

/// The map and what it must be like.
struct Pair {
    ours: Ordered<u64, u64>,
    theirs: BTreeMap<u64, u64>,
    chance: Chance,
    custom: Custom,
    steps: u64,
}

impl Pair {
    /// The seed says everything, the custom too.
    fn new(seed: u64) -> Pair {
        let custom = CUSTOMS[seed as usize % CUSTOMS.len()];
        Pair { ours: Ordered::new(), theirs: BTreeMap::new(), chance: Chance::new(seed), custom, steps: 0 }
    }

    /// One operation. The map fills for 500 steps and empties for as many.
    fn step(&mut self) {
        self.steps += 1;
        let filling = self.steps % 1_000 < 500;
        match self.chance.below(100) {
            0..60 if filling => self.insert(),
            0..60 => self.take_out(),
            60..80 => self.insert(),
            80..98 => self.take_out(),
            98 => self.change_values(),
            _ if self.chance.below(10) == 0 => self.clear(),
            _ => self.take_out(),
        }
        check_form(&self.ours);
    }

    fn insert(&mut self) {
        let key = match self.custom {
            Custom::Ascending => 1_000 + self.steps,
            Custom::Descending => 1_000_000 - self.steps,
            Custom::Anywhere => self.chance.below(400),
            Custom::Queue if self.chance.below(8) == 0 => 1_000 + self.chance.below(self.steps + 1),
            Custom::Queue => 1_000 + self.steps,
        };
        assert_eq!(self.ours.insert(key, self.steps), self.theirs.insert(key, self.steps));
    }

    fn take_out(&mut self) {
        let at_the_front = match self.custom {
            Custom::Ascending | Custom::Descending => self.chance.below(2) == 0,
            Custom::Anywhere => self.chance.below(10) == 0,
            Custom::Queue => self.chance.below(4) > 0,
        };
        if at_the_front {
            return assert_eq!(self.ours.pop_first(), self.theirs.pop_first());
        }
        let key = self.some_key();
        assert_eq!(self.ours.remove(&key), self.theirs.remove(&key));
    }

    fn change_values(&mut self) {
        let key = self.some_key();
        assert_eq!(self.ours.get_mut(&key), self.theirs.get_mut(&key));
        self.ours.get_mut(&key).into_iter().chain(self.theirs.get_mut(&key)).for_each(|value| *value += 7);
    }

    fn clear(&mut self) {
        self.ours.clear();
        self.theirs.clear();
    }

    /// A key that is held, or next to one that is or was.
    fn some_key(&mut self) -> u64 {
        let nth = self.chance.below(self.theirs.len() as u64 + 1) as usize;
        let held = self.theirs.keys().nth(nth).copied().unwrap_or(1_000);
        held + self.chance.below(8).saturating_sub(6)
    }

    fn check(&self) {
        assert!(self.ours.iter().eq(self.theirs.iter()), "other entries after {} steps", self.steps);
        assert_eq!((self.ours.len(), self.ours.is_empty()), (self.theirs.len(), self.theirs.is_empty()));
        assert_eq!(self.ours.first(), self.theirs.first_key_value());
    }

    fn check_around(&self, key: u64) {
        let (ours, theirs) = (&self.ours, &self.theirs);
        assert_eq!((ours.get(&key), ours.contains(&key)), (theirs.get(&key), theirs.contains_key(&key)));
        assert_eq!(ours.count_while(|other, _| *other < key), theirs.range(..key).count(), "rank of {key}");
        assert!(ours.from(&key).eq(theirs.range(key..)), "from {key}");
        let up_to = ours.count_while(|other, value| {
            assert_eq!(theirs.get(other), Some(value));
            *other <= key
        });
        assert_eq!(up_to, theirs.range(..=key).count(), "entries up to {key}");
    }
}

/// Sizes are true, no side is too heavy, and every slot is either in the tree or in the chain of free ones.
fn check_form(map: &Ordered<u64, u64>) {
    check_subtree(map, map.all);
    let (free, all) = map.nodes.free_and_all();
    assert_eq!(map.len() + free, all, "slots are lost or used twice");
}

fn check_subtree(map: &Ordered<u64, u64>, tree: Subtree) {
    let Some(node) = map.nodes.at(tree.top) else { return assert_eq!(tree.size, 0, "nothing has no size") };
    let sides = [Side::Before, Side::After].map(|side| node.side(side));
    let [before, after] = sides.map(|side| side.size);
    let (light, heavy) = (u64::from(before.min(after)) + 1, u64::from(before.max(after)) + 1);
    assert!(heavy <= HEAVIEST * light, "{before} before {} and {after} after it are out of balance", node.key);
    assert_eq!(tree.size, before + after + 1, "size of the subtree of {}", node.key);
    sides.iter().for_each(|side| check_subtree(map, *side));
}

fn each_schedule(run: impl FnMut(Pair)) {
    (0..SEEDS).map(Pair::new).for_each(run);
}

#[test]
fn it_is_what_a_btree_map_is_and_keeps_its_form() {
    let mut longest = 0;
    each_schedule(|mut pair| {
        for _ in 0..STEPS {
            pair.step();
            pair.check();
            longest = longest.max(pair.ours.len());
        }
    });
    assert!(longest > 100, "the schedules held {longest} entries at most and tried little");
}

#[test]
fn counts_and_boundaries_are_those_of_a_btree_map() {
    each_schedule(|mut pair| {
        for _ in 0..STEPS {
            pair.step();
            let key = pair.some_key();
            pair.check_around(key);
        }
        pair.check_around(0);
        pair.check_around(u64::MAX);
    });
}

#[test]
fn ordered_keys_leave_a_large_map_in_form() {
    for keys in [Vec::from_iter(0..50_000u64), Vec::from_iter((0..50_000).rev())] {
        let mut map: Ordered<u64, u64> = keys.iter().map(|key| (*key, *key)).collect();
        check_form(&map);
        assert!(keys.iter().all(|key| map.count_while(|other, _| other < key) as u64 == *key));
        keys.iter().step_by(3).for_each(|key| assert_eq!(map.remove(key), Some(*key)));
        check_form(&map);
    }
}

#[test]
fn a_steady_state_takes_no_more_room() {
    each_schedule(|Pair { mut ours, mut chance, custom, .. }| {
        let mut key = |n: u64| match custom {
            Custom::Ascending | Custom::Queue => n,
            Custom::Descending => u64::MAX - n,
            Custom::Anywhere => (chance.below(1 << 30) << 32) + n,
        };
        let mut held: Vec<u64> = (0..1_000).map(&mut key).collect();
        for key in &held {
            ours.insert(*key, 0);
        }
        let room = ours.nodes.capacity();
        for n in 1_000..101_000u64 {
            let place = (n * 7_919 % 1_000) as usize;
            assert_eq!(ours.remove(&held[place]), Some(0));
            held[place] = key(n);
            assert_eq!(ours.insert(held[place], 0), None);
        }
        assert_eq!((ours.len(), ours.nodes.capacity()), (1_000, room));
        check_form(&ours);
    });
}

#[test]
fn room_is_near_what_is_needed_and_is_kept() {
    let mut map = Ordered::new();
    for key in 0..20_000u64 {
        map.insert(key, key);
        assert!(map.nodes.capacity() <= map.len() + map.len() / 8 + 4, "{} slots for {}", map.nodes.capacity(), map.len());
    }
    let room = map.nodes.capacity();
    map.clear();
    assert!(map.is_empty() && map.first().is_none() && map.iter().next().is_none());
    for key in 0..20_000 {
        map.insert(key, key);
    }
    assert_eq!(map.nodes.capacity(), room);
    check_form(&map);
}

#[test]
fn what_is_taken_out_is_not_kept() {
    let value = Arc::new(());
    let mut map: Ordered<u64, Arc<()>> = (0..100).map(|key| (key, Arc::clone(&value))).collect();
    (0..50).for_each(|key| drop(map.remove(&(key * 2))));
    (0..20).for_each(|_| drop(map.pop_first()));
    assert_eq!(Arc::strong_count(&value), 1 + 30);
    map.clear();
    assert_eq!(Arc::strong_count(&value), 1);
}

#[test]
fn its_byte_form_is_a_btree_maps() {
    each_schedule(|mut pair| {
        for _ in 0..200 {
            pair.step();
            let bytes = pair.ours.to_bytes();
            assert_eq!(bytes, pair.theirs.to_bytes());
            let read = Ordered::<u64, u64>::from_bytes(&bytes).expect("what was written can be read");
            check_form(&read);
            assert!(read.iter().eq(pair.theirs.iter()));
        }
    });
}

#[test]
fn hostile_bytes_are_read_as_a_btree_map_reads_them() {
    let mut chance = Chance::new(4);
    for _ in 0..5_000 {
        let length = chance.below(24);
        let bytes: Vec<u8> = (0..length).map(|_| chance.below(12) as u8).collect();
        let ours = Ordered::<u64, u64>::from_bytes(&bytes).map(|map| map.to_bytes());
        assert_eq!(ours, BTreeMap::<u64, u64>::from_bytes(&bytes).map(|map| map.to_bytes()));
    }
}

/// The leanest subtree that a depth can have is the leanest child and a third of its weight beside it.
#[test]
fn no_tree_is_deeper_than_a_path() {
    let heavier = |weight: &u64| Some(weight + weight.div_ceil(HEAVIEST));
    let weights = core::iter::successors(Some(2), heavier);
    let deepest = weights.take_while(|weight| *weight <= 1 << 32).count();
    assert!((60..=DEPTH_MAX).contains(&deepest), "a tree may be {deepest} deep");
}
