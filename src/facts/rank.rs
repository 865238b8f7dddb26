//! Which facts may explain a failure, and which of them is named where several say the same.

/// What a field that explains is about. Where several conditions have the same members, the first in this order gives the
/// name: a place is something that can be gone to, a remainder of a port is not.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Rank {
    /// The client's network.
    Network,
    /// The next hop, as its hardware address.
    NextHop,
    /// Where it was captured.
    Interface,
    /// The client.
    Client,
    /// How the ClientHello lies in segments.
    Segments,
    /// The server name.
    Name,
    /// The server's address.
    Address,
    /// What the ClientHello offers.
    Offer,
    /// The software, by its ClientHello.
    Software,
    /// The extensions of the ClientHello.
    Extensions,
    /// TCP's options.
    Options,
    /// How far away an end is.
    Distance,
    /// The client's port.
    Port,
    /// A remainder of the client's port.
    Remainder,
    /// What the client did before.
    History,
}
