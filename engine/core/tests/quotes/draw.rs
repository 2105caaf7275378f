//! Chance for simulations: one seeded stream per source.

/// SplitMix64 (Steele, Lea, Flood 2014).
pub(crate) struct Draw(u64);

/// How long something takes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Time {
    /// Exponential with this mean.
    Exponential { mean_s: f64 },
    /// Lognormal with this mean and coefficient of variation.
    Lognormal { mean_s: f64, cv: f64 },
}

impl Draw {
    /// The stream of one source.
    pub(crate) fn new(seed: u64, source: u64) -> Draw {
        let mut draw = Draw(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ source.wrapping_mul(0x9e6c_63d0_876a_3f6b));
        draw.bits();
        draw
    }

    /// Any 64 bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let a = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let b = (a ^ (a >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        b ^ (b >> 31)
    }

    /// Between 0 and 1, neither of them.
    pub(crate) fn uniform(&mut self) -> f64 {
        ((self.bits() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    /// Exponential.
    pub(crate) fn exponential(&mut self, mean: f64) -> f64 {
        -mean * self.uniform().ln()
    }

    /// One such time, in seconds.
    pub(crate) fn time(&mut self, time: Time) -> f64 {
        match time {
            Time::Exponential { mean_s } => self.exponential(mean_s),
            Time::Lognormal { mean_s, cv } => {
                let variance = (1.0 + cv * cv).ln();
                mean_s * (variance.sqrt() * self.normal() - variance / 2.0).exp()
            }
        }
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }
}

impl Time {
    pub(crate) fn mean_s(&self) -> f64 {
        match self {
            Time::Exponential { mean_s } | Time::Lognormal { mean_s, .. } => *mean_s,
        }
    }
}
