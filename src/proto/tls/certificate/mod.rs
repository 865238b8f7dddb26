//! Certificates as facts: who, by whom, for which names, when, with which key; and what they mean to each other.
//!
//! [`CertificateFacts::decode`] reads with x509-parser and, where that refuses, with a small reader of our own, so
//! that subject and dates are there in any case. Start there; [`chain`] puts certificates in relation,
//! [`Review`] checks a chain as its receiver would.

pub mod chain;
mod facts;
mod fault;
mod matching;
pub mod oids;
mod pem;
mod pss;
mod review;
mod store;
mod trust;
mod verify;

pub use chain::{ChainOrder, chain_order};
pub use facts::{CertificateFacts, PublicKeyFacts, Weakness};
pub use fault::Fault;
pub use pem::{certificates_in, pem};
pub use review::{Check, Review, Sender};
pub use store::CertificateStore;
pub use trust::{Ending, TrustStore};
pub use verify::SignatureVerdict;

#[cfg(test)]
mod tests;
