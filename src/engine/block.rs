//! A stretch of a file with the packets in it, decoded: what the reading thread hands to the indexing one.

use std::ops::Range;

use crate::capture::Packet;
use crate::flow::EndsHasher;
use crate::net::{Decoded, Decoder, IcmpError, Segment, Unread, Whole};
use crate::vocab::{PacketNumber, Time};

/// Bytes, and the packets that lie in them.
#[derive(Default)]
pub(super) struct Block {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The packets, in file order.
    pub items: Vec<Item>,
}

/// One packet of a block.
pub(super) struct Item {
    /// When it was captured.
    pub time: Time,
    /// Where its block begins in the file.
    pub offset: u64,
    /// What it is.
    pub what: What,
}

/// What a packet is, without a borrow of the block's bytes.
pub(super) enum What {
    /// A TCP segment whose options and payload lie in the block.
    Segment(Parked),
    /// The last fragment of a datagram.
    Whole(Box<Whole>),
    /// An ICMP error that quotes a TCP segment.
    Icmp(IcmpError),
    /// Something that belongs to no flow.
    Apart,
    /// Nothing we read, and why.
    Unread(Unread),
}

/// A segment that says where in its block its bytes lie.
pub(super) struct Parked {
    /// The hash of its ends.
    pub hash: u64,
    segment: Segment<'static>,
    options: Range<u32>,
    payload: Range<u32>,
}

impl Parked {
    fn new(segment: &Segment<'_>, bytes: &[u8], hash: u64) -> Self {
        let Segment { src, dst, seq, ack, flags, window, checksum, urgent, payload_len, ip, link, .. } = *segment;
        let (options, payload, fragments): (&[u8], &[u8], &[PacketNumber]) = (&[], &[], &[]);
        let place = |part: &[u8]| {
            let start = part.as_ptr().addr().wrapping_sub(bytes.as_ptr().addr()) as u32;
            if part.is_empty() { 0..0 } else { start..start + part.len() as u32 }
        };
        Self {
            hash,
            options: place(segment.options),
            payload: place(segment.payload),
            segment: Segment {
                src,
                dst,
                seq,
                ack,
                flags,
                window,
                checksum,
                urgent,
                options,
                payload,
                payload_len,
                ip,
                link,
                fragments,
            },
        }
    }

    /// The segment, its bytes taken from the block it was parked in.
    pub fn segment<'a>(&self, bytes: &'a [u8]) -> Segment<'a> {
        let part = |range: &Range<u32>| &bytes[range.start as usize..range.end as usize];
        Segment { options: part(&self.options), payload: part(&self.payload), ..self.segment }
    }
}

/// Decodes packets in file order.
#[derive(Default)]
pub(super) struct Numbered {
    decoder: Decoder,
    hasher: EndsHasher,
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
        let what = match self.decoder.decode(packet.link, packet.data, self.last, packet.time) {
            Decoded::Tcp(segment) => {
                What::Segment(Parked::new(&segment, bytes, self.hasher.hash(segment.src, segment.dst)))
            }
            Decoded::Whole(whole) => What::Whole(whole),
            Decoded::Icmp(error) => What::Icmp(error),
            Decoded::Udp(_) => What::Apart,
            Decoded::Unread(reason) => What::Unread(reason),
        };
        Item { time: packet.time, offset: packet.offset, what }
    }

    /// IP fragments that covered bytes already received.
    pub fn fragment_overlaps(&self) -> u64 {
        self.decoder.fragment_overlaps()
    }
}
