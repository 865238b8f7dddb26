//! What a segment means in its flow: retransmission, out of order, lost, keep-alive and so on.
//!
//! Names and meaning follow Wireshark's `tcp.analysis.*`. The one difference by design: a packet captured twice is a
//! [`Events::DUPLICATE`], not a retransmission.

use super::row::{FlowRow, SideFlags, bits};
use crate::net::Segment;
use crate::vocab::{Direction, Time};

bits! {
    /// What one segment was.
    Events: u32 {
        /// Carries bytes sent before.
        RETRANSMISSION = 1,
        /// A retransmission after two duplicate ACKs, within 20 ms of them.
        FAST_RETRANSMISSION = 2,
        /// A retransmission of bytes already acknowledged.
        SPURIOUS_RETRANSMISSION = 4,
        /// Arrived after a later segment, too soon to be a retransmission.
        OUT_OF_ORDER = 8,
        /// Bytes before it were not captured (yet).
        LOST_SEGMENT = 0x10,
        /// Acknowledges bytes that were not captured.
        ACK_UNSEEN = 0x20,
        /// Acknowledges the same byte again.
        DUPLICATE_ACK = 0x40,
        /// A keep-alive probe.
        KEEP_ALIVE = 0x80,
        /// The answer to a keep-alive probe.
        KEEP_ALIVE_ACK = 0x100,
        /// Its receive window is zero.
        ZERO_WINDOW = 0x200,
        /// One byte sent into a zero window.
        ZERO_WINDOW_PROBE = 0x400,
        /// The answer to a zero-window probe.
        ZERO_WINDOW_PROBE_ACK = 0x800,
        /// Fills the receiver's window to the last byte.
        WINDOW_FULL = 0x1000,
        /// Changes nothing but the window.
        WINDOW_UPDATE = 0x2000,
        /// Opens a new flow between ports that had one.
        REUSED_PORTS = 0x4000,
        /// The same packet, captured twice.
        DUPLICATE = 0x8000,
    }
}

impl Events {
    /// Any kind of retransmission.
    pub const ANY_RETRANSMISSION: Events = Events(1 | 2 | 4);

    const NAMES: [(Events, &'static str); 16] = [
        (Events::RETRANSMISSION, "retransmission"),
        (Events::FAST_RETRANSMISSION, "fast retransmission"),
        (Events::SPURIOUS_RETRANSMISSION, "spurious retransmission"),
        (Events::OUT_OF_ORDER, "out of order"),
        (Events::LOST_SEGMENT, "previous segment not captured"),
        (Events::ACK_UNSEEN, "ACK of a segment not captured"),
        (Events::DUPLICATE_ACK, "duplicate ACK"),
        (Events::KEEP_ALIVE, "keep-alive"),
        (Events::KEEP_ALIVE_ACK, "keep-alive ACK"),
        (Events::ZERO_WINDOW, "zero window"),
        (Events::ZERO_WINDOW_PROBE, "zero window probe"),
        (Events::ZERO_WINDOW_PROBE_ACK, "zero window probe ACK"),
        (Events::WINDOW_FULL, "window full"),
        (Events::WINDOW_UPDATE, "window update"),
        (Events::REUSED_PORTS, "port numbers reused"),
        (Events::DUPLICATE, "captured twice"),
    ];

    /// The events' names.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES.into_iter().filter_map(move |(bit, name)| self.has(bit).then_some(name))
    }
}

/// Microseconds within which a late segment counts as out of order where the flow's RTT is unknown.
const OUT_OF_ORDER_MICROS: u32 = 3_000;
/// Microseconds after a duplicate ACK within which a retransmission counts as fast.
const FAST_MICROS: u32 = 20_000;
/// Microseconds within which an identical packet can be a second copy.
const DUPLICATE_MICROS: u32 = 1_000_000;

/// Whether `a` comes after `b` in sequence space (RFC 9293 §3.4).
pub fn after(a: u32, b: u32) -> bool {
    (b.wrapping_sub(a) as i32) < 0
}

/// Judges `segment` and brings the flow's state up to it.
pub(super) fn judge(row: &mut FlowRow, segment: &Segment<'_>, direction: Direction, time: Time) -> Events {
    let micros = (time.nanos_since(row.start) / 1_000) as u32;
    let print = print(segment);
    let before = &row.sides[direction];
    let twin_possible = segment.ip.id.is_some_and(|id| id != 0) || segment.payload_len > 0;
    if before.flags.has(SideFlags::SEEN)
        && before.print == print
        && twin_possible
        && micros.wrapping_sub(before.ack_micros) < DUPLICATE_MICROS
    {
        return Events::DUPLICATE;
    }
    let events = compare(row, segment, direction, micros);
    advance(row, segment, direction, micros, events);
    row.sides[direction].print = print;
    if events.any(Events::ANY_RETRANSMISSION) {
        let side = &mut row.sides[direction];
        side.retransmissions = side.retransmissions.saturating_add(1);
    }
    events
}

fn compare(row: &FlowRow, segment: &Segment<'_>, direction: Direction, micros: u32) -> Events {
    let mut events = Events::default();
    let (own, other) = (&row.sides[direction], &row.sides[direction.reversed()]);
    let (seq, len, flags) = (segment.seq, segment.payload_len, segment.flags);
    let known = own.flags.has(SideFlags::SEEN);
    let plain = !(flags.syn() || flags.fin() || flags.rst());
    let same_window = segment.window == own.window;
    let same_ack = flags.ack() && own.flags.has(SideFlags::ACKED) && segment.ack == own.ack;
    let in_place = known && seq == own.next_seq;

    if len == 1 && in_place && other.window == 0 && other.flags.has(SideFlags::SEEN) {
        events.set(Events::ZERO_WINDOW_PROBE);
        return events;
    }
    if segment.window == 0 && plain {
        events.set(Events::ZERO_WINDOW);
    }
    if known && after(seq, own.next_seq) && !flags.rst() {
        events.set(Events::LOST_SEGMENT);
    }
    if known && len <= 1 && seq == own.next_seq.wrapping_sub(1) && plain {
        events.set(Events::KEEP_ALIVE);
    }
    if len == 0 && segment.window != 0 && !same_window && in_place && same_ack && plain {
        events.set(Events::WINDOW_UPDATE);
    }
    if len > 0 && plain && other.flags.has(SideFlags::ACKED | SideFlags::SEEN) && own.flags.0 != 0 {
        let scaled = other.flags.has(SideFlags::SCALED) && own.flags.has(SideFlags::SCALED);
        let window = u32::from(other.window) << if scaled { other.window_scale } else { 0 };
        if row.handshake_seen() && seq.wrapping_add(len) == other.ack.wrapping_add(window) {
            events.set(Events::WINDOW_FULL);
        }
    }
    if len == 0 && in_place && plain {
        if segment.window != 0 && same_window && same_ack && other.flags.has(SideFlags::KEEP_ALIVE) {
            events.set(Events::KEEP_ALIVE_ACK);
        } else if segment.window == 0 && same_window && other.flags.has(SideFlags::ZERO_WINDOW_PROBE) {
            events.set(Events::ZERO_WINDOW_PROBE_ACK);
        } else if segment.window != 0 && same_window && same_ack {
            events.set(Events::DUPLICATE_ACK);
        }
    }
    if flags.ack() && other.flags.has(SideFlags::SEEN) && after(segment.ack, other.next_seq) {
        events.set(Events::ACK_UNSEEN);
    }
    let carries = len > 0 || flags.syn() || flags.fin();
    if known && carries && after(own.next_seq, seq) && !events.has(Events::KEEP_ALIVE) {
        events.set(retransmission(row, segment, direction, micros));
    }
    events
}

/// Tells the kinds of retransmission apart, and all of them from a segment that merely came late.
fn retransmission(row: &FlowRow, segment: &Segment<'_>, direction: Direction, micros: u32) -> Events {
    let (own, other) = (&row.sides[direction], &row.sides[direction.reversed()]);
    let end = segment.seq.wrapping_add(sequence_length(segment));
    let acked = other.flags.has(SideFlags::ACKED);
    if acked
        && other.duplicate_acks >= 2
        && other.ack == segment.seq
        && micros.wrapping_sub(other.ack_micros) < FAST_MICROS
    {
        return Events::FAST_RETRANSMISSION;
    }
    let threshold = row.syn_rtt().map_or(OUT_OF_ORDER_MICROS, |nanos| nanos / 1_000);
    if micros.wrapping_sub(own.next_seq_micros) < threshold && own.next_seq != end {
        return Events::OUT_OF_ORDER;
    }
    if segment.payload_len > 0 && acked && !after(end, other.ack) {
        return Events::SPURIOUS_RETRANSMISSION;
    }
    Events::RETRANSMISSION
}

fn sequence_length(segment: &Segment<'_>) -> u32 {
    segment.payload_len + u32::from(segment.flags.syn()) + u32::from(segment.flags.fin())
}

fn advance(row: &mut FlowRow, segment: &Segment<'_>, direction: Direction, micros: u32, events: Events) {
    let flags = segment.flags;
    let end = segment.seq.wrapping_add(sequence_length(segment));
    if flags.ack() {
        let other = &mut row.sides[direction.reversed()];
        // The other end's base is told by what is acknowledged, where its own packets were not captured.
        if !other.flags.any(SideFlags::BASE | SideFlags::SEEN) && !flags.rst() {
            other.base_seq = segment.ack.wrapping_sub(1);
            other.flags.set(SideFlags::BASE);
        }
        let acked_fin = other.flags.has(SideFlags::FIN) && !after(other.next_seq, segment.ack);
        if acked_fin {
            row.sides[direction].flags.set(SideFlags::ACKED_FIN);
        }
    }
    let side = &mut row.sides[direction];
    if !side.flags.has(SideFlags::BASE) {
        side.base_seq = if flags.syn() { segment.seq } else { segment.seq.wrapping_sub(1) };
        side.flags.set(SideFlags::BASE);
    }
    // A probe's byte is not taken by a closed window; a reset's number says nothing of the stream.
    let grows = after(end, side.next_seq) && !flags.rst() && !events.has(Events::ZERO_WINDOW_PROBE);
    if grows || !side.flags.has(SideFlags::SEEN) {
        side.next_seq = end;
        side.next_seq_micros = micros;
    }
    if flags.ack() {
        if side.flags.has(SideFlags::ACKED) && side.ack == segment.ack {
            if events.has(Events::DUPLICATE_ACK) {
                side.duplicate_acks = side.duplicate_acks.saturating_add(1);
            }
        } else {
            side.duplicate_acks = 0;
        }
        if !side.flags.has(SideFlags::ACKED) || !after(side.ack, segment.ack) {
            side.ack = segment.ack;
        }
    }
    side.ack_micros = micros;
    side.window = segment.window;
    side.flags.0 &= !(SideFlags::KEEP_ALIVE.0 | SideFlags::ZERO_WINDOW_PROBE.0);
    for (present, flag) in [
        (true, SideFlags::SEEN),
        (flags.ack(), SideFlags::ACKED),
        (flags.fin(), SideFlags::FIN),
        (flags.rst(), SideFlags::RST),
        (segment.payload_len > 0 && !flags.rst(), SideFlags::DATA),
        (events.has(Events::KEEP_ALIVE), SideFlags::KEEP_ALIVE),
        (events.has(Events::ZERO_WINDOW_PROBE), SideFlags::ZERO_WINDOW_PROBE),
    ] {
        if present {
            side.flags.set(flag);
        }
    }
    if flags.rst() && row.reset_by.is_none() {
        row.reset_by = Some(direction);
    }
    if flags.fin() && row.closed_by.is_none() {
        row.closed_by = Some(direction);
    }
}

/// A hash of what two captures of one packet have in common: everything but the TTL and what lies below IP.
fn print(segment: &Segment<'_>) -> u32 {
    const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;
    let numbers = u64::from(segment.seq) << 32 | u64::from(segment.ack);
    let head = u64::from(segment.checksum) << 48
        | u64::from(segment.window) << 32
        | u64::from(segment.flags.0) << 20
        | u64::from(segment.ip.id.unwrap_or(0));
    let mixed = (numbers ^ MULTIPLIER).wrapping_mul(MULTIPLIER) ^ head;
    let mixed = (mixed ^ u64::from(segment.payload_len) << 17).wrapping_mul(MULTIPLIER);
    (mixed >> 32) as u32
}
