//! What clients report for a pattern: data with the versions it was measured with.

use super::case::Case;
use super::finding::ClientReport;
use crate::vocab::Cause;

/// What each client's user saw, as far as the packets tell.
pub(super) fn reports(_case: &Case<'_>, _cause: Cause) -> Vec<ClientReport> {
    Vec::new()
}
