//! Failures over time as a row of bars.

use super::role::{Line, Role};
use crate::vocab::Time;

/// Intervals that are kept; when time runs out of them, each becomes twice as long.
const INTERVALS: usize = 512;
/// An interval's length at first, in nanoseconds.
const FINEST: i64 = 10_000_000;

/// Flows and failures in intervals of equal length.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Histogram {
    start: Time,
    width: i64,
    /// Flows that began in the interval, and those of them that failed.
    intervals: Vec<(u32, u32)>,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { start: Time(0), width: FINEST, intervals: Vec::new() }
    }
}

impl Histogram {
    /// Counts a flow.
    pub fn add(&mut self, time: Time, failed: bool) {
        if self.intervals.is_empty() {
            self.start = time;
        }
        // A clock that stepped back counts in the first interval.
        let after = time.nanos_since(self.start).max(0);
        while after / self.width >= INTERVALS as i64 {
            self.halve();
        }
        let at = (after / self.width) as usize;
        if at >= self.intervals.len() {
            self.intervals.resize(at + 1, (0, 0));
        }
        let (flows, failures) = &mut self.intervals[at];
        *flows = flows.saturating_add(1);
        *failures = failures.saturating_add(u32::from(failed));
    }

    fn halve(&mut self) {
        self.width *= 2;
        let pairs = self.intervals.chunks(2);
        self.intervals =
            pairs.map(|pair| pair.iter().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))).collect();
    }

    /// The time covered.
    pub fn span(&self) -> (Time, Time) {
        (self.start, Time(self.start.0.saturating_add(self.width.saturating_mul(self.intervals.len() as i64))))
    }

    /// Flows and failures in `columns` intervals that cover all of the time.
    pub fn columns(&self, columns: usize) -> Vec<(u32, u32)> {
        let mut out = vec![(0, 0); columns];
        for (at, (flows, failures)) in self.intervals.iter().enumerate() {
            if let Some(column) = out.get_mut(at * columns / self.intervals.len().max(columns)) {
                column.0 += flows;
                column.1 += failures;
            }
        }
        out
    }
}

/// The failures over time in `width` columns: bars of eight heights; a dot where flows began and none failed.
pub fn failures(histogram: &Histogram, width: usize) -> Line {
    bars(&histogram.columns(width))
}

/// The same of flows and failures that are counted already, a column each.
pub(super) fn bars(columns: &[(u32, u32)]) -> Line {
    const BARS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
    let most = columns.iter().map(|(_, failed)| *failed).max().unwrap_or(0);
    let mut line = Line::new();
    for (flows, failed) in columns {
        match (*flows, *failed) {
            (0, _) => line.push(Role::Dim, " "),
            (_, 0) => line.push(Role::Dim, "·"),
            (_, failed) => {
                let height = (u64::from(failed) * 8).div_ceil(u64::from(most)) as usize;
                line.push(Role::Failed, BARS[height.clamp(1, 8) - 1]);
            }
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_cover_any_stretch_of_time() {
        let mut histogram = Histogram::default();
        for second in 0..3600 {
            histogram.add(Time(second * Time::SECOND), second == 0 || second >= 3590);
        }
        let (start, end) = histogram.span();
        assert!(end.since(start) >= 3599.0 && end.since(start) < 3700.0);
        let columns = histogram.columns(60);
        assert_eq!(columns.iter().map(|(flows, _)| flows).sum::<u32>(), 3600);
        assert_eq!(columns.iter().map(|(_, failed)| failed).sum::<u32>(), 11);
        let line = failures(&histogram, 6).plain();
        assert_eq!((line.chars().next(), line.chars().last()), (Some('▁'), Some('█')));
    }

    #[test]
    fn a_moment_or_nothing_is_no_trouble() {
        let mut histogram = Histogram::default();
        assert_eq!(failures(&histogram, 4).plain(), "    ");
        histogram.add(Time(5), true);
        histogram.add(Time(1), false);
        assert_eq!(failures(&histogram, 4).plain(), "█   ");
    }
}
