//! The headers in front of everything: of a record (RFC 8446 §5.1) and of a handshake message (§4).

use crate::vocab::iana::{ContentType, HandshakeType, ProtocolVersion};

/// Longest body a record may have: 2^14 bytes and 2,048 for the ciphers of TLS 1.2 (RFC 5246 §6.2.3).
pub const MAX_RECORD_BODY: usize = (1 << 14) + 2048;

/// The header of a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RecordHeader {
    /// What the record carries.
    pub content_type: ContentType,
    /// The version field, which says little: TLS 1.3 writes TLS 1.2 here, a first ClientHello often TLS 1.0.
    pub version: ProtocolVersion,
    /// Length of the body in bytes, without this header.
    pub length: u16,
}

impl RecordHeader {
    /// Bytes of a record header.
    pub const LENGTH: usize = 5;

    /// The header at the start of `bytes`; none with fewer than 5 bytes.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (_, header) = tls_parser::parse_tls_record_header(bytes).ok()?;
        Some(Self {
            content_type: ContentType(header.record_type.0),
            version: ProtocolVersion(header.version.0),
            length: header.len,
        })
    }

    /// Whether this can be the header of a TLS record: a type in use, an SSL 3.0 to TLS 1.2 version field (or the
    /// one of TLCP), a length that is allowed, and not empty except for application data, and for handshake records, which
    /// some senders leave empty against RFC 8446 §5.1.
    pub fn is_plausible(self) -> bool {
        let version = matches!(self.version.0, 0x0300..=0x0304 | 0x0101) || self.version.is_draft();
        let kind = matches!(self.content_type.0, 20..=24);
        let may_be_empty = matches!(self.content_type, ContentType::APPLICATION_DATA | ContentType::HANDSHAKE);
        let empty = self.length == 0 && !may_be_empty;
        version && kind && !empty && usize::from(self.length) <= MAX_RECORD_BODY
    }
}

/// The header of a handshake message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HandshakeHeader {
    /// Which message.
    pub kind: HandshakeType,
    /// Length of the body in bytes, without this header; below 2^24.
    pub length: u32,
}

impl HandshakeHeader {
    /// Bytes of a handshake header.
    pub const LENGTH: usize = 4;

    /// The header at the start of `bytes`; none with fewer than 4 bytes.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let head = bytes.first_chunk::<4>()?;
        Some(Self { kind: HandshakeType(head[0]), length: u32::from_be_bytes([0, head[1], head[2], head[3]]) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        let header = RecordHeader::decode(&[22, 3, 1, 2, 0, 1]).expect("five bytes");
        assert_eq!(
            (header.content_type, header.version, header.length),
            (ContentType::HANDSHAKE, ProtocolVersion::TLS_1_0, 512)
        );
        assert!(header.is_plausible());
        assert_eq!(RecordHeader::decode(&[22, 3, 1, 2]), None);
        assert!(!RecordHeader::decode(b"HTTP/1.1").expect("five bytes").is_plausible());
        let header = HandshakeHeader::decode(&[1, 0, 1, 2]).expect("four bytes");
        assert_eq!((header.kind, header.length), (HandshakeType::CLIENT_HELLO, 258));
    }
}
