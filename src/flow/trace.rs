//! One flow read again in full: every segment with its header facts, events and payload.

use std::ops::Range;

use super::events::Events;
use super::row::FlowRow;
use crate::net::{Checksum, IcmpError, IpFacts, LinkFacts, Segment, TcpFlags, TcpOptions};
use crate::vocab::{Direction, PacketNumber, Time};

/// Payload bytes a trace keeps; what comes after is counted in [`Trace::capped`].
const MAX_BYTES: usize = 32 * 1024 * 1024;
/// Segments a trace keeps.
pub(crate) const MAX_SEGMENTS: usize = 200_000;

/// One segment of a flow.
#[derive(Clone, Debug)]
pub struct TraceSegment {
    /// The packet that carries (or, of fragments, completes) it.
    pub packet: PacketNumber,
    /// When it was captured.
    pub time: Time,
    /// Which way it goes.
    pub direction: Direction,
    /// Sequence number.
    pub seq: u32,
    /// Acknowledgment number; meaningless without ACK.
    pub ack: u32,
    /// Flags.
    pub flags: TcpFlags,
    /// Window, not scaled.
    pub window: u16,
    /// Payload length as the headers state it, in bytes.
    pub payload_len: u32,
    /// TCP options.
    pub options: TcpOptions,
    /// Kinds of the options, in order, padding left out.
    pub option_kinds: Vec<u8>,
    /// IP header facts.
    pub ip: IpFacts,
    /// Link layer facts.
    pub link: LinkFacts,
    /// What it was.
    pub events: Events,
    /// What its checksum tells.
    pub checksum: Checksum,
    payload: Range<usize>,
}

impl TraceSegment {
    /// What it takes in sequence space: its payload, SYN and FIN (RFC 9293 §3.4).
    pub fn sequence_length(&self) -> u32 {
        self.payload_len + u32::from(self.flags.syn()) + u32::from(self.flags.fin())
    }
}

/// An ICMP error that quotes the flow.
#[derive(Clone, Copy, Debug)]
pub struct IcmpNote {
    /// The packet that carries it.
    pub packet: PacketNumber,
    /// When it was captured.
    pub time: Time,
    /// The error.
    pub error: IcmpError,
}

/// All that was captured of one flow, up to a cap.
#[derive(Clone, Debug)]
pub struct Trace {
    /// The flow's row, filled anew from these segments alone.
    pub row: FlowRow,
    /// The segments in capture order.
    pub segments: Vec<TraceSegment>,
    /// The ICMP errors in capture order.
    pub icmp: Vec<IcmpNote>,
    /// Segments left out because the flow is too large.
    pub capped: u64,
    /// Whether its ends are named by their part in TLS, which is not the one they have in TCP.
    pub is_turned: bool,
    bytes: Vec<u8>,
}

impl Trace {
    /// An empty trace of the flow that `row` describes; its ends are kept, the rest is filled by what is added.
    pub fn new(row: &FlowRow) -> Self {
        Self {
            row: row.afresh(),
            segments: Vec::new(),
            icmp: Vec::new(),
            capped: 0,
            is_turned: false,
            bytes: Vec::new(),
        }
    }

    /// Adds the next segment of the flow.
    pub fn segment(&mut self, segment: &Segment<'_>, packet: PacketNumber, time: Time) {
        let (direction, events) = self.row.segment(segment, packet, time);
        if self.capped > 0
            || self.segments.len() >= MAX_SEGMENTS
            || self.bytes.len() + segment.payload.len() > MAX_BYTES
        {
            self.capped += 1;
            return;
        }
        let start = self.bytes.len();
        self.bytes.extend_from_slice(segment.payload);
        self.segments.push(TraceSegment {
            packet,
            time,
            direction,
            seq: segment.seq,
            ack: segment.ack,
            flags: segment.flags,
            window: segment.window,
            payload_len: segment.payload_len,
            options: TcpOptions::decode(segment.options),
            option_kinds: crate::net::options::walk(segment.options).map(|(kind, _)| kind).collect(),
            ip: segment.ip,
            link: segment.link,
            events,
            checksum: Checksum::of(segment),
            payload: start..self.bytes.len(),
        });
    }

    /// Ends a trace that is full: the row is that of the whole flow, and what it has more is counted as left out.
    pub fn cut_short(&mut self, row: &FlowRow) {
        let packets = u64::from(row.sides.to_server.packets) + u64::from(row.sides.to_client.packets);
        self.capped = packets.saturating_sub(self.segments.len() as u64);
        self.row = FlowRow { holes: None, ..row.clone() };
    }

    /// The same flow with client and server exchanged: what was sent `ToServer` goes `ToClient`.
    #[must_use]
    pub fn turned(&self) -> Self {
        let mut turned = self.clone();
        turned.is_turned = !self.is_turned;
        turned.row.swap_ends();
        for segment in &mut turned.segments {
            segment.direction = segment.direction.reversed();
        }
        turned
    }

    /// Adds an ICMP error that quotes the flow.
    pub fn icmp(&mut self, error: IcmpError, packet: PacketNumber, time: Time) {
        self.row.icmp_errors = self.row.icmp_errors.saturating_add(1);
        self.icmp.push(IcmpNote { packet, time, error });
    }

    /// The captured payload of a segment.
    pub fn payload(&self, segment: &TraceSegment) -> &[u8] {
        &self.bytes[segment.payload.clone()]
    }

    /// The first segment for which `wanted` holds.
    pub fn first(&self, wanted: impl Fn(&TraceSegment) -> bool) -> Option<&TraceSegment> {
        self.segments.iter().find(|segment| wanted(segment))
    }

    /// The segments of one direction.
    pub fn sent(&self, direction: Direction) -> impl DoubleEndedIterator<Item = &TraceSegment> {
        self.segments.iter().filter(move |segment| segment.direction == direction)
    }

    /// The segment carried by a packet.
    pub fn by_packet(&self, packet: PacketNumber) -> Option<&TraceSegment> {
        let at = self.segments.partition_point(|segment| segment.packet < packet);
        self.segments.get(at).filter(|segment| segment.packet == packet)
    }
}
