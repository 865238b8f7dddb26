//! Pauses of a flow, and the longest that it outlived.

use super::row::FlowRow;
use crate::net::Segment;
use crate::vocab::{Direction, Time};

/// Nanoseconds of the unit in which pauses are kept: a tenth of a second.
const UNIT: i64 = 100_000_000;
/// Nanoseconds without a packet that count as a pause.
const PAUSE: i64 = 1_000_000_000;

impl FlowRow {
    /// Takes note of the next segment, before it counts as the flow's last. A pause is outlived when the other end
    /// speaks behind it; a RST outlives nothing.
    pub(super) fn pause(&mut self, segment: &Segment<'_>, direction: Direction, time: Time) {
        let broken_by_other = std::mem::take(&mut self.sides[direction.reversed()].pause);
        if broken_by_other > 0 && !segment.flags.rst() {
            self.longest_pause = self.longest_pause.max(broken_by_other);
        }
        let nanos = time.nanos_since(self.end);
        if nanos >= PAUSE {
            self.sides[direction].pause = u16::try_from(nanos / UNIT).unwrap_or(u16::MAX);
        }
    }

    /// Seconds of the longest pause behind which both ends went on: up to 6,553 seconds, to the tenth.
    pub fn outlived_pause(&self) -> Option<f64> {
        (self.longest_pause > 0).then(|| f64::from(self.longest_pause) / 10.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::{Endpoint, TcpFlags};
    use crate::vocab::PacketNumber;

    /// Segments, each by who sends, the second at which it comes and its flag, if it has one beside ACK.
    fn check(segments: &[(char, i64, u16)], expected: Option<f64>) {
        let end = |last| Endpoint { ip: std::net::IpAddr::from([10, 0, 0, last]), port: 1000 + u16::from(last) };
        let mut row = FlowRow::new(end(1), end(2), PacketNumber(1), Time(0));
        for (way, seconds, flag) in segments {
            let (src, dst) = if *way == '>' { (end(1), end(2)) } else { (end(2), end(1)) };
            let segment = Segment {
                seq: 1,
                ack: 1,
                flags: TcpFlags(TcpFlags::ACK | flag),
                window: 100,
                ..Segment::bare(src, dst)
            };
            row.segment(&segment, PacketNumber(1), Time(seconds * 1_000_000_000));
        }
        assert_eq!(row.outlived_pause(), expected, "{segments:?}");
    }

    #[test]
    fn a_pause_is_outlived_when_the_other_end_speaks_behind_it() {
        check(&[('>', 0, 0), ('<', 0, 0)], None);
        check(&[('>', 0, 0), ('<', 0, 0), ('>', 349, 0), ('<', 349, 0)], Some(349.0));
        check(&[('>', 0, 0), ('<', 0, 0), ('>', 351, 0), ('<', 351, TcpFlags::RST)], None);
        // Nobody answers; the same end breaks a second pause.
        check(&[('>', 0, 0), ('<', 0, 0), ('>', 351, 0), ('>', 352, 0)], None);
        // The longest of several; one that is too long for the row.
        check(&[('>', 0, 0), ('<', 20, 0), ('>', 20, 0), ('<', 50, 0), ('>', 50, 0)], Some(30.0));
        check(&[('>', 0, 0), ('<', 9000, 0), ('>', 9000, 0)], Some(6553.5));
    }
}
