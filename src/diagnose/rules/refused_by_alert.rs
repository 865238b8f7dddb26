//! `refused-by-alert`: the server refused with an alert that names no more special cause.

use super::prelude::*;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::RefusedByAlert,
    doc: Doc {
        what: "The server refused with an alert that names no more special cause.",
        how: "The alert, and its place in the handshake.",
        not: "forged-alert, where the signs speak against the server as its sender.",
        next: &[
            "Look the alert up: each has its meaning at its place",
            "If it is rare and comes in bursts, look at the server; if it comes from several servers, at the path",
        ],
        reference: "RFC 8446 section 6.2, IANA TLS Alerts",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    if case.is_no_answer() {
        return Answer::Clear;
    }
    if let Some((packet, description)) = alerts::refusal(case).or_else(|| alerts::late_refusal(case)) {
        let place =
            if case.stage >= Stage::ServerHello { "after its ServerHello" } else { "in answer to the ClientHello" };
        return Found::at(
            packet,
            Confidence::Certain,
            EndedBy::Server,
            format!("the server sends {description} {place}"),
        )
        .supported(case.at(case.seen.client_hello).map(|s| s.packet), "the ClientHello")
        .answer();
    }
    let Some(ending) = case.ending else { return Answer::Clear };
    let unread = ending.kind == EndingKind::EncryptedAlert && ending.from == Direction::ToClient;
    if !unread || case.stage == Stage::Complete {
        return Answer::Clear;
    }
    let Some(sender) = alerts::ending_sender(case) else { return Answer::Clear };
    Found::at(ending.packet, Confidence::Likely, EndedBy::Server, "the server answers with an encrypted alert")
        .detail("What it says cannot be read without keys; that it is an alert is inferred from its length and place.")
        .sent_by(&sender)
        .answer()
}
