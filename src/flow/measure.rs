//! What can be measured of each segment of a trace: relative numbers, times, round trips, bytes in flight.
//!
//! The packet list, the plots and `packets` are all written from this.

use std::collections::VecDeque;

use super::events::Events;
use super::row::FlowRow;
use super::sequence::after;
use super::trace::{Trace, TraceSegment};
use crate::vocab::{Direction, PerDirection};

/// What was measured of one segment.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Measured {
    /// Nanoseconds since the flow's first segment.
    pub since_start: i64,
    /// Nanoseconds since the segment before it, of either direction.
    pub delta: i64,
    /// Sequence number, relative: 0 is the SYN's, or one before the first byte seen. Negative for what lies before.
    pub seq: i64,
    /// Acknowledgment number, relative to the other end's; `None` without ACK.
    pub ack: Option<i64>,
    /// Receive window in bytes, scaled where both ends agreed on that.
    pub window: u32,
    /// Nanoseconds since the newest segment that it acknowledges was sent; `None` where it acknowledges nothing new, and
    /// where that segment was sent more than once (RFC 6298 §3, Karn's algorithm).
    pub rtt: Option<i64>,
    /// Of a segment that carries something: bytes its sender had sent after it that were not acknowledged.
    pub in_flight: Option<u32>,
}

/// One direction's segments on their way: what is not acknowledged yet.
#[derive(Default)]
struct Flight {
    /// (end, when it was sent, whether once), in the order of sequence numbers.
    sent: VecDeque<(u32, i64, bool)>,
    /// Highest acknowledgment by the other end.
    acked: Option<u32>,
}

impl Flight {
    fn send(&mut self, seq: u32, end: u32, now: i64) {
        if self.sent.back().is_none_or(|(last, ..)| after(end, *last)) {
            self.sent.push_back((end, now, true));
        }
        // Of the segments below it that it repeats, no acknowledgment tells which copy it means.
        let from = self.sent.partition_point(|(end, ..)| !after(*end, seq));
        for (_, at, once) in self.sent.range_mut(from..) {
            *once &= *at == now;
        }
    }

    fn acknowledge(&mut self, ack: u32, now: i64) -> Option<i64> {
        if self.acked.is_none_or(|before| after(ack, before)) {
            self.acked = Some(ack);
        }
        let mut newest = None;
        while let Some((end, ..)) = self.sent.front()
            && !after(*end, ack)
        {
            newest = self.sent.pop_front();
        }
        newest.filter(|(.., once)| *once).map(|(_, sent, _)| now - sent)
    }
}

/// Measures every segment of a trace, in order.
pub fn measure(trace: &Trace) -> Vec<Measured> {
    let mut flights: PerDirection<Flight> = PerDirection::default();
    let mut before = 0;
    let start = trace.segments.first().map(|segment| segment.time).unwrap_or_default();
    let numbers = trace.segments.iter().map(|segment| {
        let now = segment.time.nanos_since(start);
        let delta = now - std::mem::replace(&mut before, now);
        let acknowledges = segment.flags.ack() && !segment.events.any(Events::NOT_PART);
        let rtt = acknowledges.then(|| flights[segment.direction.reversed()].acknowledge(segment.ack, now)).flatten();
        let length = segment.sequence_length();
        let end = segment.seq.wrapping_add(length);
        let flight = &mut flights[segment.direction];
        if length > 0 && !segment.events.any(Events::NOT_PART) && !segment.flags.rst() {
            flight.send(segment.seq, end, now);
        }
        let highest = flight.sent.back().map(|(end, ..)| *end);
        let in_flight = match (highest, flight.acked) {
            (Some(end), Some(acked)) if segment.payload_len > 0 => Some(end.wrapping_sub(acked)),
            _ => None,
        };
        let sides = &trace.row.sides;
        let relative =
            |number: u32, direction: Direction| i64::from(number.wrapping_sub(sides[direction].base_seq) as i32);
        Measured {
            since_start: now,
            delta,
            seq: relative(segment.seq, segment.direction),
            ack: segment.flags.ack().then(|| relative(segment.ack, segment.direction.reversed())),
            window: scaled_window(&trace.row, segment),
            rtt,
            in_flight,
        }
    });
    numbers.collect()
}

/// A SYN's window is never scaled (RFC 7323 §2.2), and none is unless both SYNs have the option.
fn scaled_window(row: &FlowRow, segment: &TraceSegment) -> u32 {
    let shift = row.window_shift(segment.direction).filter(|_| !segment.flags.syn()).unwrap_or(0);
    u32::from(segment.window) << shift
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What one end sends, `time + first..end`, and what the other acknowledges, `time ack number`; behind the bar the
    /// round trip that an acknowledgment tells.
    fn check(lines: &str) {
        let mut flight = Flight::default();
        for line in lines.lines().map(str::trim) {
            let (given, expected) = line.split_once('|').unwrap_or((line, ""));
            let words: Vec<&str> = given.split_whitespace().collect();
            let number = |digits: &str| digits.parse::<u32>().expect("a number");
            let now = i64::from(number(words[0]));
            if words[1] == "ack" {
                let rtt = flight.acknowledge(number(words[2]), now).map(|rtt| rtt.to_string());
                assert_eq!(rtt.unwrap_or_default(), expected.trim(), "{line}\nof\n{lines}");
            } else {
                let (seq, end) = words[2].split_once("..").expect("first..end");
                flight.send(number(seq), number(end), now);
            }
        }
    }

    #[test]
    fn an_acknowledgment_measures_the_newest_segment_that_it_takes() {
        check("0 + 1..101\n 20 ack 101 | 20");
        check("0 + 1..101\n 5 + 101..201\n 30 ack 201 | 25");
        check("0 + 1..101\n 5 + 101..201\n 30 ack 101 | 30\n 31 ack 201 | 26");
        check("0 + 1..101\n 20 ack 101 | 20\n 25 ack 101 |\n 26 ack 90 |");
        // Of half a segment it tells nothing.
        check("0 + 1..101\n 20 ack 51 |\n 22 ack 101 | 22");
    }

    #[test]
    fn what_was_sent_twice_measures_nothing() {
        check("0 + 1..101\n 50 + 1..101\n 60 ack 101 |");
        check("0 + 1..101\n 5 + 101..201\n 50 + 101..151\n 60 ack 101 | 60\n 61 ack 201 |");
        // One byte of it, too.
        check("0 + 1..101\n 50 + 100..101\n 60 ack 101 |");
        check("0 + 1..101\n 50 + 1..201\n 60 ack 201 | 10");
    }

    #[test]
    fn sequence_numbers_wrap() {
        check("0 + 4294967290..10\n 5 + 10..20\n 20 ack 10 | 20\n 21 ack 20 | 16");
    }
}
