//! The one task by which profiles change while the engine runs: the store first, then the directory, one change after the other.
//!
//! Since nobody else changes either, what the directory says last is what the store holds last. Imports beside the engine
//! (`cabrank profiles import`) are seen by a count that the store keeps.

use crate::directory::Directory;
use crate::door::{Door, NotForgotten};
use crate::profiles::Tag;
use crate::store::{Erased, Store, StoreError};
use crate::voices::Voices;
use cabrank_core::{Number, Profile};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until};
use tracing::{error, warn};

/// How long a change of profiles in the store may take to be seen.
const FOLLOW_EVERY: Duration = Duration::from_secs(2);

/// Changes that may wait.
const REQUESTS_MAX: usize = 256;

/// What somebody who changes a profile has seen of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Whatever there is may go.
    Anything,
    /// There is no profile.
    Nothing,
    /// There is one.
    Something,
    /// It is one of these.
    One(Vec<Tag>),
}

/// Why a profile was not changed.
#[derive(Debug, thiserror::Error)]
pub enum Unchanged {
    /// It is not what was seen.
    #[error("somebody has changed the profile since; look at it again")]
    Outdated,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The desk or its disk cannot do without the caller now.
    #[error(transparent)]
    NotForgotten(#[from] NotForgotten),
    /// Too many changes wait, or the engine is ending.
    #[error("profiles cannot be changed now; try again shortly")]
    Busy,
}

/// What was erased of a number, wherever it stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forgotten {
    /// Of the store.
    pub stored: Erased,
    /// Whether journal and snapshots named the caller: by an alias of which nobody knows any more whose it is.
    pub alias: bool,
}

/// Whoever changes profiles asks here. Cheap to clone.
#[derive(Clone, Debug)]
pub struct ClerkDoor(mpsc::Sender<Request>);

/// The task.
#[derive(Debug)]
pub struct Clerk {
    store: Store,
    directory: Arc<Directory>,
    /// The store's count as of what the directory knows; none if that is not known.
    known: Option<i64>,
    /// Who sees to it that callers can be greeted by name.
    voices: Voices,
    /// Who knows callers by their aliases.
    desk: Door,
    requests: mpsc::Receiver<Request>,
}

#[derive(Debug)]
enum Request {
    Put { profiles: Vec<(Number, Profile)>, seen: Seen, done: oneshot::Sender<Result<(), Unchanged>> },
    Erase { number: Number, seen: Seen, done: oneshot::Sender<Result<Forgotten, Unchanged>> },
}

impl ClerkDoor {
    /// Puts a profile in the place of what was known of that number, if that is what was seen.
    ///
    /// # Errors
    /// [`Unchanged`]; then nothing is changed.
    pub async fn put(&self, number: Number, profile: Profile, seen: Seen) -> Result<(), Unchanged> {
        self.ask(|done| Request::Put { profiles: vec![(number, profile)], seen, done }).await
    }

    /// Puts many, no number twice: all or none.
    ///
    /// # Errors
    /// [`Unchanged`]; then nothing is changed.
    pub async fn put_all(&self, profiles: Vec<(Number, Profile)>) -> Result<(), Unchanged> {
        self.ask(|done| Request::Put { profiles, seen: Seen::Anything, done }).await
    }

    /// Erases what is known of who calls from a number, if that is what was seen.
    ///
    /// # Errors
    /// [`Unchanged`]; then not everything is erased, and it may be asked again.
    pub async fn erase(&self, number: Number, seen: Seen) -> Result<Forgotten, Unchanged> {
        self.ask(|done| Request::Erase { number, seen, done }).await
    }

    async fn ask<T>(&self, request: impl FnOnce(oneshot::Sender<Result<T, Unchanged>>) -> Request) -> Result<T, Unchanged> {
        let (done, answer) = oneshot::channel();
        self.0.try_send(request(done)).map_err(|_| Unchanged::Busy)?;
        answer.await.unwrap_or(Err(Unchanged::Busy))
    }
}

impl Clerk {
    /// A clerk of a directory that was filled from the store when its count was `known`.
    pub fn new(store: Store, directory: Arc<Directory>, known: Option<i64>, voices: Voices, desk: Door) -> (ClerkDoor, Clerk) {
        let (door, requests) = mpsc::channel(REQUESTS_MAX);
        (ClerkDoor(door), Clerk { store, directory, known, voices, desk, requests })
    }

    /// Works until every door is closed.
    pub async fn run(mut self) {
        self.want_all();
        let mut next_look = Instant::now() + FOLLOW_EVERY;
        loop {
            tokio::select! {
                request = self.requests.recv() => match request {
                    Some(request) => self.serve(request).await,
                    None => return,
                },
                () = sleep_until(next_look) => {
                    self.follow().await;
                    next_look = Instant::now() + FOLLOW_EVERY;
                }
            }
        }
    }

    /// Who asked and has gone meanwhile is not told.
    async fn serve(&mut self, request: Request) {
        match request {
            Request::Put { profiles, seen, done } => drop(done.send(self.put(profiles, &seen).await)),
            Request::Erase { number, seen, done } => drop(done.send(self.erase(&number, &seen).await)),
        }
    }

    async fn put(&mut self, profiles: Vec<(Number, Profile)>, seen: &Seen) -> Result<(), Unchanged> {
        profiles.iter().try_for_each(|(number, _)| self.must_be_as_seen(number, seen))?;
        let revision = self.store.put_profiles(&profiles).await?;
        for (number, profile) in profiles {
            self.voices.want(&number, &profile);
            self.directory.put(number, Arc::new(profile));
        }
        self.note(revision);
        Ok(())
    }

    /// The alias first: what is still on its way to the store no longer says who called.
    async fn erase(&mut self, number: &Number, seen: &Seen) -> Result<Forgotten, Unchanged> {
        self.must_be_as_seen(number, seen)?;
        let alias = self.desk.forget(number.clone()).await?;
        let stored = self.store.erase(number).await?;
        if let Some(profile) = self.directory.forget(number) {
            self.fall_silent(number.clone(), profile).await;
        }
        self.note(stored.revision);
        Ok(Forgotten { stored, alias })
    }

    fn must_be_as_seen(&self, number: &Number, seen: &Seen) -> Result<(), Unchanged> {
        let current = self.directory.profile(number);
        let fits = match seen {
            Seen::Anything => true,
            Seen::Nothing => current.is_none(),
            Seen::Something => current.is_some(),
            Seen::One(tags) => current.is_some_and(|profile| tags.contains(&Tag::of(&profile))),
        };
        if fits { Ok(()) } else { Err(Unchanged::Outdated) }
    }

    /// A change of one's own needs no second look, unless somebody else made one before it.
    fn note(&mut self, revision: i64) {
        if self.known.is_some_and(|known| known + 1 == revision) {
            self.known = Some(revision);
        }
    }

    /// However many there are, nobody waits for it.
    fn want_all(&self) {
        let (directory, voices) = (Arc::clone(&self.directory), self.voices.clone());
        if voices.speak() {
            tokio::task::spawn_blocking(move || voices.want_all(&directory));
        }
    }

    /// Who else bears the name is greeted by it again once it is rendered anew. When it comes back nothing that was rendered is left.
    async fn fall_silent(&self, number: Number, profile: Arc<Profile>) {
        let (directory, voices) = (Arc::clone(&self.directory), self.voices.clone());
        if voices.speak() {
            let (silent, name) = (voices.clone(), Arc::clone(&profile));
            if tokio::task::spawn_blocking(move || silent.forget(&number, &name)).await.is_err() {
                error!("a spoken name was not forgotten: this is a bug");
            }
            tokio::task::spawn_blocking(move || {
                directory.each(|number, other| {
                    if other.name == profile.name {
                        voices.want(number, other)
                    }
                });
            });
        }
    }

    async fn follow(&mut self) {
        match self.store.profiles_revision().await {
            Ok(revision) if self.known == Some(revision) => {}
            Ok(_) => match self.directory.load_profiles(&self.store).await {
                Ok(known) => {
                    self.known = Some(known);
                    self.want_all();
                }
                Err(failure) => warn!(%failure, "profiles may be out of date"),
            },
            Err(failure) => warn!(%failure, "profiles may be out of date"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Clerk, ClerkDoor, Seen, Unchanged};
    use crate::backlog::Backlog;
    use crate::directory::Directory;
    use crate::door::{Door, Submission};
    use crate::profiles::Tag;
    use crate::store::Store;
    use crate::voices::Voices;
    use cabrank_core::{Number, Profile};
    use std::sync::Arc;
    use std::time::Duration;
    use tempfile::TempDir;

    async fn clerk() -> (TempDir, Store, Arc<Directory>, ClerkDoor) {
        let dir = tempfile::tempdir().expect("a directory");
        let store = Store::open(dir.path()).await.expect("a store");
        let directory = Arc::new(Directory::default());
        let known = directory.load(&store, jiff::Timestamp::now()).await.expect("loaded");
        let (door, clerk) = Clerk::new(store.clone(), Arc::clone(&directory), Some(known), Voices::silent(), desk());
        tokio::spawn(clerk.run());
        (dir, store, directory, door)
    }

    /// A desk that has never heard of anybody.
    fn desk() -> Door {
        let (lane, submissions) = crossbeam::channel::bounded(8);
        std::thread::spawn(move || {
            for submission in &submissions {
                if let Submission::Forget { reply, .. } = submission {
                    let _ = reply.send(Ok(false));
                }
            }
        });
        Door::new(lane, Backlog::new())
    }

    fn named(name: &str) -> Profile {
        Profile { name: name.into(), ..Profile::default() }
    }

    fn ann() -> Number {
        Number("ann".into())
    }

    #[tokio::test]
    async fn what_is_put_is_in_store_and_directory_at_once() {
        let (_dir, store, directory, door) = clerk().await;
        door.put(ann(), named("Ann"), Seen::Nothing).await.expect("put");
        assert_eq!(directory.profile(&ann()).as_deref(), Some(&named("Ann")));
        assert_eq!(store.profiles().await.expect("read"), [(ann(), named("Ann"))]);
        assert!(door.erase(ann(), Seen::Something).await.expect("erased").stored.profile);
        assert_eq!((directory.profile(&ann()), store.profiles().await.expect("read")), (None, vec![]));
    }

    #[tokio::test]
    async fn of_two_who_change_the_same_one_is_told() {
        let (_dir, store, directory, door) = clerk().await;
        door.put(ann(), named("Ann"), Seen::Anything).await.expect("put");
        let seen = Seen::One(vec![Tag::of(&named("Ann"))]);
        let (one, other) =
            tokio::join!(door.put(ann(), named("Anna"), seen.clone()), door.put(ann(), named("Annie"), seen.clone()),);
        assert!(one.is_ok() && matches!(other, Err(Unchanged::Outdated)), "{one:?} {other:?}");
        assert!(matches!(door.erase(ann(), seen).await, Err(Unchanged::Outdated)));
        assert!(matches!(door.put(ann(), named("Ann"), Seen::Nothing).await, Err(Unchanged::Outdated)));
        assert_eq!(directory.profile(&ann()).as_deref(), Some(&named("Anna")));
        assert_eq!(store.profiles().await.expect("read"), [(ann(), named("Anna"))]);
    }

    #[tokio::test]
    async fn an_import_beside_is_seen_although_others_change_profiles_here() {
        let (_dir, store, directory, door) = clerk().await;
        let bea = Number("bea".into());
        store.put_profiles(&[(bea.clone(), named("Bea"))]).await.expect("imported");
        door.put(ann(), named("Ann"), Seen::Anything).await.expect("put");
        for _ in 0..100 {
            if directory.profile(&bea).is_some() {
                assert!(directory.profile(&ann()).is_some());
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the import was not seen within ten seconds");
    }

    #[tokio::test]
    async fn a_store_that_fails_changes_nothing() {
        let (_dir, store, directory, door) = clerk().await;
        store.close().await;
        assert!(matches!(door.put(ann(), named("Ann"), Seen::Anything).await, Err(Unchanged::Store(_))));
        assert!(directory.is_empty());
    }
}
