//! A whole flow read at once: its dialogue, its streams with the packet of every byte, its TLS facts.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use crate::flow::{Events, FlowRow, SideFlags, Trace, TraceSegment, Unusable, unusable};
use crate::net::{Checksum, Segment};
use crate::proto::dialogue::{Event, FactsObserver, Observer};
use crate::proto::tls::Fingerprints;
use crate::proto::{FlowReader, Secrets, TlsFacts};
use crate::stream::{Arrival, Chunk};
use crate::vocab::{Direction, PacketNumber, PerDirection, StreamRange, Time};

/// A stretch of one direction's stream.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Piece {
    /// Where it lies in the stream.
    pub range: StreamRange,
    /// Its bytes; `None` for a gap.
    pub source: Option<Source>,
}

/// Where a stretch's bytes are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Source {
    /// The packet that carried them.
    pub packet: PacketNumber,
    /// When it was captured.
    pub time: Time,
    /// Offset of the first of them in the packet's TCP payload.
    pub skip: usize,
}

/// Both directions' streams of one flow.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Streams {
    /// Each direction's stretches in stream order.
    pub pieces: PerDirection<Vec<Piece>>,
    /// The stretches in the order in which they became readable: the conversation.
    pub order: Vec<(Direction, usize)>,
}

impl Piece {
    /// Its bytes; none for a gap.
    pub fn bytes<'t>(&self, trace: &'t Trace) -> &'t [u8] {
        let Some(source) = &self.source else { return &[] };
        let Some(segment) = trace.by_packet(source.packet) else { return &[] };
        let range: Range<usize> = source.skip..source.skip + self.range.len() as usize;
        trace.payload(segment).get(range).unwrap_or_default()
    }
}

impl Streams {
    /// The bytes of one direction in `range`; gaps are left out.
    pub fn slice(&self, trace: &Trace, direction: Direction, range: StreamRange) -> Vec<u8> {
        let mut bytes = Vec::new();
        for piece in self.pieces_in(direction, range) {
            let from = range.start.max(piece.range.start) - piece.range.start;
            let to = range.end.min(piece.range.end) - piece.range.start;
            bytes.extend_from_slice(piece.bytes(trace).get(from as usize..to as usize).unwrap_or_default());
        }
        bytes
    }

    /// Exchanges the ends.
    pub(crate) fn turn(&mut self) {
        self.pieces.swap();
        for (direction, _) in &mut self.order {
            *direction = direction.reversed();
        }
    }

    /// Whether a stretch of a direction was captured again with other bytes. The first copy is the one that was read;
    /// which one the receiver took, the packets do not say.
    pub fn is_contradicted(&self, trace: &Trace, direction: Direction, range: StreamRange) -> bool {
        let read = self.slice(trace, direction, range);
        let base = trace.row.sides[direction].first_seq();
        read.len() as u64 == range.len()
            && trace.sent(direction).filter(|segment| !segment.flags.rst()).any(|segment| {
                let start = u64::from(segment.seq.wrapping_add(u32::from(segment.flags.syn())).wrapping_sub(base));
                let payload = trace.payload(segment);
                let (from, to) = (start.max(range.start), (start + payload.len() as u64).min(range.end));
                from < to
                    && payload[(from - start) as usize..(to - start) as usize]
                        != read[(from - range.start) as usize..(to - range.start) as usize]
            })
    }

    /// The pieces of a direction that have bytes in `range`, gaps included.
    pub fn pieces_in(&self, direction: Direction, range: StreamRange) -> impl Iterator<Item = &Piece> {
        let pieces = &self.pieces[direction];
        let first = pieces.partition_point(|piece| piece.range.end <= range.start);
        pieces[first..].iter().take_while(move |piece| piece.range.start < range.end)
    }

    /// The piece that holds the byte at `offset` of a direction.
    pub fn piece_at(&self, direction: Direction, offset: u64) -> Option<&Piece> {
        let pieces = &self.pieces[direction];
        let at = pieces.partition_point(|piece| piece.range.end <= offset);
        pieces.get(at).filter(|piece| piece.range.contains(offset))
    }
}

/// How a segment's numbers arrive at a reader; the one place where a flow's row and a segment become an [`Arrival`].
pub fn arrival<'a>(
    row: &FlowRow,
    segment: &Segment<'a>,
    direction: Direction,
    events: Events,
    packet: PacketNumber,
    time: Time,
) -> Option<Arrival<'a>> {
    let facts = Numbers { seq: segment.seq, ack: segment.ack, flags: segment.flags, payload_len: segment.payload_len };
    facts.arrival(row, segment.payload, direction, events, packet, time)
}

struct Numbers {
    seq: u32,
    ack: u32,
    flags: crate::net::TcpFlags,
    payload_len: u32,
}

impl Numbers {
    fn arrival<'a>(
        &self,
        row: &FlowRow,
        payload: &'a [u8],
        direction: Direction,
        events: Events,
        packet: PacketNumber,
        time: Time,
    ) -> Option<Arrival<'a>> {
        if events.any(Events::NOT_PART) {
            return None;
        }
        let (own, other) = (&row.sides[direction], &row.sides[direction.reversed()]);
        // The payload of a reset is no stream data (RFC 9293 §3.5.3 lets it explain the reset).
        let (payload, payload_len) = if self.flags.rst() { (&payload[..0], 0) } else { (payload, self.payload_len) };
        let ack = self.flags.ack().then(|| {
            // A FIN takes one sequence number that is no byte of the stream.
            let fin = other.flags.has(SideFlags::FIN) && self.ack == other.next_seq;
            (self.ack.wrapping_sub(u32::from(fin)), other.first_seq())
        });
        Some(Arrival {
            direction,
            seq: self.seq.wrapping_add(u32::from(self.flags.syn())),
            first_seq: own.first_seq(),
            ack: ack.filter(|_| other.flags.has(SideFlags::BASE)),
            payload,
            payload_len,
            packet,
            time,
        })
    }
}

/// Reads a trace, opening with `secrets` what they open: tells `observer` everything, and returns the streams and the
/// TLS facts.
pub fn read(trace: &Trace, secrets: &Arc<Secrets>, observer: &mut impl Observer) -> (Streams, TlsFacts) {
    let mut streams = Streams::default();
    let (mut facts, mut prints) = (TlsFacts::default(), Fingerprints::default());
    let mut reader = FlowReader::new(is_midstream(&trace.row), secrets);
    // The row as it was when a segment arrived is not kept; base sequence numbers do not change, and a FIN seen later
    // only matters for the acknowledgment that covers it.
    let damaged = damaged(trace);
    for segment in trace.segments.iter().filter(|segment| !damaged.contains(&segment.packet)) {
        let Some(arrival) = trace_arrival(trace, segment) else { continue };
        let mut both = |event: &Event<'_>| {
            FactsObserver::new(&mut facts, &mut prints).event(event);
            observer.event(event);
        };
        reader.segment(&arrival, &mut both, &mut |direction, chunk| streams.add(direction, chunk));
    }
    let mut both = |event: &Event<'_>| {
        FactsObserver::new(&mut facts, &mut prints).event(event);
        observer.event(event);
    };
    reader.finish(&mut both, &mut |direction, chunk| streams.add(direction, chunk));
    (streams, facts)
}

/// Whether the capture lacks a flow's beginning: neither SYN nor SYN-ACK.
pub fn is_midstream(row: &FlowRow) -> bool {
    let syns = SideFlags::SYN | SideFlags::SYN_ACK;
    !row.sides.to_server.flags.any(syns) && !row.sides.to_client.flags.any(syns)
}

/// The packets that their receiver drops for a wrong checksum, where others carry the stream's bytes of that place.
fn damaged(trace: &Trace) -> HashSet<PacketNumber> {
    if trace.segments.iter().all(|segment| segment.checksum != Checksum::Wrong) {
        return HashSet::new();
    }
    let dropped: HashSet<PacketNumber> =
        unusable(trace).into_iter().filter(|(_, why)| *why == Unusable::Damaged).map(|(packet, _)| packet).collect();
    let mut found = HashSet::new();
    for way in Direction::BOTH {
        let base = trace.row.sides[way].first_seq();
        let place = |segment: &TraceSegment| i64::from(segment.seq.wrapping_sub(base).cast_signed());
        let right = trace.sent(way).filter(|s| s.checksum == Checksum::Right && s.payload_len > 0);
        let right = right.map(|s| (place(s), place(s) + i64::from(s.payload_len)));
        let bad = trace.sent(way).filter(|s| dropped.contains(&s.packet)).map(|s| (place(s), s.packet));
        found.extend(covered(bad, right));
    }
    found
}

/// Which of some places lie in a stretch `(start, end)` of others, in one sweep over both: a flow can have thousands of
/// either.
fn covered<T: Ord>(places: impl Iterator<Item = (i64, T)>, stretches: impl Iterator<Item = (i64, i64)>) -> Vec<T> {
    let mut places: Vec<_> = places.collect();
    let mut stretches: Vec<_> = stretches.collect();
    places.sort_unstable();
    stretches.sort_unstable();
    let mut stretches = stretches.into_iter().peekable();
    let mut reached = i64::MIN;
    let inside = places.into_iter().filter_map(|(place, what)| {
        while let Some((_, end)) = stretches.next_if(|(start, _)| *start <= place) {
            reached = reached.max(end);
        }
        (place < reached).then_some(what)
    });
    inside.collect()
}

fn trace_arrival<'a>(trace: &'a Trace, segment: &TraceSegment) -> Option<Arrival<'a>> {
    let numbers =
        Numbers { seq: segment.seq, ack: segment.ack, flags: segment.flags, payload_len: segment.payload_len };
    let payload = trace.payload(segment);
    numbers.arrival(&trace.row, payload, segment.direction, segment.events, segment.packet, segment.time)
}

impl Streams {
    fn add(&mut self, direction: Direction, chunk: &Chunk<'_>) {
        let (range, source) = match *chunk {
            Chunk::Bytes { range, packet, time, skip, .. } => {
                (range, Some(Source { packet, time, skip: skip as usize }))
            }
            Chunk::Gap(range) => (range, None),
            Chunk::Again { .. } => return,
        };
        self.order.push((direction, self.pieces[direction].len()));
        self.pieces[direction].push(Piece { range, source });
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn places_are_found_in_what_covers_them() {
        let check = |places: &[i64], stretches: &[(i64, i64)], expected: &[i64]| {
            let places = places.iter().map(|place| (*place, *place));
            assert_eq!(covered(places, stretches.iter().copied()), expected, "{stretches:?}");
        };
        check(&[5], &[], &[]);
        check(&[0, 4, 5, 9, 10, 30], &[(5, 10), (0, 5)], &[0, 4, 5, 9]);
        // A short stretch within a long one ends nothing.
        check(&[19, 20], &[(0, 20), (3, 4)], &[19]);
        check(&[-1, 0], &[(-1, 0)], &[-1]);
    }

    #[test]
    fn thousands_of_damaged_packets_are_looked_at_once_each() {
        const MANY: i64 = 20_000;
        let looked = Cell::new(0);
        let count = |_: &_| looked.set(looked.get() + 1);
        let compared = Cell::new(0);
        let places = (0..MANY).map(|at| (at * 10, Counted(at, &compared)));
        let found = covered(places, (0..MANY).map(|at| (at * 10, at * 10 + 5)).inspect(count));
        assert_eq!((found.len() as i64, looked.get()), (MANY, MANY));
        assert_eq!(compared.get(), 0, "their places tell them apart");
    }

    /// Counts how often two are compared.
    struct Counted<'c>(i64, &'c Cell<u64>);

    impl PartialEq for Counted<'_> {
        fn eq(&self, other: &Self) -> bool {
            self.cmp(other).is_eq()
        }
    }

    impl Eq for Counted<'_> {}

    impl PartialOrd for Counted<'_> {
        fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
            Some(self.cmp(other))
        }
    }

    impl Ord for Counted<'_> {
        fn cmp(&self, other: &Self) -> std::cmp::Ordering {
            self.1.set(self.1.get() + 1);
            self.0.cmp(&other.0)
        }
    }
}
