//! One differing fact, and how they are gathered: only what differs is kept.

use super::{Field, Value};
use crate::vocab::PacketNumber;

/// One differing fact.
#[derive(Clone, PartialEq, Debug)]
pub struct Difference {
    /// The fact.
    pub field: Field,
    /// Its value in the baseline; of two sets, what the subject's lacks.
    pub baseline: Value,
    /// Its value in the subject; of two sets, what the baseline's lacks.
    pub subject: Value,
    /// How telling it is: 0 is noise, 100 could explain the failure by itself.
    pub weight: u8,
    /// Whether it differs between any two good flows too (randoms, ports, GREASE, times), or follows from what comes before.
    pub expected: bool,
    /// The packets that show it: the baseline's, the subject's; none for what no packet shows by itself.
    pub packets: (Option<PacketNumber>, Option<PacketNumber>),
    /// How usual the subject's value is among good flows of its kind, where that was counted.
    pub usual: Option<Usual>,
}

/// How many good flows have a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Usual {
    /// Good flows that have it.
    pub have: u32,
    /// Good flows of that kind.
    pub of: u32,
}

/// A list that keeps what differs.
#[derive(Default)]
pub(super) struct Differences(pub Vec<Difference>);

impl Differences {
    /// Takes note if the two differ in a way that tells something.
    pub fn tell(&mut self, field: Field, baseline: impl Into<Value>, subject: impl Into<Value>, weight: u8) {
        let (baseline, subject) = (baseline.into(), subject.into());
        if baseline != subject {
            self.add(field, baseline, subject, weight);
        }
    }

    /// Takes note of two sets: of each what the other lacks.
    pub fn tell_sets(&mut self, field: Field, baseline: &[Value], subject: &[Value], weight: u8) {
        let missing = |from: &[Value], other: &[Value]| -> Vec<Value> {
            from.iter().filter(|item| !other.contains(item)).cloned().collect()
        };
        let (only_baseline, only_subject) = (missing(baseline, subject), missing(subject, baseline));
        if !(only_baseline.is_empty() && only_subject.is_empty()) {
            self.add(field, Value::Set(only_baseline), Value::Set(only_subject), weight);
        }
    }

    /// Takes note if the two differ as any two flows do.
    pub fn noise(&mut self, field: Field, baseline: impl Into<Value>, subject: impl Into<Value>) {
        let (baseline, subject) = (baseline.into(), subject.into());
        if baseline != subject {
            self.push(field, baseline, subject, 0, true);
        }
    }

    /// Takes note of a difference that was found.
    pub fn add(&mut self, field: Field, baseline: Value, subject: Value, weight: u8) {
        self.push(field, baseline, subject, weight, false);
    }

    /// Takes note of a difference, expected or not.
    pub fn push(&mut self, field: Field, baseline: Value, subject: Value, weight: u8, expected: bool) {
        let (packets, usual) = ((None, None), None);
        self.0.push(Difference { field, baseline, subject, weight, expected, packets, usual });
    }
}
