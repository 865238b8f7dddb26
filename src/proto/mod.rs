//! Protocols over TCP: TLS, and what comes before it.

pub mod tls;

pub use tls::TlsFacts;
