//! The difference of two rates.

use super::{Estimate, Rate};

/// By how much the rate of `after` is above that of `before`, both as part and whole, with Newcombe's hybrid score interval
/// (Newcombe 1998, method 10); none where one of them has no whole.
pub fn difference(before: (usize, usize), after: (usize, usize)) -> Option<Estimate> {
    let (one, other) = (Rate::of(after.0, after.1)?, Rate::of(before.0, before.1)?);
    let value = one.value - other.value;
    let reach = |one: f64, other: f64| (one * one + other * other).sqrt();
    Some(Estimate {
        value,
        low: value - reach(one.value - one.low, other.high - other.value),
        high: value + reach(one.high - one.value, other.value - other.low),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(before: (usize, usize), after: (usize, usize), low: f64, high: f64) {
        let found = difference(before, after).expect("two wholes");
        assert!((found.low - low).abs() < 1e-6 && (found.high - high).abs() < 1e-6, "{found:?}");
    }

    /// `statsmodels.stats.proportion.confint_proportions_2indep(method="newcomb")` of statsmodels 0.15; the first is the
    /// first example of Newcombe's paper.
    #[test]
    fn differences_have_newcombes_interval() {
        check((48, 80), (56, 70), 0.052_431_472_4, 0.333_872_654_0);
        check((3, 10), (9, 10), 0.170_522_723_9, 0.809_017_973_5);
        check((11, 1304), (0, 323), -0.015_042_096_0, 0.003_891_994_6);
        check((0, 29), (5, 56), -0.038_137_147_9, 0.192_560_013_9);
        assert_eq!(difference((0, 0), (1, 2)), None);
    }
}
