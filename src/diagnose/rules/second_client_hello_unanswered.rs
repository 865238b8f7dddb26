//! `second-client-hello-unanswered`: the server asked for another ClientHello (HelloRetryRequest); the second one was
//! lost, unanswered or reset.

use super::prelude::*;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::SecondClientHelloUnanswered,
    doc: Doc {
        what: "The server asked for another ClientHello (HelloRetryRequest); the second one was lost, unanswered or \
               reset.",
        how: "A HelloRetryRequest, then no further handshake message of the server.",
        not: "client-hello-lost, where the first ClientHello is already lost.",
        next: &[
            "Enable on the server a group that clients offer a key share for (X25519, X25519MLKEM768), so that no \
             retry is needed",
            "Look for a filter that understands only one ClientHello a connection",
        ],
        reference: "RFC 8446 section 4.1.4",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    if case.stage != Stage::RetryAsked {
        return Answer::Clear;
    }
    let retry = case.at(case.seen.retry).map(|s| s.packet);
    let second = case.at(case.seen.second_hello);
    if let Some(ending) = case.ending
        && ending.from == Direction::ToClient
        && matches!(ending.kind, EndingKind::Reset | EndingKind::Close)
        && !silence::is_silence(case)
    {
        let Some(sender) = alerts::ending_sender(case) else { return Answer::Clear };
        let word = if ending.kind == EndingKind::Reset { "RST" } else { "FIN" };
        return Found::at(
            ending.packet,
            Confidence::Certain,
            EndedBy::Server,
            format!("{word} after the HelloRetryRequest"),
        )
        .supported(retry, "the HelloRetryRequest")
        .sent_by(&sender)
        .answer();
    }
    let Some(second) = second else { return silence::not_yet(case) };
    if !silence::is_silence(case) {
        return silence::not_yet(case);
    }
    let lost = silence::unacknowledged_retransmissions(case, Direction::ToServer);
    let (packet, ended_by, how) = match lost.first() {
        Some(first) => (first.packet, EndedBy::Middlebox, "is never acknowledged"),
        None if case.acknowledged(Direction::ToServer) >= silence::hello_end(case) => {
            (silence::closing(case), silence::waiting_client(case), "is acknowledged and never answered")
        }
        None => (silence::closing(case), silence::waiting_client(case), "is never answered"),
    };
    let confidence = if ended_by == EndedBy::Middlebox { Confidence::Likely } else { Confidence::Certain };
    Found::at(packet, confidence, ended_by, format!("the second ClientHello {how}"))
        .supported(retry, "the HelloRetryRequest")
        .supported(Some(second.packet), "the second ClientHello")
        .answer()
}
