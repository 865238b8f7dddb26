//! What a segment means in its flow: retransmission, out of order, lost, keep-alive and so on.
//!
//! Names and meaning follow Wireshark's `tcp.analysis.*`; `docs/tcp-events.md` counts where they differ, and says why. The
//! differences by design: a packet captured twice is a [`Events::DUPLICATE`], not a retransmission, and what was captured
//! before is never out of order.

use super::base::{is_stray, pass_probe, rebase};
use super::copies::{is_second_copy, print};
use super::events::Events;
use super::holes::acknowledge_holes;
use super::row::{FlowRow, PRINTS, Side, SideFlags};
use super::sequence::{after, sequence_length};
use crate::net::Segment;
use crate::vocab::{Direction, PacketNumber, Time};

/// Microseconds within which a late segment counts as out of order where the flow's RTT is unknown.
const OUT_OF_ORDER_MICROS: u32 = 3_000;
/// Microseconds after a duplicate ACK within which a retransmission counts as fast.
const FAST_MICROS: u32 = 20_000;

impl FlowRow {
    /// Takes the flow's next segment: which way it goes and what it was.
    pub fn segment(&mut self, segment: &Segment<'_>, packet: PacketNumber, time: Time) -> (Direction, Events) {
        let direction = self.direction_from(segment.src);
        let events = judge(self, segment, direction, time);
        self.pause(segment, direction, time);
        self.count(segment, direction, packet, time);
        (direction, events)
    }
}

/// Judges `segment` and brings the flow's state up to it.
fn judge(row: &mut FlowRow, segment: &Segment<'_>, direction: Direction, time: Time) -> Events {
    let micros = (time.nanos_since(row.start) / 1_000) as u32;
    let print = print(segment, micros);
    if is_second_copy(&row.sides[direction], segment, print, micros) {
        return Events::DUPLICATE;
    }
    rebase(row, segment, direction);
    pass_probe(row, segment, direction);
    if is_stray(row, segment, direction) {
        return Events::STRAY;
    }
    let mut events = compare(row, segment, direction, micros);
    advance(row, segment, direction, micros, events);
    if segment.flags.ack() && !segment.flags.rst() && acknowledge_holes(&mut row.holes, direction, segment.ack) {
        events.set(Events::ACKED_HOLE);
    }
    let prints = &mut row.sides[direction].prints;
    prints.copy_within(..PRINTS - 1, 1);
    prints[0] = print;
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
        let next = if known { own.next_seq } else { own.first_seq() };
        let begun = known || own.flags.has(SideFlags::BASE);
        if begun && len <= 1 && seq == next.wrapping_sub(1) && plain {
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
        if probed && !events.has(Events::ZERO_WINDOW_PROBE_ACK) {
            events.set(Events::WINDOW_UPDATE);
        } else if !probed {
            events.set(Events::ACK_UNSEEN);
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
    if segment.payload_len > 0 && acked && !after(segment.seq.wrapping_add(segment.payload_len), other.ack) {
        return Events::SPURIOUS_RETRANSMISSION;
    }
    // More than a byte from the place of a probe's: new data, of which the first byte was the probe.
    let after_probe = segment.payload_len > 1 && segment.seq == own.next_seq.wrapping_sub(1);
    if !after(own.next_seq, segment.seq) || after_probe {
        return Events::default();
    }
    if acked && other.duplicate_acks >= 2 && other.ack == segment.seq && micros.wrapping_sub(other.micros) < FAST_MICROS
    {
        return Events::FAST_RETRANSMISSION;
    }
    let limit =
        row.first_rtt_micros_plus_one.checked_sub(1).filter(|micros| *micros > 0).unwrap_or(OUT_OF_ORDER_MICROS);
    let soon = micros.wrapping_sub(own.next_seq_micros) < limit;
    // Before the first byte that is known, too, nothing was seen.
    let unseen = after(own.base_seq, segment.seq)
        || row.holes.as_ref().is_some_and(|holes| holes[direction].touch(segment.seq, end));
    if soon && unseen { Events::OUT_OF_ORDER } else { Events::RETRANSMISSION }
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
    side.flags.clear(SideFlags::KEEP_ALIVE | SideFlags::ZERO_WINDOW_PROBE | SideFlags::LAST_SYN);
    for (present, flag) in [
        (true, SideFlags::SEEN),
        (flags.ack(), SideFlags::ACKED),
        (flags.fin(), SideFlags::FIN),
        (flags.rst(), SideFlags::RST),
        (flags.syn(), SideFlags::LAST_SYN),
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
        other.ackable = if after(segment.ack, other.next_seq) { segment.ack } else { other.next_seq };
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
    let goes_on = !after(segment.seq, side.ackable) && after(end, side.ackable);
    if goes_on && counts || first {
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

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;
    use crate::net::{Endpoint, TcpFlags};
    use crate::vocab::PacketNumber;

    const WINDOW: u16 = 1000;

    fn end(last: u8) -> Endpoint {
        Endpoint { ip: IpAddr::V4(Ipv4Addr::new(10, 0, 0, last)), port: 1000 + u16::from(last) }
    }

    /// A segment as `> 100+20 A1 S W500 i7`: who sends, sequence number and bytes; acknowledgment, flags, window, IP ID.
    fn segment(text: &str) -> (Direction, Segment<'static>) {
        let (way, rest) = text.split_at(1);
        let direction = if way == ">" { Direction::ToServer } else { Direction::ToClient };
        let (src, dst) = if way == ">" { (end(1), end(2)) } else { (end(2), end(1)) };
        let mut words = rest.split_whitespace();
        let (seq, len) = words.next().and_then(|word| word.split_once('+')).expect("seq+len");
        let number = |digits: &str| digits.parse::<u32>().expect("a number");
        let mut segment =
            Segment { seq: number(seq), window: WINDOW, payload_len: number(len), ..Segment::bare(src, dst) };
        for word in words {
            let (kind, value) = word.split_at(1);
            match kind {
                "A" => (segment.ack, segment.flags.0) = (number(value), segment.flags.0 | TcpFlags::ACK),
                "W" => segment.window = number(value) as u16,
                "i" => segment.ip.id = Some(number(value) as u16),
                "S" => segment.flags.0 |= TcpFlags::SYN,
                "F" => segment.flags.0 |= TcpFlags::FIN,
                "R" => segment.flags.0 |= TcpFlags::RST,
                other => panic!("{other}"),
            }
        }
        (direction, segment)
    }

    /// Segments one a line, each after the milliseconds since the one before; what each was stands behind the bar.
    fn check(lines: &str) {
        let mut row = FlowRow::new(end(1), end(2), PacketNumber(1), Time(0));
        let mut micros = 0.0;
        for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (given, expected) = line.split_once('|').unwrap_or((line, ""));
            let (delay, text) = given.split_once(' ').expect("a delay");
            micros += delay.parse::<f64>().expect("milliseconds") * 1000.0;
            let time = Time(micros as i64 * 1000);
            let (direction, segment) = segment(text.trim());
            let events = judge(&mut row, &segment, direction, time);
            row.count(&segment, direction, PacketNumber(1), time);
            assert_eq!(events.names().collect::<Vec<_>>().join(", "), expected.trim(), "{line}\nof{lines}");
        }
    }

    /// TCP's handshake with a round trip of 20 ms, seen in the middle.
    const OPENING: &str = "0 > 0+0 S i1\n 10 < 500+0 S A1 i1\n 10 > 1+0 A501 i2\n";

    fn after_opening(lines: &str) {
        check(&format!("{OPENING}{lines}"));
    }

    #[test]
    fn what_was_captured_and_comes_again_is_sent_again_however_soon() {
        after_opening(
            "1 > 1+100 A501 i3
             1 > 101+100 A501 i4
             1 > 1+100 A501 i5 | retransmission
             400 > 1+100 A501 i6 | retransmission",
        );
    }

    #[test]
    fn what_was_left_out_and_comes_soon_is_out_of_order() {
        after_opening(
            "1 > 1+100 A501 i3
             1 > 201+100 A501 i5 | previous segment not captured
             1 > 101+100 A501 i4 | out of order
             1 > 101+100 A501 i6 | retransmission",
        );
    }

    #[test]
    fn what_was_left_out_and_comes_late_was_lost_before_the_capture() {
        after_opening(
            "1 > 1+100 A501 i3
             1 > 201+100 A501 i5 | previous segment not captured
             30 > 101+100 A501 i6 | retransmission",
        );
    }

    #[test]
    fn what_was_acknowledged_is_sent_again_for_nothing() {
        after_opening(
            "1 > 1+100 A501 i3
             9 < 501+0 A101 i2
             300 > 1+100 A501 i4 | spurious retransmission",
        );
    }

    #[test]
    fn two_duplicate_acks_make_a_retransmission_fast() {
        after_opening(
            "1 > 1+100 A501 i3
             1 > 101+100 A501 i4
             9 < 501+0 A101 i2
             1 < 501+0 A101 i3 | duplicate ACK
             1 < 501+0 A101 i4 | duplicate ACK
             1 > 101+100 A501 i5 | fast retransmission",
        );
    }

    #[test]
    fn a_packet_captured_twice_is_no_retransmission() {
        after_opening(
            "1 > 1+100 A501 i3
             0 > 101+100 A501 i4
             0.1 > 1+100 A501 i3 | captured twice
             0 > 101+100 A501 i4 | captured twice",
        );
        // The very same packet sent again by a timer is one.
        after_opening(
            "1 > 1+100 A501 i3\n 0 > 101+100 A501 i4\n 300 > 101+100 A501 i4 | retransmission\n 0 > 1+100 A501 i3 | retransmission",
        );
        // Without an IP identification only what follows at once is a copy.
        after_opening("1 > 1+100 A501\n 0.1 > 1+100 A501 | captured twice\n 300 > 1+100 A501 | retransmission");
    }

    #[test]
    fn an_acknowledged_gap_is_told_once_and_each_gap_is() {
        after_opening(
            "1 > 1+100 A501 i3
             9 < 501+0 A201 i2 | ACK of a segment not captured
             1 < 501+50 A201 i3
             1 < 551+50 A301 i4 | ACK of a segment not captured
             1 > 301+100 A601 i9 | previous segment not captured
             9 < 601+0 A401 i5",
        );
    }

    #[test]
    fn a_keep_alive_and_its_answer_carry_nothing_new() {
        after_opening(
            "1 > 1+100 A501 i3
             9 < 501+0 A101 i2
             9000 > 100+0 A501 i4 | keep-alive
             10 < 501+0 A101 i3 | keep-alive ACK",
        );
    }

    #[test]
    fn a_stream_begins_behind_a_probe() {
        check("0 > 100+0 A500\n 9 < 500+0 A101\n 9000 > 101+50 A500\n 9 < 500+30 A151");
        // More than a probe's byte is missing.
        check("0 > 100+0 A500\n 9 < 500+0 A102 | ACK of a segment not captured");
        // What the other end acknowledged tells where it begins.
        check("0 < 500+0 A101\n 9000 > 100+1 A500 | keep-alive\n 9 < 500+0 A101 | keep-alive ACK\n 1 > 101+50 A500");
    }

    #[test]
    fn a_window_fills_closes_is_probed_and_opens() {
        after_opening(
            "1 > 1+1000 A501 i3 | window full
             9 < 501+0 A1001 W0 i2 | zero window
             300 > 1001+1 A501 i4 | zero window probe
             9 < 501+0 A1001 W0 i3 | zero window, zero window probe ACK
             300 < 501+0 A1001 W500 i4 | window update",
        );
    }

    #[test]
    fn a_probe_that_was_taken_opens_the_window() {
        after_opening(
            "1 > 1+1000 A501 i3 | window full
             9 < 501+0 A1001 W0 i2 | zero window
             300 > 1001+1 A501 i4 | zero window probe
             9 < 501+0 A1002 W500 i3 | window update
             1 > 1002+100 A501 i5",
        );
    }

    #[test]
    fn a_stream_begins_where_the_client_acknowledges_it() {
        // A SYN's data is ignored, and the SYN sent again is answered with another number.
        check(
            "0 > 0+10 S i1
             10 < 4000000000+0 S A1 i1
             1000 > 0+0 S i2 | retransmission
             10 < 700000000+0 S A1 i2 | retransmission
             10 > 1+0 A700000001 i3
             1 > 1+10 A700000001 i4 | retransmission
             9 < 700000001+50 A11 i3",
        );
        // The client takes the first answer, the second crosses its ACK.
        check(
            "0 > 0+0 S i1
             10 < 4000000000+0 S A1 i1
             10 > 1+0 A4000000001 i2
             1 < 700000000+0 S A1 i2 | of an earlier connection
             9 < 4000000001+50 A1 i3",
        );
        // It takes the first although the second was captured before its ACK.
        check(
            "0 > 0+0 S i1
             10 < 4000000000+0 S A1 i1
             1 < 700000000+0 S A1 i2 | retransmission
             10 > 1+0 A4000000001 i2
             9 < 4000000001+50 A1 i3",
        );
    }

    #[test]
    fn sequence_numbers_pass_zero() {
        check(
            "0 > 4294967200+0 S i1
             10 < 500+0 S A4294967201 i1
             10 > 4294967201+0 A501 i2
             1 > 4294967201+100 A501 i3
             1 > 105+100 A501 i5 | previous segment not captured
             1 > 5+100 A501 i4 | out of order
             1 > 4294967201+100 A501 i6 | retransmission",
        );
    }

    #[test]
    fn a_capture_that_begins_in_the_middle_blames_nobody() {
        check(
            "0 > 1000+100 A501
             1 < 501+0 A1100
             1 > 900+100 A501 | spurious retransmission
             1 > 1100+100 A501",
        );
    }
}
