//! Keys from secrets: HKDF of TLS 1.3 and the PRF of TLS 1.2.

use hkdf::Hkdf;
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha2::{Sha256, Sha384};

use crate::vocab::iana::PrfHash;

/// HKDF-Expand-Label with an empty context (RFC 8446 §7.1), filling `out`; none where the hash is not known or the
/// secret too short for it.
pub(super) fn expand_label(hash: PrfHash, secret: &[u8], label: &str, out: &mut [u8]) -> Option<()> {
    let length = (out.len() as u16).to_be_bytes();
    let label_length = [(b"tls13 ".len() + label.len()) as u8];
    let info: [&[u8]; 5] = [&length, &label_length, b"tls13 ", label.as_bytes(), &[0]];
    match hash {
        PrfHash::Sha256 => Hkdf::<Sha256>::from_prk(secret).ok()?.expand_multi_info(&info, out).ok(),
        PrfHash::Sha384 => Hkdf::<Sha384>::from_prk(secret).ok()?.expand_multi_info(&info, out).ok(),
        PrfHash::Sha512 | PrfHash::Other => None,
    }
}

/// The PRF of TLS 1.2 (RFC 5246 §5), filling `out`. A master secret from a key log is the extended one where that was
/// negotiated (RFC 7627 §4): what follows from it is the same.
pub(super) fn prf(hash: PrfHash, secret: &[u8], label: &str, seed: [&[u8]; 2], out: &mut [u8]) -> Option<()> {
    let seed = [label.as_bytes(), seed[0], seed[1]];
    match hash {
        PrfHash::Sha256 => p_hash::<Hmac<Sha256>>(secret, &seed, out),
        PrfHash::Sha384 => p_hash::<Hmac<Sha384>>(secret, &seed, out),
        PrfHash::Sha512 | PrfHash::Other => None,
    }
}

/// `P_hash` (RFC 5246 §5): HMAC(secret, A(i) + seed) one after the other, A(0) the seed, A(i) the HMAC of A(i - 1).
fn p_hash<H: Mac + KeyInit>(secret: &[u8], seed: &[&[u8]], out: &mut [u8]) -> Option<()> {
    let keyed = || <H as KeyInit>::new_from_slice(secret).ok();
    let mut chain = keyed()?;
    for part in seed {
        chain.update(part);
    }
    let mut chain = chain.finalize().into_bytes();
    for place in out.chunks_mut(chain.len()) {
        let mut block = keyed()?;
        block.update(&chain);
        for part in seed {
            block.update(part);
        }
        place.copy_from_slice(&block.finalize().into_bytes()[..place.len()]);
        let mut next = keyed()?;
        next.update(&chain);
        chain = next.finalize().into_bytes();
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocab::text::hex;

    /// The vector that the TLS working group agreed on for the PRF with SHA-256.
    #[test]
    fn prf_with_sha256() {
        let secret = [0x9b, 0xbe, 0x43, 0x6b, 0xa9, 0x40, 0xf0, 0x17, 0xb1, 0x76, 0x52, 0x84, 0x9a, 0x71, 0xdb, 0x35];
        let seed = [0xa0, 0xba, 0x9f, 0x93, 0x6c, 0xda, 0x31, 0x18, 0x27, 0xa6, 0xf7, 0x96, 0xff, 0xd5, 0x19, 0x8c];
        let mut out = [0; 100];
        prf(PrfHash::Sha256, &secret, "test label", [&seed[..8], &seed[8..]], &mut out).expect("a known hash");
        assert_eq!(
            hex(&out),
            "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af0fa022f7\
             077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff70187347b66"
        );
    }

    #[test]
    fn a_hash_that_is_not_known_gives_nothing() {
        assert_eq!(expand_label(PrfHash::Other, &[0; 64], "key", &mut [0; 16]), None);
        assert_eq!(expand_label(PrfHash::Sha384, &[0; 32], "key", &mut [0; 16]), None, "too short a secret");
    }
}
