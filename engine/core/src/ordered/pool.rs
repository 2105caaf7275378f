//! Pages that refer to each other by index. Those that become free are chained and used again.

use super::page::{FULL, HALF, NOWHERE, Page};
use alloc::vec::Vec;

#[derive(Clone, Debug)]
pub(super) struct Pool<K, T> {
    pages: Vec<Page<K, T>>,
    /// The first free page.
    free: u32,
}

impl<K, T> Pool<K, T> {
    pub(super) const fn new() -> Self {
        Pool { pages: Vec::new(), free: NOWHERE }
    }

    pub(super) fn clear(&mut self) {
        self.pages.clear();
        self.free = NOWHERE;
    }

    pub(super) fn at(&self, page: u32) -> Option<&Page<K, T>> {
        self.pages.get(page as usize)
    }

    pub(super) fn at_mut(&mut self, page: u32) -> Option<&mut Page<K, T>> {
        self.pages.get_mut(page as usize)
    }

    /// Makes room for so many pages.
    pub(super) fn reserve(&mut self, pages: usize) {
        self.pages.reserve_exact(pages.saturating_sub(self.pages.len()));
    }

    /// How many pages fit without an allocation.
    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.pages.capacity()
    }
}

impl<K: Ord + Copy, T: Copy> Pool<K, T> {
    /// Takes a page in, and says where it is.
    pub(super) fn occupy(&mut self, page: Page<K, T>) -> u32 {
        let at = self.free;
        if let Some(free) = self.at_mut(at) {
            let next = free.next;
            *free = page;
            self.free = next;
            return at;
        }
        self.pages.push(page);
        u32::try_from(self.pages.len() - 1).unwrap_or(NOWHERE)
    }

    /// Frees a page that no other refers to any more.
    pub(super) fn vacate(&mut self, page: u32) {
        let next = self.free;
        if let Some(vacant) = self.at_mut(page) {
            vacant.next = next;
            self.free = page;
        }
    }

    /// Puts an entry into a page. If there was no room, the page's second half is a page of its own now, and this says which;
    /// at the end of the last page it is the new entry alone, so that pages filled in order are full.
    pub(super) fn insert(&mut self, page: u32, at: usize, key: K, item: T, is_last: bool) -> Option<u32> {
        let before = self.at_mut(page)?;
        if before.len() < FULL {
            before.insert(at, key, item);
            return None;
        }
        let mut after = if is_last && at == FULL { Page::of(key, item) } else { before.split() };
        after.next = before.next;
        if after.len() > 1 {
            let (half, at) = if at <= HALF { (before, at) } else { (&mut after, at - HALF) };
            half.insert(at, key, item);
        }
        let new = self.occupy(after);
        self.at_mut(page)?.next = new;
        Some(new)
    }

    /// Evens out a page and the one after it, or makes them one page if they fit; says whether they are one.
    pub(super) fn even_out(&mut self, before: u32, after: u32) -> bool {
        let Ok([left, right]) = self.pages.get_disjoint_mut([before as usize, after as usize]) else { return false };
        let all = left.len() + right.len();
        if all <= FULL {
            left.take_from(right, right.len());
            left.next = right.next;
            self.vacate(after);
            return true;
        }
        match left.len().checked_sub(all / 2) {
            Some(surplus) => left.give_to(right, surplus),
            None => left.take_from(right, all / 2 - left.len()),
        }
        false
    }

    /// The length of the chain of free pages, and how many pages there are.
    #[cfg(test)]
    pub(super) fn free_and_all(&self) -> (usize, usize) {
        let chain = core::iter::successors(self.at(self.free), |page| self.at(page.next));
        (chain.take(self.pages.len() + 1).count(), self.pages.len())
    }
}
