//! After a complete handshake: resets and silence with a request under way.

use super::case::{Case, RETRANSMISSIONS, SILENCE};
use super::context::Elsewhere;
use super::exchange::carries_news;
use super::idle;
use super::path;
use super::rule::{Answer, Found};
use super::silence::{repeats, unacknowledged_retransmissions};
use super::stage::Stage;
use super::unanswered;
use crate::flow::{Events, TraceSegment};
use crate::proto::tls::message::RecordHeader;
use crate::timeline::What;
use crate::vocab::text::{duration, times};
use crate::vocab::{Confidence, Direction, EndedBy, PacketNumber};

/// Seconds within which a server that was sending counts as still sending.
const SENDING: f64 = 0.6;
/// Longest payload that passes for a farewell: a record with an alert, up to TLS 1.2 with a nonce of 8 bytes.
const FAREWELL: u32 = 31;
/// Seconds of silence inside an unfinished record after which an answer counts as stopped.
const STOPPED: f64 = 5.0;

fn is_through(case: &Case<'_>) -> bool {
    case.stage == Stage::Complete || case.is_tls13() && case.stage == Stage::ClientFinished || case.tls.is_complete()
}

fn last_data<'a>(case: &Case<'a>, before: PacketNumber) -> Option<&'a TraceSegment> {
    case.trace.segments.iter().rev().find(|s| s.packet < before && carries_news(s))
}

/// A RST with a request under way.
pub(super) fn reset(case: &Case<'_>) -> Answer {
    if !is_through(case) {
        return Answer::Clear;
    }
    let closing = case.trace.first(|s| s.flags.fin() || s.flags.rst() && !case.outlives(s));
    let Some(reset) = closing.filter(|s| s.flags.rst()) else { return Answer::Clear };
    if case.has_closed_unseen(reset.direction) {
        return Answer::Clear;
    }
    let Some(last) = last_data(case, reset.packet) else { return Answer::Clear };
    if case.ending.is_some_and(|ending| ending.packet < reset.packet) {
        // A close_notify came first: somebody was closing in order.
        return Answer::Clear;
    }
    let sender = path::sender(case, reset);
    // The client's Finished asks for nothing.
    let asked = case.seen.client_application.is_some() || case.tls.progress.joined_late;
    let unanswered = last.direction == Direction::ToServer && asked;
    let unfinished = case.tls.progress.unfinished.to_client;
    let sending = reset.time.since(last.time) < SENDING;
    let under_way = match (reset.direction, sender.by) {
        (_, EndedBy::Middlebox) => unanswered || unfinished || sending,
        (Direction::ToClient, _) => {
            unanswered && request_waits(case, last, reset) || unfinished || sending && !said_goodbye(case, reset)
        }
        // A client that resets by its own choice is not interrupted.
        (Direction::ToServer, _) => false,
    };
    if !under_way {
        return Answer::Clear;
    }
    let state = if unanswered { "the client's last request is unanswered" } else { "the answer is not complete" };
    let found = Found::at(reset.packet, Confidence::Likely, EndedBy::Server, format!("RST in mid-stream: {state}"))
        .supported(Some(last.packet), "the last data before it")
        .sent_by(&sender);
    let found = idle::told(case, reset, found);
    match case.elsewhere().filter(|other| !other.answers_syn && other.packet < reset.packet) {
        Some(other) => astray(found, other).answer(),
        None => found.answer(),
    }
}

/// A segment of the server's stream came from another address, and the client reset what it did not know.
fn astray(mut found: Found, other: &Elsewhere) -> Found {
    let reset =
        if other.is_reset { format!(", and the client reset it (packet {})", other.last) } else { String::new() };
    let said = format!(
        "A segment of this stream came from {} (packet {}, flow {}){reset}: the address translation failed for it (NAT, \
         conntrack INVALID).",
        other.end, other.packet, other.flow
    );
    found.detail = format!("{said} {}", found.detail);
    found
        .supported_by(other.flow, Some(other.packet), format!("a segment of this stream from {}", other.end))
        .supported_by(other.flow, Some(other.last).filter(|_| other.is_reset), "the client resets the stranger")
        .advice([
            "Let the translating host drop what its connection tracking calls INVALID, or be liberal about windows \
             (nf_conntrack_tcp_be_liberal)",
            "Capture on both sides of the translation at the moment of a reset",
        ])
}

/// Whether the last record of the server before `reset` can be its `close_notify`.
fn said_goodbye(case: &Case<'_>, reset: &TraceSegment) -> bool {
    let mut records = case.timeline.steps.iter().filter(|step| {
        step.from == Direction::ToClient
            && step.packet < reset.packet
            && (step.what.is_protected() || matches!(step.what, What::Alert(..)))
    });
    let longest = case.lengths.padded_alert();
    records.next_back().is_some_and(|step| !step.what.is_application_data() || step.bytes <= longest)
}

/// Whether the client's last data asks for something: not a few bytes of farewell sent together with the end.
fn request_waits(case: &Case<'_>, last: &TraceSegment, reset: &TraceSegment) -> bool {
    let answered_before = case.data(Direction::ToClient).any(|s| s.packet > last.packet && s.packet < reset.packet);
    // An alert of Java, which pads it.
    let padded = RecordHeader::LENGTH as u64 + case.lengths.padded_alert();
    let farewell = case.is_tls13() && u64::from(last.payload_len) == padded;
    !answered_before && last.payload_len > FAREWELL && !farewell
}

/// Silence with a request under way.
pub(super) fn silence(case: &Case<'_>) -> Answer {
    if !is_through(case) || case.is_one_sided() || case.trace.row.reset_by == Some(Direction::ToClient) {
        return Answer::Clear;
    }
    let server_closed = case.trace.first(|s| s.direction == Direction::ToClient && s.flags.fin());
    let mut is_pending = false;
    for direction in Direction::BOTH {
        let lost = unacknowledged_retransmissions(case, direction);
        if server_closed.is_some() && direction == Direction::ToServer {
            continue;
        }
        if repeats(&lost) < RETRANSMISSIONS {
            is_pending |= !lost.is_empty() && case.ending.is_none();
            continue;
        }
        // An end that has closed and gone does not acknowledge what still comes; it answers with a RST.
        let receiver_left =
            case.trace.sent(direction.reversed()).any(|s| s.flags.rst() || s.flags.fin() && s.packet < lost[0].packet);
        if receiver_left {
            continue;
        }
        let headline = format!(
            "what the {} sends is sent again {} and never acknowledged",
            direction.sender(),
            times(repeats(&lost))
        );
        let found = Found::at(lost[0].packet, Confidence::Certain, EndedBy::Middlebox, headline)
            .detail("That a device on the way swallows it is inferred: earlier data of the flow passed.");
        return idle::told(case, lost[0], found).answer();
    }
    let answer = match stopped_answer(case) {
        Answer::Clear => unanswered::judge(case),
        answer => answer,
    };
    if is_pending && answer == Answer::Clear { Answer::Pending } else { answer }
}

/// An answer that stops inside a record, a client that gives up, and a server that does not even acknowledge that.
fn stopped_answer(case: &Case<'_>) -> Answer {
    let Some(last) = last_data(case, PacketNumber(u32::MAX)).and_then(|_| case.data(Direction::ToClient).last()) else {
        return Answer::Clear;
    };
    let leaving = case.trace.first(|s| s.direction == Direction::ToServer && (s.flags.fin() || s.flags.rst()));
    let silent_until = leaving.map_or(case.capture_end(), |s| s.time);
    let waited = silent_until.since(last.time);
    let answered =
        leaving.is_some_and(|leaving| case.trace.sent(Direction::ToClient).any(|s| s.packet > leaving.packet));
    // The client's end is sent again and not acknowledged; or nobody ends it and the capture shows that.
    let unanswered_end = leaving.is_some()
        && !answered
        && case
            .trace
            .sent(Direction::ToServer)
            .any(|s| s.events.any(Events::ANY_RETRANSMISSION) && s.time >= silent_until);
    let left_open = leaving.is_none() && waited >= SILENCE && case.is_captured_to_the_end();
    let unfinished = case.tls.progress.unfinished.to_client;
    if !case.is_watched(last.time, silent_until.min(case.trace.row.end)) {
        return Answer::Clear;
    }
    if !(unfinished && waited >= STOPPED && (unanswered_end || left_open)) {
        // The client may leave yet, or give up what it cannot send.
        return if unfinished && leaving.is_none_or(|_| !answered) { Answer::Pending } else { Answer::Clear };
    }
    let packet = leaving.map_or(last.packet, |s| s.packet);
    let headline = format!("the answer stops inside a record; nothing more of it for {}", duration(waited));
    let passed = "That a device on the way swallows everything is inferred: earlier data passed";
    let detail = match leaving {
        Some(_) => format!("{passed}, and the client's end is not acknowledged."),
        None => format!("{passed}, and neither end closes."),
    };
    Found::at(packet, Confidence::Likely, EndedBy::Middlebox, headline)
        .detail(detail)
        .supported(Some(last.packet), "the last data")
        .answer()
}
