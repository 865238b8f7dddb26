//! `syn-unanswered`: the client's SYN got no answer, neither SYN-ACK nor RST nor ICMP.

use super::prelude::*;

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
    let again: Vec<_> =
        case.trace.sent(Direction::ToServer).filter(|s| s.flags.syn() && s.packet > syn.packet).collect();
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
    let headline = if answered_but_lost {
        format!("the SYN-ACK never gets through: the SYN is sent {}", times(again.len() + 1))
    } else {
        format!("no answer to the SYN, sent {} in {waited:.0} s", times(again.len() + 1))
    };
    // Where no answer to any SYN was captured, a direction can be missing from the capture.
    let sure = if case.context.server_ttls.is_empty() { Confidence::Likely } else { Confidence::Certain };
    let mut found = Found::at(first, sure, EndedBy::Path, headline).supported(Some(syn.packet), "the first SYN");
    if answered_but_lost {
        found.confidence = Confidence::Likely;
        found = found.supported(case.syn_ack.map(|s| s.packet), "the SYN-ACK that the client does not see");
    }
    found.answer()
}

/// Whether the client repeats its SYN as if the SYN-ACK had not arrived, and never acknowledges it.
fn never_acknowledged(case: &Case<'_>) -> bool {
    let after = case.syn_ack.map(|s| s.packet);
    let client = || case.trace.sent(Direction::ToServer).filter(|s| Some(s.packet) > after);
    client().filter(|s| s.flags.syn()).count() >= 2 && client().all(|s| s.flags.syn())
}
