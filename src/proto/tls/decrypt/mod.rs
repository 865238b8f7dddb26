//! From a secret to the plaintext of a record: key schedules, nonces and associated data of the AEAD suites.
//!
//! [`RecordKey`] opens the records of one direction under one key; it knows nothing of which key is in use, see
//! [`crate::proto::dialogue`]. Only AES-GCM, AES-CCM and ChaCha20-Poly1305 in TLS 1.2 and 1.3 are opened: a record of
//! another suite has no [`RecordKey`].

mod record;
mod schedule;

pub use record::{Keying, RecordKey};

#[cfg(test)]
mod tests;
