//! The flow filter language over the field table: `outcome == failed and tls.sni ~ "api"`.
//!
//! Start at [`Filter::parse`]. Every row of [`FIELDS`](crate::facts::FIELDS) is a word of the language, and its kind
//! says what it can be compared with. People who know Wireshark's display filters find `==`, `eq`, `&&`, `!`,
//! `contains`, `matches` and `in {…}` as they are there. A word that is no field and stands alone matches text anywhere
//! in the flow's facts. Nothing here reads a packet.

mod error;
mod lexer;
mod literal;
mod names;
mod node;
mod parser;

pub use error::FilterError;
pub use names::aliases;

use crate::facts::FlowFacts;
use node::Node;

/// A filter ready to be asked.
#[derive(Debug)]
pub struct Filter {
    root: Node,
}

impl Filter {
    /// Reads a filter; an empty one takes every flow.
    ///
    /// # Errors
    ///
    /// What is wrong with the text, and where.
    pub fn parse(text: &str) -> Result<Filter, FilterError> {
        parser::parse(text).map(|root| Filter { root })
    }

    /// Whether a flow is wanted.
    pub fn matches(&self, facts: &FlowFacts<'_>) -> bool {
        self.root.matches(facts)
    }
}
