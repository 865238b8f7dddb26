//! Attempts as units: good, or failed for a cause. Whatever is neither stands on no side.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use hashbrown::HashMap;

use crate::diagnose::Finding;
use crate::facts::FlowFacts;
use crate::flow::Failed;
use crate::net::Endpoint;
use crate::vocab::{Cause, EndedBy, FlowNumber, Outcome, PacketNumber, Time};

/// Nanoseconds within which failing tries of one client follow each other as one unit.
const CHAINED: i64 = 2 * Time::SECOND;
/// Nanoseconds within which failures of one client at one server are a burst.
const BURST: i64 = 5 * Time::SECOND;
/// Failures that make a burst.
const MIN_BURST: usize = 10;

/// Who sent what spoiled the handshake, and the TTL that it came with.
pub type Sign = (EndedBy, u8);

/// A failing flow.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    pub attempt: u32,
    pub cause: Cause,
    pub sign: Option<Sign>,
    pub flow: FlowNumber,
    pub abnormal: Option<PacketNumber>,
    pub start: Time,
    end: Time,
    client: IpAddr,
    server: Endpoint,
    name: Option<Box<[u8]>>,
    ja4: Option<Arc<str>>,
}

impl Failure {
    fn is_of_same_try(&self, other: &Self) -> bool {
        (self.client, &self.name, &self.ja4) == (other.client, &other.name, &other.ja4)
    }

    /// Whether a later failure follows this one at once.
    fn leads_to(&self, next: &Self) -> bool {
        let (after_start, after_end) = (next.start.nanos_since(self.start), next.start.nanos_since(self.end));
        (after_start <= CHAINED || (0..=CHAINED).contains(&after_end)) && self.is_of_same_try(next)
    }
}

/// What is known of an attempt.
#[derive(Clone, Copy)]
struct Attempt {
    flow: FlowNumber,
    start: Time,
    flows: u32,
    is_good: bool,
    ok: Option<FlowNumber>,
}

/// Flows by attempts, counted flow by flow so that it can be done in slices.
#[derive(Default)]
pub(crate) struct Survey {
    attempts: Vec<Option<Attempt>>,
    alone: Vec<Attempt>,
    failures: Vec<Failure>,
}

/// The units of a capture.
pub(super) struct Units {
    /// Good attempts by their first flows, with their flows' number, in the order of time.
    pub good: Vec<(Time, FlowNumber, u32)>,
    /// Failing flows, in the order of time.
    pub failures: Vec<Failure>,
    /// Attempts in which a flow failed and another was good: the first good one.
    pub rescued: HashMap<u32, FlowNumber>,
}

impl Survey {
    /// Takes a flow, and why it failed where that is known.
    pub fn add(&mut self, facts: &FlowFacts<'_>, finding: Option<&Finding>) {
        let row = facts.row;
        let is_good = row.outcome == Some(Outcome::Ok) && row.cause.is_none();
        let new = Attempt { flow: facts.flow, start: row.start, flows: 1, is_good, ok: is_good.then_some(facts.flow) };
        // A flow that belongs to no attempt yet is one of its own; it cannot have failed in company.
        let attempt = facts.attempt.unwrap_or(u32::MAX - facts.flow.0);
        match facts.attempt.map(|attempt| attempt as usize) {
            None => self.alone.push(new),
            Some(at) => {
                if at >= self.attempts.len() {
                    self.attempts.resize(at + 1, None);
                }
                self.attempts[at] = Some(self.attempts[at].map_or(new, |known| known.joined(&new)));
            }
        }
        let failed = row.cause.filter(|cause| {
            let is_failure = row.failed().is_some_and(|failed| failed != Failed::Left);
            is_failure || row.outcome == Some(Outcome::Ok) && cause.is_midstream()
        });
        self.failures.extend(failed.map(|cause| Failure {
            attempt,
            cause,
            sign: finding.and_then(|finding| finding.ttl.map(|ttl| (finding.ended_by, ttl))),
            flow: facts.flow,
            abnormal: finding.and_then(|finding| finding.first_abnormal_packet),
            start: row.start,
            end: row.end,
            client: row.client.ip,
            server: row.server,
            name: facts.tls.and_then(|tls| tls.server_name.clone()),
            ja4: facts.tls.and_then(|tls| tls.ja4.clone()),
        }));
    }

    /// The units.
    pub(super) fn finish(self) -> Units {
        let Self { attempts, alone, mut failures } = self;
        failures.sort_by_key(|failure| (failure.start, failure.flow));
        let mut rescued = HashMap::new();
        for failure in &failures {
            let attempt = attempts.get(failure.attempt as usize).copied().flatten();
            rescued.extend(attempt.and_then(|attempt| Some((failure.attempt, attempt.ok?))));
        }
        let all = attempts.into_iter().flatten().chain(alone);
        let good = all.filter(|attempt| attempt.is_good);
        let mut good: Vec<_> = good.map(|attempt| (attempt.start, attempt.flow, attempt.flows)).collect();
        good.sort_unstable();
        Units { good, failures, rescued }
    }
}

impl Attempt {
    fn joined(&self, other: &Self) -> Self {
        let first = if (other.start, other.flow) < (self.start, self.flow) { other } else { self };
        Self {
            flow: first.flow,
            start: first.start,
            flows: self.flows + other.flows,
            is_good: self.is_good && other.is_good,
            ok: self.ok.or(other.ok),
        }
    }
}

/// Failures that are one unit: the first of them, whose facts it has, and how many flows they are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Failing<'u> {
    pub first: &'u Failure,
    pub flows: usize,
}

/// The units of some failures in the order of time: those of one attempt, tries that follow each other, and bursts are one.
pub(super) fn failing<'u>(failures: impl Iterator<Item = &'u Failure>) -> Vec<Failing<'u>> {
    let mut attempts: HashMap<u32, usize> = HashMap::new();
    // The latest failure of each client and the unit that it belongs to.
    let mut latest: HashMap<IpAddr, Vec<(&Failure, usize)>> = HashMap::new();
    let mut units: Vec<Failing<'u>> = Vec::new();
    for failure in failures {
        let own = latest.entry(failure.client).or_default();
        let chained = own.iter().find(|(before, _)| before.leads_to(failure)).map(|(_, unit)| *unit);
        let unit = attempts.get(&failure.attempt).copied().or(chained).unwrap_or(units.len());
        match units.get_mut(unit) {
            Some(unit) => unit.flows += 1,
            None => units.push(Failing { first: failure, flows: 1 }),
        }
        attempts.insert(failure.attempt, unit);
        own.retain(|(before, _)| !before.is_of_same_try(failure));
        own.push((failure, unit));
    }
    without_bursts(units)
}

/// The units with each burst as one.
fn without_bursts(units: Vec<Failing<'_>>) -> Vec<Failing<'_>> {
    let mut ends: BTreeMap<(IpAddr, Endpoint), Vec<Failing<'_>>> = BTreeMap::new();
    for unit in units {
        ends.entry((unit.first.client, unit.first.server)).or_default().push(unit);
    }
    let mut left = Vec::new();
    for units in ends.into_values() {
        let is_dense = |at: usize| {
            units
                .get(at + MIN_BURST - 1)
                .is_some_and(|last| last.first.start.nanos_since(units[at].first.start) <= BURST)
        };
        let mut in_burst_until = 0;
        for (at, unit) in units.iter().enumerate() {
            let goes_on = at < in_burst_until;
            if is_dense(at) {
                in_burst_until = at + MIN_BURST;
            }
            match left.last_mut() {
                Some(burst) if goes_on => {
                    let burst: &mut Failing<'_> = burst;
                    burst.flows += unit.flows;
                }
                _ => left.push(*unit),
            }
        }
    }
    left.sort_by_key(|unit| (unit.first.start, unit.first.flow));
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::Index;
    use crate::index::testing::Flow;

    /// The units of flows that are an attempt each, but for the second one, which is the first one's other try where
    /// `retried`.
    fn survey(flows: &[Flow], retried: bool) -> Units {
        let mut index = Index::of(flows);
        let attempts = (0..flows.len() as u32).map(|flow| if retried && flow == 1 { 0 } else { flow });
        index.set_attempts(attempts.collect());
        let mut survey = Survey::default();
        index.iter().for_each(|facts| survey.add(&facts, None));
        survey.finish()
    }

    /// The first flow of each failing unit and how many flows it has.
    fn check(flows: &[Flow], expected: &[(u32, usize)]) {
        let units = survey(flows, false);
        let found = failing(units.failures.iter());
        assert_eq!(found.iter().map(|unit| (unit.first.flow.0, unit.flows)).collect::<Vec<_>>(), expected);
    }

    fn failed(start: i64) -> Flow {
        Flow {
            start,
            end: start + 10,
            outcome: Some(Outcome::Failed),
            cause: Some(Cause::ResetAfterClientHello),
            ..Flow::default()
        }
    }

    #[test]
    fn tries_that_follow_each_other_are_one_unit() {
        check(&[failed(0), failed(1500), failed(3000), failed(6000)], &[(0, 3), (3, 1)]);
        check(&[failed(0), Flow { client: 2, ..failed(10) }], &[(0, 1), (1, 1)]);
        check(&[failed(0), Flow { name: "b.example.test", ..failed(10) }], &[(0, 1), (1, 1)]);
    }

    #[test]
    fn a_burst_is_one_unit() {
        const NAMES: [&str; 10] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
        let burst = |count: usize| -> Vec<Flow> {
            (0..count).map(|at| Flow { name: NAMES[at], ..failed(at as i64 * 500) }).chain([failed(60_000)]).collect()
        };
        check(&burst(10), &[(0, 10), (10, 1)]);
        assert_eq!(failing(survey(&burst(9), false).failures.iter()).len(), 10);
    }

    #[test]
    fn good_attempts_are_good_throughout() {
        let good = |start| Flow { start, end: start + 10, ..Flow::default() };
        let flows = [failed(0), good(12), good(9000), Flow { outcome: Some(Outcome::Unused), ..good(20_000) }];
        let units = survey(&flows, true);
        assert_eq!(units.good.iter().map(|unit| unit.1.0).collect::<Vec<_>>(), [2]);
        assert_eq!(units.rescued.get(&0), Some(&FlowNumber(1)));
    }

    #[test]
    fn what_the_client_left_is_no_failure() {
        let left = Flow { cause: Some(Cause::ClientGaveUp), ..failed(0) };
        check(&[left, failed(9000)], &[(1, 1)]);
    }
}
