//! The Internet checksum of TCP segments (RFC 1071, RFC 9293 §3.1), and what a wrong one tells.

use std::net::IpAddr;

use super::Segment;

/// What a segment's checksum says of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Checksum {
    /// It fits.
    Right,
    /// It holds the sum of the addresses alone: the host that captured leaves the rest to its network card.
    NotFilledIn,
    /// It does not fit: the bytes that were captured are not those that were sent.
    Wrong,
    /// Not the whole segment was captured.
    NotChecked,
}

impl Checksum {
    /// Checks a segment.
    pub fn of(segment: &Segment<'_>) -> Self {
        if segment.payload.len() as u64 != u64::from(segment.payload_len) || !segment.fragments.is_empty() {
            return Self::NotChecked;
        }
        let length = 20 + segment.options.len() as u32 + segment.payload_len;
        let pseudo = fold(addresses(segment) + 6 + length);
        let data_offset = (5 + segment.options.len() as u32 / 4) << 12;
        let header = u32::from(segment.src.port)
            + u32::from(segment.dst.port)
            + halves(segment.seq)
            + halves(segment.ack)
            + (data_offset | u32::from(segment.flags.0))
            + u32::from(segment.window)
            + u32::from(segment.checksum)
            + u32::from(segment.urgent);
        let total = fold(pseudo + fold(header) + fold(sum(segment.options)) + fold(sum(segment.payload)));
        if total == 0xffff {
            Self::Right
        } else if u32::from(segment.checksum) == pseudo {
            Self::NotFilledIn
        } else {
            Self::Wrong
        }
    }
}

/// Sum of the pseudo header's addresses.
fn addresses(segment: &Segment<'_>) -> u32 {
    let of = |ip: IpAddr| match ip {
        IpAddr::V4(ip) => sum(&ip.octets()),
        IpAddr::V6(ip) => sum(&ip.octets()),
    };
    of(segment.src.ip) + of(segment.dst.ip)
}

fn halves(number: u32) -> u32 {
    (number >> 16) + (number & 0xffff)
}

/// The sum of 16-bit words, carries not folded; of an odd length the last byte is the upper half of a word.
pub(crate) fn sum(bytes: &[u8]) -> u32 {
    bytes.chunks(2).fold(0_u32, |sum, pair| {
        let word = u16::from_be_bytes([pair[0], pair.get(1).copied().unwrap_or(0)]);
        sum.wrapping_add(u32::from(word))
    })
}

/// Folds the carries of a sum into 16 bits.
pub(crate) fn fold(mut sum: u32) -> u32 {
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    sum
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;
    use crate::net::{Endpoint, TcpFlags};

    fn segment(checksum: u16, payload: &'static [u8]) -> Segment<'static> {
        let end = |last, port| Endpoint { ip: IpAddr::V4(Ipv4Addr::new(192, 0, 2, last)), port };
        Segment {
            seq: 0x0102_0304,
            ack: 0x0506_0708,
            flags: TcpFlags(TcpFlags::ACK | TcpFlags::PSH),
            window: 512,
            checksum,
            options: &[1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2],
            payload,
            payload_len: payload.len() as u32,
            ..Segment::bare(end(1, 50_000), end(2, 443))
        }
    }

    /// The checksum that fits: the complement of the sum of all else.
    fn fitting(payload: &'static [u8]) -> u16 {
        (0..=u16::MAX).find(|sum| Checksum::of(&segment(*sum, payload)) == Checksum::Right).expect("one fits")
    }

    #[test]
    fn a_changed_byte_is_told_and_an_empty_field_is_no_damage() {
        let right = fitting(b"hello");
        assert_eq!(Checksum::of(&segment(right, b"hello")), Checksum::Right);
        assert_eq!(Checksum::of(&segment(right, b"hellO")), Checksum::Wrong);
        let pseudo = fold(192 * 256 + (2 << 8) + 1 + 192 * 256 + (2 << 8) + 2 + 6 + 37) as u16;
        assert_eq!(Checksum::of(&segment(pseudo, b"hello")), Checksum::NotFilledIn);
        assert_eq!(Checksum::of(&Segment { payload_len: 9, ..segment(right, b"hello") }), Checksum::NotChecked);
    }
}
