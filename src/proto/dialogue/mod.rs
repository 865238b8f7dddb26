//! Both directions of a flow read together: what comes before TLS, then records, messages, alerts, and what is none.
//!
//! Start at [`Dialogue::feed`]. It decodes nothing to the leaf: it finds where things begin and end, follows the
//! handshake far enough to know what is encrypted, and tells an [`Observer`]. The index pass and the full view use this
//! same reader with different observers, so that they cannot disagree. What a record holds that no key opens is worked out
//! in [`sealed`], for all who ask.

mod events;
mod facts;
mod fast_path;
mod framing;
mod marks;
mod messages;
mod opener;
mod opening;
mod records;
pub mod sealed;
mod tracker;

#[cfg(test)]
mod cuts;
#[cfg(test)]
mod incomplete;

pub use events::{Defect, Event, EventKind, Observer, Wrapping};
pub use facts::FactsObserver;
pub use fast_path::FastPath;
pub(super) use framing::Framing;
pub(crate) use messages::MAX_MESSAGE;
pub use opening::{Plaintext, hello_sender, plaintext};
pub use tracker::Dialogue;
