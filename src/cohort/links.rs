//! What else in the capture belongs to a flow: the DNS answer it used, QUIC tries before it, ICMP errors, its attempt's
//! other flows, its siblings, the flow before on the same port.
//!
//! What a link says was seen; what it only makes likely stands apart, in [`Link::inferred`].

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, Ipv4Addr};

use crate::facts::FlowFacts;
use crate::index::{Index, Lookup, QuicTry, Quoted};
use crate::net::Endpoint;
use crate::vocab::text::counted;
use crate::vocab::{FlowNumber, Outcome, PacketNumber, Time};

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

/// What a link leads to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum LinkKind {
    /// The DNS answer that gave the client this address.
    DnsAnswer,
    /// A DNS lookup for the flow's name that failed or was not answered.
    DnsFailure,
    /// A QUIC try that the server did not answer.
    QuicUnanswered,
    /// A QUIC try that the server answered.
    QuicAnswered,
    /// An ICMP error that quotes the flow.
    Icmp,
    /// The flow before on the same client port.
    PreviousFlow,
    /// Another flow of the same attempt.
    Attempt,
    /// A flow of the same client to the same name or server, at about the same time.
    Sibling,
}

impl LinkKind {
    /// The kind's name in output.
    pub fn name(self) -> &'static str {
        match self {
            Self::DnsAnswer => "dns-answer",
            Self::DnsFailure => "dns-failure",
            Self::QuicUnanswered => "quic-unanswered",
            Self::QuicAnswered => "quic-answered",
            Self::Icmp => "icmp",
            Self::PreviousFlow => "previous-flow",
            Self::Attempt => "attempt",
            Self::Sibling => "sibling",
        }
    }
}

/// Something else in the capture that belongs to a flow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    /// What it leads to.
    pub kind: LinkKind,
    /// The other flow, where it is one.
    pub flow: Option<FlowNumber>,
    /// The packet, where it is one.
    pub packet: Option<PacketNumber>,
    /// What was seen.
    pub note: String,
    /// What is inferred from that.
    pub inferred: Option<&'static str>,
}

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
            linker.attempts.extend(facts.attempt.map(|attempt| (attempt, Vec::new())));
            linker.quoted.insert(facts.flow, Vec::new());
        }
        linker.walk(&clients);
        linker.walk_datagrams(&clients, &servers);
        linker
    }

    fn walk(&mut self, clients: &HashSet<IpAddr>) {
        let index = self.index;
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
        if let Some((lookup, (packet, time))) = answer.and_then(|lookup| Some((lookup, lookup.answered?))) {
            let inferred = if !has_address(lookup) {
                "the client had this address from elsewhere: from an earlier answer, a proxy's or a hosts file"
            } else if name.is_none() {
                "the flow states no server name; that it was for this one is inferred from DNS"
            } else if of_name(lookup) {
                "that the flow used this answer: it is the client's latest with this address for this name"
            } else {
                "no answer for the flow's own server name has this address; it may be one that both names share"
            };
            let note = format!("{}, {} before the flow", answer_note(lookup), apart(row.start, time));
            let note = if has_address(lookup) { note } else { format!("{note}; {} is not in it", row.server.ip) };
            links.push(Link {
                kind: LinkKind::DnsAnswer,
                flow: None,
                packet: Some(packet),
                note,
                inferred: Some(inferred),
            });
        }
        let wanted = name.as_deref().or(answer.map(|lookup| &*lookup.message.name));
        let failed = wanted.and_then(|name| {
            with_name(name, &|lookup| {
                row.start.nanos_since(lookup.time()) < LOOKUP_BEFORE
                    && (lookup.message.failure.is_some() || lookup.answered.is_none())
            })
        });
        if let Some((lookup, (packet, time))) =
            failed.and_then(|lookup| Some((lookup, lookup.answered.or(lookup.asked)?)))
        {
            let note = format!("{}, {} before the flow", answer_note(lookup), apart(row.start, time));
            links.push(Link { kind: LinkKind::DnsFailure, flow: None, packet: Some(packet), note, inferred: None });
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
        let (packet, time) = try_.first;
        let when = when(row.start, time);
        let initials = counted(try_.initials as usize, "QUIC Initial");
        let (kind, said, inferred) = match try_.answered {
            None => (
                LinkKind::QuicUnanswered,
                "no QUIC answer in the capture".to_owned(),
                Some("UDP 443 is filtered or the server has no QUIC, and the client fell back to TCP"),
            ),
            Some((answer, time)) => {
                let said = format!("answered in packet {answer} after {}", apart(time, try_.first.1));
                (LinkKind::QuicAnswered, said, None)
            }
        };
        let note = format!("{initials} from port {} to {}, {when}; {said}", try_.client.port, try_.server);
        links.push(Link { kind, flow: None, packet: Some(packet), note, inferred });
    }

    fn icmp(&self, facts: &FlowFacts<'_>, links: &mut Vec<Link>) {
        for quoted in self.quoted.get(&facts.flow).into_iter().flatten().take(MAX_EACH) {
            let note = format!("ICMP {} from {}", quoted.name, quoted.from);
            let packet = Some(quoted.packet);
            links.push(Link { kind: LinkKind::Icmp, flow: None, packet, note, inferred: None });
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
        let place = if old.server == row.server {
            "the same ports and addresses".to_owned()
        } else {
            format!("the same client port, to {}", old.server)
        };
        let end = match (old.reset_by, old.closed_by) {
            (Some(by), _) => format!("reset by the {}", by.sender()),
            (None, Some(_)) if old.is_closed() => "closed from both ends".to_owned(),
            (None, Some(by)) => format!("closed by the {} only", by.sender()),
            (None, None) => "its end was not captured".to_owned(),
        };
        let note = format!("{place}, {}; {end}; {}", gap(old.end, row.start), outcome(&before));
        let refused = row.outcome == Some(Outcome::Failed)
            && (row.reset_by.is_some() || row.sides.to_client.packets == 0)
            && old.server == row.server;
        let inferred = refused
            .then_some("a NAT or firewall that still holds the old connection's state may refuse or drop the new one");
        Some(Link { kind: LinkKind::PreviousFlow, flow: Some(before.flow), packet: None, note, inferred })
    }

    fn attempt(&self, facts: &FlowFacts<'_>, links: &mut Vec<Link>) {
        let same = facts.attempt.and_then(|attempt| self.attempts.get(&attempt));
        let others = same.into_iter().flatten().filter(|flow| **flow != facts.flow);
        for other in others.filter_map(|flow| self.index.facts(*flow)).take(MAX_EACH) {
            let note = format!("{}, {}", when(facts.row.start, other.row.start), outcome(&other));
            links.push(Link {
                kind: LinkKind::Attempt,
                flow: Some(other.flow),
                packet: None,
                note,
                inferred: Some("the same client, target and moment: one try"),
            });
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
        for other in siblings.iter().take(MAX_EACH) {
            let name = facts.tls.and_then(|tls| tls.server_name.as_deref());
            let to = match other.tls.and_then(|tls| tls.server_name.as_deref()) {
                Some(theirs) if Some(theirs) != name => format!("to {}", String::from_utf8_lossy(theirs)),
                Some(_) => "to the same name".to_owned(),
                None => "to the same server".to_owned(),
            };
            let note = format!("{to}, {}, {}", when(start, other.row.start), outcome(other));
            links.push(Link { kind: LinkKind::Sibling, flow: Some(other.flow), packet: None, note, inferred: None });
        }
        if siblings.len() > MAX_EACH {
            let with = |wanted: Outcome| siblings.iter().filter(|other| other.row.outcome == Some(wanted)).count();
            let seconds = AROUND / Time::SECOND;
            let note = format!(
                "in all {} to the same name or server within {seconds} s: {} ok, {} failed",
                counted(siblings.len(), "flow"),
                with(Outcome::Ok),
                with(Outcome::Failed)
            );
            links.push(Link { kind: LinkKind::Sibling, flow: None, packet: None, note, inferred: None });
        }
    }
}

/// What a flow shares with its siblings.
fn targets<'a>(facts: &FlowFacts<'a>) -> impl Iterator<Item = Target<'a>> + use<'a> {
    let name = facts.tls.and_then(|tls| tls.server_name.as_deref()).map(Target::Name);
    name.into_iter().chain([Target::Server(facts.row.server.ip)])
}

fn answer_note(lookup: &Lookup) -> String {
    let message = &lookup.message;
    let addresses: Vec<_> = message.addresses.iter().take(4).map(ToString::to_string).collect();
    let more = message.addresses.len().saturating_sub(addresses.len());
    let said = match (lookup.answered, message.failure) {
        (None, _) => "no answer in the capture".to_owned(),
        (Some(_), Some(failure)) => failure.to_owned(),
        (Some(_), None) if addresses.is_empty() => "no address".to_owned(),
        (Some(_), None) if more > 0 => format!("{} and {more} more", addresses.join(", ")),
        (Some(_), None) => addresses.join(", "),
    };
    let mut note = format!("DNS {} {}", message.kind, message.name);
    for alias in &message.chain {
        note = format!("{note} -> {alias}");
    }
    note = format!("{note}: {said}");
    if let Some(((question, asked), (_, answered))) = lookup.asked.zip(lookup.answered) {
        note = format!("{note} (asked in packet {question}, {} earlier)", apart(answered, asked));
    }
    note
}

fn outcome(facts: &FlowFacts<'_>) -> String {
    match (facts.row.outcome, facts.row.cause) {
        (Some(outcome), Some(cause)) => format!("{outcome} ({cause})"),
        (Some(outcome), None) => outcome.to_string(),
        (None, _) => "not judged yet".to_owned(),
    }
}

/// The time between two moments.
fn apart(later: Time, earlier: Time) -> String {
    let seconds = later.since(earlier).abs();
    if seconds < 1.0 { format!("{:.1} ms", seconds * 1e3) } else { format!("{seconds:.1} s") }
}

/// When something began, seen from a flow's beginning.
fn when(start: Time, other: Time) -> String {
    format!("{} {}", apart(start, other), if other <= start { "before" } else { "after" })
}

/// How long one flow was over when the next one began.
fn gap(end: Time, start: Time) -> String {
    if end <= start { format!("over {} before", apart(start, end)) } else { "not over when this one began".to_owned() }
}
