//! Two sequences of milestones laid side by side at the least cost (Needleman and Wunsch).
//!
//! Milestones with one key cost nothing; one that the other flow lacks costs by how much that tells; two telling ones
//! of one sender may stand opposite each other: the same moment, done differently.

use super::milestone::Milestone;

/// Indices into the baseline's and the subject's milestones.
pub(super) type Pair = (Option<usize>, Option<usize>);

const MINOR: u32 = 2;
const MAJOR: u32 = 4;
const OPPOSITE: u32 = 6;

/// Aligns the two; every index of both is in the result once, in order. Time and memory grow with the product of the
/// lengths, which [`MAX_MILESTONES`](super::milestone::MAX_MILESTONES) bounds.
pub(super) fn align(baseline: &[Milestone<'_>], subject: &[Milestone<'_>]) -> Vec<Pair> {
    let width = subject.len() + 1;
    // Cost of aligning what is left from (row, column) on.
    let mut costs = vec![0_u32; (baseline.len() + 1) * width];
    for row in (0..=baseline.len()).rev() {
        for column in (0..=subject.len()).rev() {
            let choices = Choices::of(baseline, subject, row, column);
            let at = row * width + column;
            let paired = choices.pair.map(|cost| cost + costs[at + width + 1]);
            let without_subject = choices.baseline_alone.map(|cost| cost + costs[at + width]);
            let without_baseline = choices.subject_alone.map(|cost| cost + costs[at + 1]);
            costs[at] = paired.into_iter().chain(without_subject).chain(without_baseline).min().unwrap_or(0);
        }
    }
    let (mut row, mut column) = (0, 0);
    let mut pairs = Vec::with_capacity(baseline.len().max(subject.len()));
    while row < baseline.len() || column < subject.len() {
        let choices = Choices::of(baseline, subject, row, column);
        let at = row * width + column;
        // Of equal ways the one that pairs early: flows are read from where they part. What the subject does on its own
        // comes before what it lacks.
        if choices.pair.is_some_and(|cost| cost + costs[at + width + 1] == costs[at]) {
            pairs.push((Some(row), Some(column)));
            (row, column) = (row + 1, column + 1);
            continue;
        }
        let baseline_first = choices.baseline_alone.is_some_and(|cost| cost + costs[at + width] == costs[at]);
        let subject_first = choices.subject_alone.is_some_and(|cost| cost + costs[at + 1] == costs[at]);
        // A telling step waits for what it may stand opposite to.
        let waits = baseline_first && choices.subject_alone == Some(MAJOR) && choices.baseline_alone == Some(MINOR);
        if subject_first && !waits {
            pairs.push((None, Some(column)));
            column += 1;
        } else {
            pairs.push((Some(row), None));
            row += 1;
        }
    }
    pairs
}

struct Choices {
    pair: Option<u32>,
    baseline_alone: Option<u32>,
    subject_alone: Option<u32>,
}

impl Choices {
    fn of(baseline: &[Milestone<'_>], subject: &[Milestone<'_>], row: usize, column: usize) -> Self {
        let (b, s) = (baseline.get(row), subject.get(column));
        let pair = b.zip(s).and_then(|(b, s)| {
            if b.matches(s) {
                Some(0)
            } else if b.parts() && s.parts() && b.step.from == s.step.from {
                Some(OPPOSITE)
            } else {
                None
            }
        });
        Self { pair, baseline_alone: b.map(alone), subject_alone: s.map(alone) }
    }
}

fn alone(milestone: &Milestone<'_>) -> u32 {
    if milestone.parts() { MAJOR } else { MINOR }
}
