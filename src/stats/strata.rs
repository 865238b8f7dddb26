//! The test of Cochran, Mantel and Haenszel: is there a difference within the strata, or only between them?

use super::Split;
use super::normal::above;

/// What makes up for counts being whole where a continuous distribution stands for them.
const CONTINUITY: f64 = 0.5;

/// The probability that chance gives at least so many of the failing what the condition asks within the strata
/// (R: `mantelhaen.test(alternative = "greater")`); none where no stratum has both the failing and the good, and both with
/// it and without.
pub fn mantel_haenszel(strata: impl Iterator<Item = Split>) -> Option<f64> {
    let (mut excess, mut variance) = (0.0, 0.0);
    for split in strata.filter(|split| split.total() > 1) {
        let [failed_of, ok_of, with, total] =
            [split.failed_of, split.ok_of, split.with(), split.total()].map(|count| count as f64);
        excess += split.failed as f64 - failed_of * with / total;
        variance += failed_of * ok_of * with * (total - with) / (total * total * (total - 1.0));
    }
    let corrected = excess.signum() * (excess.abs() - CONTINUITY).max(0.0);
    (variance > 0.0).then(|| above(corrected / variance.sqrt()))
}

#[cfg(test)]
mod tests {
    use super::super::close;
    use super::*;

    fn strata(tables: &[[usize; 4]]) -> Vec<Split> {
        let split = |[a, b, c, d]: [usize; 4]| Split { failed: a, failed_of: a + b, ok: c, ok_of: c + d };
        tables.iter().copied().map(split).collect()
    }

    /// `statsmodels.stats.contingency_tables.StratifiedTable.test_null_odds(correction=True)` of statsmodels 0.15, whose
    /// two sides are halved.
    #[test]
    fn strata_are_tested_together() {
        let found = mantel_haenszel(strata(&[[6, 0, 10, 24], [4, 1, 20, 15], [0, 0, 5, 5]]).into_iter());
        close(found.expect("strata that tell"), 0.003_630_070_884_778_602_4);
        // The admissions of Berkeley, 1973: what all departments together show is in none of them.
        let berkeley = [
            [512, 313, 89, 19],
            [353, 207, 17, 8],
            [120, 205, 202, 391],
            [138, 279, 131, 244],
            [53, 138, 94, 299],
            [22, 351, 24, 317],
        ];
        close(mantel_haenszel(strata(&berkeley).into_iter()).expect("strata that tell"), 1.0 - 0.232_263_462_8 / 2.0);
    }

    #[test]
    fn strata_in_which_all_are_alike_tell_nothing() {
        assert_eq!(mantel_haenszel(strata(&[[3, 0, 5, 0], [0, 0, 4, 4], [0, 2, 0, 6]]).into_iter()), None);
    }
}
