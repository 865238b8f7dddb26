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
pub use rate::{Tallies, Tally};
pub use selection::{Behind, Selection};
pub use time::Timeline;

use crate::facts::FlowFacts;
use crate::flow::{Failed, SideFlags};
use crate::vocab::Outcome;

/// Cohorts that are kept of a dimension; handshakes of further ones are only counted.
const MAX_COHORTS: usize = 1 << 16;

/// The cohorts of a dimension, those first that surely fail most often.
#[derive(Clone, Debug)]
pub struct Cohorts {
    /// What sets them apart.
    pub dimension: Dimension,
    /// Each with its flows, by the lower end of the interval of their handshakes: one failure of one does not lead.
    pub rows: Vec<(Cohort, Tallies)>,
    /// Flows of cohorts beyond the number that is kept.
    pub uncounted: Tallies,
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
    /// Flows among those that succeeded or failed which are the other side of a connection that counts already. They are in
    /// the sums above, each flow in its own, and not in what is counted over time and by cohort.
    pub copies: usize,
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
}

/// Counts flow by flow, so that it can be done in slices.
#[derive(Default)]
pub(crate) struct Counter {
    flows: Tallies,
    connect: Tally,
    left: usize,
    copies: usize,
    /// For each attempt whether a flow of it succeeded, and whether one failed.
    attempts: Vec<(bool, bool)>,
    /// Flows that belong to no attempt yet.
    alone: Tally,
    time: Timeline,
    cohorts: [(HashMap<Cohort, Tallies>, Tallies); Dimension::ALL.len()],
    incidents: incidents::Gatherer,
}

impl Counter {
    /// Counts a flow.
    pub fn add(&mut self, flow: &FlowFacts<'_>) {
        let failed = flow.row.failed();
        if flow.row.sides.to_server.flags.has(SideFlags::SYN) {
            self.connect.add(failed == Some(Failed::Connect));
        }
        self.left += usize::from(failed == Some(Failed::Left));
        if failed.is_none() && flow.row.outcome != Some(Outcome::Ok) {
            return;
        }
        self.flows.add(failed);
        if failed.is_some() {
            self.incidents.add(flow);
        }
        self.count_attempt(flow.attempt, failed.is_some());
        if flow.row.is_copy {
            self.copies += 1;
            return;
        }
        self.time.add(flow.row.start, failed);
        for (dimension, (kept, uncounted)) in Dimension::ALL.iter().zip(&mut self.cohorts) {
            let Some(cohort) = Cohort::of(*dimension, flow) else { continue };
            let is_full = kept.len() >= MAX_COHORTS;
            match kept.entry(cohort) {
                hashbrown::hash_map::Entry::Occupied(mut known) => known.get_mut().add(failed),
                hashbrown::hash_map::Entry::Vacant(_) if is_full => uncounted.add(failed),
                hashbrown::hash_map::Entry::Vacant(new) => new.insert(Tallies::default()).add(failed),
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
        let sorted = |(dimension, (kept, uncounted)): (&Dimension, (HashMap<Cohort, Tallies>, Tallies))| {
            let mut rows: Vec<_> = kept.into_iter().map(|(cohort, of)| (of.tls.interval().0, cohort, of)).collect();
            rows.sort_unstable_by(|a, b| {
                let more = b.2.tls.handshakes.cmp(&a.2.tls.handshakes).then(b.2.all.failed.cmp(&a.2.all.failed));
                b.0.total_cmp(&a.0).then(more).then_with(|| a.1.cmp(&b.1))
            });
            let rows = rows.into_iter().map(|(_, cohort, of)| (cohort, of)).collect();
            Cohorts { dimension: *dimension, rows, uncounted }
        };
        let cohorts = Dimension::ALL.iter().zip(self.cohorts).map(sorted).collect();
        let incidents = self.incidents.finish();
        let Self { flows: Tallies { all: flows, tls }, connect, left, copies, time, .. } = self;
        Rates { flows, tls, connect, left, copies, attempts, time, cohorts, incidents }
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
