//! Good units that a rule covers: in what they differ from all the failing ones is often the condition that is missing.

use std::collections::HashSet;

use super::bits::Bits;
use super::table::Sides;
use crate::facts::Field;
use crate::vocab::FlowNumber;

/// Good units up to which they are exceptions; more of them are just not what the rule is about.
const MAX: usize = 10;

/// The exceptions of a rule.
#[derive(Clone, Debug, Default)]
pub struct Exceptions {
    /// Their flows.
    pub flows: Vec<FlowNumber>,
    /// In what all of them differ from all the failing ones.
    pub differ_in: Vec<&'static Field>,
}

/// The exceptions of a rule that has these members, among them these good ones.
pub(super) fn of(sides: &Sides<'_>, members: &Bits, good: &Bits) -> Exceptions {
    let good: Vec<usize> = good.iter().take(MAX + 1).collect();
    if good.is_empty() || good.len() > MAX {
        return Exceptions::default();
    }
    let failed: Vec<usize> = members.and(&sides.failed).iter().collect();
    let differs = |column: &usize| differs(sides, *column, &failed, &good);
    let columns = (0..sides.table.columns.len()).filter(differs);
    Exceptions {
        differ_in: columns.map(|column| sides.table.columns[column].factor.field()).collect(),
        flows: good.iter().map(|unit| sides.table.flows[*unit]).collect(),
    }
}

/// Whether no failing unit has what a good one has; of a quantity, whether the good ones are all above the failing or all
/// below.
fn differs(sides: &Sides<'_>, column: usize, failed: &[usize], good: &[usize]) -> bool {
    let codes = |units: &[usize]| units.iter().map(|unit| sides.code(column, *unit)).collect::<Option<HashSet<u32>>>();
    let (Some(failed), Some(good)) = (codes(failed), codes(good)) else { return false };
    if !sides.table.columns[column].factor.is_quantity() {
        return failed.is_disjoint(&good);
    }
    let ends = |codes: &HashSet<u32>| codes.iter().min().copied().zip(codes.iter().max().copied());
    ends(&failed).zip(ends(&good)).is_some_and(|(failed, good)| failed.1 < good.0 || good.1 < failed.0)
}
