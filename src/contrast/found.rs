//! What is found: the groups of failures and what is said of each.

use super::burst::Burst;
use super::groups::About;
use super::lines::{Claim, Line};
use super::nothing::Nothing;
use super::twins::Twins;

/// The error that is allowed over all that is claimed of a capture.
pub(super) const ALPHA: f64 = 0.05;
/// Failing units below which nothing is claimed.
pub const MIN_FAILED: usize = 3;
/// Good units below which nothing is claimed.
pub const MIN_OK: usize = 10;

/// Units, or flows, of both sides.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// The failing ones.
    pub failed: usize,
    /// The good ones.
    pub ok: usize,
}

/// What is said of failing units that are asked about together.
#[derive(Clone, Debug)]
pub struct Group {
    /// What they have in common already.
    pub about: About,
    /// How many attempts there are on both sides.
    pub units: Counts,
    /// How many flows these are.
    pub flows: Counts,
    /// What else they have in common, the strongest first.
    pub lines: Vec<Line>,
    /// What there is to say where they have nothing in common.
    pub nothing: Option<Nothing>,
    /// The time in which they come in a burst.
    pub burst: Option<Burst>,
    /// What the pairs of attempts with both outcomes show; none where there are too few.
    pub twins: Option<Twins>,
}

impl Group {
    /// Its strongest line.
    pub fn strongest(&self) -> Option<&Line> {
        self.lines.first()
    }

    /// What it is sorted by: strong claims, then by probability; those without a line come last.
    pub(super) fn weight(&self) -> (Claim, f64) {
        self.strongest().map_or((Claim::Look, 1.0), |line| (line.claim, line.p))
    }
}

/// How far the work has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Progress {
    /// Parts of the work that are done.
    pub done: usize,
    /// All parts.
    pub of: usize,
}

/// The contrast of a capture: each group of failures against all that is good.
#[derive(Clone, Debug, Default)]
pub struct Contrast {
    /// The groups, those with the strongest lines first.
    pub groups: Vec<Group>,
}
