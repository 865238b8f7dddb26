//! From a case to a verdict: the outcome, and the finding where there is one.

use super::case::{Case, RETRANSMISSIONS, SYN_SILENCE, Stage};
use super::clients;
use super::context::Context;
use super::finding::Finding;
use super::rule::{Answer, Found, Rule};
use super::rules::RULES;
use crate::facts::FlowFacts;
use crate::flow::{FlowRow, SideFlags, TraceSegment};
use crate::timeline::{Piece, is_midstream};
use crate::vocab::iana::AlertDescription;
use crate::vocab::{Cause, Confidence, Direction, EndedBy, Outcome, PacketNumber, PerDirection};

/// What is said of a flow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// How it came out.
    pub outcome: Outcome,
    /// Why it failed, or what happened to it in mid-stream.
    pub finding: Option<Finding>,
}

/// Ports that plain-text protocols are assigned to: a connection there that never comes up is no try at TLS.
const PLAIN_PORTS: [u16; 12] = [20, 21, 22, 23, 25, 53, 80, 110, 139, 143, 445, 3389];

/// Bytes from which on it can be told whether a client's first ones begin a `ClientHello`.
const SHORTEST_STUB: u32 = 6;

/// The port that is assigned to HTTP over TLS.
const HTTPS: u16 = 443;

/// Causes that rest on an answer that was not seen.
const NOT_SEEN: [Cause; 9] = [
    Cause::SynUnanswered,
    Cause::ClientHelloUnanswered,
    Cause::ClientHelloLost,
    Cause::ClientHelloSegmentLost,
    Cause::SecondClientHelloUnanswered,
    Cause::SilenceAfterServerHello,
    Cause::SilenceInMidStream,
    Cause::MtuBlackHole,
    Cause::ClientGaveUp,
];
/// Share of missing segments that is said beside a finding of these.
const WORTH_SAYING: f64 = 0.001;

/// Judges a flow in full.
pub fn judge(case: &Case<'_>) -> Verdict {
    let settled = outcome(case);
    if matches!(settled, Outcome::NotTls | Outcome::Unused) && !may_be_a_try(case) || is_undecidable(case) {
        return Verdict { outcome: settled, finding: None };
    }
    for rule in RULES {
        if let Answer::Found(found) = (rule.judge)(case) {
            let midstream = matches!(rule.cause, Cause::ResetInMidStream | Cause::SilenceInMidStream);
            let outcome = if midstream { Outcome::Ok } else { Outcome::Failed };
            return Verdict { outcome, finding: Some(finding(case, rule, *found)) };
        }
    }
    Verdict { outcome: settled, finding: None }
}

fn finding(case: &Case<'_>, rule: &Rule, found: Found) -> Finding {
    // Where nobody ends the flow and the capture lacks segments, the rest of it may be among these.
    let unsure = case.ending.is_none() && lacks_segments(case, rule.cause);
    Finding {
        flow: case.flow,
        cause: rule.cause,
        confidence: if unsure { Confidence::Possible } else { found.confidence },
        ended_by: found.ended_by,
        headline: found.headline,
        detail: qualified(case, rule.cause, found.detail),
        first_abnormal_packet: found.first_abnormal,
        evidence: found.evidence,
        clients_report: clients::reports(case, rule.cause),
        next_steps: rule.doc.next.iter().map(|step| (*step).to_owned()).collect(),
        also: Vec::new(),
    }
}

/// A finding that rests on something not seen says how much the capture itself lacks.
fn qualified(case: &Case<'_>, cause: Cause, detail: String) -> String {
    if !lacks_segments(case, cause) {
        return detail;
    }
    let missing = case.context.missing_share;
    let lack = format!("At least {:.1} % of the segments are missing from this capture.", missing * 100.0);
    if detail.is_empty() { lack } else { format!("{} {lack}", detail.trim_end()) }
}

/// Whether a cause rests on an answer that was not seen, and the capture shows that it lacks segments.
fn lacks_segments(case: &Case<'_>, cause: Cause) -> bool {
    NOT_SEEN.contains(&cause) && case.context.missing_share >= WORTH_SAYING
}

/// The outcome that how far a flow came gives, without any rule.
fn outcome(case: &Case<'_>) -> Outcome {
    let row = &case.trace.row;
    let through = case.tls.is_complete()
        || case.stage == Stage::Complete
        || case.stage == Stage::ClientFinished && case.is_tls13();
    if case.is_one_sided() {
        /// Segments among which a record is looked for: text may come first.
        const LOOKED_AT: usize = 16;
        let record = Direction::BOTH.iter().any(|way| case.data(*way).take(LOOKED_AT).any(|s| is_record(case, s)));
        return if case.tls.is_tls()
            || record
            || speaks_tls(case)
            || case.client_data.is_none() && case.server_data.is_none()
        {
            Outcome::Incomplete
        } else {
            Outcome::NotTls
        };
    }
    if through && case.tls.is_tls() {
        return if hides_last_word(case) { Outcome::Incomplete } else { Outcome::Ok };
    }
    if case.tls.is_tls() {
        return Outcome::Incomplete;
    }
    // Bytes behind a hole at the very beginning could be of any protocol.
    let headless = case.streams.pieces.to_server.first().is_some_and(|piece| piece.source.is_none());
    let unread = Direction::BOTH.iter().all(|way| case.streams.pieces[*way].iter().all(|piece| piece.source.is_none()));
    if headless && (case.server_data.is_none() || unread || may_have_been_tls(case)) {
        return Outcome::Incomplete;
    }
    if begins_hello(case) || is_midstream(row) && speaks_tls(case) {
        return Outcome::Incomplete;
    }
    match (case.client_data, case.server_data) {
        (None, None) if case.syn_ack.is_some() => Outcome::Unused,
        // A server that is left without a word may call that an error.
        (None, Some(answer)) if is_record(case, answer) && case.syn_ack.is_some() => Outcome::Unused,
        (None, None) if case.stage == Stage::Connecting && PLAIN_PORTS.contains(&row.server.port) => Outcome::NotTls,
        (None, None) => Outcome::Incomplete,
        _ => Outcome::NotTls,
    }
}

/// Whether the client's first bytes can begin a `ClientHello`, and the capture has no more of them.
fn begins_hello(case: &Case<'_>) -> bool {
    let Some(first) = case.client_data else { return false };
    let bytes = case.trace.payload(first);
    let is_cut = bytes.len() < first.payload_len as usize;
    is_cut && bytes.len() < SHORTEST_STUB as usize && [22, 3].starts_with(&bytes[..bytes.len().min(2)])
}

fn is_record(case: &Case<'_>, segment: &TraceSegment) -> bool {
    matches!(case.trace.payload(segment), [20..=23, 3, 0..=4, _, _, ..])
}

/// Whether a client whose first bytes the capture lacks may have sent a `ClientHello` in them: its next bytes are a record, or
/// its server speaks TLS.
fn may_have_been_tls(case: &Case<'_>) -> bool {
    case.client_data.is_some_and(|s| is_record(case, s)) || speaks_tls(case)
}

/// Whether the server is known to speak TLS, by its port or by other flows.
fn speaks_tls(case: &Case<'_>) -> bool {
    let server = case.trace.row.server;
    server.port == HTTPS || case.context.tls_servers.contains(&server)
}

/// Whether a flow without TLS can still be a try at it: never answered, refused, a proxy's, plain text to a TLS port.
fn may_be_a_try(case: &Case<'_>) -> bool {
    let row = &case.trace.row;
    let plain = PLAIN_PORTS.contains(&row.server.port) && !case.context.tls_servers.contains(&row.server);
    case.client_data.is_some() || !plain
}

/// Whether the capture hides what would decide: a direction, or bytes that the receiver had.
fn is_undecidable(case: &Case<'_>) -> bool {
    if case.is_one_sided() {
        return true;
    }
    if case.stage >= Stage::Complete {
        return false;
    }
    let from_client = case.ending.is_some_and(|e| e.from == Direction::ToServer);
    let is_alert = case.ending.is_some_and(|e| matches!(e.kind, super::EndingKind::Alert(..)));
    if is_alert {
        // A client's alert before any answer of which the capture has the beginning refuses what cannot be seen.
        let beheaded = case.streams.pieces.to_client.first().is_none_or(|piece| piece.source.is_none());
        return from_client
            && case.stage <= Stage::AnswerBegun
            && beheaded
            && case.acknowledged(Direction::ToClient) > 0;
    }
    if hides_last_word(case) {
        return true;
    }
    // The first bytes of an answer that is no TLS are there, however much of it is not.
    let begins_foreign = |e: &super::Ending| e.kind == super::EndingKind::Foreign && e.from == Direction::ToClient;
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

/// Whether the capture lacks what a TLS 1.3 server said between the client's Finished and its last word, or what the client
/// did: application data of the server would show that it was content, an alert of the client what the last word replies to.
fn hides_last_word(case: &Case<'_>) -> bool {
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

/// Whether nothing but SYNs of the client was captured of a flow.
pub fn is_unanswered(row: &FlowRow) -> bool {
    let (client, server) = (&row.sides.to_server, &row.sides.to_client);
    let others = SideFlags::FIN | SideFlags::RST | SideFlags::DATA | SideFlags::ACKED;
    client.flags.has(SideFlags::SYN)
        && !client.flags.any(others)
        && server.packets == 0
        && row.icmp_errors == 0
        && client.packets == u32::from(client.retransmissions) + 1
}

/// Judges a flow that [`is_unanswered`] as [`judge`] does, but without its packets and without a finding: of a flood
/// of millions each would be the same.
pub fn unanswered(row: &FlowRow, context: &Context) -> (Outcome, Option<(Cause, EndedBy)>) {
    if PLAIN_PORTS.contains(&row.server.port) && !context.tls_servers.contains(&row.server) {
        return (Outcome::NotTls, None);
    }
    let again = usize::from(row.sides.to_server.retransmissions);
    let cancelled = again == 0 && context.connected.contains_key(&(row.client.ip, row.server));
    if cancelled
        || context.lacks_servers
        || again < RETRANSMISSIONS && context.capture_end.since(row.start) < SYN_SILENCE
    {
        return (Outcome::Incomplete, None);
    }
    (Outcome::Failed, Some((Cause::SynUnanswered, EndedBy::Path)))
}

/// The outcome of a flow that can be told from the index alone; `None` where it must be read again.
pub fn quick(facts: &FlowFacts<'_>, context: &Context) -> Option<Outcome> {
    let row = facts.row;
    let (client, server) = (&row.sides.to_server, &row.sides.to_client);
    let Some(tls) = facts.tls else {
        // No payload: an unused connection, unless somebody refused it or it never came up.
        let up = server.flags.has(SideFlags::SYN_ACK) && client.flags.any(SideFlags::SYN);
        let refused = row.reset_by == Some(Direction::ToClient)
            || row.closed_by == Some(Direction::ToClient)
            || row.icmp_errors > 0
            || client.retransmissions > 0;
        return (up && !refused).then_some(Outcome::Unused);
    };
    let progress = &tls.progress;
    if !tls.is_tls() {
        let interesting =
            context.tls_servers.contains(&row.server) || tls.progress.tunnel_asked || tls.progress.tls_hint;
        // The capture lacks how the client began.
        let headless = client.bytes > 0 && tls.preamble_bytes.to_server < SHORTEST_STUB
            || is_midstream(row) && row.server.port == HTTPS;
        return (!interesting && !headless && server.bytes > 0 && client.bytes > 0).then_some(Outcome::NotTls);
    }
    let spoiled = progress.malformed
        || progress.foreign.to_client
        || progress.foreign.to_server
        || progress.gap
        || progress.early_alert.to_server
        || progress.early_alert.to_client
        || tls.alerts.iter().any(|alert| !(alert.decrypted && alert.description == AlertDescription::CLOSE_NOTIFY))
        || row.reset_by.is_some()
        || progress.unfinished.to_client
        || progress.unfinished.to_server;
    let served = progress.application_data.to_client && progress.application_data.to_server;
    let quiet = row.closed_by.is_some() && client.flags.has(SideFlags::FIN) && server.flags.has(SideFlags::FIN);
    let retransmitting = client.retransmissions >= 3 || server.retransmissions >= 3;
    (tls.is_complete() && served && !spoiled && (quiet || !retransmitting)).then_some(Outcome::Ok)
}
