//! What a capture lacks of a flow, and whether that is what would decide.

use super::case::Case;
use super::ending::{Ending, EndingKind};
use super::silence::last_progress;
use super::stage::Stage;
use crate::flow::{Issues, TraceSegment};
use crate::timeline::{Piece, is_midstream};
use crate::vocab::iana::AlertLevel;
use crate::vocab::{Direction, PacketNumber, PerDirection};

/// Bytes from which on it can be told whether a client's first ones begin a `ClientHello`.
pub(super) const SHORTEST_STUB: u32 = 6;

/// The port that is assigned to HTTP over TLS.
pub(super) const HTTPS: u16 = 443;

/// Whether the capture hides what would decide: a direction, or bytes that the receiver had.
pub(super) fn is_undecidable(case: &Case<'_>) -> bool {
    if case.is_one_sided() {
        // What the server refuses is decided, whatever the client said.
        let refuses = |e: &Ending| {
            e.from == Direction::ToClient && matches!(e.kind, EndingKind::Alert(level, _) if level == AlertLevel::FATAL)
        };
        return !case.ending.as_ref().is_some_and(refuses);
    }
    if case.stage >= Stage::Complete {
        return false;
    }
    let from_client = case.ending.is_some_and(|e| e.from == Direction::ToServer);
    let is_alert = case.ending.is_some_and(|e| matches!(e.kind, EndingKind::Alert(..)));
    if is_alert {
        // A client's alert before any answer of which the capture has the beginning refuses what cannot be seen.
        let beheaded = case.streams.pieces.to_client.first().is_none_or(|piece| piece.source.is_none());
        return from_client
            && case.stage <= Stage::AnswerBegun
            && beheaded
            && case.acknowledged(Direction::ToClient) > 0;
    }
    let since = last_progress(case);
    if lacks_beginning(case)
        || hides_last_word(case)
        || !case.is_watched(since, case.ending.map_or(case.trace.row.end, |e| e.time))
    {
        return true;
    }
    // The first bytes of an answer that is no TLS are there, however much of it is not.
    let begins_foreign = |e: &Ending| e.kind == EndingKind::Foreign && e.from == Direction::ToClient;
    if case.ending.as_ref().is_some_and(begins_foreign)
        && case.ending_step().is_some_and(|step| step.spans.first().is_some_and(|span| span.start == 0))
    {
        return false;
    }
    // A hole that the receiver acknowledged is the capture's own. In a hello of which the capture has the beginning it
    // hides nothing that decides, nor does one before the client's Finished, which shows that all went well so far.
    let decided = finished_at(case)
        .map_or(PerDirection { to_server: case.hello_record_end().unwrap_or(0), to_client: 0 }, |(_, offsets)| offsets);
    Direction::BOTH.iter().any(|way| {
        let hides = |end: u64| end <= case.acknowledged(*way) && end > decided[*way];
        case.streams.pieces[*way].iter().any(|piece| piece.source.is_none() && hides(piece.range.end))
    })
}

/// Whether the capture lacks what a TLS 1.3 server said between the client's Finished and its last word, or what the
/// client did: application data of the server would show that it was content, an alert of the client what the last word
/// replies to.
pub(super) fn hides_last_word(case: &Case<'_>) -> bool {
    let Some(ending) = case.ending.filter(|e| e.from == Direction::ToClient) else { return false };
    let Some((packet, offsets)) = finished_at(case) else {
        // The Finished itself may be what is missing before the client's later bytes.
        let sent = &case.streams.pieces.to_server;
        let hole = sent.iter().position(|p| p.source.is_none() && Some(p.range.start) >= case.hello_record_end());
        return case.is_tls13()
            && case.stage == Stage::ServerFlight
            && hole.is_some_and(|hole| sent[hole..].iter().any(|p| p.source.is_some()));
    };
    let end = case.ending_step().and_then(|step| step.spans.first()).map_or(u64::MAX, |span| span.start);
    let said = |p: &Piece| p.range.start >= offsets.to_client && p.range.end <= end;
    let pieces = &case.streams.pieces;
    ending.packet > packet
        && (pieces.to_client.iter().any(|p| p.source.is_none() && said(p))
            || pieces.to_server.iter().any(|p| p.source.is_none() && p.range.end > offsets.to_server))
}

/// The packet of the client's Finished under TLS 1.3 where the flow came no further, and how far each stream had come
/// then: what the client had sent before and what it had received.
fn finished_at(case: &Case<'_>) -> Option<(PacketNumber, PerDirection<u64>)> {
    let step = case.at(case.seen.client_finished).filter(|_| case.is_tls13() && case.stage == Stage::ClientFinished)?;
    let segment = case.trace.by_packet(step.packet)?;
    let received = segment.ack.wrapping_sub(case.trace.row.sides.to_client.first_seq()) as i32;
    let to_server = step.spans.first().map_or(0, |span| span.start);
    Some((step.packet, PerDirection { to_server, to_client: u64::try_from(received).unwrap_or(0) }))
}

/// Whether a flow was joined so late that what is not seen of it may have come before, or beside what was captured.
fn lacks_beginning(case: &Case<'_>) -> bool {
    let row = &case.trace.row;
    is_midstream(row)
        && (case.seen.client_hello.is_none() && !case.tls.progress.client_hello || row.issues.has(Issues::GAP))
}

/// Whether the client's first bytes can begin a `ClientHello`, and the capture has no more of them.
pub(super) fn begins_hello(case: &Case<'_>) -> bool {
    let Some(first) = case.client_data else { return false };
    let bytes = case.trace.payload(first);
    let is_cut = bytes.len() < first.payload_len as usize;
    is_cut && bytes.len() < SHORTEST_STUB as usize && [22, 3].starts_with(&bytes[..bytes.len().min(2)])
}

/// Whether a client whose first bytes the capture lacks may have sent a `ClientHello` in them: its next bytes are a
/// record, or its server speaks TLS.
pub(super) fn may_have_been_tls(case: &Case<'_>) -> bool {
    case.client_data.is_some_and(|s| is_record(case, s)) || speaks_tls(case)
}

/// Whether the server is known to speak TLS, by its port or by other flows.
pub(super) fn speaks_tls(case: &Case<'_>) -> bool {
    let server = case.trace.row.server;
    server.port == HTTPS || case.context.tls_servers.contains(&server)
}

pub(super) fn is_record(case: &Case<'_>, segment: &TraceSegment) -> bool {
    matches!(case.trace.payload(segment), [20..=23, 3, 0..=4, _, _, ..])
}
