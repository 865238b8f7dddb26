//! A stretch of a file with the packets in it, decoded: what the reading thread hands to the indexing one.

use std::ops::Range;

use super::datagrams::Fact;
use super::links::Links;
use crate::capture::Packet;
use crate::facts::CapturedOn;
use crate::flow::EndsHasher;
use crate::net::{
    Arp, Decoded, Decoder, Endpoint, IcmpError, IpFacts, LinkFacts, Other, Reassembled, Segment, TcpFlags, Unread,
};
use crate::vocab::{PacketNumber, Time};

/// Bytes, and the packets that lie in them.
#[derive(Default)]
pub(crate) struct Block {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The packets, in file order.
    pub items: Vec<Item>,
    /// The links that are new in it, in the order of their numbers.
    pub links: Vec<CapturedOn>,
}

/// One packet of a block.
pub(crate) struct Item {
    /// When it was captured.
    pub time: Time,
    /// Where its block begins in the file.
    pub offset: u64,
    /// What it is.
    pub what: What,
}

/// What a packet is, without a borrow of the block's bytes.
pub(crate) enum What {
    /// A TCP segment whose options and payload lie in the block.
    Segment(PendingSegment),
    /// The last fragment of a datagram.
    Reassembled(Box<Reassembled>),
    /// An ICMP error that quotes a TCP segment.
    Icmp(Box<IcmpError>),
    /// A DNS message, or the beginning of QUIC.
    Datagram(Box<Fact>),
    /// A fragment of a datagram that is not complete yet.
    Fragment,
    /// Several frames in one.
    Several(Vec<What>),
    /// An ARP message.
    Arp(Arp),
    /// Something else that carries no TCP.
    Other(Other),
    /// Something that may carry TCP and was not read, and why.
    Unread(Unread),
}

/// A segment that waits to be indexed, its bytes where they lie in the block: what the index needs of it, in two cache
/// lines.
pub(crate) struct PendingSegment {
    /// The hash of its ends.
    pub hash: u64,
    src: Endpoint,
    dst: Endpoint,
    /// Its sequence number.
    pub seq: u32,
    ack: u32,
    /// Its payload's length as the headers state it, in bytes.
    pub payload_len: u32,
    payload: Range<u32>,
    options_at: u32,
    options_len: u8,
    flags: TcpFlags,
    window: u16,
    checksum: u16,
    urgent: u16,
    ip: IpFacts,
    /// Number of its hardware addresses; 0 for none.
    pub link: u16,
}

impl PendingSegment {
    fn new(segment: &Segment<'_>, bytes: &[u8], hash: u64, link: u16) -> Self {
        let place = |part: &[u8]| {
            let start = part.as_ptr().addr().wrapping_sub(bytes.as_ptr().addr()) as u32;
            if part.is_empty() { 0..0 } else { start..start + part.len() as u32 }
        };
        let options = place(segment.options);
        Self {
            hash,
            src: segment.src,
            dst: segment.dst,
            seq: segment.seq,
            ack: segment.ack,
            payload_len: segment.payload_len,
            payload: place(segment.payload),
            options_at: options.start,
            // A header's length leaves at most 40 bytes to them (RFC 9293 §3.1).
            options_len: options.len() as u8,
            flags: segment.flags,
            window: segment.window,
            checksum: segment.checksum,
            urgent: segment.urgent,
            ip: segment.ip,
            link,
        }
    }

    /// The first byte of its payload.
    pub fn first_byte(&self, bytes: &[u8]) -> Option<u8> {
        bytes.get(self.payload.start as usize).copied()
    }

    /// The segment, its bytes taken from the block that it lies in; without what the link layer said.
    pub fn segment<'a>(&self, bytes: &'a [u8]) -> Segment<'a> {
        let Self { src, dst, seq, ack, payload_len, flags, window, checksum, urgent, ip, .. } = *self;
        let part = |start: u32, end: u32| &bytes[start as usize..end as usize];
        Segment {
            src,
            dst,
            seq,
            ack,
            flags,
            window,
            checksum,
            urgent,
            options: part(self.options_at, self.options_at + u32::from(self.options_len)),
            payload: part(self.payload.start, self.payload.end),
            payload_len,
            ip,
            link: LinkFacts::default(),
            fragments: &[],
        }
    }
}

/// Decodes packets in file order.
#[derive(Default)]
pub(crate) struct Numbered {
    decoder: Decoder,
    hasher: EndsHasher,
    links: Links,
    last: PacketNumber,
}

impl Numbered {
    /// A decoder whose segments have the hashes of `hasher`.
    pub fn new(hasher: EndsHasher) -> Self {
        Self { hasher, ..Self::default() }
    }

    /// Decodes the next packet, which lies in `bytes`.
    pub fn item(&mut self, packet: &Packet<'_>, bytes: &[u8]) -> Item {
        self.last = PacketNumber(self.last.0 + 1);
        let whole = packet.data.len() >= packet.original_len as usize;
        let decoded = self.decoder.decode(packet.link, packet.data, self.last, packet.time);
        let what = match &decoded {
            Decoded::Tcp(segment) => self.segment(segment, packet.interface, bytes),
            _ => self.what(decoded, packet.interface, bytes, whole),
        };
        Item { time: packet.time, offset: packet.offset, what }
    }

    fn segment(&mut self, segment: &Segment<'_>, interface: u32, bytes: &[u8]) -> What {
        let link = self.links.number(CapturedOn { macs: segment.link.macs, vlan: segment.link.vlan, interface });
        What::Segment(PendingSegment::new(segment, bytes, self.hasher.hash(segment.src, segment.dst), link))
    }

    /// What a frame is, of which all bytes were captured or not.
    fn what(&mut self, decoded: Decoded<'_>, interface: u32, bytes: &[u8], whole: bool) -> What {
        match decoded {
            Decoded::Tcp(segment) => self.segment(&segment, interface, bytes),
            Decoded::Reassembled(datagram) => What::Reassembled(datagram),
            Decoded::Fragment => What::Fragment,
            Decoded::Several(parts) => {
                What::Several(parts.into_iter().map(|part| self.what(part, interface, bytes, whole)).collect())
            }
            Decoded::Icmp(error) => What::Icmp(Box::new(error)),
            Decoded::Udp(datagram) => match Fact::read(&datagram) {
                Some(fact) => What::Datagram(Box::new(fact)),
                None => What::Other(Other::Udp),
            },
            Decoded::Arp(arp) => What::Arp(arp),
            Decoded::Other(other) => What::Other(other),
            Decoded::Unread(reason) => What::Unread(reason.in_frame(whole)),
        }
    }

    /// The links that are new since the last block, for its [`Block::links`].
    pub fn new_links(&mut self) -> Vec<CapturedOn> {
        self.links.take_new()
    }

    /// Packets whose link was not kept: there are too many.
    pub fn unkept_links(&self) -> u64 {
        self.links.left_out
    }

    /// IP fragments that covered bytes already received.
    pub fn fragment_overlaps(&self) -> u64 {
        self.decoder.fragment_overlaps()
    }

    /// Packets with fragments of datagrams that may carry TCP and are not complete.
    pub fn missing_fragments(&self) -> u64 {
        self.decoder.missing_fragments()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_takes_two_cache_lines() {
        assert!(size_of::<Item>() <= 128, "{}", size_of::<Item>());
    }
}
