//! The sign test of pairs.

use super::factorial::ln_choose;

/// The probability that of `plus + minus` pairs that differ at least so many differ the same way by chance, whichever
/// way that is (R: `binom.test`).
pub fn sign_test(plus: usize, minus: usize) -> f64 {
    let pairs = plus + minus;
    let half = pairs as f64 * std::f64::consts::LN_2;
    let tail: f64 = (plus.max(minus)..=pairs).map(|k| (ln_choose(pairs, k) - half).exp()).sum();
    (2.0 * tail).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::super::close;
    use super::*;

    /// `scipy.stats.binomtest` of `SciPy` 1.17.
    #[test]
    fn pairs_differ_by_chance_or_not() {
        close(sign_test(5, 0), 0.0625);
        close(sign_test(2, 8), 0.109_375);
        close(sign_test(9, 1), 0.021_484_375);
        close(sign_test(20, 5), 0.004_077_315_330_505_371);
        close(sign_test(3, 3), 1.0);
    }
}
