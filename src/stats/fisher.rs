//! Fisher's exact test of a fourfold table, one-sided: could so many of the failing have it by chance, whatever the
//! margins are? (R: `fisher.test(alternative = "greater")`.)

use super::Split;
use super::factorial::ln_choose;

/// What further terms add no digit to a sum.
const NEGLIGIBLE: f64 = 1e-17;

/// The probability that chance gives at least so many of the failing what the condition asks.
pub fn fisher(split: &Split) -> f64 {
    let Split { failed, failed_of, .. } = *split;
    let (with, total) = (split.with(), split.total());
    let least = (failed_of + with).saturating_sub(total);
    let most = failed_of.min(with);
    if failed <= least {
        return 1.0;
    }
    let mut term = probability(failed, failed_of, with, total);
    let mut sum = 0.0;
    for k in failed..=most {
        sum += term;
        if term < sum * NEGLIGIBLE {
            break;
        }
        // From one number to the next the probability changes by a ratio of four counts.
        let (taken, left) = ((failed_of - k) * (with - k), (k + 1) * (total + k + 1 - failed_of - with));
        term *= taken as f64 / left as f64;
    }
    sum.min(1.0)
}

/// The least probability that a condition which `with` of `total` have can come to, where `failed_of` fail: all that is
/// needed to know whether it could ever be significant (Tarone 1990).
pub fn least_p(with: usize, failed_of: usize, total: usize) -> f64 {
    probability(failed_of.min(with), failed_of, with, total)
}

/// The hypergeometric probability of exactly `k`.
fn probability(k: usize, failed_of: usize, with: usize, total: usize) -> f64 {
    (ln_choose(failed_of, k) + ln_choose(total - failed_of, with - k) - ln_choose(total, with)).exp()
}

#[cfg(test)]
mod tests {
    use super::super::close;
    use super::*;

    fn check(failed: [usize; 2], ok: [usize; 2], p: f64) {
        close(fisher(&Split { failed: failed[0], failed_of: failed[1], ok: ok[0], ok_of: ok[1] }), p);
    }

    /// `scipy.stats.fisher_exact(alternative="greater")` of `SciPy` 1.17; the first is Fisher's tea taster.
    #[test]
    fn probabilities_are_exact() {
        check([3, 4], [1, 4], 0.242_857_142_857_142_83);
        check([8, 10], [1, 6], 0.024_475_524_475_524_483);
        check([17, 17], [688, 1385], 7.626_991_985_952_382e-6);
        check([11, 11], [200, 1293], 1.593_272_000_438_692_4e-9);
        check([40, 50], [960, 9950], 1.876_423_088_221_280_7e-31);
        check([0, 5], [5, 5], 1.0);
    }

    #[test]
    fn the_least_is_what_all_together_come_to() {
        close(least_p(3, 5, 20), fisher(&Split { failed: 3, failed_of: 5, ok: 0, ok_of: 15 }));
        close(least_p(8, 5, 20), fisher(&Split { failed: 5, failed_of: 5, ok: 3, ok_of: 15 }));
    }
}
