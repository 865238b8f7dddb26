//! The small messages: Finished, NewSessionTicket, and alerts.

use tls_parser::{TlsMessage, TlsMessageHandshake};

use super::extension::Extensions;
use super::whole::to_the_end;
use crate::proto::tls::reader::{Issue, Reader};
use crate::vocab::iana::{AlertDescription, AlertLevel, ExtensionType, ProtocolVersion};

/// Proof that both ends saw the same handshake (RFC 8446 §4.4.4, RFC 5246 §7.4.9).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Finished<'a> {
    /// 36 bytes in SSL 3.0, 12 up to TLS 1.2, the length of the hash in TLS 1.3.
    pub verify_data: &'a [u8],
}

impl<'a> Finished<'a> {
    /// Decodes the message body, without the 4-byte handshake header: all of it is the value.
    pub fn decode(body: &'a [u8]) -> Self {
        Self { verify_data: body }
    }
}

/// A ticket for a later, shorter handshake (RFC 5077 §3.3, RFC 8446 §4.6.1).
#[derive(Clone, Debug, Default)]
pub struct NewSessionTicket<'a> {
    /// Seconds it may be used; in TLS 1.2 a hint, where 0 says nothing.
    pub lifetime: u32,
    /// The secret number added to its age in milliseconds (TLS 1.3).
    pub age_add: Option<u32>,
    /// Tells the tickets of a connection apart (TLS 1.3).
    pub nonce: &'a [u8],
    /// The ticket.
    pub ticket: &'a [u8],
    /// The extensions (TLS 1.3).
    pub extensions: Extensions<'a>,
    /// What did not parse. Offsets count from the start of the body.
    pub issues: Vec<Issue>,
}

impl<'a> NewSessionTicket<'a> {
    /// Decodes the message body, without the 4-byte handshake header. Without a version the lengths tell the shape.
    pub fn decode(body: &'a [u8], version: Option<ProtocolVersion>) -> Self {
        let tls13 = version.map_or_else(|| !is_old_shape(body), ProtocolVersion::is_tls13);
        let whole = if tls13 { None } else { whole(body) };
        whole.unwrap_or_else(|| Self::field_by_field(body, tls13))
    }

    /// The same of the shape of TLS 1.3, or of a body that is damaged: as far as it goes.
    pub(super) fn field_by_field(body: &'a [u8], tls13: bool) -> Self {
        let mut message = Self::default();
        let issues = &mut message.issues;
        let reader = &mut Reader::new(body);
        message.lifetime = reader.integer(4, "ticket_lifetime", issues).unwrap_or_default() as u32;
        if tls13 {
            message.age_add = reader.integer(4, "ticket_age_add", issues).map(|value| value as u32);
            message.nonce = reader.vector(1, "ticket_nonce", issues);
        }
        message.ticket = reader.vector(2, "ticket", issues);
        if tls13 {
            message.extensions = Extensions::read(reader, issues);
        }
        reader.end(issues);
        message
    }

    /// Most bytes of 0-RTT data the server takes with this ticket (RFC 8446 §4.2.10).
    pub fn max_early_data(&self) -> Option<u32> {
        let body = self.extensions.find(ExtensionType::EARLY_DATA)?;
        body.first_chunk().map(|size| u32::from_be_bytes(*size))
    }
}

fn is_old_shape(body: &[u8]) -> bool {
    matches!(body, [_, _, _, _, high, low, rest @ ..] if usize::from(*high) << 8 | usize::from(*low) == rest.len())
}

/// An alert (RFC 8446 §6).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Alert {
    /// Warning or fatal.
    pub level: AlertLevel,
    /// What it says.
    pub description: AlertDescription,
}

impl Alert {
    /// The alert in a record body of two bytes; none for any other length, as of an encrypted alert.
    pub fn decode(body: &[u8]) -> Option<Self> {
        match tls_parser::parse_tls_message_alert(body) {
            Ok(([], TlsMessage::Alert(alert))) => {
                Some(Self { level: AlertLevel(alert.severity.0), description: AlertDescription(alert.code.0) })
            }
            _ => None,
        }
    }

    /// Whether level and description are registered; two encrypted bytes seldom are.
    pub fn is_plausible(self) -> bool {
        self.level.name().is_some() && self.description.name().is_some()
    }

    /// Whether it ends the connection in order.
    pub fn is_close(self) -> bool {
        self.description.is_close()
    }
}

/// A NewSessionTicket up to TLS 1.2 as tls-parser reads it.
pub(super) fn whole(body: &[u8]) -> Option<NewSessionTicket<'_>> {
    let read = to_the_end(tls_parser::parse_tls_handshake_msg_newsessionticket(body, body.len()))?;
    let TlsMessageHandshake::NewSessionTicket(read) = read else { return None };
    // The crate leaves the ticket's length in front of it.
    let (length, ticket) = read.ticket.split_first_chunk()?;
    let lifetime = read.ticket_lifetime_hint;
    let is_whole = usize::from(u16::from_be_bytes(*length)) == ticket.len();
    is_whole.then(|| NewSessionTicket { lifetime, ticket, ..NewSessionTicket::default() })
}
