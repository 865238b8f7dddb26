//! How far a flow came: a walk through its steps until something ends or spoils it.

use super::case::Case;
use super::ending::{Ending, EndingKind};
use crate::flow::Events;
use crate::proto::dialogue::sealed::{Holds, Part, Standing, Why};
use crate::timeline::{Step, What};
use crate::vocab::Direction;
use crate::vocab::iana::{AlertLevel, ContentType, HandshakeType, ProtocolVersion};

/// What a record is inferred to hold that completes an end's part of the handshake.
const FINISHED: Holds = Holds::Message(HandshakeType::FINISHED);

/// What a record is inferred to hold that is no data of an application.
const TICKET: Holds = Holds::Message(HandshakeType::NEW_SESSION_TICKET);

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

impl Case<'_> {
    /// Goes through the steps in the order in which their receiver could read them until something ends or spoils the
    /// flow.
    pub(super) fn walk(&mut self) {
        for step in self.reading_order() {
            if let Some(kind) = self.step(step).filter(|kind| !self.is_survived(step, *kind)) {
                let Step { from, packet, time, .. } = self.timeline.steps[step];
                self.ending = Some(Ending { kind, from, packet, time, step });
                return;
            }
        }
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
                // What was sent before it to a server of which alone the packets were captured.
                if step.from == Direction::ToClient && self.stage <= Stage::Connected && self.is_one_sided() {
                    self.stage = Stage::HelloSent;
                }
                let closes = description.is_close();
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
            // A record of nothing, whoever sends it.
            What::ApplicationData { records: 1, .. } if step.bytes == 0 => None,
            What::ApplicationData { .. } => self.protected(at, step, ContentType::APPLICATION_DATA),
            What::Sealed { content, .. } => self.protected(at, step, content),
            What::TooLong { .. } | What::Heartbeat(_) | What::ChangeCipherSpec | What::Gap(_) | What::Icmp(_) => None,
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
            // Under TLS 1.3 a ticket answers nothing: the server may refuse behind it.
            (Direction::ToClient, HandshakeType::NEW_SESSION_TICKET) if self.seen.client_finished.is_some() => {
                Stage::ClientFinished
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
        if self.is_tls13() { self.protected_13(at, step) } else { self.protected_old(at, step, content) }
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
            (Direction::ToClient, Part::Application) if self.is_ticket(step) => {}
            (Direction::ToClient, Part::Alert | Part::Application) => {
                self.application(at, step.from);
                self.stage = Stage::Complete;
            }
        }
        None
    }

    /// Whether a record is a ticket for all that is seen: nothing was asked for, and it is one of two alike, or what comes
    /// first behind a resumption.
    fn is_ticket(&self, step: &Step) -> bool {
        let told = step.what.inferred().filter(|one| one.holds == TICKET).map(|one| one.why);
        matches!(told, Some(Why::OneOfTwo | Why::FirstAfterResumption)) && self.seen.client_application.is_none()
    }

    /// A protected record up to TLS 1.2, or in a flow whose version is not known.
    fn protected_old(&mut self, at: usize, step: &Step, content: ContentType) -> Option<EndingKind> {
        let from = step.from;
        match content {
            ContentType::HANDSHAKE if step.what.inferred().is_some_and(|one| one.holds == FINISHED) => {
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
}

#[cfg(test)]
mod tests {
    use super::super::samples::told;
    use super::*;
    use crate::vocab::iana::AlertDescription;

    /// How far a flow came, and what ended it: kind, sender, packet.
    fn check(lines: &str, stage: Stage, ending: Option<(EndingKind, Direction, u32)>) {
        let said = told(lines, 0.0, |case| (case.stage, case.ending.map(|e| (e.kind, e.from, e.packet.0))));
        assert_eq!(said, (stage, ending), "{lines}");
    }

    #[test]
    fn a_handshake_comes_as_far_as_its_messages() {
        check("", Stage::Connected, None);
        check("> http", Stage::Preamble, None);
        check("> head", Stage::HelloBegun, None);
        check("> hello", Stage::HelloSent, None);
        check("> head\n> tail", Stage::HelloSent, None);
        check("> hello\n< retry", Stage::RetryAsked, None);
        check("> hello\n< retry\n> hello", Stage::RetryAsked, None);
        check("> hello\n< server", Stage::ServerHello, None);
        check("> hello\n< server12 certificate", Stage::ServerHello, None);
        check("> hello\n< server12 certificate done", Stage::ServerFlight, None);
        check("> hello\n< server 23/900", Stage::ServerFlight, None);
        check("> hello\n< server 23/900\n> 23/53", Stage::ClientFinished, None);
        check("> hello\n< server 23/900\n> 23/53\n> 23/100\n< 23/300", Stage::Complete, None);
        // A longer hash makes a longer Finished: this record is none.
        check("> hello\n< server:1302 23/900\n> 23/53", Stage::ServerFlight, None);
        check("> hello\n< server:1302 23/900\n> 23/69", Stage::ClientFinished, None);
    }

    #[test]
    fn the_first_thing_that_spoils_a_flow_ends_it() {
        use Direction::{ToClient, ToServer};
        let refused = EndingKind::Alert(AlertLevel::FATAL, AlertDescription::HANDSHAKE_FAILURE);
        check("> hello\n< alert:2:40\n> FIN", Stage::HelloSent, Some((refused, ToClient, 5)));
        check("> hello\n< RST", Stage::HelloSent, Some((EndingKind::Reset, ToClient, 5)));
        check("> hello\n< server\n> FIN", Stage::ServerHello, Some((EndingKind::Close, ToServer, 6)));
        check("> hello\n< server\n< http", Stage::ServerHello, Some((EndingKind::Foreign, ToClient, 6)));
        // A record of an alert's length before any Finished.
        let unread = Some((EndingKind::EncryptedAlert, ToServer, 6));
        check("> hello\n< server 23/900\n> 23/19", Stage::ServerFlight, unread);
    }

    #[test]
    fn what_the_client_goes_on_from_ended_nothing() {
        let through = "> hello\n< server 23/900\n> 23/53\n< http";
        check(through, Stage::ClientFinished, Some((EndingKind::Foreign, Direction::ToClient, 7)));
        check(&format!("{through}\n> 23/100"), Stage::ClientFinished, None);
        // What may be its farewell is no request.
        let farewell = format!("{through}\n> 23/19");
        check(&farewell, Stage::ClientFinished, Some((EndingKind::Foreign, Direction::ToClient, 7)));
    }
}
