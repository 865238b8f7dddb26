//! What a cipher suite means for keys and for its strength: the lengths a decryptor needs, the reasons a rule names.
//!
//! Everything is read from the registered name, which states it; the lengths come from the cipher's own RFC.

use std::sync::LazyLock;

use super::CipherSuite;

/// How the premaster secret is agreed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum KeyExchange {
    /// No key exchange (the initial null suite, and signalling values).
    Null,
    /// The client encrypts to the server's RSA key: no forward secrecy.
    Rsa,
    /// Diffie-Hellman with the key in the certificate.
    Dh,
    /// Ephemeral Diffie-Hellman.
    Dhe,
    /// Elliptic-curve Diffie-Hellman with the key in the certificate.
    Ecdh,
    /// Ephemeral elliptic-curve Diffie-Hellman.
    Ecdhe,
    /// A pre-shared key alone.
    Psk,
    /// A pre-shared key with ephemeral Diffie-Hellman.
    DhePsk,
    /// A pre-shared key with ephemeral elliptic-curve Diffie-Hellman.
    EcdhePsk,
    /// A pre-shared key with RSA.
    RsaPsk,
    /// A password (RFC 5054).
    Srp,
    /// A Kerberos ticket (RFC 2712).
    Krb5,
    /// TLS 1.3: `key_share` and `pre_shared_key` decide.
    Tls13,
    /// Another one: GOST, TLCP, J-PAKE, Dragonfly, Fortezza.
    Other,
}

impl KeyExchange {
    /// Whether keys learned later do not open the recorded connection.
    pub fn is_forward_secret(self) -> bool {
        matches!(self, Self::Dhe | Self::Ecdhe | Self::DhePsk | Self::EcdhePsk | Self::Srp | Self::Tls13)
    }

    /// Whether the server sends a ServerKeyExchange with this key exchange up to TLS 1.2 (PSK ones only with a hint).
    pub fn has_server_key_exchange(self) -> bool {
        matches!(self, Self::Dhe | Self::Ecdhe | Self::DhePsk | Self::EcdhePsk | Self::Srp)
    }
}

/// How the server proves who it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Authentication {
    /// It does not: the null suite, and anonymous Diffie-Hellman.
    Anonymous,
    /// An RSA certificate.
    Rsa,
    /// A DSA certificate.
    Dss,
    /// An ECDSA (or EdDSA) certificate.
    Ecdsa,
    /// A pre-shared key.
    Psk,
    /// A Kerberos ticket.
    Krb5,
    /// A password.
    Srp,
    /// TLS 1.3: `signature_algorithms` decides.
    Tls13,
    /// Another one.
    Other,
}

/// A cipher with its mode.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BulkCipher {
    /// No encryption.
    Null,
    /// RC4 (a stream).
    Rc4,
    /// RC2 in CBC mode.
    Rc2Cbc,
    /// DES in CBC mode.
    DesCbc,
    /// Triple DES in CBC mode.
    TripleDesCbc,
    /// IDEA in CBC mode.
    IdeaCbc,
    /// SEED in CBC mode.
    SeedCbc,
    /// AES in CBC mode.
    AesCbc,
    /// AES in GCM.
    AesGcm,
    /// AES in CCM, with a tag of 16 or 8 bytes.
    AesCcm,
    /// Camellia in CBC mode.
    CamelliaCbc,
    /// Camellia in GCM.
    CamelliaGcm,
    /// ARIA in CBC mode.
    AriaCbc,
    /// ARIA in GCM.
    AriaGcm,
    /// ChaCha20-Poly1305 (RFC 7905, and RFC 8446).
    ChaCha20Poly1305,
    /// ChaCha20-Poly1305 with the nonce of the first Google draft.
    ChaCha20Poly1305Old,
    /// SM4 in CBC mode.
    Sm4Cbc,
    /// SM4 in GCM.
    Sm4Gcm,
    /// SM4 in CCM.
    Sm4Ccm,
    /// AEGIS-128L.
    Aegis128L,
    /// AEGIS-256.
    Aegis256,
    /// A cipher whose lengths are not listed here: GOST, Salsa20, SM1, Fortezza.
    Other,
}

/// A cipher, its mode, and its lengths in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Bulk {
    /// The cipher and its mode.
    pub cipher: BulkCipher,
    /// Length of the key that is used, in bytes; for 3DES all 24.
    pub key_len: u8,
    /// Bytes of IV taken from the key block: the CBC block (TLS 1.0 and before), the implicit part of an AEAD's
    /// nonce in TLS 1.2; in TLS 1.3 see [`Bulk::nonce_len`].
    pub fixed_iv_len: u8,
    /// Bytes of nonce or IV at the front of each record: the CBC block (from TLS 1.1), 8 for GCM and CCM in TLS 1.2.
    pub record_iv_len: u8,
    /// Block length of a CBC cipher in bytes; 0 otherwise.
    pub block_len: u8,
    /// Length of an AEAD's tag in bytes; 0 otherwise.
    pub tag_len: u8,
}

impl Bulk {
    /// Length of an AEAD's whole nonce in bytes; 0 for the others.
    pub fn nonce_len(self) -> u8 {
        match self.cipher {
            BulkCipher::Aegis128L => 16,
            BulkCipher::Aegis256 => 32,
            _ if self.tag_len > 0 => self.fixed_iv_len + self.record_iv_len,
            _ => 0,
        }
    }

    /// Whether the mode encrypts and authenticates in one.
    pub fn is_aead(self) -> bool {
        self.tag_len > 0
    }
}

/// The record MAC of a suite that is no AEAD.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Mac {
    /// None: an AEAD, or no protection.
    None,
    /// HMAC-MD5, 16 bytes.
    Md5,
    /// HMAC-SHA-1, 20 bytes.
    Sha1,
    /// HMAC-SHA-256, 32 bytes.
    Sha256,
    /// HMAC-SHA-384, 48 bytes.
    Sha384,
    /// Another one (SM3, GOST).
    Other,
}

impl Mac {
    /// Length in bytes of key and value.
    pub fn len(self) -> usize {
        match self {
            Mac::None | Mac::Other => 0,
            Mac::Md5 => 16,
            Mac::Sha1 => 20,
            Mac::Sha256 => 32,
            Mac::Sha384 => 48,
        }
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

/// The hash of the PRF (TLS 1.2) or of HKDF (TLS 1.3). Before TLS 1.2 the PRF uses MD5 and SHA-1 whatever the suite.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PrfHash {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
    /// Another one (SM3, Streebog).
    Other,
}

/// What the registered name of a suite says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct SuiteFacts {
    /// How keys are agreed.
    pub key_exchange: KeyExchange,
    /// How the server is authenticated.
    pub authentication: Authentication,
    /// The cipher and its lengths.
    pub bulk: Bulk,
    /// The record MAC.
    pub mac: Mac,
    /// Hash of the PRF or HKDF.
    pub prf: PrfHash,
    /// Whether keys are cut to 40 or 56 bits (the old export rules).
    pub export: bool,
}

impl CipherSuite {
    /// What the name says; none for unknown suites, GREASE and signalling values.
    pub fn facts(self) -> Option<SuiteFacts> {
        // Asked for each sealed record: names are read once.
        static FACTS: LazyLock<Vec<Option<SuiteFacts>>> =
            LazyLock::new(|| CipherSuite::TABLE.iter().map(|(suite, name)| suite.read(name)).collect());
        let at = Self::TABLE.binary_search_by_key(&self, |(suite, _)| *suite).ok()?;
        FACTS[at]
    }

    fn read(self, name: &str) -> Option<SuiteFacts> {
        if name.ends_with("_SCSV") || self == CipherSuite::NULL {
            return None;
        }
        let name = name.strip_suffix("_OLD").or_else(|| name.strip_suffix("_2")).unwrap_or(name);
        let bare = name.strip_prefix("TLS_").or_else(|| name.strip_prefix("SSL_")).unwrap_or(name);
        let (exchange, protection) = match bare.split_once("_WITH_") {
            Some(parts) => parts,
            None if self.is_tls13() => ("", bare),
            None => bare.split_once('_')?,
        };
        let (key_exchange, authentication) = exchange_of(exchange);
        let mut bulk = bulk_of(protection);
        if matches!(self.0, 0xcc13..=0xcc15) {
            bulk = Bulk { cipher: BulkCipher::ChaCha20Poly1305Old, fixed_iv_len: 0, record_iv_len: 0, ..bulk };
        }
        let mac = if bulk.is_aead() { Mac::None } else { mac_of(protection) };
        Some(SuiteFacts {
            key_exchange,
            authentication,
            bulk,
            mac,
            prf: prf_of(protection),
            export: exchange.contains("EXPORT") || protection.contains("_40_") || protection.contains("_56_"),
        })
    }

    /// Whether the suite belongs to TLS 1.3, where it names no key exchange (RFC 8446 §B.4, RFC 9150, RFC 8998).
    pub const fn is_tls13(self) -> bool {
        matches!(self.0, 0x1301..=0x13ff | 0x00c6 | 0x00c7 | 0xc0b4 | 0xc0b5 | 0xc103..=0xc106)
    }

    /// Whether records are protected by an AEAD.
    pub fn is_aead(self) -> bool {
        self.facts().is_some_and(|facts| facts.bulk.is_aead())
    }

    /// Whether this is no suite but a signal (RFC 5746 §3.3, RFC 7507 §2).
    pub fn is_signal(self) -> bool {
        self == Self::EMPTY_RENEGOTIATION_INFO_SCSV || self == Self::FALLBACK_SCSV
    }

    /// Why a careful end refuses the suite today; none if nothing is wrong with it by name.
    pub fn weakness(self) -> Option<&'static str> {
        let facts = self.facts()?;
        Some(match facts.bulk.cipher {
            BulkCipher::Null => "no encryption",
            _ if facts.export => "export-grade key",
            _ if facts.authentication == Authentication::Anonymous => "no authentication",
            BulkCipher::Rc4 => "RC4 (RFC 7465)",
            BulkCipher::DesCbc => "56-bit DES",
            BulkCipher::Rc2Cbc | BulkCipher::IdeaCbc | BulkCipher::TripleDesCbc => "64-bit blocks (SWEET32)",
            _ if facts.mac == Mac::Md5 => "MD5",
            _ => return None,
        })
    }
}

fn exchange_of(text: &str) -> (KeyExchange, Authentication) {
    use Authentication as A;
    use KeyExchange as K;
    let text = text.strip_suffix("_EXPORT1024").or_else(|| text.strip_suffix("_EXPORT")).unwrap_or(text);
    match text {
        "" => (K::Tls13, A::Tls13),
        "RSA" | "RSA_FIPS" => (K::Rsa, A::Rsa),
        "DH_DSS" => (K::Dh, A::Dss),
        "DH_RSA" => (K::Dh, A::Rsa),
        "DH_anon" => (K::Dhe, A::Anonymous),
        "DHE_DSS" => (K::Dhe, A::Dss),
        "DHE_RSA" => (K::Dhe, A::Rsa),
        "ECDH_ECDSA" => (K::Ecdh, A::Ecdsa),
        "ECDH_RSA" => (K::Ecdh, A::Rsa),
        "ECDH_anon" => (K::Ecdhe, A::Anonymous),
        "ECDHE_ECDSA" => (K::Ecdhe, A::Ecdsa),
        "ECDHE_RSA" => (K::Ecdhe, A::Rsa),
        "PSK" => (K::Psk, A::Psk),
        "DHE_PSK" | "PSK_DHE" => (K::DhePsk, A::Psk),
        "ECDHE_PSK" => (K::EcdhePsk, A::Psk),
        "RSA_PSK" => (K::RsaPsk, A::Rsa),
        "KRB5" => (K::Krb5, A::Krb5),
        "SRP_SHA" => (K::Srp, A::Srp),
        "SRP_SHA_RSA" => (K::Srp, A::Rsa),
        "SRP_SHA_DSS" => (K::Srp, A::Dss),
        "ECCPWD" => (K::Other, A::Srp),
        "CECPQ1_RSA" => (K::Other, A::Rsa),
        "CECPQ1_ECDSA" => (K::Other, A::Ecdsa),
        _ => (K::Other, A::Other),
    }
}

fn bulk_of(text: &str) -> Bulk {
    use BulkCipher as C;
    let cbc = |cipher, key_len, block| Bulk {
        cipher,
        key_len,
        fixed_iv_len: block,
        record_iv_len: block,
        block_len: block,
        tag_len: 0,
    };
    let aead =
        |cipher, key_len, tag_len| Bulk { cipher, key_len, fixed_iv_len: 4, record_iv_len: 8, block_len: 0, tag_len };
    let stream =
        |cipher, key_len| Bulk { cipher, key_len, fixed_iv_len: 0, record_iv_len: 0, block_len: 0, tag_len: 0 };
    let key = if text.contains("_256_") { 32 } else { 16 };
    let has = |prefix: &str| text.starts_with(prefix);
    let mode = |name: &str| text.contains(name);
    if has("NULL") || has("SHA256_") || has("SHA384_") {
        stream(C::Null, 0)
    } else if has("RC4") {
        stream(C::Rc4, 16)
    } else if has("3DES") {
        cbc(C::TripleDesCbc, 24, 8)
    } else if has("DES") {
        cbc(C::DesCbc, 8, 8)
    } else if has("RC2") {
        cbc(C::Rc2Cbc, 16, 8)
    } else if has("IDEA") {
        cbc(C::IdeaCbc, 16, 8)
    } else if has("SEED") {
        cbc(C::SeedCbc, 16, 16)
    } else if has("AES") && mode("_GCM") {
        aead(C::AesGcm, key, 16)
    } else if has("AES") && mode("_CCM") {
        let key = if has("AES_256") { 32 } else { 16 };
        aead(C::AesCcm, key, if mode("_CCM_8") { 8 } else { 16 })
    } else if has("AES") {
        cbc(C::AesCbc, key, 16)
    } else if has("CAMELLIA") && mode("_GCM") {
        aead(C::CamelliaGcm, key, 16)
    } else if has("CAMELLIA") {
        cbc(C::CamelliaCbc, key, 16)
    } else if has("ARIA") && mode("_GCM") {
        aead(C::AriaGcm, key, 16)
    } else if has("ARIA") {
        cbc(C::AriaCbc, key, 16)
    } else if has("CHACHA20") {
        Bulk { fixed_iv_len: 12, record_iv_len: 0, ..aead(C::ChaCha20Poly1305, 32, 16) }
    } else if has("SM4_GCM") {
        aead(C::Sm4Gcm, 16, 16)
    } else if has("SM4_CCM") {
        aead(C::Sm4Ccm, 16, 16)
    } else if has("SM4_CBC") {
        cbc(C::Sm4Cbc, 16, 16)
    } else if has("AEGIS_128L") {
        aead(C::Aegis128L, 16, 16)
    } else if has("AEGIS_256") {
        aead(C::Aegis256, 32, 16)
    } else {
        stream(C::Other, 0)
    }
}

fn mac_of(text: &str) -> Mac {
    match text.rsplit('_').next() {
        Some("MD5") => Mac::Md5,
        Some("SHA" | "SHA1") => Mac::Sha1,
        Some("SHA256") => Mac::Sha256,
        Some("SHA384") => Mac::Sha384,
        _ => Mac::Other,
    }
}

fn prf_of(text: &str) -> PrfHash {
    match text.rsplit('_').next() {
        Some("SHA384") => PrfHash::Sha384,
        Some("SHA512") => PrfHash::Sha512,
        Some("SM3" | "OMAC" | "IMIT" | "L" | "S" | "GOST3411") => PrfHash::Other,
        _ => PrfHash::Sha256,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(name: &str) -> SuiteFacts {
        CipherSuite::from_name(name).and_then(CipherSuite::facts).expect(name)
    }

    fn check(name: &str, exchange: KeyExchange, cipher: BulkCipher, lengths: [u8; 5], mac: Mac, prf: PrfHash) {
        let facts = facts(name);
        let bulk = facts.bulk;
        assert_eq!((facts.key_exchange, bulk.cipher, facts.mac, facts.prf), (exchange, cipher, mac, prf), "{name}");
        let found = [bulk.key_len, bulk.fixed_iv_len, bulk.record_iv_len, bulk.block_len, bulk.tag_len];
        assert_eq!(found, lengths, "{name}: key, fixed iv, record iv, block, tag");
    }

    #[test]
    fn lengths_follow_the_name() {
        use BulkCipher as C;
        use KeyExchange as K;
        use PrfHash::{Other, Sha256, Sha384};
        check("TLS_AES_128_GCM_SHA256", K::Tls13, C::AesGcm, [16, 4, 8, 0, 16], Mac::None, Sha256);
        check("TLS_AES_256_GCM_SHA384", K::Tls13, C::AesGcm, [32, 4, 8, 0, 16], Mac::None, Sha384);
        check("TLS_AES_128_CCM_8_SHA256", K::Tls13, C::AesCcm, [16, 4, 8, 0, 8], Mac::None, Sha256);
        check("TLS_CHACHA20_POLY1305_SHA256", K::Tls13, C::ChaCha20Poly1305, [32, 12, 0, 0, 16], Mac::None, Sha256);
        check("TLS_RSA_WITH_AES_256_CCM", K::Rsa, C::AesCcm, [32, 4, 8, 0, 16], Mac::None, Sha256);
        check("TLS_PSK_DHE_WITH_AES_256_CCM_8", K::DhePsk, C::AesCcm, [32, 4, 8, 0, 8], Mac::None, Sha256);
        check("TLS_RSA_WITH_3DES_EDE_CBC_SHA", K::Rsa, C::TripleDesCbc, [24, 8, 8, 8, 0], Mac::Sha1, Sha256);
        check("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", K::Ecdhe, C::AesCbc, [32, 16, 16, 16, 0], Mac::Sha384, Sha384);
        check("TLS_RSA_WITH_RC4_128_MD5", K::Rsa, C::Rc4, [16, 0, 0, 0, 0], Mac::Md5, Sha256);
        check("TLS_SM4_GCM_SM3", K::Tls13, C::Sm4Gcm, [16, 4, 8, 0, 16], Mac::None, Other);
    }

    #[test]
    fn weak_suites_say_why() {
        let weak = |name: &str| CipherSuite::from_name(name).expect(name).weakness();
        assert_eq!(weak("TLS_RSA_WITH_NULL_SHA"), Some("no encryption"));
        assert_eq!(weak("TLS_RSA_EXPORT_WITH_RC4_40_MD5"), Some("export-grade key"));
        assert_eq!(weak("TLS_DH_anon_WITH_AES_128_CBC_SHA"), Some("no authentication"));
        assert_eq!(weak("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"), None);
        assert_eq!(weak("TLS_EMPTY_RENEGOTIATION_INFO_SCSV"), None);
    }

    #[test]
    fn every_suite_has_facts() {
        let signals = CipherSuite::TABLE.iter().filter(|(suite, _)| suite.facts().is_none()).count();
        assert_eq!(signals, 3, "the null suite and two signalling values");
    }
}
