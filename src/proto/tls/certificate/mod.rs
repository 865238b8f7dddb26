//! Certificates as facts: who, by whom, for which names, when, with which key; and what they mean to each other.
//!
//! [`CertificateFacts::decode`] reads with x509-parser and, where that refuses, with a small reader of our own, so
//! that subject and dates are there in any case. Start there; [`chain`] puts certificates in relation.

pub mod chain;
mod facts;
mod matching;
pub mod oids;
mod verify;

use base64::Engine as _;

pub use chain::{ChainOrder, chain_order};
pub use facts::{CertificateFacts, PublicKeyFacts};
pub use verify::SignatureVerdict;

/// A certificate as PEM text (RFC 7468 §5), lines of 64 characters.
pub fn pem(der: &[u8]) -> String {
    let encoded = base64::engine::general_purpose::STANDARD.encode(der);
    let mut text = String::from("-----BEGIN CERTIFICATE-----\n");
    for line in encoded.as_bytes().chunks(64) {
        text.extend(line.iter().map(|byte| char::from(*byte)));
        text.push('\n');
    }
    text.push_str("-----END CERTIFICATE-----\n");
    text
}

#[cfg(test)]
mod tests;
