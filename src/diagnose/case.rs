//! A flow laid out for judging: how far it came, and the first packet that ended or spoiled it.
//!
//! Start at [`Case::new`]. Rules read a case; they never walk packets for what is decided here.

use super::chain::Shown;
use super::context::Context;
use crate::flow::{Events, Trace, TraceSegment, Unusable, unusable};
use crate::net::IcmpError;
use crate::proto::TlsFacts;
use crate::proto::dialogue::plaintext;
use crate::proto::dialogue::sealed::{Lengths, Part, Standing};
use crate::timeline::{Step, Streams, Timeline, What, is_midstream};
use crate::vocab::iana::{AlertDescription, AlertLevel, ContentType, HandshakeType, ProtocolVersion};
use crate::vocab::{Direction, FlowNumber, PacketNumber, Time};

/// Seconds without an answer after which silence counts where the capture goes on and no end gives up.
pub(super) const SILENCE: f64 = 10.0;
/// Seconds after which a server's close no longer answers the client's Finished.
const IDLE: f64 = 1.0;
/// Seconds of silence after which the capture is taken to have paused, or to be several in one: nobody waits so long.
const PAUSE: f64 = 3_600.0;
/// Seconds after which a SYN without an answer counts as unanswered: by then it has been sent twice more.
pub(super) const SYN_SILENCE: f64 = 3.0;
/// Seconds after which a server that closes is taken to have waited rather than refused.
const SERVER_WAIT: f64 = 5.0;
/// Seconds a client must have waited for its leaving to count as giving up on an answer.
const CLIENT_WAIT: f64 = 1.0;
/// Retransmissions of one segment after which its loss counts.
pub(super) const RETRANSMISSIONS: usize = 3;

/// How far a flow came before its ending. Ordered.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Stage {
    /// No SYN-ACK.
    Connecting,
    /// TCP is up, the client sent nothing.
    Connected,
    /// The client sent something other than TLS.
    Preamble,
    /// A part of a ClientHello was sent.
    HelloBegun,
    /// A whole ClientHello was sent.
    HelloSent,
    /// The server began a record and has not finished its first message.
    AnswerBegun,
    /// The server asked for another ClientHello.
    RetryAsked,
    /// The server sent its ServerHello.
    ServerHello,
    /// The server's flight is whole, as far as that can be known.
    ServerFlight,
    /// The client sent its last flight.
    ClientFinished,
    /// Both ends are through.
    Complete,
}

/// What ended or spoiled a flow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EndingKind {
    /// RST.
    Reset,
    /// FIN.
    Close,
    /// An alert in clear or decrypted.
    Alert(AlertLevel, AlertDescription),
    /// A record that must be an alert, unread.
    EncryptedAlert,
    /// Bytes that are not TLS.
    Foreign,
    /// A record that does not verify with its keys.
    BadTag,
}

/// The first thing that ended or spoiled a flow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ending {
    /// What it was.
    pub kind: EndingKind,
    /// Whose address it bears.
    pub from: Direction,
    /// The packet.
    pub packet: PacketNumber,
    /// When it was captured.
    pub time: Time,
    /// Index of its step in the timeline.
    pub step: usize,
}

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

/// Indices of the steps that mark how far a handshake came.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    /// The first ClientHello.
    pub client_hello: Option<usize>,
    /// The HelloRetryRequest.
    pub retry: Option<usize>,
    /// The ClientHello after it.
    pub second_hello: Option<usize>,
    /// The ServerHello.
    pub server_hello: Option<usize>,
    /// A ClientHello that the server sent.
    pub echo: Option<usize>,
    /// The server's Certificate.
    pub certificate: Option<usize>,
    /// CertificateRequest.
    pub certificate_request: Option<usize>,
    /// ServerHelloDone (up to TLS 1.2), the server's Finished (TLS 1.3, with keys).
    pub server_done: Option<usize>,
    /// The client's Certificate.
    pub client_certificate: Option<usize>,
    /// The first record of the client's last flight.
    pub client_finished: Option<usize>,
    /// The server's Finished up to TLS 1.2.
    pub server_finished: Option<usize>,
    /// The client's first encrypted record behind the ServerHello.
    pub client_protected: Option<usize>,
    /// The server's first encrypted record.
    pub server_protected: Option<usize>,
    /// The server's first application data after the handshake.
    pub server_application: Option<usize>,
    /// The client's first application data after the handshake.
    pub client_application: Option<usize>,
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

    /// Goes through the steps in the order in which their receiver could read them until something ends or spoils the
    /// flow.
    fn walk(&mut self) {
        for step in self.reading_order() {
            if let Some(kind) = self.step(step).filter(|kind| !self.is_survived(step, *kind)) {
                let Step { from, packet, time, .. } = self.timeline.steps[step];
                self.ending = Some(Ending { kind, from, packet, time, step });
                return;
            }
        }
    }

    /// Whether what should have ended the flow did not.
    fn is_survived(&self, at: usize, kind: EndingKind) -> bool {
        let step = &self.timeline.steps[at];
        match kind {
            EndingKind::Foreign => self.is_skipped(at),
            EndingKind::Reset => {
                let reset = self.trace.by_packet(step.packet);
                reset.is_some_and(|reset| self.outlives(reset) || self.is_ignored(reset))
            }
            _ => false,
        }
    }

    /// Whether the client goes on with its request as if the foreign bytes were not there: then they never reached it,
    /// or are padding that something on the way took for payload.
    fn is_skipped(&self, at: usize) -> bool {
        let steps = &self.timeline.steps;
        steps[at].from == Direction::ToClient
            && self.stage >= Stage::ClientFinished
            && steps[at..].iter().any(|step| {
                step.from == Direction::ToServer && step.what.is_protected() && !self.lengths.is_alert(step.bytes)
            })
    }

    /// Takes the next step; what it ended, if anything.
    fn step(&mut self, at: usize) -> Option<EndingKind> {
        let step = &self.timeline.steps[at];
        match step.what {
            What::Segment(_) => self.segment(step),
            What::Plaintext(_) | What::Foreign | What::Malformed(_) | What::BadTag(_) => self.bytes(step),
            What::Message(kind) => {
                self.message(at, step, kind);
                None
            }
            What::HelloRetryRequest => {
                if step.from == Direction::ToClient {
                    self.seen.retry = self.seen.retry.or(Some(at));
                    self.stage = self.stage.max(Stage::RetryAsked);
                }
                None
            }
            What::Ssl2Hello => {
                self.message(at, step, HandshakeType::CLIENT_HELLO);
                None
            }
            What::Unfinished { .. } | What::Cut { .. } => {
                if step.from == Direction::ToServer {
                    self.hello_in_part();
                }
                None
            }
            What::Alert(level, description) => {
                let closes = matches!(description, AlertDescription::CLOSE_NOTIFY | AlertDescription::USER_CANCELED);
                let fatal = level != AlertLevel::WARNING || self.is_tls13() && !closes;
                // That a used connection is closed could be read with keys alone, and is nothing to judge.
                let used = self.seen.client_application.is_some() && self.seen.server_application.is_some();
                let closes = closes && !(step.decrypted && used);
                (fatal || closes).then_some(EndingKind::Alert(level, description))
            }
            What::ApplicationData { early, .. } if step.decrypted => {
                if early.is_none() {
                    self.opened(at, step);
                }
                None
            }
            What::ApplicationData { .. } => self.protected(at, step, ContentType::APPLICATION_DATA),
            What::Sealed { content, .. } => self.protected(at, step, content),
            What::ChangeCipherSpec | What::Gap(_) | What::Icmp(_) => None,
        }
    }

    fn segment(&mut self, step: &Step) -> Option<EndingKind> {
        if self.stage == Stage::Connected && step.from == Direction::ToServer && step.bytes > 0 && !step.flags.rst() {
            // What the bytes are is told by the steps that follow; a hello's first segment has no step of its own.
            self.stage = if self.tls.progress.hello_begun && self.tls.start.to_server == 0 {
                Stage::HelloBegun
            } else {
                Stage::Preamble
            };
        }
        let answers = || self.trace.by_packet(step.packet).is_some_and(|segment| self.is_answer(segment));
        if self.stage == Stage::HelloSent && self.tls.records.to_client == 0 && answers() {
            self.stage = Stage::AnswerBegun;
        }
        if step.flags.rst() {
            return (!step.events.has(Events::STRAY)).then_some(EndingKind::Reset);
        }
        (step.flags.fin() && !step.events.any(Events::NOT_PART)).then_some(EndingKind::Close)
    }

    fn bytes(&mut self, step: &Step) -> Option<EndingKind> {
        let in_tls = self.stage > Stage::Preamble;
        if !in_tls {
            // Before TLS, text is the business of STARTTLS, CONNECT and their like; but a client that begins with its
            // ClientHello asked for none of them.
            if step.from == Direction::ToServer && self.stage == Stage::Connected {
                self.stage = Stage::Preamble;
            }
            return self.is_banner(step).then_some(EndingKind::Foreign);
        }
        Some(if matches!(step.what, What::BadTag(_)) { EndingKind::BadTag } else { EndingKind::Foreign })
    }

    /// Whether these are a server's first words to a client that speaks TLS from its first byte, and the server never
    /// does.
    fn is_banner(&self, step: &Step) -> bool {
        self.stage == Stage::Connected
            && step.from == Direction::ToClient
            && self.tls.progress.hello_begun
            && self.tls.start.to_server == 0
            && self.tls.records.to_client == 0
    }

    /// A part of a ClientHello; what the snap length cut was sent all the same.
    fn hello_in_part(&mut self) {
        let is_sent = self.hello_record_end().is_some_and(|end| self.sent_end(Direction::ToServer) >= end);
        self.stage = self.stage.max(if is_sent { Stage::HelloSent } else { Stage::HelloBegun });
    }

    fn message(&mut self, at: usize, step: &Step, kind: HandshakeType) {
        let seen = &mut self.seen;
        let reached = match (step.from, kind) {
            (Direction::ToServer, HandshakeType::CLIENT_HELLO) => {
                if seen.client_hello.is_none() {
                    seen.client_hello = Some(at);
                } else if seen.retry.is_some() {
                    seen.second_hello = seen.second_hello.or(Some(at));
                }
                if seen.retry.is_some() { Stage::RetryAsked } else { Stage::HelloSent }
            }
            (Direction::ToClient, HandshakeType::SERVER_HELLO) => {
                seen.server_hello = Some(at);
                Stage::ServerHello
            }
            (Direction::ToClient, HandshakeType::CLIENT_HELLO) => {
                seen.echo = seen.echo.or(Some(at));
                Stage::AnswerBegun
            }
            (Direction::ToClient, HandshakeType::CERTIFICATE | HandshakeType::COMPRESSED_CERTIFICATE) => {
                seen.certificate = Some(at);
                Stage::ServerHello
            }
            (Direction::ToClient, HandshakeType::CERTIFICATE_REQUEST) => {
                seen.certificate_request = Some(at);
                Stage::ServerHello
            }
            (Direction::ToClient, HandshakeType::SERVER_HELLO_DONE) => {
                seen.server_done = Some(at);
                Stage::ServerFlight
            }
            (Direction::ToServer, HandshakeType::CERTIFICATE | HandshakeType::COMPRESSED_CERTIFICATE) => {
                seen.client_certificate = Some(at);
                Stage::ServerFlight
            }
            (Direction::ToClient, HandshakeType::FINISHED) if step.decrypted => {
                if self.tls.version.is_some_and(|version| version >= ProtocolVersion::TLS_1_3) {
                    seen.server_done = Some(at);
                    Stage::ServerFlight
                } else {
                    self.finished(at, Direction::ToClient)
                }
            }
            (Direction::ToServer, HandshakeType::FINISHED) if step.decrypted => self.finished(at, Direction::ToServer),
            (Direction::ToClient, HandshakeType::NEW_SESSION_TICKET) if self.seen.client_finished.is_some() => {
                if self.is_tls13() {
                    self.seen.server_application = self.seen.server_application.or(Some(at));
                    Stage::Complete
                } else {
                    Stage::ClientFinished
                }
            }
            _ => self.stage,
        };
        self.stage = self.stage.max(reached);
    }

    /// An end's Finished was sent, up to TLS 1.2 in either order, under TLS 1.3 the client's alone.
    fn finished(&mut self, at: usize, from: Direction) -> Stage {
        match from {
            Direction::ToServer => self.seen.client_finished = self.seen.client_finished.or(Some(at)),
            Direction::ToClient => self.seen.server_finished = self.seen.server_finished.or(Some(at)),
        }
        match (self.seen.client_finished, self.seen.server_finished) {
            (Some(_), Some(_)) => Stage::Complete,
            (Some(_), None) => Stage::ClientFinished,
            (None, _) => Stage::ServerFlight,
        }
    }

    /// Application data that keys opened.
    fn opened(&mut self, at: usize, step: &Step) {
        if self.is_tls13() && step.from == Direction::ToServer && self.seen.client_finished.is_none() {
            // The keys come into use with its Finished, which was not to be seen.
            self.seen.client_finished = Some(at);
            self.stage = self.stage.max(Stage::ClientFinished);
        }
        // A TLS 1.3 server may speak before it has its answer.
        if !self.is_tls13() || self.seen.client_finished.is_some() {
            self.application(at, step.from);
            if self.is_tls13() && step.from == Direction::ToClient {
                self.stage = Stage::Complete;
            }
        }
    }

    fn protected(&mut self, at: usize, step: &Step, content: ContentType) -> Option<EndingKind> {
        if step.from == Direction::ToServer && self.stage == Stage::Connected {
            self.stage = Stage::Complete;
        }
        if self.is_tls13() { self.protected_13(at, step) } else { self.protected_old(at, step.from, content) }
    }

    /// A protected record of TLS 1.3, which does not say what it holds.
    fn protected_13(&mut self, at: usize, step: &Step) -> Option<EndingKind> {
        let standing = Standing {
            server_hello: self.seen.server_hello.is_some(),
            client_protected: self.seen.client_protected.is_some(),
            client_finished: self.seen.client_finished.is_some(),
        };
        match (step.from, standing.part(step.from, step.bytes, self.lengths)) {
            (_, Part::EarlyData) => {}
            (_, Part::OutOfPlace) => return (!self.tls.progress.joined_late).then_some(EndingKind::Foreign),
            (_, Part::Alert) if !standing.client_finished => return Some(EndingKind::EncryptedAlert),
            (Direction::ToServer, Part::Handshake) => {
                self.seen.client_protected = self.seen.client_protected.or(Some(at));
            }
            (_, Part::Finished) => {
                self.seen.client_protected = self.seen.client_protected.or(Some(at));
                self.seen.client_finished = Some(at);
                self.stage = self.stage.max(Stage::ClientFinished);
            }
            (Direction::ToServer, Part::Alert | Part::Application) => self.application(at, step.from),
            (Direction::ToClient, Part::Handshake) => {
                self.seen.server_protected = self.seen.server_protected.or(Some(at));
                self.stage = self.stage.max(Stage::ServerFlight);
            }
            (Direction::ToClient, Part::Alert) if self.seen.server_application.is_none() => {
                return Some(EndingKind::EncryptedAlert);
            }
            (Direction::ToClient, Part::Alert | Part::Application) => {
                self.application(at, step.from);
                self.stage = Stage::Complete;
            }
        }
        None
    }

    /// A protected record up to TLS 1.2, or in a flow whose version is not known.
    fn protected_old(&mut self, at: usize, from: Direction, content: ContentType) -> Option<EndingKind> {
        match content {
            ContentType::HANDSHAKE if self.seen.client_hello.is_some() || self.seen.server_hello.is_some() => {
                let reached = self.finished(at, from);
                self.stage = self.stage.max(reached);
                None
            }
            // Of a flow that was joined behind its handshake this is the end, whatever it says.
            ContentType::ALERT if self.tls.progress.joined_late && self.stage <= Stage::Connected => {
                self.stage = Stage::Complete;
                None
            }
            ContentType::ALERT if self.stage < Stage::Complete => Some(EndingKind::EncryptedAlert),
            // A client that leaves without a request, whatever the server still says.
            ContentType::ALERT if from == Direction::ToServer && self.seen.client_application.is_none() => {
                Some(EndingKind::EncryptedAlert)
            }
            ContentType::APPLICATION_DATA if self.tls.progress.joined_late => {
                self.stage = Stage::Complete;
                self.application(at, from);
                None
            }
            ContentType::APPLICATION_DATA
                if from == Direction::ToClient && self.seen.server_hello.is_none() && self.seen.retry.is_none() =>
            {
                Some(EndingKind::Foreign)
            }
            ContentType::APPLICATION_DATA => {
                self.application(at, from);
                None
            }
            _ => None,
        }
    }

    fn application(&mut self, at: usize, from: Direction) {
        let place = match from {
            Direction::ToServer => &mut self.seen.client_application,
            Direction::ToClient => &mut self.seen.server_application,
        };
        *place = place.or(Some(at));
    }

    /// Whether the version is TLS 1.3.
    pub fn is_tls13(&self) -> bool {
        self.tls.version.is_some_and(|version| version >= ProtocolVersion::TLS_1_3)
    }

    /// A step by index.
    pub fn at(&self, index: Option<usize>) -> Option<&'a Step> {
        self.timeline.steps.get(index?)
    }

    /// The ending's step.
    pub fn ending_step(&self) -> Option<&'a Step> {
        self.at(self.ending.map(|ending| ending.step))
    }

    /// Whether the ending came from this end and is of this kind.
    pub fn ended_with(&self, from: Direction, kind: EndingKind) -> bool {
        self.ending.is_some_and(|ending| ending.from == from && ending.kind == kind)
    }

    /// The alert that ended the flow, if one did, and who sent it.
    pub fn ending_alert(&self) -> Option<(Direction, AlertLevel, AlertDescription)> {
        match self.ending? {
            Ending { kind: EndingKind::Alert(level, description), from, .. } => Some((from, level, description)),
            _ => None,
        }
    }

    /// Whether something in the capture hides the deciding bytes: a hole that the receiver acknowledged, cut packets.
    pub fn is_blind(&self) -> bool {
        use crate::flow::Issues;
        self.trace.row.issues.has(Issues::TRUNCATED_PACKETS) && self.stage < Stage::Complete && self.tls.progress.gap
    }

    /// The end of the record that begins the client's stream, where that is a ClientHello, however little of it was
    /// captured.
    pub fn hello_record_end(&self) -> Option<u64> {
        let first = self.streams.pieces.to_server.first()?;
        match self.streams.bytes(self.trace, first) {
            [22, 3, 0..=4, high, low, 1, ..] => Some(5 + u64::from(u16::from_be_bytes([*high, *low]))),
            _ => None,
        }
    }

    /// When the capture ended.
    pub fn capture_end(&self) -> Time {
        self.context.capture_end.max(self.trace.row.end)
    }

    /// Seconds from the last thing that advanced the flow to its ending, or to the capture's end.
    pub fn waited(&self, since: Time) -> f64 {
        self.ending.map_or(self.capture_end(), |ending| ending.time).since(since)
    }

    /// Whether the flow ended, or was left, after a wait that names silence as the reason.
    pub fn ended_in_silence(&self, since: Time) -> bool {
        let waited = self.waited(since);
        match self.ending {
            None => (SILENCE..PAUSE).contains(&waited) && self.is_captured_to_the_end(),
            // A refusal is no giving up, however long it took.
            Some(Ending { kind: EndingKind::Alert(_, description), from: Direction::ToServer, .. })
                if super::alerts::is_about_certificate(description) =>
            {
                false
            }
            Some(Ending { kind: EndingKind::Reset | EndingKind::Close | EndingKind::Alert(..), from, .. }) => {
                match from {
                    Direction::ToServer => waited >= CLIENT_WAIT,
                    Direction::ToClient => waited >= SERVER_WAIT,
                }
            }
            Some(_) => false,
        }
    }

    /// Whether the server answered the client's early data and closed its direction before the client's Finished came,
    /// which then came all the same (RFC 8446 §2.3: a server may answer 0-RTT data at once).
    fn is_answered_early(&self) -> bool {
        let Some(ending) = self.ending.filter(|e| e.from == Direction::ToClient) else {
            return false;
        };
        let closes = matches!(ending.kind, EndingKind::Close | EndingKind::EncryptedAlert);
        let steps = &self.timeline.steps;
        let record = |step: &&Step| step.from == Direction::ToServer && step.what.is_protected();
        let early = self.seen.server_hello.is_some_and(|hello| steps[..hello].iter().any(|step| record(&step)));
        let finished = |step: &Step| step.bytes >= self.lengths.finished() && step.packet > ending.packet;
        closes
            && self.is_tls13()
            && self.tls.resumed == Some(true)
            && early
            && steps.iter().filter(record).any(finished)
    }

    /// Whether the server closed a TLS 1.3 connection so long after the client's Finished that this is no answer to it:
    /// a spare connection that nobody used, where the server sent no ticket that would show that it had finished too.
    pub fn is_idle_close(&self) -> bool {
        let Some(ending) = self.ending.filter(|e| e.from == Direction::ToClient) else { return false };
        let told = match ending.kind {
            EndingKind::Alert(_, description) => super::alerts::is_close(description),
            kind => matches!(kind, EndingKind::Close | EndingKind::Reset | EndingKind::EncryptedAlert),
        };
        let finished =
            self.at(self.seen.client_finished).filter(|_| self.is_tls13() && self.stage == Stage::ClientFinished);
        let rtt = self.trace.row.syn_rtt().map_or(0.0, |nanos| f64::from(nanos) / 1e9);
        told && finished.is_some_and(|step| ending.time.since(step.time) > IDLE + 3.0 * rtt)
    }

    /// Whether the client closed a TLS 1.3 connection first, by a record behind its Finished that must be an alert:
    /// what the server says then replies to that.
    pub fn is_reply_to_close(&self) -> bool {
        let Some(ending) = self.ending.filter(|e| e.from == Direction::ToClient) else { return false };
        let Some(finished) = self.seen.client_finished.filter(|_| self.is_tls13()) else { return false };
        let reply = match ending.kind {
            EndingKind::Alert(_, description) => super::alerts::is_close(description),
            kind => matches!(kind, EndingKind::Close | EndingKind::Reset | EndingKind::EncryptedAlert),
        };
        reply
            && self.stage == Stage::ClientFinished
            && self.timeline.steps.iter().skip(finished + 1).any(|step| {
                step.from == Direction::ToServer
                    && step.what.is_protected()
                    && self.lengths.is_alert(step.bytes)
                    && step.packet < ending.packet
            })
    }

    /// Whether the server's last word says nothing of the client's Finished.
    pub fn is_no_answer(&self) -> bool {
        self.is_idle_close() || self.is_reply_to_close()
    }

    /// The packet that closes the flow, whoever sent it.
    pub fn closing_packet(&self) -> Option<PacketNumber> {
        self.ending.map(|ending| ending.packet)
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
