//! What failing attempts have in common that good ones have not: facts known before the outcome, tested so that chance
//! accuses nobody.
//!
//! Start at [`Contrast::of`]. The attempts of a capture are [`units`]; the failing ones of each cause are asked about in
//! [`groups`] of their own. Every [`Factor`], and there are no others, makes conditions ([`candidates`]); those with the
//! same members are one ([`merge`]); what holds after the correction for all of them is joined to a [`rule`] and said as
//! [`lines`]. Pure: no thread, no clock, no file.

mod bits;
mod burst;
mod candidates;
mod column;
mod condition;
mod encoding;
mod exceptions;
mod factor;
mod found;
mod groups;
mod lines;
mod merge;
mod nothing;
mod rule;
mod table;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
pub mod trend;
mod twins;
mod units;

pub use burst::Burst;
pub use condition::{Condition, Op, all_hold};
pub(crate) use encoding::Encoding;
pub use exceptions::Exceptions;
pub use factor::Factor;
pub use found::{Contrast, Group, MIN_FAILED, MIN_OK, Progress};
pub use groups::About;
pub use lines::{Claim, Line};
pub use nothing::Nothing;
pub use twins::{Difference, Twins};
pub(crate) use units::Survey;

use crate::facts::FlowFacts;
use crate::index::Index;

impl Contrast {
    /// The contrast of the flows that are `wanted`.
    pub fn of(index: &Index, wanted: impl Fn(&FlowFacts<'_>) -> bool) -> Self {
        let mut survey = Survey::default();
        for facts in index.iter().filter(|facts| wanted(facts)) {
            survey.add(&facts, index.finding(facts.flow));
        }
        let mut encoding = Encoding::of(survey);
        while let Some(flow) = encoding.next() {
            encoding.add(index.facts(flow).as_ref());
        }
        encoding.answer(&|| false, &mut |_| {}).unwrap_or_default()
    }

    /// The strongest line of all, and what it is of.
    pub fn strongest(&self) -> Option<(&Group, &Line)> {
        self.groups.first().and_then(|group| Some((group, group.strongest()?)))
    }
}
