//! TLS: records, messages, extensions, certificates, fingerprints, secrets.

mod facts;

pub use facts::{Progress, SeenAlert, SeenMessage, TlsFacts};
