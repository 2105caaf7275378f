//! The desk's one collection: a map in the order of its keys that also knows how many keys stand before one.
//!
//! A weight-balanced tree (Adams 1992) with the parameters <3,2>, which Hirai and Yamamoto (2011) prove to keep the balance.
//! A desk as busy as it has been before allocates nothing. No access can panic: a link to nowhere is an index of no slot.

mod nodes;
mod path;

use core::cmp::Ordering;
use nodes::{Nodes, Side, Subtree};
use path::Path;

/// A map in the order of its keys. Finding a key or a boundary takes logarithmic time.
///
/// It holds `u32::MAX` entries at most, which no limit of a desk comes near. Room once taken is kept until the map is dropped.
#[derive(Clone, Debug)]
pub(crate) struct Ordered<K, V> {
    nodes: Nodes<K, V>,
    all: Subtree,
}

impl<K: Ord + Copy, V> Ordered<K, V> {
    /// A map with nothing in it. It has allocated nothing.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.all.size as usize
    }

    /// Whether there is no entry.
    pub(crate) fn is_empty(&self) -> bool {
        self.all.size == 0
    }

    /// Drops every entry and keeps the room.
    pub(crate) fn clear(&mut self) {
        self.nodes.clear();
        self.all = Subtree::EMPTY;
    }

    /// Holds `value` under `key`, and returns what was held there before.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        let mut path = Path::new();
        if let Some(slot) = self.walk(&key, &mut path) {
            return self.nodes.at_mut(slot)?.value.replace(value);
        }
        let new = self.nodes.occupy(key, value);
        self.all = self.nodes.hang(&mut path, new);
        None
    }

    /// Takes the entry of `key` out.
    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        let mut path = Path::new();
        let slot = self.walk(key, &mut path)?;
        self.take_out(slot, &mut path).map(|(_, value)| value)
    }

    /// The value held under `key`.
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.nodes.at(self.find(key)?)?.value.as_ref()
    }

    /// The value held under `key`, to be changed.
    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let slot = self.find(key)?;
        self.nodes.at_mut(slot)?.value.as_mut()
    }

    /// Whether something is held under `key`.
    pub(crate) fn contains(&self, key: &K) -> bool {
        self.find(key).is_some()
    }

    /// The entry with the lowest key.
    pub(crate) fn first(&self) -> Option<(&K, &V)> {
        let mut first = self.nodes.at(self.all.top)?;
        while let Some(before) = self.nodes.at(first.side(Side::Before).top) {
            first = before;
        }
        first.entry()
    }

    /// Takes the entry with the lowest key out.
    pub(crate) fn pop_first(&mut self) -> Option<(K, V)> {
        let mut path = Path::new();
        let slot = self.nodes.end(self.all, Side::Before, &mut path)?;
        self.take_out(slot, &mut path)
    }

    /// Every entry, by ascending key. A step takes constant time on average, and nothing is allocated.
    pub(crate) fn iter(&self) -> Ascending<'_, K, V> {
        Ascending::new(self, |_| true)
    }

    /// The entries whose keys are `key` or above, by ascending key.
    pub(crate) fn from(&self, key: &K) -> Ascending<'_, K, V> {
        Ascending::new(self, |other| other >= key)
    }

    /// How many of the first entries satisfy `pred`, which must be false for all that follow one for which it is.
    pub(crate) fn count_while(&self, mut pred: impl FnMut(&K, &V) -> bool) -> usize {
        let (mut at, mut count) = (self.all.top, 0);
        while let Some(node) = self.nodes.at(at) {
            let side = if node.entry().is_some_and(|(key, value)| pred(key, value)) { Side::After } else { Side::Before };
            if side == Side::After {
                count += node.side(Side::Before).size as usize + 1;
            }
            at = node.side(side).top;
        }
        count
    }

    fn find(&self, key: &K) -> Option<u32> {
        let mut at = self.all.top;
        loop {
            let node = self.nodes.at(at)?;
            match side_of(key, &node.key) {
                Some(side) => at = node.side(side).top,
                None => return Some(at),
            }
        }
    }

    /// Finds a node and the way to it, or else to the place where it belongs.
    fn walk(&self, key: &K, path: &mut Path) -> Option<u32> {
        let mut at = self.all.top;
        loop {
            let node = self.nodes.at(at)?;
            let Some(side) = side_of(key, &node.key) else { return Some(at) };
            path.push(at, side);
            at = node.side(side).top;
        }
    }

    fn take_out(&mut self, slot: u32, path: &mut Path) -> Option<(K, V)> {
        let rest = self.nodes.without_top(slot);
        self.all = self.nodes.hang(path, rest);
        self.nodes.vacate(slot)
    }
}

impl<K, V> Default for Ordered<K, V> {
    fn default() -> Self {
        Ordered { nodes: Nodes::new(), all: Subtree::EMPTY }
    }
}

impl<'a, K: Ord + Copy, V> IntoIterator for &'a Ordered<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Ascending<'a, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<K: Ord + Copy, V> FromIterator<(K, V)> for Ordered<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::new();
        for (key, value) in entries {
            map.insert(key, value);
        }
        map
    }
}

/// Entries by ascending key.
pub(crate) struct Ascending<'a, K, V> {
    nodes: &'a Nodes<K, V>,
    /// The nodes still to come that were passed on the way down, the next one last.
    passed: Path,
}

impl<'a, K: Ord + Copy, V> Ascending<'a, K, V> {
    /// Starts at the first key that is `wanted`, as all keys after it must be.
    fn new(map: &'a Ordered<K, V>, wanted: impl Fn(&K) -> bool) -> Self {
        let mut ascending = Ascending { nodes: &map.nodes, passed: Path::new() };
        ascending.descend(map.all, wanted);
        ascending
    }

    fn descend(&mut self, tree: Subtree, wanted: impl Fn(&K) -> bool) {
        let mut at = tree.top;
        while let Some(node) = self.nodes.at(at) {
            let side = if wanted(&node.key) { Side::Before } else { Side::After };
            if side == Side::Before {
                self.passed.push(at, side);
            }
            at = node.side(side).top;
        }
    }
}

impl<'a, K: Ord + Copy, V> Iterator for Ascending<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        let (slot, _) = self.passed.pop()?;
        let node = self.nodes.at(slot)?;
        self.descend(node.side(Side::After), |_| true);
        node.entry()
    }
}

fn side_of<K: Ord>(key: &K, other: &K) -> Option<Side> {
    match key.cmp(other) {
        Ordering::Less => Some(Side::Before),
        Ordering::Equal => None,
        Ordering::Greater => Some(Side::After),
    }
}

#[cfg(test)]
mod tests;
