//! What a flow's neighbours tell: which ports speak TLS, how far away servers are, what good chains look like.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use super::breaks::Break;
use crate::flow::FlowRow;
use crate::net::Endpoint;
use crate::proto::TlsFacts;
use crate::proto::tls::certificate::{CertificateFacts, CertificateStore, TrustStore};
use crate::vocab::{FlowNumber, PacketNumber, Time};

/// A chain that a good flow showed.
#[derive(Clone, Debug)]
pub struct GoodChain {
    /// The flow.
    pub flow: FlowNumber,
    /// The packet that completes the message.
    pub packet: PacketNumber,
    /// The certificates, leaf first.
    pub certificates: Vec<Arc<CertificateFacts>>,
}

/// Knowledge from the whole capture (and the baseline) that a single flow cannot have.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// When the last packet of the capture was captured.
    pub capture_end: Time,
    /// The spans in which the capture did not watch, by time.
    pub breaks: Vec<Break>,
    /// Share of all segments that shows that others were not captured.
    pub missing_share: f64,
    /// Whether no server's packet was captured at all, though clients acknowledge what servers sent.
    pub lacks_servers: bool,
    /// Servers whose certificate some client refused by an alert about it.
    pub refused_servers: HashSet<Endpoint>,
    /// Ends that completed a TLS handshake as servers.
    pub tls_servers: HashSet<Endpoint>,
    /// Ends that answered clients in another protocol than TLS, and how often.
    pub plain_servers: HashMap<Endpoint, u32>,
    /// Of ends whose connections were used: how the clients of those began.
    pub good_beginnings: HashMap<Endpoint, Beginnings>,
    /// Servers with which handshakes were complete: what the SYN-ACKs of those were like.
    pub known_servers: HashMap<Endpoint, KnownServer>,
    /// Clients and the servers that answered a SYN of theirs.
    pub connected: HashMap<(IpAddr, Endpoint), RoundTrips>,
    /// Of clients: which servers answered a ClientHello with a RST and no TLS, and how soon.
    pub resets: HashMap<IpAddr, Vec<ResetAnswer>>,
    /// Of servers: seconds of the longest pause behind which both ends of a connection went on.
    pub outlived_pauses: HashMap<Endpoint, f64>,
    /// Of servers: the connections whose whole ClientHello they acknowledged and never answered, and when each began.
    pub unserved: HashMap<Endpoint, Vec<(FlowNumber, Time)>>,
    /// TTLs of servers' SYN-ACKs and how often each was seen.
    pub server_ttls: HashMap<IpAddr, HashMap<u8, u32>>,
    /// Whether one device at hand writes the headers of all servers' packets (a NAT of a virtual machine, a proxy): far
    /// servers come with one TTL that nothing counted down, which then tells nothing of who sent a packet.
    pub is_ttl_rewritten: bool,
    /// The chains that good flows showed.
    pub good_chains: GoodChains<GoodChain>,
    /// The certificates that the services of the flows to be judged serve.
    pub leaves: Leaves,
    /// Of the flows to be judged those beside which another connection of the client came through, made alike and for the
    /// same server or name: then the client had no more need of them.
    pub spares: HashSet<FlowNumber>,
    /// Packets of the flows to be judged that came from another address than the one the client knows.
    pub elsewhere: HashMap<FlowNumber, Elsewhere>,
    /// Ends to which a client came through, and when those connections began and ended.
    pub passing: HashMap<(IpAddr, Endpoint), Vec<(Time, Time)>>,
    /// The authorities that are known.
    pub trust: Arc<TrustStore>,
    /// The certificates that were read for the flows judged so far.
    pub certificates: Arc<CertificateStore>,
}

/// Whose service a flow of TLS uses: by what other flows know it. Where the end that opened the connection is the server
/// of TLS, its port is another one each time and tells nothing: it is known by its address, with port 0.
pub fn service(row: &FlowRow, tls: &TlsFacts) -> Endpoint {
    if tls.turned { Endpoint { ip: row.client.ip, port: 0 } } else { row.server }
}

/// How the clients of good flows to one end began.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Beginnings {
    /// Flows that offered application protocols (ALPN).
    pub with_alpn: u32,
    /// Flows that asked for TLS in the words of another protocol first.
    pub upgraded: u32,
    /// Flows that did neither.
    pub plain: u32,
}

/// A flow that carries packets of another one, from an address that its client did not ask.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Elsewhere {
    /// The flow with those packets.
    pub flow: FlowNumber,
    /// Where they come from.
    pub end: Endpoint,
    /// The first of them.
    pub packet: PacketNumber,
    /// The last packet of that flow.
    pub last: PacketNumber,
    /// Whether it answers the SYN; else it goes on with the server's sequence numbers.
    pub answers_syn: bool,
    /// Whether the client resets it.
    pub is_reset: bool,
}

/// What is known of good flows: by their services, and of any of a server for clients that name none.
#[derive(Clone, Debug)]
pub struct GoodChains<T> {
    /// By port and server name: the certificates of a name's other ports are other services'.
    pub names: HashMap<u16, HashMap<Box<[u8]>, T>>,
    /// By the server's address and port.
    pub servers: HashMap<Endpoint, T>,
}

impl<T> Default for GoodChains<T> {
    fn default() -> Self {
        Self { names: HashMap::new(), servers: HashMap::new() }
    }
}

impl<T> GoodChains<T> {
    /// The same for what `map` makes something of.
    pub fn filter_map<U>(self, map: impl Fn(T) -> Option<U>) -> GoodChains<U> {
        GoodChains {
            names: self.names.into_iter().map(|(port, names)| (port, mapped(names, &map))).collect(),
            servers: mapped(self.servers, &map),
        }
    }

    /// What is known, of names and of servers.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.names.values().flat_map(HashMap::values).chain(self.servers.values())
    }

    /// Of a flow's name, or of its server where the client sent no name.
    pub fn of(&self, tls: &TlsFacts, server: Endpoint) -> Option<&T> {
        match &tls.server_name {
            Some(name) => self.names.get(&server.port)?.get(name),
            None => self.servers.get(&server),
        }
    }
}

/// A map with what `map` makes of its values, where it makes something.
fn mapped<K: Eq + Hash, T, U>(from: HashMap<K, T>, map: &impl Fn(T) -> Option<U>) -> HashMap<K, U> {
    from.into_iter().filter_map(|(key, value)| Some((key, map(value)?))).collect()
}

/// Round trips of SYN and SYN-ACK between a client and a server.
#[derive(Clone, Copy, Debug, Default)]
pub struct RoundTrips {
    /// How many were seen.
    pub count: u32,
    /// The shortest.
    pub shortest: Duration,
}

impl RoundTrips {
    /// Takes one more.
    pub fn add(&mut self, round_trip: Duration) {
        self.shortest = if self.count == 0 { round_trip } else { self.shortest.min(round_trip) };
        self.count += 1;
    }
}

/// By server and by the server name that is asked for: the certificates, by [`TlsFacts::leaf`], and the flows with each.
pub type Leaves = HashMap<Endpoint, HashMap<Option<Box<[u8]>>, HashMap<u64, Served>>>;

/// The flows to which a service showed one certificate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Served {
    /// The first of them.
    pub first: FlowNumber,
    /// How many.
    pub flows: u32,
    /// How many of these had a complete handshake and data of both ends.
    pub used: u32,
}

/// What the SYN-ACKs of a server's good flows are like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KnownServer {
    /// Their TTL; none where they differ.
    pub ttl: Option<u8>,
    /// The shortest round trip from SYN to SYN-ACK.
    pub round_trip: Duration,
}

impl KnownServer {
    /// Takes one more.
    pub fn add(&mut self, ttl: u8, round_trip: Duration) {
        self.ttl = self.ttl.filter(|known| *known == ttl);
        self.round_trip = self.round_trip.min(round_trip);
    }
}

/// A RST that answered a ClientHello.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ResetAnswer {
    /// The address it bears.
    pub server: IpAddr,
    /// Seconds after the ClientHello began.
    pub took: f64,
    /// Seconds from the SYN to the SYN-ACK of that flow.
    pub round_trip: f64,
}

impl Context {
    /// Whether the client came through to the same server by another connection at about that time.
    pub fn passes(&self, row: &FlowRow) -> bool {
        const ABOUT: f64 = 30.0;
        let beside = |(start, end): &(Time, Time)| start.since(row.end) < ABOUT && row.start.since(*end) < ABOUT;
        self.passing.get(&(row.client.ip, row.server)).is_some_and(|others| others.iter().any(beside))
    }

    /// The TTL that packets of `server` usually have, where at least one good handshake shows it.
    pub fn usual_ttl(&self, server: IpAddr) -> Option<u8> {
        let seen = self.server_ttls.get(&server)?;
        seen.iter().max_by_key(|(ttl, count)| (**count, **ttl)).map(|(ttl, _)| *ttl)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_known_by_the_server_of_tls() {
        let end = |last, port| Endpoint { ip: [10, 0, 0, last].into(), port };
        let row = FlowRow::new(end(1, 50_000), end(2, 443), PacketNumber(1), Time(0));
        let mut tls = TlsFacts::default();
        assert_eq!(service(&row, &tls), end(2, 443));
        tls.turn();
        assert_eq!(service(&row, &tls), end(1, 0));
        // Another connection of the same server has another port.
        let next = FlowRow::new(end(1, 50_001), end(2, 443), PacketNumber(9), Time(0));
        assert_eq!(service(&next, &tls), end(1, 0));
    }
}
