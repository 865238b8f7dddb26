//! Handshakes and failures over time, in buckets of a length that people count in.

use std::collections::BTreeMap;

use super::rate::Tallies;
use crate::flow::Failed;
use crate::vocab::Time;

/// Buckets that a timeline spans at most; when time runs out of them, they become longer.
const MAX_BUCKETS: i64 = 120;
/// Lengths of a bucket in nanoseconds; each is a multiple of the one before.
const LENGTHS: [i64; 17] = {
    const MS: i64 = Time::SECOND / 1000;
    const S: i64 = Time::SECOND;
    const MIN: i64 = 60 * S;
    const H: i64 = 60 * MIN;
    [
        10 * MS,
        50 * MS,
        100 * MS,
        500 * MS,
        S,
        5 * S,
        10 * S,
        30 * S,
        MIN,
        5 * MIN,
        10 * MIN,
        30 * MIN,
        H,
        6 * H,
        24 * H,
        7 * 24 * H,
        8 * 7 * 24 * H,
    ]
};

/// Handshakes by the time at which they began.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Timeline {
    length: i64,
    /// By the bucket's number: those since 1970.
    buckets: BTreeMap<i64, Tallies>,
}

impl Default for Timeline {
    fn default() -> Self {
        Self { length: LENGTHS[0], buckets: BTreeMap::new() }
    }
}

impl Timeline {
    /// Counts a flow by what it is a failure of.
    pub fn add(&mut self, time: Time, failed: Option<Failed>) {
        self.buckets.entry(time.0.div_euclid(self.length)).or_default().add(failed);
        while self.span() > MAX_BUCKETS {
            self.lengthen();
        }
    }

    /// Buckets from the first that counts something to the last.
    fn span(&self) -> i64 {
        let (first, last) = (self.buckets.first_key_value(), self.buckets.last_key_value());
        first.zip(last).map_or(0, |((first, _), (last, _))| last - first + 1)
    }

    fn lengthen(&mut self) {
        let longer = LENGTHS.iter().copied().find(|length| *length > self.length);
        let longer = longer.unwrap_or(self.length.saturating_mul(2));
        for (bucket, tallies) in std::mem::take(&mut self.buckets) {
            self.buckets.entry(bucket.div_euclid(longer / self.length)).or_default().merge(tallies);
        }
        self.length = longer;
    }

    /// Seconds of a bucket.
    pub fn seconds(&self) -> f64 {
        self.length as f64 / Time::SECOND as f64
    }

    /// The end of the bucket that begins at `start`.
    pub fn end(&self, start: Time) -> Time {
        Time(start.0.saturating_add(self.length))
    }

    /// The buckets in which a handshake began, in the order of time, each with its beginning.
    pub fn buckets(&self) -> impl Iterator<Item = (Time, Tallies)> {
        self.buckets.iter().map(|(bucket, tallies)| (Time(bucket.saturating_mul(self.length)), *tallies))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(times: &[i64], seconds: f64, expected: &[(i64, usize, usize)]) {
        let mut line = Timeline::default();
        for (at, time) in times.iter().enumerate() {
            line.add(Time(*time), (at == 0).then_some(Failed::Tls));
        }
        assert!((line.seconds() - seconds).abs() < 1e-9, "{}", line.seconds());
        let buckets: Vec<_> = line
            .buckets()
            .map(|(start, Tallies { tls, .. })| (start.0 / Time::SECOND, tls.handshakes, tls.failed))
            .collect();
        assert_eq!(buckets, expected);
    }

    #[test]
    fn buckets_grow_with_the_time_they_span() {
        const S: i64 = Time::SECOND;
        check(&[5, 6], 0.01, &[(0, 2, 1)]);
        check(&[100 * S, 130 * S, 101 * S], 0.5, &[(100, 1, 1), (101, 1, 0), (130, 1, 0)]);
        check(&[7200 * S, 0, 7199 * S], 300.0, &[(0, 1, 0), (6900, 1, 0), (7200, 1, 1)]);
        // A clock that starts at no time at all.
        let mut line = Timeline::default();
        line.add(Time(i64::MIN), None);
        line.add(Time(i64::MAX), Some(Failed::Tls));
        assert!(line.buckets().count() == 2);
    }
}
