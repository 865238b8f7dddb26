//! The small registries: everything in a handshake with a number and a name that has no file of its own.

use super::registry;

registry! {
    /// Compression method of a hello (RFC 3749 §2).
    CompressionMethod(u8) { 0 NULL = "null", 1 DEFLATE = "DEFLATE", 64 LZS = "LZS", }
}
registry! {
    /// Form of an elliptic-curve point (RFC 8422 §5.1.2).
    EcPointFormat(u8) {
        0 UNCOMPRESSED = "uncompressed",
        1 = "ansiX962_compressed_prime",
        2 = "ansiX962_compressed_char2",
    }
}
registry! {
    /// How a ServerKeyExchange names its curve (RFC 8422 §5.4).
    EcCurveType(u8) { 1 = "explicit_prime", 2 = "explicit_char2", 3 NAMED_CURVE = "named_curve", }
}
registry! {
    /// What a Certificate message carries (RFC 7250 §3).
    CertificateType(u8) { 0 X509 = "X.509", 1 = "OpenPGP", 2 RAW_PUBLIC_KEY = "Raw Public Key", 3 = "1609Dot2", }
}
registry! {
    /// Kind of client certificate a server asks for up to TLS 1.2 (RFC 5246 §7.4.4).
    ClientCertificateType(u8) {
        1 = "rsa_sign",
        2 = "dss_sign",
        3 = "rsa_fixed_dh",
        4 = "dss_fixed_dh",
        5 = "rsa_ephemeral_dh",
        6 = "dss_ephemeral_dh",
        20 = "fortezza_dms",
        21 = "gost_sign_94",
        22 = "gost_sign_2001",
        64 = "ecdsa_sign",
        65 = "rsa_fixed_ecdh",
        66 = "ecdsa_fixed_ecdh",
        67 = "gost_sign256",
        68 = "gost_sign512",
        80 = "ibc_params",
    }
}
registry! {
    /// How a certificate is compressed (RFC 8879 §7.3).
    CertificateCompression(u16, grease) { 1 ZLIB = "zlib", 2 BROTLI = "brotli", 3 ZSTD = "zstd", }
}
registry! {
    /// How a PSK may be used (RFC 8446 §4.2.9).
    PskKeyExchangeMode(u8) { 0 = "psk_ke", 1 = "psk_dhe_ke", }
}
registry! {
    /// Kind of certificate status (RFC 6066 §8, RFC 6961).
    CertificateStatusType(u8) { 1 OCSP = "ocsp", 2 OCSP_MULTI = "ocsp_multi", }
}
registry! {
    /// Kind of name in `server_name` (RFC 6066 §3).
    ServerNameType(u8) { 0 HOST_NAME = "host_name", }
}
registry! {
    /// Which ClientHello carries an `encrypted_client_hello` (RFC 9849 §5).
    EchClientHelloType(u8) { 0 OUTER = "outer", 1 INNER = "inner", }
}
registry! {
    /// The sizes of `max_fragment_length` (RFC 6066 §4).
    MaxFragmentLength(u8) { 1 = "512 bytes", 2 = "1024 bytes", 3 = "2048 bytes", 4 = "4096 bytes", }
}
registry! {
    /// Whether the sender wants its peer to rekey too (RFC 8446 §4.6.3).
    KeyUpdateRequest(u8) { 0 = "update_not_requested", 1 = "update_requested", }
}
registry! {
    /// Whether the peer may send heartbeats (RFC 6520 §2).
    HeartbeatMode(u8) { 1 = "peer_allowed_to_send", 2 = "peer_not_allowed_to_send", }
}
registry! {
    /// Kind of heartbeat (RFC 6520 §3).
    HeartbeatMessageType(u8) { 1 = "heartbeat_request", 2 = "heartbeat_response", }
}
registry! {
    /// Hash of a TLS 1.2 signature pair (RFC 5246 §7.4.1.4.1).
    HashAlgorithm(u8) {
        0 = "none",
        1 = "md5",
        2 = "sha1",
        3 = "sha224",
        4 = "sha256",
        5 = "sha384",
        6 = "sha512",
        8 = "Intrinsic",
    }
}
registry! {
    /// Signature algorithm of a TLS 1.2 pair (RFC 5246 §7.4.1.4.1).
    SignatureAlgorithm(u8) {
        0 = "anonymous",
        1 = "rsa",
        2 = "dsa",
        3 = "ecdsa",
        7 = "ed25519",
        8 = "ed448",
        64 = "gostr34102012_256",
        65 = "gostr34102012_512",
    }
}
registry! {
    /// SRTP protection profile (RFC 5764 §4.1.2).
    SrtpProfile(u16) {
        0x0001 = "SRTP_AES128_CM_HMAC_SHA1_80",
        0x0002 = "SRTP_AES128_CM_HMAC_SHA1_32",
        0x0005 = "SRTP_NULL_HMAC_SHA1_80",
        0x0006 = "SRTP_NULL_HMAC_SHA1_32",
        0x0007 = "SRTP_AEAD_AES_128_GCM",
        0x0008 = "SRTP_AEAD_AES_256_GCM",
        0x0009 = "DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM",
        0x000a = "DOUBLE_AEAD_AES_256_GCM_AEAD_AES_256_GCM",
        0x000b = "SRTP_ARIA_128_CTR_HMAC_SHA1_80",
        0x000c = "SRTP_ARIA_128_CTR_HMAC_SHA1_32",
        0x000d = "SRTP_ARIA_256_CTR_HMAC_SHA1_80",
        0x000e = "SRTP_ARIA_256_CTR_HMAC_SHA1_32",
        0x000f = "SRTP_AEAD_ARIA_128_GCM",
        0x0010 = "SRTP_AEAD_ARIA_256_GCM",
    }
}
registry! {
    /// Key parameters of token binding (RFC 8472 §2).
    TokenBindingKey(u8) { 0 = "rsa2048_pkcs1.5", 1 = "rsa2048_pss", 2 = "ecdsap256", }
}
registry! {
    /// Kind of user mapping (RFC 4681 §5).
    UserMappingType(u8) { 64 = "upn_domain_hint", }
}
registry! {
    /// What a client may have from before (RFC 7924 §3).
    CachedInformationType(u8) { 1 = "cert", 2 = "cert_req", }
}
registry! {
    /// How the EKT key is encrypted (RFC 8870 §5.2.1).
    EktCipher(u8) { 1 = "aeskw_128", 2 = "aeskw_256", }
}
registry! {
    /// Kind of authorization data (RFC 5878 §4; the registry "TLS Authorization Data Formats").
    AuthorizationFormat(u8) {
        0 = "x509_attr_cert",
        1 = "saml_assertion",
        2 = "x509_attr_cert_url",
        3 = "saml_assertion_url",
        64 = "keynote_assertion_list",
        65 = "keynote_assertion_list_url",
        66 = "dtcp_authorization",
    }
}
registry! {
    /// How a trusted CA is named (RFC 6066 §6).
    TrustedCaIdentifier(u8) {
        0 PRE_AGREED = "pre_agreed",
        1 KEY_SHA1_HASH = "key_sha1_hash",
        2 X509_NAME = "x509_name",
        3 CERT_SHA1_HASH = "cert_sha1_hash",
    }
}
registry! {
    /// Whether a new connection ID is to be used at once (RFC 9147 §9).
    ConnectionIdUsage(u8) { 0 = "cid_immediate", 1 = "cid_spare", }
}
registry! {
    /// What a proof of certificate transparency holds (RFC 9162 §4.5; the registry "Transparency Versioned Types").
    TransparencyType(u16) {
        0x0100 = "x509_entry_v2",
        0x0101 = "precert_entry_v2",
        0x0102 X509_SCT_V2 = "x509_sct_v2",
        0x0103 PRECERT_SCT_V2 = "precert_sct_v2",
        0x0104 SIGNED_TREE_HEAD_V2 = "signed_tree_head_v2",
        0x0105 CONSISTENCY_PROOF_V2 = "consistency_proof_v2",
        0x0106 INCLUSION_PROOF_V2 = "inclusion_proof_v2",
    }
}
registry! {
    /// Type of a DNS record, those of a DNSSEC chain (RFC 9102 §2.2; the registry "Resource Record (RR) TYPEs").
    DnsType(u16) {
        1 = "A",
        2 = "NS",
        5 = "CNAME",
        6 = "SOA",
        28 = "AAAA",
        39 = "DNAME",
        43 = "DS",
        46 = "RRSIG",
        47 = "NSEC",
        48 = "DNSKEY",
        50 = "NSEC3",
        51 = "NSEC3PARAM",
        52 = "TLSA",
    }
}
registry! {
    /// Class of a DNS record (RFC 1035 §3.2.4).
    DnsClass(u16) { 1 = "IN", 3 = "CH", 4 = "HS", }
}
registry! {
    /// Key encapsulation of HPKE (RFC 9180 §7.1).
    KemId(u16) {
        0x0010 = "DHKEM(P-256, HKDF-SHA256)",
        0x0011 = "DHKEM(P-384, HKDF-SHA384)",
        0x0012 = "DHKEM(P-521, HKDF-SHA512)",
        0x0020 = "DHKEM(X25519, HKDF-SHA256)",
        0x0021 = "DHKEM(X448, HKDF-SHA512)",
        0x0030 = "X25519Kyber768Draft00",
        0x0041 = "ML-KEM-768",
        0x0042 = "ML-KEM-1024",
        0x647a = "X-Wing",
    }
}
registry! {
    /// Key derivation of HPKE (RFC 9180 §7.2).
    KdfId(u16) { 0x0001 = "HKDF-SHA256", 0x0002 = "HKDF-SHA384", 0x0003 = "HKDF-SHA512", }
}
registry! {
    /// Encryption of HPKE (RFC 9180 §7.3).
    AeadId(u16) {
        0x0001 = "AES-128-GCM",
        0x0002 = "AES-256-GCM",
        0x0003 = "ChaCha20Poly1305",
        0xffff = "Export-only",
    }
}
registry! {
    /// QUIC transport parameter (RFC 9000 §18.2 and its registry).
    QuicTransportParameter(u64) {
        0x00 = "original_destination_connection_id",
        0x01 = "max_idle_timeout",
        0x02 = "stateless_reset_token",
        0x03 = "max_udp_payload_size",
        0x04 = "initial_max_data",
        0x05 = "initial_max_stream_data_bidi_local",
        0x06 = "initial_max_stream_data_bidi_remote",
        0x07 = "initial_max_stream_data_uni",
        0x08 = "initial_max_streams_bidi",
        0x09 = "initial_max_streams_uni",
        0x0a = "ack_delay_exponent",
        0x0b = "max_ack_delay",
        0x0c = "disable_active_migration",
        0x0d = "preferred_address",
        0x0e = "active_connection_id_limit",
        0x0f = "initial_source_connection_id",
        0x10 = "retry_source_connection_id",
        0x11 = "version_information",
        0x20 = "max_datagram_frame_size",
        0x173e = "discard",
        0x2ab2 = "grease_quic_bit",
        0x3127 = "initial_rtt",
        0x3128 = "google_connection_options",
        0x3129 = "user_agent",
        0x4752 = "google_version",
        0xff04_de1b = "min_ack_delay",
    }
}
