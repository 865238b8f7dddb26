//! Where the stream of an end begins, and which segments are none of its connection.

use super::row::{FlowRow, Side, SideFlags};
use crate::net::Segment;
use crate::vocab::Direction;

/// Distance of a sequence number from the client's SYN from which on it is none of this connection: nobody sends so much
/// before the SYN-ACK, and the capture hardly lacks so much.
const FAR: u32 = 1 << 24;

/// Lets an end's stream begin at another sequence number where the one before was never acknowledged: a server that
/// forgot the SYN answers the next one with a number of its own (RFC 7413 §4.2, SYN cookies), and of several answers the
/// client takes the one that it acknowledges.
pub(super) fn rebase(row: &mut FlowRow, segment: &Segment<'_>, direction: Direction) {
    let (way, base) = match direction {
        _ if segment.flags.syn() => (direction, segment.seq),
        // A server's may be of an earlier connection.
        Direction::ToServer if segment.flags.ack() && !segment.flags.rst() => {
            (Direction::ToClient, segment.ack.wrapping_sub(1))
        }
        _ => return,
    };
    let acknowledged = row.sides[way.reversed()];
    let side = &mut row.sides[way];
    let unused = side.flags.any(SideFlags::SYN | SideFlags::SYN_ACK)
        && !side.flags.any(SideFlags::DATA | SideFlags::FIN)
        && !(acknowledged.flags.has(SideFlags::ACKED) && acknowledged.ack == side.first_seq());
    if !unused || base == side.base_seq || !segment.flags.syn() && !is_far(base, side) {
        return;
    }
    side.base_seq = base;
    side.next_seq = side.first_seq();
    side.ackable = side.next_seq;
}

/// Lets a stream of which the capture lacks the beginning begin behind the keep-alive that is its sender's first packet. A
/// probe lies one before the next byte, and carries none or one that counts for nothing (RFC 9293 §3.8.4): a zero. One
/// without a byte is known by its answer, which acknowledges one more than was sent.
pub(super) fn pass_probe(row: &mut FlowRow, segment: &Segment<'_>, direction: Direction) {
    let syns = SideFlags::SYN | SideFlags::SYN_ACK;
    let flags = segment.flags;
    if Direction::BOTH.iter().any(|way| row.sides[*way].flags.any(syns)) || flags.syn() || flags.fin() || flags.rst() {
        return;
    }
    let own = &mut row.sides[direction];
    if !own.flags.any(SideFlags::SEEN | SideFlags::BASE) && segment.payload_len == 1 && segment.payload == [0] {
        own.base_seq = segment.seq;
        own.flags.set(SideFlags::BASE);
    }
    let other = &mut row.sides[direction.reversed()];
    let only_asked = other.flags.has(SideFlags::SEEN | SideFlags::BASE)
        && !other.flags.any(SideFlags::DATA | SideFlags::FIN | SideFlags::RST)
        && other.next_seq == other.first_seq();
    if only_asked && segment.payload_len == 0 && flags.ack() && segment.ack == other.next_seq.wrapping_add(1) {
        other.base_seq = other.base_seq.wrapping_add(1);
        other.next_seq = segment.ack;
        other.ackable = segment.ack;
    }
}

/// Whether a segment answers for a connection that had the same ports before, and which one end still holds open: in
/// answer to a SYN that end acknowledges what it has, and the client resets that (RFC 9293 §3.5.1, half-open connections).
/// A SYN-ACK whose number was not taken is none of this connection either.
pub(super) fn is_stray(row: &FlowRow, segment: &Segment<'_>, direction: Direction) -> bool {
    if segment.flags.syn() {
        return is_far(segment.seq, &row.sides[direction]);
    }
    let (client, server) = (&row.sides.to_server, &row.sides.to_client);
    if server.flags.has(SideFlags::SYN_ACK) || !client.flags.has(SideFlags::SYN) || client.flags.has(SideFlags::ACKED) {
        return false;
    }
    let number = match direction {
        Direction::ToClient if segment.flags.ack() => segment.ack,
        Direction::ToServer if segment.flags.rst() => segment.seq,
        _ => return false,
    };
    number.wrapping_sub(client.base_seq) > FAR
}

/// Whether a number of a stream is none of the stream as it is known to begin.
fn is_far(number: u32, side: &Side) -> bool {
    let distance = number.wrapping_sub(side.base_seq);
    side.flags.has(SideFlags::BASE) && distance.min(distance.wrapping_neg()) > FAR
}
