//! Sequence numbers.

use crate::net::Segment;

/// Whether `a` comes after `b` in sequence space (RFC 9293 §3.4).
pub fn after(a: u32, b: u32) -> bool {
    (b.wrapping_sub(a) as i32) < 0
}

/// What a segment takes in sequence space: its payload, SYN and FIN (RFC 9293 §3.4).
pub(super) fn sequence_length(segment: &Segment<'_>) -> u32 {
    segment.payload_len + u32::from(segment.flags.syn()) + u32::from(segment.flags.fin())
}

#[cfg(test)]
mod tests {
    use super::after;

    #[test]
    fn half_the_numbers_come_after_each() {
        for (a, b, expected) in [
            (2, 1, true),
            (1, 1, false),
            (1, 2, false),
            (0, u32::MAX, true),
            (u32::MAX, 0, false),
            (0x7fff_ffff, 0, true),
            (0x8000_0001, 0, false),
        ] {
            assert_eq!(after(a, b), expected, "{a} after {b}");
        }
    }
}
