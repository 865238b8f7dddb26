//! Opening one record: nonce, associated data, tag, and the padding of TLS 1.3.

use aes_gcm::aead::consts::{U8, U12, U16};
use aes_gcm::aead::{AeadInOut, KeyInit, Nonce, Tag};
use aes_gcm::{Aes128Gcm, Aes256Gcm};
use ccm::Ccm;
use chacha20poly1305::ChaCha20Poly1305;
use zeroize::Zeroizing;

use super::schedule::{expand_label, prf};
use crate::proto::tls::message::RecordHeader;
use crate::proto::tls::secrets::Secret;
use crate::vocab::Direction;
use crate::vocab::iana::{Bulk, BulkCipher, CipherSuite, ContentType, SuiteFacts};

/// Length in bytes of the nonce of every suite opened here.
const NONCE: usize = 12;
/// Longest key block of TLS 1.2 that is needed: two keys of 32 bytes, two nonce parts of 12.
const KEY_BLOCK: usize = 2 * 32 + 2 * NONCE;

/// What TLS 1.2 makes a direction's key of, besides the suite.
#[derive(Clone, Copy)]
pub struct Keying<'a> {
    /// The master secret.
    pub master: &'a Secret,
    /// Random of the ClientHello.
    pub client_random: &'a [u8; 32],
    /// Random of the ServerHello.
    pub server_random: &'a [u8; 32],
    /// Whose records it is to open.
    pub from: Direction,
}

enum Cipher {
    Aes128Gcm(Aes128Gcm),
    Aes256Gcm(Aes256Gcm),
    ChaCha20Poly1305(ChaCha20Poly1305),
    Aes128Ccm(Ccm<aes::Aes128, U16, U12>),
    Aes256Ccm(Ccm<aes::Aes256, U16, U12>),
    Aes128Ccm8(Ccm<aes::Aes128, U8, U12>),
    Aes256Ccm8(Ccm<aes::Aes256, U8, U12>),
}

impl Cipher {
    fn new(bulk: Bulk, key: &[u8]) -> Option<Self> {
        Some(match (bulk.cipher, bulk.key_len, bulk.tag_len) {
            (BulkCipher::AesGcm, 16, _) => Self::Aes128Gcm(Aes128Gcm::new_from_slice(key).ok()?),
            (BulkCipher::AesGcm, 32, _) => Self::Aes256Gcm(Aes256Gcm::new_from_slice(key).ok()?),
            (BulkCipher::ChaCha20Poly1305, ..) => Self::ChaCha20Poly1305(ChaCha20Poly1305::new_from_slice(key).ok()?),
            (BulkCipher::AesCcm, 16, 16) => Self::Aes128Ccm(Ccm::new_from_slice(key).ok()?),
            (BulkCipher::AesCcm, 32, 16) => Self::Aes256Ccm(Ccm::new_from_slice(key).ok()?),
            (BulkCipher::AesCcm, 16, 8) => Self::Aes128Ccm8(Ccm::new_from_slice(key).ok()?),
            (BulkCipher::AesCcm, 32, 8) => Self::Aes256Ccm8(Ccm::new_from_slice(key).ok()?),
            _ => return None,
        })
    }

    /// Decrypts `text` in place; whether `tag` fits it.
    fn open(&self, nonce: &[u8; NONCE], associated: &[u8], text: &mut [u8], tag: &[u8]) -> bool {
        match self {
            Self::Aes128Gcm(cipher) => open(cipher, nonce, associated, text, tag),
            Self::Aes256Gcm(cipher) => open(cipher, nonce, associated, text, tag),
            Self::ChaCha20Poly1305(cipher) => open(cipher, nonce, associated, text, tag),
            Self::Aes128Ccm(cipher) => open(cipher, nonce, associated, text, tag),
            Self::Aes256Ccm(cipher) => open(cipher, nonce, associated, text, tag),
            Self::Aes128Ccm8(cipher) => open(cipher, nonce, associated, text, tag),
            Self::Aes256Ccm8(cipher) => open(cipher, nonce, associated, text, tag),
        }
    }
}

fn open<C: AeadInOut>(cipher: &C, nonce: &[u8], associated: &[u8], text: &mut [u8], tag: &[u8]) -> bool {
    let (Ok(nonce), Ok(tag)) = (<&Nonce<C>>::try_from(nonce), <&Tag<C>>::try_from(tag)) else { return false };
    cipher.decrypt_inout_detached(nonce, associated, text.into(), tag).is_ok()
}

/// One direction's key, with what goes with it.
pub struct RecordKey {
    cipher: Cipher,
    /// The fixed part of the nonce; all of it where records carry none.
    fixed: Zeroizing<[u8; NONCE]>,
    tag: usize,
    /// Bytes of nonce in front of each record: 8 with GCM and CCM up to TLS 1.2 (RFC 5288 §3), else none.
    explicit: usize,
    /// Whether the content type is inside (RFC 8446 §5.2).
    inner_type: bool,
}

impl RecordKey {
    /// Whether records of a suite can be opened at all.
    pub fn is_known(suite: CipherSuite) -> bool {
        let known = |facts: SuiteFacts| {
            matches!(facts.bulk.cipher, BulkCipher::AesGcm | BulkCipher::AesCcm | BulkCipher::ChaCha20Poly1305)
        };
        suite.facts().is_some_and(known)
    }

    /// The key that follows from a traffic secret of TLS 1.3 (RFC 8446 §7.3) after `updates` key updates (§7.2).
    pub fn tls13(suite: CipherSuite, secret: &Secret, updates: u32) -> Option<Self> {
        let SuiteFacts { bulk, prf: hash, .. } = suite.facts()?;
        let mut secret = Zeroizing::new(secret.bytes().to_vec());
        for _ in 0..updates {
            let mut next = Zeroizing::new(vec![0; secret.len()]);
            expand_label(hash, &secret, "traffic upd", &mut next)?;
            secret = next;
        }
        let mut key = Zeroizing::new([0; 32]);
        let key = key.get_mut(..usize::from(bulk.key_len))?;
        let mut fixed = Zeroizing::new([0; NONCE]);
        expand_label(hash, &secret, "key", key)?;
        expand_label(hash, &secret, "iv", &mut *fixed)?;
        let cipher = Cipher::new(bulk, key)?;
        Some(Self { cipher, fixed, tag: usize::from(bulk.tag_len), explicit: 0, inner_type: true })
    }

    /// The key that follows from a master secret of TLS 1.2 (RFC 5246 §6.3): of the key block the client's part comes
    /// first, and an AEAD needs no MAC keys.
    pub fn tls12(suite: CipherSuite, keying: Keying<'_>) -> Option<Self> {
        let SuiteFacts { bulk, prf: hash, .. } = suite.facts().filter(|_| Self::is_known(suite))?;
        let (key_len, fixed_len) = (usize::from(bulk.key_len), usize::from(bulk.fixed_iv_len));
        let mut block = Zeroizing::new([0; KEY_BLOCK]);
        let block = block.get_mut(..2 * (key_len + fixed_len))?;
        let seed: [&[u8]; 2] = [keying.server_random, keying.client_random];
        prf(hash, keying.master.bytes(), "key expansion", seed, block)?;
        let (keys, ivs) = block.split_at(2 * key_len);
        let part = usize::from(keying.from == Direction::ToClient);
        let cipher = Cipher::new(bulk, keys.chunks(key_len).nth(part)?)?;
        let mut fixed = Zeroizing::new([0; NONCE]);
        fixed.get_mut(..fixed_len)?.copy_from_slice(ivs.chunks(fixed_len).nth(part)?);
        let explicit = usize::from(bulk.record_iv_len);
        Some(Self { cipher, fixed, tag: usize::from(bulk.tag_len), explicit, inner_type: false })
    }

    /// Bytes of a record's body before the encrypted ones. What follows is as long as the plaintext: these ciphers
    /// change no lengths.
    pub fn explicit_nonce(&self) -> usize {
        self.explicit
    }

    /// Opens a record's body as the one of number `sequence`. Returns what it holds, its plaintext in `plain`; none,
    /// with `plain` worth nothing, where the tag does not fit.
    pub fn open(&self, header: RecordHeader, body: &[u8], sequence: u64, plain: &mut Vec<u8>) -> Option<ContentType> {
        let length = body.len().checked_sub(self.explicit + self.tag)?;
        let (explicit, rest) = body.split_at(self.explicit);
        let (text, tag) = rest.split_at(length);
        plain.clear();
        plain.extend_from_slice(text);
        let nonce = self.nonce(explicit, sequence);
        let fits = if self.inner_type {
            self.cipher.open(&nonce, &record_header(header, body.len()), plain, tag)
        } else {
            let mut associated = [0; 13];
            associated[..8].copy_from_slice(&sequence.to_be_bytes());
            associated[8..].copy_from_slice(&record_header(header, length));
            self.cipher.open(&nonce, &associated, plain, tag)
        };
        if !fits {
            return None;
        }
        if !self.inner_type {
            return Some(header.content_type);
        }
        // The type is the last byte that is not zero: zeros after it are padding (RFC 8446 §5.4).
        let padding = plain.iter().rev().take_while(|byte| **byte == 0).count();
        plain.truncate(plain.len() - padding);
        // A record of zeros alone breaks the rules; its type 0 is no registered one.
        Some(ContentType(plain.pop().unwrap_or_default()))
    }

    /// TLS 1.2 with GCM and CCM: the fixed part, then the record's own (RFC 5288 §3). Else the number of the record
    /// under the fixed part (RFC 8446 §5.3, RFC 7905 §2).
    fn nonce(&self, explicit: &[u8], sequence: u64) -> [u8; NONCE] {
        let mut nonce = *self.fixed;
        let (_, end) = nonce.split_at_mut(NONCE - 8);
        if explicit.is_empty() {
            end.iter_mut().zip(sequence.to_be_bytes()).for_each(|(place, byte)| *place ^= byte);
        } else {
            end.copy_from_slice(explicit);
        }
        nonce
    }
}

/// Type, version and length, as the associated data has them.
fn record_header(header: RecordHeader, length: usize) -> [u8; 5] {
    let [major, minor] = header.version.0.to_be_bytes();
    let [high, low] = (length as u16).to_be_bytes();
    [header.content_type.0, major, minor, high, low]
}
