//! The exact quantiles of a wait for exponential service and patience, from the distribution itself.

/// The time within which `ahead + 1` depart with probability `share`, when the rate is `service + k * leaving` while k
/// are ahead.
///
/// exp(-leaving * wait) is then beta distributed with parameters service / leaving and ahead + 1, since its moments are;
/// the second being a whole number, the tail is the beginning of a negative binomial series.
pub(crate) fn quantile_s(service: f64, leaving: f64, ahead: u32, share: f64) -> f64 {
    let longer = |wait: f64| longer_than(service / leaving, ahead, leaving * wait);
    let (mut low, mut high) = (0.0, 1.0);
    while longer(high) > 1.0 - share {
        high *= 2.0;
    }
    for _ in 0..50 {
        let middle = (low + high) / 2.0;
        if longer(middle) > 1.0 - share { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

fn longer_than(alpha: f64, ahead: u32, scaled_wait: f64) -> f64 {
    let gone = (-(-scaled_wait).exp_m1()).ln();
    let mut log_term = -alpha * scaled_wait;
    let mut sum = 0.0;
    for k in 0..=ahead {
        sum += log_term.exp();
        log_term += ((alpha + f64::from(k)) / f64::from(k + 1)).ln() + gone;
    }
    sum
}
