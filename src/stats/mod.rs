//! Statistics of counts: exact and stratified tests, corrections for many tests, rates with intervals, a scan over
//! time. Numbers in, numbers out: nothing here knows what is counted.
//!
//! Start at [`Split`], how a condition divides the failing and the good. Each test names its source, and its tests hold
//! values that R, `SciPy` or statsmodels give.

mod factorial;
mod fisher;
mod many;
mod newcombe;
mod normal;
mod odds;
mod random;
mod rate;
mod scan;
mod sign;
mod split;
mod strata;

pub use fisher::{fisher, least_p};
pub use many::{benjamini_hochberg, holm, tarone};
pub use newcombe::difference;
pub use odds::odds_ratio;
pub use random::Random;
pub use rate::{Estimate, Rate};
pub use scan::{Window, scan};
pub use sign::sign_test;
pub use split::Split;
pub use strata::mantel_haenszel;

#[cfg(test)]
fn close(found: f64, expected: f64) {
    let error = (found - expected).abs();
    assert!(error <= 1e-6 * expected.abs().max(1e-300), "{found:e} where {expected:e} is right");
}
