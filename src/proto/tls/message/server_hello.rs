//! The ServerHello and HelloRetryRequest (RFC 8446 §4.1.3, §4.1.4; RFC 5246 §7.4.1.3), and EncryptedExtensions.

use tls_parser::TlsMessageHandshake;

use super::extension::Extensions;
use super::list::{KeyShare, KeyShares, Opaques, behind_length};
use super::whole::to_the_end;
use crate::proto::tls::reader::{Issue, Reader};
use crate::vocab::iana::{CipherSuite, CompressionMethod, ExtensionType, NamedGroup, ProtocolVersion};

/// The random of a ServerHello that is a HelloRetryRequest: SHA-256 of "HelloRetryRequest" (RFC 8446 §4.1.3).
pub const HELLO_RETRY_RANDOM: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11,
    0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/// What the last 8 bytes of a server's random say: a better version is supported than was chosen (RFC 8446 §4.1.3).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Downgrade {
    /// `DOWNGRD` 01: the server supports TLS 1.3 and chose TLS 1.2.
    ToTls12,
    /// `DOWNGRD` 00: the server supports TLS 1.2 or 1.3 and chose TLS 1.1 or below.
    ToTls11OrBelow,
}

/// A server's answer to a ClientHello.
#[derive(Clone, Debug, Default)]
pub struct ServerHello<'a> {
    /// The version field; TLS 1.3 hides behind TLS 1.2 here (see [`ServerHello::selected_version`]).
    pub legacy_version: ProtocolVersion,
    /// 32 bytes, fewer if cut.
    pub random: &'a [u8],
    /// 0 to 32 bytes; in TLS 1.3 an echo of the client's.
    pub session_id: &'a [u8],
    /// The chosen suite; none if the message is cut before it.
    pub cipher_suite: Option<CipherSuite>,
    /// The chosen compression method.
    pub compression_method: CompressionMethod,
    /// The extensions; empty where there are none.
    pub extensions: Extensions<'a>,
    /// What did not parse. Offsets count from the start of the body.
    pub issues: Vec<Issue>,
}

impl<'a> ServerHello<'a> {
    /// Decodes the message body, without the 4-byte handshake header.
    pub fn decode(body: &'a [u8]) -> Self {
        whole(body).unwrap_or_else(|| Self::field_by_field(body))
    }

    /// The same of a body that is damaged, or of a version tls-parser does not know: as far as it goes.
    pub(super) fn field_by_field(body: &'a [u8]) -> Self {
        let mut hello = Self::default();
        let issues = &mut hello.issues;
        let reader = &mut Reader::new(body);
        if let Some(version) = reader.integer(2, "version", issues) {
            hello.legacy_version = ProtocolVersion(version as u16);
        }
        let short = hello.legacy_version.has_short_server_hello();
        hello.random = reader.field(32, "random", issues);
        if !short {
            hello.session_id = reader.vector(1, "session_id", issues);
            if hello.session_id.len() > 32 {
                let found = hello.session_id.len();
                issues.push(Issue::new(35, format!("session_id: {found} bytes, at most 32 are allowed")));
            }
        }
        hello.cipher_suite = reader.integer(2, "cipher_suite", issues).map(|suite| CipherSuite(suite as u16));
        if !short && let Some(method) = reader.integer(1, "compression_method", issues) {
            hello.compression_method = CompressionMethod(method as u8);
        }
        if !reader.is_empty() {
            hello.extensions = Extensions::read(reader, issues);
            reader.end(issues);
        }
        hello
    }

    /// Whether this asks for another ClientHello (RFC 8446 §4.1.4).
    pub fn is_hello_retry_request(&self) -> bool {
        self.random == HELLO_RETRY_RANDOM
    }

    /// The version that is spoken from here: that of `supported_versions`, else the version field.
    pub fn selected_version(&self) -> ProtocolVersion {
        match self.extensions.find(ExtensionType::SUPPORTED_VERSIONS) {
            Some([high, low, ..]) => ProtocolVersion(u16::from_be_bytes([*high, *low])),
            _ => self.legacy_version,
        }
    }

    /// The chosen application protocol, up to TLS 1.2 (TLS 1.3 tells it in EncryptedExtensions).
    pub fn alpn(&self) -> Option<&'a [u8]> {
        alpn(self.extensions)
    }

    /// The server's key share; none in a HelloRetryRequest.
    pub fn key_share(&self) -> Option<KeyShare<'a>> {
        let body = self.extensions.find(ExtensionType::KEY_SHARE)?;
        KeyShares::new(body).next()
    }

    /// The group of the key share, or the one a HelloRetryRequest asks for.
    pub fn selected_group(&self) -> Option<NamedGroup> {
        match self.extensions.find(ExtensionType::KEY_SHARE) {
            Some([high, low, ..]) => Some(NamedGroup(u16::from_be_bytes([*high, *low]))),
            _ => None,
        }
    }

    /// Index of the offered pre-shared key that was taken (RFC 8446 §4.2.11).
    pub fn pre_shared_key(&self) -> Option<u16> {
        match self.extensions.find(ExtensionType::PRE_SHARED_KEY) {
            Some([high, low, ..]) => Some(u16::from_be_bytes([*high, *low])),
            _ => None,
        }
    }

    /// The cookie of a HelloRetryRequest (RFC 8446 §4.2.2).
    pub fn cookie(&self) -> Option<&'a [u8]> {
        self.extensions.find(ExtensionType::COOKIE).map(|body| behind_length(body, 2))
    }

    /// Whether the random warns of a downgrade.
    pub fn downgrade(&self) -> Option<Downgrade> {
        match self.random.get(24..)? {
            b"DOWNGRD\x01" => Some(Downgrade::ToTls12),
            b"DOWNGRD\x00" => Some(Downgrade::ToTls11OrBelow),
            _ => None,
        }
    }

    /// Whether CBC records are encrypted first and authenticated then (RFC 7366).
    pub fn encrypt_then_mac(&self) -> bool {
        self.extensions.has(ExtensionType::ENCRYPT_THEN_MAC)
    }

    /// Whether the master secret covers the handshake (RFC 7627).
    pub fn extended_master_secret(&self) -> bool {
        self.extensions.has(ExtensionType::EXTENDED_MASTER_SECRET)
    }
}

/// The encrypted part of a TLS 1.3 server's answer (RFC 8446 §4.3.1).
#[derive(Clone, Debug, Default)]
pub struct EncryptedExtensions<'a> {
    /// The extensions.
    pub extensions: Extensions<'a>,
    /// What did not parse. Offsets count from the start of the body.
    pub issues: Vec<Issue>,
}

impl<'a> EncryptedExtensions<'a> {
    /// Decodes the message body, without the 4-byte handshake header.
    pub fn decode(body: &'a [u8]) -> Self {
        let mut issues = Vec::new();
        let reader = &mut Reader::new(body);
        let extensions = Extensions::read(reader, &mut issues);
        reader.end(&mut issues);
        Self { extensions, issues }
    }

    /// The chosen application protocol.
    pub fn alpn(&self) -> Option<&'a [u8]> {
        alpn(self.extensions)
    }

    /// Whether 0-RTT data is accepted.
    pub fn early_data(&self) -> bool {
        self.extensions.has(ExtensionType::EARLY_DATA)
    }
}

fn alpn(extensions: Extensions<'_>) -> Option<&[u8]> {
    Opaques::new(behind_length(extensions.find(ExtensionType::ALPN)?, 2), 1).next()
}

/// A ServerHello as tls-parser reads it; in the form of draft 18 too.
pub(super) fn whole(body: &[u8]) -> Option<ServerHello<'_>> {
    let mut hello = ServerHello::default();
    let block = match to_the_end(tls_parser::parse_tls_handshake_msg_server_hello(body))? {
        TlsMessageHandshake::ServerHello(read) => {
            hello.legacy_version = ProtocolVersion(read.version.0);
            hello.random = read.random;
            hello.session_id = read.session_id.unwrap_or_default();
            hello.cipher_suite = Some(CipherSuite(read.cipher.0));
            hello.compression_method = CompressionMethod(read.compression.0);
            read.ext
        }
        TlsMessageHandshake::ServerHelloV13Draft18(read) => {
            hello.legacy_version = ProtocolVersion(read.version.0);
            hello.random = read.random;
            hello.cipher_suite = Some(CipherSuite(read.cipher.0));
            read.ext
        }
        _ => return None,
    };
    if let Some(block) = block {
        hello.extensions = Extensions::whole(block, body.len() - block.len(), &mut hello.issues);
    }
    Some(hello)
}
