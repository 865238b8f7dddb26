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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::Side;
    use crate::compare::milestone::milestones;
    use crate::timeline::samples::Sample;
    use crate::timeline::words;

    const GOOD: &str = "> hello\n< server 23/32 23/900 23/281 23/53\n> 23/53\n> 23/100\n< 23/900\n> FIN\n< FIN\n>";

    /// The rows behind TCP's handshake, as `baseline | subject`.
    fn check(baseline: &str, subject: &str, expected: &str) {
        let (baseline, subject) = (Sample::of(baseline), Sample::of(subject));
        let (b, s) = (milestones(&Side::from(&baseline)), milestones(&Side::from(&subject)));
        let name = |of: &[Milestone<'_>], at: Option<usize>| {
            at.map_or_else(|| "-".into(), |at| words::name(&of[at].step.what).into_owned())
        };
        let rows = align(&b, &s).into_iter().skip(3);
        let rows: Vec<String> = rows.map(|(left, right)| format!("{} | {}", name(&b, left), name(&s, right))).collect();
        let expected: Vec<&str> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        assert_eq!(rows, expected, "{}", rows.join("\n"));
    }

    #[test]
    fn telling_steps_of_one_sender_stand_opposite() {
        check(
            "> hello\n< server",
            "> hello\n< RST",
            "Client Hello | Client Hello
             Server Hello | RST ACK",
        );
        check(
            "> hello\n< server",
            "> hello\n< http",
            "Client Hello | Client Hello
             Server Hello | Plain text (HTTP)",
        );
        check(
            "> hello\n< server",
            "> hello\n> RST",
            "Client Hello | Client Hello
             - | RST ACK
             Server Hello | -",
        );
    }

    #[test]
    fn what_one_flow_lacks_stands_alone() {
        check(
            "> hello\n< retry\n> hello\n< server",
            "> hello\n< server",
            "Client Hello | Client Hello
             Hello Retry Request | -
             Client Hello | -
             Server Hello | Server Hello",
        );
        check(
            "> hello\n< server",
            "> hello\n> again\n> again\n< server",
            "Client Hello | Client Hello
             - | ACK
             - | ACK
             Server Hello | Server Hello",
        );
    }

    #[test]
    fn inferred_messages_stand_beside_their_like() {
        check(
            GOOD,
            "> hello\n< server 23/32 23/1300 23/281 23/53\n> 23/19",
            "Client Hello | Client Hello
             Server Hello | Server Hello
             Encrypted Extensions | Encrypted Extensions
             Certificate | Certificate
             Certificate Verify | Certificate Verify
             Finished | Finished
             Finished | Alert
             Application Data | -
             Application Data | -
             FIN ACK | -
             FIN ACK | -",
        );
    }

    #[test]
    fn a_flow_stands_beside_itself() {
        let sample = Sample::of(GOOD);
        let milestones = milestones(&Side::from(&sample));
        let pairs = align(&milestones, &milestones);
        assert!(pairs.len() > 10);
        assert!(pairs.iter().enumerate().all(|(at, pair)| *pair == (Some(at), Some(at))));
        assert_eq!(align(&milestones, &[]).len(), milestones.len());
    }
}
