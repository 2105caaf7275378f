//! One look at the desk for all who ask at about the same time, so that polling never loads the lane.

use crate::door::{Busy, Door};
use cabrank_core::View;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};

/// How old a shared look may be.
const OLD: Duration = Duration::from_millis(50);
/// How long the lane may take to show itself.
const PATIENCE: Duration = Duration::from_secs(2);
/// Requests that may wait for a look.
const WAITING_MAX: usize = 256;

/// Looks at the desk on behalf of many. One task looks; it ends with the last glance.
#[derive(Clone, Debug)]
pub(crate) struct Glance {
    wishes: mpsc::Sender<Wish>,
}

#[derive(Debug)]
struct Wish {
    freshness: Freshness,
    reply: oneshot::Sender<Result<Arc<View>, Busy>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Freshness {
    /// Some milliseconds old will do.
    Recent,
    /// Not older than the wish: something was changed just now.
    New,
}

impl Glance {
    /// A glance through that door.
    pub(crate) fn new(door: Door) -> Glance {
        let (wishes, queue) = mpsc::channel(WAITING_MAX);
        tokio::spawn(look_for_all(door, queue));
        Glance { wishes }
    }

    /// The desk as it is, or was a moment ago.
    pub(crate) async fn recent(&self) -> Result<Arc<View>, Busy> {
        self.wish(Freshness::Recent).await
    }

    /// The desk after everything that it was told before.
    pub(crate) async fn new_look(&self) -> Result<Arc<View>, Busy> {
        self.wish(Freshness::New).await
    }

    async fn wish(&self, freshness: Freshness) -> Result<Arc<View>, Busy> {
        let (reply, answer) = oneshot::channel();
        self.wishes.try_send(Wish { freshness, reply }).map_err(|_| Busy)?;
        answer.await.map_err(|_| Busy)?
    }
}

async fn look_for_all(door: Door, mut queue: mpsc::Receiver<Wish>) {
    let mut seen: Option<(Instant, Arc<View>)> = None;
    while let Some(wish) = queue.recv().await {
        let will_do = seen.as_ref().is_some_and(|(at, _)| wish.freshness == Freshness::Recent && at.elapsed() <= OLD);
        if !will_do {
            seen = look(&door).await.ok().map(|view| (Instant::now(), view));
        }
        let answer = seen.as_ref().map(|(_, view)| Arc::clone(view)).ok_or(Busy);
        // Who asked may have gone meanwhile.
        let _ = wish.reply.send(answer);
    }
}

async fn look(door: &Door) -> Result<Arc<View>, Busy> {
    let looked = tokio::time::timeout(PATIENCE, door.look()).await;
    looked.unwrap_or(Err(Busy)).map(Arc::new)
}

#[cfg(test)]
mod tests {
    use super::Glance;
    use crate::backlog::Backlog;
    use crate::door::{Door, Submission};
    use crate::names::tests::taxi;
    use cabrank_core::Desk;
    use crossbeam::channel::bounded;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Instant;

    #[tokio::test]
    async fn polling_looks_at_the_desk_but_seldom() {
        let (lane, submissions) = bounded(64);
        let looks = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&looks);
        std::thread::spawn(move || {
            let desk = Desk::new(taxi().settings().clone(), 1).expect("a desk");
            for submission in &submissions {
                if let Submission::Look(reply) = submission {
                    counted.fetch_add(1, Ordering::Relaxed);
                    let _ = reply.send(desk.view());
                }
            }
        });
        let glance = Glance::new(Door::new(lane, Backlog::new()));
        let since = Instant::now();
        for _ in 0..1_000 {
            glance.recent().await.expect("not busy");
        }
        let looks = looks.load(Ordering::Relaxed);
        let most = 1 + since.elapsed().as_millis() as usize / 50;
        assert!((1..=most).contains(&looks), "{looks} looks, at most {most} expected");
    }
}
