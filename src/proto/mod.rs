//! Protocols over TCP: TLS, and what comes before it.
//!
//! Decoding is a pure function over bytes: it gives a value and the issues found, never an error.

pub mod tls;

pub use tls::TlsFacts;
