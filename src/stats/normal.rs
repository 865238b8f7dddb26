//! The normal distribution.

/// Standard deviations that hold 95 % of it.
pub(super) const Z: f64 = 1.959_964;

/// The share above `z` standard deviations, to seven digits however small it is: Chebyshev's fit of the complementary error
/// function (Numerical Recipes, `erfcc`).
pub(super) fn above(z: f64) -> f64 {
    const FIT: [f64; 10] = [
        -1.265_512_23,
        1.000_023_68,
        0.374_091_96,
        0.096_784_18,
        -0.186_288_06,
        0.278_868_07,
        -1.135_203_98,
        1.488_515_87,
        -0.822_152_23,
        0.170_872_77,
    ];
    let x = (z / std::f64::consts::SQRT_2).abs();
    let t = 1.0 / (1.0 + 0.5 * x);
    let polynomial = FIT.iter().rev().fold(0.0, |sum, factor| sum * t + factor);
    let half = 0.5 * t * (polynomial - x * x).exp();
    if z >= 0.0 { half } else { 1.0 - half }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `scipy.stats.norm.sf` of `SciPy` 1.17.
    #[test]
    fn tails_are_known_however_small() {
        for (z, share) in [
            (0.5, 0.308_537_538_725_986_9),
            (1.96, 0.024_997_895_148_220_435),
            (5.0, 2.866_515_718_791_933e-7),
            (20.0, 2.753_624_118_606_155_6e-89),
            (-0.5, 0.691_462_461_274_013_1),
        ] {
            assert!((above(z) / share - 1.0).abs() < 2e-7, "{z}: {:e}", above(z));
        }
    }
}
