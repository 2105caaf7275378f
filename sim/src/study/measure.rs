//! Figures from samples: means with their intervals, quantiles, Jain's index.

/// A mean and how far off it may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The mean of the samples.
    pub mean: f64,
    /// Half the width of the confidence interval.
    pub half_width: f64,
}

impl Interval {
    /// The interval of independent samples (one for each replication) at a confidence between 0 and 1, by Student's t.
    /// With fewer than two samples it is infinitely wide.
    pub fn of(samples: &[f64], confidence: f64) -> Interval {
        let n = samples.len() as f64;
        if samples.len() < 2 {
            return Interval { mean: mean(samples), half_width: f64::INFINITY };
        }
        let t = student_t(0.5 + confidence / 2.0, n - 1.0);
        Interval { mean: mean(samples), half_width: t * (variance(samples) / n).sqrt() }
    }

    /// The same with a control: figures of the same replications whose mean is `known`. What chance did to them it is likely
    /// to have done to the samples, too, and is taken off by linear regression (Lavenberg and Welch 1981).
    pub fn controlled(samples: &[f64], controls: &[f64], known: f64, confidence: f64) -> Interval {
        let n = samples.len() as f64;
        if samples.len() < 3 || variance(controls) == 0.0 {
            return Interval::of(samples, confidence);
        }
        let spread = variance(controls) * (n - 1.0);
        let off = |control: &f64| control - mean(controls);
        let slope = samples.iter().zip(controls).map(|(sample, control)| sample * off(control)).sum::<f64>() / spread;
        let at_known = mean(samples) - slope * (mean(controls) - known);
        let residual = |(sample, control): (&f64, &f64)| sample - mean(samples) - slope * off(control);
        let noise = samples.iter().zip(controls).map(residual).map(|residual| residual.powi(2)).sum::<f64>() / (n - 2.0);
        let error = (noise * (1.0 / n + (mean(controls) - known).powi(2) / spread)).sqrt();
        Interval { mean: at_known, half_width: student_t(0.5 + confidence / 2.0, n - 2.0) * error }
    }

    /// Whether a value lies within.
    pub fn covers(&self, value: f64) -> bool {
        (self.mean - value).abs() <= self.half_width
    }
}

impl std::fmt::Display for Interval {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.5} ± {:.5}", self.mean, self.half_width)
    }
}

/// The mean; 0 of nothing.
pub fn mean(samples: &[f64]) -> f64 {
    if samples.is_empty() { 0.0 } else { samples.iter().sum::<f64>() / samples.len() as f64 }
}

/// The variance, unbiased; 0 of fewer than two.
pub fn variance(samples: &[f64]) -> f64 {
    let mean = mean(samples);
    let squares: f64 = samples.iter().map(|sample| (sample - mean).powi(2)).sum();
    if samples.len() < 2 { 0.0 } else { squares / (samples.len() - 1) as f64 }
}

/// The smallest sample that at least a share `p` of all do not exceed; 0 of nothing. The samples are in ascending order.
pub fn quantile(sorted: &[f64], p: f64) -> f64 {
    let rank = (p * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.clamp(1, sorted.len().max(1)) - 1).copied().unwrap_or(0.0)
}

/// Jain's index of fairness: 1 if all are equal, 1/n if one has everything; 1 of nothing.
pub fn jain(shares: &[f64]) -> f64 {
    let (sum, squares) = (shares.iter().sum::<f64>(), shares.iter().map(|share| share * share).sum::<f64>());
    if squares == 0.0 { 1.0 } else { sum * sum / (shares.len() as f64 * squares) }
}

/// The `p`-quantile of Student's t with that many degrees of freedom, by the expansion of Fisher and Cornish (1960): from five
/// degrees on it is right to 1 % up to p = 0.9995.
fn student_t(p: f64, degrees: f64) -> f64 {
    let z = normal_quantile(p);
    let z2 = z * z;
    let terms = [
        z * (z2 + 1.0) / 4.0,
        z * ((5.0 * z2 + 16.0) * z2 + 3.0) / 96.0,
        z * (((3.0 * z2 + 19.0) * z2 + 17.0) * z2 - 15.0) / 384.0,
        z * ((((79.0 * z2 + 776.0) * z2 + 1482.0) * z2 - 1920.0) * z2 - 945.0) / 92160.0,
    ];
    terms.iter().enumerate().fold(z, |t, (power, term)| t + term / degrees.powi(power as i32 + 1))
}

/// The quantile of the normal distribution, by bisection of the series for its distribution (Marsaglia 2004).
fn normal_quantile(p: f64) -> f64 {
    let (mut low, mut high) = (-8.0, 8.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if normal_cdf(middle) < p { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

fn normal_cdf(x: f64) -> f64 {
    let (mut term, mut sum, mut n) = (x, x, 1.0);
    while n < 400.0 && f64::abs(term) > 1e-17 {
        n += 2.0;
        term *= x * x / n;
        sum += term;
    }
    0.5 + sum * (-x * x / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn student_t_is_that_of_the_tables() {
        for (p, degrees, table) in [(0.975, 9.0, 2.2622), (0.9995, 9.0, 4.7809), (0.9995, 19.0, 3.8834), (0.995, 29.0, 2.7564)] {
            let t = student_t(p, degrees);
            assert!((t / table - 1.0).abs() < 0.002, "t({p}, {degrees}) = {t} for {table}");
        }
    }

    #[test]
    fn an_interval_covers_as_often_as_it_says() {
        let mut stream = crate::study::stream::stream(3, 0, crate::study::stream::Purpose::Handle);
        let law = crate::study::Law::Gamma { mean: cabrank_core::Span::secs(8), sd: cabrank_core::Span::secs(2) }.sampler();
        let mut sample = || law.draw(&mut stream).0 as f64 / 1e6;
        let mut pairs = || {
            let controls = [0; 10].map(|_| sample());
            (controls.map(|control| control + sample()), controls)
        };
        let [mut plain, mut controlled, mut narrower] = [0; 3];
        for _ in 0..4_000 {
            let (samples, controls) = pairs();
            let both = [Interval::of(&samples, 0.9), Interval::controlled(&samples, &controls, 8.0, 0.9)];
            plain += u32::from(both[0].covers(16.0));
            controlled += u32::from(both[1].covers(16.0));
            narrower += u32::from(both[1].half_width < both[0].half_width);
        }
        assert!((3_520..3_680).contains(&plain), "{plain} of 4,000 intervals of 90 %");
        assert!((3_520..3_680).contains(&controlled), "{controlled} of 4,000 controlled intervals of 90 %");
        assert!(narrower > 3_000, "a control that explains half narrows only {narrower} of 4,000");
    }

    #[test]
    fn quantiles_and_jain_by_hand() {
        let sorted = [1.0, 2.0, 3.0, 4.0];
        assert_eq!([0.0, 0.5, 0.75, 0.76, 1.0].map(|p| quantile(&sorted, p)), [1.0, 2.0, 3.0, 4.0, 4.0]);
        assert_eq!(jain(&[1.0, 1.0, 1.0, 1.0]), 1.0);
        assert_eq!(jain(&[1.0, 0.0, 0.0, 0.0]), 0.25);
    }
}
