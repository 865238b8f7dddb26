//! The list of flows as a table, as JSON lines and as CSV.

use std::io::{self, Write};
use std::ops::Range;

use super::cells::{self, duration};
use super::paint::{Ink, Paint};
use super::table::{Align, Cell, Table};
use super::{Format, json};
use crate::engine::parallel;
use crate::facts::{FIELDS, FlowFacts};
use crate::index::Index;
use crate::vocab::{Direction, FlowNumber, text};

pub use super::flow_json::FlowJson;

/// Bytes of a line of JSON, about.
const LINE: usize = 1024;

/// Writes the flows that are to be kept.
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
            Table { columns: COLUMNS, paint }.write(out, || flows().map(|facts| row(&facts)))
        }
    }
}

/// Every field of the field table is a column; one that does not apply is empty.
fn csv<'a>(out: &mut impl Write, flows: impl Iterator<Item = FlowFacts<'a>>) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(FIELDS.iter().map(|field| field.name)).map_err(into_io)?;
    for facts in flows {
        for field in FIELDS {
            let cell = (field.get)(&facts).as_ref().map_or_else(String::new, cells::csv);
            writer.write_field(cell).map_err(into_io)?;
        }
        writer.write_record(None::<&[u8]>).map_err(into_io)?;
    }
    writer.flush()
}

fn into_io(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

const COLUMNS: &[(&str, Align)] = &[
    ("Flow", Align::Right),
    ("Time", Align::Left),
    ("Client", Align::Left),
    ("Server", Align::Left),
    ("Server name", Align::Left),
    ("Version", Align::Left),
    ("ALPN", Align::Left),
    ("Outcome", Align::Left),
    ("Handshake", Align::Right),
    ("Packets", Align::Right),
    ("Bytes", Align::Right),
    ("Retr", Align::Right),
    ("Cause", Align::Left),
];

fn row(facts: &FlowFacts<'_>) -> Vec<Cell> {
    let (flow, tls) = (facts.row, facts.tls);
    let bytes = |bytes: Option<&[u8]>| Cell::plain(bytes.map_or_else(String::new, text::visible_bytes));
    let sum =
        |read: &dyn Fn(Direction) -> u64| Cell::plain(Direction::BOTH.into_iter().map(read).sum::<u64>().to_string());
    let ink = Ink::of(flow.outcome);
    let took = tls.and_then(|tls| Some(duration(tls.completed?.since(tls.began?))));
    vec![
        Cell::plain(facts.flow.to_string()),
        Cell::plain(time(facts)),
        Cell::plain(flow.client.to_string()),
        Cell::plain(flow.server.to_string()),
        bytes(tls.and_then(|tls| tls.server_name.as_deref())),
        Cell::plain(tls.and_then(|tls| tls.version).map_or_else(String::new, |version| version.to_string())),
        bytes(tls.and_then(|tls| tls.alpn.as_deref())),
        Cell::inked(ink, flow.outcome.map_or("", crate::vocab::Outcome::name)),
        Cell::plain(took.unwrap_or_default()),
        sum(&|way| u64::from(flow.sides[way].packets)),
        sum(&|way| flow.sides[way].bytes),
        sum(&|way| u64::from(flow.sides[way].retransmissions)),
        Cell::inked(ink, flow.cause.map_or("", crate::vocab::Cause::name)),
    ]
}

/// Date and time of day to the microsecond, in UTC.
fn time(facts: &FlowFacts<'_>) -> String {
    let full = json::time(facts.row.start);
    match full.strip_suffix("Z").filter(|text| text.len() == 29) {
        Some(text) => format!("{}Z", &text[..26]),
        None => full,
    }
}
