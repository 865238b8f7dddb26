//! Signature schemes: the IANA registry "TLS SignatureScheme", with the hash and signature pairs of TLS 1.2.

use super::registry;

registry! {
    /// How a signature is made (RFC 8446 §4.2.3; in TLS 1.2 a hash and a signature algorithm, RFC 5246 §7.4.1.4.1).
    SignatureScheme(u16, grease) {
        0x0101 = "rsa_md5",
        0x0102 = "dsa_md5",
        0x0103 = "ecdsa_md5",
        0x0201 RSA_PKCS1_SHA1 = "rsa_pkcs1_sha1",
        0x0202 DSA_SHA1 = "dsa_sha1",
        0x0203 ECDSA_SHA1 = "ecdsa_sha1",
        0x0301 = "rsa_sha224",
        0x0302 = "dsa_sha224",
        0x0303 = "ecdsa_sha224",
        0x0401 RSA_PKCS1_SHA256 = "rsa_pkcs1_sha256",
        0x0402 = "dsa_sha256",
        0x0403 ECDSA_SECP256R1_SHA256 = "ecdsa_secp256r1_sha256",
        0x0420 = "rsa_pkcs1_sha256_legacy",
        0x0501 RSA_PKCS1_SHA384 = "rsa_pkcs1_sha384",
        0x0502 = "dsa_sha384",
        0x0503 ECDSA_SECP384R1_SHA384 = "ecdsa_secp384r1_sha384",
        0x0520 = "rsa_pkcs1_sha384_legacy",
        0x0601 RSA_PKCS1_SHA512 = "rsa_pkcs1_sha512",
        0x0602 = "dsa_sha512",
        0x0603 ECDSA_SECP521R1_SHA512 = "ecdsa_secp521r1_sha512",
        0x0620 = "rsa_pkcs1_sha512_legacy",
        0x0704 = "eccsi_sha256",
        0x0705 = "iso_ibs1",
        0x0706 = "iso_ibs2",
        0x0707 = "iso_chinese_ibs",
        0x0708 = "sm2sig_sm3",
        0x0709 = "gostr34102012_256a",
        0x070a = "gostr34102012_256b",
        0x070b = "gostr34102012_256c",
        0x070c = "gostr34102012_256d",
        0x070d = "gostr34102012_512a",
        0x070e = "gostr34102012_512b",
        0x070f = "gostr34102012_512c",
        0x0804 RSA_PSS_RSAE_SHA256 = "rsa_pss_rsae_sha256",
        0x0805 RSA_PSS_RSAE_SHA384 = "rsa_pss_rsae_sha384",
        0x0806 RSA_PSS_RSAE_SHA512 = "rsa_pss_rsae_sha512",
        0x0807 ED25519 = "ed25519",
        0x0808 ED448 = "ed448",
        0x0809 = "rsa_pss_pss_sha256",
        0x080a = "rsa_pss_pss_sha384",
        0x080b = "rsa_pss_pss_sha512",
        0x081a = "ecdsa_brainpoolP256r1tls13_sha256",
        0x081b = "ecdsa_brainpoolP384r1tls13_sha384",
        0x081c = "ecdsa_brainpoolP512r1tls13_sha512",
        0x0840 = "gostr34102012_256",
        0x0841 = "gostr34102012_512",
        0x0904 MLDSA44 = "mldsa44",
        0x0905 MLDSA65 = "mldsa65",
        0x0906 MLDSA87 = "mldsa87",
        0x0911 = "slhdsa_sha2_128s",
        0x0912 = "slhdsa_sha2_128f",
        0x0913 = "slhdsa_sha2_192s",
        0x0914 = "slhdsa_sha2_192f",
        0x0915 = "slhdsa_sha2_256s",
        0x0916 = "slhdsa_sha2_256f",
        0x0917 = "slhdsa_shake_128s",
        0x0918 = "slhdsa_shake_128f",
        0x0919 = "slhdsa_shake_192s",
        0x091a = "slhdsa_shake_192f",
        0x091b = "slhdsa_shake_256s",
        0x091c = "slhdsa_shake_256f",
        0xeded = "gostr34102001_gostr3411",
        0xeeee = "gostr34102012_256_old",
        0xefef = "gostr34102012_512_old",
    }
}

impl SignatureScheme {
    /// Why the scheme counts as weak today: MD5 or SHA-1 (RFC 9155), DSA. None for the others.
    pub fn weakness(self) -> Option<&'static str> {
        match (self.0 >> 8, self.0 & 0xff) {
            (1, 1..=3) => Some("MD5"),
            (2, 1..=3) => Some("SHA-1"),
            (3..=6, 2) => Some("DSA"),
            _ => None,
        }
    }
}
