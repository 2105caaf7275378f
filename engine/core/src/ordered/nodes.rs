//! The nodes of an ordered map: where they lie, and how a subtree is kept in balance. Keys are compared elsewhere.

use super::path::Path;
use alloc::vec::Vec;

/// The heaviest that a side may be, in weights of the other. A weight is a size and one.
pub(super) const HEAVIEST: u64 = 3;

/// The inner side of a child that is too heavy is parted if it has so many weights of the outer side.
const PARTED: u64 = 2;

/// The index that no slot has.
const NOWHERE: u32 = u32::MAX;

/// An arena of nodes that refer to each other by index. Slots that become free are chained and used again.
#[derive(Clone, Debug)]
pub(super) struct Nodes<K, V> {
    slots: Vec<Node<K, V>>,
    /// The first free slot; each refers to the next by its side `Before`.
    free: u32,
}

/// One slot. A node knows the sizes of its sides, so that whoever comes past need not look at the nodes beside the way.
#[derive(Clone, Debug)]
pub(super) struct Node<K, V> {
    pub(super) key: K,
    /// None in a free slot.
    pub(super) value: Option<V>,
    sides: [Subtree; 2],
}

/// Where a subtree's top is, and how many nodes it has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subtree {
    pub(super) top: u32,
    pub(super) size: u32,
}

/// Where a subtree hangs, and which keys are there, seen from its parent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Before,
    After,
}

impl Subtree {
    pub(super) const EMPTY: Subtree = Subtree { top: NOWHERE, size: 0 };

    fn weight(self) -> u64 {
        u64::from(self.size) + 1
    }
}

impl Side {
    fn other(self) -> Side {
        match self {
            Side::Before => Side::After,
            Side::After => Side::Before,
        }
    }

    /// `here` and `there` in the order of the keys, `here` being on this side.
    fn with(self, here: Subtree, there: Subtree) -> [Subtree; 2] {
        match self {
            Side::Before => [here, there],
            Side::After => [there, here],
        }
    }
}

impl<K, V> Node<K, V> {
    pub(super) fn side(&self, side: Side) -> Subtree {
        self.sides[side as usize]
    }

    /// How many nodes the subtree has that it is the top of.
    fn size(&self) -> u32 {
        self.side(Side::Before).size + self.side(Side::After).size + 1
    }

    pub(super) fn entry(&self) -> Option<(&K, &V)> {
        Some((&self.key, self.value.as_ref()?))
    }
}

impl<K, V> Nodes<K, V> {
    pub(super) fn new() -> Self {
        Nodes { slots: Vec::new(), free: NOWHERE }
    }

    pub(super) fn clear(&mut self) {
        self.slots.clear();
        self.free = NOWHERE;
    }

    pub(super) fn at(&self, slot: u32) -> Option<&Node<K, V>> {
        self.slots.get(slot as usize)
    }

    pub(super) fn at_mut(&mut self, slot: u32) -> Option<&mut Node<K, V>> {
        self.slots.get_mut(slot as usize)
    }

    /// Puts a node into the slot that became free last, or else into a new one. It is a subtree by itself.
    pub(super) fn occupy(&mut self, key: K, value: V) -> Subtree {
        let node = Node { key, value: Some(value), sides: [Subtree::EMPTY; 2] };
        let top = self.free;
        if let Some(free) = self.at_mut(top) {
            let next = free.side(Side::Before).top;
            *free = node;
            self.free = next;
            return Subtree { top, size: 1 };
        }
        self.make_room();
        self.slots.push(node);
        u32::try_from(self.slots.len()).map_or(Subtree::EMPTY, |slots| Subtree { top: slots - 1, size: 1 })
    }

    /// Frees the slot of a node that no other refers to any more.
    pub(super) fn vacate(&mut self, slot: u32) -> Option<(K, V)>
    where
        K: Copy,
    {
        let next = Subtree { top: self.free, size: 0 };
        let node = self.at_mut(slot)?;
        node.sides = [next, Subtree::EMPTY];
        let entry = (node.key, node.value.take()?);
        self.free = slot;
        Some(entry)
    }

    /// The outermost node on this side, and the way to it.
    pub(super) fn end(&self, tree: Subtree, side: Side, path: &mut Path) -> Option<u32> {
        let mut at = tree.top;
        loop {
            let next = self.at(at)?.side(side);
            if next.size == 0 {
                return Some(at);
            }
            path.push(at, side);
            at = next.top;
        }
    }

    /// Hangs a subtree where the path ended, in place of one that differed by one node; returns the whole.
    pub(super) fn hang(&mut self, path: &mut Path, tree: Subtree) -> Subtree {
        let mut tree = tree;
        while let Some((parent, side)) = path.pop() {
            tree = self.hang_below(parent, side, tree);
        }
        tree
    }

    /// What a node leaves behind: one subtree of its sides. The larger gives its inner end to be the top.
    pub(super) fn without_top(&mut self, slot: u32) -> Subtree {
        let sides = self.sides(slot);
        let larger = if sides[0].size > sides[1].size { Side::Before } else { Side::After };
        let mut path = Path::new();
        let Some(end) = self.end(sides[larger as usize], larger.other(), &mut path) else { return Subtree::EMPTY };
        let rest = self.sides(end)[larger as usize];
        let rest = self.hang(&mut path, rest);
        self.set_sides(end, sides);
        self.hang_below(end, larger, rest)
    }

    /// Hangs a subtree to one side of a node, and restores the balance of the two.
    fn hang_below(&mut self, top: u32, side: Side, tree: Subtree) -> Subtree {
        let Some(node) = self.at_mut(top) else { return tree };
        node.sides[side as usize] = tree;
        let [before, after] = [node.side(Side::Before).weight(), node.side(Side::After).weight()];
        if before > HEAVIEST * after {
            self.lightened(top, Side::Before)
        } else if after > HEAVIEST * before {
            self.lightened(top, Side::After)
        } else {
            Subtree { top, size: node.size() }
        }
    }

    /// A rotation, which the child on the heavy side tops; or a double one, which tops the child's inner side.
    fn lightened(&mut self, top: u32, heavy: Side) -> Subtree {
        let [child, rest] = self.parts(top, heavy);
        let [outer, inner] = self.parts(child.top, heavy);
        if inner.weight() < PARTED * outer.weight() {
            let lowered = self.set_sides(top, heavy.with(inner, rest));
            return self.set_sides(child.top, heavy.with(outer, lowered));
        }
        let [near_child, near_top] = self.parts(inner.top, heavy);
        let child = self.set_sides(child.top, heavy.with(outer, near_child));
        let lowered = self.set_sides(top, heavy.with(near_top, rest));
        self.set_sides(inner.top, heavy.with(child, lowered))
    }

    fn set_sides(&mut self, top: u32, sides: [Subtree; 2]) -> Subtree {
        let Some(node) = self.at_mut(top) else { return Subtree::EMPTY };
        node.sides = sides;
        Subtree { top, size: node.size() }
    }

    fn sides(&self, slot: u32) -> [Subtree; 2] {
        self.at(slot).map_or([Subtree::EMPTY; 2], |node| node.sides)
    }

    /// Both sides of a node, the one on `side` first.
    fn parts(&self, slot: u32, side: Side) -> [Subtree; 2] {
        let [before, after] = self.sides(slot);
        side.with(before, after)
    }

    /// A full arena grows by an eighth. Doubling, the habit of `Vec`, leaves up to half of it empty; so it is a ninth at most,
    /// and an entry costs little more than its node. A desk fills only once, so the copies that this adds do not count.
    fn make_room(&mut self) {
        if self.slots.len() == self.slots.capacity() {
            self.slots.reserve_exact(self.slots.len() / 8 + 4);
        }
    }
}

#[cfg(test)]
impl<K, V> Nodes<K, V> {
    /// How many nodes fit without an allocation.
    pub(super) fn capacity(&self) -> usize {
        self.slots.capacity()
    }

    /// The length of the chain of free slots, and how many slots there are.
    pub(super) fn free_and_all(&self) -> (usize, usize) {
        let chain = core::iter::successors(self.at(self.free), |node| self.at(node.side(Side::Before).top));
        (chain.take(self.slots.len() + 1).count(), self.slots.len())
    }
}
