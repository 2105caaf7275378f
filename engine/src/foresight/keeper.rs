//! Keeps whoever foresees at work: begun when somebody asks, asked one thing at a time, and begun anew when it has died.

use super::aside::{Aside, Worker};
use super::words::{Answer, Request, Told, Wish};
use super::{Ask, Foreseen, Unforeseen};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::io;
use std::path::PathBuf;
use std::pin::pin;
use std::time::Duration;
use tokio::sync::mpsc;

/// What gives no answer for so long hangs: a day that takes longer than 8 s to live through is given up by itself.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) struct Keeper {
    aside: Aside,
    data: PathBuf,
    zone: TimeZone,
    worker: Option<Worker>,
    /// Of the newest request.
    number: u64,
}

impl Keeper {
    pub(super) fn new(aside: Aside, data: PathBuf, zone: TimeZone) -> Keeper {
        Keeper { aside, data, zone, worker: None, number: 0 }
    }

    /// Has everything answered until nobody can ask any more.
    pub(super) async fn run(mut self, mut asked: mpsc::Receiver<Ask>) {
        let mut next = asked.recv().await;
        while let Some(ask) = next.take() {
            match ask {
                Ask::MakeReady(in_force) => {
                    // Whoever asks is not kept waiting for what was to keep nobody waiting.
                    let somebody_asks = async { next = asked.recv().await };
                    if let Err(why) = self.answered(Wish::Ready(in_force), somebody_asks).await {
                        tracing::debug!(%why, "nothing can be foreseen yet");
                    }
                }
                Ask::Foresee(question, mut reply) => {
                    if !reply.is_closed() {
                        let answer = self.answered(Wish::Foreseen(*question), reply.closed()).await;
                        // Whoever asked may be gone.
                        let _ = reply.send(answer.and_then(foreseen));
                    }
                }
            }
            if next.is_none() {
                next = asked.recv().await;
            }
        }
    }

    async fn answered(&mut self, wish: Wish, in_vain: impl Future<Output = ()>) -> Answer {
        let answer = tokio::time::timeout(PATIENCE, self.exchange(wish, in_vain)).await;
        let failure = match answer {
            Ok(Ok(answer)) => return answer,
            Ok(Err(failure)) => failure,
            Err(_elapsed) => io::ErrorKind::TimedOut.into(),
        };
        tracing::warn!(%failure, "whoever foresees is begun anew");
        self.worker = None;
        Err(Unforeseen::Broken)
    }

    async fn exchange(&mut self, wish: Wish, in_vain: impl Future<Output = ()>) -> io::Result<Answer> {
        self.number += 1;
        let number = self.number;
        let worker = self.asked(Request { number, midnight: self.midnight(), wish }).await?;
        let mut in_vain = pin!(in_vain);
        let mut is_awaited = true;
        loop {
            tokio::select! {
                answer = worker.answer() => return answer,
                () = &mut in_vain, if is_awaited => {
                    is_awaited = false;
                    worker.tell(&Told::NeverMind(number)).await?;
                }
            }
        }
    }

    /// Asks; another one if the last has died since.
    async fn asked(&mut self, request: Request) -> io::Result<&mut Worker> {
        let told = Told::Asked(request);
        let mut worker = match self.worker.take() {
            Some(worker) => worker,
            None => Worker::start(self.aside, &self.data)?,
        };
        if worker.tell(&told).await.is_err() {
            worker = Worker::start(self.aside, &self.data)?;
            worker.tell(&told).await?;
        }
        Ok(self.worker.insert(worker))
    }

    fn midnight(&self) -> Timestamp {
        let now = Timestamp::now();
        now.to_zoned(self.zone.clone()).start_of_day().map_or(now, |start| start.timestamp())
    }
}

fn foreseen(answer: Option<Foreseen>) -> Result<Foreseen, Unforeseen> {
    answer.ok_or(Unforeseen::Broken)
}
