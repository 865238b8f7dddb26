//! The field table: one row is a list column, a filter word, a JSON key, a CSV column, a cohort factor and a line of
//! the docs.
//!
//! Start at [`FIELDS`]: a [`Field`] says what its values are ([`Kind`], [`Tier`]), where they stand, and reads them
//! from [`FlowFacts`]. Whoever needs to know what a value is asks its row, never its name.

mod field;
mod fields;
mod kind;
mod rank;
mod value;

pub use field::{Column, Field, Tone};
pub use fields::{FIELDS, by_name, csv_columns};
pub use kind::{Kind, Tier, Unit};
pub use rank::Rank;
pub use value::{Value, visible};

use crate::flow::FlowRow;
use crate::proto::TlsFacts;
use crate::vocab::{FlowNumber, PerDirection};

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
    /// On what link each direction's first packet was captured.
    pub links: PerDirection<Option<CapturedOn>>,
}

/// On what link a packet was captured.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct CapturedOn {
    /// Sender's and receiver's hardware address, where the link has both.
    pub macs: Option<([u8; 6], [u8; 6])>,
    /// VLAN identifier of the innermost tag.
    pub vlan: Option<u16>,
    /// Number of the interface within its section of the capture; 0 in pcap.
    pub interface: u32,
}
