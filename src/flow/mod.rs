//! Segments → flows: the table of TCP connections, what TCP did in each, and where each packet lies.
//!
//! Nothing here looks at payload. Start at [`FlowTable::segment`], which finds or makes the flow of a segment; the
//! row it fills is [`FlowRow`]. TCP's events are judged in `analysis`, by the same code for the index and for the
//! full [`Trace`] of one flow.

mod acceptance;
mod analysis;
mod base;
mod bits;
mod copies;
mod events;
mod holes;
mod measure;
mod packets;
mod pause;
mod row;
mod sequence;
mod table;
mod trace;

pub use acceptance::{Unusable, UnusableCounts, unusable};
pub use events::Events;
pub use measure::{Measured, measure};
pub use packets::{PacketIndex, PacketPlace};
pub use row::{Failed, FlowRow, Issues, Side, SideFlags};
pub use sequence::after;
pub use table::{EndsHasher, FlowTable, Placed};
pub use trace::{IcmpNote, Trace, TraceSegment};
