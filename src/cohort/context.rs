//! What the rules see of other flows: who serves TLS, how far away servers are, which good flows are like a suspect.
//!
//! The chains that good flows showed are not in the index: [`chain_flows`] says which flows are to be read for them.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::time::Duration;

use crate::diagnose::{Context, GoodChains, KnownServer, Leaves, ResetAnswer, RoundTrips, Served, service};
use crate::facts::FlowFacts;
use crate::flow::{FlowRow, SideFlags, after};
use crate::index::Index;
use crate::net::{Endpoint, hops};
use crate::proto::TlsFacts;
use crate::proto::tls::SeenAlert;
use crate::vocab::{Direction, FlowNumber, Outcome, Time};

/// What all flows tell the rules, before it is known which are suspects.
pub(crate) fn context(index: &Index) -> Context {
    let mut context = Context { missing_share: index.missing_share(), breaks: index.breaks(), ..Context::default() };
    let mut tls_servers = HashSet::new();
    let mut ttls: HashMap<_, HashMap<u8, u32>> = HashMap::new();
    let (mut clients_go_on, mut servers_speak) = (false, false);
    for (flow, row) in index.rows() {
        clients_go_on |= row.sides.to_server.flags.has(SideFlags::ACKED);
        servers_speak |= row.sides.to_client.packets > 0;
        context.capture_end = context.capture_end.max(row.end);
        let tls = index.tls(row);
        let server = tls.map_or(row.server, |tls| service(row, tls));
        let refuses = |alert: &SeenAlert| alert.from == Direction::ToServer && alert.description.is_about_certificate();
        if tls.is_some_and(|tls| tls.alerts.iter().any(refuses)) {
            context.refused_servers.insert(server);
        }
        // What speaks TLS behind a preamble only (STARTTLS, CONNECT) expects text at first.
        let at_once = |tls: &TlsFacts| tls.start.to_server == 0;
        if tls.is_some_and(|tls| at_once(tls) && (tls.is_complete() || tls.progress.server_hello)) {
            tls_servers.insert(server);
        }
        if let Some(tls) = tls.filter(|tls| tls.is_used()) {
            let began = context.good_beginnings.entry(server).or_default();
            let count = match (tls.start.to_server, tls.progress.alpn_offered) {
                (1.., _) => &mut began.upgraded,
                (0, true) => &mut began.with_alpn,
                (0, false) => &mut began.plain,
            };
            *count += 1;
        }
        let in_other_words = |tls: &TlsFacts| {
            let said = tls.preamble_bytes;
            !tls.is_tls() && !tls.progress.tls_hint && said.to_server > 0 && said.to_client > 0
        };
        if tls.is_some_and(in_other_words) {
            *context.plain_servers.entry(row.server).or_default() += 1;
        }
        if let Some(round_trip) = row.syn_rtt().filter(|_| tls.is_some_and(TlsFacts::is_complete)) {
            let ttl = row.sides.to_client.ttl;
            let new = KnownServer { ttl: Some(ttl), round_trip };
            context.known_servers.entry(row.server).or_insert(new).add(ttl, round_trip);
        }
        if tls.is_some_and(|tls| is_unserved(row, tls)) {
            context.unserved.entry(server).or_default().push((flow, row.start));
        }
        if let Some(pause) = row.outlived_pause() {
            let longest = context.outlived_pauses.entry(row.server).or_insert(pause);
            *longest = longest.max(pause);
        }
        if let Some(reset) = tls.and_then(|tls| reset_answer(row, tls)) {
            context.resets.entry(row.client.ip).or_default().push(reset);
        }
        // A server is known by the TTL of its SYN-ACKs: few devices on the way forge those.
        if row.sides.to_client.flags.has(SideFlags::SYN_ACK) {
            let trips = context.connected.entry((row.client.ip, row.server)).or_default();
            if let Some(round_trip) = row.syn_rtt() {
                trips.add(round_trip);
            }
            *ttls.entry(row.server.ip).or_default().entry(row.sides.to_client.ttl).or_default() += 1;
        }
    }
    context.lacks_servers = clients_go_on && !servers_speak;
    context.is_ttl_rewritten = is_ttl_rewritten(&context.connected, &ttls);
    context.tls_servers = tls_servers;
    context.server_ttls = ttls;
    context
}

/// Whether a server's TCP acknowledged the whole ClientHello and the server says nothing to it.
fn is_unserved(row: &FlowRow, tls: &TlsFacts) -> bool {
    let (client, server) = (&row.sides.to_server, &row.sides.to_client);
    let taken = server.flags.has(SideFlags::ACKED) && !after(client.next_seq, server.ack);
    tls.progress.client_hello && server.bytes == 0 && taken && !server.flags.any(SideFlags::FIN | SideFlags::RST)
}

/// The RST that answers the ClientHello of a flow before any TLS of the server.
fn reset_answer(row: &FlowRow, tls: &TlsFacts) -> Option<ResetAnswer> {
    let is_one = row.reset_by == Some(Direction::ToClient) && tls.progress.client_hello && tls.records.to_client == 0;
    let took = row.last_sent(Direction::ToClient).since(tls.began.filter(|_| is_one)?);
    Some(ResetAnswer { server: row.server.ip, took, round_trip: row.syn_rtt()?.as_secs_f64() })
}

/// See [`Context::is_ttl_rewritten`].
fn is_ttl_rewritten(
    connected: &HashMap<(IpAddr, Endpoint), RoundTrips>,
    ttls: &HashMap<IpAddr, HashMap<u8, u32>>,
) -> bool {
    /// Servers that are enough to tell.
    const SERVERS: usize = 3;
    /// A round trip that leads through routers.
    const FAR: Duration = Duration::from_millis(5);
    let far: HashSet<IpAddr> =
        connected.iter().filter(|(_, trips)| trips.shortest >= FAR).map(|((_, server), _)| server.ip).collect();
    let mut seen = far.iter().filter_map(|server| ttls.get(server)).flat_map(HashMap::keys);
    let Some(first) = seen.next() else { return false };
    far.len() >= SERVERS && hops(*first) == 0 && seen.all(|ttl| ttl == first)
}

/// When clients came through to the servers to which a suspect's ClientHello had no answer.
pub(crate) fn passing(index: &Index, suspects: &[FlowNumber]) -> HashMap<(IpAddr, Endpoint), Vec<(Time, Time)>> {
    let ends = |row: &FlowRow| (row.client.ip, row.server);
    let unanswered = |facts: &FlowFacts<'_>| facts.tls.is_some_and(|tls| tls.records.to_client == 0);
    let mut passing: HashMap<_, Vec<(Time, Time)>> = suspects
        .iter()
        .filter_map(|flow| index.facts(*flow))
        .filter(unanswered)
        .map(|facts| (ends(facts.row), Vec::new()))
        .collect();
    if passing.is_empty() {
        return passing;
    }
    for facts in index.iter().filter(|facts| facts.tls.is_some_and(TlsFacts::is_complete)) {
        if let Some(times) = passing.get_mut(&ends(facts.row)) {
            times.push((facts.row.start, facts.row.end));
        }
    }
    passing
}

/// Which certificates the servers of the suspects serve for the names of those, and how the flows with each came out.
pub(crate) fn leaves(index: &Index, suspects: &[FlowNumber]) -> Leaves {
    let mut leaves = Leaves::new();
    for facts in suspects.iter().filter_map(|flow| index.facts(*flow)) {
        if let Some(tls) = facts.tls.filter(|tls| tls.leaf.is_some()) {
            leaves.entry(service(facts.row, tls)).or_default().entry(tls.server_name.clone()).or_default();
        }
    }
    if leaves.is_empty() {
        return leaves;
    }
    for facts in index.iter() {
        let Some(tls) = facts.tls else { continue };
        let Some(leaf) = tls.leaf else { continue };
        let names = leaves.get_mut(&service(facts.row, tls)).and_then(|names| names.get_mut(&tls.server_name));
        let Some(served) = names else { continue };
        let served = served.entry(leaf).or_insert(Served { first: facts.flow, flows: 0, used: 0 });
        served.flows += 1;
        served.used += u32::from(tls.is_used());
    }
    leaves
}

/// For each service, or server, of the suspects the first good flow that showed a chain.
pub(crate) fn chain_flows(index: &Index, suspects: &[FlowNumber]) -> GoodChains<FlowNumber> {
    let mut wanted: GoodChains<Option<FlowNumber>> = GoodChains::default();
    for facts in suspects.iter().filter_map(|flow| index.facts(*flow)) {
        let Some(tls) = facts.tls else { continue };
        let server = service(facts.row, tls);
        match &tls.server_name {
            Some(name) => _ = wanted.names.entry(server.port).or_default().insert(name.clone(), None),
            None => _ = wanted.servers.insert(server, None),
        }
    }
    if wanted.names.is_empty() && wanted.servers.is_empty() {
        return GoodChains::default();
    }
    for facts in index.iter().filter(|facts| facts.row.outcome != Some(Outcome::Failed)) {
        // A server may speak first; that the client used the connection shows that it took the chain. One that closes
        // it unused may have checked the chain late.
        let Some(tls) = facts.tls.filter(|tls| tls.is_used() && tls.certificates > 0) else { continue };
        let server = service(facts.row, tls);
        let names = wanted.names.get_mut(&server.port);
        let named = names.zip(tls.server_name.as_ref()).and_then(|(names, name)| names.get_mut(name));
        for slot in [named, wanted.servers.get_mut(&server)].into_iter().flatten() {
            slot.get_or_insert(facts.flow);
        }
    }
    wanted.filter_map(|flow| flow)
}
