//! Flows written as lines, for the tests of this room; `timeline::samples` has the words.

use super::case::Case;
use super::context::Context;
use crate::timeline::samples::Sample;
use crate::vocab::{FlowNumber, Time};

/// What `tell` says of the flow of `lines`, behind TCP's handshake, so many seconds after its last packet.
pub(super) fn told<T>(lines: &str, wait: f64, tell: impl FnOnce(&Case<'_>) -> T) -> T {
    told_beside(Context::default(), lines, wait, tell)
}

/// The same beside other flows, of which `context` tells.
pub(super) fn told_beside<T>(context: Context, lines: &str, wait: f64, tell: impl FnOnce(&Case<'_>) -> T) -> T {
    told_of(Sample::of(lines), context, wait, tell)
}

/// What `tell` says of a flow of which these lines are all that was captured.
pub(super) fn told_of_all<T>(lines: &str, wait: f64, tell: impl FnOnce(&Case<'_>) -> T) -> T {
    told_of(Sample::all_of(lines), Context::default(), wait, tell)
}

fn told_of<T>(sample: Sample, context: Context, wait: f64, tell: impl FnOnce(&Case<'_>) -> T) -> T {
    let Sample { trace, timeline, streams, tls } = sample.by_parts_in_tls();
    let capture_end = Time(trace.row.end.0 + (wait * 1e9) as i64);
    let context = Context { capture_end, ..context };
    tell(&Case::new(FlowNumber(0), &trace, &timeline, &streams, &tls, &context))
}
