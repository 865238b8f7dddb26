//! Facts and findings as JSON, CSV, Markdown and text; never made from display strings.
//!
//! One file a command's output. [`json`] holds what all JSON has in common: escaping, times; [`cells`] the same for
//! tables, CSV and Markdown.

mod baseline;
pub mod candidates;
pub mod cells;
pub mod comparison;
mod contrast;
pub mod diagnosis;
pub mod explain;
mod finding;
pub mod flow_json;
pub mod flows;
pub mod follow;
pub mod handshake;
pub mod json;
pub mod links;
pub mod packets;
pub mod paint;
pub mod pem;
mod rates;
pub mod table;
pub mod trend;
pub mod why;

use std::{fmt, io};

use crate::index::Index;
use crate::present::apart;

/// A format that output can have.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Format {
    /// Aligned columns or paragraphs for people.
    Text,
    /// JSON; one object, or one a line where there are many.
    Json,
    /// Comma-separated values (RFC 4180).
    Csv,
    /// Markdown for a ticket or mail.
    Markdown,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Format::Text => "text",
            Format::Json => "json",
            Format::Csv => "csv",
            Format::Markdown => "markdown",
        })
    }
}

/// What kept CSV from being written: the output, since the rows are all of one length.
fn csv_failed(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// One line about packets that were not read; `None` where all were, and TCP is among them. What makes it be said:
/// [`apart::sentence`].
pub fn unread_line(index: &Index) -> Option<String> {
    let captures = match index.captures() {
        [one] => one.clone(),
        several => format!("{} captures", several.len()),
    };
    apart::sentence(index).map(|sentence| format!("{captures}: {sentence}"))
}
