//! The first bytes of QUIC's long header: enough to know a try to connect, and whether it was answered (RFC 8999 §5.1,
//! RFC 9000 §17.2). Nothing is decrypted.

/// QUIC version 1 (RFC 9000).
const V1: u32 = 1;
/// QUIC version 2 (RFC 9369).
const V2: u32 = 0x6b33_43cf;
/// What the drafts of version 1 have in their upper 24 bits.
const DRAFTS: u32 = 0xff00_0000;

/// A packet with a long header and a version that is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LongHeader {
    /// The version; 0 is a Version Negotiation packet, which only servers send.
    pub version: u32,
    /// Whether it is an Initial packet.
    pub is_initial: bool,
}

impl LongHeader {
    /// Reads the payload of a datagram; `None` for a short header and for what is not known to be QUIC.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let [first, version @ ..] = *bytes.first_chunk::<5>()?;
        if first & 0x80 == 0 {
            return None;
        }
        let version = u32::from_be_bytes(version);
        // The bit after the first one is fixed but for Version Negotiation; the two after it are the type.
        let kind = first >> 4 & 3;
        let is_fixed = first & 0x40 != 0;
        let is_initial = match version {
            0 => false,
            V1 if is_fixed => kind == 0,
            V2 if is_fixed => kind == 1,
            draft if is_fixed && draft & 0xffff_ff00 == DRAFTS => kind == 0,
            _ => return None,
        };
        Some(Self { version, is_initial })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: Option<bool>) {
        assert_eq!(LongHeader::read(bytes).map(|header| header.is_initial), expected, "{bytes:02x?}");
    }

    #[test]
    fn an_initial_is_known_by_version_and_type() {
        check(&[0xc3, 0, 0, 0, 1, 8], Some(true));
        check(&[0xe3, 0, 0, 0, 1, 8], Some(false));
        check(&[0xd3, 0x6b, 0x33, 0x43, 0xcf], Some(true));
        check(&[0xc3, 0x6b, 0x33, 0x43, 0xcf], Some(false));
        check(&[0xc3, 0xff, 0, 0, 29], Some(true));
        check(&[0x80, 0, 0, 0, 0], Some(false));
        check(&[0x43, 0, 0, 0, 1], None);
        check(&[0xc3, 1, 2, 3, 4], None);
        check(&[0xc3, 0, 0, 0], None);
    }
}
