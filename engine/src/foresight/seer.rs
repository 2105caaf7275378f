//! Whoever foresees: answers what it is asked, one line after the other.

use super::Unforeseen;
use super::budget::ENOUGH;
use super::kept::Kept;
use super::words::{Answer, Request, Told, Wish};
use cabrank_core::Thresholds;
use jiff::Timestamp;
use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

/// A day older than that is made anew while nobody waits.
const AGED: Duration = Duration::from_secs(60);
/// A day older than that is made anew before anything is foreseen of it.
const OLD: Duration = Duration::from_secs(300);
/// A day that is made while somebody waits is lived through for so long as it was; the rest of [`ENOUGH`] is for the question.
const IN_HASTE: Duration = Duration::from_millis(500);

/// Answers until nobody can ask any more.
pub(super) fn answer(data: PathBuf, asked: impl Read + Send + 'static, mut answers: impl Write) -> io::Result<()> {
    let (heard, (requests, to_answer)) = (Heard::default(), channel());
    let listens = heard.clone();
    let listener = thread::Builder::new().name("asked".to_owned()).spawn(move || listens.listen(asked, &requests))?;
    let mut seer = Seer { data, heard, kept: None };
    for request in to_answer {
        let answer = seer.answer(&request);
        serde_json::to_writer(&mut answers, &answer)?;
        answers.write_all(b"\n")?;
        answers.flush()?;
        seer.renew(&request);
    }
    listener.join().unwrap_or(Ok(()))
}

/// The highest numbers that were heard so far, while something is worked at; at the end of all questions they are the highest there are.
#[derive(Clone, Default)]
struct Heard(Arc<Numbers>);

#[derive(Default)]
struct Numbers {
    asked: AtomicU64,
    given_up: AtomicU64,
}

impl Heard {
    fn listen(&self, asked: impl Read, requests: &Sender<Request>) -> io::Result<()> {
        let ended = self.listen_to_all(asked, requests);
        self.0.asked.store(u64::MAX, Ordering::Relaxed);
        self.0.given_up.store(u64::MAX, Ordering::Relaxed);
        ended
    }

    fn listen_to_all(&self, asked: impl Read, requests: &Sender<Request>) -> io::Result<()> {
        for line in BufReader::new(asked).lines() {
            match serde_json::from_str(&line?)? {
                Told::Asked(request) => {
                    self.0.asked.store(request.number, Ordering::Relaxed);
                    requests.send(request).map_err(|_| io::ErrorKind::BrokenPipe)?;
                }
                Told::NeverMind(number) => self.0.given_up.store(number, Ordering::Relaxed),
            }
        }
        Ok(())
    }

    /// Whether nobody waits any more for the answer to that request.
    fn is_given_up(&self, number: u64) -> bool {
        self.0.given_up.load(Ordering::Relaxed) >= number
    }

    /// Whether something else is asked since.
    fn is_asked_after(&self, number: u64) -> bool {
        self.0.asked.load(Ordering::Relaxed) > number
    }
}

struct Seer {
    data: PathBuf,
    heard: Heard,
    kept: Option<Kept>,
}

impl Seer {
    fn answer(&mut self, request: &Request) -> Answer {
        let begun = Instant::now();
        let (heard, number) = (self.heard.clone(), request.number);
        let in_vain = || heard.is_given_up(number);
        match &request.wish {
            Wish::Ready(in_force) => self.make_ready(request.midnight, in_force, &in_vain).map(|()| None),
            Wish::Foreseen(question) => {
                let kept = self.day(request.midnight, &question.before, &in_vain)?;
                kept.foresee(question, ENOUGH.saturating_sub(begun.elapsed()), &in_vain).map(Some)
            }
        }
    }

    /// Makes ready for another such question, while nobody waits.
    fn renew(&mut self, request: &Request) {
        let (heard, number) = (self.heard.clone(), request.number);
        if let (Wish::Foreseen(question), Some(_)) = (&request.wish, &self.kept) {
            // A day that cannot be made is told to whoever asks next.
            let _ = self.make_ready(request.midnight, &question.before, &|| heard.is_asked_after(number));
        }
    }

    /// The day that is kept remains until a newer one is made.
    fn make_ready(&mut self, midnight: Timestamp, in_force: &[Thresholds], in_vain: &dyn Fn() -> bool) -> Result<(), Unforeseen> {
        let is_good = |kept: &&mut Kept| kept.age() <= AGED && !kept.is_made_in_haste() && kept.has_as_many_queues(in_force);
        let kept = match self.kept.as_mut().filter(is_good) {
            Some(kept) => kept,
            None => self.kept.insert(made(&self.data, midnight, in_force, ENOUGH, in_vain)?),
        };
        kept.prepare(in_force, in_vain)
    }

    /// The day that is kept, or one that is made now.
    fn day(&mut self, midnight: Timestamp, in_force: &[Thresholds], in_vain: &dyn Fn() -> bool) -> Result<&mut Kept, Unforeseen> {
        let kept = self.kept.take().filter(|kept| kept.age() <= OLD && kept.has_as_many_queues(in_force));
        let kept = match kept {
            Some(kept) => kept,
            None => made(&self.data, midnight, in_force, IN_HASTE, in_vain)?,
        };
        Ok(self.kept.insert(kept))
    }
}

fn made(
    data: &Path,
    midnight: Timestamp,
    in_force: &[Thresholds],
    room: Duration,
    in_vain: &dyn Fn() -> bool,
) -> Result<Kept, Unforeseen> {
    let kept = Kept::of(data, midnight, room, in_vain)?;
    if kept.has_as_many_queues(in_force) {
        Ok(kept)
    } else {
        Err(Unforeseen::TooLittle("the desk's queues have just been replaced.".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Heard, Kept, Seer, answer};
    use crate::foresight::tests::{a_day, midnight};
    use crate::foresight::words::{Answer, Request, Told, Wish};
    use crate::foresight::{Question, Unforeseen};
    use crate::names::tests::taxi;
    use jiff::Timestamp;
    use proptest::prelude::*;
    use std::io::{self, Cursor};
    use std::sync::atomic::Ordering;

    /// What is answered to these lines, on a desk without a journal.
    fn answers(lines: Vec<u8>) -> (io::Result<()>, Vec<Answer>) {
        let place = tempfile::tempdir().expect("a directory");
        let mut told = Vec::new();
        let ended = answer(place.path().to_owned(), Cursor::new(lines), &mut told);
        let told = String::from_utf8(told).expect("text");
        (ended, told.lines().map(|line| serde_json::from_str(line).expect("an answer")).collect())
    }

    fn line(told: &Told) -> Vec<u8> {
        let mut line = serde_json::to_vec(told).expect("JSON");
        line.push(b'\n');
        line
    }

    fn asked(number: u64, wish: Wish) -> Vec<u8> {
        line(&Told::Asked(Request { number, midnight: Timestamp::now(), wish }))
    }

    #[test]
    fn a_day_made_in_haste_is_made_anew_while_nobody_asks_and_is_kept_when_somebody_does() {
        let place = tempfile::tempdir().expect("a directory");
        a_day(place.path(), taxi().settings(), 80.0, 11);
        let mut seer = Seer { data: place.path().to_owned(), heard: Heard::default(), kept: None };
        let request = Request { number: 1, midnight: midnight(), wish: Wish::Foreseen(Question::of(taxi().settings(), [])) };
        let in_haste = |seer: &Seer| seer.kept.as_ref().map(Kept::is_made_in_haste);
        seer.answer(&request).expect("foreseen").expect("it was the wish");
        assert_eq!(in_haste(&seer), Some(true));
        seer.heard.0.asked.store(2, Ordering::Relaxed);
        seer.renew(&request);
        assert_eq!(in_haste(&seer), Some(true));
        seer.heard.0.asked.store(1, Ordering::Relaxed);
        seer.renew(&request);
        assert_eq!(in_haste(&seer), Some(false));
    }

    #[test]
    fn each_request_is_answered_in_turn_until_nobody_can_ask_any_more() {
        let question = Question::of(taxi().settings(), []);
        let lines =
            [asked(1, Wish::Ready(question.before.clone())), line(&Told::NeverMind(1)), asked(2, Wish::Foreseen(question))];
        let (ended, told) = answers(lines.concat());
        ended.expect("its end");
        assert_eq!(told, [Err(Unforeseen::Unreadable), Err(Unforeseen::Unreadable)], "there is no journal");
    }

    proptest! {
        #[test]
        fn who_hears_nonsense_ends_with_an_error(lines in prop::collection::vec(any::<u8>(), 1..200)) {
            let (ended, told) = answers(lines.clone());
            prop_assert!(ended.is_err(), "{lines:?}");
            prop_assert!(told.is_empty());
        }
    }
}
