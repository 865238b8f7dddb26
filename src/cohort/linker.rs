//! What else in the capture belongs to a flow: the DNS answer it used, QUIC tries before it, ICMP errors, the same
//! connection behind an address translation, its attempt's other flows, its siblings, the flow before on the same port.
//!
//! One walk over the index finds those of many flows.

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, Ipv4Addr};

use super::copies::{Mark, is_same, marks};
use super::link::{End, Link, Outcomes, Seen, Tie, Toward};
use crate::facts::FlowFacts;
use crate::flow::FlowRow;
use crate::index::{Index, Lookup, QuicTry, Quoted};
use crate::net::Endpoint;
use crate::vocab::{FlowNumber, Outcome, Time};

/// Nanoseconds around a flow's beginning within which other flows are its siblings.
const AROUND: i64 = 10 * Time::SECOND;
/// Nanoseconds before a flow within which a QUIC try is its forerunner.
const QUIC_BEFORE: i64 = 10 * Time::SECOND;
/// Browsers race QUIC and TCP: nanoseconds by which the Initial may come after the SYN.
const QUIC_AFTER: i64 = Time::SECOND;
/// Nanoseconds before a flow within which a failed DNS lookup is worth saying.
const LOOKUP_BEFORE: i64 = 30 * Time::SECOND;
/// Nanoseconds for which a port that went to another server is worth saying: TIME-WAIT (RFC 9293 §3.4.2).
const PORT_BEFORE: i64 = 240 * Time::SECOND;
/// Links of one kind that are listed one by one.
const MAX_EACH: usize = 3;
/// Siblings on each side in time whose outcomes are counted.
const MAX_COUNTED: usize = 100;

/// Flows by when they began.
type InTime = Vec<(Time, FlowNumber)>;

/// Whom a client went to.
#[derive(PartialEq, Eq, Hash)]
enum Target<'a> {
    Name(&'a [u8]),
    Server(IpAddr),
}

/// What a lookup is found by.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Asked<'a> {
    Name(&'a str),
    Address(IpAddr),
}

/// Whose lookups are those that everybody was told of (multicast DNS).
const EVERYBODY: IpAddr = IpAddr::V4(Ipv4Addr::BROADCAST);

/// Finds the links of some flows: one walk over the index, then each flow's are looked up.
pub struct Linker<'a> {
    index: &'a Index,
    ports: HashMap<Endpoint, InTime>,
    targets: HashMap<(IpAddr, Target<'a>), InTime>,
    attempts: HashMap<u32, Vec<FlowNumber>>,
    marks: HashMap<Mark, InTime>,
    lookups: HashMap<(IpAddr, Asked<'a>), Vec<&'a Lookup>>,
    tries: HashMap<(IpAddr, IpAddr), Vec<&'a QuicTry>>,
    quoted: HashMap<FlowNumber, Vec<&'a Quoted>>,
}

impl<'a> Linker<'a> {
    /// A linker for `flows`; it knows nothing of the links of others.
    pub fn new(index: &'a Index, flows: &[FlowNumber]) -> Self {
        let mut linker = Self {
            index,
            ports: HashMap::new(),
            targets: HashMap::new(),
            attempts: HashMap::new(),
            marks: HashMap::new(),
            lookups: HashMap::new(),
            tries: HashMap::new(),
            quoted: HashMap::new(),
        };
        if flows.is_empty() {
            return linker;
        }
        let (mut clients, mut servers) = (HashSet::new(), HashSet::new());
        for facts in flows.iter().filter_map(|flow| index.facts(*flow)) {
            clients.insert(facts.row.client.ip);
            servers.insert(facts.row.server.ip);
            linker.ports.insert(facts.row.client, Vec::new());
            for target in targets(&facts) {
                linker.targets.insert((facts.row.client.ip, target), Vec::new());
            }
            linker.marks.extend(marks(&facts).map(|mark| (mark, Vec::new())));
            linker.attempts.extend(facts.attempt.map(|attempt| (attempt, Vec::new())));
            linker.quoted.insert(facts.flow, Vec::new());
        }
        linker.walk(&clients);
        linker.walk_datagrams(&clients, &servers);
        linker
    }

    fn walk(&mut self, clients: &HashSet<IpAddr>) {
        let index = self.index;
        for facts in index.iter() {
            for mark in marks(&facts) {
                if let Some(same) = self.marks.get_mut(&mark) {
                    same.push((facts.row.start, facts.flow));
                }
            }
        }
        let rows = index.rows().filter(|(_, row)| clients.contains(&row.client.ip));
        for facts in rows.filter_map(|(flow, _)| index.facts(flow)) {
            let entry = (facts.row.start, facts.flow);
            if let Some(same) = self.ports.get_mut(&facts.row.client) {
                same.push(entry);
            }
            for target in targets(&facts) {
                if let Some(same) = self.targets.get_mut(&(facts.row.client.ip, target)) {
                    same.push(entry);
                }
            }
            let attempt = facts.attempt.and_then(|attempt| self.attempts.get_mut(&attempt));
            if let Some(same) = attempt {
                same.push(facts.flow);
            }
        }
        self.ports.values_mut().chain(self.targets.values_mut()).for_each(|flows| flows.sort_unstable());
    }

    fn walk_datagrams(&mut self, clients: &HashSet<IpAddr>, servers: &HashSet<IpAddr>) {
        let index = self.index;
        for lookup in index.datagrams().lookups() {
            let client = if lookup.client.is_multicast() { EVERYBODY } else { lookup.client };
            if client != EVERYBODY && !clients.contains(&client) {
                continue;
            }
            let message = &lookup.message;
            let names = [&message.name].into_iter().chain(&message.chain).map(|name| Asked::Name(name));
            let addresses = message.addresses.iter().filter(|address| servers.contains(*address));
            for asked in names.chain(addresses.map(|address| Asked::Address(*address))) {
                self.lookups.entry((client, asked)).or_default().push(lookup);
            }
        }
        self.lookups.values_mut().for_each(|lookups| lookups.sort_by_key(|lookup| lookup.time()));
        for try_ in index.datagrams().tries().iter().filter(|try_| clients.contains(&try_.client.ip)) {
            self.tries.entry((try_.client.ip, try_.server.ip)).or_default().push(try_);
        }
        for quoted in index.datagrams().quoted() {
            if let Some(same) = self.quoted.get_mut(&quoted.flow) {
                same.push(quoted);
            }
        }
    }

    /// The links of one of the flows, those that explain most first.
    pub fn links(&self, flow: FlowNumber) -> Vec<Link> {
        let Some(facts) = self.index.facts(flow) else { return Vec::new() };
        let mut links = Vec::new();
        self.dns(&facts, &mut links);
        self.quic(&facts, &mut links);
        self.icmp(&facts, &mut links);
        self.same_connection(&facts, &mut links);
        links.extend(self.previous(&facts));
        self.attempt(&facts, &mut links);
        self.siblings(&facts, &mut links);
        links
    }

    fn dns(&self, facts: &FlowFacts<'_>, links: &mut Vec<Link>) {
        let row = facts.row;
        let name = facts.tls.and_then(|tls| tls.server_name.as_deref());
        let name = name.map(|name| String::from_utf8_lossy(name).to_ascii_lowercase());
        let is_named = |lookup: &Lookup, name: &str| {
            *lookup.message.name == *name || lookup.message.chain.iter().any(|alias| **alias == *name)
        };
        let has_address = |lookup: &Lookup| lookup.message.addresses.contains(&row.server.ip);
        let of_name = |lookup: &Lookup| name.as_deref().is_some_and(|name| is_named(lookup, name));
        let answers = |lookup: &Lookup| lookup.answered.is_some_and(|(_, time)| time <= row.start);
        let with_address = |wanted: &dyn Fn(&Lookup) -> bool| {
            self.latest_lookup(row.client.ip, &Asked::Address(row.server.ip), row.start, wanted)
        };
        let with_name = |name: &str, wanted: &dyn Fn(&Lookup) -> bool| {
            self.latest_lookup(row.client.ip, &Asked::Name(name), row.start, wanted)
        };
        let used = with_address(&|lookup| answers(lookup) && of_name(lookup)).or_else(|| with_address(&answers));
        let other = || with_name(name.as_deref()?, &|lookup| answers(lookup) && !lookup.message.addresses.is_empty());
        let answer = used.or_else(other);
        if let Some((lookup, (packet, _))) = answer.and_then(|lookup| Some((lookup, lookup.answered?))) {
            let tie = match (has_address(lookup), name.is_some()) {
                (false, _) => Tie::NameAlone,
                (true, false) => Tie::AddressAlone,
                (true, true) if of_name(lookup) => Tie::NameAndAddress,
                (true, true) => Tie::AddressOfAnotherName,
            };
            let seen = Seen::DnsAnswer { lookup: lookup.clone(), server: row.server.ip, tie };
            links.push(Link { flow: None, packet: Some(packet), start: row.start, seen });
        }
        let wanted = name.as_deref().or(answer.map(|lookup| &*lookup.message.name));
        let failed = wanted.and_then(|name| {
            with_name(name, &|lookup| {
                row.start.nanos_since(lookup.time()) < LOOKUP_BEFORE
                    && (lookup.message.failure.is_some() || lookup.answered.is_none())
            })
        });
        if let Some((lookup, (packet, _))) = failed.and_then(|lookup| Some((lookup, lookup.answered.or(lookup.asked)?)))
        {
            let seen = Seen::DnsFailure(lookup.clone());
            links.push(Link { flow: None, packet: Some(packet), start: row.start, seen });
        }
    }

    /// The latest lookup before a time, of a client's own and of what everybody was told.
    fn latest_lookup(
        &self,
        client: IpAddr,
        asked: &Asked<'_>,
        before: Time,
        wanted: &dyn Fn(&Lookup) -> bool,
    ) -> Option<&'a Lookup> {
        let latest = [client, EVERYBODY].into_iter().filter_map(|client| {
            let list = self.lookups.get(&(client, *asked))?;
            let end = list.partition_point(|lookup| lookup.time() <= before);
            list[..end].iter().rev().find(|lookup| wanted(lookup)).copied()
        });
        latest.max_by_key(|lookup| lookup.time())
    }

    fn quic(&self, facts: &FlowFacts<'_>, links: &mut Vec<Link>) {
        let row = facts.row;
        let tries = self.tries.get(&(row.client.ip, row.server.ip)).map_or(&[][..], Vec::as_slice);
        let near = |try_: &&&QuicTry| (-QUIC_AFTER..=QUIC_BEFORE).contains(&row.start.nanos_since(try_.first.1));
        let Some(try_) = tries.iter().rev().find(near) else { return };
        let seen = Seen::Quic((*try_).clone());
        links.push(Link { flow: None, packet: Some(try_.first.0), start: row.start, seen });
    }

    fn icmp(&self, facts: &FlowFacts<'_>, links: &mut Vec<Link>) {
        for quoted in self.quoted.get(&facts.flow).into_iter().flatten().take(MAX_EACH) {
            let seen = Seen::Icmp { name: quoted.name, from: quoted.from };
            links.push(Link { flow: None, packet: Some(quoted.packet), start: facts.row.start, seen });
        }
    }

    /// The flows that are the same connection between other addresses.
    fn same_connection(&self, facts: &FlowFacts<'_>, links: &mut Vec<Link>) {
        let row = facts.row;
        let mut same: Vec<FlowNumber> = Vec::new();
        for (_, flow) in marks(facts).filter_map(|mark| self.marks.get(&mark)).flatten() {
            if *flow != facts.flow
                && !same.contains(flow)
                && self.index.facts(*flow).is_some_and(|it| is_same(facts, &it))
            {
                same.push(*flow);
            }
            if same.len() == MAX_EACH {
                break;
            }
        }
        for other in same.into_iter().filter_map(|flow| self.index.facts(flow)) {
            let (client, server) = (other.row.client, other.row.server);
            let seen = Seen::SameConnection {
                client: (client != row.client).then_some(client),
                server: (server != row.server).then_some(server),
                began: other.row.start,
                result: result(&other),
            };
            links.push(Link { flow: Some(other.flow), packet: None, start: row.start, seen });
        }
    }

    fn previous(&self, facts: &FlowFacts<'_>) -> Option<Link> {
        let row = facts.row;
        let same = self.ports.get(&row.client)?;
        let earlier = &same[..same.partition_point(|entry| *entry < (row.start, facts.flow))];
        let rows = || earlier.iter().rev().filter_map(|(_, flow)| self.index.facts(*flow));
        let recent = |start: Time| row.start.nanos_since(start) <= PORT_BEFORE;
        let before = rows()
            .find(|before| before.row.server == row.server)
            .or_else(|| rows().next().filter(|before| recent(before.row.end)))?;
        let old = before.row;
        let refused = row.outcome == Some(Outcome::Failed)
            && (row.reset_by.is_some() || row.sides.to_client.packets == 0)
            && old.server == row.server;
        let seen = Seen::PreviousFlow {
            other_server: (old.server != row.server).then_some(old.server),
            end: end(old),
            ended: old.end,
            result: result(&before),
            refused,
        };
        Some(Link { flow: Some(before.flow), packet: None, start: row.start, seen })
    }

    fn attempt(&self, facts: &FlowFacts<'_>, links: &mut Vec<Link>) {
        let same = facts.attempt.and_then(|attempt| self.attempts.get(&attempt));
        let others = same.into_iter().flatten().filter(|flow| **flow != facts.flow);
        for other in others.filter_map(|flow| self.index.facts(*flow)).take(MAX_EACH) {
            let seen = Seen::Attempt { began: other.row.start, result: result(&other) };
            links.push(Link { flow: Some(other.flow), packet: None, start: facts.row.start, seen });
        }
    }

    fn siblings(&self, facts: &FlowFacts<'_>, links: &mut Vec<Link>) {
        let start = facts.row.start;
        let mut near: InTime = Vec::new();
        for target in targets(facts) {
            let Some(same) = self.targets.get(&(facts.row.client.ip, target)) else { continue };
            let here = same.partition_point(|entry| *entry < (start, facts.flow));
            let within = |entry: &&(Time, FlowNumber)| start.nanos_since(entry.0).abs() <= AROUND;
            near.extend(same[..here].iter().rev().take(MAX_COUNTED).take_while(within));
            near.extend(same[here..].iter().take(MAX_COUNTED).take_while(within));
        }
        near.sort_unstable_by_key(|(time, flow)| (start.nanos_since(*time).abs(), *flow));
        near.dedup();
        let siblings = near.iter().filter_map(|(_, flow)| self.index.facts(*flow));
        let siblings: Vec<_> = siblings
            .filter(|other| other.flow != facts.flow && (other.attempt.is_none() || other.attempt != facts.attempt))
            .collect();
        let name = facts.tls.and_then(|tls| tls.server_name.as_deref());
        for other in siblings.iter().take(MAX_EACH) {
            let to = match other.tls.and_then(|tls| tls.server_name.as_deref()) {
                Some(theirs) if Some(theirs) != name => Toward::OtherName(theirs.into()),
                Some(_) => Toward::SameName,
                None => Toward::SameServer,
            };
            let seen = Seen::Sibling { to, began: other.row.start, result: result(other) };
            links.push(Link { flow: Some(other.flow), packet: None, start, seen });
        }
        if siblings.len() > MAX_EACH {
            let with = |wanted: Outcome| siblings.iter().filter(|other| other.row.outcome == Some(wanted)).count();
            let (ok, failed) = (with(Outcome::Ok), with(Outcome::Failed));
            let seen = Seen::Siblings { flows: siblings.len(), ok, failed, within: AROUND / Time::SECOND };
            links.push(Link { flow: None, packet: None, start, seen });
        }
    }
}

/// What a flow shares with its siblings.
fn targets<'a>(facts: &FlowFacts<'a>) -> impl Iterator<Item = Target<'a>> + use<'a> {
    let name = facts.tls.and_then(|tls| tls.server_name.as_deref()).map(Target::Name);
    name.into_iter().chain([Target::Server(facts.row.server.ip)])
}

fn result(facts: &FlowFacts<'_>) -> Outcomes {
    facts.row.outcome.map(|outcome| (outcome, facts.row.cause))
}

fn end(row: &FlowRow) -> End {
    match (row.reset_by, row.closed_by) {
        (Some(by), _) => End::Reset(by),
        (None, Some(_)) if row.is_closed() => End::Closed,
        (None, Some(by)) => End::HalfClosed(by),
        (None, None) => End::NotCaptured,
    }
}

#[cfg(test)]
mod tests {
    use super::super::link::LinkKind;
    use super::*;
    use crate::index::testing::Flow;

    /// The links of flow 0: of which kind, and to which flow.
    fn check(flows: &[Flow], expected: &[(LinkKind, Option<u32>)]) {
        let mut index = Index::of(flows);
        let attempts = super::super::attempts(&index);
        index.set_attempts(attempts);
        let links = Linker::new(&index, &[FlowNumber(0)]).links(FlowNumber(0));
        let said: Vec<_> = links.iter().map(|link| (link.kind(), link.flow.map(|flow| flow.0))).collect();
        assert_eq!(said, expected);
    }

    const LATE: Flow = Flow {
        client: 1,
        port: 50_000,
        server: 9,
        server_port: 443,
        name: "a.example.test",
        start: 300_000,
        end: 300_010,
        outcome: Some(Outcome::Failed),
        cause: None,
        is_silent: false,
        random: None,
    };

    #[test]
    fn the_flow_before_on_the_same_port_is_linked() {
        let before = |server, end| Flow { server, start: 0, end, outcome: Some(Outcome::Ok), ..LATE };
        let linked = &[(LinkKind::PreviousFlow, Some(1))];
        check(&[LATE, before(9, 10)], linked);
        // To another server only while the port may still be in TIME-WAIT.
        check(&[LATE, Flow { name: "b.test", ..before(8, 60_000) }], linked);
        check(&[LATE, Flow { name: "b.test", ..before(8, 59_999) }], &[]);
        check(&[LATE, Flow { port: 50_001, ..before(9, 10) }], &[]);
    }

    #[test]
    fn one_client_hello_between_other_addresses_is_the_same_connection() {
        let own = Flow { random: Some(7), ..LATE };
        let seen = |flow: Flow| Flow { name: "", outcome: Some(Outcome::Ok), ..flow };
        let is = |other: Flow, linked: bool| {
            let same = [(LinkKind::SameConnection, Some(1))];
            let mut index = Index::of(&[own, other]);
            let attempts = super::super::attempts(&index);
            index.set_attempts(attempts);
            let links = Linker::new(&index, &[FlowNumber(0)]).links(FlowNumber(0));
            let said: Vec<_> = links.iter().map(|link| (link.kind(), link.flow.map(|flow| flow.0))).collect();
            assert_eq!(said.contains(&same[0]), linked, "{said:?}");
        };
        is(Flow { client: 2, ..own }, true);
        is(Flow { server: 8, ..own }, true);
        is(Flow { client: 2, server: 8, port: 1, ..own }, true);
        is(Flow { client: 2, start: 301_001, end: 301_010, ..own }, false);
        is(Flow { client: 2, random: Some(8), ..own }, false);
        // The same hello on a connection of its own.
        is(Flow { port: 1, server: 8, ..own }, false);
        is(seen(Flow { client: 2, ..own }), false);
    }

    #[test]
    fn flows_of_the_same_time_are_siblings_and_tries_of_one_attempt_are_not() {
        let near = |port, start| Flow { port, start, end: start + 5, outcome: Some(Outcome::Ok), ..LATE };
        check(&[LATE, near(1, 310_000)], &[(LinkKind::Sibling, Some(1))]);
        check(&[LATE, near(1, 310_001)], &[]);
        check(&[LATE, near(1, 300_100)], &[(LinkKind::Attempt, Some(1))]);
        check(&[LATE, Flow { client: 2, ..near(1, 301_000) }], &[]);
        check(&[LATE, Flow { name: "b.test", ..near(1, 301_000) }], &[(LinkKind::Sibling, Some(1))]);
        check(&[LATE, Flow { name: "b.test", server: 8, ..near(1, 301_000) }], &[]);
        let many: Vec<Flow> = (0..5).map(|at| near(at + 1, 301_000 + i64::from(at))).collect();
        let listed = |flow| (LinkKind::Sibling, Some(flow));
        let all = [listed(1), listed(2), listed(3), (LinkKind::Sibling, None)];
        check(&[&[LATE], &many[..]].concat(), &all);
    }
}
