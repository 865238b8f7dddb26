//! What of a flow takes part in an alignment: its milestones. Pure ACKs, copies and bulk data are passed over.
//!
//! Start at [`milestones`]. Two flows are aligned by their milestones' keys, never by packet numbers.

use super::Side;
use crate::flow::{Events, TraceSegment};
use crate::proto::TlsFacts;
use crate::proto::dialogue::sealed::Holds;
use crate::timeline::{Step, What};
use crate::vocab::Direction;
use crate::vocab::iana::{AlertDescription, ContentType, HandshakeType};

/// Milestones taken of one flow; a handshake has some twenty.
pub(super) const MAX_MILESTONES: usize = 800;
/// Retransmissions of one flow that are rows of their own.
const MAX_COPIES: usize = 32;
/// From this weight on, a difference is where two flows part.
pub(super) const PARTS: u8 = 50;

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
    /// A message or record that was begun and never finished.
    Unfinished,
    /// `ChangeCipherSpec`.
    ChangeCipherSpec,
    /// An alert before any application data of the server.
    Alert,
    /// An alert that closes a connection in use.
    CloseAlert,
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
    fn weight(self) -> u8 {
        match self {
            Said::One(HandshakeType::NEW_SESSION_TICKET) => 8,
            Said::One(HandshakeType::CERTIFICATE_STATUS) => 30,
            Said::Retry => 70,
            Said::Several(Holds::SomeMessage) => 20,
            _ => 90,
        }
    }
}

/// How far a flow was when a milestone came.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Phase {
    Handshake,
    /// The handshake is complete, the server has sent no application data.
    Complete,
    Data,
}

/// One milestone of a flow.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Milestone<'a> {
    pub step: &'a Step,
    pub moment: Moment,
    /// How much it tells if the other flow lacks it.
    pub weight: u8,
}

impl Milestone<'_> {
    /// Whether both are the same moment of a handshake.
    pub fn matches(&self, other: &Milestone<'_>) -> bool {
        self.step.from == other.step.from && self.moment == other.moment
    }

    /// Whether a flow that lacks it goes another way.
    pub fn parts(&self) -> bool {
        self.weight >= PARTS
    }
}

/// The milestones of a flow, in order.
pub(super) fn milestones<'a>(side: &Side<'a>) -> Vec<Milestone<'a>> {
    let mut gatherer = Gatherer::new(side);
    for step in &side.timeline.steps {
        if gatherer.found.len() >= MAX_MILESTONES {
            break;
        }
        gatherer.step(step);
    }
    gatherer.found
}

struct Gatherer<'a> {
    facts: &'a TlsFacts,
    found: Vec<Milestone<'a>>,
    hello_ack: Option<&'a TraceSegment>,
    /// Who sent the SYN-ACK: the client of TLS, where its ends are turned.
    syn_ack_from: Option<Direction>,
    seen_ack: bool,
    seen_data: [bool; 2],
    reset_by: [bool; 2],
    closing: bool,
    copies: usize,
}

impl<'a> Gatherer<'a> {
    fn new(side: &Side<'a>) -> Self {
        Self {
            facts: side.tls,
            found: Vec::new(),
            hello_ack: hello_ack(side),
            syn_ack_from: None,
            seen_ack: false,
            seen_data: [false; 2],
            reset_by: [false; 2],
            closing: false,
            copies: 0,
        }
    }

    fn phase(&self, step: &Step) -> Phase {
        match self.facts.completed {
            _ if self.seen_data[index(Direction::ToClient)] => Phase::Data,
            Some(completed) if step.time >= completed => Phase::Complete,
            _ if self.facts.progress.joined_late => Phase::Data,
            _ => Phase::Handshake,
        }
    }

    fn step(&mut self, step: &'a Step) {
        let phase = self.phase(step);
        let (moment, weight) = match &step.what {
            What::Segment(_) => return self.segment(step, phase),
            What::Unfinished { .. } => (Moment::Unfinished, if phase == Phase::Data { PARTS } else { 90 }),
            what if is_sealed_alert(what) => alert(phase),
            what @ (What::Message(_) | What::HelloRetryRequest | What::Ssl2Hello | What::Sealed { .. }) => {
                let Some(said) = Said::of(what) else { return };
                (Moment::Message(said), said.weight())
            }
            What::Alert(_, AlertDescription::CLOSE_NOTIFY) => alert(phase),
            What::Alert(..) => (Moment::Alert, if phase == Phase::Data { 60 } else { 100 }),
            What::ChangeCipherSpec => (Moment::ChangeCipherSpec, 8),
            What::ApplicationData { early: Some(_), .. } => (Moment::EarlyData, 30),
            What::ApplicationData { .. } => {
                if std::mem::replace(&mut self.seen_data[index(step.from)], true) {
                    return;
                }
                (Moment::Data, if step.from == Direction::ToClient { 60 } else { 30 })
            }
            What::Plaintext(_) => (Moment::Plaintext, 100),
            What::Foreign | What::Malformed(_) | What::BadTag(_) => (Moment::Foreign, 100),
            What::Gap(_) => (Moment::Gap, 15),
            What::Icmp(error) => (Moment::Icmp, if error.is_unreachable() { 90 } else { 30 }),
            // The gap behind it says it.
            What::Cut { .. } => return,
        };
        // Text and foreign bytes that go on are bulk.
        let goes_on = matches!(moment, Moment::Plaintext | Moment::Foreign)
            && self.found.last().is_some_and(|last| last.moment == moment && last.step.from == step.from);
        if !goes_on {
            self.push(step, moment, weight);
        }
    }

    fn segment(&mut self, step: &'a Step, phase: Phase) {
        let (flags, events) = (step.flags, step.events);
        if events.any(Events::NOT_PART | Events::KEEP_ALIVE | Events::KEEP_ALIVE_ACK) {
            return;
        }
        if flags.rst() {
            if !std::mem::replace(&mut self.reset_by[index(step.from)], true) {
                let weight = match phase {
                    Phase::Handshake if !self.closing || step.from == Direction::ToClient => 100,
                    Phase::Complete if step.from == Direction::ToClient && !self.closing => 90,
                    Phase::Data if !self.closing => 80,
                    _ => 5,
                };
                self.push(step, Moment::Reset, weight);
            }
        } else if events.any(Events::ANY_RETRANSMISSION) {
            self.copies += 1;
            if self.copies <= MAX_COPIES {
                self.push(step, Moment::Copy, 20);
            }
        } else if flags.fin() {
            let weight = match phase {
                Phase::Handshake => 90,
                Phase::Complete if step.from == Direction::ToClient && !self.closing => 70,
                _ => 5,
            };
            self.closing = true;
            self.push(step, Moment::Fin, weight);
        } else if flags.syn() && flags.ack() {
            self.syn_ack_from = Some(step.from);
            self.push(step, Moment::SynAck, 90);
        } else if flags.syn() {
            self.push(step, Moment::Syn, 90);
        } else if step.bytes == 0 && flags.ack() {
            if self.hello_ack.is_some_and(|ack| ack.packet == step.packet) {
                self.push(step, Moment::HelloAck, 10);
            } else if self.syn_ack_from == Some(step.from.reversed()) && !self.seen_ack {
                self.seen_ack = true;
                self.push(step, Moment::Ack, 5);
            }
        }
    }

    fn push(&mut self, step: &'a Step, moment: Moment, weight: u8) {
        self.found.push(Milestone { step, moment, weight });
    }
}

fn index(direction: Direction) -> usize {
    usize::from(direction == Direction::ToClient)
}

/// Whether a sealed record is an alert, known by its type or inferred.
pub(super) fn is_sealed_alert(what: &What) -> bool {
    match what {
        What::Sealed { inferred: Some(inferred), .. } => inferred.holds.is_alert(),
        What::Sealed { content, inferred: None } => *content == ContentType::ALERT,
        _ => false,
    }
}

/// A `close_notify`, or an encrypted alert that may be one, tells something only before the connection is in use.
fn alert(phase: Phase) -> (Moment, u8) {
    match phase {
        Phase::Handshake => (Moment::Alert, 100),
        Phase::Complete => (Moment::Alert, 60),
        Phase::Data => (Moment::CloseAlert, 5),
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
