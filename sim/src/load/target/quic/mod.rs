//! QUIC: a load generator's sessions, each a gateway that offers calls and speaks for every agent.
//!
//! Connections and calls live on a runtime of their own, on a thread of its own: each call is a task with a stream. What happens is
//! stamped there, when it is received; what is to be done comes from the load's own thread.

mod call;
mod desk;

use super::{CallNo, News, Order, RingNo, Rung, Target, What};
use crate::load::clock::Moment;
use cabrank_wire::client::{Identity, Trust};
use call::Word;
use desk::Desk;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

/// News heard before what they came to is done.
const BATCH: usize = 64;

/// What is offered calls, and who answers.
#[derive(Clone, Debug)]
pub struct QuicPlan {
    /// Where the desk hears QUIC.
    pub server: SocketAddr,
    /// Which certificate is believed.
    pub trust: Trust,
    /// What the certificate is for, where it is not known by its fingerprint.
    pub server_name: String,
    /// Who comes: a peer of role `load`, or nobody with the administrator's token.
    pub identity: Identity,
    /// Connections; calls take turns.
    pub connections: usize,
    /// The line that callers dial.
    pub line: String,
    /// Agents who are on duty meanwhile.
    pub agents: Vec<String>,
    /// How long a prompt is played.
    pub prompt: Duration,
}

/// Why there is no load.
#[derive(Debug, thiserror::Error)]
pub enum QuicFault {
    /// The system gave no thread.
    #[error("no thread for QUIC: {0}")]
    NoThread(#[from] std::io::Error),
    /// The desk is not there, is another one, or does not let us in.
    #[error("no load by QUIC on {0}: {1}")]
    NotLetIn(SocketAddr, cabrank_wire::client::Error),
    /// An agent is not on duty.
    #[error("an agent cannot be signed in: {0}")]
    NoAgent(String),
}

/// What the calls' tasks count and know.
#[derive(Debug)]
struct Shared {
    clock: Instant,
    news: Sender<News>,
    line: String,
    prompt: Duration,
    faults: AtomicU64,
    streams: AtomicU64,
}

impl Shared {
    fn now(&self) -> Moment {
        Moment(u64::try_from(self.clock.elapsed().as_nanos()).unwrap_or(u64::MAX))
    }

    fn tell(&self, what: What) {
        // Whoever does not listen any more need not be told.
        let _ = self.news.send(News { at: self.now(), what });
    }
}

/// A desk behind QUIC.
pub struct QuicTarget {
    shared: Arc<Shared>,
    heard: Receiver<News>,
    desk: Desk,
    calls: HashMap<CallNo, UnboundedSender<Word>>,
    rings: HashMap<RingNo, CallNo>,
}

impl QuicTarget {
    /// Connects, and has the agents sign in.
    ///
    /// # Errors
    /// The desk is not there, is another one, does not let us in, or knows no such agent.
    pub fn start(plan: &QuicPlan) -> Result<QuicTarget, QuicFault> {
        let (news, heard) = channel();
        let shared = Shared {
            clock: Instant::now(),
            news,
            line: plan.line.clone(),
            prompt: plan.prompt,
            faults: AtomicU64::new(0),
            streams: AtomicU64::new(0),
        };
        let shared = Arc::new(shared);
        let desk = Desk::enter(plan, Arc::clone(&shared))?;
        Ok(QuicTarget { shared, heard, desk, calls: HashMap::new(), rings: HashMap::new() })
    }

    fn say(&self, call: CallNo, word: Word) {
        if let Some(words) = self.calls.get(&call) {
            // A call that is over hears nothing.
            let _ = words.send(word);
        }
    }

    fn say_of(&self, ring: RingNo, word: Word) {
        if let Some(call) = self.rings.get(&ring) {
            self.say(*call, word);
        }
    }

    fn note(&mut self, news: &News) {
        match &news.what {
            What::Rung(ring, Rung::Call(call)) => {
                self.rings.insert(*ring, *call);
            }
            What::RingOver(ring) | What::AgentFailed(Some(ring), _) => {
                self.rings.remove(ring);
            }
            What::Over(call) | What::Failed(call, _) | What::Refused(call, _) => {
                self.calls.remove(call);
            }
            What::Rung(_, Rung::Number(..))
            | What::AgentFailed(None, _)
            | What::Made(_)
            | What::Answered(_)
            | What::Served(_)
            | What::Connected(_) => {}
        }
    }
}

impl Target for QuicTarget {
    fn now(&self) -> Moment {
        self.shared.now()
    }

    fn carry_out(&mut self, order: Order<'_>) {
        match order {
            Order::Call(call, number) => {
                let (words, said) = unbounded_channel();
                self.calls.insert(call, words);
                self.desk.offer(call, number.to_owned(), said);
            }
            Order::Press(call, key) => self.say(call, Word::Press(key)),
            Order::HangUp(call) => self.say(call, Word::HangUp),
            Order::Answer(ring) => self.say_of(ring, Word::Answer(ring)),
            Order::LetGo(ring) => self.say_of(ring, Word::LetGo(ring)),
        }
    }

    fn wait(&mut self, until: Moment, news: &mut Vec<News>) {
        let first = news.len();
        if let Ok(one) = self.heard.recv_timeout(until.since(self.now())) {
            news.push(one);
            news.extend(self.heard.try_iter().take(BATCH));
        }
        let heard: Vec<News> = news.iter().skip(first).cloned().collect();
        heard.iter().for_each(|one| self.note(one));
    }

    fn counts(&self) -> Vec<(&'static str, u64)> {
        vec![
            ("calls offered on streams of their own", self.shared.streams.load(Ordering::Relaxed)),
            ("words that came too late for the desk", self.shared.faults.load(Ordering::Relaxed)),
        ]
    }
}
