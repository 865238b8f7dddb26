//! A flow laid out for judging: how far it came, and the first packet that ended or spoiled it.
//!
//! Start at [`Case::new`]. Rules read a case; they never walk packets for what is decided here. How it is walked is in
//! `stage`, what its end says and how long was waited for it in `ending`.

use super::context::Context;
use super::ending::{Ending, EndingKind};
use super::shown::Shown;
use super::stage::{Seen, Stage};
use crate::flow::{Trace, TraceSegment, Unusable, unusable};
use crate::net::{Endpoint, IcmpError};
use crate::proto::TlsFacts;
use crate::proto::dialogue::plaintext;
use crate::proto::dialogue::sealed::Lengths;
use crate::proto::tls::message::ClientHello;
use crate::timeline::{Step, Streams, Timeline, is_midstream};
use crate::vocab::iana::ProtocolVersion;
use crate::vocab::{Direction, FlowNumber, PacketNumber, Time};

/// Seconds without an answer after which silence counts where the capture goes on and no end gives up.
pub(super) const SILENCE: f64 = 10.0;
/// Seconds after which a SYN without an answer counts as unanswered: by then it has been sent twice more.
pub(super) const SYN_SILENCE: f64 = 3.0;
/// Length of the shortest ClientHello in bytes, its header included (RFC 8446 §4.1.2).
const SHORTEST_HELLO: u64 = 43;
/// Retransmissions of one segment after which its loss counts.
pub(super) const RETRANSMISSIONS: usize = 3;

/// A flow with everything a rule asks about it.
pub struct Case<'a> {
    /// The flow's number.
    pub flow: FlowNumber,
    /// Its segments.
    pub trace: &'a Trace,
    /// Its steps.
    pub timeline: &'a Timeline,
    /// Its streams.
    pub streams: &'a Streams,
    /// Its TLS facts.
    pub tls: &'a TlsFacts,
    /// What its sealed records measure.
    pub lengths: Lengths,
    /// What the other flows tell.
    pub context: &'a Context,
    /// How far it came before `ending`, or at all.
    pub stage: Stage,
    /// The first thing that ended or spoiled it.
    pub ending: Option<Ending>,
    /// The SYN.
    pub syn: Option<&'a TraceSegment>,
    /// The SYN-ACK.
    pub syn_ack: Option<&'a TraceSegment>,
    /// The client's first segment with payload.
    pub client_data: Option<&'a TraceSegment>,
    /// The server's first segment with payload.
    pub server_data: Option<&'a TraceSegment>,
    /// Steps before the ending, by what they are.
    pub seen: Seen,
    /// What its receiver cannot use, and why.
    pub unusable: Vec<(PacketNumber, Unusable)>,
    pub(super) shown: Shown,
}

impl<'a> Case<'a> {
    /// Lays a flow out for judging.
    pub fn new(
        flow: FlowNumber,
        trace: &'a Trace,
        timeline: &'a Timeline,
        streams: &'a Streams,
        tls: &'a TlsFacts,
        context: &'a Context,
    ) -> Self {
        let mut case = Case {
            flow,
            trace,
            timeline,
            streams,
            tls,
            lengths: Lengths::of(tls),
            context,
            stage: Stage::Connecting,
            ending: None,
            syn: trace.first(|s| s.flags.syn() && !s.flags.ack()),
            syn_ack: trace.first(|s| s.flags.syn() && s.flags.ack()),
            client_data: trace.first(|s| s.direction == Direction::ToServer && carries_data(s)),
            server_data: trace.first(|s| s.direction == Direction::ToClient && carries_data(s)),
            seen: Seen::default(),
            unusable: unusable(trace),
            shown: Shown::default(),
        };
        if case.syn_ack.is_some() || is_midstream(&trace.row) {
            case.stage = Stage::Connected;
        }
        case.walk();
        if case.is_answered_early() {
            case.stage = Stage::Complete;
        }
        // A client that closes its direction right behind its Finished and request still gets the server's Finished.
        let half_closed =
            case.ended_with(Direction::ToServer, EndingKind::Close) && case.stage == Stage::ClientFinished;
        if half_closed && tls.is_complete() {
            case.stage = Stage::Complete;
        }
        case
    }

    /// Whose service it uses, as [`service`](super::context::service) names it: its ends are already named by TLS.
    pub fn service(&self) -> Endpoint {
        let server = self.trace.row.server;
        if self.trace.is_turned { Endpoint { port: 0, ..server } } else { server }
    }

    /// Whether the version is TLS 1.3.
    pub fn is_tls13(&self) -> bool {
        self.tls.version.is_some_and(|version| version >= ProtocolVersion::TLS_1_3)
    }

    /// A step by index.
    pub fn at(&self, index: Option<usize>) -> Option<&'a Step> {
        self.timeline.steps.get(index?)
    }

    /// The first ClientHello, where it is whole.
    pub fn hello(&self) -> Option<ClientHello<'a>> {
        Some(ClientHello::decode(self.at(self.seen.client_hello)?.body.get(4..)?))
    }

    /// The end of the record that begins the client's stream, where that is a ClientHello, however little of it was
    /// captured; none where records of a few bytes share it out.
    pub fn hello_record_end(&self) -> Option<u64> {
        let first = self.streams.pieces.to_server.first()?;
        match first.bytes(self.trace) {
            [22, 3, 0..=4, high, low, 1, ..] => {
                let length = u64::from(u16::from_be_bytes([*high, *low]));
                (length >= SHORTEST_HELLO).then_some(5 + length)
            }
            _ => None,
        }
    }

    /// The first ICMP error that says that the flow's packets cannot get there.
    pub fn unreachable(&self) -> Option<(PacketNumber, Time, &'a IcmpError)> {
        let icmp = self.trace.icmp.iter().find(|note| note.error.is_unreachable())?;
        Some((icmp.packet, icmp.time, &icmp.error))
    }

    /// The first text that an end sent where TLS or nothing was expected.
    pub fn first_text(&self, direction: Direction) -> Option<(&'a Step, crate::proto::dialogue::Plaintext)> {
        let step = self.timeline.steps.iter().find(|step| step.from == direction && step.what.spoils())?;
        plaintext(&step.body).map(|text| (step, text))
    }
}

pub(super) fn carries_data(segment: &TraceSegment) -> bool {
    segment.payload_len > 0 && !segment.flags.rst()
}
