//! Rules: why a flow failed, who ended it, how sure that is, which packets prove it.
//!
//! Start at [`judge`]. A flow is laid out as a [`Case`]; the rules of `rules` are asked in order; the first that finds
//! something names the cause. What no rule finds is given its outcome by how far the handshake came. A finding without
//! a packet as evidence does not exist; what is inferred is said to be.

#[cfg(test)]
mod alert_table;
mod alerts;
mod beside;
mod breaks;
mod case;
mod chain;
mod clients;
mod context;
mod doubt;
mod ending;
mod exchange;
mod finding;
mod foreign;
mod idle;
mod inspection;
mod legality;
mod midstream;
mod mutual;
mod notes;
mod order;
mod others;
mod path;
mod proxy;
mod renegotiation;
mod rule;
mod rules;
#[cfg(test)]
mod samples;
mod shown;
mod signs;
mod silence;
mod stage;
mod unanswered;
mod upgrade;
mod verdict;
mod watch;
mod window;

pub use breaks::{Break, BreakReason};
pub use case::Case;
pub use chain::certificates;
pub use clients::{Why, why};
pub use context::{
    Context, Elsewhere, GoodChain, GoodChains, KnownServer, Leaves, ResetAnswer, RoundTrips, Served, service,
};
pub use ending::EndingKind;
pub use finding::{Also, ClientReport, Evidence, Finding, Role};
pub use notes::Note;
pub use rule::{Doc, Rule};
pub use rules::RULES;
pub use verdict::{Verdict, is_silent, is_unanswered, judge, quick, unanswered};

/// The first sentence of a cause's documentation.
pub fn summary(cause: crate::vocab::Cause) -> &'static str {
    let what = RULES.iter().find(|rule| rule.cause == cause).map_or("", |rule| rule.doc.what);
    what.find(". ").map_or(what, |end| &what[..=end])
}
