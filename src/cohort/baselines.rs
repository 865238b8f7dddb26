//! Good flows to compare others with: the client's own successful try of the same attempt where there is one, else the
//! nearest good flow.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use crate::compare::{Candidate, Nearness};
use crate::facts::FlowFacts;
use crate::index::Index;
use crate::vocab::{FlowNumber, FlowRef, Outcome, Source};

/// Pairs of flows that are scored at most; a twin needs no scoring of others.
const MAX_SCORED: usize = 2_000_000;

/// A good flow to compare another one with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Baseline {
    /// The capture that holds it.
    pub capture: String,
    /// Which flow.
    pub flow: FlowRef,
    /// Why it is that one.
    pub near: Nearness,
}

/// Where baselines are looked for.
#[derive(Clone, Copy)]
pub struct Baselines<'a> {
    /// The captures of the flows in question.
    pub main: &'a Index,
    /// Captures whose flows are good ones to compare with; they come first where there are any.
    pub baseline: Option<&'a Index>,
}

impl Baselines<'_> {
    /// A baseline for each of `flows` that has one. Where they are so many that to look at every good flow for each would
    /// take too long, the last ones have one only if it is of the same attempt.
    pub fn of(&self, flows: &[FlowNumber]) -> BTreeMap<FlowNumber, Baseline> {
        let tries = self.tries(flows);
        let candidates = self.baseline.unwrap_or(self.main).len().max(1);
        let mut left = (MAX_SCORED / candidates).max(1);
        let mut found = BTreeMap::new();
        for subject in flows.iter().filter_map(|flow| self.main.facts(*flow)) {
            let same = subject.attempt.and_then(|attempt| tries.get(&attempt)).map_or(&[][..], Vec::as_slice);
            let tries = same.iter().filter_map(|flow| self.main.facts(*flow));
            let twin = ranked(&subject, Source::Main, tries, 1).pop().filter(|twin| twin.near.fits());
            let nearest = twin.or_else(|| {
                left = left.checked_sub(1)?;
                self.candidates(&subject, 1).pop()
            });
            found.extend(nearest.map(|nearest| (subject.flow, nearest)));
        }
        found
    }

    /// The good flows that compare best with `subject`, the best first, up to `count`: those of its own attempt, then
    /// those of the captures that were given to compare with, then those of its own.
    pub fn candidates(&self, subject: &FlowFacts<'_>, count: usize) -> Vec<Baseline> {
        let mut all = ranked(subject, Source::Main, self.main.iter(), count);
        if let Some(index) = self.baseline {
            all.extend(ranked(subject, Source::Baseline, index.iter(), count));
        }
        let is_twin = |one: &Baseline| one.near.is_of_one_attempt() && one.near.fits();
        let given = |one: &Baseline| one.flow.source == Source::Baseline && one.near.is_of_the_place();
        all.sort_by_key(|one| Reverse((is_twin(one), given(one), one.near.points())));
        all.truncate(count);
        all
    }

    /// The failing flow that compares best with `good`, a good flow of the main captures, and how near the two are; none
    /// where no failing flow is near.
    pub fn failing(&self, good: &FlowFacts<'_>) -> Option<Baseline> {
        let own = Candidate::new(good);
        let failed = self.main.iter().filter(|facts| facts.row.outcome == Some(Outcome::Failed) && facts.tls.is_some());
        let scored = failed.filter_map(|facts| Some((Nearness::of(&Candidate::new(&facts), &own)?, facts)));
        // Of equals the first one.
        let best = scored.min_by_key(|(near, _)| Reverse(near.points()));
        best.map(|(near, facts)| Baseline { capture: facts.capture.to_owned(), flow: FlowRef::main(facts.flow), near })
    }

    /// The successful tries of each attempt that one of `flows` belongs to.
    fn tries(&self, flows: &[FlowNumber]) -> HashMap<u32, Vec<FlowNumber>> {
        let attempts = flows.iter().filter_map(|flow| self.main.facts(*flow)?.attempt);
        let mut tries: HashMap<u32, Vec<FlowNumber>> = attempts.map(|attempt| (attempt, Vec::new())).collect();
        for facts in self.main.iter().filter(|facts| facts.row.outcome == Some(Outcome::Ok)) {
            if let Some(same) = facts.attempt.and_then(|attempt| tries.get_mut(&attempt)) {
                same.push(facts.flow);
            }
        }
        tries
    }
}

/// The flows that compare best with `subject` of those that are good, the best first, up to `count`. Of equals the first
/// one wins: the answer does not depend on how the flows are stored.
fn ranked<'a>(
    subject: &FlowFacts<'_>,
    source: Source,
    flows: impl Iterator<Item = FlowFacts<'a>>,
    count: usize,
) -> Vec<Baseline> {
    let own = Candidate::new(subject);
    let mut found: Vec<(i64, Nearness, FlowFacts<'a>)> = Vec::with_capacity(count + 1);
    for facts in flows.filter(Candidate::is_good) {
        if source == Source::Main && facts.flow == subject.flow {
            continue;
        }
        let mut candidate = Candidate::new(&facts);
        if source == Source::Baseline {
            // Each session numbers its own attempts.
            candidate.attempt = None;
        }
        let Some(near) = Nearness::of(&own, &candidate) else { continue };
        let points = near.points();
        let at = found.partition_point(|(better, ..)| *better >= points);
        if at < count {
            found.insert(at, (points, near, facts));
            found.truncate(count);
        }
    }
    let baseline = |(_, near, facts): (i64, Nearness, FlowFacts<'_>)| Baseline {
        capture: facts.capture.to_owned(),
        flow: FlowRef { source, flow: facts.flow },
        near,
    };
    found.into_iter().map(baseline).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cohort::attempts;
    use crate::compare::Likeness;
    use crate::index::testing::Flow;

    fn index(flows: &[Flow]) -> Index {
        let mut index = Index::of(flows);
        let attempts = attempts(&index);
        index.set_attempts(attempts);
        index
    }

    /// The baseline of flow 0, as its source and number.
    fn check(main: &[Flow], baseline: Option<&[Flow]>, expected: Option<(Source, u32)>) {
        let (main, baseline) = (index(main), baseline.map(index));
        let found = Baselines { main: &main, baseline: baseline.as_ref() }.of(&[FlowNumber(0)]);
        let said = found.get(&FlowNumber(0)).map(|found| (found.flow.source, found.flow.flow.0));
        assert_eq!(said, expected);
    }

    #[test]
    fn candidates_are_ranked() {
        let subject = Flow { outcome: FAILED, ..Flow::default() };
        let good = |start| Flow { start, end: start + 5, ..Flow::default() };
        let index = index(&[subject, good(900_000), good(60_000), Flow { client: 2, ..good(60_000) }, good(60_000)]);
        let subject = index.facts(FlowNumber(0)).expect("it is there");
        let candidates = |count| {
            let found = Baselines { main: &index, baseline: None }.candidates(&subject, count);
            found.iter().map(|one| one.flow.flow.0).collect::<Vec<_>>()
        };
        assert_eq!(candidates(9), [2, 4, 1, 3]);
        assert_eq!(candidates(2), [2, 4]);
    }

    const FAILED: Option<Outcome> = Some(Outcome::Failed);

    #[test]
    fn the_nearest_good_flow_is_chosen() {
        let subject = Flow { outcome: FAILED, ..Flow::default() };
        let good = |start| Flow { start, end: start + 5, ..Flow::default() };
        check(&[subject, good(900_000), good(60_000)], None, Some((Source::Main, 2)));
        check(&[subject, good(5_000), good(5_000)], None, Some((Source::Main, 1)));
        check(&[subject, Flow { outcome: FAILED, ..good(500) }], None, None);
        // Another name is better than nothing where the client is the same.
        let elsewhere = Flow { name: "b.other.test", server: 3, ..good(500) };
        check(&[subject, elsewhere], None, Some((Source::Main, 1)));
        check(&[subject, Flow { client: 2, ..elsewhere }], None, None);
        // Without a ClientHello nothing can be compared.
        check(&[subject, Flow { name: "", ..good(500) }], None, None);
        // A flow is no baseline of itself.
        check(&[Flow::default()], None, None);
    }

    #[test]
    fn the_failing_flow_nearest_to_a_good_one_is_found() {
        let failed = |start| Flow { outcome: FAILED, start, end: start + 5, ..Flow::default() };
        let elsewhere = Flow { name: "b.other.test", server: 3, client: 2, ..failed(4) };
        let check = |flows: &[Flow], expected: Option<u32>| {
            let index = index(flows);
            let good = index.facts(FlowNumber(0)).expect("it is there");
            let found = Baselines { main: &index, baseline: None }.failing(&good);
            assert_eq!(found.map(|found| found.flow.flow.0), expected);
        };
        check(&[Flow::default(), failed(900_000), failed(60_000), Flow::default()], Some(2));
        check(&[Flow::default(), failed(5_000), failed(5_000)], Some(1));
        check(&[Flow::default(), elsewhere, Flow::default()], None);
    }

    #[test]
    fn the_clients_own_retry_outdoes_any_other() {
        let subject = Flow { outcome: FAILED, ..Flow::default() };
        let retry = Flow { start: 100, end: 110, ..Flow::default() };
        let twin = Flow { start: 1, end: 5, client: 2, ..Flow::default() };
        let index = index(&[subject, twin, retry]);
        let found = Baselines { main: &index, baseline: None }.of(&[FlowNumber(0)]);
        let found = &found[&FlowNumber(0)];
        assert_eq!((found.flow.flow, &*found.capture), (FlowNumber(2), "test.pcap"));
        assert_eq!(found.near.likenesses().next(), Some(Likeness::Attempt));
    }

    #[test]
    fn a_baselines_flows_come_first_and_have_attempts_of_their_own() {
        let subject = Flow { outcome: FAILED, ..Flow::default() };
        let retry = Flow { start: 100, end: 110, ..Flow::default() };
        let later = Flow { start: 900_000, end: 900_100, ..retry };
        let elsewhere = Flow { name: "b.other.test", server: 3, ..Flow::default() };
        check(&[subject, later], Some(&[elsewhere, retry]), Some((Source::Baseline, 1)));
        check(&[subject, later], Some(&[elsewhere]), Some((Source::Main, 1)));
        // But for the client's own retry.
        check(&[subject, retry], Some(&[elsewhere, retry]), Some((Source::Main, 1)));
        check(&[subject], Some(&[elsewhere]), Some((Source::Baseline, 0)));
        // Flow 0 of the baseline is another flow than flow 0 of the main captures.
        check(&[subject, later], Some(&[retry]), Some((Source::Baseline, 0)));
    }
}
