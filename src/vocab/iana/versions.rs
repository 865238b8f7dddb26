//! Protocol versions as they stand in records, hellos and `supported_versions`.

use super::registry;

registry! {
    /// A protocol version (RFC 8446 §4.1.2), drafts of TLS 1.3 and DTLS included.
    ProtocolVersion(u16, grease) {
        0x0002 SSL_2_0 = "SSL 2.0",
        0x0101 TLCP = "TLCP 1.1",
        0x0300 SSL_3_0 = "SSL 3.0",
        0x0301 TLS_1_0 = "TLS 1.0",
        0x0302 TLS_1_1 = "TLS 1.1",
        0x0303 TLS_1_2 = "TLS 1.2",
        0x0304 TLS_1_3 = "TLS 1.3",
        0x7e01 = "TLS 1.3 (Google experiment 1)",
        0x7e02 = "TLS 1.3 (Google experiment 2)",
        0x7e03 = "TLS 1.3 (Google experiment 3)",
        0x7f01 = "TLS 1.3 (draft 1)",
        0x7f02 = "TLS 1.3 (draft 2)",
        0x7f03 = "TLS 1.3 (draft 3)",
        0x7f04 = "TLS 1.3 (draft 4)",
        0x7f05 = "TLS 1.3 (draft 5)",
        0x7f06 = "TLS 1.3 (draft 6)",
        0x7f07 = "TLS 1.3 (draft 7)",
        0x7f08 = "TLS 1.3 (draft 8)",
        0x7f09 = "TLS 1.3 (draft 9)",
        0x7f0a = "TLS 1.3 (draft 10)",
        0x7f0b = "TLS 1.3 (draft 11)",
        0x7f0c = "TLS 1.3 (draft 12)",
        0x7f0d = "TLS 1.3 (draft 13)",
        0x7f0e = "TLS 1.3 (draft 14)",
        0x7f0f = "TLS 1.3 (draft 15)",
        0x7f10 = "TLS 1.3 (draft 16)",
        0x7f11 = "TLS 1.3 (draft 17)",
        0x7f12 = "TLS 1.3 (draft 18)",
        0x7f13 = "TLS 1.3 (draft 19)",
        0x7f14 = "TLS 1.3 (draft 20)",
        0x7f15 = "TLS 1.3 (draft 21)",
        0x7f16 = "TLS 1.3 (draft 22)",
        0x7f17 = "TLS 1.3 (draft 23)",
        0x7f18 = "TLS 1.3 (draft 24)",
        0x7f19 = "TLS 1.3 (draft 25)",
        0x7f1a = "TLS 1.3 (draft 26)",
        0x7f1b = "TLS 1.3 (draft 27)",
        0x7f1c = "TLS 1.3 (draft 28)",
        0xfb17 = "TLS 1.3 (Facebook draft 23)",
        0xfb1a = "TLS 1.3 (Facebook draft 26)",
        0xfefc DTLS_1_3 = "DTLS 1.3",
        0xfefd DTLS_1_2 = "DTLS 1.2",
        0xfeff DTLS_1_0 = "DTLS 1.0",
    }
}

impl ProtocolVersion {
    /// Whether this is TLS 1.3 or one of its drafts: messages then have the shapes of RFC 8446.
    pub const fn is_tls13(self) -> bool {
        self.0 == 0x0304 || self.is_draft()
    }

    /// Whether this is a draft of TLS 1.3.
    pub const fn is_draft(self) -> bool {
        matches!(self.0 >> 8, 0x7e | 0x7f | 0xfb)
    }

    /// Whether the ServerHello of this version has the short shape of the drafts before 22: neither session id nor
    /// compression method.
    pub const fn has_short_server_hello(self) -> bool {
        matches!(self.0, 0x7f00..=0x7f15)
    }

    /// Whether this is SSL 3.0 to TLS 1.3 (final), the versions that share the record layer.
    pub const fn is_tls(self) -> bool {
        matches!(self.0, 0x0300..=0x0304)
    }
}
