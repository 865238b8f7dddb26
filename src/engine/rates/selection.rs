//! What the list can be narrowed to: one row of the failure rates.

use super::{Cohort, Incident};
use crate::facts::FlowFacts;
use crate::vocab::{Outcome, Time};

/// Flows that one row of the failure rates stands for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Selection {
    /// Those that have something in common.
    Cohort(Cohort),
    /// Those that began in `from..until`.
    Period {
        /// From when on.
        from: Time,
        /// Until before when.
        until: Time,
    },
    /// The failed ones of an incident.
    Incident(Box<Incident>),
}

impl Selection {
    /// Whether a flow is one of them.
    pub fn has(&self, flow: &FlowFacts<'_>) -> bool {
        match self {
            Self::Cohort(cohort) => cohort.has(flow),
            Self::Period { from, until } => (*from..*until).contains(&flow.row.start),
            Self::Incident(incident) => {
                let row = flow.row;
                row.outcome == Some(Outcome::Failed)
                    && row.cause == Some(incident.cause)
                    && row.server == incident.server
                    && (incident.first..=incident.last).contains(&row.start)
            }
        }
    }
}
