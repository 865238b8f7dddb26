//! A failing flow put beside a good one: steps aligned, differences ranked, the first divergence found.
//!
//! Start at [`Comparison`], what the screen, the text and the JSON all show. Flows are aligned by milestones, never by
//! packet number; [`score`] says how good a flow is as a baseline. Nothing here reads a capture: what a flow is comes as a
//! [`Side`]. Nothing here makes words either: differences are typed facts, and so is the [`Sentence`].

mod align;
mod difference;
mod field;
mod message;
mod milestone;
mod nearest;
mod packet;
mod rows;
mod sentence;
mod value;

pub use field::{Field, OfSender};
pub use nearest::{Candidate, score};
pub use sentence::{Act, Copies, Good, Parting, Sentence, Stranger, Then};
pub use value::{IpIds, Resumption, Value};

use crate::flow::Trace;
use crate::proto::TlsFacts;
use crate::timeline::{Step, Timeline};

/// One differing fact.
#[derive(Clone, PartialEq, Debug)]
pub struct Difference {
    /// The fact.
    pub field: Field,
    /// Its value in the baseline; of two sets, what the subject's lacks.
    pub baseline: Value,
    /// Its value in the subject; of two sets, what the baseline's lacks.
    pub subject: Value,
    /// How telling it is: 0 is noise, 100 could explain the failure by itself.
    pub weight: u8,
    /// Whether it differs between any two good flows too (randoms, ports, GREASE, times).
    pub expected: bool,
}

/// Two aligned steps, or one that the other flow lacks.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    /// The baseline's step.
    pub baseline: Option<Step>,
    /// The subject's step.
    pub subject: Option<Step>,
    /// What differs between the two.
    pub differences: Vec<Difference>,
}

impl Row {
    /// Whether the two do the same, apart from what is expected to differ.
    pub fn is_equal(&self) -> bool {
        self.baseline.is_some() && self.subject.is_some() && self.differences.iter().all(|d| d.expected)
    }
}

/// A flow as a comparison needs it.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// Its segments.
    pub trace: &'a Trace,
    /// Its steps.
    pub timeline: &'a Timeline,
    /// Its TLS facts.
    pub tls: &'a TlsFacts,
}

/// A baseline and a subject, aligned.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Comparison {
    /// The aligned steps, in order.
    pub rows: Vec<Row>,
    /// Index of the first row in which the two part, if they do.
    pub first_divergence: Option<usize>,
    /// What is to be said of where they part.
    pub sentence: Sentence,
    /// All differences, the most telling first.
    pub differences: Vec<Difference>,
}

impl Comparison {
    /// Aligns two flows of any outcome and says what differs and where they part.
    pub fn new(baseline: Side<'_>, subject: Side<'_>) -> Comparison {
        let laid = rows::lay(&baseline, &subject);
        let sentence = sentence::sentence(&subject, &laid);
        let differences = rows::rank(&baseline, &subject, &laid);
        let rows = laid.rows.into_iter().map(|row| row.row).collect();
        Comparison { rows, first_divergence: laid.first_divergence, sentence, differences }
    }
}
