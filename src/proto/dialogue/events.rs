//! What a dialogue tells as it is read.

use crate::vocab::iana::{AlertDescription, AlertLevel, ContentType, HandshakeType};
use crate::vocab::{Direction, PacketNumber, StreamRange, Time};

/// Why a handshake message cannot be.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Defect {
    /// It announces more bytes than any message of its type has.
    ImpossibleLength,
}

impl std::fmt::Display for Defect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Defect::ImpossibleLength => "impossible message length",
        })
    }
}

/// One thing that was read.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    /// Who sent it.
    pub from: Direction,
    /// The packet in which it begins.
    pub first_packet: PacketNumber,
    /// The packet that completes it.
    pub packet: PacketNumber,
    /// When it began.
    pub began: Time,
    /// When it was complete.
    pub time: Time,
    /// Where it lies in the sender's stream, record header included.
    pub range: StreamRange,
    /// Packets that carried it.
    pub segments: u16,
    /// Bytes of it that the first of these packets carried.
    pub head: u32,
    /// Whether keys opened it.
    pub decrypted: bool,
    /// What it is.
    pub kind: EventKind<'a>,
}

/// What was read.
#[derive(Clone, Copy, Debug)]
pub enum EventKind<'a> {
    /// Bytes before TLS begins.
    Preamble(&'a [u8]),
    /// The end that received the SYN begins TLS as its client: from here on, as in all that was told before, `ToServer` is
    /// its direction. Told once, before its [`EventKind::Start`].
    Turned,
    /// Where TLS begins in the sender's stream.
    Start {
        /// Whether the sender begins it; else it begins here because the other end's did.
        opens: bool,
        /// Whether the flow was joined after its handshake.
        late: bool,
        /// What its records are wrapped in, where they are.
        wrapping: Option<Wrapping>,
    },
    /// A whole record, whatever it holds.
    Record {
        /// What it says it holds.
        content: ContentType,
        /// Length of its body in bytes.
        length: u16,
        /// Whether its body is encrypted.
        protected: bool,
    },
    /// The first byte of a handshake message that is not whole yet.
    MessageBegins(HandshakeType),
    /// A whole handshake message.
    Message {
        /// Its type.
        kind: HandshakeType,
        /// Its bytes, the 4-byte header included.
        bytes: &'a [u8],
        /// Where they lie in the sender's stream; of a decrypted message where its encrypted bytes do.
        pieces: &'a [StreamRange],
    },
    /// A `ClientHello` in an SSL 2.0 record.
    Ssl2Hello(&'a [u8]),
    /// A message or record that was begun and never finished.
    Unfinished {
        /// What it says it holds.
        content: ContentType,
        /// Its bytes as far as they came.
        bytes: &'a [u8],
        /// How many it announced.
        announced: usize,
    },
    /// A handshake message or record that the capture has no more of: the gap behind it hides the rest.
    Cut {
        /// Its bytes as far as they were captured; of a message begun in this record with the record's header.
        bytes: &'a [u8],
        /// How many it announced.
        announced: usize,
    },
    /// A handshake message that is longer than those that are put together: it is passed over.
    TooLong {
        /// Its type.
        kind: HandshakeType,
        /// Bytes that it announces, its header included.
        announced: usize,
    },
    /// A handshake message that cannot be.
    Malformed(Defect),
    /// An alert in clear or decrypted.
    Alert {
        /// Warning or fatal.
        level: AlertLevel,
        /// What it says.
        description: AlertDescription,
    },
    /// `ChangeCipherSpec`.
    ChangeCipherSpec,
    /// A heartbeat in clear: its whole record's content.
    Heartbeat(&'a [u8]),
    /// A whole record of application data that keys opened.
    ApplicationData {
        /// What it holds.
        bytes: &'a [u8],
        /// Length of its body in the stream, in bytes.
        length: u16,
        /// Whether it is 0-RTT data (RFC 8446 §2.3).
        early: bool,
    },
    /// A whole encrypted record that no key at hand opens.
    Protected {
        /// What its header says it holds.
        content: ContentType,
        /// Length of its body in bytes.
        length: u16,
    },
    /// A record whose tag does not fit, under the key that opened its sender's record just before.
    BadTag {
        /// What its header says it holds.
        content: ContentType,
        /// Length of its body in bytes.
        length: u16,
    },
    /// Bytes of one packet that are not TLS.
    Foreign(&'a [u8]),
    /// Bytes the capture lacks.
    Gap,
}

/// A protocol that carries the records of a handshake in packets of its own.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Wrapping {
    /// SQL Server's Tabular Data Stream (MS-TDS).
    Tds,
}

/// Who listens to a dialogue.
pub trait Observer {
    /// Something was read.
    fn event(&mut self, event: &Event<'_>);
}

impl<F: FnMut(&Event<'_>)> Observer for F {
    fn event(&mut self, event: &Event<'_>) {
        self(event);
    }
}
