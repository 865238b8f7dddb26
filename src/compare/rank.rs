//! All differences in one list, the most telling first.

use std::cmp::Reverse;

use super::rows::Aligned;
use super::whole::whole;
use super::{Difference, Field, Side, explain};

/// All differences: those of the rows and of the flows as a whole, the most telling first.
pub(super) fn rank(baseline: &Side<'_>, subject: &Side<'_>, aligned: &Aligned<'_>) -> Vec<Difference> {
    let mut all: Vec<Difference> = whole(baseline, subject);
    explain::weigh(subject.cause, &mut all);
    for (at, row) in aligned.rows.iter().enumerate() {
        // That a flow which ended otherwise lacks the rest is no news.
        let behind = aligned.ended.is_some_and(|ended| at > ended);
        let told = row.row.differences.iter().filter(|one| !(behind && one.field == Field::Step));
        all.extend(told.cloned());
    }
    sort(&mut all);
    all
}

/// What is not expected first, then by how telling it is; of equals why comes before what, and then what comes first in the
/// flow.
pub(super) fn sort(differences: &mut [Difference]) {
    differences.sort_by_key(|one| (one.expected, Reverse(one.weight), one.field == Field::Step));
}
