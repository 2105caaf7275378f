extern crate std;

use super::*;
use alloc::collections::BTreeMap;
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
        if let Some(value) = self.theirs.get_mut(&key) {
            assert_eq!(self.ours.insert(key, *value + 7), Some(*value));
            *value += 7;
        }
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
        assert_eq!(ours.count_while(|other| *other < key), theirs.range(..key).count(), "rank of {key}");
        assert!(ours.from(&key).eq(theirs.range(key..)), "from {key}");
        let up_to = ours.count_while(|other| *other <= key);
        assert_eq!(up_to, theirs.range(..=key).count(), "entries up to {key}");
    }
}

fn filled(keys: impl IntoIterator<Item = u64>) -> Ordered<u64, u64> {
    let mut map = Ordered::new();
    keys.into_iter().for_each(|key| assert_eq!(map.insert(key, key), None));
    map
}

/// Sizes and borders are true, all pages but the last are half full, and each is either in the tree or in the chain of free ones.
fn check_form(map: &Ordered<u64, u64>) {
    let mut used = (0, 0);
    if map.leaves.at(0).is_some() {
        let size = check_subtree(map, (map.top, map.height), true, (0, u64::MAX), &mut used);
        assert_eq!(size, map.len(), "entries");
    }
    let (free_leaves, leaves) = map.leaves.free_and_all();
    let (free_branches, branches) = map.branches.free_and_all();
    assert_eq!((used.0 + free_leaves, used.1 + free_branches), (leaves, branches), "pages are lost or used twice");
}

/// Keys are from the first border on and not above the second. Returns how many there are.
fn check_subtree(
    map: &Ordered<u64, u64>,
    (page, height): (u32, u32),
    is_last: bool,
    (from, to): (u64, u64),
    used: &mut (usize, usize),
) -> usize {
    if height == 0 {
        used.0 += 1;
        let leaf = map.leaves.at(page).expect("a link leads somewhere");
        assert!(is_last || leaf.len() >= HALF, "{} entries on a page from {from} to {to}", leaf.len());
        assert!(leaf.keys().is_sorted() && leaf.keys().iter().all(|key| (from..=to).contains(key)), "keys from {from} to {to}");
        return leaf.len();
    }
    used.1 += 1;
    let branch = map.branches.at(page).expect("a link leads somewhere");
    assert!(is_last || branch.len() >= HALF, "{} subtrees on a page from {from} to {to}", branch.len());
    let mut all = 0;
    for (nth, below) in branch.items().iter().enumerate() {
        let from = if nth == 0 { from } else { branch.keys()[nth] };
        let to = branch.keys().get(nth + 1).map_or(to, |next| next - 1);
        if nth > 0 && height > 1 {
            let first = map.branches.at(below.page).and_then(|page| page.keys().first());
            assert_eq!(first, Some(&from), "the border of a page is its first key");
        }
        let is_last = is_last && nth + 1 == branch.len();
        let size = check_subtree(map, (below.page, height - 1), is_last, (from, to), used);
        assert_eq!(size, below.size as usize, "size of the subtree from {from} to {to}");
        all += size;
    }
    all
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
        let mut map = filled(keys.iter().copied());
        check_form(&map);
        assert!(keys.iter().all(|key| map.count_while(|other| other < key) as u64 == *key));
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
        let room = (ours.leaves.capacity(), ours.branches.capacity());
        for n in 1_000..101_000u64 {
            let place = (n * 7_919 % 1_000) as usize;
            assert_eq!(ours.remove(&held[place]), Some(0));
            held[place] = key(n);
            assert_eq!(ours.insert(held[place], 0), None);
        }
        assert_eq!((ours.len(), (ours.leaves.capacity(), ours.branches.capacity())), (1_000, room));
        check_form(&ours);
    });
}

#[test]
fn room_is_near_what_is_needed_and_is_kept() {
    let mut map = Ordered::new();
    for key in 0..20_000u64 {
        map.insert(key, key);
        let (pages, needed) = (map.leaves.capacity(), pages_for(map.len()));
        assert!(pages <= needed + needed / 8 + 4, "{pages} pages for {} entries", map.len());
        assert!(map.branches.capacity() <= pages / (HALF - 1) + 8, "{} pages above {pages}", map.branches.capacity());
    }
    let room = map.leaves.capacity();
    map.clear();
    assert!(map.is_empty() && map.first().is_none() && map.iter().next().is_none());
    for key in 0..20_000 {
        map.insert(key, key);
    }
    assert_eq!(map.leaves.capacity(), room);
    check_form(&map);
}
