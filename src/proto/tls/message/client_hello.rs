//! The ClientHello (RFC 8446 §4.1.2, RFC 5246 §7.4.1.2), SSL 3.0 to TLS 1.3.

use super::extension::Extensions;
use super::list::{KeyShares, Numbers, Opaques, behind_length};
use super::whole::to_the_end;
use crate::proto::tls::reader::{Issue, Reader};
use crate::vocab::iana::{
    AeadId, CertificateCompression, CipherSuite, EchClientHelloType, ExtensionType, KdfId, NamedGroup, ProtocolVersion,
    SignatureScheme,
};

/// A client's first message.
#[derive(Clone, Debug, Default)]
pub struct ClientHello<'a> {
    /// The version field; from TLS 1.3 on frozen at TLS 1.2 (see [`ClientHello::highest_version`]).
    pub legacy_version: ProtocolVersion,
    /// 32 bytes, fewer if cut.
    pub random: &'a [u8],
    /// 0 to 32 bytes.
    pub session_id: &'a [u8],
    /// The offered suites in the client's order, GREASE and signalling values included.
    pub cipher_suites: Numbers<'a, CipherSuite>,
    /// The offered compression methods, one byte each.
    pub compression_methods: &'a [u8],
    /// The extensions; empty where the hello has none.
    pub extensions: Extensions<'a>,
    /// What did not parse. Offsets count from the start of the body.
    pub issues: Vec<Issue>,
}

/// One offered pre-shared key (RFC 8446 §4.2.11).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PskIdentity<'a> {
    /// A ticket, or the name of a key shared beforehand.
    pub identity: &'a [u8],
    /// The ticket's age in milliseconds plus a secret number.
    pub obfuscated_ticket_age: u32,
}

/// The contents of `encrypted_client_hello` in a ClientHello (RFC 9849 §5); GREASE looks the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EncryptedClientHello<'a> {
    /// Outer or inner; the inner one has nothing else.
    pub kind: EchClientHelloType,
    /// Key derivation.
    pub kdf: KdfId,
    /// Encryption.
    pub aead: AeadId,
    /// Which of the server's configurations was used.
    pub config_id: u8,
    /// The encapsulated key; empty in the second ClientHello.
    pub encapsulated_key: &'a [u8],
    /// The encrypted inner ClientHello.
    pub payload: &'a [u8],
}

impl<'a> ClientHello<'a> {
    /// Decodes the message body, without the 4-byte handshake header.
    pub fn decode(body: &'a [u8]) -> Self {
        whole(body).unwrap_or_else(|| Self::field_by_field(body))
    }

    /// The same of a body that is damaged: as far as it goes.
    pub(super) fn field_by_field(body: &'a [u8]) -> Self {
        let mut hello = Self::default();
        let issues = &mut hello.issues;
        let reader = &mut Reader::new(body);
        if let Some(version) = reader.integer(2, "version", issues) {
            hello.legacy_version = ProtocolVersion(version as u16);
        }
        hello.random = reader.field(32, "random", issues);
        hello.session_id = reader.vector(1, "session_id", issues);
        if hello.session_id.len() > 32 {
            issues
                .push(Issue::new(35, format!("session_id: {} bytes, at most 32 are allowed", hello.session_id.len())));
        }
        let at = reader.offset();
        let suites = reader.vector(2, "cipher_suites", issues);
        if !reader.is_cut() && (suites.is_empty() || suites.len() % 2 == 1) {
            issues.push(Issue::new(at, format!("cipher_suites: the length {} is not even and above 0", suites.len())));
        }
        hello.cipher_suites = Numbers::new(suites);
        hello.compression_methods = reader.vector(1, "compression_methods", issues);
        if !reader.is_empty() {
            hello.extensions = Extensions::read(reader, issues);
            reader.end(issues);
        }
        hello
    }

    /// The host name of `server_name` (RFC 6066 §3), as the bytes that were sent; none if there is none or it is cut.
    pub fn server_name(&self) -> Option<&'a [u8]> {
        let mut reader = Reader::new(behind_length(self.extensions.find(ExtensionType::SERVER_NAME)?, 2));
        loop {
            let kind = reader.u8().ok()?;
            let length = reader.u16().ok()?;
            let name = reader.take(usize::from(length)).ok()?;
            if kind == 0 {
                return Some(name);
            }
        }
    }

    /// The offered application protocols in the client's order (RFC 7301 §3.1).
    pub fn alpn(&self) -> Opaques<'a> {
        Opaques::new(behind_length(self.body(ExtensionType::ALPN), 2), 1)
    }

    /// The versions of `supported_versions` in the client's order, GREASE included (RFC 8446 §4.2.1).
    pub fn supported_versions(&self) -> Numbers<'a, ProtocolVersion> {
        Numbers::behind_length(self.body(ExtensionType::SUPPORTED_VERSIONS), 1)
    }

    /// The groups of `supported_groups` in the client's order, GREASE included (RFC 8446 §4.2.7).
    pub fn groups(&self) -> Numbers<'a, NamedGroup> {
        Numbers::behind_length(self.body(ExtensionType::SUPPORTED_GROUPS), 2)
    }

    /// The point formats, one byte each (RFC 8422 §5.1.2).
    pub fn point_formats(&self) -> &'a [u8] {
        behind_length(self.body(ExtensionType::EC_POINT_FORMATS), 1)
    }

    /// The schemes of `signature_algorithms` in the client's order (RFC 8446 §4.2.3).
    pub fn signature_schemes(&self) -> Numbers<'a, SignatureScheme> {
        Numbers::behind_length(self.body(ExtensionType::SIGNATURE_ALGORITHMS), 2)
    }

    /// The offered key shares in the client's order (RFC 8446 §4.2.8).
    pub fn key_shares(&self) -> KeyShares<'a> {
        KeyShares::new(behind_length(self.body(ExtensionType::KEY_SHARE), 2))
    }

    /// The ways a certificate may be compressed (RFC 8879 §3).
    pub fn certificate_compressions(&self) -> Numbers<'a, CertificateCompression> {
        Numbers::behind_length(self.body(ExtensionType::COMPRESS_CERTIFICATE), 1)
    }

    /// Whether a pre-shared key is offered (RFC 8446 §4.2.11).
    pub fn has_psk(&self) -> bool {
        self.extensions.has(ExtensionType::PRE_SHARED_KEY)
    }

    /// The offered pre-shared keys in the client's order.
    pub fn psk_identities(&self) -> impl Iterator<Item = PskIdentity<'a>> + use<'a> {
        let mut reader = Reader::new(behind_length(self.body(ExtensionType::PRE_SHARED_KEY), 2));
        std::iter::from_fn(move || {
            let length = reader.u16().ok()?;
            let identity = reader.take(usize::from(length)).ok()?;
            Some(PskIdentity { identity, obfuscated_ticket_age: reader.u32().ok()? })
        })
    }

    /// Whether 0-RTT data is announced (RFC 8446 §4.2.10).
    pub fn early_data(&self) -> bool {
        self.extensions.has(ExtensionType::EARLY_DATA)
    }

    /// The session ticket (RFC 5077 §3.2): empty where the client only asks for one.
    pub fn session_ticket(&self) -> Option<&'a [u8]> {
        self.extensions.find(ExtensionType::SESSION_TICKET)
    }

    /// The cookie returned to the server after a HelloRetryRequest (RFC 8446 §4.2.2).
    pub fn cookie(&self) -> Option<&'a [u8]> {
        self.extensions.find(ExtensionType::COOKIE).map(|body| behind_length(body, 2))
    }

    /// The encrypted ClientHello, GREASE or real (RFC 9849 §5); none if absent or cut before its payload.
    pub fn ech(&self) -> Option<EncryptedClientHello<'a>> {
        let mut reader = Reader::new(self.extensions.find(ExtensionType::ENCRYPTED_CLIENT_HELLO)?);
        let kind = EchClientHelloType(reader.u8().ok()?);
        if kind != EchClientHelloType::OUTER {
            let (kdf, aead) = (KdfId(0), AeadId(0));
            return Some(EncryptedClientHello { kind, kdf, aead, config_id: 0, encapsulated_key: &[], payload: &[] });
        }
        let kdf = KdfId(reader.u16().ok()?);
        let aead = AeadId(reader.u16().ok()?);
        let config_id = reader.u8().ok()?;
        let encapsulated_key = reader.vector(2, "enc", &mut Vec::new());
        let payload = reader.vector(2, "payload", &mut Vec::new());
        Some(EncryptedClientHello { kind, kdf, aead, config_id, encapsulated_key, payload })
    }

    /// The versions the client accepts, GREASE left out: those of `supported_versions`, else every version of the
    /// SSL 3.0 to TLS 1.2 line up to the version field.
    pub fn offers_version(&self, version: ProtocolVersion) -> bool {
        if self.extensions.has(ExtensionType::SUPPORTED_VERSIONS) {
            self.supported_versions().contains(version)
        } else {
            version.is_tls() && version <= self.legacy_version.min(ProtocolVersion::TLS_1_2)
        }
    }

    /// The highest version offered, GREASE left out; a draft of TLS 1.3 counts just below TLS 1.3.
    pub fn highest_version(&self) -> ProtocolVersion {
        let rank = |version: &ProtocolVersion| (version.is_tls13(), !version.is_draft(), version.0);
        let offered = self.supported_versions();
        offered.iter().filter(|version| !version.is_grease()).max_by_key(rank).unwrap_or(self.legacy_version)
    }

    fn body(&self, kind: ExtensionType) -> &'a [u8] {
        self.extensions.find(kind).unwrap_or_default()
    }
}

/// A ClientHello as tls-parser reads it.
pub(super) fn whole(body: &[u8]) -> Option<ClientHello<'_>> {
    let read = to_the_end(tls_parser::parse_tls_handshake_client_hello(body))?;
    let session_id = read.session_id.unwrap_or_default();
    let suites_at = 2 + read.random.len() + 1 + session_id.len() + 2;
    let (suites, behind) = body.get(suites_at..)?.split_at_checked(2 * read.ciphers.len())?;
    let mut hello = ClientHello {
        legacy_version: ProtocolVersion(read.version.0),
        random: read.random,
        session_id,
        cipher_suites: Numbers::new(suites),
        compression_methods: behind.get(1..=read.comp.len())?,
        ..ClientHello::default()
    };
    // The crate takes an empty list for one, which TLS does not allow.
    if hello.cipher_suites.is_empty() {
        return None;
    }
    if let Some(block) = read.ext {
        hello.extensions = Extensions::whole(block, body.len() - block.len(), &mut hello.issues);
    }
    Some(hello)
}
