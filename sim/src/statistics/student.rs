//! Student's t.

use std::f64::consts::PI;

/// Up to so many degrees the distribution is summed up; beyond, the expansion is right to nine digits.
const SUMMED_MAX: u32 = 40;

/// The `p`-quantile of Student's t with a whole number of degrees of freedom, at least one.
pub(super) fn student_t(p: f64, degrees: u32) -> f64 {
    if degrees > SUMMED_MAX { expanded(p, f64::from(degrees)) } else { summed(p, degrees.max(1)) }
}

/// By bisection over the angle whose tangent is t / √degrees.
fn summed(p: f64, degrees: u32) -> f64 {
    let (mut low, mut high) = (-PI / 2.0, PI / 2.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if cdf_at_angle(middle, degrees) < p { low = middle } else { high = middle }
    }
    ((low + high) / 2.0).tan() * f64::from(degrees).sqrt()
}

/// The distribution as a finite sum of powers of the cosine (Abramowitz and Stegun 26.7.3 and 26.7.4).
fn cdf_at_angle(angle: f64, degrees: u32) -> f64 {
    let (sin, cos) = angle.sin_cos();
    let odd = degrees % 2 == 1;
    let (mut term, mut sum) = if odd { (cos, 0.0) } else { (1.0, 0.0) };
    let mut power = if odd { 1 } else { 0 };
    while power + 2 <= degrees {
        sum += term;
        term *= cos * cos * f64::from(power + 1) / f64::from(power + 2);
        power += 2;
    }
    let within = if odd { 2.0 / PI * (angle + sin * sum) } else { sin * sum };
    0.5 + within / 2.0
}

/// By the expansion of Fisher and Cornish (1960).
fn expanded(p: f64, degrees: f64) -> f64 {
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
        let tables = [
            (0.975, 1, 12.7062),
            (0.975, 2, 4.3027),
            (0.975, 3, 3.1824),
            (0.975, 4, 2.7764),
            (0.975, 9, 2.2622),
            (0.9995, 9, 4.7809),
            (0.9995, 19, 3.8834),
            (0.995, 29, 2.7564),
            (0.975, 40, 2.0211),
            (0.975, 60, 2.0003),
            (0.995, 120, 2.6174),
        ];
        for (p, degrees, table) in tables {
            let t = student_t(p, degrees);
            assert!((t - table).abs() < 0.0001, "t({p}, {degrees}) = {t} for {table}");
        }
    }

    #[test]
    fn both_ways_agree_where_they_meet() {
        for p in [0.01, 0.4, 0.5, 0.9, 0.975, 0.9995] {
            let (summed, expanded) = (summed(p, SUMMED_MAX), expanded(p, f64::from(SUMMED_MAX)));
            assert!((summed - expanded).abs() < 1e-4, "{summed} and {expanded} at {p}");
        }
    }
}
