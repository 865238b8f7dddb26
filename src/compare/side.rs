//! What a comparison needs of a flow.

use crate::flow::Trace;
use crate::proto::TlsFacts;
use crate::timeline::Timeline;
use crate::vocab::Cause;

/// A flow as a comparison needs it.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// Its segments.
    pub trace: &'a Trace,
    /// Its steps.
    pub timeline: &'a Timeline,
    /// Its TLS facts.
    pub tls: &'a TlsFacts,
    /// Why it failed, where it did and that is known.
    pub cause: Option<Cause>,
}

#[cfg(test)]
impl<'a> From<&'a crate::timeline::samples::Sample> for Side<'a> {
    fn from(sample: &'a crate::timeline::samples::Sample) -> Self {
        Self { trace: &sample.trace, timeline: &sample.timeline, tls: &sample.tls, cause: None }
    }
}
