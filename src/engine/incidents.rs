//! Retry storms: many failures of one cause at one server within a short time are one incident, not hundreds of findings.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

use super::index::Index;
use crate::facts::FlowFacts;
use crate::net::Endpoint;
use crate::vocab::{Cause, FlowNumber, Outcome, Time};

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

/// The incidents among the failed flows that are `wanted`, in the order of time.
pub fn incidents(index: &Index, wanted: impl Fn(&FlowFacts<'_>) -> bool) -> Vec<Incident> {
    let mut groups: HashMap<(Cause, Endpoint), Vec<Failure>> = HashMap::new();
    for facts in index.iter().filter(|facts| facts.row.outcome == Some(Outcome::Failed) && wanted(facts)) {
        if let Some(cause) = facts.row.cause {
            let group = groups.entry((cause, facts.row.server)).or_default();
            group.push((facts.row.start, facts.flow, facts.row.client.ip));
        }
    }
    let mut incidents = Vec::new();
    for ((cause, server), mut failures) in groups {
        failures.sort_unstable();
        let runs = failures.chunk_by(|before, after| after.0.nanos_since(before.0) <= PAUSE);
        incidents.extend(runs.filter(|run| run.len() >= MIN_FLOWS).map(|run| {
            let mut clients: BTreeMap<IpAddr, usize> = BTreeMap::new();
            for (_, _, client) in run {
                *clients.entry(*client).or_default() += 1;
            }
            let mut clients: Vec<_> = clients.into_iter().collect();
            clients.sort_by_key(|(_, flows)| std::cmp::Reverse(*flows));
            Incident {
                cause,
                server,
                clients,
                first: run[0].0,
                last: run[run.len() - 1].0,
                flows: run.iter().map(|(_, flow, _)| *flow).collect(),
            }
        }));
    }
    incidents.sort_by_key(|incident| (incident.first, incident.flows.first().copied()));
    incidents
}
