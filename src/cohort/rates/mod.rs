//! How often handshakes fail: of all flows, of all attempts, over time, and for each client, server, name and network;
//! and which failures are one incident.
//!
//! Start at [`Rates::of`], one pass over facts; user interface and export show what it counts. A flow that came to no
//! end (incomplete, unused, no TLS) is no handshake and counts nowhere.

mod cohort;
mod incidents;
mod rate;
#[cfg_attr(not(feature = "ui"), expect(dead_code, reason = "the terminal UI alone narrows its list to a row"))]
mod selection;
mod time;

use hashbrown::HashMap;

pub use cohort::{Cohort, Dimension};
pub use incidents::Incident;
pub use rate::{Rate, Tally};
pub use selection::Selection;
pub use time::Timeline;

use crate::facts::FlowFacts;
use crate::flow::SideFlags;
use crate::vocab::{Cause, Outcome};

/// Cohorts that are kept of a dimension; handshakes of further ones are only counted.
const MAX_COHORTS: usize = 1 << 16;

/// The cohorts of a dimension, those first that surely fail most often.
#[derive(Clone, Debug)]
pub struct Cohorts {
    /// What sets them apart.
    pub dimension: Dimension,
    /// Each with its handshakes, by the lower end of the interval: one failure of one does not lead.
    pub rows: Vec<(Cohort, Tally)>,
    /// Handshakes of cohorts beyond the number that is kept.
    pub uncounted: Tally,
}

/// Failure rates of some flows.
#[derive(Clone, Debug)]
pub struct Rates {
    /// Each flow counts.
    pub flows: Tally,
    /// The handshakes among them: what succeeded, and what failed once TCP was up.
    pub tls: Tally,
    /// Connections that TCP was to bring up: flows with a SYN, and those that never came up.
    pub connect: Tally,
    /// Flows that the client left by itself; they are no failure of the handshake.
    pub left: usize,
    /// Each attempt counts; one that some flow carried through did not fail.
    pub attempts: Tally,
    /// By the time at which the flows began.
    pub time: Timeline,
    /// By what the flows have in common, in the order of [`Dimension::ALL`].
    pub cohorts: Vec<Cohorts>,
    /// Failures that are one event, in the order of time.
    pub incidents: Vec<Incident>,
}

impl Rates {
    /// Counts flows.
    pub fn of<'a>(flows: impl Iterator<Item = FlowFacts<'a>>) -> Self {
        let mut counter = Counter::default();
        flows.for_each(|flow| counter.add(&flow));
        counter.finish()
    }

    /// Whether a cohort fails more often than all the other flows, so that the two intervals do not overlap.
    pub fn is_outlier(&self, tally: Tally) -> bool {
        let rest = Tally {
            handshakes: self.flows.handshakes.saturating_sub(tally.handshakes),
            failed: self.flows.failed.saturating_sub(tally.failed),
        };
        tally.interval().0 > rest.interval().1
    }

    /// The cohorts that fail more often than all the other flows; the worst first.
    pub fn outliers(&self) -> Vec<(&Cohort, Tally)> {
        let all = self.cohorts.iter().flat_map(|cohorts| &cohorts.rows);
        let mut worse: Vec<_> =
            all.filter(|(_, tally)| self.is_outlier(*tally)).map(|(cohort, tally)| (cohort, *tally)).collect();
        worse.sort_by(|a, b| b.1.interval().0.total_cmp(&a.1.interval().0).then_with(|| a.0.cmp(b.0)));
        worse
    }
}

/// Counts flow by flow, so that it can be done in slices.
#[derive(Default)]
pub(crate) struct Counter {
    flows: Tally,
    tls: Tally,
    connect: Tally,
    left: usize,
    /// For each attempt whether a flow of it succeeded, and whether one failed.
    attempts: Vec<(bool, bool)>,
    /// Flows that belong to no attempt yet.
    alone: Tally,
    time: Timeline,
    cohorts: [(HashMap<Cohort, Tally>, Tally); Dimension::ALL.len()],
    incidents: incidents::Gatherer,
}

impl Counter {
    /// Counts a flow.
    pub fn add(&mut self, flow: &FlowFacts<'_>) {
        let kind = flow.row.cause.filter(|_| flow.row.outcome == Some(Outcome::Failed)).map(|cause| kind(flow, cause));
        if flow.row.sides.to_server.flags.has(SideFlags::SYN) {
            self.connect.add(kind == Some(Kind::Connect));
        }
        self.left += usize::from(kind == Some(Kind::Left));
        let failed = match flow.row.outcome {
            Some(Outcome::Failed) => true,
            Some(Outcome::Ok) => false,
            _ => return,
        };
        self.flows.add(failed);
        if !failed || matches!(kind, None | Some(Kind::Tls)) {
            self.tls.add(failed);
        }
        if failed {
            self.incidents.add(flow);
        }
        self.time.add(flow.row.start, failed);
        self.count_attempt(flow.attempt, failed);
        for (dimension, (kept, uncounted)) in Dimension::ALL.iter().zip(&mut self.cohorts) {
            let Some(cohort) = Cohort::of(*dimension, flow) else { continue };
            let is_full = kept.len() >= MAX_COHORTS;
            match kept.entry(cohort) {
                hashbrown::hash_map::Entry::Occupied(mut known) => known.get_mut().add(failed),
                hashbrown::hash_map::Entry::Vacant(_) if is_full => uncounted.add(failed),
                hashbrown::hash_map::Entry::Vacant(new) => new.insert(Tally::default()).add(failed),
            }
        }
    }

    fn count_attempt(&mut self, attempt: Option<u32>, failed: bool) {
        let Some(attempt) = attempt.map(|attempt| attempt as usize) else { return self.alone.add(failed) };
        if attempt >= self.attempts.len() {
            self.attempts.resize(attempt + 1, (false, false));
        }
        let (some_ok, some_failed) = &mut self.attempts[attempt];
        *some_ok |= !failed;
        *some_failed |= failed;
    }

    /// What was counted.
    pub fn finish(self) -> Rates {
        let mut attempts = self.alone;
        for (ok, failed) in self.attempts.into_iter().filter(|(ok, failed)| *ok || *failed) {
            attempts.add(failed && !ok);
        }
        let sorted = |(dimension, (kept, uncounted)): (&Dimension, (HashMap<Cohort, Tally>, Tally))| {
            let mut rows: Vec<_> =
                kept.into_iter().map(|(cohort, tally)| (tally.interval().0, cohort, tally)).collect();
            rows.sort_unstable_by(|a, b| {
                let more = b.2.handshakes.cmp(&a.2.handshakes);
                b.0.total_cmp(&a.0).then(more).then_with(|| a.1.cmp(&b.1))
            });
            let rows = rows.into_iter().map(|(_, cohort, tally)| (cohort, tally)).collect();
            Cohorts { dimension: *dimension, rows, uncounted }
        };
        let cohorts = Dimension::ALL.iter().zip(self.cohorts).map(sorted).collect();
        let incidents = self.incidents.finish();
        let Self { flows, tls, connect, left, time, .. } = self;
        Rates { flows, tls, connect, left, attempts, time, cohorts, incidents }
    }
}

/// What a failure is a failure of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    /// Of the handshake.
    Tls,
    /// Of TCP, which never came up.
    Connect,
    /// Of nothing: the client left.
    Left,
}

fn kind(flow: &FlowFacts<'_>, cause: Cause) -> Kind {
    let is_up = flow.row.sides.to_client.flags.has(SideFlags::SYN_ACK);
    match cause {
        Cause::SynUnanswered | Cause::ConnectionRefused => Kind::Connect,
        Cause::IcmpUnreachable if !is_up => Kind::Connect,
        Cause::ClientGaveUp => Kind::Left,
        _ => Kind::Tls,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_that_a_flow_carried_through_did_not_fail() {
        let mut counter = Counter::default();
        for (attempt, failed) in [(Some(0), true), (Some(0), false), (Some(2), true), (Some(2), true), (None, true)] {
            counter.count_attempt(attempt, failed);
        }
        assert_eq!(counter.finish().attempts, Tally { handshakes: 3, failed: 2 });
    }
}
