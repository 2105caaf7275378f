//! Lengths of time drawn by lot.

use cabrank_core::Span;
use rand::RngExt;
use rand_distr::{Distribution, Exp1, Gamma, StandardNormal};
use rand_pcg::Pcg64;
use std::sync::Arc;

/// How a length of time is distributed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Law {
    /// Always the same.
    Constant(Span),
    /// Without memory.
    Exponential {
        /// The mean, which is also the standard deviation.
        mean: Span,
    },
    /// Its logarithm is normal: most are short, a few very long.
    LogNormal {
        /// The mean.
        mean: Span,
        /// The standard deviation.
        sd: Span,
    },
    /// Gamma; an Erlang distribution of k phases has `sd` = `mean` / √k.
    Gamma {
        /// The mean.
        mean: Span,
        /// The standard deviation.
        sd: Span,
    },
    /// One of these, each as likely as the others; at least one.
    Empirical(Arc<[Span]>),
}

impl Law {
    /// Erlang: the sum of so many exponential phases, at least one.
    pub fn erlang(mean: Span, phases: u32) -> Law {
        Law::Gamma { mean, sd: Span((mean.0 as f64 / f64::from(phases.max(1)).sqrt()).round() as u64) }
    }

    /// The mean, in seconds.
    pub fn mean_s(&self) -> f64 {
        match self {
            Law::Constant(mean) | Law::Exponential { mean } | Law::LogNormal { mean, .. } | Law::Gamma { mean, .. } => {
                secs(*mean)
            }
            Law::Empirical(seen) => moment(seen, 1),
        }
    }

    /// The mean of the square, in seconds squared.
    pub fn second_moment_s2(&self) -> f64 {
        let sd = match self {
            Law::Constant(_) => 0.0,
            Law::Exponential { mean } => secs(*mean),
            Law::LogNormal { sd, .. } | Law::Gamma { sd, .. } => secs(*sd),
            Law::Empirical(seen) => return moment(seen, 2),
        };
        self.mean_s().powi(2) + sd.powi(2)
    }

    pub(crate) fn sampler(&self) -> Sampler {
        match self {
            Law::Constant(mean) => Sampler::Constant(mean.0 as f64),
            Law::Exponential { mean } => Sampler::Exponential { mean: mean.0 as f64 },
            Law::LogNormal { mean, sd } => log_normal(mean.0 as f64, sd.0 as f64),
            Law::Gamma { mean, sd } => gamma(mean.0 as f64, sd.0 as f64),
            Law::Empirical(seen) => Sampler::Empirical(seen.clone()),
        }
    }
}

fn moment(seen: &[Span], power: i32) -> f64 {
    seen.iter().map(|span| secs(*span).powi(power)).sum::<f64>() / seen.len() as f64
}

/// A law made ready to draw from; everything in microseconds.
#[derive(Clone, Debug)]
pub(crate) enum Sampler {
    Constant(f64),
    Exponential { mean: f64 },
    LogNormal { mu: f64, sigma: f64 },
    Gamma(Gamma<f64>),
    Empirical(Arc<[Span]>),
}

impl Sampler {
    pub(crate) fn draw(&self, stream: &mut Pcg64) -> Span {
        let us = match self {
            Sampler::Constant(mean) => *mean,
            Sampler::Exponential { mean } => mean * exp1(stream),
            Sampler::LogNormal { mu, sigma } => (mu + sigma * normal(stream)).exp(),
            Sampler::Gamma(gamma) => gamma.sample(stream),
            Sampler::Empirical(seen) => return seen[stream.random_range(0..seen.len())],
        };
        Span(us.round() as u64)
    }
}

fn log_normal(mean: f64, sd: f64) -> Sampler {
    if mean == 0.0 {
        return Sampler::Constant(mean);
    }
    let sigma2 = (1.0 + (sd / mean).powi(2)).ln();
    Sampler::LogNormal { mu: mean.ln() - sigma2 / 2.0, sigma: sigma2.sqrt() }
}

/// Without spread, or without length, nothing is left to chance.
fn gamma(mean: f64, sd: f64) -> Sampler {
    Gamma::new((mean / sd).powi(2), sd.powi(2) / mean).map_or(Sampler::Constant(mean), Sampler::Gamma)
}

fn exp1(stream: &mut Pcg64) -> f64 {
    Exp1.sample(stream)
}

fn normal(stream: &mut Pcg64) -> f64 {
    StandardNormal.sample(stream)
}

fn secs(span: Span) -> f64 {
    span.0 as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::{Purpose, stream};

    #[test]
    fn every_law_has_the_moments_it_names() {
        let (mean, sd) = (Span::secs(180), Span::secs(120));
        let seen: Vec<Span> = (1..=9).map(|n| Span::secs(n * 40)).collect();
        let laws = [
            Law::Constant(mean),
            Law::Exponential { mean },
            Law::LogNormal { mean, sd },
            Law::Gamma { mean, sd },
            Law::erlang(mean, 3),
            Law::Empirical(seen.into()),
        ];
        for law in laws {
            let (mut stream, sampler) = (stream(7, 0, Purpose::Handle), law.sampler());
            let drawn: Vec<f64> = (0..200_000).map(|_| secs(sampler.draw(&mut stream))).collect();
            let moment = |power| drawn.iter().map(|s| s.powi(power)).sum::<f64>() / drawn.len() as f64;
            assert!((moment(1) / law.mean_s() - 1.0).abs() < 0.01, "{law:?}: mean {}", moment(1));
            assert!((moment(2) / law.second_moment_s2() - 1.0).abs() < 0.03, "{law:?}: second moment {}", moment(2));
        }
    }

    #[test]
    fn what_has_no_length_or_no_spread_is_constant() {
        let mut stream = stream(7, 0, Purpose::Handle);
        for mean in [Span(0), Span::secs(3)] {
            for law in [Law::LogNormal { mean, sd: Span(0) }, Law::Gamma { mean, sd: Span(0) }] {
                assert_eq!(law.sampler().draw(&mut stream), mean, "{law:?}");
            }
        }
    }
}
