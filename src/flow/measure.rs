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
