//! Counts of handshakes, and how often they fail.

use crate::flow::Failed;
use crate::stats::Rate;

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

#[cfg(test)]
mod tests {
    use super::*;

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
