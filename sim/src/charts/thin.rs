//! Fewer points that look the same.

/// At most about so many of the points, the highest and the lowest of each stretch among them, and the first and the last.
pub fn thin(points: &[(f64, f64)], most: usize) -> Vec<(f64, f64)> {
    if points.len() <= most.max(4) {
        return points.to_vec();
    }
    let inner = &points[1..points.len() - 1];
    let stretch = inner.len().div_ceil((most.max(4) - 2) / 2);
    let mut kept = vec![points[0]];
    kept.extend(inner.chunks(stretch).flat_map(extremes));
    kept.extend(points.last());
    kept
}

fn extremes(points: &[(f64, f64)]) -> impl Iterator<Item = (f64, f64)> {
    let by_height = |a: &usize, b: &usize| points[*a].1.total_cmp(&points[*b].1);
    let low = (0..points.len()).min_by(by_height).unwrap_or(0);
    let high = (0..points.len()).max_by(by_height).unwrap_or(0);
    let second = (low != high).then(|| points[low.max(high)]);
    std::iter::once(points[low.min(high)]).chain(second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn thinning_keeps_extremes_ends_and_order(heights in prop::collection::vec(-1e3..1e3_f64, 0..3_000), most in 4..300_usize) {
            let points: Vec<(f64, f64)> = heights.iter().enumerate().map(|(x, y)| (x as f64, *y)).collect();
            let thinned = thin(&points, most);
            prop_assert!(thinned.len() <= most.max(4));
            prop_assert!(thinned.windows(2).all(|pair| pair[0].0 < pair[1].0));
            prop_assert_eq!((thinned.first(), thinned.last()), (points.first(), points.last()));
            let highest = |points: &[(f64, f64)]| points.iter().map(|point| point.1).fold(f64::MIN, f64::max);
            prop_assert_eq!(highest(&thinned), highest(&points));
        }
    }
}
