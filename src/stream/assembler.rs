//! One direction's segments in any order → its bytes in order, within bounds.

use crate::vocab::{PacketNumber, StreamRange, Time};

/// Bytes kept out of order; above that the hole before them is given up as a gap.
const MAX_PENDING_BYTES: usize = 512 * 1024;
/// Segments kept out of order; above that holes are given up until half of them are left. Of bytes sent one by one each
/// costs as much as a full segment.
const MAX_PENDING: usize = 4 * 1024;
/// Segments that may follow an acknowledged hole before it counts as a gap: capturing can reorder packets a little.
const PATIENCE: u32 = 64;

/// Longest payload that can be padding, in bytes: what fills a frame of 60 bytes behind headers of 54. Some stacks count it
/// into an ACK's length, and a probe of a closed window carries one byte of it.
const MAX_PADDING: usize = 6;

/// The next stretch of the stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Chunk<'a> {
    /// Bytes, all from one packet.
    Bytes {
        /// Where they lie in the stream.
        range: StreamRange,
        /// The bytes.
        bytes: &'a [u8],
        /// The packet that carried them.
        packet: PacketNumber,
        /// When it was captured.
        time: Time,
        /// Offset of the first of them in the packet's TCP payload.
        skip: u32,
    },
    /// Bytes the capture lacks.
    Gap(StreamRange),
    /// Bytes for a place that had some already, or that was given up as a gap before. They change nothing.
    Again {
        /// Where they lie in the stream.
        range: StreamRange,
        /// The bytes.
        bytes: &'a [u8],
        /// The packet that carried them.
        packet: PacketNumber,
    },
}

#[derive(Clone, Debug)]
struct Pending {
    range: StreamRange,
    /// `None` for bytes that were sent but cut off by the snap length.
    bytes: Option<Box<[u8]>>,
    packet: PacketNumber,
    time: Time,
    skip: u32,
}

/// Puts one direction's payload in order. Bytes are copied only while they wait for earlier ones.
#[derive(Clone, Debug, Default)]
pub struct Assembler {
    next: u64,
    acked: u64,
    /// Disjoint, in order, all at or after `next`.
    pending: Vec<Pending>,
    pending_bytes: usize,
    waiting: u32,
    padding: Option<Padding>,
}

/// Zeros at the end of what was handed on: bytes of the stream once something follows them or they are acknowledged, and
/// padding where other bytes come in their place before that.
#[derive(Clone, Copy, Debug)]
struct Padding {
    length: usize,
    packet: PacketNumber,
    time: Time,
}

/// The 64-bit stream offset of `seq`, given the sequence number of offset 0 and an offset near it. Negative for bytes
/// before the stream's beginning.
pub fn unwrap_offset(seq: u32, first_seq: u32, near: u64) -> i64 {
    let expected = first_seq.wrapping_add(near as u32);
    near as i64 + i64::from(seq.wrapping_sub(expected) as i32)
}

impl Assembler {
    /// The offset up to which the stream was handed on.
    pub fn next(&self) -> u64 {
        self.next
    }

    /// How many bytes wait for earlier ones.
    pub fn waiting_bytes(&self) -> usize {
        self.pending_bytes
    }

    /// Whether bytes wait for earlier ones.
    pub fn is_waiting(&self) -> bool {
        !self.pending.is_empty() || self.padding.is_some()
    }

    /// Adds a payload that begins at stream offset `start`; `stated_len` is longer than `payload` where the snap
    /// length cut it. Hands on what is now in order.
    pub fn insert(
        &mut self,
        start: u64,
        payload: &[u8],
        stated_len: u32,
        packet: PacketNumber,
        time: Time,
        sink: &mut impl FnMut(Chunk<'_>),
    ) {
        self.settle_padding((start, payload), sink);
        let end = start + payload.len() as u64;
        let stated_end = start + u64::from(stated_len).max(payload.len() as u64);
        if start < self.next && !payload.is_empty() {
            let again = (self.next - start).min(payload.len() as u64) as usize;
            let range = StreamRange::new(start, start + again as u64);
            sink(Chunk::Again { range, bytes: &payload[..again], packet });
        }
        if self.pending.is_empty() && start <= self.next && end == stated_end {
            // The common case: in order, whole, nothing waiting.
            if start == self.next && payload.len() <= MAX_PADDING && payload.iter().all(|byte| *byte == 0) {
                let is_held = self.padding.is_some_and(|held| held.length >= payload.len());
                if !is_held && !payload.is_empty() {
                    self.padding = Some(Padding { length: payload.len(), packet, time });
                }
            } else if end > self.next {
                let skip = (self.next - start) as usize;
                let range = StreamRange::new(self.next, end);
                self.next = end;
                sink(Chunk::Bytes { range, bytes: &payload[skip..], packet, time, skip: skip as u32 });
            }
            return;
        }
        self.keep(StreamRange::new(start, end), Some((payload, start)), packet, time, sink);
        if stated_end > end {
            self.keep(StreamRange::new(end, stated_end), None, packet, time, sink);
        }
        self.drain(sink);
        if !self.pending.is_empty() {
            self.waiting += 1;
            let hole_acked = self.pending[0].range.start <= self.acked;
            if self.pending_bytes > MAX_PENDING_BYTES || (hole_acked && self.waiting > PATIENCE) {
                self.give_up_hole(sink);
            }
            if self.pending.len() > MAX_PENDING {
                while self.pending.len() > MAX_PENDING / 2 {
                    self.give_up_hole(sink);
                }
            }
        }
    }

    /// Takes the next `bytes` as handed on; nothing may wait.
    pub fn pass_over(&mut self, bytes: u64) {
        self.next += bytes;
    }

    /// Notes that the receiver has acknowledged everything before `offset`; hands on what that shows to be of the stream.
    pub fn acknowledged(&mut self, offset: u64, sink: &mut impl FnMut(Chunk<'_>)) {
        self.acked = self.acked.max(offset);
        if self.acked > self.next {
            self.hand_on_padding(sink);
        }
    }

    /// Decides about zeros that may be padding by what comes next: other bytes in their place show that they are.
    fn settle_padding(&mut self, (start, payload): (u64, &[u8]), sink: &mut impl FnMut(Chunk<'_>)) {
        let (Some(held), Some(first)) = (self.padding, payload.first()) else { return };
        if start != self.next || *first == 0 && payload.len() > held.length {
            self.hand_on_padding(sink);
        } else if *first != 0 {
            self.padding = None;
        }
    }

    fn hand_on_padding(&mut self, sink: &mut impl FnMut(Chunk<'_>)) {
        let Some(Padding { length, packet, time }) = self.padding.take() else { return };
        let range = StreamRange::new(self.next, self.next + length as u64);
        self.next = range.end;
        sink(Chunk::Bytes { range, bytes: &[0; MAX_PADDING][..length], packet, time, skip: 0 });
    }

    /// Ends the stream: holes become gaps, and an acknowledged end that was never seen too.
    pub fn finish(&mut self, sink: &mut impl FnMut(Chunk<'_>)) {
        self.hand_on_padding(sink);
        while !self.pending.is_empty() {
            self.give_up_hole(sink);
        }
        if self.acked > self.next {
            let range = StreamRange::new(self.next, self.acked);
            self.next = self.acked;
            sink(Chunk::Gap(range));
        }
    }

    /// Keeps the parts of `range` that nobody sent before; hands on what waits already.
    fn keep(
        &mut self,
        range: StreamRange,
        payload: Option<(&[u8], u64)>,
        packet: PacketNumber,
        time: Time,
        sink: &mut impl FnMut(Chunk<'_>),
    ) {
        let mut start = range.start.max(self.next);
        let mut at = self.pending.partition_point(|pending| pending.range.end <= start);
        while start < range.end {
            let free_end = self.pending.get(at).map_or(range.end, |pending| pending.range.start.min(range.end));
            if start < free_end {
                let (bytes, skip) = match payload {
                    None => (None, 0),
                    Some((payload, base)) => {
                        let skip = (start - base) as usize;
                        (Some(payload[skip..(free_end - base) as usize].into()), skip as u32)
                    }
                };
                self.pending_bytes += (free_end - start) as usize;
                let kept = Pending { range: StreamRange::new(start, free_end), bytes, packet, time, skip };
                self.pending.insert(at, kept);
                at += 1;
            }
            match self.pending.get(at) {
                Some(next) if next.range.start < range.end => {
                    if let Some((payload, base)) = payload {
                        let again = StreamRange::new(start.max(next.range.start), next.range.end.min(range.end));
                        let bytes = &payload[(again.start - base) as usize..(again.end - base) as usize];
                        sink(Chunk::Again { range: again, bytes, packet });
                    }
                    start = next.range.end;
                    at += 1;
                }
                _ => break,
            }
        }
    }

    fn drain(&mut self, sink: &mut impl FnMut(Chunk<'_>)) {
        let ready = {
            let mut next = self.next;
            self.pending
                .iter()
                .take_while(|pending| {
                    let fits = pending.range.start == next;
                    next = pending.range.end;
                    fits
                })
                .count()
        };
        for pending in self.pending.drain(..ready) {
            self.next = pending.range.end;
            self.pending_bytes -= pending.range.len() as usize;
            sink(match &pending.bytes {
                Some(bytes) => Chunk::Bytes {
                    range: pending.range,
                    bytes,
                    packet: pending.packet,
                    time: pending.time,
                    skip: pending.skip,
                },
                None => Chunk::Gap(pending.range),
            });
        }
        if self.pending.is_empty() {
            self.waiting = 0;
        }
    }

    fn give_up_hole(&mut self, sink: &mut impl FnMut(Chunk<'_>)) {
        if let Some(first) = self.pending.first()
            && first.range.start > self.next
        {
            let range = StreamRange::new(self.next, first.range.start);
            self.next = range.end;
            sink(Chunk::Gap(range));
        }
        self.drain(sink);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(inserts: &[(u64, &[u8])]) -> (Vec<u8>, Vec<(u64, u64)>) {
        let (mut bytes, mut gaps) = (Vec::new(), Vec::new());
        let mut sink = |chunk: Chunk<'_>| match chunk {
            Chunk::Bytes { bytes: more, range, .. } => {
                assert_eq!(range.len() as usize, more.len());
                bytes.extend_from_slice(more);
            }
            Chunk::Gap(range) => gaps.push((range.start, range.end)),
            Chunk::Again { range, bytes, .. } => assert_eq!(range.len() as usize, bytes.len()),
        };
        let mut assembler = Assembler::default();
        for (at, (start, payload)) in inserts.iter().enumerate() {
            let packet = PacketNumber(at as u32 + 1);
            assembler.insert(*start, payload, payload.len() as u32, packet, Time(0), &mut sink);
        }
        assembler.finish(&mut sink);
        (bytes, gaps)
    }

    #[test]
    fn any_order_gives_the_stream_back() {
        assert_eq!(run(&[(3, b"def"), (0, b"abc"), (6, b"g")]), (b"abcdefg".to_vec(), vec![]));
        assert_eq!(run(&[(0, b"abc"), (0, b"abcdef"), (2, b"cd")]), (b"abcdef".to_vec(), vec![]));
        assert_eq!(run(&[(4, b"ef"), (1, b"bcdefgh"), (0, b"a")]), (b"abcdefgh".to_vec(), vec![]));
    }

    #[test]
    fn the_first_copy_of_a_byte_wins() {
        assert_eq!(run(&[(2, b"XX"), (0, b"abcdef")]).0, b"abXXef");
        assert_eq!(run(&[(0, b"ab"), (0, b"zzc")]).0, b"abc");
    }

    #[test]
    fn what_comes_again_is_told_with_its_place() {
        let mut told = Vec::new();
        let mut assembler = Assembler::default();
        for (start, payload) in [(0, &b"abc"[..]), (6, b"gh"), (1, b"bXdefgYi"), (0, b"ab")] {
            assembler.insert(start, payload, payload.len() as u32, PacketNumber(start as u32), Time(0), &mut |chunk| {
                if let Chunk::Again { range, bytes, .. } = chunk {
                    told.push((range.start, String::from_utf8_lossy(bytes).into_owned()));
                }
            });
        }
        assert_eq!(told, [(1, "bX".to_owned()), (6, "gY".to_owned()), (0, "ab".to_owned())]);
    }

    #[test]
    fn zeros_are_padding_where_other_bytes_come_in_their_place() {
        let (zero, six) = (&b"\0"[..], &b"\0\0\0\0\0\0"[..]);
        assert_eq!(run(&[(0, zero), (0, b"abc")]).0, b"abc");
        assert_eq!(run(&[(0, six), (0, zero), (0, b"abc"), (3, six), (3, b"d")]).0, b"abcd");
        // What follows them, or comes with them again, shows that they are of the stream.
        assert_eq!(run(&[(0, zero), (1, b"abc")]).0, b"\0abc");
        assert_eq!(run(&[(0, zero), (0, b"\0abc"), (4, zero), (4, zero)]).0, b"\0abc\0");
        assert_eq!(run(&[(0, zero), (3, b"d"), (1, b"bc")]), (b"\0bcd".to_vec(), vec![]));
        // More than pads a frame is none.
        assert_eq!(run(&[(0, b"\0\0\0\0\0\0\0"), (0, b"abcdefg")]).0, [0; 7]);
    }

    #[test]
    fn acknowledged_zeros_are_of_the_stream() {
        let mut bytes = Vec::new();
        let mut assembler = Assembler::default();
        let mut sink = |chunk: Chunk<'_>| {
            if let Chunk::Bytes { bytes: more, .. } = chunk {
                bytes.extend_from_slice(more);
            }
        };
        assembler.insert(0, &[0], 1, PacketNumber(1), Time(0), &mut sink);
        assert!(assembler.is_waiting());
        assembler.acknowledged(1, &mut sink);
        assert!(!assembler.is_waiting());
        assembler.insert(0, b"abc", 3, PacketNumber(2), Time(0), &mut sink);
        assert_eq!(bytes, b"\0bc");
    }

    #[test]
    fn holes_become_gaps_of_exact_size() {
        assert_eq!(run(&[(0, b"ab"), (5, b"f"), (8, b"i")]), (b"abfi".to_vec(), vec![(2, 5), (6, 8)]));
    }

    /// What a byte-by-byte sender and a full sender of the same bytes give must not differ.
    #[test]
    fn single_bytes_in_any_order_give_the_stream_back() {
        let text = b"abcdefghij";
        let one = |at: usize| (at as u64, &text[at..=at]);
        let backwards: Vec<_> = (0..text.len()).rev().map(one).collect();
        assert_eq!(run(&backwards), (text.to_vec(), vec![]));
        let odd_first: Vec<_> = (1..text.len()).step_by(2).chain((0..text.len()).step_by(2)).map(one).collect();
        assert_eq!(run(&odd_first), (text.to_vec(), vec![]));
        let twice: Vec<_> = (0..text.len()).rev().chain((0..text.len()).rev()).map(one).collect();
        assert_eq!(run(&twice), (text.to_vec(), vec![]));
    }

    #[test]
    fn single_bytes_that_came_first_win_over_a_segment_that_covers_them() {
        assert_eq!(run(&[(1, b"X"), (3, b"Y"), (5, b"Z"), (0, b"abcdefg")]), (b"aXcYeZg".to_vec(), vec![]));
        assert_eq!(run(&[(0, b"abcdefg"), (1, b"X"), (6, b"Yh")]), (b"abcdefgh".to_vec(), vec![]));
        assert_eq!(run(&[(2, b"XY"), (1, b"abc"), (3, b"de"), (0, b"-")]), (b"-aXYe".to_vec(), vec![]));
    }

    #[test]
    fn a_flood_of_single_bytes_behind_a_hole_is_bounded() {
        let (mut gaps, mut bytes) = (Vec::new(), 0);
        let mut sink = |chunk: Chunk<'_>| match chunk {
            Chunk::Gap(range) => gaps.push(range),
            Chunk::Bytes { range, .. } => bytes += range.len() as usize,
            Chunk::Again { .. } => panic!("nothing comes twice"),
        };
        let mut assembler = Assembler::default();
        let count = 2 * MAX_PENDING;
        for at in (2..).step_by(2).take(count) {
            assembler.insert(at, b"x", 1, PacketNumber(1), Time(0), &mut sink);
            assert!(assembler.pending.len() <= MAX_PENDING, "{} wait", assembler.pending.len());
        }
        assembler.finish(&mut sink);
        assert_eq!((bytes, gaps.len()), (count, count), "every byte is handed on, after the hole before it");
        assert_eq!(gaps[..2], [StreamRange::new(0, 2), StreamRange::new(3, 4)]);
    }

    #[test]
    fn a_single_byte_that_the_snap_length_cut_is_a_gap() {
        let mut told = Vec::new();
        let mut assembler = Assembler::default();
        for (start, payload, stated) in [(0, &b"a"[..], 2), (2, b"", 1), (3, b"d", 1), (1, b"b", 1)] {
            assembler.insert(start, payload, stated, PacketNumber(1), Time(0), &mut |chunk| {
                told.push(match chunk {
                    Chunk::Bytes { range, .. } => ('b', range.start, range.end),
                    Chunk::Gap(range) => ('g', range.start, range.end),
                    Chunk::Again { range, .. } => ('a', range.start, range.end),
                });
            });
        }
        assert_eq!(told, [('b', 0, 1), ('g', 1, 2), ('g', 2, 3), ('b', 3, 4), ('a', 1, 2)]);
    }

    /// Segments that overlap, down to one byte, in every order: each byte is handed on once, from whichever came first.
    #[test]
    fn overlaps_in_every_order_keep_the_first_copy() {
        const SEGMENTS: [(u64, &[u8]); 6] =
            [(0, b"aaa"), (2, b"bbb"), (1, b"c"), (4, b"dddd"), (3, b"e"), (0, b"ffffff")];
        for order in 0..6_usize.pow(6) {
            let order: Vec<usize> = (0..6).map(|place| order / 6_usize.pow(place) % 6).collect();
            if (0..6).any(|segment| !order.contains(&segment)) {
                continue;
            }
            let inserts: Vec<_> = order.iter().map(|segment| SEGMENTS[*segment]).collect();
            let mut expected = [None; 8];
            for (start, payload) in &inserts {
                for (at, byte) in (*start as usize..).zip(*payload) {
                    expected[at].get_or_insert(*byte);
                }
            }
            let expected: Vec<u8> = expected.into_iter().flatten().collect();
            assert_eq!(run(&inserts), (expected, vec![]), "{inserts:?}");
        }
    }

    /// The segment, counted from 1, with which a hole is given up, where all of `len` bytes follow it.
    fn given_up_with(len: usize, acked: bool) -> Option<usize> {
        let mut assembler = Assembler::default();
        assembler.acknowledged(if acked { 10 } else { 0 }, &mut |_| {});
        (1..=100).find(|at| {
            let mut gap = None;
            let start = (10 + (at - 1) * len) as u64;
            assembler.insert(start, &vec![b'x'; len], len as u32, PacketNumber(1), Time(0), &mut |chunk| {
                if let Chunk::Gap(range) = chunk {
                    gap = Some(range);
                }
            });
            gap.inspect(|gap| assert_eq!(*gap, StreamRange::new(0, 10))).is_some()
        })
    }

    #[test]
    fn a_hole_is_given_up_once_it_is_acknowledged_or_too_much_waits() {
        assert_eq!(given_up_with(1, true), Some(PATIENCE as usize + 1));
        assert_eq!(given_up_with(1, false), None);
        assert_eq!(given_up_with(32 * 1024, false), Some(MAX_PENDING_BYTES / (32 * 1024) + 1));
    }

    #[test]
    fn offsets_unwrap_around_four_gigabytes() {
        assert_eq!(unwrap_offset(5, u32::MAX - 4, 0), 10);
        assert_eq!(unwrap_offset(100, 100, 1 << 32), 1 << 32);
        assert_eq!(unwrap_offset(99, 100, 1 << 32), (1 << 32) - 1);
        assert_eq!(unwrap_offset(99, 100, 0), -1);
    }
}
