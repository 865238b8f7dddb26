//! Spare connections: those that a client opened beside another one, or beside QUIC, and left when that came through.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;

use crate::facts::FlowFacts;
use crate::index::{Index, QuicTry, Winner};
use crate::net::Endpoint;
use crate::vocab::{Direction, FlowNumber, Outcome, Time};

/// Seconds between the beginnings of connections that a client opens for one purpose.
const APART: f64 = 2.0;
/// Seconds before a flow within which a QUIC connection is begun for the same purpose.
const QUIC_BEFORE: f64 = 10.0;

/// Whom a client goes to: a server's name, or an end where it names none.
#[derive(PartialEq, Eq, Hash)]
enum Target<'a> {
    Name(&'a [u8]),
    End(Endpoint),
}

type Key<'a> = (IpAddr, Target<'a>);

/// Of flows that their clients left, each with the connection that came through instead, where one did.
pub(crate) fn spares(index: &Index, left: &[FlowNumber]) -> HashMap<FlowNumber, Winner> {
    let left: Vec<_> = left.iter().filter_map(|flow| index.facts(*flow)).collect();
    let mut good: HashMap<Key<'_>, Vec<FlowFacts<'_>>> =
        left.iter().flat_map(keys).map(|key| (key, Vec::new())).collect();
    if good.is_empty() {
        return HashMap::new();
    }
    let clients: HashSet<IpAddr> = left.iter().map(|facts| facts.row.client.ip).collect();
    for facts in index.iter().filter(|facts| clients.contains(&facts.row.client.ip) && came_through(facts)) {
        for key in keys(&facts) {
            if let Some(flows) = good.get_mut(&key) {
                flows.push(facts);
            }
        }
    }
    for flows in good.values_mut() {
        flows.sort_by_key(|facts| (facts.row.start, facts.flow));
    }
    let quic = Quic::of(index, &clients);
    let flow = |facts: &FlowFacts<'_>| {
        keys(facts).filter_map(|key| good.get(&key)).find_map(|flows| {
            let first = flows.partition_point(|other| other.row.start.since(facts.row.start) <= -APART);
            let near = flows[first..].iter().take_while(|other| other.row.start.since(facts.row.start) < APART);
            near.into_iter().find(|other| is_beside(facts, other)).map(|other| Winner::Flow(other.flow))
        })
    };
    left.iter().filter_map(|facts| Some((facts.flow, flow(facts).or_else(|| quic.winner(facts))?))).collect()
}

/// What is the same of connections for one purpose: the server, and its name, which may have several addresses.
fn keys<'a>(facts: &FlowFacts<'a>) -> impl Iterator<Item = Key<'a>> + use<'a> {
    let client = facts.row.client.ip;
    let name = facts.tls.and_then(|tls| tls.server_name.as_deref()).map(Target::Name);
    [Some(Target::End(facts.row.server)), name].into_iter().flatten().map(move |target| (client, target))
}

/// Whether both ends used a connection, or its handshake is complete. A client that makes a False Start (RFC 7918) uses it
/// before the server's Finished.
fn came_through(facts: &FlowFacts<'_>) -> bool {
    let used = facts.tls.map(|tls| tls.progress.application_data);
    facts.row.outcome == Some(Outcome::Ok) || used.is_some_and(|used| used.to_server && used.to_client)
}

/// Whether another connection was coming up beside one, made by the same program for the same name.
fn is_beside(facts: &FlowFacts<'_>, other: &FlowFacts<'_>) -> bool {
    let (row, theirs) = (facts.row, other.row);
    let name = |facts: &FlowFacts<'_>| facts.tls.and_then(|tls| tls.server_name.clone());
    let (made, asked) = (software(facts), name(facts));
    let is_alike = made.is_none() && asked.is_none() || made == software(other) && asked == name(other);
    facts.flow != other.flow && is_alike && theirs.start < row.end && theirs.end > row.start
}

/// What JA4 tells of the program alone: its cipher suites. Extensions differ between the hellos of one program, as for a
/// session that is resumed.
fn software<'a>(facts: &FlowFacts<'a>) -> Option<&'a str> {
    facts.tls?.ja4.as_deref()?.split('_').nth(1)
}

/// The QUIC connections of some clients, and the addresses that DNS gave these for names.
struct Quic<'a> {
    tries: HashMap<IpAddr, Vec<&'a QuicTry>>,
    addresses: HashMap<(IpAddr, &'a str), Vec<IpAddr>>,
}

impl<'a> Quic<'a> {
    fn of(index: &'a Index, clients: &HashSet<IpAddr>) -> Self {
        let mut quic = Self { tries: HashMap::new(), addresses: HashMap::new() };
        for try_ in index.datagrams().tries().iter().filter(|try_| clients.contains(&try_.client.ip)) {
            quic.tries.entry(try_.client.ip).or_default().push(try_);
        }
        for lookup in index.datagrams().lookups().iter().filter(|lookup| quic.tries.contains_key(&lookup.client)) {
            let key = (lookup.client, &*lookup.message.name);
            quic.addresses.entry(key).or_default().extend(&lookup.message.addresses);
        }
        quic
    }

    /// The QUIC connection to a flow's server, or to another address of its name, that was answered before the client
    /// left the flow.
    fn winner(&self, facts: &FlowFacts<'_>) -> Option<Winner> {
        let row = facts.row;
        let tries = self.tries.get(&row.client.ip)?;
        let name = facts.tls.and_then(|tls| tls.server_name.as_deref());
        let name = name.map(|name| String::from_utf8_lossy(name).to_ascii_lowercase());
        let others = name.as_deref().and_then(|name| self.addresses.get(&(row.client.ip, name)));
        let is_same = |server: IpAddr| server == row.server.ip || others.is_some_and(|others| others.contains(&server));
        let left_at = row.last_sent(Direction::ToServer);
        let is_race = |first: Time| (-APART..=QUIC_BEFORE).contains(&row.start.since(first));
        let mut answered = tries.iter().filter_map(|try_| Some((try_, try_.answered?)));
        let won =
            answered.find(|(try_, (_, time))| is_race(try_.first.1) && *time <= left_at && is_same(try_.server.ip));
        won.map(|(_, (packet, _))| Winner::Quic(packet))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::testing::Flow;
    use crate::proto::TlsFacts;
    use crate::vocab::Cause;

    /// Which flow came through in place of flow 0.
    fn check(flows: &[Flow], expected: Option<u32>) {
        let found = spares(&Index::of(flows), &[FlowNumber(0)]);
        let expected = expected.map(|flow| Winner::Flow(FlowNumber(flow)));
        assert_eq!(found.get(&FlowNumber(0)).copied(), expected);
    }

    #[test]
    fn a_spare_connection_has_another_beside_it_that_came_through() {
        let left = Flow { start: 2000, end: 2100, outcome: Some(Outcome::Failed), ..Flow::DEFAULT };
        let left = Flow { cause: Some(Cause::ClientGaveUp), ..left };
        let good = Flow { start: 2005, end: 3000, ..Flow::DEFAULT };
        check(&[left, good], Some(1));
        check(&[left, Flow { start: 1, end: 2050, ..good }], Some(1));
        check(&[left, Flow { start: 0, end: 2050, ..good }], None);
        check(&[left, Flow { start: 2100, ..good }], None);
        check(&[left, Flow { name: "b.example.test", ..good }], None);
        check(&[left, Flow { client: 2, ..good }], None);
        // Another address of the same name.
        check(&[left, Flow { server: 8, ..good }], Some(1));
        check(&[left, Flow { outcome: left.outcome, cause: Some(Cause::ResetAfterClientHello), ..good }], None);
        // Without a ClientHello it is the server that tells.
        check(&[Flow { name: "", ..left }, good], Some(1));
        check(&[Flow { name: "", ..left }, Flow { server: 8, ..good }], None);
    }

    #[test]
    fn a_false_start_came_through_before_the_servers_finished() {
        let index = Index::of(&[Flow { outcome: Some(Outcome::Incomplete), ..Flow::DEFAULT }]);
        let facts = index.facts(FlowNumber(0)).expect("a flow");
        let mut tls = facts.tls.cloned().unwrap_or_default();
        let came = |tls: &TlsFacts| came_through(&FlowFacts { tls: Some(tls), ..facts });
        tls.progress.finished.to_server = true;
        tls.progress.application_data.to_server = true;
        assert!(!came(&tls));
        tls.progress.application_data.to_client = true;
        assert!(came(&tls));
    }
}
