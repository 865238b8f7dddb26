//! `client-hello-lost`: the ClientHello was never acknowledged although it was sent again.

use super::prelude::*;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::ClientHelloLost,
    doc: Doc {
        what: "The ClientHello was never acknowledged although it was sent again.",
        how: "TCP came up; the ClientHello is retransmitted and the server's acknowledgment never moves.",
        not: "client-hello-unanswered, where the server's TCP acknowledged it.",
        next: &[
            "Try another server name from the same client to the same address: does that pass?",
            "Capture on both sides of the suspected filter",
        ],
        reference: "RFC 6298 section 5",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    if !(Stage::HelloBegun..=Stage::HelloSent).contains(&case.stage) || !silence::is_silence(case) {
        return Answer::Clear;
    }
    let lost = silence::unacknowledged_retransmissions(case, Direction::ToServer);
    if case.acknowledged(Direction::ToServer) > case.tls.start.to_server {
        return Answer::Clear;
    }
    let Some(first) = lost.first() else {
        return if case.ending.is_none() { Answer::Pending } else { Answer::Clear };
    };
    Found::at(
        first.packet,
        Confidence::Likely,
        EndedBy::Middlebox,
        format!("the ClientHello is sent {} and never acknowledged", times(lost.len() + 1)),
    )
    .detail("That a device on the way drops it is inferred: the packets before it passed.")
    .supported(case.client_data.map(|s| s.packet), "the ClientHello")
    .answer()
}
