//! Scans: one address that tries many ports of a server, or one port of many servers, in a short time, and says nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::used::{Used, says_nothing};
use crate::facts::FlowFacts;
use crate::flow::{FlowRow, SideFlags};
use crate::index::{Explained, Signs};
use crate::vocab::{Network, Time};

/// Nanoseconds without another try that end a scan.
const PAUSE: i64 = 10 * Time::SECOND;
/// Ports of one server that make a scan.
const PORTS: usize = 20;
/// The same where the client uses that server meanwhile: FTP's data connections have a port each too.
const PORTS_OF_USED: usize = 100;
/// Servers that make a scan where the SYNs are no operating system's.
const SERVERS: usize = 20;
/// Servers of one network that make a scan where the SYNs are usual: a client whose way is cut off has fewer.
const NEIGHBOURS: usize = 50;
/// Flows to one port of a server at most: a scanner moves on, a client tries again.
const TRIES: usize = 2;

/// The scans among a client's flows, which are in the order of time.
pub(super) fn scans(client: IpAddr, flows: &[FlowFacts<'_>], used: &Used) -> Vec<Explained> {
    let is_one =
        |facts: &&FlowFacts<'_>| says_nothing(facts.row) && !used.by_client.contains(&(client, facts.row.server));
    let flows: Vec<_> = flows.iter().filter(is_one).collect();
    let bursts = flows.chunk_by(|before, after| after.row.start.nanos_since(before.row.start) <= PAUSE);
    bursts.flat_map(|burst| in_burst(client, burst, used)).collect()
}

fn in_burst(client: IpAddr, burst: &[&FlowFacts<'_>], used: &Used) -> Vec<Explained> {
    let mut servers: BTreeMap<IpAddr, Vec<&FlowFacts<'_>>> = BTreeMap::new();
    let mut ports: BTreeMap<u16, Vec<&FlowFacts<'_>>> = BTreeMap::new();
    for facts in burst {
        servers.entry(facts.row.server.ip).or_default().push(facts);
    }
    let (first, last) = (burst[0].row.start, burst[burst.len() - 1].row.start);
    let is_used = |server: IpAddr| {
        let spans = used.spans.get(&(client, server));
        spans.is_some_and(|spans| spans.iter().any(|(start, end)| *start <= last && *end >= first))
    };
    let mut found: Vec<Vec<&FlowFacts<'_>>> = Vec::new();
    for (server, flows) in servers {
        let tried: BTreeSet<u16> = flows.iter().map(|facts| facts.row.server.port).collect();
        if tried.len() >= if is_used(server) { PORTS_OF_USED } else { PORTS } {
            found.push(flows);
        } else {
            for facts in flows {
                ports.entry(facts.row.server.port).or_default().push(facts);
            }
        }
    }
    found.extend(ports.into_values().filter_map(of_one_port));
    // Who scans several servers, or several ports of many, makes one scan of it.
    if found.is_empty() { Vec::new() } else { vec![scan(client, found.concat())] }
}

/// Those of the flows to one port that scan servers.
fn of_one_port<'a>(flows: Vec<&'a FlowFacts<'a>>) -> Option<Vec<&'a FlowFacts<'a>>> {
    let mut tries: BTreeMap<IpAddr, usize> = BTreeMap::new();
    for facts in &flows {
        *tries.entry(facts.row.server.ip).or_default() += 1;
    }
    let once = |facts: &&FlowFacts<'_>| tries.get(&facts.row.server.ip).is_some_and(|tries| *tries <= TRIES);
    let flows: Vec<_> = flows.into_iter().filter(once).collect();
    let bare: Vec<_> = flows.iter().copied().filter(|facts| has_bare_syn(facts.row)).collect();
    if servers(&bare).len() >= SERVERS {
        return Some(bare);
    }
    let mut networks: BTreeMap<Network, BTreeSet<IpAddr>> = BTreeMap::new();
    for server in servers(&flows) {
        networks.entry(Network::of(server)).or_default().insert(server);
    }
    networks.retain(|_, servers| servers.len() >= NEIGHBOURS);
    let dense: Vec<_> =
        flows.into_iter().filter(|facts| networks.contains_key(&Network::of(facts.row.server.ip))).collect();
    (!dense.is_empty()).then_some(dense)
}

fn servers(flows: &[&FlowFacts<'_>]) -> BTreeSet<IpAddr> {
    flows.iter().map(|facts| facts.row.server.ip).collect()
}

/// Whether a SYN has none of the options that the TCP of every operating system sends.
fn has_bare_syn(row: &FlowRow) -> bool {
    !row.sides.to_server.flags.any(SideFlags::SCALED | SideFlags::TIMESTAMPS | SideFlags::SACK)
}

fn scan(client: IpAddr, mut flows: Vec<&FlowFacts<'_>>) -> Explained {
    flows.sort_by_key(|facts| (facts.row.start, facts.flow));
    let servers = servers(&flows);
    let ports: BTreeSet<u16> = flows.iter().map(|facts| facts.row.server.port).collect();
    let one = |servers: &BTreeSet<IpAddr>| servers.first().copied().filter(|_| servers.len() == 1);
    let signs = Signs::Scan {
        client,
        server: one(&servers),
        servers: servers.len(),
        port: ports.first().copied().filter(|_| ports.len() == 1),
        ports: ports.len(),
        bare_syns: flows.iter().all(|facts| has_bare_syn(facts.row)),
    };
    Explained { signs, flows: flows.iter().map(|facts| facts.flow).collect() }
}

#[cfg(test)]
mod tests {
    use super::super::explained;
    use crate::index::testing::Flow;
    use crate::index::{Index, Signs};
    use crate::vocab::{Cause, Outcome};

    /// How many of the flows are of a scan.
    fn check(flows: &[Flow], expected: usize) {
        let explained = explained(&Index::of(flows));
        let scans = explained.iter().filter(|group| matches!(group.signs, Signs::Scan { .. }));
        assert_eq!(scans.map(|group| group.flows.len()).sum::<usize>(), expected);
    }

    fn refused(server: u8, server_port: u16, start: i64) -> Flow {
        let cause = Some(Cause::ConnectionRefused);
        Flow {
            server,
            server_port,
            start,
            end: start + 1,
            name: "",
            outcome: Some(Outcome::Failed),
            cause,
            ..Flow::DEFAULT
        }
    }

    #[test]
    fn many_ports_of_one_server_in_a_row_are_a_scan() {
        let ports = |count: u16, pause: i64| (0..count).map(move |at| refused(9, 8000 + at, i64::from(at) * pause));
        check(&ports(20, 100).collect::<Vec<_>>(), 20);
        check(&ports(19, 100).collect::<Vec<_>>(), 0);
        check(&ports(20, 10_001).collect::<Vec<_>>(), 0);
        // One port again and again is what a client does that wants it.
        check(&(0..40).map(|at| refused(9, 8443, at * 100)).collect::<Vec<_>>(), 0);
        // Who uses the server may be served at ports of their own.
        let used = Flow { start: 0, end: 50, server_port: 21, ..Flow::DEFAULT };
        check(&ports(40, 100).chain([used]).collect::<Vec<_>>(), 0);
        check(&ports(100, 100).chain([used]).collect::<Vec<_>>(), 100);
        check(&ports(40, 100).chain([Flow { start: 4000, end: 4001, ..used }]).collect::<Vec<_>>(), 40);
    }

    #[test]
    fn many_servers_in_a_row_are_a_scan() {
        // The SYNs here have no options.
        let servers = |count: u8| (0..count).map(|at| refused(100 + at, 443, i64::from(at) * 10)).collect::<Vec<_>>();
        check(&servers(20), 20);
        check(&servers(19), 0);
        let again: Vec<_> = servers(20).into_iter().flat_map(|flow| [flow; 3]).collect();
        check(&again, 0);
    }
}
