//! The list of flows as a table, as JSON lines and as CSV.

use std::io::{self, Write};
use std::ops::Range;

use super::cells;
use super::paint::Paint;
use super::table::{Align, Cell, Table};
use super::{Format, csv_failed, json};
use crate::engine::parallel;
use crate::facts::{self, FlowFacts, Tone, Value};
use crate::index::Index;
use crate::present::list::{COLUMNS, Column, Shown, outcome_sign};
use crate::vocab::text::duration;
use crate::vocab::{FlowNumber, Time};

pub use super::flow_json::FlowJson;

/// Bytes of a line of JSON, about.
const LINE: usize = 1024;

/// Writes the flows that are to be kept.
///
/// # Errors
///
/// What `out` returns.
pub fn write(
    out: &mut impl Write,
    format: Format,
    paint: Paint,
    index: &Index,
    keep: impl Fn(&FlowFacts<'_>) -> bool + Sync,
) -> io::Result<()> {
    let flows = || index.iter().filter(&keep);
    match format {
        Format::Json => {
            let lines = |range: Range<usize>| {
                let mut lines = Vec::with_capacity(range.len() * LINE);
                let facts = range.filter_map(|number| index.facts(FlowNumber(number as u32)));
                let mut kept = facts.filter(&keep);
                kept.try_for_each(|facts| json::append(&mut lines, &FlowJson::new(&facts))).map(|()| lines)
            };
            parallel::in_order(index.len(), lines, |lines| out.write_all(&lines?))
        }
        Format::Csv => csv(out, flows()),
        Format::Text | Format::Markdown => {
            let columns = columns();
            let headings: Vec<_> = columns.iter().map(|column| (column.layout.title, align(column))).collect();
            let row = |facts: FlowFacts<'_>| columns.iter().map(|column| cell(column, &facts)).collect();
            Table { columns: &headings, paint }.write(out, || flows().map(row))
        }
    }
}

/// The fields of the field table that are columns of CSV; one that does not apply is empty.
fn csv<'a>(out: &mut impl Write, flows: impl Iterator<Item = FlowFacts<'a>>) -> io::Result<()> {
    let columns = facts::csv_columns();
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(columns.iter().map(|field| field.name)).map_err(csv_failed)?;
    for facts in flows {
        for field in &columns {
            let cell = (field.get)(&facts).as_ref().map_or_else(String::new, cells::csv);
            writer.write_field(cell).map_err(csv_failed)?;
        }
        writer.write_record(None::<&[u8]>).map_err(csv_failed)?;
    }
    writer.flush()
}

/// The columns of the list; causes, which few flows have, end the line.
fn columns() -> Vec<&'static Column> {
    let mut columns: Vec<&Column> = COLUMNS.iter().collect();
    columns.sort_by_key(|column| column.layout.tone == Tone::Failure);
    columns
}

fn align(column: &Column) -> Align {
    if column.is_right() { Align::Right } else { Align::Left }
}

fn cell(column: &Column, facts: &FlowFacts<'_>) -> Cell {
    let text = match column.shown(facts) {
        None => String::new(),
        Some(Shown::Endpoint(endpoint)) => endpoint.to_string(),
        Some(Shown::Value(Value::Time(at))) => time(at),
        Some(Shown::Value(Value::Seconds(seconds))) => duration(seconds),
        Some(Shown::Value(value)) => cells::plain(&value),
    };
    match column.layout.tone {
        Tone::Outcome | Tone::Failure => Cell::of(outcome_sign(facts.row.outcome).0, text),
        _ => Cell::plain(text),
    }
}

/// Date and time of day to the microsecond, in UTC.
fn time(time: Time) -> String {
    let full = json::time(time);
    match full.strip_suffix("Z").filter(|text| text.len() == 29) {
        Some(text) => format!("{}Z", &text[..26]),
        None => full,
    }
}
