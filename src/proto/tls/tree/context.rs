//! What decides how a message is read.

use crate::vocab::Direction;
use crate::vocab::iana::{CipherSuite, ProtocolVersion};

/// What is known of a connection when one of its messages is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Context {
    /// The version the two ends agreed on; none before the ServerHello.
    pub version: Option<ProtocolVersion>,
    /// The cipher suite the server chose.
    pub suite: Option<CipherSuite>,
    /// Who sent the message.
    pub from: Direction,
}

impl Context {
    /// A context that knows no more than who sent the message.
    pub fn new(from: Direction) -> Self {
        Self { version: None, suite: None, from }
    }

    /// Whether the two ends agreed on TLS 1.3.
    pub(super) fn is_tls13(self) -> bool {
        self.version.is_some_and(ProtocolVersion::is_tls13)
    }
}
