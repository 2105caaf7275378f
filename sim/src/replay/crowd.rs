//! What is known of callers of a kind: how long they wait, and how long their talks are.

use super::day::{Day, Left, Stand};
use super::lasting::Lasting;
use crate::statistics::Ended;
use cabrank_core::{ClassId, QueueId, Span};
use std::collections::BTreeMap;

/// Patience and talks by queue and class.
#[derive(Debug)]
pub(super) struct Crowd {
    patience: Curves,
    talks: Curves,
}

/// How long something lasts by queue and class; where too little was seen, that of the queue, or of all.
#[derive(Debug)]
struct Curves {
    by_class: BTreeMap<(QueueId, ClassId), Lasting>,
    by_queue: BTreeMap<QueueId, Lasting>,
    all: Lasting,
}

type Seen = (Span, Ended);

impl Crowd {
    /// Learnt from a day on which agents were so fast.
    pub(super) fn of(day: &Day, speeds: &[f64]) -> Crowd {
        let patience = day.stands.iter().map(|stand| (stand, Some(patience_seen(stand))));
        let talks = day.stands.iter().map(|stand| (stand, talk_seen(stand, speeds)));
        Crowd { patience: Curves::of(patience), talks: Curves::of(talks) }
    }

    /// Whether any talk was seen to end.
    pub(super) fn knows_talks(&self) -> bool {
        self.talks.all.beyond(Span(0), 0.5).is_some()
    }

    /// How patient callers of a kind are.
    pub(super) fn patience(&self, queue: QueueId, class: ClassId) -> &Lasting {
        self.patience.for_class(queue, class)
    }

    /// When the caller would hang up, counted from joining: known of who did, else longer than the wait; never if nobody does.
    pub(super) fn patience_of(&self, stand: &Stand, uniform: f64) -> Option<Span> {
        match patience_left(stand) {
            (known, true) => Some(known),
            (known, false) => self.patience(stand.queue, stand.class).beyond(known, uniform),
        }
    }

    /// How long the talk takes with an agent of speed 1: known of those who had theirs, else longer than what there was of it.
    pub(super) fn talk_of(&self, stand: &Stand, speeds: &[f64], uniform: f64) -> Span {
        let known = match talk_seen(stand, speeds) {
            Some((whole, Ended::Event)) => return whole,
            Some((part, Ended::Censored)) => part,
            None => Span(0),
        };
        self.talks.for_class(stand.queue, stand.class).beyond(known, uniform).unwrap_or(known)
    }
}

impl Curves {
    fn of<'a>(seen: impl Iterator<Item = (&'a Stand, Option<Seen>)>) -> Curves {
        let mut by_class: BTreeMap<(QueueId, ClassId), Vec<Seen>> = BTreeMap::new();
        let (mut by_queue, mut all): (BTreeMap<QueueId, Vec<Seen>>, Vec<Seen>) = Default::default();
        for (stand, seen) in seen {
            by_class.entry((stand.queue, stand.class)).or_default().extend(seen);
            by_queue.entry(stand.queue).or_default().extend(seen);
            all.extend(seen);
        }
        Curves {
            by_class: by_class.into_iter().map(|(class, seen)| (class, Lasting::of(&seen))).collect(),
            by_queue: by_queue.into_iter().map(|(queue, seen)| (queue, Lasting::of(&seen))).collect(),
            all: Lasting::of(&all),
        }
    }

    fn for_class(&self, queue: QueueId, class: ClassId) -> &Lasting {
        let enough = |lasting: &&Lasting| lasting.is_enough();
        let of_class = self.by_class.get(&(queue, class)).filter(enough);
        of_class.or_else(|| self.by_queue.get(&queue).filter(enough)).unwrap_or(&self.all)
    }
}

/// Who hung up was as patient as that; everybody else was more so.
fn patience_seen(stand: &Stand) -> Seen {
    let ended = if stand.left == Left::HungUp { Ended::Event } else { Ended::Censored };
    (stand.waited, ended)
}

/// How long the caller is known to have stayed, and whether that was all: whoever was cut off was gone then, too, by no wish of
/// the caller's.
fn patience_left(stand: &Stand) -> (Span, bool) {
    let gone = match stand.left {
        Left::HungUp | Left::CutOff => true,
        Left::Answered | Left::TurnedAway | Left::CalledBack => false,
    };
    (stand.waited, gone)
}

/// A talk in the time of an agent of speed 1.
fn talk_seen(stand: &Stand, speeds: &[f64]) -> Option<Seen> {
    let talk = stand.talk?;
    let speed = speeds.get(talk.agent.0 as usize).copied().unwrap_or(1.0);
    Some((Span((talk.lasted.0 as f64 * speed).round() as u64), talk.ended))
}
