//! A second handshake inside a complete one (up to TLS 1.2): who asked for it, and how it was refused.
//!
//! Its messages are sealed. Behind both Finished an end sends no handshake message but to renegotiate: the server its
//! HelloRequest (RFC 5246 §7.4.1.1), the client its ClientHello.

use super::case::Case;
use crate::proto::dialogue::sealed::Why;
use crate::timeline::{Step, What};
use crate::vocab::iana::{AlertDescription, ContentType, HandshakeType};
use crate::vocab::{Direction, PacketNumber};

/// Seconds, beside three round trips, within which a client answers a HelloRequest: what it says later answers something
/// else.
const ANSWER: f64 = 1.0;
/// Seconds within which a server answers a ClientHello: what ends the flow later ended a wait.
const SERVER_ANSWER: f64 = 5.0;

/// The alert that says so (RFC 5246 §7.2.2).
const NO: Refusal = Refusal::Alert(AlertDescription::NO_RENEGOTIATION);

/// With what a renegotiation was refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Refusal {
    /// An alert that could be read.
    Alert(AlertDescription),
    /// An alert that could not.
    EncryptedAlert,
    /// FIN.
    Close,
    /// RST.
    Reset,
}

/// A renegotiation that was refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Refused {
    /// Who asked for it.
    pub asked: Direction,
    /// The packet with the first message of it.
    pub begin: PacketNumber,
    /// The packet with the client's ClientHello.
    pub hello: Option<PacketNumber>,
    /// Who refused.
    pub by: Direction,
    /// The packet that refuses.
    pub packet: PacketNumber,
    /// How.
    pub how: Refusal,
    /// Whether the other end had ended the flow before, so that this may answer that.
    pub is_late: bool,
}

/// The renegotiation of a flow, as far as it came.
struct Course<'a> {
    /// Its first message, and those behind it.
    steps: Vec<&'a Step>,
    /// The client's ClientHello.
    hello: Option<&'a Step>,
}

/// The refusal of a flow's renegotiation, where there was one: it neither came through, nor was it ignored.
pub(super) fn refused(case: &Case<'_>) -> Option<Refused> {
    let Course { steps, hello } = Course::of(case)?;
    let begin = steps[0];
    let goes_on = |step: &&Step| goes_on(case, begin, hello, step);
    let through = Direction::BOTH.iter().all(|way| steps.iter().any(|step| step.from == *way && is_change(step)));
    if through || steps.iter().any(goes_on) {
        return None;
    }
    let end = |from: Option<Direction>| {
        steps
            .iter()
            .find_map(|step| ending(step).filter(|_| from.is_none_or(|from| from == step.from)).map(|how| (*step, how)))
    };
    let first = end(None)?;
    let (step, how) = match (first.0.from, hello) {
        (Direction::ToServer, None) | (Direction::ToClient, Some(_)) => first,
        // The server itself takes back what it asked for.
        (Direction::ToClient, None) if first.1 == NO => first,
        // The client had seen no more than the request, or the end of the flow as well.
        (Direction::ToClient, None) => end(Some(Direction::ToServer)).filter(|(_, how)| how.is_alert())?,
        (Direction::ToServer, Some(_)) => return None,
    };
    let refused = Refused {
        asked: begin.from,
        begin: begin.packet,
        hello: hello.map(|hello| hello.packet),
        by: step.from,
        packet: step.packet,
        how,
        is_late: step.packet != first.0.packet,
    };
    let asked = hello.unwrap_or(begin);
    let rtt = case.trace.row.syn_rtt().map_or(0.0, |rtt| rtt.as_secs_f64());
    let limit = if step.from == Direction::ToClient { SERVER_ANSWER } else { ANSWER + 3.0 * rtt };
    let named = how == NO;
    let in_time = step.time.since(asked.time) < limit;
    // A client that has its answer and closes takes no notice of the request.
    let by_client = step.from == Direction::ToServer;
    (named || in_time && how.is_refusal(by_client) && !(by_client && is_answered(case, begin))).then_some(refused)
}

/// The client's ClientHello inside a complete handshake, where that did not come through.
pub(super) fn second_hello<'a>(case: &Case<'a>) -> Option<&'a Step> {
    let Course { steps, hello } = Course::of(case)?;
    hello.filter(|_| !steps.iter().any(|step| is_change(step)))
}

impl<'a> Course<'a> {
    fn of(case: &Case<'a>) -> Option<Self> {
        if case.is_tls13() {
            return None;
        }
        let through = case.seen.client_finished?.max(case.seen.server_finished?);
        let steps = case.timeline.steps.get(through + 1..)?;
        let begin = steps.iter().position(is_message)?;
        // What is missing may be how it goes on.
        let ends = [(Direction::ToServer, case.seen.client_finished), (Direction::ToClient, case.seen.server_finished)];
        let lacks = |(way, finished): (Direction, Option<usize>)| {
            let end = case.at(finished).and_then(|step| step.spans.last()).map_or(0, |span| span.end);
            case.streams.pieces[way].iter().any(|piece| piece.source.is_none() && piece.range.end > end)
        };
        if ends.into_iter().any(lacks) {
            return None;
        }
        let steps: Vec<_> = steps[begin..].iter().collect();
        let hello = steps.iter().copied().find(|step| step.from == Direction::ToServer && is_message(step));
        Some(Self { steps, hello })
    }
}

impl Refusal {
    /// Whether it is in words.
    pub fn is_alert(self) -> bool {
        matches!(self, Refusal::Alert(_) | Refusal::EncryptedAlert)
    }

    /// Whether this can refuse: a server that takes its leave in order refuses nothing that it had asked for, a client
    /// may.
    fn is_refusal(self, by_client: bool) -> bool {
        !matches!(self, Refusal::Alert(alert) if alert.is_close() && !by_client)
    }
}

/// Whether a step is a handshake message behind both Finished.
pub(super) fn is_message(step: &Step) -> bool {
    match step.what {
        What::Message(HandshakeType::HELLO_REQUEST | HandshakeType::CLIENT_HELLO) => step.decrypted,
        _ => step.what.inferred().is_some_and(|one| matches!(one.why, Why::AfterFinished(_))),
    }
}

fn is_change(step: &Step) -> bool {
    matches!(step.what, What::ChangeCipherSpec | What::Sealed { content: ContentType::CHANGE_CIPHER_SPEC, .. })
}

/// Whether the flow goes on as if nobody had asked: the server answers, or the client asks for something that had seen
/// the request.
fn goes_on(case: &Case<'_>, begin: &Step, hello: Option<&Step>, step: &Step) -> bool {
    if !step.what.is_application_data()
        && !matches!(step.what, What::Sealed { content: ContentType::APPLICATION_DATA, .. })
    {
        return false;
    }
    match (step.from, hello) {
        (Direction::ToClient, None) => true,
        (Direction::ToClient, Some(hello)) => step.packet > hello.packet && case.had_seen(step.packet, hello),
        (Direction::ToServer, _) => step.packet > begin.packet && hello.is_none() && case.had_seen(step.packet, begin),
    }
}

/// How a step ends the flow, or says no.
fn ending(step: &Step) -> Option<Refusal> {
    match step.what {
        What::Alert(_, description) => Some(Refusal::Alert(description)),
        What::Sealed { content: ContentType::ALERT, .. } => Some(Refusal::EncryptedAlert),
        What::Segment(_) if step.flags.rst() => Some(Refusal::Reset),
        What::Segment(_) if step.flags.fin() => Some(Refusal::Close),
        _ => None,
    }
}

/// Whether the client's last request before `begin` has an answer, or there was none but an answer.
fn is_answered(case: &Case<'_>, begin: &Step) -> bool {
    let is_data = |step: &&Step| step.packet <= begin.packet && step.what.is_application_data();
    case.timeline.steps.iter().rfind(is_data).is_some_and(|step| step.from == Direction::ToClient)
}
