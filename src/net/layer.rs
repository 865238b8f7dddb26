//! What a header below IP leads to, and how its numbers are read: what all files of headers share.
//!
//! Link types are numbered as in the LINKTYPE registry of tcpdump.org.

use super::unread::{Other, Unread};

/// Link types that more than one place names.
pub(super) const ETHERNET: u16 = 1;
pub(super) const FDDI: u16 = 10;
pub(super) const IEEE802_11: u16 = 105;
pub(super) const INFINIBAND: u16 = 247;

/// What the bytes at hand are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Layer {
    /// A frame of this link type.
    Link(u16),
    /// What an Ethertype announces.
    Ethertype(u16),
    /// What a PPP protocol number announces.
    Ppp(u16),
    /// A stack of labels.
    Mpls,
    /// IEEE 802.2.
    Llc,
    /// An IEEE 802.11 frame of which the two bytes of Frame Control stand the other way round (CAPWAP, as Cisco has it).
    SwappedWlan,
    /// One frame of several in an IEEE 802.11 frame.
    Msdu,
    /// ERSPAN type II or III.
    Erspan,
}

/// What there is below the last header that is known.
#[derive(Clone, Copy, Debug)]
pub(super) enum Below<'a> {
    /// An IP packet.
    Ip(&'a [u8]),
    /// The frames of an IEEE 802.11 A-MSDU.
    Msdus(&'a [u8]),
    /// An ARP message.
    Arp(&'a [u8]),
    /// Nothing that carries TCP.
    Other(Other),
}

/// What comes after a header: where it begins, counted from the header's first byte.
pub(super) enum Next {
    Ip(usize),
    Layer(Layer, usize),
    Msdus(usize),
    Other(Other),
}

/// An address family, as the systems number them.
#[inline]
pub(super) fn family(family: u32, skip: usize) -> Next {
    if matches!(family, 2 | 10 | 23 | 24 | 28 | 30) { Next::Ip(skip) } else { Next::Other(Other::Family(family)) }
}

/// A small number in the byte order of the host that captured.
#[inline]
pub(super) fn host_order(bytes: [u8; 4]) -> u32 {
    let number = u32::from_be_bytes(bytes);
    if number > 0xffff { number.swap_bytes() } else { number }
}

/// The bytes at an offset of a header; where they are not all there the header is cut.
#[inline]
pub(super) fn array<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N], Unread> {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).copied().ok_or(Unread::Cut)
}

/// A number of 16 bits, as protocols write it.
#[inline]
pub(super) fn be16(bytes: &[u8], at: usize) -> Result<u16, Unread> {
    array(bytes, at).map(u16::from_be_bytes)
}

/// A number of 32 bits.
#[inline]
pub(super) fn be32(bytes: &[u8], at: usize) -> Result<u32, Unread> {
    array(bytes, at).map(u32::from_be_bytes)
}
