//! One page of an ordered map: a few entries side by side, by ascending key. Keys are looked for elsewhere only by pages.

/// How many entries a page holds at the most. In its own tests they are few, so that trees are deep.
pub(super) const FULL: usize = if cfg!(test) { 4 } else { 32 };

/// Fewer are topped up from the page beside, but for the last page.
pub(super) const HALF: usize = FULL / 2;

/// The index that no page has.
pub(super) const NOWHERE: u32 = u32::MAX;

/// Entries by ascending key. What lies behind the last one means nothing.
#[derive(Clone, Debug)]
pub(super) struct Page<K, T> {
    keys: [K; FULL],
    items: [T; FULL],
    len: usize,
    /// The page with the keys that follow; of a free page, the next free one.
    pub(super) next: u32,
}

impl<K: Ord + Copy, T: Copy> Page<K, T> {
    /// A page of one entry, the last page.
    pub(super) fn of(key: K, item: T) -> Self {
        Page { keys: [key; FULL], items: [item; FULL], len: 1, next: NOWHERE }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn keys(&self) -> &[K] {
        self.keys.get(..self.len).unwrap_or_default()
    }

    pub(super) fn items(&self) -> &[T] {
        self.items.get(..self.len).unwrap_or_default()
    }

    pub(super) fn keys_mut(&mut self) -> &mut [K] {
        self.keys.get_mut(..self.len).unwrap_or_default()
    }

    pub(super) fn items_mut(&mut self) -> &mut [T] {
        self.items.get_mut(..self.len).unwrap_or_default()
    }

    /// Where a key is, or else where it belongs. New keys mostly belong at the end.
    pub(super) fn find(&self, key: &K) -> Result<usize, usize> {
        let keys = self.keys();
        if keys.last().is_none_or(|last| last < key) {
            return Err(keys.len());
        }
        let at = keys.partition_point(|other| other < key);
        if keys.get(at) == Some(key) { Ok(at) } else { Err(at) }
    }

    /// Of a page of subtrees, the one in which a key is or belongs.
    pub(super) fn below(&self, is_before: impl Fn(&K) -> bool) -> usize {
        self.keys().get(1..).unwrap_or_default().partition_point(is_before)
    }

    /// Puts an entry in; the page is not full.
    pub(super) fn insert(&mut self, at: usize, key: K, item: T) {
        if at > self.len || self.len >= FULL {
            return;
        }
        if at < self.len {
            self.keys.copy_within(at..self.len, at + 1);
            self.items.copy_within(at..self.len, at + 1);
        }
        (self.keys[at], self.items[at]) = (key, item);
        self.len += 1;
    }

    /// Takes an entry out.
    pub(super) fn remove(&mut self, at: usize) -> Option<T> {
        let item = *self.items().get(at)?;
        self.keys.copy_within(at + 1..self.len, at);
        self.items.copy_within(at + 1..self.len, at);
        self.len -= 1;
        Some(item)
    }

    /// Moves the second half to a page that follows.
    pub(super) fn split(&mut self) -> Self {
        let mut after = self.clone();
        after.remove_first(HALF);
        self.len = HALF;
        after
    }

    /// Takes so many from the beginning of the page that follows.
    pub(super) fn take_from(&mut self, after: &mut Self, count: usize) {
        let room = self.len..self.len + count;
        self.keys[room.clone()].copy_from_slice(&after.keys[..count]);
        self.items[room].copy_from_slice(&after.items[..count]);
        self.len += count;
        after.remove_first(count);
    }

    /// Gives so many from the end to the page that follows.
    pub(super) fn give_to(&mut self, after: &mut Self, count: usize) {
        after.keys.copy_within(..after.len, count);
        after.items.copy_within(..after.len, count);
        let given = self.len - count..self.len;
        after.keys[..count].copy_from_slice(&self.keys[given.clone()]);
        after.items[..count].copy_from_slice(&self.items[given]);
        (self.len, after.len) = (self.len - count, after.len + count);
    }

    fn remove_first(&mut self, count: usize) {
        self.keys.copy_within(count..self.len, 0);
        self.items.copy_within(count..self.len, 0);
        self.len -= count;
    }
}
