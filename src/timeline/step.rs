//! One row of a timeline: what it is, with its data, and what is worth saying of it.
//!
//! There are no words in a step, and nobody decides by them: they are made in [`words`](super::words), for those who show
//! a step to somebody.

use super::note::Note;
use crate::flow::{Events, Unusable};
use crate::net::{IcmpError, TcpFlags};
use crate::proto::dialogue::Defect;
use crate::proto::dialogue::sealed::Inferred;
use crate::vocab::iana::{AlertDescription, AlertLevel, ContentType, HandshakeType, HeartbeatMessageType};
use crate::vocab::{Direction, PacketNumber, StreamRange, Time};

/// What a step is.
#[derive(Clone, PartialEq, Debug)]
pub enum What {
    /// A TCP segment with these flags.
    Segment(TcpFlags),
    /// A whole handshake message, in clear or opened by keys.
    Message(HandshakeType),
    /// A `ServerHello` that asks for another `ClientHello` (RFC 8446 §4.1.4).
    HelloRetryRequest,
    /// A `ClientHello` in an SSL 2.0 record.
    Ssl2Hello,
    /// A message or record that was begun and never finished.
    Unfinished {
        /// What was begun.
        begun: Begun,
        /// Bytes that came.
        came: usize,
        /// Bytes that it announced.
        announced: usize,
    },
    /// A handshake message of which the capture lacks the end.
    Cut {
        /// Its type; none where not even that was captured.
        message: Option<HandshakeType>,
        /// Bytes that were captured.
        came: usize,
        /// Bytes that it announced.
        announced: usize,
    },
    /// An alert in clear or opened by keys.
    Alert(AlertLevel, AlertDescription),
    /// A `ChangeCipherSpec` record.
    ChangeCipherSpec,
    /// A sealed record that is known or inferred to be something else than application data.
    Sealed {
        /// What its header says it holds.
        content: ContentType,
        /// What it is inferred to hold from length, direction and order.
        inferred: Option<Inferred>,
    },
    /// Application data, sealed or opened by keys; records that follow each other are one step.
    ApplicationData {
        /// Why it is 0-RTT data, where it is.
        early: Option<Early>,
        /// How many records.
        records: u32,
        /// The packet that completes the last of them.
        last: PacketNumber,
    },
    /// A record whose tag does not fit, under the key that opened its sender's record just before; with what its header
    /// says it holds.
    BadTag(ContentType),
    /// A handshake message that is longer than those that are put together.
    TooLong {
        /// Its type.
        message: HandshakeType,
        /// Bytes that it announces.
        announced: usize,
    },
    /// A heartbeat in clear (RFC 6520).
    Heartbeat(Heartbeat),
    /// A handshake message that cannot be.
    Malformed(Defect),
    /// Readable text where TLS was expected, or before TLS.
    Plaintext(Box<Page>),
    /// Bytes that are neither TLS nor readable text.
    Foreign,
    /// So many bytes that the capture lacks.
    Gap(u64),
    /// An ICMP error that quotes the flow.
    Icmp(Box<IcmpError>),
}

/// The fields of a heartbeat (RFC 6520 §4).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Heartbeat {
    /// Request or response; none where not even that is there.
    pub kind: Option<HeartbeatMessageType>,
    /// Bytes of payload that it announces.
    pub announced: u16,
    /// Bytes that its record has for them, the least padding left out.
    pub room: u16,
}

impl Heartbeat {
    /// Of a record's content.
    pub(super) fn decode(content: &[u8]) -> Self {
        /// Bytes of type and length, and of the shortest padding (RFC 6520 §4).
        const AROUND: usize = 3 + 16;
        let announced = content.get(1..3).map_or(0, |length| u16::from_be_bytes([length[0], length[1]]));
        let room = u16::try_from(content.len().saturating_sub(AROUND)).unwrap_or(u16::MAX);
        Self { kind: content.first().copied().map(HeartbeatMessageType), announced, room }
    }

    /// Whether it asks for more than it brings: its receiver has to drop it (RFC 6520 §4), and one that answers tells what
    /// is in its memory (CVE-2014-0160, Heartbleed).
    pub fn overstates(self) -> bool {
        self.announced > self.room
    }
}

/// What was begun and never finished.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Begun {
    /// A handshake record whose message is not known.
    HandshakeRecord,
    /// A handshake message.
    Message(HandshakeType),
    /// A record of this kind.
    Record(ContentType),
}

/// Why application data is 0-RTT data (RFC 8446 §2.3).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Early {
    /// The keys of 0-RTT data opened it.
    Opened,
    /// It is inferred.
    Inferred(Inferred),
}

/// Readable text, and what names its sender.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page {
    /// The protocol, as far as the text tells.
    pub protocol: &'static str,
    /// Its first line, made visible.
    pub first_line: String,
    /// Headers of an HTTP answer that say who sent it and where to go; names as they are asked for, values made visible.
    pub headers: Vec<(&'static str, String)>,
    /// The title of an HTML page, made visible.
    pub title: Option<String>,
}

impl What {
    /// Whether it is a TCP segment.
    pub fn is_segment(&self) -> bool {
        matches!(self, What::Segment(_))
    }

    /// The type of a whole handshake message, however it was carried.
    pub fn message(&self) -> Option<HandshakeType> {
        match self {
            What::Message(kind) => Some(*kind),
            What::HelloRetryRequest => Some(HandshakeType::SERVER_HELLO),
            What::Ssl2Hello => Some(HandshakeType::CLIENT_HELLO),
            _ => None,
        }
    }

    /// Whether it is a sealed record, or application data that keys opened.
    pub fn is_protected(&self) -> bool {
        matches!(self, What::Sealed { .. } | What::ApplicationData { .. })
    }

    /// Whether no receiver can take it for TLS: text, foreign bytes, a message that cannot be, a record that does not
    /// verify.
    pub fn spoils(&self) -> bool {
        matches!(self, What::Plaintext(_) | What::Foreign | What::Malformed(_) | What::BadTag(_))
    }

    /// Whether it is application data.
    pub fn is_application_data(&self) -> bool {
        matches!(self, What::ApplicationData { .. })
    }

    /// What a sealed record is inferred to hold, and why.
    pub fn inferred(&self) -> Option<Inferred> {
        match self {
            What::Sealed { inferred, .. } => *inferred,
            What::ApplicationData { early: Some(Early::Inferred(inferred)), .. } => Some(*inferred),
            _ => None,
        }
    }
}

/// One row of a handshake's timeline.
#[derive(Clone, PartialEq, Debug)]
pub struct Step {
    /// The packet that shows it; of a message the packet that completes it, of several records the one that completes
    /// the first.
    pub packet: PacketNumber,
    /// The packet in which it begins.
    pub first_packet: PacketNumber,
    /// When that was.
    pub time: Time,
    /// Who sent it.
    pub from: Direction,
    /// What it is.
    pub what: What,
    /// What is worth saying of it besides, in the order in which it is said.
    pub notes: Vec<Note>,
    /// Payload, message or gap length in bytes.
    pub bytes: u64,
    /// TTL or hop limit of the packet.
    pub ttl: Option<u8>,
    /// Flags of the packet.
    pub flags: TcpFlags,
    /// What TCP made of the packet.
    pub events: Events,
    /// Whether keys opened it.
    pub decrypted: bool,
    /// Where its bytes lie in the sender's stream, record headers left out; a message may lie in several pieces. Of
    /// several records one span runs from the first body to the end of the last. A decrypted message's encrypted bytes
    /// lie there, one for one.
    pub spans: Vec<StreamRange>,
    /// The bytes of a message, alert or plaintext, decrypted where keys opened it; empty for others. They are the only
    /// copy of what was decrypted: the streams hold what was sent.
    pub body: Vec<u8>,
}

impl Step {
    /// Why the end that it is addressed to cannot use it; none where it can.
    pub fn unusable(&self) -> Option<Unusable> {
        self.notes.iter().find_map(|note| match note {
            Note::Unusable(why) => Some(*why),
            _ => None,
        })
    }

    /// Whether what it says is inferred rather than seen.
    pub fn is_inferred(&self) -> bool {
        self.what.inferred().is_some()
    }
}
