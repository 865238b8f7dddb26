//! `syn-unanswered`: the client's SYN got no answer, neither SYN-ACK nor RST nor ICMP.

use super::prelude::*;
use crate::diagnose::context::Elsewhere;
use crate::vocab::text::duration;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::SynUnanswered,
    doc: Doc {
        what: "The client's SYN got no answer, neither SYN-ACK nor RST nor ICMP.",
        how: "The SYN was sent again and again, or nothing came for several seconds.",
        not: "A capture that lacks the server's direction: there the client acknowledges what is not seen.",
        next: &[
            "Capture nearer to the server: does the SYN arrive, does a SYN-ACK leave?",
            "Look for a drop rule, a dead host, an asymmetric route",
        ],
        reference: "RFC 9293 section 3.8.3, RFC 6298 section 5",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    let Some(syn) = case.syn else { return Answer::Clear };
    let answered_but_lost = case.syn_ack.is_some() && case.stage == Stage::Connected && never_acknowledged(case);
    let unanswered = case.stage == Stage::Connecting && case.ending.is_none_or(|e| e.from == Direction::ToServer);
    if !(unanswered || answered_but_lost) || case.is_one_sided() || case.context.lacks_servers {
        return Answer::Clear;
    }
    let again = case.trace.sent(Direction::ToServer).filter(|s| s.flags.syn() && s.packet > syn.packet);
    let again: Vec<_> = again.filter(|s| !s.events.any(crate::flow::Events::NOT_PART)).collect();
    // TCP sends a SYN again after a second (RFC 6298 §2): a client that does not, and reaches the same server by
    // another connection, dropped the one that lost a race.
    let row = &case.trace.row;
    if again.is_empty() && case.context.connected.contains_key(&(row.client.ip, row.server)) && case.syn_ack.is_none() {
        return Answer::Clear;
    }
    let waited = case.capture_end().since(syn.time);
    if again.len() < RETRANSMISSIONS && waited < crate::diagnose::case::SYN_SILENCE {
        return Answer::Pending;
    }
    let first = again.first().map_or(syn.packet, |s| s.packet);
    let span = again.last().map_or(0.0, |last| last.time.since(syn.time));
    let sent = if again.is_empty() {
        format!("sent once, {} before the end of the capture", duration(waited))
    } else {
        format!("sent {} in {}", times(again.len() + 1), duration(span))
    };
    let found = Found::at(first, confidence(case), EndedBy::Path, headline(case, answered_but_lost, &sent))
        .supported(Some(syn.packet), "the first SYN");
    let found = match case.elsewhere().filter(|other| other.answers_syn) {
        Some(other) => from_elsewhere(found, other),
        None => found,
    };
    let unusable = case.unusable_from(Direction::ToClient);
    let found =
        unusable.take(MAX_SHOWN).fold(found, |found, (s, why)| found.supported(Some(s.packet), why.to_string()));
    let found = if case.elsewhere().is_none() && !case.unusable.is_empty() { found.advice(IGNORED) } else { found };
    if answered_but_lost {
        return found.supported(case.syn_ack.map(|s| s.packet), "the SYN-ACK that the client does not see").answer();
    }
    found.answer()
}

/// Answers that cannot be used of which the evidence shows so many.
const MAX_SHOWN: usize = 4;

/// Certain only where nobody answers this SYN, and others of the capture were answered: else a direction can be missing.
fn confidence(case: &Case<'_>) -> Confidence {
    let alone = case.syn_ack.is_none() && case.elsewhere().is_none() && case.unusable.is_empty();
    if alone && !case.context.server_ttls.is_empty() { Confidence::Certain } else { Confidence::Likely }
}

fn headline(case: &Case<'_>, answered_but_lost: bool, sent: &str) -> String {
    if let Some(other) = case.elsewhere().filter(|other| other.answers_syn) {
        return format!("the SYN, {sent}, is answered from another address: {}", other.end);
    }
    if let Some((_, why)) = case.unusable_from(Direction::ToClient).next() {
        return format!("the SYN, {sent}, gets only answers that the client's TCP ignores: {why}");
    }
    if answered_but_lost {
        return format!("the SYN-ACK never gets through: the SYN is {sent}");
    }
    format!("no answer to the SYN, {sent}")
}

/// The answer is there, and the client does not know who gives it.
fn from_elsewhere(found: Found, other: &Elsewhere) -> Found {
    let reset = if other.is_reset { ", which the client resets" } else { "" };
    found
        .supported_by(other.flow, Some(other.packet), format!("a SYN-ACK from {} that acknowledges this SYN{reset}", other.end))
        .detail(format!(
            "Flow {} has SYN-ACKs from {} to the client's port that acknowledge this SYN{reset}: the address translation \
             on the way to the server is not undone on the way back, or the way back is another one (asymmetric routing).",
            other.flow, other.end
        ))
        .advice([
            "Find where the destination address is translated, and why replies do not pass there (a bridge that does \
             not hand frames to the packet filter, replies within one node or subnet, a second router)",
            "Capture on both sides of the translation: does the answer pass it?",
        ])
}

/// What to try where the answers are in the capture and the client ignores them.
const IGNORED: [&str; 2] = [
    "Look for what rewrites the answers on the way: sequence number randomisation, address translation, a broken stack",
    "Capture at the server too: does it send the numbers that arrive here?",
];

/// Whether the client repeats its SYN as if the SYN-ACK had not arrived, and never acknowledges it.
fn never_acknowledged(case: &Case<'_>) -> bool {
    let after = case.syn_ack.map(|s| s.packet);
    let client = || case.trace.sent(Direction::ToServer).filter(|s| Some(s.packet) > after);
    client().filter(|s| s.flags.syn()).count() >= 2 && client().all(|s| s.flags.syn())
}
