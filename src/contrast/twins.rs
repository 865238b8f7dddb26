//! Attempts with both outcomes: in what did the flow that failed differ from the one that did not?

use super::column::Column;
use super::condition::{Op, number};
use super::factor::Factor;
use crate::facts::{Rank, Value};
use crate::stats::sign_test;

/// Pairs that differ, below which there is no telling.
const MIN_PAIRS: usize = 5;
/// The error that is allowed over all facts.
const ALPHA: f64 = 0.05;

/// What the failing flows of pairs have that the good ones have not, or more of.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The fact.
    pub factor: Factor,
    /// Whether it is the same as the value, or more or less than the good one's.
    pub op: Op,
    /// The value; none where sizes are compared.
    pub value: Option<Value<'static>>,
    /// Pairs in which the failing one has it and the good one not.
    pub failed: usize,
    /// Pairs in which it is the other way round.
    pub ok: usize,
    /// The sign test's probability.
    pub p: f64,
}

/// Pairs of a failing flow and a good one of the same attempt.
#[derive(Clone, Debug, Default)]
pub struct Twins {
    /// How many there are.
    pub pairs: usize,
    /// In what they differ, the least probable first.
    pub differences: Vec<Difference>,
}

/// Pairs whose facts stand behind each other in columns: the failing one, then the good one.
pub(super) fn of(columns: &[Column], pairs: usize) -> Option<Twins> {
    let differences = columns.iter().filter(|column| !grows(column.factor)).flat_map(differences);
    let tested: Vec<Difference> = differences.filter(|found| found.failed + found.ok >= MIN_PAIRS).collect();
    let tests = tested.len() as f64;
    let mut differences: Vec<_> = tested.into_iter().filter(|found| found.p * tests <= ALPHA).collect();
    differences.sort_by(|one, other| one.p.total_cmp(&other.p));
    (pairs >= MIN_PAIRS).then_some(Twins { pairs, differences })
}

/// Whether a fact grows with time, so that every second try has more of it.
fn grows(factor: Factor) -> bool {
    matches!(factor.rank(), Rank::Port | Rank::Remainder | Rank::History)
}

fn differences(column: &Column) -> Vec<Difference> {
    let of = |op: Op, value: Option<Value<'static>>, counts: (usize, usize)| Difference {
        factor: column.factor,
        op,
        value,
        failed: counts.0,
        ok: counts.1,
        p: sign_test(counts.0, counts.1),
    };
    let pairs = || {
        column.codes.chunks_exact(2).filter_map(|pair| {
            let value = |code: u32| column.values.get(code as usize);
            Some((value(pair[0])?, value(pair[1])?)).filter(|_| pair[0] != pair[1])
        })
    };
    if column.factor.is_quantity() {
        let more = pairs().filter(|(failed, ok)| number(failed) > number(ok)).count();
        let less = pairs().count() - more;
        return vec![of(if more >= less { Op::AtLeast } else { Op::AtMost }, None, (more.max(less), more.min(less)))];
    }
    let counts = column.values.iter().map(|value| {
        let failed = pairs().filter(|(failed, _)| *failed == value).count();
        let ok = pairs().filter(|(_, ok)| *ok == value).count();
        of(Op::Equal, Some(value.clone()), (failed, ok))
    });
    counts.filter(|found| found.failed > found.ok).collect()
}
