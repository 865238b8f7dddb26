//! Whether a flow's row contains a text: the same as to write out every cell and to look there, for a million rows in
//! the time of a blink.

use std::fmt::Write;

use jiff::tz::TimeZone;

use super::list::{COLUMNS, Shown, text};
use super::values;
use crate::facts::{self, FlowFacts, Value};
use crate::vocab::Time;

/// Looks for one text in many rows, whatever its case.
#[derive(Clone, Debug)]
pub struct Needle {
    /// In lower case.
    text: String,
    /// The columns that can contain it, those first that are quick to read.
    columns: Vec<usize>,
    /// Room for a cell.
    cell: String,
    /// The second whose clock was written last, and its text: rows come in the order of time.
    second: Option<(i64, String)>,
}

/// What a column's cells are made of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Text,
    Number,
    Address,
    Duration,
    Clock,
}

impl Kind {
    fn of(column: usize) -> Self {
        match COLUMNS[column].field.kind {
            facts::Kind::Time => Self::Clock,
            facts::Kind::Address => Self::Address,
            facts::Kind::Duration => Self::Duration,
            facts::Kind::Number(_) => Self::Number,
            _ => Self::Text,
        }
    }

    /// Whether cells of this kind can contain a character.
    fn has(self, c: char) -> bool {
        match self {
            Self::Text => true,
            Self::Number => c.is_ascii_digit() || c == '-',
            Self::Address => c.is_ascii_hexdigit() || ".:[]".contains(c),
            Self::Duration => c.is_ascii_digit() || "-. numsh".contains(c),
            Self::Clock => c.is_ascii_digit() || "-.:s".contains(c),
        }
    }
}

impl Needle {
    /// What to look for; the empty text is in every row.
    pub fn new(text: &str) -> Self {
        let text = text.to_lowercase();
        let mut columns: Vec<_> = (0..COLUMNS.len()).filter(|at| text.chars().all(|c| Kind::of(*at).has(c))).collect();
        columns.sort_by_key(|at| Kind::of(*at));
        Self { text, columns, cell: String::new(), second: None }
    }

    /// Whether it is the empty text.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Whether a flow's row contains it.
    pub fn is_in(&mut self, flow: &FlowFacts<'_>, zone: &TimeZone) -> bool {
        self.text.is_empty() || (0..self.columns.len()).any(|at| self.is_in_column(self.columns[at], flow, zone))
    }

    fn is_in_column(&mut self, column: usize, flow: &FlowFacts<'_>, zone: &TimeZone) -> bool {
        let Some(shown) = COLUMNS[column].shown(flow) else { return false };
        self.cell.clear();
        // A string takes whatever is written.
        let _ = match shown {
            Shown::Endpoint(endpoint) => write!(self.cell, "{endpoint}"),
            Shown::Value(Value::Text(text)) if text.bytes().all(is_shown_as_it_is) => {
                return contains_ignoring_case(text.as_bytes(), self.text.as_bytes());
            }
            Shown::Value(Value::Bytes(bytes)) if bytes.iter().copied().all(is_shown_as_it_is) => {
                return contains_ignoring_case(bytes, self.text.as_bytes());
            }
            Shown::Value(Value::Integer(number)) => write!(self.cell, "{number}"),
            Shown::Value(Value::Time(time)) => self.write_clock(time, zone),
            Shown::Value(_) => return self.is_shown(column, flow, zone),
        };
        self.cell.contains(&self.text)
    }

    /// Whether the cell as it is shown contains it.
    fn is_shown(&self, column: usize, flow: &FlowFacts<'_>, zone: &TimeZone) -> bool {
        text(column, flow, zone).to_lowercase().contains(&self.text)
    }

    fn write_clock(&mut self, time: Time, zone: &TimeZone) -> std::fmt::Result {
        let (second, rest) = (time.0.div_euclid(Time::SECOND), time.0.rem_euclid(Time::SECOND));
        if self.second.as_ref().is_none_or(|(known, _)| *known != second) {
            self.second = Some((second, values::clock_seconds(Time(second * Time::SECOND), zone)));
        }
        let text = self.second.as_ref().map_or("", |(_, text)| text);
        write!(self.cell, "{text}.{:06}", rest / 1000)
    }
}

/// Whether a captured byte is shown without an escape.
fn is_shown_as_it_is(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && byte != b'\\'
}

/// Whether ASCII bytes contain others that are in lower case, whatever the case of the first.
fn contains_ignoring_case(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len().max(1)).any(|window| window.eq_ignore_ascii_case(needle))
}
