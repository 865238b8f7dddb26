//! Flows that have something in common: a client, a server, a server name, a network.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::facts::FlowFacts;
use crate::net::Endpoint;
use crate::vocab::text;

/// What sets cohorts apart.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Dimension {
    /// The client's address.
    Client,
    /// The server's address and port.
    Server,
    /// The server name of the ClientHello.
    Name,
    /// The client's network.
    ClientNetwork,
    /// The server's network.
    ServerNetwork,
}

impl Dimension {
    /// All, in the order in which they are shown.
    pub const ALL: [Dimension; 5] =
        [Dimension::Client, Dimension::Server, Dimension::Name, Dimension::ClientNetwork, Dimension::ServerNetwork];

    /// What one cohort is called: `client network`.
    pub fn title(self) -> &'static str {
        match self {
            Dimension::Client => "client",
            Dimension::Server => "server",
            Dimension::Name => "server name",
            Dimension::ClientNetwork => "client network",
            Dimension::ServerNetwork => "server network",
        }
    }
}

/// A network of the size that hosts of one place usually share: /24 of IPv4, /64 of IPv6.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Network(IpAddr);

impl Network {
    /// The network of an address.
    pub fn of(ip: IpAddr) -> Self {
        Self(match ip {
            IpAddr::V4(ip) => IpAddr::V4(Ipv4Addr::from_bits(ip.to_bits() & !0xff)),
            IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & !u128::from(u64::MAX))),
        })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.0, if self.0.is_ipv4() { 24 } else { 64 })
    }
}

/// What the flows of a cohort have in common. Shown as text it is safe.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Cohort {
    /// One client.
    Client(IpAddr),
    /// One server, as address and port.
    Server(IpAddr, u16),
    /// One server name, in lower case.
    Name(Box<[u8]>),
    /// One network of clients.
    ClientNetwork(Network),
    /// One network of servers.
    ServerNetwork(Network),
}

impl Cohort {
    /// The cohort of a flow; none where it has no value there.
    pub fn of(dimension: Dimension, flow: &FlowFacts<'_>) -> Option<Self> {
        let (client, server) = (flow.row.client.ip, flow.row.server);
        Some(match dimension {
            Dimension::Client => Self::Client(client),
            Dimension::Server => Self::Server(server.ip, server.port),
            Dimension::Name => Self::Name(flow.tls?.server_name.as_deref()?.to_ascii_lowercase().into()),
            Dimension::ClientNetwork => Self::ClientNetwork(Network::of(client)),
            Dimension::ServerNetwork => Self::ServerNetwork(Network::of(server.ip)),
        })
    }

    /// What sets it apart from others.
    pub fn dimension(&self) -> Dimension {
        match self {
            Self::Client(_) => Dimension::Client,
            Self::Server(..) => Dimension::Server,
            Self::Name(_) => Dimension::Name,
            Self::ClientNetwork(_) => Dimension::ClientNetwork,
            Self::ServerNetwork(_) => Dimension::ServerNetwork,
        }
    }

    /// Whether a flow belongs to it.
    pub fn has(&self, flow: &FlowFacts<'_>) -> bool {
        let (client, server) = (flow.row.client.ip, flow.row.server);
        match self {
            Self::Client(ip) => client == *ip,
            Self::Server(ip, port) => (server.ip, server.port) == (*ip, *port),
            Self::Name(name) => {
                let own = flow.tls.and_then(|tls| tls.server_name.as_deref());
                own.is_some_and(|own| own.eq_ignore_ascii_case(name))
            }
            Self::ClientNetwork(network) => Network::of(client) == *network,
            Self::ServerNetwork(network) => Network::of(server.ip) == *network,
        }
    }
}

impl fmt::Display for Cohort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(ip) => ip.fmt(f),
            Self::Server(ip, port) => Endpoint { ip: *ip, port: *port }.fmt(f),
            Self::Name(name) => f.write_str(&text::visible_bytes(name)),
            Self::ClientNetwork(network) | Self::ServerNetwork(network) => network.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_named_by_their_first_address() {
        for (ip, network) in
            [("10.9.1.77", "10.9.1.0/24"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("::ffff:10.9.1.7", "::/64")]
        {
            let ip = ip.parse().expect("an address");
            assert_eq!(Network::of(ip).to_string(), network);
        }
    }
}
