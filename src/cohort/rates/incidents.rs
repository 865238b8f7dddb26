//! Retry storms and scans: many failures within a short time that are one event, not hundreds of findings.
//!
//! A failure is of one incident at most: of a scan, dials to peers or health checks, whatever their causes; else of one
//! cause at one server; else of one cause and one client at many servers.

use std::collections::{BTreeMap, HashSet};
use std::net::IpAddr;

use hashbrown::HashMap;

use crate::facts::FlowFacts;
use crate::net::Endpoint;
use crate::vocab::{Cause, FlowNumber, Noise, Time};

/// Nanoseconds without such a failure that end an incident.
const PAUSE: i64 = 5 * Time::SECOND;
/// The same of what is noise: who looks again and again takes its time.
const PAUSE_OF_NOISE: i64 = 120 * Time::SECOND;
/// Failures that make an incident.
const MIN_FLOWS: usize = 10;

/// Many failures that are one event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Incident {
    /// What only looks like a failure, where it is that.
    pub noise: Option<Noise>,
    /// Why they failed, and how many for each cause, those with the most first.
    pub causes: Vec<(Cause, usize)>,
    /// Where they went, and how many to each, those with the most first.
    pub servers: Vec<(Endpoint, usize)>,
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
        only(&self.clients)
    }

    /// The server, where there was only one.
    pub fn server(&self) -> Option<Endpoint> {
        only(&self.servers)
    }

    /// Why most of them failed; it has a cause, as failures do.
    pub fn cause(&self) -> Option<Cause> {
        self.causes.first().map(|(cause, _)| *cause)
    }

    /// How many failed for this cause.
    pub fn count_of(&self, cause: Cause) -> usize {
        self.causes.iter().find(|(other, _)| *other == cause).map_or(0, |(_, count)| *count)
    }
}

fn only<T: Copy>(counted: &[(T, usize)]) -> Option<T> {
    match counted {
        [(one, _)] => Some(*one),
        _ => None,
    }
}

/// A failed flow.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Failure {
    start: Time,
    flow: FlowNumber,
    cause: Cause,
    client: IpAddr,
    server: Endpoint,
    noise: Option<Noise>,
}

/// What failures of one event have in common.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Event {
    Noise(Noise, IpAddr),
    At(Cause, Endpoint),
    Of(Cause, IpAddr),
}

/// Gathers failures into incidents.
#[derive(Default)]
pub(super) struct Gatherer(Vec<Failure>);

impl Gatherer {
    /// Takes a failed flow.
    pub fn add(&mut self, flow: &FlowFacts<'_>) {
        let row = flow.row;
        if let Some(cause) = row.cause {
            let (client, server, noise) = (row.client.ip, row.server, row.noise);
            self.0.push(Failure { start: row.start, flow: flow.flow, cause, client, server, noise });
        }
    }

    /// The incidents, in the order of time.
    pub fn finish(self) -> Vec<Incident> {
        let mut left = self.0;
        left.sort_unstable();
        let of_noise = |failure: &Failure| {
            let noise = failure.noise.filter(|noise| *noise != Noise::SpareConnection)?;
            Some(Event::Noise(noise, failure.client))
        };
        let mut incidents = take(&mut left, PAUSE_OF_NOISE, of_noise);
        incidents.extend(take(&mut left, PAUSE, |failure| Some(Event::At(failure.cause, failure.server))));
        incidents.extend(take(&mut left, PAUSE, |failure| Some(Event::Of(failure.cause, failure.client))));
        incidents.sort_by_key(|incident| (incident.first, incident.flows.first().copied()));
        incidents
    }
}

/// Takes the incidents of one kind of event out of failures, which are in the order of time.
fn take(left: &mut Vec<Failure>, pause: i64, event: impl Fn(&Failure) -> Option<Event>) -> Vec<Incident> {
    let mut events: HashMap<Event, Vec<Failure>> = HashMap::new();
    for failure in left.iter() {
        if let Some(event) = event(failure) {
            events.entry(event).or_default().push(*failure);
        }
    }
    let runs = |failures: Vec<Failure>| {
        let runs = failures.chunk_by(|before, after| after.start.nanos_since(before.start) <= pause);
        runs.filter(|run| run.len() >= MIN_FLOWS).map(incident).collect::<Vec<_>>()
    };
    let incidents: Vec<_> = events.into_values().flat_map(runs).collect();
    let taken: HashSet<FlowNumber> = incidents.iter().flat_map(|incident| incident.flows.iter().copied()).collect();
    left.retain(|failure| !taken.contains(&failure.flow));
    incidents
}

/// The incident of failures that follow one another.
fn incident(run: &[Failure]) -> Incident {
    let noise = run[0].noise.filter(|noise| run.iter().all(|failure| failure.noise == Some(*noise)));
    Incident {
        noise,
        causes: counted(run.iter().map(|failure| failure.cause)),
        servers: counted(run.iter().map(|failure| failure.server)),
        clients: counted(run.iter().map(|failure| failure.client)),
        first: run[0].start,
        last: run[run.len() - 1].start,
        flows: run.iter().map(|failure| failure.flow).collect(),
    }
}

/// How often each is there, the most frequent first.
fn counted<T: Ord + Copy>(values: impl Iterator<Item = T>) -> Vec<(T, usize)> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

#[cfg(test)]
mod tests {
    use super::super::Rates;
    use super::*;
    use crate::cohort::explained;
    use crate::index::Index;
    use crate::index::testing::Flow;
    use crate::vocab::Outcome;

    /// The incidents of flows: their flows, servers and causes.
    fn check(flows: &[Flow], expected: &[(usize, usize, usize)]) {
        let mut index = Index::of(flows);
        let explained = explained(&index);
        index.set_explained(explained);
        let incidents = Rates::of(index.iter()).incidents;
        let shape = |incident: &Incident| (incident.flows.len(), incident.servers.len(), incident.causes.len());
        assert_eq!(incidents.iter().map(shape).collect::<Vec<_>>(), expected);
    }

    fn failed(cause: Cause, server: u8, server_port: u16, start: i64) -> Flow {
        let outcome = Some(Outcome::Failed);
        Flow { server, server_port, start, end: start + 1, outcome, cause: Some(cause), ..Flow::DEFAULT }
    }

    #[test]
    fn a_scan_is_one_incident_whatever_answers_it() {
        let port = |at: u16, cause| Flow { name: "", ..failed(cause, 9, 8000 + at, i64::from(at) * 20) };
        let cause = |at: u16| if at.is_multiple_of(9) { Cause::SynUnanswered } else { Cause::ConnectionRefused };
        check(&(0..1000).map(|at| port(at, cause(at))).collect::<Vec<_>>(), &[(1000, 1000, 2)]);
    }

    #[test]
    fn one_client_that_fails_everywhere_is_one_incident() {
        let to = |server: u8| failed(Cause::ResetAfterClientHello, server, 443, i64::from(server) * 100);
        check(&(20..32).map(to).collect::<Vec<_>>(), &[(12, 12, 1)]);
        check(&(20..29).map(to).collect::<Vec<_>>(), &[]);
        // What is an incident of one server is no part of the client's.
        let storm = (0..10).map(|at| Flow { port: 1000 + at, ..to(9) });
        check(&(20..32).map(to).chain(storm).collect::<Vec<_>>(), &[(10, 1, 1), (12, 12, 1)]);
        let other = |server: u8| Flow { client: server, ..to(server) };
        check(&(20..32).map(other).collect::<Vec<_>>(), &[]);
    }
}
