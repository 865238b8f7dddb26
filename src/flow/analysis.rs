//! What a segment means in its flow: retransmission, out of order, lost, keep-alive and so on.
//!
//! Names and meaning follow Wireshark's `tcp.analysis.*`. The one difference by design: a packet captured twice is a
//! [`Events::DUPLICATE`], not a retransmission.

use super::row::{FlowRow, Side, SideFlags, bits};
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
/// The same for packets that no IP identification tells from one sent again.
const DUPLICATE_MICROS_WITHOUT_ID: u32 = 5_000;

/// Whether `a` comes after `b` in sequence space (RFC 9293 §3.4).
pub fn after(a: u32, b: u32) -> bool {
    (b.wrapping_sub(a) as i32) < 0
}

/// Judges `segment` and brings the flow's state up to it.
pub(super) fn judge(row: &mut FlowRow, segment: &Segment<'_>, direction: Direction, time: Time) -> Events {
    let micros = (time.nanos_since(row.start) / 1_000) as u32;
    let print = print(segment);
    if is_second_copy(&row.sides[direction], segment, print, micros) {
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

/// Whether a segment is the one before it, captured at a second place.
fn is_second_copy(before: &Side, segment: &Segment<'_>, print: u32, micros: u32) -> bool {
    if !before.flags.has(SideFlags::SEEN) || before.print != print {
        return false;
    }
    let (carries, has_id) = (sequence_length(segment) > 0, segment.ip.id.is_some_and(|id| id != 0));
    let limit = if has_id { DUPLICATE_MICROS } else { DUPLICATE_MICROS_WITHOUT_ID };
    (has_id || carries) && micros.wrapping_sub(before.micros) < limit
}

fn compare(row: &FlowRow, segment: &Segment<'_>, direction: Direction, micros: u32) -> Events {
    let mut events = Events::default();
    let (own, other) = (&row.sides[direction], &row.sides[direction.reversed()]);
    let (seq, len, flags) = (segment.seq, segment.payload_len, segment.flags);
    let known = own.flags.has(SideFlags::SEEN);
    let plain = !(flags.syn() || flags.fin() || flags.rst());
    let in_place = known && seq == own.next_seq;

    if row.reuses_ports && !known && !other.flags.has(SideFlags::SEEN) {
        events.set(Events::REUSED_PORTS);
    }
    if len == 1 && in_place && other.window == 0 && other.flags.has(SideFlags::SEEN) {
        events.set(Events::ZERO_WINDOW_PROBE);
    } else {
        if segment.window == 0 && plain {
            events.set(Events::ZERO_WINDOW);
        }
        if known && after(seq, own.next_seq) && !flags.rst() {
            events.set(Events::LOST_SEGMENT);
        }
        if known && len <= 1 && seq == own.next_seq.wrapping_sub(1) && plain {
            events.set(Events::KEEP_ALIVE);
        }
        if len > 0 && plain && fills_window(own, other, seq.wrapping_add(len)) {
            events.set(Events::WINDOW_FULL);
        }
        if len == 0 && in_place && plain {
            events.set(repetition(own, other, segment));
        }
    }
    if flags.ack() && other.flags.has(SideFlags::SEEN) && after(segment.ack, other.ackable) {
        // A probe's byte that was taken after all: the window is open again.
        let probed = in_place && segment.ack == own.ack.wrapping_add(1);
        let probed = probed && other.flags.has(SideFlags::ZERO_WINDOW_PROBE);
        if !events.has(Events::ZERO_WINDOW_PROBE_ACK) {
            events.set(if probed { Events::WINDOW_UPDATE } else { Events::ACK_UNSEEN });
        }
    }
    let carries = len > 0 || flags.syn() || flags.fin();
    if known && carries && !events.has(Events::KEEP_ALIVE) {
        events.set(retransmission(row, segment, direction, micros));
    }
    events
}

/// What a segment without data says that has the sequence number of the one before it.
fn repetition(own: &Side, other: &Side, segment: &Segment<'_>) -> Events {
    let same_window = segment.window == own.window;
    let same_ack = own.flags.has(SideFlags::ACKED) && segment.ack == own.ack;
    let probed = other.flags.has(SideFlags::ZERO_WINDOW_PROBE);
    match segment.window {
        0 if same_window && probed && (same_ack || segment.ack == own.ack.wrapping_add(1)) => {
            Events::ZERO_WINDOW_PROBE_ACK
        }
        0 => Events::default(),
        _ if !same_ack => Events::default(),
        _ if !same_window => Events::WINDOW_UPDATE,
        _ if other.flags.has(SideFlags::KEEP_ALIVE) => Events::KEEP_ALIVE_ACK,
        _ => Events::DUPLICATE_ACK,
    }
}

/// Whether bytes up to `end` reach the edge of the receiver's window, where the scale of that window is known.
fn fills_window(own: &Side, other: &Side, end: u32) -> bool {
    let own_unscaled = own.flags.any(SideFlags::SYN | SideFlags::SYN_ACK) && !own.flags.has(SideFlags::SCALED);
    let known = own_unscaled || other.flags.any(SideFlags::SYN | SideFlags::SYN_ACK);
    let scaled = other.flags.has(SideFlags::SCALED) && !own_unscaled && !other.flags.has(SideFlags::LAST_SYN);
    let window = u32::from(other.window) << if scaled { other.window_scale } else { 0 };
    known && other.flags.has(SideFlags::ACKED | SideFlags::SEEN) && end == other.ack.wrapping_add(window)
}

/// Tells the kinds of retransmission apart, and all of them from a segment that merely came late.
fn retransmission(row: &FlowRow, segment: &Segment<'_>, direction: Direction, micros: u32) -> Events {
    let (own, other) = (&row.sides[direction], &row.sides[direction.reversed()]);
    let acked = other.flags.has(SideFlags::ACKED);
    let end = segment.seq.wrapping_add(sequence_length(segment));
    let data_end = segment.seq.wrapping_add(segment.payload_len);
    if segment.payload_len > 0 && acked && !after(data_end, other.ack) {
        return Events::SPURIOUS_RETRANSMISSION;
    }
    // More than a byte from the place of a probe's: new data, of which the first byte was the probe.
    let after_probe = segment.payload_len > 1 && segment.seq == own.next_seq.wrapping_sub(1);
    if !after(own.next_seq, segment.seq) || after_probe {
        return Events::default();
    }
    let asked_for = other.ack == segment.seq || other.flags.has(SideFlags::SACKS);
    if acked && other.duplicate_acks >= 2 && asked_for && micros.wrapping_sub(other.micros) < FAST_MICROS {
        return Events::FAST_RETRANSMISSION;
    }
    let limit =
        row.first_rtt_micros_plus_one.checked_sub(1).filter(|micros| *micros > 0).unwrap_or(OUT_OF_ORDER_MICROS);
    let late = micros.wrapping_sub(own.next_seq_micros) < limit && own.next_seq != data_end;
    // Before the first byte that is known, too, nothing was seen.
    let unseen = after(own.base_seq, segment.seq)
        || row.holes.as_ref().is_some_and(|holes| holes[direction].touch(segment.seq, end));
    if late && unseen { Events::OUT_OF_ORDER } else { Events::RETRANSMISSION }
}

fn sequence_length(segment: &Segment<'_>) -> u32 {
    segment.payload_len + u32::from(segment.flags.syn()) + u32::from(segment.flags.fin())
}

fn advance(row: &mut FlowRow, segment: &Segment<'_>, direction: Direction, micros: u32, events: Events) {
    let flags = segment.flags;
    if flags.ack() {
        acknowledge(row, segment, direction, events);
        let own = &row.sides[direction];
        if own.flags.has(SideFlags::LAST_SYN) && row.first_rtt_micros_plus_one == 0 && !flags.syn() {
            row.first_rtt_micros_plus_one = micros.wrapping_sub(own.micros).saturating_add(1);
        }
    }
    send(row, segment, direction, micros, events);
    let side = &mut row.sides[direction];
    if segment.ack != side.ack {
        side.duplicate_acks = 0;
    } else if events.has(Events::DUPLICATE_ACK) {
        side.duplicate_acks = side.duplicate_acks.saturating_add(1);
    }
    if flags.ack() {
        side.ack = segment.ack;
    }
    side.micros = micros;
    side.window = segment.window;
    side.flags.0 &= !(SideFlags::KEEP_ALIVE.0 | SideFlags::ZERO_WINDOW_PROBE.0 | SideFlags::LAST_SYN.0);
    for (present, flag) in [
        (true, SideFlags::SEEN),
        (flags.ack(), SideFlags::ACKED),
        (flags.fin(), SideFlags::FIN),
        (flags.rst(), SideFlags::RST),
        (flags.syn(), SideFlags::LAST_SYN),
        (segment.payload_len > 0 && !flags.rst(), SideFlags::DATA),
        (events.has(Events::KEEP_ALIVE), SideFlags::KEEP_ALIVE),
        (events.has(Events::ZERO_WINDOW_PROBE), SideFlags::ZERO_WINDOW_PROBE),
        (events.has(Events::DUPLICATE_ACK) && reports_sack(segment), SideFlags::SACKS),
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

fn reports_sack(segment: &Segment<'_>) -> bool {
    crate::net::options::walk(segment.options).any(|(kind, _)| kind == 5)
}

/// What a segment's acknowledgment says of the other end.
fn acknowledge(row: &mut FlowRow, segment: &Segment<'_>, direction: Direction, events: Events) {
    let own_ack = row.sides[direction].ack;
    let other = &mut row.sides[direction.reversed()];
    // The other end's base is told by what is acknowledged, where its own packets were not captured.
    if !other.flags.any(SideFlags::BASE | SideFlags::SEEN) && !segment.flags.rst() {
        other.base_seq = segment.ack.wrapping_sub(1);
        other.flags.set(SideFlags::BASE);
    }
    let took_probe = other.flags.has(SideFlags::ZERO_WINDOW_PROBE)
        && events.any(Events::ZERO_WINDOW_PROBE_ACK | Events::WINDOW_UPDATE)
        && segment.ack == own_ack.wrapping_add(1);
    if took_probe {
        other.next_seq = segment.ack;
        other.ackable = segment.ack;
    } else if events.has(Events::ACK_UNSEEN) {
        // Said once of the same bytes.
        other.ackable = other.next_seq;
    }
    let acked_fin = other.flags.has(SideFlags::FIN) && !after(other.next_seq, segment.ack);
    if acked_fin {
        row.sides[direction].flags.set(SideFlags::ACKED_FIN);
    }
}

/// What a segment's sequence numbers say of its sender.
fn send(row: &mut FlowRow, segment: &Segment<'_>, direction: Direction, micros: u32, events: Events) {
    let end = segment.seq.wrapping_add(sequence_length(segment));
    let side = &mut row.sides[direction];
    if !side.flags.has(SideFlags::BASE) {
        side.base_seq = if segment.flags.syn() { segment.seq } else { segment.seq.wrapping_sub(1) };
        side.flags.set(SideFlags::BASE);
    }
    let first = !side.flags.has(SideFlags::SEEN);
    let hole = match (first, events.has(Events::LOST_SEGMENT)) {
        (true, _) if after(segment.seq, side.first_seq()) => Some(side.first_seq()),
        (false, true) => Some(side.next_seq),
        _ => None,
    };
    let late = after(side.next_seq, segment.seq);
    // A probe's byte is not taken by a closed window; a reset's number says nothing of the stream.
    let counts = !segment.flags.rst() && !events.has(Events::ZERO_WINDOW_PROBE);
    if after(end, side.next_seq) && counts || first {
        side.next_seq = end;
        side.next_seq_micros = micros;
    }
    if segment.seq == side.ackable && counts || first {
        side.ackable = side.next_seq;
    }
    if let Some(start) = hole.filter(|_| !segment.flags.rst()) {
        row.holes.get_or_insert_default()[direction].open(start, segment.seq);
    } else if late && let Some(holes) = &mut row.holes {
        holes[direction].fill(segment.seq, end);
        if Direction::BOTH.iter().all(|way| holes[*way].is_empty()) {
            row.holes = None;
        }
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
