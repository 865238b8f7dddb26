//! By how much the odds of failing differ.

use super::normal::Z;
use super::{Estimate, Split};

/// What is added to each cell so that none is empty (Haldane 1956, Anscombe 1956).
const HALF: f64 = 0.5;

/// The odds ratio with Woolf's interval of the logarithm.
pub fn odds_ratio(split: &Split) -> Estimate {
    let [a, b, c, d] = split.cells().map(|count| count + HALF);
    let value = a * d / (b * c);
    let reach = (Z * (1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d).sqrt()).exp();
    Estimate { value, low: value / reach, high: value * reach }
}

#[cfg(test)]
mod tests {
    use super::super::close;
    use super::*;

    fn check(failed: [usize; 2], ok: [usize; 2], expected: [f64; 3]) {
        let odds = odds_ratio(&Split { failed: failed[0], failed_of: failed[1], ok: ok[0], ok_of: ok[1] });
        [odds.value, odds.low, odds.high].iter().zip(expected).for_each(|(found, expected)| close(*found, expected));
    }

    /// `statsmodels.stats.contingency_tables.Table2x2(table + 0.5)` of statsmodels 0.15.
    #[test]
    fn odds_have_an_interval() {
        check([17, 17], [688, 1385], [35.457_516_339_869_28, 2.128_117_832_1, 590.773_427_118]);
        check([8, 10], [1, 6], [12.466_666_666_666_667, 1.261_397_530_9, 123.210_783_24]);
    }
}
