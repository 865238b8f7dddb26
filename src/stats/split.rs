//! How a condition divides the failing and the good.

/// A fourfold table: of the failing and of the good, how many have something.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Split {
    /// Failing ones that have it.
    pub failed: usize,
    /// All failing ones.
    pub failed_of: usize,
    /// Good ones that have it.
    pub ok: usize,
    /// All good ones.
    pub ok_of: usize,
}

impl Split {
    /// All that have it.
    pub fn with(&self) -> usize {
        self.failed + self.ok
    }

    /// All.
    pub fn total(&self) -> usize {
        self.failed_of + self.ok_of
    }

    /// The four cells: failing with it and without, good with it and without.
    pub(super) fn cells(&self) -> [f64; 4] {
        let (without, ok_without) = (self.failed_of - self.failed, self.ok_of - self.ok);
        [self.failed, without, self.ok, ok_without].map(|count| count as f64)
    }
}
