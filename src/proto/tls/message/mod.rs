//! Handshake messages decoded by borrowing: what the index pass, the facts and the rules read.
//!
//! Each type has `decode(body)`, where `body` is the message without its 4-byte header. It never fails: a field that
//! is cut is shorter or empty, and `issues` says the first thing that is missing or wrong. Whole messages are read by
//! tls-parser (`whole`); what it does not read, or not rightly, is read here. Start at [`ClientHello`].
//! The full tree for the detail pane is made elsewhere, from the same [`Reader`](super::reader::Reader).

mod certificate;
mod client_hello;
mod extension;
mod key_exchange;
mod list;
mod record;
mod server_hello;
mod ssl2;
mod trailing;
mod whole;

#[cfg(test)]
mod tests;

pub(in crate::proto::tls) use certificate::request_has_schemes;
pub use certificate::{
    Certificate, CertificateEntry, CertificateRequest, CertificateVerify, CompressedCertificate, MAX_DECOMPRESSED,
    decompress,
};
pub use client_hello::{ClientHello, EncryptedClientHello, PskIdentity};
pub use extension::{Extension, Extensions};
pub(in crate::proto::tls) use key_exchange::has_scheme;
pub use key_exchange::{ServerKeyExchange, ServerParameters, Signature};
pub use list::{KeyShare, KeyShares, Numbers, Opaques};
pub use record::{HandshakeHeader, MAX_RECORD_BODY, RecordHeader};
pub use server_hello::{Downgrade, EncryptedExtensions, HELLO_RETRY_RANDOM, ServerHello};
pub use ssl2::Ssl2ClientHello;
pub use trailing::{Alert, Finished, NewSessionTicket};
