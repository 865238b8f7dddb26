//! What the capture lacks: which bytes, and which packets prove that they were sent.

use super::tree::Detail;
use crate::flow::{Trace, TraceSegment};
use crate::timeline::{Step, Streams};
use crate::vocab::{Field, PacketNumber, StreamRange};

/// What is known around a gap.
pub(in crate::timeline) struct Proof<'t> {
    range: StreamRange,
    /// Sequence number of the first missing byte.
    seq: u32,
    before: Option<PacketNumber>,
    after: Option<PacketNumber>,
    /// The segment that should hold the bytes, cut by the snap length.
    pub cut: Option<&'t TraceSegment>,
    /// The first segment of the other end that acknowledges the last missing byte.
    acknowledged: Option<&'t TraceSegment>,
}

impl<'t> Proof<'t> {
    /// Looks around a gap; `None` for a step that is none.
    pub fn of(trace: &'t Trace, streams: &Streams, step: &Step) -> Option<Self> {
        let range = *step.spans.first()?;
        let carrier = |offset: u64| {
            let piece = streams.piece_at(step.from, offset)?;
            piece.source.as_ref().map(|source| source.packet)
        };
        let seq = trace.row.sides[step.from].first_seq().wrapping_add(range.start as u32);
        let last = seq.wrapping_add(range.len() as u32);
        let cut = trace.sent(step.from).find(|segment| {
            let first = segment.seq.wrapping_add(u32::from(segment.flags.syn()));
            let skip = seq.wrapping_sub(first);
            let captured = trace.payload(segment).len() as u32;
            captured < segment.payload_len && skip >= captured && skip < segment.payload_len
        });
        let acknowledged = trace.sent(step.from.reversed()).find(|segment| {
            let beyond = segment.ack.wrapping_sub(last) as i32;
            segment.flags.ack() && beyond >= 0
        });
        let before = range.start.checked_sub(1).and_then(carrier);
        Some(Self { range, seq, before, after: carrier(range.end), cut, acknowledged })
    }

    /// The packets that prove it, in order.
    pub fn packets(&self) -> Vec<PacketNumber> {
        let segment = |segment: Option<&TraceSegment>| segment.map(|segment| segment.packet);
        let all = [self.before, self.after, segment(self.cut), segment(self.acknowledged)];
        let mut packets: Vec<PacketNumber> = all.into_iter().flatten().collect();
        packets.sort_unstable();
        packets.dedup();
        packets
    }
}

/// Adds the section of a gap. It has no bytes: that is what it is about.
pub(super) fn section(trace: &Trace, streams: &Streams, step: &Step, detail: &mut Detail) {
    let Some(proof) = Proof::of(trace, streams, step) else { return };
    let said = |name: &'static str, value: String| Field::new(name, value, 0..0);
    let (start, end) = (proof.range.start, proof.range.end);
    let last = proof.seq.wrapping_add(proof.range.len().saturating_sub(1) as u32);
    let mut children = vec![
        said("Sender", step.from.sender().to_owned()),
        said("Stream Bytes", format!("{start} to {}", end.saturating_sub(1))),
        said("Sequence Numbers", format!("{} to {last}", proof.seq)),
    ];
    let packet = |name: &'static str, packet: Option<PacketNumber>, note: &'static str| {
        packet.map(|packet| said(name, format!("packet {packet}")).noted(note))
    };
    children.extend(packet("Before", proof.before, "Carries the last byte before the gap"));
    children.extend(packet(
        "Cut Off",
        proof.cut.map(|segment| segment.packet),
        "Its header states more than was captured",
    ));
    children.extend(packet("After", proof.after, "Carries the first byte after the gap"));
    let acknowledged = proof.acknowledged.map(|segment| segment.packet);
    children.extend(packet(
        "Acknowledged",
        acknowledged,
        "The other end got the bytes: they are missing in the capture alone",
    ));
    let why = match (proof.cut, acknowledged, proof.after) {
        (Some(_), ..) => "the snap length cut them off",
        (None, Some(_), _) => "acknowledged, so they arrived, but they were not captured",
        (None, None, Some(_)) => "later bytes were captured, and no acknowledgment of these",
        (None, None, None) => "nothing after them was captured",
    };
    let root = Field::new("Missing Bytes", format!("{} bytes: {why}", proof.range.len()), 0..0).with(children);
    let pane = if detail.panes.is_empty() { detail.pane("Nothing captured", Vec::new()) } else { 0 };
    detail.subject(pane, root);
}
