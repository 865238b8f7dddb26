//! The ClientHello in an SSL 2.0 record, by which old clients asked for SSL 3.0 and TLS (RFC 5246 §E.2).

use crate::proto::tls::reader::{Issue, Reader};
use crate::vocab::iana::{CipherSuite, ProtocolVersion};

/// A ClientHello of SSL 2.0, or in its form.
#[derive(Clone, Debug, Default)]
pub struct Ssl2ClientHello<'a> {
    /// The highest version the client speaks.
    pub version: ProtocolVersion,
    /// The offered ciphers, three bytes each; those that start with a zero are TLS cipher suites.
    pub cipher_specs: &'a [u8],
    /// The session to resume; empty for none.
    pub session_id: &'a [u8],
    /// 16 to 32 random bytes.
    pub challenge: &'a [u8],
    /// Bytes of the record with its 2-byte header.
    pub length: usize,
    /// What did not parse. Offsets count from the start of the record.
    pub issues: Vec<Issue>,
}

impl<'a> Ssl2ClientHello<'a> {
    /// Whether `stream`, the first bytes of a direction, begins with such a hello: a 2-byte header with the high bit,
    /// type 1, version 0.2 or 3.x, and lengths that add up. Needs 11 bytes.
    pub fn starts(stream: &[u8]) -> bool {
        let Some(head) = stream.first_chunk::<11>() else { return false };
        let pair = |at: usize| usize::from(head[at]) << 8 | usize::from(head[at + 1]);
        let length = pair(0) & 0x7fff;
        let version = matches!((head[3], head[4]), (0, 2) | (3, 0..=4));
        let (specs, session, challenge) = (pair(5), pair(7), pair(9));
        head[0] & 0x80 != 0
            && head[2] == 1
            && version
            && specs % 3 == 0
            && specs > 0
            && matches!(session, 0 | 16 | 32)
            && (8..=32).contains(&challenge)
            && length == 9 + specs + session + challenge
    }

    /// Decodes the record, with its 2-byte header.
    pub fn decode(record: &'a [u8]) -> Self {
        let mut hello = Self::default();
        let issues = &mut hello.issues;
        let reader = &mut Reader::new(record);
        let mut number = |reader: &mut Reader<'a>, width, name| reader.integer(width, name, issues).unwrap_or_default();
        hello.length = 2 + (number(reader, 2, "length") as usize & 0x7fff);
        number(reader, 1, "message type");
        hello.version = ProtocolVersion(number(reader, 2, "version") as u16);
        let specs = number(reader, 2, "cipher_spec_length") as usize;
        let session = number(reader, 2, "session_id_length") as usize;
        let challenge = number(reader, 2, "challenge_length") as usize;
        hello.cipher_specs = reader.field(specs, "cipher_specs", issues);
        hello.session_id = reader.field(session, "session_id", issues);
        hello.challenge = reader.field(challenge, "challenge", issues);
        hello
    }

    /// The TLS suites among the offered ciphers, in the client's order.
    pub fn cipher_suites(&self) -> impl Iterator<Item = CipherSuite> + use<'a> {
        self.cipher_specs.chunks_exact(3).filter_map(|spec| match spec {
            [0, high, low] => Some(CipherSuite(u16::from_be_bytes([*high, *low]))),
            _ => None,
        })
    }

    /// The name of an SSL 2.0 cipher; none for the number of a TLS suite.
    pub fn ssl2_cipher_name(spec: &[u8]) -> Option<&'static str> {
        Some(match spec {
            [1, 0, 0x80] => "SSL2_RC4_128_WITH_MD5",
            [2, 0, 0x80] => "SSL2_RC4_128_EXPORT40_WITH_MD5",
            [3, 0, 0x80] => "SSL2_RC2_128_CBC_WITH_MD5",
            [4, 0, 0x80] => "SSL2_RC2_128_CBC_EXPORT40_WITH_MD5",
            [5, 0, 0x80] => "SSL2_IDEA_128_CBC_WITH_MD5",
            [6, 0, 0x40] => "SSL2_DES_64_CBC_WITH_MD5",
            [7, 0, 0xc0] => "SSL2_DES_192_EDE3_CBC_WITH_MD5",
            [8, 0, 0x80] => "SSL2_RC4_64_WITH_MD5",
            _ => return None,
        })
    }
}
