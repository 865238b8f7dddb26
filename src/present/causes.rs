//! Flows by how they came out and why: the groups of the flow list, and the flows that match a client's error.

use std::collections::BTreeMap;

use super::list;
use super::role::{Line, Role};
use super::values;
use crate::diagnose;
use crate::facts::FlowFacts;
use crate::vocab::{Cause, Outcome};

/// How a flow came out, and the cause that the index has of it. A flow of a flood has one too, without a finding.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Kind {
    /// How it came out; none where it was not judged yet.
    pub outcome: Option<Outcome>,
    /// Why it failed, or what befell it later.
    pub cause: Option<Cause>,
}

impl Kind {
    /// The kind of a flow.
    pub fn of(flow: &FlowFacts<'_>) -> Self {
        Self { outcome: flow.row.outcome, cause: flow.row.cause }
    }

    /// Whether it is a way to fail.
    pub fn is_failed(self) -> bool {
        self.outcome == Some(Outcome::Failed)
    }

    /// Where its outcome stands among the groups: failures first.
    pub fn rank(self) -> usize {
        let order = [Some(Outcome::Failed), Some(Outcome::Incomplete), None, Some(Outcome::Ok), Some(Outcome::Unused)];
        order.iter().position(|one| *one == self.outcome).unwrap_or(order.len())
    }

    fn name(self) -> String {
        match (self.outcome, self.cause) {
            (Some(Outcome::Failed), Some(cause)) => cause.name().to_owned(),
            (Some(Outcome::Failed), None) => "failed, why is not known".to_owned(),
            (outcome, Some(cause)) => format!("{}, {cause}", outcome.map_or("pending", Outcome::name)),
            (outcome, None) => outcome.map_or("pending", Outcome::name).to_owned(),
        }
    }
}

/// A group's heading: its kind, how many flows, and which share of `whole` that is: of the failed ones, or of all.
pub fn heading(kind: Kind, count: usize, whole: usize, is_folded: bool) -> Line {
    let (role, sign) = list::outcome_sign(kind.outcome);
    let share = values::percent(count as u64, whole as u64);
    let of = if kind.is_failed() { "the failed" } else { "the rows" };
    Line::of(Role::Dim, if is_folded { "▸ " } else { "▾ " })
        .with(role, format!("{sign} {}", kind.name()))
        .with(Role::Text, format!("  {}", values::about(count as u64, "flow")))
        .with(Role::Dim, format!(", {share} of {of}"))
}

/// What a group's kind means, in a line.
pub fn brief(kind: Kind) -> Line {
    let summary = kind.cause.map_or("", diagnose::summary);
    Line::of(Role::Strong, kind.name())
        .with(Role::Text, if summary.is_empty() { "" } else { ": " })
        .with(Role::Text, summary)
}

/// The flows of each cause, by their numbers.
pub fn flows<'a>(flows: impl Iterator<Item = FlowFacts<'a>>) -> BTreeMap<Cause, Vec<u32>> {
    let mut found: BTreeMap<Cause, Vec<u32>> = BTreeMap::new();
    for flow in flows {
        if let Some(cause) = flow.row.cause {
            found.entry(cause).or_default().push(flow.flow.0);
        }
    }
    found
}
