//! What the flows of a capture tell of each other: which are one attempt, what belongs to a flow, how often handshakes
//! fail and where.
//!
//! Pure: no thread, no clock, no file. Start at [`rates::Rates`] and [`Linker`].

mod attempts;
mod baselines;
mod links;
pub mod rates;

pub(crate) use attempts::group;
pub use baselines::Baseline;
pub(crate) use baselines::best;
pub use links::{Link, LinkKind, Linker};
