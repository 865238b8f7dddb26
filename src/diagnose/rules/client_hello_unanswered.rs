//! `client-hello-unanswered`: the server's TCP acknowledged the whole ClientHello and nothing came after it.

use super::prelude::*;
use crate::vocab::text::duration;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::ClientHelloUnanswered,
    doc: Doc {
        what: "The server's TCP acknowledged the whole ClientHello and nothing came after it.",
        how: "The acknowledgment covers every byte of the ClientHello; no payload of the server follows until an end \
              stops waiting.",
        not: "client-hello-lost, where it is not acknowledged; client-gave-up, where the client leaves at once.",
        next: &[
            "Look at the server: accept queue, worker pool, what it was doing at that second",
            "Is a proxy or load balancer in between that accepts and waits?",
        ],
        reference: "RFC 9293 section 3.8",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    if !(Stage::HelloBegun..=Stage::HelloSent).contains(&case.stage) {
        return Answer::Clear;
    }
    if !silence::is_silence(case) {
        return silence::not_yet(case);
    }
    if case.answer().is_some_and(|s| case.ending.is_none_or(|e| s.packet < e.packet)) {
        return Answer::Clear;
    }
    let waited = case.waited(silence::last_progress(case));
    let packet = silence::closing(case);
    let acked = case.acknowledged(Direction::ToServer) >= silence::hello_end(case);
    // A sequence number that runs ahead tells of bytes that never came here.
    let ahead = case.trace.sent(Direction::ToClient).find(|s| s.events.has(crate::flow::Events::LOST_SEGMENT));
    let confidence = match ahead {
        Some(_) => Confidence::Possible,
        None if acked => Confidence::Certain,
        None => Confidence::Likely,
    };
    Found::at(
        packet,
        confidence,
        silence::waiting_client(case),
        format!("the ClientHello is acknowledged, then nothing for {}", duration(waited)),
    )
    .supported(case.at(case.seen.client_hello).map(|s| s.packet), "the ClientHello")
    .supported(ahead.map(|s| s.packet), "the server's sequence number runs ahead: it had sent what never came here")
    .answer()
}
