//! Packets captured twice: at two places of one host, or of one network.

use super::row::{Side, SideFlags};
use super::sequence::sequence_length;
use crate::net::Segment;

/// Microseconds within which an identical packet can be a second copy. Some stacks send the very same packet again, IP
/// identification included, but no timer does so this soon (RFC 6298 §2.4: a second; common stacks: 200 ms). In units of
/// 16.4 ms, as prints have the time: 49 to 66 ms.
const DUPLICATE_UNITS: u32 = 3;
/// Microseconds within which a packet right behind can be one where no IP identification tells it from one sent again.
const DUPLICATE_MICROS_WITHOUT_ID: u32 = 5_000;

/// Whether a segment is one of those just before it, captured at a second place. A packet sent again has another IP
/// identification; without one only an equal packet right behind is taken for a copy.
pub(super) fn is_second_copy(before: &Side, segment: &Segment<'_>, print: u32, micros: u32) -> bool {
    let same = |one: &u32| (*one ^ print) & !PRINT_TIME == 0;
    if !before.flags.has(SideFlags::SEEN) || !before.prints.iter().any(same) {
        return false;
    }
    let age = micros.wrapping_sub(before.micros);
    if segment.ip.id.is_some_and(|id| id != 0) {
        // The time of a print wraps after four seconds; the copy is no younger than the segment before.
        if age >> 14 > DUPLICATE_UNITS {
            return false;
        }
        let soon = |one: &&u32| print.wrapping_sub(**one) & PRINT_TIME <= DUPLICATE_UNITS;
        return before.prints.iter().filter(soon).any(same);
    }
    same(&before.prints[0]) && sequence_length(segment) > 0 && age < DUPLICATE_MICROS_WITHOUT_ID
}

/// The bits of a print that are its time.
const PRINT_TIME: u32 = 0xff;

/// A hash of what two captures of one packet have in common: everything but the TTL and what lies below IP. Its last bits
/// are the time.
pub(super) fn print(segment: &Segment<'_>, micros: u32) -> u32 {
    const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;
    let numbers = u64::from(segment.seq) << 32 | u64::from(segment.ack);
    let head = u64::from(segment.checksum) << 48
        | u64::from(segment.window) << 32
        | u64::from(segment.flags.0) << 20
        | u64::from(segment.ip.id.unwrap_or(0));
    let mixed = (numbers ^ MULTIPLIER).wrapping_mul(MULTIPLIER) ^ head;
    let mixed = (mixed ^ u64::from(segment.payload_len) << 17).wrapping_mul(MULTIPLIER);
    (mixed >> 32) as u32 & !PRINT_TIME | micros >> 14 & PRINT_TIME
}
