//! What became of one quote, and what it weighs.
//!
//! A caller who hung up before the bound neither proves it right nor wrong. Whoever stayed stands for those, too, and weighs
//! as much more as it is unlikely to stay so long: 1 / P(patience > time), the time at which the outcome was known: that of
//! the answer, or the bound itself for whoever still waited then (Robins and Rotnitzky 1992; Graf et al. 1999).

use crate::simulate::QuoteSample;
use crate::statistics::{Ended, KaplanMeier, pinball};
use cabrank_core::{LEVELS, Span};

/// How long these callers would wait before they hang up. Whoever was answered is only known to have waited so long.
pub(super) fn patience(quotes: &[QuoteSample]) -> KaplanMeier {
    let seen = |quote: &QuoteSample| (quote.waited, if quote.answered { Ended::Censored } else { Ended::Event });
    KaplanMeier::of(quotes.iter().map(seen))
}

/// What became of one quote.
pub(super) struct Judged {
    /// By level: whether it was kept, and the weight; none if the caller left before that could be known.
    pub(super) kept: [Option<(bool, f64)>; LEVELS.len()],
    /// The pinball loss in seconds at the queue's own level, and the weight; none if the caller was not answered.
    pub(super) loss_s: Option<(f64, f64)>,
    /// What was said at that level, in seconds.
    pub(super) said_s: f64,
}

impl Judged {
    pub(super) fn of(quote: &QuoteSample, level: usize, patience: &KaplanMeier) -> Judged {
        let weight = |known_at| 1.0 / patience.survival(known_at);
        let answered = quote.answered.then(|| weight(quote.waited));
        let said_s = secs(quote.at_most[level]);
        let kept = quote.at_most.map(|bound| match answered {
            _ if quote.waited > bound => Some((false, weight(bound))),
            Some(weight) => Some((true, weight)),
            None => None,
        });
        let p = f64::from(LEVELS[level].0) / 1e3;
        Judged { kept, loss_s: answered.map(|weight| (pinball(p, said_s, secs(quote.waited)), weight)), said_s }
    }
}

fn secs(span: Span) -> f64 {
    span.0 as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use super::super::score::Score;
    use super::*;
    use crate::chance::{Law, Purpose, Sampler, stream};
    use crate::statistics::Interval;
    use rand_pcg::Pcg64;

    fn quote(waited_s: u64, answered: bool) -> QuoteSample {
        let at_most = [10, 20, 30, 40].map(Span::secs);
        QuoteSample { joined_at: Span(0), in_line: 0, at_most, waited: Span::secs(waited_s), answered }
    }

    /// By hand: five callers are answered after 5, 15, 25, 35 and 45 s, and one leaves after 12 s: of the four who are left
    /// then, each stands for 5/4.
    #[test]
    fn who_stays_stands_for_who_leaves() {
        let quotes = [quote(5, true), quote(12, false), quote(15, true), quote(25, true), quote(35, true), quote(45, true)];
        let patience = patience(&quotes);
        let judged = quotes.map(|quote| Judged::of(&quote, 1, &patience));
        let kept = |n: usize| judged[n].kept;
        assert_eq!(kept(0), [Some((true, 1.0)); 4]);
        assert_eq!(kept(1), [Some((false, 1.0)), None, None, None]);
        assert_eq!(kept(2), [Some((false, 1.0)), Some((true, 1.25)), Some((true, 1.25)), Some((true, 1.25))]);
        assert_eq!(kept(5), [Some((false, 1.0)), Some((false, 1.25)), Some((false, 1.25)), Some((false, 1.25))]);
        // At 80 %, 20 s were said: 15 s too many cost a fifth of that, 25 s too few four fifths.
        assert_eq!(judged[0].loss_s.map(|(loss, weight)| ((loss * 1e9).round(), weight)), Some((3e9, 1.0)));
        assert_eq!(judged[5].loss_s, Some((20.0, 1.25)));
        assert_eq!((judged[1].loss_s, judged[1].said_s), (None, 20.0));
        let mut score = Score::default();
        judged.iter().for_each(|judged| score.note(judged));
        assert_eq!(score.coverage(1), Some((1.0 + 1.25) / (1.0 + 4.0 * 1.25)));
    }

    /// Exponential waits and patience, bounds at the true quantiles: the estimate must find the levels, and its interval over
    /// replications must cover them as often as it says. To count the answered alone would not.
    #[test]
    fn coverage_is_found_though_a_third_hangs_up() {
        const DAYS: u64 = 200;
        let mut covered = [0; LEVELS.len()];
        for study in 0..DAYS {
            let days: Vec<[f64; LEVELS.len()]> = (0..10).map(|day| coverage_of_day(study * 10 + day)).collect();
            for (level, covered) in covered.iter_mut().enumerate() {
                let found: Vec<f64> = days.iter().map(|day| day[level]).collect();
                *covered += u32::from(Interval::of(&found, 0.95).covers(f64::from(LEVELS[level].0) / 1e3));
            }
        }
        // Of 200 intervals of 95 %, fewer than 176 cover in one case of 100,000.
        assert!(covered.iter().all(|covered| (176..=200).contains(covered)), "{covered:?} of {DAYS} intervals cover");
    }

    fn coverage_of_day(seed: u64) -> [f64; LEVELS.len()] {
        const WAIT_S: f64 = 60.0;
        let law = |mean| Law::Exponential { mean: Span::secs(mean) }.sampler();
        let (mut waits, mut patiences) = (stream(seed, 0, Purpose::Handle), stream(seed, 0, Purpose::Patience));
        let quantile = |p: f64| Span((-(1.0 - p).ln() * WAIT_S * 1e6) as u64);
        let at_most = LEVELS.map(|level| quantile(f64::from(level.0) / 1e3));
        let mut sample = |(wait, patience): (&Sampler, &Sampler)| {
            let (wait, patience) = (draw(wait, &mut waits), draw(patience, &mut patiences));
            QuoteSample { joined_at: Span(0), in_line: 0, at_most, waited: wait.min(patience), answered: wait <= patience }
        };
        let laws = (law(WAIT_S as u64), law(120));
        let quotes: Vec<QuoteSample> = (0..500).map(|_| sample((&laws.0, &laws.1))).collect();
        let (patience, mut score) = (patience(&quotes), Score::default());
        quotes.iter().for_each(|quote| score.note(&Judged::of(quote, 1, &patience)));
        std::array::from_fn(|level| score.coverage(level).expect("some are answered"))
    }

    fn draw(law: &Sampler, stream: &mut Pcg64) -> Span {
        law.draw(stream)
    }
}
