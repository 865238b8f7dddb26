//! The order in which the ends of a flow could read what was captured.

use super::case::Case;
use crate::flow::{Events, TraceSegment};
use crate::timeline::What;
use crate::vocab::{Direction, PacketNumber};

impl Case<'_> {
    /// The steps in the order in which their receiver could read them. What overtook earlier bytes of its stream waits
    /// for these (a retransmission may fill a hole after the segments behind it), a FIN too (RFC 9293 §3.10.7.4), and
    /// what a packet carries comes before its own FIN or RST.
    pub(super) fn reading_order(&self) -> Vec<usize> {
        let steps = &self.timeline.steps;
        let start = |at: usize| match steps[at].what {
            What::Segment(_) => self
                .trace
                .by_packet(steps[at].packet)
                .map_or(0, |s| u64::try_from(self.offset(s)).unwrap_or(0) + u64::from(s.payload_len)),
            _ => steps[at].spans.first().map_or(0, |span| span.start),
        };
        let mut readable: Vec<PacketNumber> = steps.iter().map(|step| step.packet).collect();
        for direction in Direction::BOTH {
            let is_read = |at: &usize| {
                let step = &steps[*at];
                let closes = step.what.is_segment() && step.flags.fin() && !step.flags.rst();
                step.from == direction && (closes || !step.spans.is_empty())
            };
            let mut in_stream_order: Vec<usize> = (0..steps.len()).filter(is_read).collect();
            in_stream_order.sort_by_key(|at| (start(*at), steps[*at].what.is_segment()));
            let mut latest = PacketNumber(0);
            for at in in_stream_order {
                latest = latest.max(readable[at]);
                readable[at] = latest;
            }
        }
        self.heed_time(&mut readable);
        let mut order: Vec<usize> = (0..steps.len()).collect();
        // What waited comes behind what it waited for.
        let waited = |at: usize| readable[at] > steps[at].packet;
        let place = |at: usize| if steps[at].what.is_segment() { 0 } else { start(at) };
        order.sort_by_key(|at| (readable[*at], waited(*at), steps[*at].what.is_segment(), place(*at)));
        order
    }

    /// What was sent before another packet may be captured right behind it: several queues of one network card are not
    /// captured in the order of time.
    fn heed_time(&self, readable: &mut [PacketNumber]) {
        /// Segments behind which an earlier one is looked for.
        const LOOKED_AT: usize = 4;
        let segments = &self.trace.segments;
        if segments.is_sorted_by_key(|s| s.time) {
            return;
        }
        let packet = |at: &usize| self.timeline.steps[*at].packet;
        let mut steps: Vec<usize> = (0..self.timeline.steps.len()).collect();
        steps.sort_by_key(packet);
        for (at, segment) in segments.iter().enumerate() {
            let is_earlier =
                |s: &&TraceSegment| s.time < segment.time && s.direction != segment.direction && self.is_first_copy(s);
            let Some(earlier) = segments[at + 1..].iter().take(LOOKED_AT).rfind(is_earlier) else { continue };
            let first = steps.partition_point(|at| packet(at) < segment.packet);
            for at in steps[first..].iter().take_while(|at| packet(at) == segment.packet) {
                readable[*at] = readable[*at].max(earlier.packet);
            }
        }
    }

    /// Whether a segment is the first to carry its payload, or its FIN.
    fn is_first_copy(&self, segment: &TraceSegment) -> bool {
        if segment.payload_len == 0 {
            return segment.flags.fin() && !segment.events.any(Events::NOT_NEW);
        }
        let start = u64::try_from(self.offset(segment)).unwrap_or(0);
        let piece = self.streams.piece_at(segment.direction, start);
        piece.and_then(|piece| piece.source.as_ref()).is_some_and(|source| source.packet == segment.packet)
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::told;
    use super::*;

    /// The packets of steps behind TCP's handshake in the order in which they could be read, segments in brackets.
    fn check(lines: &str, expected: &str) {
        told(lines, 0.0, |case| {
            let steps = case.reading_order().into_iter().map(|at| &case.timeline.steps[at]);
            let later = steps.filter(|step| step.packet > PacketNumber(3));
            let order =
                later.map(
                    |step| if step.what.is_segment() { format!("[{}]", step.packet) } else { step.packet.to_string() },
                );
            assert_eq!(order.collect::<Vec<_>>().join(" "), expected, "{lines}");
        });
    }

    #[test]
    fn what_overtook_earlier_bytes_waits_for_them() {
        check("> hello\n< server", "4 [4] 5 [5]");
        // 55 bytes on, past a ServerHello that comes later.
        check("> hello\n< early=55 23/900\n< server", "4 [4] [5] 6 [6] 5");
        check("> hello\n< early=55 FIN\n< server", "4 [4] 6 [6] [5]");
        check("> hello\n< early=55 RST\n< server", "4 [4] [5] 6 [6]");
    }

    #[test]
    fn what_was_sent_before_is_read_before_though_captured_behind() {
        check("> hello\n< server\n> 23/53\n< 23/900 FIN", "4 [4] 5 [5] 6 [6] 7 [7]");
        // The server's records and its FIN, sent before the client's Finished.
        check("> hello\n< server\n> 23/53\n< wait=-5 23/900 FIN", "4 [4] 5 [5] 7 [7] 6 [6]");
    }
}
