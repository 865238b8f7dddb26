//! What the list can be narrowed to: one row of the failure rates, or the flows behind a claim.

use std::net::IpAddr;
use std::sync::Arc;

use super::{Cohort, Incident};
use crate::facts::FlowFacts;
use crate::net::Endpoint;
use crate::vocab::{FlowNumber, Time};

/// What flows are to a claim about what the failing have in common.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Behind {
    /// They failed, and it holds for them.
    Failing,
    /// They are good, and it holds for them.
    Good,
    /// They are the few good ones for which it holds.
    Exceptions,
}

/// Flows that one row of the failure rates, or a claim, stands for.
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
    /// The flows of an incident.
    Incident {
        /// The client, where there was only one.
        client: Option<IpAddr>,
        /// The server, where there was only one.
        server: Option<Endpoint>,
        /// The flows, by number.
        flows: Arc<[FlowNumber]>,
    },
    /// The flows behind a claim.
    Claim {
        /// What they are to it.
        behind: Behind,
        /// The flows, by number.
        flows: Arc<[FlowNumber]>,
    },
}

impl Selection {
    /// The flows of an incident.
    pub fn incident(incident: &Incident) -> Self {
        let mut flows = incident.flows.clone();
        flows.sort_unstable();
        Self::Incident { client: incident.client(), server: incident.server(), flows: flows.into() }
    }

    /// The flows behind a claim.
    pub fn claim(behind: Behind, flows: &[FlowNumber]) -> Self {
        let mut flows = flows.to_vec();
        flows.sort_unstable();
        Self::Claim { behind, flows: flows.into() }
    }

    /// Whether a flow is one of them.
    pub fn has(&self, flow: &FlowFacts<'_>) -> bool {
        match self {
            Self::Cohort(cohort) => cohort.has(flow),
            Self::Period { from, until } => (*from..*until).contains(&flow.row.start),
            Self::Incident { flows, .. } | Self::Claim { flows, .. } => flows.binary_search(&flow.flow).is_ok(),
        }
    }
}
