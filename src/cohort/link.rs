//! A link: something else in the capture that belongs to a flow, as data. The words for it are made by `present`.

use std::net::IpAddr;

use crate::index::{Lookup, QuicTry};
use crate::net::Endpoint;
use crate::vocab::{Cause, Direction, FlowNumber, Outcome, PacketNumber, Time};

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
    /// The same connection, captured a second time with other addresses.
    SameConnection,
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
            Self::SameConnection => "same-connection",
            Self::PreviousFlow => "previous-flow",
            Self::Attempt => "attempt",
            Self::Sibling => "sibling",
        }
    }
}

/// Something else in the capture that belongs to a flow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    /// The other flow, where it is one.
    pub flow: Option<FlowNumber>,
    /// The packet, where it is one.
    pub packet: Option<PacketNumber>,
    /// When the flow began that this belongs to.
    pub start: Time,
    /// What was seen.
    pub seen: Seen,
}

/// What was seen of a link.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Seen {
    /// A DNS answer that the client had before the flow.
    DnsAnswer {
        /// The lookup.
        lookup: Lookup,
        /// The flow's server.
        server: IpAddr,
        /// What ties the answer to the flow.
        tie: Tie,
    },
    /// A DNS lookup that failed or was not answered.
    DnsFailure(Lookup),
    /// Initials of the client to the server.
    Quic(QuicTry),
    /// An ICMP error.
    Icmp {
        /// The error's name.
        name: &'static str,
        /// Who reports.
        from: IpAddr,
    },
    /// The same TLS handshake between other addresses: its other side of an address translation or a balancer.
    SameConnection {
        /// The client there, where it is another one.
        client: Option<Endpoint>,
        /// The server there, where it is another one.
        server: Option<Endpoint>,
        /// When it began.
        began: Time,
        /// How it came out.
        result: Outcomes,
    },
    /// The flow before on the same client port.
    PreviousFlow {
        /// Its server, where that is another one.
        other_server: Option<Endpoint>,
        /// How it ended.
        end: End,
        /// When its last packet was captured.
        ended: Time,
        /// How it came out.
        result: Outcomes,
        /// Whether the flow was refused, so that a device that still holds the state of the one before may be why.
        refused: bool,
    },
    /// Another flow of the same attempt.
    Attempt {
        /// When it began.
        began: Time,
        /// How it came out.
        result: Outcomes,
    },
    /// A flow of the same client to the same name or server.
    Sibling {
        /// Where it went.
        to: Toward,
        /// When it began.
        began: Time,
        /// How it came out.
        result: Outcomes,
    },
    /// All siblings within some time, where they are too many to list.
    Siblings {
        /// How many there are.
        flows: usize,
        /// Those that came out well.
        ok: usize,
        /// Those that failed.
        failed: usize,
        /// Seconds around the flow's beginning.
        within: i64,
    },
}

/// How another flow came out, and why; nothing while it is not judged.
pub type Outcomes = Option<(Outcome, Option<Cause>)>;

/// What ties a DNS answer to a flow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tie {
    /// It is for the flow's server name, and the latest with the server's address.
    NameAndAddress,
    /// It has the server's address; the flow states no server name.
    AddressAlone,
    /// It has the server's address, but is for another name than the flow's.
    AddressOfAnotherName,
    /// It is for the flow's server name, but has not the server's address.
    NameAlone,
}

/// How a flow ended, as far as its segments tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// By a RST.
    Reset(Direction),
    /// By a FIN from each end.
    Closed,
    /// By a FIN from one end only.
    HalfClosed(Direction),
    /// By nothing that was captured.
    NotCaptured,
}

/// Where a sibling went.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Toward {
    /// To this other server name at the same server.
    OtherName(Box<[u8]>),
    /// To the same server name.
    SameName,
    /// To the same server; it states no name.
    SameServer,
}

impl Link {
    /// What it leads to.
    pub fn kind(&self) -> LinkKind {
        match &self.seen {
            Seen::DnsAnswer { .. } => LinkKind::DnsAnswer,
            Seen::DnsFailure(_) => LinkKind::DnsFailure,
            Seen::Quic(try_) if try_.answered.is_none() => LinkKind::QuicUnanswered,
            Seen::Quic(_) => LinkKind::QuicAnswered,
            Seen::Icmp { .. } => LinkKind::Icmp,
            Seen::SameConnection { .. } => LinkKind::SameConnection,
            Seen::PreviousFlow { .. } => LinkKind::PreviousFlow,
            Seen::Attempt { .. } => LinkKind::Attempt,
            Seen::Sibling { .. } | Seen::Siblings { .. } => LinkKind::Sibling,
        }
    }
}
