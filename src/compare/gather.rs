//! The milestones of a flow. Pure ACKs and bulk data are passed over.
//!
//! Start at [`milestones`].

use super::Side;
use super::milestone::{Milestone, Moment, PARTS, Phase, Said, TELLS, hello_ack, is_sealed_alert};
use crate::flow::{Events, TraceSegment};
use crate::proto::TlsFacts;
use crate::timeline::{Step, What};
use crate::vocab::iana::{AlertDescription, AlertLevel, HandshakeType};
use crate::vocab::{Direction, PerDirection};

/// Milestones taken of one flow; a handshake has some twenty.
pub(super) const MAX_MILESTONES: usize = 800;
/// Retransmissions of one flow that are rows of their own.
const MAX_COPIES: usize = 32;
/// What a milestone tells that any flow may lack.
const LITTLE: u8 = 5;

/// The milestones of a flow, in order.
pub(super) fn milestones<'a>(side: &Side<'a>) -> Vec<Milestone<'a>> {
    let mut gatherer = Gatherer::new(side);
    for step in &side.timeline.steps {
        if gatherer.found.len() >= MAX_MILESTONES {
            break;
        }
        gatherer.step(step);
    }
    gatherer.settle(None);
    gatherer.found
}

/// Gives what the other version's handshake lacks as well the weight of what any flow may lack: TLS 1.2 and 1.3 have the
/// certificates and the client's Finished in common.
pub(super) fn pass_over_versions(milestones: &mut [Milestone<'_>]) {
    use HandshakeType as H;
    for one in milestones {
        let own = match one.moment {
            Moment::Message(Said::One(kind)) => {
                matches!(
                    kind,
                    H::ENCRYPTED_EXTENSIONS
                        | H::CERTIFICATE_VERIFY
                        | H::CERTIFICATE_STATUS
                        | H::SERVER_KEY_EXCHANGE
                        | H::SERVER_HELLO_DONE
                        | H::CLIENT_KEY_EXCHANGE
                ) || kind == H::FINISHED && one.step.from == Direction::ToClient
            }
            Moment::Message(Said::Several(_)) | Moment::Flight => true,
            _ => false,
        };
        if own {
            one.weight = LITTLE;
        }
    }
}

/// Gives what two flows do once the client has nothing more to say for its handshake the weight of what any flow may lack,
/// where neither failed: how much is asked and who closes is no business of TLS. What spoils a stream and a reset remain.
pub(super) fn pass_over_use(milestones: &mut [Milestone<'_>]) {
    let finished = |one: &Milestone<'_>| {
        one.step.from == Direction::ToServer && one.moment == Moment::Message(Said::One(HandshakeType::FINISHED))
    };
    let from = milestones.iter().position(finished).map_or(milestones.len(), |at| at + 1);
    for (at, one) in milestones.iter_mut().enumerate().filter(|(at, one)| *at >= from || one.phase != Phase::Handshake)
    {
        let is_message = at >= from && one.step.from == Direction::ToClient && matches!(one.moment, Moment::Message(_));
        if !is_message && !matches!(one.moment, Moment::Foreign | Moment::Plaintext | Moment::Reset) {
            (one.weight, one.ends) = (one.weight.min(LITTLE), false);
        }
    }
}

/// Where the sealed records of the servers' flights cannot be told apart in the same way, each flight becomes one
/// milestone: how a stack lays its messages into records is its own affair.
pub(super) fn even_out<'a>(baseline: &mut Vec<Milestone<'a>>, subject: &mut Vec<Milestone<'a>>) {
    let said = |milestones: &[Milestone<'_>]| -> Vec<Said> {
        flight(milestones).into_iter().filter_map(|at| Said::of(&milestones[at].step.what)).collect()
    };
    let (b, s) = (said(baseline), said(subject));
    let is_coarse = |said: &Said| matches!(said, Said::Several(_));
    let alike = b.iter().zip(&s).all(|(b, s)| b == s);
    if alike || !b.iter().chain(&s).any(is_coarse) || b.is_empty() || s.is_empty() {
        return;
    }
    for milestones in [baseline, subject] {
        let flight = flight(milestones);
        milestones[flight[0]].moment = Moment::Flight;
        let mut at = 0;
        milestones.retain(|_| {
            at += 1;
            !flight[1..].contains(&(at - 1))
        });
    }
}

/// The sealed handshake records of the server before the client's first.
fn flight(milestones: &[Milestone<'_>]) -> Vec<usize> {
    let is_sealed = |one: &Milestone<'_>| {
        matches!((&one.step.what, one.moment), (What::Sealed { .. }, Moment::Message(_))) && !one.step.decrypted
    };
    let clients = |one: &Milestone<'_>| is_sealed(one) && one.step.from == Direction::ToServer;
    let end = milestones.iter().position(clients).unwrap_or(milestones.len());
    (0..end).filter(|at| is_sealed(&milestones[*at])).collect()
}

struct Gatherer<'a> {
    facts: &'a TlsFacts,
    found: Vec<Milestone<'a>>,
    hello_ack: Option<&'a TraceSegment>,
    /// Who sent a SYN-ACK that was not answered yet: the client of TLS, where its ends are turned.
    syn_ack_from: Option<Direction>,
    seen_hello: bool,
    seen_retry: bool,
    seen_data: PerDirection<bool>,
    reset_by: PerDirection<bool>,
    closing: bool,
    copies: usize,
    /// A FIN or RST whose segment has bytes: it comes behind what they are.
    closes: Option<&'a Step>,
    /// What a SYN carries (TCP Fast Open): it is read when TCP is up.
    opened: Vec<Milestone<'a>>,
}

impl<'a> Gatherer<'a> {
    fn new(side: &Side<'a>) -> Self {
        Self {
            facts: side.tls,
            found: Vec::new(),
            hello_ack: hello_ack(side),
            syn_ack_from: None,
            seen_hello: false,
            seen_retry: false,
            seen_data: PerDirection::default(),
            reset_by: PerDirection::default(),
            closing: false,
            copies: 0,
            closes: None,
            opened: Vec::new(),
        }
    }

    fn phase(&self, step: &Step) -> Phase {
        let progress = &self.facts.progress;
        let known = self.facts.completed.is_none() && !progress.gap && !progress.joined_late;
        match self.facts.completed {
            _ if self.seen_data.to_client && !known => Phase::Data,
            Some(completed) if step.time >= completed => Phase::Complete,
            _ if self.facts.progress.joined_late => Phase::Data,
            _ => Phase::Handshake,
        }
    }

    fn step(&mut self, step: &'a Step) {
        self.settle(Some(step));
        let phase = self.phase(step);
        if step.unusable().is_some() {
            return self.unusable(step, phase);
        }
        let (moment, weight) = match &step.what {
            What::Segment(_) => return self.segment(step, phase),
            What::Unfinished { .. } => (Moment::Unfinished, if phase == Phase::Data { PARTS } else { 90 }),
            what if is_sealed_alert(what) => (Moment::Alert, closing_alert(phase)),
            what @ (What::Message(_) | What::HelloRetryRequest | What::Ssl2Hello | What::Sealed { .. }) => {
                match self.message(what, step.from) {
                    Some(found) => found,
                    None => return,
                }
            }
            What::Alert(_, AlertDescription::CLOSE_NOTIFY) => (Moment::Alert, closing_alert(phase)),
            What::Alert(..) => (Moment::Alert, if phase == Phase::Data { 60 } else { 100 }),
            What::ChangeCipherSpec => (Moment::ChangeCipherSpec, 8),
            What::Heartbeat(_) => (Moment::Heartbeat, 30),
            What::TooLong { message, .. } => (Moment::Message(Said::One(*message)), 90),
            What::ApplicationData { early: Some(_), .. } => (Moment::EarlyData, 30),
            // A server's data in place of its handshake.
            What::ApplicationData { .. } if self.is_premature(step, phase) => (Moment::Foreign, 100),
            What::ApplicationData { .. } => match self.data(step.from) {
                Some(weight) => (Moment::Data, weight),
                None => return,
            },
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
            self.push(step, moment, weight, phase);
        }
    }

    /// One row a packet, its segment's.
    fn unusable(&mut self, step: &'a Step, phase: Phase) {
        if step.what.is_segment() {
            self.copies += 1;
            if self.copies <= MAX_COPIES {
                self.push(step, Moment::Unusable, 30, phase);
            }
        }
    }

    fn message(&mut self, what: &What, from: Direction) -> Option<(Moment, u8)> {
        let said = Said::of(what)?;
        let hello = from == Direction::ToServer && matches!(said, Said::One(HandshakeType::CLIENT_HELLO));
        self.seen_retry |= said == Said::Retry;
        self.seen_hello |= hello || said == Said::Ssl2Hello;
        // A flow whose first ClientHello was good enough lacks the second one, and nothing follows from that.
        let second = hello && self.seen_retry;
        Some(if second { (Moment::SecondHello, TELLS) } else { (Moment::Message(said), said.weight()) })
    }

    /// How much a sender's first application data tells; none for what comes after it.
    fn data(&mut self, from: Direction) -> Option<u8> {
        let asked = self.seen_data.to_server;
        let seen = std::mem::replace(&mut self.seen_data[from], true);
        // A server that was asked nothing has nothing to answer.
        let weight = if from == Direction::ToClient && asked { 60 } else { LITTLE };
        (!seen).then_some(weight)
    }

    fn is_premature(&self, step: &Step, phase: Phase) -> bool {
        let progress = &self.facts.progress;
        phase == Phase::Handshake && step.from == Direction::ToClient && !progress.server_hello && !progress.gap
    }

    fn segment(&mut self, step: &'a Step, phase: Phase) {
        let (flags, events) = (step.flags, step.events);
        if events.any(Events::NOT_PART | Events::KEEP_ALIVE | Events::KEEP_ALIVE_ACK) {
            return;
        }
        if (flags.rst() || flags.fin()) && step.bytes > 0 && !events.any(Events::ANY_RETRANSMISSION) {
            self.closes = Some(step);
        } else if flags.rst() {
            self.reset(step, phase);
        } else if events.any(Events::ANY_RETRANSMISSION) {
            self.copies += 1;
            if self.copies <= MAX_COPIES {
                self.push(step, Moment::Copy, 20, phase);
            }
        } else if flags.fin() {
            self.fin(step, phase);
        } else if flags.syn() && flags.ack() {
            self.syn_ack_from = Some(step.from);
            self.push(step, Moment::SynAck, 90, phase);
        } else if flags.syn() {
            self.push(step, Moment::Syn, 90, phase);
        } else if step.bytes == 0 && flags.ack() {
            if self.hello_ack.is_some_and(|ack| ack.packet == step.packet) {
                self.push(step, Moment::HelloAck, 10, phase);
            } else if self.syn_ack_from == Some(step.from.reversed()) {
                self.syn_ack_from = None;
                self.push(step, Moment::Ack, LITTLE, phase);
            }
        }
    }

    /// The FIN or RST that waited for what its segment carries, once `next` is of another packet. Text, an alert or
    /// foreign bytes end a connection by themselves: the flag is their note.
    fn settle(&mut self, next: Option<&Step>) {
        let Some(step) = self.closes.filter(|step| next.is_none_or(|next| next.packet != step.packet)) else { return };
        self.closes = None;
        let phase = self.phase(step);
        let said = self.found.last_mut().filter(|last| last.step.packet == step.packet && last.step.from == step.from);
        match said {
            Some(last) if last.ends || matches!(last.moment, Moment::Alert | Moment::Plaintext | Moment::Foreign) => {
                last.ends |= last.weight >= PARTS;
                self.closing = true;
                self.reset_by[step.from] |= step.flags.rst();
            }
            _ if step.flags.rst() => self.reset(step, phase),
            _ => self.fin(step, phase),
        }
    }

    fn reset(&mut self, step: &'a Step, phase: Phase) {
        if std::mem::replace(&mut self.reset_by[step.from], true) {
            return;
        }
        let weight = match phase {
            Phase::Handshake if !self.closing || step.from == Direction::ToClient => 100,
            Phase::Complete if step.from == Direction::ToClient && !self.closing => 90,
            Phase::Data if !self.closing => 80,
            _ => LITTLE,
        };
        self.push(step, Moment::Reset, weight, phase);
    }

    fn fin(&mut self, step: &'a Step, phase: Phase) {
        let weight = match phase {
            Phase::Handshake if !self.closing => 90,
            Phase::Complete if step.from == Direction::ToClient && !self.closing => 70,
            _ => LITTLE,
        };
        self.closing = true;
        self.push(step, Moment::Fin, weight, phase);
    }

    fn push(&mut self, step: &'a Step, moment: Moment, weight: u8, phase: Phase) {
        let ends = weight >= PARTS
            && match moment {
                Moment::Reset | Moment::Fin => true,
                Moment::Alert => !is_warning(&step.what),
                // What comes before the ClientHello is the talk of another protocol.
                Moment::Plaintext | Moment::Foreign => self.seen_hello,
                _ => false,
            };
        let milestone = Milestone { step, moment, weight, phase, ends };
        if step.flags.syn() && !step.what.is_segment() {
            self.opened.push(milestone);
            return;
        }
        self.found.push(milestone);
        if moment == Moment::SynAck {
            self.found.append(&mut self.opened);
        }
    }
}

fn is_warning(what: &What) -> bool {
    matches!(what, What::Alert(AlertLevel::WARNING, description) if *description != AlertDescription::CLOSE_NOTIFY)
}

/// A `close_notify`, or an encrypted alert that may be one, tells something only before the connection is in use.
fn closing_alert(phase: Phase) -> u8 {
    match phase {
        Phase::Handshake => 100,
        Phase::Complete => 60,
        Phase::Data => LITTLE,
    }
}
