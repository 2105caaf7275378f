//! One call on its stream.

use super::Shared;
use crate::load::clock::Moment;
use crate::load::target::{CallNo, News, RingNo, Rung, What};
use cabrank_wire::client::{Call, Error, Gateway, Order};
use cabrank_wire::v1::refused::Why;
use cabrank_wire::v1::{Meaning, Offer, Play};
use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, sleep_until};

/// What is to be said about a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Press(char),
    HangUp,
    Answer(RingNo),
    LetGo(RingNo),
}

/// Whether a call goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Then {
    On,
    /// It is over, and what it came to.
    End(What),
}

/// Offers a call, and does as desk and load say until it is over.
pub(super) async fn live(gateway: Gateway, call: CallNo, number: String, words: UnboundedReceiver<Word>, shared: Arc<Shared>) {
    shared.tell(What::Made(call));
    let offer = Offer { line: shared.line.clone(), caller: number, reference: call.0.to_string(), ..Offer::default() };
    shared.streams.fetch_add(1, Ordering::Relaxed);
    let end = match gateway.offer(offer).await {
        Ok(leg) => Leg { call, leg, shared: Arc::clone(&shared), playing: None, rung: Vec::new() }.live(words).await,
        Err(error) => (shared.now(), failed(call, &error)),
    };
    // Nobody who waits is to be told too early: this is the last of a call.
    let _ = shared.news.send(News { at: end.0, what: end.1 });
}

struct Leg {
    call: CallNo,
    leg: Call,
    shared: Arc<Shared>,
    /// What is played, and until when.
    playing: Option<(u64, Instant)>,
    /// Agents who are rung or talk.
    rung: Vec<RingNo>,
}

impl Leg {
    async fn live(mut self, mut words: UnboundedReceiver<Word>) -> (Moment, What) {
        let end = loop {
            let ends = self.playing.map(|(_, ends)| ends);
            let then = tokio::select! {
                biased;
                order = self.leg.next() => self.obey(order).await,
                Some(word) = words.recv() => self.say(word).await,
                () = async { sleep_until(ends.unwrap_or_else(Instant::now)).await }, if ends.is_some() => self.has_played().await,
            };
            match then {
                Ok(Then::On) => {}
                Ok(Then::End(what)) => break what,
                Err(error) => break failed(self.call, &error),
            }
        };
        let at = self.shared.now();
        self.rung.iter().for_each(|ring| self.shared.tell(What::RingOver(*ring)));
        (at, end)
    }

    async fn obey(&mut self, order: Result<Option<Order>, Error>) -> Result<Then, Error> {
        let Some(order) = order? else { return Ok(Then::End(What::Over(self.call))) };
        match order {
            Order::Answer => self.shared.tell(What::Answered(self.call)),
            Order::Play(play) => self.play(&play),
            Order::Music { .. } => self.playing = None,
            Order::Ring(ring) => return self.ring(ring.offer).await,
            Order::Connect { offer } => self.shared.tell(What::Connected(RingNo(offer))),
            Order::StopRinging { offer } | Order::Release { offer } => self.is_over(RingNo(offer)),
            Order::Refused { why, .. } => return Ok(Then::End(refused(self.call, why))),
            Order::HangUp { .. } => return Ok(Then::End(What::Over(self.call))),
            Order::Fault(_) => {
                self.shared.faults.fetch_add(1, Ordering::Relaxed);
            }
            Order::Offered { .. } | Order::CallBack(_) | Order::Place(_) => {}
        }
        Ok(Then::On)
    }

    fn play(&mut self, play: &Play) {
        if play.meaning() == Meaning::Sent {
            self.shared.tell(What::Served(self.call));
        }
        self.playing = Some((play.play, Instant::now() + self.shared.prompt));
    }

    async fn has_played(&mut self) -> Result<Then, Error> {
        if let Some((play, _)) = self.playing.take() {
            self.leg.prompt_ended(play).await?;
        }
        Ok(Then::On)
    }

    async fn ring(&mut self, offer: u64) -> Result<Then, Error> {
        self.shared.tell(What::Rung(RingNo(offer), Rung::Call(self.call)));
        self.rung.push(RingNo(offer));
        self.leg.ringing(offer).await?;
        Ok(Then::On)
    }

    fn is_over(&mut self, ring: RingNo) {
        self.rung.retain(|one| *one != ring);
        self.shared.tell(What::RingOver(ring));
    }

    async fn say(&mut self, word: Word) -> Result<Then, Error> {
        match word {
            Word::Press(key) => self.leg.digit(key).await?,
            Word::Answer(RingNo(offer)) => self.leg.answered(offer).await?,
            Word::LetGo(ring) => {
                self.leg.agent_hung_up(ring.0).await?;
                self.is_over(ring);
            }
            Word::HangUp => self.leg.hang_up(),
        }
        Ok(Then::On)
    }
}

fn refused(call: CallNo, why: Why) -> What {
    match why {
        Why::Busy => What::Refused(call, "busy".into()),
        Why::Full => What::Refused(call, "full".into()),
        Why::Draining => What::Refused(call, "draining".into()),
        Why::NoSuchLine => What::Failed(call, "no such line".into()),
        Why::NoSuchCall => What::Failed(call, "no such call".into()),
    }
}

fn failed(call: CallNo, error: &Error) -> What {
    What::Failed(call, Cow::Owned(error.to_string()))
}
