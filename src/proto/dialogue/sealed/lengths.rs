//! Lengths of sealed records that mean something under a suite of TLS 1.3.
//!
//! A body is the content, its type (1 byte) and the tag (RFC 8446 §5.2): mostly 16 bytes, 8 with `CCM_8`.

use crate::proto::TlsFacts;
use crate::vocab::iana::{CipherSuite, PrfHash, ProtocolVersion};

/// Bytes of a handshake message's header.
const HEADER: u64 = 4;
/// Bytes of an alert (RFC 8446 §6).
const ALERT: u64 = 2;
/// Zeros with which Java pads short records, to hide what they are.
const PADDING: u64 = 16;

/// What the records of one connection measure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lengths {
    /// Bytes that protection adds: the content type and the tag.
    overhead: u64,
    /// Hash of the handshake.
    pub(super) hash: PrfHash,
}

impl Lengths {
    /// The lengths under the suite that was chosen; where that is not known, those of the usual ones.
    pub fn of(facts: &TlsFacts) -> Self {
        let cipher = facts.cipher.filter(|_| facts.version.is_some_and(ProtocolVersion::is_tls13));
        Self::under(cipher)
    }

    fn under(cipher: Option<CipherSuite>) -> Self {
        let suite = cipher.and_then(CipherSuite::facts);
        // Suites without encryption have a MAC in place of the tag (RFC 9150 §5).
        let tag = suite.map_or(16, |suite| u64::from(suite.bulk.tag_len).max(suite.mac.len() as u64));
        let hash = match suite.map(|suite| suite.prf) {
            Some(hash @ (PrfHash::Sha384 | PrfHash::Sha512)) => hash,
            _ => PrfHash::Sha256,
        };
        Self { overhead: 1 + tag, hash }
    }

    fn digest(self) -> u64 {
        match self.hash {
            PrfHash::Sha384 => 48,
            PrfHash::Sha512 => 64,
            PrfHash::Sha256 | PrfHash::Other => 32,
        }
    }

    fn message(self, body: u64) -> u64 {
        HEADER + body + self.overhead
    }

    /// An alert alone.
    pub fn alert(self) -> u64 {
        ALERT + self.overhead
    }

    /// An alert alone, padded.
    pub fn padded_alert(self) -> u64 {
        self.alert() + PADDING
    }

    /// Whether a record can be an alert, padded or not.
    pub fn is_alert(self, body: u64) -> bool {
        body == self.alert() || body == self.padded_alert()
    }

    /// A Finished alone (RFC 8446 §4.4.4).
    pub fn finished(self) -> u64 {
        self.message(self.digest())
    }

    /// Whether a record can be a Finished alone, padded or not.
    pub fn is_finished(self, body: u64) -> bool {
        body == self.finished() || body == self.finished() + PADDING
    }

    /// A Certificate without a certificate: empty context, empty list (RFC 8446 §4.4.2).
    pub fn empty_certificate(self) -> u64 {
        self.message(1 + 3)
    }

    /// Whether a record can be an empty Certificate alone, padded or not.
    pub fn is_empty_certificate(self, body: u64) -> bool {
        body == self.empty_certificate() || body == self.empty_certificate() + PADDING
    }

    /// An empty Certificate with the Finished behind it.
    pub fn empty_certificate_to_finished(self) -> u64 {
        self.message(1 + 3 + HEADER + self.digest())
    }

    /// Whether a record can be an empty Certificate with the Finished behind it, padded or not.
    pub fn is_empty_certificate_to_finished(self, body: u64) -> bool {
        let bare = self.empty_certificate_to_finished();
        body == bare || body == bare + PADDING
    }

    /// An EndOfEarlyData alone: a message without a body (RFC 8446 §4.5).
    pub fn end_of_early_data(self) -> u64 {
        self.message(0)
    }

    /// The key whose signature fits a record with a CertificateVerify alone: a scheme and a length of 2 bytes each, then
    /// the signature (RFC 8446 §4.4.3).
    pub fn signature_key(self, body: u64) -> Option<&'static str> {
        Some(match body.checked_sub(self.message(2 + 2))? {
            256 => "RSA-2048",
            384 => "RSA-3072",
            512 => "RSA-4096",
            64 => "Ed25519",
            69..=72 => "ECDSA P-256",
            101..=104 => "ECDSA P-384",
            114 => "Ed448",
            136..=139 => "ECDSA P-521",
            2420 => "ML-DSA-44",
            3309 => "ML-DSA-65",
            4627 => "ML-DSA-87",
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Alert, padded alert, Finished, empty Certificate, both, EndOfEarlyData.
    fn check(suite: u16, expected: [u64; 6]) {
        let lengths = Lengths::under(Some(CipherSuite(suite)));
        let both = lengths.empty_certificate_to_finished();
        let (finished, empty) = (lengths.finished(), lengths.empty_certificate());
        let end = lengths.end_of_early_data();
        assert_eq!([lengths.alert(), lengths.padded_alert(), finished, empty, both, end], expected, "{suite:#06x}");
        assert!(lengths.is_alert(expected[0]) && lengths.is_alert(expected[1]) && !lengths.is_alert(finished));
        assert!(lengths.is_finished(finished + 16) && !lengths.is_finished(finished + 8));
        assert!(lengths.is_empty_certificate(empty + 16) && !lengths.is_empty_certificate(end));
        assert!(
            lengths.is_empty_certificate_to_finished(both + 16) && !lengths.is_empty_certificate_to_finished(empty)
        );
    }

    #[test]
    fn lengths_follow_from_tag_and_hash() {
        check(0x1301, [19, 35, 53, 25, 61, 21]); // AES_128_GCM_SHA256
        check(0x1302, [19, 35, 69, 25, 77, 21]); // AES_256_GCM_SHA384
        check(0x1304, [19, 35, 53, 25, 61, 21]); // AES_128_CCM_SHA256
        check(0x1305, [11, 27, 45, 17, 53, 13]); // AES_128_CCM_8_SHA256: a tag of 8 bytes
        check(0xc0b4, [35, 51, 69, 41, 77, 37]); // SHA256_SHA256: a MAC of 32 bytes
        check(0xfafa, [19, 35, 53, 25, 61, 21]); // not known
    }

    #[test]
    fn signatures_are_told_by_their_length() {
        let key = |suite, body| Lengths::under(Some(CipherSuite(suite))).signature_key(body);
        assert_eq!(key(0x1301, 281), Some("RSA-2048"));
        assert_eq!(key(0x1305, 273), Some("RSA-2048"));
        assert_eq!(key(0x1301, 97), Some("ECDSA P-256"));
        assert_eq!(key(0x1301, 98), None);
        assert_eq!(key(0x1301, 7), None);
    }

    #[test]
    fn an_old_suite_says_nothing_of_lengths_of_tls13() {
        let cipher = Some(CipherSuite(0xc0ae)); // ECDHE_ECDSA_WITH_AES_128_CCM_8
        let old = TlsFacts { cipher, version: Some(ProtocolVersion::TLS_1_2), ..TlsFacts::default() };
        assert_eq!(Lengths::of(&old), Lengths::under(None));
    }
}
