//! Where a step's bytes come from.

use super::packets::Packets;
use crate::flow::Trace;
use crate::proto::tls::certificate::TrustStore;
use crate::timeline::{Step, Streams, Timeline};
use crate::vocab::Field;

/// Where a step's bytes come from.
pub(super) struct Source<'a> {
    pub trace: &'a Trace,
    pub streams: &'a Streams,
    pub timeline: &'a Timeline,
    pub packets: &'a Packets,
    pub trust: &'a TrustStore,
    /// The step's index.
    pub at: usize,
}

/// The bytes that keys opened, which are in no packet; none for a step in clear.
pub(super) fn opened(step: &Step) -> Option<&[u8]> {
    (step.decrypted && !step.body.is_empty()).then_some(&step.body)
}

/// The same tree with all its ranges moved by `by`.
pub(super) fn shifted(mut field: Field, by: usize) -> Field {
    field.range = field.range.start + by..field.range.end + by;
    field.children = field.children.into_iter().map(|child| shifted(child, by)).collect();
    field
}
