//! What is said where nothing separates: how many failing ones it would take, what all have in common, and what this
//! capture cannot show.

use super::condition::{Condition, Op};
use super::table::{Sides, Standing};
use crate::facts::Field;
use crate::stats::{Split, fisher};

/// The share of the good units that have what is looked for, in what is said of how many failing ones it takes.
const SHARED: f64 = 0.25;
/// Failing units beyond which it is not said any more.
const MAX_NEEDED: usize = 1000;

/// Why nothing is claimed.
#[derive(Clone, Debug)]
pub struct Nothing {
    /// Failing units that a cause would need which a quarter of the good ones share.
    pub needed: usize,
    /// What all units have.
    pub constants: Vec<Condition>,
    /// What no unit has, so that it could not be seen.
    pub not_in_capture: Vec<&'static Field>,
}

/// What there is to say of a question without an answer.
pub(super) fn of(sides: &Sides<'_>, alpha: f64, tests: usize) -> Nothing {
    let (mut constants, mut absent) = (Vec::new(), Vec::new());
    for (at, column) in sides.table.columns.iter().enumerate() {
        match sides.standing(at) {
            Standing::Constant(code) => {
                let value = column.values[code as usize].clone();
                constants.push(Condition { factor: column.factor, op: Op::Equal, value });
            }
            Standing::Absent => absent.push(column.factor.field()),
            Standing::Varies(_) | Standing::Unknown => {}
        }
    }
    Nothing { needed: needed(sides.table.ok_of(), alpha / tests as f64), constants, not_in_capture: absent }
}

fn needed(ok_of: usize, level: f64) -> usize {
    let ok = (ok_of as f64 * SHARED).ceil() as usize;
    let shows = |failed: &usize| fisher(&Split { failed: *failed, failed_of: *failed, ok, ok_of }) <= level;
    (2..MAX_NEEDED).find(shows).unwrap_or(MAX_NEEDED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_needs_some_failures() {
        assert_eq!(needed(1200, 0.05 / 100.0), 6);
        assert_eq!(needed(1200, 0.05), 3);
    }
}
