//! Aligned columns of text. Widths are measured over all rows first, so rows are made twice and never kept.

use std::io::{self, Write};

use super::paint::Paint;
use crate::present::role::Role;
use crate::vocab::text;

/// Columns that one value may take.
const MAX_WIDTH: usize = 64;

/// Where a column's values stand.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Align {
    /// At the left: text.
    Left,
    /// At the right: numbers.
    Right,
}

/// One value of a row.
pub struct Cell {
    /// What it says.
    pub text: String,
    /// What it means.
    pub role: Role,
}

impl Cell {
    /// A value without a colour.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), role: Role::Text }
    }

    /// A value with a meaning.
    pub fn of(role: Role, text: impl Into<String>) -> Self {
        Self { text: text.into(), role }
    }
}

/// A table's headings.
pub struct Table<'a> {
    /// Each column's heading and alignment.
    pub columns: &'a [(&'a str, Align)],
    /// Whether it is coloured.
    pub paint: Paint,
}

impl Table<'_> {
    /// Writes the headings and the rows; `rows` is walked twice.
    pub fn write<I>(&self, out: &mut impl Write, rows: impl Fn() -> I) -> io::Result<()>
    where
        I: Iterator<Item = Vec<Cell>>,
    {
        let mut widths: Vec<usize> = self.columns.iter().map(|(title, _)| text::width(title)).collect();
        for row in rows() {
            for (width, cell) in widths.iter_mut().zip(&row) {
                *width = (*width).max(text::width(&cell.text).min(MAX_WIDTH));
            }
        }
        let titles = self.columns.iter().map(|(title, _)| Cell::of(Role::Heading, *title)).collect();
        self.row(out, &widths, titles)?;
        rows().try_for_each(|row| self.row(out, &widths, row))
    }

    fn row(&self, out: &mut impl Write, widths: &[usize], mut row: Vec<Cell>) -> io::Result<()> {
        // No line ends with spaces.
        row.truncate(row.iter().rposition(|cell| !cell.text.is_empty()).map_or(0, |last| last + 1));
        let last = row.len().saturating_sub(1);
        for (at, cell) in row.into_iter().enumerate() {
            if at > 0 {
                out.write_all(b"  ")?;
            }
            let text = text::clipped(&cell.text, MAX_WIDTH);
            let pad = widths[at].saturating_sub(text::width(&text));
            let (before, after) = match self.columns[at].1 {
                Align::Right => (pad, 0),
                Align::Left if at == last => (0, 0),
                Align::Left => (0, pad),
            };
            write!(out, "{:before$}{}{:after$}", "", self.paint.role(cell.role, text), "")?;
        }
        out.write_all(b"\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(rows: &[(&str, &str)]) -> String {
        let table = Table { columns: &[("Flow", Align::Right), ("Name", Align::Left)], paint: Paint::Plain };
        let mut out = Vec::new();
        table
            .write(&mut out, || rows.iter().map(|(a, b)| vec![Cell::plain(*a), Cell::plain(*b)]))
            .expect("memory takes bytes");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn numbers_stand_right_and_lines_end_without_spaces() {
        assert_eq!(written(&[("1", "a"), ("12345", "bc")]), " Flow  Name\n    1  a\n12345  bc\n");
    }

    #[test]
    fn wide_names_do_not_shift_columns() {
        assert_eq!(written(&[("例え", "a"), ("12345", "b")]), " Flow  Name\n 例え  a\n12345  b\n");
        let long = "例".repeat(MAX_WIDTH);
        assert_eq!(written(&[("1", &long)]), format!("Flow  Name\n   1  {}…\n", "例".repeat((MAX_WIDTH - 1) / 2)));
    }
}
