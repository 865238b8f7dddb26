//! Which packet carried which byte of a stream, for the bytes that something may still be told of.

use super::events::{Event, EventKind};
use crate::vocab::{Direction, PacketNumber, StreamRange, Time};

struct Mark {
    /// Offset after the bytes that came from this packet.
    end: u64,
    packet: PacketNumber,
    time: Time,
}

/// The packets of one direction's latest bytes, in stream order.
#[derive(Default)]
pub(super) struct Marks(Vec<Mark>);

impl Marks {
    /// The bytes up to `end` came with this packet.
    pub fn add(&mut self, end: u64, packet: PacketNumber, time: Time) {
        match self.0.last_mut() {
            Some(last) if last.packet == packet => last.end = end,
            _ => self.0.push(Mark { end, packet, time }),
        }
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Forgets what lies before `offset`; the last mark is kept for whoever asks about the byte just read.
    pub fn forget_before(&mut self, offset: u64) {
        let done = self.0.iter().take_while(|mark| mark.end <= offset).count();
        let keep_from = done.min(self.0.len().saturating_sub(1));
        self.0.drain(..keep_from);
    }

    /// The packet that carried the byte at `offset`.
    pub fn origin(&self, offset: u64) -> (PacketNumber, Time) {
        let mark = self.0.iter().find(|mark| mark.end > offset).or(self.0.last());
        mark.map_or((PacketNumber(0), Time(0)), |mark| (mark.packet, mark.time))
    }

    /// How many packets carried the bytes of `start..end`, as far as they are still known.
    pub fn segments(&self, start: u64, end: u64) -> u16 {
        let begun = self.0.iter().position(|mark| mark.end > start).unwrap_or(self.0.len());
        let over = self.0.iter().position(|mark| mark.end >= end).unwrap_or(self.0.len().saturating_sub(1));
        (over + 1).saturating_sub(begun).clamp(1, usize::from(u16::MAX)) as u16
    }

    /// How many bytes of `start..end` came with the first packet, as far as that is still known.
    pub fn head(&self, start: u64, end: u64) -> u32 {
        let first = self.0.iter().find(|mark| mark.end > start);
        first.map_or(0, |mark| mark.end.min(end).saturating_sub(start).min(u64::from(u32::MAX)) as u32)
    }

    /// What `range` of a stream tells.
    pub fn event<'k>(&self, from: Direction, range: StreamRange, kind: EventKind<'k>) -> Event<'k> {
        let (first_packet, began) = self.origin(range.start);
        let (packet, time) = self.origin(range.end.saturating_sub(1));
        let segments = self.segments(range.start, range.end);
        let head = self.head(range.start, range.end);
        Event { from, first_packet, packet, began, time, range, segments, head, decrypted: false, kind }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The packets of a stream, each by the offset after its last byte: packet 1, 2, and so on.
    fn marks(ends: &[u64]) -> Marks {
        let mut marks = Marks::default();
        for (packet, end) in (1..).zip(ends) {
            marks.add(*end, PacketNumber(packet), Time(i64::from(packet)));
        }
        marks
    }

    /// Where `start..end` begins and ends, and in how many packets it came.
    fn check(marks: &Marks, (start, end): (u64, u64), expected: (u32, u32, u16)) {
        let event = marks.event(Direction::ToServer, StreamRange::new(start, end), EventKind::Gap);
        assert_eq!((event.first_packet.0, event.packet.0, event.segments), expected, "{start}..{end}");
        assert_eq!((event.began.0, event.time.0), (i64::from(expected.0), i64::from(expected.1)), "{start}..{end}");
    }

    #[test]
    fn each_byte_has_its_packet() {
        let three = marks(&[10, 11, 30]);
        check(&three, (0, 10), (1, 1, 1));
        check(&three, (0, 11), (1, 2, 2));
        check(&three, (9, 12), (1, 3, 3));
        check(&three, (10, 11), (2, 2, 1));
        check(&three, (11, 30), (3, 3, 1));
        // What is not there yet is the last packet's.
        check(&three, (29, 40), (3, 3, 1));
    }

    #[test]
    fn the_first_packet_carries_the_head() {
        let three = marks(&[10, 11, 30]);
        assert_eq!([(0, 10), (4, 30), (10, 30), (11, 20)].map(|(start, end)| three.head(start, end)), [10, 6, 1, 9]);
    }

    #[test]
    fn bytes_of_one_packet_that_come_in_pieces_are_one() {
        let mut marks = marks(&[10, 20]);
        marks.add(25, PacketNumber(2), Time(2));
        check(&marks, (0, 25), (1, 2, 2));
    }

    #[test]
    fn what_is_done_with_is_forgotten_but_for_the_last_packet() {
        let mut three = marks(&[10, 11, 30]);
        three.forget_before(11);
        check(&three, (11, 30), (3, 3, 1));
        assert_eq!(three.0.len(), 1);
        three.forget_before(30);
        check(&three, (29, 30), (3, 3, 1));
        let mut three = marks(&[10, 11, 30]);
        three.forget_before(10);
        check(&three, (10, 30), (2, 3, 2));
    }
}
