//! A share of a count with its confidence interval.

use serde::Serialize;

use super::normal::Z;

/// A value, and between which values the true one lies with 95 % confidence.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Estimate {
    /// The value.
    pub value: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

/// A share of a count, and between which shares the true one lies with 95 % confidence (Wilson's score interval, which
/// also holds for small counts and for shares near 0).
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Rate {
    /// The share.
    pub value: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

impl Rate {
    /// The rate of `part` in `whole`; none without a whole.
    pub fn of(part: usize, whole: usize) -> Option<Rate> {
        if whole == 0 {
            return None;
        }
        let (n, value) = (whole as f64, part as f64 / whole as f64);
        let scale = 1.0 + Z * Z / n;
        let centre = (value + Z * Z / (2.0 * n)) / scale;
        let reach = Z / scale * (value * (1.0 - value) / n + Z * Z / (4.0 * n * n)).sqrt();
        // At both ends rounding would leave a hair.
        let low = if part == 0 { 0.0 } else { (centre - reach).max(0.0) };
        let high = if part == whole { 1.0 } else { (centre + reach).min(1.0) };
        Some(Rate { value, low, high })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(part: usize, whole: usize, low: f64, high: f64) {
        let rate = Rate::of(part, whole).expect("a whole");
        assert!((rate.low - low).abs() < 5e-5 && (rate.high - high).abs() < 5e-5, "{rate:?}");
    }

    #[test]
    fn intervals_are_wilsons() {
        check(10, 100, 0.0552, 0.1744);
        check(11, 1304, 0.0047, 0.0150);
        check(0, 20, 0.0, 0.1611);
        check(1, 1, 0.2065, 1.0);
        assert_eq!(Rate::of(0, 0), None);
    }
}
