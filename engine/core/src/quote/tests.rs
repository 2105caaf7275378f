//! The arithmetic against floating point, the outlook against exact quantiles, and a quoter against anything.

extern crate std;

#[path = "../../tests/quotes/exact.rs"]
mod exact;

use super::flow::Speed;
use super::mark::{MARKS, Mark};
use super::survival::{STRETCHES, Stretch};
use super::*;
use std::format;

/// A stream of numbers (SplitMix64).
struct Draw(u64);

impl Draw {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let a = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let b = (a ^ (a >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        b ^ (b >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.bits() % end
    }

    /// Of any size: as many bits as chance has it.
    fn any(&mut self) -> u64 {
        let bits = self.bits();
        bits >> self.below(64)
    }
}

fn fixed(value: f64) -> Fixed {
    Fixed::millionths((value * 1e6).round() as i64)
}

fn float(value: Fixed) -> f64 {
    if value < Fixed::ZERO { -float(-value) } else { value.span().0 as f64 / 1e6 }
}

fn assert_near(what: &str, found: f64, expected: f64, allowed: f64) {
    assert!((found - expected).abs() <= allowed, "{what}: {found} instead of {expected}");
}

#[test]
fn the_arithmetic_is_that_of_real_numbers() {
    for seed in 0..2_000 {
        let mut draw = Draw(seed);
        let a = draw.below(40_000_000) as f64 / 1e6 + 1e-3;
        let b = draw.below(40_000_000) as f64 / 1e6 + 1e-3;
        let (x, y) = (fixed(a), fixed(b));
        let what = |name: &str| format!("seed {seed}: {name} of {a} and {b}");
        assert_near(&what("product"), float(x * y), a * b, 1e-5);
        assert_near(&what("quotient"), float(x / y), a / b, 1e-5 * (1.0 + a / b));
        assert_near(&what("root"), float(x.sqrt()), a.sqrt(), 1e-5);
        assert_near(&what("logarithm"), float(x.ln()), a.ln(), 1e-5);
        assert_near(&what("exponential"), float((x - y).exp()).min(1e9), (a - b).exp().min(1e9), 1e-5 * (1.0 + (a - b).exp()));
    }
}

/// Short divisions and roots are what long ones would be, to the last bit.
#[test]
fn the_short_way_leads_to_the_same_number() {
    let long = |n: i128, d: i128| (n << 32).checked_div(d).unwrap_or(if n < 0 { i128::MIN } else { i128::MAX });
    let held = |n: i128| n.clamp(i64::MIN.into(), i64::MAX.into()) as i64;
    for seed in 0..100_000 {
        let mut draw = Draw(seed);
        let [a, b] = [0, 1].map(|_| if draw.below(2) == 0 { draw.any() as i64 } else { -(draw.any() as i64 >> 1) });
        let what = format!("seed {seed}: {a} and {b}");
        let (x, y) = (Fixed::from_bits(a), Fixed::from_bits(b));
        assert_eq!((x / y).bits(), held(long(a.into(), b.into())), "{what}");
        assert_eq!(x.inverse(), Fixed::ONE / x, "{what}");
        assert_eq!(x.sqrt().bits() as u128, ((a.max(0) as u128) << 32).isqrt(), "{what}");
        let ([n, d], times) = ([a, b].map(i64::unsigned_abs), draw.any() >> 20);
        assert_eq!(Fixed::ratio(n.into(), d.into()).bits(), held(long(n.into(), d.into())), "{what}");
        let wide = Fixed::ratio(u128::from(n) * u128::from(times), u128::from(d) << 16);
        assert_eq!(Fixed::coarse_ratio(n, times, d), wide, "{what} and {times}");
    }
}

#[test]
fn a_level_is_a_point_of_the_normal_distribution() {
    let known =
        [(1, -3.090232), (25, -1.959964), (100, -1.281552), (500, 0.0), (800, 0.841621), (950, 1.644854), (999, 3.090232)];
    for (share, z) in known {
        let level = Level::new(Permille(share));
        assert_near(&format!("the point of {share}"), float(level.z), z, 0.001);
        let density = (-z * z / 2.0f64).exp() / std::f64::consts::TAU.sqrt();
        assert_near(&format!("the slope of {share}"), float(level.slope) * density, 1.0, 0.01);
    }
}

/// Everybody in line now is served first, nobody overtakes.
struct Fifo(u32);

impl Ahead for Fifo {
    fn waiting(&self, _horizon: Span) -> u32 {
        self.0
    }

    fn arriving(&self, _class: usize, _horizon: Span) -> Permille {
        Permille(0)
    }
}

#[test]
fn the_outlook_is_that_of_independent_departures() {
    for seed in 0..500 {
        let mut draw = Draw(seed);
        let ahead = [0, 1, 2, 5, 11, 40, 150, 500][draw.below(8) as usize];
        let service = 0.01 * (draw.below(1_000) + 1) as f64;
        let leaving = service / ([1.0, 2.0, 5.0, 30.0, 1_000.0][draw.below(5) as usize]);
        let sure = Fixed::whole(1 << 30);
        let speed = Speed { service: fixed(service), leaving: fixed(leaving), evidence: sure };
        let outlook = Outlook::new(speed, 0, |_| Fixed::ZERO, &Fifo(ahead));
        let bounds_s = outlook.bounds_s(LEVELS.map(|share| Level::new(share).z));
        for (share, bound_s) in LEVELS.into_iter().zip(bounds_s) {
            let found = float(bound_s);
            let exact = exact::quantile_s(service, leaving, ahead, f64::from(share.0) / 1e3);
            let what = format!("seed {seed}: {ahead} ahead, service {service}, leaving {leaving}, at {}", share.0);
            let allowed = if leaving * 1.5 < service { 0.015 } else { 0.025 };
            assert_near(&what, found / exact, 1.0, allowed);
        }
    }
}

/// Class 0 comes before everybody.
struct Overtaken(u32);

impl Ahead for Overtaken {
    fn waiting(&self, _horizon: Span) -> u32 {
        self.0
    }

    fn arriving(&self, class: usize, _horizon: Span) -> Permille {
        Permille(if class == 0 { 1_000 } else { 0 })
    }
}

/// With nobody leaving, the line ahead empties like the busy period of a single server, of which mean and variance are
/// known.
#[test]
fn who_overtakes_makes_the_wait_longer_and_less_sure() {
    for (ahead, load) in [(0, 0.1), (3, 0.3), (10, 0.5), (40, 0.8)] {
        let speed = Speed { service: fixed(0.5), leaving: Fixed::ZERO, evidence: Fixed::whole(1 << 30) };
        let arrivals = [fixed(0.5 * load), fixed(7.0)];
        let outlook = Outlook::new(speed, 2, |class| arrivals[class], &Overtaken(ahead));
        let stages = f64::from(ahead + 1);
        let mean_s = stages / (0.5 * (1.0 - load));
        let spread = ((1.0 + load) / (1.0 - load) / stages).sqrt();
        assert_near(&format!("the mean behind {ahead} at {load}"), float(outlook.mean_s) / mean_s, 1.0, 0.001);
        assert_near(&format!("the spread behind {ahead} at {load}"), float(outlook.spread()), spread, 0.001);
    }
}

#[test]
fn patience_is_that_of_the_callers() {
    let mut draw = Draw(5);
    let mut patience = Survival::new();
    let mut exponential = |mean_s: f64| -mean_s * ((draw.below(1 << 40) as f64 + 0.5) / (1u64 << 40) as f64).ln();
    for _ in 0..20_000 {
        let (leaves, answered) = (exponential(100.0), exponential(80.0));
        let waited = Span((leaves.min(answered) * 1e6) as u64);
        patience.learn(if leaves < answered { Waited::Longer(waited) } else { Waited::Answered(waited) });
    }
    for seconds in [0, 1, 5, 20, 50, 100, 150] {
        let found = float(patience.after(Span::secs(seconds)));
        assert_near(&format!("share after {seconds} s"), found, (-(seconds as f64) / 100.0).exp(), 0.03);
    }
}

/// Does to a quoter whatever chance has it.
fn torment(quoter: &mut Quoter, draw: &mut Draw, kept: &mut Option<Estimate>) {
    let now = Tick(draw.any());
    let class = draw.below(4) as usize;
    let waited = Span(draw.any());
    match draw.below(7) {
        0 => quoter.line_is(now, draw.any() as u32, draw.any() as u32),
        1 => quoter.joined(now, class),
        2 | 3 => quoter.started(now),
        4 => quoter.answered(now, class, kept.as_ref(), waited),
        5 => quoter.abandoned(now, class, kept.as_ref(), waited),
        6.. => *kept = quoter.estimate(now, class, &Mob(draw.any())).or(*kept),
    }
}

/// An order that makes no sense.
struct Mob(u64);

impl Ahead for Mob {
    fn waiting(&self, horizon: Span) -> u32 {
        (self.0 ^ horizon.0) as u32
    }

    fn arriving(&self, class: usize, horizon: Span) -> Permille {
        Permille((self.0 ^ horizon.0) as u16 ^ class as u16)
    }
}

#[test]
fn nothing_upsets_a_quoter() {
    let mut quotes = 0;
    for seed in 0..300 {
        let mut draw = Draw(seed);
        let mut quoter = Quoter::new(Permille(draw.any() as u16), 3);
        let mut estimate = None;
        for _ in 0..300 {
            torment(&mut quoter, &mut draw, &mut estimate);
            let bounds = estimate.iter().flat_map(|estimate| (1..4).map(|n| (estimate.at(n - 1), estimate.at(n))));
            bounds.for_each(|(lower, higher)| assert!(lower <= higher, "seed {seed}: {estimate:?}"));
        }
        quotes += usize::from(estimate.is_some());
        assert_eq!(
            Quoter::from_bytes(&quoter.to_bytes()).as_ref(),
            Ok(&quoter),
            "seed {seed}: the byte form is another quoter's"
        );
        assert_eq!(estimate.map(|e| Estimate::from_bytes(&e.to_bytes())), estimate.map(Ok), "seed {seed}");
    }
    assert!(quotes > 20, "only {quotes} of 300 ever quoted: too tame a test");
}

#[test]
fn hostile_bytes_are_malformed_or_a_quoter() {
    for seed in 0..300 {
        let mut draw = Draw(seed);
        let mut bytes = Quoter::new(Permille(800), 2).to_bytes();
        for _ in 0..4 {
            let at = draw.below(bytes.len() as u64) as usize;
            bytes[at] = draw.bits() as u8;
        }
        let Ok(mut quoter) = Quoter::from_bytes(&bytes) else { continue };
        let mut estimate = None;
        (0..50).for_each(|_| torment(&mut quoter, &mut draw, &mut estimate));
    }
}

/// A line of `waiting` before ten agents, one of whom starts somebody every 18 seconds.
fn steady(starts: u64, waiting: u32) -> (Quoter, Tick) {
    let mut quoter = Quoter::new(Permille(800), 1);
    for n in 0..starts {
        let now = Tick(0).plus(Span::secs(18 * n));
        quoter.started(now);
        quoter.line_is(now, waiting, 10);
    }
    (quoter, Tick(0).plus(Span::secs(18 * starts)))
}

#[test]
fn without_data_there_is_no_quote() {
    let (few, now) = steady(10, 5);
    assert_eq!(few.estimate(now, 0, &Fifo(5)), None, "ten starts are too few");
    let (mut enough, now) = steady(40, 5);
    assert!(enough.estimate(now, 0, &Fifo(5)).is_some());
    assert_eq!(enough.estimate(now, 1, &Fifo(5)), None, "there is no such class");
    assert_eq!(enough.estimate(now, 0, &Fifo(1_000_000)), None, "nobody waits for months");
    enough.line_is(now, 5, 0);
    assert_eq!(enough.estimate(now, 0, &Fifo(5)), None, "there is no agent");
}

#[test]
fn nobody_is_quoted_what_nobody_waits_for() {
    let (mut quoter, now) = steady(40, 50);
    for n in 0..200 {
        quoter.abandoned(now, 0, None, Span::secs(n % 20));
    }
    assert_eq!(quoter.estimate(now, 0, &Fifo(50)), None, "all have left after 20 s");
}

#[test]
fn starts_at_light_load_do_not_pass_for_the_pace() {
    let (mut quoter, mut now) = steady(100, 5);
    let before = quoter.flow.speed(now).expect("a pace").service;
    quoter.line_is(now, 0, 10);
    for _ in 0..100 {
        now = now.plus(Span::secs(60));
        quoter.joined(now, 0);
        quoter.line_is(now, 1, 10);
        now = now.plus(Span::secs(2));
        quoter.line_is(now, 0, 10);
        quoter.started(now);
    }
    assert_eq!(quoter.flow.speed(now).expect("a pace").service, before);
}

#[test]
fn a_quoter_is_small() {
    assert!(size_of::<Estimate>() <= 32, "an estimate takes {} bytes", size_of::<Estimate>());
    let lists = MARKS.len() * size_of::<Mark>() + STRETCHES * size_of::<Stretch>();
    let bytes = size_of::<Quoter>() + 2 * (size_of::<History>() + lists);
    assert!(bytes <= 2_560, "a quoter of two classes takes {bytes} bytes");
}
