//! How good an upper bound was.

/// The pinball loss of a bound that a share `p` should keep within: least, in the mean, for the true `p`-quantile. In the unit
/// of both.
pub fn pinball(p: f64, bound: f64, value: f64) -> f64 {
    if value > bound { p * (value - bound) } else { (1.0 - p) * (bound - value) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn by_hand() {
        assert_eq!(pinball(0.75, 10.0, 14.0), 3.0);
        assert_eq!(pinball(0.75, 10.0, 6.0), 1.0);
        assert_eq!(pinball(0.75, 10.0, 10.0), 0.0);
    }

    proptest! {
        #[test]
        fn no_bound_loses_less_than_the_quantile(mut values in prop::collection::vec(0.0..100.0_f64, 1..50), p in 0.05..0.95_f64, other in -10.0..110.0_f64) {
            values.sort_by(f64::total_cmp);
            let loss = |bound: f64| values.iter().map(|value| pinball(p, bound, *value)).sum::<f64>();
            prop_assert!(loss(crate::statistics::quantile(&values, p)) <= loss(other) + 1e-9);
        }
    }
}
