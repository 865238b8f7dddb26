//! Certificates that were read, by the hash of their DER: the chain of a server comes again with each of its flows.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use sha2::{Digest as _, Sha256};

use super::facts::CertificateFacts;

/// Certificates that are kept; those beyond are read whenever they come.
const MAX_KEPT: usize = 4096;

/// The certificates read so far, each distinct DER once. Holds each certificate's bytes and what they say.
#[derive(Debug, Default)]
pub struct CertificateStore {
    known: Mutex<HashMap<[u8; 32], Arc<CertificateFacts>>>,
}

impl CertificateStore {
    /// What the certificate in `der` says; decodes it where it was not seen before.
    pub fn facts(&self, der: &[u8]) -> Arc<CertificateFacts> {
        let hash = <[u8; 32]>::from(Sha256::digest(der));
        if let Some(known) = self.known.lock().get(&hash) {
            return Arc::clone(known);
        }
        let facts = Arc::new(CertificateFacts::decode_hashed(der, hash));
        let mut known = self.known.lock();
        if known.len() < MAX_KEPT {
            known.insert(hash, Arc::clone(&facts));
        }
        facts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_bytes_are_read_once() {
        let store = CertificateStore::default();
        let (one, again, other) = (store.facts(b"one"), store.facts(b"one"), store.facts(b"other"));
        assert!(Arc::ptr_eq(&one, &again) && !Arc::ptr_eq(&one, &other));
        assert_eq!(*one, CertificateFacts::decode(b"one"));
    }
}
