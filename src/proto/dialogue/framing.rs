//! TLS inside another protocol's packets: their headers are taken out, and every offset told is that of the flow's stream.
//!
//! SQL Server's TDS wraps each flight of the handshake in packets of its own and leaves them when the handshake is over
//! (MS-TDS 2.2.3.1, 2.2.6.5, 3.2.5.2). Start at [`Framing::feed`]; what it hands on to the dialogue looks like any other
//! stream, and [`Unframed`] puts the offsets right in what the dialogue tells.

use super::events::{Event, EventKind, Observer, Wrapping};
use super::tracker::Dialogue;
use crate::stream::Chunk;
use crate::vocab::{Direction, PacketNumber, PerDirection, StreamRange, Time};

/// Length of a TDS packet's header in bytes.
const HEADER: usize = 8;
/// Bytes that tell what a packet holds: its header, and the type and version of a record.
const TOLD_BY: usize = HEADER + 2;
/// The packet type of PRELOGIN and of the handshake's records.
const PRELOGIN: u8 = 0x12;
/// Packets of a direction whose headers are taken out; no handshake has as many.
const MAX_PACKETS: usize = 4_096;

/// Both directions' packets.
#[derive(Default)]
pub(in crate::proto) struct Framing {
    sides: PerDirection<Side>,
}

/// One direction's packets.
#[derive(Default)]
struct Side {
    /// Bytes of a packet that are too few to tell what it holds, where they begin, and what brought the first of them.
    head: Vec<u8>,
    head_start: u64,
    head_origin: (PacketNumber, Time),
    /// Bytes of the current packet that are still to come.
    left: u64,
    /// Whether records have begun in this direction.
    has_records: bool,
    /// Whether packets have ended.
    is_over: bool,
    /// Offsets of what is handed on at which headers were taken out, with the bytes taken out so far.
    removed: Vec<(u64, u64)>,
}

/// What a stretch consists of.
enum Piece {
    /// The bytes that waited for more.
    Head(Vec<u8>, StreamRange, (PacketNumber, Time)),
    /// Bytes of the chunk from an index on.
    Body(usize, StreamRange),
}

impl Framing {
    /// Whether a flow begins with a PRELOGIN packet: one packet whose first option is the version (MS-TDS 2.2.6.5).
    pub fn begins(direction: Direction, chunk: &Chunk<'_>) -> bool {
        let Chunk::Bytes { range, bytes, .. } = chunk else { return false };
        let starts = matches!(bytes, [PRELOGIN, 1, high, low, _, _, _, 0, 0, 0, _, 0, 6, ..]
            if usize::from(u16::from_be_bytes([*high, *low])) >= HEADER + 6);
        direction == Direction::ToServer && range.start == 0 && starts
    }

    /// Takes the next stretch of one direction and hands on what is no header.
    pub fn feed(&mut self, from: Direction, chunk: &Chunk<'_>, dialogue: &mut Dialogue, observer: &mut impl Observer) {
        match *chunk {
            Chunk::Again { .. } => {}
            Chunk::Gap(range) => {
                self.release(from, dialogue, observer);
                let gap = Chunk::Gap(self.sides[from].lose(range));
                dialogue.feed(from, &gap, &mut self.observer(observer));
            }
            Chunk::Bytes { range, bytes, packet, time, skip } => {
                for piece in self.sides[from].split(range, bytes, (packet, time)) {
                    let chunk = match &piece {
                        Piece::Head(bytes, range, (packet, time)) => {
                            Chunk::Bytes { range: *range, bytes, packet: *packet, time: *time, skip: 0 }
                        }
                        Piece::Body(at, range) => {
                            let bytes = &bytes[*at..*at + range.len() as usize];
                            Chunk::Bytes { range: *range, bytes, packet, time, skip: skip + *at as u32 }
                        }
                    };
                    dialogue.feed(from, &chunk, &mut self.observer(observer));
                }
            }
        }
    }

    /// Ends both directions: what waits for more is handed on.
    pub fn finish(&mut self, dialogue: &mut Dialogue, observer: &mut impl Observer) {
        for from in Direction::BOTH {
            self.release(from, dialogue, observer);
        }
        dialogue.finish(&mut self.observer(observer));
    }

    fn release(&mut self, from: Direction, dialogue: &mut Dialogue, observer: &mut impl Observer) {
        let Some(Piece::Head(bytes, range, (packet, time))) = self.sides[from].take_head() else { return };
        let chunk = Chunk::Bytes { range, bytes: &bytes, packet, time, skip: 0 };
        dialogue.feed(from, &chunk, &mut self.observer(observer));
    }

    fn observer<'a, O>(&'a self, observer: &'a mut O) -> Unframed<'a, O> {
        Unframed { framing: self, observer }
    }
}

impl Side {
    /// Cuts a stretch where headers lie in it.
    fn split(&mut self, range: StreamRange, bytes: &[u8], origin: (PacketNumber, Time)) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            let here = range.start + at as u64;
            if self.is_over || self.left > 0 {
                let left = if self.is_over { u64::MAX } else { self.left };
                let length = left.min((bytes.len() - at) as u64);
                self.left = self.left.saturating_sub(length);
                pieces.push(Piece::Body(at, self.handed_on(StreamRange::new(here, here + length))));
                at += length as usize;
                continue;
            }
            let waiting = self.head.len();
            if waiting == 0 {
                self.head_start = here;
                self.head_origin = origin;
            }
            let taken = (TOLD_BY - waiting).min(bytes.len() - at);
            self.head.extend_from_slice(&bytes[at..at + taken]);
            at += taken;
            let Some(head) = self.head.first_chunk::<TOLD_BY>().copied() else { break };
            self.enter(&head);
            pieces.extend(self.take_head());
        }
        pieces
    }

    /// Decides what begins with these bytes; they are counted as come.
    fn enter(&mut self, head: &[u8; TOLD_BY]) {
        let is_record = |bytes: &[u8]| matches!(bytes, [20..=23, 3]);
        let length = u64::from(u16::from_be_bytes([head[2], head[3]]));
        let is_packet = matches!(head, [1..=PRELOGIN, 0 | 1, ..]) && length > HEADER as u64;
        if !is_packet || self.removed.len() >= MAX_PACKETS {
            self.is_over = true;
            return;
        }
        if head[0] == PRELOGIN && (self.has_records || is_record(&head[HEADER..])) {
            self.has_records = true;
            let before = self.removed.last().map_or(0, |(_, taken)| *taken);
            self.removed.push((self.head_start - before, before + HEADER as u64));
            self.head.drain(..HEADER);
            self.head_start += HEADER as u64;
        }
        self.left = length.saturating_sub(TOLD_BY as u64);
    }

    /// The bytes that waited, to be handed on.
    fn take_head(&mut self) -> Option<Piece> {
        let head = std::mem::take(&mut self.head);
        let range = StreamRange::new(self.head_start, self.head_start + head.len() as u64);
        (!head.is_empty()).then(|| Piece::Head(head, self.handed_on(range), self.head_origin))
    }

    /// Bytes are missing: where the next packet begins is known if the current one hides them all.
    fn lose(&mut self, range: StreamRange) -> StreamRange {
        self.is_over |= range.len() > self.left && !self.has_records;
        self.left = self.left.saturating_sub(range.len());
        self.handed_on(range)
    }

    /// The offsets under which a range of the stream is handed on.
    fn handed_on(&self, range: StreamRange) -> StreamRange {
        let taken = self.removed.last().map_or(0, |(_, taken)| *taken);
        StreamRange::new(range.start - taken, range.end - taken)
    }

    /// The range of the stream that was handed on as `range`; headers inside it belong to it, those around it do not.
    fn in_stream(&self, range: StreamRange) -> StreamRange {
        let taken = |count: usize| count.checked_sub(1).map_or(0, |last| self.removed[last].1);
        let start = range.start + taken(self.removed.partition_point(|(at, _)| *at <= range.start));
        let end = range.end + taken(self.removed.partition_point(|(at, _)| *at < range.end));
        StreamRange::new(start, end.max(start))
    }
}

/// Tells what a dialogue tells with the offsets of the flow's stream.
struct Unframed<'a, O> {
    framing: &'a Framing,
    observer: &'a mut O,
}

impl<O: Observer> Observer for Unframed<'_, O> {
    fn event(&mut self, event: &Event<'_>) {
        let side = &self.framing.sides[event.from];
        let range = side.in_stream(event.range);
        match event.kind {
            EventKind::Message { kind, bytes, pieces } => {
                let pieces: Vec<_> = pieces.iter().map(|piece| side.in_stream(*piece)).collect();
                self.observer.event(&Event {
                    range,
                    kind: EventKind::Message { kind, bytes, pieces: &pieces },
                    ..*event
                });
            }
            EventKind::Start { opens, late, .. } => {
                let kind = EventKind::Start { opens, late, wrapping: Some(Wrapping::Tds) };
                self.observer.event(&Event { range, kind, ..*event });
            }
            _ => self.observer.event(&Event { range, ..*event }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::proto::tls::secrets::Secrets;

    fn packet(kind: u8, payload: &[u8]) -> Vec<u8> {
        let length = (HEADER + payload.len()) as u16;
        [&[kind, 1][..], &length.to_be_bytes(), &[0, 0, 0, 0], payload].concat()
    }

    /// Feeds what the client sends in stretches of `step` bytes; the ranges of records and the start are told.
    fn told(stream: &[u8], step: usize) -> Vec<(StreamRange, bool)> {
        let (mut framing, mut dialogue) = (Framing::default(), Dialogue::new(false, Arc::new(Secrets::default())));
        let mut told = Vec::new();
        let mut hear = |event: &Event<'_>| match event.kind {
            EventKind::Start { opens: true, wrapping, .. } => told.push((event.range, wrapping == Some(Wrapping::Tds))),
            EventKind::Record { .. } => told.push((event.range, false)),
            _ => {}
        };
        for (at, bytes) in stream.chunks(step).enumerate() {
            let start = (at * step) as u64;
            let range = StreamRange::new(start, start + bytes.len() as u64);
            let chunk = Chunk::Bytes { range, bytes, packet: PacketNumber(at as u32 + 1), time: Time(0), skip: 0 };
            framing.feed(Direction::ToServer, &chunk, &mut dialogue, &mut hear);
        }
        framing.finish(&mut dialogue, &mut hear);
        told
    }

    #[test]
    fn records_are_found_in_packets_and_behind_them_however_they_are_cut() {
        let prelogin = packet(PRELOGIN, &[0, 0, 6, 0, 6, 0xff, 1, 2, 3, 4, 5, 6]);
        let hello = [&[22, 3, 1, 0, 46, 1, 0, 0, 42, 3, 3][..], &[7; 32], &[0, 0, 2, 0x13, 1, 1, 0, 0]].concat();
        // The record continues in a second packet.
        let stream = [prelogin, packet(PRELOGIN, &hello[..20]), packet(PRELOGIN, &hello[20..])].concat();
        let change = packet(PRELOGIN, &[20, 3, 3, 0, 1, 1]);
        let stream = [stream, change, vec![23, 3, 3, 0, 4, 1, 2, 3, 4]].concat();
        let start = 20 + 8;
        let expected = [
            (StreamRange::new(start, start), true),
            (StreamRange::new(start, start + 51 + 8), false),
            (StreamRange::new(start + 51 + 16, start + 51 + 22), false),
            (StreamRange::new(start + 51 + 22, start + 51 + 31), false),
        ];
        for step in [1, 2, 7, 9, 64, 1000] {
            assert_eq!(told(&stream, step), expected, "{step}");
        }
    }

    #[test]
    fn what_only_looks_like_a_packet_is_left_alone() {
        let chunk = |bytes| Chunk::Bytes {
            range: StreamRange::new(0, 14),
            bytes,
            packet: PacketNumber(1),
            time: Time(0),
            skip: 0,
        };
        assert!(Framing::begins(Direction::ToServer, &chunk(&[18, 1, 0, 20, 0, 0, 0, 0, 0, 0, 6, 0, 6, 0xff])));
        assert!(!Framing::begins(Direction::ToClient, &chunk(&[18, 1, 0, 20, 0, 0, 0, 0, 0, 0, 6, 0, 6, 0xff])));
        assert!(!Framing::begins(Direction::ToServer, &chunk(&[18, 1, 0, 8, 0, 0, 0, 0, 0, 0, 6, 0, 6, 0xff])));
        assert!(!Framing::begins(Direction::ToServer, &chunk(b"\x12\x01GET / HTTP/1")));
    }
}
