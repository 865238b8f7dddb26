//! What of a flow takes part in an alignment: its milestones, and how much each tells if the other flow lacks it.
//!
//! Two flows are aligned by their milestones' keys, never by packet numbers; [`gather`](super::gather) finds them.

use super::Side;
use crate::flow::TraceSegment;
use crate::proto::dialogue::sealed::Holds;
use crate::timeline::{Step, What};
use crate::vocab::Direction;
use crate::vocab::iana::{ContentType, HandshakeType};

/// From this weight on, a difference is where two flows part.
pub(super) const PARTS: u8 = 50;
/// From this weight on, a milestone tells what a good flow does where another one parts from it.
pub(super) const TELLS: u8 = 40;

/// Which moment of a flow a milestone is: what two flows are aligned by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Moment {
    /// The client's first SYN.
    Syn,
    /// The server's answer to it.
    SynAck,
    /// The ACK that completes TCP's handshake.
    Ack,
    /// The first pure ACK that covers the whole ClientHello.
    HelloAck,
    /// A handshake message, seen, decrypted or inferred.
    Message(Said),
    /// The ClientHello that answers a HelloRetryRequest.
    SecondHello,
    /// Sealed records of one flight, where not in both flows each can be told from the next.
    Flight,
    /// A message or record that was begun and never finished.
    Unfinished,
    /// `ChangeCipherSpec`.
    ChangeCipherSpec,
    /// A heartbeat in clear.
    Heartbeat,
    /// An alert.
    Alert,
    /// A sender's first application data.
    Data,
    /// 0-RTT data.
    EarlyData,
    /// Readable text.
    Plaintext,
    /// Bytes that are no TLS.
    Foreign,
    /// Bytes not captured.
    Gap,
    /// An ICMP error.
    Icmp,
    /// FIN.
    Fin,
    /// The first RST of a sender.
    Reset,
    /// A retransmission.
    Copy,
    /// What its receiver cannot use, whatever it is: no answer to anything.
    Unusable,
}

/// Which handshake message it is, whether it was seen or is inferred.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Said {
    /// One message.
    One(HandshakeType),
    /// A HelloRetryRequest.
    Retry,
    /// A ClientHello in an SSL 2.0 record.
    Ssl2Hello,
    /// A sealed record that holds several messages, or one of a kind that cannot be told.
    Several(Holds),
    /// A sealed record of another content type.
    Record(ContentType),
}

impl Said {
    /// The message that a step is, if it is one.
    pub fn of(what: &What) -> Option<Self> {
        Some(match what {
            What::Message(kind) => Said::One(*kind),
            What::HelloRetryRequest => Said::Retry,
            What::Ssl2Hello => Said::Ssl2Hello,
            What::Sealed { content, inferred } => match inferred.map(|inferred| inferred.holds) {
                Some(Holds::Message(kind)) => Said::One(kind),
                Some(holds) => Said::Several(holds),
                None if *content == ContentType::HANDSHAKE => Said::Several(Holds::SomeMessage),
                None => Said::Record(*content),
            },
            _ => return None,
        })
    }

    /// How much it tells if the other flow lacks it.
    pub fn weight(self) -> u8 {
        match self {
            Said::One(HandshakeType::NEW_SESSION_TICKET) => 8,
            Said::One(HandshakeType::CERTIFICATE_STATUS) => 30,
            Said::Retry => TELLS,
            Said::Several(Holds::SomeMessage) => 20,
            _ => 90,
        }
    }
}

/// How far a flow was when a milestone came.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Phase {
    /// The handshake is not complete.
    Handshake,
    /// The handshake is complete, the server has sent no application data.
    Complete,
    /// The connection is in use.
    Data,
}

/// One milestone of a flow.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Milestone<'a> {
    pub step: &'a Step,
    pub moment: Moment,
    /// How much it tells if the other flow lacks it.
    pub weight: u8,
    /// How far the flow was.
    pub phase: Phase,
    /// Whether a connection that is not done with can end by it.
    pub ends: bool,
}

impl Milestone<'_> {
    /// Whether both are the same moment of a handshake. What ends a handshake is not what closes a connection in use.
    pub fn matches(&self, other: &Milestone<'_>) -> bool {
        self.step.from == other.step.from && self.moment == other.moment && self.ends == other.ends
    }

    /// Whether it is a handshake message, or what is left of one.
    pub fn is_message(&self) -> bool {
        matches!(self.moment, Moment::Message(_) | Moment::SecondHello | Moment::Flight | Moment::Unfinished)
    }

    /// Whether a flow that lacks it goes another way.
    pub fn parts(&self) -> bool {
        self.weight >= PARTS
    }
}

/// Whether a sealed record is an alert, known by its type or inferred.
pub(super) fn is_sealed_alert(what: &What) -> bool {
    match what {
        What::Sealed { inferred: Some(inferred), .. } => inferred.holds.is_alert(),
        What::Sealed { content, inferred: None } => *content == ContentType::ALERT,
        _ => false,
    }
}

/// The first pure ACK of the server that covers the whole ClientHello.
pub(super) fn hello_ack<'a>(side: &Side<'a>) -> Option<&'a TraceSegment> {
    let end = hello_end(side)?;
    let packet = client_hello(side)?.packet;
    let later = side.trace.sent(Direction::ToClient).filter(|segment| segment.packet > packet);
    later
        .take_while(|segment| segment.payload_len == 0)
        .find(|segment| segment.flags.ack() && !segment.flags.rst() && segment.ack.wrapping_sub(end).cast_signed() >= 0)
}

/// The sequence number after the first ClientHello.
pub(super) fn hello_end(side: &Side<'_>) -> Option<u32> {
    let span = client_hello(side)?.spans.last()?;
    Some(side.trace.row.sides.to_server.first_seq().wrapping_add(span.end as u32))
}

/// The step of the first ClientHello.
pub(super) fn client_hello<'a>(side: &Side<'a>) -> Option<&'a Step> {
    let is_hello = |step: &&Step| step.what.message() == Some(HandshakeType::CLIENT_HELLO);
    side.timeline.steps.iter().filter(|step| step.from == Direction::ToServer).find(is_hello)
}
