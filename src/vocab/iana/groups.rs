//! Groups for key exchange: the IANA registry "TLS Supported Groups" and the experiments seen in the wild.

use super::registry;

registry! {
    /// A group of a key exchange (RFC 8446 §4.2.7; the registry "TLS Supported Groups").
    NamedGroup(u16, grease) {
        0x0001 = "sect163k1",
        0x0002 = "sect163r1",
        0x0003 = "sect163r2",
        0x0004 = "sect193r1",
        0x0005 = "sect193r2",
        0x0006 = "sect233k1",
        0x0007 = "sect233r1",
        0x0008 = "sect239k1",
        0x0009 = "sect283k1",
        0x000a = "sect283r1",
        0x000b = "sect409k1",
        0x000c = "sect409r1",
        0x000d = "sect571k1",
        0x000e = "sect571r1",
        0x000f = "secp160k1",
        0x0010 = "secp160r1",
        0x0011 = "secp160r2",
        0x0012 = "secp192k1",
        0x0013 = "secp192r1",
        0x0014 = "secp224k1",
        0x0015 = "secp224r1",
        0x0016 = "secp256k1",
        0x0017 SECP256R1 = "secp256r1",
        0x0018 SECP384R1 = "secp384r1",
        0x0019 SECP521R1 = "secp521r1",
        0x001a = "brainpoolP256r1",
        0x001b = "brainpoolP384r1",
        0x001c = "brainpoolP512r1",
        0x001d X25519 = "x25519",
        0x001e X448 = "x448",
        0x001f = "brainpoolP256r1tls13",
        0x0020 = "brainpoolP384r1tls13",
        0x0021 = "brainpoolP512r1tls13",
        0x0022 = "GC256A",
        0x0023 = "GC256B",
        0x0024 = "GC256C",
        0x0025 = "GC256D",
        0x0026 = "GC512A",
        0x0027 = "GC512B",
        0x0028 = "GC512C",
        0x0029 = "curveSM2",
        0x0100 FFDHE2048 = "ffdhe2048",
        0x0101 = "ffdhe3072",
        0x0102 = "ffdhe4096",
        0x0103 = "ffdhe6144",
        0x0104 = "ffdhe8192",
        0x0200 = "MLKEM512",
        0x0201 = "MLKEM768",
        0x0202 = "MLKEM1024",
        0x023a = "kyber512",
        0x023c = "kyber768",
        0x023d = "kyber1024",
        0x11eb = "SecP256r1MLKEM768",
        0x11ec X25519_MLKEM768 = "X25519MLKEM768",
        0x11ed = "SecP384r1MLKEM1024",
        0x11ee = "curveSM2MLKEM768",
        0x2f39 = "x25519_kyber512",
        0x2f3a = "p256_kyber512",
        0x2f3c = "p384_kyber768",
        0x2f3d = "p521_kyber1024",
        0x4138 = "CECPQ2",
        0x6399 = "X25519Kyber768Draft00",
        0x639a = "SecP256r1Kyber768Draft00",
        0xfe30 = "X25519Kyber512Draft00",
        0xfe31 = "X25519Kyber768Draft00_old",
        0xfe32 = "P256Kyber768Draft00",
        0xff01 = "arbitrary_explicit_prime_curves",
        0xff02 = "arbitrary_explicit_char2_curves",
    }
}

impl NamedGroup {
    /// Whether a post-quantum KEM takes part, alone or in a hybrid.
    pub fn is_post_quantum(self) -> bool {
        matches!(self.0, 0x0200..=0x0202 | 0x023a..=0x023d | 0x11eb..=0x11ee | 0x2f39..=0x2f3d | 0x4138 | 0x6399 | 0x639a | 0xfe30..=0xfe32)
    }

    /// Whether this is a finite-field group (RFC 7919), not an elliptic curve.
    pub fn is_finite_field(self) -> bool {
        matches!(self.0, 0x0100..=0x01ff)
    }

    /// Bytes of a client's and of a server's key share, where the group fixes them (RFC 8446 §4.2.8,
    /// RFC 7919 §4, and the ML-KEM sizes of FIPS 203).
    pub fn share_lengths(self) -> Option<(usize, usize)> {
        Some(match self.0 {
            0x0013 => (49, 49),
            0x0015 => (57, 57),
            0x0016 | 0x0017 | 0x001a | 0x001f | 0x0029 => (65, 65),
            0x0018 | 0x001b | 0x0020 => (97, 97),
            0x0019 => (133, 133),
            0x001c | 0x0021 => (129, 129),
            0x001d => (32, 32),
            0x001e => (56, 56),
            0x0022..=0x0025 => (64, 64),
            0x0026..=0x0028 => (128, 128),
            0x0100 => (256, 256),
            0x0101 => (384, 384),
            0x0102 => (512, 512),
            0x0103 => (768, 768),
            0x0104 => (1024, 1024),
            0x0200 => (800, 768),
            0x0201 => (1184, 1088),
            0x0202 => (1568, 1568),
            0x11eb | 0x11ee | 0x639a | 0xfe32 => (1249, 1153),
            0x11ec | 0x6399 | 0xfe31 => (1216, 1120),
            0x11ed => (1665, 1665),
            0xfe30 => (832, 800),
            _ => return None,
        })
    }

    /// Size of the field or prime in bits, the number people mean by "a 256-bit curve"; none for hybrids.
    pub fn bits(self) -> Option<u16> {
        Some(match self.0 {
            0x0001..=0x0003 => 163,
            0x0004 | 0x0005 => 193,
            0x0006 | 0x0007 => 233,
            0x0008 => 239,
            0x0009 | 0x000a => 283,
            0x000b | 0x000c => 409,
            0x000d | 0x000e => 571,
            0x000f..=0x0011 => 160,
            0x0012 | 0x0013 => 192,
            0x0014 | 0x0015 => 224,
            0x0016 | 0x0017 | 0x001a | 0x001f | 0x0022..=0x0025 | 0x0029 => 256,
            0x0018 | 0x001b | 0x0020 => 384,
            0x0019 => 521,
            0x001c | 0x0021 | 0x0026..=0x0028 => 512,
            0x001d => 255,
            0x001e => 448,
            0x0100 => 2048,
            0x0101 => 3072,
            0x0102 => 4096,
            0x0103 => 6144,
            0x0104 => 8192,
            _ => return None,
        })
    }
}
