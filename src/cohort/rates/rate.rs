//! Counts of handshakes, and the failure rate with its confidence interval.

use serde::Serialize;

use crate::flow::Failed;

/// Standard deviations of a normal distribution that hold 95 % of it.
const Z: f64 = 1.959_964;

/// Handshakes that came to an end, and those of them that failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// Handshakes that succeeded or failed.
    pub handshakes: usize,
    /// Those that failed.
    pub failed: usize,
}

impl Tally {
    /// Counts a handshake.
    pub fn add(&mut self, failed: bool) {
        self.handshakes += 1;
        self.failed += usize::from(failed);
    }

    /// Adds what another one counted.
    pub fn merge(&mut self, other: Tally) {
        self.handshakes += other.handshakes;
        self.failed += other.failed;
    }

    /// The failure rate with its interval; none without a handshake.
    pub fn rate(self) -> Option<Rate> {
        Rate::of(self.failed, self.handshakes)
    }

    /// Lower and upper end of the interval; of nothing all is possible.
    pub(super) fn interval(self) -> (f64, f64) {
        self.rate().map_or((0.0, 1.0), |rate| (rate.low, rate.high))
    }
}

/// All that came to an end, and the TLS handshakes among it: without the connections that TCP never brought up and the
/// flows that their clients left.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tallies {
    /// Whatever succeeded or failed.
    pub all: Tally,
    /// The handshakes: what succeeded, and what failed once TCP was up and the client stayed.
    pub tls: Tally,
}

impl Tallies {
    /// Counts a flow by what it is a failure of.
    pub fn add(&mut self, failed: Option<Failed>) {
        self.all.add(failed.is_some());
        if matches!(failed, None | Some(Failed::Tls)) {
            self.tls.add(failed.is_some());
        }
    }

    /// Adds what others counted.
    pub fn merge(&mut self, other: Tallies) {
        self.all.merge(other.all);
        self.tls.merge(other.tls);
    }
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

    #[test]
    fn only_handshakes_count_in_their_rate() {
        let mut tallies = Tallies::default();
        for failed in [None, Some(Failed::Tls), Some(Failed::Connect), Some(Failed::Left), None] {
            tallies.add(failed);
        }
        assert_eq!(tallies.all, Tally { handshakes: 5, failed: 3 });
        assert_eq!(tallies.tls, Tally { handshakes: 3, failed: 1 });
    }

    #[test]
    fn what_is_sure_leads_not_one_of_one() {
        let one = Tally { handshakes: 1, failed: 1 };
        let many = Tally { handshakes: 40, failed: 20 };
        assert!(many.interval().0 > one.interval().0);
        assert_eq!(Tally::default().rate(), None);
    }
}
