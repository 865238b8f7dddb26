//! What the list can be narrowed to: one row of the failure rates.

use super::Cohort;
use crate::facts::FlowFacts;
use crate::net::Endpoint;
use crate::vocab::{Cause, Outcome, Time};

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
    Incident {
        /// Why they failed.
        cause: Cause,
        /// Where they went.
        server: Endpoint,
        /// When the first one began.
        first: Time,
        /// When the last one began.
        last: Time,
    },
}

impl Selection {
    /// Whether a flow is one of them.
    pub fn has(&self, flow: &FlowFacts<'_>) -> bool {
        match self {
            Self::Cohort(cohort) => cohort.has(flow),
            Self::Period { from, until } => (*from..*until).contains(&flow.row.start),
            Self::Incident { cause, server, first, last } => {
                let row = flow.row;
                row.outcome == Some(Outcome::Failed)
                    && row.cause == Some(*cause)
                    && row.server == *server
                    && (*first..=*last).contains(&row.start)
            }
        }
    }
}
