//! Flows that look like failures and are none of a handshake: health checks, scans, dials to peers, spare connections.
//!
//! Each kind asks for what packets show: who, how often, where to, and that nothing was said. A flow of which its client
//! got data never counts. Start at [`explained`].

mod checks;
mod peers;
mod scans;
mod spares;
mod used;

use std::collections::{HashMap, HashSet};

pub(crate) use spares::spares;

use crate::facts::FlowFacts;
use crate::flow::{FlowRow, SideFlags};
use crate::index::{Explained, Index, Signs};
use crate::vocab::{Cause, FlowNumber, Outcome};
use used::{Sources, is_left_by_client, used};

/// Whatever can be explained, each with what explains it.
pub(crate) fn explained(index: &Index) -> Vec<Explained> {
    let left: Vec<FlowNumber> = index.iter().filter(was_left).map(|facts| facts.flow).collect();
    let spares = spares(index, &left).into_iter();
    let mut explained: Vec<_> =
        spares.map(|(flow, winner)| Explained { signs: Signs::Spare(winner), flows: vec![flow] }).collect();
    let sources = sources(index);
    if !sources.is_empty() {
        let used = used(index, &sources);
        for (client, flows) in &sources {
            explained.extend(scans::scans(*client, flows, &used));
            explained.extend(checks::checks(*client, flows, &used));
            explained.extend(peers::peers(*client, flows, &used));
        }
    }
    // What comes first explains a flow.
    let mut taken = HashSet::new();
    for group in &mut explained {
        group.flows.retain(|flow| taken.insert(*flow));
    }
    explained.retain(|group| !group.flows.is_empty());
    explained.sort_by_key(|group| group.flows.first().copied());
    explained
}

/// Whether the client left a flow before it was of use, and nothing else is known to be wrong.
fn was_left(facts: &FlowFacts<'_>) -> bool {
    facts.row.cause == Some(Cause::ClientGaveUp)
        || facts.row.outcome == Some(Outcome::Unused) && is_left_by_client(facts.row)
}

/// Fewer flows of one client are no series of anything.
const FEWEST: usize = checks::FEWEST;

fn sources(index: &Index) -> Sources<'_> {
    let mut sources: Sources<'_> = HashMap::new();
    let is_one = |row: &FlowRow| row.outcome != Some(Outcome::Ok) && row.sides.to_server.flags.has(SideFlags::SYN);
    let flows = index.rows().filter(|(_, row)| is_one(row));
    for facts in flows.filter_map(|(flow, _)| index.facts(flow)) {
        sources.entry(facts.row.client.ip).or_default().push(facts);
    }
    sources.retain(|_, flows| flows.len() >= FEWEST);
    for flows in sources.values_mut() {
        flows.sort_by_key(|facts| (facts.row.start, facts.flow));
    }
    sources
}
