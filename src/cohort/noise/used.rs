//! What the flows of some clients have to be held against: what these clients used, and who served anybody.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;

use crate::facts::FlowFacts;
use crate::flow::FlowRow;
use crate::index::Index;
use crate::net::Endpoint;
use crate::proto::TlsFacts;
use crate::vocab::{Direction, EndedBy, Outcome, Time};

/// Clients with flows that can be noise, and these in the order in which they began.
pub(super) type Sources<'a> = HashMap<IpAddr, Vec<FlowFacts<'a>>>;

/// Whether the client was the first to close or to reset.
pub(super) fn is_left_by_client(row: &FlowRow) -> bool {
    let by = |direction| row.closed_by == Some(direction) || row.reset_by == Some(direction);
    by(Direction::ToServer) && !by(Direction::ToClient)
}

/// Whether the client said nothing, or left by itself what it had begun.
pub(super) fn says_nothing(row: &FlowRow) -> bool {
    row.sides.to_server.bytes == 0 || row.ended_by == Some(EndedBy::Client)
}

/// What connections carried of use.
#[derive(Default)]
pub(super) struct Used {
    /// Of the sources: the ends to which they sent data that was answered.
    pub by_client: HashSet<(IpAddr, Endpoint)>,
    /// The same with the ClientHello's JA4 fingerprint.
    pub by_software: HashSet<(IpAddr, Endpoint, Box<str>)>,
    /// When connections to the addresses that served the sources began and ended.
    pub spans: HashMap<(IpAddr, IpAddr), Vec<(Time, Time)>>,
    /// Ends that served anybody.
    pub servers: HashSet<Endpoint>,
}

/// What the connections of an index carried of use, for these sources.
pub(super) fn used(index: &Index, sources: &Sources<'_>) -> Used {
    let mut used = Used::default();
    for facts in index.iter() {
        let row = facts.row;
        let talks = row.sides.to_server.bytes > 0 && row.sides.to_client.bytes > 0;
        let is_used = match facts.tls.filter(|tls| tls.is_tls()) {
            _ if row.outcome == Some(Outcome::Ok) => true,
            Some(tls) => tls.is_complete(),
            None => talks && row.outcome != Some(Outcome::Failed),
        };
        if !is_used {
            continue;
        }
        used.servers.insert(row.server);
        if sources.contains_key(&row.client.ip) {
            used.by_client.insert((row.client.ip, row.server));
            used.spans.entry((row.client.ip, row.server.ip)).or_default().push((row.start, row.end));
            if let Some(ja4) = facts.tls.and_then(|tls: &TlsFacts| tls.ja4.as_deref()) {
                used.by_software.insert((row.client.ip, row.server, ja4.into()));
            }
        }
    }
    used
}
