//! Whoever foresees: answers what it is asked, one line after the other.

use super::kept::Kept;
use super::words::{Answer, Request, Told, Wish};
use super::{Foreseen, Question, Unforeseen};
use cabrank_core::Thresholds;
use jiff::Timestamp;
use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

/// A day older than that is made anew once a question is answered.
const AGED: Duration = Duration::from_secs(60);
/// A day older than that is made anew before.
const OLD: Duration = Duration::from_secs(300);

/// Answers until nobody can ask any more.
pub(super) fn answer(data: PathBuf, asked: impl Read + Send + 'static, mut answers: impl Write) -> io::Result<()> {
    let given_up = GivenUp::default();
    let (requests, to_answer) = channel();
    let listener = {
        let given_up = given_up.clone();
        thread::Builder::new().name("asked".to_owned()).spawn(move || listen(asked, &requests, &given_up))?
    };
    let mut seer = Seer { data, given_up, kept: None };
    for request in to_answer {
        let answer = seer.answer(&request);
        serde_json::to_writer(&mut answers, &answer)?;
        answers.write_all(b"\n")?;
        answers.flush()?;
        seer.renew(&request);
    }
    listener.join().unwrap_or(Ok(()))
}

fn listen(asked: impl Read, requests: &Sender<Request>, given_up: &GivenUp) -> io::Result<()> {
    let heard = hear(asked, requests, given_up);
    given_up.up_to(u64::MAX);
    heard
}

fn hear(asked: impl Read, requests: &Sender<Request>, given_up: &GivenUp) -> io::Result<()> {
    for line in BufReader::new(asked).lines() {
        match serde_json::from_str(&line?)? {
            Told::Asked(request) => requests.send(request).map_err(|_| io::ErrorKind::BrokenPipe)?,
            Told::NeverMind(number) => given_up.up_to(number),
        }
    }
    Ok(())
}

/// Up to which number requests are not waited for any more; all of them once nobody can ask any more.
#[derive(Clone, Default)]
struct GivenUp(Arc<AtomicU64>);

impl GivenUp {
    fn up_to(&self, number: u64) {
        self.0.store(number, Ordering::Relaxed);
    }

    fn is(&self, number: u64) -> bool {
        self.0.load(Ordering::Relaxed) >= number
    }
}

struct Seer {
    data: PathBuf,
    given_up: GivenUp,
    kept: Option<Kept>,
}

impl Seer {
    fn answer(&mut self, request: &Request) -> Answer {
        let (given_up, number) = (self.given_up.clone(), request.number);
        let in_vain = || given_up.is(number);
        match &request.wish {
            Wish::Ready(in_force) => {
                self.day(request.midnight, in_force, AGED, &in_vain)?.prepare(in_force, &in_vain).map(|()| None)
            }
            Wish::Foreseen(question) => self.foresee(request.midnight, question, &in_vain).map(Some),
        }
    }

    fn foresee(&mut self, midnight: Timestamp, question: &Question, in_vain: &dyn Fn() -> bool) -> Result<Foreseen, Unforeseen> {
        self.day(midnight, &question.before, OLD, in_vain)?.foresee(question, in_vain)
    }

    /// Makes an aged day anew while nobody waits.
    fn renew(&mut self, request: &Request) {
        let Wish::Foreseen(question) = &request.wish else { return };
        let given_up = self.given_up.clone();
        let in_vain = || given_up.is(u64::MAX);
        if self.kept.is_some() && !in_vain() {
            // A day that cannot be made is told to whoever asks next.
            let day = self.day(request.midnight, &question.before, AGED, &in_vain);
            let _ = day.and_then(|kept| kept.prepare(&question.before, &in_vain));
        }
    }

    /// The day that is kept, or one that is made now.
    fn day(
        &mut self,
        midnight: Timestamp,
        queues: &[Thresholds],
        age_max: Duration,
        in_vain: &dyn Fn() -> bool,
    ) -> Result<&mut Kept, Unforeseen> {
        let kept = self.kept.take().filter(|kept| kept.age() <= age_max && kept.has_as_many_queues(queues));
        let kept = match kept {
            Some(kept) => kept,
            None => Kept::of(&self.data, midnight, in_vain)?,
        };
        if !kept.has_as_many_queues(queues) {
            return Err(Unforeseen::TooLittle("the desk's queues have just been replaced.".to_owned()));
        }
        Ok(self.kept.insert(kept))
    }
}

#[cfg(test)]
mod tests {
    use super::answer;
    use crate::foresight::words::{Answer, Request, Told, Wish};
    use crate::foresight::{Question, Unforeseen};
    use crate::names::tests::taxi;
    use jiff::Timestamp;
    use proptest::prelude::*;
    use std::io::{self, Cursor};

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
