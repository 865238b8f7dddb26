//! What a frame holds.

use super::{Arp, Datagram, Endpoint, IcmpError, Other, Reassembled, Segment, Unread};

/// What a frame turned out to be.
#[derive(Clone, Debug)]
pub enum Decoded<'a> {
    /// A TCP segment.
    Tcp(Segment<'a>),
    /// An ICMP error that quotes a TCP segment.
    Icmp(IcmpError),
    /// A UDP datagram that is no tunnel.
    Udp(Datagram<'a>),
    /// The last fragment of a datagram; `Reassembled::decoded` says what the datagram is.
    Reassembled(Box<Reassembled>),
    /// A fragment of a datagram that is not complete yet.
    Fragment,
    /// Several frames in one (IEEE 802.11 A-MSDU), each as what it is.
    Several(Vec<Decoded<'a>>),
    /// An ARP message.
    Arp(Arp),
    /// Something else that carries no TCP.
    Other(Other),
    /// Something that may carry TCP and was not read, and why.
    Unread(Unread),
}

impl Decoded<'_> {
    /// The ends of the TCP connection that a segment is of, or that an ICMP error is about.
    pub fn ends(&self) -> Option<(Endpoint, Endpoint)> {
        match self {
            Decoded::Tcp(segment) => Some((segment.src, segment.dst)),
            Decoded::Icmp(error) => Some((error.quoted.src, error.quoted.dst)),
            _ => None,
        }
    }
}
