//! All conditions that a question could be answered with: how many there are, and those that enough failing units have.
//!
//! What is counted for the correction depends on the margins alone: which units have a value, not which of them failed.

use std::collections::HashSet;
use std::ops::Range;

use super::bits::Bits;
use super::condition::{Condition, Op};
use super::table::{Sides, Standing, Tally};
use crate::stats::{Split, fisher, least_p, tarone};

/// Different values of a quantity that stay as they are; of more, thresholds are made.
const MAX_VALUES: usize = 6;
/// Shares of the good units at which thresholds lie.
const QUANTILES: [f64; 5] = [0.1, 0.25, 0.5, 0.75, 0.9];
/// Shares of the failing units that may lie beyond a threshold that follows them.
const BEYOND: [f64; 3] = [0.0, 0.1, 0.25];
/// Failing units that a condition has at least.
const LEAST_FAILED: usize = 2;

/// A condition with the units that have it.
#[derive(Clone)]
pub struct Candidate {
    /// The place of its column.
    pub column: usize,
    /// The condition.
    pub condition: Condition,
    /// The units of both sides that have it.
    pub members: Bits,
    /// How it divides them.
    pub split: Split,
    /// Fisher's probability.
    pub p: f64,
    /// Whether it could be significant, whichever units failed.
    pub may_be_claimed: bool,
}

/// The conditions of one question.
pub struct Candidates {
    /// Those that at least half of the failing units have.
    pub list: Vec<Candidate>,
    /// Among how many tests an error is divided: conditions that could be significant.
    pub tests: usize,
    /// All conditions that are frequent enough, each set of units once.
    pub conditions: usize,
}

/// A condition before its members are known.
struct Cut {
    column: usize,
    codes: Range<u32>,
    op: Op,
    tally: Tally,
    /// The least probability that it can come to.
    least: f64,
    /// Whether it is a threshold that follows the failing units.
    follows: bool,
}

impl Candidates {
    /// The conditions of a question, where an error of `alpha` is allowed in all.
    pub fn of(sides: &Sides<'_>, alpha: f64) -> Self {
        let failed_of = sides.failing.len();
        let half = failed_of.div_ceil(2).max(LEAST_FAILED);
        let mut seen = HashSet::new();
        let mut least = Vec::new();
        let mut cuts = Vec::new();
        for column in 0..sides.table.columns.len() {
            let Standing::Varies(tallies) = sides.standing(column) else { continue };
            let known = tallies.iter().map(|tally| tally.with()).sum();
            for cut in self::cuts(sides, column, &tallies) {
                let is_frequent = (half..known).contains(&cut.tally.with());
                if cut.follows || is_frequent && seen.insert((cut.tally.print, cut.tally.with())) {
                    least.push(cut.least);
                }
                if is_frequent && cut.tally.failed >= half {
                    cuts.push(cut);
                }
            }
        }
        let conditions = least.len();
        let tests = tarone(least, alpha);
        let level = alpha / tests as f64;
        Self { list: cuts.iter().map(|cut| cut.candidate(sides, level)).collect(), tests, conditions }
    }
}

impl Cut {
    fn candidate(&self, sides: &Sides<'_>, level: f64) -> Candidate {
        let column = &sides.table.columns[self.column];
        let code = if self.op == Op::AtMost { self.codes.end - 1 } else { self.codes.start };
        let value = column.values[code as usize].clone();
        let split = Split {
            failed: self.tally.failed,
            failed_of: sides.failing.len(),
            ok: self.tally.ok,
            ok_of: sides.table.ok_of(),
        };
        Candidate {
            column: self.column,
            condition: Condition { factor: column.factor, op: self.op, value },
            members: sides.members(self.column, &self.codes),
            split,
            p: fisher(&split),
            may_be_claimed: self.least <= level,
        }
    }
}

/// The conditions of a column.
fn cuts(sides: &Sides<'_>, column: usize, tallies: &[Tally]) -> Vec<Cut> {
    let present = tallies.iter().filter(|tally| tally.with() > 0).count();
    if sides.table.columns[column].factor.is_quantity() && present > MAX_VALUES {
        thresholds(sides, column, tallies)
    } else {
        values(sides, column, tallies)
    }
}

/// One condition a value.
fn values(sides: &Sides<'_>, column: usize, tallies: &[Tally]) -> Vec<Cut> {
    let (failed_of, total) = (sides.failing.len(), sides.failing.len() + sides.table.ok_of());
    let cut = |(code, tally): (u32, &Tally)| Cut {
        column,
        codes: code..code + 1,
        op: Op::Equal,
        tally: *tally,
        least: least_p(tally.with(), failed_of, total),
        follows: false,
    };
    (0..).zip(tallies).filter(|(_, tally)| tally.with() > 0).map(cut).collect()
}

/// Both sides of every threshold: of those at shares of the good units, and of those that follow the failing ones.
///
/// A threshold at the least of the failing values is found by looking at the outcome, and yet its probability is exact:
/// that the n failing all lie among the k units above it is as probable as that the least of n units drawn at random comes
/// no lower, which is the very question. So is that of a threshold which a fixed share of them lie beyond. Each counts as
/// one test.
fn thresholds(sides: &Sides<'_>, column: usize, tallies: &[Tally]) -> Vec<Cut> {
    let (failed_of, total) = (sides.failing.len(), sides.failing.len() + sides.table.ok_of());
    let sums: Vec<Tally> = std::iter::once(Tally::default())
        .chain(tallies.iter().scan(Tally::default(), |sum, tally| {
            *sum = sum.and(*tally);
            Some(*sum)
        }))
        .collect();
    let all = sums[tallies.len()];
    let cut = |code: u32, op: Op, least: Option<f64>| {
        let (codes, tally) = match op {
            Op::AtMost => (0..code + 1, sums[code as usize + 1]),
            _ => (code..tallies.len() as u32, minus(all, sums[code as usize])),
        };
        let own = || least_p(tally.with(), failed_of, total);
        Cut { column, codes, op, tally, least: least.unwrap_or_else(own), follows: least.is_some() }
    };
    // The first value up to which more than `rank` units are counted.
    let at = |rank: usize, count: fn(&Tally) -> usize| {
        sums.partition_point(|sum| count(sum) <= rank).clamp(1, tallies.len()) as u32 - 1
    };
    let mut cuts = Vec::new();
    for share in QUANTILES {
        let code = at((share * all.ok as f64) as usize, |sum| sum.ok);
        cuts.extend([Op::AtMost, Op::AtLeast].map(|op| cut(code, op, None)));
    }
    let mut beyond = BEYOND.map(|share| (share * failed_of as f64) as usize).to_vec();
    beyond.dedup();
    for beyond in beyond {
        let least = least_p(all.failed - beyond, failed_of, total);
        cuts.push(cut(at(beyond, |sum| sum.failed), Op::AtLeast, Some(least)));
        cuts.push(cut(at(all.failed - 1 - beyond, |sum| sum.failed), Op::AtMost, Some(least)));
    }
    cuts
}

fn minus(all: Tally, part: Tally) -> Tally {
    Tally { ok: all.ok - part.ok, failed: all.failed - part.failed, print: all.print.wrapping_sub(part.print) }
}
