//! Where to look: all over the space first, then around the best.

use super::space::{Point, Space};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

/// The bases of Halton's sequence: as many keys can be varied at once.
const PRIMES: [u64; KEYS_MAX] = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29];

/// As many keys can be varied at once.
pub const KEYS_MAX: usize = 10;

/// Up to so many keys pairs of them are varied together, too: along the edge of what a limit allows it takes more of one
/// thing and less of another.
const PAIRED_MAX: usize = 4;

/// Points all over the space: each one, if there are no more than `at_most`; else so many, spread evenly (Halton 1960), shifted
/// by a seeded lot.
pub(super) fn all_over(space: &Space, at_most: u64, spread: u64, seed: u64) -> Vec<Point> {
    if space.size() <= at_most { whole(space) } else { halton(space, spread, seed) }
}

fn whole(space: &Space) -> Vec<Point> {
    let mut points = vec![Point(Vec::new())];
    for vary in &space.0 {
        let extended = |point: &Point, number| Point(point.0.iter().copied().chain([number]).collect());
        points = points.iter().flat_map(|point| (0..vary.range.size()).map(move |number| extended(point, number))).collect();
    }
    points
}

fn halton(space: &Space, count: u64, seed: u64) -> Vec<Point> {
    let mut lot = Pcg64::seed_from_u64(seed);
    let shifts: Vec<f64> = space.0.iter().map(|_| lot.random::<f64>()).collect();
    let point = |index| {
        let coordinates = space.0.iter().zip(PRIMES).zip(&shifts);
        Point(
            coordinates
                .map(|((vary, base), shift)| nth(vary.range.size(), (radical_inverse(index, base) + shift).fract()))
                .collect(),
        )
    };
    (1..=count).map(point).collect()
}

fn nth(size: u64, share: f64) -> u64 {
    ((size as f64 * share) as u64).min(size - 1)
}

/// The digits of the index in that base, mirrored at the point.
fn radical_inverse(mut index: u64, base: u64) -> f64 {
    let (mut inverse, mut weight) = (0.0, 1.0 / base as f64);
    while index > 0 {
        inverse += (index % base) as f64 * weight;
        index /= base;
        weight /= base as f64;
    }
    inverse
}

/// How far around a point to look.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Reach(f64);

impl Reach {
    /// A quarter of each range.
    pub(super) const FIRST: Reach = Reach(0.25);

    /// Half as far; nothing once the steps were the smallest there are.
    pub(super) fn nearer(self, space: &Space) -> Option<Reach> {
        let ordered = space.0.iter().filter(|vary| vary.range.is_ordered());
        ordered.map(|vary| self.steps(vary.range.size())).max().filter(|steps| *steps > 1).map(|_| Reach(self.0 / 2.0))
    }

    fn steps(self, size: u64) -> u64 {
        ((size as f64 * self.0) as u64).max(1)
    }
}

/// Points around one: each key by itself a step less and a step more, or every other word; few keys in pairs, too.
pub(super) fn around(space: &Space, centre: &Point, reach: Reach) -> Vec<Point> {
    let moves: Vec<Vec<u64>> = (0..space.0.len()).map(|key| moves(space, centre, key, reach)).collect();
    let moved = |point: &Point, key: usize, number: u64| {
        let mut moved = point.clone();
        moved.0[key] = number;
        moved
    };
    let mut points = Vec::new();
    for (key, numbers) in moves.iter().enumerate() {
        let singly: Vec<Point> = numbers.iter().map(|number| moved(centre, key, *number)).collect();
        for (other, numbers) in moves.iter().enumerate().skip(key + 1).filter(|_| moves.len() <= PAIRED_MAX) {
            points.extend(singly.iter().flat_map(|point| numbers.iter().map(|number| moved(point, other, *number))));
        }
        points.extend(singly);
    }
    points
}

/// Points drawn by lot around one: an edge may run in any direction.
pub(super) fn scattered(space: &Space, centre: &Point, reach: Reach, lot: &mut Pcg64) -> Vec<Point> {
    let mut drawn = |key: usize| {
        let (range, at) = (&space.0[key].range, centre.0[key]);
        let (steps, last) = (reach.steps(range.size()), range.size() - 1);
        let (low, high) =
            if range.is_ordered() { (at.saturating_sub(steps), at.saturating_add(steps).min(last)) } else { (0, last) };
        lot.random_range(low..=high)
    };
    let keys = space.0.len();
    (0..2 * keys + 2).map(|_| Point((0..keys).map(&mut drawn).collect())).collect()
}

fn moves(space: &Space, centre: &Point, key: usize, reach: Reach) -> Vec<u64> {
    let (range, at) = (&space.0[key].range, centre.0[key]);
    let last = range.size() - 1;
    if !range.is_ordered() {
        return (0..=last).filter(|number| *number != at).collect();
    }
    let steps = reach.steps(range.size());
    let near = [at.saturating_sub(steps), at.saturating_add(steps).min(last)];
    near.into_iter().filter(|number| *number != at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn space(keys: &[&str]) -> Space {
        Space(keys.iter().map(|key| key.parse().unwrap()).collect())
    }

    #[test]
    fn a_small_space_is_looked_at_whole() {
        let points = all_over(&space(&["a=1..4", "b=x|y|z"]), 12, 5, 1);
        assert_eq!(points.iter().collect::<BTreeSet<_>>().len(), 12);
    }

    #[test]
    fn a_great_one_is_covered_evenly() {
        let space = space(&["a=1..1000", "b=0s..100m", "c=x|y"]);
        for seed in 0..20 {
            let points = all_over(&space, 100, 64, seed);
            assert_eq!(points.len(), 64);
            let cell = |point: &Point| (point.0[0] / 250, point.0[1] / 1501);
            for wanted in (0..16).map(|n| (n / 4, n % 4)) {
                let within = points.iter().filter(|point| cell(point) == wanted).count();
                assert!((1..=8).contains(&within), "seed {seed}: {within} of 64 in {wanted:?}");
            }
        }
        assert_ne!(all_over(&space, 100, 64, 1), all_over(&space, 100, 64, 2));
        assert_eq!(all_over(&space, 100, 64, 1), all_over(&space, 100, 64, 1));
    }

    #[test]
    fn looking_nearer_ends_with_the_smallest_steps() {
        let space = space(&["a=1..100", "b=x|y"]);
        let mut reach = Reach::FIRST;
        let mut looked = 1;
        while let Some(nearer) = reach.nearer(&space) {
            (reach, looked) = (nearer, looked + 1);
        }
        let near: BTreeSet<_> = around(&space, &Point(vec![0, 1]), reach).into_iter().collect();
        assert_eq!(looked, 5);
        assert_eq!(near, BTreeSet::from([Point(vec![1, 1]), Point(vec![0, 0]), Point(vec![1, 0])]));
    }
}
