//! Flows that have something in common: a client, a server, a server name, a network.

use std::fmt;
use std::net::IpAddr;

use crate::facts::FlowFacts;
use crate::net::Endpoint;
use crate::vocab::{Network, text};

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
