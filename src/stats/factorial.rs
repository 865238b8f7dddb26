//! Logarithms of factorials and of binomial coefficients.

use std::f64::consts::PI;
use std::sync::LazyLock;

/// Factorials below this one are added up; from there on Stirling's series is exact to the last digits of an `f64`.
const SMALL: usize = 1024;

static LOGS: LazyLock<Vec<f64>> = LazyLock::new(|| {
    let sums = (1..SMALL).scan(0.0, |sum, n| {
        *sum += (n as f64).ln();
        Some(*sum)
    });
    std::iter::once(0.0).chain(sums).collect()
});

/// The natural logarithm of `n!`.
pub(super) fn ln_factorial(n: usize) -> f64 {
    if n < SMALL {
        return LOGS[n];
    }
    let n = n as f64;
    n * n.ln() - n + 0.5 * (2.0 * PI * n).ln() + 1.0 / (12.0 * n) - 1.0 / (360.0 * n * n * n)
}

/// The natural logarithm of the number of ways to take `k` of `n`.
pub(super) fn ln_choose(n: usize, k: usize) -> f64 {
    ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k)
}

#[cfg(test)]
mod tests {
    use super::super::close;
    use super::*;

    #[test]
    fn sums_and_series_agree() {
        close(ln_factorial(5), 120_f64.ln());
        // scipy.special.gammaln(n + 1) of `SciPy` 1.17.
        close(ln_factorial(1023), 6_071.280_412_944_5);
        close(ln_factorial(1024), 6_078.211_884_750_5);
        close(ln_factorial(1_000_000), 12_815_518.384_658_17);
        close(ln_choose(5, 2), 10_f64.ln());
    }
}
