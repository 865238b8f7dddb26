//! A first request, or the beginning of another handshake, that the server acknowledges and never answers.

use super::case::Case;
use super::exchange::carries_news;
use super::renegotiation;
use super::rule::{Answer, Found};
use crate::flow::{Events, FlowRow, TraceSegment};
use crate::proto::TlsFacts;
use crate::proto::dialogue::sealed::Holds;
use crate::proto::tls::message::RecordHeader;
use crate::timeline::Step;
use crate::vocab::iana::{HandshakeType, ProtocolVersion};
use crate::vocab::text::duration;
use crate::vocab::{Confidence, Direction, EndedBy, PacketNumber, Time};

/// Seconds after which a client that leaves had waited for its answer.
const CLIENT_WAIT: f64 = 3.0;
/// Seconds after which a server that closes had nothing to say.
const SERVER_WAIT: f64 = 5.0;
/// Seconds without an answer where nobody leaves: some answers take their time.
const OPEN: f64 = 30.0;
/// Seconds after which the capture is taken to have paused.
const PAUSE: f64 = 3_600.0;
/// Seconds within which all that a client sends is one request: who goes on sending wants no answer.
const ONE_REQUEST: f64 = 1.0;
/// Records of a server up to its tickets and its close, where it sends no more than one message in each.
const UP_TO_TICKETS: u32 = 10;
/// The ports of HTTP over TLS, whose clients want an answer to what they send; those of other protocols may only send.
const HTTP: [u16; 2] = [443, 8443];

/// What is asked, and never answered.
struct Asked {
    /// The packet that asks last.
    packet: PacketNumber,
    /// When it was captured.
    time: Time,
    /// Where it ends in the client's stream.
    end: u64,
    /// Whether it asks for another handshake.
    again: bool,
}

/// Whether a flow of which both ends seem to have sent application data can be one whose first request has no answer: a
/// ticket of TLS 1.3 is no answer, and the index cannot tell it from one.
pub(super) fn may_be(row: &FlowRow, tls: &TlsFacts) -> bool {
    let few = tls.version.is_some_and(ProtocolVersion::is_tls13) && tls.records.to_client <= UP_TO_TICKETS;
    few && HTTP.contains(&row.server.port) && row.end.since(row.start) >= CLIENT_WAIT
}

/// Judges a flow whose handshake came through and in which nothing was lost.
pub(super) fn judge(case: &Case<'_>) -> Answer {
    let Some(Asked { packet: asks, time, again, .. }) = asked(case) else { return Answer::Clear };
    let leaving = case.trace.first(|s| s.packet > asks && leaves(s));
    let waited = leaving.map_or(case.capture_end(), |s| s.time).since(time);
    let limit = leaving.map_or(OPEN, |s| if s.direction == Direction::ToServer { CLIENT_WAIT } else { SERVER_WAIT });
    if waited < limit {
        return if leaving.is_none() { Answer::Pending } else { Answer::Clear };
    }
    let until = leaving.map_or(case.trace.row.end, |s| s.time);
    if waited >= PAUSE || !case.is_captured_to_the_end() || !case.is_watched(time, until) {
        return Answer::Clear;
    }
    let what = if again { "ClientHello for another handshake (renegotiation)" } else { "first request" };
    let (packet, by) = leaving.map_or((case.trace.row.last_packet, EndedBy::Unknown), |s| (s.packet, EndedBy::Client));
    let until = match leaving {
        Some(leaving) => format!("the {} leaves {} after it", leaving.direction.sender(), duration(waited)),
        None => format!("the capture goes on for {}", duration(waited)),
    };
    let headline = format!("the client's {what} is acknowledged and never answered; {until}");
    Found::at(packet, Confidence::Possible, by, headline)
        .detail(if again {
            "The first handshake came through."
        } else {
            "The handshake came through. A server that answers late on purpose (long polling) looks the same."
        })
        .supported(Some(asks), "what is not answered")
        .advice([
            "Look in the server's log for this request: does it arrive, what does it wait for (a backend, a lock)?",
            "Is the TLS end a load balancer? Then capture between it and its backend",
        ])
        .answer()
}

/// What the client asks last, where the server says nothing to it that could be an answer, as far as the capture shows.
fn asked(case: &Case<'_>) -> Option<Asked> {
    let whole = case.streams.pieces.to_client.iter().all(|piece| piece.source.is_some());
    if !whole || case.tls.progress.unfinished.to_client {
        return None;
    }
    let finished = case.seen.client_finished?;
    let asked = match renegotiation::second_hello(case) {
        Some(hello) => Asked { packet: hello.packet, time: hello.time, end: hello.spans.last()?.end, again: true },
        None => request(case, case.at(Some(finished))?)?,
    };
    let answers = |step: &Step| {
        step.from == Direction::ToClient
            && step.what.is_protected()
            && (step.packet > asked.packet || !asked.again)
            && !is_by_the_way(case, step)
    };
    let is_answered = case.timeline.steps[finished + 1..].iter().any(answers);
    (!is_answered && case.acknowledged(Direction::ToServer) >= asked.end).then_some(asked)
}

/// What the client sends behind its Finished, where that is one request of a protocol whose clients want an answer.
fn request(case: &Case<'_>, finished: &Step) -> Option<Asked> {
    let begin = finished.spans.last()?.end as i64;
    let end = |s: &TraceSegment| case.offset(s) + i64::from(s.payload_len);
    let longest = case.lengths.padded_alert() as i64 + RecordHeader::LENGTH as i64;
    let asks = |s: &&TraceSegment| carries_news(s) && end(s) - begin.max(case.offset(s)) > longest;
    let first = case.data(Direction::ToServer).find(asks)?;
    let last = case.data(Direction::ToServer).filter(asks).last()?;
    let http = HTTP.contains(&case.trace.row.server.port);
    let asked = Asked { packet: last.packet, time: last.time, end: u64::try_from(end(last)).ok()?, again: false };
    (http && last.time.since(first.time) < ONE_REQUEST).then_some(asked)
}

/// Whether a record of the server is no answer: its Finished, a ticket, its request for another handshake.
fn is_by_the_way(case: &Case<'_>, step: &Step) -> bool {
    let inferred = |kind| step.what.inferred().is_some_and(|one| one.holds == Holds::Message(kind));
    inferred(HandshakeType::FINISHED)
        || inferred(HandshakeType::NEW_SESSION_TICKET)
        || !case.is_tls13() && renegotiation::is_message(step)
}

fn leaves(segment: &TraceSegment) -> bool {
    (segment.flags.fin() || segment.flags.rst()) && !segment.events.any(Events::NOT_PART)
}
