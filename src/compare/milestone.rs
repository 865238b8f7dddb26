//! What of a flow takes part in an alignment: its milestones. Pure ACKs, copies and bulk data are passed over.
//!
//! Start at [`milestones`]. Two flows are aligned by their milestones' keys, never by packet numbers.

use super::Side;
use crate::flow::{Events, TraceSegment};
use crate::proto::TlsFacts;
use crate::timeline::{Step, StepKind};
use crate::vocab::Direction;

/// Milestones taken of one flow; a handshake has some twenty.
pub(super) const MAX_MILESTONES: usize = 800;
/// Retransmissions of one flow that are rows of their own.
const MAX_COPIES: usize = 32;
/// From this weight on, a difference is where two flows part.
pub(super) const PARTS: u8 = 50;

/// What a milestone is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum What {
    /// The client's first SYN.
    Syn,
    /// The server's answer to it.
    SynAck,
    /// The ACK that completes TCP's handshake.
    Ack,
    /// The first pure ACK that covers the whole ClientHello.
    HelloAck,
    /// A handshake message, seen, decrypted or inferred, by name.
    Message(String),
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
    pub what: What,
    /// How much it tells if the other flow lacks it.
    pub weight: u8,
}

impl Milestone<'_> {
    /// Whether both are the same moment of a handshake.
    pub fn matches(&self, other: &Milestone<'_>) -> bool {
        self.step.from == other.step.from && self.what == other.what
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
    seen_syn_ack: bool,
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
            seen_syn_ack: false,
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
        if step.kind == StepKind::Segment {
            self.segment(step);
            return;
        }
        let phase = self.phase(step);
        let (what, weight) = match step.kind {
            StepKind::Message if step.name.starts_with("Unfinished") => {
                (What::Unfinished, if phase == Phase::Data { PARTS } else { 90 })
            }
            StepKind::Encrypted if step.name.ends_with("Alert") => alert(phase),
            StepKind::Message | StepKind::Encrypted => (What::Message(step.name.clone()), message_weight(&step.name)),
            StepKind::Alert if step.id == Some(0) => alert(phase),
            StepKind::Alert => (What::Alert, if phase == Phase::Data { 60 } else { 100 }),
            StepKind::ChangeCipherSpec => (What::ChangeCipherSpec, 8),
            StepKind::ApplicationData if step.name.contains("0-RTT") => (What::EarlyData, 30),
            StepKind::ApplicationData => {
                if std::mem::replace(&mut self.seen_data[index(step.from)], true) {
                    return;
                }
                (What::Data, if step.from == Direction::ToClient { 60 } else { 30 })
            }
            StepKind::Plaintext => (What::Plaintext, 100),
            StepKind::Foreign => (What::Foreign, 100),
            StepKind::Gap => (What::Gap, 15),
            StepKind::Icmp => (What::Icmp, if is_blocking(&step.name) { 90 } else { 30 }),
            // The gap behind it says it.
            StepKind::Segment | StepKind::Cut => return,
        };
        // Text and foreign bytes that go on are bulk.
        let goes_on = matches!(what, What::Plaintext | What::Foreign)
            && self.found.last().is_some_and(|last| last.what == what && last.step.from == step.from);
        if !goes_on {
            self.push(step, what, weight);
        }
    }

    fn segment(&mut self, step: &'a Step) {
        let (flags, events) = (step.flags, step.events);
        if events.any(Events::NOT_PART | Events::KEEP_ALIVE | Events::KEEP_ALIVE_ACK) {
            return;
        }
        let phase = self.phase(step);
        if flags.rst() {
            if !std::mem::replace(&mut self.reset_by[index(step.from)], true) {
                let weight = match phase {
                    Phase::Handshake if !self.closing || step.from == Direction::ToClient => 100,
                    Phase::Complete if step.from == Direction::ToClient && !self.closing => 90,
                    Phase::Data if !self.closing => 80,
                    _ => 5,
                };
                self.push(step, What::Reset, weight);
            }
        } else if events.any(Events::ANY_RETRANSMISSION) {
            self.copies += 1;
            if self.copies <= MAX_COPIES {
                self.push(step, What::Copy, 20);
            }
        } else if flags.fin() {
            let weight = match phase {
                Phase::Handshake => 90,
                Phase::Complete if step.from == Direction::ToClient && !self.closing => 70,
                _ => 5,
            };
            self.closing = true;
            self.push(step, What::Fin, weight);
        } else if flags.syn() && flags.ack() {
            self.seen_syn_ack = true;
            self.push(step, What::SynAck, 90);
        } else if flags.syn() {
            self.push(step, What::Syn, 90);
        } else if step.bytes == 0 && flags.ack() {
            if self.hello_ack.is_some_and(|ack| ack.packet == step.packet) {
                self.push(step, What::HelloAck, 10);
            } else if step.from == Direction::ToServer && self.seen_syn_ack && !self.seen_ack {
                self.seen_ack = true;
                self.push(step, What::Ack, 5);
            }
        }
    }

    fn push(&mut self, step: &'a Step, what: What, weight: u8) {
        self.found.push(Milestone { step, what, weight });
    }
}

fn index(direction: Direction) -> usize {
    usize::from(direction == Direction::ToClient)
}

/// Whether an ICMP error says that a packet cannot get there at all.
fn is_blocking(name: &str) -> bool {
    ["unreachable", "prohibited"].iter().any(|word| name.contains(word))
}

/// A `close_notify`, or an encrypted alert that may be one, tells something only before the connection is in use.
fn alert(phase: Phase) -> (What, u8) {
    match phase {
        Phase::Handshake => (What::Alert, 100),
        Phase::Complete => (What::Alert, 60),
        Phase::Data => (What::CloseAlert, 5),
    }
}

fn message_weight(name: &str) -> u8 {
    match name {
        "New Session Ticket" => 8,
        "Certificate Status" => 30,
        "Hello Retry Request" => 70,
        _ if name.starts_with("Encrypted Handshake Message") => 20,
        _ => 90,
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
    let mut steps = side.timeline.steps.iter();
    steps.find(|step| step.kind == StepKind::Message && step.from == Direction::ToServer && step.id == Some(1))
}
