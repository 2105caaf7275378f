//! Whoever was not named for long, and is named nowhere any more, is forgotten: the vault grows no longer than callers come.

use super::form::{Day, Entry};
use super::{Alias, Known, Vault};
use cabrank_core::Text;
use std::collections::HashSet;
use std::io;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

const DAY_S: i64 = 24 * 3600;

/// The day that it is.
pub(super) fn today() -> Day {
    Day::try_from(jiff::Timestamp::now().as_second() / DAY_S).unwrap_or(0)
}

impl Vault {
    /// Takes note of the day: once a day at least.
    pub fn see_the_day(&self) {
        self.see_day(today());
    }

    pub(super) fn see_day(&self, day: Day) {
        self.today.store(day, Ordering::Relaxed);
    }

    /// Numbers that were not named for more than so many days.
    pub fn not_named_for(&self, days: u32) -> Vec<Text> {
        let before = self.day_before(days);
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.by_alias.values().filter(|caller| caller.is_old(before)).map(|caller| caller.number.clone()).collect()
    }

    /// Forgets those of these numbers that were still not named for more than so many days, in memory and in the file. Takes as long
    /// as the disk does. Says how many.
    ///
    /// # Errors
    /// The disk refuses; it may be tried again.
    pub fn forget_old(&self, days: u32, numbers: &HashSet<Text>) -> io::Result<usize> {
        self.write()?;
        let before = self.day_before(days);
        let leaving = {
            let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
            let Known { by_number, by_alias } = &mut *known;
            let old = by_alias.extract_if(|_, caller| caller.is_old(before) && numbers.contains(&caller.number));
            let old: Vec<(Alias, super::Caller)> = old.collect();
            old.iter().for_each(|(alias, caller)| {
                // A crash may have left the number one more.
                if by_number.get(&caller.number) == Some(alias) {
                    by_number.remove(&caller.number);
                }
            });
            old
        };
        self.leaving.lock().unwrap_or_else(PoisonError::into_inner).extend(leaving.iter().map(|(_, caller)| caller.place));
        self.wipe()?;
        Ok(leaving.len())
    }

    /// The alias of a number, if it has one, which is named today.
    pub(super) fn alias_named(&self, number: &str) -> Option<Alias> {
        let today = self.today.load(Ordering::Relaxed);
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let alias = *known.by_number.get(number)?;
        let before = known.by_alias.get(&alias).map_or(today, |caller| caller.named.fetch_max(today, Ordering::Relaxed));
        if before < today {
            self.book().put(&Entry::Named { alias, day: today });
        }
        Some(alias)
    }

    fn day_before(&self, days: u32) -> Day {
        self.today.load(Ordering::Relaxed).saturating_sub(days)
    }
}

impl super::Caller {
    /// Nobody in particular never is.
    fn is_old(&self, before: Day) -> bool {
        !self.number.is_empty() && self.named.load(Ordering::Relaxed) < before
    }
}
