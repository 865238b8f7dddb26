//! After the pass: every flow gets its outcome; those that did not simply succeed are read again and judged in full.

use super::session::Shared;

/// Judges every flow.
pub(super) fn judge_all(shared: &Shared) {
    let mut index = shared.index.write();
    index.recount();
}
