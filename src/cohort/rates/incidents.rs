//! Retry storms: many failures of one cause at one server within a short time are one incident, not hundreds of findings.

use std::collections::BTreeMap;
use std::net::IpAddr;

use hashbrown::HashMap;

use crate::facts::FlowFacts;
use crate::net::Endpoint;
use crate::vocab::{Cause, FlowNumber, Time};

/// Nanoseconds without such a failure that end an incident.
const PAUSE: i64 = 5 * Time::SECOND;
/// Failures that make an incident.
const MIN_FLOWS: usize = 10;

/// Many failures that are one event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Incident {
    /// Why they failed.
    pub cause: Cause,
    /// Where they went.
    pub server: Endpoint,
    /// Whose they were, and how many each had, those with the most first.
    pub clients: Vec<(IpAddr, usize)>,
    /// When the first one began.
    pub first: Time,
    /// When the last one began.
    pub last: Time,
    /// The flows, in the order in which they began.
    pub flows: Vec<FlowNumber>,
}

impl Incident {
    /// The client, where there was only one.
    pub fn client(&self) -> Option<IpAddr> {
        match self.clients.as_slice() {
            [(client, _)] => Some(*client),
            _ => None,
        }
    }
}

/// When a failed flow began, which it is, and whose.
type Failure = (Time, FlowNumber, IpAddr);

/// Gathers failures into incidents.
#[derive(Default)]
pub(super) struct Gatherer(HashMap<(Cause, Endpoint), Vec<Failure>>);

impl Gatherer {
    /// Takes a failed flow.
    pub fn add(&mut self, flow: &FlowFacts<'_>) {
        if let Some(cause) = flow.row.cause {
            let failures = self.0.entry((cause, flow.row.server)).or_default();
            failures.push((flow.row.start, flow.flow, flow.row.client.ip));
        }
    }

    /// The incidents, in the order of time.
    pub fn finish(self) -> Vec<Incident> {
        let mut incidents = Vec::new();
        for ((cause, server), mut failures) in self.0 {
            failures.sort_unstable();
            let runs = failures.chunk_by(|before, after| after.0.nanos_since(before.0) <= PAUSE);
            incidents.extend(runs.filter(|run| run.len() >= MIN_FLOWS).map(|run| incident(cause, server, run)));
        }
        incidents.sort_by_key(|incident| (incident.first, incident.flows.first().copied()));
        incidents
    }
}

/// The incident of failures that follow one another.
fn incident(cause: Cause, server: Endpoint, run: &[Failure]) -> Incident {
    let mut clients: BTreeMap<IpAddr, usize> = BTreeMap::new();
    for (_, _, client) in run {
        *clients.entry(*client).or_default() += 1;
    }
    let mut clients: Vec<_> = clients.into_iter().collect();
    clients.sort_by_key(|(_, flows)| std::cmp::Reverse(*flows));
    let (first, last) = (run[0].0, run[run.len() - 1].0);
    let flows = run.iter().map(|(_, flow, _)| *flow).collect();
    Incident { cause, server, clients, first, last, flows }
}
