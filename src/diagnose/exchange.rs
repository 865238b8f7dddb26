//! What a flow's segments tell: who sent and acknowledged what, what is missing, which reset was outlived.

use super::case::{Case, carries_data};
use super::context::Elsewhere;
use crate::flow::{Events, TraceSegment, Unusable};
use crate::timeline::Step;
use crate::vocab::{Direction, PacketNumber, Time};

/// Seconds for which what an end sent can still come, where no round trip was measured.
const UNDER_WAY: f64 = 0.1;

/// Whether a segment carries payload that advances its stream.
pub(super) fn carries_news(segment: &TraceSegment) -> bool {
    carries_data(segment) && !segment.events.any(Events::NOT_NEW | Events::KEEP_ALIVE)
}

impl<'a> Case<'a> {
    /// Whether both ends went on as if a RST were not there: its pretended sender sent new data, which the other end
    /// acknowledged, and is heard of long after, acknowledges what the other end sent since, or closes in order. A
    /// receiver ignores a RST that is out of its window, not exactly in place (RFC 5961 §3) or damaged; one that was
    /// captured may never have reached it.
    pub fn outlives(&self, reset: &TraceSegment) -> bool {
        let (from, other) = (reset.direction, reset.direction.reversed());
        // What was under way when the other end was reset as well comes within a round trip.
        let under_way = self.trace.row.syn_rtt().map_or(UNDER_WAY, |rtt| rtt.as_secs_f64() * 1.5) + UNDER_WAY / 10.0;
        let heard = |s: &TraceSegment| !s.flags.rst() && s.time.since(reset.time) > under_way;
        let is_heard = self.trace.sent(from).any(|s| heard(s) && !s.events.any(Events::NOT_PART));
        let taken = |from: Direction, is_news: fn(&TraceSegment) -> bool| self.is_taken(from, reset.packet, is_news);
        taken(from, carries_data) && (is_heard || taken(other, carries_data) || taken(from, |s| s.flags.fin()))
    }

    /// Why the receiver of a packet cannot use it.
    pub fn unusable(&self, packet: PacketNumber) -> Option<Unusable> {
        let at = self.unusable.partition_point(|(known, _)| *known < packet);
        self.unusable.get(at).filter(|(known, _)| *known == packet).map(|(_, why)| *why)
    }

    /// The segments of a direction that their receiver cannot use, and why.
    pub fn unusable_from(&self, direction: Direction) -> impl Iterator<Item = (&'a TraceSegment, Unusable)> {
        let trace = self.trace;
        let segment = move |packet| trace.by_packet(packet).filter(|s| s.direction == direction);
        self.unusable.iter().filter_map(move |(packet, why)| Some((segment(*packet)?, *why)))
    }

    /// Whether a RST is none that its receiver can use, and that end is seen to go on after such a one.
    pub fn is_ignored(&self, reset: &TraceSegment) -> bool {
        if self.unusable(reset.packet).is_none() {
            return false;
        }
        let heard = |s: &&TraceSegment| !s.flags.rst() && !s.events.any(Events::NOT_PART);
        let last = self.trace.sent(reset.direction.reversed()).rfind(heard);
        // What the receiver outlived longest is the first of them.
        let first = self.unusable_from(reset.direction).find(|(s, _)| s.flags.rst());
        first.is_some_and(|(first, _)| last.is_some_and(|last| last.packet > first.packet))
    }

    /// Whether the server sent records behind the client's Finished that are only inferred to be tickets: were they data, the
    /// handshake would be complete.
    pub fn is_behind_tickets(&self) -> bool {
        let until = self.ending.map_or(PacketNumber(u32::MAX), |ending| ending.packet);
        let steps = self.seen.client_finished.and_then(|at| self.timeline.steps.get(at + 1..)).unwrap_or_default();
        let sealed = |step: &Step| step.what.is_protected() && !step.decrypted && step.packet < until;
        self.is_tls13() && steps.iter().any(|step| step.from == Direction::ToClient && sealed(step))
    }

    /// Packets of this connection that came from another address.
    pub fn elsewhere(&self) -> Option<&'a Elsewhere> {
        self.context.elsewhere.get(&self.flow)
    }

    /// Whether an end sent something new after a packet, of the kind that is asked for, and the other one acknowledged
    /// it.
    fn is_taken(&self, from: Direction, after: PacketNumber, is_news: fn(&TraceSegment) -> bool) -> bool {
        let is_new = |s: &&TraceSegment| s.packet > after && is_news(s) && !s.events.any(Events::NOT_NEW);
        let Some(news) = self.trace.sent(from).find(is_new) else { return false };
        let end = news.seq.wrapping_add(news.payload_len + u32::from(news.flags.fin()));
        self.trace.sent(from.reversed()).any(|s| {
            let acks = s.flags.ack() && !s.flags.rst() && !s.events.any(Events::NOT_PART);
            s.packet > news.packet && acks && !crate::flow::after(end, s.ack)
        })
    }

    /// Whether the client's stream lacks nothing up to the server's side: both directions were captured.
    pub fn is_one_sided(&self) -> bool {
        let row = &self.trace.row;
        let (up, down) = (row.sides.to_server.packets, row.sides.to_client.packets);
        // A SYN that nobody answers is no sign of a missing direction; an ACK of what was never seen is.
        match (up, down) {
            (0, _) => true,
            (_, 0) => self
                .trace
                .first(|s| s.direction == Direction::ToServer && !s.flags.syn() && (s.flags.ack() || s.payload_len > 0))
                .is_some(),
            _ => false,
        }
    }

    /// Whether the capture shows the flow to its end: what was sent last is acknowledged, or was sent again. TCP does
    /// one or the other within seconds (RFC 9293 §3.8); where neither is seen the capture stopped looking.
    pub fn is_captured_to_the_end(&self) -> bool {
        Direction::BOTH.iter().all(|way| {
            let acked = self.acknowledged(*way) as i64;
            let unacknowledged = self.data(*way).any(|s| self.offset(s) + i64::from(s.payload_len) > acked);
            !unacknowledged || self.data(*way).any(|s| s.events.any(Events::ANY_RETRANSMISSION))
        })
    }

    /// Whether the sender of `packet` had seen what its peer sent up to `step`, as far as its acknowledgment tells.
    pub fn had_seen(&self, packet: PacketNumber, step: &Step) -> bool {
        let Some(segment) = self.trace.by_packet(packet).filter(|s| s.flags.ack()) else { return true };
        let Some(end) = step.spans.last().map(|span| span.end) else { return true };
        let base = self.trace.row.sides[step.from].first_seq();
        segment.direction == step.from || i64::from(segment.ack.wrapping_sub(base) as i32) >= end as i64
    }

    /// The highest acknowledgment an end sent before `before`, as an offset of the other direction's stream.
    pub fn acknowledged(&self, direction: Direction) -> u64 {
        let base = self.trace.row.sides[direction].first_seq();
        let acks = self
            .trace
            .sent(direction.reversed())
            .filter(|s| s.flags.ack() && !s.flags.rst() && !s.events.has(Events::STRAY));
        acks.map(|s| s.ack.wrapping_sub(base) as i32)
            .filter(|offset| *offset > 0)
            .max()
            .map_or(0, |offset| offset as u64)
    }

    /// The stream offset after the last byte that an end sent.
    pub fn sent_end(&self, direction: Direction) -> u64 {
        self.streams.pieces[direction].last().map_or(0, |piece| piece.range.end)
    }

    /// Whether an end's FIN is missing from the capture: the other end acknowledged one more than was sent.
    pub fn has_closed_unseen(&self, direction: Direction) -> bool {
        let fin = self.trace.sent(direction).any(|s| s.flags.fin());
        // It leaves a hole of one at the end, as a byte would.
        let hole =
            self.streams.pieces[direction].last().filter(|piece| piece.source.is_none() && piece.range.len() == 1);
        !fin && hole.is_some_and(|hole| self.acknowledged(direction) == hole.range.end)
    }

    /// Segments of a direction with payload, copies left out.
    pub fn data(&self, direction: Direction) -> impl Iterator<Item = &'a TraceSegment> {
        self.trace.sent(direction).filter(|s| carries_data(s) && !s.events.any(Events::NOT_PART))
    }

    /// Stream offset at which a segment's payload begins.
    pub fn offset(&self, segment: &TraceSegment) -> i64 {
        let base = self.trace.row.sides[segment.direction].first_seq();
        i64::from(segment.seq.wrapping_add(u32::from(segment.flags.syn())).wrapping_sub(base) as i32)
    }

    /// The first retransmission of an end's payload after `after`.
    pub fn first_retransmission(&self, direction: Direction) -> Option<&'a TraceSegment> {
        self.data(direction).find(|s| s.events.any(Events::ANY_RETRANSMISSION))
    }

    /// Whether a segment carries bytes of the server from where TLS begins: what came before a hello does not answer
    /// it.
    pub fn is_answer(&self, segment: &TraceSegment) -> bool {
        let end = self.offset(segment) + i64::from(segment.payload_len);
        let begin = self.tls.start.to_client.max(u64::from(self.tls.preamble_bytes.to_client));
        segment.direction == Direction::ToClient && carries_data(segment) && end > begin as i64
    }

    /// What of the ClientHello came before the ending: the packet, when it came, and what it is.
    pub fn hello_shown(&self) -> Option<(PacketNumber, Time, &'static str)> {
        let whole = self.at(self.seen.client_hello).map(|step| (step.packet, step.time, "the ClientHello"));
        let start = self.tls.start.to_server as i64;
        let begun = || self.data(Direction::ToServer).find(|s| self.offset(s) + i64::from(s.payload_len) > start);
        whole.or_else(|| begun().map(|s| (s.packet, s.time, "the beginning of the ClientHello")))
    }

    /// The same of the server's answer.
    pub fn answer_shown(&self) -> Option<(PacketNumber, Time, &'static str)> {
        let whole = self.at(self.seen.server_hello).map(|step| (step.packet, step.time, "its ServerHello"));
        whole.or_else(|| self.answer().map(|s| (s.packet, s.time, "the beginning of its answer")))
    }

    /// The server's first segment that answers the ClientHello.
    pub fn answer(&self) -> Option<&'a TraceSegment> {
        self.data(Direction::ToClient).find(|segment| self.is_answer(segment))
    }
}
