//! The field table: one row is a list column, a filter word, a JSON key, a cohort factor and a line of the docs.
//!
//! Start at [`FIELDS`]; a field reads its value from [`FlowFacts`].

mod fields;
mod value;

pub use fields::{FIELDS, Field, by_name};
pub use value::Value;

use crate::flow::FlowRow;
use crate::proto::TlsFacts;
use crate::vocab::FlowNumber;

/// All that the index knows of one flow, borrowed from it.
#[derive(Clone, Copy)]
pub struct FlowFacts<'a> {
    /// The flow's number.
    pub flow: FlowNumber,
    /// The capture file that holds its first packet, as the user named it.
    pub capture: &'a str,
    /// Its TCP.
    pub row: &'a FlowRow,
    /// Its TLS, where it has any.
    pub tls: Option<&'a TlsFacts>,
    /// The number of the attempt it belongs to.
    pub attempt: Option<u32>,
}
