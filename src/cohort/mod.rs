//! What the flows of a capture tell of each other: which are one attempt, what belongs to a flow, which good flow one is to
//! be compared with, what the rules are to know of others, how often handshakes fail and where.
//!
//! Pure: rows of the index are read, no packet; no thread, no clock, no file. Start at [`rates::Rates`] and [`Linker`].

mod attempts;
mod baselines;
mod context;
mod copies;
mod elsewhere;
mod link;
mod linker;
mod noise;
pub mod rates;
mod usual;

pub(crate) use attempts::attempts;
pub use baselines::{Baseline, Baselines};
pub(crate) use context::{chain_flows, context, leaves, passing};
pub(crate) use copies::copies;
pub(crate) use elsewhere::elsewhere;
pub use link::{End, Link, LinkKind, Outcomes, Seen, Tie, Toward};
pub use linker::Linker;
pub(crate) use noise::{explained, spares};
pub use usual::usual;
