//! Who is told of the headers of a frame as the decoder comes by them: nobody in the pass, [`super::tree`] for a reader.

use super::layer::Layer;

/// A tunnel over UDP.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum UdpTunnel {
    Vxlan,
    Geneve,
    GtpUser,
    Capwap,
    Gre,
    Ayiya,
    Teredo,
    L2tp,
}

/// What begins at a place the decoder came by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Header {
    /// A header below IP.
    Link(Layer),
    /// An IPv4 or IPv6 header.
    Ip,
    /// What an IP header carries, by its protocol number.
    Payload(u8),
    /// A part of a fragmented datagram.
    Fragment,
    /// A tunnel's header in a UDP datagram.
    OverUdp(UdpTunnel),
}

/// Who is told of the headers of a frame as the decoder comes by them, outermost first.
pub(super) trait Seen {
    /// A header begins where `bytes` begins; what it can hold ends where they end.
    fn header(&mut self, header: Header, bytes: &[u8]);
    /// The frame completes a fragmented datagram, whose payload is `bytes`: the headers to come are in there.
    fn reassembled(&mut self, bytes: &[u8]);
}

/// Nobody: costs nothing.
impl Seen for () {
    #[inline]
    fn header(&mut self, _: Header, _: &[u8]) {}
    #[inline]
    fn reassembled(&mut self, _: &[u8]) {}
}
