//! Good flows to compare many findings with: the client's own successful try of the same attempt where there is one,
//! else the nearest good flow.

use std::collections::{BTreeMap, HashMap};

use super::core::Core;
use crate::cohort::{Baseline, best};
use crate::vocab::{FlowNumber, FlowRef, Outcome, Source};

/// Pairs of flows that are scored at most; a twin needs no scoring of others.
const MAX_SCORED: usize = 2_000_000;

impl Core {
    /// A baseline for each of `flows` that has one. Where they are so many that to look at every good flow for each would
    /// take too long, the last ones have one only if it is a twin.
    pub fn baselines(&self, flows: &[FlowNumber]) -> BTreeMap<FlowNumber, Baseline> {
        let twins = if self.baseline.is_some() { BTreeMap::new() } else { self.twins(flows) };
        let candidates = self.baseline.as_ref().unwrap_or(&self.main).index.read().len().max(1);
        let mut left = MAX_SCORED / candidates;
        let mut found = BTreeMap::new();
        for flow in flows {
            let nearest = match twins.get(flow) {
                Some(twin) => Some(twin.clone()),
                None if left > 0 => {
                    left -= 1;
                    self.nearest(*flow)
                }
                None => None,
            };
            if let Some((baseline, why)) = nearest {
                let capture = self.capture(baseline);
                found.insert(*flow, Baseline { capture, flow: baseline, why });
            }
        }
        found
    }

    /// The successful tries of the same attempts.
    fn twins(&self, flows: &[FlowNumber]) -> BTreeMap<FlowNumber, (FlowRef, String)> {
        let index = self.main.index.read();
        let attempt = |flow: &FlowNumber| index.facts(*flow)?.attempt;
        let mut good: HashMap<u32, Vec<FlowNumber>> =
            flows.iter().filter_map(attempt).map(|attempt| (attempt, Vec::new())).collect();
        for facts in index.iter().filter(|facts| facts.row.outcome == Some(Outcome::Ok)) {
            if let Some(tries) = facts.attempt.and_then(|attempt| good.get_mut(&attempt)) {
                tries.push(facts.flow);
            }
        }
        let twin = |flow: &FlowNumber| {
            let tries = good.get(&attempt(flow)?)?.iter().filter_map(|flow| index.facts(*flow));
            Some((*flow, best(&index.facts(*flow)?, Source::Main, tries)?))
        };
        flows.iter().filter_map(twin).collect()
    }

    fn capture(&self, flow: FlowRef) -> String {
        let index = self.of(flow.source).map(|shared| shared.index.read());
        let facts = index.as_ref().ok().and_then(|index| index.facts(flow.flow));
        facts.map_or_else(String::new, |facts| facts.capture.to_owned())
    }
}
