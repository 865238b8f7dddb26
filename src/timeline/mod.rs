//! One flow's segments, gaps and TLS messages merged into steps: what a reader steps through.
//!
//! Start at [`Timeline::build`]. A [`Step`] says what happened, as data; [`words`] says it to a reader, and [`detail`]
//! decodes the step under the cursor to the leaf.

mod build;
mod chain;
pub mod detail;
mod flights;
mod inferred;
mod note;
mod notes;
mod reading;
#[cfg(test)]
pub(crate) mod samples;
mod step;
pub mod words;

pub use detail::Detail;
pub use flights::{Flight, FlightKind, Wait, flights};
pub use note::Note;
pub(crate) use notes::usual as usual_ttl;
pub use reading::{Piece, Streams, arrival, is_midstream, read};
pub use step::{Begun, Page, Step, What};

use crate::vocab::{PerDirection, StreamRange, Time};

/// All steps of one flow, in the order of the packets that show them.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Timeline {
    /// The steps.
    pub steps: Vec<Step>,
    /// Segments left out because the flow is too large.
    pub capped: u64,
    /// Where the whole records of each direction lie in its stream, headers included, in order.
    pub records: PerDirection<Vec<StreamRange>>,
}

impl Timeline {
    /// The records that hold a step's bytes.
    pub fn records_of(&self, step: &Step) -> &[StreamRange] {
        let records = &self.records[step.from];
        let (Some(first), Some(last)) = (step.spans.first(), step.spans.last()) else { return &[] };
        let begin = records.partition_point(|record| record.end <= first.start);
        let end = records.partition_point(|record| record.start < last.end);
        records.get(begin..end).unwrap_or_default()
    }

    /// Exchanges the ends.
    pub(crate) fn turn(&mut self) {
        for step in &mut self.steps {
            step.from = step.from.reversed();
            for note in &mut step.notes {
                if let Note::Ttl { from, .. } = note {
                    *from = from.reversed();
                }
            }
        }
        self.records.swap();
    }

    /// Time of the first step.
    pub fn start(&self) -> Option<Time> {
        self.steps.first().map(|step| step.time)
    }
}
