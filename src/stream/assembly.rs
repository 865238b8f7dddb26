//! Both directions of a flow: each segment goes to its direction's assembler, its acknowledgment to the other's.

use super::assembler::{Assembler, Chunk, unwrap_offset};
use crate::vocab::{Direction, PacketNumber, PerDirection, Time};

/// One segment, as its reader needs it.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    /// Which way it goes.
    pub direction: Direction,
    /// Sequence number of the first payload byte.
    pub seq: u32,
    /// Sequence number of its direction's stream offset 0.
    pub first_seq: u32,
    /// What it acknowledges and the sequence number of the other direction's offset 0; `None` without ACK.
    pub ack: Option<(u32, u32)>,
    /// The captured payload.
    pub payload: &'a [u8],
    /// The payload's length as the headers state it.
    pub payload_len: u32,
    /// The packet.
    pub packet: PacketNumber,
    /// When it was captured.
    pub time: Time,
}

/// The assemblers of both directions. A clone goes on from the same place.
#[derive(Clone, Debug, Default)]
pub struct Assembly {
    assemblers: PerDirection<Assembler>,
}

impl Assembly {
    /// Takes the next segment; every stretch that is now in order goes to `sink`.
    pub fn segment(&mut self, arrival: &Arrival<'_>, sink: &mut impl FnMut(Direction, &Chunk<'_>)) {
        let Arrival { direction, packet, time, .. } = *arrival;
        if let Some((ack, first_seq)) = arrival.ack {
            self.acknowledge(direction, ack, first_seq, sink);
        }
        if arrival.payload_len == 0 {
            return;
        }
        let assembler = &mut self.assemblers[direction];
        let offset = unwrap_offset(arrival.seq, arrival.first_seq, assembler.next());
        // What lies before the stream's beginning is no stream data.
        let before = offset.min(0).unsigned_abs() as usize;
        let payload = arrival.payload.get(before..).unwrap_or_default();
        let stated = arrival.payload_len.saturating_sub(before as u32);
        let start = offset.max(0) as u64;
        assembler.insert(start, payload, stated, packet, time, &mut |chunk| sink(direction, &chunk));
    }

    /// Notes that a segment in `direction` acknowledges `ack`, where `first_seq` is offset 0 of the other one.
    pub fn acknowledge(
        &mut self,
        direction: Direction,
        ack: u32,
        first_seq: u32,
        sink: &mut impl FnMut(Direction, &Chunk<'_>),
    ) {
        let other = &mut self.assemblers[direction.reversed()];
        let offset = unwrap_offset(ack, first_seq, other.next());
        let offset = u64::try_from(offset).unwrap_or(0);
        other.acknowledged(offset, &mut |chunk| sink(direction.reversed(), &chunk));
    }

    /// Takes the next `bytes` of a direction as handed on; nothing may wait.
    pub fn pass_over(&mut self, direction: Direction, bytes: u64) {
        self.assemblers[direction].pass_over(bytes);
    }

    /// Ends both directions.
    pub fn finish(&mut self, sink: &mut impl FnMut(Direction, &Chunk<'_>)) {
        for direction in Direction::BOTH {
            self.assemblers[direction].finish(&mut |chunk| sink(direction, &chunk));
        }
    }

    /// The offset up to which a direction was handed on.
    pub fn next(&self, direction: Direction) -> u64 {
        self.assemblers[direction].next()
    }

    /// Whether bytes wait for earlier ones.
    pub fn is_waiting(&self) -> bool {
        Direction::BOTH.iter().any(|way| self.assemblers[*way].is_waiting())
    }

    /// How many bytes wait for earlier ones.
    pub fn waiting_bytes(&self) -> usize {
        Direction::BOTH.iter().map(|way| self.assemblers[*way].waiting_bytes()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Segments of the client, each by sequence number and payload, in a stream whose first byte has the number `first`.
    fn check(first: u32, segments: &[(u32, &[u8])], stream: &[u8], gaps: &[(u64, u64)]) {
        let (mut bytes, mut missing) = (Vec::new(), Vec::new());
        let mut sink = |_: Direction, chunk: &Chunk<'_>| match chunk {
            Chunk::Bytes { range, bytes: more, .. } => {
                assert_eq!(range.len() as usize, more.len());
                bytes.extend_from_slice(more);
            }
            Chunk::Gap(range) => missing.push((range.start, range.end)),
            Chunk::Again { .. } => {}
        };
        let mut assembly = Assembly::default();
        for (seq, payload) in segments {
            let arrival = Arrival {
                direction: Direction::ToServer,
                seq: *seq,
                first_seq: first,
                ack: None,
                payload,
                payload_len: payload.len() as u32,
                packet: PacketNumber(1),
                time: Time(0),
            };
            assembly.segment(&arrival, &mut sink);
        }
        assembly.finish(&mut sink);
        assert_eq!((bytes, missing), (stream.to_vec(), gaps.to_vec()));
    }

    #[test]
    fn sequence_numbers_wrap() {
        check(u32::MAX - 1, &[(u32::MAX - 1, b"ab"), (0, b"cd")], b"abcd", &[]);
        check(u32::MAX - 1, &[(0, b"cd"), (u32::MAX, b"b"), (u32::MAX - 1, b"a")], b"abcd", &[]);
        check(u32::MAX - 1, &[(u32::MAX - 1, b"abcd"), (u32::MAX, b"XX"), (1, b"de")], b"abcde", &[]);
        check(u32::MAX, &[(u32::MAX, b"a"), (1, b"c")], b"ac", &[(1, 2)]);
    }

    #[test]
    fn bytes_before_the_stream_are_no_part_of_it() {
        check(100, &[(99, b"-a"), (101, b"b")], b"ab", &[]);
        check(100, &[(98, b"-"), (100, b"ab")], b"ab", &[]);
        check(0, &[(u32::MAX, b"-ab")], b"ab", &[]);
    }

    #[test]
    fn an_acknowledged_end_that_was_not_captured_is_a_gap() {
        let mut assembly = Assembly::default();
        let mut gaps = Vec::new();
        assembly.acknowledge(Direction::ToClient, 2, u32::MAX, &mut |_, _| {});
        assembly.finish(&mut |direction, chunk| gaps.push((direction, matches!(chunk, Chunk::Gap(r) if r.len() == 3))));
        assert_eq!(gaps, [(Direction::ToServer, true)]);
    }
}
