//! Dials to peers: one address that tries many others, in many networks and at many high ports, of which many are gone.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::used::Used;
use crate::facts::FlowFacts;
use crate::flow::SideFlags;
use crate::index::{Explained, Signs};
use crate::vocab::{Network, Time};

/// Nanoseconds without another dial that end a series.
const PAUSE: i64 = 120 * Time::SECOND;
/// Addresses that make a series.
const PEERS: usize = 10;
/// Networks in which they lie, and ports at which they are tried, at least: services of one owner share both.
const SPREAD: usize = 8;
/// Ports below are those of services.
const FIRST_PORT: u16 = 1024;

/// The series of dials among a client's flows, which are in the order of time.
pub(super) fn peers(client: IpAddr, flows: &[FlowFacts<'_>], used: &Used) -> Vec<Explained> {
    let is_dial = |facts: &&FlowFacts<'_>| {
        let row = facts.row;
        row.server.port >= FIRST_PORT
            && row.sides.to_server.bytes == 0
            && !row.sides.to_client.flags.has(SideFlags::SYN_ACK)
            && !used.servers.contains(&row.server)
    };
    let dials: Vec<_> = flows.iter().filter(is_dial).collect();
    let series = dials.chunk_by(|before, after| after.row.start.nanos_since(before.row.start) <= PAUSE);
    series.filter_map(|series| dialled(client, series)).collect()
}

fn dialled(client: IpAddr, dials: &[&FlowFacts<'_>]) -> Option<Explained> {
    let peers: BTreeSet<IpAddr> = dials.iter().map(|facts| facts.row.server.ip).collect();
    let ports: BTreeSet<u16> = dials.iter().map(|facts| facts.row.server.port).collect();
    let networks: BTreeSet<Network> = peers.iter().map(|peer| Network::of(*peer)).collect();
    let is_spread = peers.len() >= PEERS && ports.len() >= SPREAD && networks.len() >= SPREAD;
    let signs = Signs::PeerToPeer { client, peers: peers.len(), networks: networks.len(), ports: ports.len() };
    is_spread.then(|| Explained { signs, flows: dials.iter().map(|facts| facts.flow).collect() })
}
