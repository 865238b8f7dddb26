//! Protocols: TLS, what comes before it, and what over UDP is linked to it ([`dns`], [`quic`]).
//!
//! [`FlowReader`] puts a flow's segments in order and reads both directions together; [`dialogue`] says what it finds;
//! [`tls`] decodes it.
//!
//! Decoding is a pure function over bytes: it gives a value and the issues found, never an error.

pub mod dialogue;
pub mod dns;
pub mod quic;
mod reader;
pub mod tls;
pub mod upgrade;

pub use reader::FlowReader;
pub use tls::TlsFacts;
pub use tls::secrets::Secrets;
