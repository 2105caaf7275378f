//! Who callers are, by number, in memory: what the edges ask on the road of a call, instead of a database.
//!
//! The concurrent index lives here alone and never hands out a guard: every answer is owned.

mod found;

use crate::epoch::timestamp;
use crate::store::{PastContact, Store, StoreError};
use cabrank_core::{CallId, Number, Outcome, Profile, Text};
use crossbeam::queue::ArrayQueue;
use dashmap::{DashMap, Entry};
use found::Found;
use jiff::Timestamp;
use std::sync::Arc;
use tracing::info;

/// How many contacts are kept of one number.
pub const CONTACTS_PER_NUMBER: usize = 3;

/// How many numbers' contacts are kept; the number known for longest makes room for a new one.
pub const NUMBERS_MAX: usize = 100_000;

/// How many numbers' looked-up profiles are kept: more than there are callers in menus and lines of a busy desk.
pub const FOUND_MAX: usize = 10_000;

/// How far back contacts are of interest after a restart: ninety days.
const CONTACTS_WITHIN_US: i64 = 90 * 24 * 3600 * 1_000_000;

/// Profiles and recent contacts, by caller's number.
#[derive(Debug)]
pub struct Directory {
    profiles: DashMap<Number, Arc<Profile>>,
    contacts: DashMap<Number, Vec<Contact>>,
    oldest_first: ArrayQueue<Number>,
    /// The fields that hold what only the caller should know.
    secret: Vec<Text>,
    found: Found,
}

/// One earlier call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// The call.
    pub call: CallId,
    /// When it came in.
    pub at: Timestamp,
    /// How it ended.
    pub outcome: Outcome,
    /// How the matter was resolved, if that was written down.
    pub resolution: Option<Text>,
}

impl From<PastContact> for Contact {
    fn from(past: PastContact) -> Self {
        Contact {
            call: past.call,
            at: timestamp(past.offered_at),
            outcome: past.outcome,
            resolution: past.resolution.map(Text::from),
        }
    }
}

impl Default for Directory {
    fn default() -> Self {
        Directory::with_room_for(NUMBERS_MAX)
    }
}

impl Directory {
    /// A directory that keeps the contacts of so many numbers; at least one.
    pub fn with_room_for(numbers_max: usize) -> Directory {
        Directory {
            profiles: DashMap::new(),
            contacts: DashMap::new(),
            oldest_first: ArrayQueue::new(numbers_max.max(1)),
            found: Found::with_room_for(FOUND_MAX),
            secret: Vec::new(),
        }
    }

    /// The same directory, of which these fields of profiles are shown to nobody ([`Directory::shown`]).
    #[must_use]
    pub fn with_secret(self, fields: Vec<Text>) -> Directory {
        Directory { secret: fields, ..self }
    }

    /// Whether that field of profiles is shown to nobody.
    pub fn is_secret(&self, field: &str) -> bool {
        self.secret.iter().any(|secret| **secret == *field)
    }

    /// Who calls from that number, if known, as agents and services may see it.
    pub fn shown(&self, number: &Number) -> Option<Arc<Profile>> {
        let known = self.profile_or_found(number)?;
        if !known.fields.iter().any(|(name, _)| self.is_secret(name)) {
            return Some(known);
        }
        let fields = known.fields.iter().filter(|(name, _)| !self.is_secret(name)).cloned().collect();
        Some(Arc::new(Profile { fields, ..Profile::clone(&known) }))
    }

    /// Who calls from that number, if known.
    pub fn profile(&self, number: &Number) -> Option<Arc<Profile>> {
        self.profiles.get(number).map(|found| Arc::clone(&found))
    }

    /// The same, or else what a look-up found of that number. That is not stored: a restart forgets it, and so does whoever erases
    /// the number or writes a profile of it.
    pub fn profile_or_found(&self, number: &Number) -> Option<Arc<Profile>> {
        self.profile(number).or_else(|| self.found.profile(number))
    }

    /// Keeps what a look-up found of a number; whoever was found longest ago makes room.
    pub fn keep_found(&self, number: &Number, profile: &Arc<Profile>) {
        self.found.keep(number, profile);
    }

    /// Drops what a look-up found, unless another one found something since.
    pub fn drop_found(&self, number: &Number, profile: &Arc<Profile>) {
        self.found.drop_this(number, profile);
    }

    /// Puts a profile in the place of what was known of that number.
    pub fn put(&self, number: Number, profile: Arc<Profile>) {
        self.found.drop_any(&number);
        self.profiles.insert(number, profile);
    }

    /// Makes these all the profiles there are. A caller who stays is never unknown in between.
    pub fn replace(&self, profiles: Vec<(Number, Arc<Profile>)>) {
        let stays: std::collections::HashSet<Number> = profiles.iter().map(|(number, _)| number.clone()).collect();
        for (number, profile) in profiles {
            self.put(number, profile);
        }
        self.profiles.retain(|number, _| stays.contains(number));
    }

    /// Fills an empty directory from the store: every profile, and the newest contacts of the ninety days before `now`. Returns the
    /// store's count of changes of profiles up to which all are known.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn load(&self, store: &Store, now: Timestamp) -> Result<i64, StoreError> {
        let known = self.load_profiles(store).await?;
        let since = now.as_microsecond().saturating_sub(CONTACTS_WITHIN_US);
        for past in store.contacts(since, CONTACTS_PER_NUMBER as u32, NUMBERS_MAX as u32).await? {
            self.note(&past.number.clone(), past.into());
        }
        Ok(known)
    }

    /// Makes the profiles those of the store. Returns its count of changes up to which all are known.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn load_profiles(&self, store: &Store) -> Result<i64, StoreError> {
        // The count first: what changes meanwhile is looked at again.
        let known = store.profiles_revision().await?;
        let profiles = store.profiles().await?;
        info!(profiles = profiles.len(), "profiles loaded");
        self.replace(profiles.into_iter().map(|(number, profile)| (number, Arc::new(profile))).collect());
        Ok(known)
    }

    /// How many profiles there are.
    pub fn len(&self) -> usize {
        self.profiles.len()
    }

    /// Whether there is no profile.
    pub fn is_empty(&self) -> bool {
        self.profiles.is_empty()
    }

    /// Forgets a number: profile, contacts, and what a look-up found. Returns the profile.
    pub fn forget(&self, number: &Number) -> Option<Arc<Profile>> {
        self.found.drop_any(number);
        self.contacts.remove(number);
        self.profiles.remove(number).map(|(_, profile)| profile)
    }

    /// Shows every profile, in no order; `see` must not wait, nor ask the directory.
    pub fn each(&self, mut see: impl FnMut(&Number, &Profile)) {
        self.profiles.iter().for_each(|entry| see(entry.key(), entry.value()));
    }

    /// The last contacts from that number, newest first.
    pub fn contacts(&self, number: &Number) -> Vec<Contact> {
        self.contacts.get(number).map(|found| found.clone()).unwrap_or_default()
    }

    /// Remembers a contact. One already known by its call is replaced, but keeps its resolution unless a new one comes.
    pub fn note(&self, number: &Number, contact: Contact) {
        if self.is_first(number, contact) {
            self.make_room_for(number);
        }
    }

    /// Adds a resolution to a contact, if it is still remembered.
    pub fn resolve(&self, number: &Number, call: CallId, resolution: Text) {
        if let Some(mut known) = self.contacts.get_mut(number)
            && let Some(contact) = known.iter_mut().find(|contact| contact.call == call)
        {
            contact.resolution = Some(resolution);
        }
    }

    fn is_first(&self, number: &Number, contact: Contact) -> bool {
        match self.contacts.entry(number.clone()) {
            Entry::Occupied(mut known) => {
                keep_newest(known.get_mut(), contact);
                false
            }
            Entry::Vacant(room) => {
                room.insert(vec![contact]);
                true
            }
        }
    }

    fn make_room_for(&self, number: &Number) {
        if let Some(oldest) = self.oldest_first.force_push(number.clone())
            && oldest != *number
        {
            self.contacts.remove(&oldest);
        }
    }
}

fn keep_newest(known: &mut Vec<Contact>, mut contact: Contact) {
    if let Some(at) = known.iter().position(|earlier| earlier.call == contact.call) {
        let earlier = known.remove(at);
        contact.resolution = contact.resolution.or(earlier.resolution);
    }
    known.push(contact);
    known.sort_by_key(|contact| std::cmp::Reverse(contact.at));
    known.truncate(CONTACTS_PER_NUMBER);
}

#[cfg(test)]
mod tests {
    use super::{Contact, Directory};
    use crate::epoch::timestamp;
    use cabrank_core::{CallId, Number, Outcome, Profile};
    use std::sync::Arc;

    fn number(text: &str) -> Number {
        Number(text.into())
    }

    fn contact(call: u64) -> Contact {
        Contact { call: CallId(call), at: timestamp(call as i64), outcome: Outcome::ServedByAgent, resolution: None }
    }

    fn calls(directory: &Directory, from: &Number) -> Vec<u64> {
        directory.contacts(from).iter().map(|contact| contact.call.0).collect()
    }

    #[test]
    fn only_the_newest_contacts_are_kept_in_order() {
        let (directory, alice) = (Directory::default(), number("alice"));
        for call in [4, 2, 5, 3] {
            directory.note(&alice, contact(call));
        }
        assert_eq!(calls(&directory, &alice), [5, 4, 3]);
    }

    #[test]
    fn a_contact_told_twice_stays_one_and_keeps_its_resolution() {
        let (directory, alice) = (Directory::default(), number("alice"));
        directory.note(&alice, contact(1));
        directory.resolve(&alice, CallId(1), "taxi sent".into());
        directory.note(&alice, contact(1));
        assert_eq!(directory.contacts(&alice), [Contact { resolution: Some("taxi sent".into()), ..contact(1) }]);
    }

    #[test]
    fn a_full_directory_forgets_the_number_known_for_longest() {
        let directory = Directory::with_room_for(2);
        for (call, from) in ["a", "b", "a", "c"].into_iter().enumerate() {
            directory.note(&number(from), contact(call as u64));
        }
        assert_eq!(calls(&directory, &number("a")), [] as [u64; 0]);
        assert_eq!(calls(&directory, &number("c")), [3]);
    }

    #[test]
    fn replacing_drops_who_is_no_longer_named() {
        let directory = Directory::default();
        directory.put(number("a"), Arc::default());
        let bea = Arc::new(Profile { name: "Bea".into(), ..Profile::default() });
        directory.replace(vec![(number("b"), Arc::clone(&bea))]);
        assert_eq!((directory.profile(&number("a")), directory.profile(&number("b"))), (None, Some(bea)));
    }

    #[test]
    fn what_was_found_is_no_profile_and_gives_way_to_one() {
        let (directory, alice) = (Directory::default(), number("alice"));
        let [once, again] = ["Once", "Again"].map(|name| Arc::new(Profile { name: name.into(), ..Profile::default() }));
        directory.keep_found(&alice, &once);
        assert_eq!((directory.profile(&alice), directory.profile_or_found(&alice)), (None, Some(Arc::clone(&once))));
        directory.keep_found(&alice, &again);
        directory.drop_found(&alice, &once);
        assert_eq!(directory.profile_or_found(&alice), Some(Arc::clone(&again)));
        directory.put(alice.clone(), Arc::clone(&once));
        directory.forget(&alice);
        assert_eq!(directory.profile_or_found(&alice), None);
        directory.keep_found(&alice, &again);
        directory.forget(&alice);
        assert_eq!(directory.profile_or_found(&alice), None);
    }

    #[test]
    fn whoever_was_found_longest_ago_makes_room() {
        let (directory, nobody) = (Directory::default(), Arc::default());
        let numbers: Vec<_> = (0..=super::FOUND_MAX).map(|n| number(&n.to_string())).collect();
        numbers.iter().for_each(|number| directory.keep_found(number, &nobody));
        let known = |number| directory.profile_or_found(number).is_some();
        assert_eq!((known(&numbers[0]), known(&numbers[1]), known(&numbers[super::FOUND_MAX])), (false, true, true));
    }

    #[test]
    fn a_forgotten_number_is_unknown() {
        let (directory, alice) = (Directory::default(), number("alice"));
        directory.put(alice.clone(), Arc::default());
        directory.note(&alice, contact(1));
        directory.forget(&alice);
        assert!(directory.profile(&alice).is_none() && directory.contacts(&alice).is_empty());
    }
}
