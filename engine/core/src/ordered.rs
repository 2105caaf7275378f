//! The desk's one collection: a map in the order of its keys that also knows how many keys stand before one.
//!
//! A B+ tree with counts (Bayer and McCreight 1972; Comer 1979): entries lie in pages, which are leaves below pages of subtrees.
//! Every page is at least half full, but for the last ones. A desk as busy as it has been before allocates nothing. No
//! access can panic: a link to nowhere is an index of no page.

mod page;
mod pool;

use page::{FULL, HALF, NOWHERE, Page};
use pool::Pool;

/// A map in the order of its keys. Finding a key or a boundary takes logarithmic time.
///
/// It holds `u32::MAX` entries at most, which no limit of a desk comes near. Room once taken is kept until the map is dropped.
#[derive(Clone, Debug)]
pub(crate) struct Ordered<K, V> {
    /// The lowest keys are in the first page.
    leaves: Pool<K, V>,
    /// Each key is above all keys of the subtrees before, and not above those of its own; the very first of a level says nothing.
    branches: Pool<K, Subtree>,
    top: u32,
    /// How many pages of subtrees are passed on the way to a leaf.
    height: u32,
    len: usize,
    /// For how many entries there are pages, however they lie.
    room: usize,
}

/// A page one level below, and how many entries there are in it and below.
#[derive(Clone, Copy, Debug)]
struct Subtree {
    page: u32,
    size: u32,
}

/// What came of an insertion into a subtree.
enum Inserted<K, V> {
    /// The key was there, with this value.
    Replaced(V),
    /// It is one entry larger, and nothing else.
    Grown,
    /// It is one entry larger, and the part of it from that key on is a subtree of its own.
    Split(K, Subtree),
}

impl<K: Ord + Copy, V: Copy> Ordered<K, V> {
    /// A map with nothing in it. It has allocated nothing.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no entry.
    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Drops every entry and keeps the room.
    pub(crate) fn clear(&mut self) {
        self.leaves.clear();
        self.branches.clear();
        (self.top, self.height, self.len) = (0, 0, 0);
    }

    /// Holds `value` under `key`, and returns what was held there before.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        if self.len >= self.room {
            self.make_room();
        }
        let page = self.pass(&key, |size| size.wrapping_add(1));
        if let Some(leaf) = self.leaves.at_mut(page)
            && leaf.len() < FULL
            && let Err(at) = leaf.find(&key)
        {
            leaf.insert(at, key, value);
            self.len += 1;
            return None;
        }
        self.pass(&key, |size| size.wrapping_sub(1));
        self.insert_anew(key, value)
    }

    /// Takes the entry of `key` out.
    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        let page = self.pass(key, |size| size.wrapping_sub(1));
        if let Some(leaf) = self.leaves.at_mut(page)
            && (leaf.len() > HALF || self.height == 0)
            && let Ok(at) = leaf.find(key)
        {
            self.len -= 1;
            return leaf.remove(at);
        }
        self.pass(key, |size| size.wrapping_add(1));
        self.remove_and_join(key)
    }

    /// The value held under `key`.
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        let leaf = self.leaf(|other| other <= key)?;
        leaf.items().get(leaf.find(key).ok()?)
    }

    /// Whether something is held under `key`.
    pub(crate) fn contains(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    /// The entry with the lowest key.
    pub(crate) fn first(&self) -> Option<(&K, &V)> {
        let leaf = self.leaves.at(0)?;
        leaf.keys().first().zip(leaf.items().first())
    }

    /// Takes the entry with the lowest key out.
    pub(crate) fn pop_first(&mut self) -> Option<(K, V)> {
        let key = *self.first()?.0;
        self.remove(&key).map(|value| (key, value))
    }

    /// Every entry, by ascending key. A step takes constant time, and nothing is allocated.
    pub(crate) fn iter(&self) -> Ascending<'_, K, V> {
        Ascending { leaves: &self.leaves, page: 0, at: 0 }
    }

    /// The entries whose keys are `key` or above, by ascending key.
    pub(crate) fn from(&self, key: &K) -> Ascending<'_, K, V> {
        let page = self.page_of_leaf(|other| other <= key);
        let at = self.leaves.at(page).map_or(0, |leaf| leaf.find(key).unwrap_or_else(|at| at));
        Ascending { leaves: &self.leaves, page, at }
    }

    /// How many of the first entries satisfy `pred`, which must be false for all keys above one for which it is.
    pub(crate) fn count_while(&self, pred: impl Fn(&K) -> bool) -> usize {
        let (mut page, mut count) = (self.top, 0);
        for _ in 0..self.height {
            let Some(branch) = self.branches.at(page) else { return count };
            let nth = branch.below(&pred);
            count += size_of(branch.items().get(..nth).unwrap_or_default()) as usize;
            page = branch.items().get(nth).map_or(NOWHERE, |below| below.page);
        }
        count + self.leaves.at(page).map_or(0, |leaf| leaf.keys().partition_point(&pred))
    }

    fn leaf(&self, is_before: impl Fn(&K) -> bool) -> Option<&Page<K, V>> {
        self.leaves.at(self.page_of_leaf(is_before))
    }

    fn page_of_leaf(&self, is_before: impl Fn(&K) -> bool) -> u32 {
        let mut page = self.top;
        for _ in 0..self.height {
            let branch = self.branches.at(page);
            let below = branch.and_then(|branch| branch.items().get(branch.below(&is_before)));
            page = below.map_or(NOWHERE, |below| below.page);
        }
        page
    }

    /// Goes down to the leaf of a key, and changes the sizes of all subtrees on the way.
    fn pass(&mut self, key: &K, change: impl Fn(u32) -> u32) -> u32 {
        let mut page = self.top;
        for _ in 0..self.height {
            let Some(branch) = self.branches.at_mut(page) else { return NOWHERE };
            let nth = branch.below(|other| other <= key);
            let Some(below) = branch.items_mut().get_mut(nth) else { return NOWHERE };
            below.size = change(below.size);
            page = below.page;
        }
        page
    }

    /// Inserts where the key is held already, or where there is no room and pages are to be split.
    fn insert_anew(&mut self, key: K, value: V) -> Option<V> {
        if self.leaves.at(0).is_none() {
            self.leaves.occupy(Page::of(key, value));
            self.len = 1;
            return None;
        }
        match self.insert_below(self.top, self.height, true, key, value) {
            Inserted::Replaced(before) => return Some(before),
            Inserted::Grown => {}
            Inserted::Split(from, after) => self.raise(key, from, after),
        }
        self.len += 1;
        None
    }

    /// Takes out what is not there, or what leaves a page less than half full.
    fn remove_and_join(&mut self, key: &K) -> Option<V> {
        let value = self.remove_below(self.top, self.height, key)?;
        self.len -= 1;
        if self.height > 0
            && let Some([only]) = self.branches.at(self.top).map(Page::items)
        {
            let page = only.page;
            self.branches.vacate(self.top);
            self.top = page;
            self.height -= 1;
        }
        Some(value)
    }

    fn insert_below(&mut self, page: u32, height: u32, is_last: bool, key: K, value: V) -> Inserted<K, V> {
        if height == 0 {
            return self.insert_into_leaf(page, is_last, key, value);
        }
        let Some(branch) = self.branches.at(page) else { return Inserted::Grown };
        let (nth, len) = (branch.below(|other| *other <= key), branch.len());
        let Some(below) = branch.items().get(nth).copied() else { return Inserted::Grown };
        let inserted = self.insert_below(below.page, height - 1, is_last && nth + 1 == len, key, value);
        let size = match &inserted {
            Inserted::Replaced(_) => return inserted,
            Inserted::Grown => below.size + 1,
            Inserted::Split(_, after) => below.size + 1 - after.size,
        };
        if let Some(below) = self.branches.at_mut(page).and_then(|branch| branch.items_mut().get_mut(nth)) {
            below.size = size;
        }
        let Inserted::Split(from, after) = inserted else { return Inserted::Grown };
        split_off(&self.branches.insert(page, nth + 1, from, after, is_last), &self.branches, |page| size_of(page.items()))
    }

    fn insert_into_leaf(&mut self, page: u32, is_last: bool, key: K, value: V) -> Inserted<K, V> {
        let Some(leaf) = self.leaves.at_mut(page) else { return Inserted::Grown };
        match leaf.find(&key) {
            Ok(at) => match leaf.items_mut().get_mut(at) {
                Some(held) => Inserted::Replaced(core::mem::replace(held, value)),
                None => Inserted::Grown,
            },
            Err(at) => {
                let new = self.leaves.insert(page, at, key, value, is_last);
                split_off(&new, &self.leaves, |page| page.len() as u32)
            }
        }
    }

    /// The topmost page was split: it and the part split off hang below a new one.
    fn raise(&mut self, key: K, from: K, after: Subtree) {
        let size = (self.len + 1) as u32 - after.size;
        let mut top = Page::of(key, Subtree { page: self.top, size });
        top.insert(1, from, after);
        self.top = self.branches.occupy(top);
        self.height += 1;
    }

    fn remove_below(&mut self, page: u32, height: u32, key: &K) -> Option<V> {
        if height == 0 {
            let leaf = self.leaves.at_mut(page)?;
            let at = leaf.find(key).ok()?;
            return leaf.remove(at);
        }
        let branch = self.branches.at(page)?;
        let nth = branch.below(|other| other <= key);
        let below = branch.items().get(nth)?.page;
        let value = self.remove_below(below, height - 1, key)?;
        self.branches.at_mut(page)?.items_mut().get_mut(nth)?.size -= 1;
        let left = if height == 1 { self.leaves.at(below)?.len() } else { self.branches.at(below)?.len() };
        if left < HALF {
            self.top_up(page, height - 1, nth);
        }
        Some(value)
    }

    /// Evens out the nth subtree of a page and the one beside it, which may make them one. Their own pages are of that height.
    fn top_up(&mut self, page: u32, height: u32, nth: usize) -> Option<()> {
        let branch = self.branches.at(page)?;
        let nth = nth.min(branch.len().checked_sub(2)?);
        let [before, after] = [branch.items().get(nth)?.page, branch.items().get(nth + 1)?.page];
        let (joined, size, from) = if height == 0 {
            let joined = self.leaves.even_out(before, after);
            (joined, self.leaves.at(before)?.len() as u32, self.leaves.at(after)?.keys().first().copied())
        } else {
            let joined = self.branches.even_out(before, after);
            (joined, size_of(self.branches.at(before)?.items()), self.branches.at(after)?.keys().first().copied())
        };
        self.branches.at_mut(page)?.were_evened_out(nth, size, from.filter(|_| !joined))
    }

    /// Takes room for more than there are: an eighth, and however the entries will lie. A desk fills only once, so that the
    /// copies do not count.
    fn make_room(&mut self) {
        self.room = if self.room < FULL { FULL } else { self.len + self.len / 8 + FULL };
        let mut pages = pages_for(self.room);
        self.leaves.reserve(pages);
        let mut branches = 0;
        while pages > 1 {
            pages = pages_for(pages);
            branches += pages;
        }
        self.branches.reserve(branches);
    }
}

impl<K: Ord + Copy> Page<K, Subtree> {
    /// The nth subtree and the next are of other sizes, the next from that key on; or one, if there is no such key.
    fn were_evened_out(&mut self, nth: usize, size: u32, from: Option<K>) -> Option<()> {
        let [before, after] = self.items_mut().get_mut(nth..nth + 2)? else { return None };
        let both = before.size + after.size;
        (before.size, after.size) = (size, both - size);
        match from {
            Some(from) => *self.keys_mut().get_mut(nth + 1)? = from,
            None => drop(self.remove(nth + 1)),
        }
        Some(())
    }
}

impl<K, V> Default for Ordered<K, V> {
    fn default() -> Self {
        Ordered { leaves: Pool::new(), branches: Pool::new(), top: 0, height: 0, len: 0, room: 0 }
    }
}

/// Entries by ascending key.
pub(crate) struct Ascending<'a, K, V> {
    leaves: &'a Pool<K, V>,
    page: u32,
    at: usize,
}

impl<'a, K: Ord + Copy, V: Copy> Iterator for Ascending<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let leaf = self.leaves.at(self.page)?;
            if let (Some(key), Some(value)) = (leaf.keys().get(self.at), leaf.items().get(self.at)) {
                self.at += 1;
                return Some((key, value));
            }
            (self.page, self.at) = (leaf.next, 0);
        }
    }
}

fn split_off<K: Ord + Copy, T: Copy, V>(
    new: &Option<u32>,
    pool: &Pool<K, T>,
    size: impl Fn(&Page<K, T>) -> u32,
) -> Inserted<K, V> {
    let part = new.and_then(|page| pool.at(page).map(|part| (page, part)));
    match part.and_then(|(page, part)| part.keys().first().map(|from| (*from, Subtree { page, size: size(part) }))) {
        Some((from, after)) => Inserted::Split(from, after),
        None => Inserted::Grown,
    }
}

fn size_of(subtrees: &[Subtree]) -> u32 {
    subtrees.iter().map(|below| below.size).sum()
}

/// How many pages so many entries take at the most: all but the last are half full.
fn pages_for(entries: usize) -> usize {
    if entries <= FULL { 1 } else { entries.div_ceil(HALF) }
}

#[cfg(test)]
mod tests;
