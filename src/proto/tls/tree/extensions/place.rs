//! Where an extension stands.

use crate::vocab::iana::HandshakeType;

/// Where an extension stands: the same number has other contents in a question than in an answer.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// The message; HelloRetryRequest counts as a type of its own here.
    pub message: HandshakeType,
}

impl Place {
    /// Whether the message asks: a ClientHello or a CertificateRequest.
    pub fn asks(self) -> bool {
        self.is(HandshakeType::CLIENT_HELLO) || self.is(HandshakeType::CERTIFICATE_REQUEST)
    }

    /// Whether it stands in this message.
    pub fn is(self, message: HandshakeType) -> bool {
        self.message == message
    }
}
