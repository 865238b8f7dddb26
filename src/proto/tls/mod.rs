//! TLS: records, messages, extensions, certificates, fingerprints, secrets.
//!
//! Two readings of the same bytes live here. [`message`] borrows and decodes what the index, facts and rules need;
//! [`fingerprint`] is computed from it, [`certificate`] makes facts of the certificates inside. [`tree`] shows every
//! byte to a person. The only room that names tls-parser and x509-parser.

pub mod certificate;
pub mod decrypt;
pub mod der;
mod facts;
pub mod fingerprint;
mod known;
pub mod message;
mod offers;
pub mod outline;
pub mod reader;
pub mod secrets;
pub mod tree;

pub use facts::{Progress, SeenAlert, SeenMessage, TlsFacts};
pub use known::{ClientPrints, Fingerprints};
pub use offers::Offers;

#[cfg(test)]
pub(crate) mod samples;
