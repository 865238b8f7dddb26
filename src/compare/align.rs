//! Two sequences of milestones laid side by side so that as much as possible of what tells stands beside its like
//! (Needleman and Wunsch, with matches and gaps only).

use super::milestone::Milestone;

/// Indices into the baseline's and the subject's milestones.
pub(super) type Pair = (Option<usize>, Option<usize>);

/// What it costs to leave a milestone alone.
const MINOR: u32 = 2;
const MAJOR: u32 = 4;

/// Aligns the two; every index of both is in the result once, in order. Time and memory grow with the product of the
/// lengths, which [`MAX_MILESTONES`](super::gather::MAX_MILESTONES) bounds.
pub(super) fn align(baseline: &[Milestone<'_>], subject: &[Milestone<'_>]) -> Vec<Pair> {
    let width = subject.len() + 1;
    // Cost of aligning what is left from (row, column) on.
    let mut costs = vec![0_u32; (baseline.len() + 1) * width];
    for row in (0..=baseline.len()).rev() {
        for column in (0..=subject.len()).rev() {
            let (b, s) = (baseline.get(row), subject.get(column));
            let at = row * width + column;
            let paired = b.zip(s).filter(|(b, s)| b.matches(s)).map(|_| costs[at + width + 1]);
            let without_subject = b.map(|b| alone(b) + costs[at + width]);
            let without_baseline = s.map(|s| alone(s) + costs[at + 1]);
            costs[at] = paired.into_iter().chain(without_subject).chain(without_baseline).min().unwrap_or(0);
        }
    }
    let (mut row, mut column) = (0, 0);
    let mut pairs = Vec::with_capacity(baseline.len().max(subject.len()));
    while row < baseline.len() || column < subject.len() {
        let (b, s) = (baseline.get(row), subject.get(column));
        let at = row * width + column;
        // Of equal ways the one that pairs early: flows are read from where they part.
        if b.zip(s).is_some_and(|(b, s)| b.matches(s) && costs[at + width + 1] == costs[at]) {
            pairs.push((Some(row), Some(column)));
            (row, column) = (row + 1, column + 1);
        } else if s.is_some_and(|s| alone(s) + costs[at + 1] == costs[at]) {
            pairs.push((None, Some(column)));
            column += 1;
        } else {
            pairs.push((Some(row), None));
            row += 1;
        }
    }
    pairs
}

fn alone(milestone: &Milestone<'_>) -> u32 {
    if milestone.parts() { MAJOR } else { MINOR }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::Side;
    use crate::compare::gather::milestones;
    use crate::timeline::samples::Sample;

    #[test]
    fn a_flow_stands_beside_itself() {
        let sample =
            Sample::of("> hello\n< server 23/32 23/900 23/281 23/53\n> 23/53\n> 23/100\n< 23/900\n> FIN\n< FIN\n>");
        let milestones = milestones(&Side::from(&sample));
        let pairs = align(&milestones, &milestones);
        assert!(pairs.len() > 10);
        assert!(pairs.iter().enumerate().all(|(at, pair)| *pair == (Some(at), Some(at))));
        assert_eq!(align(&milestones, &[]).len(), milestones.len());
    }
}
