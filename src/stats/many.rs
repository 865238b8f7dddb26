//! Corrections for many tests at once: what looks rare is common where one looks often enough.

/// The number of tests among which an error must be divided, of hypotheses with these least attainable probabilities:
/// those that could never be significant cost nothing (Tarone 1990).
pub fn tarone(mut least: Vec<f64>, alpha: f64) -> usize {
    least.sort_unstable_by(f64::total_cmp);
    let testable = |tests: &usize| least.partition_point(|p| *p <= alpha / *tests as f64);
    (1..=least.len()).find(|tests| testable(tests) <= *tests).unwrap_or(1)
}

/// Adjusted probabilities in the order given (Holm 1979), where `tests` hypotheses were tested, those that are not among
/// `ps` included.
pub fn holm(ps: &[f64], tests: usize) -> Vec<f64> {
    let mut adjusted = vec![1.0; ps.len()];
    let mut greatest = 0.0_f64;
    for (rank, at) in order(ps).into_iter().enumerate() {
        let left = tests.saturating_sub(rank).max(1);
        greatest = greatest.max(ps[at] * left as f64);
        adjusted[at] = greatest.min(1.0);
    }
    adjusted
}

/// False discovery rates in the order given (Benjamini and Hochberg 1995), where `tests` hypotheses were tested, those
/// that are not among `ps` included.
pub fn benjamini_hochberg(ps: &[f64], tests: usize) -> Vec<f64> {
    let mut adjusted = vec![1.0; ps.len()];
    let mut least = 1.0_f64;
    for (rank, at) in order(ps).into_iter().enumerate().rev() {
        least = least.min(ps[at] * tests.max(ps.len()) as f64 / (rank + 1) as f64);
        adjusted[at] = least;
    }
    adjusted
}

/// The places of the least, the next, and so on.
fn order(ps: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..ps.len()).collect();
    order.sort_by(|a, b| ps[*a].total_cmp(&ps[*b]));
    order
}

#[cfg(test)]
mod tests {
    use super::super::close;
    use super::*;

    /// Table 2 of Benjamini and Hochberg's method as a handbook of biological statistics has it.
    const PS: [f64; 25] = [
        0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216, 0.222, 0.251, 0.269, 0.275, 0.34, 0.341,
        0.384, 0.569, 0.594, 0.696, 0.762, 0.94, 0.942, 0.975, 0.986,
    ];

    fn check(adjusted: &[f64], expected: &[f64]) {
        adjusted.iter().zip(expected).for_each(|(found, expected)| close(*found, *expected));
    }

    /// `statsmodels.stats.multitest.multipletests` of statsmodels 0.15, methods `holm` and `fdr_bh`.
    #[test]
    fn many_probabilities_are_adjusted_together() {
        check(&holm(&PS, 25), &[0.025, 0.192, 0.897, 0.902, 0.902, 1.0, 1.0]);
        let rates = benjamini_hochberg(&PS, 25);
        check(&rates, &[0.025, 0.1, 0.21, 0.21, 0.21, 0.25, 0.264_285_714, 0.491_071_428_6, 0.491_071_428_6]);
        close(rates[24], 0.986);
    }

    #[test]
    fn tests_that_are_not_shown_count() {
        check(&holm(&[0.02, 0.01], 10), &[0.18, 0.1]);
        check(&benjamini_hochberg(&[0.02, 0.01], 10), &[0.1, 0.1]);
    }

    /// Three can reach 0.05 / 3, no more can: the two that could never be significant cost nothing.
    #[test]
    fn what_could_never_be_significant_costs_nothing() {
        assert_eq!(tarone(vec![0.3, 0.001, 0.016, 0.04, 0.002], 0.05), 3);
        assert_eq!(tarone(vec![0.3, 0.4], 0.05), 1);
        assert_eq!(tarone(vec![1e-9; 40], 0.05), 40);
        assert_eq!(tarone(Vec::new(), 0.05), 1);
    }
}
