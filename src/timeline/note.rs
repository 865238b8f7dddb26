//! Something worth saying of a step besides what it is, as data; [`words`](super::words) says it.

use crate::flow::{Events, Unusable};
use crate::net::TcpOptions;
use crate::vocab::iana::{CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme};
use crate::vocab::{Direction, PacketNumber};

/// Something worth saying of a step.
#[derive(Clone, PartialEq, Debug)]
pub enum Note {
    /// A ClientHello of a sender that sent one before.
    Second,
    /// The server name that a ClientHello asks for; none where it asks for none.
    ServerName(Option<Box<[u8]>>),
    /// The highest version that a ClientHello offers.
    UpTo(ProtocolVersion),
    /// A ClientHello offers to resume a session.
    OffersToResume,
    /// A ClientHello announces 0-RTT data.
    AnnouncesEarlyData,
    /// A ClientHello returns the cookie of a HelloRetryRequest.
    ReturnsCookie,
    /// A hello does not parse in all its parts.
    Malformed,
    /// The version that a ServerHello chose.
    Version(ProtocolVersion),
    /// The suite that it chose.
    Suite(CipherSuite),
    /// The group that a server chose.
    Group(NamedGroup),
    /// The group that a HelloRetryRequest asks for.
    AsksFor(NamedGroup),
    /// The application protocol that a server chose.
    Alpn(Box<[u8]>),
    /// A ServerHello resumes a session.
    Resumes,
    /// A Certificate message without a certificate.
    NoCertificate,
    /// A compressed Certificate that does not decompress.
    DoesNotDecompress,
    /// Whom the first certificate is for, as it says.
    Subject(String),
    /// How many certificates there are.
    Certificates(usize),
    /// The first certificate is not valid yet: from when on it is, in seconds since 1970.
    NotValidBefore(i64),
    /// It is valid no more: since when, in seconds since 1970.
    Expired(i64),
    /// It is valid: until when, in seconds since 1970.
    ValidUntil(i64),
    /// The scheme of a signature.
    Scheme(SignatureScheme),
    /// How many authorities a CertificateRequest names.
    Authorities(usize),
    /// A session ticket's length in bytes, and the seconds for which it may be used.
    Ticket(usize, u32),
    /// A message came in so many segments, more than one.
    Segments(u16),
    /// What a SYN or SYN-ACK offers.
    Options(TcpOptions),
    /// What a SYN offers and its SYN-ACK does not answer.
    Unanswered(Unanswered),
    /// What TCP made of a segment: one event.
    Event(Events),
    /// The same of a segment whose bytes came before: one event, and the packet that carried them first.
    Copy(Events, PacketNumber),
    /// A segment has another TTL than its sender's other packets.
    Ttl {
        /// The segment's.
        own: u8,
        /// The others'.
        usual: u8,
        /// The sender, as the address says.
        from: Direction,
    },
    /// A segment has another DSCP than the sender's packet before: this one's, that one's.
    Dscp(u8, u8),
    /// The packet closes the connection too: whether by a reset.
    Closes(bool),
    /// A router marked a segment because its queue grew (RFC 3168).
    CongestionExperienced,
    /// A record was captured again with other bytes.
    CapturedAgain,
    /// The end that it is addressed to cannot use it.
    Unusable(Unusable),
}

/// Options of a SYN that its SYN-ACK does not answer: the server does without, or something on the way took them out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Unanswered {
    /// Window scale.
    pub window_scale: bool,
    /// SACK.
    pub sack: bool,
    /// Timestamps.
    pub timestamps: bool,
}

impl Unanswered {
    /// Of what a SYN offers and its SYN-ACK answers.
    pub(super) fn of(offered: &TcpOptions, answered: &TcpOptions) -> Self {
        Self {
            window_scale: offered.window_scale.is_some() && answered.window_scale.is_none(),
            sack: offered.sack_permitted && !answered.sack_permitted,
            timestamps: offered.timestamps.is_some() && answered.timestamps.is_none(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_syn_offers_in_vain_is_noted() {
        let offered = TcpOptions {
            window_scale: Some(7),
            sack_permitted: true,
            timestamps: Some((1, 0)),
            ..TcpOptions::default()
        };
        let answered = TcpOptions { sack_permitted: true, ..TcpOptions::default() };
        assert_eq!(Unanswered::of(&offered, &offered), Unanswered::default());
        let missing = Unanswered { window_scale: true, sack: false, timestamps: true };
        assert_eq!(Unanswered::of(&offered, &answered), missing);
        assert_eq!(Unanswered::of(&answered, &offered), Unanswered::default());
    }
}
