//! The words every room shares: numbers, directions, times, ranges, verdicts and registry names.
//!
//! Nothing here reads bytes or files. Start at [`Direction`] and [`Time`]; the verdicts a flow can get are in
//! [`verdict`], the IANA names in [`iana`].

pub mod chunked;
pub mod field;
pub mod field_cursor;
pub mod iana;
pub mod text;
pub mod verdict;

mod network;
mod units;

pub use chunked::Chunked;
pub use field::{Field, Registered, Registry};
pub use network::Network;
pub use units::{Direction, FlowNumber, FlowRef, PacketNumber, PerDirection, Source, StreamRange, Time};
pub use verdict::{Cause, Confidence, EndedBy, Gravity, Noise, Outcome};
