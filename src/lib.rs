//! shakedown: finds the TCP and TLS handshakes that fail, says why, and proves it against a good one.
//!
//! Each module is a room of the house described in `docs/architecture.md`; arrows between rooms point down only.

#[cfg(feature = "ui")]
pub mod app;
pub mod capture;
pub mod cli;
pub mod cohort;
pub mod compare;
pub mod diagnose;
pub mod engine;
pub mod export;
pub mod facts;
pub mod filter;
pub mod flow;
pub mod index;
pub mod net;
pub mod present;
pub mod proto;
pub mod stream;
pub mod timeline;
#[cfg(feature = "ui")]
pub mod tui;
pub mod vocab;
