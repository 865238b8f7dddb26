//! A TCP segment and a UDP datagram as the network stack's headers state them, borrowed from the captured bytes.

use std::net::IpAddr;

use crate::vocab::PacketNumber;

/// One end of a connection.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Endpoint {
    /// The IP address; an IPv4-mapped IPv6 address stays IPv6.
    pub ip: IpAddr,
    /// The TCP port.
    pub port: u16,
}

impl std::fmt::Display for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.ip {
            IpAddr::V4(ip) => write!(f, "{ip}:{}", self.port),
            IpAddr::V6(ip) => write!(f, "[{ip}]:{}", self.port),
        }
    }
}

/// The flags of a TCP header, AE (NS) to FIN in bits 8 to 0 (RFC 9293 §3.1).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct TcpFlags(pub u16);

impl TcpFlags {
    /// FIN: no more data from the sender.
    pub const FIN: u16 = 0x001;
    /// SYN: synchronise sequence numbers.
    pub const SYN: u16 = 0x002;
    /// RST: reset the connection.
    pub const RST: u16 = 0x004;
    /// PSH: push.
    pub const PSH: u16 = 0x008;
    /// ACK: the acknowledgment field is significant.
    pub const ACK: u16 = 0x010;
    /// URG: the urgent pointer is significant.
    pub const URG: u16 = 0x020;

    const LETTERS: [(u16, &'static str); 9] = [
        (Self::SYN, "SYN"),
        (Self::FIN, "FIN"),
        (Self::RST, "RST"),
        (Self::PSH, "PSH"),
        (Self::ACK, "ACK"),
        (Self::URG, "URG"),
        (0x040, "ECE"),
        (0x080, "CWR"),
        (0x100, "AE"),
    ];

    /// Whether FIN is set.
    pub fn fin(self) -> bool {
        self.0 & Self::FIN != 0
    }

    /// Whether SYN is set.
    pub fn syn(self) -> bool {
        self.0 & Self::SYN != 0
    }

    /// Whether RST is set.
    pub fn rst(self) -> bool {
        self.0 & Self::RST != 0
    }

    /// Whether ACK is set.
    pub fn ack(self) -> bool {
        self.0 & Self::ACK != 0
    }

    /// Whether URG is set.
    pub fn urg(self) -> bool {
        self.0 & Self::URG != 0
    }
}

impl std::fmt::Display for TcpFlags {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = Self::LETTERS.iter().filter(|(bit, _)| self.0 & bit != 0).map(|(_, name)| *name).collect();
        f.pad(&names.join(" "))
    }
}

/// Routers that a packet with this TTL or hop limit has passed, if its sender began with the next of the usual values.
pub fn hops(ttl: u8) -> u8 {
    let initial = [32, 64, 128, 255].into_iter().find(|initial| ttl <= *initial).unwrap_or(255);
    initial - ttl
}

/// What the IP header of a packet says that TCP's reader needs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct IpFacts {
    /// Time to live or hop limit on arrival at the capture.
    pub ttl: u8,
    /// IPv4 identification; `None` for IPv6 without a fragment header.
    pub id: Option<u16>,
    /// DSCP (upper six bits) and ECN (lower two).
    pub traffic_class: u8,
    /// IPv4's don't-fragment flag; true for IPv6.
    pub dont_fragment: bool,
}

/// What the link layer says: the hardware addresses and VLAN seen nearest to the IP header.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LinkFacts {
    /// Sender's and receiver's hardware address, where the link has both.
    pub macs: Option<([u8; 6], [u8; 6])>,
    /// VLAN identifier of the innermost tag.
    pub vlan: Option<u16>,
    /// Bytes that the link layer's own length leaves to the IP packet, where it states one (`PPPoE`); what follows is
    /// padding.
    pub room: Option<u16>,
}

/// One TCP segment.
#[derive(Clone, Copy, Debug)]
pub struct Segment<'a> {
    /// The sender.
    pub src: Endpoint,
    /// The receiver.
    pub dst: Endpoint,
    /// Sequence number.
    pub seq: u32,
    /// Acknowledgment number; meaningless without ACK.
    pub ack: u32,
    /// Flags.
    pub flags: TcpFlags,
    /// Window as in the header, not scaled.
    pub window: u16,
    /// Checksum as in the header.
    pub checksum: u16,
    /// Urgent pointer as in the header.
    pub urgent: u16,
    /// The options' bytes.
    pub options: &'a [u8],
    /// The payload that was captured; shorter than `payload_len` where the snap length cut it.
    pub payload: &'a [u8],
    /// The payload's length as the headers state it, in bytes (Wireshark's `tcp.len`).
    pub payload_len: u32,
    /// The IP header's part.
    pub ip: IpFacts,
    /// The link layer's part.
    pub link: LinkFacts,
    /// The packets that carried its IP fragments, this one included; empty where it was not fragmented.
    pub fragments: &'a [PacketNumber],
}

/// A UDP datagram, for what is linked to flows (DNS answers, QUIC tries).
#[derive(Clone, Copy, Debug)]
pub struct Datagram<'a> {
    /// The sender.
    pub src: Endpoint,
    /// The receiver.
    pub dst: Endpoint,
    /// The payload that was captured.
    pub payload: &'a [u8],
}

#[cfg(test)]
impl Segment<'static> {
    /// A segment without payload, options or a number, for the tests to fill in.
    pub(crate) fn bare(src: Endpoint, dst: Endpoint) -> Self {
        Segment {
            src,
            dst,
            seq: 0,
            ack: 0,
            flags: TcpFlags(0),
            window: 1000,
            checksum: 0,
            urgent: 0,
            options: &[],
            payload: &[],
            payload_len: 0,
            ip: IpFacts::default(),
            link: LinkFacts::default(),
            fragments: &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hops_are_counted_from_the_usual_initial_values() {
        assert_eq!([64, 63, 55, 128, 120, 255, 250, 32].map(hops), [0, 1, 9, 0, 8, 0, 5, 0]);
    }
}
