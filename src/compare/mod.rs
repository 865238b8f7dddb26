//! A failing flow put beside a good one: steps aligned, differences ranked, the first divergence found.
//!
//! Start at [`Comparison`], what the screen, the text and the JSON all show. Flows are aligned by milestones, never by
//! packet number; [`Nearness`] says how good a flow is as a baseline. Nothing here reads a capture: what a flow is comes as a
//! [`Side`]. Nothing here makes words either: differences are typed facts, and so is the [`Sentence`].

mod align;
mod difference;
mod explain;
mod field;
mod gather;
mod message;
mod milestone;
mod nearest;
mod packet;
mod parting;
mod rank;
mod rows;
mod sentence;
mod side;
mod usual;
mod value;
mod whole;

pub use difference::{Difference, Usual};
pub use field::{Field, OfSender};
pub use nearest::{Candidate, Likeness, Nearness};
pub use rows::Row;
pub use sentence::{Act, Copies, Good, Parting, Sentence, Stranger, Then};
pub use side::Side;
pub use usual::{Asked, Counted};
pub use value::{IpIds, Resumption, Value};

/// A baseline and a subject, aligned.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Comparison {
    /// The aligned steps, in order.
    pub rows: Vec<Row>,
    /// Index of the first row in which the two part, if they do.
    pub first_divergence: Option<usize>,
    /// Index of the row behind which all follows from how one of the two ended.
    pub ended: Option<usize>,
    /// What is to be said of where they part.
    pub sentence: Sentence,
    /// All differences, the most telling first.
    pub differences: Vec<Difference>,
}

impl Comparison {
    /// Aligns two flows of any outcome and says what differs and where they part.
    pub fn new(baseline: Side<'_>, subject: Side<'_>) -> Comparison {
        let aligned = rows::aligned(&baseline, &subject);
        let sentence = sentence::sentence(&subject, &aligned);
        let differences = rank::rank(&baseline, &subject, &aligned);
        let (first_divergence, ended) = (aligned.first_divergence, aligned.ended);
        let rows = aligned.rows.into_iter().map(|row| row.row).collect();
        Comparison { rows, first_divergence, ended, sentence, differences }
    }
}
