//! Good flows to compare others with, chosen from the index.

use crate::compare::{Candidate, score};
use crate::facts::FlowFacts;
use crate::vocab::{Direction, FlowRef, Outcome, Source};

/// A good flow to compare another one with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Baseline {
    /// The capture that holds it.
    pub capture: String,
    /// Which flow.
    pub flow: FlowRef,
    /// Why it is that one.
    pub why: String,
}

/// The flow that compares best with `subject` of those that are good, and why.
pub(crate) fn best<'a>(
    subject: &FlowFacts<'_>,
    source: Source,
    flows: impl Iterator<Item = FlowFacts<'a>>,
) -> Option<(FlowRef, String)> {
    let own = candidate(subject);
    flows
        .filter(|facts| facts.row.outcome == Some(Outcome::Ok) && facts.tls.is_some())
        .filter(|facts| source == Source::Baseline || facts.flow != subject.flow)
        .filter_map(|facts| {
            let mut candidate = candidate(&facts);
            if source == Source::Baseline {
                // Each session numbers its own attempts.
                candidate.attempt = None;
            }
            let (points, why) = score(&own, &candidate)?;
            Some((points, FlowRef { source, flow: facts.flow }, why))
        })
        // Of equals the first one wins: the answer does not depend on how the flows are stored.
        .max_by(|a, b| a.0.cmp(&b.0).then(b.1.flow.cmp(&a.1.flow)))
        .map(|(_, flow, why)| (flow, why))
}

/// What pairing looks at, read from the index.
fn candidate<'a>(facts: &FlowFacts<'a>) -> Candidate<'a> {
    let row = facts.row;
    Candidate {
        server_name: facts.tls.and_then(|tls| tls.server_name.as_deref()),
        server: row.server.ip,
        port: row.server.port,
        client: row.client.ip,
        ja4: facts.tls.and_then(|tls| tls.ja4.as_deref()),
        resumed: facts.tls.and_then(|tls| tls.resumed),
        hello_segments: facts.tls.map_or(0, |tls| tls.client_hello_segments),
        time: row.start,
        retransmissions: Direction::BOTH.iter().map(|way| u32::from(row.sides[*way].retransmissions)).sum(),
        attempt: facts.attempt,
    }
}
