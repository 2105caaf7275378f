//! Means with their intervals.

use super::samples::{mean, variance};
use super::student::student_t;

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
        let t = student_t(0.5 + confidence / 2.0, samples.len() as u32 - 1);
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
        Interval { mean: at_known, half_width: student_t(0.5 + confidence / 2.0, samples.len() as u32 - 2) * error }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_covers_as_often_as_it_says() {
        let mut stream = crate::chance::stream(3, 0, crate::chance::Purpose::Handle);
        let law = crate::chance::Law::Gamma { mean: cabrank_core::Span::secs(8), sd: cabrank_core::Span::secs(2) }.sampler();
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
}
