//! Whether the failing come in a burst: beside the rules, never a condition of one.

use super::table::Sides;
use crate::stats::{Window, scan};
use crate::vocab::FlowNumber;

/// A stretch of time in which units fail more often than chance has it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Burst {
    /// The first failing unit in it.
    pub first: FlowNumber,
    /// The last one.
    pub last: FlowNumber,
    /// The failing units in it.
    pub failed: usize,
    /// All units in it.
    pub of: usize,
    /// The probability that some stretch is as dense by chance.
    pub p: f64,
}

/// The densest stretch, where chance has none like it with a probability above `alpha`.
pub(super) fn of(sides: &Sides<'_>, alpha: f64, is_over: &dyn Fn() -> bool) -> Option<Burst> {
    let mut failing = sides.failing.iter().peekable();
    let mut places = Vec::with_capacity(sides.failing.len());
    let mut total = 0;
    for unit in sides.all.iter() {
        if failing.next_if(|next| **next == unit).is_some() {
            places.push(total);
        }
        total += 1;
    }
    let Window { first, last, failed, p } = scan(&places, total, is_over)?;
    let flow = |place: usize| {
        let at = places.binary_search(&place).ok()?;
        Some(sides.table.flows[sides.failing[at]])
    };
    let burst = Burst { first: flow(first)?, last: flow(last)?, failed, of: last - first + 1, p };
    (p <= alpha).then_some(burst)
}
