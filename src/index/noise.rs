//! Flows that look like failures and are none of a handshake, and what shows it. `cohort` finds them; they are kept here.

use std::net::IpAddr;

use crate::net::Endpoint;
use crate::vocab::{FlowNumber, Noise, PacketNumber};

/// What shows that flows are no failures of a handshake.
#[derive(Clone, PartialEq, Debug)]
pub enum Signs {
    /// One address connects to one server again and again, at regular intervals, and leaves without data each time.
    HealthCheck {
        /// Who looks.
        client: IpAddr,
        /// At whom.
        server: Endpoint,
        /// How often.
        times: usize,
        /// Seconds from one to the next: the median.
        every: f64,
        /// What it says.
        hello: Hello,
    },
    /// One address tries many ports, or many servers, and says nothing to any.
    Scan {
        /// Who tries.
        client: IpAddr,
        /// The server, where it is one.
        server: Option<IpAddr>,
        /// How many servers.
        servers: usize,
        /// The port, where it is one.
        port: Option<u16>,
        /// How many ports.
        ports: usize,
        /// Whether its SYNs have no options of an operating system's TCP.
        bare_syns: bool,
    },
    /// One address dials many others in many networks at many high ports, and TCP does not come up.
    PeerToPeer {
        /// Who dials.
        client: IpAddr,
        /// How many addresses.
        peers: usize,
        /// In how many networks.
        networks: usize,
        /// At how many ports.
        ports: usize,
    },
    /// The client had no more need of it.
    Spare(Winner),
}

/// What a health check says.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Hello {
    /// Nothing: it only connects.
    None,
    /// A ClientHello with a random of its own each time.
    Fresh,
    /// One and the same ClientHello, its random included: no handshake could come of it (RFC 8446 §4.1.2).
    Repeated,
}

/// The connection of the same client that came through in place of a spare one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Winner {
    /// A flow.
    Flow(FlowNumber),
    /// A QUIC connection: the server's first answer.
    Quic(PacketNumber),
}

impl Signs {
    /// What they are signs of.
    pub fn noise(&self) -> Noise {
        match self {
            Self::HealthCheck { .. } => Noise::HealthCheck,
            Self::Scan { .. } => Noise::Scan,
            Self::PeerToPeer { .. } => Noise::PeerToPeer,
            Self::Spare(_) => Noise::SpareConnection,
        }
    }
}

/// Flows that are explained together.
#[derive(Clone, PartialEq, Debug)]
pub struct Explained {
    /// What explains them.
    pub signs: Signs,
    /// The flows, in the order in which they began.
    pub flows: Vec<FlowNumber>,
}
