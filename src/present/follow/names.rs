//! What the timeline tells of a flow's records.

use std::collections::BTreeMap;

use crate::engine::FlowView;
use crate::timeline::{What, words};
use crate::vocab::Direction;

/// Records of a flow whose names keys or inference can tell.
const MAX_NAMED: usize = 4096;

/// What records hold, by direction and stream offset, as the timeline tells it.
#[derive(Clone, Debug, Default)]
pub struct RecordNames(BTreeMap<(Direction, u64), String>);

impl RecordNames {
    /// What the timeline of a flow tells of its records.
    pub fn of(view: &FlowView) -> Self {
        let mut names: BTreeMap<_, String> = BTreeMap::new();
        for step in view.timeline.steps.iter().filter(|step| names_record(&step.what)) {
            for record in view.timeline.records_of(step) {
                if names.len() >= MAX_NAMED {
                    return Self(names);
                }
                let name = names.entry((step.from, record.start)).or_default();
                if !name.is_empty() {
                    name.push_str(", ");
                }
                name.push_str(&words::name(&step.what));
                name.push_str(if step.is_inferred() { " (inferred)" } else { "" });
            }
        }
        Self(names)
    }

    /// What is told of the record of a direction that begins at an offset.
    pub fn get(&self, direction: Direction, offset: u64) -> Option<&str> {
        self.0.get(&(direction, offset)).map(String::as_str)
    }
}

/// Whether a step says of its record what the bytes alone do not tell.
fn names_record(what: &What) -> bool {
    match what {
        What::Unfinished { .. }
        | What::TooLong { .. }
        | What::Heartbeat(_)
        | What::Alert(..)
        | What::ChangeCipherSpec
        | What::Sealed { .. } => true,
        what => what.message().is_some(),
    }
}
