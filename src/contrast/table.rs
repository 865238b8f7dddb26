//! All units with their factors, and the two sides of one question.

use super::bits::Bits;
use super::column::{Column, LATE, UNKNOWN};
use crate::stats::Split;
use crate::vocab::FlowNumber;

/// Share of a side of which a factor may be unknown.
const MAX_UNKNOWN: f64 = 0.05;

/// How many good units have a value, and what these units are known by.
#[derive(Clone, Copy, Default)]
pub(super) struct Tally {
    pub ok: usize,
    pub failed: usize,
    /// The sum of a number of each unit, so that two values of the same units are seen to be one.
    pub print: u64,
}

impl Tally {
    /// Those of two together.
    pub fn and(self, other: Self) -> Self {
        let print = self.print.wrapping_add(other.print);
        Self { ok: self.ok + other.ok, failed: self.failed + other.failed, print }
    }

    /// All that have it.
    pub fn with(self) -> usize {
        self.ok + self.failed
    }
}

/// All units of a capture, the good ones and those that failed for some cause, in the order of time.
pub struct Table {
    /// The flow whose facts a unit has.
    pub flows: Vec<FlowNumber>,
    /// The factors.
    pub columns: Vec<Column>,
    /// The good units.
    pub good: Bits,
    ok_of: usize,
    /// By column and code.
    tallies: Vec<Vec<Tally>>,
    /// Good units of which a column knows nothing.
    unknown: Vec<usize>,
}

impl Table {
    /// Units by their flows, those of them that are good, and their factors.
    pub fn new(flows: Vec<FlowNumber>, good: Bits, columns: Vec<Column>) -> Self {
        let (mut tallies, mut unknown) = (Vec::new(), Vec::new());
        for column in &columns {
            let mut own = vec![Tally::default(); column.values.len()];
            let mut missing = 0;
            for unit in good.iter() {
                match own.get_mut(column.codes[unit] as usize) {
                    Some(tally) => *tally = tally.and(Tally { ok: 1, failed: 0, print: print(unit) }),
                    None => missing += 1,
                }
            }
            tallies.push(own);
            unknown.push(missing);
        }
        Self { ok_of: good.count(), flows, columns, good, tallies, unknown }
    }

    /// Number of good units.
    pub fn ok_of(&self) -> usize {
        self.ok_of
    }

    /// The server names, within which other factors are tested.
    pub(super) fn names(&self) -> Option<&Column> {
        self.columns.iter().find(|column| column.factor.is_name())
    }
}

/// A number that a unit is known by.
fn print(unit: usize) -> u64 {
    let mixed = (unit as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

/// What a column says of a question.
pub(super) enum Standing {
    /// It may separate: its values' tallies.
    Varies(Vec<Tally>),
    /// Both sides have one value only: its code.
    Constant(u32),
    /// No unit of either side has a value.
    Absent,
    /// It is not known of too many, or became known too late.
    Unknown,
}

/// The failing and the good of one question.
pub struct Sides<'t> {
    /// All units.
    pub table: &'t Table,
    /// Those that failed.
    pub failed: Bits,
    /// Their places, in the order of time.
    pub failing: Vec<usize>,
    /// Both.
    pub all: Bits,
}

impl<'t> Sides<'t> {
    /// The units at these places against the good ones.
    pub fn new(table: &'t Table, failing: Vec<usize>) -> Self {
        let failed = Bits::these(table.flows.len(), &failing);
        Self { all: failed.or(&table.good), failed, failing, table }
    }

    /// How members divide.
    pub fn split(&self, members: &Bits) -> Split {
        Split {
            failed: members.shared(&self.failed),
            failed_of: self.failing.len(),
            ok: members.shared(&self.table.good),
            ok_of: self.table.ok_of,
        }
    }

    /// How members divide among the units of `within`.
    pub fn split_within(&self, members: &Bits, within: &Bits) -> Split {
        Split {
            failed: members.shared_by_three(&self.failed, within),
            failed_of: within.shared(&self.failed),
            ok: members.shared_by_three(&self.table.good, within),
            ok_of: within.shared(&self.table.good),
        }
    }

    /// The units whose code in a column is within `codes`.
    pub fn members(&self, column: usize, codes: &std::ops::Range<u32>) -> Bits {
        let own = &self.table.columns[column].codes;
        Bits::of(own.len(), |unit| codes.contains(&own[unit])).and(&self.all)
    }

    /// What a column says of it.
    pub fn standing(&self, column: usize) -> Standing {
        let own = &self.table.columns[column];
        let mut tallies = self.table.tallies[column].clone();
        let mut unknown = 0;
        for unit in &self.failing {
            let code = own.codes[*unit];
            match tallies.get_mut(code as usize) {
                Some(tally) => *tally = tally.and(Tally { ok: 0, failed: 1, print: print(*unit) }),
                None if code == LATE => return Standing::Unknown,
                None => unknown += 1,
            }
        }
        let missing = self.table.unknown[column];
        if unknown == self.failing.len() && missing == self.table.ok_of {
            return Standing::Absent;
        }
        let is_too_much = |unknown: usize, of: usize| unknown as f64 > MAX_UNKNOWN * of as f64;
        if is_too_much(unknown, self.failing.len()) || is_too_much(missing, self.table.ok_of) {
            return Standing::Unknown;
        }
        let mut present = (0..).zip(&tallies).filter(|(_, tally)| tally.with() > 0);
        match (present.next(), present.next()) {
            (Some((code, _)), None) => Standing::Constant(code),
            _ => Standing::Varies(tallies),
        }
    }

    /// The sides among the units with each server name, and with none.
    pub fn strata(&self, members: &Bits) -> Vec<Split> {
        let Some(names) = self.table.names() else { return Vec::new() };
        let mut strata = vec![Split::default(); names.values.len() + 1];
        let mut count = |units: &Bits, add: fn(&mut Split)| {
            for unit in units.iter() {
                let code = if names.codes[unit] < LATE { names.codes[unit] as usize } else { names.values.len() };
                add(&mut strata[code]);
            }
        };
        count(&self.failed, |split| split.failed_of += 1);
        count(&self.table.good, |split| split.ok_of += 1);
        count(&members.and(&self.failed), |split| split.failed += 1);
        count(&members.and(&self.table.good), |split| split.ok += 1);
        strata
    }

    /// The code of a unit, where it is known.
    pub fn code(&self, column: usize, unit: usize) -> Option<u32> {
        Some(self.table.columns[column].codes[unit]).filter(|code| *code != UNKNOWN && *code != LATE)
    }
}
