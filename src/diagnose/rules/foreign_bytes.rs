//! `foreign-bytes`: after valid TLS of the server came bytes of another speaker.

use super::prelude::*;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::ForeignBytes,
    doc: Doc {
        what: "After valid TLS of the server came bytes of another speaker.",
        how: "The server's stream begins with TLS and goes on with something else: two speakers in one stream.",
        not: "bad-record-mac, where the bytes are still a record.",
        next: &[
            "Look for a filter that decides after it has seen the ServerHello or the certificate",
            "Capture at the server too: what is in this capture and not in that one was put in between",
        ],
        reference: "RFC 8446 section 5.1",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    let Some(ending) = case.ending else { return Answer::Clear };
    let in_handshake = (Stage::RetryAsked..Stage::Complete).contains(&case.stage);
    if ending.kind != EndingKind::Foreign || ending.from != Direction::ToClient || !in_handshake {
        return Answer::Clear;
    }
    let Some(step) = case.ending_step() else { return Answer::Clear };
    if matches!(step.what, What::Malformed(_)) {
        return Answer::Clear;
    }
    let what = crate::proto::dialogue::plaintext(&step.body)
        .map_or_else(|| "bytes that are not TLS".to_owned(), |text| format!("{}: {}", text.protocol, text.first_line));
    let found = Found::at(
        ending.packet,
        Confidence::Certain,
        EndedBy::Middlebox,
        format!("after the server's TLS comes {what}"),
    )
    .contrasted(case.at(case.seen.server_hello).map(|s| s.packet), "the server's own TLS");
    let sender = alerts::ending_sender(case);
    match sender {
        // A server does not change its language: without a sign for the server a second speaker is the better reading.
        Some(sender) if sender.by == EndedBy::Middlebox => found.sent_by(&sender).answer(),
        Some(sender) if sender.signs.iter().any(|sign| sign.weight <= -3) => found.sent_by(&sender).answer(),
        _ => {
            let mut found = found.detail("Two speakers in one stream; the packet's own signs do not tell them apart.");
            found.confidence = Confidence::Likely;
            found.answer()
        }
    }
}
